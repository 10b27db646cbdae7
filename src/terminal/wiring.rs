//! The window's callbacks, each as an event of the session.

use super::controller::{Stroke, TerminalController};
use super::desk::Order;
use super::focus::Place;
use super::screen::Screen;
use super::services::ServiceEvent;
use super::staff::StaffEvent;
use super::state::Event;
use crate::ui::{
    AttractData, ClaimData, EmergencyData, FindData, KeyboardData, Keys, MyJobsData, PassData,
    RegisterData, RightsData, ServiceData, StaffData, Terminal, TerminalWindow,
};
use slint::ComponentHandle;
use std::rc::Weak;

/// Connects each callback of a global with an event.
macro_rules! connect {
    ($window:expr, $controller:expr, $global:ident { $($on:ident($($arg:ident),*) => $event:expr;)+ }) => {
        $({
            let controller = Weak::clone($controller);
            $window.global::<$global>().$on(move |$($arg),*| {
                if let Some(controller) = controller.upgrade() {
                    controller.on($event);
                }
            });
        })+
    };
}

/// Connects what a keyboard does.
fn connect_keys(window: &TerminalWindow, controller: &Weak<TerminalController>) {
    let keys = window.global::<Keys>();
    let typed = Weak::clone(controller);
    keys.on_typed(move |text, shift, held, again, settled| {
        if let Some(controller) = typed.upgrade() {
            controller.typed(&Stroke {
                text: &text,
                shift,
                held,
                again,
                settled,
            });
        }
    });
    let here = Weak::clone(controller);
    keys.on_here(move |x, y, width, height, main| {
        if let Some(controller) = here.upgrade() {
            let place = Place {
                x,
                y,
                width,
                height,
            };
            controller.control_is_at(place, main);
        }
    });
}

