//! Pictures and videos that the hub keeps for walls, and what a kiosk keeps of them. A file is known by
//! the SHA-256 of what is in it, so a copy is either right or none.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// Largest file that the hub takes, in bytes.
pub const MEDIA_BYTES_MAX: u64 = 1 << 30;
/// Longest name of a file, in characters.
pub const MEDIA_NAME_MAX: usize = 100;
/// What a scene puts before the name or the hash of a file of the hub.
pub const FROM_HUB: &str = "hub:";
/// As many first bytes of a file tell what it is.
pub const HEAD_BYTES: usize = 12;

/// A file that the hub keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaFile {
    /// What scenes call it.
    pub name: String,
    /// SHA-256 of what is in it: 64 hexadecimal digits, small letters.
    pub sha256: String,
    /// How long it is.
    pub bytes: u64,
    /// `image/png`, `image/jpeg`, `video/mp4` or `video/webm`.
    pub kind: String,
}

impl MediaFile {
    /// Whether a scene that says `hub:` and then this means it.
    pub fn is(&self, name_or_hash: &str) -> bool {
        self.name == name_or_hash || self.sha256 == name_or_hash
    }
}

/// The name or hash of a file of the hub, where `file` of a scene names one.
pub fn named(file: &str) -> Option<&str> {
    file.strip_prefix(FROM_HUB)
}

/// Whether that is written like [`MediaFile::sha256`].
pub fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// What a file is, by its first [`HEAD_BYTES`] bytes; `None` where walls cannot show it.
pub fn kind_of(head: &[u8]) -> Option<&'static str> {
    match head {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => Some("video/mp4"),
        [0x1a, 0x45, 0xdf, 0xa3, ..] => Some("video/webm"),
        _ => None,
    }
}

/// A file that a playlist names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Its hash.
    pub sha256: String,
    /// How long it is.
    pub bytes: u64,
    /// By what a wall plays now, not only by what it may play later.
    pub on_now: bool,
}

/// A file that the kiosk has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cached {
    /// Its hash.
    pub sha256: String,
    /// How long it is.
    pub bytes: u64,
    /// When a playlist that was on last named it.
    pub used_at: Timestamp,
}

/// What is to be done with the cache.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Hashes of files that go.
    pub evict: Vec<String>,
    /// Hashes of files to fetch, in that order, once the others are gone.
    pub fetch: Vec<String>,
    /// Hashes of files for which there is no room.
    pub no_room: Vec<String>,
    /// Hashes of files that are larger than one may be.
    pub too_large: Vec<String>,
}

/// How many bytes all files may have together: at most `most`, and never so many that less than `reserve`
/// of the disk stays free. `used` of it they have already, their parts with them, and `free` is left.
pub fn room(most: u64, used: u64, free: u64, reserve: u64) -> u64 {
    most.min(used.saturating_add(free).saturating_sub(reserve))
}

