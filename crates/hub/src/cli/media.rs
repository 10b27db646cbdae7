//! `media`: pictures and videos for walls.

use super::shared::{checked, open, print};
use super::{CliError, Data};
use clap::Subcommand;
use gighall_core::media::{MEDIA_NAME_MAX, MediaFile, named};
use gighall_core::playlist::Scene;
use gighall_hub::media;
use gighall_hub::store::Store;
use gighall_schema::playlist::read_what_is_known;
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
/// `media`
pub enum MediaCommand {
    /// Keeps a file for walls and prints its name and its SHA-256. A name that is there already means
    /// the new file from then on.
    Add {
        #[command(flatten)]
        data: Data,
        /// PNG, JPEG, MP4 or WebM, at most 1 GiB. Kiosks may take less: `[media]` in kiosk.toml.
        file: PathBuf,
        /// What scenes call it; the file's own name where it is not given.
        #[arg(long)]
        name: Option<String>,
    },
    /// Lists them: name, kind, bytes, SHA-256, playlists that name it.
    List {
        #[command(flatten)]
        data: Data,
    },
    /// Keeps a file no longer; scenes that name it are skipped.
    Remove {
        #[command(flatten)]
        data: Data,
        /// Its name, as `list` prints it.
        #[arg(long)]
        name: String,
    },
}

/// `media`
pub fn run(command: &MediaCommand) -> Result<(), CliError> {
    match command {
        MediaCommand::Add { data, file, name } => add(data, file, name.as_deref()),
        MediaCommand::List { data } => {
            let (_, store) = open(data)?;
            let playlists: Vec<(String, Vec<Scene>)> = store
                .playlists()?
                .into_iter()
                .map(|it| (read_what_is_known(&it.name, &it.text).scenes, it.name))
                .map(|(scenes, name)| (name, scenes))
                .collect();
            print(store.media()?.iter().map(|it| line(it, &playlists)))
        }
        MediaCommand::Remove { data, name } => {
            let (_, store) = open(data)?;
            let mut all = store.media()?.into_iter();
            let gone = all.find(|it| it.name == *name).ok_or_else(|| {
                CliError::Playlist(format!(
                    "there is no file \"{name}\": `media list` shows those that there are"
                ))
            })?;
            store.remove_media(name)?;
            drop_unused(store.as_ref(), &gone.sha256)?;
            tracing::info!(name, "the file is kept no longer");
            Ok(())
        }
    }
}

fn add(data: &Data, file: &Path, name: Option<&str>) -> Result<(), CliError> {
    const NAME: &str = "a file's name for walls has 1 to 100 characters; give another with --name";
    let own = file.file_name().map(|it| it.to_string_lossy().into_owned());
    let name = name.map(str::to_owned).or(own).unwrap_or_default();
    let name = checked(&name, MEDIA_NAME_MAX, NAME)?;
    let (_, store) = open(data)?;
    let before = store.media()?.into_iter().find(|it| it.name == name);
    let kept = media::take(store.media_folder(), file, name)?;
    store.put_media(&kept)?;
    if let Some(before) = before {
        drop_unused(store.as_ref(), &before.sha256)?;
    }
    print([format!("{}\t{}", kept.name, kept.sha256)])
}

/// What no name means any more does not lie about.
fn drop_unused(store: &dyn Store, sha256: &str) -> Result<(), CliError> {
    if store.media_with_hash(sha256)?.is_none() {
        media::drop_file(store.media_folder(), sha256)?;
    }
    Ok(())
}

fn line(file: &MediaFile, playlists: &[(String, Vec<Scene>)]) -> String {
    let names_it = |scene: &Scene| {
        let name = scene.what.file().and_then(named);
        name.is_some_and(|name| file.is(name))
    };
    let naming = playlists
        .iter()
        .filter(|(_, scenes)| scenes.iter().any(names_it));
    let naming: Vec<&str> = naming.map(|(name, _)| name.as_str()).collect();
    format!(
        "{}\t{}\t{} bytes\t{}\t{}",
        file.name,
        file.kind,
        file.bytes,
        file.sha256,
        match naming.is_empty() {
            true => "-".to_owned(),
            false => naming.join(", "),
        }
    )
}
