//! The hub's time, as this device knows it.

use super::plan::clock_went_back;
use crate::store::{Contact, Met};
use jiff::{SignedDuration, Timestamp};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The device's own clock, which anybody may set.
pub type OwnClock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How long the machine has been switched on, sleep included; `None` where it does not tell.
pub type SteadyClock = Arc<dyn Fn() -> Option<SinceBoot> + Send + Sync>;

/// A moment that nobody sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SinceBoot {
    /// Which time the machine was switched on.
    pub boot: Arc<str>,
    /// Milliseconds since then.
    pub ms: i64,
}

/// The hub's clock as this device knows it: what the hub said at the last contact, and how long ago that
/// was by a clock that nobody sets (rule 9). Only where the machine was switched on anew since, or tells
/// no such time, its own clock less the offset that was measured then; never earlier than the last contact,
/// and what the machine has been on for since: a machine whose battery is flat begins in 1970.
pub struct HubClock {
    own: OwnClock,
    steady: SteadyClock,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// Clock of the device less clock of the hub.
    offset_ms: i64,
    /// Half of the last quick round trip.
    half_trip_ms: i64,
    met: Option<Met>,
}

/// An answer that took longer was waiting at the hub, not on the way.
const QUICK: Duration = Duration::from_secs(1);

/// The system tells its time in hundredths; what differs by more is not that.
const COARSE_MS: i64 = 100;

impl HubClock {
    /// A clock that goes on from that contact.
    pub fn new(own: OwnClock, steady: SteadyClock, contact: &Contact) -> Self {
        Self {
            own,
            steady,
            known: Mutex::new(Known {
                offset_ms: contact.clock_offset_ms,
                half_trip_ms: 0,
                met: contact.met.clone(),
            }),
        }
    }

    /// By the clocks of this machine.
    pub fn of_machine(contact: &Contact) -> Self {
        Self::new(Arc::new(Timestamp::now), steady_of_machine(), contact)
    }

    /// A clock that stands still at that time of the hub's, as long as nothing is measured.
    pub fn stopped(at: Timestamp) -> Self {
        Self::new(Arc::new(move || at), Arc::new(|| None), &Contact::default())
    }

    /// The hub's time.
    pub fn now(&self) -> Timestamp {
        let known = self.known();
        let goes_on = known.met.as_ref().zip((self.steady)());
        let by_steady = goes_on.and_then(|(met, now)| hub_at(met, &now));
        by_steady.unwrap_or_else(|| {
            let earliest = known.met.as_ref().zip((self.steady)());
            let earliest = earliest.map(|(met, now)| not_before(met, &now));
            let own = self.by_own(&known);
            earliest.map_or(own, |earliest| own.max(earliest))
        })
    }

    /// By the device's own clock.
    fn by_own(&self, known: &Known) -> Timestamp {
        let here = self.own();
        let offset = SignedDuration::from_millis(known.offset_ms);
        here.saturating_sub(offset).unwrap_or(here)
    }

    /// The device's own time.
    pub fn own(&self) -> Timestamp {
        (self.own)()
    }

    /// Clock of the device less clock of the hub, in milliseconds.
    pub fn offset_ms(&self) -> i64 {
        self.own().as_millisecond() - self.now().as_millisecond()
    }

    /// The same as it was measured last, for the next start: what is told from an own clock that may be wrong
    /// is no measurement.
    pub fn measured_offset_ms(&self) -> i64 {
        let known = self.known();
        let goes_on = known.met.as_ref().zip((self.steady)());
        let hub = goes_on.and_then(|(met, now)| hub_at(met, &now));
        hub.map_or(known.offset_ms, |hub| {
            self.own().as_millisecond() - hub.as_millisecond()
        })
    }

    /// Rule 9: whether no deadline can be told by this clock, so that the hub is to be asked before a
    /// right is spent: the machine was switched on anew and has not reached the hub since, or its clock
    /// lies before the last contact.
    pub fn is_untrusted(&self, last_contact: Option<Timestamp>) -> bool {
        self.was_switched_on_anew() || clock_went_back(self.now(), last_contact)
    }

    fn was_switched_on_anew(&self) -> bool {
        let met = self.known().met.clone();
        let both = met.zip((self.steady)());
        both.is_some_and(|(met, now)| hub_at(&met, &now).is_none())
    }

    /// The last contact, for the next start.
    pub fn met(&self) -> Option<Met> {
        self.known().met.clone()
    }

