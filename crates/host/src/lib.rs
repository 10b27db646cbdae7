//! What gighall's programs need of the machine they run on: private files, the secret key and
//! logging. Kept apart from `gighall-core`, which touches no file.

#[cfg(feature = "testing")]
pub mod simulated;

use std::fs::{self, File, OpenOptions};
use std::io::{self, IsTerminal, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::mpsc::Receiver;
use tokio::task::{JoinError, JoinHandle};
use tracing_subscriber::EnvFilter;

/// The environment variable that holds the secret key where it is not to lie in a file: 64
/// hexadecimal digits.
pub const SECRET_KEY_VARIABLE: &str = "GIGHALL_SECRET_KEY";

/// Name of the key file in a program's data directory.
pub const SECRET_KEY_FILE: &str = "secret.key";

/// SQLite's `cache_size` for each connection: 512 KiB of pages, told as a negative number. The system
/// keeps the file's pages once for all connections; what each keeps beside that grows for hours.
pub const SQLITE_CACHE: i32 = -512;

/// Why there is no secret key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or created.
    #[error("cannot read or create the key file {path}: {cause}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// Others may read the file.
    #[error("the key file {0} may be read by others: chmod 600 it")]
    TooOpen(PathBuf),
    /// The text is not a key.
    #[error("{0} does not hold 64 hexadecimal digits")]
    NotAKey(String),
    /// There is none beside data that was written with one.
    #[error(
        "there is no key file {0}: bring back the one that the data was written with, or set \
         {SECRET_KEY_VARIABLE}"
    )]
    Missing(PathBuf),
    /// The system gave no random numbers.
    #[error("the system gives no random numbers: {0}")]
    NoRandomness(String),
}

/// The secret key of the program whose data lies in `dir`: from the environment, else from the
/// key file, which is created with permissions 0600 at the first start.
///
/// # Errors
/// [`KeyError`].
pub fn secret_key(dir: &Path) -> Result<[u8; 32], KeyError> {
    if let Some(key) = kept_key(dir)? {
        return Ok(key);
    }
    let path = dir.join(SECRET_KEY_FILE);
    let io_error = |cause| KeyError::Io {
        path: path.clone(),
        cause,
    };
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|e| KeyError::NoRandomness(e.to_string()))?;
    fs::create_dir_all(dir).map_err(io_error)?;
    match create_private(&path, hex::encode(key).as_bytes()) {
        Ok(()) => Ok(key),
        // Another program of ours made it in the same moment: that key counts.
        Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => secret_key(dir),
        Err(cause) => Err(io_error(cause)),
    }
}

/// The same for data that is there: its key is never made anew.
///
/// # Errors
/// [`KeyError`]; [`KeyError::Missing`] where there is none.
pub fn existing_secret_key(dir: &Path) -> Result<[u8; 32], KeyError> {
    kept_key(dir)?.ok_or_else(|| KeyError::Missing(dir.join(SECRET_KEY_FILE)))
}

/// The key in the environment or in the file, if there is one.
fn kept_key(dir: &Path) -> Result<Option<[u8; 32]>, KeyError> {
    if let Ok(text) = std::env::var(SECRET_KEY_VARIABLE) {
        return parse_key(&text)
            .map(Some)
            .ok_or_else(|| KeyError::NotAKey(format!("${SECRET_KEY_VARIABLE}")));
    }
    let path = dir.join(SECRET_KEY_FILE);
    let io_error = |cause| KeyError::Io {
        path: path.clone(),
        cause,
    };
    let mut file = match File::open(&path) {
        Ok(file) => file,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(io_error(cause)),
    };
    let mode = file.metadata().map_err(io_error)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(KeyError::TooOpen(path));
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(io_error)?;
    parse_key(&text)
        .map(Some)
        .ok_or_else(|| KeyError::NotAKey(path.display().to_string()))
}

fn parse_key(text: &str) -> Option<[u8; 32]> {
    let mut key = [0; 32];
    hex::decode_to_slice(text.trim(), &mut key).ok()?;
    Some(key)
}

/// Writes a file that only its owner may read (0600), whole or not at all: beside it first, synced
/// to disk, then renamed into place.
///
/// # Errors
/// As the file system gives them.
pub fn write_private(path: &Path, contents: &[u8]) -> io::Result<()> {
    let beside = write_beside(path, contents)?;
    fs::rename(&beside, path)?;
    sync_directory(path)
}

