mod fairness;

use super::*;
use crate::id::{EventId, JobId, NoticeId};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::time::Duration;
use uuid::Uuid;

fn job_id(n: u32) -> JobId {
    JobId(Uuid::from_u128(u128::from(n) + 1))
}

/// One that fits every scene.
fn job(places: &mut Places, n: u32) -> OpenJob {
    OpenJob {
        id: job_id(n),
        until: jiff::Timestamp::MAX,
        fits: u64::MAX,
        urgent: n.is_multiple_of(5),
        place: places.of(job_id(n)),
    }
}

/// The next list of open jobs.
fn list(places: &mut Places, numbers: impl IntoIterator<Item = u32>) -> Vec<OpenJob> {
    places.begin();
    let jobs = numbers.into_iter().map(|n| job(places, n)).collect();
    places.end();
    jobs
}

fn jobs(n: u32) -> Vec<OpenJob> {
    list(&mut Places::default(), 0..n)
}

fn notice(n: u32) -> NoticeId {
    NoticeId(Uuid::from_u128(u128::from(n) + 1))
}

fn things(jobs: &[u32]) -> Vec<Thing> {
    jobs.iter().map(|n| Thing::Job(job_id(*n))).collect()
}

const ALWAYS: &[bool] = &[true; 8];

/// Every scene may be on.
fn content<'a>(jobs: &'a [OpenJob], notices: &'a [NoticeId], rows: usize) -> Content<'a> {
    Content {
        on: ALWAYS,
        jobs,
        notices,
        fairs: &[],
        courses: &[],
        rows,
    }
}

fn text() -> Scene {
    let what = What::Text {
        title: "t".to_owned(),
        body: String::new(),
    };
    what.into()
}

/// A table of few pages at a time.
fn pages(most: u32) -> Scene {
    let what = What::Jobs {
        rows: None,
        pages: Some(most),
        columns: vec![],
        only: JobFilter::default(),
    };
    what.into()
}

fn with(scene: Scene, change: impl FnOnce(&mut Terms)) -> Scene {
    let mut scene = scene;
    change(&mut scene.terms);
    scene
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
    let content = content(&jobs, &notices, 9);
    let scenes = vec![
        table(),
        Scene::spotlight(2).lasting(10),
        Scene::notice(5).lasting(8),
    ];
    let mut player = Player::new(scenes, None);
    let mut seen = Vec::new();
    let mut time = Duration::ZERO;
    for _ in 0..6 {
        let now = player.at(time, &content, false).clone();
        seen.push((now.scene, now.since.as_secs(), now.until.as_secs()));
        time = now.until;
    }
    // Two pages of six rows for 12 s each; then two jobs, one notice, and from the beginning.
    assert_eq!(seen[..2], [(0, 0, 12), (0, 12, 24)]);
    assert_eq!(
        seen[2..],
        [(1, 24, 34), (1, 34, 44), (2, 44, 52), (0, 52, 64)]
    );
}

#[test]
fn nothing_to_show_rests_and_wakes_at_once() {
    let mut player = Player::new(default_scenes(), None);
    let none = content(&[], &[], 9);
    assert_eq!(player.at(seconds(0), &none, true).show, Show::Rest);
    assert_eq!(player.at(seconds(7), &none, false).show, Show::Rest);
    let some = jobs(1);
    let now = player.at(seconds(8), &content(&some, &[], 9), true);
    assert!(matches!(now.show, Show::Page { .. }));
    assert_eq!(now.since, seconds(8));
    let mut empty = Player::new(Vec::new(), Some(seconds(60)));
    assert_eq!(
        empty.at(seconds(0), &content(&some, &[], 9), true).show,
        Show::Rest
    );
}

#[test]
fn the_first_jobs_do_not_wait_for_what_stood_in_for_them() {
    let open = jobs(2);
    let mut player = Player::new(vec![table(), text().lasting(60)], None);
    let at = |player: &mut Player, second, jobs: &[OpenJob]| {
        let now = player.at(seconds(second), &content(jobs, &[], 3), true);
        (now.scene, now.show.clone())
    };
    assert_eq!(at(&mut player, 0, &[]), (1, Show::Whole));
    let (scene, show) = at(&mut player, 2, &open);
    assert!(scene == 0 && matches!(show, Show::Page { page: 1, .. }));
    // Later ones do not begin anew.
    assert_eq!(at(&mut player, 9, &open), (1, Show::Whole));
    assert_eq!(at(&mut player, 10, &jobs(3)), (1, Show::Whole));
}

