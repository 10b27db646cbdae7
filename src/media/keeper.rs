//! Keeps the folder as the playlists want it: fetches, checks, evicts, and tells staff what they have
//! to do. A task of its own; no window waits for it.

use super::fetch::{FetchError, fetch};
use super::{MediaFolder, Named};
use crate::store::{StaffCode, Store};
use crate::sync::{Backoff, Sync};
use gighall_core::media::{Cached, MediaFile, Plan, Wanted, plan, room};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// How often the folder is looked at though nobody wants anything else: a file may be damaged.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// Longest wait between two attempts while the line is bad.
const BACKOFF_MOST: Duration = Duration::from_secs(30);
/// What only staff can mend is tried again after that.
const TRY_AGAIN: Duration = Duration::from_secs(300);

/// How much room there may be, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For all files together.
    pub room: u64,
    /// For one file.
    pub largest: u64,
    /// So much of the disk they leave free.
    pub reserve: u64,
}

/// The files that are here and right, by the names that scenes have for them (`hub:…`).
pub type Ready = BTreeMap<String, PathBuf>;

/// The running task. It ends when this is dropped.
pub struct MediaKeeper {
    /// `None` until it is first said.
    wish: watch::Sender<Option<Vec<Named>>>,
    ready: watch::Receiver<Ready>,
    task: AbortHandle,
}

impl MediaKeeper {
    /// Starts it on that runtime. It leaves the folder as it is until it is told what is wanted.
    pub fn start(
        runtime: &Handle,
        sync: Arc<Sync>,
        store: Arc<Store>,
        folder: MediaFolder,
        limits: Limits,
    ) -> Self {
        let (wish, wished) = watch::channel(None);
        let (say_ready, ready) = watch::channel(Ready::new());
        let work = Work {
            sync,
            store,
            folder,
            limits,
            ready: say_ready,
            failed: BTreeMap::new(),
            told: None,
        };
        let task = runtime.spawn(work.run(wished)).abort_handle();
        Self { wish, ready, task }
    }

    /// Says which files are wanted from now on.
    pub fn want(&self, wanted: Vec<Named>) {
        self.wish.send_if_modified(|wish| {
            let wanted = Some(wanted);
            let is_new = *wish != wanted;
            *wish = wanted;
            is_new
        });
    }

    /// The files that are here.
    pub fn ready(&self) -> Ready {
        self.ready.borrow().clone()
    }
}

impl Drop for MediaKeeper {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Work {
    sync: Arc<Sync>,
    store: Arc<Store>,
    folder: MediaFolder,
    limits: Limits,
    ready: watch::Sender<Ready>,
    /// By hash, what did not come.
    failed: BTreeMap<String, Failed>,
    /// What staff were told last.
    told: Option<String>,
}

/// A file that did not come.
struct Failed {
    /// It is not asked for again before that.
    until: Instant,
    /// What staff have to mend; `None` where it is the network.
    why: Option<String>,
}

impl Work {
    async fn run(mut self, mut wished: watch::Receiver<Option<Vec<Named>>>) {
        let mut backoff = Backoff::new(BACKOFF_MOST);
        loop {
            let Some(wish) = wished.borrow_and_update().clone() else {
                match wished.changed().await {
                    Ok(()) => continue,
                    Err(_) => return,
                }
            };
            let next = self.look(&wish).await.unwrap_or_else(|error| {
                tracing::error!(%error, "the folder of the hub's files cannot be looked after");
                None
            });
            let Some(file) = next else {
                tokio::select! {
                    changed = wished.changed() => if changed.is_err() { return },
                    () = tokio::time::sleep(self.rest()) => {}
                }
                continue;
            };
            // Another wish may want something else first; what came so far stays.
            let done = tokio::select! {
                done = self.fetch(&file) => done,
                changed = wished.changed() => match changed {
                    Ok(()) => continue,
                    Err(_) => return,
                },
            };
            match done {
                Ok(()) => {
                    self.failed.remove(&file.sha256);
                    backoff.reset();
                }
                Err(error) => self.put_off(&file, &error, &mut backoff),
            }
        }
    }

