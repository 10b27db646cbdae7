//! What there is to show, as it was loaded: plain values that cross threads.
//!
//! A hall may have a hundred thousand jobs, and its wall shows a dozen: of all of them only what
//! the player needs is kept, of those that are on everything.

use super::cards::{shown, too_long};
use super::feed::{FeedError, StaffCall, WallFeed};
use super::figures::Figures;
use super::pictures::{Checked, Drawn, Gallery, Wanted};
use super::strip::Line;
use crate::media::Ready;
use crate::qr::{self, QrPicture};
use gighall_core::event::{Event, EventKind};
use gighall_core::hall::{Hall, HallFigures, Notice, NoticeKind};
use gighall_core::id::{EventId, JobId, NoticeId};
use gighall_core::job::Job;
use gighall_core::playlist::{JobFilter, OpenJob, Orders, Places};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::time::Duration;

/// What a screen wants to be loaded.
#[derive(Clone, Debug, PartialEq)]
pub struct Wish {
    /// Of the wall of that name.
    pub wall: String,
    /// Grows with every change of the filters.
    pub by: u64,
    /// For each scene of the player, which jobs it is about.
    pub filters: Vec<Option<JobFilter>>,
    /// The hall's time zone.
    pub zone: TimeZone,
    /// The jobs that are on, or about to be.
    pub jobs: Vec<JobId>,
    /// Where a code leads that is on, or about to be, and is not a job's.
    pub link: Option<String>,
    /// The room of codes, in pixels; 0 where none is shown.
    pub code_room: u32,
    /// Every picture and video of the playlist.
    pub pictures: Vec<PathBuf>,
    /// Those that are on, or about to be.
    pub drawn: Vec<Wanted>,
    /// Where the files of the hub lie, by the names that staff know them by.
    pub media: Ready,
    /// What runs in the ticker.
    pub line: Option<Line>,
    /// Texts of the playlist that are longer than walls show, as staff are told.
    pub too_long: Vec<String>,
    /// What walls show of the playlist's own texts, all in one.
    pub own_text: String,
    /// No scene of the playlist may be on now and has something to show.
    pub rests: bool,
    /// The shortest period that can be held, where the one that staff set is shorter.
    pub period_needed: Option<Duration>,
}

impl Default for Wish {
    fn default() -> Self {
        Self {
            wall: String::new(),
            by: 0,
            filters: vec![],
            zone: TimeZone::UTC,
            jobs: vec![],
            link: None,
            code_room: 0,
            pictures: vec![],
            drawn: vec![],
            media: Ready::new(),
            line: None,
            too_long: vec![],
            own_text: String::new(),
            rests: false,
            period_needed: None,
        }
    }
}

/// So many urgent jobs run in the ticker at most.
pub const URGENT_MOST: usize = 20;

/// Every open job, in the little that the player needs of it.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// The wish whose filters it was made by.
    pub by: u64,
    /// In the order of the table.
    pub jobs: Vec<OpenJob>,
    /// Sums over them.
    pub figures: Figures,
    /// The first urgent ones, for the ticker.
    pub urgent: Vec<Job>,
}

/// A job that is on.
#[derive(Clone, Debug)]
pub struct Detail {
    /// The whole of it.
    pub job: Job,
    /// The address behind its code.
    pub address: Option<String>,
}

/// What is little and loaded with every change.
#[derive(Clone, Debug, Default)]
pub struct News {
    /// The hall, once the device has heard of it.
    pub hall: Option<Hall>,
    /// What the hub counted last, and of which day.
    pub figures: Option<HallFigures>,
    /// Current notices.
    pub notices: Vec<Notice>,
    /// Events that run or are to come, the next first.
    pub events: Vec<Event>,
    /// What staff said about this wall.
    pub orders: Orders,
    /// Somebody at the terminal waits for staff.
    pub call: Option<StaffCall>,
    /// The jobs that were asked for.
    pub asked: Vec<JobId>,
    /// Those of them that are open.
    pub jobs: HashMap<JobId, Detail>,
    /// The codes that were asked for, by where they lead; `None` where there is no room for one.
    pub codes: HashMap<String, Option<QrPicture>>,
}

