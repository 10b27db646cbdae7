//! Scenes that are never on, for those who write playlists.

use super::{Calendar, Scene, What, When};
use jiff::ToSpan;
use jiff::civil::Date;

/// So many days from today are looked at: calendars are announced year by year.
const AHEAD: usize = 3 * 366;

/// The scenes of a list that are never on from the hall's day `today` on, by their places in it, with why.
/// Where no calendar is known, any day may be one of work or of rest.
pub fn never_on(
    scenes: &[Scene],
    today: Date,
    calendar: Option<&Calendar>,
) -> Vec<(usize, String)> {
    let all = scenes.iter().enumerate();
    all.filter_map(|(n, scene)| Some((n, why(scene, scenes, today, calendar)?)))
        .collect()
}

fn why(
    scene: &Scene,
    scenes: &[Scene],
    today: Date,
    calendar: Option<&Calendar>,
) -> Option<String> {
    let when = &scene.terms.when;
    if let Some(until) = when.until
        && until < first_looked_at(when, today)
    {
        return Some(format!("its last day was {until}"));
    }
    if !comes(when, today, calendar) {
        return Some("no day that comes is one of its schedule's".to_owned());
    }
    let before = scenes.iter().position(|other| {
        other.terms.priority > scene.terms.priority
            && is_always_on(other)
            && goes_with(other, scene)
    });
    before.map(|n| {
        format!(
            "scene {n} (counted from 0) has a higher priority and is always on; give that one a \
             `when`, or both the same priority"
        )
    })
}

/// A window that began yesterday may last past midnight.
fn first_looked_at(when: &When, today: Date) -> Date {
    match when.goes_past_midnight() {
        true => today.yesterday().unwrap_or(today),
        false => today,
    }
}

fn comes(when: &When, today: Date, calendar: Option<&Calendar>) -> bool {
    let first = first_looked_at(when, today);
    let first = when.from.map_or(first, |from| from.max(first));
    let mut days = first.series(1.day()).take(AHEAD);
    days.any(|day| when.has_day(day, calendar))
}

/// Whether it has something to show at any time, whatever jobs and notices there are.
fn is_always_on(scene: &Scene) -> bool {
    let always = matches!(
        scene.what,
        What::Text { .. } | What::Rights { .. } | What::Services { .. }
    );
    always && scene.terms.when == When::default()
}

/// Whether it is on every wall that the other one is for.
fn goes_with(one: &Scene, other: &Scene) -> bool {
    let (one, other) = (&one.terms.walls, &other.terms.walls);
    one.is_empty() || (!other.is_empty() && other.iter().all(|wall| one.contains(wall)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(scenes: &[&str], calendar: Option<&Calendar>) -> Vec<(usize, String)> {
        let read = |text: &&str| serde_json::from_str(text).expect("a scene");
        let scenes: Vec<Scene> = scenes.iter().map(read).collect();
        // A Tuesday.
        never_on(&scenes, "2026-11-24".parse().expect("a day"), calendar)
    }

    fn never(when: &str) -> Option<String> {
        let scene = format!(r#"{{"kind":"jobs","when":{when}}}"#);
        let told = told(&[&scene], Some(&Calendar::default()));
        told.into_iter().next().map(|(_, why)| why)
    }

    #[test]
    fn a_schedule_that_is_over_or_of_which_no_day_comes_is_named() {
        for may in [
            "{}",
            r#"{"until":"2026-11-24"}"#,
            r#"{"from":"2030-01-01"}"#,
            r#"{"from":"2026-11-28","until":"2026-11-29","weekdays":["sun"]}"#,
            r#"{"until":"2026-11-23","times":["22:00-02:00"]}"#,
            r#"{"weekdays":["sat"],"days":"holidays"}"#,
        ] {
            assert_eq!(never(may), None, "{may}");
        }
        let over = never(r#"{"until":"2026-11-23","times":["08:00-24:00"]}"#);
        assert_eq!(over.as_deref(), Some("its last day was 2026-11-23"));
        for not in [
            r#"{"from":"2026-11-28","until":"2026-11-29","weekdays":["mon"]}"#,
            r#"{"weekdays":["sat"],"days":"workdays"}"#,
        ] {
            let why = never(not).expect(not);
            assert_eq!(why, "no day that comes is one of its schedule's", "{not}");
        }
    }

    #[test]
    fn a_make_up_workday_may_come_and_is_not_known_everywhere() {
        let scene = r#"{"kind":"jobs","when":{"weekdays":["sat"],"days":"workdays"}}"#;
        let calendar = Calendar {
            workdays: ["2026-12-05".parse().expect("a day")].into(),
            ..Calendar::default()
        };
        assert_eq!(told(&[scene], Some(&calendar)), []);
        assert_eq!(told(&[scene], None), []);
    }

    #[test]
    fn what_waits_for_ever_for_a_higher_priority_is_named() {
        let top = r#"{"kind":"text","title":"a","priority":1}"#;
        let jobs = r#"{"kind":"jobs"}"#;
        let told_of = |scenes: &[&str]| -> Vec<usize> {
            let told = told(scenes, None);
            told.into_iter().map(|(n, _)| n).collect()
        };
        assert_eq!(told_of(&[jobs, top]), [0]);
        let sometimes = r#"{"kind":"text","title":"a","priority":1,"when":{"days":"workdays"}}"#;
        let elsewhere = r#"{"kind":"text","title":"a","priority":1,"walls":["door"]}"#;
        let notices = r#"{"kind":"notice","priority":1}"#;
        assert_eq!(told_of(&[jobs, sometimes, elsewhere, notices]), [0; 0]);
    }
}
