//! What each answer of the desk does to the session.

use super::ask::{Answer, Ask, Request};
use super::claim::{Claiming, Printing};
use super::desk::{ClaimOutcome, DeskError, Identified};
use super::register::Purpose;
use super::screen::Screen;
use super::services::ServiceAsk;
use super::state::{Overview, State};
use gighall_core::claim::{Claim, ClaimState};
use gighall_core::job::Job;

impl State {
    /// Takes an answer, and says what has to be asked next.
    pub fn take(
        &mut self,
        answer: Result<Answer, DeskError>,
        quiet: bool,
        hall: &mut Overview,
    ) -> Vec<Request> {
        if !quiet {
            self.busy = false;
        }
        let was = self.way.here();
        let requests = match answer {
            Ok(answer) => self.take_answer(answer, hall),
            Err(error) => {
                tracing::warn!(%error, quiet, "the desk could not answer");
                if !quiet {
                    self.fail(&error);
                }
                Vec::new()
            }
        };
        if self.way.here() != was {
            self.voice.on = false;
        }
        if requests.iter().any(|request| !request.quiet) {
            self.busy = true;
        }
        requests
    }

    fn fail(&mut self, error: &DeskError) {
        self.failure = match error {
            DeskError::NotFound => "not_found",
            DeskError::PersonGone => "person_gone",
            DeskError::NotEnrolled => "not_enrolled",
            DeskError::TooLate => "too_late",
            DeskError::TooManyNameless => "too_many_nameless",
            DeskError::Store(_) => "store",
        };
        if matches!(self.way.here(), Screen::Withdraw | Screen::AllPaid) {
            self.way.back();
        }
        // With a name it is taken: what was said stays.
        if *error == DeskError::TooManyNameless {
            self.go(Screen::ComplainWho);
        }
    }

    fn take_answer(&mut self, answer: Answer, hall: &mut Overview) -> Vec<Request> {
        match answer {
            Answer::Overview(kinds, towns, ways_known) => {
                hall.ways_known = ways_known;
                hall.kinds = kinds;
                hall.towns = towns;
            }
            Answer::Around(around) => self.find.take_around(around),
            Answer::Found(query, page)
                if self.way.here() == Screen::Words
                    && query == self.find.typing(self.keyboard.buffer.letters()) =>
            {
                self.find.typed = Some(page);
            }
            Answer::Found(query, page) => {
                if self.find.take(&query, page) {
                    return vec![self.look()];
                }
            }
            Answer::Job(Some(job)) => {
                let attract = &mut hall.attract.job;
                for shown in [&mut self.find.job, &mut self.claiming.job, attract] {
                    if shown.as_ref().is_some_and(|shown| shown.id == job.id) {
                        *shown = Some((*job).clone());
                    }
                }
            }
            Answer::Words(words) => hall.words = words,
            Answer::Job(None) => hall.attract.is_gone(),
            Answer::Emergencies(notices) => hall.emergencies = notices,
            Answer::NextOfParade(job) => hall.attract.take(job.map(|job| *job)),
            Answer::Identified(identified) => self.identified(identified, hall),
            Answer::PassIdentified(identified) => self.pass_identified(identified, hall),
            Answer::PassMade(pass) => self.pass_made(pass, hall.prints),
            Answer::PinSet => return self.pin_set(),
            Answer::NotMe(wait) => self.form.wait(wait, hall.time.now),
            Answer::Registered(who) => return self.now_known(who, hall),
            Answer::Service(answer) => return self.take_service(answer, hall.prints),
            Answer::Staff(answer) => self.take_staff(answer, hall),
            Answer::Claimed(outcome) => return self.claimed(outcome),
            Answer::MyJobs(claims, beside) => self.mine.take(claims, beside, hall.time.now),
            Answer::Withdrawn(claim) => self.changed(claim, "withdrawn"),
            Answer::Settled(claim) => {
                let said = match claim.state {
                    ClaimState::Settled => "paid",
                    // It ended otherwise meanwhile: the row says how.
                    _ => "",
                };
                let paid = claim.id;
                self.changed(claim, said);
                return self.ask_to_rate(paid).into_iter().collect();
            }
            Answer::PhoneCode(None, address) => hall.hall_code = address,
            Answer::PhoneCode(Some(job), address) => {
                if self.find.job.as_ref().is_some_and(|read| read.id == job) {
                    self.job_code = address.map(|address| (job, address));
                }
            }
            Answer::SlipCode(address) => {
                self.slip_code = address;
                // The job was asked for before: what is printed is as it is now.
                if self.claiming.printing == Printing::Not && hall.prints {
                    self.claiming.printing = match self.claiming.again {
                        true => Printing::Done,
                        false => Printing::Wanted,
                    };
                }
            }
            Answer::ScannedJob(Some(job)) => return self.open_job(Some(*job)),
            Answer::ScannedSlip(Some(held)) => {
                self.scanned = Some(*held);
                self.go(Screen::Scanned);
            }
            Answer::ScannedJob(None) => self.failure = "foreign_job",
            Answer::ScannedSlip(None) => self.failure = "foreign_slip",
        }
        Vec::new()
    }

