//! Rule 12: a hub that is put back from an older copy, and what its kiosks do then.

use crate::sync_support::*;
use gighall_core::claim::Claim;
use gighall_core::id::{ClaimId, Epoch, HubEpoch, JobId};
use gighall_core::worker::Channel;
use gighall_hub::store::{NewClaim, NewWorker, StoreError};
use gighall_kiosk::store::{Identity, Store};
use gighall_kiosk::terminal::desk::{ClaimOutcome, Desk, WhyProvisional};
use jiff::Timestamp;
use uuid::Uuid;

/// A phone claims at the hub.
fn phone(hub: &Hub, job: JobId, n: u32) -> Result<Claim, StoreError> {
    let now = Timestamp::now();
    let worker = hub.state.store.register(&NewWorker {
        id: gighall_core::id::WorkerId(Uuid::now_v7()),
        name: "王小明".to_owned(),
        number: gighall_core::testing::an_id_number("19800101", n)
            .parse()
            .expect("valid"),
        phone: None,
        work_kinds: vec![],
        consent: gighall_core::worker::Consent {
            version: 1,
            at: now,
        },
        channel: Channel::Phone,
    })?;
    let new = NewClaim {
        id: ClaimId(Uuid::new_v4()),
        job,
        worker,
        channel: Channel::Phone,
        device: None,
    };
    hub.state.store.claim_direct(&new, now).map(|it| it.claim)
}

fn waited_for(hub: &Hub) -> Vec<String> {
    let restored = hub.state.store.restored().expect("read");
    restored.waiting.into_iter().map(|it| it.device).collect()
}

fn is_known(hub: &Hub, id: ClaimId) -> bool {
    hub.state.store.claim(id).expect("read").is_some()
}

fn nobody_suspected(hub: &Hub) {
    let devices = hub.state.store.devices().expect("read");
    for device in devices {
        assert!(!device.quarantined, "{device:?}");
        assert_eq!(device.quarantined_before, None, "{device:?}");
    }
}

/// One kiosk is idle when the hub comes back, the other one is cut off and goes on confirming. No place
/// is given before both have reported, and then all are given once.
#[test]
fn a_restored_hub_gets_back_what_it_lost_and_gives_no_place_twice() {
    let mut hub = Hub::start();
    let jobs = hub.publish(&[8, 1]);
    let (job, single) = (jobs[0].id, jobs[1].id);
    let cable = Cable::to(hub.address);
    let idle = hub.kiosk("一号", hub.address);
    let away = hub.kiosk("二号", cable.address);
    until("rights are held", || {
        idle.rights(job) == 2 && away.rights(job) == 2
    });
    let copy = hub.copy();
    let worker = idle.register(1);
    let sent = confirmed(idle.desk.claim(&worker, job).expect("works"));
    until("the hub has it", || {
        is_known(&hub, sent.id) && idle.outbox() == 0
    });
    until("it was lent another one", || idle.rights(job) == 2);
    cable.now(Line::Pulled);

    hub.put_back(&copy);
    until("the idle one has reported", || waited_for(&hub) == ["二号"]);
    assert!(is_known(&hub, sent.id), "it was sent again");
    assert!(matches!(phone(&hub, job, 1), Err(StoreError::HeldBack)));
    // A terminal without a right says that it is not decided yet.
    let waiting = match idle.desk.claim(&worker, single).expect("works") {
        ClaimOutcome::Provisional(claim, WhyProvisional::Refused) => claim,
        other => panic!("{other:?}"),
    };
    assert!(idle.rights(job) > 0, "it keeps what it was lent");
    // A hall that is cut off goes on meanwhile.
    let held = away.rights(job);
    let worker = away.register(2);
    let unsent = confirmed(away.desk.claim(&worker, job).expect("works"));
    assert_eq!(away.rights(job), held - 1);

    cable.now(Line::Good);
    until("everybody has reported", || waited_for(&hub).is_empty());
    until("it arrives", || is_known(&hub, unsent.id));
    until("it is decided", || {
        idle.claim(waiting.id).state.holds_place()
    });
    assert!(phone(&hub, single, 2).is_err(), "whoever waited was first");
    for kiosk in [&idle, &away] {
        let identity = kiosk.sync.identity().expect("enrolled");
        assert_eq!(
            (identity.epoch, identity.hub_epoch),
            (Epoch(1), HubEpoch(2))
        );
        until("nothing waits", || kiosk.outbox() == 0);
    }
    nobody_suspected(&hub);
    // Everything that is left is given away, by phone and by the rights that are out.
    let mut live = 2;
    for (n, kiosk) in [(30, &idle), (40, &away)] {
        for n in n..n + 3 {
            let worker = kiosk.register(n);
            if kiosk.rights(job) > 0 {
                confirmed(kiosk.desk.claim(&worker, job).expect("works"));
                live += 1;
            }
        }
    }
    until("nothing waits", || idle.outbox() + away.outbox() == 0);
    let mut n = 50;
    until("all are given", || {
        // Those that are lent come back when somebody asks.
        live += usize::from(phone(&hub, job, n).is_ok());
        n += 1;
        hub.job(job).places_left == 0
    });
    assert_eq!(live, 8, "each place once");
    nobody_suspected(&hub);
}

