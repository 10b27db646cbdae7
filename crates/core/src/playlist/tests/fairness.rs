//! Turns, periods and shares: what each job and each scene has of the time.

use super::*;
use crate::playlist::memory::Item;
use crate::playlist::turns::Turns;

/// Whose turn it is among these.
fn turn(turns: &mut Turns, open: &[OpenJob]) -> Option<JobId> {
    let item = turns.take(|| open.iter().map(Item::from))?;
    item.thing.job()
}

#[test]
fn urgent_jobs_have_two_turns_where_others_have_one() {
    let open = jobs(10);
    let mut turns = Turns::default();
    let mut had: BTreeMap<JobId, u32> = BTreeMap::new();
    let mut last = None;
    for _ in 0..120 {
        let id = turn(&mut turns, &open);
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

#[test]
fn a_period_that_nothing_can_hold_leaves_every_other_scene_to_the_playlist() {
    // 40 jobs on pages of two take 2 minutes at least.
    let open = jobs(40);
    let scenes = vec![Scene::notice(1).lasting(6)];
    let mut player = Player::new(scenes, Some(seconds(60)));
    let notices = [notice(1)];
    let mut time = Duration::ZERO;
    let mut had = Vec::new();
    while time < seconds(600) {
        let now = player.at(time, &content(&open, &notices, 2), false).clone();
        had.push(now.scene);
        time = now.until;
    }
    let late = &had[had.len() / 2..];
    let notices = late.iter().filter(|scene| **scene == 0).count();
    assert!(
        notices.abs_diff(late.len() / 2) <= 1,
        "{notices} of {}",
        late.len()
    );
}

#[test]
fn a_scene_longer_than_the_period_has_its_turns_all_the_same() {
    let open = jobs(4);
    let scenes = vec![text().lasting(600), Scene::spotlight(1).lasting(10)];
    let mut player = Player::new(scenes, Some(seconds(300)));
    let mut had = std::collections::BTreeSet::new();
    let mut time = Duration::ZERO;
    while time < seconds(7200) {
        let now = player.at(time, &content(&open, &[], 9), false).clone();
        had.insert(now.scene);
        time = now.until;
    }
    assert_eq!(had.into_iter().collect::<Vec<_>>(), [0, 1, 2]);
}

#[test]
fn what_waited_for_a_higher_priority_or_slept_does_not_catch_up() {
    let scenes = vec![
        text().lasting(10),
        with(text().lasting(10), |terms| terms.share = Some(25)),
        with(text().lasting(10), |terms| terms.priority = 5),
    ];
    for paused in [false, true] {
        let mut player = Player::new(scenes.clone(), None);
        let at = |player: &mut Player, second, top| {
            let all = Content {
                on: &[true, true, top],
                ..content(&[], &[], 3)
            };
            player.at(seconds(second), &all, true).scene
        };
        for second in 0..600 {
            if !paused || second < 10 {
                at(&mut player, second, !paused);
            }
        }
        let after = (600..760).map(|second| at(&mut player, second, false));
        let shared = after.filter(|scene| *scene == 1).count();
        assert!((20..=60).contains(&shared), "{shared} of 160 seconds");
    }
}

proptest! {
    /// In the spotlight, each of `n` jobs has its turn within two turns for each of them.
    #[test]
    fn every_job_has_its_spotlight(n in 1u32..30) {
        let open = jobs(n);
        let mut turns = Turns::default();
        let mut order = Vec::new();
        for _ in 0..n * 8 {
            order.extend(turn(&mut turns, &open));
        }
        for window in order.windows(n as usize * 2 + 2) {
            for job in &open {
                prop_assert!(window.contains(&job.id));
            }
        }
    }

    /// Where the period leaves time for it, no job waits longer than the period from one showing to
    /// the next, whatever the playlist does with its time.
    #[test]
    fn every_job_is_on_within_the_period(
        n in 1u32..40,
        rows in 3usize..10,
        notice_seconds in 3u32..40,
        spotlights in 0u32..4,
        few_pages in 1u32..3,
        spare in 1.2f64..4.0,
    ) {
        let open = jobs(n);
        let pages_of_all = u64::from(n).div_ceil(rows as u64);
        let all = pages_of_all * seconds_of_page(rows);
        let longest = u64::from(notice_seconds).max(seconds_of_page(rows));
        let period = (all as f64 * spare) as u64 + 2 * longest;
        let scenes = vec![
            pages(few_pages),
            Scene::spotlight(spotlights).lasting(9),
            Scene::notice(1).lasting(notice_seconds),
        ];
        let mut player = Player::new(scenes, Some(seconds(period)));
        let notices = [notice(1)];
        let mut last: BTreeMap<Thing, Duration> =
            open.iter().map(|job| (Thing::Job(job.id), Duration::ZERO)).collect();
        let mut time = Duration::ZERO;
        while time < seconds(period * 5) {
            let now = player.at(time, &content(&open, &notices, rows), false).clone();
            for thing in now.show.things() {
                if let Some(before) = last.get_mut(thing) {
                    *before = now.since;
                }
            }
            for (thing, before) in &last {
                prop_assert!(
                    now.since <= *before + seconds(period),
                    "{thing:?} last at {before:?}, now {:?}, period {period}", now.since
                );
            }
            time = now.until;
        }
    }

    /// The same while others come, go and become urgent: whoever is open waits no longer than the period, from
    /// when they came or were last on.
    #[test]
    fn every_job_is_on_within_the_period_whoever_comes_and_goes(
        n in 1u32..30,
        rows in 3usize..10,
        notice_seconds in 3u32..40,
        spotlights in 0u32..4,
        few_pages in 1u32..3,
        spare in 1.5f64..4.0,
        open_then in proptest::collection::vec(
            (proptest::collection::btree_set(100u32..112, 0..12), proptest::collection::btree_set(0u32..30, 0..6)),
            1..60),
    ) {
        let pages_of_all = u64::from(n + 12).div_ceil(rows as u64);
        let all = pages_of_all * seconds_of_page(rows);
        let longest = u64::from(notice_seconds).max(seconds_of_page(rows));
        let period = (all as f64 * spare) as u64 + 2 * longest;
        let scenes = vec![
            pages(few_pages),
            Scene::spotlight(spotlights).lasting(9),
            Scene::notice(1).lasting(notice_seconds),
        ];
        let mut player = Player::new(scenes, Some(seconds(period)));
        let notices = [notice(1)];
        let mut since: BTreeMap<JobId, Duration> = BTreeMap::new();
        let mut places = Places::default();
        let mut time = Duration::ZERO;
        for (come, urgent) in open_then.iter().cycle() {
            if time >= seconds(period * 5) {
                break;
            }
            let numbers = (0..n).chain(come.iter().copied());
            let mut open = list(&mut places, numbers.clone());
            for (job, number) in open.iter_mut().zip(numbers) {
                job.urgent = urgent.contains(&number);
            }
            since.retain(|id, _| open.iter().any(|job| job.id == *id));
            for job in &open {
                since.entry(job.id).or_insert(time);
            }
            let now = player.at(time, &content(&open, &notices, rows), true).clone();
            for job in now.show.things().iter().filter_map(|thing| thing.job()) {
                since.insert(job, now.since);
            }
            for (job, before) in &since {
                prop_assert!(
                    time <= *before + seconds(period),
                    "{job:?} since {before:?}, now {time:?}, period {period}"
                );
            }
            time = now.until.max(time + seconds(1));
        }
    }

    /// A scene with a share of the time has it, to one showing of it more or less.
    #[test]
    fn a_share_of_the_time_is_had(
        share in 1u8..80,
        own in 3u32..40,
        others in proptest::collection::vec(3u32..40, 1..5),
    ) {
        let mut scenes: Vec<Scene> = others.iter().map(|it| text().lasting(*it)).collect();
        scenes.insert(0, with(text().lasting(own), |terms| terms.share = Some(share)));
        let mut player = Player::new(scenes, None);
        let (mut time, mut had) = (Duration::ZERO, Duration::ZERO);
        let hours = seconds(4 * 3600);
        while time < hours {
            let now = player.at(time, &content(&[], &[], 3), false).clone();
            if now.scene == 0 {
                had += now.until - now.since;
            }
            time = now.until;
        }
        let wanted = time.mul_f64(f64::from(share) / 100.0);
        let longest = others.iter().max().copied().unwrap_or(0);
        let off = had.abs_diff(wanted);
        prop_assert!(off <= seconds(u64::from(own + longest)), "{had:?} for {wanted:?}");
    }
}
