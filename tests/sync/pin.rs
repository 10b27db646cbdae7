//! The PIN of somebody without a telephone: at the terminal where it was chosen, over a real hub, and at
//! another terminal.

use crate::sync_support::*;
use gighall_core::identity::IdNumber;
use gighall_core::pin::Pin;
use gighall_core::testing::an_id_number;
use gighall_core::wire::KnownWorker;
use gighall_kiosk::store::{Door, Said};
use gighall_kiosk::terminal::desk::{Desk, Identified, NewRegistration, ProvenBy};
use jiff::Timestamp;

const ASKED: Identified = Identified::AsksProof {
    by: ProvenBy::Pin,
    wrong: false,
};

const WRONG: Identified = Identified::AsksProof {
    by: ProvenBy::Pin,
    wrong: true,
};

fn number() -> IdNumber {
    an_id_number("19750501", 1).parse().expect("valid")
}

fn pin(digits: &str) -> Pin {
    Pin::chosen(digits, number().birth_date(), &number().mask()).expect("good")
}

fn new(name: &str, digits: Option<&str>) -> NewRegistration {
    NewRegistration {
        pin: digits.map(pin),
        name: name.to_owned(),
        number: number(),
        phone: None,
        work_kinds: vec![],
    }
}

fn types(kiosk: &Kiosk, proof: Option<&str>) -> Identified {
    kiosk.desk.identify_typed(&number(), proof).expect("works")
}

/// What whoever types the number and then those digits comes to.
fn types_both(kiosk: &Kiosk, digits: &str) -> Identified {
    assert_eq!(types(kiosk, None), ASKED);
    types(kiosk, Some(digits))
}

fn knows(identified: Identified) -> Option<KnownWorker> {
    match identified {
        Identified::Known(worker) => Some(worker),
        _ => None,
    }
}

#[test]
fn without_a_phone_the_number_opens_nothing_but_with_the_pin_even_offline() {
    let hub = Hub::start();
    let cable = Cable::to(hub.address);
    let kiosk = hub.kiosk("一号", cable.address);
    until("online", || kiosk.online());
    cable.now(Line::Pulled);
    until("cut off", || !kiosk.online());
    let worker = kiosk.desk.register(&new("李晓峰", Some("2608")), &[]);
    let worker = worker.expect("registered");
    assert_eq!(types(&kiosk, None), ASKED);
    for wrong in ["2609", "", "26080"] {
        assert_eq!(types(&kiosk, Some(wrong)), WRONG, "{wrong}");
    }
    assert!(matches!(types(&kiosk, Some("2609")), Identified::Waits(_)));
    let waits = types(&kiosk, Some("2608"));
    assert!(
        matches!(waits, Identified::Waits(_)),
        "the right one neither"
    );
    kiosk.store.lift_waits().expect("lifted");
    assert_eq!(
        types(&kiosk, Some("2608")),
        Identified::Known(worker.clone())
    );
    // Nothing of the PIN can be read where it is kept, and the hash is no plain text there.
    let kept = kiosk
        .store
        .pin_of(worker.worker)
        .expect("read")
        .expect("one");
    assert!(kept.0.starts_with("$argon2id$") && !kept.0.contains("2608"));
    for entry in std::fs::read_dir(hub.data("一号"))
        .expect("there")
        .flatten()
    {
        let bytes = std::fs::read(entry.path()).unwrap_or_default();
        let argon = bytes.windows(8).any(|it| it == b"argon2id");
        assert!(!argon, "{:?}", entry.path());
    }
}

