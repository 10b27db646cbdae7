//! The running kiosk: opens the store, starts the parts, shows the windows, and ends them in order.

mod beside;
mod follow;
mod night;
mod room;
mod windows;

use crate::anew::Anew;
use crate::config::{Colour, Config, HubUrl, Problem, WallConfig, Watch};
use crate::desk::HallDesk;
use crate::embedded::{self, Embedded, EmbeddedError};
use crate::media::{MediaFolder, MediaKeeper, Ready};
use crate::playlists::{Chosen, FromHub};
use crate::snapshot::{Headless, SnapshotError};
use crate::staff::HallStaff;
use crate::store::{Identity, Store, StoreError};
use crate::sync::{Sync, SyncConfig, SyncError};
use crate::terminal::{TerminalOptions, voice};
use crate::wall::legibility::{self, Finding, Panel};
use crate::wall::pictures::{Gallery, PictureError};
use crate::wall::{Look, WallSettings};
use beside::Beside;
use follow::Follower;
pub use follow::playing;
use gighall_core::media::named;
use jiff::Timestamp;
use std::fs::{File, TryLockError};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use windows::{ShownTerminal, ShownWall, places, show_terminal, show_wall};

/// Locked by the kiosk that runs on the data directory.
const LOCK_FILE: &str = "kiosk.lock";

/// Set for a process that is to look for damage before it opens a window.
pub const REPAIR_VARIABLE: &str = "GIGHALL_REPAIR";

/// The size of a window that is tried out, and of a snapshot where the configuration says none.
pub const ORDINARY_SIZE: (u32, u32) = (1920, 1080);

/// Why the kiosk cannot run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The configuration shows neither window.
    #[error("neither wall.enabled nor terminal.enabled is true: there is nothing to show")]
    NothingToShow,
    /// Touches are only seen through a window system.
    #[error("this build shows walls only: a terminal needs the feature `winit`")]
    NoTerminal,
    /// Two kiosks over one store would spend its rights and number its records twice.
    #[error("a kiosk is running on {0} already")]
    AlreadyRunning(PathBuf),
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The embedded hub cannot be started.
    #[error(transparent)]
    Embedded(#[from] EmbeddedError),
    /// The connection to the hub cannot be prepared.
    #[error(transparent)]
    Sync(#[from] SyncError),
    /// No window can be opened.
    #[error("no window can be opened (is there a display?): {0}")]
    Window(#[from] slint::PlatformError),
    /// The system gives no threads or signals.
    #[error("the system failed: {0}")]
    System(#[from] std::io::Error),
}

impl RunError {
    /// Whether the store was found damaged when it was in use already. A process that is told so by
    /// [`REPAIR_VARIABLE`] repairs it before anything else.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Store(error) | Self::Sync(SyncError::Store(error)) => error.is_damage(),
            _ => false,
        }
    }
}

/// How the kiosk ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// By a signal, or because staff left it.
    ForGood,
    /// Staff want it to begin anew.
    ToBeginAnew,
}