#[test]
fn a_job_that_leaves_makes_its_page_shorter_and_skips_nobody() {
    let mut open = jobs(6);
    let mut player = Player::new(vec![table()], None);
    player.at(seconds(0), &content(&open, &[], 3), true);
    open.remove(1);
    let page = |player: &mut Player, second, changed| {
        let now = player.at(seconds(second), &content(&open, &[], 3), changed);
        now.show.clone()
    };
    let expected = |page, of: &[u32]| Show::Page {
        page,
        pages: 2,
        things: things(of),
    };
    assert_eq!(page(&mut player, 1, true), expected(1, &[0, 2]));
    assert_eq!(page(&mut player, 6, false), expected(2, &[3, 4, 5]));
}

#[test]
fn a_spotlight_whose_job_is_taken_gives_way_to_another() {
    let open = jobs(3);
    let mut player = Player::new(vec![Scene::spotlight(1).lasting(10)], None);
    let one = |n| Show::One(Thing::Job(job_id(n)));
    let first = player.at(seconds(0), &content(&open, &[], 3), true);
    assert_eq!(first.show, one(0));
    let now = player.at(seconds(4), &content(&open[1..], &[], 3), true);
    assert_eq!(now.show, one(1));
    assert_eq!((now.since, now.until), (seconds(4), seconds(14)));
}

#[test]
fn a_long_sleep_is_not_caught_up_with() {
    let open = jobs(2);
    let mut player = Player::new(vec![table()], None);
    player.at(seconds(0), &content(&open, &[], 3), true);
    let now = player.at(seconds(1_000_000), &content(&open, &[], 3), false);
    assert_eq!(now.since, seconds(1_000_000));
}

#[test]
fn a_scene_is_on_at_its_times_only_and_leaves_when_they_end() {
    let open = jobs(2);
    let mut player = Player::new(vec![Scene::spotlight(1).lasting(60), table()], None);
    let at = |player: &mut Player, second, on: &[bool]| {
        let all = Content {
            on,
            ..content(&open, &[], 3)
        };
        player.at(seconds(second), &all, true).clone()
    };
    assert_eq!(at(&mut player, 0, &[true, true]).scene, 0);
    let then = at(&mut player, 1, &[false, true]);
    assert_eq!((then.scene, then.since), (1, seconds(1)), "mid-scene");
    assert_eq!(at(&mut player, 2, &[false, false]).show, Show::Rest);
    let back = at(&mut player, 3, &[true, false]);
    assert_eq!((back.scene, back.since), (0, seconds(3)), "at once");
}

#[test]
fn spotlights_of_different_jobs_take_turns_of_their_own_and_like_ones_share_them() {
    let mut open = jobs(6);
    for (n, job) in open.iter_mut().enumerate() {
        job.fits = if n < 3 { 1 } else { 2 };
    }
    let only = |urgent| JobFilter {
        urgent,
        ..JobFilter::default()
    };
    let spotlight = |urgent| {
        let what = What::Spotlight {
            jobs: 1,
            only: only(urgent),
        };
        Scene::from(what).lasting(1)
    };
    let count = |scenes: Vec<Scene>, open: &[OpenJob]| {
        let mut player = Player::new(scenes, None);
        let mut had: BTreeMap<Thing, u32> = BTreeMap::new();
        for second in 0..24 {
            let now = player.at(seconds(second), &content(open, &[], 3), false);
            if let Show::One(thing) = now.show {
                *had.entry(thing).or_default() += 1;
            }
        }
        had
    };
    let had = count(vec![spotlight(false), spotlight(true)], &open);
    // One of each three is urgent and has two turns.
    assert_eq!(had.len(), 6);
    assert!(had.values().all(|turns| (3..=6).contains(turns)), "{had:?}");
    let had = count(vec![spotlight(false), spotlight(false)], &jobs(24)[1..5]);
    assert!(had.values().all(|turns| *turns == 6), "{had:?}");
}

