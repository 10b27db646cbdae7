//! Everything the terminal knows, and what each touch does to it. No window, no thread: the
//! controller shows it and puts its questions to the desk.

use super::ask::{Ask, Request};
use super::attract::Attract;
use super::claim::Claiming;
pub use super::event::Event;
use super::find::Find;
use super::keyboard::Keyboard;
use super::my_jobs::MyJobs;
use super::pass::ShownPass;
use super::register::{Form, Purpose};
use super::screen::{Screen, WHO, Way};
use super::services::Services;
use super::show::HallTime;
use super::staff::StaffSession;
use super::voice::{self, Voice};
use crate::pinyin::Words;
use gighall_core::hall::Notice;
use gighall_core::id::{JobId, NoticeId};
use gighall_core::job::WorkKind;
use gighall_core::playlist::{ServicePlace, Theme};
use gighall_core::wages;
use gighall_core::wire::{ClaimWithJob, KnownWorker};
use jiff::Timestamp;
use jiff::civil::Date;
use std::sync::Arc;

/// What is known of the hall: not personal, and kept when a session is wiped.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The hall's time.
    pub time: HallTime,
    /// Open jobs by kind of work.
    pub kinds: Vec<(WorkKind, usize)>,
    /// Open jobs by town.
    pub towns: Vec<(String, usize)>,
    /// Of some open job it is known how far it is from the hall.
    pub ways_known: bool,
    /// How many towns there is room for on a page.
    pub towns_fit: usize,
    /// How many jobs there is room for on a page of the list; until one was seen, as few as on the smallest
    /// panel.
    pub rows_fit: usize,
    /// The address that the hall's code holds.
    pub hall_code: Option<String>,
    /// Slips are printed.
    pub prints: bool,
    /// Identity cards can be read.
    pub reads_cards: bool,
    /// Codes can be scanned.
    pub scans: bool,
    /// The screen in sight can be read aloud.
    pub speaks: bool,
    /// The language that everybody begins in, where staff have chosen one since the start.
    pub begins: Option<String>,
    /// Where in the hall to find what.
    pub places: Vec<ServicePlace>,
    /// A wall of this kiosk says that somebody calls staff.
    pub calls_on_wall: bool,
    /// How loud everybody is read to at first, in percent.
    pub volume: u8,
    /// The address of the national platform for unpaid wages, where the hall gives it.
    pub platform: Option<String>,
    /// What is shown while nobody is there.
    pub attract: Attract,
    /// Words of its listings, for the keyboard.
    pub words: Arc<Words>,
    /// The colours that everybody begins with.
    pub theme: Theme,
    /// Emergency notices that are up or will be ([`Self::emergency`]).
    pub emergencies: Vec<Notice>,
}

impl Overview {
    /// Nothing known yet.
    pub fn new(time: HallTime) -> Self {
        Self {
            time,
            kinds: Vec::new(),
            towns: Vec::new(),
            ways_known: false,
            towns_fit: 12,
            rows_fit: 3,
            hall_code: None,
            prints: false,
            reads_cards: false,
            scans: false,
            speaks: false,
            begins: None,
            places: Vec::new(),
            calls_on_wall: false,
            volume: voice::USUAL,
            platform: None,
            attract: Attract::default(),
            words: Arc::default(),
            theme: Theme::Day,
            emergencies: Vec::new(),
        }
    }

    /// All open jobs.
    pub fn open_jobs(&self) -> usize {
        self.kinds.iter().map(|(_, count)| count).sum()
    }

    /// Today in the hall.
    pub fn today(&self) -> Date {
        self.time.zone.to_datetime(self.time.now).date()
    }
}

