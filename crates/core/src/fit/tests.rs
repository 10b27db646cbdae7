//! What the rule promises, over jobs and people of every kind.

use super::*;
use crate::identity::age_on;
use crate::job::JobState;
use crate::pay::{Pay, PayUnit};
use crate::rules::{MAX_LIVE_CLAIMS, may_claim};
use crate::testing::{a_job, at};
use jiff::SignedDuration;
use jiff::civil::date;
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

const TOWNS: [&str; 3] = ["草海镇", "小海镇", "六桥街道"];

fn setting() -> Setting {
    Setting {
        now: at("2026-11-23T00:00:00Z"),
        zone: TimeZone::fixed(jiff::tz::offset(8)),
        hall: "26.857,104.282".parse().ok(),
    }
}

fn somebody() -> Seeker {
    Seeker {
        birth: date(1971, 5, 1),
        kinds: vec![],
        wishes: Wishes::default(),
        held: vec![],
        pause: None,
        hardship: false,
    }
}

prop_compose! {
    fn any_job()(
        n in 1u32..500,
        kind in select(WorkKind::ALL),
        town in select(&TOWNS[..]),
        yuan in prop::option::of(100u64..400),
        starts in -30i64..200,
        lasts in prop::option::of(1i64..60),
        state in select(&[JobState::Published, JobState::Published, JobState::Full, JobState::Closed][..]),
        left in 0u32..3,
        (reserved, hazardous, urgent) in any::<(bool, bool, bool)>(),
        (min_age, max_age) in (prop::option::of(16u8..50), prop::option::of(40u8..65)),
        near in prop::option::of(any::<bool>()),
        asks in prop::option::of(select(&["需健康证", "带电工证", "无需健康证", "能吃苦"][..])),
    ) -> Job {
        let mut job = a_job(n);
        (job.work_kind, job.town, job.state) = (kind, town.to_owned(), state);
        job.pay = yuan.map_or(Pay::Negotiable, |yuan| Pay::Range {
            min_fen: yuan * 100,
            max_fen: yuan * 100,
            unit: PayUnit::Day,
        });
        job.starts_at = setting().now + SignedDuration::from_hours(starts);
        job.ends_at = lasts.map(|hours| job.starts_at + SignedDuration::from_hours(hours));
        job.valid_until = job.starts_at;
        (job.places_left, job.reserved, job.hazardous, job.urgent) = (left, reserved, hazardous, urgent);
        (job.min_age, job.max_age) = (min_age, max_age);
        let place = |near| if near { "26.86" } else { "27.86" };
        job.position = near.map(|near| (place(near).to_owned(), "104.282".to_owned()));
        job.requirements = asks.map(str::to_owned);
        job
    }
}

prop_compose! {
    fn any_wishes()(
        yuan in prop::option::of(100u64..400),
        town in prop::option::of(select(&TOWNS[..])),
        hours in prop::option::of(select(Hours::ALL)),
        papers in prop::option::of(prop::collection::vec(select(Paper::ALL), 0..4)),
    ) -> Wishes {
        Wishes {
            fen_a_day: yuan.map(|yuan| yuan * 100),
            town: town.map(str::to_owned),
            hours,
            papers,
        }
    }
}

prop_compose! {
    fn any_seeker()(
        year in 1955i16..2012,
        kinds in prop::collection::vec(select(WorkKind::ALL), 0..6),
        wishes in any_wishes(),
        held in prop::collection::vec(any_job(), 0..=MAX_LIVE_CLAIMS),
        paused in prop::option::weighted(0.2, any::<bool>()),
        hardship in any::<bool>(),
    ) -> Seeker {
        Seeker {
            birth: date(year, 6, 1),
            kinds,
            wishes,
            held: held.iter().map(HeldClaim::of).collect(),
            pause: paused.map(|on| Pause {
                since: at("2026-11-20T00:00:00Z"),
                until: at(if on { "2026-11-23T00:00:01Z" } else { "2026-11-23T00:00:00Z" }),
            }),
            hardship,
        }
    }
}

fn jobs() -> impl Strategy<Value = Vec<Job>> {
    prop::collection::vec(any_job(), 0..30).prop_map(|mut jobs| {
        jobs.sort_by_key(|job| job.id);
        jobs.dedup_by_key(|job| job.id);
        jobs
    })
}

fn seekers() -> impl Strategy<Value = Vec<(WorkerId, Seeker)>> {
    prop::collection::vec(any_seeker(), 0..20).prop_map(|all| {
        let ids = (1..).map(|n| WorkerId(Uuid::from_u128(n)));
        ids.zip(all).collect()
    })
}

