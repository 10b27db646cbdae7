//! Which scenes a wall plays: those of the hub's playlists that were meant for it most, or those of
//! `kiosk.toml`.

use crate::config::{Config, WallConfig};
use crate::store::{Store, StoreError};
use gighall_core::playlist::{self as scenes, HubPlaylist, Scene, strongest_first};
use gighall_schema::playlist::{Understood, read_what_is_known};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// The playlists that the hub gave to this hall, as far as they are understood.
#[derive(Clone, Debug, Default)]
pub struct FromHub(Vec<(HubPlaylist, Understood)>);

/// What a wall plays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// The scenes.
    pub scenes: Vec<Scene>,
    /// The playlist of the hub that they are of; `None` where they are the configuration's.
    pub playlist: Option<String>,
    /// What staff should know of playlists that were meant for it: in English, a line each.
    pub troubles: Vec<String>,
}

impl FromHub {
    /// Reads what the hub gave.
    pub fn new(playlists: Vec<HubPlaylist>) -> Self {
        let understood = |playlist: HubPlaylist| {
            let name = format!("the hub's playlist \"{}\"", playlist.name);
            let understood = read_what_is_known(&name, &playlist.text);
            (playlist, understood)
        };
        Self(playlists.into_iter().map(understood).collect())
    }

    /// What the store has of it.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn load(store: &Store) -> Result<Self, StoreError> {
        Ok(Self::new(store.playlists()?))
    }

    /// What a wall plays at `now`. A playlist of which nothing can be played there is passed over, so
    /// that no newer hub makes a wall dark.
    pub fn choose(&self, config: &Config, wall: &WallConfig, now: Timestamp) -> Chosen {
        let names = wall.names();
        let mut troubles = vec![];
        let playlists = self.0.iter().filter(|_| wall.hub_playlists);
        let playlists = playlists.map(|(playlist, _)| playlist);
        for playlist in strongest_first(playlists, &config.hall.id, &names, now) {
            let Some(understood) = self.understood(&playlist.name) else {
                continue;
            };
            troubles.extend(
                understood
                    .problems
                    .iter()
                    .map(|it| format!("{it} (left out)")),
            );
            let scenes = understood.scenes.iter().filter(|it| it.is_for(&names));
            let scenes: Vec<Scene> = scenes.cloned().collect();
            if !scenes.is_empty() {
                return Chosen {
                    scenes,
                    playlist: Some(playlist.name.clone()),
                    troubles,
                };
            }
            troubles.push(format!(
                "the hub's playlist \"{}\" has nothing that the wall \"{}\" can play: it is passed over",
                playlist.name, wall.name
            ));
        }
        Chosen {
            scenes: config.scenes_of(wall),
            playlist: None,
            troubles,
        }
    }

    /// Every scene of every one of them.
    pub fn scenes(&self) -> impl Iterator<Item = &Scene> {
        self.0.iter().flat_map(|(_, understood)| &understood.scenes)
    }

    fn understood(&self, name: &str) -> Option<&Understood> {
        let mut all = self.0.iter();
        all.find(|(it, _)| it.name == name)
            .map(|(_, understood)| understood)
    }
}

