//! Who a kiosk is: enrolment, lost and restored stores, devices that take the place of others.

use crate::sync_support::*;
use gighall_core::claim::ClaimState;
use gighall_core::id::Epoch;
use gighall_kiosk::store::Identity;
use gighall_kiosk::sync::LinkProblem;
use gighall_kiosk::terminal::desk::{Desk, DeskError};
use std::path::Path;

#[test]
fn a_lost_store_is_enrolled_anew_and_its_outbox_arrives() {
    let hub = Hub::start();
    let job = hub.publish(&[8]).remove(0);
    let cable = Cable::to(hub.address);
    let data = hub.data("一号");
    let kiosk = hub.kiosk("一号", cable.address);
    until("rights are held", || kiosk.rights(job.id) > 0);
    cable.now(Line::Pulled);
    let worker = kiosk.register(1);
    let claim = confirmed(kiosk.desk.claim(&worker, job.id).expect("works"));
    drop(kiosk);
    // A page in the middle of the file goes bad: the one with the jobs.
    let path = data.join("kiosk.db");
    let connection = rusqlite::Connection::open(&path).expect("opens");
    connection
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .expect("settled");
    let root: usize = connection
        .query_row(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'jobs'",
            [],
            |row| row.get::<_, u32>(0),
        )
        .expect("there") as usize;
    drop(connection);
    let mut bytes = std::fs::read(&path).expect("read");
    bytes[(root - 1) * 4096..root * 4096].fill(0xA5);
    std::fs::write(&path, bytes).expect("written");
    let kiosk = Kiosk::start(&data, cable.address, None);
    assert_eq!(kiosk.outbox(), 2, "saved");
    assert_eq!(kiosk.rights(job.id), 0, "no rights (rule 10)");
    // Cut off, it goes on.
    kiosk.register(3);
    cable.now(Line::Good);
    until("everything arrives", || kiosk.outbox() == 0);
    let identity = kiosk.sync.identity().expect("enrolled");
    assert_eq!(identity.epoch, Epoch(2));
    let kept = hub.claim(claim.id);
    assert_eq!(kept.state, ClaimState::Confirmed);
    until("it gets rights again", || kiosk.rights(job.id) > 0);
    let codes: Vec<String> = kiosk.told().into_iter().map(|notice| notice.code).collect();
    assert_eq!(codes, ["store-damaged"]);
}

#[test]
fn a_wrong_code_and_an_unknown_hall_are_told_and_tried_again() {
    let hub = Hub::start();
    let problem = |kiosk: &Kiosk| kiosk.sync.link().borrow().problem;
    let bad = Kiosk::start(&hub.data("bad"), hub.address, Some("ABCD-EFGH".to_owned()));
    until("a wrong code", || {
        problem(&bad) == Some(LinkProblem::BadCode)
    });
    let none = Kiosk::start(&hub.data("none"), hub.address, None);
    until("no code", || problem(&none) == Some(LinkProblem::NeedsCode));
    assert_eq!(
        none.desk
            .claim(&worker_of_nobody(), gighall_core::testing::a_job(1).id),
        Err(DeskError::NotEnrolled)
    );
    assert_eq!(none.desk.phone_code(None), None);
    let elsewhere = Kiosk::of_hall(
        &hub.data("elsewhere"),
        hub.address,
        Some(hub.code("三号")),
        "nowhere".parse().expect("an id"),
    );
    until("an unknown hall", || {
        matches!(
            problem(&elsewhere),
            Some(LinkProblem::UnknownHall | LinkProblem::BadCode)
        )
    });
}

fn worker_of_nobody() -> gighall_core::wire::KnownWorker {
    gighall_core::wire::KnownWorker {
        worker: gighall_core::id::WorkerId(uuid::Uuid::from_u128(1)),
        name: "李".to_owned(),
        id_mask: String::new(),
        birth_date: jiff::civil::date(1975, 5, 1),
        sex: gighall_core::identity::Sex::Male,
        phone: None,
        work_kinds: vec![],
        wishes: None,
    }
}

