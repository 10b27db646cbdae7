//! The worker's pass between terminals, over a real hub.

use crate::sync_support::*;
use gighall_core::hall::Hall;
use gighall_core::id::HallId;
use gighall_core::pass::Pass;
use gighall_core::testing::an_id_number;
use gighall_core::wire::KnownWorker;
use gighall_kiosk::terminal::desk::{Desk, Identified};
use jiff::Timestamp;

fn shows(kiosk: &Kiosk, pass: &Pass) -> Option<KnownWorker> {
    match kiosk.desk.identify_pass(Some(pass)).expect("works") {
        Identified::Known(worker) => Some(worker),
        _ => None,
    }
}

/// Whether the kiosk knows the pass without asking anybody.
fn knows(kiosk: &Kiosk, pass: &Pass) -> bool {
    kiosk.store.worker_by_pass(pass).expect("read").is_some()
}

#[test]
fn a_pass_of_one_terminal_is_good_at_another_and_a_new_or_revoked_one_ends_it() {
    let hub = Hub::start();
    let cable = Cable::to(hub.address);
    let one = hub.kiosk("一号", hub.address);
    let two = hub.kiosk("二号", cable.address);
    until("both are online", || one.online() && two.online());
    let worker = one.register(1);
    let first = one.desk.make_pass(&worker).expect("made");
    assert_eq!(shows(&one, &first), Some(worker.clone()), "at once");
    until("it is at the hub", || one.outbox() == 0);
    // The other one knows neither person nor pass, and asks.
    let seen = shows(&two, &first).expect("known at the hub");
    assert_eq!((&seen.name, seen.worker), (&worker.name, worker.worker));
    // From then on it needs no hub, and the person can be served.
    cable.now(Line::Pulled);
    until("it is cut off", || !two.online());
    assert_eq!(shows(&two, &first), Some(seen.clone()));
    // A new one is told to it as soon as it hears anything.
    let second = one.desk.make_pass(&worker).expect("made");
    assert_eq!(shows(&one, &first), None, "dead here at once");
    cable.now(Line::Good);
    until("the new one is there", || knows(&two, &second));
    assert!(!knows(&two, &first));
    cable.now(Line::Pulled);
    until("it is cut off", || !two.online());
    assert_eq!(shows(&two, &second), Some(seen.clone()));
    assert_eq!(shows(&two, &first), None);
    cable.now(Line::Good);
    until("it is back", || two.online());
    hub.state
        .store
        .revoke_pass(worker.worker, Timestamp::now())
        .expect("revoked");
    until("it is dead everywhere", || {
        !knows(&one, &second) && !knows(&two, &second)
    });
    assert_eq!(
        shows(&two, &second),
        None,
        "the hub does not know it either"
    );
    // Known by pass only so far: with the card it is the same person.
    let number = an_id_number("19750501", 1).parse().expect("valid");
    let by_card = two.desk.identify(&number).expect("works");
    assert_eq!(by_card, Identified::Known(seen));
    // Erased, nothing is left.
    let last = one.desk.make_pass(&worker).expect("made");
    until("it is everywhere", || knows(&two, &last));
    hub.state
        .store
        .delete_worker(worker.worker, Timestamp::now())
        .expect("erased");
    until("it is gone", || !knows(&one, &last) && !knows(&two, &last));
    assert_eq!(shows(&two, &last), None);
}

#[test]
fn a_pass_that_is_revoked_at_a_cut_off_terminal_is_dead_everywhere_in_the_end() {
    let hub = Hub::start();
    let cable = Cable::to(hub.address);
    let one = hub.kiosk("一号", cable.address);
    let two = hub.kiosk("二号", hub.address);
    until("both are online", || one.online() && two.online());
    let worker = one.register(1);
    let pass = one.desk.make_pass(&worker).expect("made");
    until("it is at the hub", || one.outbox() == 0);
    assert!(shows(&two, &pass).is_some());
    cable.now(Line::Pulled);
    until("it is cut off", || !one.online());
    let revoked = one.store.revoke_pass(worker.worker, one.sync.now());
    assert!(revoked.expect("revoked"));
    assert_eq!(shows(&one, &pass), None, "dead there at once");
    assert!(knows(&two, &pass), "not heard of yet");
    cable.now(Line::Good);
    until("it is dead at the other", || !knows(&two, &pass));
    assert_eq!(shows(&two, &pass), None, "and at the hub");
}

