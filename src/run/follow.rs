//! Follows the configuration and the hub's playlists while the kiosk runs.

use super::room::Room;
use super::settings_of;
use crate::config::{Config, Problem, WallConfig, waiting};
use crate::media::{MediaKeeper, wanted};
use crate::playlists::FromHub;
use crate::running;
use crate::store::{StaffCode, Store, StoreError};
use crate::sync::Sync;
use crate::ui;
use crate::wall::WallSettings;
use gighall_core::media::MediaFile;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How often it is looked whether the hub gave another playlist, or one begins or ends.
const LOOK: Duration = Duration::from_millis(500);

/// In the data directory: what the walls play, and which keys of the configuration wait for a restart.
const FILE: &str = "playing.json";

/// What the kiosk that runs on that data directory plays and waits for; `None` where none runs.
pub fn playing(data: &Path) -> Option<Value> {
    running::told(&data.join(FILE))
}

/// What a change of the configuration, or of what the hub gives, does while the kiosk runs: what they
/// say of playlists, tickers, colours and light goes to the walls, each by its name; a broken file
/// leaves them what was good last and is told to staff. All else needs a restart, and is named.
pub struct Follower {
    store: Arc<Store>,
    sync: Arc<Sync>,
    media: MediaKeeper,
    /// Where this program's data are, whatever the configuration says by now.
    data: PathBuf,
    state: Mutex<State>,
}

struct State {
    config: Config,
    /// What the configuration said at the start.
    started: toml::Table,
    /// The keys that wait for a restart.
    waits: Vec<String>,
    /// What was written down of it all last.
    written: Value,
    walls: Vec<Followed>,
    hub: FromHub,
    /// The files that the hub keeps for walls.
    files: Vec<MediaFile>,
    /// The store's revision when the hub's part was read.
    revision: u64,
    /// What was wrong with the playlist at the start, and has not been mended since; empty where nothing was.
    amiss: String,
    /// What staff were told of playlists; `None` before the first look: an earlier start may have told
    /// them something.
    told: Option<String>,
    /// The room on the disk.
    room: Room,
}

