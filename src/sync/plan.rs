//! What the sync engine does next, and how long it waits: decisions without a socket, a clock or a
//! store.

use gighall_core::id::{DeviceId, Epoch, HubEpoch};
use gighall_core::wire::{Problem, ProblemType};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::time::Duration;
use tokio::time::Instant;

/// Why the hub is not in reach, or does not do what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkProblem {
    /// No connection.
    Unreachable,
    /// Connected, but no answer in time.
    Slow,
    /// An answer that is not the hub's: HTML of a captive portal, half of an answer, too much.
    Nonsense,
    /// The hub itself failed, or asks to come back later.
    HubFailed,
    /// No enrolment code was given yet.
    NeedsCode,
    /// The hub does not take the enrolment code.
    BadCode,
    /// The hub has no such hall, or the device belongs to another.
    UnknownHall,
    /// The hub does not know this device (any more): staff enrol it again.
    Unauthorized,
    /// The hub refused what was sent; the log has the cause.
    Refused,
    /// This device's own store or disk failed.
    Device,
}

impl LinkProblem {
    /// The stable code that the store, `status` and translations use.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Slow => "slow",
            Self::Nonsense => "nonsense",
            Self::HubFailed => "hub-failed",
            Self::NeedsCode => "needs-code",
            Self::BadCode => "bad-code",
            Self::UnknownHall => "unknown-hall",
            Self::Unauthorized => "unauthorized",
            Self::Refused => "refused",
            Self::Device => "device",
        }
    }

    /// Whether it goes away only when somebody does something.
    pub fn needs_staff(self) -> bool {
        self == Self::Device || self.needs_enrolment()
    }

    /// Whether staff have to enrol the device.
    pub fn needs_enrolment(self) -> bool {
        matches!(
            self,
            Self::NeedsCode | Self::BadCode | Self::UnknownHall | Self::Unauthorized
        )
    }

    /// What a refusal by the hub means for the link.
    pub fn of(problem: &Problem) -> Self {
        match problem.kind {
            ProblemType::Unauthorized => Self::Unauthorized,
            ProblemType::BadEnrolmentCode => Self::BadCode,
            ProblemType::UnknownHall => Self::UnknownHall,
            ProblemType::TooManyRequests | ProblemType::Internal => Self::HubFailed,
            ProblemType::Unknown if problem.status >= 500 => Self::HubFailed,
            _ => Self::Refused,
        }
    }
}

/// A clock that was set right by that much has not gone back.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(1);

/// Rule 9: whether the clock lies before the last contact with the hub, so that no deadline can be
/// told by it: an empty battery after a power cut, or somebody set it. Who cannot tell deadlines asks
/// the hub instead of spending rights.
pub fn clock_went_back(now: Timestamp, last_contact: Option<Timestamp>) -> bool {
    last_contact.is_some_and(|last| last.duration_since(now) > CLOCK_TOLERANCE)
}

/// What the engine knows when it decides.
#[derive(Clone, Copy, Debug, Default)]
pub struct Situation {
    /// An enrolment code is at hand.
    pub has_code: bool,
    /// Device and epochs of the identity that was saved, for the configured hall.
    pub identity: Option<(DeviceId, Epoch, HubEpoch)>,
    /// Device and epochs that the store's accounts belong to.
    pub stored: Option<(DeviceId, Epoch, HubEpoch)>,
    /// The hub no longer knows the token.
    pub token_refused: bool,
    /// The log forked: rule 10 asks for a new epoch.
    pub wants_new_epoch: bool,
    /// The hall's feed has a cursor.
    pub hall_known: bool,
    /// The device's feed has a cursor.
    pub device_known: bool,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Trade the code for a token.
    Enrol,
    /// Ask for a new epoch with the token.
    ReEnrol,
    /// Fetch the whole hall.
    SnapshotHall,
    /// Fetch everything of this device.
    SnapshotDevice,
    /// Wait for what is new.
    Follow,
    /// Nothing can be done before staff did something.
    Stuck(LinkProblem),
}

