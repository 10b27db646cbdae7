//! Saying who one is: the identity number, and for new people the rest of a registration.

use super::desk::{NewRegistration, ProvenBy};
use super::hardship::Saying;
use super::pin::Choosing;
use super::services::toggle;
use gighall_core::identity::{IdNumber, IdNumberError, age_on, mask_phone};
use gighall_core::job::WorkKind;
use gighall_core::wire::KnownWorker;
use gighall_core::worker::{NAME_MAX, PROOF_LENGTH, check_age, check_name, check_phone};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

/// Characters of an identity number.
pub const NUMBER_LENGTH: usize = 18;

/// Whoever is older than that by their number has mistyped it.
const OLDEST: u8 = 100;

/// Digits of a mobile number.
pub const PHONE_LENGTH: usize = 11;

/// What a person says who they are for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Purpose {
    /// To be registered.
    #[default]
    Register,
    /// To take the job that is open.
    Claim,
    /// To see one's jobs.
    MyJobs,
    /// To be enrolled for the course that is open.
    Enrol,
    /// To see one's courses.
    MyCourses,
    /// To say what one would like to learn.
    Wishes,
    /// To be registered as unemployed.
    Apply,
    /// To say what makes it hard to find work.
    Hardship,
    /// To see jobs that suit.
    Suits,
    /// To have the pause after no-shows lifted, by staff.
    LiftPause,
    /// To have a pass that was lost revoked, by staff.
    RevokePass,
    /// To choose a PIN anew, with staff.
    SetPin,
    /// To complain under one's name.
    Complain,
    /// To see how one's complaints stand.
    MyComplaints,
}

impl Purpose {
    /// The name that the window knows it by.
    pub fn code(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Claim => "claim",
            Self::MyJobs => "my_jobs",
            Self::Enrol => "enrol",
            Self::MyCourses => "my_courses",
            Self::Wishes => "wishes",
            Self::Apply => "apply",
            Self::Hardship => "hardship",
            Self::Suits => "suits",
            Self::LiftPause => "lift_pause",
            Self::RevokePass => "revoke_pass",
            Self::SetPin => "set_pin",
            Self::Complain => "complain",
            Self::MyComplaints => "my_complaints",
        }
    }
}

/// The answers that can be said anew. Personal, so it has no `Debug`.
#[derive(Clone, Default)]
pub struct Before {
    name: String,
    phone: String,
    pin: Choosing,
}

/// What has been said so far. Personal, so it has no `Debug`.
#[derive(Clone, Default)]
pub struct Form {
    /// What for.
    pub purpose: Purpose,
    /// The number as typed, without gaps.
    pub number: String,
    /// The person who has that number, before they said that it is them.
    pub known: Option<KnownWorker>,
    /// The hub could not be asked whether the person is registered.
    pub hub_not_asked: bool,
    /// The name as typed.
    pub name: String,
    /// The mobile number as typed.
    pub phone: String,
    /// Kinds of work.
    pub kinds: Vec<WorkKind>,
    /// What makes it hard to find work.
    pub hardship: Saying,
    /// A single answer is said anew; the last screen follows it. What was said before, for whoever goes back.
    pub correcting: Option<Before>,
    /// Agreed to the notice.
    pub agreed: bool,
    /// A card lay on the reader and could not be read.
    pub card_unreadable: bool,
    /// The number was read from a card, which proves enough.
    pub from_card: bool,
    /// The last digits of the mobile number, or the PIN, as typed.
    pub proof: String,
    /// Which of them is asked for.
    pub proof_by: ProvenBy,
    /// The PIN that is being chosen.
    pub pin: Choosing,
    /// Those that were said are not right.
    pub proof_wrong: bool,
    /// Until then nobody may say who they are.
    pub waits_until: Option<Timestamp>,
}

impl Form {
    /// An empty form for something.
    pub fn for_purpose(purpose: Purpose) -> Self {
        Self {
            purpose,
            ..Self::default()
        }
    }

