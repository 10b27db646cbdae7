//! What a scanned code is, and what it does.

use super::ask::{Ask, Request};
use super::screen::{Screen, WHO};
use super::services::ServiceAsk;
use super::state::{Overview, State};
use gighall_core::complaint::read_receipt_code;
use gighall_core::id::{ClaimId, ComplaintId, JobId};
use gighall_core::identity::IdNumber;
use gighall_core::pass::Pass;
use gighall_core::worker::check_name;

/// What a code leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// A job: the wall's and the phone pages' code.
    Job(JobId),
    /// The slip of a claim.
    Slip(ClaimId),
    /// The receipt of a complaint.
    Receipt(ComplaintId),
    /// A job's short number, as lists on paper have it.
    Number(u32),
    /// A worker's pass; `None` where it cannot be read.
    Pass(Option<Pass>),
    /// The terminal's own code for phones.
    ForPhones,
    /// None of ours.
    Foreign,
}

/// Digits of the longest job number that is looked up.
const DIGITS: usize = 7;

impl Code {
    /// What a scanner read. Never shown: it may be anything.
    pub fn read(text: &str) -> Self {
        let text = text.trim();
        if !text.is_empty() && text.len() <= DIGITS && text.bytes().all(|c| c.is_ascii_digit()) {
            return text.parse().map_or(Self::Foreign, Self::Number);
        }
        if Pass::is_meant(text) {
            return Self::Pass(text.parse().ok());
        }
        let receipt = || read_receipt_code(text).map(Self::Receipt);
        Self::of_address(text)
            .or_else(receipt)
            .unwrap_or(Self::Foreign)
    }

    /// The addresses that the hub's pages have: `/j/JOB`, `/s/CLAIM`, `/c/TOKEN`.
    fn of_address(text: &str) -> Option<Self> {
        let lower = text.get(..8)?.to_ascii_lowercase();
        if !lower.starts_with("http://") && !lower.starts_with("https://") {
            return None;
        }
        let (_, after) = text.split_once("://")?;
        let (_, path) = after.split_once('/')?;
        let path = path.split(['?', '#']).next()?;
        let mut parts = path.trim_end_matches('/').rsplit('/');
        let (id, kind) = (parts.next()?, parts.next()?);
        match kind {
            "j" => id.parse().map(Self::Job).ok(),
            "s" => id.parse().map(Self::Slip).ok(),
            "c" => Some(Self::ForPhones),
            _ => None,
        }
    }
}

/// What a scanner read off a person's paper: a code on a registration card, or what a scanning pen reads off an
/// identity card. It saves typing, and proves no more than typing does.
struct Paper {
    number: IdNumber,
    /// Empty where it cannot be told which of the words is the name.
    name: String,
}

impl Paper {
    /// `None` where there is no identity number in it, or more than one.
    fn read(text: &str) -> Option<Self> {
        if text.contains("://") {
            return None;
        }
        let words = || text.split(|c: char| !c.is_alphanumeric());
        let mut numbers = words().filter_map(|word| word.parse::<IdNumber>().ok());
        let number = numbers.next()?;
        if numbers.any(|other| other != number) {
            return None;
        }
        let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        let mut names = words().filter(|word| !word.is_empty() && word.chars().all(is_han));
        let name = match (names.next(), names.next()) {
            (Some(name), None) => check_name(name).unwrap_or_default(),
            _ => String::new(),
        };
        Some(Self { number, name })
    }
}

