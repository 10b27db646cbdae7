//! Finds what is right key by key and not together: sizes without their other side, walls of one name,
//! scenes for walls that are not there.

use super::Colour;
use crate::address::is_loopback;
use gighall_schema::{Value, Walk, get, whole};
use std::net::SocketAddr;
use std::ops::Range;
use toml::de::{DeArray, DeTable, DeValue};

/// Keys that are each right but not together.
pub fn together(walk: &mut Walk<'_>, root: &DeTable<'_>) {
    Together(walk).all(root);
}

struct Together<'a, 'w>(&'a mut Walk<'w>);

impl Together<'_, '_> {
    fn all(&mut self, root: &DeTable<'_>) {
        let walls = walls(root);
        let terminal = root.get("terminal").and_then(|it| it.get_ref().as_table());
        let terminal = terminal.map(|table| ("terminal".to_owned(), table));
        let is_enabled = |table: &DeTable<'_>| {
            table.get("enabled").and_then(|it| it.get_ref().as_bool()) == Some(true)
        };
        if !walls
            .iter()
            .chain(&terminal)
            .any(|(_, table)| is_enabled(table))
        {
            let message = "neither the wall nor the terminal is enabled; \
                           set wall.enabled or terminal.enabled to true";
            self.0.report("", &(0..0), message);
        }
        for (path, window) in walls.iter().chain(&terminal) {
            self.pair(window, path, "width", "height");
            self.pair(window, path, "x", "y");
            self.needs_size(window, path, "x");
        }
        for (path, wall) in &walls {
            self.pair(wall, path, "pitch_mm", "distance_m");
            self.needs_size(wall, path, "pitch_mm");
            self.colours(wall, path);
            if let Some(scenes) = wall.get("scene") {
                self.0.scene_list(scenes, &format!("{path}.scene"));
            }
            self.lights(wall, path);
        }
        self.several_walls(&walls);
        self.hub(root);
        self.scenes_of_walls(&walls);
        if let Some((path, terminal)) = &terminal {
            self.terminal(terminal, path);
        }
    }

    /// Tokens and names do not travel in the clear by accident.
    fn hub(&mut self, root: &DeTable<'_>) {
        let allowed = get(root, &["hub", "allow_unencrypted"]);
        let allowed = allowed.and_then(|it| it.get_ref().as_bool()) == Some(true);
        let url = get(root, &["hub", "url"]);
        let is_embedded = url.and_then(|url| url.get_ref().as_str()) == Some("embedded");
        let listen = get(root, &["hub", "listen"]).filter(|_| is_embedded);
        let is_reached = |at: &str| {
            at.parse()
                .is_ok_and(|at: SocketAddr| !at.ip().is_loopback())
        };
        if let Some(listen) = listen
            && listen.get_ref().as_str().is_some_and(is_reached)
            && !allowed
        {
            let message = "is reached from other machines, and an embedded hub does not encrypt: whoever is on \
                           the way reads names and numbers; listen on 127.0.0.1, or set hub.allow_unencrypted \
                           to true where nobody else is on that network";
            self.0.report("hub.listen", &listen.span(), message);
        }
        let Some(url) = url else {
            return;
        };
        let Some(address) = url.get_ref().as_str() else {
            return;
        };
        let is_plain = address
            .get(..7)
            .is_some_and(|it| it.eq_ignore_ascii_case("http://"));
        if is_plain && !is_loopback(address) && !allowed {
            let message = "is not encrypted: whoever is on the way reads tokens and names; give \
                           an https address, or set hub.allow_unencrypted to true";
            self.0.report("hub.url", &url.span(), message);
        }
        if let Some(pins) = get(root, &["hub", "certificate_sha256"])
            && is_plain
        {
            let message = "means nothing where hub.url is not an https address";
            self.0
                .report("hub.certificate_sha256", &pins.span(), message);
        }
    }

    fn terminal(&mut self, terminal: &DeTable<'_>, path: &str) {
        if let (Some(_), Some(second)) = (terminal.get("mm_per_pixel"), terminal.get("diagonal_mm"))
        {
            let message = "says the same as terminal.mm_per_pixel; give only one of the two";
            self.0
                .report("terminal.diagonal_mm", &second.span(), message);
        } else {
            self.needs_size(terminal, path, "diagonal_mm");
        }
    }

    /// Walls are told apart by their names, and speak one language: Slint has one for each thread.
    fn several_walls(&mut self, walls: &[(String, &DeTable<'_>)]) {
        let said = |wall: &DeTable<'_>, key: &str, otherwise: &str| {
            let given = wall.get(key).and_then(|it| it.get_ref().as_str());
            given.unwrap_or(otherwise).to_owned()
        };
        for (n, (path, wall)) in walls.iter().enumerate().skip(1) {
            let span = |key: &str| wall.get(key).map_or(0..0, |it| it.span());
            let name = said(wall, "name", "wall");
            if walls
                .iter()
                .take(n)
                .any(|(_, it)| said(it, "name", "wall") == name)
            {
                let message = format!("another wall is called \"{name}\"; give each its own name");
                let span = match wall.get("name") {
                    Some(given) => given.span(),
                    None => first_span(wall),
                };
                self.0.report(&format!("{path}.name"), &span, message);
            }
            let language = said(wall, "language", "zh-CN");
            let first = said(walls[0].1, "language", "zh-CN");
            if language != first {
                let message = format!("all walls of a kiosk speak one language; give \"{first}\"");
                self.0
                    .report(&format!("{path}.language"), &span("language"), message);
            }
        }
    }

    /// Colours that cannot be told apart from afar.
    fn colours(&mut self, wall: &DeTable<'_>, path: &str) {
        let colour = |key| {
            let text = get(wall, &["colours", key])?.get_ref().as_str()?;
            Colour::try_from(text.to_owned()).ok()
        };
        let Some(ground) = colour("ground") else {
            return;
        };
        for key in ["text", "pay"] {
            let contrast = colour(key).map(|colour| colour.contrast(ground));
            if let (Some(contrast), Some(value)) = (contrast, get(wall, &["colours", key]))
                && contrast < CONTRAST_LEAST
            {
                let message = format!(
                    "its contrast to the ground is {contrast:.1}; it needs {CONTRAST_LEAST} to be \
                     read from afar"
                );
                self.0
                    .report(&format!("{path}.colours.{key}"), &value.span(), message);
            }
        }
    }

    /// What scenes are told together with the walls that they are for: their own, or every one that
    /// has none of its own.
    fn scenes_of_walls(&mut self, walls: &[(String, &DeTable<'_>)]) {
        let own = |wall: &DeTable<'_>| wall.get("scene").is_some();
        for (n, (path, list)) in walls.iter().enumerate() {
            let scenes = list.get("scene").and_then(|it| it.get_ref().as_array());
            let Some(scenes) = scenes else { continue };
            let players: Vec<&DeTable<'_>> = walls
                .iter()
                .enumerate()
                .filter(|(other, (_, wall))| *other == n || (n == 0 && !own(wall)))
                .map(|(_, (_, wall))| *wall)
                .collect();
            for (scene, value) in scenes.iter().enumerate() {
                if let Some(table) = value.get_ref().as_table() {
                    self.names_of(table, &format!("{path}.scene[{scene}]"), &players);
                }
            }
            for wall in players {
                self.0
                    .shares(&for_wall(wall, scenes), &format!("{path}.scene"));
                self.long_scenes(wall, scenes, path);
            }
        }
    }

    /// A scene for a wall that is not there would be shown nowhere, and nobody would know why.
    fn names_of(&mut self, scene: &DeTable<'_>, path: &str, players: &[&DeTable<'_>]) {
        let known: Vec<&str> = players.iter().flat_map(|wall| names(wall)).collect();
        let wanted = scene.get("walls").and_then(|it| it.get_ref().as_array());
        for (n, name) in wanted.into_iter().flatten().enumerate() {
            if let Some(text) = name.get_ref().as_str()
                && !known.contains(&text)
            {
                self.0
                    .not_one_of(&format!("{path}.walls[{n}]"), text, &name.span(), &known);
            }
        }
    }

    /// A scene that is as long as the period in which every job is to be shown.
    fn long_scenes(&mut self, wall: &DeTable<'_>, scenes: &DeArray<'_>, path: &str) {
        let number = |value: &Value<'_>| match value.get_ref() {
            DeValue::Integer(number) => whole(number),
            _ => None,
        };
        let Some(minutes) = wall.get("every_job_within_minutes").and_then(number) else {
            return;
        };
        for (n, table) in for_wall(wall, scenes) {
            if let Some(value) = table.get("seconds")
                && number(value).is_some_and(|seconds| seconds >= minutes.saturating_mul(60))
            {
                let message = format!(
                    "is as long as the {minutes} minutes within which every job is to be on; make \
                     it shorter, or every_job_within_minutes longer"
                );
                self.0.report(
                    &format!("{path}.scene[{n}].seconds"),
                    &value.span(),
                    message,
                );
            }
        }
    }

    fn lights(&mut self, wall: &DeTable<'_>, path: &str) {
        let lights = wall.get("light").and_then(|it| it.get_ref().as_array());
        for (n, light) in lights.into_iter().flatten().enumerate() {
            if let Some(table) = light.get_ref().as_table() {
                self.0.days(table, &format!("{path}.light[{n}]"));
            }
        }
    }

    /// A key that means nothing where the window has the size of whatever monitor it is on.
    fn needs_size(&mut self, window: &DeTable<'_>, path: &str, key: &str) {
        if let Some(value) = window.get(key)
            && window.get("width").is_none()
            && window.get("height").is_none()
        {
            let message = format!("needs {path}.width and {path}.height beside it");
            self.0
                .report(&format!("{path}.{key}"), &value.span(), message);
        }
    }

    fn pair(&mut self, window: &DeTable<'_>, path: &str, one: &str, other: &str) {
        for (given, missing) in [(one, other), (other, one)] {
            if let Some(value) = window.get(given)
                && window.get(missing).is_none()
            {
                let message = format!("needs {path}.{missing} beside it");
                self.0
                    .report(&format!("{path}.{given}"), &value.span(), message);
            }
        }
    }
}

