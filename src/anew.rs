//! Starting anew in the place of this process. What the next one has to know goes with it in its
//! environment, which a program cannot change safely for itself.

use crate::config;
use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the program is to begin anew after its end.
#[derive(Clone, Debug)]
pub struct Anew {
    wanted: Arc<AtomicBool>,
    file: Arc<Path>,
}

impl Anew {
    /// It is not. `file` is the configuration that the next start reads.
    pub fn with(file: &Path) -> Self {
        Self {
            wanted: Arc::default(),
            file: file.into(),
        }
    }

    /// Whether the next start would come up: not with a configuration that is wrong beyond its playlist.
    pub fn would_start(&self) -> bool {
        config::load_to_look(&self.file).is_ok()
    }

    /// It is to, or not; what was said last counts.
    pub fn want(&self, wanted: bool) {
        self.wanted.store(wanted, Ordering::SeqCst);
    }

    /// Whether it is to.
    pub fn is_wanted(&self) -> bool {
        self.wanted.load(Ordering::SeqCst)
    }
}

/// This process's own program, also where its file has another name by now or none.
const OWN: &str = "/proc/self/exe";

/// Puts a new process in the place of this one: same number, same arguments, nothing left open, and
/// `variables` set. Where the program's file was replaced by another version, that one; where it is gone or
/// cannot be run, this version again. Comes back only with the reason why neither is possible.
pub fn start_anew(variables: &[(&str, &str)]) -> io::Error {
    let put = |program: &Path| -> io::Error {
        Command::new(program)
            .args(std::env::args_os().skip(1))
            .envs(variables.iter().copied())
            .exec()
    };
    let named = match std::env::current_exe() {
        Ok(program) => put(&as_named(&program)),
        Err(error) => error,
    };
    tracing::warn!(error = %named, "the program's file cannot be run: the version that runs begins anew");
    put(Path::new(OWN))
}

/// Linux says of a file that was replaced or removed that it is deleted, in its name.
fn as_named(program: &Path) -> PathBuf {
    let bytes = program.as_os_str().as_bytes();
    let name = bytes.strip_suffix(b" (deleted)").unwrap_or(bytes);
    PathBuf::from(OsStr::from_bytes(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_wanted_last_counts() {
        let anew = Anew::with(Path::new("/nowhere/kiosk.toml"));
        assert!(!anew.is_wanted() && !anew.would_start());
        let other = anew.clone();
        other.want(true);
        assert!(anew.is_wanted());
        // A restart that could not be written down, and then staff leave the program.
        other.want(false);
        assert!(!anew.is_wanted());
    }

    #[test]
    fn a_replaced_program_goes_by_its_name() {
        let named = |path: &str| as_named(Path::new(path));
        assert_eq!(
            named("/opt/gighall-kiosk (deleted)"),
            Path::new("/opt/gighall-kiosk")
        );
        assert_eq!(named("/opt/gighall-kiosk"), Path::new("/opt/gighall-kiosk"));
    }
}
