//! Complaints: one question after the other, then a receipt. Staff take them up; how each stands is
//! seen here later. And how the work was, once it is paid.

use super::ServiceAsk;
use super::flow::{awaited, quiet};
use super::list::Paged;
use crate::terminal::ask::Request;
use crate::terminal::claim::Printing;
use crate::terminal::register::Purpose;
use crate::terminal::screen::Screen;
use crate::terminal::state::State;
use gighall_core::complaint::{ComplaintKind, ComplaintNews, Since, Told, WORDS_MAX, YUAN_MAX};
use gighall_core::id::{ClaimId, JobId};
use gighall_core::job::Job;
use gighall_core::rating::Rating;

/// The answer with which somebody gives no name, and the one with which they do.
const NAMED: [(&str, bool); 2] = [("nameless", false), ("named", true)];

/// Digits of the largest sum in yuan.
const SUM_DIGITS: usize = YUAN_MAX.ilog10() as usize + 1;

/// A job that a complaint is about.
#[derive(Clone)]
pub struct About {
    /// Which.
    pub job: JobId,
    /// Its number.
    pub number: u32,
    /// What it is called.
    pub title: String,
    /// The claim whose pay it is about.
    pub claim: Option<ClaimId>,
}

impl About {
    /// That job.
    fn job(job: &Job, claim: Option<ClaimId>) -> Self {
        Self {
            job: job.id,
            number: job.number,
            title: job.title.clone(),
            claim,
        }
    }
}

/// What has been said so far. Personal, so it has no `Debug`.
#[derive(Clone, Default)]
pub struct Complaining {
    /// Agreed to the notice.
    pub agreed: bool,
    /// What about.
    pub kind: Option<ComplaintKind>,
    /// The kind follows from where the person came from, and is not asked.
    kind_is_given: bool,
    /// About which job.
    pub about: Option<About>,
    /// Since when.
    pub since: Option<Since>,
    /// The sum in yuan as typed.
    pub sum: String,
    /// The person's own words.
    pub words: String,
    /// Whether the person gives their name.
    pub named: Option<bool>,
    /// The receipt, once it is handed in.
    pub receipt: Option<ComplaintNews>,
    /// The receipt on paper.
    pub printing: Printing,
}

/// What is asked of the desk: sealed there, and handed in.
#[derive(Clone)]
pub struct Saying {
    /// What about.
    pub kind: ComplaintKind,
    /// About which job.
    pub job: Option<JobId>,
    /// About the pay of which claim.
    pub claim: Option<ClaimId>,
    /// What was said.
    pub told: Told,
}

impl Complaining {
    /// A complaint about a job, or about anything.
    fn about(about: Option<About>) -> Self {
        Self {
            about,
            ..Self::default()
        }
    }

    /// The question that follows that one.
    fn after(&self, here: Screen) -> Option<Screen> {
        let kind = self.kind;
        match here {
            Screen::ComplainNotice if !self.agreed => None,
            Screen::ComplainNotice if self.kind_is_given => Some(Screen::ComplainSince),
            Screen::ComplainNotice => Some(Screen::ComplainKind),
            Screen::ComplainKind => kind.map(|_| Screen::ComplainSince),
            Screen::ComplainSince => {
                self.since?;
                Some(match kind?.has_sum() {
                    true => Screen::ComplainSum,
                    false => Screen::ComplainWords,
                })
            }
            Screen::ComplainSum => Some(Screen::ComplainWords),
            Screen::ComplainWords => Some(match kind?.needs_person() || !self.words_are_enough() {
                true => Screen::ComplainReview,
                false => Screen::ComplainWho,
            }),
            Screen::ComplainWho => self.named.map(|_| Screen::ComplainReview),
            _ => None,
        }
    }

    /// Whether staff know where to look: the job says it, or the words do. Where neither does, they have to
    /// ask the person.
    pub fn words_are_enough(&self) -> bool {
        self.about.is_some() || !self.words.trim().is_empty()
    }

    /// Whether the person says who they are.
    pub fn is_named(&self) -> bool {
        let needs_person = |kind: ComplaintKind| kind.needs_person() || !self.words_are_enough();
        self.kind.is_some_and(needs_person) || self.named == Some(true)
    }

    /// Everything that was said, once all of it was.
    fn saying(&self) -> Option<Saying> {
        let kind = self.kind?;
        if !self.agreed {
            return None;
        }
        let yuan = self.sum.parse::<u64>().ok();
        let told = Told {
            since: self.since?,
            sum_fen: yuan
                .filter(|yuan| kind.has_sum() && *yuan > 0)
                .map(|yuan| yuan * 100),
            words: self.words.trim().to_owned(),
        };
        told.check().ok()?;
        Some(Saying {
            kind,
            job: self.about.as_ref().map(|about| about.job),
            claim: self.about.as_ref().and_then(|about| about.claim),
            told,
        })
    }

