//! Search finds what a plain comparison finds, among 20,000 jobs, as they come, change and go.

use crate::store_support::*;
use gighall_core::job::{Job, Settlement, WorkKind};
use gighall_core::pay::{Pay, PayUnit};
use gighall_core::place::Place;
use gighall_core::playlist::Parade;
use gighall_core::testing::{a_job, at};
use gighall_core::wire::Change;
use gighall_kiosk::store::{STORE_FILE, Store};
use gighall_kiosk::terminal::desk::{JobQuery, NEAR_KM, Order};
use jiff::SignedDuration;
use pinyin::ToPinyin;
use std::collections::BTreeSet;

const TITLES: [&str; 12] = [
    "电焊工",
    "砌砖小工",
    "苹果采摘",
    "仓库搬运工",
    "酒店保洁员",
    "绿化养护",
    "月嫂",
    "外卖骑手",
    "Q235钢筋工",
    "𬭎矿临时工",
    "土豆分拣(夜班)",
    "会展搭建",
];
const TOWNS: [&str; 6] = ["草海镇", "六桥街道", "小海镇", "羊街镇", "麻乍镇", "么站镇"];
const EMPLOYERS: [&str; 4] = [
    "威宁草海建筑劳务有限公司",
    "鑫源果蔬专业合作社",
    "王家包子铺",
    "ABC物流",
];

fn varied(n: u32) -> Job {
    let pick = |len: usize, by: u32| (n.wrapping_mul(2_654_435_761).rotate_left(by) as usize) % len;
    let mut job = a_job(n);
    job.title = TITLES[pick(TITLES.len(), 3)].to_owned();
    job.town = TOWNS[pick(TOWNS.len(), 9)].to_owned();
    job.employer.name = EMPLOYERS[pick(EMPLOYERS.len(), 15)].to_owned();
    job.address = format!("{}第{}组", job.town, n % 17);
    job.work_kind = WorkKind::ALL[pick(WorkKind::ALL.len(), 21)];
    job.settlement = Settlement::ALL[pick(Settlement::ALL.len(), 5)];
    job.urgent = n.is_multiple_of(7);
    let fen = 10_000 + u64::from(n % 50) * 500;
    job.pay = Pay::Range {
        min_fen: fen,
        max_fen: fen + 4_000,
        unit: [PayUnit::Day, PayUnit::Hour, PayUnit::Piece][pick(3, 27)],
    };
    job
}

fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Runs of syllables, one run for each unbroken stretch of Chinese.
fn syllables(text: &str) -> Vec<Vec<String>> {
    let mut runs = vec![vec![]];
    for c in text.chars() {
        match c.to_pinyin() {
            Some(p) => runs
                .last_mut()
                .expect("one")
                .push(p.plain().replace('ü', "v")),
            None => runs.push(vec![]),
        }
    }
    runs
}

/// The same question asked without any index.
fn fits(job: &Job, word: &str) -> bool {
    let word = plain(word);
    let mut fields = vec![
        job.number.to_string(),
        job.title.clone(),
        job.work_kind.zh().to_owned(),
        job.settlement.zh().to_owned(),
        job.employer.name.clone(),
        job.town.clone(),
        job.address.clone(),
    ];
    fields.extend(job.gather_place.clone());
    fields.extend(job.requirements.clone());
    if fields.iter().any(|field| plain(field).contains(&word)) {
        return true;
    }
    if !word.chars().all(|c| c.is_ascii_alphabetic()) {
        return false;
    }
    let spoken = [
        job.title.as_str(),
        job.work_kind.zh(),
        &job.town,
        &job.employer.name,
    ];
    spoken.iter().flat_map(|field| syllables(field)).any(|run| {
        (0..run.len()).any(|from| {
            let firsts: String = run[from..]
                .iter()
                .filter_map(|s| s.chars().next())
                .collect();
            firsts.starts_with(&word) || run[from..].concat().starts_with(&word)
        })
    })
}

fn found(store: &Store, words: &str) -> BTreeSet<u32> {
    let query = JobQuery {
        words: words.to_owned(),
        limit: 100_000,
        ..JobQuery::default()
    };
    let page = store.find(&query, now()).expect("works");
    assert_eq!(page.total, page.jobs.len());
    page.jobs.iter().map(|job| job.number).collect()
}