#[test]
fn codes_follow_the_hub_to_another_address() {
    let hub = Hub::start();
    let data = hub.data("一号");
    let kiosk = hub.kiosk("一号", hub.address);
    until("enrolled", || kiosk.online());
    let before = format!("http://{}/c/", hub.address);
    let code = || kiosk.desk.phone_code(None).expect("enrolled");
    assert!(code().starts_with(&before), "{}", code());
    hub.state.set_phone_url(Some("https://jobs.example/"));
    hub.publish(&[1]);
    until("told of it", || {
        code().starts_with("https://jobs.example/c/")
    });
    hub.state.set_phone_url(Some("http://127.0.0.1:80"));
    hub.publish(&[1, 1]);
    until("told of loopback", || kiosk.open_jobs() == 2);
    assert!(code().starts_with("https://jobs.example/c/"), "never that");
    let kept = Identity::load(&data).expect("readable");
    assert_eq!(
        kept.expect("enrolled").phone_url,
        "https://jobs.example",
        "also after a restart"
    );
}

fn copy(from: &Path, to: &Path, files: &[&str]) {
    for file in files {
        std::fs::copy(from.join(file), to.join(file)).expect("copied");
    }
}

/// A kiosk that confirmed a claim after its store was copied; the copy is then put back.
/// Gives the claim. `files` are put back.
fn a_restored_kiosk(hub: &Hub, data: &Path, files: &[&str]) -> gighall_core::id::ClaimId {
    let job = hub.publish(&[8]).remove(0);
    let kiosk = Kiosk::start(data, hub.address, Some(hub.code("一号")));
    until("rights are held", || kiosk.rights(job.id) > 1);
    drop(kiosk);
    let backup = tempfile::tempdir().expect("a directory");
    copy(data, backup.path(), files);
    let kiosk = Kiosk::start(data, hub.address, None);
    let worker = kiosk.register(1);
    let claim = confirmed(kiosk.desk.claim(&worker, job.id).expect("works"));
    until("it is at the hub", || kiosk.outbox() == 0);
    drop(kiosk);
    assert!(!data.join("kiosk.db-wal").exists(), "all is in the file");
    copy(backup.path(), data, files);
    claim.id
}

#[test]
fn an_older_store_under_the_same_identity_has_no_rights() {
    let hub = Hub::start();
    let data = hub.data("一号");
    let claim = a_restored_kiosk(&hub, &data, &["kiosk.db"]);
    let nobody = "127.0.0.1:9".parse().expect("an address");
    let cut_off = Kiosk::start(&data, nobody, None);
    assert_eq!(cut_off.store.rights_held().expect("read"), 0);
    let worker = cut_off.register(3);
    let job = cut_off.store.open_jobs(cut_off.sync.now()).expect("read")[0].id;
    let later = provisional(cut_off.desk.claim(&worker, job).expect("works"));
    drop(cut_off);
    let kiosk = Kiosk::start(&data, hub.address, None);
    until("everything arrives", || kiosk.outbox() == 0);
    assert_eq!(kiosk.sync.identity().expect("enrolled").epoch, Epoch(2));
    until("it gets rights again", || kiosk.rights(job) > 0);
    for id in [claim, later.id] {
        let at_hub = hub.claim(id);
        assert!(at_hub.state.holds_place());
    }
    drop(kiosk);
    let again = Kiosk::start(&data, nobody, None);
    assert!(again.rights(job) > 0, "a plain restart keeps rights");
}