/// The pictures that a wall names.
#[derive(Clone, Debug, Default)]
pub struct Pictures {
    /// Whether each can be shown.
    pub can: BTreeMap<PathBuf, Checked>,
    /// Those that were asked for and can be shown.
    pub drawn: Vec<Drawn>,
}

impl Pictures {
    /// Looks at the files and draws what is wanted.
    pub fn load(gallery: &mut Gallery, wish: &Wish) -> Self {
        Self {
            can: gallery.check(&wish.pictures),
            drawn: gallery.draw(&wish.drawn),
        }
    }
}

impl Index {
    /// Asks the feed for every job that is open at `at`. A job that was open at the last time has the place that
    /// it had.
    ///
    /// # Errors
    /// [`FeedError`]
    pub fn load(
        feed: &dyn WallFeed,
        at: Timestamp,
        wish: &Wish,
        places: &mut Places,
    ) -> Result<Self, FeedError> {
        let today = wish.zone.to_datetime(at).date();
        let fits = |job: &Job| {
            let fitting = (0..).zip(&wish.filters).filter(|(_, filter)| {
                let fits = |only: &JobFilter| only.fits(job, today, &wish.zone);
                filter.as_ref().is_some_and(fits)
            });
            fitting.fold(0, |bits, (scene, _)| {
                bits | 1_u64.checked_shl(scene).unwrap_or(0)
            })
        };
        let mut figures = Figures::default();
        let mut jobs = vec![];
        let mut urgent = BTreeMap::new();
        places.begin();
        feed.each_open_job(at, &mut |job| {
            figures.count(job);
            let open = OpenJob {
                id: job.id,
                until: job.takes_claims_until(),
                fits: fits(job),
                urgent: job.urgent,
                place: places.of(job.id),
            };
            if job.urgent {
                urgent.insert((job.starts_at, job.number, job.id), job.clone());
                if urgent.len() > URGENT_MOST {
                    urgent.pop_last();
                }
            }
            // Urgent work first, then what starts first; the number keeps the order steady.
            jobs.push(((!job.urgent, job.starts_at, job.number), open));
        })?;
        places.end();
        jobs.sort_unstable_by_key(|(order, _)| *order);
        let jobs: Vec<OpenJob> = jobs.into_iter().map(|(_, job)| job).collect();
        let by = wish.by;
        let urgent = urgent.into_values().collect();
        Ok(Self {
            by,
            jobs,
            figures,
            urgent,
        })
    }

    /// Drops what is over at `at`: between two loads, time alone closes jobs. Says whether there
    /// was any.
    pub fn drop_what_is_over(&mut self, at: Timestamp) -> bool {
        let before = self.jobs.len();
        self.jobs.retain(|job| job.until > at);
        self.urgent.retain(|job| job.takes_claims_until() > at);
        self.jobs.len() != before
    }

    /// Drops the jobs that were asked for and are not open any more. Says whether there was any.
    pub fn drop_what_is_gone(&mut self, news: &News) -> bool {
        let asked = news.asked.iter().copied();
        let gone: HashSet<JobId> = asked.filter(|id| !news.jobs.contains_key(id)).collect();
        let before = self.jobs.len();
        if !gone.is_empty() {
            self.jobs.retain(|job| !gone.contains(&job.id));
            self.urgent.retain(|job| !gone.contains(&job.id));
        }
        self.jobs.len() != before
    }
}

impl News {
    /// Asks the feed for everything else, as it is at `at`.
    ///
    /// # Errors
    /// [`FeedError`]
    pub fn load(feed: &dyn WallFeed, at: Timestamp, wish: &Wish) -> Result<Self, FeedError> {
        let jobs = feed.open_jobs(&wish.jobs, at)?.into_iter().map(|job| {
            let address = feed.job_address(job.id);
            (job.id, Detail { job, address })
        });
        let jobs: HashMap<JobId, Detail> = jobs.collect();
        let addresses = jobs.values().filter_map(|it| it.address.clone());
        let links = addresses.chain(wish.link.clone());
        let room = wish.code_room;
        let codes = links.filter(|_| room > 0).map(|link| {
            let code = code(&link, room);
            (link, code)
        });
        Ok(Self {
            codes: codes.collect(),
            hall: feed.hall()?,
            figures: feed.hall_figures()?,
            notices: feed.notices(at)?,
            events: events(feed, at)?,
            orders: feed.orders(&wish.wall)?,
            call: feed.call()?,
            asked: wish.jobs.clone(),
            jobs,
        })
    }

