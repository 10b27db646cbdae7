//! What the commands of staff share: opening the hub, halls that have to be known, times as people
//! read them.

use super::{CliError, Data};
use clap::Args;
use gighall_core::id::{HallId, WorkerId};
use gighall_core::wire::KnownWorker;
use gighall_hub::store::{Act, Audited, StaffMember, Store};
use gighall_hub::{HubConfig, HubState};
use jiff::Timestamp;
use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::MetadataExt;
use std::sync::Arc;

/// What a terminal handed in, by its number.
#[derive(Debug, Args)]
pub struct Numbered {
    #[command(flatten)]
    pub data: Data,
    /// Its number, as the receipt shows it, for example 07-S0003.
    #[arg(long, value_name = "NUMBER")]
    pub number: String,
}

/// The hub of a data directory that has one.
pub(super) fn open(data: &Data) -> Result<(HubState, Arc<dyn Store>), CliError> {
    opened(gighall_hub::open_existing(&HubConfig::new(&data.dir))?)
}

/// The hub of a data directory, which is made if it is not there.
pub(super) fn open_or_make(data: &Data) -> Result<(HubState, Arc<dyn Store>), CliError> {
    opened(gighall_hub::open(&HubConfig::new(&data.dir))?)
}

fn opened(state: HubState) -> Result<(HubState, Arc<dyn Store>), CliError> {
    let store = Arc::clone(&state.store);
    Ok((state, store))
}

/// What has that `id` is of `hall`: where another one was named, the id is perhaps not what was meant.
pub(super) fn must_be_of(hall: &HallId, named: Option<&HallId>) -> Result<(), CliError> {
    match named {
        Some(named) if named != hall => Err(CliError::OtherHall {
            hall: hall.clone(),
            named: named.clone(),
        }),
        _ => Ok(()),
    }
}

/// Names the halls there are where that one is none of them.
pub(super) fn must_know(store: &dyn Store, hall: &HallId) -> Result<(), CliError> {
    let halls = store.halls()?;
    if halls.iter().any(|known| known.id == *hall) {
        return Ok(());
    }
    let known: Vec<String> = halls
        .iter()
        .map(|known| format!("{} ({})", known.id, known.name))
        .collect();
    Err(CliError::UnknownHall {
        hall: hall.clone(),
        known: match known.is_empty() {
            true => "there is none yet".to_owned(),
            false => format!("there are {}", known.join(", ")),
        },
    })
}

/// Writes down what staff did with people's data.
pub(super) fn note(
    store: &dyn Store,
    act: Act,
    worker: Option<WorkerId>,
    hall: &HallId,
) -> Result<(), CliError> {
    Ok(store.audit(&Audited {
        at: Timestamp::now(),
        actor: actor(),
        act,
        worker,
        hall: Some(hall.clone()),
        about: None,
    })?)
}

/// Who somebody is, for the staff who do what the person asked for.
pub(super) fn person(worker: &KnownWorker) -> [String; 3] {
    [
        format!("name\t{}", worker.name),
        format!("ID number\t{}", worker.id_mask),
        format!("telephone\t{}", worker.phone.as_deref().unwrap_or("-")),
    ]
}

/// A text without blanks around it, if it has 1 to `most` characters in one line.
pub(super) fn checked<'a>(
    text: &'a str,
    most: usize,
    otherwise: &'static str,
) -> Result<&'a str, CliError> {
    let text = text.trim();
    if (1..=most).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
        Ok(text)
    } else {
        Err(CliError::Value(otherwise))
    }
}

/// Writes times as the clocks of the halls show them.
pub(super) struct Clock(TimeZone);

impl Clock {
    /// Says on stderr, once, which clock it is.
    pub(super) fn of(state: &HubState) -> Self {
        let zone = state.zone.clone();
        let offset = zone.to_offset(Timestamp::now());
        let name = zone.iana_name().unwrap_or("the halls' zone");
        // Whoever closed stderr does not want to know.
        let _ = writeln!(std::io::stderr(), "times: {name} (UTC{offset})");
        Self(zone)
    }

    /// To the minute: `2026-12-01 08:00`.
    pub(super) fn text(&self, at: Timestamp) -> String {
        self.local(at).strftime("%Y-%m-%d %H:%M").to_string()
    }

    /// An end as [`end_of`] reads it: a day's end is the day, which is the last.
    pub(super) fn end_text(&self, end: Timestamp) -> String {
        let local = self.local(end);
        match local.date().yesterday() {
            Ok(last) if local.time() == Time::midnight() => last.to_string(),
            _ => self.text(end),
        }
    }