/// What of the configuration's playlists is never on from the hall's day `today` on, a line each.
pub fn never_on(config: &Config, today: Date) -> Vec<String> {
    let calendar = config.hall.calendar();
    let is_list = matches!(config.written.get("wall"), Some(toml::Value::Array(_)));
    let mut told = vec![];
    for (n, owner) in config.walls.iter().enumerate() {
        let plays = |it: &WallConfig| it.name == owner.name || (n == 0 && it.scene.is_empty());
        let walls: Vec<Vec<String>> = config
            .shown_walls()
            .filter(|it| plays(it))
            .map(WallConfig::names)
            .collect();
        if walls.is_empty() {
            continue;
        }
        let path = match is_list {
            true => format!("wall[{n}].scene"),
            false => "wall.scene".to_owned(),
        };
        let elsewhere = owner.scene.iter().enumerate().filter_map(|(scene, it)| {
            let here = walls.iter().any(|names| it.is_for(names));
            let why = "it is only for walls that this kiosk does not show".to_owned();
            (!here).then_some((scene, why))
        });
        let never = scenes::never_on(&owner.scene, today, Some(&calendar));
        let all: BTreeMap<usize, String> = never.into_iter().chain(elsewhere).collect();
        told.extend(
            all.into_iter()
                .map(|(scene, why)| format!("{path}[{scene}] is never on: {why}")),
        );
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use gighall_core::testing::at;

    const OWN: &str = "[[wall.scene]]\nkind = \"overview\"\n";

    fn config(more: &str) -> Config {
        let text = format!(
            "[hall]\nid = \"weining\"\nname = \"威宁县零工市场\"\n[hub]\nurl = \"embedded\"\n\
             [wall]\nenabled = true\ntags = [\"outside\"]\n{more}\n{OWN}"
        );
        crate::config::parse("kiosk.toml", &text).expect("good")
    }

    fn given(name: &str, walls: &[&str], text: &str) -> HubPlaylist {
        HubPlaylist {
            name: name.to_owned(),
            halls: vec![],
            walls: walls.iter().map(|it| (*it).to_owned()).collect(),
            from: Some(at("2026-12-01T00:00:00Z")),
            until: Some(at("2026-12-08T00:00:00Z")),
            given_at: at("2026-11-24T00:00:00Z"),
            text: text.to_owned(),
        }
    }

    fn chosen(config: &Config, all: Vec<HubPlaylist>, now: &str) -> (Vec<String>, Chosen) {
        let chosen = FromHub::new(all).choose(config, &config.walls[0], at(now));
        let kinds = chosen.scenes.iter().map(|it| it.what.kind().to_owned());
        (kinds.collect(), chosen)
    }

    const DURING: &str = "2026-12-02T00:00:00Z";

    #[test]
    fn the_hub_goes_before_the_configuration_while_it_holds_unless_the_wall_keeps_its_own() {
        let jobs = || {
            vec![
                given("all", &[], "[[scene]]\nkind = \"jobs\"\n"),
                given("out", &["outside"], "[[scene]]\nkind = \"training\"\n"),
                given("in", &["inside"], "[[scene]]\nkind = \"notice\"\n"),
            ]
        };
        let (kinds, what) = chosen(&config(""), jobs(), DURING);
        assert_eq!(
            (kinds[0].as_str(), what.playlist.as_deref()),
            ("training", Some("out"))
        );
        for now in ["2026-11-30T00:00:00Z", "2026-12-08T00:00:00Z"] {
            let (kinds, what) = chosen(&config(""), jobs(), now);
            assert_eq!((kinds[0].as_str(), what.playlist), ("overview", None));
        }
        let (kinds, _) = chosen(&config("hub_playlists = false"), jobs(), DURING);
        assert_eq!(kinds, ["overview"]);
    }

    #[test]
    fn scenes_that_are_never_on_are_named() {
        let text = |walls: &str| {
            format!("[hall]\nid = \"weining\"\nname = \"市场\"\n[hub]\nurl = \"embedded\"\n{walls}")
        };
        let never = |walls: &str| {
            let config = crate::config::parse("kiosk.toml", &text(walls)).expect("good");
            never_on(&config, "2026-11-24".parse().expect("a day"))
        };
        let one = "[wall]\nenabled = true\n[[wall.scene]]\nkind = \"jobs\"\n";
        assert_eq!(never(one), [""; 0]);
        let over = "[[wall.scene]]\nkind = \"jobs\"\nwhen = { until = \"2026-11-23\" }\n";
        assert_eq!(
            never(&format!("{one}{over}")),
            ["wall.scene[1] is never on: its last day was 2026-11-23"]
        );
        // The second wall is put away, and only the first one's list is for it.
        let two = "[[wall]]\nenabled = true\n[[wall.scene]]\nkind = \"jobs\"\n\
                   [[wall.scene]]\nkind = \"jobs\"\nwalls = [\"door\"]\n\
                   [[wall]]\nname = \"door\"\n";
        assert_eq!(
            never(two),
            ["wall[0].scene[1] is never on: it is only for walls that this kiosk does not show"]
        );
        assert_eq!(never(&format!("{two}enabled = true\n")), [""; 0]);
    }

    #[test]
    fn what_a_newer_hub_says_makes_no_wall_dark() {
        let list = "[[scene]]\nkind = \"hologram\"\n[[scene]]\nkind = \"jobs\"\n";
        let (kinds, what) = chosen(&config(""), vec![given("spring", &[], list)], DURING);
        assert_eq!(kinds, ["jobs"]);
        assert!(
            what.troubles.len() == 1
                && what.troubles[0].starts_with(
                    "the hub's playlist \"spring\":2: scene[0].kind: \"hologram\" is not known"
                ),
            "{:?}",
            what.troubles
        );
        let all = vec![
            given("spring", &["wall"], "[[scene]]\nkind = \"hologram\"\n"),
            given(
                "elsewhere",
                &["outside"],
                "[[scene]]\nkind = \"jobs\"\nwalls = [\"b\"]\n",
            ),
            given("old", &[], "[[scene]]\nkind = \"notice\"\n"),
        ];
        let (kinds, what) = chosen(&config(""), all.clone(), DURING);
        assert_eq!(kinds, ["notice"]);
        assert_eq!(what.troubles.len(), 3, "{:?}", what.troubles);
        let (kinds, what) = chosen(&config(""), all[..2].to_vec(), DURING);
        assert_eq!((kinds[0].as_str(), what.playlist), ("overview", None));
    }
}
