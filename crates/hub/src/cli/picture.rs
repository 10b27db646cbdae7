//! `picture`: what a wall really shows.

use super::shared::{open, print};
use super::{CliError, PictureArgs};
use jiff::Timestamp;
use std::time::{Duration, Instant};

/// How often it is looked whether the picture came.
const LOOK: Duration = Duration::from_millis(300);

/// `picture`
pub fn run(args: &PictureArgs) -> Result<(), CliError> {
    let (_, store) = open(&args.data)?;
    let device = args.device.as_deref();
    let id = store.ask_picture(&args.hall, device, Timestamp::now())?;
    tracing::info!(hall = %args.hall, device, request = %id, "a picture of the wall is asked for");
    let end = Instant::now() + Duration::from_secs(args.wait.into());
    loop {
        let wanted = |name: &str| args.wall.as_deref().is_none_or(|wall| wall == name);
        let mut came = store.pictures(id)?.into_iter();
        if let Some(picture) = came.find(|picture| wanted(&picture.wall)) {
            std::fs::write(&args.out, &picture.png).map_err(|cause| {
                CliError::Io(format!("cannot write {}", args.out.display()), cause)
            })?;
            return print([format!("{}\t{}", picture.wall, picture.taken_at)]);
        }
        if Instant::now() >= end {
            return Err(CliError::Value(
                "no picture came: the device is off or out of reach, shows no wall, or is too old",
            ));
        }
        std::thread::sleep(LOOK);
    }
}
