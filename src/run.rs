//! The running kiosk: opens the store, starts the parts, shows the windows, and ends them in order.

use crate::config::{self, Config, HubUrl, Monitor, TerminalConfig, WallConfig, Watch};
use crate::desk::HallDesk;
use crate::embedded::{self, Embedded, EmbeddedError};
use crate::snapshot::{Headless, SnapshotError};
use crate::store::{Identity, StaffCode, Store, StoreError};
use crate::sync::{Sync, SyncConfig, SyncError};
use crate::terminal::runner::Worker;
use crate::terminal::{LinkView, TerminalController, TerminalOptions};
use crate::ui::{self, TerminalWindow, WallWindow};
use crate::wall::legibility::{self, Finding, Panel};
use crate::wall::{self, Wall, WallSettings};
use crate::windows::{Placement, keep_placed, watch};
use jiff::Timestamp;
use slint::{ComponentHandle, Timer};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

/// The size of a window that is tried out, and of a snapshot where the configuration says none.
pub const ORDINARY_SIZE: (u32, u32) = (1920, 1080);

/// A window that is tried out leaves room for the desktop around it.
const WINDOWED_SIZE: (u32, u32) = (1280, 720);

/// How often the terminal is told of changes; many in a row are told as one.
const TELL_EVERY: Duration = Duration::from_millis(200);

/// Why the kiosk cannot run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The configuration shows neither window.
    #[error("neither wall.enabled nor terminal.enabled is true: there is nothing to show")]
    NothingToShow,
    /// Touches are only seen through a window system.
    #[error("this build shows walls only: a terminal needs the feature `winit`")]
    NoTerminal,
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

/// Runs until a signal ends it, or, where windows are only tried out, until one is closed. What
/// `file`, where `config` is from, says of the wall's playlist is followed meanwhile.
///
/// # Errors
/// [`RunError`]
pub fn run(config: &Config, file: &Path, windowed: bool) -> Result<(), RunError> {
    if !config.wall.enabled && !config.terminal.enabled {
        return Err(RunError::NothingToShow);
    }
    if config.terminal.enabled && cfg!(not(feature = "winit")) {
        return Err(RunError::NoTerminal);
    }
    select_backend()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let store = Arc::new(Store::open(
        &config.data,
        config.time_zone(),
        Timestamp::now(),
    )?);
    let hub = start_hub(&runtime, config)?;
    let sync = Arc::new(Sync::start(
        runtime.handle(),
        store.clone(),
        sync_config(config, hub.as_ref()),
    )?);
    end_on_signals(&runtime)?;

    let (new_settings, changes) = std::sync::mpsc::channel();
    let watch = Watch::start(file.to_owned(), follow(store.clone(), new_settings))?;
    let wall = match config.wall.enabled {
        true => Some(show_wall(config, windowed, &store, &sync, changes)?),
        false => None,
    };
    let terminal = match config.terminal.enabled {
        true => Some(show_terminal(config, windowed, &store, &sync, &runtime)?),
        false => None,
    };
    slint::run_event_loop_until_quit()?;

    // Windows first, then the connection, then the hub that it is connected to.
    drop(watch);
    drop((wall, terminal));
    drop(sync);
    drop(hub);
    runtime.shutdown_timeout(Duration::from_secs(5));
    Ok(())
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
    }
}

/// What the wall is told by the configuration.
pub fn wall_settings(config: &Config) -> WallSettings {
    WallSettings {
        scenes: config.wall.scene.clone(),
        zone: config.time_zone(),
        calendar: config.hall.calendar(),
        hall_name: config.hall.name.clone(),
        text_px: config.wall.text_px.unwrap_or(0),
        ticker_texts: config.wall.ticker.texts.clone(),
        // A number between 0.5 and 4.
        characters_per_second: config.wall.ticker.characters_per_second as f32,
    }
}

/// What cannot be read on the wall from where people stand, as far as the configuration says where
/// that is.
///
/// # Errors
/// If the wall's window cannot be measured.
pub fn legibility(config: &Config) -> Result<Vec<Finding>, SnapshotError> {
    let wall = &config.wall;
    let (Some(size), Some((pitch_mm, distance_m)), true) = (
        wall.width.zip(wall.height),
        wall.pitch_mm.zip(wall.distance_m),
        wall.enabled,
    ) else {
        return Ok(vec![]);
    };
    let panel = Panel {
        pitch_mm,
        distance_m,
        size,
        phone_url: match (&config.hub.url, &config.hub.public_url) {
            (HubUrl::At(url), _) | (HubUrl::Embedded, Some(url)) => url.clone(),
            (HubUrl::Embedded, None) => format!("http://{}", config.hub.listen),
        },
    };
    legibility::lint(&Headless::new()?, &wall_settings(config), &panel)
}