impl State {
    /// A code was scanned.
    pub(super) fn scanned(&mut self, text: &str, hall: &Overview) -> Vec<Request> {
        let here = self.way.here();
        if here == Screen::Number
            && !self.busy
            && let Some(paper) = Paper::read(text)
        {
            self.form.take_down(paper.number.reveal(), &paper.name);
            return self.next_question(hall);
        }
        if here == Screen::StaffCheckIn && self.staff.inside {
            return self.scanned_by_staff(Code::read(text));
        }
        let code = Code::read(text);
        if let Code::Pass(pass) = code
            && self.wants_pass()
        {
            return self.show_pass(pass, hall);
        }
        let typing = WHO.contains(&here) || here == Screen::Words;
        let deciding = matches!(
            here,
            Screen::Confirm
                | Screen::Slip
                | Screen::Withdraw
                | Screen::AllPaid
                | Screen::CourseLeave
                | Screen::HardshipAnew
                | Screen::HardshipBack
                | Screen::PassAsk
                | Screen::Pass
        );
        let answering = here.is_of_application() || here.is_of_complaint();
        if typing || deciding || answering || here.is_of_staff() || self.staff.inside {
            // What somebody has typed is not thrown away for a code that was scanned by chance, and the
            // staff menu is never left open behind a screen that everybody may touch.
            self.failure = "scan_later";
            return Vec::new();
        }
        match code {
            Code::Pass(pass) => self.show_pass(pass, hall),
            Code::Job(id) => vec![Request::awaited(Ask::ScannedJob(id))],
            Code::Slip(id) => vec![Request::awaited(Ask::ScannedSlip(id))],
            Code::Receipt(id) => vec![Request::awaited(Ask::Service(ServiceAsk::Receipt(id)))],
            Code::Number(number) => {
                self.find.clear();
                self.find.draft = number.to_string();
                self.find.choose_words("");
                self.go(Screen::Results);
                vec![self.look()]
            }
            Code::ForPhones => {
                self.failure = "code_for_phones";
                Vec::new()
            }
            Code::Foreign => {
                self.failure = "foreign_code";
                Vec::new()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gighall_core::testing::an_id_number;
    use proptest::prelude::*;
    use uuid::Uuid;

    #[test]
    fn our_codes_are_known() {
        let id = Uuid::from_u128(0x0193_a1f2_6c5b_4c3e_9b1e_2f3a_4b5c_6d7e);
        let read = |path: &str| Code::read(&format!("http://192.168.8.20:8080{path}"));
        assert_eq!(read(&format!("/j/{id}")), Code::Job(JobId(id)));
        assert_eq!(
            read(&format!("/j/{id}?t=v4.public.x")),
            Code::Job(JobId(id))
        );
        assert_eq!(read(&format!("/s/{id}/")), Code::Slip(ClaimId(id)));
        let slip = Code::read(&format!("HTTPS://hall.example/hub/s/{id}"));
        assert_eq!(slip, Code::Slip(ClaimId(id)));
        assert_eq!(read("/c/v4.public.abc"), Code::ForPhones);
        assert_eq!(Code::read(" 1042"), Code::Number(1042));
        let pass = Pass::generate();
        assert_eq!(Code::read(&pass.text()), Code::Pass(Some(pass)));
        assert_eq!(Code::read("GHPASS1-1042"), Code::Pass(None));
        for foreign in [
            "",
            "6901234567892",
            "http://",
            "http://x",
            "http://x/j/",
            "http://x/j/1042",
            "ftp://x/j/1",
            "https://u.wechat.com/s/abc",
            "WIFI:S:net;;",
            "52242719750101123X",
        ] {
            assert_eq!(Code::read(foreign), Code::Foreign, "{foreign}");
        }
    }

    #[test]
    fn a_paper_says_a_number_and_perhaps_a_name() {
        let (one, other) = (an_id_number("19700501", 7), an_id_number("19700501", 8));
        let read = |text: &str| {
            Paper::read(text).map(|paper| (paper.number.reveal().to_owned(), paper.name))
        };
        let with = |name: &str| Some((one.clone(), name.to_owned()));
        assert_eq!(read(&one), with(""));
        assert_eq!(read(&format!(" {}\r", one.to_lowercase())), with(""));
        assert_eq!(read(&format!("李晓峰,{one}")), with("李晓峰"));
        assert_eq!(read(&format!("{one}|{one}|李晓峰")), with("李晓峰"));
        // Which of them is the name?
        assert_eq!(read(&format!("姓名 李晓峰 性别 男 {one}")), with(""));
        assert_eq!(read(&format!("https://x.example/?id={one}")), None);
        assert_eq!(read(&format!("{one} {other}")), None);
        assert_eq!(read(&format!("1{one}")), None);
        assert_eq!(
            read("522427197501011230"),
            None,
            "its last character is wrong"
        );
        assert_eq!(read("李晓峰"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in any::<String>(), path in "(http|https)://[a-z/?#.:]{0,20}\\PC{0,20}") {
            Code::read(&text);
            Code::read(&path);
            Paper::read(&text);
        }
    }
}
