//! Which screen follows which. Pure.

/// What is on the screen: one question at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Screen {
    #[default]
    Home,
    // ---- find
    Kinds,
    Towns,
    Pays,
    Words,
    Results,
    Job,
    // ---- who
    Number,
    Proof,
    Unproved,
    Known,
    Name,
    Phone,
    Pin,
    WorkKinds,
    Hardship,
    Consent,
    Registered,
    PassAsk,
    Pass,
    // ---- claim
    Confirm,
    Slip,
    Full,
    Refused,
    // ---- my jobs
    MyJobs,
    Withdraw,
    Paid,
    AllPaid,
    Unpaid,
    // ---- a slip that was scanned
    Scanned,
    // ---- the hall's other services
    Policies,
    Policy,
    Courses,
    Course,
    Enrolled,
    MyCourses,
    CourseLeave,
    Wishes,
    Places,
    Map,
    ApplyConsent,
    ApplyLast,
    ApplyWhy,
    ApplySchool,
    ApplyWants,
    ApplyReview,
    Applied,
    // ---- what makes it hard to find work, said apart from registering
    HardshipAnew,
    HardshipBack,
    HardshipTold,
    // ---- jobs that suit
    Suits,
    SuitKinds,
    SuitPay,
    SuitTown,
    SuitHours,
    SuitPapers,
    // ---- rights
    Rights,
    ComplainNotice,
    ComplainKind,
    ComplainSince,
    ComplainSum,
    ComplainWords,
    ComplainWho,
    ComplainReview,
    Complained,
    MyComplaints,
    Rate,
    // ---- staff
    StaffDoor,
    StaffWho,
    StaffMenu,
    StaffNotice,
    StaffWords,
    StaffSpan,
    StaffPreview,
    StaffWalls,
    StaffScenes,
    StaffState,
    StaffEnrol,
    StaffCheckIn,
    StaffVolume,
    StaffSure,
}

impl Screen {
    /// Whether it belongs to the menu of the hall's staff, or leads there.
    pub fn is_of_staff(self) -> bool {
        matches!(
            self,
            Self::StaffDoor
                | Self::StaffWho
                | Self::StaffMenu
                | Self::StaffNotice
                | Self::StaffWords
                | Self::StaffSpan
                | Self::StaffPreview
                | Self::StaffWalls
                | Self::StaffScenes
                | Self::StaffState
                | Self::StaffEnrol
                | Self::StaffCheckIn
                | Self::StaffVolume
                | Self::StaffSure
        )
    }

    /// Whether somebody is answering the questions of an application there.
    pub fn is_of_application(self) -> bool {
        matches!(
            self,
            Self::ApplyConsent
                | Self::ApplyLast
                | Self::ApplyWhy
                | Self::ApplySchool
                | Self::ApplyWants
                | Self::ApplyReview
                | Self::Applied
        )
    }

    /// Whether somebody is saying there what went wrong.
    pub fn is_of_complaint(self) -> bool {
        matches!(
            self,
            Self::ComplainNotice
                | Self::ComplainKind
                | Self::ComplainSince
                | Self::ComplainSum
                | Self::ComplainWords
                | Self::ComplainWho
                | Self::ComplainReview
                | Self::Complained
        )
    }

    /// The name that the window knows it by.
    pub fn code(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Kinds => "kinds",
            Self::Towns => "towns",
            Self::Pays => "pays",
            Self::Words => "words",
            Self::Results => "results",
            Self::Job => "job",
            Self::Number => "number",
            Self::Proof => "proof",
            Self::Unproved => "unproved",
            Self::Known => "known",
            Self::Name => "name",
            Self::Phone => "phone",
            Self::Pin => "pin",
            Self::WorkKinds => "work_kinds",
            Self::Hardship => "hardship",
            Self::Consent => "consent",
            Self::Registered => "registered",
            Self::PassAsk => "pass_ask",
            Self::Pass => "pass",
            Self::Confirm => "confirm",
            Self::Slip => "slip",
            Self::Full => "full",
            Self::Refused => "refused",
            Self::MyJobs => "my_jobs",
            Self::Withdraw => "withdraw",
            Self::Paid => "paid",
            Self::AllPaid => "all_paid",
            Self::Unpaid => "unpaid",
            Self::Scanned => "scanned",
            Self::Policies => "policies",
            Self::Policy => "policy",
            Self::Courses => "courses",
            Self::Course => "course",
            Self::Enrolled => "enrolled",
            Self::MyCourses => "my_courses",
            Self::CourseLeave => "course_leave",
            Self::Wishes => "wishes",
            Self::Places => "places",
            Self::Map => "map",
            Self::ApplyConsent => "apply_consent",
            Self::ApplyLast => "apply_last",
            Self::ApplyWhy => "apply_why",
            Self::ApplySchool => "apply_school",
            Self::ApplyWants => "apply_wants",
            Self::ApplyReview => "apply_review",
            Self::Applied => "applied",
            Self::HardshipAnew => "hardship_anew",
            Self::HardshipBack => "hardship_back",
            Self::HardshipTold => "hardship_told",
            Self::Suits => "suits",
            Self::SuitKinds => "suit_kinds",
            Self::SuitPay => "suit_pay",
            Self::SuitTown => "suit_town",
            Self::SuitHours => "suit_hours",
            Self::SuitPapers => "suit_papers",
            Self::Rights => "rights",
            Self::ComplainNotice => "complain_notice",
            Self::ComplainKind => "complain_kind",
            Self::ComplainSince => "complain_since",
            Self::ComplainSum => "complain_sum",
            Self::ComplainWords => "complain_words",
            Self::ComplainWho => "complain_who",
            Self::ComplainReview => "complain_review",
            Self::Complained => "complained",
            Self::MyComplaints => "my_complaints",
            Self::Rate => "rate",
            Self::StaffDoor => "staff_door",
            Self::StaffWho => "staff_who",
            Self::StaffMenu => "staff_menu",
            Self::StaffNotice => "staff_notice",
            Self::StaffWords => "staff_words",
            Self::StaffSpan => "staff_span",
            Self::StaffPreview => "staff_preview",
            Self::StaffWalls => "staff_walls",
            Self::StaffScenes => "staff_scenes",
            Self::StaffState => "staff_state",
            Self::StaffEnrol => "staff_enrol",
            Self::StaffCheckIn => "staff_check_in",
            Self::StaffVolume => "staff_volume",
            Self::StaffSure => "staff_sure",
        }
    }

    /// Whether going back from here would undo something that cannot be undone: a claim, a
    /// registration, an application, a complaint, what staff were told. Only home is left then.
    fn ends_the_way_back(self) -> bool {
        matches!(
            self,
            Self::Registered | Self::Slip | Self::Applied | Self::HardshipTold | Self::Complained
        )
    }
}

