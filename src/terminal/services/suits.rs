//! Jobs that suit somebody: a few wishes where they are not known, then a list with a reason for each.

use super::flow::{awaited, toggle};
use super::list::Paged;
use super::{Barred, ServiceAsk, Suggestions};
use crate::terminal::ask::Request;
use crate::terminal::find::PAYS;
use crate::terminal::screen::Screen;
use crate::terminal::state::State;
use gighall_core::fit::Suited;
use gighall_core::job::WorkKind;
use gighall_core::wire::KnownWorker;
use gighall_core::wishes::{Hours, Paper, Wishes};

/// The screens that ask what somebody wishes, in their order.
pub const ASKING: [Screen; 5] = [
    Screen::SuitKinds,
    Screen::SuitPay,
    Screen::SuitTown,
    Screen::SuitHours,
    Screen::SuitPapers,
];

/// Suggestions in a session. Personal, so it has no `Debug`.
#[derive(Clone, Default)]
pub struct Suits {
    /// What suits, best first.
    pub jobs: Paged<Suited>,
    /// Why nothing can suit.
    pub barred: Option<Barred>,
    /// Kinds of work, as they are being chosen.
    pub kinds: Vec<WorkKind>,
    /// What else is wished, as it is being said.
    pub wishes: Wishes,
}

impl Suits {
    /// Takes what suits now.
    pub(super) fn take(&mut self, found: Suggestions) {
        self.barred = found.barred;
        self.jobs.take(found.jobs);
    }

    /// The certificates that are said so far.
    pub fn papers(&self) -> &[Paper] {
        self.wishes.papers.as_deref().unwrap_or_default()
    }

    /// The answers to choose from on that screen, each with whether it is chosen; an empty one means
    /// that any will do.
    pub fn options(&self, screen: Screen) -> Vec<(String, bool)> {
        let with_any = |none: bool, all: Vec<(String, bool)>| {
            let any = (String::new(), none);
            std::iter::once(any).chain(all).collect()
        };
        match screen {
            Screen::SuitPay => {
                let wished = self.wishes.fen_a_day;
                let sums = PAYS.iter().map(|yuan| {
                    let chosen = wished == Some(yuan.saturating_mul(100));
                    (yuan.to_string(), chosen)
                });
                with_any(wished.is_none(), sums.collect())
            }
            Screen::SuitHours => {
                let wished = self.wishes.hours;
                let hours = Hours::ALL.iter();
                let hours = hours.map(|it| (it.code().to_owned(), wished == Some(*it)));
                with_any(wished.is_none(), hours.collect())
            }
            Screen::SuitPapers => {
                let held = self.papers();
                let all = Paper::ALL.iter();
                all.map(|it| (it.code().to_owned(), held.contains(it)))
                    .collect()
            }
            _ => Vec::new(),
        }
    }
}

impl State {
    /// The person is known: lists what suits them, or looks first whether they said anywhere what they
    /// wish.
    pub(super) fn begin_suits(&mut self, who: KnownWorker) -> Vec<Request> {
        match who.wishes {
            Some(_) => self.wishes_known(who),
            None => vec![awaited(ServiceAsk::Wishes(who))],
        }
    }

    /// Lists what suits, or asks what the person wishes where they never said it.
    pub(super) fn wishes_known(&mut self, who: KnownWorker) -> Vec<Request> {
        let suits = &mut self.services.suits;
        suits.kinds.clone_from(&who.work_kinds);
        suits.wishes = who.wishes.clone().unwrap_or_default();
        self.who = Some(who.clone());
        if who.wishes.is_some() {
            return self.list_suited(who);
        }
        match who.work_kinds.is_empty() {
            true => self.go(Screen::SuitKinds),
            false => self.go(Screen::SuitPay),
        }
        Vec::new()
    }

    fn list_suited(&mut self, who: KnownWorker) -> Vec<Request> {
        // Back from the list does not lead through the questions again.
        self.way.leave(&ASKING);
        self.go(Screen::Suits);
        vec![awaited(ServiceAsk::Suited(who))]
    }

    /// Says anew what one wishes.
    pub(super) fn change_wishes(&mut self) {
        if self.who.is_some() && self.way.here() == Screen::Suits {
            self.go(Screen::SuitKinds);
        }
    }

    /// An answer to one of the questions; the next one follows where only one can be chosen.
    pub(super) fn choose_wish(&mut self, code: &str) {
        let suits = &mut self.services.suits;
        match self.way.here() {
            Screen::SuitKinds => {
                if let Some(kind) = WorkKind::from_code(code) {
                    toggle(&mut suits.kinds, kind);
                }
            }
            Screen::SuitPay => {
                let yuan: Option<u64> = code.parse().ok();
                suits.wishes.fen_a_day = yuan.map(|yuan| yuan.saturating_mul(100));
                self.find.towns_page = 0;
                self.go(Screen::SuitTown);
            }
            Screen::SuitTown => {
                suits.wishes.town = (!code.is_empty()).then(|| code.to_owned());
                self.go(Screen::SuitHours);
            }
            Screen::SuitHours => {
                suits.wishes.hours = Hours::from_code(code);
                self.go(Screen::SuitPapers);
            }
            Screen::SuitPapers => {
                if let Some(paper) = Paper::from_code(code) {
                    toggle(suits.wishes.papers.get_or_insert_default(), paper);
                }
            }
            _ => {}
        }
    }

    /// What was chosen is all of it.
    pub(super) fn next_of_wishes(&mut self) -> Vec<Request> {
        match (self.way.here(), self.who.clone()) {
            (Screen::SuitKinds, _) => {
                self.go(Screen::SuitPay);
                Vec::new()
            }
            (Screen::SuitPapers, Some(who)) => {
                let suits = &mut self.services.suits;
                // Whoever goes on without touching any has none.
                suits.wishes.papers.get_or_insert_default();
                let (kinds, wishes) = (suits.kinds.clone(), suits.wishes.clone());
                vec![awaited(ServiceAsk::SayWishes(who, kinds, wishes))]
            }
            _ => Vec::new(),
        }
    }

    /// The wishes are kept.
    pub(super) fn wishes_said(&mut self, who: KnownWorker) -> Vec<Request> {
        self.who = Some(who.clone());
        self.list_suited(who)
    }

    pub(super) fn open_suited(&mut self, row: i32) -> Vec<Request> {
        let job = self.services.suits.jobs.row(row).map(|it| it.job.clone());
        self.open_job(job)
    }
}
