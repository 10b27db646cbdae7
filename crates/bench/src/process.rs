//! Whole programs: started, looked at through `/proc`, and ended, all of them by their ids.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// What `/proc` counts processor time in: hundredths of a second on every Linux.
const TICKS_A_SECOND: f64 = 100.0;

/// Longest that a program has for ending by itself.
const ENDS_WITHIN: Duration = Duration::from_secs(10);

/// A running program with all processes that it starts.
pub struct Running {
    child: Child,
    /// When it was started: just before `exec`.
    pub began: Instant,
}

impl Running {
    /// Starts it; what it says on stderr goes into `log`.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start(command: &mut Command, log: &Path) -> io::Result<Self> {
        command.stdin(Stdio::null()).stderr(fs::File::create(log)?);
        let began = Instant::now();
        let child = command
            .spawn()
            .map_err(|e| io::Error::new(e.kind(), format!("{command:?}: {e}")))?;
        Ok(Self { child, began })
    }

    /// What it writes to stdout, where that was piped.
    pub fn stdout(&mut self) -> Option<std::process::ChildStdout> {
        self.child.stdout.take()
    }

    /// Its process and all processes below that.
    pub fn tree(&self) -> Vec<u32> {
        let mut parents = HashMap::new();
        for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let pid = entry
                .file_name()
                .to_str()
                .and_then(|name| name.parse().ok());
            if let Some((pid, stat)) = pid.and_then(|pid| Some((pid, Stat::of(pid)?))) {
                parents.insert(pid, stat.parent);
            }
        }
        below(self.child.id(), &parents)
    }

    /// Memory, in MiB: the proportional set size of all its processes, so that a page which several
    /// of them use counts once.
    pub fn pss_mib(&self) -> f64 {
        self.tree().into_iter().filter_map(pss_mib).sum()
    }

    /// Memory of its own, in MiB: what no file lies behind. Pages of files, such as fonts and the
    /// program, are the system's to drop, and the fewer of them count the more processes use them.
    pub fn own_mib(&self) -> f64 {
        self.tree().into_iter().filter_map(own_mib).sum()
    }

    /// The most memory that its first process ever had, in MiB: its resident set, in which shared
    /// pages count whole.
    pub fn most_rss_mib(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        status
            .ok()
            .and_then(|text| kib(&text, "VmHWM:"))
            .unwrap_or(0.0)
            / 1024.0
    }

    /// Processor time of all its processes so far, in seconds. What ended already does not count.
    pub fn cpu_seconds(&self) -> f64 {
        self.tree().into_iter().map(cpu_seconds).sum()
    }

    /// Open file handles of its first process.
    pub fn handles(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.child.id())).map_or(0, Iterator::count)
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)) | Err(_))
    }

    /// Ends it by force, as a power cut would.
    pub fn kill(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }

    /// Asks it to end, waits, and ends by force whatever is left.
    pub fn stop(&mut self) {
        let of = |pid| Some((pid, Stat::of(pid)?.started));
        let tree: Vec<(u32, u64)> = self.tree().into_iter().filter_map(of).collect();
        signal("-TERM", self.child.id());
        let end = Instant::now() + ENDS_WITHIN;
        while !self.has_ended() && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(20));
        }
        // A number that another process got meanwhile has another start.
        for (pid, started) in tree {
            if Stat::of(pid).is_some_and(|stat| stat.started == started) {
                signal("-KILL", pid);
            }
        }
        self.child.wait().ok();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.has_ended() {
            self.stop();
        }
    }
}

fn signal(name: &str, pid: u32) {
    let quiet = Command::new("kill")
        .args([name, &pid.to_string()])
        .stderr(Stdio::null())
        .status();
    // It may have ended meanwhile.
    drop(quiet);
}

/// Processor time of one process so far, in seconds; none if it has ended.
pub fn cpu_seconds(pid: u32) -> f64 {
    Stat::of(pid).map_or(0.0, |stat| stat.ticks as f64 / TICKS_A_SECOND)
}

/// Memory of one process, in MiB.
pub fn pss_mib(pid: u32) -> Option<f64> {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    Some(kib(&rollup, "Pss:")? / 1024.0)
}

fn own_mib(pid: u32) -> Option<f64> {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    Some((kib(&rollup, "Pss_Anon:")? + kib(&rollup, "Pss_Shmem:")?) / 1024.0)
}

/// The number in kB behind a name at the beginning of a line.
fn kib(text: &str, name: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

/// A process and everything below it.
fn below(root: u32, parents: &HashMap<u32, u32>) -> Vec<u32> {
    let mut found = vec![root];
    let mut at = 0;
    while let Some(&parent) = found.get(at) {
        let children = parents.iter().filter(|(_, of)| **of == parent);
        found.extend(children.map(|(pid, _)| *pid));
        at += 1;
    }
    found
}

/// What `/proc/PID/stat` says.
#[derive(Debug, PartialEq, Eq)]
struct Stat {
    parent: u32,
    /// User and system time.
    ticks: u64,
    /// When it was started, since the machine was.
    started: u64,
}

impl Stat {
    fn of(pid: u32) -> Option<Self> {
        Self::parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
    }

    fn parse(text: &str) -> Option<Self> {
        // The name in brackets may hold anything.
        let (_, rest) = text.rsplit_once(')')?;
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
        Some(Self {
            parent: u32::try_from(number(1)?).ok()?,
            ticks: number(11)? + number(12)?,
            started: number(19)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stat_is_read_behind_a_name_with_brackets() {
        let text = "77 (a) b) (c) S 12 77 77 0 -1 4194560 9 8 7 6 150 25 3 2 20 0 9 0 100 5 6";
        let expected = Stat {
            parent: 12,
            ticks: 175,
            started: 100,
        };
        assert_eq!(Stat::parse(text), Some(expected));
        assert_eq!(Stat::parse("77 (gone"), None);
    }

    #[test]
    fn a_tree_has_grandchildren_and_no_strangers() {
        let parents = HashMap::from([(2, 1), (3, 2), (4, 3), (5, 1), (6, 4)]);
        let mut tree = below(2, &parents);
        tree.sort_unstable();
        assert_eq!(tree, [2, 3, 4, 6]);
    }

    #[test]
    fn kilobytes_are_read_by_their_name() {
        let text = "Rss:  10 kB\nPss:                2048 kB\nPss_Dirty: 7 kB\n";
        assert_eq!(kib(text, "Pss:"), Some(2048.0));
        assert_eq!(kib(text, "Swap:"), None);
    }
}