const QUERIES: [&str; 36] = [
    "电",
    "焊工",
    "电焊工",
    "dhg",
    "DHG",
    "dianhan",
    "dianhangong",
    "hg",
    "工",
    "草海",
    "草海镇",
    "ch",
    "caohai",
    "小工 草海",
    "dhg 六桥",
    "日结",
    "rj",
    "130",
    "1234",
    "q235",
    "Q2",
    "𬭎",
    "𬭎矿",
    "夜班",
    "(夜班)",
    "ABC",
    "abc物流",
    "苹果 羊街 日结",
    "lvhua",
    "lh",
    "不存在",
    "zzz",
    "第3组",
    "an",
    "王家包子",
    "鑫源果蔬",
];

#[test]
fn twenty_thousand_jobs_are_searched_as_a_plain_comparison_would() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = open(dir.path());
    enrol(&store, 1);
    let mut jobs: Vec<Job> = (0..20_000).map(varied).collect();
    snapshot(&store, 1, &jobs);
    let compare = |jobs: &[Job]| {
        for words in QUERIES {
            let expected: BTreeSet<u32> = jobs
                .iter()
                .filter(|job| words.split_whitespace().all(|word| fits(job, word)))
                .map(|job| job.number)
                .collect();
            let found = found(&store, words);
            let wrong: Vec<u32> = found.symmetric_difference(&expected).copied().collect();
            assert!(
                wrong.is_empty(),
                "{words:?}: {} wrong, as {:?}",
                wrong.len(),
                wrong[0]
            );
        }
    };
    compare(&jobs);
    // Jobs change and go: what they were is found no more.
    let mut changes = vec![];
    for n in (0..2_000).step_by(3) {
        jobs[n].title = "洗车工".to_owned();
        changes.push(changed(jobs[n].clone()));
    }
    for job in jobs.drain(5_000..7_000) {
        changes.push(Change::JobRemoved { id: job.id });
    }
    store
        .apply_changes(&feed(hall_scope(), 2, changes), now())
        .expect("applied");
    compare(&jobs);
    assert_eq!(
        found(&store, "xcg").len(),
        jobs.iter().filter(|job| fits(job, "xcg")).count()
    );
}

#[test]
fn filters_go_together_and_pages_are_in_order() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = open(dir.path());
    enrol(&store, 1);
    let jobs: Vec<Job> = (0..3_000).map(varied).collect();
    snapshot(&store, 1, &jobs);
    let query = JobQuery {
        work_kind: Some(WorkKind::Welding),
        town: Some("草海镇".to_owned()),
        min_fen_a_day: Some(20_000),
        daily_settled: true,
        limit: 1_000,
        ..JobQuery::default()
    };
    let page = store.find(&query, now()).expect("works");
    let expected = jobs.iter().filter(|job| {
        job.work_kind == WorkKind::Welding
            && job.town == "草海镇"
            && job.pay.least_fen_a_day().is_some_and(|fen| fen >= 20_000)
            && job.settlement == Settlement::Daily
    });
    assert_eq!(page.total, expected.count());
    let all = store
        .find(
            &JobQuery {
                limit: 5_000,
                ..JobQuery::default()
            },
            now(),
        )
        .expect("works")
        .jobs;
    let rank = |job: &Job| (!job.urgent, std::cmp::Reverse(job.pay.fen_a_day()));
    assert!(all.is_sorted_by_key(rank));
    let mut paged = vec![];
    for offset in (0..3_000).step_by(250) {
        let query = JobQuery {
            offset,
            limit: 250,
            ..JobQuery::default()
        };
        paged.extend(store.find(&query, now()).expect("works").jobs);
    }
    assert_eq!(paged, all);
    let kinds = store.kinds(&JobQuery::default(), now()).expect("works");
    assert_eq!(kinds.iter().map(|(_, n)| n).sum::<usize>(), 3_000);
    assert!(kinds.is_sorted_by_key(|(_, n)| std::cmp::Reverse(*n)));
    let towns = store.towns(&JobQuery::default(), now()).expect("works");
    assert_eq!(towns.len(), TOWNS.len());
}

#[test]
fn each_choice_counts_the_jobs_it_leads_to_beside_what_is_chosen() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = open(dir.path());
    enrol(&store, 1);
    let jobs: Vec<Job> = (0..3_000).map(varied).collect();
    snapshot(&store, 1, &jobs);
    let query = JobQuery {
        work_kind: Some(WorkKind::Welding),
        town: Some("草海镇".to_owned()),
        min_fen_a_day: Some(20_000),
        ..JobQuery::default()
    };
    let total = |query: JobQuery| store.find(&query, now()).expect("works").total;
    let kinds = store.kinds(&query, now()).expect("works");
    assert!(kinds.len() > 1 && kinds.is_sorted_by_key(|(_, n)| std::cmp::Reverse(*n)));
    for kind in WorkKind::ALL {
        let counted = kinds.iter().find(|(counted, _)| counted == kind);
        let chosen = JobQuery {
            work_kind: Some(*kind),
            ..query.clone()
        };
        assert_eq!(counted.map_or(0, |(_, n)| *n), total(chosen), "{kind:?}");
    }
    let towns = store.towns(&query, now()).expect("works");
    assert!(towns.len() > 1 && towns.iter().all(|(_, n)| *n > 0));
    for town in TOWNS {
        let counted = towns.iter().find(|(counted, _)| counted == town);
        let chosen = JobQuery {
            town: Some(town.to_owned()),
            ..query.clone()
        };
        assert_eq!(counted.map_or(0, |(_, n)| *n), total(chosen), "{town}");
    }
}

