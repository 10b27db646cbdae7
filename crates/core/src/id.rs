//! New-typed identifiers, so that a job's id can never be passed where a worker's is meant.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(s).map(Self)
            }
        }
    };
}

uuid_id!(
    /// A job listing. Version 7 when the hub creates it.
    JobId
);
uuid_id!(
    /// A registered worker.
    WorkerId
);
uuid_id!(
    /// A claim of one place of one job by one worker. Random (version 4): whoever knows it may
    /// open the slip.
    ClaimId
);
uuid_id!(
    /// An enrolled device (one kiosk installation with its own store).
    DeviceId
);
uuid_id!(
    /// An employer of a hall.
    EmployerId
);
uuid_id!(
    /// A notice.
    NoticeId
);
uuid_id!(
    /// An event of a hall.
    EventId
);
uuid_id!(
    /// That one worker is enrolled, or asked to be, for one course.
    EnrolmentId
);
uuid_id!(
    /// What one worker applied for.
    ApplicationId
);
uuid_id!(
    /// One complaint. Random (version 4): whoever knows it may see how the complaint stands.
    ComplaintId
);

/// A hall's id: 1 to 40 characters of `a-z`, `0-9` and `-`. It is not a region code: one county
/// can have several halls.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HallId(String);

impl HallId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that is not a hall's id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a hall's id has 1 to 40 of the characters a-z, 0-9 and '-'")]
pub struct NotAHallId;

impl FromStr for HallId {
    type Err = NotAHallId;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let fits = (1..=40).contains(&s.len())
            && s.bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if fits {
            Ok(Self(s.to_owned()))
        } else {
            Err(NotAHallId)
        }
    }
}

impl TryFrom<String> for HallId {
    type Error = NotAHallId;
    fn try_from(s: String) -> Result<Self, Self::Error> {
        s.parse()
    }
}

impl From<HallId> for String {
    fn from(id: HallId) -> Self {
        id.0
    }
}

impl fmt::Display for HallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How often a device has been enrolled: 1 at first, raised by the hub each time it is enrolled
/// anew. Rights are bound to it (rule 10).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
#[serde(transparent)]
pub struct Epoch(pub u32);

/// The hub's own epoch, raised when it is restored from an older copy (rule 12).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
#[serde(transparent)]
pub struct HubEpoch(pub u32);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hall_ids_are_checked() {
        assert!("weining".parse::<HallId>().is_ok());
        assert!("520526-01".parse::<HallId>().is_ok());
        for bad in ["", "Weining", "威宁", "a b", &"x".repeat(41)] {
            assert_eq!(bad.parse::<HallId>(), Err(NotAHallId), "{bad:?}");
        }
    }
}
