//! kiosk.toml: the sample is complete and valid; every kind of mistake is found, all at once, with
//! its key, its line and what would be right.

use gighall_kiosk::config::{self, Config, HubUrl, Language, Monitor, Problem};
use std::path::Path;

const LEAST: &str = r#"
[hall]
id = "weining"
name = "威宁县零工市场"
[hub]
url = "https://hub.example/"
[wall]
enabled = true
"#;

fn problems(text: &str) -> Vec<Problem> {
    config::parse("kiosk.toml", text).expect_err("not a good configuration")
}

/// The only problem of the least configuration with that added.
fn problem(added: &str) -> String {
    let found = problems(&format!("{LEAST}{added}"));
    assert_eq!(found.len(), 1, "{added:?}: {found:?}");
    found[0].to_string()
}

#[test]
fn the_sample_is_valid() {
    let config = config::load(Path::new("kiosk.toml")).unwrap_or_else(|all| {
        let all: Vec<String> = all.iter().map(Problem::to_string).collect();
        panic!("{}", all.join("\n"))
    });
    assert!(config.walls[0].enabled && config.terminal.enabled);
    assert_eq!(config.walls[0].scene.len(), 11);
}

#[test]
fn the_sample_has_every_key() {
    let sample = std::fs::read_to_string("kiosk.toml").expect("the sample");
    for path in config::every_key() {
        let key = path.rsplit('.').next().expect("a name");
        let set = format!("{key} = ");
        let there = sample
            .lines()
            .any(|line| line.trim_start_matches("# ").starts_with(&set));
        assert!(there, "{path} is not in kiosk.toml");
    }
}

/// What the sample shows as examples in comments has to be right as well.
#[test]
fn the_examples_in_the_sample_are_valid() {
    let sample = std::fs::read_to_string("kiosk.toml").expect("the sample");
    let keys = config::every_key();
    let is_key = |line: &str| {
        line.split_once(" = ")
            .is_some_and(|(key, _)| keys.iter().any(|path| path.rsplit('.').next() == Some(key)))
    };
    let is_table = |line: &str| line.starts_with('[') && line.ends_with(']');
    let without = ["url = \"https", "mm_per_pixel"];
    let all: Vec<&str> = sample
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(example)
                if (is_key(example) || is_table(example))
                    && !without.iter().any(|not| example.starts_with(not)) =>
            {
                example
            }
            _ => line,
        })
        .collect();
    config::parse("kiosk.toml", &all.join("\n")).expect("examples are right");
}

#[test]
fn what_is_left_out_has_a_default() {
    let config: Config = config::parse("kiosk.toml", LEAST).expect("valid");
    assert_eq!(config.hub.url, HubUrl::At("https://hub.example".to_owned()));
    assert_eq!(config.hall.zone, "Asia/Shanghai");
    assert_eq!(config.terminal.idle_seconds, 60);
    assert!(!config.terminal.enabled);
    assert_eq!(config.walls_language(), Language::default());
    assert!(!config.scenes_of(&config.walls[0]).is_empty());
}

#[test]
fn it_begins_anew_at_four_at_another_time_or_never() {
    let with = |at: &str| format!("{LEAST}[staff]\nbegins_anew = \"{at}\"\n");
    let read = |text: &str| {
        config::parse("kiosk.toml", text).map(|config: Config| config.staff.begins_anew)
    };
    let at = |hour, minute| Some(jiff::civil::Time::constant(hour, minute, 0, 0));
    assert_eq!(read(LEAST).expect("valid"), at(4, 0));
    assert_eq!(read(&with("23:30")).expect("valid"), at(23, 30));
    assert_eq!(read(&with("never")).expect("valid"), None);
    let told = problem("[staff]\nbegins_anew = \"at night\"\n");
    assert!(told.ends_with("written 08:00, or \"never\""), "{told}");
}

#[test]
fn the_terminal_has_two_sets_of_colours() {
    let with = |theme: &str| format!("{LEAST}[terminal]\ntheme = \"{theme}\"\n");
    let config: Config = config::parse("kiosk.toml", LEAST).expect("valid");
    assert_eq!(config.terminal.theme.code(), "day");
    let config = config::parse("kiosk.toml", &with("contrast")).expect("valid");
    let options = gighall_kiosk::run::terminal_options(&config, (1920, 1080));
    assert_eq!(options.theme.code(), "contrast");
    assert_eq!(problems(&with("night")).len(), 1, "that is for walls");
}