    fn local(&self, at: Timestamp) -> DateTime {
        self.0.to_datetime(at)
    }
}

/// The moment that a text names: `2026-12-01T18:00` by the halls' clock, or with an offset.
pub(super) fn moment_of(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    text.parse::<Timestamp>().ok().or_else(|| {
        let local = text.parse::<DateTime>().ok()?;
        zone.to_timestamp(local).ok()
    })
}

/// The end that a text names: as [`moment_of`], and a day counts whole.
pub(super) fn end_of(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    match text.parse::<Date>() {
        // A time of day would be cut off here without a word.
        Ok(day) if text.len() <= 10 => {
            let end = day.checked_add(1.day()).ok()?.to_datetime(Time::midnight());
            zone.to_timestamp(end).ok()
        }
        _ => moment_of(text, zone),
    }
}

/// Nothing was given that is other than before.
pub(super) const NOTHING: &str =
    "say what is to change: nothing that was given is other than it was";

/// Days that are turned around name no time at all.
pub(super) const TURNED: &str =
    "--to is before --from: the last day comes after the first, or is the same";

/// Who runs this command, where two have to. What the environment calls them does not count.
pub(super) fn staff_member() -> StaffMember {
    let (login, uid) = accounts();
    let account = match login.as_str() {
        "-" => format!("uid={uid}"),
        login => format!("login={login}"),
    };
    StaffMember {
        account,
        actor: actor(),
    }
}

/// The account that logged in, `-` where the system does not know, and the one that the process runs
/// as.
fn accounts() -> (String, u32) {
    let login = std::fs::read_to_string("/proc/self/loginuid").unwrap_or_default();
    // What the kernel says where nobody logged in.
    let login = match login.trim() {
        "" | "4294967295" => "-",
        uid => uid,
    };
    let uid = std::fs::metadata("/proc/self").map_or(u32::MAX, |process| process.uid());
    (login.to_owned(), uid)
}

/// Who runs this command, as far as the system says: the account that logged in (it outlives `su` and
/// `sudo`), the one that the process runs as, and what the environment calls them.
pub(super) fn actor() -> String {
    let (login, uid) = accounts();
    let name = ["SUDO_USER", "USER", "LOGNAME"]
        .iter()
        .find_map(|variable| std::env::var(variable).ok())
        .unwrap_or_default();
    let plain = |c: &char| c.is_alphanumeric() || "._-".contains(*c);
    let name: String = name.chars().filter(plain).take(32).collect();
    format!("staff login={login} uid={uid} name={name}")
}

/// Writes lines to stdout, where scripts read them. A reader that has seen enough, as `head` has,
/// is no failure.
pub(super) fn print(lines: impl IntoIterator<Item = String>) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    let written = lines
        .into_iter()
        .try_for_each(|line| writeln!(out, "{line}"))
        .and_then(|()| out.flush());
    match written {
        Err(cause) if cause.kind() != ErrorKind::BrokenPipe => {
            Err(CliError::Io("cannot write to stdout".to_owned(), cause))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gighall_core::testing::at;

    #[test]
    fn ends_are_read_and_written_by_the_halls_clock() {
        let zone = TimeZone::fixed(jiff::tz::offset(8));
        let clock = Clock(zone.clone());
        for (text, end, written) in [
            ("2026-12-01", "2026-12-01T16:00:00Z", "2026-12-01"),
            (
                "2026-12-01T18:00",
                "2026-12-01T10:00:00Z",
                "2026-12-01 18:00",
            ),
            (
                "2026-12-01 18:00",
                "2026-12-01T10:00:00Z",
                "2026-12-01 18:00",
            ),
            (
                "2026-12-01T18:00:00+08:00",
                "2026-12-01T10:00:00Z",
                "2026-12-01 18:00",
            ),
            (
                "2026-12-01T22:00:00Z",
                "2026-12-01T22:00:00Z",
                "2026-12-02 06:00",
            ),
        ] {
            let read = end_of(text, &zone);
            assert_eq!(read, Some(at(end)), "{text}");
            assert_eq!(
                read.map(|end| clock.end_text(end)).as_deref(),
                Some(written)
            );
        }
        for text in ["tomorrow", "2026-13-01"] {
            assert_eq!(end_of(text, &zone), None, "{text}");
        }
    }
}
