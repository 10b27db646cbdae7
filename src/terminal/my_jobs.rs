//! A worker's own jobs: what is coming first, then what is past; the page in sight; the one that
//! is withdrawn from, or that was paid.

use super::desk::{Desk, DeskError};
use super::find::{pages, turned};
use gighall_core::claim::{Claim, ClaimState};
use gighall_core::complaint::ComplaintNews;
use gighall_core::id::ClaimId;
use gighall_core::wire::{ClaimWithJob, KnownWorker};
use jiff::Timestamp;

/// What is known beside a worker's claims.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// Those of which the worker may still say how the work was.
    pub to_rate: Vec<ClaimId>,
    /// The worker's complaints, newest first.
    pub complaints: Vec<ComplaintNews>,
}

impl Beside {
    /// As this device knows it.
    ///
    /// # Errors
    /// If the store failed.
    pub fn of(
        claims: &[ClaimWithJob],
        worker: &KnownWorker,
        desk: &dyn Desk,
    ) -> Result<Self, DeskError> {
        let mut to_rate = Vec::new();
        for Claim { id, state, .. } in claims.iter().map(|held| &held.claim) {
            if *state == ClaimState::Settled && desk.may_rate(worker, *id)? {
                to_rate.push(*id);
            }
        }
        let complaints = desk.my_complaints_here(worker)?;
        Ok(Self {
            to_rate,
            complaints,
        })
    }

    /// The last complaint about that claim: about its pay, or about the job that it is of.
    pub fn complaint(&self, held: &ClaimWithJob) -> Option<&ComplaintNews> {
        self.complaints.iter().find(|it| match it.claim {
            Some(claim) => claim == held.claim.id,
            None => it.job == Some(held.job.id),
        })
    }
}

/// "My jobs".
#[derive(Clone, Debug)]
pub struct MyJobs {
    /// All claims: those of work that is to come or goes on, the soonest first; then the rest, newest first.
    pub claims: Vec<ClaimWithJob>,
    /// What is known beside them.
    pub beside: Beside,
    /// The one that may be withdrawn, or that is asked about.
    pub chosen: Option<ClaimId>,
    /// Page in sight, from 1.
    pub page: usize,
    /// What has just been done: `withdrawn`, `paid`, or empty.
    pub message: &'static str,
    rows: usize,
}

impl Default for MyJobs {
    fn default() -> Self {
        Self {
            claims: Vec::new(),
            beside: Beside::default(),
            chosen: None,
            page: 1,
            message: "",
            rows: 4,
        }
    }
}

impl MyJobs {
    /// Takes the claims as they are at `now`, newest first.
    pub fn take(&mut self, mut claims: Vec<ClaimWithJob>, beside: Beside, now: Timestamp) {
        self.beside = beside;
        let is_coming = |held: &ClaimWithJob| {
            let live = held.claim.state.is_coming() || held.claim.state == ClaimState::CheckedIn;
            live && now < held.job.busy_until()
        };
        // The rest stays in the order in which it came.
        claims.sort_by_key(|held| match is_coming(held) {
            true => (false, Some(held.job.be_there_at())),
            false => (true, None),
        });
        self.claims = claims;
        self.turn(0);
    }

    /// How many pages there are.
    pub fn pages(&self) -> usize {
        pages(self.claims.len(), self.rows)
    }

    /// Turns pages.
    pub fn turn(&mut self, by: i32) {
        self.page = turned(self.page, by, self.pages());
    }

    /// The screen has room for so many rows.
    pub fn rows_that_fit(&mut self, rows: usize) {
        self.rows = rows.clamp(1, 20);
        self.turn(0);
    }

    /// The claims in sight.
    pub fn in_sight(&self) -> &[ClaimWithJob] {
        let start = ((self.page - 1) * self.rows).min(self.claims.len());
        let end = (start + self.rows).min(self.claims.len());
        &self.claims[start..end]
    }

    /// The one that may be withdrawn, or that is asked about.
    pub fn chosen(&self) -> Option<&ClaimWithJob> {
        let chosen = self.chosen?;
        self.claims.iter().find(|held| held.claim.id == chosen)
    }
}