/// Decides what to do next.
pub fn next(now: &Situation) -> Step {
    if now.identity.is_none() || now.token_refused {
        return match (now.has_code, now.token_refused) {
            (true, _) => Step::Enrol,
            (false, true) => Step::Stuck(LinkProblem::Unauthorized),
            (false, false) => Step::Stuck(LinkProblem::NeedsCode),
        };
    }
    // A store that is new, restored or of another enrolment has no rights (rule 10).
    if now.identity != now.stored || now.wants_new_epoch {
        Step::ReEnrol
    } else if !now.hall_known {
        Step::SnapshotHall
    } else if !now.device_known {
        Step::SnapshotDevice
    } else {
        Step::Follow
    }
}

/// Enrolments whose records the hub did not take. They are left out for a while, however much else
/// happens meanwhile, and then tried again.
#[derive(Clone, Debug, Default)]
pub struct SetAside(HashMap<Epoch, Instant>);

/// How long they are left out.
const SET_ASIDE_FOR: Duration = Duration::from_secs(600);

impl SetAside {
    /// The hub did not take records of that enrolment.
    pub fn put(&mut self, epoch: Epoch, now: Instant) {
        self.0.insert(epoch, now);
    }

    /// Those that are not tried now.
    pub fn left_out(&mut self, now: Instant) -> Vec<Epoch> {
        self.0
            .retain(|_, since| now.duration_since(*since) < SET_ASIDE_FOR);
        self.0.keys().copied().collect()
    }

    /// When the next of them is due; `None` where there is none.
    pub fn due(&self) -> Option<Instant> {
        self.0.values().min().map(|since| *since + SET_ASIDE_FOR)
    }
}

/// Waits that double, with jitter, so that thousands of devices do not come back at once.
#[derive(Clone, Debug)]
pub struct Backoff {
    failures: u32,
    most: Duration,
}

/// The first retry comes quickly: most failures are a restart or a blink of the network.
const FIRST_WAIT: Duration = Duration::from_millis(400);

impl Backoff {
    /// Never waits longer than `most`.
    pub fn new(most: Duration) -> Self {
        Self { failures: 0, most }
    }

    /// It worked.
    pub fn reset(&mut self) {
        self.failures = 0;
    }

    /// It failed: how long to wait. `chance` is a random number from 0 to 1.
    pub fn wait(&mut self, chance: f64) -> Duration {
        let doubled = FIRST_WAIT.saturating_mul(1 << self.failures.min(16));
        self.failures = self.failures.saturating_add(1);
        doubled
            .min(self.most)
            .mul_f64(0.25 + 0.75 * chance.clamp(0.0, 1.0))
    }
}

/// How much goes in one request: less where the line does not carry that in time, and more again bit by bit.
#[derive(Clone, Copy, Debug)]
pub struct BatchSize {
    now: usize,
    most: usize,
}

/// So few are not too many for any line that is one.
const FEW: usize = 8;

impl BatchSize {
    /// Never more than `most`, with which it begins.
    pub fn new(most: usize) -> Self {
        Self { now: most, most }
    }

    /// So many at most go next.
    pub fn get(self) -> usize {
        self.now
    }

    /// Nobody answered when so many were sent, or they were too long.
    pub fn too_many(&mut self, sent: usize) {
        self.now = (sent / 4).max(FEW).min(self.most);
    }

    /// So many went.
    pub fn went(&mut self, sent: usize) {
        if sent >= self.now {
            self.now = (self.now + self.now / 4 + 1).min(self.most);
        }
    }
}

/// Longest that anybody in front of the hub can silence a device.
const HELD_MOST: Duration = Duration::from_secs(600);

/// How long the hub is left alone that asked for that (`Retry-After`): never less, and up to half as long
/// again, as it may have asked thousands at once. `chance` is a random number from 0 to 1.
pub fn held_for(asked: Duration, chance: f64) -> Duration {
    asked
        .min(HELD_MOST)
        .mul_f64(1.0 + 0.5 * chance.clamp(0.0, 1.0))
}

/// Counts the events in a stream of them (`text/event-stream`), however it is cut into pieces. What is
/// in them does not matter: the feed is asked for.
#[derive(Clone, Debug, Default)]
pub struct EventLines {
    /// The beginning of a line whose end is still to come, as far as it matters.
    begun: Vec<u8>,
}

impl EventLines {
    const DATA: &[u8] = b"data:";

