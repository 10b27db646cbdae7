//! What a worker wishes of work, beside the kinds of it: asked at the terminal, all of it optional.

use crate::job::{Job, WorkKind, coded_enum};
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};
use serde::{Deserialize, Serialize};

/// The version of the notice beside the questions. Raised whenever its wording changes.
pub const WISHES_NOTICE_VERSION: u32 = 1;

/// Longest name of a town that is kept, in characters.
const TOWN_MAX: usize = 40;

/// Work that lasts longer is judged by its first day alone.
const LONGEST_SHIFT: SignedDuration = SignedDuration::from_hours(24);

coded_enum!(
    /// At what times somebody wants to work.
    Hours {
        /// Begins from 5 to 13 and ends by 21.
        Day = "day", "白天";
        /// Begins from 17 to 4, or says that it is a night shift.
        Night = "night", "夜班";
        /// On a Saturday, on a Sunday or on both, and no longer.
        Weekend = "weekend", "周末";
    }
);

coded_enum!(
    /// A certificate that gig work commonly asks for.
    Paper {
        /// 电工证
        Electrician = "electrician", "电工证";
        /// 焊工证
        Welder = "welder", "焊工证";
        /// 高处作业证
        Heights = "heights", "高处作业证";
        /// 叉车证
        Forklift = "forklift", "叉车证";
        /// 驾驶证
        Driving = "driving", "驾驶证";
        /// 健康证
        Health = "health", "健康证";
        /// 护理员证
        Care = "care", "护理员证";
        /// 厨师证
        Cook = "cook", "厨师证";
        /// 保安员证
        Guard = "guard", "保安员证";
    }
);

/// What is wished for. What is not said is no wish.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wishes {
    /// At least so many fen a day ([`crate::pay::Pay::least_fen_a_day`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fen_a_day: Option<u64>,
    /// Town, as listings name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub town: Option<String>,
    /// At what times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
    /// The certificates that the worker has; `None` where that was not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub papers: Option<Vec<Paper>>,
}

impl Wishes {
    /// The same without what cannot be: sums beyond what a store counts, endless names of towns,
    /// papers said twice.
    #[must_use]
    pub fn sound(mut self) -> Self {
        self.fen_a_day = self.fen_a_day.filter(|fen| i64::try_from(*fen).is_ok());
        self.town = self
            .town
            .map(|town| town.trim().chars().take(TOWN_MAX).collect::<String>())
            .filter(|town| !town.is_empty());
        if let Some(papers) = &mut self.papers {
            papers.sort_unstable();
            papers.dedup();
        }
        self
    }
}

impl Hours {
    /// Whether that job is at those times, by the clock of its hall.
    pub fn fits(self, job: &Job, zone: &TimeZone) -> bool {
        let starts = zone.to_datetime(job.starts_at);
        let shift = job.shift.as_deref().unwrap_or_default();
        let says_night = shift.contains("夜班") || job.title.contains("夜班");
        match self {
            Self::Night => says_night || starts.hour() >= 17 || starts.hour() < 4,
            Self::Day => {
                let ends = zone.to_datetime(job.busy_until());
                let long = job.starts_at.duration_until(job.busy_until()) > LONGEST_SHIFT;
                let by_evening =
                    ends.date() == starts.date() && (ends.hour(), ends.minute()) <= (21, 0);
                !says_night && (5..=13).contains(&starts.hour()) && (long || by_evening)
            }
            Self::Weekend => {
                // Work that ends at midnight was done the day before.
                let end = job
                    .busy_until()
                    .saturating_sub(SignedDuration::from_secs(1));
                let last = zone.to_datetime(end.unwrap_or(job.starts_at)).date();
                let first = starts.date();
                is_weekend(first) && is_weekend(last) && last <= first.saturating_add(1.day())
            }
        }
    }
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

impl Paper {
    /// Words of listings that ask for it.
    fn words(self) -> &'static [&'static str] {
        match self {
            Self::Electrician => &["电工证", "电工操作证", "电工上岗证"],
            Self::Welder => &["焊工证", "焊工操作证", "焊接操作证", "焊工上岗证"],
            Self::Heights => &["高处作业证", "高空作业证", "登高证", "登高作业证"],
            Self::Forklift => &["叉车证"],
            Self::Driving => &[
                "驾驶证",
                "驾照",
                "C1证",
                "B2证",
                "A2证",
                "C1以上",
                "B2以上",
                "A2以上",
            ],
            Self::Health => &["健康证"],
            Self::Care => &["护理员证", "护工证", "护理证"],
            Self::Cook => &["厨师证"],
            Self::Guard => &["保安员证", "保安证"],
        }
    }

