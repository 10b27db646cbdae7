//! Which jobs a scene shows.

use crate::job::{Job, Settlement, WorkKind};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// Everything that is set has to fit; what is not set fits every job.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct JobFilter {
    /// One of these kinds of work.
    pub work_kinds: Vec<WorkKind>,
    /// In one of these towns, as listings name them.
    pub towns: Vec<String>,
    /// Settled in one of these ways.
    pub settlements: Vec<Settlement>,
    /// Of an employer whose name has one of these in it.
    pub employers: Vec<String>,
    /// At least so many yuan a day ([`crate::pay::Pay::least_fen_a_day`]).
    pub min_yuan_a_day: Option<u32>,
    /// Urgent ones only.
    pub urgent: bool,
    /// First published today only.
    pub new_today: bool,
}

/// Fits every job.
pub static EVERY_JOB: JobFilter = JobFilter {
    work_kinds: Vec::new(),
    towns: Vec::new(),
    settlements: Vec::new(),
    employers: Vec::new(),
    min_yuan_a_day: None,
    urgent: false,
    new_today: false,
};

impl JobFilter {
    /// Whether a job fits, on the day that is `today` in the hall's zone.
    pub fn fits(&self, job: &Job, today: Date, zone: &TimeZone) -> bool {
        let any = |wanted: &[String], fits: &dyn Fn(&str) -> bool| {
            wanted.is_empty() || wanted.iter().any(|wish| fits(wish))
        };
        let least = u64::from(self.min_yuan_a_day.unwrap_or(0)) * 100;
        (self.work_kinds.is_empty() || self.work_kinds.contains(&job.work_kind))
            && (self.settlements.is_empty() || self.settlements.contains(&job.settlement))
            && any(&self.towns, &|town| job.town == town)
            && any(&self.employers, &|name| job.employer.name.contains(name))
            && (least == 0 || job.pay.least_fen_a_day().is_some_and(|fen| fen >= least))
            && (!self.urgent || job.urgent)
            && (!self.new_today || zone.to_datetime(job.published_at).date() == today)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{a_job, at};

    fn fits(toml: &str, change: impl FnOnce(&mut Job)) -> bool {
        let filter: JobFilter = serde_json::from_str(toml).expect("a filter");
        let mut job = a_job(1);
        job.published_at = at("2026-11-23T17:00:00Z");
        change(&mut job);
        let zone = TimeZone::get("Asia/Shanghai").expect("bundled");
        filter.fits(&job, "2026-11-24".parse().expect("a date"), &zone)
    }

    #[test]
    fn everything_that_is_set_has_to_fit() {
        assert!(fits("{}", |_| {}));
        let whole = r#"{"work_kinds":["farming","construction"],"towns":["草海镇"],
            "settlements":["daily"],"employers":["草海建筑"],"min_yuan_a_day":200,"urgent":true,
            "new_today":true}"#;
        assert!(fits(whole, |job| job.urgent = true));
        assert!(!fits(whole, |_| {}));
        let without: [fn(&mut Job); 6] = [
            |job| job.work_kind = WorkKind::Care,
            |job| job.town = "草海".to_owned(),
            |job| job.settlement = Settlement::Weekly,
            |job| job.employer.name = "黑石果园".to_owned(),
            |job| job.pay = crate::pay::Pay::Negotiable,
            // 23:59 of the day before, in China.
            |job| job.published_at = at("2026-11-23T15:59:00Z"),
        ];
        for change in without {
            let both = |job: &mut Job| {
                job.urgent = true;
                change(job);
            };
            assert!(!fits(whole, both));
        }
        // It pays 200 to 260: that is not 201 at least.
        assert!(!fits(r#"{"min_yuan_a_day":201}"#, |_| {}));
        assert!(serde_json::from_str::<JobFilter>(r#"{"town":["x"]}"#).is_err());
    }
}
