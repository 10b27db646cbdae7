//! Every text of the phone pages, once a language. A table is a struct with a field a text, so
//! that a text that one language lacks does not compile.

mod en;
mod zh;

use gighall_core::claim::{ClaimReason, ClaimState};
use gighall_core::hall::NoticeKind;
use gighall_core::job::{EmployerKind, Insurance, JobState, Settlement, WorkKind};
use gighall_core::pay::PayUnit;
use gighall_core::training::EnrolmentReason;
use jiff::civil::DateTime;

/// A language of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// 简体中文, the default.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The value of `?lang=` and of the cookie.
    pub fn code(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// The language with that code, or with a language tag that begins with it.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("zh") {
            Some(Self::Zh)
        } else if primary.eq_ignore_ascii_case("en") {
            Some(Self::En)
        } else {
            None
        }
    }

    /// The first language of an `Accept-Language` header that the pages have. Weights are not
    /// weighed: browsers list the languages in their order.
    pub fn from_accept_language(header: &str) -> Option<Self> {
        header
            .split(',')
            .find_map(|part| Self::from_tag(part.split(';').next().unwrap_or_default()))
    }

    /// The other one, for the link in the page's head.
    pub fn other(self) -> Self {
        match self {
            Self::Zh => Self::En,
            Self::En => Self::Zh,
        }
    }

    /// Its texts.
    pub fn text(self) -> &'static Text {
        match self {
            Self::Zh => &zh::TEXT,
            Self::En => &en::TEXT,
        }
    }
}

/// A heading and the sentences under it.
#[derive(Clone, Copy, Debug)]
pub struct Message {
    /// What happened.
    pub title: &'static str,
    /// What that means and what to do.
    pub body: &'static str,
}

/// The texts of one language. Those with values in them are functions.
#[allow(missing_docs)] // The name of a field says which text it is.
pub struct Text {
    /// For the `lang` attribute.
    pub html_lang: &'static str,
    /// The language's own name, for the link that switches to it.
    pub own_name: &'static str,

    pub service: &'static str,
    pub free: &'static str,
    pub complaints: &'static str,
    pub hotline: &'static str,
    pub my_jobs: &'static str,
    pub back_to_list: &'static str,
    pub all_jobs: &'static str,

    pub halls: &'static str,
    pub no_halls: &'static str,
    pub open_jobs: fn(usize) -> String,
    pub no_jobs: &'static str,
    pub no_fitting_jobs: &'static str,
    pub show_all: &'static str,
    pub by_kind: &'static str,
    pub by_town: &'static str,
    pub every_kind: &'static str,
    pub every_town: &'static str,
    pub page_of: fn(usize, usize) -> String,
    pub earlier_page: &'static str,
    pub later_page: &'static str,

    pub job_number: fn(u32) -> String,
    pub urgent: &'static str,
    pub pay_negotiable: &'static str,
    /// The sum in yuan and its unit.
    pub pay: fn(&str, PayUnit) -> String,
    pub places_left: fn(u32) -> String,
    pub places_left_of: fn(u32, u32) -> String,
    pub settlement: fn(Settlement) -> &'static str,
    pub work_kind: fn(WorkKind) -> &'static str,
    pub employer_kind: fn(EmployerKind) -> &'static str,
    pub insurance: fn(Insurance) -> &'static str,
    pub notice_kind: fn(NoticeKind) -> &'static str,
    pub job_state: fn(JobState) -> &'static str,
    /// A moment, with its year where the second value says so.
    pub moment: fn(DateTime, bool) -> String,

    pub label_pay: &'static str,
    pub label_places: &'static str,
    pub label_gather: &'static str,
    pub label_where: &'static str,
    pub label_work_time: &'static str,
    pub label_work_place: &'static str,
    pub label_shift: &'static str,
    pub label_employer: &'static str,
    pub label_terms: &'static str,
    pub label_insurance: &'static str,
    pub label_ages: &'static str,
    pub label_requirements: &'static str,
    pub label_contact: &'static str,
    pub label_claims_until: &'static str,
    pub until: &'static str,
    pub map: &'static str,
    pub verified: &'static str,
    pub not_verified: &'static str,
    pub meals: &'static str,
    pub lodging: &'static str,
    pub transport: &'static str,
    pub no_extras: &'static str,
    pub hazardous: &'static str,
    pub ages: fn(Option<u8>, Option<u8>) -> String,
    pub employer_chooses: &'static str,
    pub retirement_note: &'static str,

    pub claim: &'static str,
    pub claim_after_registering: &'static str,
    pub scan_first: Message,
    /// The name of the hall whose code was scanned.
    pub scanned_elsewhere: fn(&str) -> String,
    pub scanned_other_job: &'static str,
    pub already_claimed: &'static str,
    pub open_slip: &'static str,
    pub job_not_open: fn(&str) -> String,
    pub job_is_full: Message,
    pub like_jobs: &'static str,
    pub lost_the_race: Message,
    pub held_back: Message,
    pub maybe_elsewhere: &'static str,
    pub try_again: &'static str,
    pub refused: &'static str,
    /// Why a claim is refused, in a sentence.
    pub claim_refused: fn(ClaimReason) -> &'static str,
    /// Until when nothing can be claimed.
    pub paused_until: fn(&str) -> String,
    pub back_to_job: &'static str,

