//! Registering as unemployed (失业登记): the few questions that a terminal asks. Staff finish the
//! registration; what was answered is sealed to the hub before it touches the disk.

use crate::id::{ApplicationId, WorkerId};
use crate::job::coded_enum;
use crate::seal::{OpeningKey, SealError, SealedText, SealingKey};
use crate::worker::{Channel, Consent};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The version of the notice on what is collected and why. Raised whenever its wording changes.
pub const APPLICATION_NOTICE_VERSION: u32 = 1;

coded_enum!(
    /// When the last work ended.
    LastWork {
        /// Within a month.
        Month = "month", "一个月以内";
        /// One month to six.
        HalfYear = "half_year", "一到六个月";
        /// Six months to twelve.
        Year = "year", "六到十二个月";
        /// More than a year ago.
        Longer = "longer", "一年以上";
        /// There was none yet.
        Never = "never", "没有工作过";
    }
);

coded_enum!(
    /// Why it ended.
    WhyLeft {
        /// The contract came to its end.
        ContractEnded = "contract_ended", "合同到期";
        /// The employer ended it.
        Dismissed = "dismissed", "被单位辞退";
        /// The employer closed down.
        EmployerClosed = "employer_closed", "单位关停";
        /// The worker ended it.
        Resigned = "resigned", "自己辞职";
        /// Land was taken for building, or the family moved.
        LandTaken = "land_taken", "失地或搬迁";
        /// Something else.
        Other = "other", "其他原因";
    }
);

coded_enum!(
    /// How long somebody went to school.
    Education {
        /// 小学及以下
        Primary = "primary", "小学及以下";
        /// 初中
        Junior = "junior", "初中";
        /// 高中、中专、技校
        Senior = "senior", "高中、中专、技校";
        /// 大专
        College = "college", "大专";
        /// 本科及以上
        University = "university", "本科及以上";
    }
);

coded_enum!(
    /// What somebody wants of the hall.
    Want {
        /// To find work.
        Work = "work", "找工作";
        /// To learn a trade.
        Training = "training", "学技能";
        /// Benefits and subsidies.
        Benefit = "benefit", "失业金和补贴";
        /// To begin a business.
        Business = "business", "自己创业";
    }
);

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    /// When the last work ended.
    pub last_work: LastWork,
    /// Why; `None` where there was no work yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why_left: Option<WhyLeft>,
    /// How long somebody went to school.
    pub education: Education,
    /// What they want, at least one thing.
    pub wants: Vec<Want>,
}

/// Why answers are not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswersError {
    /// Somebody worked and did not say why it ended, or the other way round.
    #[error("why the work ended is said exactly where there was work")]
    WhyLeft,
    /// Nothing is wanted, or something twice.
    #[error("each thing that is wanted is said once, and there is at least one")]
    Wants,
    /// What was sealed are no answers, or not to this hub.
    #[error("the sealed answers cannot be read")]
    Unreadable,
}

impl Answers {
    /// Whether they fit each other.
    ///
    /// # Errors
    /// The first thing that does not fit.
    pub fn check(&self) -> Result<(), AnswersError> {
        if (self.last_work == LastWork::Never) != self.why_left.is_none() {
            return Err(AnswersError::WhyLeft);
        }
        let twice = |(place, want)| self.wants[..place].contains(want);
        if self.wants.is_empty() || self.wants.iter().enumerate().any(twice) {
            return Err(AnswersError::Wants);
        }
        Ok(())
    }

    /// Seals them to the hub.
    ///
    /// # Errors
    /// [`SealError::Key`] if this is no key.
    pub fn seal(&self, key: &SealingKey) -> Result<SealedText, SealError> {
        // Serialising plain enums cannot fail.
        key.seal_text(&serde_json::to_string(self).unwrap_or_default())
    }

    /// Opens answers that were sealed to the hub, and checks them.
    ///
    /// # Errors
    /// [`AnswersError`]
    pub fn open(key: &OpeningKey, sealed: &SealedText) -> Result<Self, AnswersError> {
        let text = key
            .open_text(sealed)
            .map_err(|_| AnswersError::Unreadable)?;
        let answers: Self = serde_json::from_str(&text).map_err(|_| AnswersError::Unreadable)?;
        answers.check()?;
        Ok(answers)
    }
}

/// An application as it travels from a device to the hub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// Its id.
    pub id: ApplicationId,
    /// Its number, as the receipt shows it.
    pub number: String,
    /// Who applied.
    pub worker: WorkerId,
    /// [`Answers`], sealed to the hub.
    pub answers: SealedText,
    /// What the person agreed to.
    pub consent: Consent,
    /// When.
    pub made_at: Timestamp,
    /// Through which door.
    pub channel: Channel,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers() -> Answers {
        Answers {
            last_work: LastWork::HalfYear,
            why_left: Some(WhyLeft::Dismissed),
            education: Education::Junior,
            wants: vec![Want::Work, Want::Benefit],
        }
    }

    #[test]
    fn answers_that_do_not_fit_are_not_taken() {
        assert_eq!(answers().check(), Ok(()));
        let never = Answers {
            last_work: LastWork::Never,
            ..answers()
        };
        assert_eq!(never.check(), Err(AnswersError::WhyLeft));
        let why = Answers {
            why_left: None,
            ..answers()
        };
        assert_eq!(why.check(), Err(AnswersError::WhyLeft));
        for wants in [vec![], vec![Want::Work, Want::Work]] {
            let it = Answers { wants, ..answers() };
            assert_eq!(it.check(), Err(AnswersError::Wants));
        }
    }

    #[test]
    fn only_the_hub_reads_what_was_answered() {
        let key = OpeningKey::from_bytes([7; 32]);
        let sealed = answers().seal(&key.sealing_key()).expect("a key");
        let text = serde_json::to_string(&sealed).expect("plain");
        assert!(!text.contains("dismissed"));
        assert_eq!(Answers::open(&key, &sealed), Ok(answers()));
        let other = OpeningKey::from_bytes([8; 32]);
        assert_eq!(
            Answers::open(&other, &sealed),
            Err(AnswersError::Unreadable)
        );
        let nonsense = key.sealing_key().seal_text("{}").expect("a key");
        assert_eq!(
            Answers::open(&key, &nonsense),
            Err(AnswersError::Unreadable)
        );
    }
}