/// A kiosk with two walls.
fn two_walls(second: &str) -> String {
    LEAST.replace("[wall]", "[[wall]]") + "[[wall.scene]]\nkind = \"jobs\"\n[[wall]]\n" + second
}

#[test]
fn several_walls_have_names_and_one_language() {
    let text = two_walls("enabled = true\nname = \"door\"\ntags = [\"strip\"]");
    let config = config::parse("kiosk.toml", &text).expect("valid");
    let names: Vec<&str> = config
        .shown_walls()
        .map(|wall| wall.name.as_str())
        .collect();
    assert_eq!(names, ["wall", "door"]);
    let scenes = |n: usize| config.scenes_of(&config.walls[n]).len();
    assert_eq!(
        (scenes(0), scenes(1)),
        (1, 1),
        "the first wall's are for both"
    );
    let told = |second| problems(&two_walls(second))[0].to_string();
    let shares = |one: &str, other: &str| {
        let scene = |walls: &str| {
            format!("[[wall.scene]]\nkind = \"overview\"\nshare = 60\nwalls = [\"{walls}\"]\n")
        };
        let text = LEAST.replace("[wall]", "[[wall]]")
            + &scene(one)
            + &scene(other)
            + "[[wall.scene]]\nkind = \"rights\"\nlink = \"https://a.example/#/x?y=1\"\n"
            + "[[wall]]\nname = \"door\"";
        config::parse("kiosk.toml", &text).map(|_| ())
    };
    assert_eq!(shares("wall", "door"), Ok(()));
    assert!(shares("door", "door").is_err());
    let same = told("enabled = true");
    assert!(
        same.contains("kiosk.toml:12: wall[1].name: another wall is called \"wall\""),
        "{same}"
    );
    let other = told("name = \"door\"\nlanguage = \"en\"");
    assert!(
        other.contains("wall[1].language: all walls of a kiosk speak one"),
        "{other}"
    );
    let deep = told("name = \"door\"\n[[wall.scene]]\nkind = \"film\"");
    assert!(
        deep.contains("wall[1].scene[0].kind: \"film\" is not known"),
        "{deep}"
    );
}

#[test]
fn a_scene_is_for_the_walls_that_it_names() {
    let text = LEAST.replace("[wall]", "[[wall]]")
        + "[[wall.scene]]\nkind = \"jobs\"\n[[wall.scene]]\nkind = \"overview\"\n\
           walls = [\"strip\"]\n[[wall]]\nname = \"door\"\ntags = [\"strip\"]\n\
           [[wall]]\nname = \"own\"\n[[wall.scene]]\nkind = \"statistics\"";
    let config = config::parse("kiosk.toml", &text).expect("valid");
    let kinds = |n: usize| {
        let scenes = config.scenes_of(&config.walls[n]);
        let kinds: Vec<&str> = scenes.iter().map(|scene| scene.what.kind()).collect();
        kinds.join(" ")
    };
    assert_eq!(kinds(0), "jobs");
    assert_eq!(kinds(1), "jobs overview");
    assert_eq!(kinds(2), "statistics");
}

#[test]
fn metrics_are_for_this_machine_only() {
    let listen = |at: &str| format!("[metrics]\nlisten = \"{at}\"\n");
    for good in ["127.0.0.1:9464", "[::1]:9464"] {
        let config = config::parse("kiosk.toml", &format!("{LEAST}{}", listen(good)));
        assert!(config.expect("valid").metrics.listen.is_some(), "{good}");
    }
    assert_eq!(
        problem(&listen("0.0.0.0:9464")),
        "kiosk.toml:10: metrics.listen: \"0.0.0.0:9464\": others could read it; give a loopback \
         address like \"127.0.0.1:9464\""
    );
    assert!(problem(&listen("9464")).contains("not an address and port"));
}

#[test]
fn monitors_and_millimetres() {
    let text = format!(
        "{LEAST}monitor = 1\n[terminal]\nmonitor = \"HDMI-1\"\n\
         width = 1080\nheight = 1920\ndiagonal_mm = 546"
    );
    let config = config::parse("kiosk.toml", &text).expect("valid");
    assert_eq!(config.walls[0].monitor, Some(Monitor::Index(1)));
    assert_eq!(
        config.terminal.monitor,
        Some(Monitor::Name("HDMI-1".to_owned()))
    );
    let mm = config.terminal.mm_per_pixel(1080, 1920);
    assert!((mm - 0.2479).abs() < 0.001, "{mm}");
}

