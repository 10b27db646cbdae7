//! Follows the configuration's file while the program runs.

use super::{Config, Problem, load};
use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// How often the file is looked at. It is small, and looking works on every file system.
const LOOK: Duration = Duration::from_secs(1);

/// A thread that looks at the file. It ends when this is dropped.
pub struct Watch {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Calls `told` on a thread of its own whenever the file has changed, with what it says now or
    /// with what is wrong in it. A file that is still being written is left alone until it stays as
    /// it is from one look to the next.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(
        path: PathBuf,
        told: impl Fn(Result<Config, Vec<Problem>>) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (stop, stopped) = channel();
        let mut changes = Changes::new(std::fs::read(&path).ok());
        let look = move || {
            while stopped.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                if changes.saw(std::fs::read(&path).ok()) {
                    told(load(&path));
                }
            }
        };
        let thread = std::thread::Builder::new()
            .name("configuration".to_owned())
            .spawn(look)?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that follows the configuration had panicked");
        }
    }
}

/// What the file held; `None` where it could not be read.
type Held = Option<Vec<u8>>;

/// Tells a change once it has stayed for two looks.
struct Changes {
    told: Held,
    last: Held,
}

impl Changes {
    fn new(held: Held) -> Self {
        Self {
            last: held.clone(),
            told: held,
        }
    }

    /// The file holds that now: whether it is to be told.
    fn saw(&mut self, now: Held) -> bool {
        let stays = now == self.last;
        let is_news = stays && now != self.told;
        if is_news {
            self.told.clone_from(&now);
        }
        self.last = now;
        is_news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_told_once_and_only_when_it_stays() {
        let held = |text: &str| Some(text.as_bytes().to_vec());
        let mut changes = Changes::new(held("old"));
        let looks = [
            (held("old"), false),
            (held("ne"), false),
            (held("new"), false),
            (held("new"), true),
            (held("new"), false),
            // Gone for a moment, as some editors do it.
            (None, false),
            (held("new"), false),
            (held("new"), false),
            (None, false),
            (None, true),
            (held("new"), false),
            (held("new"), true),
        ];
        for (n, (now, told)) in looks.into_iter().enumerate() {
            assert_eq!(changes.saw(now), told, "look {n}");
        }
    }
}
