//! `event`: what happens in a hall or for it.

use super::shared::{Clock, NOTHING, end_of, moment_of, must_be_of, must_know, note, open, print};
use super::{CliError, Data};
use clap::{Args, Subcommand};
use gighall_core::event::{Event, EventKind, LONGEST};
use gighall_core::id::{EventId, HallId};
use gighall_core::identity::{mask_name, mask_phone};
use gighall_core::wire::KnownWorker;
use gighall_hub::store::{Act, Store, StoreError};
use jiff::Timestamp;
use uuid::Uuid;

#[derive(Debug, Subcommand)]
/// `event`
pub enum EventCommand {
    /// Puts an event up and prints its id.
    Add(NewEvent),
    /// Lists the events that run or are to come: id, kind, start and end, title, place, host, places,
    /// link.
    List {
        #[command(flatten)]
        data: Data,
        /// The hall.
        #[arg(long, value_name = "ID")]
        hall: HallId,
    },
    /// Changes an event; what is not given stays as it is, and so do its kind and who has signed up.
    Change(EventChange),
    /// Lists who is enrolled for a course, in the order in which they asked: name, telephone and ID
    /// number, masked unless --names is given, and when they asked. It is written down.
    Enrolments {
        #[command(flatten)]
        data: Data,
        /// The course's id, as `add` and `list` print it.
        #[arg(long, value_name = "ID")]
        id: EventId,
        /// Its hall, to be sure of the id.
        #[arg(long, value_name = "ID")]
        hall: Option<HallId>,
        /// Names and telephones in full, to call people and to tick them off.
        #[arg(long)]
        names: bool,
    },
    /// Says how many have signed up in all; refused where more are enrolled at terminals.
    SetPlaces {
        #[command(flatten)]
        data: Data,
        /// Its id, as `add` and `list` print it.
        #[arg(long, value_name = "ID")]
        id: EventId,
        /// Its hall, to be sure of the id.
        #[arg(long, value_name = "ID")]
        hall: Option<HallId>,
        /// How many have signed up in all.
        #[arg(long, value_name = "N")]
        taken: u32,
        /// How many may take part, where that changes.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
        places: Option<u32>,
    },
    /// Takes an event back: it leaves every wall, and who was enrolled is not any more.
    Withdraw {
        #[command(flatten)]
        data: Data,
        /// Its id, as `add` and `list` print it.
        #[arg(long, value_name = "ID")]
        id: EventId,
        /// Its hall, to be sure of the id.
        #[arg(long, value_name = "ID")]
        hall: Option<HallId>,
    },
}

#[derive(Debug, Args)]
/// An event, as it is changed.
pub struct EventChange {
    #[command(flatten)]
    data: Data,
    /// Its id, as `add` and `list` print it.
    #[arg(long, value_name = "ID")]
    id: EventId,
    /// Its hall, to be sure of the id.
    #[arg(long, value_name = "ID")]
    hall: Option<HallId>,
    /// One line.
    #[arg(long)]
    title: Option<String>,
    /// Plain text; "" for none.
    #[arg(long)]
    text: Option<String>,
    /// Where, or on which channel.
    #[arg(long)]
    place: Option<String>,
    /// Who holds it.
    #[arg(long)]
    host: Option<String>,
    /// When it begins: 2026-12-01T09:00, or with an offset.
    #[arg(long, value_name = "TIME")]
    starts: Option<String>,
    /// When it is over; a day (2026-12-03) is the last one.
    #[arg(long, value_name = "TIME")]
    ends: Option<String>,
    /// Where a code leads: http:// or https://; "" for no code.
    #[arg(long, value_name = "URL")]
    link: Option<String>,
    /// How many may take part.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    places: Option<u32>,
}