    /// The other files go first now.
    fn put_off(&mut self, file: &MediaFile, error: &FetchError, backoff: &mut Backoff) {
        let (name, for_staff) = (&file.name, error.is_for_staff());
        let wait = match for_staff {
            true => {
                tracing::error!(%error, name, "a file of the hub did not come");
                TRY_AGAIN
            }
            false => {
                tracing::debug!(%error, name, "a file of the hub waits");
                backoff.wait(0.5)
            }
        };
        let failed = Failed {
            until: Instant::now() + wait,
            why: for_staff.then(|| error.to_string()),
        };
        self.failed.insert(file.sha256.clone(), failed);
    }

    /// How long there is nothing to do, unless something else is wished for.
    fn rest(&self) -> Duration {
        let next = self.failed.values().map(|it| it.until).min();
        let next = next.map(|at| at.saturating_duration_since(Instant::now()));
        next.map_or(LOOK_EVERY, |wait| wait.min(LOOK_EVERY))
    }

    /// Looks at what is here, makes room, says what is ready, and gives what is to be fetched next.
    async fn look(&mut self, wish: &[Named]) -> std::io::Result<Option<MediaFile>> {
        let (folder, store) = (self.folder.clone(), self.store.clone());
        let (now, limits, wanted) = (self.sync.now(), self.limits, wish.to_vec());
        let looked =
            tokio::task::spawn_blocking(move || look(folder, &store, &wanted, limits, now)).await;
        let Looked {
            folder,
            ready,
            room,
            plan,
            damaged,
        } = looked.map_err(std::io::Error::other)??;
        self.folder = folder;
        for name in damaged {
            tracing::warn!(
                name,
                "a file of the hub was damaged here: it is fetched again"
            );
        }
        let named = wish.iter().filter_map(|it| {
            let path = ready.get(&it.file.as_ref()?.sha256)?;
            Some((it.name.clone(), path.clone()))
        });
        let named: Ready = named.collect();
        self.ready.send_if_modified(|ready| {
            let is_new = *ready != named;
            *ready = named;
            is_new
        });
        self.failed.retain(|hash, _| plan.fetch.contains(hash));
        self.tell_staff(wish, &plan, room).await;
        let rests = |hash: &String| {
            let failed = self.failed.get(hash);
            failed.is_some_and(|it| it.until > Instant::now())
        };
        let next = plan.fetch.iter().find(|hash| !rests(hash));
        let files = || wish.iter().filter_map(|it| it.file.as_ref());
        Ok(next.and_then(|next| files().find(|it| it.sha256 == *next).cloned()))
    }

    async fn fetch(&mut self, file: &MediaFile) -> Result<(), FetchError> {
        fetch(&self.sync, file, &self.folder, self.limits.reserve).await?;
        let (mut folder, hash) = (self.folder.clone(), file.sha256.clone());
        let completed = tokio::task::spawn_blocking(move || {
            let is_right = folder.complete(&hash)?;
            Ok::<_, std::io::Error>((folder, is_right))
        });
        let completed = completed.await.map_err(std::io::Error::other)?;
        let (folder, is_right) = completed?;
        self.folder = folder;
        match is_right {
            true => {
                tracing::info!(
                    name = file.name,
                    bytes = file.bytes,
                    "a file of the hub is here"
                );
                Ok(())
            }
            false => Err(FetchError::Damaged),
        }
    }