    /// One of the person's own claims stands differently now: the list is seen again.
    fn changed(&mut self, claim: Claim, message: &'static str) {
        let held = self.mine.claims.iter_mut();
        for held in held.filter(|held| held.claim.id == claim.id) {
            held.claim = claim.clone();
        }
        self.mine.chosen = None;
        self.go(Screen::MyJobs);
        self.mine.message = message;
    }

    fn identified(&mut self, identified: Identified, hall: &Overview) {
        self.form.proof_wrong = matches!(identified, Identified::AsksProof { wrong: true, .. });
        match identified {
            Identified::AsksProof { by, .. } => {
                self.form.proof.clear();
                self.form.proof_by = by;
                self.go(Screen::Proof);
            }
            Identified::Unproved => self.go(Screen::Unproved),
            Identified::Waits(wait) => {
                self.form.proof.clear();
                self.form.wait(wait, hall.time.now);
            }
            Identified::Known(known) if self.form.purpose == Purpose::Claim => {
                self.confirms_as(known, hall);
            }
            Identified::Known(known) => {
                self.form.known = Some(known);
                self.go(Screen::Known);
            }
            Identified::Unknown | Identified::UnknownOffline
                if matches!(
                    self.form.purpose,
                    Purpose::LiftPause | Purpose::RevokePass | Purpose::SetPin
                ) =>
            {
                self.back_to_menu("nobody");
            }
            Identified::Unknown | Identified::UnknownOffline => {
                self.form.hub_not_asked = identified == Identified::UnknownOffline;
                self.go(Screen::Name);
                // The card has told it: the last screen asks whether everything is right.
                if self.form.from_card && self.form.name_is_good() {
                    self.go(Screen::Phone);
                }
            }
        }
    }

    fn claimed(&mut self, outcome: ClaimOutcome) -> Vec<Request> {
        let screen = Claiming::screen(&outcome);
        let slip = match &outcome {
            ClaimOutcome::Confirmed(claim) | ClaimOutcome::Provisional(claim, _) => Some(claim.id),
            _ => None,
        };
        self.claiming.outcome = Some(outcome);
        self.slip_code = None;
        if screen == Screen::Slip {
            self.go(screen);
        } else {
            self.keyboard.buffer.clear();
            self.way.replace(screen);
        }
        let slip = slip.map(|id| Request::quiet(Ask::SlipCode(id)));
        // Which of one's other jobs stands against it.
        let mine = self.who.clone().filter(|_| self.claiming.is_for_others());
        let mine = mine.map(|who| Request::quiet(Ask::MyJobsHere(who)));
        // Registering takes minutes: the slip says when and where to be as it is now.
        let job = ask_job(&self.claiming.job);
        job.into_iter().chain(slip).chain(mine).collect()
    }

    /// What to ask when something in the store has changed: whatever is in sight.
    pub fn refresh(&self) -> Vec<Request> {
        let mut requests = vec![
            Request::quiet(Ask::Overview),
            Request::quiet(Ask::Emergencies),
        ];
        requests.extend(self.refresh_services());
        match self.way.here() {
            Screen::Kinds | Screen::Towns => requests.extend(self.look_around()),
            Screen::Results => requests.push(self.look()),
            Screen::Words => requests.extend(self.ask_typed()),
            Screen::Job => requests.extend(ask_job(&self.find.job)),
            Screen::Number | Screen::Confirm | Screen::Slip => {
                requests.extend(ask_job(&self.claiming.job))
            }
            Screen::MyJobs => {
                // The hub writes down whom it is asked for, and was asked when the screen was opened.
                let who = self.who.clone();
                requests.extend(who.map(|who| Request::quiet(Ask::MyJobsHere(who))));
            }
            _ => {}
        }
        requests
    }

    /// What to ask for a fresh code for phones, where one is in sight.
    pub fn refresh_code(&self) -> Option<Request> {
        match self.way.here() {
            Screen::Home => Some(Request::quiet(Ask::PhoneCode(None))),
            Screen::Job => {
                let job = self.find.job.as_ref()?.id;
                Some(Request::quiet(Ask::PhoneCode(Some(job))))
            }
            Screen::Course => {
                let course = self.services.training.course.as_ref()?.id;
                Some(Request::quiet(Ask::Service(ServiceAsk::CourseCode(course))))
            }
            _ => None,
        }
    }

    /// Whether a person who is not known yet has come for something else than registering.
    pub fn registers_on_the_way(&self) -> bool {
        self.form.purpose != Purpose::Register
    }
}

/// Asks for a job as it is now.
fn ask_job(shown: &Option<Job>) -> Option<Request> {
    let id = shown.as_ref()?.id;
    Some(Request::quiet(Ask::Job(id)))
}