proptest! {
    #[test]
    fn what_somebody_may_not_take_is_never_proposed(jobs in jobs(), seeker in any_seeker()) {
        let setting = setting();
        for Suited { job, .. } in jobs_for(jobs, &seeker, &setting) {
            prop_assert_eq!(
                may_claim(&job, seeker.birth, &seeker.held, seeker.pause, setting.now, &setting.zone),
                Ok(())
            );
            prop_assert!(job.is_open(setting.now));
        }
    }

    #[test]
    fn what_is_left_out_is_left_out_for_a_cause(job in any_job(), seeker in any_seeker()) {
        let setting = setting();
        let (held, pause) = (&seeker.held, seeker.pause);
        let allowed = may_claim(&job, seeker.birth, held, pause, setting.now, &setting.zone);
        match fit(&job, &seeker, &setting) {
            Ok(_) => {}
            Err(Unfit::NotAllowed(ClaimReason::Full)) => {
                prop_assert!(allowed.is_ok() && !job.is_open(setting.now));
            }
            Err(Unfit::NotAllowed(reason)) => prop_assert_eq!(allowed, Err(reason)),
            Err(Unfit::OtherKind) => prop_assert!(!seeker.kinds.contains(&job.work_kind)),
            Err(Unfit::NoPaper(paper)) => prop_assert!(
                paper.is_asked_by(&job)
                    && !seeker.wishes.papers.clone().unwrap_or_default().contains(&paper)
            ),
        }
    }

    #[test]
    fn everything_proposed_has_a_reason_and_each_once(jobs in jobs(), seeker in any_seeker()) {
        for Suited { fit, .. } in jobs_for(jobs, &seeker, &setting()) {
            prop_assert!(!fit.reasons.is_empty());
            prop_assert!(fit.reasons.is_sorted_by(|one, next| one < next), "{:?}", fit.reasons);
            let alone = fit.reasons == [Reason::Allowed];
            prop_assert_eq!(fit.reasons.contains(&Reason::Allowed), alone);
        }
    }

    #[test]
    fn the_order_is_the_same_however_jobs_and_people_come(
        (jobs, mixed) in jobs().prop_flat_map(|jobs| (Just(jobs.clone()), Just(jobs).prop_shuffle())),
        (people, mixed_people) in seekers()
            .prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        seeker in any_seeker(),
        job in any_job(),
    ) {
        let setting = setting();
        prop_assert_eq!(jobs_for(jobs, &seeker, &setting), jobs_for(mixed, &seeker, &setting));
        prop_assert_eq!(
            workers_for(&job, people, &setting),
            workers_for(&job, mixed_people, &setting)
        );
    }

    /// The order is total: it says of any two jobs which goes first, and of three it never says a
    /// circle, since each job has one rank and no two jobs have the same.
    #[test]
    fn the_order_is_total(jobs in jobs(), seeker in any_seeker()) {
        let suited = jobs_for(jobs, &seeker, &setting());
        let ranks: Vec<_> = suited.iter().map(|it| (it.fit.rank(), job_rank(&it.job))).collect();
        prop_assert!(ranks.is_sorted_by(|one, next| one < next));
    }

    /// A job that comes nearer to what is wished in one thing never falls behind.
    #[test]
    fn a_job_that_fits_better_never_falls_behind(job in any_job(), seeker in any_seeker()) {
        let setting = setting();
        let Ok(before) = fit(&job, &seeker, &setting) else { return Ok(()) };
        let mut better = vec![];
        if let Some(town) = &seeker.wishes.town {
            better.push(Job { town: town.clone(), ..job.clone() });
        }
        if let Some(fen) = seeker.wishes.fen_a_day {
            let pay = Pay::Range { min_fen: fen, max_fen: fen, unit: PayUnit::Day };
            better.push(Job { pay, ..job.clone() });
        }
        let position = Some(("26.86".to_owned(), "104.282".to_owned()));
        better.push(Job { position, ..job.clone() });
        if let Some(kind) = seeker.kinds.first() {
            // Another kind may ask for other papers by its title alone; this one has none.
            better.push(Job { work_kind: *kind, ..job.clone() });
        }
        for better in better {
            let after = fit(&better, &seeker, &setting).expect("what was proposed still is");
            prop_assert!(after.rank() <= before.rank(), "{before:?} {after:?}");
        }
    }

    /// More places, or more wishes that are met, take nothing away from a worker.
    #[test]
    fn whoever_says_a_wish_that_is_met_never_falls_behind(job in any_job(), seeker in any_seeker()) {
        let setting = setting();
        let Ok(before) = fit(&job, &seeker, &setting) else { return Ok(()) };
        let with = |change: &dyn Fn(&mut Seeker)| {
            let mut seeker = seeker.clone();
            change(&mut seeker);
            fit(&job, &seeker, &setting).map(|fit| fit.rank())
        };
        let met = [
            with(&|it| it.wishes.town = Some(job.town.clone())),
            with(&|it| it.wishes.fen_a_day = job.pay.least_fen_a_day().or(it.wishes.fen_a_day)),
            with(&|it| it.kinds.push(job.work_kind)),
            with(&|it| it.wishes.papers = Some(Paper::ALL.to_vec())),
            with(&|it| it.hardship = it.hardship || job.reserved),
        ];
        for after in met {
            prop_assert!(after.is_ok_and(|after| after <= before.rank()));
        }
    }

    #[test]
    fn reserved_jobs_go_to_those_first_whom_they_are_for(
        mut job in any_job(),
        people in seekers(),
    ) {
        job.reserved = true;
        let hard: Vec<_> = people.iter().filter(|(_, it)| it.hardship).map(|(id, _)| *id).collect();
        let candidates = workers_for(&job, people, &setting());
        let first: Vec<bool> = candidates.iter().map(|it| hard.contains(&it.worker)).collect();
        prop_assert!(first.is_sorted_by(|one, next| one >= next), "{first:?}");
        for it in &candidates {
            let theirs = hard.contains(&it.worker);
            prop_assert_eq!(it.fit.reasons.contains(&Reason::Reserved), theirs);
            prop_assert_eq!(it.fit.cautions.contains(&Caution::OthersFirst), !theirs);
        }
    }

    #[test]
    fn one_to_one_and_one_to_many_agree(jobs in jobs(), people in seekers()) {
        let setting = setting();
        for job in &jobs {
            let many = workers_for(job, people.clone(), &setting);
            for (id, seeker) in &people {
                let one = jobs_for([job.clone()], seeker, &setting);
                let there = many.iter().find(|it| it.worker == *id).map(|it| &it.fit);
                prop_assert_eq!(one.first().map(|it| &it.fit), there);
            }
        }
    }
}