#[test]
fn another_hall_asks_the_hub_and_hears_when_a_pass_is_dead() {
    let hub = Hub::start();
    let other: HallId = "bijie".parse().expect("an id");
    let hall = Hall {
        id: other.clone(),
        name: "毕节市零工市场".to_owned(),
        county_code: None,
        hotline: None,
        address: None,
    };
    hub.state.store.put_hall(&hall).expect("a hall");
    let code = hub
        .state
        .store
        .add_device(&other, "三号", Timestamp::now())
        .expect("a code");
    let one = hub.kiosk("一号", hub.address);
    let far = Kiosk::of_hall(&hub.data("三号"), hub.address, Some(code), other);
    until("both are online", || one.online() && far.online());
    let worker = one.register(1);
    // There already, under an id of that terminal's own.
    let there = far.register(1);
    until("both are at the hub", || {
        one.outbox() == 0 && far.outbox() == 0
    });
    let pass = one.desk.make_pass(&worker).expect("made");
    until("it is at the hub", || one.outbox() == 0);
    assert!(!knows(&far, &pass), "only the hall is told of it");
    assert_eq!(shows(&far, &pass), Some(there), "the same person as there");
    assert!(knows(&far, &pass));
    let next = one.desk.make_pass(&worker).expect("made");
    until("it is dead there", || !knows(&far, &pass));
    assert!(!knows(&far, &next) && shows(&far, &next).is_some());
}

#[test]
fn two_terminals_that_are_cut_off_agree_on_the_later_pass() {
    let hub = Hub::start();
    let cables = [Cable::to(hub.address), Cable::to(hub.address)];
    let one = hub.kiosk("一号", cables[0].address);
    let two = hub.kiosk("二号", cables[1].address);
    until("both are online", || one.online() && two.online());
    let worker = one.register(1);
    until("it is at the hub", || one.outbox() == 0);
    let number = an_id_number("19750501", 1).parse().expect("valid");
    let known = two.desk.identify(&number).expect("works");
    assert_eq!(known, Identified::Known(worker.clone()));
    for cable in &cables {
        cable.now(Line::Pulled);
    }
    until("both are cut off", || !one.online() && !two.online());
    let older = one.desk.make_pass(&worker).expect("made");
    std::thread::sleep(std::time::Duration::from_millis(50));
    let newer = two.desk.make_pass(&worker).expect("made");
    assert!(knows(&one, &older) && knows(&two, &newer));
    // The newer one arrives first.
    cables[1].now(Line::Good);
    until("the newer one is at the hub", || two.outbox() == 0);
    cables[0].now(Line::Good);
    until("the older one is at the hub", || one.outbox() == 0);
    until("both know the newer one alone", || {
        [&one, &two]
            .iter()
            .all(|it| knows(it, &newer) && !knows(it, &older))
    });
}

#[test]
fn a_hub_that_knows_no_passes_is_survived() {
    let hub = Hub::start();
    let cable = Cable::to(hub.address);
    let kiosk = hub.kiosk("一号", cable.address);
    until("online", || kiosk.online());
    // First of all, as whoever registers takes a wrong try back.
    let worker = kiosk.register(1);
    let good = kiosk.desk.make_pass(&worker).expect("made");
    // What such a hub says to a sealed text that is no identity number.
    let problem = r#"{"type":"bad-request","title":"bad request","status":400,"detail":"x"}"#;
    let answer = format!(
        "HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{problem}",
        problem.len()
    );
    // Only a new connection meets what answers.
    cable.now(Line::Pulled);
    until("cut off", || !kiosk.online());
    cable.now(Line::AnswersTo("/workers/find", answer.into_bytes()));
    until("online again", || kiosk.online());
    let unknown = kiosk.desk.identify_pass(Some(&Pass::generate()));
    assert_eq!(unknown.expect("works"), Identified::Unknown);
    cable.now(Line::Pulled);
    until("cut off", || !kiosk.online());
    // Nobody can say whether a pass of another hall is good: whoever shows it is not punished for that.
    for _ in 0..30 {
        let unknown = kiosk.desk.identify_pass(Some(&Pass::generate()));
        assert_eq!(unknown.expect("works"), Identified::UnknownOffline);
    }
    // Garbage is wrong whether anybody can be asked or not, and it all counts.
    for _ in 0..9 {
        let garbage = kiosk.desk.identify_pass(None).expect("works");
        assert_eq!(garbage, Identified::Unknown);
    }
    let slowed = kiosk.desk.identify_pass(None).expect("works");
    assert!(matches!(slowed, Identified::Waits(_)), "{slowed:?}");
    let waits = kiosk.desk.identify_pass(Some(&good)).expect("works");
    assert!(matches!(waits, Identified::Waits(_)), "nobody may try now");
}
