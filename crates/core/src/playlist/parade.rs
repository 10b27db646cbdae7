//! Which job a terminal that nobody uses shows next.

use crate::id::JobId;
use jiff::Timestamp;

/// An open job, in the little that its turn is found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paraded {
    /// Its id.
    pub id: JobId,
    /// Looked for urgently.
    pub urgent: bool,
    /// The work begins today, by the hall's clock.
    pub starts_today: bool,
    /// When the work begins.
    pub starts_at: Timestamp,
    /// Its short number.
    pub number: u32,
}

/// Where a job stands among the others: the urgent first, then those of today, then by start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    calm: bool,
    later: bool,
    starts_at: Timestamp,
    number: u32,
    id: JobId,
}

impl Paraded {
    fn presses(&self) -> bool {
        self.urgent || self.starts_today
    }

    fn place(&self) -> Place {
        Place {
            calm: !self.urgent,
            later: !self.starts_today,
            starts_at: self.starts_at,
            number: self.number,
            id: self.id,
        }
    }
}

/// The turns of the jobs, by laps: in each one everybody has a turn, and what is urgent or begins today has
/// two. The very first lap begins with all of those; later they lie evenly among the others. All that is kept
/// is where the lap stands: a hall with 100,000 jobs costs one look at each and no memory.
#[derive(Clone, Debug, Default)]
pub struct Parade {
    /// The last of those that press, in this walk through them; `None` before the first.
    pressing: Option<Place>,
    /// It is their second walk in this lap.
    second: bool,
    /// The last of the others in this lap.
    others: Option<Place>,
    /// Those that press have been seen once since the program began.
    begun: bool,
    /// Whose turn it was.
    last: Option<JobId>,
}

/// What one look at the jobs tells of those that press, or of the others.
#[derive(Default)]
struct Looked {
    count: usize,
    /// How many have had their turn.
    had: usize,
    first: Option<Place>,
    /// The first of those whose turn is still to come.
    next: Option<Place>,
}

impl Looked {
    /// Sees a job that may be next, or not where its turn was the last.
    fn sees(&mut self, place: Place, reached: Option<Place>, may: bool) {
        self.count += 1;
        let before = |known: &Option<Place>| known.is_none_or(|known| place < known);
        let to_come = reached.is_none_or(|reached| place > reached);
        self.had += usize::from(!to_come);
        if may && before(&self.first) {
            self.first = Some(place);
        }
        if may && to_come && before(&self.next) {
            self.next = Some(place);
        }
    }

    /// They are gone through from the first one again.
    fn anew(&mut self) {
        (self.had, self.next) = (0, self.first);
    }
}

