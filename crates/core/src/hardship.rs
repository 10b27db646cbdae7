//! Those who find it hard to get work (就业困难人员). Staff keep the ledger at the hub; no device holds any
//! of it. What somebody says of themselves at a terminal is sealed to the hub before it touches the
//! disk, and counts for nothing before staff have verified it.

use crate::id::WorkerId;
use crate::job::coded_enum;
use crate::seal::{OpeningKey, SealError, SealedText, SealingKey};
use crate::worker::{Channel, Consent};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The version of the notice on why a terminal asks, and who sees the answer. Raised whenever its
/// wording changes.
pub const HARDSHIP_NOTICE_VERSION: u32 = 1;

/// As long is every answer before it is sealed: how long the sealed one is says nothing of it.
const SEALED_LENGTH: usize = 256;

coded_enum!(
    /// Why somebody finds it hard to get work.
    Hardship {
        /// 大龄: women from 40, men from 50.
        Older = "older", "大龄";
        /// 残疾
        Disabled = "disabled", "残疾";
        /// 享受最低生活保障
        LowIncome = "low_income", "低保家庭";
        /// 零就业家庭: nobody in the family has work.
        NoEarner = "no_earner", "零就业家庭";
        /// 连续失业一年以上
        LongWithout = "long_without", "长期失业";
        /// 失地
        LandLost = "land_lost", "失地";
        /// 易地搬迁
        Resettled = "resettled", "易地搬迁";
        /// 其他
        Other = "other", "其他";
    }
);

impl Hardship {
    /// What a terminal asks about. Age is not asked: it follows from the birth date.
    pub const ASKED: [Self; 7] = [
        Self::LongWithout,
        Self::LowIncome,
        Self::Disabled,
        Self::NoEarner,
        Self::Resettled,
        Self::LandLost,
        Self::Other,
    ];

    /// Seals what somebody said to the hub.
    ///
    /// # Errors
    /// [`SealError::Key`] if this is no key.
    pub fn seal(said: &[Self], key: &SealingKey) -> Result<SealedText, SealError> {
        // Serialising plain enums cannot fail; blanks after it are no part of it.
        let text = serde_json::to_string(said).unwrap_or_default();
        key.seal_text(&format!("{text:SEALED_LENGTH$}"))
    }

    /// Opens what was sealed to the hub, each kind once.
    ///
    /// # Errors
    /// [`SealError::Unreadable`] also where what was sealed are no kinds.
    pub fn open(key: &OpeningKey, sealed: &SealedText) -> Result<Vec<Self>, SealError> {
        let text = key.open_text(sealed)?;
        let mut said: Vec<Self> = serde_json::from_str(&text).map_err(|_| SealError::Unreadable)?;
        said.sort_unstable();
        said.dedup();
        Ok(said)
    }
}

/// What somebody said makes it hard for them to find work: all of it, in place of what they said before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HardshipStatement {
    /// Who.
    pub worker: WorkerId,
    /// The kinds, sealed to the hub by [`Hardship::seal`]; none of them takes back what was said before.
    pub said: SealedText,
    /// What the person agreed to, apart from all else that they agreed to; `None` where they took it
    /// back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
    /// When.
    pub made_at: Timestamp,
    /// Through which door.
    pub channel: Channel,
    /// The number of the member of staff who helped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub helped_by: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_hub_reads_what_was_said_and_its_length_says_nothing() {
        let key = OpeningKey::from_bytes([7; 32]);
        let written = |said: &[Hardship]| {
            let sealed = Hardship::seal(said, &key.sealing_key()).expect("a key");
            let mut read = said.to_vec();
            read.sort_unstable();
            assert_eq!(Hardship::open(&key, &sealed), Ok(read));
            let other = OpeningKey::from_bytes([8; 32]);
            assert!(Hardship::open(&other, &sealed).is_err());
            serde_json::to_string(&sealed).expect("plain")
        };
        let none = written(&[]);
        for said in [&[Hardship::Disabled][..], &Hardship::ASKED] {
            let text = written(said);
            assert!(!text.contains("disabled"));
            assert_eq!(text.len(), none.len());
        }
        let nonsense = key.sealing_key().seal_text("[\"poor\"]").expect("a key");
        assert_eq!(Hardship::open(&key, &nonsense), Err(SealError::Unreadable));
    }

    #[test]
    fn every_kind_but_age_is_asked_once() {
        let mut asked = Hardship::ASKED.to_vec();
        asked.push(Hardship::Older);
        asked.sort_unstable();
        assert_eq!(asked, Hardship::ALL);
    }
}