/// The copy has records that wait, which the hub has had since, and more after them.
#[test]
fn an_older_store_with_records_that_wait_comes_to_rest_and_gets_rights_again() {
    let hub = Hub::start();
    let job = hub.publish(&[12]).remove(0);
    let data = hub.data("一号");
    let nobody = "127.0.0.1:9".parse().expect("an address");
    let kiosk = Kiosk::start(&data, hub.address, Some(hub.code("一号")));
    until("rights are held", || kiosk.rights(job.id) > 1);
    drop(kiosk);
    let cut_off = Kiosk::start(&data, nobody, None);
    cut_off.register(1);
    drop(cut_off);
    let backup = tempfile::tempdir().expect("a directory");
    copy(&data, backup.path(), &["kiosk.db"]);
    let kiosk = Kiosk::start(&data, hub.address, None);
    let worker = kiosk.register(3);
    confirmed(kiosk.desk.claim(&worker, job.id).expect("works"));
    until("it is at the hub", || kiosk.outbox() == 0);
    drop(kiosk);
    copy(backup.path(), &data, &["kiosk.db"]);
    let kiosk = Kiosk::start(&data, hub.address, None);
    until("it is enrolled anew", || {
        kiosk.sync.identity().is_some_and(|it| it.epoch == Epoch(2))
    });
    until("nothing waits", || kiosk.outbox() == 0);
    until("it gets rights again", || kiosk.rights(job.id) > 0);
    assert_eq!(kiosk.sync.identity().expect("enrolled").epoch, Epoch(2));
}

#[test]
fn an_older_copy_of_everything_is_found_before_rights_are_lent() {
    let hub = Hub::start();
    let data = hub.data("一号");
    a_restored_kiosk(&hub, &data, &["kiosk.db", "device.json"]);
    let kiosk = Kiosk::start(&data, hub.address, None);
    until("it is enrolled anew", || {
        kiosk.sync.identity().is_some_and(|it| it.epoch == Epoch(2))
    });
    until("it gets rights again", || {
        kiosk.store.rights_held().expect("read") > 0
    });
    assert_eq!(kiosk.sync.identity().expect("enrolled").epoch, Epoch(2));
}

#[test]
fn a_log_with_a_hole_is_left_for_a_new_one() {
    let hub = Hub::start();
    let cable = Cable::to(hub.address);
    let data = hub.data("一号");
    let kiosk = hub.kiosk("一号", cable.address);
    until("enrolled", || kiosk.online());
    cable.now(Line::Pulled);
    kiosk.register(1);
    kiosk.register(3);
    let beside = rusqlite::Connection::open(data.join("kiosk.db")).expect("opens");
    beside
        .execute("DELETE FROM outbox WHERE seq = 1", [])
        .expect("works");
    cable.now(Line::Good);
    until("it begins a new log", || {
        kiosk.sync.identity().is_some_and(|it| it.epoch == Epoch(2))
    });
    let notices = kiosk.told();
    assert_eq!(notices[0].code, "log-gap");
    kiosk.register(5);
    until("which arrives", || kiosk.outbox() == 1);
}

#[test]
fn what_another_device_left_unsent_is_kept_and_not_sent_as_the_new_ones() {
    let (here, there) = (Hub::start(), Hub::start());
    let job = here.publish(&[8]).remove(0);
    let cable = Cable::to(here.address);
    let data = here.data("一号");
    let kiosk = here.kiosk("一号", cable.address);
    until("rights are held", || kiosk.rights(job.id) > 0);
    kiosk.register(5);
    until("that arrives", || kiosk.outbox() == 0);
    cable.now(Line::Pulled);
    let worker = kiosk.register(1);
    let claim = confirmed(kiosk.desk.claim(&worker, job.id).expect("works"));
    drop(kiosk);
    std::fs::remove_file(data.join("device.json")).expect("lost");

    let moved = Kiosk::start(&data, there.address, Some(there.code("一号")));
    until("enrolled there", || moved.online());
    moved.register(3);
    until("what is new arrives", || moved.outbox() == 0);
    let known = there.state.store.claim(claim.id).expect("read");
    assert!(known.is_none(), "it was never told there");
    let notices = moved.told();
    assert_eq!(notices[0].code, "log-gap");
    assert!(notices[0].detail.starts_with("2 records"), "{notices:?}");
    drop(moved);

    std::fs::remove_file(data.join("device.json")).expect("lost");
    let back = here.kiosk("一号", here.address);
    until("enrolled here again", || back.online());
    until("everything arrives", || back.outbox() == 0);
    assert_eq!(back.told(), [], "staff need not be told any more");
    let at_hub = here.state.store.claim(claim.id).expect("read");
    assert!(at_hub.is_some_and(|kept| kept.claim.state == ClaimState::Confirmed));
}

