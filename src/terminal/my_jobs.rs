//! A worker's own jobs: the page in sight, and withdrawing.

use super::find::{pages, turned};
use gighall_core::id::ClaimId;
use gighall_core::wire::ClaimWithJob;

/// "My jobs".
#[derive(Clone, Debug)]
pub struct MyJobs {
    /// All claims, newest first.
    pub claims: Vec<ClaimWithJob>,
    /// The one that may be withdrawn.
    pub chosen: Option<ClaimId>,
    /// Page in sight, from 1.
    pub page: usize,
    /// What has just been done: `withdrawn`, or empty.
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
    /// Takes the claims as they are now.
    pub fn take(&mut self, claims: Vec<ClaimWithJob>) {
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

    /// The one that may be withdrawn.
    pub fn chosen(&self) -> Option<&ClaimWithJob> {
        let chosen = self.chosen?;
        self.claims.iter().find(|held| held.claim.id == chosen)
    }
}
