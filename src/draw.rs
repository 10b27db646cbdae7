//! `gighall-kiosk snapshot`: a window as the store would fill it, drawn without a display server.

use crate::cli::{SnapshotArgs, WindowName};
use crate::config::Config;
use crate::desk::HallDesk;
use crate::run::{ORDINARY_SIZE, sync_config, terminal_options, wall_settings};
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
    let desk = Arc::new(HallDesk::new(store, sync));
    let headless = Headless::new()?;
    match args.window {
        WindowName::Wall => {
            let configured = config.wall.width.zip(config.wall.height);
            let (width, height) = args.size.or(configured).unwrap_or(ORDINARY_SIZE);
            let shot = WallShot {
                settings: wall_settings(config),
                language: config.wall.language.code().to_owned(),
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