/// Nobody ran `restore`, and nothing beside the store tells: the kiosk does, which writes nothing.
#[test]
fn a_hub_whose_disk_is_an_older_one_learns_it_from_an_idle_kiosk() {
    let mut hub = Hub::start();
    let jobs = hub.publish(&[8, 1]);
    let (job, single) = (jobs[0].id, jobs[1].id);
    let kiosk = hub.kiosk("一号", hub.address);
    until("rights are held", || kiosk.rights(job) > 0);
    let image = tempfile::tempdir().expect("a directory");
    hub.stopped(|data| take_disk(data, image.path()));
    until("the kiosk is back", || kiosk.online());
    let worker = kiosk.register(1);
    let claim = confirmed(kiosk.desk.claim(&worker, job).expect("works"));
    // No right is ever lent to a single place: that one is taken at the hub.
    let direct = confirmed(kiosk.desk.claim(&worker, single).expect("works"));
    assert_eq!(kiosk.rights(single), 0);
    until("the hub has it", || {
        is_known(&hub, claim.id) && kiosk.outbox() == 0
    });
    // The disk is changed so fast that nothing may fail meanwhile: what the kiosk has heard of tells it.
    until("the kiosk has heard of both", || {
        let heard = |id| kiosk.job(id).version == hub.job(id).version;
        heard(job) && heard(single)
    });
    hub.stopped(|data| take_disk(image.path(), data));
    until("it is found out", || {
        hub.state.store.hub_epoch().expect("read") == HubEpoch(2)
    });
    until("the claim is here again", || is_known(&hub, claim.id));
    until("it waits for nobody", || waited_for(&hub).is_empty());
    assert_eq!(hub.claim(direct.id).number, direct.number);
    assert!(phone(&hub, single, 1).is_err(), "its place is taken");
    let why = hub.state.store.restored().expect("read").raised_why;
    assert!(why.is_some_and(|why| why.starts_with("一号 ")));
    until("the listings are right", || kiosk.job(job).places_left == 7);
    assert_eq!(hub.job(job).places_left, 7);
    nobody_suspected(&hub);
}

/// All that a kiosk sees of it is that the stream of events ended: the connections that it has are closed, and
/// what it asks meanwhile is answered, by the older disk.
#[test]
fn a_hub_whose_disk_was_changed_between_two_requests_learns_it_from_the_end_of_the_stream() {
    // On a busy machine a request may meet the very moment in which the hub closes its connections.
    let nothing_failed = (0..5).any(|_| a_disk_is_changed_between_two_requests());
    assert!(nothing_failed, "each time something failed that told it");
}