#[test]
fn a_pin_travels_with_the_person_and_staff_set_it_anew() {
    let hub = Hub::start();
    let cable = Cable::to(hub.address);
    let one = hub.kiosk("一号", hub.address);
    let two = hub.kiosk("二号", cable.address);
    until("both are online", || one.online() && two.online());
    let worker = one.desk.register(&new("李晓峰", Some("2608")), &[]);
    let worker = worker.expect("registered");
    until("it is at the hub", || one.outbox() == 0);
    let file = || hub.state.store.worker_file(&number()).expect("read");
    assert!(
        file().expect("there").pin_since.is_some(),
        "who asks is told"
    );
    // Where nobody has seen them; and from then on without the hub.
    assert_eq!(types_both(&two, "2609"), WRONG);
    assert!(knows(types(&two, Some("2608"))).is_some());
    cable.now(Line::Pulled);
    until("it is cut off", || !two.online());
    assert_eq!(types_both(&two, "9071"), WRONG);
    assert!(knows(types(&two, Some("2608"))).is_some());
    // Forgotten: the person chooses another one, and the old one is dead.
    one.desk.set_pin(&worker, &pin("9071")).expect("set");
    assert_eq!(types_both(&one, "2608"), WRONG);
    assert!(knows(types(&one, Some("9071"))).is_some());
    until("it is at the hub", || one.outbox() == 0);
    cable.now(Line::Good);
    until("it is back", || two.online());
    assert_eq!(types_both(&two, "2608"), WRONG, "dead there too");
    assert!(knows(types(&two, Some("9071"))).is_some());
    // Erased, nothing of it is left, here or there.
    hub.state
        .store
        .delete_worker(worker.worker, Timestamp::now())
        .expect("erased");
    let gone = |kiosk: &Kiosk| kiosk.store.pin_of(worker.worker).expect("read").is_none();
    until("it is gone", || gone(&one) && gone(&two));
    assert_eq!(types(&one, None), Identified::Unknown);
    assert_eq!(file(), None);
}

#[test]
fn whoever_registers_as_somebody_else_does_not_take_their_place() {
    let hub = Hub::start();
    let cable = Cable::to(hub.address);
    let one = hub.kiosk("一号", hub.address);
    let two = hub.kiosk("二号", cable.address);
    until("both are online", || one.online() && two.online());
    one.desk
        .register(&new("李晓峰", Some("2608")), &[])
        .expect("registered");
    until("it is at the hub", || one.outbox() == 0);
    cable.now(Line::Pulled);
    until("it is cut off", || !two.online());
    assert_eq!(types(&two, None), Identified::UnknownOffline);
    two.desk
        .register(&new("李晓峰", Some("9071")), &[])
        .expect("registered");
    cable.now(Line::Good);
    until("it is at the hub", || two.online() && two.outbox() == 0);
    // The hub keeps the PIN of whoever has the number, and tells it.
    assert_eq!(types_both(&two, "9071"), WRONG);
    assert!(knows(types(&two, Some("2608"))).is_some());
    assert_eq!(types_both(&one, "9071"), WRONG);
}

#[test]
fn who_was_registered_without_a_pin_gets_one_with_staff() {
    let hub = Hub::start();
    let kiosk = hub.kiosk("一号", hub.address);
    until("online", || kiosk.online());
    let worker = kiosk.register(1);
    assert_eq!(types(&kiosk, None), Identified::Unproved);
    // The card and a pass are as good as before.
    assert!(knows(kiosk.desk.identify(&number()).expect("works")).is_some());
    let pass = kiosk.desk.make_pass(&worker).expect("made");
    assert!(knows(kiosk.desk.identify_pass(Some(&pass)).expect("works")).is_some());
    until("it is at the hub", || kiosk.outbox() == 0);
    // Staff look at the card, and help to register once more.
    let hash = gighall_kiosk::staff::pin::hashed("2608").expect("hashed");
    let said = Said {
        pin: Some(gighall_core::pin::PinHash(hash)),
        ..Said::default()
    };
    let sealed = kiosk.store.sealed_number(worker.worker).expect("read");
    let door = Door::from(gighall_core::worker::Channel::Staff);
    let now = kiosk.sync.now();
    kiosk
        .store
        .register_through(
            &door,
            &new("李晓峰", None),
            sealed.expect("there"),
            said,
            now,
        )
        .expect("registered");
    until("it is at the hub", || kiosk.outbox() == 0);
    assert!(knows(types_both(&kiosk, "2608")).is_some());
    let seen = hub.state.store.worker_file(&number()).expect("read");
    assert!(seen.expect("there").pin_since.is_some());
}
