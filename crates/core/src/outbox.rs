//! The outbox: a device's own log of what it did. Sequence numbers are dense, each record carries
//! the hash of the one before, and what was appended never changes; so the hub can tell a retry
//! from a fork.

use crate::application::Application;
use crate::claim::Claim;
use crate::complaint::Complaint;
use crate::hardship::HardshipStatement;
use crate::id::{ClaimId, EnrolmentId, JobId, WorkerId};
use crate::job::WorkKind;
use crate::pass::PassHash;
use crate::pin::{PinBy, PinHash};
use crate::rating::Rating;
use crate::training::Enrolment;
use crate::wishes::Wishes;
use crate::worker::{Consent, Registration};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// Version of [`Event`] that this build writes.
pub const RECORD_VERSION: u32 = 1;

/// SHA-256 of a record. All zeros stands before the first record.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RecordHash(pub [u8; 32]);

impl fmt::Display for RecordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for RecordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordHash({self})")
    }
}

/// A text that is not 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a record's hash has 64 hexadecimal digits")]
pub struct NotAHash;

impl FromStr for RecordHash {
    type Err = NotAHash;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(s, &mut bytes).map_err(|_| NotAHash)?;
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for RecordHash {
    type Error = NotAHash;
    fn try_from(s: String) -> Result<Self, Self::Error> {
        s.parse()
    }
}

impl From<RecordHash> for String {
    fn from(hash: RecordHash) -> Self {
        hash.to_string()
    }
}

/// One record. The body is kept as the text that was hashed, so that a program of another version
/// can pass it on without changing a byte.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// 1 for the first record of an enrolment, then dense.
    pub seq: u64,
    /// Hash of the record before.
    pub prev: RecordHash,
    /// SHA-256 over the sequence number (8 bytes, big endian), `prev` and the body.
    pub hash: RecordHash,
    /// JSON of a [`Body`].
    pub body: String,
}

/// Where a log stands: the last sequence number and its hash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Head {
    /// 0 while the log is empty.
    pub seq: u64,
    /// All zeros while the log is empty.
    pub hash: RecordHash,
}

impl Head {
    /// The record that follows this head.
    pub fn append(&self, body: String) -> Record {
        let seq = self.seq + 1;
        Record {
            seq,
            prev: self.hash,
            hash: digest(seq, &self.hash, &body),
            body,
        }
    }
}

impl Record {
    /// Whether the hash fits what the record says. The body of a person who was erased is blank:
    /// only the hash is left of it, so that the log goes on.
    pub fn is_whole(&self) -> bool {
        self.is_blank() || self.hash == digest(self.seq, &self.prev, &self.body)
    }

    /// Whether the body was erased.
    pub fn is_blank(&self) -> bool {
        self.body.is_empty()
    }

    /// The head that this record makes.
    pub fn head(&self) -> Head {
        Head {
            seq: self.seq,
            hash: self.hash,
        }
    }
}

fn digest(seq: u64, prev: &RecordHash, body: &str) -> RecordHash {
    let mut hasher = Sha256::new();
    hasher.update(seq.to_be_bytes());
    hasher.update(prev.0);
    hasher.update(body.as_bytes());
    RecordHash(hasher.finalize().into())
}

/// What the receiver of a record does with it (rule 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// It follows the head: take it.
    New,
    /// It is here already: accepted, no effect.
    Again,
    /// Another record stands at its place: the log forked, the device is to be quarantined.
    Fork,
    /// Records before it are missing: ask for them.
    Gap,
    /// Its hash does not fit its content: damaged on the way, or forged.
    Damaged,
}

/// Judges a record that arrived, given the head of the log so far and, for a sequence number at or
/// below the head, the hash that is kept for it.
pub fn arrival(head: Head, kept: Option<RecordHash>, record: &Record) -> Arrival {
    if !record.is_whole() || record.seq == 0 {
        Arrival::Damaged
    } else if record.seq <= head.seq {
        if kept == Some(record.hash) {
            Arrival::Again
        } else {
            Arrival::Fork
        }
    } else if record.seq > head.seq + 1 {
        Arrival::Gap
    } else if record.prev == head.hash {
        Arrival::New
    } else {
        Arrival::Fork
    }
}