/// Whether no request failed meanwhile, which would have told it in another way.
fn a_disk_is_changed_between_two_requests() -> bool {
    let mut hub = Hub::start();
    let cable = Cable::to(hub.address);
    let kiosk = hub.kiosk("一号", cable.address);
    until("enrolled", || kiosk.online());
    let image = tempfile::tempdir().expect("a directory");
    hub.stopped(|data| take_disk(data, image.path()));
    cable.now(Line::Patient);
    until("the hub is heard again", || {
        kiosk.online() && kiosk.sync.hears_push()
    });
    // It writes what no feed tells of, so that nothing of what it has read lies beyond the older copy.
    let worker = kiosk.register(1).worker;
    until("the hub has it", || kiosk.outbox() == 0);
    let link = kiosk.sync.link();
    let last = || link.borrow().last_contact;
    let before = last();
    // The next question comes ten seconds later.
    until("it has just asked", || last() != before);
    let mut watched = kiosk.sync.link();
    let engine = kiosk.sync.runtime().expect("it runs");
    let offline = engine.spawn(async move { watched.wait_for(|link| !link.online).await.is_ok() });

    hub.stopped(|data| take_disk(image.path(), data));
    assert!(hub.state.store.worker(worker).expect("read").is_none());
    until("it is found out", || {
        hub.state.store.hub_epoch().expect("read") == HubEpoch(2)
    });
    let nothing_failed = !offline.is_finished();
    until("what was lost is here again", || {
        let known = hub.state.store.worker(worker).expect("read");
        known.is_some() && waited_for(&hub).is_empty()
    });
    let why = hub.state.store.restored().expect("read").raised_why;
    let by_a_report = why
        .as_ref()
        .is_some_and(|why| why.contains("records had come"));
    assert!(by_a_report || !nothing_failed, "{why:?}");
    let identity = kiosk.sync.identity().expect("enrolled");
    assert_eq!(identity.epoch, Epoch(1));
    nobody_suspected(&hub);
    nothing_failed
}

/// The program may die between the store, which has taken the epoch on, and the file beside it.
#[test]
fn a_kiosk_that_dies_while_it_takes_a_hubs_epoch_on_keeps_its_own_and_its_rights() {
    let mut hub = Hub::start();
    let job = hub.publish(&[8]).remove(0).id;
    let data = hub.data("一号");
    let kiosk = hub.kiosk("一号", hub.address);
    until("rights are held", || kiosk.rights(job) > 0);
    let held = kiosk.rights(job);
    let copy = hub.copy();
    drop(kiosk);
    hub.put_back(&copy);
    let store = Store::open(&data, jiff::tz::TimeZone::UTC, Timestamp::now()).expect("a store");
    store.adopt_hub(Epoch(1), HubEpoch(2)).expect("kept");
    drop(store);
    let kept = Identity::load(&data).expect("read").expect("there");
    assert_eq!(kept.hub_epoch, HubEpoch(1), "the file is as it was");

    let kiosk = Kiosk::start(&data, hub.address, None);
    assert_eq!(kiosk.rights(job), held);
    until("it has reported", || waited_for(&hub).is_empty());
    let identity = kiosk.sync.identity().expect("enrolled");
    let epochs = (identity.epoch, identity.hub_epoch);
    assert_eq!(epochs, (Epoch(1), HubEpoch(2)));
    assert!(kiosk.rights(job) >= held);
    nobody_suspected(&hub);
}

/// Copies what is on a hub's disk once it has stopped in good order: all of it is in the one file.
fn take_disk(from: &std::path::Path, to: &std::path::Path) {
    for name in ["hub.db", "hub.mark"] {
        std::fs::copy(from.join(name), to.join(name)).expect("copied");
    }
    for side in ["hub.db-wal", "hub.db-shm"] {
        let _ = std::fs::remove_file(to.join(side));
    }
}