    /// The answers to choose from on that screen, each with whether it is chosen.
    pub fn options(&self, screen: Screen) -> Vec<(&'static str, bool)> {
        match screen {
            Screen::ComplainKind => ComplaintKind::ALL
                .iter()
                .map(|it| (it.code(), self.kind == Some(*it)))
                .collect(),
            Screen::ComplainSince => Since::ALL
                .iter()
                .map(|it| (it.code(), self.since == Some(*it)))
                .collect(),
            Screen::ComplainWho => NAMED
                .iter()
                .map(|(code, named)| (*code, self.named == Some(*named)))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// What is looked over of the answers that were chosen, as codes.
    pub fn said(&self) -> Vec<(Screen, &'static str)> {
        [
            self.kind.map(|it| (Screen::ComplainKind, it.code())),
            self.since.map(|it| (Screen::ComplainSince, it.code())),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// Types a digit of the sum.
    pub(in crate::terminal) fn type_sum(&mut self, key: char) {
        let leads = self.sum.is_empty() && key == '0';
        if key.is_ascii_digit() && !leads && self.sum.len() < SUM_DIGITS {
            self.sum.push(key);
        }
    }

    /// Adds to the words, as far as they may grow.
    pub(in crate::terminal) fn type_words(&mut self, text: &str) {
        if self.words.chars().count() + text.chars().count() <= WORDS_MAX {
            self.words.push_str(text);
        }
    }

    /// Print the receipt once more.
    fn print_again(&mut self) {
        if self.printing.is_over() {
            self.printing = Printing::Wanted;
        }
    }
}

/// One's own complaints, and how the work was. Personal, so it has no `Debug`.
#[derive(Clone, Default)]
pub struct Rights {
    /// The complaint that is being made, or was.
    pub complaining: Complaining,
    /// The person's complaints, or the one whose receipt was scanned.
    pub mine: Paged<ComplaintNews>,
    /// It is the one whose receipt was scanned.
    pub scanned: bool,
    /// The claim whose work may be rated.
    pub rating: Option<ClaimId>,
}

impl State {
    /// Begins a complaint: about anything, or about a job.
    pub(super) fn complain(&mut self, about: Option<About>) -> Vec<Request> {
        self.services.rights.complaining = Complaining::about(about);
        self.go(Screen::ComplainNotice);
        Vec::new()
    }

    /// The job that is looked at is not what it should be.
    pub(super) fn report_job(&mut self) -> Vec<Request> {
        match &self.find.job {
            Some(job) if self.way.here() == Screen::Job => {
                let about = About::job(job, None);
                self.complain(Some(about))
            }
            _ => Vec::new(),
        }
    }

    /// The chosen work was not paid.
    pub(super) fn complain_of_pay(&mut self) -> Vec<Request> {
        if let Some(held) = self.mine.chosen()
            && self.way.here() == Screen::Unpaid
        {
            let about = About::job(&held.job, Some(held.claim.id));
            self.complain(Some(about));
            let complaining = &mut self.services.rights.complaining;
            complaining.kind = Some(ComplaintKind::Unpaid);
            complaining.kind_is_given = true;
        }
        Vec::new()
    }

    /// Takes the answer to the question in sight.
    pub(super) fn choose_of_complaint(&mut self, code: &str) -> Vec<Request> {
        let complaining = &mut self.services.rights.complaining;
        let taken = match self.way.here() {
            Screen::ComplainKind => {
                let kind = ComplaintKind::from_code(code);
                complaining.kind = kind.or(complaining.kind);
                kind.is_some()
            }
            Screen::ComplainSince => {
                let since = Since::from_code(code);
                complaining.since = since.or(complaining.since);
                since.is_some()
            }
            Screen::ComplainWho => {
                let named = NAMED.iter().find(|(known, _)| *known == code);
                complaining.named = named.map(|(_, named)| *named).or(complaining.named);
                named.is_some()
            }
            _ => false,
        };
        if taken {
            self.next_of_complaint()
        } else {
            Vec::new()
        }
    }

    pub(super) fn next_of_complaint(&mut self) -> Vec<Request> {
        let here = self.way.here();
        let complaining = &mut self.services.rights.complaining;
        if here == Screen::ComplainReview {
            let who = self.who.clone().filter(|_| complaining.is_named());
            let lost = who.is_none() && complaining.is_named();
            let saying = complaining.saying().filter(|_| !lost);
            let ask = saying.map(|saying| ServiceAsk::Complain(who, Box::new(saying)));
            return ask.map(awaited).into_iter().collect();
        }
        if here == Screen::ComplainWords {
            // Letters that were not made characters count as they are.
            let letters = self.keyboard.buffer.take_letters();
            complaining.type_words(&letters);
        }
        match complaining.after(here) {
            Some(Screen::ComplainReview) if complaining.is_named() => {
                return self.with_somebody(Purpose::Complain);
            }
            Some(next) => self.go(next),
            None => {}
        }
        Vec::new()
    }

    /// The complaint is handed in.
    pub(super) fn complained(&mut self, news: ComplaintNews, prints: bool) {
        self.services.rights.complaining = Complaining {
            receipt: Some(news),
            printing: match prints {
                true => Printing::Wanted,
                false => Printing::Not,
            },
            ..Complaining::default()
        };
        self.go(Screen::Complained);
    }

    /// Print the receipt once more.
    pub(super) fn print_receipt_again(&mut self) {
        self.services.rights.complaining.print_again();
    }

    /// A receipt was scanned.
    pub(super) fn receipt_found(&mut self, found: Option<ComplaintNews>) {
        match found {
            Some(news) => {
                self.services.rights.mine.take(vec![news]);
                self.services.rights.scanned = true;
                self.go(Screen::MyComplaints);
            }
            None => self.failure = "foreign_code",
        }
    }

    /// The work of that claim is paid: whether it may be rated is asked.
    pub(in crate::terminal) fn ask_to_rate(&self, claim: ClaimId) -> Option<Request> {
        let who = self.who.clone()?;
        Some(quiet(ServiceAsk::MayRate(who, claim)))
    }

    /// It may, if the person still looks at the list in which it is paid.
    pub(super) fn may_rate(&mut self, claim: ClaimId, may: bool) {
        if may && !self.mine.beside.to_rate.contains(&claim) {
            self.mine.beside.to_rate.push(claim);
        }
        if may && self.way.here() == Screen::MyJobs && self.mine.message == "paid" {
            self.services.rights.rating = Some(claim);
            self.go(Screen::Rate);
        }
    }

    /// One of three faces.
    pub(super) fn rate(&mut self, code: &str) -> Vec<Request> {
        let rating = Rating::from_code(code);
        let asked = self
            .who
            .clone()
            .zip(self.services.rights.rating)
            .zip(rating);
        match asked {
            Some(((who, claim), rating)) if self.way.here() == Screen::Rate => {
                vec![awaited(ServiceAsk::Rate(who, claim, rating))]
            }
            _ => Vec::new(),
        }
    }

    /// It is kept.
    pub(super) fn rated(&mut self) {
        let rated = self.services.rights.rating.take();
        self.mine.beside.to_rate.retain(|it| Some(*it) != rated);
        self.go(Screen::MyJobs);
        self.mine.message = "rated";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete() -> Complaining {
        Complaining {
            agreed: true,
            kind: Some(ComplaintKind::Fee),
            since: Some(Since::Week),
            sum: "200".to_owned(),
            words: "收了押金".to_owned(),
            ..Complaining::default()
        }
    }

    #[test]
    fn nothing_is_handed_in_half_said_or_without_consent() {
        let said = |change: fn(&mut Complaining)| {
            let mut it = complete();
            change(&mut it);
            it.saying()
        };
        let told = said(|_| {}).expect("complete").told;
        assert_eq!(told.sum_fen, Some(20_000));
        assert!(said(|it| it.agreed = false).is_none());
        assert!(said(|it| it.kind = None).is_none());
        assert!(said(|it| it.since = None).is_none());
        // Went back and said that it is about something else: no money belongs to that.
        let told = said(|it| it.kind = Some(ComplaintKind::Unsafe));
        assert_eq!(told.expect("complete").told.sum_fen, None);
    }

    #[test]
    fn whoever_does_not_type_gives_a_name_so_that_staff_can_ask() {
        let silent = Complaining {
            words: "  ".to_owned(),
            named: Some(false),
            ..complete()
        };
        let review = Some(Screen::ComplainReview);
        assert_eq!(silent.after(Screen::ComplainWords), review);
        assert!(silent.is_named() && silent.saying().is_some());
        assert!(!complete().is_named());
    }

    #[test]
    fn only_wages_ask_for_a_name_and_only_money_for_a_sum() {
        for kind in ComplaintKind::ALL {
            let it = Complaining {
                kind: Some(*kind),
                ..complete()
            };
            let asks_sum = it.after(Screen::ComplainSince) == Some(Screen::ComplainSum);
            let money = [ComplaintKind::Unpaid, ComplaintKind::Fee];
            assert_eq!(asks_sum, money.contains(kind), "{kind:?}");
            let may_be_nameless = it.after(Screen::ComplainWords) == Some(Screen::ComplainWho);
            assert_eq!(may_be_nameless, *kind != ComplaintKind::Unpaid, "{kind:?}");
        }
    }

    #[test]
    fn what_is_typed_stays_in_bounds() {
        let mut it = Complaining::default();
        for key in "0012a34567890".chars() {
            it.type_sum(key);
        }
        assert_eq!(it.sum, "1234567");
        for _ in 0..1_000 {
            it.type_words("欠");
        }
        assert_eq!(it.words.chars().count(), WORDS_MAX);
    }
}
