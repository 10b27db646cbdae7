//! Tells what is on to whoever writes it down.

use super::content::Content;
use crate::metrics::Counters;
use gighall_core::hall::Notice;
use gighall_core::id::JobId;
use gighall_core::playlist::{Now, Scene, Show};
use gighall_core::proof::{JOB, NOTICE, Seen, Showing, Subject, TEXT, Tracker, gap};
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

    /// The wall ends: what is on goes off, and nothing is written down any more.
    pub fn end(&mut self) {
        let ended = self.tracker.ends(self.began.elapsed());
        self.hand_over(ended);
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

/// What is on, with the titles that are shown now.
pub fn seen(content: &Content, scenes: &[Scene], on: &Now) -> Seen {
    if let Some(notice) = content.emergency() {
        return Seen {
            scene: "emergency",
            page: None,
            turn: None,
            subjects: vec![about_notice(notice)],
        };
    }
    let (scene, page, subjects) = match &on.show {
        Show::Jobs { page, jobs, .. } => {
            let jobs = jobs.iter().filter_map(|id| about_job(content, *id));
            ("jobs", u32::try_from(*page).ok(), jobs.collect())
        }
        Show::Spotlight(id) => ("spotlight", None, Vec::from_iter(about_job(content, *id))),
        Show::Notice(id) => {
            let mut notices = content.notices.iter();
            let notice = notices.find(|notice| notice.id == *id);
            (
                "notice",
                None,
                notice.map(about_notice).into_iter().collect(),
            )
        }
        Show::Overview => ("overview", None, vec![]),
        Show::Text(index) => {
            let text = scenes.get(*index).and_then(about_text);
            ("text", None, Vec::from_iter(text))
        }
        Show::Rest => ("rest", None, vec![]),
    };
    Seen {
        scene,
        page,
        // The player begins its rest anew each second.
        turn: (on.show != Show::Rest).then_some(on.since),
        subjects,
    }
}

fn about_job(content: &Content, id: JobId) -> Option<Subject> {
    content.job(id).map(|job| Subject {
        kind: JOB.to_owned(),
        id: Some(job.id.0),
        number: Some(job.number),
        title: job.title.clone(),
    })
}

fn about_notice(notice: &Notice) -> Subject {
    Subject {
        kind: NOTICE.to_owned(),
        id: Some(notice.id.0),
        number: None,
        title: notice.title.clone(),
    }
}

fn about_text(scene: &Scene) -> Option<Subject> {
    match scene {
        Scene::Text { title, .. } => Some(Subject {
            kind: TEXT.to_owned(),
            id: None,
            number: None,
            title: title.clone(),
        }),
        _ => None,
    }
}
