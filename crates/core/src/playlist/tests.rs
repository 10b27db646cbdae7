use super::turns::Turns;
use super::*;
use crate::id::{JobId, NoticeId};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::time::Duration;
use uuid::Uuid;

fn job(n: u32) -> OpenJob {
    OpenJob {
        id: JobId(Uuid::from_u128(u128::from(n) + 1)),
        urgent: n.is_multiple_of(5),
    }
}

fn jobs(n: u32) -> Vec<OpenJob> {
    (0..n).map(job).collect()
}

fn notice(n: u32) -> NoticeId {
    NoticeId(Uuid::from_u128(u128::from(n) + 1))
}

/// The same jobs for each of the first scenes, at any time.
fn slots(jobs: &[OpenJob]) -> [Slot<'_>; 8] {
    [Slot { on: true, jobs }; 8]
}

fn content<'a>(slots: &'a [Slot<'a>], notices: &'a [NoticeId], rows: usize) -> Content<'a> {
    Content {
        slots,
        notices,
        rows,
    }
}

fn table() -> Scene {
    Scene::jobs()
}

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

#[test]
fn scenes_follow_each_other_for_their_time() {
    let jobs = jobs(12);
    let notices = [notice(1)];
    let slots = slots(&jobs);
    let content = content(&slots, &notices, 9);
    let mut player = Player::new(vec![table(), Scene::spotlight(10, 2), Scene::notice(8, 5)]);
    let mut seen = Vec::new();
    let mut time = Duration::ZERO;
    for _ in 0..6 {
        let now = player.at(time, &content).clone();
        seen.push((now.since.as_secs(), now.until.as_secs()));
        time = now.until;
    }
    // Two pages of six rows for 12 s each; then two jobs, one notice, and from the beginning.
    assert_eq!(seen[..2], [(0, 12), (12, 24)]);
    assert_eq!(seen[2..], [(24, 34), (34, 44), (44, 52), (52, 64)]);
}

#[test]
fn nothing_to_show_rests_and_wakes_at_once() {
    let mut player = Player::new(default_scenes());
    assert_eq!(
        player.at(seconds(0), &content(&slots(&[]), &[], 9)).show,
        Show::Rest
    );
    assert_eq!(
        player.at(seconds(7), &content(&slots(&[]), &[], 9)).show,
        Show::Rest
    );
    let some = jobs(1);
    let now = player.at(seconds(8), &content(&slots(&some), &[], 9));
    assert!(matches!(now.show, Show::Jobs { .. }));
    assert_eq!(now.since, seconds(8));
    let mut empty = Player::new(Vec::new());
    assert_eq!(
        empty.at(seconds(0), &content(&slots(&some), &[], 9)).show,
        Show::Rest
    );
}

#[test]
fn the_first_jobs_do_not_wait_for_what_stood_in_for_them() {
    let open = jobs(2);
    let text = Scene::Text {
        title: "t".to_owned(),
        body: String::new(),
        seconds: 60,
        when: When::default(),
    };
    let mut player = Player::new(vec![table(), text]);
    let slots_of_none = slots(&[]);
    let none = content(&slots_of_none, &[], 3);
    assert_eq!(player.at(seconds(0), &none).show, Show::Text(1));
    let now = player.at(seconds(2), &content(&slots(&open), &[], 3));
    assert!(matches!(now.show, Show::Jobs { page: 1, .. }));
    // Later ones do not begin anew.
    let now = player
        .at(seconds(9), &content(&slots(&open), &[], 3))
        .show
        .clone();
    assert_eq!(now, Show::Text(1));
    let more = jobs(3);
    let now = player.at(seconds(10), &content(&slots(&more), &[], 3));
    assert_eq!(now.show, Show::Text(1));
}

#[test]
fn a_job_that_leaves_makes_its_page_shorter_and_skips_nobody() {
    let mut open = jobs(6);
    let mut player = Player::new(vec![table()]);
    player.at(seconds(0), &content(&slots(&open), &[], 3));
    let gone = open.remove(1);
    let now = player
        .at(seconds(1), &content(&slots(&open), &[], 3))
        .clone();
    assert_eq!(
        now.show,
        Show::Jobs {
            page: 1,
            pages: 2,
            jobs: vec![job(0).id, job(2).id]
        }
    );
    assert_ne!(gone.id, job(0).id);
    let now = player
        .at(seconds(6), &content(&slots(&open), &[], 3))
        .clone();
    assert_eq!(
        now.show,
        Show::Jobs {
            page: 2,
            pages: 2,
            jobs: vec![job(3).id, job(4).id, job(5).id]
        }
    );
}

#[test]
fn a_spotlight_whose_job_is_taken_gives_way_to_another() {
    let open = jobs(3);
    let mut player = Player::new(vec![Scene::spotlight(10, 1)]);
    assert_eq!(
        player.at(seconds(0), &content(&slots(&open), &[], 3)).show,
        Show::Spotlight(job(0).id)
    );
    let now = player.at(seconds(4), &content(&slots(&open[1..]), &[], 3));
    assert_eq!(now.show, Show::Spotlight(job(1).id));
    assert_eq!((now.since, now.until), (seconds(4), seconds(14)));
}

