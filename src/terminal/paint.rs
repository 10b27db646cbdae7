//! Shows the session on the window: each global gets what its screen shows. What has not changed
//! is not set anew, so that nothing is drawn twice; models are updated in place.

use super::attract;
use super::controller::LinkView;
use super::desk::{ClaimOutcome, Closed, JobPage, NEAR_KM, Order};
use super::emergency;
use super::find;
use super::screen::Screen;
use super::services::ServicePainter;
use super::staff::StaffPainter;
use super::state::{Overview, State};
use crate::pinyin::Shown;
use crate::qr;
use crate::ui::{
    Candidate, Choice, ClaimData, ClaimItem, ClosedJob, Code, FindData, JobItem, KeyboardData,
    MyJobsData, PassData, RegisterData, Terminal, TerminalWindow, Theme,
};
use gighall_core::claim::ClaimReason;
use gighall_core::hardship::{HARDSHIP_NOTICE_VERSION, Hardship};
use gighall_core::identity::{IdNumber, mask_name, mask_phone};
use gighall_core::job::WorkKind;
use gighall_core::worker::CONSENT_VERSION;
use slint::{ComponentHandle, Model, ModelRc, SharedString, VecModel};
use std::rc::Rc;

/// The models that the window keeps, and the codes that are drawn already.
pub struct Painter {
    kinds: Rc<VecModel<Choice>>,
    towns: Rc<VecModel<Choice>>,
    pays: Rc<VecModel<Choice>>,
    rows: Rc<VecModel<JobItem>>,
    typed: Rc<VecModel<JobItem>>,
    skills: Rc<VecModel<Choice>>,
    hardship: Rc<VecModel<Choice>>,
    like: Rc<VecModel<JobItem>>,
    claims: Rc<VecModel<ClaimItem>>,
    candidates: Rc<VecModel<Candidate>>,
    hall_code: Drawn,
    job_code: Drawn,
    slip_code: Drawn,
    pass_code: Drawn,
    services: ServicePainter,
    staff: StaffPainter,
}

/// A code as it was drawn last.
#[derive(Default)]
pub(super) struct Drawn {
    room: u32,
    code: Code,
}

impl Drawn {
    /// The code for `address`, drawn only if it is another one than last time.
    pub(super) fn code(&mut self, address: Option<&str>, room: u32) -> Code {
        let Some(address) = address else {
            *self = Self::default();
            return Code::default();
        };
        if self.code.address != address || self.room != room {
            self.room = room;
            self.code = match qr::draw(address, room) {
                Ok(picture) => Code {
                    picture: picture.image(),
                    shown: true,
                    address: address.into(),
                },
                Err(error) => {
                    tracing::error!(%error, room, "a code for phones cannot be drawn");
                    Code::default()
                }
            };
        }
        self.code.clone()
    }
}

/// Changes only the rows that differ.
pub(super) fn update<T: Clone + PartialEq + 'static>(model: &VecModel<T>, rows: Vec<T>) {
    while model.row_count() > rows.len() {
        model.remove(model.row_count() - 1);
    }
    for (place, row) in rows.into_iter().enumerate() {
        match model.row_data(place) {
            Some(old) if old == row => {}
            Some(_) => model.set_row_data(place, row),
            None => model.push(row),
        }
    }
}

pub(super) fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

