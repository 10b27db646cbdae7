//! Events of a hall.

use super::*;
use crate::store::Store;
use gighall_core::event::{Event, EventError};
use gighall_core::testing::an_event;

impl House {
    fn put_event(&self, event: &Event) -> Result<(), StoreError> {
        self.store.put_event(&a_hall(), event)
    }

    /// What the hall's devices are told of events, oldest first.
    fn told_events(&self) -> Vec<Event> {
        of_events(self.changes(Scope::Hall(a_hall())))
    }

    fn snapshot_events(&self) -> Vec<Event> {
        let scope = Scope::Hall(a_hall());
        of_events(self.store.snapshot(&scope).expect("read").1)
    }
}

fn of_events(changes: Vec<Change>) -> Vec<Event> {
    changes
        .into_iter()
        .filter_map(|change| match change {
            Change::Event { event } => Some(*event),
            _ => None,
        })
        .collect()
}

#[test]
fn an_event_is_told_with_each_change_and_taken_back_once() {
    let house = house();
    let event = an_event(1);
    house.put_event(&event).expect("put up");
    assert_eq!(house.told_events(), std::slice::from_ref(&event));
    assert_eq!(house.snapshot_events(), std::slice::from_ref(&event));

    let set = |places, taken| house.store.set_event_places(event.id, places, taken);
    set(None, 12).expect("set");
    set(None, 12).expect("no news");
    let mut now_is = event.clone();
    (now_is.places_taken, now_is.version) = (12, 2);
    assert_eq!(now_is.places_left(), Some(18));
    assert_eq!(house.told_events(), [event.clone(), now_is.clone()]);
    set(Some(12), 12).expect("fewer");
    let full = house.store.events(&a_hall()).expect("read").remove(0);
    assert_eq!((full.places_left(), full.version), (Some(0), 3));
    assert!(matches!(
        set(None, 13),
        Err(StoreError::Event(EventError::Places))
    ));

    house.store.withdraw_event(event.id).expect("withdrawn");
    let last = house.told_events().pop().expect("told");
    assert!(last.withdrawn && last.version == 4);
    assert_eq!(house.snapshot_events(), []);
    for gone in [house.store.withdraw_event(event.id), set(None, 1)] {
        assert!(matches!(gone, Err(StoreError::NotFound("event"))));
    }
    assert_eq!(house.told_events().len(), 4);
}

#[test]
fn what_cannot_be_put_up_is_refused() {
    let house = house();
    let mut event = an_event(1);
    event.title.clear();
    assert!(matches!(
        house.put_event(&event),
        Err(StoreError::Event(EventError::Line("title")))
    ));
    let elsewhere: HallId = "bijie".parse().expect("an id");
    assert!(matches!(
        house.store.put_event(&elsewhere, &an_event(1)),
        Err(StoreError::UnknownHall(_))
    ));
    assert_eq!(house.told_events(), []);
}

#[test]
fn an_event_goes_when_it_is_over() {
    let house = house();
    let (soon, mut later) = (an_event(1), an_event(2));
    later.ends_at += SignedDuration::from_hours(24);
    for event in [&soon, &later] {
        house.put_event(event).expect("put up");
    }
    let just_before = soon.ends_at - SignedDuration::from_secs(1);
    assert_eq!(house.store.expire_posted(just_before).expect("looked"), 0);
    assert_eq!(house.store.expire_posted(soon.ends_at).expect("ended"), 1);
    assert_eq!(house.snapshot_events(), [later]);
    let last = house.told_events().pop().expect("told");
    assert!(last.withdrawn && last.id == soon.id);
}