#[test]
fn a_device_whose_place_was_taken_says_so_and_takes_a_code() {
    let hub = Hub::start();
    let kiosk = hub.kiosk("一号", hub.address);
    until("enrolled", || kiosk.online());
    // Staff give the same device's code to another machine, which is used from then on.
    let taker = Kiosk::start(&hub.data("other"), hub.address, Some(hub.code("一号")));
    until("the other is in use", || taker.online());
    hub.publish(&[4]);
    until("it says that staff are needed", || {
        kiosk.sync.link().borrow().problem == Some(LinkProblem::Unauthorized)
    });
    let told = |kiosk: &Kiosk| {
        let notices = kiosk.told();
        notices.iter().any(|notice| notice.code == "enrol-again")
    };
    until("staff are told", || told(&kiosk));
    drop(taker);
    drop(kiosk);
    let kiosk = hub.kiosk("一号", hub.address);
    until("the code is taken", || {
        kiosk.open_jobs() == 1 && kiosk.online()
    });
    until("staff need not be told", || !told(&kiosk));
}

#[test]
fn staff_enrol_a_device_with_a_code_that_they_type() {
    let hub = Hub::start();
    let none = Kiosk::start(&hub.data("none"), hub.address, None);
    let problem = |kiosk: &Kiosk| kiosk.sync.link().borrow().problem;
    until("no code", || problem(&none) == Some(LinkProblem::NeedsCode));
    none.sync.enrol_with(hub.code("三号"));
    until("enrolled", || {
        none.online() && none.sync.identity().is_some()
    });
    let before = none.sync.identity().expect("enrolled").device;

    // A code that the hub does not take leaves the device as it is.
    none.sync.enrol_with("00000-00000".to_owned());
    until("a wrong code", || {
        problem(&none) == Some(LinkProblem::BadCode)
    });
    until("in reach again", || none.online());
    assert_eq!(none.sync.identity().expect("enrolled").device, before);

    none.register(5);
    none.sync.enrol_with(hub.code("四号"));
    until("enrolled as another device", || {
        none.sync.identity().is_some_and(|it| it.device != before)
    });
    until("everything arrives", || none.online() && none.outbox() == 0);
}

#[test]
fn what_a_device_is_given_is_for_its_own_eyes() {
    use std::os::unix::fs::PermissionsExt;
    let hub = Hub::start();
    let data = hub.data("一号");
    let kiosk = hub.kiosk("一号", hub.address);
    until("it is enrolled", || kiosk.sync.identity().is_some());
    for file in ["device.json", "secret.key", "kiosk.db"] {
        let mode = std::fs::metadata(data.join(file)).expect("there");
        let mode = mode.permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{file}: {mode:o}");
    }
    let identity = kiosk.sync.identity().expect("enrolled");
    let told = format!("{identity:?}");
    assert!(!told.contains(&identity.token) && !told.contains(&identity.signing_key));
}

/// The device's key has signed for a month.
fn make_key_old(data: &Path) -> Identity {
    let mut old = Identity::load(data).expect("read").expect("there");
    let a_month_ago = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(31 * 24);
    old.signing_key_since = Some(a_month_ago);
    old.save(data).expect("saved");
    old
}