    /// A single answer is said anew from now on.
    pub fn begin_correcting(&mut self) {
        self.agreed = false;
        self.correcting = Some(Before {
            name: self.name.clone(),
            phone: self.phone.clone(),
            pin: self.pin.clone(),
        });
    }

    /// It stays as it was.
    pub fn leave_uncorrected(&mut self) {
        if let Some(before) = self.correcting.take() {
            (self.name, self.phone, self.pin) = (before.name, before.phone, before.pin);
        }
    }

    /// Types a character into the number. X is the last one only.
    pub fn type_number(&mut self, key: char) {
        let key = key.to_ascii_uppercase();
        let fits = key.is_ascii_digit() || (key == 'X' && self.number.len() == NUMBER_LENGTH - 1);
        if fits && self.number.len() < NUMBER_LENGTH {
            self.number.push(key);
            self.from_card = false;
        }
    }

    /// Puts a number and a name, which may be empty, in the place of what was typed.
    pub fn take_down(&mut self, number: &str, name: &str) {
        self.number.clear();
        for key in number.chars() {
            self.type_number(key);
        }
        self.name.clear();
        self.type_name(name);
    }

    /// Types one of the last digits of the mobile number.
    pub fn type_proof(&mut self, key: char) {
        if key.is_ascii_digit() && !self.proof_is_ready() {
            self.proof.push(key);
            self.proof_wrong = false;
        }
    }

    /// Whether as many digits are there as are asked for.
    pub fn proof_is_ready(&self) -> bool {
        self.proof.len() == PROOF_LENGTH
    }

    /// Nobody may say who they are for so long.
    pub fn wait(&mut self, wait: SignedDuration, now: Timestamp) {
        self.waits_until = now.checked_add(wait).ok().filter(|until| now < *until);
    }

    /// How many seconds of it are left.
    pub fn wait_seconds(&self, now: Timestamp) -> i32 {
        let left = self.waits_until.map(|until| until.duration_since(now));
        let seconds = left.map_or(0, |left| (left.as_millis() + 999) / 1000);
        i32::try_from(seconds.max(0)).unwrap_or(i32::MAX)
    }

    /// Types a digit into the mobile number.
    pub fn type_phone(&mut self, key: char) {
        if key.is_ascii_digit() && self.phone.len() < PHONE_LENGTH {
            self.phone.push(key);
        }
    }

    /// Adds chosen characters to the name, as far as it may grow.
    pub fn type_name(&mut self, text: &str) {
        if self.name.chars().count() + text.chars().count() <= NAME_MAX {
            self.name.push_str(text);
        }
    }

