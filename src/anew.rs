//! Starting anew in the place of this process. What the next one has to know goes with it in its
//! environment, which a program cannot change safely for itself.

use std::os::unix::process::CommandExt;
use std::process::Command;

/// Puts a new process in the place of this one: same number, same arguments, nothing left open, and
/// `variables` set. Comes back only with the reason why that is not possible.
pub fn start_anew(variables: &[(&str, &str)]) -> std::io::Error {
    match std::env::current_exe() {
        Ok(program) => Command::new(program)
            .args(std::env::args_os().skip(1))
            .envs(variables.iter().copied())
            .exec(),
        Err(error) => error,
    }
}