fn lines(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// A wall that is shown, and what it was told last.
struct Followed {
    name: String,
    told: WallSettings,
    sender: Sender<WallSettings>,
}

impl Follower {
    /// Begins with what the store has from the hub, so that a kiosk that starts without it plays what
    /// it was given.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn new(
        (config, amiss): (&Config, &[Problem]),
        store: Arc<Store>,
        sync: Arc<Sync>,
        media: MediaKeeper,
    ) -> Result<Self, StoreError> {
        let revision = *store.subscribe().borrow();
        let state = State {
            config: config.clone(),
            started: config.written.clone(),
            waits: vec![],
            written: Value::Null,
            walls: vec![],
            hub: FromHub::load(&store)?,
            files: store.media()?,
            revision,
            amiss: lines(amiss),
            told: None,
            room: Room::default(),
        };
        Ok(Self {
            store,
            sync,
            media,
            data: config.data.clone(),
            state: Mutex::new(state),
        })
    }

    /// What a wall begins with; what changes comes through `sender`.
    pub fn begin(&self, wall: &WallConfig, sender: Sender<WallSettings>) -> WallSettings {
        let mut state = self.state();
        let (settings, _) = settings_of(&state.config, wall, &state.hub, self.sync.now());
        state.walls.push(Followed {
            name: wall.name.clone(),
            told: settings.clone(),
            sender,
        });
        settings
    }

    /// The configuration's file changed.
    pub fn configured(&self, changed: Result<Config, Vec<Problem>>) {
        match changed {
            Ok(config) => {
                tracing::info!("the configuration changed: playlists and tickers are taken over");
                settle(&self.store, StaffCode::Configuration);
                let language = config.walls_language().code();
                // Fails only when the program is about to end.
                let _ = slint::invoke_from_event_loop(move || speak(language));
                let mut state = self.state();
                let waits = waiting(&state.started, &config.written);
                if waits != state.waits {
                    match waits.is_empty() {
                        true => tracing::info!(
                            "nothing of the configuration waits for a restart any more"
                        ),
                        false => tracing::warn!(
                            "these keys of the configuration were changed and wait for a restart: {}",
                            waits.join(", ")
                        ),
                    }
                }
                state.waits = waits;
                state.config = config;
                state.amiss = String::new();
                self.tell_walls(&mut state);
            }
            Err(problems) => {
                let detail = lines(&problems);
                tracing::error!("the changed configuration is not taken over:\n{detail}");
                tell(&self.store, StaffCode::Configuration, &detail);
            }
        }
    }

    /// Looks at what the hub gave, for ever.
    pub async fn follow(self: Arc<Self>) {
        loop {
            let follower = self.clone();
            let looked = tokio::task::spawn_blocking(move || follower.look());
            if looked.await.is_err() {
                tracing::error!("looking at the hub's playlists had panicked: it goes on");
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    fn look(&self) {
        let revision = *self.store.subscribe().borrow();
        let mut state = self.state();
        if state.told.is_none() {
            // A file that was good at the start may have been broken when the kiosk ran last. Not said
            // earlier: writing waits for the store's inspection, and windows do not.
            match state.amiss.is_empty() {
                true => settle(&self.store, StaffCode::Configuration),
                false => tell(&self.store, StaffCode::Configuration, &state.amiss),
            }
        }
        if state.revision != revision {
            let read = FromHub::load(&self.store).and_then(|hub| Ok((hub, self.store.media()?)));
            match read {
                Ok((hub, files)) => {
                    (state.hub, state.files, state.revision) = (hub, files, revision);
                }
                Err(error) => {
                    tracing::error!(%error, "the hub's playlists cannot be read: the walls go on");
                }
            }
        }
        match state.room.look(&self.data).as_deref() {
            None => {}
            Some("") => settle(&self.store, StaffCode::Disk),
            Some(trouble) => {
                tracing::warn!("{trouble}");
                tell(&self.store, StaffCode::Disk, trouble);
            }
        }
        self.tell_walls(&mut state);
    }

    fn tell_walls(&self, state: &mut State) {
        let now = self.sync.now();
        let (mut troubles, mut on, mut playing) = (BTreeSet::new(), vec![], Map::new());
        let ready = self.media.ready();
        for wall in state.config.shown_walls() {
            let Some(followed) = state.walls.iter_mut().find(|it| it.name == wall.name) else {
                continue;
            };
            let (mut settings, mut chosen) = settings_of(&state.config, wall, &state.hub, now);
            let is_named = |name: &str| settings.files().any(|file| file == name);
            let media = ready.iter().filter(|(name, _)| is_named(name));
            settings.media = media.map(|(n, path)| (n.clone(), path.clone())).collect();
            troubles.extend(std::mem::take(&mut chosen.troubles));
            if settings != followed.told {
                let (wall, playlist) = (&wall.name, &chosen.playlist);
                tracing::info!(wall, playlist, "the wall is told something else");
                // Fails only where the wall is gone.
                let _ = followed.sender.send(settings.clone());
                followed.told = settings;
            }
            let of = match &chosen.playlist {
                Some(_) => "hub",
                None if state.config.has_scenes_for(wall) => "kiosk.toml",
                None => "built-in",
            };
            playing.insert(
                wall.name.clone(),
                json!({"of": of, "playlist": chosen.playlist}),
            );
            on.push(chosen);
        }
        let said = json!({"walls": playing, "waits_for_restart": state.waits});
        if said != state.written {
            let file = self.data.join(FILE);
            if let Err(error) = running::tell(&file, said.clone()) {
                tracing::warn!(%error, "what the walls play is not written down");
            }
            state.written = said;
        }
        self.media
            .want(wanted(&state.config, &state.hub, &on, &state.files));
        let troubles: Vec<String> = troubles.into_iter().collect();
        let troubles = troubles.join("\n");
        if state.told.as_ref() != Some(&troubles) {
            match troubles.is_empty() {
                true => settle(&self.store, StaffCode::Playlist),
                false => {
                    tracing::warn!("playlists of the hub are not played in full:\n{troubles}");
                    tell(&self.store, StaffCode::Playlist, &troubles);
                }
            }
            state.told = Some(troubles);
        }
    }

    /// Each part of it is set in one step, so it is whole though its holder panicked.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn settle(store: &Store, code: StaffCode) {
    if let Err(error) = store.settle(code) {
        tracing::error!(%error, code = code.code(), "what staff were told stays");
    }
}

fn tell(store: &Store, code: StaffCode, detail: &str) {
    if let Err(error) = store.tell_staff(code, detail, Timestamp::now()) {
        tracing::error!(%error, code = code.code(), "staff could not be told");
    }
}

/// Makes the wall speak.
pub fn speak(language: &str) {
    if let Err(error) = ui::speak(ui::Surface::Wall, language) {
        tracing::error!(%error, language, "this build lacks the wall's language");
    }
}