    /// How many events became whole with that piece.
    pub fn events_in(&mut self, piece: &[u8]) -> u64 {
        let mut events = 0;
        for byte in piece {
            match byte {
                b'\n' | b'\r' => {
                    events += u64::from(self.begun == Self::DATA);
                    self.begun.clear();
                }
                _ if self.begun.len() < Self::DATA.len() => self.begun.push(*byte),
                _ => {}
            }
        }
        events
    }
}

/// What came of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It succeeded; the next one follows.
    Forward,
    /// The listings are now as the hub has them.
    Followed,
    /// The hub answered, and what is here does not fit what it has: it is fetched anew.
    StartOver,
    /// It did not succeed.
    Failed(LinkProblem),
}

/// How long the engine waits between its steps.
#[derive(Clone, Debug)]
pub struct Pace {
    failures: Backoff,
    for_staff: Backoff,
    start_overs: Backoff,
    started_over: bool,
}

impl Pace {
    /// Never waits longer than `most`, or than `most_for_staff` while only staff can change
    /// anything.
    pub fn new(most: Duration, most_for_staff: Duration) -> Self {
        Self {
            failures: Backoff::new(most),
            for_staff: Backoff::new(most_for_staff),
            start_overs: Backoff::new(most),
            started_over: false,
        }
    }

