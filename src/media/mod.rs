//! Pictures and videos of the hub on this kiosk: a folder of limited size beside the store, each file
//! under its SHA-256, fetched in the background by [`MediaKeeper`].

mod fetch;
mod folder;
mod keeper;

pub use folder::{Free, MEDIA_FOLDER, MediaFolder, free_bytes};
pub use keeper::{Limits, MediaKeeper, Ready};

use crate::config::{Config, MediaConfig};
use crate::playlists::{Chosen, FromHub};
use gighall_core::media::{FROM_HUB, MediaFile, named};
use gighall_core::playlist::Scene;
use std::collections::BTreeMap;

/// So many bytes of the disk stay free of the hub's files: the store is on the same disk, and claims
/// cannot be written where it is full.
pub const RESERVE: u64 = 500_000_000;

/// A file of the hub that a playlist names, or a wall as its hall's sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// As scenes write it, with `hub:` before it.
    pub name: String,
    /// The file that it means; `None` where the hub has told of none.
    pub file: Option<MediaFile>,
    /// By what a wall plays now, not only by what it may play later.
    pub on_now: bool,
}

/// Every file of the hub that the walls want, those that are on first: `chosen` is what each wall that
/// is shown plays now.
pub fn wanted(
    config: &Config,
    hub: &FromHub,
    chosen: &[Chosen],
    known: &[MediaFile],
) -> Vec<Named> {
    let logos = config.shown_walls().filter_map(|wall| wall.logo.as_deref());
    let on = chosen
        .iter()
        .flat_map(|it| &it.scenes)
        .filter_map(|scene| scene.what.file());
    let own: Vec<Scene> = config
        .shown_walls()
        .flat_map(|wall| config.scenes_of(wall))
        .collect();
    let later = hub
        .scenes()
        .filter_map(|scene| scene.what.file())
        .chain(own.iter().filter_map(|scene| scene.what.file()));
    let on = logos.chain(on).map(|file| (file, true));
    let mut all: Vec<Named> = vec![];
    for (file, on_now) in on.chain(later.map(|file| (file, false))) {
        let Some(name) = named(file) else { continue };
        if !all.iter().any(|it| it.name == file) {
            all.push(Named {
                name: file.to_owned(),
                file: known.iter().find(|it| it.is(name)).cloned(),
                on_now,
            });
        }
    }
    all
}

impl MediaConfig {
    /// The same in bytes.
    pub fn limits(&self) -> Limits {
        let bytes = |mb: u32| u64::from(mb) << 20;
        Limits {
            room: bytes(self.cache_mb),
            largest: bytes(self.largest_mb),
            reserve: RESERVE,
        }
    }
}

/// For `status`: for each file that is wanted, whether it is here.
pub fn states(folder: &MediaFolder, wanted: &[Named], limits: Limits) -> BTreeMap<String, String> {
    let state = |it: &Named| match &it.file {
        None => "the hub has told of no such file".to_owned(),
        Some(file) if folder.has(file) => "here".to_owned(),
        Some(file) if file.bytes > limits.largest => "too large: [media] largest_mb".to_owned(),
        Some(file) => format!(
            "{} of {} bytes are here",
            folder.part_bytes(file),
            file.bytes
        ),
    };
    let named = wanted.iter();
    let key = |it: &Named| it.name.trim_start_matches(FROM_HUB).to_owned();
    named.map(|it| (key(it), state(it))).collect()
}
