//! A worker's own jobs: what is coming first, then what is past; the page in sight; the one that
//! is withdrawn from, or that was paid.

use super::find::{pages, turned};
use gighall_core::claim::ClaimState;
use gighall_core::id::ClaimId;
use gighall_core::wire::ClaimWithJob;
use jiff::Timestamp;

/// "My jobs".
#[derive(Clone, Debug)]
pub struct MyJobs {
    /// All claims: those of work that is to come or goes on, then the rest; newest first.
    pub claims: Vec<ClaimWithJob>,
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
            chosen: None,
            page: 1,
            message: "",
            rows: 4,
        }
    }
}

impl MyJobs {
    /// Takes the claims as they are at `now`, newest first.
    pub fn take(&mut self, mut claims: Vec<ClaimWithJob>, now: Timestamp) {
        let is_coming = |held: &ClaimWithJob| {
            let live = held.claim.state.is_coming() || held.claim.state == ClaimState::CheckedIn;
            live && now < held.job.busy_until()
        };
        claims.sort_by_key(|held| !is_coming(held));
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