/// Runs until a signal or staff end it, or, where windows are only tried out, until one is closed. What
/// `file`, where `config` is from, says of the wall's playlist is followed meanwhile; staff are told of what is
/// `amiss` with it, in whose place the built-in one is then.
///
/// # Errors
/// [`RunError`]
pub fn run(
    config: &Config,
    amiss: &[Problem],
    file: &Path,
    windowed: bool,
) -> Result<Ended, RunError> {
    can_be_shown(config)?;
    let _only = only_one(&config.data)?;
    // Each takes its time, and neither needs the other.
    let opening = open_store(config);
    select_backend()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let store = Arc::new(
        opening
            .join()
            .unwrap_or_else(|panic| resume_unwind(panic))?,
    );
    let hub = start_hub(&runtime, config)?;
    let sync = Arc::new(Sync::start_after(
        INSPECTED_AFTER,
        runtime.handle(),
        store.clone(),
        sync_config(config, hub.as_ref()),
    )?);
    end_on_signals(&runtime)?;
    let inspection = inspect(&store);
    let mut beside = Beside::start(&runtime, config, windowed, &store, &sync)?;

    let desk = Arc::new(HallDesk::new(store.clone(), sync.clone()));
    let media = MediaKeeper::start(
        runtime.handle(),
        sync.clone(),
        store.clone(),
        MediaFolder::of(&config.data),
        config.media.limits(),
    );
    let follower = Arc::new(Follower::new(
        (config, amiss),
        store.clone(),
        sync.clone(),
        media,
    )?);
    let mut walls: Vec<ShownWall> = vec![];
    let mut places = places(config, windowed, &store)?.into_iter();
    for (wall, place) in config.shown_walls().zip(&mut places) {
        if let Some(told) = beside.of_wall(&wall.name) {
            let parts = (&desk, &sync, &*follower);
            walls.push(show_wall(config, wall, place, parts, told)?);
        }
    }
    let anew = Anew::with(file);
    let following = runtime.spawn(follower.clone().follow()).abort_handle();
    let watch = Watch::start(file.to_owned(), move |changed| follower.configured(changed))?;
    let terminal = match places.next() {
        Some(place) => {
            let pulses = beside.pulses();
            let handles = walls.iter().map(ShownWall::handle).collect();
            let (store_too, sync_too) = (store.clone(), sync.clone());
            let staff = HallStaff::new(config.clone(), store_too, sync_too, handles, anew.clone());
            let parts = (&store, &sync);
            let shown = show_terminal(config, place, parts, &runtime, pulses, staff);
            Some(shown?)
        }
        None => None,
    };
    let night = begins_anew_at_night(config, &sync, terminal.as_ref(), anew.clone());
    slint::run_event_loop_until_quit()?;
    drop(night);

    // Nobody watches windows that are about to go. Then windows first, then what they showed, then the connection, then the hub that it is connected to.
    beside.stop_watching();
    drop(watch);
    following.abort();
    drop((walls, terminal));
    drop(beside);
    drop(sync);
    drop(hub);
    runtime.shutdown_timeout(Duration::from_secs(5));
    let inspected = inspection.join();
    inspected.unwrap_or_else(|panic| resume_unwind(panic))?;
    Ok(match anew.is_wanted() {
        true => Ended::ToBeginAnew,
        false => Ended::ForGood,
    })
}

/// Ends the event loop once a night, so that the program begins anew, unless it never shall.
fn begins_anew_at_night(
    config: &Config,
    sync: &Arc<Sync>,
    terminal: Option<&ShownTerminal>,
    anew: Anew,
) -> Option<slint::Timer> {
    let at = config.staff.begins_anew?;
    let (zone, sync) = (config.time_zone(), sync.clone());
    let now = move || sync.now().to_zoned_datetime(zone.clone());
    let is_free = terminal.map(ShownTerminal::is_free);
    let is_free = move || is_free.as_ref().is_none_or(|is_free| is_free());
    Some(night::watch(at, now, is_free, move || {
        // Staff have been told what is wrong with the configuration.
        if anew.would_start() {
            tracing::info!("the night's new beginning");
            anew.want(true);
            end_event_loop();
        }
    }))
}

fn can_be_shown(config: &Config) -> Result<(), RunError> {
    if config.shown_walls().next().is_none() && !config.terminal.enabled {
        return Err(RunError::NothingToShow);
    }
    if config.terminal.enabled && cfg!(not(feature = "winit")) {
        return Err(RunError::NoTerminal);
    }
    Ok(())
}

/// The windows open first: looking for damage takes a core. Nothing is written or sent meanwhile without it.
const INSPECTED_AFTER: Duration = Duration::from_secs(1);

/// Looks for damage in the store beside the windows, and ends the event loop where there is some.
fn inspect(store: &Arc<Store>) -> JoinHandle<Result<(), StoreError>> {
    let store = store.clone();
    std::thread::spawn(move || {
        std::thread::sleep(INSPECTED_AFTER);
        let inspected = store.inspect();
        if inspected.is_err() {
            end_event_loop();
        }
        inspected
    })
}

/// Also where it has not begun yet.
fn end_event_loop() {
    // Fails only where the event loop has ended already.
    let _ = slint::invoke_from_event_loop(|| {
        let _ = slint::quit_event_loop();
    });
}

/// How the engine is to be set up.
pub fn sync_config(config: &Config, hub: Option<&Embedded>) -> SyncConfig {
    let configured = match &config.hub.url {
        HubUrl::At(url) => url.clone(),
        HubUrl::Embedded => format!("http://{}", config.hub.listen),
    };
    SyncConfig {
        url: hub.map_or(configured, |hub| hub.url.clone()),
        hall: config.hall.id.clone(),
        code: hub
            .and_then(|hub| hub.code.clone())
            .or_else(|| config.hub.enrolment_code.clone()),
        data: config.data.clone(),
        lends: config.terminal.enabled,
        certificates: config.hub.certificate_sha256.clone(),
        walls: config
            .shown_walls()
            .filter(|wall| wall.hub_playlists)
            .flat_map(WallConfig::names)
            .collect(),
    }
}

