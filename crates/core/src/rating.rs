//! How a worker found the work, once it was paid: one of three faces, once a claim.

use crate::job::coded_enum;
use serde::{Deserialize, Serialize};

/// As many people have to have said something before it is shown: fewer could be told by name.
pub const SHOWN_FROM: u32 = 3;

coded_enum!(
    /// One of three faces.
    Rating {
        /// Content.
        Good = "good", "满意";
        /// So so.
        Fair = "fair", "一般";
        /// Not content.
        Bad = "bad", "不满意";
    }
);

impl Rating {
    /// What it counts in an average: 1 to 3.
    pub fn points(self) -> u32 {
        match self {
            Self::Good => 3,
            Self::Fair => 2,
            Self::Bad => 1,
        }
    }
}
