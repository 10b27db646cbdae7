//! `playlist`: what walls show.

use super::shared::{Clock, checked, end_of, moment_of, must_know, open, print};
use super::{CliError, Data};
use clap::{Args, Subcommand};
use gighall_core::id::HallId;
use gighall_core::media::named;
use gighall_core::playlist::{HubPlaylist, NAME_MAX, Scene, TEXT_MAX, never_on};
use gighall_hub::china;
use gighall_hub::store::Store;
use gighall_schema::{Problem, playlist};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
/// `playlist`
pub enum PlaylistCommand {
    /// Gives walls a playlist, or gives it anew. Those that name the wall go before those that name
    /// the hall, and those before the ones for all; of equal ones the last that was given.
    Set(NewPlaylist),
    /// Lists them: name, whether it holds, halls, walls, from and until, scenes.
    List {
        #[command(flatten)]
        data: Data,
    },
    /// Prints the file of a playlist as it was given.
    Show {
        #[command(flatten)]
        data: Data,
        /// Its name.
        #[arg(long)]
        name: String,
    },
    /// Takes a playlist back: the walls go on with the next in the order.
    Remove {
        #[command(flatten)]
        data: Data,
        /// Its name.
        #[arg(long)]
        name: String,
    },
    /// Says whether a file would be taken: exit code 0, or every mistake with its line, its key and
    /// what would be right. Needs no data directory.
    Check {
        /// The file.
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
/// A playlist, as it is given.
pub struct NewPlaylist {
    #[command(flatten)]
    data: Data,
    /// What staff call it.
    #[arg(long)]
    name: String,
    /// For the walls of this hall; can be given several times. For all halls where none is given.
    #[arg(long = "hall", value_name = "ID")]
    halls: Vec<HallId>,
    /// For walls with this name or tag in their kiosk.toml; can be given several times. For all walls
    /// where none is given.
    #[arg(long = "wall", value_name = "NAME")]
    walls: Vec<String>,
    /// From then on: 2026-12-01, 2026-12-01T08:00, or with an offset. At once where it is not given.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Up to then: 2026-12-01 (that day is the last), 2026-12-01T18:00, or with an offset. Until it is
    /// taken back where it is not given.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// A TOML file with [[wall.scene]] tables, as kiosk.toml has them.
    file: PathBuf,
}

/// `playlist`
pub fn run(command: &PlaylistCommand) -> Result<(), CliError> {
    match command {
        PlaylistCommand::Set(new) => set(new),
        PlaylistCommand::List { data } => {
            let (state, store) = open(data)?;
            let clock = Clock::of(&state);
            let now = Timestamp::now();
            let playlists = store.playlists()?;
            print(playlists.iter().map(|it| line(it, &clock, now)))
        }
        PlaylistCommand::Show { data, name } => {
            let (_, store) = open(data)?;
            let mut all = store.playlists()?.into_iter();
            let found = all.find(|it| it.name == *name).ok_or_else(|| none(name))?;
            print(found.text.lines().map(str::to_owned))
        }
        PlaylistCommand::Remove { data, name } => {
            let (_, store) = open(data)?;
            if !store.playlists()?.iter().any(|it| it.name == *name) {
                return Err(none(name));
            }
            store.remove_playlist(name)?;
            tracing::info!(name, "the playlist was taken back");
            Ok(())
        }
        PlaylistCommand::Check { file } => {
            let (scenes, _) = read(file)?;
            let name = file.display();
            let today = china().to_datetime(Timestamp::now()).date();
            let never = never_on(&scenes, today, None);
            let never = never
                .iter()
                .map(|(scene, why)| format!("{name}: scene[{scene}] is never on: {why}"));
            print(std::iter::once(format!("{name}: good, {} scenes", scenes.len())).chain(never))
        }
    }
}

fn none(name: &str) -> CliError {
    CliError::Playlist(format!(
        "there is no playlist \"{name}\": `playlist list` shows those that there are"
    ))
}

fn line(it: &HubPlaylist, clock: &Clock, now: Timestamp) -> String {
    let holds = match (it.holds(now), it.is_over(now)) {
        (true, _) => "holds",
        (_, true) => "is over",
        _ => "is to come",
    };
    let halls: Vec<&str> = it.halls.iter().map(|hall| hall.as_str()).collect();
    let or_all = |names: String| match names.is_empty() {
        true => "all".to_owned(),
        false => names,
    };
    let from = it
        .from
        .map_or_else(|| "at once".to_owned(), |at| clock.text(at));
    let until = it
        .until
        .map_or_else(|| "open".to_owned(), |at| clock.end_text(at));
    let scenes = playlist::read_what_is_known(&it.name, &it.text).scenes;
    format!(
        "{}\t{holds}\thalls {}\twalls {}\tfrom {from}\tuntil {until}\t{} scenes",
        it.name,
        or_all(halls.join(", ")),
        or_all(it.walls.join(", ")),
        scenes.len(),
    )
}

fn set(new: &NewPlaylist) -> Result<(), CliError> {
    let name = checked(
        &new.name,
        NAME_MAX,
        "a playlist's name has 1 to 60 characters",
    )?;
    let (scenes, text) = read(&new.file)?;
    let (state, store) = open(&new.data)?;
    for hall in &new.halls {
        must_know(store.as_ref(), hall)?;
    }
    let wall = |wall: &String| {
        let said = "a wall's name has 1 to 60 characters";
        checked(wall, NAME_MAX, said).map(str::to_owned)
    };
    let walls: Vec<String> = new.walls.iter().map(wall).collect::<Result<_, _>>()?;
    let now = Timestamp::now();
    const FROM: &str = "--from is a time as in 2026-12-01 or 2026-12-01T08:00";
    const UNTIL: &str = "--until is a time that is still to come, and after --from, as in 2026-12-01 or 2026-12-01T18:00";
    let read_from = |text: &String| start_of(text, &state.zone).ok_or(CliError::Value(FROM));
    let from = new.from.as_ref().map(read_from).transpose()?;
    let after = from.map_or(now, |from| from.max(now));
    let read_until = |text: &String| {
        let end = end_of(text, &state.zone).filter(|end| *end > after);
        end.ok_or(CliError::Value(UNTIL))
    };
    let until = new.until.as_ref().map(read_until).transpose()?;
    let known = store.media()?;
    for name in scenes.iter().filter_map(|it| named(it.what.file()?)) {
        if !known.iter().any(|file| file.is(name)) {
            tracing::warn!("there is no file {name} yet: its scene is skipped until `media add`");
        }
    }
    let today = state.zone.to_datetime(now).date();
    for (scene, why) in never_on(&scenes, today, None) {
        tracing::warn!("scene[{scene}] is never on: {why}");
    }
    for warning in targets(store.as_ref(), &new.halls, &walls, &scenes)? {
        tracing::warn!("{warning}");
    }
    store.put_playlist(&HubPlaylist {
        name: name.to_owned(),
        halls: new.halls.clone(),
        walls,
        from,
        until,
        given_at: now,
        text,
    })?;
    tracing::info!(name, scenes = scenes.len(), "the playlist was given");
    Ok(())
}

/// What a playlist, or a scene of it, is meant for and no device that is in service shows, as far as
/// devices tell of their walls.
fn targets(
    store: &dyn Store,
    halls: &[HallId],
    walls: &[String],
    scenes: &[Scene],
) -> Result<Vec<String>, CliError> {
    let mut devices = store.devices()?;
    devices.retain(|it| it.epoch.0 > 0 && !it.revoked && !it.written_off);
    let empty = halls
        .iter()
        .filter(|hall| devices.iter().all(|device| device.hall != **hall));
    let mut said: Vec<String> = empty
        .map(|hall| format!("no device of the hall {hall} is in service yet"))
        .collect();
    devices.retain(|device| halls.is_empty() || halls.contains(&device.hall));
    let known: BTreeSet<&String> = devices.iter().flat_map(|it| &it.health.walls).collect();
    let known_text = match known.is_empty() {
        true => "none has told of any yet".to_owned(),
        false => {
            let names: Vec<&str> = known.iter().map(|name| name.as_str()).collect();
            format!("those that were told are {}", names.join(", "))
        }
    };
    let of_scenes = scenes.iter().flat_map(|scene| &scene.terms.walls);
    let wanted: BTreeSet<&String> = walls.iter().chain(of_scenes).collect();
    said.extend(wanted.difference(&known).map(|wall| {
        format!(
            "no device there has told of a wall with the name or tag \"{wall}\": nothing is shown \
             for it before one does; {known_text}"
        )
    }));
    Ok(said)
}

/// The start that a text names: a moment, or the beginning of a day.
fn start_of(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    match text.parse::<Date>() {
        // A time of day would be cut off here without a word.
        Ok(day) if text.len() <= 10 => zone.to_timestamp(day.to_datetime(Time::midnight())).ok(),
        _ => moment_of(text, zone),
    }
}

/// The scenes of a file that is right, and its text.
fn read(file: &Path) -> Result<(Vec<Scene>, String), CliError> {
    let name = file.display().to_string();
    let bytes =
        std::fs::read(file).map_err(|cause| CliError::Io(format!("cannot read {name}"), cause))?;
    if bytes.len() > TEXT_MAX {
        return Err(CliError::Playlist(format!(
            "{name}: has {} bytes; a playlist has {TEXT_MAX} at most",
            bytes.len()
        )));
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| CliError::Playlist(format!("{name}: is not UTF-8 text; save it as UTF-8")))?;
    // As some editors save it.
    let text = text.trim_start_matches('\u{feff}').to_owned();
    match playlist::read(&name, &text) {
        Ok(scenes) => Ok((scenes, text)),
        Err(problems) => {
            let lines: Vec<String> = problems.iter().map(Problem::to_string).collect();
            Err(CliError::Playlist(lines.join("\n")))
        }
    }
}