/// Connects the window with the controller.
pub(super) fn connect(window: &TerminalWindow, controller: &Weak<TerminalController>) {
    connect!(window, controller, Terminal {
        on_back() => Event::Back;
        on_home() => Event::Home;
        on_language() => Event::Language;
        on_large_type() => Event::LargeType;
        on_contrast() => Event::Contrast;
        on_call_staff(on) => Event::CallStaff(on);
        on_failure_seen() => Event::FailureSeen;
        on_go_find() => Event::GoFind;
        on_go_register() => Event::GoRegister;
        on_go_my_jobs() => Event::GoMyJobs;
        on_read_aloud() => Event::ReadAloud;
        on_volume(up) => Event::Volume(up);
    });
    connect!(window, controller, EmergencyData {
        on_seen() => Event::EmergencySeen;
        on_again() => Event::EmergencyAgain;
    });
    connect!(window, controller, AttractData {
        on_job_touched() => Event::TouchShown;
    });
    connect_keys(window, controller);
    connect!(window, controller, FindData {
        on_rows_that_fit(rows) => Event::RowsThatFit(rows);
        on_towns_that_fit(towns) => Event::TownsThatFit(towns);
        on_choose_kind(code) => Event::ChooseKind(code.into());
        on_choose_town(name) => Event::ChooseTown(name.into());
        on_choose_pay(yuan) => Event::ChoosePay(yuan.into());
        on_toggle_daily() => Event::ToggleDaily;
        on_toggle_today() => Event::ToggleToday;
        on_next_way() => Event::NextWay;
        on_best_paid_first() => Event::ToggleOrder(Order::Pay);
        on_soonest_first() => Event::ToggleOrder(Order::Start);
        on_ask(what) => Event::Narrow(what.into());
        on_search() => Event::Search;
        on_clear() => Event::ClearSearch;
        on_turn(by) => Event::TurnResults(by);
        on_turn_towns(by) => Event::TurnTowns(by);
        on_open(index) => Event::OpenJob(index);
        on_take(index) => Event::TakeJob(index);
        on_open_typed(index) => Event::OpenTyped(index);
        on_claim() => Event::ClaimJob;
    });
    connect!(window, controller, RegisterData {
        on_next() => Event::NextQuestion;
        on_it_is_me() => Event::ItIsMe;
        on_not_me() => Event::NotMe;
        on_no_phone() => Event::NoPhone;
        on_no_pin() => Event::NoPin;
        on_toggle_kind(code) => Event::ToggleKind(code.into());
        on_toggle_hardship(code) => Event::ToggleHardship(code.into());
        on_tell_hardship() => Event::TellHardship;
        on_ask_hardship_back() => Event::AskHardshipBack;
        on_take_hardship_back() => Event::TakeHardshipBack;
        on_correct_name() => Event::Correct(Screen::Name);
        on_correct_phone() => Event::Correct(Screen::Phone);
        on_save() => Event::SaveRegistration;
        on_done() => Event::RegistrationDone;
    });
    connect!(window, controller, ClaimData {
        on_confirm() => Event::ConfirmClaim;
        on_open_like(index) => Event::OpenLike(index);
        on_done() => Event::ClaimDone;
        on_print_again() => Event::PrintAgain;
    });
    connect!(window, controller, PassData {
        on_go() => Event::GoPass;
        on_make() => Event::MakePass;
        on_go_pin() => Event::GoPin;
        on_print_again() => Event::PrintAgain;
    });
    connect!(window, controller, MyJobsData {
        on_rows_that_fit(rows) => Event::ClaimsThatFit(rows);
        on_turn(by) => Event::TurnMyJobs(by);
        on_open(index) => Event::OpenClaim(index);
        on_withdraw(index) => Event::AskWithdraw(index);
        on_confirm_withdraw() => Event::ConfirmWithdraw;
        on_ask_paid(index) => Event::AskPaid(index);
        on_ask_all_paid() => Event::AskAllPaid;
        on_paid() => Event::SayPaid;
        on_ask_rate(index) => Event::AskRate(index);
        on_unpaid() => Event::SayUnpaid;
        on_see() => Event::SeeMyJobs;
    });
    connect!(window, controller, ServiceData {
        on_go(to) => Event::Service(ServiceEvent::Go(to.into()));
        on_open(row) => Event::Service(ServiceEvent::Open(row));
        on_turn(by) => Event::Service(ServiceEvent::Turn(by));
        on_rows_that_fit(rows) => Event::Service(ServiceEvent::RowsThatFit(rows));
        on_enrol() => Event::Service(ServiceEvent::Enrol);
        on_ask_leave(row) => Event::Service(ServiceEvent::AskLeave(row));
        on_leave() => Event::Service(ServiceEvent::Leave);
        on_toggle(code) => Event::Service(ServiceEvent::Toggle(code.into()));
        on_choose(code) => Event::Service(ServiceEvent::Choose(code.into()));
        on_agree() => Event::Service(ServiceEvent::Agree);
        on_next() => Event::Service(ServiceEvent::Next);
        on_call_over() => Event::Service(ServiceEvent::CallOver);
    });
    connect!(window, controller, RightsData {
        on_no_sum() => Event::Service(ServiceEvent::NoSum);
        on_report_job() => Event::Service(ServiceEvent::ReportJob);
        on_complain_of_pay() => Event::Service(ServiceEvent::ComplainOfPay);
        on_rate(code) => Event::Service(ServiceEvent::Rate(code.into()));
        on_print_again() => Event::Service(ServiceEvent::PrintAgain);
    });
    connect!(window, controller, StaffData {
        on_open() => Event::Staff(StaffEvent::Open);
        on_next() => Event::Staff(StaffEvent::Next);
        on_go(screen) => Event::Staff(StaffEvent::Go(screen.into()));
        on_choose_text(place) => Event::Staff(StaffEvent::ChooseText(place));
        on_choose_span(span) => Event::Staff(StaffEvent::ChooseSpan(span.into()));
        on_act(what) => Event::Staff(StaffEvent::Act(what.into()));
        on_choose_wall(wall) => Event::Staff(StaffEvent::ChooseWall(wall));
        on_toggle_scene(row) => Event::Staff(StaffEvent::ToggleScene(row));
        on_turn(by) => Event::Staff(StaffEvent::TurnScenes(by));
        on_rows_that_fit(rows) => Event::Staff(StaffEvent::ScenesThatFit(rows));
    });
    connect!(window, controller, KeyboardData {
        on_room_for_candidates(room) => Event::RoomForCandidates(room);
        on_key(key) => Event::Key(key.into());
        on_erase() => Event::Erase;
        on_erase_all() => Event::EraseAll;
        on_choose(index) => Event::ChooseCandidate(index);
        on_turn(forward) => Event::TurnCandidates(forward);
    });
}
