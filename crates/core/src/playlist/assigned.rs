//! Playlists that the hub gives to walls, and which of them plays where.

use crate::id::HallId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// Longest name of a playlist, in characters.
pub const NAME_MAX: usize = 60;
/// Longest text of a playlist, in bytes.
pub const TEXT_MAX: usize = 128 << 10;

/// A playlist of the hub, and for whom it is.
///
/// Its scenes travel as the text that staff wrote: an older kiosk plays what it understands of it, and
/// says what it does not in the lines that staff know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HubPlaylist {
    /// What staff call it: 1 to [`NAME_MAX`] characters in one line.
    pub name: String,
    /// In these halls only; in every one where none is named.
    #[serde(default)]
    pub halls: Vec<HallId>,
    /// On these walls only, by name or tag; on every one where none is named.
    #[serde(default)]
    pub walls: Vec<String>,
    /// From then on.
    #[serde(default)]
    pub from: Option<Timestamp>,
    /// No longer from then on.
    #[serde(default)]
    pub until: Option<Timestamp>,
    /// When it was given.
    pub given_at: Timestamp,
    /// The scenes: TOML of at most [`TEXT_MAX`] bytes.
    pub text: String,
}

impl HubPlaylist {
    /// Whether it is for that hall.
    pub fn is_for_hall(&self, hall: &HallId) -> bool {
        self.halls.is_empty() || self.halls.contains(hall)
    }

    /// Whether it is for the wall of that hall that has these names: its own and its tags.
    pub fn is_for(&self, hall: &HallId, names: &[String]) -> bool {
        let named = |wall: &String| names.contains(wall);
        self.is_for_hall(hall) && (self.walls.is_empty() || self.walls.iter().any(named))
    }

    /// Whether it holds at `now`.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= now) && !self.is_over(now)
    }

    /// Whether its time is over at `now`.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| until <= now)
    }

    /// The larger, the more it was meant for this wall.
    fn aim(&self) -> (bool, bool) {
        (!self.walls.is_empty(), !self.halls.is_empty())
    }
}

/// The playlists that hold at `now` for the wall of a hall that has these names, the strongest first:
/// those that name the wall go before those that name the hall, and those before the ones for all; of
/// equal ones the one that was given last.
pub fn strongest_first<'a>(
    playlists: impl IntoIterator<Item = &'a HubPlaylist>,
    hall: &HallId,
    names: &[String],
    now: Timestamp,
) -> Vec<&'a HubPlaylist> {
    let all = playlists.into_iter();
    let mut mine: Vec<&HubPlaylist> = all
        .filter(|it| it.is_for(hall, names) && it.holds(now))
        .collect();
    mine.sort_by_key(|it| Reverse((it.aim(), it.given_at, &it.name)));
    mine
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{a_hall, at};

    fn playlist(name: &str, halls: &[&str], walls: &[&str]) -> HubPlaylist {
        HubPlaylist {
            name: name.to_owned(),
            halls: halls.iter().map(|it| it.parse().expect("a hall")).collect(),
            walls: walls.iter().map(|it| (*it).to_owned()).collect(),
            from: None,
            until: None,
            given_at: at("2026-11-20T00:00:00Z"),
            text: String::new(),
        }
    }

    fn order(all: &[HubPlaylist], names: &[&str], now: &str) -> Vec<String> {
        let names: Vec<String> = names.iter().map(|it| (*it).to_owned()).collect();
        let mine = strongest_first(all, &a_hall(), &names, at(now));
        mine.into_iter().map(|it| it.name.clone()).collect()
    }

    #[test]
    fn what_names_the_wall_goes_before_what_names_the_hall_and_that_before_what_is_for_all() {
        let all = [
            playlist("all", &[], &[]),
            playlist("hall", &["weining"], &[]),
            playlist("tag", &[], &["outside"]),
            playlist("wall", &["weining", "shuicheng"], &["gate"]),
            playlist("elsewhere", &["shuicheng"], &["gate"]),
        ];
        let now = "2026-11-24T00:00:00Z";
        assert_eq!(
            order(&all, &["gate", "outside"], now),
            ["wall", "tag", "hall", "all"]
        );
        assert_eq!(order(&all, &["inside"], now), ["hall", "all"]);
    }

    #[test]
    fn of_equal_ones_the_last_goes_first() {
        let mut all = [playlist("b", &[], &[]), playlist("a", &[], &[])];
        let now = "2026-11-24T00:00:00Z";
        assert_eq!(order(&all, &[], now), ["b", "a"]);
        all[1].given_at = at("2026-11-21T00:00:00Z");
        assert_eq!(order(&all, &[], now), ["a", "b"]);
    }

    #[test]
    fn it_holds_from_its_first_moment_up_to_its_last() {
        let mut spring = playlist("spring", &["weining"], &[]);
        spring.from = Some(at("2026-12-01T00:00:00Z"));
        spring.until = Some(at("2026-12-08T00:00:00Z"));
        let all = [playlist("all", &[], &[]), spring];
        for (now, first) in [
            ("2026-11-30T23:59:59Z", "all"),
            ("2026-12-01T00:00:00Z", "spring"),
            ("2026-12-07T23:59:59Z", "spring"),
            ("2026-12-08T00:00:00Z", "all"),
        ] {
            assert_eq!(order(&all, &[], now)[0], first, "{now}");
        }
    }
}