#[derive(Debug, Args)]
/// An event, as it is put up.
pub struct NewEvent {
    #[command(flatten)]
    data: Data,
    /// The hall.
    #[arg(long, value_name = "ID")]
    hall: HallId,
    /// job-fair (招聘会), live-hiring (直播带岗), on-the-spot (现场招聘), training (培训班).
    #[arg(long, value_parser = kind)]
    kind: EventKind,
    /// One line.
    #[arg(long)]
    title: String,
    /// Plain text.
    #[arg(long)]
    text: Option<String>,
    /// Where, or on which channel.
    #[arg(long)]
    place: String,
    /// Who holds it.
    #[arg(long)]
    host: String,
    /// When it begins: 2026-12-01T09:00, or with an offset.
    #[arg(long, value_name = "TIME")]
    starts: String,
    /// When it is over; a day (2026-12-03) is the last one.
    #[arg(long, value_name = "TIME")]
    ends: String,
    /// Where a code leads: http:// or https://.
    #[arg(long, value_name = "URL")]
    link: Option<String>,
    /// How many may take part, where that is bounded.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    places: Option<u32>,
}

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
        EventCommand::Change(changed) => change(changed),
        EventCommand::Enrolments {
            data,
            id,
            hall,
            names,
        } => enrolments(data, *id, hall.as_ref(), *names),
        EventCommand::SetPlaces {
            data,
            id,
            hall,
            taken,
            places,
        } => {
            let (_, store) = open(data)?;
            event_of(store.as_ref(), *id, hall.as_ref())?;
            store.set_event_places(*id, *places, *taken)?;
            tracing::info!(event = %id, taken, "places set");
            Ok(())
        }
        EventCommand::Withdraw { data, id, hall } => {
            let (_, store) = open(data)?;
            event_of(store.as_ref(), *id, hall.as_ref())?;
            store.withdraw_event(*id)?;
            tracing::info!(event = %id, "withdrawn");
            Ok(())
        }
    }
}

fn enrolments(
    data: &Data,
    id: EventId,
    named: Option<&HallId>,
    names: bool,
) -> Result<(), CliError> {
    let (state, store) = open(data)?;
    let (hall, _) = store.event(id)?.ok_or(StoreError::NotFound("event"))?;
    must_be_of(&hall, named)?;
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

const TIME: &str = "--starts and --ends are times as in 2026-12-01T09:00; an end may be a day";

fn add(new: &NewEvent) -> Result<(), CliError> {
    let (state, store) = open(&new.data)?;
    must_know(store.as_ref(), &new.hall)?;
    let event = Event {
        id: EventId(Uuid::now_v7()),
        kind: new.kind,
        title: plain(&new.title),
        text: new.text.as_deref().and_then(filled),
        place: plain(&new.place),
        host: plain(&new.host),
        starts_at: moment_of(&new.starts, &state.zone).ok_or(CliError::Value(TIME))?,
        ends_at: end_of(&new.ends, &state.zone).ok_or(CliError::Value(TIME))?,
        link: new.link.as_deref().map(plain),
        places: new.places,
        places_taken: 0,
        version: 1,
        withdrawn: false,
    };
    may_be_put_up(&event)?;
    store.put_event(&new.hall, &event)?;
    print([event.id.to_string()])
}

fn change(changed: &EventChange) -> Result<(), CliError> {
    let (state, store) = open(&changed.data)?;
    let before = event_of(store.as_ref(), changed.id, changed.hall.as_ref())?;
    let mut event = before.clone();
    for (line, given) in [
        (&mut event.title, &changed.title),
        (&mut event.place, &changed.place),
        (&mut event.host, &changed.host),
    ] {
        if let Some(text) = given {
            *line = plain(text);
        }
    }
    for (text, given) in [
        (&mut event.text, &changed.text),
        (&mut event.link, &changed.link),
    ] {
        if let Some(given) = given {
            *text = filled(given);
        }
    }
    if let Some(starts) = &changed.starts {
        event.starts_at = moment_of(starts, &state.zone).ok_or(CliError::Value(TIME))?;
    }
    if let Some(ends) = &changed.ends {
        event.ends_at = end_of(ends, &state.zone).ok_or(CliError::Value(TIME))?;
    }
    event.places = changed.places.or(event.places);
    if event == before {
        return Err(CliError::Value(NOTHING));
    }
    may_be_put_up(&event)?;
    store.change_event(&event)?;
    tracing::info!(event = %event.id, "changed");
    Ok(())
}

fn plain(text: &str) -> String {
    text.trim().to_owned()
}

fn filled(text: &str) -> Option<String> {
    Some(plain(text)).filter(|text| !text.is_empty())
}

fn may_be_put_up(event: &Event) -> Result<(), CliError> {
    event.check()?;
    let now = Timestamp::now();
    if event.is_over(now) {
        return Err(CliError::Value("the event is over already: look at --ends"));
    }
    // A year that was mistyped would stay on the wall for as long.
    if event.starts_at.duration_since(now) > LONGEST {
        return Err(CliError::Value(
            "the event begins more than 366 days from now: look at --starts",
        ));
    }
    Ok(())
}

/// The event with that id, which is of the hall where one is named.
fn event_of(store: &dyn Store, id: EventId, named: Option<&HallId>) -> Result<Event, CliError> {
    let (hall, event) = store.event(id)?.ok_or(StoreError::NotFound("event"))?;
    must_be_of(&hall, named)?;
    Ok(event)
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