#[test]
fn a_panel_on_which_not_everything_is_seen_is_told() {
    let said = |width: u32, height: u32, diagonal_mm: f64| {
        let text = format!(
            "{LEAST}[terminal]\nenabled = true\nwidth = {width}\nheight = {height}\ndiagonal_mm = {diagonal_mm}"
        );
        gighall_kiosk::run::panel_is_small(&config::parse("kiosk.toml", &text).expect("valid"))
    };
    // The panels that the geometry tests walk.
    for (width, height, diagonal_mm) in [
        (1080, 1920, 546.0),
        (1366, 768, 396.0),
        (1366, 768, 338.0),
        (1024, 600, 257.0),
    ] {
        assert_eq!(said(width, height, diagonal_mm), None);
    }
    let small = said(1024, 600, 178.0).expect("7 inches are too small");
    assert!(small.contains("154 by 90 mm"), "{small}");
}

#[test]
fn a_relative_data_directory_lies_beside_the_file() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("kiosk.toml");
    std::fs::write(&path, LEAST).expect("written");
    let config = config::load(&path).expect("valid");
    assert_eq!(config.data, dir.path().join("data"));
}

#[test]
fn each_mistake_says_what_would_be_right() {
    let cases = [
        (
            "widht = 1920",
            "kiosk.toml:9: wall.widht: is not a key; did you mean \"width\"?",
        ),
        (
            "picture = 1",
            "is not a key; known here: enabled, name, tags, monitor, x, y, width, height, language",
        ),
        (
            "x = 0\ny = 0",
            "kiosk.toml:9: wall.x: needs wall.width and wall.height beside it",
        ),
        (
            "[[wall.scene]]\nkind = \"jobs\"\nonly = { work_kinds = [\"cooking\"] }",
            "wall.scene[0].only.work_kinds[0]: \"cooking\": not known; one of construction, ",
        ),
        (
            "[[wall.scene]]\nkind = \"overview\"\nonly = { urgent = true }",
            "wall.scene[0].only: is not a key; known here: seconds, when",
        ),
        (
            "[[wall.scene]]\nkind = \"jobs\"\nwhen = { times = [\"8-12\"] }",
            "wall.scene[0].when.times[0]: \"8-12\": not a window like \"08:00-12:00\"",
        ),
        (
            "[[wall.scene]]\nkind = \"jobs\"\n[wall.scene.when]\nfrom = \"2026-12-01\"\n\
             until = \"2026-11-01\"",
            "wall.scene[0].when.until: 2026-11-01 is before 2026-12-01, where it begins",
        ),
        (
            "[[wall.scene]]\nkind = \"jobs\"\nwhen = { from = 2026-12-01 }",
            "wall.scene[0].when.from: is a time; give a text in quotation marks",
        ),
        (
            "[terminal]\ndiagonal_mm = 546",
            "terminal.diagonal_mm: needs terminal.width and terminal.height beside it",
        ),
        (
            "language = \"zh_CN\"",
            "wall.language: \"zh_CN\" is not known; give \"zh-CN\" or \"en\" (did you mean",
        ),
        (
            "[terminal]\nidle_seconds = \"60\"",
            "kiosk.toml:10: terminal.idle_seconds: is a text; give a whole number between 15",
        ),
        (
            "[terminal.printer]\naddress = \"lp0\"",
            "terminal.printer.address: \"lp0\": not an address like \"tcp:192.168.1.50:9100\"",
        ),
        (
            "[terminal.printer]\nwidth_mm = 210",
            "terminal.printer.width_mm: 210 is impossible; between 58 and 80",
        ),
        (
            "[terminal.printer]\ncodes = \"qr\"",
            "terminal.printer.codes: \"qr\" is not known; give \"native\" or \"picture\"",
        ),
        (
            "[terminal.id_card]\nbaud = 300",
            "terminal.id_card.baud: 300 is impossible; between 1200 and 921600",
        ),
        (
            "[terminal.scanner]\nport = \"/dev/ttyACM0\"",
            "terminal.scanner.port: is not a key",
        ),
        (
            "[terminal]\nidle_seconds = 0",
            "0 is impossible; between 15 and 600",
        ),
        (
            "[terminal]\nattract_change_seconds = 0",
            "attract_change_seconds: 0 is impossible; between 4 and 60",
        ),
        (
            "[terminal]\nidle_seconds = 100000",
            "100000 is impossible; between 15 and 600",
        ),
        (
            "[terminal]\nidle_seconds = 99999999999999999999",
            "is impossible",
        ),
        (
            "[terminal]\nenabled = \"yes\"",
            "is a text; give true or false",
        ),
        (
            "[[wall.scene]]\nkind = \"jobs\"\nseconds = 0",
            "kiosk.toml:11: wall.scene[0].seconds: 0 is impossible; between 3 and 3600",
        ),
        (
            "[[wall.scene]]\nkind = \"job\"",
            "wall.scene[0].kind: \"job\" is not known; give \"jobs\" or \"spotlight\"",
        ),
        (
            "[[wall.scene]]\nseconds = 9",
            "wall.scene[0].kind: is missing; give \"jobs\"",
        ),
        (
            "[[wall.scene]]\nkind = \"text\"",
            "wall.scene[0].title: is missing",
        ),
        (
            "[[wall.scene]]\nkind = \"spotlight\"\nrows = 3",
            "wall.scene[0].rows: is not a key",
        ),
        ("scene = []", "wall.scene: is empty"),
        (
            "[[wall.scene]]\nkind = \"overview\"\nshare = 60\n[[wall.scene]]\nkind = \"jobs\"\nshare = 40",
            "kiosk.toml:14: wall.scene[1].share: all shares together are 100 percent; 90 at most",
        ),
        (
            "[[wall.scene]]\nkind = \"image\"",
            "wall.scene[0].file: is missing",
        ),
        (
            "[[wall.scene]]\nkind = \"services\"\nplaces = [{ at = \"1号窗口\" }]",
            "wall.scene[0].places[0].what: is missing",
        ),
        (
            "[[wall.light]]\nbrightness = 5",
            "wall.light[0].brightness: 5 is impossible; between 10 and 100",
        ),
        (
            "[wall.light]\nbrightness = 50",
            "wall.light: is a table; give tables, each begun with a line in [[ ]]",
        ),
        (
            "[[wall.light]]\nwhen = { from = \"2026-12-01\", until = \"2026-11-01\" }",
            "wall.light[0].when.until: 2026-11-01 is before 2026-12-01",
        ),
        (
            "[[wall.scene]]\nkind = \"jobs\"\nwalls = [\"wal\"]",
            "wall.scene[0].walls[0]: \"wal\" is not known; give \"wall\" (did you mean \"wall\"?)",
        ),
        (
            "every_job_within_minutes = 5\n[[wall.scene]]\nkind = \"overview\"\nseconds = 300",
            "kiosk.toml:12: wall.scene[0].seconds: is as long as the 5 minutes",
        ),
        (
            "[[wall.scene]]\nkind = \"rights\"\nlink = \"hall.example\"",
            "\"hall.example\": not an address like \"https://hall.example/complain\"",
        ),
        (
            "[wall.colours]\nground = \"#062260\"\ntext = \"blue\"\npay = \"#ffd84a\"",
            "wall.colours.text: \"blue\": not a colour like \"#062260\"",
        ),
        (
            "[wall.colours]\nground = \"#062260\"\ntext = \"#ffffff\"\npay = \"#3060c0\"",
            "wall.colours.pay: its contrast to the ground is 2.5; it needs 7",
        ),
        (
            "[wall.ticker]\ncharacters_per_second = 9",
            "9 is impossible; between 0.5 and 4",
        ),
        (
            "[wall.ticker]\ncharacters_per_second = nan",
            "nan is impossible",
        ),
        (
            "[wall.ticker]\ntexts = [\"a\", 1]",
            "wall.ticker.texts[1]: is a whole number; give a text",
        ),
        (
            "[wall.ticker]\ntexts = \"a\"",
            "wall.ticker.texts: is a text; give a list of texts",
        ),
        ("width = 1920", "wall.width: needs wall.height beside it"),
        ("y = 0", "wall.y: needs wall.x beside it"),
        ("monitor = -1", "monitors are counted from 0"),
        (
            "[terminal]\nmm_per_pixel = 0.25\ndiagonal_mm = 546",
            "give only one of the two",
        ),
        ("terminal = 3", "wall.terminal: is not a key"),
        ("[ticker]", "ticker: is not a key"),
    ];
    for (added, expected) in cases {
        let found = problem(added);
        assert!(found.contains(expected), "{added:?} gives {found:?}");
    }
}