#[test]
fn the_reasons_are_those_that_hold() {
    let mut job = a_job(1);
    job.position = Some(("26.86".to_owned(), "104.282".to_owned()));
    job.requirements = Some("需健康证".to_owned());
    let mut seeker = somebody();
    let judged = |seeker: &Seeker| fit(&job, seeker, &setting());
    let plain = judged(&seeker).expect("open to all");
    assert_eq!(plain.reasons, [Reason::Near]);
    assert_eq!(plain.cautions, [Caution::Asks(Paper::Health)]);

    seeker.kinds = vec![WorkKind::Construction, WorkKind::Loading];
    seeker.wishes = Wishes {
        fen_a_day: Some(20_000),
        town: Some("草海镇".to_owned()),
        hours: Some(Hours::Day),
        papers: Some(vec![Paper::Health]),
    };
    let all = judged(&seeker).expect("it fits");
    use Reason as R;
    let expected = [
        R::Kind,
        R::Papers,
        R::Town,
        R::Near,
        R::Pay,
        R::Hours(Hours::Day),
    ];
    assert_eq!(
        (all.reasons.as_slice(), all.cautions.len()),
        (&expected[..], 0)
    );

    // It pays 200 to 260: whoever wants 250 at least may get less.
    seeker.wishes.fen_a_day = Some(25_000);
    let less = judged(&seeker).expect("it fits");
    assert!(!less.reasons.contains(&R::Pay));

    seeker.wishes.papers = Some(vec![]);
    assert_eq!(judged(&seeker), Err(Unfit::NoPaper(Paper::Health)));
    seeker.kinds = vec![WorkKind::Care];
    assert_eq!(judged(&seeker), Err(Unfit::OtherKind));
    seeker.birth = date(2012, 1, 1);
    assert_eq!(judged(&seeker), Err(Unfit::NotAllowed(ClaimReason::Age)));
    assert!(age_on(seeker.birth, date(2026, 11, 24)) < 16);
}

#[test]
fn those_who_hold_less_work_go_first_where_all_else_is_equal() {
    let mut later = a_job(2);
    later.starts_at = at("2026-12-24T00:00:00Z");
    later.ends_at = None;
    let busy = Seeker {
        held: vec![HeldClaim::of(&later)],
        ..somebody()
    };
    let id = |n| WorkerId(Uuid::from_u128(n));
    let people = [(id(1), busy), (id(3), somebody()), (id(2), somebody())];
    let found = workers_for(&a_job(1), people, &setting());
    let order: Vec<_> = found.iter().map(|it| it.worker).collect();
    assert_eq!(order, [id(2), id(3), id(1)]);
}