/// The screens that lie behind the one in sight.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Way {
    behind: Vec<Screen>,
    here: Screen,
}

impl Way {
    /// The screen in sight.
    pub fn here(&self) -> Screen {
        self.here
    }

    /// Whether there is one to go back to.
    pub fn can_go_back(&self) -> bool {
        !self.behind.is_empty()
    }

    /// The screen that back leads to.
    pub fn before(&self) -> Option<Screen> {
        self.behind.last().copied()
    }

    /// Goes on to a screen. One that is on the way already is gone back to instead, so that the
    /// way never grows in circles.
    pub fn go(&mut self, to: Screen) {
        if to == self.here {
            return;
        }
        if let Some(place) = self.behind.iter().position(|s| *s == to) {
            self.behind.truncate(place);
        } else if to.ends_the_way_back() {
            self.behind.clear();
        } else {
            self.behind.push(self.here);
        }
        self.here = to;
    }

    /// Looks at a screen from where one is, whatever it is at other times: back leads here again.
    pub fn look_at(&mut self, screen: Screen) {
        self.behind.push(std::mem::replace(&mut self.here, screen));
    }

    /// Goes on to a screen that takes the place of the one in sight: back does not lead here.
    pub fn replace(&mut self, to: Screen) {
        let here = self.behind.pop().unwrap_or_default();
        self.here = here;
        self.go(to);
    }

    /// Goes back.
    pub fn back(&mut self) {
        if let Some(to) = self.behind.pop() {
            self.here = to;
        }
    }

    /// Leaves the screens of the last kinds: back from what follows leads to what lay before
    /// them.
    pub fn leave(&mut self, screens: &[Screen]) {
        while screens.contains(&self.here) {
            let Some(to) = self.behind.pop() else {
                self.here = Screen::Home;
                return;
            };
            self.here = to;
        }
    }
}

/// The screens on which a person says who they are.
pub const WHO: &[Screen] = &[
    Screen::Number,
    Screen::Proof,
    Screen::Unproved,
    Screen::Known,
    Screen::Name,
    Screen::Phone,
    Screen::Pin,
    Screen::WorkKinds,
    Screen::Hardship,
    Screen::Consent,
];

#[cfg(test)]
mod tests {
    use super::*;

    fn way(screens: &[Screen]) -> Way {
        let mut way = Way::default();
        for screen in screens {
            way.go(*screen);
        }
        way
    }

    #[test]
    fn back_leads_where_one_came_from() {
        let mut way = way(&[Screen::Kinds, Screen::Results, Screen::Job]);
        for expected in [Screen::Results, Screen::Kinds, Screen::Home, Screen::Home] {
            way.back();
            assert_eq!(way.here(), expected);
        }
        assert!(!way.can_go_back());
    }

    #[test]
    fn a_screen_on_the_way_is_gone_back_to() {
        let mut way = way(&[
            Screen::Kinds,
            Screen::Results,
            Screen::Towns,
            Screen::Results,
        ]);
        way.back();
        assert_eq!(way.here(), Screen::Kinds);
    }

    #[test]
    fn there_is_no_way_back_into_a_finished_claim() {
        let way = way(&[Screen::Job, Screen::Confirm, Screen::Slip]);
        assert!(!way.can_go_back());
    }

    #[test]
    fn who_one_is_is_asked_once() {
        let mut way = way(&[Screen::Job, Screen::Number, Screen::Known]);
        way.leave(WHO);
        way.go(Screen::Confirm);
        way.back();
        assert_eq!(way.here(), Screen::Job);
    }

    #[test]
    fn a_replaced_screen_is_not_come_back_to() {
        let mut way = way(&[Screen::Job, Screen::Confirm]);
        way.replace(Screen::Full);
        way.back();
        assert_eq!(way.here(), Screen::Job);
    }
}