/// What a wall is told by the configuration.
pub fn wall_settings(config: &Config, wall: &WallConfig) -> WallSettings {
    let minutes = wall.every_job_within_minutes.map(u64::from);
    let colour = |it: Colour| slint::Color::from_rgb_u8(it.red, it.green, it.blue);
    let own = wall.colours.as_ref();
    WallSettings {
        name: wall.name.clone(),
        scenes: config.scenes_of(wall),
        period: minutes.map(|minutes| Duration::from_secs(60 * minutes)),
        zone: config.time_zone(),
        calendar: config.hall.calendar(),
        hall_name: config.hall.name.clone(),
        text_px: wall.text_px.unwrap_or(0),
        ticker_texts: wall.ticker.texts.clone(),
        // At most 20.
        ticker_jobs: wall.ticker.urgent_jobs as usize,
        // A number between 0.5 and 4.
        characters_per_second: wall.ticker.characters_per_second as f32,
        folder: config.folder.clone(),
        media: Ready::new(),
        look: Look {
            theme: wall.theme,
            lights: wall.light.clone(),
            colours: own.map(|own| [own.ground, own.text, own.pay].map(colour)),
            logo: wall.logo.clone(),
            pixel_shift: wall.pixel_shift,
        },
    }
}

/// What a wall is told by the configuration and the hub at `now`, and which playlist that is.
pub fn settings_of(
    config: &Config,
    wall: &WallConfig,
    hub: &FromHub,
    now: Timestamp,
) -> (WallSettings, Chosen) {
    let chosen = hub.choose(config, wall, now);
    let settings = WallSettings {
        scenes: chosen.scenes.clone(),
        ..wall_settings(config, wall)
    };
    (settings, chosen)
}

/// What cannot be read on the walls from where people stand, as far as the configuration says where
/// that is, with the name of each wall.
///
/// # Errors
/// If a wall's window cannot be measured.
pub fn legibility(config: &Config) -> Result<Vec<(String, Finding)>, SnapshotError> {
    let phone_url = match (&config.hub.url, &config.hub.public_url) {
        (HubUrl::At(url), _) | (HubUrl::Embedded, Some(url)) => url.clone(),
        (HubUrl::Embedded, None) => format!("http://{}", config.hub.listen),
    };
    let told = config
        .shown_walls()
        .filter_map(|wall| Some((wall, wall.pitch_mm.zip(wall.distance_m)?)));
    let mut all = vec![];
    let mut measured = vec![];
    for (wall, (pitch_mm, distance_m)) in told {
        let Some(size) = wall.width.zip(wall.height) else {
            all.push((wall.name.clone(), Finding::NoSize));
            continue;
        };
        let panel = Panel {
            pitch_mm,
            distance_m,
            size,
            phone_url: phone_url.clone(),
        };
        measured.push((wall, panel));
    }
    if measured.is_empty() {
        return Ok(all);
    }
    let headless = Headless::new()?;
    for (wall, panel) in measured {
        let found = legibility::lint(&headless, &wall_settings(config, wall), &panel)?;
        all.extend(found.into_iter().map(|it| (wall.name.clone(), it)));
    }
    Ok(all)
}

/// The pictures that the walls are to show and cannot, but for those of the hub.
pub fn pictures(config: &Config) -> Vec<PictureError> {
    let mut files = vec![];
    for wall in config.shown_walls() {
        let settings = wall_settings(config, wall);
        let own = settings.files().filter(|file| named(file).is_none());
        files.extend(own.map(|file| config.folder.join(file)));
    }
    files.extend(map(config));
    let checked = Gallery::default().check(&files).into_values();
    checked.filter_map(Result::err).collect()
}

/// The file of the map that the terminal shows.
fn map(config: &Config) -> Option<PathBuf> {
    let map = config.terminal.map.as_ref()?;
    config.terminal.enabled.then(|| config.folder.join(map))
}

/// The shorter and the longer side of the smallest panel that every screen is laid out for, in millimetres: one of
/// 10.1 inches.
const SMALLEST_PANEL_MM: (f64, f64) = (129.0, 220.0);

