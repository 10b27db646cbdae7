//! What every bench is given.

use std::path::PathBuf;
use std::time::Duration;

/// Where things are, and how long to look.
pub struct Context {
    /// The directory with the programs of this build.
    pub programs: PathBuf,
    /// Where stores, pages and logs go.
    pub work: PathBuf,
    /// Short runs, for trying the benches out: their figures are no figures.
    pub quick: bool,
}

impl Context {
    /// The log of a program; the last run's.
    pub fn log(&self, program: &str) -> PathBuf {
        self.work.join(format!("{program}.log"))
    }

    /// One or the other, as the runs are full or quick.
    pub fn pick<T>(&self, full: T, quick: T) -> T {
        if self.quick { quick } else { full }
    }

    /// How many runs each program gets where they take turns.
    pub fn runs(&self) -> usize {
        self.pick(5, 2)
    }

    /// How long a program is looked at that does the same all the time.
    pub fn window(&self) -> Duration {
        Duration::from_secs(self.pick(30, 8))
    }
}
