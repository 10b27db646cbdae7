//! `gighall-kiosk status`: one JSON object about the store, beside a running kiosk or without one.

use crate::config::{Config, HubUrl, Problem};
use crate::devices::states_told;
use crate::media::{self, MediaFolder};
use crate::playlists::{Chosen, FromHub};
use crate::run::playing;
use crate::staff::pin;
use crate::store::{Contact, Identity, Store, StoreError};
use crate::sync::HubClock;
use serde_json::{Map, Value, json};
use std::path::Path;

/// The status of the kiosk with that configuration, of which `amiss` is not right.
///
/// # Errors
/// If the store is there and cannot be read.
pub fn status(config: &Config, amiss: &[Problem]) -> Result<Value, StoreError> {
    let identity = Identity::load(&config.data)?.filter(|known| known.hall == config.hall.id);
    let store = Store::open_beside(&config.data, config.time_zone())?;
    let device = identity.map(|it| {
        json!({
            "id": it.device, "name": it.name, "epoch": it.epoch, "hub_epoch": it.hub_epoch,
            "phone_url": it.phone_url,
        })
    });
    let url = match &config.hub.url {
        HubUrl::Embedded => "embedded",
        HubUrl::At(url) => url,
    };
    let mut status = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "hall": config.hall.id,
        "device": device,
        "jobs": {"open": 0, "total": 0},
        "workers": 0,
        "claims": {},
        "outbox": {"length": 0, "oldest": null},
        "rights": 0,
        "feed": {},
        "hub": {"url": url, "online": false, "last_contact": null, "problem": null},
        "clock_offset_ms": 0,
        "clock_untrusted": false,
        "staff_notices": [],
        "playlists": {},
        "media": {},
        "devices": states_told(&config.data),
        "staff": {"pin_set": pin::is_set(&config.data), "last": null, "emergency": null},
    });
    if let Some(fields) = status.as_object_mut() {
        of_configuration(fields, &config.data, amiss);
        if let Some(store) = store {
            fill(fields, &store, url)?;
            playlists(fields, config, &store)?;
        }
    }
    Ok(status)
}

/// What can be told where the configuration is not right: what is wrong with it, and what the kiosk that
/// runs on that data directory plays meanwhile.
pub fn without_configuration(data: &Path, amiss: &[Problem]) -> Value {
    let mut fields = Map::new();
    fields.insert("version".to_owned(), env!("CARGO_PKG_VERSION").into());
    of_configuration(&mut fields, data, amiss);
    fields.into()
}

/// What is wrong with the configuration and which of its keys wait for a restart, and what each wall plays:
/// `null` where no kiosk runs. One that runs goes on with what was good last.
fn of_configuration(fields: &mut Map<String, Value>, data: &Path, amiss: &[Problem]) {
    let mut told = playing(data).unwrap_or_default();
    let problems: Vec<String> = amiss.iter().map(Problem::to_string).collect();
    let waits = told["waits_for_restart"].take();
    let configuration = json!({"problems": problems, "waits_for_restart": waits});
    fields.insert("configuration".to_owned(), configuration);
    fields.insert("playing".to_owned(), told["walls"].take());
}

fn fill(fields: &mut Map<String, Value>, store: &Store, url: &str) -> Result<(), StoreError> {
    let contact = store.contact()?;
    let clock = HubClock::of_machine(&contact);
    let now = clock.now();
    let clock_untrusted = clock.is_untrusted(contact.last);
    let online = contact.is_live(now);
    let Contact {
        last,
        clock_offset_ms,
        problem,
        ..
    } = contact;
    let counts = store.counts(now)?;
    let outbox = store.outbox_state()?;
    let claims: Map<String, Value> = store
        .claims_by_state()?
        .into_iter()
        .map(|(state, count)| (state.code().to_owned(), count.into()))
        .collect();
    let feed: Map<String, Value> = store
        .cursors()?
        .into_iter()
        .map(|cursor| (cursor.scope.to_string(), cursor.seq.into()))
        .collect();
    let mut set = |key: &str, value: Value| fields.insert(key.to_owned(), value);
    set("jobs", json!({"open": counts.open, "total": counts.total}));
    set("workers", store.worker_count()?.into());
    set("claims", claims.into());
    set(
        "outbox",
        json!({"length": outbox.length, "oldest": outbox.oldest}),
    );
    set("rights", store.rights_held()?.into());
    set("feed", feed.into());
    set(
        "hub",
        json!({"url": url, "online": online, "last_contact": last, "problem": problem}),
    );
    set("clock_offset_ms", clock_offset_ms.into());
    set("clock_untrusted", clock_untrusted.into());
    set("staff_notices", json!(store.staff_notices()?));
    set("staff_call", json!(store.calls()?.standing(now)));
    let emergency = store.own_notice(now)?.map(|notice| notice.title);
    let last = store.staff_log(1)?.pop();
    if let Some(Value::Object(staff)) = fields.get_mut("staff") {
        staff.insert("last".to_owned(), json!(last));
        staff.insert("emergency".to_owned(), json!(emergency));
    }
    Ok(())
}

/// For each wall that is shown, the hub's playlist that it plays (`null` where it plays its own), and
/// for each file of the hub that a playlist names, whether it is here.
fn playlists(
    fields: &mut Map<String, Value>,
    config: &Config,
    store: &Store,
) -> Result<(), StoreError> {
    let hub = FromHub::load(store)?;
    let now = HubClock::of_machine(&store.contact()?).now();
    let walls: Vec<_> = config.shown_walls().collect();
    let chosen: Vec<Chosen> = walls
        .iter()
        .map(|wall| hub.choose(config, wall, now))
        .collect();
    let names = walls.iter().map(|wall| wall.name.clone());
    let playlists = chosen.iter().map(|it| json!(it.playlist));
    let playlists: Map<String, Value> = names.zip(playlists).collect();
    let wanted = media::wanted(config, &hub, &chosen, &store.media()?);
    let folder = MediaFolder::of(&config.data);
    let media = media::states(&folder, &wanted, config.media.limits());
    fields.insert("playlists".to_owned(), playlists.into());
    fields.insert("media".to_owned(), json!(media));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::{SignedDuration, Timestamp};

    #[test]
    fn a_clock_that_went_back_is_told() {
        let dir = tempfile::tempdir().expect("a directory");
        let text = format!(
            "data = {:?}\n[hall]\nid = \"weining\"\nname = \"威宁县零工市场\"\n\
             [hub]\nurl = \"embedded\"\n[wall]\nenabled = true\n",
            dir.path()
        );
        let config = crate::config::parse("kiosk.toml", &text).expect("good");
        let told = || status(&config, &[]).expect("readable")["clock_untrusted"].clone();
        assert_eq!(told(), false);
        let now = Timestamp::now();
        let store = Store::open(dir.path(), config.time_zone(), now).expect("opens");
        for (hours, untrusted) in [(-1, false), (1, true)] {
            let contact = Contact {
                last: Some(now + SignedDuration::from_hours(hours)),
                ..Contact::default()
            };
            store.note_contact(&contact).expect("kept");
            assert_eq!(told(), untrusted);
        }
    }
}