#[test]
fn a_number_finds_its_job_first() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = open(dir.path());
    enrol(&store, 1);
    let jobs: Vec<Job> = (0..3_000).map(varied).collect();
    snapshot(&store, 1, &jobs);
    for typed in ["112", "１１２", " 112 "] {
        let query = JobQuery {
            words: typed.to_owned(),
            limit: 3,
            ..JobQuery::default()
        };
        let page = store.find(&query, now()).expect("works");
        assert_eq!(page.jobs[0].number, 112, "{typed:?}");
        assert!(page.total > 1);
    }
}

/// Jobs around a hall: every fifth at no known place, the others up to a third of a degree away;
/// each begins some hours after midnight in China.
fn around(n: u32) -> Job {
    let mut job = varied(n);
    let part = |by: u32| f64::from(n.wrapping_mul(by) % 600) / 1000.0 - 0.3;
    job.position = (!n.is_multiple_of(5)).then(|| {
        let (latitude, longitude) = (26.857 + part(7_919), 104.282 + part(104_729));
        (format!("{latitude:.6}"), format!("{longitude:.6}"))
    });
    job.starts_at = at("2026-11-22T16:00:00Z") + SignedDuration::from_hours(i64::from(n % 60) - 6);
    job.ends_at = None;
    job.valid_until = at("2026-12-01T00:00:00Z");
    job
}

#[test]
fn jobs_are_found_by_day_and_way_and_put_in_order() {
    let (_dir, store, _) = enrolled();
    let jobs: Vec<Job> = (0..600).map(around).collect();
    snapshot(&store, 1, &jobs);
    let here: Place = "26.857,104.282".parse().expect("a place");
    let way = |job: &Job| {
        let place = job.position.as_ref().and_then(Place::of)?;
        Some(here.metres_to(place))
    };
    let asked = |query: JobQuery| {
        let query = JobQuery {
            here: Some(here),
            limit: 1_000,
            ..query
        };
        store.find(&query, now()).expect("works").jobs
    };
    let today = asked(JobQuery {
        starts_today: true,
        ..JobQuery::default()
    });
    // By the hall's clock the day begins at 16:00 of the day before and has 24 hours.
    let day = at("2026-11-22T16:00:00Z")..at("2026-11-23T16:00:00Z");
    let expected = jobs.iter().filter(|job| day.contains(&job.starts_at));
    assert_eq!(today.len(), expected.count());
    assert!(today.iter().all(|job| day.contains(&job.starts_at)));
    let near = asked(JobQuery {
        near: true,
        ..JobQuery::default()
    });
    let limit = f64::from(NEAR_KM) * 1000.0;
    // The map is flat for the store: what lies at the very edge may fall on either side.
    let within = |by: f64| {
        let inside = |job: &&Job| way(job).is_some_and(|way| way < limit * by);
        jobs.iter().filter(inside).count()
    };
    assert!((within(0.998)..=within(1.002)).contains(&near.len()) && !near.is_empty());
    assert!(
        near.iter()
            .all(|job| way(job).is_some_and(|way| way < limit * 1.002))
    );
    let in_order = |order| {
        let found = asked(JobQuery {
            order,
            ..JobQuery::default()
        });
        assert_eq!(found.len(), jobs.len(), "{order:?}");
        found
    };
    let ways: Vec<f64> = in_order(Order::Distance)
        .iter()
        .map(|job| way(job).unwrap_or(f64::INFINITY))
        .collect();
    assert!(ways.windows(2).all(|pair| pair[0] <= pair[1] * 1.002));
    assert!(in_order(Order::Start).is_sorted_by_key(|job| job.starts_at));
    let pay = |job: &Job| std::cmp::Reverse(job.pay.fen_a_day());
    assert!(in_order(Order::Pay).is_sorted_by_key(pay));
}

