//! Registering as unemployed: one question after the other, then a receipt. Staff finish it.

use super::ServiceAsk;
use super::flow::{awaited, toggle};
use crate::terminal::ask::Request;
use crate::terminal::screen::Screen;
use crate::terminal::state::State;
use gighall_core::application::{Answers, Education, LastWork, Want, WhyLeft};

/// What has been answered so far. Personal, so it has no `Debug`.
#[derive(Clone, Default)]
pub struct Applying {
    /// Agreed to the notice.
    pub agreed: bool,
    /// When the last work ended.
    pub last_work: Option<LastWork>,
    /// Why.
    pub why_left: Option<WhyLeft>,
    /// How long somebody went to school.
    pub education: Option<Education>,
    /// What they want.
    pub wants: Vec<Want>,
    /// The number of the application, once it is handed in.
    pub number: String,
}

impl Applying {
    /// The answers, if everything was answered and consent was given.
    pub fn answers(&self) -> Option<Answers> {
        let last_work = self.last_work?;
        let answers = Answers {
            last_work,
            why_left: self.why_left.filter(|_| last_work != LastWork::Never),
            education: self.education?,
            wants: self.wants.clone(),
        };
        (self.agreed && answers.check().is_ok()).then_some(answers)
    }

    /// Each question that was answered, with what was said, as codes.
    pub fn said(&self) -> Vec<(Screen, &'static str)> {
        let why = self
            .why_left
            .filter(|_| self.last_work != Some(LastWork::Never));
        let one = [
            self.last_work.map(|it| (Screen::ApplyLast, it.code())),
            why.map(|it| (Screen::ApplyWhy, it.code())),
            self.education.map(|it| (Screen::ApplySchool, it.code())),
        ];
        let wants = self.wants.iter().map(|it| (Screen::ApplyWants, it.code()));
        one.into_iter().flatten().chain(wants).collect()
    }

    /// The answers to choose from on that screen, each with whether it is chosen.
    pub fn options(&self, screen: Screen) -> Vec<(&'static str, bool)> {
        match screen {
            Screen::ApplyLast => LastWork::ALL
                .iter()
                .map(|it| (it.code(), self.last_work == Some(*it)))
                .collect(),
            Screen::ApplyWhy => WhyLeft::ALL
                .iter()
                .map(|it| (it.code(), self.why_left == Some(*it)))
                .collect(),
            Screen::ApplySchool => Education::ALL
                .iter()
                .map(|it| (it.code(), self.education == Some(*it)))
                .collect(),
            Screen::ApplyWants => Want::ALL
                .iter()
                .map(|it| (it.code(), self.wants.contains(it)))
                .collect(),
            _ => Vec::new(),
        }
    }
}

impl State {
    pub(super) fn choose_answer(&mut self, code: &str) {
        let applying = &mut self.services.applying;
        match self.way.here() {
            Screen::ApplyLast => {
                applying.last_work = LastWork::from_code(code).or(applying.last_work);
                match applying.last_work {
                    // Whoever has not worked is not asked why it ended.
                    Some(LastWork::Never) => self.go(Screen::ApplySchool),
                    Some(_) => self.go(Screen::ApplyWhy),
                    None => {}
                }
            }
            Screen::ApplyWhy => {
                applying.why_left = WhyLeft::from_code(code).or(applying.why_left);
                if applying.why_left.is_some() {
                    self.go(Screen::ApplySchool);
                }
            }
            Screen::ApplySchool => {
                applying.education = Education::from_code(code).or(applying.education);
                if applying.education.is_some() {
                    self.go(Screen::ApplyWants);
                }
            }
            Screen::ApplyWants => {
                if let Some(want) = Want::from_code(code) {
                    toggle(&mut applying.wants, want);
                }
            }
            _ => {}
        }
    }

    pub(super) fn agree_to_apply(&mut self) {
        if self.way.here() == Screen::ApplyConsent {
            self.services.applying.agreed = true;
            self.go(Screen::ApplyLast);
        }
    }

    pub(super) fn next_of_application(&mut self) -> Vec<Request> {
        let applying = &self.services.applying;
        match self.way.here() {
            Screen::ApplyWants if !applying.wants.is_empty() => self.go(Screen::ApplyReview),
            Screen::ApplyReview => {
                let asked = self.who.clone().zip(applying.answers());
                let ask = asked.map(|(who, answers)| ServiceAsk::Apply(who, answers));
                return ask.map(awaited).into_iter().collect();
            }
            _ => {}
        }
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_handed_in_half_answered_or_without_consent() {
        let mut applying = Applying {
            agreed: true,
            last_work: Some(LastWork::Year),
            why_left: Some(WhyLeft::Resigned),
            education: Some(Education::Junior),
            ..Applying::default()
        };
        assert!(applying.answers().is_none(), "nothing is wanted");
        applying.wants.push(Want::Work);
        assert!(applying.answers().is_some());
        applying.agreed = false;
        assert!(applying.answers().is_none());
        applying.agreed = true;
        // They went back and said that they never worked: why it ended is not said then.
        applying.last_work = Some(LastWork::Never);
        let answers = applying.answers().expect("complete");
        assert_eq!(answers.why_left, None);
        let said: Vec<&str> = applying.said().into_iter().map(|(_, code)| code).collect();
        assert_eq!(said, ["never", "junior", "work"]);
    }
}
