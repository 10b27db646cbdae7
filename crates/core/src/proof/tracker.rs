//! Makes showings of what a wall says is on.

use super::{Showing, Subject};
use jiff::Timestamp;
use std::time::Duration;

/// What goes on longer is written in parts of this length, so that a power cut takes no more.
pub const PART_MOST: Duration = Duration::from_secs(300);

/// What is on a wall at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Kind of the scene.
    pub scene: &'static str,
    /// Which page of a table, from 1.
    pub page: Option<u32>,
    /// Tells one turn of the playlist from the next, where both show the same; `None` where a turn
    /// has no beginning of its own.
    pub turn: Option<Duration>,
    /// What it is about; none for a scene that is about nothing in particular.
    pub subjects: Vec<Subject>,
}

/// Follows one wall.
#[derive(Clone, Debug)]
pub struct Tracker {
    wall: String,
    turn: Option<(&'static str, Option<u32>, Option<Duration>)>,
    on: Vec<On>,
}

/// One thing that is on.
#[derive(Clone, Debug)]
struct On {
    subject: Option<Subject>,
    since: Duration,
    at: Timestamp,
    again: bool,
}

impl Tracker {
    /// Of a wall that shows nothing yet.
    pub fn new(wall: impl Into<String>) -> Self {
        Self {
            wall: wall.into(),
            turn: None,
            on: vec![],
        }
    }

    /// The wall shows `seen` at `elapsed` (of a clock that never goes back), when the hub's clock
    /// says `now`. Gives what went off.
    pub fn shows(&mut self, seen: &Seen, elapsed: Duration, now: Timestamp) -> Vec<Showing> {
        let turn = (seen.scene, seen.page, seen.turn);
        let mut ended = match self.turn {
            Some(before) if before == turn => self.part(seen, elapsed, now),
            _ => self.ends(elapsed),
        };
        self.turn = Some(turn);
        let come = |subject: Option<Subject>| On {
            subject,
            since: elapsed,
            at: now,
            again: false,
        };
        if seen.subjects.is_empty() && self.on.is_empty() {
            self.on.push(come(None));
        }
        for subject in &seen.subjects {
            if !self
                .on
                .iter()
                .any(|on| on.subject.as_ref() == Some(subject))
            {
                self.on.push(come(Some(subject.clone())));
            }
        }
        ended.retain(|showing| showing.ms > 0);
        ended
    }

    /// The wall shows nothing from `elapsed` on. Gives what went off.
    pub fn ends(&mut self, elapsed: Duration) -> Vec<Showing> {
        let turn = self.turn.take();
        let on = std::mem::take(&mut self.on);
        let ended = on
            .iter()
            .filter_map(|on| Some(self.showing(turn?, on, elapsed)));
        ended.filter(|showing| showing.ms > 0).collect()
    }

    /// Within a turn: what left, and a part of what has been on for long.
    fn part(&mut self, seen: &Seen, elapsed: Duration, now: Timestamp) -> Vec<Showing> {
        let Some(turn) = self.turn else {
            return vec![];
        };
        let mut ended = vec![];
        let mut stay = vec![];
        for mut on in std::mem::take(&mut self.on) {
            let stays = match &on.subject {
                Some(subject) => seen.subjects.contains(subject),
                None => seen.subjects.is_empty(),
            };
            let is_long = elapsed.saturating_sub(on.since) >= PART_MOST;
            if !stays || is_long {
                ended.push(self.showing(turn, &on, elapsed));
            }
            if stays && is_long {
                (on.since, on.at, on.again) = (elapsed, now, true);
            }
            if stays {
                stay.push(on);
            }
        }
        self.on = stay;
        ended
    }

    fn showing(
        &self,
        (scene, page, _): (&'static str, Option<u32>, Option<Duration>),
        on: &On,
        elapsed: Duration,
    ) -> Showing {
        let ms = elapsed.saturating_sub(on.since).as_millis();
        Showing {
            wall: self.wall.clone(),
            scene: scene.to_owned(),
            subject: on.subject.clone(),
            page,
            at: on.at,
            ms: u64::try_from(ms).unwrap_or(u64::MAX),
            again: on.again,
            lost: 0,
        }
    }
}
