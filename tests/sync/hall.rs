//! A kiosk and a real hub: the feed, rights, claims, a pulled cable, lost answers.

use crate::sync_support::*;
use gighall_core::claim::{ClaimReason, ClaimState};
use gighall_core::identity::IdNumber;
use gighall_core::testing::{a_hall, an_event, an_id_number};
use gighall_hub::store::AuditQuery;
use gighall_kiosk::store::{Contact, Store};
use gighall_kiosk::sync::LinkProblem;
use gighall_kiosk::terminal::desk::{
    ClaimOutcome, Desk, DeskError, Identified, NewRegistration, ProvenBy,
};
use gighall_kiosk::wall::feed::WallFeed;
use jiff::{SignedDuration, Timestamp};

#[test]
fn a_kiosk_enrols_fetches_and_follows() {
    let hub = Hub::start();
    hub.publish(&[4, 4]);
    let data = hub.data("一号");
    let kiosk = hub.kiosk("一号", hub.address);
    until("the jobs are here", || kiosk.open_jobs() == 2);
    until("online", || kiosk.online());
    assert_eq!(
        kiosk.store.hall().expect("read").expect("told").name,
        "威宁县零工市场"
    );
    hub.publish(&[4, 4, 4]);
    until("the new job is here", || kiosk.open_jobs() == 3);
    let jobs = kiosk.store.open_jobs(kiosk.sync.now()).expect("read");
    hub.state
        .store
        .cancel_job(jobs[0].id, Timestamp::now())
        .expect("cancelled");
    until("the job has left", || kiosk.open_jobs() == 2);
    drop(kiosk);
    // A second start needs no code, and shows what it had before it reaches anybody.
    let again = Kiosk::start(&data, "127.0.0.1:9".parse().expect("an address"), None);
    assert_eq!(again.open_jobs(), 2);
    assert!(again.sync.link().borrow().data_from.is_some());
    until("says that it is offline", || {
        again.sync.link().borrow().problem == Some(LinkProblem::Unreachable)
    });
    assert!(!WallFeed::link(&again.desk).online);
    assert!(
        again
            .desk
            .phone_code(None)
            .is_some_and(|url| url.contains("/c/v4.public."))
    );
}

#[test]
fn a_right_confirms_and_the_wall_never_flickers() {
    let hub = Hub::start();
    let job = hub.publish(&[8]).remove(0);
    let kiosk = hub.kiosk("一号", hub.address);
    until("rights are held", || kiosk.rights(job.id) > 0);
    let worker = kiosk.register(1);
    let claim = confirmed(kiosk.desk.claim(&worker, job.id).expect("works"));
    let left = || kiosk.job(job.id).places_left;
    assert_eq!(left(), 7);
    until("it is at the hub", || {
        assert_eq!(left(), 7, "never flickers");
        kiosk.outbox() == 0
    });
    until("the hub's feed counts it", || {
        assert_eq!(left(), 7, "never flickers");
        let at_hub = hub.job(job.id);
        at_hub.places_left == 7
    });
    let kept = hub.claim(claim.id);
    assert_eq!(kept.state, ClaimState::Confirmed);
    assert_eq!(kept.number, claim.number);
    let withdrawn = kiosk.desk.withdraw(&worker, claim.id).expect("in time");
    assert_eq!(withdrawn.state, ClaimState::Withdrawn);
    until("the withdrawal is at the hub", || kiosk.outbox() == 0);
    let at_hub = hub.job(job.id);
    assert_eq!(at_hub.places_left, 8, "the place is free once");
    until("the place is free again", || left() == 8);
}

