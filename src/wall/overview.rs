//! Open jobs by kind of work.

use crate::ui::KindSummary;
use gighall_core::job::{Job, WorkKind};
use gighall_core::pay::{Pay, PayUnit, yuan};
use std::collections::BTreeMap;

#[derive(Default)]
struct Sum {
    jobs: i32,
    places: u32,
    /// Lowest and highest pay of the jobs that are paid by the day. Other units are never turned
    /// into days: that would state a sum that nobody offers.
    fen_a_day: Option<(u64, u64)>,
}

/// Each kind of work that is wanted, most jobs first.
pub fn kinds(jobs: &[Job]) -> Vec<KindSummary> {
    let mut sums: BTreeMap<WorkKind, Sum> = BTreeMap::new();
    for job in jobs {
        let sum = sums.entry(job.work_kind).or_default();
        sum.jobs = sum.jobs.saturating_add(1);
        sum.places = sum.places.saturating_add(job.places_left);
        if let Pay::Range {
            min_fen,
            max_fen,
            unit: PayUnit::Day,
        } = job.pay
        {
            let (low, high) = sum.fen_a_day.unwrap_or((min_fen, max_fen));
            sum.fen_a_day = Some((low.min(min_fen), high.max(max_fen)));
        }
    }
    let mut all: Vec<KindSummary> = sums
        .into_iter()
        .map(|(kind, sum)| KindSummary {
            work_kind: kind.code().into(),
            jobs: sum.jobs,
            places: i32::try_from(sum.places).unwrap_or(i32::MAX),
            pay_a_day: match sum.fen_a_day {
                None => String::new(),
                Some((low, high)) if low == high => yuan(low),
                Some((low, high)) => format!("{}-{}", yuan(low), yuan(high)),
            }
            .into(),
        })
        .collect();
    all.sort_by_key(|kind| std::cmp::Reverse(kind.jobs));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use gighall_core::testing::a_job;

    #[test]
    fn kinds_are_counted_and_only_pay_by_the_day_is_stated() {
        let job = |kind, pay: Pay| Job {
            work_kind: kind,
            places_left: 3,
            pay,
            ..a_job(1)
        };
        let day = |low: u64, high: u64| Pay::Range {
            min_fen: low * 100,
            max_fen: high * 100,
            unit: PayUnit::Day,
        };
        let hour = Pay::Range {
            min_fen: 1_800,
            max_fen: 1_800,
            unit: PayUnit::Hour,
        };
        let found = kinds(&[
            job(WorkKind::Cleaning, hour),
            job(WorkKind::Loading, day(200, 260)),
            job(WorkKind::Loading, day(180, 180)),
            job(WorkKind::Loading, Pay::Negotiable),
        ]);
        let seen: Vec<_> = found
            .iter()
            .map(|kind| {
                (
                    kind.work_kind.as_str(),
                    kind.jobs,
                    kind.places,
                    kind.pay_a_day.as_str(),
                )
            })
            .collect();
        assert_eq!(seen, [("loading", 3, 9, "180-260"), ("cleaning", 1, 3, "")]);
    }
}
