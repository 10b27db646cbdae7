//! The hall's staff behind the fake desk: the real ones, over a store in a directory of its own.

use super::desk::NOW;
use gighall_core::testing::at;
use gighall_kiosk::anew::Anew;
use gighall_kiosk::config::{self, Config};
use gighall_kiosk::staff::{HallStaff, WallHandle};
use gighall_kiosk::store::Store;
use gighall_kiosk::sync::Sync;
use jiff::{SignedDuration, Timestamp};
use std::path::Path;
use std::sync::Arc;

/// A configuration in `dir`, with `more` at its end.
pub fn staff_config(dir: &Path, more: &str) -> Config {
    let text = format!(
        "data = {dir:?}\n[hall]\nid = \"weining\"\nname = \"威宁县零工市场\"\n\
         [hub]\nurl = \"http://127.0.0.1:9\"\n[wall]\nenabled = true\n[terminal]\nenabled = true\n{more}"
    );
    config::parse("kiosk.toml", &text).expect("good")
}

/// Staff over the store in the configuration's directory, so long after [`NOW`].
pub fn staff_of(config: &Config, later: i64, walls: Vec<WallHandle>) -> (HallStaff, Arc<Store>) {
    let now: Timestamp = at(NOW) + SignedDuration::from_secs(later);
    let store = Store::open(&config.data, config.time_zone(), now).expect("opens");
    let store = Arc::new(store);
    let engine = gighall_kiosk::run::sync_config(config, None);
    let sync = Sync::idle(store.clone(), engine, Some(now)).expect("an idle engine");
    let anew = Anew::with(&config.data.join("kiosk.toml"));
    let staff = HallStaff::new(config.clone(), store.clone(), Arc::new(sync), walls, anew);
    (staff, store)
}
