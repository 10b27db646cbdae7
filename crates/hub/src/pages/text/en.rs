//! English.

use super::{Message, Text};
use gighall_core::claim::{ClaimReason, ClaimState};
use gighall_core::hall::NoticeKind;
use gighall_core::job::{EmployerKind, Insurance, JobState, Settlement, WorkKind};
use gighall_core::pay::PayUnit;
use gighall_core::training::EnrolmentReason;
use jiff::civil::DateTime;

const fn message(title: &'static str, body: &'static str) -> Message {
    Message { title, body }
}

/// The table.
pub const TEXT: Text = Text {
    html_lang: "en",
    own_name: "English",

    service: "Gig-work hall",
    free: "Free of charge. Nobody may ask you for a fee.",
    complaints: "Complaints and unpaid wages:",
    hotline: "Hall:",
    my_jobs: "My jobs",
    back_to_list: "See more jobs",
    all_jobs: "All jobs",

    halls: "Choose a hall",
    no_halls: "No hall has been set up yet.",
    open_jobs: |n| format!("{n} open job{}", if n == 1 { "" } else { "s" }),
    no_jobs: "There are no open jobs at the moment. Please look again later.",
    no_fitting_jobs: "No job fits.",
    show_all: "Show all jobs",
    by_kind: "By kind of work",
    by_town: "By town",
    every_kind: "All kinds of work",
    every_town: "All towns",
    page_of: |page, of| format!("Page {page} of {of}"),
    earlier_page: "Previous",
    later_page: "Next",

    job_number: |n| format!("No. {n}"),
    urgent: "Urgent",
    pay_negotiable: "Pay to be agreed",
    pay: |sum, unit| format!("\u{a5}{sum} {}", pay_unit(unit)),
    places_left: |left| format!("{left} left"),
    places_left_of: |left, of| format!("{left} of {of} left"),
    settlement,
    work_kind,
    employer_kind,
    insurance,
    notice_kind,
    job_state,
    moment,

    label_pay: "Pay",
    label_places: "Places",
    label_gather: "Be there at",
    label_where: "Be there",
    label_work_time: "Work time",
    label_work_place: "Work place",
    label_shift: "Hours",
    label_employer: "Employer",
    label_terms: "Extras",
    label_insurance: "Insurance",
    label_ages: "Age",
    label_requirements: "Required",
    label_contact: "Telephone",
    label_claims_until: "Apply before",
    until: "to",
    map: "Map",
    verified: "✓ Verified by the hall",
    not_verified: "Not verified yet: take care",
    meals: "Meals",
    lodging: "Lodging",
    transport: "Transport",
    no_extras: "No meals, lodging or transport",
    hazardous: "Hazardous work: not for people under 18",
    ages,
    employer_chooses: "The employer chooses among those who apply. You are hired once you are chosen.",
    retirement_note: "People above retirement age may apply too. Before you start, sign an agreement with the employer and ask which insurance covers you.",

    claim: "Take this job",
    claim_after_registering: "Take this job (register first)",
    scan_first: message(
        "To take this job, come to the hall",
        "Stand at a touch terminal in the hall and scan the code on its screen. You will come back to this job and can take it then. Without a phone you can take it on the terminal itself.",
    ),
    scanned_elsewhere: |hall| {
        format!(
            "You scanned a code of \u{201c}{hall}\u{201d}. This job belongs to another hall: scan the code there to take it."
        )
    },
    scanned_other_job: "You scanned another job's code. Open this job on a touch terminal and scan its code to take it.",
    already_claimed: "You have taken this job already.",
    open_slip: "Open the slip",
    job_not_open: |state| format!("This job takes nobody at the moment: {state}."),
    job_is_full: message(
        "All places are taken",
        "Have a look at the similar jobs below.",
    ),
    like_jobs: "Similar jobs",
    lost_the_race: message(
        "Sorry, somebody else was faster",
        "The last place has just been taken. You did not get this job, so please do not go there. Have a look at the similar jobs below.",
    ),
    held_back: message(
        "No claims at the moment",
        "The system has just been restored and is counting the places, so that no place goes to two people. Please try again in a few minutes, or ask the staff of the hall.",
    ),
    maybe_elsewhere: "A terminal may still have a place: try again in a minute, or take the job on the touch screen in the hall.",
    try_again: "Try again",
    refused: "You cannot take this job",
    claim_refused,
    paused_until,
    back_to_job: "Back to the job",

    slip: "Slip",
    claim_number: "Number",
    claim_state,
    claim_ended,
    slip_code_hint: "Show this code to the foreman when you arrive",
    label_name: "Name",
    label_job: "Job",
    withdraw: "I cannot come: withdraw",
    withdraw_question: "Your place will go to somebody else. Do you really want to withdraw?",
    withdraw_yes: "Yes, withdraw",
    withdraw_until: |time| format!("You can withdraw freely until {time}."),
    too_late_to_withdraw: message(
        "It is too late to withdraw on the phone",
        "Work begins in less than an hour. If you cannot come, please call the employer or the hall's staff now.",
    ),
    not_your_claim: message(
        "Only the person who took the job can withdraw",
        "Use the phone that the job was taken with, or register on this one under \u{201c}My jobs\u{201d} first.",
    ),
    pay_is_late: "Pay is late",
    paid_question: "The work is over. Have you been paid? Say yes when you have all of it.",
    paid_yes: "I have been paid",
    paid_no: "I have not been paid",
    unpaid_help: "Do not wait. Tell the staff of the hall, or call 12333. Bring what shows your work: this slip, messages, photos, names of workmates.",

    course: "Course, free of charge",
    label_course_time: "Time",
    label_course_host: "Held by",
    course_places: |left| format!("{left} left"),
    enrol: "Enrol for this course",
    enrol_after_registering: "Enrol for this course (register first)",
    enrolled: "You are enrolled for this course. Bring your ID card, and be there in time.",
    leave_course: "I cannot come: withdraw",
    course_refused,
    scan_course_first: message(
        "First scan a code in the hall",
        "Touch Training on a terminal, open this course, and scan the code on that screen: then you can enrol on your phone. You can also enrol at the terminal.",
    ),
    my_courses: "My courses",

    register: "Register",
    register_intro: "You register once. If you have registered before, the same ID number and name will find you.",
    register_in_the_hall: "To register for the first time, scan the code on a touch terminal in the hall first, or register on the terminal itself.",
    register_for: |job| format!("Then back to: {job}"),
    register_for_course: |course| format!("Then back to the course: {course}"),
    id_number: "ID number",
    id_number_hint: "18 characters; the last may be an X",
    name: "Name",
    phone: "Mobile number (optional)",
    phone_hint: "So that we can tell you of changes; if you have registered before, the number that you gave then",
    kinds: "Work you are looking for (optional)",
    privacy_title: "What we do with your data",
    privacy: &[
        "We ask for your ID number, name, mobile number and the work you look for. We use them only to apply for jobs in your name, to check age and identity, and to reach you when something changes.",
        "The ID number is sensitive personal data. It is stored encrypted and screens show a part of it only. On the slip that you show, the employer sees a part of your name, never your ID number or telephone.",
        "With your ID card you can see, copy, correct or delete your data at the hall's desk at any time, and withdraw your consent. A job that is still to come has to be withdrawn from before; the records of past jobs stay, without your name and numbers. Without consent you cannot register online, but the staff will help you.",
    ],
    consent: "I have read this and agree to this use of my personal data, including my ID number",
    submit_registration: "Register",
    form_has_errors: "You are not registered yet. Please correct what is marked in red.",
    error_id_form: "An ID number has 18 characters: 17 digits, then a digit or X. Please compare it with your card.",
    error_id_birth: "The birth date in the ID number (digits 7 to 14) does not exist. Please compare it with your card.",
    error_id_check: "The last character does not fit the others: a digit may be mistyped. Please compare it with your card.",
    error_name: "Please give the name on your ID card, at most 40 characters, without digits or signs.",
    error_phone: "A mobile number has 11 digits and begins with 13 to 19. Leave it empty if you have none.",
    error_too_young: "People under 16 may not take work. The law protects minors.",
    error_consent: "You can register only if you agree. Otherwise the hall's staff will help you.",
    error_does_not_match: "You cannot register with this ID number and name. If you gave a mobile number before, give the same one. Please compare number and name with your card; if they are right or your mobile number has changed, bring the card to the hall's desk.",
    error_scan_to_register: "You cannot register with this ID number and name. To register for the first time, or if you gave no mobile number before, scan the code on a terminal in the hall first. If you have registered before, give the mobile number that you gave then; if it is right, bring the card to the hall's desk.",
    error_too_many_tries: "Too many tries. Please wait 15 minutes, or bring your card to the hall's desk.",

    my_jobs_of: |name| format!("Jobs of {name}"),
    no_claims: "You have not taken a job yet.",
    who_are_you: message(
        "Register to see your jobs",
        "This phone is not registered yet. If you registered in a hall before, give the same ID number and name.",
    ),
    logout: "Sign out on this phone",
    logout_hint: "If the phone is not yours, please sign out.",

    code_too_old: message(
        "This code is too old",
        "The code on the terminal changes every few minutes, and you opened an old one. Please scan the code on the terminal's screen again.",
    ),
    code_not_ours: message(
        "This code is not valid",
        "It is not the code of a hall's terminal, or it was not scanned completely. Please scan the code on a terminal's screen in the hall; forwarded codes do not work.",
    ),
    code_clock: message(
        "The terminal's clock is wrong",
        "Codes of this terminal cannot be used until its clock is set. Please tell the staff, or take the job on the touch screen itself.",
    ),
    not_found: message(
        "There is no such page",
        "The address may be incomplete, or the job has been taken down.",
    ),
    code_used: message(
        "Please scan once more",
        "Each code claims once for each person, and you have used this one. Please go to the touch \
         screen, wait until it shows a new code (within a minute), and scan that.",
    ),
    too_many: message(
        "That was too fast",
        "Many requests came from here. Please wait a minute and try again.",
    ),
    too_long: message(
        "That is too long",
        "Nothing was saved. Please go back and write less.",
    ),
    bad_request: message(
        "We did not understand that",
        "Nothing was saved. Please go back and try again.",
    ),
    foreign_form: message(
        "That form is not one of ours",
        "Nothing was saved. Please open the page again with the hall's code.",
    ),
    wrong_method: message(
        "This page cannot be opened like that",
        "Please begin at the first page.",
    ),
    internal: message(
        "Something went wrong",
        "It is our fault, not yours. Please try again in a while, or ask the hall's staff. A place that was confirmed to you is not lost.",
    ),
    home: "First page",
};