#[test]
fn a_long_sleep_is_not_caught_up_with() {
    let open = jobs(2);
    let mut player = Player::new(vec![table()]);
    player.at(seconds(0), &content(&slots(&open), &[], 3));
    let now = player.at(seconds(1_000_000), &content(&slots(&open), &[], 3));
    assert_eq!(now.since, seconds(1_000_000));
}

#[test]
fn a_scene_is_on_at_its_times_only_and_leaves_when_they_end() {
    let open = jobs(2);
    let mut player = Player::new(vec![Scene::spotlight(60, 1), table()]);
    let mut now = [Slot {
        on: true,
        jobs: &open,
    }; 2];
    let first = player.at(seconds(0), &content(&now, &[], 3)).show.clone();
    assert!(matches!(first, Show::Spotlight(_)));
    now[0].on = false;
    let then = player.at(seconds(1), &content(&now, &[], 3)).clone();
    assert!(matches!(then.show, Show::Jobs { .. }), "mid-scene");
    assert_eq!(then.since, seconds(1));
    now[1].on = false;
    assert_eq!(
        player.at(seconds(2), &content(&now, &[], 3)).show,
        Show::Rest
    );
    now[0].on = true;
    let back = player.at(seconds(3), &content(&now, &[], 3)).show.clone();
    assert!(matches!(back, Show::Spotlight(_)), "at once");
}

#[test]
fn spotlights_of_different_jobs_take_turns_of_their_own() {
    let open = jobs(6);
    let mut player = Player::new(vec![Scene::spotlight(1, 1), Scene::spotlight(1, 1)]);
    let (some, others) = open.split_at(3);
    let slots = [some, others].map(|jobs| Slot { on: true, jobs });
    let mut had: BTreeMap<JobId, u32> = BTreeMap::new();
    for second in 0..24 {
        if let Show::Spotlight(id) = player.at(seconds(second), &content(&slots, &[], 3)).show {
            *had.entry(id).or_default() += 1;
        }
    }
    assert_eq!(had.len(), 6);
    // One of each three is urgent and has two turns.
    assert!(had.values().all(|turns| (3..=6).contains(turns)), "{had:?}");
}

#[test]
fn a_table_of_a_few_pages_at_a_time_goes_on_where_it_stopped() {
    let open = jobs(7);
    let Scene::Jobs {
        seconds: s,
        rows,
        only,
        when,
        ..
    } = table()
    else {
        panic!("a table");
    };
    let two_pages = Scene::Jobs {
        seconds: s,
        rows,
        pages: Some(2),
        only,
        when,
    };
    let mut player = Player::new(vec![two_pages, Scene::spotlight(5, 1)]);
    let mut seen = Vec::new();
    let mut time = Duration::ZERO;
    for _ in 0..8 {
        let now = player.at(time, &content(&slots(&open), &[], 2)).clone();
        seen.push(match now.show {
            Show::Jobs { page, pages, jobs } => (page, pages, jobs.len()),
            _ => (0, 0, 0),
        });
        time = now.until;
    }
    let other = (0, 0, 0);
    let pass = [(1, 4, 2), (2, 4, 2), other, (3, 4, 2), (4, 4, 1), other];
    assert_eq!(seen[..6], pass);
    assert_eq!(seen[6..], pass[..2], "and from the beginning");
}

#[test]
fn an_overview_is_shown_while_there_are_jobs() {
    let open = jobs(1);
    let overview = Scene::Overview {
        seconds: 5,
        when: When::default(),
    };
    let mut player = Player::new(vec![overview]);
    assert_eq!(
        player.at(seconds(0), &content(&slots(&[]), &[], 3)).show,
        Show::Rest
    );
    assert_eq!(
        player.at(seconds(1), &content(&slots(&open), &[], 3)).show,
        Show::Overview
    );
    assert_eq!(
        player.at(seconds(2), &content(&slots(&[]), &[], 3)).show,
        Show::Rest
    );
}