/// A session: everything that a wipe forgets. Personal, so it has no `Debug`.
#[derive(Clone, Default)]
pub struct State {
    /// The screens.
    pub way: Way,
    /// How often somebody asked for the next language.
    pub language_steps: usize,
    /// 大字版
    pub large_type: bool,
    /// The colours that the person chose; everybody begins with the hall's.
    pub theme: Option<Theme>,
    /// The emergency notice that the person has read.
    pub emergency_read: Option<NoticeId>,
    /// It lies over the screen.
    pub emergency_over: bool,
    /// An awaited answer is not there yet.
    pub busy: bool,
    /// Code of the sentence that says what went wrong; empty while nothing did.
    pub failure: &'static str,
    /// The panel that says where staff are.
    pub calling_staff: bool,
    /// The person, once they said that it is them.
    pub who: Option<KnownWorker>,
    /// Finding work.
    pub find: Find,
    /// Saying who one is.
    pub form: Form,
    /// Taking a job.
    pub claiming: Claiming,
    /// One's own jobs.
    pub mine: MyJobs,
    /// The keyboard.
    pub keyboard: Keyboard,
    /// The address that the job's code holds, and which job that is.
    pub job_code: Option<(JobId, String)>,
    /// The address that the slip's code holds.
    pub slip_code: Option<String>,
    /// The pass on the screen.
    pub pass: ShownPass,
    /// The claim whose slip was scanned.
    pub scanned: Option<ClaimWithJob>,
    /// Reading aloud.
    pub voice: Voice,
    /// The hall's other services.
    pub services: Services,
    /// A visit of staff.
    pub staff: StaffSession,
}

impl State {
    /// Does what the person wants, and says what has to be asked for it. `hall` is what is known
    /// of the hall.
    pub fn on(&mut self, event: Event, hall: &mut Overview) -> Vec<Request> {
        // Whoever waits for an answer cannot ask again: a double tap claims once.
        if self.busy && !event.is_of_nobody() {
            return Vec::new();
        }
        let was = self.way.here();
        let left = Self::staff_left(&self.staff);
        let mut requests = self.move_on(event, hall);
        if self.way.here() != was {
            self.voice.on = false;
            requests.extend(self.ask_words());
        }
        if self.find.around().is_none() {
            requests.extend(self.look_around());
        }
        self.forget_shown_pass();
        if !self.staff.inside {
            requests.extend(left);
        }
        if requests.iter().any(|request| !request.quiet) {
            self.busy = true;
        }
        requests
    }

