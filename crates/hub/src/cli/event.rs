//! `event`: what happens in a hall or for it.

use super::shared::{Clock, end_of, moment_of, must_know, note, open, print};
use super::{CliError, Data, EventCommand, NewEvent};
use gighall_core::event::{Event, EventKind, LONGEST};
use gighall_core::id::EventId;
use gighall_core::identity::{mask_name, mask_phone};
use gighall_core::wire::KnownWorker;
use gighall_hub::store::{Act, StoreError};
use jiff::Timestamp;
use uuid::Uuid;

/// `event`
pub fn run(command: &EventCommand) -> Result<(), CliError> {
    match command {
        EventCommand::Add(new) => add(new),
        EventCommand::List { data, hall } => {
            let (state, store) = open(data)?;
            must_know(store.as_ref(), hall)?;
            let clock = Clock::of(&state);
            let now = Timestamp::now();
            let mut events = store.events(hall)?;
            events.retain(|event| !event.is_over(now));
            events.sort_by_key(|event| (event.starts_at, event.id));
            print(events.iter().map(|event| line(event, &clock)))
        }
        EventCommand::Enrolments { data, id, names } => enrolments(data, *id, *names),
        EventCommand::SetPlaces {
            data,
            id,
            taken,
            places,
        } => {
            let (_, store) = open(data)?;
            store.set_event_places(*id, *places, *taken)?;
            tracing::info!(event = %id, taken, "places set");
            Ok(())
        }
        EventCommand::Withdraw { data, id } => {
            let (_, store) = open(data)?;
            store.withdraw_event(*id)?;
            tracing::info!(event = %id, "withdrawn");
            Ok(())
        }
    }
}

fn enrolments(data: &Data, id: EventId, names: bool) -> Result<(), CliError> {
    let (state, store) = open(data)?;
    let (hall, _) = store.event(id)?.ok_or(StoreError::NotFound("event"))?;
    let enrolled = store.enrolled(id)?;
    note(store.as_ref(), Act::EnrolmentsListed, None, &hall)?;
    let clock = Clock::of(&state);
    print(enrolled.iter().map(|it| {
        let who = it.worker.as_ref().map(|worker| who(worker, names));
        let who = who.unwrap_or_else(|| "-\t-\t-".to_owned());
        format!("{who}\t{}", clock.text(it.enrolment.made_at))
    }))
}

fn who(worker: &KnownWorker, names: bool) -> String {
    let (name, phone) = (worker.name.as_str(), worker.phone.as_deref());
    let (name, phone) = match names {
        true => (name.to_owned(), phone.map(str::to_owned)),
        false => (mask_name(name), phone.map(mask_phone)),
    };
    format!(
        "{name}\t{}\t{}",
        phone.as_deref().unwrap_or("-"),
        worker.id_mask
    )
}

fn line(event: &Event, clock: &Clock) -> String {
    let places = event.places.map_or_else(
        || "-".to_owned(),
        |places| format!("{} of {places} taken", event.places_taken),
    );
    format!(
        "{}\t{}\t{} - {}\t{}\t{}\t{}\t{places}\t{}",
        event.id,
        event.kind.code(),
        clock.text(event.starts_at),
        clock.end_text(event.ends_at),
        event.title,
        event.place,
        event.host,
        event.link.as_deref().unwrap_or("-")
    )
}

fn add(new: &NewEvent) -> Result<(), CliError> {
    const TIME: &str = "--starts and --ends are times as in 2026-12-01T09:00; an end may be a day";
    let (state, store) = open(&new.data)?;
    must_know(store.as_ref(), &new.hall)?;
    let now = Timestamp::now();
    let starts_at = moment_of(&new.starts, &state.zone).ok_or(CliError::Value(TIME))?;
    let ends_at = end_of(&new.ends, &state.zone).ok_or(CliError::Value(TIME))?;
    let text = |given: &str| given.trim().to_owned();
    let event = Event {
        id: EventId(Uuid::now_v7()),
        kind: new.kind,
        title: text(&new.title),
        text: new
            .text
            .as_deref()
            .map(text)
            .filter(|text| !text.is_empty()),
        place: text(&new.place),
        host: text(&new.host),
        starts_at,
        ends_at,
        link: new.link.as_deref().map(text),
        places: new.places,
        places_taken: 0,
        version: 1,
        withdrawn: false,
    };
    event.check()?;
    if event.is_over(now) {
        return Err(CliError::Value("the event is over already: look at --ends"));
    }
    // A year that was mistyped would stay on the wall for as long.
    if starts_at.duration_since(now) > LONGEST {
        return Err(CliError::Value(
            "the event begins more than 366 days from now: look at --starts",
        ));
    }
    store.put_event(&new.hall, &event)?;
    print([event.id.to_string()])
}

/// The kind that a word names: its code, also with `-`.
pub fn kind(word: &str) -> Result<EventKind, String> {
    EventKind::from_code(&word.replace('-', "_")).ok_or_else(|| {
        let codes = EventKind::ALL
            .iter()
            .map(|kind| kind.code().replace('_', "-"));
        let codes: Vec<String> = codes.collect();
        format!("the kinds are {}", codes.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_named_as_on_the_wire_or_with_dashes() {
        for word in ["live-hiring", "live_hiring"] {
            assert_eq!(kind(word), Ok(EventKind::LiveHiring));
        }
        let said = kind("party").expect_err("none");
        assert_eq!(
            said,
            "the kinds are job-fair, live-hiring, on-the-spot, training"
        );
    }
}