fn pay_unit(unit: PayUnit) -> &'static str {
    match unit {
        PayUnit::Day => "a day",
        PayUnit::Hour => "an hour",
        PayUnit::Piece => "a piece",
        PayUnit::Trip => "a trip",
        PayUnit::Week => "a week",
        PayUnit::Month => "a month",
    }
}

fn settlement(settlement: Settlement) -> &'static str {
    match settlement {
        Settlement::Daily => "paid daily",
        Settlement::Weekly => "paid weekly",
        Settlement::HalfMonthly => "paid twice a month",
        Settlement::Monthly => "paid monthly",
        Settlement::PerTrip => "paid by the trip",
        Settlement::OnCompletion => "paid when done",
    }
}

fn work_kind(kind: WorkKind) -> &'static str {
    match kind {
        WorkKind::Construction => "Building",
        WorkKind::Decoration => "Fitting out",
        WorkKind::Loading => "Loading",
        WorkKind::Electrical => "Electrical",
        WorkKind::Welding => "Welding",
        WorkKind::Farming => "Farm work",
        WorkKind::Factory => "Factory",
        WorkKind::Cleaning => "Cleaning",
        WorkKind::Housekeeping => "Home help",
        WorkKind::Care => "Care",
        WorkKind::Catering => "Catering",
        WorkKind::Driving => "Driving",
        WorkKind::Delivery => "Delivery",
        WorkKind::Security => "Security",
        WorkKind::Sales => "Sales",
        WorkKind::Other => "Other",
    }
}