impl Painter {
    /// Gives the window its models.
    pub fn new(window: &TerminalWindow) -> Self {
        let this = Self {
            kinds: Rc::default(),
            towns: Rc::default(),
            pays: Rc::default(),
            rows: Rc::default(),
            typed: Rc::default(),
            skills: Rc::default(),
            hardship: Rc::default(),
            like: Rc::default(),
            claims: Rc::default(),
            candidates: Rc::default(),
            hall_code: Drawn::default(),
            job_code: Drawn::default(),
            slip_code: Drawn::default(),
            pass_code: Drawn::default(),
            services: ServicePainter::new(window),
            staff: StaffPainter::new(window),
        };
        let find = window.global::<FindData>();
        find.set_kinds(ModelRc::from(Rc::clone(&this.kinds)));
        find.set_towns(ModelRc::from(Rc::clone(&this.towns)));
        find.set_pays(ModelRc::from(Rc::clone(&this.pays)));
        find.set_rows(ModelRc::from(Rc::clone(&this.rows)));
        find.set_typed_rows(ModelRc::from(Rc::clone(&this.typed)));
        let skills = ModelRc::from(Rc::clone(&this.skills));
        let register = window.global::<RegisterData>();
        register.set_kinds(skills);
        register.set_hardship(ModelRc::from(Rc::clone(&this.hardship)));
        let like = ModelRc::from(Rc::clone(&this.like));
        window.global::<ClaimData>().set_like(like);
        let claims = ModelRc::from(Rc::clone(&this.claims));
        window.global::<MyJobsData>().set_rows(claims);
        let candidates = ModelRc::from(Rc::clone(&this.candidates));
        window.global::<KeyboardData>().set_candidates(candidates);
        this
    }

    /// Shows the session.
    pub fn paint(
        &mut self,
        window: &TerminalWindow,
        state: &State,
        hall: &Overview,
        link: LinkView,
        warning: Option<u64>,
    ) {
        let theme = window.global::<Theme>();
        theme.set_large_type(state.large_type);
        theme.set_theme(state.theme(hall).code().into());
        // The room that the theme gives a code, in whole pixels.
        let room = theme.get_code_room().max(1.0) as u32;
        // Data first, then the screen: no screen is made with the data of the one before.
        self.paint_find(window, state, hall, room);
        self.paint_form(window, state, hall);
        self.paint_claim(window, state, hall, room);
        self.paint_my_jobs(window, state, hall);
        self.paint_pass(window, state, room);
        self.paint_keyboard(window, state);
        self.services.paint(window, state, hall, room);
        self.staff.paint(window, state, &hall.time);
        attract::paint(window, hall);
        emergency::paint(window, state, hall);
        self.paint_around(window, state, hall, link, warning, room);
    }

    fn paint_around(
        &mut self,
        window: &TerminalWindow,
        state: &State,
        hall: &Overview,
        link: LinkView,
        warning: Option<u64>,
        room: u32,
    ) {
        let terminal = window.global::<Terminal>();
        let time = slint::SharedString::from(hall.time.clock());
        if terminal.get_time() != time {
            terminal.set_anew(!terminal.get_anew());
        }
        terminal.set_time(time);
        terminal.set_can_go_back(state.way.can_go_back());
        terminal.set_offline(!link.online);
        terminal.set_has_data(link.data_from.is_some());
        let from = link.data_from.map(|at| hall.time.moment(at));
        terminal.set_data_from(from.unwrap_or_default());
        terminal.set_failure(state.failure.into());
        terminal.set_calling_staff(state.calling_staff);
        terminal.set_open_jobs(count(hall.open_jobs()));
        let at_home = state.way.here() == Screen::Home;
        let address = hall.hall_code.as_deref().filter(|_| at_home);
        terminal.set_hall_code(self.hall_code.code(address, room));
        terminal.set_screen(state.way.here().code().into());
        terminal.set_busy(state.busy);
        terminal.set_speaks(hall.speaks);
        terminal.set_reading(state.voice.on);
        let seconds = warning.map(|s| i32::try_from(s).unwrap_or(i32::MAX));
        terminal.set_idle_seconds(seconds.unwrap_or(-1));
    }

