//! What happens at the terminal: what a person does, and what the devices tell.

use super::desk::Order;
use super::screen::Screen;
use super::services::ServiceEvent;
use super::staff::StaffEvent;
use gighall_core::job::Job;
use gighall_devices::id_card::CardNews;
use gighall_devices::printer::Printed;

/// What a person does, as the window and the devices tell it. It may be personal, so it has no `Debug`.
#[derive(Clone)]
#[allow(missing_docs)]
pub enum Event {
    Back,
    Home,
    Language,
    LargeType,
    /// The other colours: high contrast, or the usual ones.
    Contrast,
    CallStaff(bool),
    FailureSeen,
    /// The emergency notice was read.
    EmergencySeen,
    /// It is to be read once more.
    EmergencyAgain,
    GoFind,
    GoRegister,
    GoMyJobs,
    // ---- find
    ChooseKind(String),
    ChooseTown(String),
    ChoosePay(String),
    ToggleDaily,
    ToggleToday,
    /// The nearest first, then those near only, then all.
    NextWay,
    /// In that order, or in the usual one again.
    ToggleOrder(Order),
    /// Change one of the things that the list is narrowed by: `kinds`, `towns`, `pays`, `words`.
    Narrow(String),
    Search,
    ClearSearch,
    TurnResults(i32),
    TurnTowns(i32),
    OpenJob(i32),
    /// Take the one in that row, without reading its page.
    TakeJob(i32),
    /// The one that was shown while nobody was there.
    OpenShown(Box<Job>),
    /// The job in sight was touched while nobody was there.
    TouchShown,
    /// One of those that fit the words that are being typed.
    OpenTyped(i32),
    ClaimJob,
    RowsThatFit(i32),
    TownsThatFit(i32),
    // ---- who
    NextQuestion,
    ItIsMe,
    NotMe,
    NoPhone,
    /// Registers without a PIN.
    NoPin,
    /// The person wants a PIN, or another one.
    GoPin,
    ToggleKind(String),
    /// What makes it hard to find work.
    ToggleHardship(String),
    /// What is chosen of it may be told to staff.
    TellHardship,
    /// What was said of it before is to count no more; whether that is meant is asked first.
    AskHardshipBack,
    /// It is meant.
    TakeHardshipBack,
    /// What was said is right, and the notice is agreed to.
    SaveRegistration,
    RegistrationDone,
    /// The person wants a pass.
    GoPass,
    /// And has read what it is.
    MakePass,
    /// What was said on that screen is said anew, and what was said after it stays.
    Correct(Screen),
    // ---- claim
    ConfirmClaim,
    OpenLike(i32),
    ClaimDone,
    PrintAgain,
    // ---- devices
    /// A code was scanned.
    Scanned(String),
    /// Of the card reader.
    Card(CardNews),
    /// What became of the slip.
    Printed(Printed),
    ReadAloud,
    /// Louder, or quieter.
    Volume(bool),
    // ---- my jobs
    /// The slip of the one in that row, once more.
    OpenClaim(i32),
    TurnMyJobs(i32),
    AskWithdraw(i32),
    ConfirmWithdraw,
    /// Was the work in this row paid?
    AskPaid(i32),
    /// It was; whether all of it was, is asked once.
    AskAllPaid,
    /// All of it was.
    SayPaid,
    /// It was not.
    SayUnpaid,
    /// How was the work in this row?
    AskRate(i32),
    /// Back to the list of one's own jobs.
    SeeMyJobs,
    ClaimsThatFit(i32),
    // ---- keyboard
    Key(String),
    Erase,
    EraseAll,
    ChooseCandidate(i32),
    TurnCandidates(bool),
    /// In halves of a character's cell.
    RoomForCandidates(i32),
    // ---- the hall's other services
    Service(ServiceEvent),
    // ---- staff
    Staff(StaffEvent),
}

impl Event {
    /// Whether it is the window that speaks, about its size, or the printer, and not a person.
    pub(super) fn is_of_nobody(&self) -> bool {
        matches!(
            self,
            Self::Printed(_)
                | Self::RowsThatFit(_)
                | Self::TownsThatFit(_)
                | Self::ClaimsThatFit(_)
                | Self::RoomForCandidates(_)
                | Self::Service(ServiceEvent::RowsThatFit(_))
                | Self::Staff(StaffEvent::ScenesThatFit(_))
        )
    }
}
