//! How much work there is: sums over the open jobs.

use crate::ui::{Bar, KindSummary};
use gighall_core::job::{Job, Settlement, WorkKind};
use gighall_core::pay::{Pay, PayUnit, yuan};
use std::collections::BTreeMap;

/// Sums over the open jobs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Jobs.
    pub jobs: u32,
    /// Places left in them.
    pub places_left: u32,
    /// Places of theirs that somebody has.
    pub places_taken: u32,
    kinds: BTreeMap<WorkKind, Sum>,
    settlements: BTreeMap<Settlement, u32>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Sum {
    jobs: u32,
    places: u32,
    /// By each unit that its jobs are paid by, how many are, and their lowest and highest pay. No unit is
    /// turned into another: that would state a sum that nobody offers.
    pay: BTreeMap<PayUnit, (u32, u64, u64)>,
}

impl Figures {
    /// Counts one more job.
    pub fn count(&mut self, job: &Job) {
        self.jobs = self.jobs.saturating_add(1);
        self.places_left = self.places_left.saturating_add(job.places_left);
        let taken = job.places.saturating_sub(job.places_left);
        self.places_taken = self.places_taken.saturating_add(taken);
        let settled = self.settlements.entry(job.settlement).or_default();
        *settled = settled.saturating_add(job.places_left);
        let sum = self.kinds.entry(job.work_kind).or_default();
        sum.jobs = sum.jobs.saturating_add(1);
        sum.places = sum.places.saturating_add(job.places_left);
        if let Pay::Range {
            min_fen,
            max_fen,
            unit,
        } = job.pay
        {
            let (count, low, high) = sum.pay.entry(unit).or_insert((0, min_fen, max_fen));
            *count = count.saturating_add(1);
            (*low, *high) = (min_fen.min(*low), max_fen.max(*high));
        }
    }

    /// How many kinds of work are wanted, and in how many ways what they pay is settled.
    pub fn counted(&self) -> (usize, usize) {
        (self.kinds.len(), self.settlements.len())
    }

    /// Each kind of work that is wanted, most jobs first.
    pub fn kinds(&self) -> Vec<KindSummary> {
        let mut all: Vec<KindSummary> = self
            .kinds
            .iter()
            .map(|(kind, sum)| {
                // Of as many, the unit that comes first in the list of units.
                let most = sum.pay.iter().rev().max_by_key(|(_, (count, ..))| *count);
                let (pay, unit) = match most {
                    None => (String::new(), ""),
                    Some((unit, (_, low, high))) if low == high => (yuan(*low), unit.code()),
                    Some((unit, (_, low, high))) => {
                        (format!("{}-{}", yuan(*low), yuan(*high)), unit.code())
                    }
                };
                KindSummary {
                    work_kind: kind.code().into(),
                    jobs: shown(sum.jobs),
                    places: shown(sum.places),
                    pay: pay.into(),
                    pay_unit: unit.into(),
                }
            })
            .collect();
        all.sort_by_key(|kind| std::cmp::Reverse(kind.jobs));
        all
    }

    /// Places left by kind of work, most first.
    pub fn places_by_kind(&self) -> Vec<Bar> {
        let kinds = self.kinds.iter();
        bars(kinds.map(|(kind, sum)| (kind.code(), sum.places)))
    }

    /// Places left by how they are settled, most first.
    pub fn places_by_settlement(&self) -> Vec<Bar> {
        let settlements = self.settlements.iter();
        bars(settlements.map(|(settlement, places)| (settlement.code(), *places)))
    }
}

/// A number as a window takes it.
pub fn shown(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// Bars as long as their numbers beside the largest.
fn bars<'a>(counted: impl Iterator<Item = (&'a str, u32)>) -> Vec<Bar> {
    let mut counted: Vec<_> = counted.filter(|(_, number)| *number > 0).collect();
    counted.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
    let most = counted.first().map_or(1, |(_, number)| *number);
    let bar = |(code, number): (&str, u32)| Bar {
        code: code.into(),
        number: shown(number),
        // A part of a whole.
        part: (f64::from(number) / f64::from(most)) as f32,
    };
    counted.into_iter().map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use gighall_core::testing::a_job;

    #[test]
    fn kinds_are_counted_and_the_pay_of_the_unit_that_most_are_paid_by_is_stated() {
        let job = |kind, pay: Pay| Job {
            work_kind: kind,
            places: 5,
            places_left: 3,
            pay,
            ..a_job(1)
        };
        let day = |low: u64, high: u64| Pay::Range {
            min_fen: low * 100,
            max_fen: high * 100,
            unit: PayUnit::Day,
        };
        let hour = |yuan: u64| Pay::Range {
            min_fen: yuan * 100,
            max_fen: yuan * 100,
            unit: PayUnit::Hour,
        };
        let mut found = Figures::default();
        for job in [
            job(WorkKind::Cleaning, hour(18)),
            job(WorkKind::Care, Pay::Negotiable),
            job(WorkKind::Loading, day(200, 260)),
            job(WorkKind::Loading, hour(30)),
            job(WorkKind::Loading, day(180, 180)),
            job(WorkKind::Loading, Pay::Negotiable),
        ] {
            found.count(&job);
        }
        let kinds = found.kinds();
        let seen: Vec<_> = kinds
            .iter()
            .map(|kind| {
                (
                    kind.work_kind.as_str(),
                    kind.jobs,
                    kind.places,
                    format!("{} {}", kind.pay, kind.pay_unit),
                )
            })
            .collect();
        assert_eq!(
            seen,
            [
                ("loading", 4, 12, "180-260 day".to_owned()),
                ("cleaning", 1, 3, "18 hour".to_owned()),
                ("care", 1, 3, " ".to_owned()),
            ]
        );
        assert_eq!(
            (found.jobs, found.places_left, found.places_taken),
            (6, 18, 12)
        );
        let bars = found.places_by_kind();
        let seen: Vec<_> = bars.iter().map(|bar| (bar.number, bar.part)).collect();
        assert_eq!(seen, [(12, 1.0), (3, 0.25), (3, 0.25)]);
        assert_eq!(found.places_by_settlement().len(), 1);
    }
}
