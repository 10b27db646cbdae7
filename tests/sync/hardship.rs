//! What makes it hard for somebody to find work: said at a terminal that is cut off, known at the hub
//! alone, and never to be read on the kiosk.

use crate::sync_support::*;
use gighall_core::hardship::{HARDSHIP_NOTICE_VERSION, Hardship};
use gighall_core::testing::an_id_number;
use gighall_core::worker::Channel;
use gighall_kiosk::store::STORE_FILE;
use gighall_kiosk::terminal::desk::{Desk, NewRegistration};
use gighall_kiosk::terminal::services::ServiceDesk;
use std::collections::BTreeSet;

/// The bodies of the kiosk's log that say something yet.
fn readable(kiosk: &Kiosk, of: &str) -> usize {
    let waiting = kiosk.store.waiting(100, &[]).expect("read");
    let records = waiting.into_iter().flat_map(|it| it.records);
    records.filter(|it| it.body.contains(of)).count()
}

/// No file of that kiosk has any of these words, nor does what it would send.
fn never_readable(hub: &Hub, kiosk: &Kiosk, said: &[Hardship]) {
    for kind in said {
        for word in [kind.code(), kind.zh()] {
            assert_eq!(readable(kiosk, word), 0, "{word} is sealed");
            for file in [STORE_FILE.to_owned(), format!("{STORE_FILE}-wal")] {
                let bytes = std::fs::read(hub.data("一号").join(file)).unwrap_or_default();
                let word = word.as_bytes();
                assert!(!bytes.windows(word.len()).any(|part| part == word));
            }
        }
    }
}

#[test]
fn what_is_said_while_registering_offline_reaches_the_hub_and_leaves_the_kiosk() {
    let hub = Hub::start();
    let cable = Cable::to(hub.address);
    let kiosk = hub.kiosk("一号", cable.address);
    until("online", || kiosk.online());
    cable.now(Line::Pulled);
    until("cut off", || !kiosk.online());
    let new = NewRegistration {
        pin: None,
        name: "李晓峰".to_owned(),
        number: an_id_number("19720304", 1).parse().expect("valid"),
        phone: None,
        work_kinds: vec![],
    };
    let said = [Hardship::LowIncome, Hardship::LongWithout];
    let worker = kiosk.desk.register(&new, &said).expect("registered");
    assert_eq!(readable(&kiosk, "hardship_said"), 1);
    never_readable(&hub, &kiosk, &said);
    // The power goes before the hub is back.
    drop(kiosk);
    let kiosk = Kiosk::start(&hub.data("一号"), cable.address, None);
    cable.now(Line::Good);
    until("all is at the hub", || kiosk.outbox() == 0);

    let at_hub = || hub.state.store.hardships_said(false).expect("read");
    let kept = at_hub();
    let kinds: BTreeSet<_> = kept.iter().filter_map(|it| it.kind).collect();
    assert_eq!(kinds, said.into());
    for it in &kept {
        let agreed = it.consent.expect("recorded");
        assert_eq!(agreed.version, HARDSHIP_NOTICE_VERSION);
        assert_eq!(
            (it.worker, it.channel, it.helped_by.as_deref()),
            (worker.worker, Channel::Terminal, None)
        );
    }
    // Even if the whole log were sent again, nothing of it is left here to send.
    let (_, epoch, _) = kiosk.store.enrolment().expect("read").expect("enrolled");
    kiosk.store.send_again(epoch, 0).expect("marked");
    assert_eq!(readable(&kiosk, "hardship_said"), 0);
    assert_eq!(readable(&kiosk, "worker_registered"), 1);
    never_readable(&hub, &kiosk, &said);
    until("it was sent again", || kiosk.outbox() == 0);
    assert_eq!(at_hub(), kept);

    // The person says it anew, and takes it back.
    let anew = [Hardship::Disabled];
    kiosk.desk.say_hardship(&worker, &anew).expect("kept");
    until("the hub heard", || kiosk.outbox() == 0);
    let kinds: Vec<_> = at_hub().iter().map(|it| it.kind).collect();
    assert_eq!(kinds, [Some(Hardship::Disabled)]);
    kiosk.desk.say_hardship(&worker, &[]).expect("kept");
    until("the hub heard", || kiosk.outbox() == 0);
    assert!(at_hub().is_empty());
    never_readable(&hub, &kiosk, &anew);
}

#[test]
fn whoever_is_erased_says_nothing_any_more() {
    let hub = Hub::start();
    let kiosk = hub.kiosk("一号", hub.address);
    until("online", || kiosk.online());
    let worker = kiosk.register(1);
    kiosk
        .desk
        .say_hardship(&worker, &[Hardship::Other])
        .expect("kept");
    until("all is at the hub", || kiosk.outbox() == 0);
    let store = &hub.state.store;
    assert_eq!(store.hardships_said(false).expect("read").len(), 1);
    let now = jiff::Timestamp::now();
    store.delete_worker(worker.worker, now).expect("deleted");
    assert!(store.hardships_said(true).expect("read").is_empty());
    until("the kiosk has forgotten the person", || {
        kiosk.store.worker_count().expect("read") == 0
    });
    assert!(
        kiosk
            .desk
            .say_hardship(&worker, &[Hardship::Other])
            .is_err()
    );
}