#[test]
fn cut_off_it_goes_on_and_healed_everything_arrives_once() {
    let hub = Hub::start();
    let jobs = hub.publish(&[8, 1, 1]);
    let cable = Cable::to(hub.address);
    let kiosk = hub.kiosk("一号", cable.address);
    until("rights are held", || kiosk.rights(jobs[0].id) > 0);
    until("jobs are here", || kiosk.open_jobs() == 3);
    cable.now(Line::Pulled);
    until("it says so", || !kiosk.online());
    let (first, second) = (kiosk.register(1), kiosk.register(3));
    let sure = confirmed(kiosk.desk.claim(&first, jobs[0].id).expect("works"));
    let maybe = provisional(kiosk.desk.claim(&first, jobs[1].id).expect("works"));
    let rival = provisional(kiosk.desk.claim(&second, jobs[1].id).expect("works"));
    let gone = provisional(kiosk.desk.claim(&first, jobs[2].id).expect("works"));
    kiosk.desk.withdraw(&first, gone.id).expect("works");
    let unknown = an_id_number("19800101", 7).parse().expect("valid");
    assert_eq!(
        kiosk.desk.identify(&unknown).expect("works"),
        Identified::UnknownOffline
    );
    assert_eq!(kiosk.outbox(), 7);
    cable.now(Line::Good);
    until("everything is at the hub", || kiosk.outbox() == 0);
    until("it says so", || kiosk.online());
    assert_eq!(hub.claim(sure.id).state, ClaimState::Confirmed);
    until("the provisional ones are decided", || {
        kiosk.claim(maybe.id).state == ClaimState::Confirmed
            && kiosk.claim(rival.id).state == ClaimState::Rejected
    });
    assert_eq!(hub.claim(rival.id).reason, Some(ClaimReason::Full));
    assert_eq!(hub.claim(gone.id).state, ClaimState::Withdrawn);
    let mine = kiosk.desk.my_jobs(&first).expect("works");
    assert_eq!(mine.len(), 3, "each once");
}