#[test]
fn hall_and_hub_are_checked() {
    let cases = [
        (
            "id = \"weining\"",
            "id = \"威宁\"",
            "hall.id: \"威宁\": a hall's id has 1 to 40",
        ),
        (
            "name = \"威宁县零工市场\"",
            "name = \" \"",
            "hall.name: is empty",
        ),
        (
            "name = \"威宁县零工市场\"",
            "",
            "kiosk.toml:2: hall.name: is missing",
        ),
        (
            "name = \"威宁县零工市场\"",
            "name = \"x\"\nzone = \"Asia/Beijing\"",
            "hall.zone: \"Asia/Beijing\": no such time zone",
        ),
        ("https://hub.example/", "ftp://hub", "or \"embedded\""),
        ("https://hub.example/", "hub.example", "not an address like"),
        (
            "[wall]",
            "listen = \"8080\"\n[wall]",
            "hub.listen: \"8080\": not an address and port",
        ),
        (
            "enabled = true",
            "enabled = false",
            "neither the wall nor the terminal",
        ),
    ];
    for (from, to, expected) in cases {
        let found = problems(&LEAST.replace(from, to));
        assert_eq!(found.len(), 1, "{found:?}");
        let found = found[0].to_string();
        assert!(found.contains(expected), "{to:?} gives {found:?}");
    }
}