    /// Tells staff of what they have to mend, once, and again when all is well.
    async fn tell_staff(&mut self, wish: &[Named], plan: &Plan, room: u64) {
        let trouble = |it: &Named| {
            let Some(file) = &it.file else {
                return Some(
                    "the hub has told of no such file: `gighall-hub media add`".to_owned(),
                );
            };
            if plan.too_large.contains(&file.sha256) {
                return Some(format!(
                    "is too large: it has {} bytes, [media] largest_mb in kiosk.toml allows {}",
                    file.bytes, self.limits.largest
                ));
            }
            if plan.no_room.contains(&file.sha256) && room < self.limits.room {
                return Some(format!(
                    "has no room: it has {} bytes, the disk has {room} for all and keeps {} free",
                    file.bytes, self.limits.reserve
                ));
            }
            if plan.no_room.contains(&file.sha256) {
                return Some(format!(
                    "has no room: it has {} bytes, [media] cache_mb in kiosk.toml allows {} for all",
                    file.bytes, self.limits.room
                ));
            }
            self.failed.get(&file.sha256)?.why.clone()
        };
        let lines = wish
            .iter()
            .filter_map(|it| Some(format!("{}: {}", it.name, trouble(it)?)));
        let lines: Vec<String> = lines.collect();
        let lines = lines.join("\n");
        if self.told.as_ref() == Some(&lines) {
            return;
        }
        let (store, now, text) = (self.store.clone(), self.sync.now(), lines.clone());
        let told = tokio::task::spawn_blocking(move || match text.is_empty() {
            true => store.settle(StaffCode::Media),
            false => store.tell_staff(StaffCode::Media, &text, now),
        });
        match told.await {
            Ok(Ok(())) => self.told = Some(lines),
            Ok(Err(error)) => tracing::error!(%error, "staff could not be told of files"),
            Err(error) => tracing::error!(%error, "staff could not be told of files"),
        }
    }
}

/// What a look found.
struct Looked {
    folder: MediaFolder,
    /// By hash, where each file lies that is wanted, here and right.
    ready: BTreeMap<String, PathBuf>,
    /// How many bytes all files may have now.
    room: u64,
    plan: Plan,
    /// Names of files that were not right.
    damaged: Vec<String>,
}

fn look(
    mut folder: MediaFolder,
    store: &Store,
    wish: &[Named],
    limits: Limits,
    now: Timestamp,
) -> std::io::Result<Looked> {
    let files: Vec<(&Named, &MediaFile)> = wish
        .iter()
        .filter_map(|it| Some((it, it.file.as_ref()?)))
        .collect();
    let mut here = folder.files()?;
    let (mut ready, mut damaged) = (BTreeMap::new(), vec![]);
    for (named, file) in &files {
        let hash = &file.sha256;
        if ready.contains_key(hash) || !here.contains_key(hash) {
            continue;
        }
        match folder.is_right(hash)? {
            true => {
                ready.insert(hash.clone(), folder.path(hash));
            }
            false => {
                folder.remove(hash)?;
                here.remove(hash);
                damaged.push(named.name.clone());
            }
        }
    }
    let on = files.iter().filter(|(named, _)| named.on_now);
    let on: Vec<&str> = on.map(|(_, it)| it.sha256.as_str()).collect();
    // A full disk cannot note it, and has to be freed all the same.
    let used = store.note_media_used(&on, &here, now);
    let used = used.unwrap_or_else(|error| {
        tracing::error!(%error, "when files of the hub were used is not known");
        BTreeMap::new()
    });
    let cached: Vec<Cached> = here
        .iter()
        .map(|(hash, bytes)| Cached {
            sha256: hash.clone(),
            bytes: *bytes,
            used_at: used.get(hash).copied().unwrap_or(Timestamp::UNIX_EPOCH),
        })
        .collect();
    let wanted: Vec<Wanted> = files
        .iter()
        .map(|(named, file)| Wanted {
            sha256: file.sha256.clone(),
            bytes: file.bytes,
            on_now: named.on_now,
        })
        .collect();
    let bytes_here = here.values().sum::<u64>() + folder.all_parts_bytes()?;
    let room = room(limits.room, bytes_here, folder.free()?, limits.reserve);
    let plan = plan(&cached, &wanted, room, limits.largest);
    folder.keep_parts_of(&plan.fetch)?;
    for hash in &plan.evict {
        tracing::info!(hash, "a file of the hub makes room for others");
        ready.remove(hash);
        folder.remove(hash)?;
    }
    Ok(Looked {
        folder,
        ready,
        room,
        plan,
        damaged,
    })
}
