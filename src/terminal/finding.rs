//! What touches do while somebody looks for work.

use super::ask::{Ask, Request};
use super::event::Event;
use super::find;
use super::screen::Screen;
use super::state::{Overview, State, place};
use gighall_core::job::{Job, WorkKind};

impl State {
    pub(super) fn on_finding(&mut self, event: Event, hall: &mut Overview) -> Vec<Request> {
        match event {
            Event::ChooseKind(code) => self.find.choose_kind(&code),
            Event::ChooseTown(name) => {
                let few = self.fit_on_a_page(&name, hall);
                self.find.choose_town(&name);
                match self.way.here() {
                    Screen::Kinds => return Vec::new(),
                    // Among all towns, before the kind of work: which is asked where that makes a difference.
                    Screen::Towns if self.way.before() == Some(Screen::Kinds) && few => {
                        self.way.replace(Screen::Results);
                        return vec![self.look()];
                    }
                    Screen::Towns if self.way.before() == Some(Screen::Kinds) => {
                        self.go(Screen::Kinds);
                        return Vec::new();
                    }
                    _ => {}
                }
            }
            Event::ChoosePay(yuan) => {
                self.find.choose_pay(&yuan);
                if self.way.here() == Screen::Kinds {
                    return Vec::new();
                }
            }
            Event::ToggleDaily => self.find.toggle_daily(),
            Event::ToggleToday => self.find.toggle_today(),
            Event::NextWay => self.find.next_way(),
            Event::ToggleOrder(order) => self.find.toggle_order(order),
            Event::Narrow(what) => {
                self.narrow(&what);
                return Vec::new();
            }
            Event::Search => {
                let letters = self.keyboard.buffer.take_letters();
                self.find.choose_words(&letters);
            }
            Event::ClearSearch => self.find.clear(),
            Event::TurnResults(by) => self.find.turn(by),
            Event::RowsThatFit(rows) => {
                hall.rows_fit = place(rows).max(1);
                let changed = self.find.rows_that_fit(place(rows));
                let looking = changed && self.way.here() == Screen::Results;
                return if looking {
                    vec![self.look()]
                } else {
                    Vec::new()
                };
            }
            Event::TurnTowns(by) => {
                let pages = find::pages(self.towns(hall).len() + 1, hall.towns_fit);
                self.find.towns_page = find::turned(self.find.towns_page + 1, by, pages) - 1;
                return Vec::new();
            }
            Event::TownsThatFit(fits) => {
                hall.towns_fit = place(fits).clamp(1, 200);
                self.find.towns_page = 0;
                return Vec::new();
            }
            Event::OpenJob(index) => {
                let job = self.find.in_sight().get(place(index)).cloned();
                return self.open_job(job);
            }
            Event::OpenShown(job) => return self.open_job(Some(*job)),
            Event::TouchShown => {
                hall.attract.touch_job();
                return Vec::new();
            }
            Event::TakeJob(index) => return self.take_from_the_list(place(index), hall),
            Event::OpenTyped(index) => {
                let typed = self.find.typed.as_ref();
                let job = typed.and_then(|page| page.jobs.get(place(index)).cloned());
                return self.open_job(job);
            }
            Event::OpenLike(index) => {
                let job = self.claiming.like().get(place(index)).cloned();
                return self.open_job(job);
            }
            Event::ClaimJob => {
                self.claim_job(hall);
                return Vec::new();
            }
            _ => return Vec::new(),
        }
        self.go(Screen::Results);
        vec![self.look()]
    }

    /// Open jobs of each kind of work, beside what else is chosen where the kind is.
    pub(super) fn kinds<'a>(&'a self, hall: &'a Overview) -> &'a [(WorkKind, usize)] {
        match self.find.around() {
            Some(around) if self.way.here() == Screen::Kinds => &around.kinds,
            _ => &hall.kinds,
        }
    }

    /// The same of towns.
    pub(super) fn towns<'a>(&'a self, hall: &'a Overview) -> &'a [(String, usize)] {
        match self.find.around() {
            Some(around) if self.way.here() == Screen::Towns => &around.towns,
            _ => &hall.towns,
        }
    }

    /// Whether all jobs of that town are seen at once, so that nothing more need be asked.
    fn fit_on_a_page(&self, town: &str, hall: &Overview) -> bool {
        let mut towns = self.towns(hall).iter();
        towns.any(|(name, jobs)| name == town && *jobs <= hall.rows_fit)
    }

    /// Counts the jobs that each choice leads to, where there is one and something is chosen already.
    pub(super) fn look_around(&self) -> Option<Request> {
        let chooses = matches!(self.way.here(), Screen::Kinds | Screen::Towns);
        let chosen = self.find.chosen().filter(|_| chooses);
        chosen.map(|chosen| Request::quiet(Ask::Around(chosen)))
    }

    /// Looks for jobs once more, without anybody waiting.
    pub fn look(&self) -> Request {
        Request::quiet(Ask::Find(self.find.query.clone()))
    }

    /// Looks for what fits the words so far, while they are being typed.
    pub(super) fn look_while_typing(&mut self) -> Vec<Request> {
        let request = self.ask_typed();
        if request.is_none() {
            self.find.typed = None;
        }
        request.into_iter().collect()
    }

    /// Asks for what fits the words that are being typed, where there are any.
    pub(super) fn ask_typed(&self) -> Option<Request> {
        let query = self.find.typing(self.keyboard.buffer.letters());
        let typing = self.way.here() == Screen::Words && !query.words.is_empty();
        typing.then(|| Request::quiet(Ask::Find(query)))
    }

    fn narrow(&mut self, what: &str) {
        match what {
            "kinds" => self.go(Screen::Kinds),
            "towns" => {
                self.find.towns_page = 0;
                self.go(Screen::Towns);
            }
            "pays" => self.go(Screen::Pays),
            // A job's number stands on the wall: it is asked for without a kind of work, and found among all.
            "words" | "number" => {
                self.find.asks_number = what == "number";
                self.find.draft = self.find.query.words.clone();
                self.find.typed = None;
                self.go(Screen::Words);
            }
            _ => {}
        }
    }

    /// The one question before a claim says all that matters of the job; it is asked for as it is now.
    fn take_from_the_list(&mut self, index: usize, hall: &Overview) -> Vec<Request> {
        let Some(job) = self.find.in_sight().get(index).cloned() else {
            return Vec::new();
        };
        let id = job.id;
        self.find.job = Some(job);
        self.job_code = None;
        self.claim_job(hall);
        vec![Request::quiet(Ask::Job(id))]
    }

    pub(super) fn open_job(&mut self, job: Option<Job>) -> Vec<Request> {
        let Some(job) = job else {
            return Vec::new();
        };
        let id = job.id;
        self.find.job = Some(job);
        self.job_code = None;
        self.go(Screen::Job);
        vec![
            Request::quiet(Ask::Job(id)),
            Request::quiet(Ask::PhoneCode(Some(id))),
        ]
    }
}
