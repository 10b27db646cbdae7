//! Reading aloud: what is on, and how loud.

use super::screen::Screen;
use super::state::{Overview, State};
use gighall_core::id::NoticeId;

/// Percent of full loudness, at first and after everybody who left, where staff chose nothing else.
pub const USUAL: u8 = 70;
/// Never silent: nobody would know why.
const LEAST: u8 = 25;
const STEP: u8 = 15;

/// A step louder or quieter than that many percent.
pub fn turned(volume: u8, up: bool) -> u8 {
    match up {
        true => volume.saturating_add(STEP).min(100),
        false => volume.saturating_sub(STEP).max(LEAST),
    }
}

/// Reading aloud, as a session knows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Voice {
    /// The screen in sight is read.
    pub on: bool,
    /// In percent, where the person chose; the next one begins anew with what staff chose.
    pub volume: Option<u8>,
}

impl Voice {
    /// A step louder, or quieter, than the person hears it; `usual` is what everybody begins with.
    pub fn turn(&mut self, up: bool, usual: u8) {
        self.volume = Some(turned(self.volume.unwrap_or(usual), up));
    }
}

/// What is being read: a change of it is said anew, or ends what was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The screen.
    pub screen: Screen,
    /// In the language that many steps after the first one.
    pub language_steps: usize,
    /// In percent.
    pub volume: u8,
    /// Of a list, the page: each is read when it is turned to.
    pub page: usize,
    /// What everybody has to know is read before it, and whether all of that.
    pub emergency: Option<(NoticeId, bool)>,
}

impl State {
    /// The page of the list in sight; 0 where there is no list.
    fn page_in_sight(&self) -> usize {
        let services = &self.services;
        match self.way.here() {
            // Once it is there.
            Screen::Results => self.find.before,
            Screen::Towns | Screen::SuitTown => self.find.towns_page,
            Screen::MyJobs => self.mine.page,
            Screen::Policies => services.policies.page,
            Screen::Courses => services.training.courses.page,
            Screen::MyCourses => services.training.mine.page,
            Screen::Suits => services.suits.jobs.page,
            Screen::MyComplaints => services.rights.mine.page,
            _ => 0,
        }
    }

    /// What is to be read now.
    pub fn reading(&self, hall: &Overview) -> Option<Reading> {
        let here = self.way.here();
        // Staff hear what everybody will hear.
        let chosen = self.voice.volume.filter(|_| !here.is_of_staff());
        self.voice.on.then(|| Reading {
            screen: here,
            language_steps: self.language_steps,
            page: self.page_in_sight(),
            volume: chosen.unwrap_or(hall.volume),
            emergency: hall.emergency().map(|up| (up.id, self.emergency_over)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_never_silent_and_never_louder_than_full() {
        let mut voice = Voice::default();
        for _ in 0..20 {
            voice.turn(false, USUAL);
        }
        assert_eq!(voice.volume, Some(LEAST));
        for _ in 0..20 {
            voice.turn(true, USUAL);
        }
        assert_eq!(voice.volume, Some(100));
    }

    #[test]
    fn every_page_of_a_list_that_is_turned_to_is_read() {
        use crate::terminal::show::HallTime;
        let hall = Overview::new(HallTime {
            zone: jiff::tz::TimeZone::UTC,
            now: jiff::Timestamp::UNIX_EPOCH,
            here: None,
        });
        type Turn = fn(&mut State);
        let lists: [(Screen, Turn); 8] = [
            (Screen::Results, |it| it.find.before = 6),
            (Screen::Towns, |it| it.find.towns_page = 1),
            (Screen::MyJobs, |it| it.mine.page = 2),
            (Screen::Policies, |it| it.services.policies.page = 2),
            (Screen::Courses, |it| it.services.training.courses.page = 2),
            (Screen::MyCourses, |it| it.services.training.mine.page = 2),
            (Screen::Suits, |it| it.services.suits.jobs.page = 2),
            (Screen::MyComplaints, |it| it.services.rights.mine.page = 2),
        ];
        for (screen, turn) in lists {
            let mut state = State::default();
            state.way.go(screen);
            state.voice.on = true;
            let first = state.reading(&hall);
            turn(&mut state);
            assert_ne!(state.reading(&hall), first, "{screen:?}");
        }
    }

    #[test]
    fn everybody_begins_as_loud_as_staff_chose() {
        use crate::terminal::show::HallTime;
        use crate::terminal::state::Event;
        let mut hall = Overview::new(HallTime {
            zone: jiff::tz::TimeZone::UTC,
            now: jiff::Timestamp::UNIX_EPOCH,
            here: None,
        });
        hall.volume = 40;
        let mut state = State::default();
        let loud = |state: &State, hall: &Overview| state.reading(hall).map(|it| it.volume);
        assert_eq!(loud(&state, &hall), None);
        state.on(Event::ReadAloud, &mut hall);
        assert_eq!(loud(&state, &hall), Some(40));
        state.on(Event::Volume(true), &mut hall);
        assert_eq!(loud(&state, &hall), Some(55));
        state.on(Event::Home, &mut hall);
        state.on(Event::ReadAloud, &mut hall);
        assert_eq!(loud(&state, &hall), Some(40), "the next person's own");
    }
}