/// Plans a cache of `room` bytes for files of at most `largest`. `wanted` is in the order of the
/// playlists; what is on now goes first. Nothing goes without need: first what no playlist names, then,
/// for what is on now, what is only named for later; of each the least recently used first.
/// What is on now stays even where there is no room for it any more.
pub fn plan(cached: &[Cached], wanted: &[Wanted], room: u64, largest: u64) -> Plan {
    let mut plan = Plan::default();
    let rank = |sha256: &str| {
        let mut naming = wanted.iter().filter(|it| it.sha256 == sha256);
        naming.clone().next().map(|_| naming.any(|it| it.on_now))
    };
    // The first to go is the last.
    let mut kept: Vec<(&Cached, Option<bool>)> =
        cached.iter().map(|it| (it, rank(&it.sha256))).collect();
    kept.sort_by_key(|(it, rank)| Reverse((*rank, it.used_at, Reverse(&it.sha256))));
    let mut used: u64 = cached.iter().map(|it| it.bytes).sum();
    while used > room
        && let Some((gone, _)) = kept.pop_if(|it| it.1 != Some(true))
    {
        used -= gone.bytes;
        plan.evict.push(gone.sha256.clone());
    }
    let (now, later): (Vec<&Wanted>, Vec<&Wanted>) = wanted.iter().partition(|it| it.on_now);
    let mut met: BTreeSet<&str> = kept.iter().map(|(it, _)| it.sha256.as_str()).collect();
    for want in now.into_iter().chain(later) {
        if !met.insert(&want.sha256) {
            continue;
        }
        if want.bytes > largest {
            plan.too_large.push(want.sha256.clone());
            continue;
        }
        let may_go = |rank: Option<bool>| rank < Some(want.on_now);
        let can_go: u64 = kept
            .iter()
            .filter(|it| may_go(it.1))
            .map(|it| it.0.bytes)
            .sum();
        if used - can_go + want.bytes > room {
            plan.no_room.push(want.sha256.clone());
            continue;
        }
        while used + want.bytes > room
            && let Some((gone, _)) = kept.pop()
        {
            used -= gone.bytes;
            plan.evict.push(gone.sha256.clone());
        }
        used += want.bytes;
        plan.fetch.push(want.sha256.clone());
    }
    plan
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::at;
    use jiff::SignedDuration;

    fn cached(sha256: &str, bytes: u64, hour: i64) -> Cached {
        Cached {
            sha256: sha256.to_owned(),
            bytes,
            used_at: at("2026-11-24T00:00:00Z") + SignedDuration::from_hours(hour),
        }
    }

    fn wanted(sha256: &str, bytes: u64, on_now: bool) -> Wanted {
        Wanted {
            sha256: sha256.to_owned(),
            bytes,
            on_now,
        }
    }

    #[test]
    fn what_is_on_is_fetched_first_and_nothing_goes_without_need() {
        let here = [cached("old", 40, 1), cached("a", 10, 2)];
        let want = [
            wanted("later", 20, false),
            wanted("a", 10, true),
            wanted("now", 20, true),
            wanted("now", 20, true),
        ];
        let plan = plan(&here, &want, 100, 50);
        assert_eq!(plan.fetch, ["now", "later"]);
        assert!(plan.evict.is_empty() && plan.no_room.is_empty(), "{plan:?}");
    }

    #[test]
    fn what_no_playlist_names_goes_first_then_what_was_used_longest_ago() {
        let here = [
            cached("unnamed-new", 20, 9),
            cached("later-old", 20, 1),
            cached("unnamed-old", 20, 2),
            cached("later-new", 20, 8),
            cached("on", 20, 0),
        ];
        let mut want = vec![
            wanted("later-old", 20, false),
            wanted("later-new", 20, false),
            wanted("on", 20, true),
            wanted("new", 30, true),
        ];
        let evicted = |want: &[Wanted]| plan(&here, want, 100, 50).evict;
        assert_eq!(evicted(&want), ["unnamed-old", "unnamed-new"]);
        want[3].bytes = 50;
        assert_eq!(evicted(&want), ["unnamed-old", "unnamed-new", "later-old"]);
        // What is for later does not push out what else is for later.
        want[3].on_now = false;
        let plan = plan(&here, &want, 100, 50);
        assert_eq!((plan.no_room, plan.evict), (vec!["new".to_owned()], vec![]));
    }

    #[test]
    fn what_is_too_large_or_has_no_room_is_not_fetched_and_costs_nothing() {
        let here = [cached("on", 60, 1), cached("unnamed", 30, 1)];
        let want = [
            wanted("on", 60, true),
            wanted("huge", 51, true),
            wanted("more", 45, true),
            wanted("small", 40, true),
        ];
        let planned = plan(&here, &want, 100, 50);
        assert_eq!(planned.too_large, ["huge"]);
        assert_eq!(planned.no_room, ["more"]);
        assert_eq!(
            (planned.fetch, planned.evict.len()),
            (vec!["small".to_owned()], 1)
        );
    }

    #[test]
    fn what_is_on_stays_though_the_cache_was_made_smaller() {
        let here = [
            cached("on", 60, 1),
            cached("later", 10, 3),
            cached("unnamed", 30, 2),
        ];
        let want = [
            wanted("on", 60, true),
            wanted("later", 10, false),
            wanted("more", 1, true),
        ];
        let planned = plan(&here, &want, 50, 50);
        assert_eq!(planned.evict, ["unnamed", "later"]);
        assert_eq!(planned.no_room, ["more", "later"]);
        assert!(planned.fetch.is_empty(), "{planned:?}");
    }

    #[test]
    fn the_reserve_of_the_disk_is_no_room_for_files() {
        assert_eq!(room(100, 30, 1000, 500), 100);
        assert_eq!(room(100, 30, 550, 500), 80);
        assert_eq!(
            room(100, 30, 480, 500),
            10,
            "files give back what is missing"
        );
        assert_eq!(room(100, 30, 0, 500), 0);
    }

    #[test]
    fn files_are_known_by_what_they_begin_with() {
        assert_eq!(kind_of(b"\x89PNG\r\n\x1a\n...."), Some("image/png"));
        assert_eq!(kind_of(&[0xff, 0xd8, 0xff, 0xe0]), Some("image/jpeg"));
        assert_eq!(kind_of(b"\0\0\0\x20ftypisom"), Some("video/mp4"));
        assert_eq!(kind_of(&[0x1a, 0x45, 0xdf, 0xa3]), Some("video/webm"));
        assert_eq!(kind_of(b"<svg "), None);
        assert_eq!(kind_of(b""), None);
        assert_eq!((named("hub:a.png"), named("a.png")), (Some("a.png"), None));
        assert!(is_hash(&"0a".repeat(32)) && !is_hash(&"0A".repeat(32)) && !is_hash("0a"));
    }
}