#[test]
fn a_kiosk_that_was_enrolled_after_the_copy_comes_back_with_a_code() {
    let mut hub = Hub::start();
    let job = hub.publish(&[8]).remove(0).id;
    let copy = hub.copy();
    let kiosk = hub.kiosk("一号", hub.address);
    until("rights are held", || kiosk.rights(job) > 0);
    let worker = kiosk.register(1);
    let claim = confirmed(kiosk.desk.claim(&worker, job).expect("works"));
    until("the hub has it", || {
        is_known(&hub, claim.id) && kiosk.outbox() == 0
    });
    let device = kiosk.sync.identity().expect("enrolled").device;
    hub.put_back(&copy);
    until("staff are told", || {
        kiosk.told().iter().any(|told| told.code == "enrol-again")
    });
    kiosk.sync.enrol_with(hub.code("一号"));
    until("the claim is here again", || is_known(&hub, claim.id));
    let identity = kiosk.sync.identity().expect("enrolled");
    assert_eq!((identity.device, identity.epoch), (device, Epoch(2)));
    until("it waits for nobody", || {
        waited_for(&hub).is_empty() && kiosk.outbox() == 0
    });
    assert!(hub.claim(claim.id).state.holds_place());
    nobody_suspected(&hub);
    until("rights are held", || kiosk.rights(job) > 0);
}

/// What phones and staff did after the copy is nowhere but in the hall: a kiosk that was idle, and one that had
/// a claim there, have heard of it.
#[test]
fn what_was_done_at_a_hub_after_its_copy_comes_back_from_the_kiosks_of_its_hall() {
    let mut hub = Hub::start();
    let jobs = hub.publish(&[8, 1, 1]);
    let (job, single, other) = (jobs[0].id, jobs[1].id, jobs[2].id);
    let cable = Cable::to(hub.address);
    let idle = hub.kiosk("一号", hub.address);
    let away = hub.kiosk("二号", cable.address);
    until("rights are held", || {
        idle.rights(job) == 2 && away.rights(job) == 2
    });
    let gone = phone(&hub, single, 1).expect("free");
    let worker = away.register(2);
    let backed = confirmed(away.desk.claim(&worker, job).expect("works"));
    until("the hub has it", || is_known(&hub, backed.id));
    let copy = hub.copy();

    let now = Timestamp::now();
    let withdraw = |id| hub.state.store.withdraw(id, now).expect("withdrawn");
    withdraw(gone.id);
    let phoned = phone(&hub, single, 3).expect("free again");
    withdraw(backed.id);
    let worker = away.register(4);
    let asked = confirmed(away.desk.claim(&worker, other).expect("works"));
    assert_eq!(asked.number, hub.claim(asked.id).number, "taken at the hub");
    until("the idle one has heard of all of it", || {
        [job, single, other]
            .iter()
            .all(|id| idle.job(*id).version == hub.job(*id).version)
    });
    cable.now(Line::Pulled);

    hub.put_back(&copy);
    until("the idle one has reported", || waited_for(&hub) == ["二号"]);
    let state = |id| hub.claim(id).state;
    assert!(!state(gone.id).holds_place(), "it had ended");
    assert!(!state(backed.id).holds_place(), "it had ended");
    assert_eq!(hub.claim(phoned.id), phoned);
    assert_eq!(
        hub.claim(asked.id).number,
        asked.number,
        "though its own kiosk is away"
    );
    cable.now(Line::Good);
    until("everybody has reported", || waited_for(&hub).is_empty());
    for id in [single, other] {
        assert!(phone(&hub, id, 9).is_err(), "there was one place");
    }
    assert!(hub.state.store.restored().expect("read").surplus.is_empty());
    assert_eq!(hub.job(job).places_left, 8);
    until("the kiosk hears of it", || {
        !away.claim(backed.id).state.holds_place()
    });
    nobody_suspected(&hub);
}
