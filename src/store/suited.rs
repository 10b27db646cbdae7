//! Listings that suit a worker, by the rule of core.

use super::{Store, StoreError, claims, pauses, workers};
use crate::terminal::services::{Barred, Suggestions};
use gighall_core::fit::{self, Seeker, Setting};
use gighall_core::place::Place;
use gighall_core::wire::KnownWorker;
use jiff::Timestamp;

/// Most listings that are proposed to a worker: nobody reads on.
const SUITED_MOST: usize = 60;

impl Store {
    /// Open listings that suit a worker, best first; no more than [`SUITED_MOST`]. `here` is where the
    /// hall is. Whether the worker is in the ledger of hardship only the hub knows.
    pub fn suited(
        &self,
        worker: &KnownWorker,
        here: Option<Place>,
        now: Timestamp,
    ) -> Result<Suggestions, StoreError> {
        let (held, pause) = self.read(|tx| {
            workers::must_be_known(tx, worker.worker)?;
            let pause = pauses::current(tx, worker.worker, now)?;
            Ok((claims::held(tx, worker, now)?, pause))
        })?;
        let seeker = Seeker {
            birth: worker.birth_date,
            kinds: worker.work_kinds.clone(),
            wishes: worker.wishes.clone().unwrap_or_default(),
            held,
            pause,
            hardship: false,
        };
        let setting = Setting {
            now,
            zone: self.zone.clone(),
            hall: here,
        };
        let mut fitting = Vec::new();
        // There may be more listings than fit into memory with comfort.
        self.each_open_job(now, &mut |job| {
            if fit::fit(job, &seeker, &setting).is_ok() {
                fitting.push(job.clone());
            }
        })?;
        let mut suited = fit::jobs_for(fitting, &seeker, &setting);
        suited.truncate(SUITED_MOST);
        Ok(Suggestions {
            jobs: suited,
            barred: Barred::of(&seeker),
        })
    }
}
