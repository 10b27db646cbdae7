use super::*;
use crate::id::JobId;
use crate::testing::at;
use jiff::tz::TimeZone;
use std::time::Duration;

fn job(n: u32) -> Subject {
    Subject {
        kind: JOB.to_owned(),
        id: Some(Uuid::from_u128(n.into())),
        number: Some(100 + n),
        title: format!("小工{n}"),
    }
}

fn table(page: u32, jobs: &[u32]) -> Seen {
    Seen {
        scene: "jobs",
        page: Some(page),
        turn: Some(Duration::from_secs(page.into())),
        subjects: jobs.iter().map(|n| job(*n)).collect(),
    }
}

fn rest() -> Seen {
    Seen {
        scene: "rest",
        page: None,
        turn: None,
        subjects: vec![],
    }
}

/// A wall that is told what is on at so many seconds, with a hub's clock.
struct Wall(Tracker);

impl Wall {
    fn new() -> Self {
        Self(Tracker::new("wall"))
    }

    fn shows(&mut self, seconds: u64, seen: &Seen) -> Vec<(Option<u32>, u64, bool)> {
        let now = at("2026-11-24T00:00:00Z") + Duration::from_secs(seconds);
        let ended = self.0.shows(seen, Duration::from_secs(seconds), now);
        ended.iter().map(brief).collect()
    }
}

fn brief(showing: &Showing) -> (Option<u32>, u64, bool) {
    let number = showing.subject.as_ref().and_then(|subject| subject.number);
    (number, showing.ms / 1000, showing.again)
}

#[test]
fn every_job_of_a_page_has_a_showing_of_its_own() {
    let mut wall = Wall::new();
    assert_eq!(wall.shows(0, &table(1, &[1, 2])), []);
    assert_eq!(wall.shows(1, &table(1, &[1, 2])), [], "still on");
    // One was taken while the page was on.
    assert_eq!(wall.shows(4, &table(1, &[2])), [(Some(101), 4, false)]);
    assert_eq!(wall.shows(10, &table(2, &[3])), [(Some(102), 10, false)]);
    let ended = wall.0.ends(Duration::from_secs(12));
    assert_eq!(ended.len(), 1);
    assert_eq!(ended[0].page, Some(2));
    assert_eq!(ended[0].at, at("2026-11-24T00:00:10Z"));
    assert_eq!(ended[0].ms, 2000);
    assert_eq!(wall.0.ends(Duration::from_secs(13)), []);
}

#[test]
fn the_same_job_in_the_next_turn_came_on_anew_and_so_did_one_with_another_title() {
    let mut wall = Wall::new();
    let turn = |since| Seen {
        scene: "spotlight",
        page: None,
        turn: Some(Duration::from_secs(since)),
        subjects: vec![job(1)],
    };
    wall.shows(0, &turn(0));
    assert_eq!(wall.shows(12, &turn(12)), [(Some(101), 12, false)]);
    let mut renamed = turn(12);
    renamed.subjects[0].title = "大工".to_owned();
    let ended = wall.0.shows(
        &renamed,
        Duration::from_secs(15),
        at("2026-11-24T00:00:15Z"),
    );
    assert_eq!(ended[0].subject.as_ref().expect("a job").title, "小工1");
    let last = wall.0.ends(Duration::from_secs(24));
    assert_eq!(last[0].subject.as_ref().expect("a job").title, "大工");
}

#[test]
fn what_stands_for_long_is_written_in_parts_that_count_once() {
    let mut wall = Wall::new();
    let mut parts = vec![];
    for seconds in 0..=700 {
        parts.extend(wall.shows(seconds, &rest()));
    }
    parts.extend(wall.0.ends(Duration::from_secs(700)).iter().map(brief));
    assert_eq!(
        parts,
        [(None, 300, false), (None, 300, true), (None, 100, true)]
    );
}