/// Text is read from afar with that contrast (WCAG 2.1, AAA).
const CONTRAST_LEAST: f64 = 7.0;

/// `[wall]`, or each `[[wall]]`, with its path.
fn walls<'a, 'i>(root: &'a DeTable<'i>) -> Vec<(String, &'a DeTable<'i>)> {
    let Some(wall) = root.get("wall") else {
        return vec![];
    };
    match wall.get_ref() {
        DeValue::Table(table) => vec![("wall".to_owned(), table)],
        DeValue::Array(array) => {
            let tables = array.iter().enumerate();
            let with_path = |(n, it): (usize, &'a Value<'i>)| {
                Some((format!("wall[{n}]"), it.get_ref().as_table()?))
            };
            tables.filter_map(with_path).collect()
        }
        _ => vec![],
    }
}

/// A wall's name and tags.
fn names<'a>(wall: &'a DeTable<'_>) -> Vec<&'a str> {
    let name = wall.get("name").and_then(|it| it.get_ref().as_str());
    let tags = wall.get("tags").and_then(|it| it.get_ref().as_array());
    let tags = tags.into_iter().flatten();
    let tags = tags.filter_map(|tag| tag.get_ref().as_str());
    std::iter::once(name.unwrap_or("wall"))
        .chain(tags)
        .collect()
}

/// The scenes that are for a wall, with their places in the list.
fn for_wall<'a, 'i>(wall: &DeTable<'_>, scenes: &'a DeArray<'i>) -> Vec<(usize, &'a DeTable<'i>)> {
    let names = names(wall);
    let tables = scenes.iter().enumerate();
    let tables = tables.filter_map(|(n, scene)| Some((n, scene.get_ref().as_table()?)));
    let is_for = |scene: &DeTable<'_>| {
        let wanted = scene.get("walls").and_then(|it| it.get_ref().as_array());
        wanted.is_none_or(|wanted| {
            let mut wanted = wanted.iter().filter_map(|name| name.get_ref().as_str());
            wanted.any(|name| names.contains(&name))
        })
    };
    tables.filter(|(_, scene)| is_for(scene)).collect()
}

/// Where a table begins, as near as its first key says it.
fn first_span(table: &DeTable<'_>) -> Range<usize> {
    let spans = table.iter().map(|(key, _)| key.span());
    spans.min_by_key(|span| span.start).unwrap_or(0..0)
}