#[test]
fn all_problems_are_told_at_once_in_the_order_of_lines() {
    let text = r#"
dat = "x"
[hall]
id = "UPPER"
[hub]
url = 5
[wall]
enabled = 1
"#;
    let found = problems(text);
    let lines: Vec<(usize, &str)> = found.iter().map(|p| (p.line, p.key.as_str())).collect();
    assert_eq!(
        lines,
        [
            (1, ""),
            (2, "dat"),
            (3, "hall.name"),
            (4, "hall.id"),
            (6, "hub.url"),
            (8, "wall.enabled"),
        ]
    );
}

#[test]
fn what_is_not_toml_is_told_with_its_line() {
    let found = problems("[hall]\nid = \"x\"\nname = \"unclosed\n[hub\nurl = 1 2\n");
    let lines: Vec<usize> = found.iter().map(|p| p.line).collect();
    assert!([3, 4].iter().all(|line| lines.contains(line)), "{found:?}");
    assert!(found.iter().all(|p| p.message.contains("not TOML")));
    let found = problems(&"x".repeat(10_000));
    assert!(!found.is_empty());
}

#[test]
fn a_file_that_is_not_there_is_told() {
    let found = config::load(Path::new("/nowhere/kiosk.toml")).expect_err("not there");
    assert!(
        found[0]
            .to_string()
            .starts_with("/nowhere/kiosk.toml: cannot be read")
    );
}

/// Whoever only looks goes on with a playlist that is not right, and is told.
#[test]
fn a_broken_playlist_does_not_keep_anybody_from_looking() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("kiosk.toml");
    let look = |added: &str| {
        std::fs::write(&path, format!("{LEAST}{added}")).expect("written");
        config::load_to_look(&path)
    };
    let (_, told) = look("[[wall.scene]]\nkind = \"jobs\"\n").expect("right");
    assert_eq!(told, []);
    for broken in [
        "[[wall.scene]]\nkind = \"jbos\"\n",
        "[[wall.scene]]\nkind = \"jobs\"\nsecond = 5\n",
        "[[wall.scene]]\nkind = \"jobs\"\nseconds = \"long\"\n",
        "scene = []\n",
    ] {
        let (config, told) = look(broken).expect("goes on");
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(
            told[0].key.starts_with("wall.scene") && told[0].line >= 9,
            "{told:?}"
        );
        assert_eq!(config.data, dir.path().join("data"));
        let built_in = gighall_core::playlist::default_scenes();
        assert_eq!(config.scenes_of(&config.walls[0]), built_in);
        assert!(config::load(&path).is_err());
    }
    std::fs::write(
        &path,
        two_walls("name = \"door\"\n[[wall.scene]]\nkind = \"film\""),
    )
    .expect("written");
    let (config, told) = config::load_to_look(&path).expect("goes on");
    assert_eq!((config.walls.len(), told.len()), (2, 1), "{told:?}");
    let told = look("[[wall.scene]]\nkind = \"jbos\"\n[termnal]\n").expect_err("more than that");
    assert_eq!(told.len(), 2, "{told:?}");
}

