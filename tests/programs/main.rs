//! The programs as they ship, each in a process of its own.

mod devices_cli;
#[path = "../faults_support/disk.rs"]
mod disk;
mod hub_playlist;
mod metrics;
mod one_hall;
mod secrets_in_logs;
mod seen_afar;
mod snapshot;
mod staff_at_the_terminal;
mod status;
#[path = "../support/mod.rs"]
mod support;
mod wall_full_disk;
mod wall_outputs;
mod wall_video;
mod wall_watched;
mod wall_wayland;