    fn paint_find(&mut self, window: &TerminalWindow, state: &State, hall: &Overview, room: u32) {
        let (find, query) = (&state.find, &state.find.query);
        let data = window.global::<FindData>();
        let chosen_kind = query.work_kind.map_or("", WorkKind::code);
        update(&self.kinds, kinds(state.kinds(hall), chosen_kind));
        let town = query.town.as_deref().unwrap_or_default();
        let chosen_town = match state.way.here() {
            Screen::SuitTown => state.services.suits.wishes.town.as_deref(),
            _ => query.town.as_deref(),
        };
        let chosen_town = chosen_town.unwrap_or_default();
        let in_sight = towns(state, hall, chosen_town);
        data.set_town_elsewhere(!in_sight.iter().any(|town| town.chosen));
        update(&self.towns, in_sight);
        data.set_towns_page(count(find.towns_page + 1));
        data.set_towns_pages(count(find::pages(
            state.towns(hall).len() + 1,
            hall.towns_fit,
        )));
        let pay = find.pay();
        let sums = std::iter::once(String::new()).chain(find::PAYS.iter().map(u64::to_string));
        let choice = |key: String| Choice {
            chosen: key == pay,
            key: key.into(),
            count: 0,
        };
        update(&self.pays, sums.map(choice).collect());
        data.set_kind(chosen_kind.into());
        data.set_town(town.into());
        data.set_pay(pay.into());
        data.set_daily(query.daily_settled);
        data.set_today(query.starts_today);
        // What is chosen stays in sight, to be taken back.
        let chosen = query.near || query.order == Order::Distance;
        data.set_place_known(hall.time.here.is_some() && (hall.ways_known || chosen));
        data.set_near(query.near);
        data.set_near_km(i32::try_from(NEAR_KM).unwrap_or(i32::MAX));
        data.set_order(query.order.code().into());
        let typing = state.way.here() == Screen::Words;
        let words = if typing { &find.draft } else { &query.words };
        data.set_words(words.as_str().into());
        let rows = find.in_sight().iter().map(|job| hall.time.job_item(job));
        update(&self.rows, rows.collect());
        let closed = |page: Option<&JobPage>| closed(page.and_then(|page| page.closed.as_ref()));
        data.set_closed(closed(Some(&find.found)));
        data.set_total(count(find.found.total));
        let typed = find.typed.as_ref().filter(|_| typing);
        let rows = typed.iter().flat_map(|page| &page.jobs);
        update(
            &self.typed,
            rows.map(|job| hall.time.job_item(job)).collect(),
        );
        data.set_asks_number(find.asks_number);
        data.set_typed_closed(closed(typed));
        data.set_typed_known(typed.is_some());
        data.set_typed_total(count(typed.map_or(0, |page| page.total)));
        data.set_page(count(find.page()));
        data.set_pages(count(find.pages()));
        let job = find.job.as_ref().map(|job| hall.time.job_detail(job));
        data.set_job(job.unwrap_or_default());
        let address = state.job_code.as_ref().map(|(_, address)| address.as_str());
        let address = address.filter(|_| state.way.here() == Screen::Job);
        data.set_job_code(self.job_code.code(address, room));
    }

