//! Whether the disk is about to be full. Staff are told while there is still room to write it down.

use crate::media::free_bytes;
use std::path::Path;
use std::time::{Duration, Instant};

/// How often it is looked.
const LOOK: Duration = Duration::from_secs(20);
/// With less than this, staff are told. Pictures and videos of the hub leave 500 MB, so something else fills
/// the disk.
const LOW: u64 = 200_000_000;
/// From this on all is well again.
const ENOUGH: u64 = 300_000_000;

/// What is known of the room on the disk.
#[derive(Debug, Default)]
pub struct Room {
    looked: Option<Instant>,
    low: Option<bool>,
}

impl Room {
    /// Looks at the disk of that directory now and then: what staff are to be told, where that is
    /// something else than before; an empty text where there is room.
    pub fn look(&mut self, data: &Path) -> Option<String> {
        if self.looked.is_some_and(|when| when.elapsed() < LOOK) {
            return None;
        }
        self.looked = Some(Instant::now());
        match free_bytes(data) {
            Ok(free) => self.sees(data, free),
            Err(error) => {
                tracing::warn!(%error, data = %data.display(), "the room on the disk is not known");
                None
            }
        }
    }

    fn sees(&mut self, data: &Path, free: u64) -> Option<String> {
        let before = self.low;
        let low = free < LOW || (before == Some(true) && free < ENOUGH);
        self.low = Some(low);
        (before != self.low).then(|| match low {
            false => String::new(),
            true => format!(
                "the disk with {} is nearly full: {} MB are left. Make room before it is full: then \
                 nothing more is written, no job can be claimed here, and what the hub sends is not kept",
                data.display(),
                free / 1_000_000
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn staff_are_told_once_before_the_disk_is_full_and_once_when_there_is_room() {
        let mut room = Room::default();
        let mut sees = |mb: u64| room.sees(Path::new("/data"), mb * 1_000_000);
        assert_eq!(
            sees(900).as_deref(),
            Some(""),
            "what an earlier run said is over"
        );
        assert_eq!(sees(250), None);
        let told = sees(199).expect("low");
        assert!(told.contains("/data") && told.contains("199 MB"), "{told}");
        assert_eq!((sees(0), sees(250)), (None, None));
        assert_eq!(sees(300).as_deref(), Some(""));
        assert_eq!(sees(201), None);
    }

    #[test]
    fn the_disk_is_asked_now_and_then() {
        let mut room = Room::default();
        assert!(room.look(Path::new("/")).is_some());
        assert!(room.look(Path::new("/")).is_none());
    }
}
