//! What walls show, over store and sync engine.

use super::HallDesk;
use crate::store::{StaffCode, StoreError};
use crate::wall::feed::{FeedError, Link, StaffCall, WallFeed};
use gighall_core::call::STANDS;
use gighall_core::event::Event;
use gighall_core::hall::{Hall, HallFigures, Notice};
use gighall_core::id::{EventId, JobId};
use gighall_core::job::Job;
use gighall_core::playlist::Orders;
use jiff::Timestamp;
use std::sync::PoisonError;

impl From<StoreError> for FeedError {
    fn from(error: StoreError) -> Self {
        Self::Store(error.to_string())
    }
}

impl WallFeed for HallDesk {
    fn each_open_job(&self, at: Timestamp, each: &mut dyn FnMut(&Job)) -> Result<(), FeedError> {
        Ok(self.store.each_open_job(at, each)?)
    }

    fn open_jobs(&self, ids: &[JobId], at: Timestamp) -> Result<Vec<Job>, FeedError> {
        let known = ids.iter().map(|id| self.store.job(*id));
        let known: Vec<Option<Job>> = known.collect::<Result<_, _>>()?;
        let open = known.into_iter().flatten().filter(|job| job.is_open(at));
        Ok(open.collect())
    }

    fn notices(&self, at: Timestamp) -> Result<Vec<Notice>, FeedError> {
        Ok(self.store.notices(at)?)
    }

    fn events(&self, at: Timestamp) -> Result<Vec<Event>, FeedError> {
        Ok(self.store.events(at)?)
    }

    fn orders(&self, wall: &str) -> Result<Orders, FeedError> {
        Ok(self.store.orders(wall)?)
    }

    fn hall(&self) -> Result<Option<Hall>, FeedError> {
        Ok(self.store.hall()?)
    }

    fn hall_figures(&self) -> Result<Option<HallFigures>, FeedError> {
        Ok(self.store.hall_figures()?)
    }

    fn link(&self) -> Link {
        let link = *self.sync.link().borrow();
        Link {
            online: link.online,
            data_as_of: link.data_from,
            clock_untrusted: link.clock_untrusted,
        }
    }

    fn now(&self) -> Timestamp {
        self.sync.now()
    }

    fn job_address(&self, job: JobId) -> Option<String> {
        self.address(&format!("/j/{job}"))
    }

    fn course_address(&self, course: EventId) -> Option<String> {
        self.address(&format!("/t/{course}"))
    }

    fn tell_staff(&self, part: &str, trouble: &str) -> bool {
        let mut troubles = self.troubles.lock().unwrap_or_else(PoisonError::into_inner);
        troubles.insert(part.to_owned(), trouble.to_owned());
        let of_all = troubles.values().map(String::as_str);
        let of_all: Vec<&str> = of_all.filter(|trouble| !trouble.is_empty()).collect();
        let of_all = of_all.join("\n");
        let told = match of_all.trim() {
            "" => self.store.settle(StaffCode::Wall),
            trouble => self
                .store
                .tell_staff(StaffCode::Wall, trouble, self.sync.now()),
        };
        told.inspect_err(|error| tracing::error!(%error, "staff could not be told of the wall"))
            .is_ok()
    }

    fn call(&self) -> Result<Option<StaffCall>, FeedError> {
        let since = self.store.calls()?.standing(self.sync.now());
        Ok(since.map(|since| StaffCall {
            terminal: self
                .sync
                .identity()
                .map_or_else(String::new, |identity| identity.name.clone()),
            until: since.saturating_add(STANDS).unwrap_or(since),
        }))
    }

    fn revision(&self) -> u64 {
        *self.store.subscribe().borrow()
    }
}