#[test]
fn without_a_right_the_hub_is_asked() {
    let hub = Hub::start();
    let jobs = hub.publish(&[1, 4]);
    let kiosk = hub.kiosk("一号", hub.address);
    until("jobs are here", || kiosk.open_jobs() == 2 && kiosk.online());
    let (first, second) = (kiosk.register(1), kiosk.register(3));
    let claim = confirmed(kiosk.desk.claim(&first, jobs[0].id).expect("works"));
    assert_eq!(kiosk.outbox(), 0, "the registration went first");
    let left = kiosk.job(jobs[0].id);
    assert_eq!(left.places_left, 0);
    match kiosk.desk.claim(&second, jobs[0].id).expect("works") {
        ClaimOutcome::Full { held_by, like } => {
            assert_eq!(held_by, Vec::<String>::new());
            assert_eq!(like.len(), 1);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(
        kiosk.desk.claim(&first, jobs[0].id).expect("works"),
        ClaimOutcome::NotAllowed(ClaimReason::Duplicate)
    );
    let kept = hub.claim(claim.id);
    assert_eq!(kept.state, ClaimState::Confirmed);
}

#[test]
fn a_lost_answer_makes_no_second_claim() {
    let hub = Hub::start();
    let job = hub.publish(&[1]).remove(0);
    let cable = Cable::to(hub.address);
    let kiosk = hub.kiosk("一号", cable.address);
    until("jobs are here", || kiosk.open_jobs() == 1 && kiosk.online());
    let worker = kiosk.register(1);
    until("the worker is known", || kiosk.outbox() == 0);
    cable.now(Line::LosesAnswersOf("/api/v1/claims"));
    until("online again", || kiosk.online());
    let outcome = kiosk.desk.claim(&worker, job.id).expect("works");
    let (ClaimOutcome::Provisional(claim, _) | ClaimOutcome::Confirmed(claim)) = outcome else {
        panic!("{outcome:?}")
    };
    cable.now(Line::Good);
    until("the outbox is empty", || kiosk.outbox() == 0);
    until("the claim stands here as at the hub", || {
        kiosk.claim(claim.id).state == ClaimState::Confirmed
    });
    let at_hub = hub.state.store.claims_of(worker.worker).expect("read");
    assert_eq!(at_hub.len(), 1, "one claim");
    assert_eq!(at_hub[0].claim.id, claim.id);
}

#[test]
fn a_person_whom_the_hub_knows_is_known_here() {
    let hub = Hub::start();
    let jobs = hub.publish(&[4, 4]);
    let one = hub.kiosk("一号", hub.address);
    let two = hub.kiosk("二号", hub.address);
    until("both follow", || {
        one.open_jobs() == 2 && two.open_jobs() == 2
    });
    until("both are online", || one.online() && two.online());
    let worker = one.register(1);
    let claim = confirmed(one.desk.claim(&worker, jobs[0].id).expect("works"));
    until("it is at the hub", || one.outbox() == 0);
    let number = an_id_number("19750501", 1).parse().expect("valid");
    let known = match two.desk.identify(&number).expect("works") {
        Identified::Known(known) => known,
        other => panic!("{other:?}"),
    };
    assert_eq!(known.name, worker.name);
    let mine = two.desk.my_jobs(&known).expect("works");
    assert_eq!(mine[0].claim.id, claim.id);
    // What the screen shows is refreshed without the hub, which would write each question down.
    let lines = || {
        let everything = AuditQuery {
            between: Timestamp::MIN..Timestamp::MAX,
            worker: Some(known.worker),
        };
        hub.state.store.audited(&everything).expect("read").len()
    };
    let before = lines();
    assert_eq!(two.desk.my_jobs_here(&known).expect("works"), mine);
    assert_eq!(lines(), before);
    two.desk.withdraw(&known, claim.id).expect("in time");
    until("the first kiosk hears of it", || {
        one.claim(claim.id).state == ClaimState::Withdrawn
    });
    let nobody = an_id_number("19800101", 7).parse().expect("valid");
    assert_eq!(
        two.desk.identify(&nobody).expect("works"),
        Identified::Unknown
    );
}

#[test]
fn records_that_cannot_be_read_are_told_to_staff() {
    let hub = Hub::start();
    let data = hub.data("一号");
    let kiosk = hub.kiosk("一号", hub.address);
    until("enrolled", || kiosk.online());
    let beside = rusqlite::Connection::open(data.join("kiosk.db")).expect("opens");
    let run = |sql: &str| beside.execute_batch(sql).expect("works");
    run("CREATE TRIGGER spoilt AFTER INSERT ON outbox BEGIN
             UPDATE outbox SET body = CAST(x'00' || body AS BLOB) WHERE rowid = NEW.rowid;
         END");
    kiosk.register(1);
    let told = || {
        let notices = kiosk.told();
        notices.iter().any(|notice| notice.code == "device")
    };
    until("staff are told", told);
    run("DROP TRIGGER spoilt; UPDATE outbox SET body = substr(body, 2)");
    until("it arrives", || kiosk.outbox() == 0);
    until("staff need not be told", || !told());
}

#[test]
fn without_its_terminal_a_kiosk_gives_all_rights_back() {
    let hub = Hub::start();
    let job = hub.publish(&[8]).remove(0);
    let data = hub.data("一号");
    let kiosk = hub.kiosk("一号", hub.address);
    until("rights are held", || kiosk.rights(job.id) > 0);
    drop(kiosk);
    let wall = Kiosk::wall_only(&data, hub.address);
    until("they are given back", || {
        let reported = wall.store.rights_to_ask(wall.sync.now()).expect("read");
        wall.rights(job.id) == 0 && reported.iter().all(|due| !due.unreported)
    });
    assert_eq!(wall.rights(job.id), 0, "and none are asked for");
}

#[test]
fn with_a_clock_that_went_back_no_right_is_spent() {
    let hub = Hub::start();
    let job = hub.publish(&[8]).remove(0);
    let cable = Cable::to(hub.address);
    let data = hub.data("一号");
    let kiosk = hub.kiosk("一号", cable.address);
    until("rights are held", || kiosk.rights(job.id) > 1);
    cable.now(Line::Pulled);
    until("cut off", || !kiosk.online());
    // As if the last contact had been tomorrow, by a clock that was right then.
    let contact = Contact {
        last: Some(Timestamp::now() + SignedDuration::from_hours(24)),
        ..Contact::default()
    };
    drop(kiosk);
    let zone = jiff::tz::TimeZone::UTC;
    let store = Store::open(&data, zone, Timestamp::now()).expect("opens");
    store.note_contact(&contact).expect("kept");
    drop(store);
    let kiosk = Kiosk::start(&data, cable.address, None);
    assert!(kiosk.sync.link().borrow().clock_untrusted);
    let rights = kiosk.rights(job.id);
    let worker = kiosk.register(1);
    provisional(kiosk.desk.claim(&worker, job.id).expect("works"));
    assert_eq!(kiosk.rights(job.id), rights, "none is spent");
    cable.now(Line::Good);
    until("the hub is reached", || kiosk.online());
    assert!(!kiosk.sync.link().borrow().clock_untrusted);
    until("rights are held", || kiosk.rights(job.id) > 0);
    cable.now(Line::Pulled);
    until("cut off", || !kiosk.online());
    let other = kiosk.register(3);
    confirmed(kiosk.desk.claim(&other, job.id).expect("works"));
}

/// Rule 9: a start of the machine is no start of the program. No deadline is told by a clock that ran on
/// an empty battery, so that the hub is asked first, however right it looks.
#[test]
fn a_machine_that_was_switched_on_anew_spends_no_right_before_the_hub_was_reached() {
    let hub = Hub::start();
    let job = hub.publish(&[12]).remove(0);
    let cable = Cable::to(hub.address);
    let data = hub.data("一号");
    let kiosk = hub.kiosk("一号", cable.address);
    until("rights are held", || kiosk.rights(job.id) > 1);
    cable.now(Line::Pulled);
    until("cut off", || !kiosk.online());
    drop(kiosk);
    let kiosk = Kiosk::start(&data, cable.address, None);
    assert!(!kiosk.sync.clock_untrusted());
    let first = kiosk.register(1);
    confirmed(kiosk.desk.claim(&first, job.id).expect("works"));
    drop(kiosk);

    // As if the machine had been off since.
    let store = Store::open(&data, jiff::tz::TimeZone::UTC, Timestamp::now()).expect("opens");
    let mut contact = store.contact().expect("read");
    contact.met.as_mut().expect("this machine tells").boot = "the one before".to_owned();
    store.note_contact(&contact).expect("kept");
    drop(store);
    let kiosk = Kiosk::start(&data, cable.address, None);
    assert!(kiosk.sync.clock_untrusted() && kiosk.sync.link().borrow().clock_untrusted);
    let rights = kiosk.rights(job.id);
    let second = kiosk.register(3);
    provisional(kiosk.desk.claim(&second, job.id).expect("works"));
    assert_eq!(kiosk.rights(job.id), rights, "none is spent");
    cable.now(Line::Good);
    until("the hub is reached", || {
        kiosk.online() && !kiosk.sync.link().borrow().clock_untrusted
    });
    until("it was decided on", || {
        let mine = kiosk.store.claims_of(&second).expect("read");
        mine[0].claim.state == ClaimState::Confirmed
    });
    until("rights are held", || kiosk.rights(job.id) > 0);
    cable.now(Line::Pulled);
    until("cut off", || !kiosk.online());
    let third = kiosk.register(5);
    confirmed(kiosk.desk.claim(&third, job.id).expect("works"));
}

/// What the device says of itself is what staff see at the hub.
#[test]
fn the_hub_lists_how_a_device_is() {
    let hub = Hub::start();
    let job = hub.publish(&[8]).remove(0);
    let cable = Cable::to(hub.address);
    let kiosk = hub.kiosk("一号", cable.address);
    until("rights are held", || kiosk.rights(job.id) > 0);
    let listed = || hub.state.store.devices().expect("read").remove(0);
    let began = Timestamp::now();
    // It never hears that its records have come.
    cable.now(Line::LosesAnswersOf("/outbox"));
    kiosk.register(1);
    kiosk.register(3);
    until("the hub knows what waits there", || {
        listed().health.outbox_length == 2
    });
    let (status, health) = (listed(), listed().health);
    let second = SignedDuration::from_secs(1);
    let oldest = health.outbox_oldest.expect("some wait");
    assert!(oldest > began - second && oldest < Timestamp::now() + second);
    assert!(status.seen_at.is_some_and(|at| at > began - second));
    assert_eq!(health.rights, kiosk.store.rights_held().expect("read"));
    assert!(health.clock_offset_ms.abs() < 5_000, "{health:?}");
    assert_eq!(health.version, env!("CARGO_PKG_VERSION"));
    cable.now(Line::Good);
    until("nothing waits", || {
        let health = listed().health;
        health.outbox_length == 0 && health.outbox_oldest.is_none()
    });
}

#[test]
fn a_full_job_says_which_device_may_still_have_a_place() {
    let hub = Hub::start();
    let job = hub.publish(&[2]).remove(0);
    let one = hub.kiosk("一号", hub.address);
    until("a right is held", || one.rights(job.id) == 1);
    let two = hub.kiosk("二号", hub.address);
    until("it follows", || two.open_jobs() == 1 && two.online());
    let (first, second) = (two.register(1), two.register(3));
    confirmed(two.desk.claim(&first, job.id).expect("works"));
    match two.desk.claim(&second, job.id).expect("works") {
        ClaimOutcome::Full { held_by, .. } => assert_eq!(held_by, ["一号"]),
        other => panic!("{other:?}"),
    }
}

/// Who is erased at the hub is forgotten by every kiosk; what a cut-off one confirmed meanwhile is
/// kept, and staff see it.
#[test]
fn an_erased_person_is_forgotten_here_too() {
    let hub = Hub::start();
    let job = hub.publish(&[8]).remove(0);
    let cable = Cable::to(hub.address);
    let one = hub.kiosk("一号", hub.address);
    let two = hub.kiosk("二号", cable.address);
    until("rights are held", || {
        one.rights(job.id) > 0 && two.rights(job.id) > 0
    });
    let here = one.register(1);
    until("it is at the hub", || one.outbox() == 0);
    let number = an_id_number("19750501", 1).parse().expect("valid");
    let there = match two.desk.identify(&number).expect("works") {
        Identified::Known(known) => known,
        other => panic!("{other:?}"),
    };
    cable.now(Line::Pulled);
    until("cut off", || !two.online());
    let erased = hub.state.store.delete_worker(here.worker, Timestamp::now());
    erased.expect("deleted");
    let knows = |kiosk: &Kiosk| {
        kiosk
            .store
            .worker_by_number(&number)
            .expect("read")
            .is_some()
    };
    until("the first kiosk forgets", || !knows(&one));
    assert_eq!(one.desk.claim(&here, job.id), Err(DeskError::PersonGone));
    assert_eq!(one.desk.identify(&number), Ok(Identified::Unknown));
    let claim = confirmed(two.desk.claim(&there, job.id).expect("works"));
    cable.now(Line::Good);
    until("the claim arrives", || two.outbox() == 0);
    until("the second kiosk forgets", || !knows(&two));
    assert_eq!(hub.claim(claim.id).state, ClaimState::Confirmed);
    let store = &hub.state.store;
    let seen = store.claims_of_erased(&a_hall(), Timestamp::now());
    assert_eq!(seen.expect("read")[0].claim.id, claim.id);
}

#[test]
fn an_event_of_the_hall_comes_and_goes_over_the_feed() {
    let hub = Hub::start();
    let kiosk = hub.kiosk("一号", hub.address);
    until("it follows", || kiosk.online());
    let mut event = an_event(1);
    event.starts_at = Timestamp::now() + SignedDuration::from_hours(24);
    event.ends_at = event.starts_at + SignedDuration::from_hours(3);
    let store = &hub.state.store;
    store.put_event(&a_hall(), &event).expect("put up");
    let events = || kiosk.store.events(kiosk.sync.now()).expect("read");
    until("it is here", || events() == std::slice::from_ref(&event));
    store.set_event_places(event.id, None, 30).expect("set");
    until("it is full", || events()[0].places_left() == Some(0));
    store.withdraw_event(event.id).expect("withdrawn");
    until("it is gone", || events().is_empty());
}

#[test]
fn what_staff_have_to_mend_for_one_wall_stays_though_another_is_well() {
    let hub = Hub::start();
    let kiosk = hub.kiosk("一号", hub.address);
    let told = || {
        let all = kiosk.told().into_iter();
        let of_walls = all.filter(|notice| notice.code == "wall");
        of_walls.map(|notice| notice.detail).collect::<Vec<_>>()
    };
    assert!(kiosk.desk.tell_staff("door", "door.png: cannot be read"));
    assert!(kiosk.desk.tell_staff("hall", ""));
    assert_eq!(told(), ["door.png: cannot be read"]);
    assert!(kiosk.desk.tell_staff("door", ""));
    assert!(told().is_empty());
}

#[test]
fn a_typed_number_is_proved_by_the_telephone_and_wrong_tries_wait() {
    let hub = Hub::start();
    let kiosk = hub.kiosk("一号", hub.address);
    until("online", || kiosk.online());
    let number: IdNumber = an_id_number("19750501", 7).parse().expect("valid");
    let typed = |proof| kiosk.desk.identify_typed(&number, proof).expect("works");
    assert_eq!(typed(None), Identified::Unknown);
    let new = NewRegistration {
        pin: None,
        name: "李晓峰".to_owned(),
        number: number.clone(),
        phone: Some("13812345678".to_owned()),
        work_kinds: vec![],
    };
    let worker = kiosk.desk.register(&new, &[]).expect("registered");
    assert_eq!(
        typed(None),
        Identified::AsksProof {
            by: ProvenBy::Phone,
            wrong: false
        }
    );
    for wrong in ["1234", "", "13812345678"] {
        assert_eq!(
            typed(Some(wrong)),
            Identified::AsksProof {
                by: ProvenBy::Phone,
                wrong: true
            }
        );
    }
    assert!(matches!(typed(Some("0000")), Identified::Waits(wait) if wait.is_positive()));
    assert!(
        matches!(typed(Some("5678")), Identified::Waits(_)),
        "the right one neither"
    );
    // A card is proof enough, and nobody else waits.
    let by_card = kiosk.desk.identify(&number).expect("works");
    assert_eq!(by_card, Identified::Known(worker.clone()));
    kiosk.store.lift_waits().expect("lifted");
    assert_eq!(typed(Some("5678")), Identified::Known(worker));
    // Without a telephone and a PIN nothing proves a number that was typed; a card does.
    let other = kiosk.register(1);
    let number: IdNumber = an_id_number("19750501", 1).parse().expect("valid");
    let typed = kiosk.desk.identify_typed(&number, None).expect("works");
    assert_eq!(typed, Identified::Unproved);
    let by_card = kiosk.desk.identify(&number).expect("works");
    assert_eq!(by_card, Identified::Known(other));
    let waits = [(); 4].map(|()| kiosk.desk.not_me(&number).expect("works"));
    assert_eq!(waits.map(|wait| wait.is_zero()), [true, true, true, false]);
}

#[test]
fn a_pause_reaches_every_terminal_and_so_does_its_end() {
    let hub = Hub::start();
    let jobs = hub.publish(&[4, 4]);
    let [one, two] = ["一号", "二号"].map(|name| hub.kiosk(name, hub.address));
    for kiosk in [&one, &two] {
        until("online", || kiosk.online());
    }
    let worker = one.register(1);
    until("the hub knows the worker", || one.outbox() == 0);
    let claim = confirmed(one.desk.claim(&worker, jobs[0].id).expect("works"));
    until("the hub has the claim", || one.outbox() == 0);
    let number = an_id_number("19750501", 1).parse().expect("valid");
    let there = match two.desk.identify(&number).expect("works") {
        Identified::Known(worker) => worker,
        other => panic!("{other:?}"),
    };
    // An hour after the work began; the pause of a day begins now, by the hub's clock.
    let late = jobs[0].be_there_at() + SignedDuration::from_hours(1);
    let late = Timestamp::from_millisecond(late.as_millisecond()).expect("a time");
    hub.state.store.mark_absent(claim.id, late).expect("absent");
    let paused = |kiosk: &Kiosk, id| {
        let pause = kiosk.store.pause(id, kiosk.sync.now()).expect("read");
        pause.is_some()
    };
    until("one knows it", || paused(&one, worker.worker));
    until("two knows it", || paused(&two, there.worker));
    let refused = two.desk.claim(&there, jobs[1].id).expect("works");
    assert_eq!(
        refused,
        ClaimOutcome::Paused(late + SignedDuration::from_hours(24))
    );
    // Staff at the hub forgive it; every terminal hears of that.
    hub.state
        .store
        .lift_pause(worker.worker, late)
        .expect("lifted");
    until("two knows it", || !paused(&two, there.worker));
    until("one knows it", || !paused(&one, worker.worker));
    confirmed(two.desk.claim(&there, jobs[1].id).expect("works"));
}
