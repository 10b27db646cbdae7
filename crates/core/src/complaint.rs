//! Complaints at the terminal (维权): what went wrong, said in a few answers and a few words. What was
//! said is sealed to the hub before it touches the disk; staff take it up and close it with a word.

use crate::id::{ClaimId, ComplaintId, JobId, WorkerId};
use crate::job::coded_enum;
use crate::seal::{OpeningKey, SealError, SealedText, SealingKey};
use crate::worker::{Channel, Consent};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The version of the notice on what is collected and why. Raised whenever its wording changes.
pub const COMPLAINT_NOTICE_VERSION: u32 = 2;
/// Longest text in the person's own words, in characters.
pub const WORDS_MAX: usize = 120;
/// The largest sum that can be said, in yuan.
pub const YUAN_MAX: u32 = 9_999_999;
/// Longest word of staff to the person, in characters.
pub const WORD_MAX: usize = 80;

/// How many complaints without a name one terminal takes within such a time: a whole gang of workers
/// can speak up, and whoever fills the list on purpose cannot bury what others said. A name lifts it.
pub const NAMELESS_MOST: [(SignedDuration, u32); 2] = [
    (SignedDuration::from_hours(1), 10),
    (SignedDuration::from_hours(24), 30),
];

coded_enum!(
    /// What a complaint is about.
    ComplaintKind {
        /// Wages were not paid, or not all of them.
        Unpaid = "unpaid", "拖欠工资";
        /// Money was asked for, or a document kept.
        Fee = "fee", "收费、押金、扣证件";
        /// The work is unsafe.
        Unsafe = "unsafe", "干活不安全";
        /// The job was not as it was written.
        NotAsWritten = "not_as_written", "活和写的不一样";
        /// Something else.
        Other = "other", "其他";
    }
);

coded_enum!(
    /// Since when, or when it was.
    Since {
        /// Today.
        Today = "today", "今天";
        /// Within a week.
        Week = "week", "一周以内";
        /// Within a month.
        Month = "month", "一个月以内";
        /// One month to three.
        Quarter = "quarter", "一到三个月";
        /// Longer ago.
        Longer = "longer", "三个月以上";
    }
);

coded_enum!(
    /// Where a complaint stands.
    ComplaintState {
        /// It was handed in; nobody has looked at it yet.
        Received = "received", "已收到";
        /// Staff are at it.
        TakenUp = "taken_up", "处理中";
        /// Staff are done with it, and said how it ended.
        Closed = "closed", "已办结";
    }
);

impl ComplaintKind {
    /// Whether it takes a name: nobody can be paid who is not known.
    pub fn needs_person(self) -> bool {
        self == Self::Unpaid
    }

    /// Whether a sum of money belongs to it.
    pub fn has_sum(self) -> bool {
        matches!(self, Self::Unpaid | Self::Fee)
    }
}

impl ComplaintState {
    /// Whether staff may move a complaint from here to there: forward only.
    pub fn may_become(self, to: Self) -> bool {
        self < to
    }
}

/// What was said. Personal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Since when, or when it was.
    pub since: Since,
    /// How much money it is about, in fen; `None` where none is, or it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sum_fen: Option<u64>,
    /// In the person's own words, at most [`WORDS_MAX`] characters in one line; may be empty.
    pub words: String,
}

/// Why something is not taken as a complaint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ToldError {
    /// The words are too long, or not one line.
    #[error("the words have at most {WORDS_MAX} characters in one line")]
    Words,
    /// More money than anybody has.
    #[error("the sum is at most {YUAN_MAX} yuan")]
    Sum,
    /// What was sealed is no complaint, or not to this hub.
    #[error("the sealed complaint cannot be read")]
    Unreadable,
}

impl Told {
    /// Whether it can be taken.
    ///
    /// # Errors
    /// The first thing that is not right.
    pub fn check(&self) -> Result<(), ToldError> {
        let long = self.words.chars().count() > WORDS_MAX;
        if long || self.words.chars().any(char::is_control) {
            return Err(ToldError::Words);
        }
        match self.sum_fen {
            Some(fen) if fen > u64::from(YUAN_MAX) * 100 => Err(ToldError::Sum),
            _ => Ok(()),
        }
    }

    /// Seals it to the hub.
    ///
    /// # Errors
    /// [`SealError::Key`] if this is no key.
    pub fn seal(&self, key: &SealingKey) -> Result<SealedText, SealError> {
        // Serialising plain values cannot fail.
        key.seal_text(&serde_json::to_string(self).unwrap_or_default())
    }

