//! What the wall asks of the house behind it. The wall knows this trait only; the store and the
//! sync engine stand behind it, and tests put a feed of their own in their place.

use gighall_core::event::Event;
use gighall_core::hall::{Hall, HallFigures, Notice};
use gighall_core::id::{EventId, JobId};
use gighall_core::job::Job;
use gighall_core::playlist::Orders;
use jiff::Timestamp;

/// The house behind the wall. The methods that can fail may wait for disk and are never called on
/// the UI thread; the others answer from memory, at once.
pub trait WallFeed: Send + Sync + 'static {
    /// Calls `each` with every job of this hall that is open at `at` ([`Job::is_open`]), once. The
    /// order does not matter: the wall has its own.
    fn each_open_job(&self, at: Timestamp, each: &mut dyn FnMut(&Job)) -> Result<(), FeedError>;
    /// Those of `ids` that are open at `at`.
    fn open_jobs(&self, ids: &[JobId], at: Timestamp) -> Result<Vec<Job>, FeedError>;
    /// Every notice that is current at `at`, in the order in which they are to be shown.
    fn notices(&self, at: Timestamp) -> Result<Vec<Notice>, FeedError>;
    /// Every event that runs at `at` or is to come, the next first.
    fn events(&self, at: Timestamp) -> Result<Vec<Event>, FeedError>;
    /// The hall; `None` before the device has heard of it.
    fn hall(&self) -> Result<Option<Hall>, FeedError>;
    /// What the hub counted last of this hall, and of which day; `None` where it never did.
    fn hall_figures(&self) -> Result<Option<HallFigures>, FeedError>;
    /// Whether the hub is in reach, and how old the data is.
    fn link(&self) -> Link;
    /// The hall's time as well as this device knows it.
    fn now(&self) -> Timestamp;
    /// The address that a phone opens for that job; `None` before the device is enrolled.
    fn job_address(&self, job: JobId) -> Option<String>;
    /// The address at which a phone enrols for that course; `None` where there is none yet.
    fn course_address(&self, _course: EventId) -> Option<String> {
        None
    }
    /// Tells staff what they have to mend before that part of a wall can show everything that they want of it;
    /// an empty text where all is well again. Says whether they were told.
    fn tell_staff(&self, part: &str, trouble: &str) -> bool;
    /// What staff said at the terminal about the wall of that name.
    fn orders(&self, _wall: &str) -> Result<Orders, FeedError> {
        Ok(Orders::default())
    }
    /// The terminal at which somebody waits for staff, where somebody does.
    fn call(&self) -> Result<Option<StaffCall>, FeedError> {
        Ok(None)
    }
    /// Grows with every change of what the methods above answer, so that the wall can ask for
    /// little and often and load only what is new.
    fn revision(&self) -> u64;
}

/// Somebody at a terminal waits for staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffCall {
    /// The terminal's name, as staff gave it.
    pub terminal: String,
    /// When the call ends if nobody comes.
    pub until: Timestamp,
}

/// The device's connection to the hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The hub answered lately.
    pub online: bool,
    /// From when the data is; `None` if nothing was ever fetched.
    pub data_as_of: Option<Timestamp>,
    /// The clock cannot be right, and the hub was not reached since.
    pub clock_untrusted: bool,
}

/// Why the feed cannot answer. The wall goes on with what it has; the log has the cause.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FeedError {
    /// The store failed.
    #[error("the store failed: {0}")]
    Store(String),
}