    /// Texts of the hub that are longer than walls show, as staff are told.
    pub fn too_long(&self) -> Vec<String> {
        let notices = self.notices.iter();
        let notices = notices.filter_map(|it| too_long("the notice", &it.title, &it.body));
        let texts = self.events.iter().filter_map(|it| {
            let text = it.text.as_deref().unwrap_or_default();
            too_long("the fair or course", &it.title, text)
        });
        notices.chain(texts).collect()
    }

    /// What walls show of the hub's texts: what each is, its title, and the rest of it.
    pub fn texts(&self) -> impl Iterator<Item = (&'static str, &str, Vec<&str>)> {
        let hall = self
            .hall
            .iter()
            .map(|it| ("the hall", it.name.as_str(), vec![]));
        let notices = self.notices.iter().map(|it| {
            let issuer = it.issuer.as_deref().unwrap_or_default();
            (
                "the notice",
                it.title.as_str(),
                vec![shown(&it.body), issuer],
            )
        });
        let events = self.events.iter().map(|it| {
            let text = it.text.as_deref().unwrap_or_default();
            ("the fair or course", it.title.as_str(), vec![shown(text)])
        });
        let jobs = self.jobs.values().map(|it| {
            let job = &it.job;
            let optional = [&job.shift, &job.gather_place, &job.requirements];
            let rest = [&job.town, &job.address, &job.employer.name];
            let rest = rest.into_iter().chain(optional.into_iter().flatten());
            let rest = rest.map(String::as_str).collect();
            ("the job", job.title.as_str(), rest)
        });
        hall.chain(notices).chain(events).chain(jobs)
    }

    /// What the hub counted, where it has told it of this day.
    pub fn figures_of(&self, today: Date) -> Option<HallFigures> {
        self.figures.filter(|figures| figures.day == today)
    }

    /// Drops notices and events that are over at `at`. Says whether there was any.
    pub fn drop_what_is_over(&mut self, at: Timestamp) -> bool {
        let before = (self.notices.len(), self.events.len());
        self.notices.retain(|notice| notice.is_current(at));
        self.events.retain(|event| !event.is_over(at));
        (self.notices.len(), self.events.len()) != before
    }

    /// The events as the player wants them: courses, or all others.
    pub fn event_ids(&self, courses: bool) -> Vec<EventId> {
        self.events_of(courses).map(|event| event.id).collect()
    }

    /// Courses, or all other events.
    pub fn events_of(&self, courses: bool) -> impl Iterator<Item = &Event> {
        let is_course = move |event: &&Event| (event.kind == EventKind::Training) == courses;
        self.events.iter().filter(is_course)
    }

    /// One of the events.
    pub fn event(&self, id: EventId) -> Option<&Event> {
        self.events.iter().find(|event| event.id == id)
    }

    /// The notices as the player wants them: those that take their turns.
    pub fn notice_ids(&self) -> Vec<NoticeId> {
        self.notices_in_turn().map(|notice| notice.id).collect()
    }

    /// The notices that take their turns.
    pub fn notices_in_turn(&self) -> impl Iterator<Item = &Notice> {
        self.notices.iter().filter(|notice| !is_emergency(notice))
    }

    /// What is over everything else; of several the one that began last.
    pub fn emergency(&self) -> Option<&Notice> {
        let all = self.notices.iter().filter(|notice| is_emergency(notice));
        all.max_by_key(|notice| notice.effective_from)
    }
}

/// What runs or is to come. The code of a course leads to where phones enrol for it.
fn events(feed: &dyn WallFeed, at: Timestamp) -> Result<Vec<Event>, FeedError> {
    let mut events = feed.events(at)?;
    for course in &mut events {
        if course.kind == EventKind::Training
            && let Some(address) = feed.course_address(course.id)
        {
            course.link = Some(address);
        }
    }
    Ok(events)
}

/// The code of an address, where there is room for it.
pub fn code(address: &str, room: u32) -> Option<QrPicture> {
    qr::draw(address, room)
        .inspect_err(|error| tracing::warn!(%error, "something is shown without its code"))
        .ok()
}

fn is_emergency(notice: &Notice) -> bool {
    notice.kind == NoticeKind::Emergency
}