#[test]
fn a_table_of_a_few_pages_at_a_time_goes_on_where_it_stopped() {
    let open = jobs(7);
    let scenes = vec![pages(2), Scene::spotlight(1).lasting(5)];
    let mut player = Player::new(scenes, None);
    let mut seen = Vec::new();
    let mut time = Duration::ZERO;
    for _ in 0..8 {
        let now = player.at(time, &content(&open, &[], 2), false).clone();
        seen.push(match now.show {
            Show::Page {
                page,
                pages,
                things,
            } => (page, pages, things.len()),
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
    let mut player = Player::new(vec![What::Overview {}.into()], None);
    let none = content(&[], &[], 3);
    assert_eq!(player.at(seconds(0), &none, true).show, Show::Rest);
    let now = player.at(seconds(1), &content(&open, &[], 3), true);
    assert_eq!(now.show, Show::Whole);
    assert_eq!(player.at(seconds(2), &none, true).show, Show::Rest);
}

#[test]
fn fairs_take_turns_and_courses_are_a_table() {
    let event = |n: u32| EventId(Uuid::from_u128(u128::from(n) + 1));
    let (fairs, courses) = ([event(0), event(1)], [event(2), event(3), event(4)]);
    let all = Content {
        fairs: &fairs,
        courses: &courses,
        ..content(&[], &[], 2)
    };
    let scenes = vec![
        Scene::from(What::Fairs { fairs: 1 }).lasting(10),
        Scene::from(What::Training { courses: None }).lasting(5),
    ];
    let mut player = Player::new(scenes, None);
    let mut seen = Vec::new();
    for second in [0, 10, 15, 20, 30] {
        let now = player.at(seconds(second), &all, false);
        seen.push(now.show.things().to_vec());
    }
    let of =
        |events: &[u32]| -> Vec<Thing> { events.iter().map(|n| Thing::Event(event(*n))).collect() };
    assert_eq!(
        seen,
        [of(&[0]), of(&[2, 3]), of(&[4]), of(&[1]), of(&[2, 3])]
    );
    let none = content(&[], &[], 2);
    assert_eq!(player.at(seconds(31), &none, true).show, Show::Rest);
}

#[test]
fn courses_take_turns_where_they_are_shown_one_by_one() {
    let event = |n: u32| EventId(Uuid::from_u128(u128::from(n) + 1));
    let courses = [event(0), event(1), event(2)];
    let all = Content {
        courses: &courses,
        ..content(&[], &[], 2)
    };
    let large = What::Training { courses: Some(2) };
    let scenes = vec![
        Scene::from(large).lasting(10),
        Scene::from(What::Training { courses: None }).lasting(5),
    ];
    let mut player = Player::new(scenes, None);
    let mut seen = Vec::new();
    for second in [0, 10, 20, 25, 30, 40] {
        seen.push(player.at(seconds(second), &all, false).show.clone());
    }
    let one = |n| Show::One(Thing::Event(event(n)));
    assert_eq!([&seen[0], &seen[1]], [&one(0), &one(1)]);
    assert!(matches!(seen[2], Show::Page { .. }), "{seen:?}");
    assert!(matches!(seen[3], Show::Page { .. }), "{seen:?}");
    assert_eq!([&seen[4], &seen[5]], [&one(2), &one(0)]);
    // One that is over leaves in the middle.
    let rest = Content {
        courses: &courses[1..],
        ..content(&[], &[], 2)
    };
    let now = player.at(seconds(41), &rest, true);
    assert!(!now.show.things().contains(&Thing::Event(event(0))));
}

#[test]
fn a_scene_of_a_higher_priority_has_the_wall_while_it_can_be_on() {
    let open = jobs(2);
    let fair = with(text(), |terms| terms.priority = 3);
    let mut player = Player::new(vec![table(), fair], Some(seconds(10)));
    let at = |player: &mut Player, second, fair: bool| {
        let all = Content {
            on: &[true, fair, true],
            ..content(&open, &[], 3)
        };
        player.at(seconds(second), &all, true).scene
    };
    assert_eq!(at(&mut player, 0, false), 0);
    for second in 1..40 {
        assert_eq!(
            at(&mut player, second, true),
            1,
            "from second 1 on, mid-scene"
        );
    }
    assert_ne!(at(&mut player, 40, false), 1);
}

#[test]
fn scenes_are_for_walls_by_name_or_tag() {
    let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    let scene = with(text(), |terms| terms.walls = names(&["door", "led"]));
    assert!(scene.is_for(&names(&["outside", "led"])));
    assert!(!scene.is_for(&names(&["outside", "tv"])));
    assert!(text().is_for(&names(&[])));
}

#[test]
fn scenes_are_read_strictly() {
    let read = |text: &str| serde_json::from_str::<Scene>(text);
    assert_eq!(read(r#"{"kind":"jobs"}"#).ok(), Some(table()));
    assert_eq!(
        read(r#"{"kind":"spotlight","seconds":9}"#).ok(),
        Some(Scene::spotlight(1).lasting(9))
    );
    let whole = r#"{"kind":"overview","seconds":9,"walls":["led"],"priority":2,"share":20,"private":true,
        "when":{"days":"workdays"}}"#;
    let scene = read(whole).expect("whole");
    assert_eq!((scene.terms.priority, scene.terms.share), (2, Some(20)));
    let again = serde_json::to_string(&scene).expect("writes");
    assert_eq!(read(&again).ok(), Some(scene));
    assert!(read(r#"{"kind":"spotlight","second":9}"#).is_err());
    assert!(read(r#"{"kind":"overview","jobs":9}"#).is_err());
    assert!(read(r#"{"kind":"jobs","only":{"urgent":true},"when":{"days":"workdays"}}"#).is_ok());
    assert!(read(r#"{"kind":"jobs","only":{"color":true}}"#).is_err());
    assert!(read(r#"{"kind":"film"}"#).is_err());
    assert!(read(r#"{"kind":"text"}"#).is_err());
}

fn a_scene() -> impl Strategy<Value = Scene> {
    let what = prop_oneof![
        (
            proptest::option::of(0u32..12),
            proptest::option::of(0u32..4)
        )
            .prop_map(|(rows, pages)| What::Jobs {
                rows,
                pages,
                columns: vec![],
                only: JobFilter::default(),
            }),
        (0u32..4).prop_map(|jobs| What::Spotlight {
            jobs,
            only: JobFilter::default()
        }),
        (0u32..4).prop_map(|notices| What::Notice { notices }),
        Just(What::Overview {}),
    ];
    let terms = (
        proptest::option::of(0u32..20),
        0u8..2,
        proptest::option::of(1u8..60),
    );
    (what, terms).prop_map(|(what, (seconds, priority, share))| {
        with(what.into(), |terms| {
            terms.seconds = seconds;
            terms.priority = priority;
            terms.share = share;
        })
    })
}

proptest! {
    /// Whatever comes and goes: what is on is open, its time holds the moment asked for, nothing of
    /// a higher priority waits, and the wall rests only when it has nothing.
    #[test]
    fn only_what_is_open_is_on(
        scenes in proptest::collection::vec(a_scene(), 0..5),
        period in proptest::option::of(1u64..200),
        steps in proptest::collection::vec(
            (0u64..90, proptest::collection::btree_set(0u32..30, 0..20), 0u32..3, 0usize..12),
            1..60,
        ),
    ) {
        let mut player = Player::new(scenes.clone(), period.map(seconds));
        let mut places = Places::default();
        let mut time = Duration::ZERO;
        for (wait, open, notices, rows) in steps {
            time += seconds(wait);
            let open = list(&mut places, open);
            let notices: Vec<NoticeId> = (0..notices).map(notice).collect();
            let is_there = |thing: &Thing| match thing {
                Thing::Job(id) => open.iter().any(|job| job.id == *id),
                Thing::Notice(id) => notices.contains(id),
                Thing::Event(_) => false,
            };
            let now = player.at(time, &content(&open, &notices, rows), true).clone();
            prop_assert!(now.since <= time && time < now.until, "{now:?} at {time:?}");
            prop_assert!(now.show.things().iter().all(is_there));
            let playable = |scene: &Scene| match &scene.what {
                What::Notice { .. } => !notices.is_empty(),
                _ => !open.is_empty(),
            };
            let top = scenes.iter().filter(|it| playable(it)).map(|it| it.terms.priority).max();
            match &now.show {
                Show::Page { page, pages, things } => {
                    prop_assert!(!things.is_empty() && things.len() <= rows.max(1));
                    prop_assert!((1..=*pages).contains(page));
                }
                Show::One(_) | Show::Whole => {}
                Show::Rest => prop_assert!(top.is_none(), "rests with something to show"),
            }
            if now.show != Show::Rest {
                let scene = player.scenes().get(now.scene).expect("one of them");
                prop_assert_eq!(Some(scene.terms.priority), top.or(Some(0)));
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
        let mut player = Player::new(vec![table()], None);
        let mut time = Duration::ZERO;
        let mut had: BTreeMap<Thing, u32> = BTreeMap::new();
        let mut passes = 0;
        let mut places = Places::default();
        for others in come_and_go.iter().cycle() {
            let open = list(&mut places, stay.iter().chain(others).copied());
            let now = player.at(time, &content(&open, &[], rows), true).clone();
            let Show::Page { page, things, .. } = now.show else {
                return Err(TestCaseError::fail("a table, always"));
            };
            if page == 1 {
                if passes > 0 {
                    prop_assert!(
                        stay.iter().all(|n| had.get(&Thing::Job(job_id(*n))) == Some(&1)),
                        "{had:?}"
                    );
                }
                had.clear();
                passes += 1;
            }
            for thing in things {
                *had.entry(thing).or_default() += 1;
            }
            if passes > 3 {
                break;
            }
            time = now.until;
        }
    }
}
