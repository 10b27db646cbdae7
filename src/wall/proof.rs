//! Tells what is on to whoever writes it down.

use super::content::News;
use crate::metrics::Counters;
use gighall_core::hall::Notice;
use gighall_core::playlist::{Now, Show, Thing, What};
use gighall_core::proof::{EVENT, JOB, NOTICE, Seen, Showing, Subject, TEXT, Tracker, gap};
use jiff::Timestamp;
use std::sync::mpsc::{SyncSender, TrySendError};
use std::time::{Duration, Instant};

/// Follows one wall on the UI thread, and never waits: what the writer cannot take any more is
/// counted, and told as a gap as soon as there is room. What is on ends with this.
pub struct Recorder {
    tracker: Tracker,
    began: Instant,
    writer: Option<SyncSender<Option<Showing>>>,
    /// What the writer had no room for.
    missed: Option<Showing>,
    wall: String,
    counters: Counters,
    /// Scene, page and turn that were on last.
    last: Option<(&'static str, Option<u32>, Option<Duration>)>,
}

impl Recorder {
    /// Follows the wall of that name; the writer takes what went off. Without one, nothing is
    /// written down.
    pub fn new(
        wall: &str,
        writer: Option<SyncSender<Option<Showing>>>,
        counters: Counters,
    ) -> Self {
        Self {
            tracker: Tracker::new(wall),
            began: Instant::now(),
            writer,
            missed: None,
            wall: wall.to_owned(),
            counters,
            last: None,
        }
    }

    /// That is on, when the hub's clock says `now`.
    pub fn shows(&mut self, seen: &Seen, now: Timestamp) {
        let turn = Some((seen.scene, seen.page, seen.turn));
        if self.last != turn {
            self.last = turn;
            self.counters.scene(&self.wall, seen.scene);
        }
        let ended = self.tracker.shows(seen, self.began.elapsed(), now);
        for showing in &ended {
            let kind = showing
                .subject
                .as_ref()
                .map(|subject| subject.kind.as_str());
            if kind == Some(JOB) && !showing.again {
                self.counters.job_showing(&self.wall);
            }
        }
        self.hand_over(ended);
    }

    /// Nothing is on until the wall shows something again.
    pub fn pauses(&mut self) {
        self.last = None;
        let ended = self.tracker.ends(self.began.elapsed());
        self.hand_over(ended);
    }

    /// The wall ends: what is on goes off, and nothing is written down any more.
    pub fn end(&mut self) {
        self.pauses();
        self.writer = None;
    }

    fn hand_over(&mut self, ended: Vec<Showing>) {
        let Some(writer) = &self.writer else { return };
        for showing in ended {
            if let Some(missed) = self.missed.take()
                && let Err(TrySendError::Full(Some(missed))) = writer.try_send(Some(missed))
            {
                self.counters.proof_lost(1);
                self.missed = gap([&missed, &showing]);
                continue;
            }
            if let Err(TrySendError::Full(Some(showing))) = writer.try_send(Some(showing)) {
                self.counters.proof_lost(1);
                self.missed = gap([&showing]);
            }
        }
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.end();
    }
}

/// What `scene` shows of `on`, with the titles that are shown now.
pub fn seen(news: &News, scene: &'static str, what: Option<&What>, on: &Now) -> Seen {
    let alone = |subjects| Seen {
        scene,
        page: None,
        turn: None,
        subjects,
    };
    match scene {
        "emergency" => return alone(news.emergency().map(about_notice).into_iter().collect()),
        // The player begins its rest anew each second.
        "blank" | "rest" => return alone(vec![]),
        _ => {}
    }
    let page = match &on.show {
        Show::Page { page, .. } => u32::try_from(*page).ok(),
        _ => None,
    };
    let things = on.show.things().iter();
    let things = things.filter_map(|thing| about(news, *thing));
    Seen {
        scene,
        page,
        turn: Some(on.since),
        subjects: things.chain(what.and_then(about_own)).collect(),
    }
}

fn about(news: &News, thing: Thing) -> Option<Subject> {
    match thing {
        Thing::Job(id) => news.jobs.get(&id).map(|detail| Subject {
            kind: JOB.to_owned(),
            id: Some(id.0),
            number: Some(detail.job.number),
            title: detail.job.title.clone(),
        }),
        Thing::Notice(id) => {
            let mut notices = news.notices.iter();
            notices.find(|notice| notice.id == id).map(about_notice)
        }
        Thing::Event(id) => news.event(id).map(|event| Subject {
            kind: EVENT.to_owned(),
            id: Some(id.0),
            number: None,
            title: event.title.clone(),
        }),
    }
}

fn about_notice(notice: &Notice) -> Subject {
    Subject {
        kind: NOTICE.to_owned(),
        id: Some(notice.id.0),
        number: None,
        title: notice.title.clone(),
    }
}

/// What is the playlist's own.
fn about_own(what: &What) -> Option<Subject> {
    let title = match what {
        What::Text { title, .. } => title,
        What::Image { file, .. } | What::Video { file, .. } => file,
        _ => return None,
    };
    Some(Subject {
        kind: TEXT.to_owned(),
        id: None,
        number: None,
        title: title.clone(),
    })
}