/// What a terminal whose window has that many pixels is told by the configuration.
pub fn terminal_options(config: &Config, (width, height): (u32, u32)) -> TerminalOptions {
    let mm_per_pixel = config.terminal.mm_per_pixel(width, height);
    TerminalOptions {
        zone: config.time_zone(),
        hall: config.hall.name.clone(),
        idle: Duration::from_secs(u64::from(config.terminal.idle_seconds)),
        // A panel's density, a few pixels a millimetre.
        px_per_mm: (1.0 / mm_per_pixel) as f32,
        language: config.terminal.language.code().to_owned(),
        still: false,
    }
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
        // Fails only where the event loop has ended already.
        let _ = slint::quit_event_loop();
    });
    Ok(())
}

/// What a change of the configuration does while the kiosk runs: a good playlist goes to the wall, a
/// broken file leaves it the last good one and is told to staff. All else needs a restart.
fn follow(
    store: Arc<Store>,
    wall: Sender<WallSettings>,
) -> impl Fn(Result<Config, Vec<config::Problem>>) {
    // A file that was good at the start may have been broken when the kiosk ran last.
    settle(&store);
    move |changed| match changed {
        Ok(config) => {
            tracing::info!("the configuration changed: playlist and ticker are taken over");
            settle(&store);
            let language = config.wall.language.code();
            // Both fail only when the program is about to end.
            let _ = slint::invoke_from_event_loop(move || speak(language));
            let _ = wall.send(wall_settings(&config));
        }
        Err(problems) => {
            let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
            let detail = lines.join("\n");
            tracing::error!("the changed configuration is not taken over:\n{detail}");
            let told = store.tell_staff(StaffCode::Configuration, &detail, Timestamp::now());
            if let Err(error) = told {
                tracing::error!(%error, "staff could not be told of it");
            }
        }
    }
}

fn settle(store: &Store) {
    if let Err(error) = store.settle(StaffCode::Configuration) {
        tracing::error!(%error, "what staff were told of the configuration stays");
    }
}

/// Makes the wall speak.
fn speak(language: &str) {
    if let Err(error) = ui::speak(ui::Surface::Wall, language) {
        tracing::error!(%error, language, "this build lacks the wall's language");
    }
}

/// A window with what keeps it going; all of it ends when this is dropped.
struct Shown<T> {
    _part: T,
    _placed: Timer,
}

fn show_wall(
    config: &Config,
    windowed: bool,
    store: &Arc<Store>,
    sync: &Arc<Sync>,
    changes: Receiver<WallSettings>,
) -> Result<Shown<(WallWindow, Wall)>, RunError> {
    let window = WallWindow::new()?;
    speak(config.wall.language.code());
    let geometry = Geometry::of_wall(&config.wall);
    let placed = open(&window, &geometry, windowed, |_| {})?;
    let desk = Arc::new(HallDesk::new(store.clone(), sync.clone()));
    let wall = wall::start(&window, desk, wall_settings(config), changes)?;
    Ok(Shown {
        _part: (window, wall),
        _placed: placed,
    })
}

fn show_terminal(
    config: &Config,
    windowed: bool,
    store: &Arc<Store>,
    sync: &Arc<Sync>,
    runtime: &Runtime,
) -> Result<Shown<(Rc<TerminalController>, Timer)>, RunError> {
    let window = TerminalWindow::new()?;
    let geometry = Geometry::of_terminal(&config.terminal);
    let size = match windowed {
        true => WINDOWED_SIZE,
        false => geometry.size.unwrap_or(ORDINARY_SIZE),
    };
    let desk = Arc::new(HallDesk::new(store.clone(), sync.clone()));
    let controller = TerminalController::new(
        desk,
        window,
        terminal_options(config, size),
        Box::new(Worker::start()?),
    );
    let touched = Rc::downgrade(&controller);
    let placed = open(controller.window(), &geometry, windowed, move |down| {
        if let Some(controller) = touched.upgrade() {
            controller.touched(down);
        }
    })?;
    let told = tell_terminal(&controller, store, sync, runtime);
    Ok(Shown {
        _part: (controller, told),
        _placed: placed,
    })
}