#[test]
fn scenes_are_read_strictly() {
    let read = |text: &str| serde_json::from_str::<Scene>(text);
    assert_eq!(read(r#"{"kind":"jobs"}"#).ok(), Some(table()));
    assert_eq!(
        read(r#"{"kind":"spotlight","seconds":9}"#).ok(),
        Some(Scene::spotlight(9, 1))
    );
    assert!(read(r#"{"kind":"spotlight","second":9}"#).is_err());
    assert!(read(r#"{"kind":"jobs","only":{"urgent":true},"when":{"days":"workdays"}}"#).is_ok());
    assert!(read(r#"{"kind":"jobs","only":{"color":true}}"#).is_err());
    assert!(read(r#"{"kind":"film"}"#).is_err());
    assert!(read(r#"{"kind":"text"}"#).is_err());
}

#[test]
fn urgent_jobs_have_two_turns_where_others_have_one() {
    let open = jobs(10);
    let mut turns = Turns::default();
    let mut had: BTreeMap<JobId, u32> = BTreeMap::new();
    let mut last = None;
    for _ in 0..120 {
        let id = turns.take(open.iter().map(|job| (job.id, job.urgent)));
        assert_ne!(id, last);
        last = id;
        *had.entry(id.expect("one of ten")).or_default() += 1;
    }
    for job in &open {
        let turns = had[&job.id];
        let fair = if job.urgent { 18..=22 } else { 9..=11 };
        assert!(fair.contains(&turns), "{job:?} had {turns}");
    }
}

fn a_scene() -> impl Strategy<Value = Scene> {
    prop_oneof![
        (
            proptest::option::of(1u32..20),
            proptest::option::of(0u32..12),
            proptest::option::of(0u32..4)
        )
            .prop_map(|(seconds, rows, pages)| Scene::Jobs {
                seconds,
                rows,
                pages,
                only: JobFilter::default(),
                when: When::default(),
            }),
        (0u32..20, 0u32..4).prop_map(|(seconds, jobs)| Scene::spotlight(seconds, jobs)),
        (0u32..20, 0u32..4).prop_map(|(seconds, notices)| Scene::notice(seconds, notices)),
    ]
}

proptest! {
    /// Whatever comes and goes: what is on is open, its time holds the moment asked for, and
    /// the wall rests only when it has nothing.
    #[test]
    fn only_what_is_open_is_on(
        scenes in proptest::collection::vec(a_scene(), 0..5),
        steps in proptest::collection::vec(
            (0u64..90, proptest::collection::btree_set(0u32..30, 0..20), 0u32..3, 0usize..12),
            1..60,
        ),
    ) {
        let mut player = Player::new(scenes.clone());
        let mut time = Duration::ZERO;
        for (wait, open, notices, rows) in steps {
            time += seconds(wait);
            let open: Vec<OpenJob> = open.into_iter().map(job).collect();
            let notices: Vec<NoticeId> = (0..notices).map(notice).collect();
            let is_open = |id: &JobId| open.iter().any(|job| job.id == *id);
            let now = player.at(time, &content(&slots(&open), &notices, rows)).clone();
            prop_assert!(now.since <= time && time < now.until, "{now:?} at {time:?}");
            match now.show {
                Show::Jobs { page, pages, jobs } => {
                    prop_assert!(!jobs.is_empty() && jobs.len() <= rows.max(1));
                    prop_assert!(jobs.iter().all(is_open));
                    prop_assert!((1..=pages).contains(&page));
                }
                Show::Spotlight(id) => prop_assert!(is_open(&id)),
                Show::Notice(id) => prop_assert!(notices.contains(&id)),
                Show::Text(_) | Show::Overview => prop_assert!(false, "no such scene"),
                Show::Rest => {
                    let nothing = scenes.iter().all(|scene| match scene {
                        Scene::Jobs { .. } | Scene::Spotlight { .. } | Scene::Overview { .. } => open.is_empty(),
                        Scene::Notice { .. } => notices.is_empty(),
                        Scene::Text { .. } => false,
                    });
                    prop_assert!(nothing, "rests with something to show");
                }
            }
        }
    }

    /// Every job that stays open is on a page exactly once in each pass, whatever else comes
    /// and goes meanwhile.
    #[test]
    fn every_job_has_its_row_in_every_pass(
        stay in proptest::collection::btree_set(0u32..40, 1..20),
        come_and_go in proptest::collection::vec(
            proptest::collection::btree_set(100u32..120, 0..8), 1..200),
        rows in 1usize..10,
    ) {
        let mut player = Player::new(vec![table()]);
        let mut time = Duration::ZERO;
        let mut had: BTreeMap<JobId, u32> = BTreeMap::new();
        let mut passes = 0;
        for others in come_and_go.iter().cycle() {
            let open: Vec<OpenJob> = stay.iter().chain(others).copied().map(job).collect();
            let now = player.at(time, &content(&slots(&open), &[], rows)).clone();
            let Show::Jobs { page, jobs, .. } = now.show else {
                return Err(TestCaseError::fail("a table, always"));
            };
            if page == 1 {
                if passes > 0 {
                    prop_assert!(
                        stay.iter().all(|n| had.get(&job(*n).id) == Some(&1)),
                        "{had:?}"
                    );
                }
                had.clear();
                passes += 1;
            }
            for id in jobs {
                *had.entry(id).or_default() += 1;
            }
            if passes > 3 {
                break;
            }
            time = now.until;
        }
    }

    /// In the spotlight, each of `n` jobs has its turn within two turns for each of them.
    #[test]
    fn every_job_has_its_spotlight(n in 1u32..30) {
        let open = jobs(n);
        let mut turns = Turns::default();
        let mut order = Vec::new();
        for _ in 0..n * 8 {
            order.extend(turns.take(open.iter().map(|job| (job.id, job.urgent))));
        }
        for window in order.windows(n as usize * 2 + 2) {
            for job in &open {
                prop_assert!(window.contains(&job.id));
            }
        }
    }
}