/// What is to be said where the terminal's panel is smaller, as far as its size is configured.
pub fn panel_is_small(config: &Config) -> Option<String> {
    let terminal = config.terminal.enabled.then_some(&config.terminal)?;
    let (width, height) = terminal.width.zip(terminal.height)?;
    let mm = terminal.mm_per_pixel(width, height);
    let (wide, high) = (f64::from(width) * mm, f64::from(height) * mm);
    let (short, long) = (wide.min(high), wide.max(high));
    let (least_short, least_long) = SMALLEST_PANEL_MM;
    (short < least_short || long < least_long).then(|| {
        format!(
            "the panel is too small: {long:.0} by {short:.0} mm, where buttons that a finger meets and text that \
             everybody reads need {least_long:.0} by {least_short:.0} mm (10.1 inches). Parts of screens will not \
             be seen. Take a larger panel, or put terminal.diagonal_mm right if it is larger"
        )
    })
}

/// What a terminal whose window has that many pixels is told by the configuration.
pub fn terminal_options(config: &Config, (width, height): (u32, u32)) -> TerminalOptions {
    let mm_per_pixel = config.terminal.mm_per_pixel(width, height);
    TerminalOptions {
        zone: config.time_zone(),
        hall: config.hall.name.clone(),
        idle: Duration::from_secs(u64::from(config.terminal.idle_seconds)),
        attract: (config.terminal.attract_seconds > 0)
            .then(|| Duration::from_secs(u64::from(config.terminal.attract_seconds))),
        attract_change: Duration::from_secs(config.terminal.attract_change_seconds.into()),
        opens: config.staff.opens.strftime("%H:%M").to_string(),
        staff_idle: Duration::from_secs(u64::from(config.staff.idle_seconds)),
        // A panel's density, a few pixels a millimetre.
        px_per_mm: (1.0 / mm_per_pixel) as f32,
        language: config.terminal.language.code().to_owned(),
        here: config.hall.position,
        theme: config.terminal.theme,
        still: false,
        places: config.places().to_vec(),
        calls_on_wall: config.shown_walls().next().is_some(),
        platform: config.terminal.wage_platform.clone(),
        map: map(config).and_then(|file| {
            let drawn = Gallery::default()
                .draw(&[(file.clone(), (width, height))])
                .pop();
            if drawn.is_none() {
                tracing::warn!(file = %file.display(), "the map of the hall cannot be shown");
            }
            drawn
        }),
        calls_aloud: config.terminal.speech.calls,
        volume: voice::USUAL,
        hub_here: config.hub.url == HubUrl::Embedded,
    }
}

/// Held while the kiosk runs; the system lets go of it however the process ends.
fn only_one(data: &Path) -> Result<File, RunError> {
    std::fs::create_dir_all(data)?;
    let file = File::create(data.join(LOCK_FILE))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(RunError::AlreadyRunning(data.to_owned())),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// Looks for damage later, in [`inspect`], unless it is known or seen already.
fn open_store(config: &Config) -> JoinHandle<Result<Store, StoreError>> {
    let (data, zone) = (config.data.clone(), config.time_zone());
    std::thread::spawn(move || {
        let now = Timestamp::now();
        if std::env::var_os(REPAIR_VARIABLE).is_some() {
            return Store::open(&data, zone, now);
        }
        match Store::open_uninspected(&data, zone.clone(), now) {
            Err(error) if error.is_damage() => Store::open(&data, zone, now),
            opened => opened,
        }
    })
}

fn select_backend() -> Result<(), slint::PlatformError> {
    let backend = if cfg!(feature = "winit") {
        "winit"
    } else {
        "linuxkms"
    };
    let renderer = if cfg!(feature = "gpu") {
        "femtovg"
    } else {
        "software"
    };
    slint::BackendSelector::new()
        .backend_name(backend.to_owned())
        .renderer_name(renderer.to_owned())
        .select()
}

fn start_hub(runtime: &Runtime, config: &Config) -> Result<Option<Embedded>, RunError> {
    if config.hub.url != HubUrl::Embedded {
        return Ok(None);
    }
    let enrolled = Identity::load(&config.data)?.is_some_and(|known| known.hall == config.hall.id);
    Ok(Some(embedded::start(runtime, config, !enrolled)?))
}

fn end_on_signals(runtime: &Runtime) -> Result<(), RunError> {
    let _inside = runtime.enter();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    runtime.spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("asked to end");
        end_event_loop();
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_kiosk_on_the_same_data_is_refused_and_told() {
        let dir = tempfile::tempdir().expect("a directory");
        let data = dir.path().join("data");
        let first = only_one(&data).expect("the first");
        assert!(matches!(only_one(&data), Err(RunError::AlreadyRunning(_))));
        drop(first);
        only_one(&data).expect("the next");
    }
}