    fn move_on(&mut self, event: Event, hall: &mut Overview) -> Vec<Request> {
        match event {
            Event::Back => self.back(),
            Event::Home => self.go_home(),
            Event::Language => self.language_steps = self.language_steps.wrapping_add(1),
            Event::LargeType => self.large_type = !self.large_type,
            Event::Contrast => self.theme = Some(self.other_theme(hall)),
            Event::CallStaff(on) => return self.call_staff(on),
            Event::FailureSeen => self.failure = "",
            Event::EmergencySeen => self.reads_emergency(hall),
            Event::EmergencyAgain => self.reads_emergency_again(),
            Event::GoFind => self.go(Screen::Kinds),
            Event::GoRegister => self.ask_who(Purpose::Register),
            Event::GoMyJobs => return self.go_my_jobs(),
            Event::Key(key) => {
                self.key(&key, &hall.words);
                return self.look_while_typing();
            }
            Event::Erase => {
                self.erase();
                return self.look_while_typing();
            }
            Event::EraseAll => {
                self.erase_all();
                return self.look_while_typing();
            }
            Event::ChooseCandidate(index) => {
                self.choose_candidate(place(index));
                return self.look_while_typing();
            }
            Event::TurnCandidates(forward) => {
                self.keyboard.buffer.turn(forward, self.keyboard.room);
            }
            Event::RoomForCandidates(room) => self.keyboard.room = place(room).clamp(2, 80),
            Event::NextQuestion => return self.next_question(hall),
            Event::ItIsMe => return self.it_is_me(hall),
            Event::NotMe => return self.not_me(hall),
            Event::Correct(to) if self.way.here() == Screen::Consent => {
                self.form.begin_correcting();
                self.keyboard.buffer.clear();
                // Back leads to the last screen again, and not to the questions before that one.
                self.way.look_at(to);
            }
            Event::Correct(_) => {}
            Event::NoPhone => {
                self.form.phone.clear();
                self.ask_pin();
            }
            Event::NoPin if self.form.purpose != Purpose::SetPin => {
                self.form.pin = Default::default();
                self.go_on_to(Screen::WorkKinds);
            }
            Event::NoPin => {}
            Event::GoPin => self.go_pin(),
            Event::ToggleKind(code) => self.form.toggle_kind(&code),
            Event::ToggleHardship(code) => self.toggle_hardship(&code),
            Event::TellHardship => return self.tell_hardship(),
            Event::AskHardshipBack => self.ask_hardship_back(),
            Event::TakeHardshipBack => return self.take_hardship_back(),
            Event::SaveRegistration => {
                self.form.agreed = self.way.here() == Screen::Consent;
                let registration = self.form.registration(hall.today());
                let number = self.staff.number.clone();
                let helped = self.staff.inside && self.staff.helping;
                let hardship = self.form.hardship.agreed_to();
                let ask = registration.map(|registration| match helped {
                    true => Ask::RegisterHelped(registration, hardship, number),
                    false => Ask::Register(registration, hardship),
                });
                return ask.map(Request::awaited).into_iter().collect();
            }
            Event::RegistrationDone if self.staff.inside => self.helped_to_register(),
            Event::RegistrationDone => self.go(Screen::Kinds),
            Event::GoPass => self.go_pass(),
            Event::MakePass => return self.make_pass(),
            Event::Service(event) => return self.on_service(event),
            Event::Staff(event) => return self.on_staff(event),
            Event::ConfirmClaim => return self.confirm_claim(),
            Event::ClaimDone => self.claim_done(),
            Event::PrintAgain => self.print_again(),
            Event::Scanned(text) => return self.scanned(&text, hall),
            Event::Card(news) => return self.card(news, hall),
            Event::Printed(printed) => self.printed(printed),
            Event::ReadAloud => self.voice.on = !self.voice.on,
            Event::Volume(up) => self.voice.turn(up, hall.volume),
            Event::OpenClaim(index) => return self.open_claim(place(index)),
            Event::TurnMyJobs(by) => self.mine.turn(by),
            Event::AskWithdraw(index) => self.ask_withdraw(place(index)),
            Event::ConfirmWithdraw => return self.confirm_withdraw(),
            Event::AskPaid(index) => self.ask_paid(place(index), hall.time.now),
            Event::AskAllPaid if self.way.here() == Screen::Paid => self.go(Screen::AllPaid),
            Event::AskAllPaid => {}
            Event::SayPaid => return self.say_paid(),
            Event::AskRate(index) => self.ask_rate(place(index)),
            Event::SayUnpaid if self.way.here() == Screen::Paid => self.go(Screen::Unpaid),
            Event::SayUnpaid => {}
            Event::SeeMyJobs if self.who.is_some() => self.go(Screen::MyJobs),
            Event::SeeMyJobs => {}
            Event::ClaimsThatFit(rows) => self.mine.rows_that_fit(place(rows)),
            finding => return self.on_finding(finding, hall),
        }
        Vec::new()
    }

    /// Goes on to a screen. Letters that wait for a choice do not come along.
    pub(super) fn go(&mut self, to: Screen) {
        self.keyboard.buffer.clear();
        self.mine.message = "";
        self.way.go(to);
    }

    pub(super) fn back(&mut self) {
        self.keyboard.buffer.clear();
        self.mine.message = "";
        match self.way.here() {
            Screen::Known => {
                self.form.known = None;
                self.form.proof.clear();
            }
            // Who goes back has not said that it is them.
            Screen::Confirm => self.is_nobody_yet(),
            // Whoever goes back begins anew.
            Screen::Pin => self.form.pin = Default::default(),
            // They see what stands against it, and may correct the number that they typed.
            Screen::Refused => self.claiming.outcome = None,
            // Those words are not in sight where the kind of work is asked for.
            Screen::Results => self.find.forget_words(),
            // Nor that what they said may be kept.
            Screen::Consent => self.form.agreed = false,
            _ => {}
        }
        self.way.back();
        match self.way.here() {
            Screen::Home => self.go_home(),
            Screen::Consent => self.form.leave_uncorrected(),
            Screen::StaffMenu => self.forget_the_helped(),
            Screen::StaffCheckIn => self.staff.found = None,
            // Whoever goes back to a notice has not agreed to it.
            Screen::Hardship => self.form.hardship.agreed = false,
            Screen::ApplyConsent => self.services.applying.agreed = false,
            Screen::ComplainNotice => self.services.rights.complaining.agreed = false,
            _ => {}
        }
    }