/// What a record says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// [`RECORD_VERSION`] of the program that wrote it.
    pub v: u32,
    /// When it happened, by the device's clock corrected by the offset to the hub's.
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// What can happen on a device that the hub has to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum Event {
    /// A worker registered.
    WorkerRegistered {
        /// The registration.
        registration: Box<Registration>,
    },
    /// A claim was confirmed with a right of this device (rule 2).
    ClaimConfirmed {
        /// The claim.
        claim: Box<Claim>,
    },
    /// A claim was taken without a right while the hub was away (rule 13).
    ClaimProvisional {
        /// The claim.
        claim: Box<Claim>,
    },
    /// A worker withdrew a claim, wherever it was made (rule 5).
    ClaimWithdrawn {
        /// Which.
        claim: ClaimId,
        /// Of which job.
        job: JobId,
    },
    /// Staff saw the worker at the gathering place.
    ClaimCheckedIn {
        /// Which: what the slip's code says. The device may not know it.
        claim: ClaimId,
    },
    /// The worker of a claim said that its pay has come, wherever it was made.
    ClaimSettled {
        /// Which.
        claim: ClaimId,
        /// Of which job.
        job: JobId,
    },
    /// A worker asked to be enrolled for a course; the hub decides.
    TrainingAsked {
        /// The enrolment.
        enrolment: Box<Enrolment>,
    },
    /// A worker does not come to a course.
    TrainingLeft {
        /// Which enrolment.
        enrolment: EnrolmentId,
        /// Whose.
        worker: WorkerId,
    },
    /// A worker said what they would like to learn: all of it, in place of what they said before.
    TrainingWished {
        /// Who.
        worker: WorkerId,
        /// Kinds of work to learn.
        kinds: Vec<WorkKind>,
    },
    /// A worker said what they wish of work: all of it, in place of what they said before.
    WorkWished {
        /// Who.
        worker: WorkerId,
        /// Kinds of work that they can do; empty leaves those that are known.
        kinds: Vec<WorkKind>,
        /// What else they wish.
        wishes: Box<Wishes>,
        /// What the person agreed to; not recorded by programs before this field.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        consent: Option<Consent>,
    },
    /// Staff lifted the pause that a worker was in after no-shows.
    PauseLifted {
        /// Whose.
        worker: WorkerId,
    },
    /// A worker applied to be registered as unemployed; staff finish it.
    Applied {
        /// The application.
        application: Box<Application>,
    },
    /// A worker said what makes it hard for them to find work, or took it back; staff verify it.
    HardshipSaid {
        /// What was said.
        statement: Box<HardshipStatement>,
    },
    /// Somebody complained; staff take it up.
    Complained {
        /// The complaint.
        complaint: Box<Complaint>,
    },
    /// The worker of a claim that is paid said how the work was. What came first counts.
    ClaimRated {
        /// Which.
        claim: ClaimId,
        /// How it was.
        rating: Rating,
    },
    /// A worker got a pass, in place of the one before.
    PassMade {
        /// Who.
        worker: WorkerId,
        /// Its hash.
        pass: PassHash,
    },
    /// Staff at the terminal revoked whatever pass a worker had by then.
    PassRevoked {
        /// Whose.
        worker: WorkerId,
    },
    /// A worker chose a PIN, in place of the one before.
    PinMade {
        /// Who.
        worker: WorkerId,
        /// Its hash.
        pin: PinHash,
        /// How it was known that it is them.
        by: PinBy,
    },
}

impl Event {
    /// Whether it is nobody's business on the device once the hub has it.
    pub fn is_for_the_hub_only(&self) -> bool {
        matches!(
            self,
            Self::Applied { .. } | Self::HardshipSaid { .. } | Self::Complained { .. }
        )
    }

    /// Whose personal data it holds, by the id that the device gave; `None` where it holds none.
    pub fn person(&self) -> Option<WorkerId> {
        match self {
            Self::WorkerRegistered { registration } => Some(registration.worker),
            Self::Applied { application } => Some(application.worker),
            Self::HardshipSaid { statement } => Some(statement.worker),
            Self::Complained { complaint } => complaint.worker,
            Self::TrainingAsked { enrolment } => Some(enrolment.worker),
            Self::TrainingLeft { worker, .. }
            | Self::TrainingWished { worker, .. }
            | Self::WorkWished { worker, .. }
            | Self::PauseLifted { worker }
            | Self::PassMade { worker, .. }
            | Self::PassRevoked { worker }
            | Self::PinMade { worker, .. } => Some(*worker),
            Self::ClaimConfirmed { .. }
            | Self::ClaimProvisional { .. }
            | Self::ClaimWithdrawn { .. }
            | Self::ClaimCheckedIn { .. }
            | Self::ClaimSettled { .. }
            | Self::ClaimRated { .. } => None,
        }
    }
}