#[test]
fn status_and_snapshot_say_what_is_broken_and_go_on() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("kiosk.toml");
    let text = format!("{LEAST}width = 320\nheight = 180\n[[wall.scene]]\nkind = \"jbos\"\n");
    std::fs::write(&path, text).expect("written");
    let run = |args: &[&str]| {
        std::process::Command::new(env!("CARGO_BIN_EXE_gighall-kiosk"))
            .args(args)
            .arg("--config")
            .arg(&path)
            .output()
            .expect("ran")
    };
    let status = run(&["status"]);
    let said = String::from_utf8_lossy(&status.stderr).into_owned();
    assert!(
        status.status.success() && said.contains("wall.scene[0].kind"),
        "{said}"
    );
    assert!(String::from_utf8_lossy(&status.stdout).starts_with('{'));
    let zone = jiff::tz::TimeZone::UTC;
    let now = jiff::Timestamp::now();
    let store = gighall_kiosk::store::Store::open(&dir.path().join("data"), zone, now);
    drop(store.expect("a store"));
    let draw = |out: &str| run(&["snapshot", "--window", "wall", "--out", out]);
    let out = dir.path().join("wall.png");
    let drawn = draw(out.to_str().expect("a path"));
    assert!(drawn.status.success() && out.exists(), "{drawn:?}");
    assert!(String::from_utf8_lossy(&drawn.stderr).contains("wall.scene[0].kind"));
    let nowhere = draw("/nowhere/wall.png");
    assert_eq!(nowhere.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&nowhere.stderr).contains("/nowhere/wall.png: "));
}

#[test]
fn names_and_tokens_do_not_travel_in_the_clear_by_accident() {
    let of = |hub: &str| LEAST.replace("url = \"https://hub.example/\"", hub);
    for plain in ["http://10.0.0.5:8080", "HTTP://hub.example"] {
        let found = problems(&of(&format!("url = \"{plain}\"")));
        assert_eq!(found.len(), 1, "{plain}: {found:?}");
        let told = found[0].to_string();
        assert!(
            told.contains("hub.url") && told.contains("allow_unencrypted"),
            "{told}"
        );
        let meant = of(&format!("url = \"{plain}\"\nallow_unencrypted = true"));
        assert!(config::parse("kiosk.toml", &meant).is_ok(), "{plain}");
    }
    for good in [
        "http://127.0.0.1:8600",
        "http://[::1]:8600",
        "https://10.0.0.5",
        "embedded",
    ] {
        let text = of(&format!("url = \"{good}\""));
        assert!(config::parse("kiosk.toml", &text).is_ok(), "{good}");
    }
    for (at, is_good) in [
        ("127.0.0.1:8080", true),
        ("[::1]:8080", true),
        ("0.0.0.0:8080", false),
        ("192.168.1.20:8080", false),
        ("[::]:8080", false),
    ] {
        let text = of(&format!("url = \"embedded\"\nlisten = \"{at}\""));
        match is_good {
            true => assert!(config::parse("kiosk.toml", &text).is_ok(), "{at}"),
            false => {
                let found = problems(&text);
                assert!(
                    found[0].to_string().contains("hub.listen"),
                    "{at}: {found:?}"
                );
                let meant = text.replace("listen", "allow_unencrypted = true\nlisten");
                assert!(config::parse("kiosk.toml", &meant).is_ok(), "{at}");
            }
        }
    }
    let pin = format!("certificate_sha256 = [\"{}\"]", "ab".repeat(32));
    let text = of(&format!("url = \"https://hub.example\"\n{pin}"));
    assert!(config::parse("kiosk.toml", &text).is_ok());
    let text = of(&format!("url = \"http://127.0.0.1:8600\"\n{pin}"));
    assert_eq!(problems(&text).len(), 1, "a pin that pins nothing");
    let text = of("url = \"https://hub.example\"\ncertificate_sha256 = [\"ab\"]");
    assert!(problems(&text)[0].to_string().contains("openssl x509"));
}
