//! What the hall's staff said about a wall at its terminal: over the schedule, under an emergency.

use super::{Lit, Scene};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How dark a wall may be made, in percent.
pub const BRIGHTNESS: std::ops::RangeInclusive<u8> = 10..=100;

/// What was said about one wall.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Orders {
    /// It is switched by hand.
    pub power: Option<Power>,
    /// Percent of full brightness, within [`BRIGHTNESS`], whatever the schedule says.
    pub brightness: Option<u8>,
    /// Scenes that are not shown today.
    pub hidden: Vec<Hidden>,
}

/// How a wall is switched by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Power {
    /// Black until somebody switches it on.
    Off,
    /// Black until then.
    OffUntil(Timestamp),
    /// Lit until then, though the schedule may say otherwise.
    OnUntil(Timestamp),
}

/// A scene that is not shown on one day of the hall's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hidden {
    /// [`Scene::mark`]
    pub scene: String,
    /// On which day.
    pub day: Date,
}

impl Orders {
    /// How the wall is switched by hand at `now`; `None` where the schedule holds.
    pub fn power(&self, now: Timestamp) -> Option<Power> {
        self.power.filter(|power| match power {
            Power::Off => true,
            Power::OffUntil(end) | Power::OnUntil(end) => now < *end,
        })
    }

    /// How the wall is lit, where the schedule says `scheduled`.
    pub fn lit(&self, scheduled: Lit, now: Timestamp) -> Lit {
        let percent = self.brightness.unwrap_or(scheduled.brightness);
        Lit {
            brightness: percent.clamp(*BRIGHTNESS.start(), *BRIGHTNESS.end()),
            blank: match self.power(now) {
                None => scheduled.blank,
                Some(Power::Off | Power::OffUntil(_)) => true,
                Some(Power::OnUntil(_)) => false,
            },
            ..scheduled
        }
    }

    /// Whether that scene is hidden on the hall's day `today`.
    pub fn hides(&self, scene: &Scene, today: Date) -> bool {
        // A mark is made of the whole scene, and mostly nothing is hidden.
        self.hidden.iter().any(|hidden| hidden.day == today) && self.is_hidden(&scene.mark(), today)
    }

    fn is_hidden(&self, mark: &str, today: Date) -> bool {
        let mut hidden = self.hidden.iter();
        hidden.any(|hidden| hidden.day == today && hidden.scene == mark)
    }

    /// Hides a scene today, or shows it again. What was hidden on other days is forgotten.
    pub fn toggle(&mut self, scene: &Scene, today: Date) {
        self.hidden.retain(|hidden| hidden.day == today);
        let mark = scene.mark();
        match self.is_hidden(&mark, today) {
            true => self.hidden.retain(|hidden| hidden.scene != mark),
            false => self.hidden.push(Hidden {
                scene: mark,
                day: today,
            }),
        }
    }
}

/// When the hall opens next after `now`, where it opens at `opens` each day.
pub fn next_opening(now: Timestamp, opens: Time, zone: &TimeZone) -> Timestamp {
    let local = zone.to_datetime(now);
    let days = [0, 1, 2].map(|days| local.date().saturating_add(days.days()));
    let openings = days.map(|day| zone.to_timestamp(day.to_datetime(opens)));
    let next = openings
        .into_iter()
        .flatten()
        .find(|opening| *opening > now);
    // Only at the end of all time there is none.
    next.unwrap_or(now)
}

impl Scene {
    /// What tells this scene from others, wherever the playlist comes from and in whatever order it is:
    /// its kind and all that it shows, not when, for how long or how often. Scenes that show the same
    /// have the same mark.
    pub fn mark(&self) -> String {
        // Serialising plain structs cannot fail.
        let shows = serde_json::to_string(&self.what).unwrap_or_default();
        let digest = Sha256::digest(shows.as_bytes());
        digest
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Theme, What};
    use super::*;
    use crate::testing::at;
    use jiff::civil::date;

    const SCHEDULED: Lit = Lit {
        theme: Theme::Night,
        brightness: 60,
        blank: false,
    };

    fn text(title: &str) -> Scene {
        let body = String::new();
        let title = title.to_owned();
        What::Text { title, body }.into()
    }

    #[test]
    fn staff_go_over_the_schedule() {
        let now = at("2026-11-24T01:00:00Z");
        let dark = Lit {
            blank: true,
            ..SCHEDULED
        };
        let mut orders = Orders::default();
        assert_eq!(orders.lit(SCHEDULED, now), SCHEDULED);
        assert_eq!(orders.lit(dark, now), dark);
        orders.brightness = Some(30);
        let lit = orders.lit(dark, now);
        assert_eq!(
            (lit.brightness, lit.blank, lit.theme),
            (30, true, Theme::Night)
        );
        orders.power = Some(Power::Off);
        assert!(orders.lit(SCHEDULED, now).blank);
        let (soon, then) = (at("2026-11-24T01:00:01Z"), at("2026-11-24T01:00:01Z"));
        orders.power = Some(Power::OffUntil(soon));
        assert!(orders.lit(SCHEDULED, now).blank && !orders.lit(SCHEDULED, then).blank);
        orders.power = Some(Power::OnUntil(soon));
        assert!(!orders.lit(dark, now).blank && orders.lit(dark, then).blank);
    }

    #[test]
    fn the_next_opening_is_today_or_tomorrow() {
        let zone = TimeZone::get("Asia/Shanghai").expect("bundled");
        let next = |now| next_opening(at(now), jiff::civil::time(8, 0, 0, 0), &zone);
        assert_eq!(next("2026-11-23T23:59:59Z"), at("2026-11-24T00:00:00Z"));
        assert_eq!(next("2026-11-24T00:00:00Z"), at("2026-11-25T00:00:00Z"));
        assert_eq!(next("2026-11-24T10:00:00Z"), at("2026-11-25T00:00:00Z"));
    }

    #[test]
    fn a_scene_is_hidden_by_what_it_shows_and_for_a_day() {
        let (today, tomorrow) = (date(2026, 11, 24), date(2026, 11, 25));
        let mut orders = Orders::default();
        orders.toggle(&text("找活不收费"), today);
        let longer = text("找活不收费").lasting(30);
        assert!(
            orders.hides(&longer, today),
            "for how long it is on is no matter"
        );
        assert!(!orders.hides(&text("另一条"), today));
        assert!(!orders.hides(&longer, tomorrow));
        orders.toggle(&text("另一条"), tomorrow);
        assert_eq!(orders.hidden.len(), 1, "yesterday's is forgotten");
        orders.toggle(&text("另一条"), tomorrow);
        assert_eq!(orders, Orders::default());
        let kept = serde_json::to_string(&Orders {
            power: Some(Power::OffUntil(at("2026-11-24T01:00:00Z"))),
            ..Orders::default()
        });
        let read: Orders = serde_json::from_str(&kept.expect("written")).expect("read");
        assert!(read.power(at("2026-11-24T00:00:00Z")).is_some());
    }
}
