//! Follows the configuration while the kiosk runs.

use super::wall_settings;
use crate::config::{Config, Problem};
use crate::store::{StaffCode, Store};
use crate::ui;
use crate::wall::WallSettings;
use jiff::Timestamp;
use std::sync::Arc;
use std::sync::mpsc::Sender;

/// What a change of the configuration does while the kiosk runs: what it says of playlists, tickers,
/// colours and light goes to the walls, each by its name; a broken file leaves them what was good last
/// and is told to staff. All else needs a restart.
pub fn follow(
    store: Arc<Store>,
    walls: Vec<(String, Sender<WallSettings>)>,
) -> impl Fn(Result<Config, Vec<Problem>>) {
    // A file that was good at the start may have been broken when the kiosk ran last.
    settle(&store);
    move |changed| match changed {
        Ok(config) => {
            tracing::info!("the configuration changed: playlists and tickers are taken over");
            settle(&store);
            let language = config.walls_language().code();
            // Both fail only when the program is about to end.
            let _ = slint::invoke_from_event_loop(move || speak(language));
            for wall in config.shown_walls() {
                for (_, told) in walls.iter().filter(|(name, _)| *name == wall.name) {
                    let _ = told.send(wall_settings(&config, wall));
                }
            }
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
pub fn speak(language: &str) {
    if let Err(error) = ui::speak(ui::Surface::Wall, language) {
        tracing::error!(%error, language, "this build lacks the wall's language");
    }
}