#[test]
fn nothing_is_near_a_hall_that_is_nowhere() {
    let (_dir, store, _) = enrolled();
    snapshot(&store, 1, &[around(1), around(2)]);
    let query = JobQuery {
        near: true,
        limit: 10,
        ..JobQuery::default()
    };
    assert_eq!(store.find(&query, now()).expect("works").total, 0);
    let nearest = JobQuery {
        order: Order::Distance,
        limit: 10,
        ..JobQuery::default()
    };
    assert_eq!(store.find(&nearest, now()).expect("works").total, 2);
}

#[test]
fn nothing_typed_is_search_syntax_and_long_text_is_cut() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = open(dir.path());
    enrol(&store, 1);
    snapshot(&store, 1, &[varied(1), varied(2)]);
    for typed in [
        "\"",
        "'",
        "*",
        "a*",
        "AND",
        "OR",
        "NOT",
        "NEAR(a b)",
        "words:",
        "a\" OR \"b",
        "(",
        ")",
        "^a",
        "-a",
        "{a b}",
        "%",
        "_",
        "\0",
        "；；",
        "工\"",
        "a AND",
        "initials : x",
        "😀",
    ] {
        found(&store, typed);
    }
    assert!(found(&store, "！！！").is_empty(), "signs are in no words");
    assert_eq!(found(&store, "  ").len(), 2, "nothing typed: everything");
    found(&store, &"工".repeat(10_000));
    found(&store, &"a ".repeat(5_000));
    found(&store, &"dhg".repeat(4_000));
}

#[test]
fn the_jobs_that_pass_by_are_the_open_ones_and_todays_are_known() {
    let (_dir, store, _) = enrolled();
    let mut jobs: Vec<Job> = (1..=4).map(a_job).collect();
    // In the hall it is the 23rd, 14:00.
    for (job, starts) in jobs.iter_mut().zip([
        "2026-11-23T10:00:00Z",
        "2026-11-23T15:59:00Z",
        "2026-11-23T16:00:00Z",
        "2026-11-23T10:00:00Z",
    ]) {
        job.starts_at = at(starts);
        job.ends_at = None;
        job.valid_until = job.starts_at;
    }
    jobs[1].urgent = true;
    jobs[3].places_left = 0;
    snapshot(&store, 1, &jobs);
    let mut parade = Parade::default();
    let mut next = || {
        let job = store.next_of(&mut parade, now()).expect("read");
        job.map(|job| job.number)
    };
    // The second is urgent, the first begins today: both have two turns where the third has one.
    let turns: Vec<u32> = (0..10).filter_map(|_| next()).collect();
    let [first, urgent, tomorrow] = [0, 1, 2].map(|n: usize| jobs[n].number);
    let lap = [urgent, first, urgent, first];
    assert_eq!(turns[..3], [urgent, first, tomorrow]);
    assert_eq!((&turns[3..5], turns[5]), (&lap[..2], tomorrow));
    assert_eq!(turns[6..], lap);
}

#[test]
fn a_number_that_takes_nobody_is_found_as_such() {
    let (_dir, store, _) = enrolled();
    let mut full = varied(1);
    full.places_left = 0;
    let mut over = varied(2);
    over.valid_until = now() - SignedDuration::from_secs(1);
    let jobs = [full.clone(), over.clone(), varied(3)];
    snapshot(&store, 1, &jobs);
    let closed = |job: &Job| store.closed(job.number, now()).expect("read");
    assert_eq!(closed(&full).map(|job| job.id), Some(full.id));
    assert_eq!(closed(&over).map(|job| job.id), Some(over.id));
    assert_eq!(closed(&jobs[2]), None, "it is open");
    assert_eq!(store.closed(99_999, now()).expect("read"), None);
}

#[test]
fn whether_the_job_of_a_number_takes_nobody_is_known_without_a_look_at_all() {
    let (dir, store, _) = enrolled();
    let mut full = a_job(7);
    full.places_left = 0;
    snapshot(&store, 1, &[a_job(6), full.clone()]);
    let closed = |number| store.closed(number, now()).expect("read");
    assert_eq!(closed(full.number).map(|job| job.id), Some(full.id));
    assert_eq!(closed(a_job(6).number), None, "it is open");
    assert_eq!(closed(4_000_000), None);
    // With every digit that is typed it is asked, of a hundred thousand.
    let database = rusqlite::Connection::open(dir.path().join(STORE_FILE)).expect("opens");
    let plan: String = database
        .query_row(
            "EXPLAIN QUERY PLAN SELECT body, left_now FROM jobs_now WHERE number = 7",
            [],
            |row| row.get("detail"),
        )
        .expect("a plan");
    assert!(plan.contains("jobs_by_number"), "{plan}");
}
