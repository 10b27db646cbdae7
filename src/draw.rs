//! `gighall-kiosk snapshot`: a window as the store would fill it, drawn without a display server.

use crate::cli::{SnapshotArgs, WindowName};
use crate::config::{Config, WallConfig};
use crate::desk::HallDesk;
use crate::playlists::FromHub;
use crate::run::{ORDINARY_SIZE, settings_of, sync_config, terminal_options};
use crate::snapshot::{Headless, SnapshotError, WallShot, snapshot_wall};
use crate::store::{Store, StoreError};
use crate::sync::{Sync, SyncError};
use crate::terminal::runner::Inline;
use crate::terminal::{LinkView, TerminalController};
use crate::ui::TerminalWindow;
use crate::wall::feed::WallFeed;
use image::RgbImage;
use jiff::{SignedDuration, Timestamp};
use slint::ComponentHandle;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum DrawError {
    /// There is no store to draw from.
    #[error("there is no store in {0} yet: `gighall-kiosk run` makes it")]
    NoStore(PathBuf),
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What the store knows of the hub cannot be read.
    #[error(transparent)]
    Sync(#[from] SyncError),
    /// The window cannot be drawn.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// No wall has that name.
    #[error("no wall is called \"{name}\"; there is: {}", there.join(", "))]
    NoSuchWall {
        /// The name that was given.
        name: String,
        /// The names that there are.
        there: Vec<String>,
    },
    /// The terminal's window cannot be made.
    #[error("the window could not be made: {0}")]
    Window(#[from] slint::PlatformError),
}

/// Draws the window that the arguments name.
///
/// # Errors
/// [`DrawError`]
pub fn draw(config: &Config, args: &SnapshotArgs) -> Result<RgbImage, DrawError> {
    let store = Store::open_beside(&config.data, config.time_zone())?
        .ok_or_else(|| DrawError::NoStore(config.data.clone()))?;
    let store = Arc::new(store);
    let here = Timestamp::now();
    let offset = SignedDuration::from_millis(store.contact()?.clock_offset_ms);
    let at = args
        .at
        .unwrap_or_else(|| here.saturating_sub(offset).unwrap_or(here));
    let sync = Sync::idle(store.clone(), sync_config(config, None), Some(at))?;
    let sync = Arc::new(sync);
    let desk = Arc::new(HallDesk::new(store.clone(), sync).at(config.hall.position));
    let headless = Headless::new()?;
    match args.window {
        WindowName::Wall => {
            let wall = wall(config, args.wall.as_deref())?;
            let configured = wall.width.zip(wall.height);
            let (width, height) = args.size.or(configured).unwrap_or(ORDINARY_SIZE);
            let shot = WallShot {
                settings: settings_of(config, &wall, &FromHub::load(&store)?, at).0,
                language: config.walls_language().code().to_owned(),
                width,
                height,
                at,
            };
            Ok(snapshot_wall(&headless, desk.as_ref(), &shot)?)
        }
        WindowName::Terminal => {
            let configured = config.terminal.width.zip(config.terminal.height);
            let size = args.size.or(configured).unwrap_or(ORDINARY_SIZE);
            draw_terminal(config, &headless, desk, size)
        }
    }
}

/// The wall of that name, or the first one; an ordinary one where the configuration has none.
fn wall(config: &Config, name: Option<&str>) -> Result<WallConfig, DrawError> {
    let found = match name {
        Some(name) => config.walls.iter().find(|wall| wall.name == name),
        None => config.walls.first(),
    };
    match (found, name) {
        (Some(wall), _) => Ok(wall.clone()),
        (None, None) => Ok(WallConfig::default()),
        (None, Some(name)) => Err(DrawError::NoSuchWall {
            name: name.to_owned(),
            there: config.walls.iter().map(|wall| wall.name.clone()).collect(),
        }),
    }
}

/// The terminal as it waits for the next person.
fn draw_terminal(
    config: &Config,
    headless: &Headless,
    desk: Arc<HallDesk>,
    (width, height): (u32, u32),
) -> Result<RgbImage, DrawError> {
    let link = WallFeed::link(desk.as_ref());
    let hall = WallFeed::hall(desk.as_ref()).ok().flatten();
    let controller = TerminalController::with_clock(
        desk,
        TerminalWindow::new()?,
        terminal_options(config, (width, height)),
        Box::new(Inline),
        Box::new(|| Duration::ZERO),
    );
    controller.set_link(LinkView {
        online: link.online,
        data_from: link.data_as_of,
    });
    if let Some(hall) = hall {
        controller.set_hall(&hall.name);
    }
    headless.resize(controller.window(), width, height);
    controller.tick();
    let picture = headless.draw(controller.window());
    controller.window().hide()?;
    Ok(picture?)
}