fn employer_kind(kind: EmployerKind) -> &'static str {
    match kind {
        EmployerKind::Company => "company",
        EmployerKind::SelfEmployed => "self-employed",
        EmployerKind::Person => "private person",
        EmployerKind::Agency => "agency",
        EmployerKind::Dispatch => "labour dispatch",
    }
}

fn notice_kind(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::Policy => "Policy",
        NoticeKind::Announcement => "Announcement",
        NoticeKind::AntiFraud => "Beware of fraud",
        NoticeKind::WageGuide => "Wage guide",
        NoticeKind::JobFair => "Job fair",
        NoticeKind::Emergency => "Emergency",
    }
}

fn insurance(insurance: Insurance) -> &'static str {
    match insurance {
        Insurance::None => "None",
        Insurance::Accident => "Accident insurance",
        Insurance::WorkInjury => "Work injury insurance",
        Insurance::DayCover => "Cover by the day",
    }
}

fn job_state(state: JobState) -> &'static str {
    match state {
        JobState::Draft => "draft",
        JobState::PendingReview => "under review",
        JobState::Published => "open",
        JobState::Full => "full",
        JobState::Closed => "closed",
        JobState::Suspended => "suspended",
        JobState::Expired => "expired",
        JobState::Cancelled => "cancelled",
    }
}

