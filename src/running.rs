//! What the kiosk that runs tells other processes of itself (`gighall-kiosk status`), in small files of
//! the data directory.

use serde_json::Value;
use std::io::Write;
use std::path::Path;

/// The key of the process that tells it. What a process told that is gone is not believed.
const PROCESS: &str = "process";

/// Writes an object down, whole or not at all.
///
/// # Errors
/// If the file cannot be written.
pub fn tell(file: &Path, mut what: Value) -> std::io::Result<()> {
    what[PROCESS] = std::process::id().into();
    let fresh = file.with_extension("json.new");
    let mut out = std::fs::File::create(&fresh)?;
    out.write_all(what.to_string().as_bytes())?;
    std::fs::rename(fresh, file)
}

/// What was told last; `None` where no kiosk runs that told it.
pub fn told(file: &Path) -> Option<Value> {
    let text = std::fs::read_to_string(file).ok()?;
    let told: Value = serde_json::from_str(&text).ok()?;
    let process = told.get(PROCESS)?.as_u64()?;
    let runs = Path::new("/proc").join(process.to_string()).exists();
    runs.then_some(told)
}