    /// Home ends what somebody was doing: the next person finds nothing of it. How the screen
    /// looks stays as it was set.
    pub(super) fn go_home(&mut self) {
        let room = self.keyboard.room;
        let rows = self.find.query.limit;
        *self = Self {
            language_steps: self.language_steps,
            large_type: self.large_type,
            theme: self.theme,
            emergency_read: self.emergency_read,
            ..Self::default()
        };
        self.keyboard.room = room;
        self.find.query.limit = rows;
    }

    /// Whether nothing on the screen is anybody's: the terminal may show jobs instead.
    pub fn is_at_rest(&self) -> bool {
        let left_alone = !self.busy && self.failure.is_empty() && !self.calling_staff;
        self.way.here() == Screen::Home && left_alone && !self.voice.on && !self.staff.inside
    }

    /// The colours in sight.
    pub(super) fn theme(&self, hall: &Overview) -> Theme {
        self.theme.unwrap_or(hall.theme)
    }

    /// The colours that the button leads to: high contrast, or the usual ones.
    fn other_theme(&self, hall: &Overview) -> Theme {
        match self.theme(hall) {
            Theme::Contrast => Theme::Day,
            _ => Theme::Contrast,
        }
    }

    pub(super) fn ask_who(&mut self, purpose: Purpose) {
        self.form = Form::for_purpose(purpose);
        self.go(Screen::Number);
    }

    fn go_my_jobs(&mut self) -> Vec<Request> {
        match self.who.clone() {
            Some(who) => {
                self.go(Screen::MyJobs);
                vec![Request::awaited(Ask::MyJobs(who))]
            }
            None => {
                self.ask_who(Purpose::MyJobs);
                Vec::new()
            }
        }
    }

    pub(super) fn next_question(&mut self, hall: &Overview) -> Vec<Request> {
        match self.way.here() {
            Screen::Number | Screen::Proof | Screen::Unproved => return self.identify(hall),
            Screen::Pin => return self.pin_typed(hall),
            Screen::Name if self.form.name_is_good() => self.go_on_to(Screen::Phone),
            Screen::Phone if self.form.phone_is_good() => self.go_on_to(Screen::WorkKinds),
            // Whoever came to say it is asked once they are registered.
            Screen::WorkKinds if self.form.purpose == Purpose::Hardship => {
                self.go(Screen::Consent);
            }
            Screen::WorkKinds => self.go(Screen::Hardship),
            Screen::Hardship => self.leave_hardship_out(),
            _ => {}
        }
        Vec::new()
    }

    /// Goes on to the next question, or back to the last screen where a single answer is said anew.
    pub(super) fn go_on_to(&mut self, question: Screen) {
        match self.form.correcting.take() {
            Some(_) => self.go(Screen::Consent),
            None => self.go(question),
        }
    }

    /// Asks who has the number. Who shows a card, or has staff beside them, has to prove nothing more.
    fn identify(&mut self, hall: &Overview) -> Vec<Request> {
        let Ok(number) = self.form.checked_number(hall.today()) else {
            return Vec::new();
        };
        // Before they register, or prove anything.
        if self.form.purpose == Purpose::Claim && self.age_bars(number.birth_date(), hall) {
            return Vec::new();
        }
        if self.form.from_card || self.staff.inside {
            return vec![Request::awaited(Ask::Identify(number))];
        }
        let proof = match self.way.here() {
            Screen::Proof if self.form.proof_is_ready() => Some(self.form.proof.clone()),
            Screen::Proof | Screen::Unproved => return Vec::new(),
            _ => None,
        };
        if self.form.waits_until.is_some() {
            return Vec::new();
        }
        vec![Request::awaited(Ask::IdentifyTyped(number, proof))]
    }

