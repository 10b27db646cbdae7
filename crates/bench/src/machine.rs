//! What the figures were measured on.

use std::fs;

/// Date, machine and load, as docs/benchmarks.md has them. `load` is the one of the beginning.
pub fn told(load: &str) -> String {
    let cpu = value("/proc/cpuinfo", "model name");
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory: f64 = value("/proc/meminfo", "MemTotal")
        .split_whitespace()
        .next()
        .and_then(|kib| kib.parse().ok())
        .unwrap_or(0.0);
    let system = value("/etc/os-release", "PRETTY_NAME");
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let chromium = first_line("chromium", &["--version", "--no-sandbox"]);
    let commit = first_line("git", &["describe", "--always", "--dirty"]);
    format!(
        "{} UTC, commit {commit}. {cpu}, {cores} cores, {:.0} GiB; {}, Linux {}; {chromium}. Load when \
         it began: {load}.\n",
        jiff::Timestamp::now().strftime("%F %R"),
        memory / 1024.0 / 1024.0,
        system.trim_matches('"'),
        kernel.trim(),
    )
}

/// The average of the last minute, of five and of fifteen minutes.
pub fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let averages: Vec<&str> = text.split_whitespace().take(3).collect();
    averages.join(" ")
}

/// What stands behind a name and `:` or `=`.
fn value(file: &str, name: &str) -> String {
    let text = fs::read_to_string(file).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let value = line.and_then(|rest| rest.trim_start().split_at_checked(1));
    value.map_or_else(String::new, |(_, value)| value.trim().to_owned())
}

fn first_line(program: &str, arguments: &[&str]) -> String {
    let output = std::process::Command::new(program).args(arguments).output();
    let text = output.map(|output| output.stdout).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    text.lines().next().unwrap_or("unknown").trim().to_owned()
}