    fn paint_form(&self, window: &TerminalWindow, state: &State, hall: &Overview) {
        let form = &state.form;
        let data = window.global::<RegisterData>();
        data.set_purpose(form.purpose.code().into());
        data.set_number(form.number_in_groups().into());
        let checked = form.checked_number(hall.today());
        data.set_number_error(checked.as_ref().err().copied().unwrap_or_default().into());
        let number = checked.ok();
        data.set_number_good(number.is_some());
        let born = number.as_ref().map(IdNumber::birth_date);
        data.set_birth_year(born.map_or(0, |date| date.year().into()));
        data.set_birth_month(born.map_or(0, |date| date.month().into()));
        data.set_birth_day(born.map_or(0, |date| date.day().into()));
        data.set_sex(
            number
                .as_ref()
                .map_or("", |number| number.sex().code())
                .into(),
        );
        let known = form.known.as_ref().or(state.who.as_ref());
        data.set_masked_name(
            known
                .map(|known| mask_name(&known.name))
                .unwrap_or_default()
                .into(),
        );
        let mask = known.map(|known| known.id_mask.clone());
        let mask = mask.or_else(|| number.as_ref().map(IdNumber::mask));
        data.set_masked_number(mask.unwrap_or_default().into());
        let phone = known
            .and_then(|known| known.phone.as_deref())
            .map(mask_phone);
        data.set_masked_phone(phone.unwrap_or_else(|| form.masked_phone()).into());
        data.set_hub_not_asked(form.hub_not_asked);
        data.set_on_the_way(state.registers_on_the_way());
        data.set_name(form.name.as_str().into());
        data.set_name_good(form.name_is_good() && state.keyboard.buffer.letters().is_empty());
        data.set_phone(form.phone_in_groups().into());
        data.set_phone_complete(form.phone.len() == super::register::PHONE_LENGTH);
        data.set_phone_good(form.phone_is_good());
        let kinds = WorkKind::ALL.iter().map(|kind| Choice {
            key: kind.code().into(),
            count: 0,
            chosen: form.kinds.contains(kind),
        });
        update(&self.skills, kinds.collect());
        data.set_kinds_chosen(count(form.kinds.len()));
        let said = &form.hardship;
        let hardship = Hardship::ASKED.iter().map(|kind| Choice {
            key: kind.code().into(),
            count: 0,
            chosen: said.chosen.contains(kind),
        });
        update(&self.hardship, hardship.collect());
        data.set_hardship_chosen(count(said.chosen.len()));
        data.set_hardship_told(said.told);
        let version = i32::try_from(HARDSHIP_NOTICE_VERSION).unwrap_or(i32::MAX);
        data.set_hardship_version(version);
        data.set_consent_version(i32::try_from(CONSENT_VERSION).unwrap_or(i32::MAX));
        data.set_card_reader(hall.reads_cards);
        data.set_scans(hall.scans);
        data.set_card_unreadable(form.card_unreadable);
        data.set_proof(form.proof.as_str().into());
        data.set_proof_ready(form.proof_is_ready());
        data.set_proof_wrong(form.proof_wrong);
        data.set_proof_by(form.proof_by.code().into());
        data.set_pin_dots(form.pin.dots().into());
        data.set_pin_ready(form.pin.is_ready());
        data.set_pin_again(form.pin.first.is_some());
        data.set_pin_error(form.pin.error.into());
        data.set_wait_seconds(form.wait_seconds(hall.time.now));
    }

    fn paint_claim(&mut self, window: &TerminalWindow, state: &State, hall: &Overview, room: u32) {
        let claiming = &state.claiming;
        let data = window.global::<ClaimData>();
        let job = claiming.job.as_ref();
        data.set_job(job.map(|job| hall.time.job_detail(job)).unwrap_or_default());
        let who = state.who.as_ref();
        data.set_masked_name(
            who.map(|who| mask_name(&who.name))
                .unwrap_or_default()
                .into(),
        );
        let notice = who.zip(job);
        data.set_age_notice(
            notice.is_some_and(|(who, job)| hall.time.wants_age_notice(who.birth_date, job)),
        );
        let age = claiming.born.zip(job);
        data.set_age_then(age.map_or(0, |(born, job)| hall.time.age_then(born, job)));
        data.set_others_stand_against(claiming.is_for_others());
        let against = claiming.against(&state.mine.claims, hall.time.now);
        let against = against.map(|held| hall.time.claim_item(held));
        data.set_against(against.unwrap_or_default());
        data.set_again(claiming.again);
        data.set_may_be_another(state.may_be_another());
        data.set_outcome(claiming.code().into());
        let (mut number, mut reason, mut held_by, mut why) = ("", "", String::new(), "");
        let mut paused_until = None;
        match &claiming.outcome {
            Some(ClaimOutcome::Confirmed(claim)) => number = &claim.number,
            Some(ClaimOutcome::Provisional(claim, because)) => {
                (number, why) = (&claim.number, because.code());
            }
            Some(ClaimOutcome::NotAllowed(against)) => reason = against.code(),
            Some(ClaimOutcome::Paused(until)) => {
                reason = ClaimReason::Paused.code();
                paused_until = Some(hall.time.moment(*until));
            }
            Some(ClaimOutcome::Full { held_by: names, .. }) => held_by = names.join("、"),
            None => {}
        }
        data.set_number(number.into());
        data.set_reason(reason.into());
        data.set_paused_until(paused_until.unwrap_or_default());
        data.set_held_by(held_by.into());
        data.set_why(why.into());
        let like = claiming.like().iter().map(|job| hall.time.job_item(job));
        update(&self.like, like.take(4).collect());
        data.set_printing(claiming.printing.code().into());
        data.set_slip(self.slip_code.code(state.slip_code.as_deref(), room));
    }