/// What the terminal is told.
struct News {
    link: LinkView,
    /// The hall's name, once it is known.
    hall: Option<String>,
    /// The code of what only staff can mend.
    trouble: String,
}

/// Tells the terminal whenever the store or the link has changed.
fn tell_terminal(
    controller: &Rc<TerminalController>,
    store: &Arc<Store>,
    sync: &Arc<Sync>,
    runtime: &Runtime,
) -> Timer {
    let (mut changes, mut link) = (store.subscribe(), sync.link());
    let (news, heard) = std::sync::mpsc::channel();
    let store = store.clone();
    runtime.spawn(async move {
        loop {
            let state = *link.borrow_and_update();
            changes.borrow_and_update();
            let reader = store.clone();
            let read = tokio::task::spawn_blocking(move || (reader.hall(), reader.staff_notices()));
            let Ok((hall, notices)) = read.await else {
                return;
            };
            let clock = state.clock_untrusted.then(|| "clock".to_owned());
            let trouble = state
                .problem
                .filter(|problem| problem.needs_staff())
                .map(|problem| problem.code().to_owned())
                .or(clock)
                .or_else(|| Some(notices.ok()?.pop()?.code));
            let news_now = News {
                link: LinkView {
                    online: state.online,
                    data_from: state.data_from,
                },
                hall: hall.ok().flatten().map(|hall| hall.name),
                trouble: trouble.unwrap_or_default(),
            };
            if news.send(news_now).is_err() {
                return;
            }
            tokio::time::sleep(TELL_EVERY).await;
            let go_on = tokio::select! {
                changed = changes.changed() => changed.is_ok(),
                changed = link.changed() => changed.is_ok(),
            };
            if !go_on {
                return;
            }
        }
    });
    let weak = Rc::downgrade(controller);
    let timer = Timer::default();
    timer.start(slint::TimerMode::Repeated, TELL_EVERY, move || {
        let (Some(controller), Some(news)) = (weak.upgrade(), heard.try_iter().last()) else {
            return;
        };
        controller.set_link(news.link);
        controller.set_trouble(&news.trouble);
        if let Some(hall) = news.hall {
            controller.set_hall(&hall);
        }
        controller.store_changed();
    });
    timer
}

/// Where a window belongs, as configured.
struct Geometry {
    monitor: Option<String>,
    position: Option<(i32, i32)>,
    size: Option<(u32, u32)>,
}

impl Geometry {
    fn of_wall(wall: &WallConfig) -> Self {
        Self::of(
            wall.monitor.as_ref(),
            wall.x.zip(wall.y),
            wall.width.zip(wall.height),
        )
    }

    fn of_terminal(terminal: &TerminalConfig) -> Self {
        Self::of(
            terminal.monitor.as_ref(),
            terminal.x.zip(terminal.y),
            terminal.width.zip(terminal.height),
        )
    }

    fn of(
        monitor: Option<&Monitor>,
        position: Option<(i32, i32)>,
        size: Option<(u32, u32)>,
    ) -> Self {
        let monitor = monitor.map(|monitor| match monitor {
            Monitor::Index(index) => index.to_string(),
            Monitor::Name(name) => name.clone(),
        });
        Self {
            monitor,
            position,
            size,
        }
    }

    fn placement(&self, windowed: bool) -> Placement {
        match self.size {
            _ if windowed => Placement::Windowed {
                width: WINDOWED_SIZE.0,
                height: WINDOWED_SIZE.1,
            },
            Some((width, height)) => {
                let (x, y) = self.position.unwrap_or((0, 0));
                Placement::Viewport {
                    monitor: self.monitor.clone(),
                    x,
                    y,
                    width,
                    height,
                }
            }
            None => Placement::Fullscreen {
                monitor: self.monitor.clone(),
            },
        }
    }
}

fn open<C: ComponentHandle + 'static>(
    window: &C,
    geometry: &Geometry,
    windowed: bool,
    touched: impl Fn(bool) + 'static,
) -> Result<Timer, slint::PlatformError> {
    let placement = geometry.placement(windowed);
    if let Placement::Windowed { width, height } | Placement::Viewport { width, height, .. } =
        placement
    {
        window
            .window()
            .set_size(slint::PhysicalSize::new(width, height));
    }
    window.show()?;
    watch(window.window(), windowed, touched);
    if windowed {
        window.window().on_close_requested(|| {
            let _ = slint::quit_event_loop();
            slint::CloseRequestResponse::HideWindow
        });
    }
    Ok(keep_placed(window, placement))
}