impl Body {
    /// The text to append.
    pub fn to_text(&self) -> String {
        // Serialising plain structs with string keys cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hardship::Hardship;
    use crate::seal::OpeningKey;
    use crate::testing::at;
    use crate::worker::Channel;
    use proptest::prelude::*;
    use uuid::Uuid;

    #[test]
    fn what_makes_it_hard_to_find_work_is_for_the_hub_only_and_somebodys() {
        let key = OpeningKey::from_bytes([7; 32]).sealing_key();
        let worker = WorkerId(Uuid::from_u128(1));
        let body = Body {
            v: RECORD_VERSION,
            at: at("2026-11-26T02:00:00Z"),
            event: Event::HardshipSaid {
                statement: Box::new(HardshipStatement {
                    worker,
                    said: Hardship::seal(&[Hardship::LowIncome], &key).expect("a key"),
                    consent: None,
                    made_at: at("2026-11-26T02:00:00Z"),
                    channel: Channel::Staff,
                    helped_by: Some("12".to_owned()),
                }),
            },
        };
        assert!(body.event.is_for_the_hub_only());
        assert_eq!(body.event.person(), Some(worker));
        let text = body.to_text();
        assert!(text.contains("\"event\":\"hardship_said\"") && !text.contains("low_income"));
        assert_eq!(serde_json::from_str::<Body>(&text).expect("read"), body);
    }

    #[test]
    fn wishes_of_older_programs_have_no_recorded_consent() {
        let old = r#"{"event":"work_wished","worker":"00000000-0000-0000-0000-000000000001",
            "kinds":[],"wishes":{}}"#;
        match serde_json::from_str(old).expect("read") {
            Event::WorkWished { consent, .. } => assert_eq!(consent, None),
            other => panic!("{other:?}"),
        }
    }

    fn log(bodies: &[String]) -> Vec<Record> {
        let mut head = Head::default();
        bodies
            .iter()
            .map(|body| {
                let record = head.append(body.clone());
                head = record.head();
                record
            })
            .collect()
    }

    proptest! {
        /// Whatever order, doubling and loss the network makes of it, a receiver that keeps asking
        /// ends with the same log, each record once.
        #[test]
        fn delivery_is_exactly_once(
            bodies in proptest::collection::vec(".{0,20}", 1..20),
            sent in proptest::collection::vec(any::<proptest::sample::Index>(), 0..200),
        ) {
            let sender = log(&bodies);
            let mut kept: Vec<Record> = vec![];
            let all = sent.iter().map(|i| i.index(sender.len())).chain(0..sender.len());
            for i in all {
                let record = &sender[i];
                let head = kept.last().map(Record::head).unwrap_or_default();
                let at_place = kept.get(record.seq as usize - 1).map(|r| r.hash);
                match arrival(head, at_place, record) {
                    Arrival::New => kept.push(record.clone()),
                    Arrival::Again => prop_assert!(record.seq <= head.seq),
                    Arrival::Gap => prop_assert!(record.seq > head.seq + 1),
                    other => prop_assert!(false, "{other:?}"),
                }
            }
            prop_assert_eq!(kept, sender);
        }

        /// A log that parted from what the hub has is found at the first record that differs, or
        /// at any later one.
        #[test]
        fn forks_are_always_found(
            bodies in proptest::collection::vec("[a-z]{0,8}", 2..12),
            at in any::<proptest::sample::Index>(),
        ) {
            let ours = log(&bodies);
            let at = at.index(bodies.len());
            let mut other = bodies.clone();
            other[at].push('!');
            let theirs = log(&other);
            let head = ours[bodies.len() - 1].head();
            for record in &theirs[at..] {
                let kept = ours.get(record.seq as usize - 1).map(|r| r.hash);
                prop_assert_eq!(arrival(head, kept, record), Arrival::Fork);
            }
            let forked_next = theirs[bodies.len() - 1].head().append("x".to_owned());
            prop_assert_eq!(arrival(head, None, &forked_next), Arrival::Fork);
        }

        #[test]
        fn damage_is_found(body in ".{0,40}", extra in "[a-z]") {
            let mut record = Head::default().append(body);
            record.body.push_str(&extra);
            prop_assert_eq!(arrival(Head::default(), None, &record), Arrival::Damaged);
        }
    }
}
