//! Which keys wait for a restart when the file is changed while the program runs.

use toml::{Table, Value};

/// Keys of `[wall]` that walls follow while they run, and those that only `check` reads.
const WALL_AT_ONCE: &[&str] = &[
    "tags",
    "language",
    "pitch_mm",
    "distance_m",
    "text_px",
    "theme",
    "colours",
    "logo",
    "pixel_shift",
    "light",
    "every_job_within_minutes",
    "hub_playlists",
    "scene",
    "ticker",
];

/// The same of `[hall]`: what playlists and light go by.
const HALL_AT_ONCE: &[&str] = &["holidays", "workdays"];

/// The paths of the keys that are other than at the start and have no effect before the next one.
pub fn waiting(started: &Table, now: &Table) -> Vec<String> {
    let mut paths = vec![];
    tables("", started, now, &mut paths);
    paths.retain(|path| !is_at_once(path));
    paths
}

fn tables(path: &str, one: &Table, other: &Table, paths: &mut Vec<String>) {
    let added = other.keys().filter(|key| !one.contains_key(*key));
    for key in one.keys().chain(added) {
        let path = match path {
            "" => key.clone(),
            path => format!("{path}.{key}"),
        };
        values(path, one.get(key), other.get(key), paths);
    }
}

fn values(path: String, one: Option<&Value>, other: Option<&Value>, paths: &mut Vec<String>) {
    let none = Table::new();
    match (one, other) {
        (one, other) if one == other => {}
        (Some(Value::Table(one)), Some(Value::Table(other))) => tables(&path, one, other, paths),
        // The keys of a section that came or went.
        (Some(Value::Table(one)), None) => tables(&path, one, &none, paths),
        (None, Some(Value::Table(other))) => tables(&path, &none, other, paths),
        (Some(Value::Array(one)), Some(Value::Array(other)))
            if path == "wall" && one.len() == other.len() =>
        {
            for (n, (one, other)) in one.iter().zip(other).enumerate() {
                values(format!("{path}[{n}]"), Some(one), Some(other), paths);
            }
        }
        _ => paths.push(path),
    }
}

fn is_at_once(path: &str) -> bool {
    let mut parts = path.split('.');
    let (section, key) = (parts.next().unwrap_or_default(), parts.next());
    let at_once = match section.split('[').next() {
        Some("wall") => WALL_AT_ONCE,
        Some("hall") => HALL_AT_ONCE,
        _ => return false,
    };
    key.is_some_and(|key| at_once.contains(&key))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(started: &str, now: &str) -> Vec<String> {
        let table = |text: &str| text.parse::<Table>().expect("TOML");
        waiting(&table(started), &table(now))
    }

    #[test]
    fn what_walls_do_not_follow_is_named() {
        let none: [&str; 0] = [];
        let start = "data = \"a\"\n[hub]\nurl = \"embedded\"\n[wall]\nenabled = true\n";
        assert_eq!(waits(start, start), none);
        let followed = "theme = \"night\"\nticker = { texts = [\"x\"] }\n[hall]\nholidays = []\n";
        assert_eq!(waits(start, &format!("{start}{followed}")), none);
        assert_eq!(
            waits(
                start,
                "data = \"b\"\n[hub]\nurl = \"embedded\"\nlisten = \"127.0.0.1:1\"\n\
                 [wall]\nenabled = true\nwidth = 320\n[terminal.printer]\nbaud = 9600\n"
            ),
            ["data", "hub.listen", "wall.width", "terminal.printer.baud"]
        );
        assert_eq!(waits(start, "data = \"a\""), ["hub.url", "wall.enabled"]);
    }

    #[test]
    fn of_several_walls_each_is_looked_at() {
        let start = "[[wall]]\nname = \"a\"\n[[wall]]\nname = \"b\"\n";
        let now = "[[wall]]\nname = \"a\"\ntext_px = 20\n[[wall]]\nname = \"c\"\n";
        assert_eq!(waits(start, now), ["wall[1].name"]);
        assert_eq!(waits(start, "[[wall]]\nname = \"a\"\n"), ["wall"]);
    }
}