fn moment(at: DateTime, with_year: bool) -> String {
    let format = if with_year {
        "%a %-d %b %Y %H:%M"
    } else {
        "%a %-d %b %H:%M"
    };
    at.strftime(format).to_string()
}

fn ages(min: Option<u8>, max: Option<u8>) -> String {
    match (min, max) {
        (Some(min), Some(max)) => format!("{min} to {max}"),
        (Some(min), None) => format!("{min} or older"),
        (None, Some(max)) => format!("up to {max}"),
        (None, None) => "16 or older".to_owned(),
    }
}

fn paused_until(when: &str) -> String {
    format!("You can take work again from {when}.")
}

fn claim_refused(reason: ClaimReason) -> &'static str {
    match reason {
        ClaimReason::Full => "All places are taken.",
        ClaimReason::JobWithdrawn => "The employer has cancelled this job.",
        ClaimReason::Duplicate => "You have taken this job already.",
        ClaimReason::Overlap => {
            "Another job that you have taken is at the same time. To change, withdraw from that one under \"My jobs\" first."
        }
        ClaimReason::ByWorker => "You have withdrawn already. To apply again, go back to the job.",
        ClaimReason::Age => "This job is for people of another age.",
        ClaimReason::TooMany => "You hold 5 jobs already. Finish one or withdraw from one first.",
        ClaimReason::Closed => "This job takes nobody any more.",
        ClaimReason::Paused => {
            "You did not come to work that you had taken, so you cannot take work for a while. If that is wrong, ask the hall's staff."
        }
    }
}

fn claim_ended(reason: ClaimReason) -> &'static str {
    match reason {
        ClaimReason::Full => "All places were taken before your application arrived.",
        ClaimReason::JobWithdrawn => "The employer cancelled the job. It was not your fault.",
        ClaimReason::Duplicate => "You had taken this job once more; that one counts.",
        ClaimReason::Overlap => "It is at the same time as another job of yours.",
        ClaimReason::ByWorker => "You withdrew yourself.",
        ClaimReason::Age => "This job is for people of another age.",
        ClaimReason::TooMany => "You hold too many jobs already.",
        ClaimReason::Closed => "The job was closed before your application arrived.",
        ClaimReason::Paused => "You had not come to other work and could not take any just then.",
    }
}

fn course_refused(reason: EnrolmentReason) -> &'static str {
    match reason {
        EnrolmentReason::Full => "All places of this course are taken.",
        EnrolmentReason::Closed => "This course no longer takes anybody.",
        EnrolmentReason::Duplicate => "You are enrolled for this course already.",
        EnrolmentReason::Gone => "This course is not held any more.",
    }
}

fn claim_state(state: ClaimState) -> Message {
    match state {
        ClaimState::Provisional => message(
            "Not decided yet",
            "It will be shown here once it is. Please do not go there yet.",
        ),
        ClaimState::Claimed => message(
            "Applied",
            "The employer will choose. It will be shown here.",
        ),
        ClaimState::Confirmed => {
            message("You have the job", "Your place is kept. Please be on time.")
        }
        ClaimState::CheckedIn => message("Arrived", "You have arrived. Take care."),
        ClaimState::Completed => message(
            "Done",
            "The work is done and the pay is due. If it does not come, call 12333.",
        ),
        ClaimState::Settled => message("Paid", "The pay has been settled."),
        ClaimState::Withdrawn => {
            message("Withdrawn", "This was withdrawn. Please do not go there.")
        }
        ClaimState::Rejected => message(
            "Not taken",
            "You did not get this job. Please do not go there, and look at other jobs.",
        ),
        ClaimState::EmployerCancelled => message(
            "Cancelled by the employer",
            "This job was cancelled. Please do not go there, and look at other jobs.",
        ),
        ClaimState::NoShow => message(
            "Did not come",
            "It was noted that you did not come. If that is wrong, please see the hall's staff.",
        ),
    }
}