#[test]
fn the_key_that_signs_codes_is_changed_each_month_and_a_lost_answer_costs_nothing() {
    use gighall_core::token::SigningKey;
    let hub = Hub::start();
    let data = hub.data("一号");
    let cable = Cable::to(hub.address);
    let kiosk = hub.kiosk("一号", cable.address);
    until("it is enrolled", || kiosk.online());
    let first = kiosk.sync.identity().expect("enrolled").signing_key.clone();
    drop(kiosk);
    let old = make_key_old(&data);
    assert_eq!(old.signing_key, first, "a new key stays");

    // The hub takes the new key, and its answer is lost.
    cable.now(Line::LosesAnswersOf("/signing-key"));
    let kiosk = Kiosk::start(&data, cable.address, None);
    let public = |key: &str| {
        SigningKey::from_secret_hex(key)
            .expect("a key")
            .public_hex()
    };
    let known = || {
        let now = jiff::Timestamp::now();
        let signer = hub.state.store.signer(old.device, now).expect("read");
        signer.expect("in use").1
    };
    until("the hub has two keys", || known().len() == 2);
    let begun = kiosk.sync.identity().expect("enrolled");
    assert_eq!(begun.signing_key, first, "until the hub says so");
    let next = begun.next_signing_key.clone().expect("begun");
    assert_eq!(known(), [public(&next), public(&first)]);
    drop(kiosk);

    // It is told the same key again.
    cable.now(Line::Good);
    let kiosk = Kiosk::start(&data, cable.address, None);
    until("it signs with the new key", || {
        kiosk
            .sync
            .identity()
            .is_some_and(|it| it.signing_key == next)
    });
    assert_eq!(known(), [public(&next), public(&first)]);
    let kept = Identity::load(&data).expect("read").expect("there");
    assert_eq!((kept.signing_key, kept.next_signing_key), (next, None));
}

#[test]
fn a_change_of_key_whose_answer_was_lost_is_finished_while_the_hub_takes_both() {
    let hub = Hub::start();
    let data = hub.data("一号");
    let cable = Cable::to(hub.address);
    let kiosk = hub.kiosk("一号", cable.address);
    until("it is enrolled", || kiosk.online());
    drop(kiosk);
    make_key_old(&data);

    cable.now(Line::LosesAnswersOf("/signing-key"));
    let kiosk = Kiosk::start(&data, cable.address, None);
    let identity = || kiosk.sync.identity().expect("enrolled");
    let device = identity().device;
    until("the hub has two keys", || {
        let now = jiff::Timestamp::now();
        let signer = hub.state.store.signer(device, now).expect("read");
        signer.expect("in use").1.len() == 2
    });
    let next = identity().next_signing_key.clone().expect("begun");

    // The same run of the kiosk asks again, at the next news.
    cable.now(Line::Good);
    hub.publish(&[1]);
    until("it signs with the new key", || {
        identity().signing_key == next && identity().next_signing_key.is_none()
    });
}

/// The hub takes the code and gives a token, and the kiosk dies before it hears of that: the code is not
/// used up.
#[test]
fn a_kiosk_that_dies_while_it_enrols_needs_no_other_code() {
    let hub = Hub::start();
    let (data, code) = (hub.data("一号"), hub.code("一号"));
    let cable = Cable::to(hub.address);
    cable.now(Line::LosesAnswersOf("/enrol"));
    let kiosk = Kiosk::start(&data, cable.address, Some(code.clone()));
    until("the hub has enrolled it", || {
        let devices = hub.state.store.devices().expect("read");
        devices[0].epoch.0 == 1
    });
    assert!(kiosk.sync.identity().is_none());
    drop(kiosk);
    cable.now(Line::Good);
    let kiosk = Kiosk::start(&data, cable.address, Some(code));
    until("it is enrolled", || kiosk.online());
    let identity = kiosk.sync.identity().expect("enrolled");
    assert_eq!(identity.epoch.0, 1);
    let kept = std::fs::read_dir(&data).expect("there");
    let names = kept.map(|it| it.expect("read").file_name());
    let keys: Vec<_> = names.filter(|it| it == "enrolling.key").collect();
    assert!(keys.is_empty(), "the key is in device.json now");
}