    /// Whether that job asks for it. What is welcome (`有健康证优先`) or not needed (`无需健康证`)
    /// is not asked for.
    pub fn is_asked_by(self, job: &Job) -> bool {
        let certified = |kind| {
            job.work_kind == kind && (job.title.contains("持证") || job.title.contains("带证"))
        };
        match self {
            Self::Electrician if certified(WorkKind::Electrical) => return true,
            Self::Welder if certified(WorkKind::Welding) => return true,
            _ => {}
        }
        let texts = [Some(job.title.as_str()), job.requirements.as_deref()];
        let sentences = texts
            .into_iter()
            .flatten()
            .flat_map(|text| text.split(['，', '。', '；', ',', ';', '\n']));
        let mut asked =
            sentences.filter(|part| self.words().iter().any(|word| part.contains(word)));
        asked.any(|part| !WELCOME.iter().any(|word| part.contains(word)))
    }
}

/// What is asked for beside such words is welcome, or not needed.
const WELCOME: &[&str] = &[
    "优先",
    "无需",
    "不需",
    "不要求",
    "不用",
    "无须",
    "可不",
    "免",
    "更好",
    "最好",
    "无要求",
    "可办",
    "代办",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{a_job, at};

    fn china() -> TimeZone {
        TimeZone::fixed(jiff::tz::offset(8))
    }

    fn from_to(from: &str, to: &str) -> Vec<Hours> {
        let mut job = a_job(1);
        job.starts_at = at(&format!("{from}+08:00"));
        job.ends_at = Some(at(&format!("{to}+08:00")));
        let fits = |hours: &&Hours| hours.fits(&job, &china());
        Hours::ALL.iter().filter(fits).copied().collect()
    }

    #[test]
    fn times_are_those_of_the_hall() {
        use Hours::{Day, Night, Weekend};
        let cases: &[(&str, &str, &[Hours])] = &[
            // A Tuesday.
            ("2026-11-24T08:00", "2026-11-24T18:00", &[Day]),
            ("2026-11-24T08:00", "2026-11-24T22:00", &[]),
            ("2026-11-24T20:00", "2026-11-25T04:00", &[Night]),
            // A month's work is by day where it begins by day.
            ("2026-11-24T08:00", "2026-12-24T18:00", &[Day]),
            ("2026-11-28T08:00", "2026-11-28T18:00", &[Day, Weekend]),
            ("2026-11-28T08:00", "2026-11-29T18:00", &[Day, Weekend]),
            ("2026-11-28T20:00", "2026-11-30T00:00", &[Night, Weekend]),
            ("2026-11-28T08:00", "2026-11-30T18:00", &[Day]),
            ("2026-11-28T08:00", "2026-12-06T18:00", &[Day]),
        ];
        for (from, to, expected) in cases {
            assert_eq!(from_to(from, to), *expected, "{from} {to}");
        }
    }

    #[test]
    fn a_night_shift_is_one_by_its_words_too() {
        let mut job = a_job(1);
        job.title = "夜班保安".to_owned();
        assert!(Hours::Night.fits(&job, &china()) && !Hours::Day.fits(&job, &china()));
    }

    #[test]
    fn papers_are_asked_for_in_the_words_of_listings() {
        let asked = |title: &str, kind, requirements: &str| -> Vec<Paper> {
            let mut job = a_job(1);
            (job.title, job.work_kind) = (title.to_owned(), kind);
            job.requirements = (!requirements.is_empty()).then(|| requirements.to_owned());
            let asked = |paper: &&Paper| paper.is_asked_by(&job);
            Paper::ALL.iter().filter(asked).copied().collect()
        };
        use Paper::{Driving, Electrician, Health, Welder};
        assert_eq!(asked("小工", WorkKind::Other, ""), []);
        assert_eq!(asked("焊工（持证）", WorkKind::Welding, ""), [Welder]);
        assert_eq!(asked("小工（持证）", WorkKind::Other, ""), []);
        let kitchen = asked("帮厨", WorkKind::Catering, "能吃苦，需健康证；有厨师证优先");
        assert_eq!(kitchen, [Health]);
        assert_eq!(asked("洗碗工", WorkKind::Catering, "无需健康证"), []);
        let van = asked("货车司机", WorkKind::Driving, "B2以上，带电工证");
        assert_eq!(van, [Electrician, Driving]);
    }

    #[test]
    fn what_cannot_be_is_no_wish() {
        let odd = Wishes {
            fen_a_day: Some(u64::MAX),
            town: Some("  ".to_owned()),
            hours: None,
            papers: Some(vec![Paper::Cook, Paper::Welder, Paper::Cook]),
        };
        let sound = odd.sound();
        assert_eq!((sound.fen_a_day, sound.town), (None, None));
        assert_eq!(sound.papers, Some(vec![Paper::Welder, Paper::Cook]));
        let long = Wishes {
            town: Some("镇".repeat(10_000)),
            ..Wishes::default()
        };
        assert_eq!(
            long.sound().town.map(|town| town.chars().count()),
            Some(TOWN_MAX)
        );
    }
}