    fn paint_my_jobs(&self, window: &TerminalWindow, state: &State, hall: &Overview) {
        let mine = &state.mine;
        let data = window.global::<MyJobsData>();
        let who = state.who.as_ref();
        data.set_masked_name(
            who.map(|who| mask_name(&who.name))
                .unwrap_or_default()
                .into(),
        );
        let rows = mine.in_sight().iter().map(|held| {
            let complaint = mine.beside.complaint(held);
            ClaimItem {
                may_rate: mine.beside.to_rate.contains(&held.claim.id),
                complaint: complaint.map_or("", |it| &it.number).into(),
                complaint_state: complaint.map_or("", |it| it.state.code()).into(),
                ..hall.time.claim_item(held)
            }
        });
        update(&self.claims, rows.collect());
        data.set_total(count(mine.claims.len()));
        data.set_page(count(mine.page));
        data.set_pages(count(mine.pages()));
        data.set_message(mine.message.into());
        let chosen = mine.chosen().map(|held| hall.time.claim_item(held));
        data.set_chosen(chosen.unwrap_or_default());
        let scanned = state.scanned.as_ref();
        let scanned = scanned.map(|held| hall.time.claim_item(held));
        data.set_scanned(scanned.unwrap_or_default());
    }

    fn paint_pass(&mut self, window: &TerminalWindow, state: &State, room: u32) {
        let data = window.global::<PassData>();
        let text = state.pass.pass.map(|pass| pass.text());
        let code = self.pass_code.code(text.as_deref(), room);
        // What the picture says is in the picture only.
        data.set_code(Code {
            address: SharedString::default(),
            ..code
        });
        data.set_printing(state.pass.printing.code().into());
        data.set_may_have_pin(state.may_have_pin());
    }

    fn paint_keyboard(&self, window: &TerminalWindow, state: &State) {
        let data = window.global::<KeyboardData>();
        let page = state.keyboard.buffer.page(state.keyboard.room);
        data.set_letters(state.keyboard.buffer.letters().into());
        update(
            &self.candidates,
            page.shown.into_iter().map(candidate).collect(),
        );
        data.set_earlier(page.earlier);
        data.set_later(page.later);
    }
}

fn candidate(shown: Shown) -> Candidate {
    let halves = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
    Candidate {
        text: shown.text.into(),
        at: halves(shown.at),
        width: halves(shown.width),
    }
}

fn closed(closed: Option<&Closed>) -> ClosedJob {
    closed.map_or_else(ClosedJob::default, |closed| ClosedJob {
        number: closed.number.to_string().into(),
        full: closed.full,
        like: count(closed.like.len()),
    })
}

fn kinds(kinds: &[(WorkKind, usize)], chosen: &str) -> Vec<Choice> {
    let all = Choice {
        key: "".into(),
        count: count(kinds.iter().map(|(_, jobs)| jobs).sum()),
        chosen: false,
    };
    let each = kinds.iter().map(|(kind, jobs)| Choice {
        key: kind.code().into(),
        count: count(*jobs),
        chosen: kind.code() == chosen,
    });
    std::iter::once(all).chain(each).collect()
}

fn towns(state: &State, hall: &Overview, chosen: &str) -> Vec<Choice> {
    let all = Choice {
        key: "".into(),
        count: count(state.towns(hall).iter().map(|(_, jobs)| jobs).sum()),
        chosen: chosen.is_empty(),
    };
    let each = state.towns(hall).iter().map(|(town, jobs)| Choice {
        key: town.as_str().into(),
        count: count(*jobs),
        chosen: town == chosen,
    });
    let skipped = state.find.towns_page * hall.towns_fit;
    let all = std::iter::once(all).chain(each);
    all.skip(skipped).take(hall.towns_fit).collect()
}