    /// The number, once it is complete; `today` is the hall's day.
    ///
    /// # Errors
    /// The code of the sentence that says what is wrong; empty while it is not complete.
    pub fn checked_number(&self, today: Date) -> Result<IdNumber, &'static str> {
        if self.number.len() < NUMBER_LENGTH {
            return Err("");
        }
        let number: IdNumber = self.number.parse().map_err(|error| match error {
            IdNumberError::Form => "form",
            IdNumberError::BirthDate => "birth_date",
            IdNumberError::CheckCharacter => "check_character",
        })?;
        // Nobody is born after today: a date to come is a typing mistake, not a child.
        if number.birth_date() > today {
            return Err("birth_date");
        }
        check_age(number.birth_date(), today).map_err(|_| "too_young")?;
        // Nor is anybody looking for work who was born in 1850.
        if age_on(number.birth_date(), today) > OLDEST {
            return Err("too_old");
        }
        Ok(number)
    }

    /// The number in the groups that people read it in: region, birth date, the rest.
    pub fn number_in_groups(&self) -> String {
        let mut text = String::new();
        for (place, digit) in self.number.chars().enumerate() {
            if place == 6 || place == 14 {
                text.push(' ');
            }
            text.push(digit);
        }
        text
    }

    /// The mobile number in groups.
    pub fn phone_in_groups(&self) -> String {
        let mut text = String::new();
        for (place, digit) in self.phone.chars().enumerate() {
            if place == 3 || place == 7 {
                text.push(' ');
            }
            text.push(digit);
        }
        text
    }

    /// The mobile number as others may read it; empty where there is none.
    pub fn masked_phone(&self) -> String {
        if self.phone.is_empty() {
            String::new()
        } else {
            mask_phone(&self.phone)
        }
    }

    /// Whether the name can be a name.
    pub fn name_is_good(&self) -> bool {
        check_name(&self.name).is_ok()
    }

    /// Whether the mobile number is one.
    pub fn phone_is_good(&self) -> bool {
        matches!(check_phone(&self.phone), Ok(Some(_)))
    }

    /// Chooses a kind of work, or takes the choice back.
    pub fn toggle_kind(&mut self, code: &str) {
        let Some(kind) = WorkKind::from_code(code) else {
            return;
        };
        toggle(&mut self.kinds, kind);
    }

    /// The registration, if everything is there and consent was given.
    pub fn registration(&self, today: Date) -> Option<NewRegistration> {
        if !self.agreed {
            return None;
        }
        let phone = check_phone(&self.phone).ok()?;
        Some(NewRegistration {
            name: check_name(&self.name).ok()?,
            number: self.checked_number(today).ok()?,
            // Whoever went back and has a mobile number after all is asked for its digits.
            pin: self.pin.chosen.clone().filter(|_| phone.is_none()),
            phone,
            work_kinds: self.kinds.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gighall_core::testing::an_id_number;
    use jiff::civil::date;

    const TODAY: Date = date(2026, 11, 23);

    fn typed(number: &str) -> Form {
        let mut form = Form::default();
        for key in number.chars() {
            form.type_number(key);
        }
        form
    }

    #[test]
    fn a_number_is_judged_when_it_is_complete() {
        let number = an_id_number("19750101", 123);
        assert_eq!(typed(&number[..17]).checked_number(TODAY), Err(""));
        assert!(typed(&number).checked_number(TODAY).is_ok());
        let last = if number.ends_with('1') { "2" } else { "1" };
        let wrong = format!("{}{last}", &number[..17]);
        assert_eq!(typed(&wrong).checked_number(TODAY), Err("check_character"));
        let child = an_id_number("20150101", 1);
        assert_eq!(typed(&child).checked_number(TODAY), Err("too_young"));
        let older = an_id_number("18500101", 1);
        assert_eq!(typed(&older).checked_number(TODAY), Err("too_old"));
        let oldest = an_id_number("19261122", 1);
        assert!(typed(&oldest).checked_number(TODAY).is_ok());
        let unborn = an_id_number("20991231", 1);
        assert_eq!(typed(&unborn).checked_number(TODAY), Err("birth_date"));
        assert_eq!(
            typed("522427197513011234").checked_number(TODAY),
            Err("birth_date")
        );
    }

    #[test]
    fn only_what_belongs_there_is_typed() {
        assert_eq!(typed("52X24").number, "5224");
        assert_eq!(typed(&"1".repeat(10_000)).number.len(), NUMBER_LENGTH);
        let mut form = Form::default();
        for key in "138a12345678999".chars() {
            form.type_phone(key);
        }
        assert_eq!(form.phone_in_groups(), "138 1234 5678");
        assert!(form.phone_is_good());
        for _ in 0..10_000 {
            form.type_name("李");
        }
        assert_eq!(form.name.chars().count(), NAME_MAX);
        assert_eq!(typed("522427197501").number_in_groups(), "522427 197501");
    }

    #[test]
    fn nothing_is_registered_without_consent() {
        let mut form = typed(&an_id_number("19750101", 123));
        form.type_name("李峰");
        form.toggle_kind("welding");
        form.toggle_kind("farming");
        form.toggle_kind("welding");
        form.toggle_kind("no such kind");
        assert!(form.registration(TODAY).is_none());
        form.agreed = true;
        let registration = form.registration(TODAY).expect("complete");
        assert_eq!(registration.work_kinds, [WorkKind::Farming]);
        assert_eq!(registration.phone, None);
    }
}
