//! Which job a terminal that nobody uses shows next.

use super::turns::Turns;
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

/// The turns of the jobs: as on the wall, whoever has had least is next, and what is urgent or begins
/// today has two turns where others have one. Of equal ones the urgent come first, then those of today,
/// then by start.
#[derive(Clone, Debug, Default)]
pub struct Parade(Turns<JobId>);

impl Parade {
    /// The next of the jobs that are open now, given in any order; never the same twice in a row while
    /// there is another. `None` where there is none.
    pub fn next(&mut self, mut open: Vec<Paraded>) -> Option<JobId> {
        open.sort_by_key(|job| (!job.urgent, !job.starts_today, job.starts_at, job.number));
        let things = open.iter();
        self.0
            .take(things.map(|job| (job.id, job.urgent || job.starts_today)))
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
            .filter_map(|_| parade.next(open.to_vec()))
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
        assert_eq!(parade.next(vec![]), None);
        assert_eq!(turns(&mut parade, &open[..1], 2), [0, 0]);
    }
}
