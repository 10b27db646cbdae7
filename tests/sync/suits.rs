//! What a worker wishes and what suits them, at two kiosks of a real hub.

use crate::sync_support::*;
use gighall_core::testing::an_id_number;
use gighall_core::wishes::Wishes;
use gighall_kiosk::terminal::desk::{Desk, Identified};
use gighall_kiosk::terminal::services::ServiceDesk;

#[test]
fn wishes_said_at_one_terminal_are_known_at_the_other_and_what_is_held_there_is_not_proposed() {
    let hub = Hub::start();
    let jobs = hub.publish(&[4, 4]);
    let one = hub.kiosk("一号", hub.address);
    let two = hub.kiosk("二号", hub.address);
    until("both follow", || {
        one.open_jobs() == 2 && two.open_jobs() == 2
    });
    until("both are online", || one.online() && two.online());
    let worker = one.register(1);
    until("the person is at the hub", || one.outbox() == 0);
    let number = an_id_number("19750501", 1).parse().expect("valid");
    let there = match two.desk.identify(&number).expect("works") {
        Identified::Known(known) => known,
        other => panic!("{other:?}"),
    };
    assert_eq!(two.desk.with_wishes(&there).expect("works"), there);

    let wishes = Wishes {
        fen_a_day: Some(15_000),
        ..Wishes::default()
    };
    let kinds = [jobs[0].work_kind];
    one.desk.say_wishes(&worker, &kinds, &wishes).expect("kept");
    confirmed(one.desk.claim(&worker, jobs[0].id).expect("works"));
    until("all is at the hub", || one.outbox() == 0);
    let at_hub = hub.state.store.worker(worker.worker).expect("read");
    assert_eq!(at_hub.expect("known").wishes, Some(wishes.clone()));

    let known = two.desk.with_wishes(&there).expect("works");
    assert_eq!(
        (known.wishes.as_ref(), known.work_kinds.as_slice()),
        (Some(&wishes), &kinds[..])
    );
    let suited = two.desk.suited(&known).expect("works");
    let proposed: Vec<_> = suited.jobs.iter().map(|it| it.job.id).collect();
    assert!(!proposed.contains(&jobs[0].id), "it is taken already");
    assert_eq!(two.desk.suited_here(&known).expect("works"), suited);
}