    /// How long to wait after that. `chance` is a random number from 0 to 1.
    pub fn after(&mut self, outcome: Outcome, chance: f64) -> Duration {
        match outcome {
            Outcome::Failed(problem) if problem.needs_staff() => {
                return self.for_staff.wait(chance);
            }
            Outcome::Failed(_) => return self.failures.wait(chance),
            Outcome::Forward => {}
            // Once is a hub that was restored. Again and again is a fault, and each time fetches
            // the whole hall; what goes well in between does not make it better.
            Outcome::StartOver if self.started_over => return self.start_overs.wait(chance),
            Outcome::StartOver => self.started_over = true,
            Outcome::Followed => {
                self.started_over = false;
                self.start_overs.reset();
            }
        }
        self.failures.reset();
        self.for_staff.reset();
        Duration::ZERO
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn enrolled() -> Situation {
        let id = Some((DeviceId(uuid::Uuid::from_u128(1)), Epoch(1), HubEpoch(1)));
        Situation {
            identity: id,
            stored: id,
            hall_known: true,
            device_known: true,
            ..Situation::default()
        }
    }

    #[test]
    fn a_new_device_enrols_then_fetches_then_follows() {
        let mut now = Situation::default();
        assert_eq!(next(&now), Step::Stuck(LinkProblem::NeedsCode));
        now.has_code = true;
        assert_eq!(next(&now), Step::Enrol);
        let mut now = enrolled();
        (now.hall_known, now.device_known) = (false, false);
        assert_eq!(next(&now), Step::SnapshotHall);
        now.hall_known = true;
        assert_eq!(next(&now), Step::SnapshotDevice);
        now.device_known = true;
        assert_eq!(next(&now), Step::Follow);
    }

    #[test]
    fn events_are_counted_however_they_are_cut() {
        let stream =
            b": hello\n\nevent: heads\ndata: {\"hall\":1}\n\n:\n\ndata:{}\r\n\r\ndatabase: 1\n\n";
        for size in 1..stream.len() {
            let mut lines = EventLines::default();
            let events: u64 = stream.chunks(size).map(|it| lines.events_in(it)).sum();
            assert_eq!(events, 2, "in pieces of {size}");
        }
        let mut lines = EventLines::default();
        assert_eq!(lines.events_in(&vec![b'd'; 1 << 20]), 0);
        assert!(lines.begun.len() <= EventLines::DATA.len());
    }

    #[test]
    fn a_store_of_another_epoch_is_enrolled_anew() {
        let mut now = enrolled();
        now.stored = None;
        assert_eq!(next(&now), Step::ReEnrol);
        now.stored = now.identity.map(|(id, _, hub)| (id, Epoch(0), hub));
        assert_eq!(next(&now), Step::ReEnrol);
        let mut now = enrolled();
        now.wants_new_epoch = true;
        assert_eq!(next(&now), Step::ReEnrol);
    }

    #[test]
    fn a_refused_token_needs_a_code() {
        let mut now = enrolled();
        now.token_refused = true;
        assert_eq!(next(&now), Step::Stuck(LinkProblem::Unauthorized));
        now.has_code = true;
        assert_eq!(next(&now), Step::Enrol);
    }

    #[test]
    fn starting_over_again_and_again_slows_down() {
        let mut pace = Pace::new(Duration::from_secs(10), Duration::from_secs(30));
        let mut after = |outcome| pace.after(outcome, 1.0).as_millis();
        assert_eq!(after(Outcome::Failed(LinkProblem::Slow)), 400);
        assert_eq!(after(Outcome::Failed(LinkProblem::Slow)), 800);
        assert_eq!(after(Outcome::Failed(LinkProblem::NeedsCode)), 400);
        let waits: Vec<u128> = (0..4)
            .map(|_| {
                assert_eq!(after(Outcome::Forward), 0);
                after(Outcome::StartOver)
            })
            .collect();
        assert_eq!(waits, [0, 400, 800, 1600]);
        assert_eq!(after(Outcome::Followed), 0);
        assert_eq!(after(Outcome::StartOver), 0);
        assert_eq!(after(Outcome::StartOver), 400);
        assert_eq!(after(Outcome::Failed(LinkProblem::Slow)), 400);
    }

    #[test]
    fn a_clock_before_the_last_contact_went_back() {
        let last: Timestamp = "2026-11-23T08:00:00Z".parse().expect("a time");
        let by = |seconds| last - SignedDuration::from_secs(seconds);
        assert!(!clock_went_back(last, None));
        assert!(!clock_went_back(by(-3600), Some(last)));
        assert!(!clock_went_back(by(60), Some(last)), "set right");
        assert!(clock_went_back(by(61), Some(last)));
        assert!(clock_went_back(Timestamp::UNIX_EPOCH, Some(last)));
    }

    #[test]
    fn what_was_set_aside_is_tried_again_whatever_happens_meanwhile() {
        let start = Instant::now();
        let mut aside = SetAside::default();
        assert_eq!(aside.due(), None);
        aside.put(Epoch(1), start);
        for minutes in 0..10 {
            let now = start + Duration::from_secs(60 * minutes);
            assert_eq!(aside.left_out(now), [Epoch(1)]);
        }
        let due = aside.due().expect("one waits");
        assert_eq!(due, start + SET_ASIDE_FOR);
        assert!(aside.left_out(due).is_empty());
        assert_eq!(aside.due(), None);
    }

    #[test]
    fn who_asks_to_be_left_alone_is_and_not_for_ever() {
        let asked = Duration::from_secs(20);
        assert_eq!(held_for(asked, 0.0), asked);
        assert_eq!(held_for(asked, 1.0), Duration::from_secs(30));
        assert_eq!(held_for(Duration::MAX, 0.0), HELD_MOST);
    }

    #[test]
    fn what_the_line_does_not_carry_at_once_goes_bit_by_bit() {
        let mut size = BatchSize::new(500);
        // A line that carries a hundred in time.
        let (mut waits, mut requests) = (500, 0);
        while waits > 0 {
            requests += 1;
            let sent = waits.min(size.get());
            if sent > 100 {
                size.too_many(sent);
            } else {
                size.went(sent);
                waits -= sent;
            }
        }
        // Five would be enough for somebody who knew the line.
        assert!(requests <= 15, "{requests}");
        for _ in 0..20 {
            size.too_many(size.get());
        }
        assert_eq!(size.get(), FEW, "some are always tried");
        size.went(0);
        assert_eq!(size.get(), FEW);
        for _ in 0..60 {
            size.went(size.get());
        }
        assert_eq!(size.get(), 500, "and all of them in the end");
        size.went(3);
        assert_eq!(size.get(), 500);
    }

    #[test]
    fn waits_double_up_to_the_cap_with_jitter() {
        let mut backoff = Backoff::new(Duration::from_secs(10));
        let waits: Vec<u128> = (0..8).map(|_| backoff.wait(1.0).as_millis()).collect();
        assert_eq!(waits, [400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000]);
        assert_eq!(backoff.wait(0.0), Duration::from_millis(2500));
        backoff.reset();
        assert!(backoff.wait(0.5) < Duration::from_millis(400));
        for _ in 0..100 {
            assert!(backoff.wait(1.0) <= Duration::from_secs(10));
        }
    }
}