    /// The hub's clock said `hub` in an answer that came just now and took so long.
    pub fn measure(&self, hub: Timestamp, took: Duration) {
        let (here, steady) = (self.own(), (self.steady)());
        let mut known = self.known();
        if took < QUICK {
            known.half_trip_ms = i64::try_from(took.as_millis() / 2).unwrap_or(0);
        }
        let half = SignedDuration::from_millis(known.half_trip_ms);
        let hub = hub.saturating_add(half).unwrap_or(hub);
        known.offset_ms = here.as_millisecond() - hub.as_millisecond();
        known.met = steady.map(|now| Met {
            boot: now.boot.to_string(),
            since_boot_ms: now.ms,
            hub,
        });
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The earliest that it can be, on a machine that was switched on anew since the hub was met.
fn not_before(met: &Met, now: &SinceBoot) -> Timestamp {
    let on_since = match *met.boot == *now.boot {
        true => SignedDuration::ZERO,
        false => SignedDuration::from_millis(now.ms),
    };
    met.hub.saturating_add(on_since).unwrap_or(met.hub)
}

/// The hub's time now, if the machine has been on ever since it was met.
fn hub_at(met: &Met, now: &SinceBoot) -> Option<Timestamp> {
    let passed = now.ms.checked_sub(met.since_boot_ms)?;
    let same = *met.boot == *now.boot && passed >= 0;
    let passed = SignedDuration::from_millis(passed);
    same.then(|| met.hub.checked_add(passed).ok()).flatten()
}

/// Linux tells which start of the machine this is, and how long ago it was, sleep included.
fn steady_of_machine() -> SteadyClock {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok();
    let boot: Option<Arc<str>> = boot.map(|text| text.trim().into());
    let uptime = File::open("/proc/uptime").ok();
    let told = move || {
        let mut text = [0; 64];
        let length = uptime.as_ref()?.read_at(&mut text, 0).ok()?;
        let text = std::str::from_utf8(&text[..length]).ok()?;
        let seconds: f64 = text.split_whitespace().next()?.parse().ok()?;
        Some((seconds * 1000.0) as i64)
    };
    // A finer clock, which stands still while the machine sleeps.
    let fine = Mutex::new(told().map(|ms| (Instant::now(), ms)));
    Arc::new(move || {
        let ms = told()?;
        let mut fine = fine.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, base) = fine.as_ref()?;
        let finer = base + i64::try_from(since.elapsed().as_millis()).ok()?;
        let slept = ms.abs_diff(finer) > COARSE_MS.unsigned_abs();
        if slept {
            *fine = Some((Instant::now(), ms));
        }
        Some(SinceBoot {
            boot: boot.clone()?,
            ms: if slept { ms } else { finer },
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicI64, Ordering};

    const HOUR: i64 = 3_600_000;

    fn hub() -> Timestamp {
        "2026-11-23T08:00:00Z".parse().expect("a time")
    }

    fn later(ms: i64) -> Timestamp {
        hub() + SignedDuration::from_millis(ms)
    }

    /// A machine whose clock and whose time since it was switched on the test sets.
    #[derive(Default)]
    struct Machine {
        own_ms: Arc<AtomicI64>,
        on_ms: Arc<AtomicI64>,
    }

    impl Machine {
        fn clock(&self, boot: &'static str, contact: &Contact) -> HubClock {
            let (own, on) = (self.own_ms.clone(), self.on_ms.clone());
            HubClock::new(
                Arc::new(move || later(own.load(Ordering::SeqCst))),
                Arc::new(move || {
                    let ms = on.load(Ordering::SeqCst);
                    let boot = boot.into();
                    (ms >= 0).then_some(SinceBoot { boot, ms })
                }),
                contact,
            )
        }

        fn is(&self, own_ms: i64, on_ms: i64) {
            self.own_ms.store(own_ms, Ordering::SeqCst);
            self.on_ms.store(on_ms, Ordering::SeqCst);
        }
    }

    fn kept(clock: &HubClock) -> Contact {
        Contact {
            last: Some(clock.now()),
            clock_offset_ms: clock.measured_offset_ms(),
            met: clock.met(),
            ..Contact::default()
        }
    }

    #[test]
    fn the_offset_leaves_out_half_of_the_way() {
        for on_ms in [0, -1] {
            let machine = Machine::default();
            machine.is(5_100, on_ms);
            let clock = machine.clock("one", &Contact::default());
            clock.measure(hub(), Duration::from_millis(200));
            assert_eq!(clock.offset_ms(), 5_000);
            // A long poll says when it ended; the way was as long as before.
            clock.measure(hub(), Duration::from_secs(10));
            assert_eq!(clock.offset_ms(), 5_000);
            assert_eq!(clock.now(), later(100));
        }
    }

    /// Rule 9: deadlines are told by what passes since the last contact, whatever somebody does to the
    /// clock, and whether the program ends meanwhile.
    #[test]
    fn time_goes_on_whatever_is_done_to_the_clock() {
        let machine = Machine::default();
        let clock = machine.clock("one", &Contact::default());
        clock.measure(hub(), Duration::ZERO);
        let again = machine.clock("one", &kept(&clock));
        for (own_ms, on_ms) in [(2 * HOUR, HOUR), (-9 * HOUR, 2 * HOUR), (HOUR, 3 * HOUR)] {
            machine.is(own_ms, on_ms);
            for clock in [&clock, &again] {
                assert_eq!(clock.now(), later(on_ms));
                assert_eq!(clock.offset_ms(), own_ms - on_ms);
                assert!(!clock.is_untrusted(Some(hub())));
            }
        }
    }

    /// Rule 9: after a start of the machine, the hub is asked first, however good the clock looks.
    #[test]
    fn a_machine_that_was_switched_on_anew_asks_first() {
        let machine = Machine::default();
        machine.is(0, HOUR);
        let contact = kept(&{
            let clock = machine.clock("one", &Contact::default());
            clock.measure(hub(), Duration::ZERO);
            clock
        });
        machine.is(2 * HOUR, 60_000);
        let clock = machine.clock("two", &contact);
        assert!(clock.is_untrusted(contact.last));
        assert_eq!(clock.now(), later(2 * HOUR), "as well as it can be told");
        // Nor does another start of the program help.
        let again = machine.clock("two", &kept(&clock));
        assert!(again.is_untrusted(contact.last));
        again.measure(later(3 * HOUR), Duration::ZERO);
        assert!(!again.is_untrusted(contact.last));
        assert_eq!(again.now(), later(3 * HOUR));
        // The same, where a container or a program of ours tells the same start with less time since.
        machine.is(2 * HOUR, 0);
        assert!(machine.clock("one", &contact).is_untrusted(contact.last));
    }

    /// A flat battery sets the clock back by decades: what has begun has begun, and what is over stays over.
    #[test]
    fn time_does_not_go_back_before_the_last_contact() {
        let machine = Machine::default();
        machine.is(0, HOUR);
        let contact = kept(&{
            let clock = machine.clock("one", &Contact::default());
            clock.measure(later(5 * HOUR), Duration::ZERO);
            clock
        });
        machine.is(-400_000 * HOUR, 60_000);
        let clock = machine.clock("two", &contact);
        assert_eq!(clock.now(), later(5 * HOUR + 60_000));
        assert!(clock.is_untrusted(contact.last));
        machine.is(-400_000 * HOUR, 120_000);
        assert_eq!(clock.now(), later(5 * HOUR + 120_000), "and it goes on");
        // The program begins anew, and then somebody sets the clock right.
        let again = machine.clock("two", &kept(&clock));
        machine.is(7 * HOUR, 2 * HOUR);
        let offset = SignedDuration::from_millis(contact.clock_offset_ms);
        assert_eq!(again.now(), later(7 * HOUR) - offset);
    }

    #[test]
    fn without_such_a_clock_one_that_went_back_is_not_trusted() {
        let machine = Machine::default();
        machine.is(0, -1);
        let clock = machine.clock("one", &Contact::default());
        clock.measure(hub(), Duration::ZERO);
        let contact = kept(&clock);
        assert_eq!(contact.met, None);
        machine.is(HOUR, -1);
        assert!(!clock.is_untrusted(contact.last));
        machine.is(-HOUR, -1);
        assert!(clock.is_untrusted(contact.last));
        // A store of before knows no more either.
        machine.is(-HOUR, HOUR);
        assert!(machine.clock("two", &contact).is_untrusted(contact.last));
    }

    #[test]
    fn this_machine_tells() {
        let steady = steady_of_machine();
        let first = steady().expect("told");
        std::thread::sleep(Duration::from_millis(30));
        let second = steady().expect("told");
        assert_eq!(first.boot, second.boot);
        let passed = second.ms - first.ms;
        assert!((30..10_000).contains(&passed), "{passed}");
    }
}