    pub slip: &'static str,
    pub claim_number: &'static str,
    pub claim_state: fn(ClaimState) -> Message,
    /// Why a claim ended, in a sentence.
    pub claim_ended: fn(ClaimReason) -> &'static str,
    pub slip_code_hint: &'static str,
    pub label_name: &'static str,
    pub label_job: &'static str,
    pub withdraw: &'static str,
    pub withdraw_question: &'static str,
    pub withdraw_yes: &'static str,
    pub withdraw_until: fn(&str) -> String,
    pub too_late_to_withdraw: Message,
    pub not_your_claim: Message,
    pub pay_is_late: &'static str,
    pub paid_question: &'static str,
    pub paid_yes: &'static str,
    pub paid_no: &'static str,
    pub unpaid_help: &'static str,

    pub course: &'static str,
    pub label_course_time: &'static str,
    pub label_course_host: &'static str,
    pub course_places: fn(u32) -> String,
    pub enrol: &'static str,
    pub enrol_after_registering: &'static str,
    pub enrolled: &'static str,
    pub leave_course: &'static str,
    /// Why nobody can be enrolled for it, in a sentence.
    pub course_refused: fn(EnrolmentReason) -> &'static str,
    pub scan_course_first: Message,
    pub my_courses: &'static str,

    pub register: &'static str,
    pub register_intro: &'static str,
    pub register_in_the_hall: &'static str,
    pub register_for: fn(&str) -> String,
    pub register_for_course: fn(&str) -> String,
    pub id_number: &'static str,
    pub id_number_hint: &'static str,
    pub name: &'static str,
    pub phone: &'static str,
    pub phone_hint: &'static str,
    pub kinds: &'static str,
    pub privacy_title: &'static str,
    pub privacy: &'static [&'static str],
    pub consent: &'static str,
    pub submit_registration: &'static str,
    pub form_has_errors: &'static str,
    pub error_id_form: &'static str,
    pub error_id_birth: &'static str,
    pub error_id_check: &'static str,
    pub error_name: &'static str,
    pub error_phone: &'static str,
    pub error_too_young: &'static str,
    pub error_consent: &'static str,
    pub error_does_not_match: &'static str,
    pub error_too_many_tries: &'static str,
    pub error_scan_to_register: &'static str,

    pub my_jobs_of: fn(&str) -> String,
    pub no_claims: &'static str,
    pub who_are_you: Message,
    pub logout: &'static str,
    pub logout_hint: &'static str,

    pub code_too_old: Message,
    pub code_not_ours: Message,
    pub code_clock: Message,
    pub not_found: Message,
    pub code_used: Message,
    pub too_many: Message,
    pub too_long: Message,
    pub bad_request: Message,
    pub foreign_form: Message,
    pub wrong_method: Message,
    pub internal: Message,
    pub home: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_recognised() {
        assert_eq!(Lang::from_tag("zh-CN"), Some(Lang::Zh));
        assert_eq!(Lang::from_tag("EN_us"), Some(Lang::En));
        assert_eq!(Lang::from_tag("de"), None);
        let from = Lang::from_accept_language;
        assert_eq!(from("de-DE,en;q=0.8,zh;q=0.5"), Some(Lang::En));
        assert_eq!(from("zh-CN,zh;q=0.9,en;q=0.8"), Some(Lang::Zh));
        assert_eq!(from(""), None);
        assert_eq!(from("*"), None);
    }

    /// The English texts must not have been forgotten in Chinese, nor the reverse.
    #[test]
    fn coded_words_are_translated() {
        let (zh, en) = (Lang::Zh.text(), Lang::En.text());
        let pairs = WorkKind::ALL
            .iter()
            .map(|k| ((zh.work_kind)(*k), (en.work_kind)(*k)))
            .chain(
                ClaimReason::ALL
                    .iter()
                    .map(|r| ((zh.claim_refused)(*r), (en.claim_refused)(*r))),
            )
            .chain(
                ClaimReason::ALL
                    .iter()
                    .map(|r| ((zh.claim_ended)(*r), (en.claim_ended)(*r))),
            )
            .chain(
                ClaimState::ALL
                    .iter()
                    .map(|s| ((zh.claim_state)(*s).body, (en.claim_state)(*s).body)),
            )
            .chain(
                EnrolmentReason::ALL
                    .iter()
                    .map(|r| ((zh.course_refused)(*r), (en.course_refused)(*r))),
            )
            .chain(
                JobState::ALL
                    .iter()
                    .map(|s| ((zh.job_state)(*s), (en.job_state)(*s))),
            )
            .chain(
                Settlement::ALL
                    .iter()
                    .map(|s| ((zh.settlement)(*s), (en.settlement)(*s))),
            )
            .chain(
                Insurance::ALL
                    .iter()
                    .map(|i| ((zh.insurance)(*i), (en.insurance)(*i))),
            )
            .chain(
                EmployerKind::ALL
                    .iter()
                    .map(|k| ((zh.employer_kind)(*k), (en.employer_kind)(*k))),
            );
        for (chinese, english) in pairs {
            assert!(chinese.chars().any(|c| c > '\u{2e80}'), "{chinese}");
            assert!(!english.is_empty() && english.is_ascii(), "{english}");
        }
    }

    #[test]
    fn moments_read_as_people_say_them() {
        let at = jiff::civil::date(2026, 11, 24).at(8, 0, 0, 0);
        assert_eq!((Lang::Zh.text().moment)(at, false), "11月24日 周二 08:00");
        assert_eq!(
            (Lang::Zh.text().moment)(at, true),
            "2026年11月24日 周二 08:00"
        );
        assert_eq!((Lang::En.text().moment)(at, false), "Tue 24 Nov 08:00");
        assert_eq!((Lang::En.text().moment)(at, true), "Tue 24 Nov 2026 08:00");
    }
}
