//! Playlists: a file with nothing but scenes, in the words that `kiosk.toml` has for them.

use crate::Problem;
use crate::check::{Value, Walk, check, get, whole};
use crate::key::{Key, Kind, key};
use crate::scenes::SCENES;
use gighall_core::playlist::{SCENES_MOST, Scene};
use std::collections::BTreeSet;
use toml::de::{DeTable, DeValue};

/// So much of the time may go to scenes with shares of their own, in percent.
const SHARES_MOST: i64 = 90;

/// `[[wall.scene]]`, as `kiosk.toml` has it, so that scenes can be carried over as they are; or
/// `[[scene]]`.
const ROOT: &[Key] = &[SCENE, key("wall", Kind::Table(&[SCENE]))];
const SCENE: Key = key("scene", Kind::Variants(SCENES));

/// What a program understands of a playlist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Understood {
    /// The scenes, in order.
    pub scenes: Vec<Scene>,
    /// What it does not understand. A scene with a problem is left out.
    pub problems: Vec<Problem>,
}

/// Reads a playlist that somebody is about to give: all of it has to be right.
///
/// # Errors
/// Every [`Problem`], in the order of lines.
pub fn read(file: &str, text: &str) -> Result<Vec<Scene>, Vec<Problem>> {
    let understood = read_what_is_known(file, text);
    match understood.problems.is_empty() {
        true => Ok(understood.scenes),
        false => Err(understood.problems),
    }
}

/// Reads a playlist that may be of a newer program: what is understood of it plays, scene by scene.
pub fn read_what_is_known(file: &str, text: &str) -> Understood {
    let mut problems = check(file, text, ROOT, together);
    let table: toml::Table = text.parse().unwrap_or_default();
    let nested = table.get("wall").and_then(|wall| wall.get("scene"));
    let listed = table.get("scene").or(nested);
    let listed = listed.and_then(toml::Value::as_array);
    let wrong: BTreeSet<usize> = problems.iter().filter_map(scene_of).collect();
    let mut scenes = vec![];
    for (n, scene) in listed.into_iter().flatten().enumerate() {
        if wrong.contains(&n) {
            continue;
        }
        match scene.clone().try_into::<Scene>() {
            Ok(scene) if scenes.len() < SCENES_MOST - 1 => scenes.push(scene),
            Ok(_) => {}
            Err(error) => problems.push(Problem {
                file: file.to_owned(),
                key: format!("scene[{n}]"),
                line: 0,
                message: error.message().to_owned(),
            }),
        }
    }
    Understood { scenes, problems }
}

/// The place of the scene that a problem is of.
fn scene_of(problem: &Problem) -> Option<usize> {
    let (_, after) = problem.key.split_once("scene[")?;
    after.split_once(']')?.0.parse().ok()
}

fn together(walk: &mut Walk<'_>, root: &DeTable<'_>) {
    let path = match root.get("scene") {
        Some(_) => "scene",
        None => "wall.scene",
    };
    if let (Some(nested), Some(_)) = (get(root, &["wall", "scene"]), root.get("scene")) {
        let message = "the file has [[scene]] too; write all of them the same way";
        walk.report("wall.scene", &nested.span(), message);
    }
    let parts: Vec<&str> = path.split('.').collect();
    let Some(scenes) = get(root, &parts) else {
        return walk.report(
            "",
            &(0..0),
            "has no scenes; give at least one [[wall.scene]]",
        );
    };
    walk.scene_list(scenes, path);
    let all = scenes.get_ref().as_array().into_iter().flatten();
    let tables = all.enumerate();
    let tables: Vec<(usize, &DeTable<'_>)> = tables
        .filter_map(|(n, scene)| Some((n, scene.get_ref().as_table()?)))
        .collect();
    let mut names: BTreeSet<&str> = tables.iter().flat_map(|(_, it)| walls_of(it)).collect();
    // A wall that no scene names.
    names.insert("");
    let before = walk.problems();
    for name in names {
        let mut of_wall = tables.clone();
        of_wall.retain(|(_, it)| it.get("walls").is_none() || walls_of(it).contains(&name));
        walk.shares(&of_wall, path);
        if walk.problems() > before {
            break;
        }
    }
}

/// The walls that a scene names.
fn walls_of<'a>(scene: &'a DeTable<'_>) -> Vec<&'a str> {
    let walls = scene.get("walls").and_then(|it| it.get_ref().as_array());
    let walls = walls.into_iter().flatten();
    walls.filter_map(|wall| wall.get_ref().as_str()).collect()
}

impl Walk<'_> {
    /// A list of scenes at `path`, but for what follows from the walls that it is for.
    pub fn scene_list(&mut self, scenes: &Value<'_>, path: &str) {
        let Some(all) = scenes.get_ref().as_array() else {
            return;
        };
        if all.is_empty() {
            let message = "is empty; give at least one [[wall.scene]], or leave it out";
            self.report(path, &scenes.span(), message);
        }
        if all.len() >= SCENES_MOST {
            let message = format!("has {} scenes; {} at most", all.len(), SCENES_MOST - 1);
            self.report(path, &scenes.span(), message);
        }
        for (n, scene) in all.iter().enumerate() {
            if let Some(table) = scene.get_ref().as_table() {
                self.days(table, &format!("{path}[{n}]"));
            }
        }
    }

    /// Scenes of one wall, with their places in the list at `path`, that take more of the time than
    /// there is.
    pub fn shares(&mut self, scenes: &[(usize, &DeTable<'_>)], path: &str) {
        let mut shares = 0;
        for (n, table) in scenes {
            if let Some(share) = table.get("share")
                && let DeValue::Integer(number) = share.get_ref()
            {
                shares += whole(number).unwrap_or(0).clamp(0, 100);
                if shares > SHARES_MOST {
                    let message = format!(
                        "all shares together are {shares} percent; {SHARES_MOST} at most, so that \
                         the other scenes have their turns"
                    );
                    self.report(&format!("{path}[{n}].share"), &share.span(), message);
                }
            }
        }
    }

    /// A `when` that ends before it begins.
    pub fn days(&mut self, table: &DeTable<'_>, path: &str) {
        let day = |key| {
            let value = get(table, &["when", key])?;
            let day: jiff::civil::Date = value.get_ref().as_str()?.parse().ok()?;
            Some((day, value.span()))
        };
        if let (Some((from, _)), Some((until, span))) = (day("from"), day("until"))
            && until < from
        {
            let message = format!("{until} is before {from}, where it begins");
            self.report(&format!("{path}.when.until"), &span, message);
        }
    }
}