/// The same for a file that must not be there yet.
fn create_private(path: &Path, contents: &[u8]) -> io::Result<()> {
    let beside = write_beside(path, contents)?;
    // A hard link is made only where nothing is, in one step.
    let linked = fs::hard_link(&beside, path);
    fs::remove_file(&beside)?;
    linked?;
    sync_directory(path)
}

/// Writes a new file beside `path` and gives its name, which no other process uses.
fn write_beside(path: &Path, contents: &[u8]) -> io::Result<PathBuf> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.new", std::process::id()));
    let beside = PathBuf::from(beside);
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)?;
    file.write_all(contents)?;
    file.sync_all()?;
    Ok(beside)
}

fn sync_directory(path: &Path) -> io::Result<()> {
    match path.parent().filter(|dir| !dir.as_os_str().is_empty()) {
        Some(dir) => File::open(dir)?.sync_all(),
        None => Ok(()),
    }
}

/// Logs to stderr, as `RUST_LOG` says, by default `info`.
pub fn init_logging() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .init();
}

/// Does what blocks, a disk's work, off the async threads.
pub fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    #[cfg(feature = "testing")]
    if simulated::is_on() {
        return tokio::spawn(async { work() });
    }
    tokio::task::spawn_blocking(work)
}

/// What such work gave, or how it panicked. Work that the runtime's end keeps from being begun gives nothing: then this
/// waits for the end, which is the asking task's as well, so that nobody takes it for a failure.
///
/// # Errors
/// A panic of the work.
pub async fn ended<T>(work: JoinHandle<T>) -> Result<T, JoinError> {
    match work.await {
        Err(error) if error.is_cancelled() => std::future::pending().await,
        joined => joined,
    }
}

/// Waits, on this thread, for what an async one says; `None` if it will never say anything.
pub fn wait_for<T>(answer: &Receiver<T>) -> Option<T> {
    #[cfg(feature = "testing")]
    if simulated::is_on() {
        return simulated::wait_for(answer);
    }
    answer.recv().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn work_that_the_runtimes_end_keeps_from_beginning_has_not_failed() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .max_blocking_threads(1)
            .enable_time()
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let (let_go, held) = std::sync::mpsc::channel::<()>();
            let busy = off_thread(move || held.recv());
            let never = off_thread(|| ());
            // As a runtime does at its end with what nobody has begun.
            never.abort();
            let waits = tokio::time::timeout(Duration::from_millis(50), ended(never));
            assert!(waits.await.is_err(), "it waits for the end");
            let_go.send(()).expect("waited for");
            assert_eq!(ended(busy).await.expect("done"), Ok(()));
            let panicked = ended(off_thread(|| panic!("as it should"))).await;
            assert!(panicked.is_err_and(|error: JoinError| error.is_panic()));
        });
    }

    #[test]
    fn the_key_is_made_once_and_kept_private() {
        let dir = tempfile::tempdir().expect("a directory");
        let none = existing_secret_key(dir.path());
        assert!(matches!(none, Err(KeyError::Missing(_))));
        let key = secret_key(dir.path()).expect("made");
        assert_eq!(existing_secret_key(dir.path()).expect("read"), key);
        assert_eq!(secret_key(dir.path()).expect("read"), key);
        let path = dir.path().join(SECRET_KEY_FILE);
        let mode = fs::metadata(&path).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("chmod");
        assert!(matches!(secret_key(dir.path()), Err(KeyError::TooOpen(_))));
    }

    #[test]
    fn a_key_that_is_there_is_never_replaced() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join(SECRET_KEY_FILE);
        create_private(&path, b"first").expect("made");
        let again = create_private(&path, b"second").expect_err("there already");
        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).expect("there"), b"first");
        assert_eq!(fs::read_dir(dir.path()).expect("there").count(), 1);
    }

    #[test]
    fn a_damaged_key_is_not_replaced() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join(SECRET_KEY_FILE);
        write_private(&path, b"half a k").expect("written");
        assert!(matches!(secret_key(dir.path()), Err(KeyError::NotAKey(_))));
        assert_eq!(fs::read(&path).expect("there"), b"half a k");
    }
}