impl Parade {
    /// The next of the jobs that are open now, given in any order; never the same twice in a row while
    /// there is another. `None` where there is none.
    pub fn next(&mut self, open: impl Iterator<Item = Paraded>) -> Option<JobId> {
        let (mut pressing, mut others) = (Looked::default(), Looked::default());
        let mut again = None;
        for job in open {
            let was_last = Some(job.id) == self.last;
            if was_last {
                again = Some(job.id);
            }
            match job.presses() {
                true => pressing.sees(job.place(), self.pressing, !was_last),
                false => others.sees(job.place(), self.others, !was_last),
            }
        }
        // The rest of this walk and of this lap, and then a whole lap: somebody's turn is among them.
        for _ in 0..4 {
            if pressing.next.is_none() && !self.second {
                (self.second, self.begun, self.pressing) = (true, true, None);
                pressing.anew();
                continue;
            }
            // How far those that press are on their two walks, against the others on their one.
            let walked = pressing.had + if self.second { pressing.count } else { 0 };
            let behind = walked * others.count < others.had * 2 * pressing.count;
            let (next, reached) = match (pressing.next, others.next) {
                (Some(next), None) => (next, &mut self.pressing),
                (Some(next), Some(_)) if behind || !self.begun => (next, &mut self.pressing),
                (_, Some(next)) => (next, &mut self.others),
                (None, None) => {
                    (self.second, self.pressing, self.others) = (false, None, None);
                    pressing.anew();
                    others.anew();
                    continue;
                }
            };
            *reached = Some(next);
            self.last = Some(next.id);
            return self.last;
        }
        again
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::at;
    use std::collections::HashMap;
    use uuid::Uuid;

    fn job(n: u8, urgent: bool, starts_today: bool) -> Paraded {
        Paraded {
            id: JobId(Uuid::from_u128(n.into())),
            urgent,
            starts_today,
            starts_at: at(match starts_today {
                true => "2026-11-23T04:00:00Z",
                false => "2026-11-25T00:00:00Z",
            }),
            number: n.into(),
        }
    }

    fn turns(parade: &mut Parade, open: &[Paraded], times: usize) -> Vec<u128> {
        (0..times)
            .filter_map(|_| parade.next(open.iter().copied()))
            .map(|id| id.0.as_u128())
            .collect()
    }

    #[test]
    fn the_urgent_begin_then_those_of_today_then_the_others() {
        let open = [
            job(1, false, false),
            job(2, false, true),
            job(3, true, false),
            job(4, true, true),
        ];
        assert_eq!(turns(&mut Parade::default(), &open, 4), [4, 3, 2, 1]);
    }

    #[test]
    fn nobody_is_left_out_and_the_pressing_have_two_turns() {
        let mut open: Vec<Paraded> = (0..20).map(|n| job(n, false, false)).collect();
        open[7].urgent = true;
        open[9].starts_today = true;
        let mut had: HashMap<u128, usize> = HashMap::new();
        let order = turns(&mut Parade::default(), &open, 220);
        assert!(order.windows(2).all(|two| two[0] != two[1]));
        order
            .iter()
            .for_each(|id| *had.entry(*id).or_default() += 1);
        for n in 0..20 {
            let expected = if n == 7 || n == 9 { 20 } else { 10 };
            assert_eq!(had[&n], expected, "{n} among {had:?}");
        }
    }

    #[test]
    fn what_is_gone_has_no_turn_and_what_is_new_comes_soon() {
        let mut parade = Parade::default();
        let mut open: Vec<Paraded> = (0..4).map(|n| job(n, false, false)).collect();
        assert_eq!(turns(&mut parade, &open, 5), [0, 1, 2, 3, 0]);
        open.remove(1);
        open.push(job(9, false, false));
        let next = turns(&mut parade, &open, 3);
        assert!(!next.contains(&1) && next.contains(&9), "{next:?}");
        assert_eq!(parade.next(std::iter::empty()), None);
        assert_eq!(turns(&mut parade, &open[..1], 2), [0, 0]);
    }

    #[test]
    fn those_that_press_lie_evenly_among_the_others() {
        let mut open: Vec<Paraded> = (0..20).map(|n| job(n, false, false)).collect();
        open[7].urgent = true;
        let mut parade = Parade::default();
        assert_eq!(turns(&mut parade, &open, 1), [7], "it begins");
        let order = turns(&mut parade, &open, 400);
        let at: Vec<usize> = (0..400).filter(|turn| order[*turn] == 7).collect();
        let ways: Vec<usize> = at.windows(2).map(|two| two[1] - two[0]).collect();
        assert!(ways.iter().all(|way| (8..=13).contains(way)), "{ways:?}");
    }

    #[test]
    fn a_hundred_thousand_are_looked_at_once_each_and_none_is_kept() {
        let open = || {
            (0..100_000_u32).map(|n| Paraded {
                id: JobId(Uuid::from_u128(n.into())),
                number: n,
                urgent: n % 1_000 == 0,
                ..job(0, false, n % 500 == 0)
            })
        };
        let mut parade = Parade::default();
        for turn in 0..8_u128 {
            let mut looked = 0;
            let next = parade.next(open().inspect(|_| looked += 1));
            assert_eq!(looked, 100_000);
            assert_eq!(next.map(|id| id.0.as_u128()), Some(turn * 1_000));
        }
        // A few places, however many jobs there are.
        assert!(size_of::<Parade>() < 256);
        assert!(
            !std::mem::needs_drop::<Parade>(),
            "nothing is kept elsewhere"
        );
    }
}