#[test]
fn what_cannot_be_kept_is_counted_however_often_it_is_folded() {
    let showing = |n: u64| Showing {
        wall: "wall".to_owned(),
        scene: "spotlight".to_owned(),
        subject: Some(job(1)),
        page: None,
        at: at("2026-11-24T00:00:00Z") + Duration::from_secs(10 * n),
        ms: 10_000,
        again: false,
        lost: 0,
    };
    let mut queue: Vec<Showing> = vec![];
    for n in 0..100 {
        queue.push(showing(n));
        fold(&mut queue, 7);
        assert!(queue.len() <= 7);
    }
    assert_eq!(queue.len(), 7);
    assert_eq!(queue[0].scene, GAP);
    assert_eq!(queue[0].at, at("2026-11-24T00:00:00Z"));
    assert_eq!(queue[0].ms, 940_000);
    let lost: u64 = queue.iter().map(|showing| showing.lost).sum();
    assert_eq!(lost + 6, 100);
    fold(&mut queue, 0);
    assert_eq!((queue.len(), queue[0].lost), (1, 100));
    assert_eq!(gap([]), None);
}

#[test]
fn jobs_that_were_never_shown_come_first() {
    let open = |n: u32, open_seconds| OpenOnDay {
        job: JobId(Uuid::from_u128(n.into())),
        number: 100 + n,
        title: format!("小工{n}"),
        open_seconds,
    };
    let shown = |n: u32, times| ShownJob {
        job: JobId(Uuid::from_u128(n.into())),
        number: 100 + n,
        title: "旧名".to_owned(),
        times,
        ms: times * 12_500,
        first: at("2026-11-24T00:00:00Z"),
        last: at("2026-11-24T08:00:00Z"),
    };
    let lines = exposure(
        vec![open(1, 3600), open(2, 60), open(3, 7200), open(4, 3600)],
        vec![shown(1, 9), shown(4, 2), shown(5, 1)],
    );
    let brief: Vec<_> = lines.iter().map(|line| (line.number, line.times)).collect();
    assert_eq!(brief, [(103, 0), (102, 0), (105, 1), (104, 2), (101, 9)]);
    assert_eq!(lines[0].between, None);
    assert_eq!(lines[2].title, "旧名");
    assert_eq!(lines[2].open_seconds, 0, "a hall that was cut off");
    assert_eq!((lines[4].title.as_str(), lines[4].seconds), ("小工1", 112));
}

#[test]
fn no_cell_is_a_formula() {
    for bad in ["=1+1", " =1", "+86", "-1", "@SUM(A1)", "\t=1", "＝1"] {
        assert!(plain_cell(bad).starts_with('\''), "{bad}");
    }
    assert_eq!(plain_cell("砌砖\n小工 2-3人"), "砌砖 小工 2-3人");
    let showing = Showing {
        wall: "wall".to_owned(),
        scene: "jobs".to_owned(),
        subject: Some(Subject {
            title: "=HYPERLINK(1)".to_owned(),
            ..job(1)
        }),
        page: Some(2),
        at: at("2026-11-24T16:00:05Z"),
        ms: 18_040,
        again: false,
        lost: 0,
    };
    let zone = TimeZone::fixed(jiff::tz::offset(8));
    let cells = line("一号", &showing, &zone);
    let wanted = [
        "一号",
        "wall",
        "2026-11-25 00:00:05",
        "18.040",
        "jobs",
        "2",
        "job",
        "101",
        "'=HYPERLINK(1)",
        "",
        "",
    ];
    assert_eq!(cells, wanted);
}

#[test]
fn older_and_newer_programs_read_each_other() {
    let least = r#"{"seq": 7, "wall": "wall", "scene": "hologram", "at": "2026-11-24T00:00:00Z",
        "ms": 5, "subject": {"kind": "star", "title": "x", "size": 3}, "colour": "red"}"#;
    let read: NumberedShowing = serde_json::from_str(least).expect("readable");
    assert_eq!((read.seq, read.showing.lost), (7, 0));
    assert_eq!(read.showing.subject.as_ref().expect("there").kind, "star");
    let text = serde_json::to_string(&read).expect("written");
    assert!(!text.contains("lost") && !text.contains("again") && !text.contains("page"));
    assert_eq!(
        serde_json::from_str::<NumberedShowing>(&text).expect("read"),
        read
    );
}