    /// Opens what was sealed to the hub, and checks it.
    ///
    /// # Errors
    /// [`ToldError`]
    pub fn open(key: &OpeningKey, sealed: &SealedText) -> Result<Self, ToldError> {
        let text = key.open_text(sealed).map_err(|_| ToldError::Unreadable)?;
        let told: Self = serde_json::from_str(&text).map_err(|_| ToldError::Unreadable)?;
        told.check()?;
        Ok(told)
    }
}

/// A complaint as it travels from a device to the hub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Complaint {
    /// Its id.
    pub id: ComplaintId,
    /// Its number, as the receipt shows it.
    pub number: String,
    /// Who complains; `None` for somebody who gave no name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worker: Option<WorkerId>,
    /// What about.
    pub kind: ComplaintKind,
    /// About which job, where it is about one that the hall listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<JobId>,
    /// About the pay of which claim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<ClaimId>,
    /// [`Told`], sealed to the hub.
    pub told: SealedText,
    /// What the person agreed to.
    pub consent: Consent,
    /// When.
    pub made_at: Timestamp,
    /// Through which door.
    pub channel: Channel,
}

/// How a complaint stands, as the person may see it: nothing of what was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComplaintNews {
    /// Which.
    pub id: ComplaintId,
    /// Its number.
    pub number: String,
    /// Whose; `None` for somebody who gave no name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worker: Option<WorkerId>,
    /// What about.
    pub kind: ComplaintKind,
    /// About which job, where it is about one that the hall listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<JobId>,
    /// About the pay of which claim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<ClaimId>,
    /// Where it stands.
    pub state: ComplaintState,
    /// What staff say to it, at most [`WORD_MAX`] characters in one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub word: Option<String>,
    /// When it was handed in.
    pub made_at: Timestamp,
}

/// The text in the code of a receipt: a phone shows the number, and whoever lays it on the terminal's
/// scanner sees how the complaint stands. The id cannot be guessed.
pub fn receipt_code(number: &str, id: ComplaintId) -> String {
    format!("{number} {id}")
}

/// The complaint that a receipt's code is of.
pub fn read_receipt_code(text: &str) -> Option<ComplaintId> {
    let (number, id) = text.trim().split_once(' ')?;
    number.contains("-R").then(|| id.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn told() -> Told {
        Told {
            since: Since::Month,
            sum_fen: Some(180_000),
            words: "草海路工地王老板不给钱".to_owned(),
        }
    }

    #[test]
    fn what_cannot_be_taken_is_named() {
        assert_eq!(told().check(), Ok(()));
        let words = |words: String| Told { words, ..told() }.check();
        assert_eq!(words("欠".repeat(WORDS_MAX)), Ok(()));
        assert_eq!(words("欠".repeat(WORDS_MAX + 1)), Err(ToldError::Words));
        assert_eq!(words("欠\n薪".to_owned()), Err(ToldError::Words));
        let sum = |sum| {
            let sum_fen = Some(sum);
            Told { sum_fen, ..told() }.check()
        };
        assert_eq!(sum(u64::from(YUAN_MAX) * 100), Ok(()));
        assert_eq!(sum(u64::from(YUAN_MAX) * 100 + 1), Err(ToldError::Sum));
    }

    #[test]
    fn only_the_hub_reads_what_was_said() {
        let key = OpeningKey::from_bytes([7; 32]);
        let sealed = told().seal(&key.sealing_key()).expect("a key");
        let text = serde_json::to_string(&sealed).expect("plain");
        assert!(!text.contains("王老板"));
        assert_eq!(Told::open(&key, &sealed), Ok(told()));
        let other = OpeningKey::from_bytes([8; 32]);
        assert_eq!(Told::open(&other, &sealed), Err(ToldError::Unreadable));
        let nonsense = key.sealing_key().seal_text("{}").expect("a key");
        assert_eq!(Told::open(&key, &nonsense), Err(ToldError::Unreadable));
    }

    #[test]
    fn a_complaint_goes_forward_only() {
        use ComplaintState::{Closed, Received, TakenUp};
        let allowed = [(Received, TakenUp), (Received, Closed), (TakenUp, Closed)];
        for from in ComplaintState::ALL {
            for to in ComplaintState::ALL {
                let expected = allowed.contains(&(*from, *to));
                assert_eq!(from.may_become(*to), expected, "{from:?} {to:?}");
            }
        }
    }

    #[test]
    fn a_receipts_code_is_read_and_nothing_else() {
        let id = ComplaintId(Uuid::from_u128(0x0193_a1f2_6c5b_4c3e_9b1e_2f3a_4b5c_6d7e));
        assert_eq!(read_receipt_code(&receipt_code("07-R0003", id)), Some(id));
        for other in ["", "07-R0003", "07-R0003 x", &format!("07-0003 {id}")] {
            assert_eq!(read_receipt_code(other), None, "{other}");
        }
    }
}