    /// The number is somebody else's: it is typed again. Where no card proved it, that was a wrong try.
    fn not_me(&mut self, hall: &Overview) -> Vec<Request> {
        let number = self.form.checked_number(hall.today());
        let typed = !self.form.from_card && !self.staff.inside && self.form.known.is_some();
        if self.may_be_another() {
            self.is_nobody_yet();
            self.way.back();
        }
        self.form = Form::for_purpose(self.form.purpose);
        self.go(Screen::Number);
        match number {
            Ok(number) if typed => vec![Request::awaited(Ask::NotMe(number))],
            _ => Vec::new(),
        }
    }

    /// A wait after wrong tries is over.
    pub(super) fn time_passes(&mut self, now: Timestamp) {
        if self.form.waits_until.is_some_and(|until| until <= now) {
            self.form.waits_until = None;
        }
        self.staff_time_passes(now);
    }

    fn it_is_me(&mut self, hall: &Overview) -> Vec<Request> {
        match self.form.known.take() {
            Some(known) => self.now_known(known, hall),
            None => Vec::new(),
        }
    }

    /// The person is known: what they said it for goes on, and what they typed is forgotten.
    pub(super) fn now_known(&mut self, who: KnownWorker, hall: &Overview) -> Vec<Request> {
        let purpose = self.form.purpose;
        self.form = Form::for_purpose(purpose);
        self.who = Some(who.clone());
        match purpose {
            Purpose::Register => {
                self.go(Screen::Registered);
                Vec::new()
            }
            Purpose::Claim => {
                self.way.leave(WHO);
                self.ask_to_confirm(hall);
                Vec::new()
            }
            Purpose::MyJobs => {
                self.way.leave(WHO);
                self.go(Screen::MyJobs);
                vec![Request::awaited(Ask::MyJobs(who))]
            }
            Purpose::Enrol
            | Purpose::MyCourses
            | Purpose::Wishes
            | Purpose::Apply
            | Purpose::Hardship
            | Purpose::Complain
            | Purpose::MyComplaints
            | Purpose::Suits => self.serve(purpose, who),
            Purpose::LiftPause => self.lift_pause(&who),
            Purpose::RevokePass => self.ask_about_pass(who),
            Purpose::SetPin => {
                self.ask_pin_with_staff(who);
                Vec::new()
            }
        }
    }

    fn ask_withdraw(&mut self, index: usize) {
        let held = self.mine.in_sight().get(index);
        if let Some(held) = held.filter(|held| held.claim.state.is_coming()) {
            self.mine.chosen = Some(held.claim.id);
            self.go(Screen::Withdraw);
        }
    }

    fn confirm_withdraw(&mut self) -> Vec<Request> {
        match (&self.who, self.mine.chosen) {
            (Some(who), Some(claim)) if self.way.here() == Screen::Withdraw => {
                vec![Request::awaited(Ask::Withdraw(who.clone(), claim))]
            }
            _ => Vec::new(),
        }
    }

    fn ask_paid(&mut self, index: usize, now: Timestamp) {
        let held = self.mine.in_sight().get(index);
        if let Some(held) = held.filter(|held| wages::may_settle(held.claim.state, &held.job, now))
        {
            self.mine.chosen = Some(held.claim.id);
            self.go(Screen::Paid);
        }
    }

    /// Whoever did not say it at once may say later how the work was.
    fn ask_rate(&mut self, index: usize) {
        let held = self.mine.in_sight().get(index).map(|held| held.claim.id);
        if let Some(claim) = held.filter(|claim| self.mine.beside.to_rate.contains(claim)) {
            self.services.rights.rating = Some(claim);
            self.go(Screen::Rate);
        }
    }

    fn say_paid(&mut self) -> Vec<Request> {
        match (&self.who, self.mine.chosen) {
            (Some(who), Some(claim)) if self.way.here() == Screen::AllPaid => {
                vec![Request::awaited(Ask::Settle(who.clone(), claim))]
            }
            _ => Vec::new(),
        }
    }
}

/// An index that came from the window.
pub(super) fn place(index: i32) -> usize {
    usize::try_from(index).unwrap_or(usize::MAX)
}
