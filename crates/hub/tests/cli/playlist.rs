//! `gighall-hub playlist` and `media` as staff call them: real processes.

use gighall_core::playlist::HubPlaylist;
use gighall_core::wire::{Change, Cursor, Scope};
use gighall_hub::HubConfig;
use std::path::Path;
use std::process::{Command, Output};

fn hub(data: &Path, args: &[&str]) -> Output {
    let (words, rest) = args.split_at(2);
    Command::new(env!("CARGO_BIN_EXE_gighall-hub"))
        .args(words)
        .arg("--data")
        .arg(data)
        .args(rest)
        .output()
        .expect("ran")
}

fn good(data: &Path, args: &[&str]) -> String {
    let output = hub(data, args);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{args:?}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn bad(data: &Path, args: &[&str]) -> String {
    let output = hub(data, args);
    assert_eq!(output.status.code(), Some(1), "{args:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// What the hall's devices are told after that cursor.
fn told(data: &Path, hall: &str, seq: u64) -> Vec<Change> {
    let hub = gighall_hub::open_existing(&HubConfig::new(data)).expect("there");
    let scope = Scope::Hall(hall.parse().expect("a hall"));
    let changes = hub.store.changes(&Cursor { scope, seq }, 100);
    let changes = changes.expect("read").changes;
    changes.into_iter().map(|it| it.change).collect()
}

fn name_of(change: &Change) -> String {
    match change {
        Change::Playlist { playlist } => format!("+{}", playlist.name),
        Change::PlaylistRemoved { name } => format!("-{name}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn staff_give_a_playlist_change_it_and_take_it_back() {
    let dir = tempfile::tempdir().expect("a directory");
    let (data, file) = (dir.path().join("hub"), dir.path().join("spring.toml"));
    let path = file.to_str().expect("text");
    for hall in ["weining", "shuicheng"] {
        good(&data, &["hall", "set", "--hall", hall, "--name", "市场"]);
    }
    let text = "# 春季\n[[wall.scene]]\nkind = \"text\"\ntitle = \"春风行动\"\n";
    std::fs::write(&file, format!("\u{feff}{text}")).expect("written");
    let set = ["playlist", "set", "--name", "春风", path];
    good(&data, &set);
    let only = [&set[..], &["--hall", "weining", "--wall", "outside"]].concat();
    let day = ["--from", "2099-12-01", "--until", "2099-12-07"];
    good(&data, &[&only[..], &day].concat());
    let listed = good(&data, &["playlist", "list"]);
    let line = "春风\tis to come\thalls weining\twalls outside\tfrom 2099-12-01 00:00\t\
                until 2099-12-07\t1 scenes\n";
    assert_eq!(listed, line);
    assert_eq!(good(&data, &["playlist", "show", "--name", "春风"]), text);
    let names = |hall| -> Vec<String> { told(&data, hall, 1).iter().map(name_of).collect() };
    assert_eq!(names("weining"), ["+春风", "+春风"]);
    assert_eq!(names("shuicheng"), ["+春风", "-春风"]);
    let hub = gighall_hub::open_existing(&HubConfig::new(&data)).expect("there");
    let snapshot = |hall: &str| -> Vec<HubPlaylist> {
        let scope = Scope::Hall(hall.parse().expect("a hall"));
        let (_, changes) = hub.store.snapshot(&scope).expect("read");
        let lists = changes.into_iter().filter_map(|it| match it {
            Change::Playlist { playlist } => Some(*playlist),
            _ => None,
        });
        lists.collect()
    };
    assert_eq!(snapshot("weining")[0].text, text);
    assert!(snapshot("shuicheng").is_empty());
    good(&data, &["playlist", "remove", "--name", "春风"]);
    assert_eq!(names("weining"), ["+春风", "+春风", "-春风"]);
    assert!(good(&data, &["playlist", "list"]).is_empty());
}

#[test]
fn what_is_not_right_is_told_and_changes_nothing() {
    let dir = tempfile::tempdir().expect("a directory");
    let (data, file) = (dir.path().join("hub"), dir.path().join("list.toml"));
    let path = file.to_str().expect("text");
    good(
        &data,
        &["hall", "set", "--hall", "weining", "--name", "市场"],
    );
    let set = ["playlist", "set", "--name", "a", path];
    assert!(bad(&data, &set).contains("cannot read"));
    std::fs::write(&file, "[[wall.scene]]\nkind = \"jobs\"\nsecond = 9\n").expect("written");
    let said = bad(&data, &set);
    assert!(
        said.contains("list.toml:3: wall.scene[0].second: is not a key; did you mean \"seconds\"?"),
        "{said}"
    );
    let check = Command::new(env!("CARGO_BIN_EXE_gighall-hub"))
        .args(["playlist", "check", path])
        .output()
        .expect("ran");
    assert_eq!(check.status.code(), Some(1));
    std::fs::write(&file, "[[scene]]\nkind = \"jobs\"\n").expect("written");
    for (more, says) in [
        (&["--hall", "nowhere"][..], "there is no hall nowhere"),
        (&["--wall", " "], "a wall's name"),
        (&["--until", "2020-01-01"], "still to come"),
        (&["--from", "soon"], "--from is a time"),
        (
            &["--from", "2099-01-02", "--until", "2099-01-01"],
            "after --from",
        ),
    ] {
        let said = bad(&data, &[&set[..], more].concat());
        assert!(said.contains(says), "{said}");
    }
    std::fs::write(&file, "#".repeat(200_000)).expect("written");
    assert!(bad(&data, &set).contains("131072 at most"));
    assert!(good(&data, &["playlist", "list"]).is_empty());
    for command in ["show", "remove"] {
        let said = bad(&data, &["playlist", command, "--name", "b"]);
        assert!(said.contains("there is no playlist \"b\""), "{said}");
    }
}

#[test]
fn staff_keep_files_for_walls_and_what_no_name_means_any_more_is_gone() {
    let dir = tempfile::tempdir().expect("a directory");
    let data = dir.path().join("hub");
    good(
        &data,
        &["hall", "set", "--hall", "weining", "--name", "市场"],
    );
    let file = |name: &str, body: &[u8]| {
        let path = dir.path().join(name);
        std::fs::write(&path, body).expect("written");
        path.display().to_string()
    };
    let map = file("map.png", b"\x89PNG\r\n\x1a\n1");
    let added = good(&data, &["media", "add", &map]);
    let (name, hash) = added.trim().split_once('\t').expect("two");
    assert_eq!((name, hash.len()), ("map.png", 64));
    good(&data, &["media", "add", &map, "--name", "again"]);
    let list = file(
        "list.toml",
        b"[[scene]]\nkind = \"image\"\nfile = \"hub:again\"\n",
    );
    good(&data, &["playlist", "set", "--name", "a", &list]);
    let listed = good(&data, &["media", "list"]);
    let lines =
        format!("again\timage/png\t9 bytes\t{hash}\ta\nmap.png\timage/png\t9 bytes\t{hash}\t-\n");
    assert_eq!(listed, lines);
    let there = || {
        let folder = std::fs::read_dir(data.join("media")).expect("there");
        let names = folder.map(|it| it.expect("read").file_name().into_string().expect("text"));
        names.collect::<Vec<_>>()
    };
    good(&data, &["media", "remove", "--name", "map.png"]);
    assert_eq!(there(), [hash]);
    let other = file("other.jpg", b"\xff\xd8\xff\xe0 other");
    good(&data, &["media", "add", &other, "--name", "again"]);
    assert!(there().len() == 1 && there() != [hash], "{:?}", there());
    let drawing = file("a.svg", b"<svg></svg>");
    let said = bad(&data, &["media", "add", &drawing]);
    assert!(
        said.contains("is no PNG or JPEG picture and no MP4 or WebM video"),
        "{said}"
    );
    let said = bad(&data, &["media", "remove", "--name", "map.png"]);
    assert!(said.contains("there is no file \"map.png\""), "{said}");
    good(&data, &["media", "remove", "--name", "again"]);
    assert!(there().is_empty());
}

#[test]
fn a_playlist_for_a_wall_that_nobody_has_or_with_scenes_that_never_come_is_taken_with_a_warning() {
    use gighall_core::wire::{DeviceHealth, EnrolRequest};
    let dir = tempfile::tempdir().expect("a directory");
    let (data, file) = (dir.path().join("hub"), dir.path().join("list.toml"));
    let path = file.to_str().expect("text");
    for hall in ["weining", "shuicheng"] {
        good(&data, &["hall", "set", "--hall", hall, "--name", "市场"]);
    }
    let hub_here = gighall_hub::open_existing(&HubConfig::new(&data)).expect("there");
    let now = jiff::Timestamp::now();
    let hall: gighall_core::id::HallId = "weining".parse().expect("a hall");
    let code = hub_here
        .store
        .add_device(&hall, "一号", now)
        .expect("a code");
    let request = EnrolRequest {
        code,
        hall,
        public_key: "ab".repeat(32),
        version: "0.1.0".to_owned(),
        before: None,
    };
    let device = hub_here
        .store
        .enrol(&request, now)
        .expect("enrolled")
        .device;
    let health = DeviceHealth {
        walls: vec!["wall".to_owned(), "outside".to_owned()],
        ..DeviceHealth::default()
    };
    let noted = hub_here.store.note_health(device, &health, now);
    noted.expect("noted");

    std::fs::write(&file, "[[scene]]\nkind = \"jobs\"\n").expect("written");
    let set = |more: &[&str]| {
        let output = hub(
            &data,
            &[&["playlist", "set", "--name", "a", path][..], more].concat(),
        );
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{more:?}: {said}");
        let warned = |line: &&str| line.contains(" WARN ");
        said.lines().filter(warned).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(set(&[]), "");
    assert_eq!(set(&["--wall", "outside", "--hall", "weining"]), "");
    let said = set(&["--wall", "outsied"]);
    assert!(
        said.contains("the name or tag \"outsied\"") && said.contains("outside, wall"),
        "{said}"
    );
    let said = set(&["--hall", "shuicheng", "--wall", "wall"]);
    assert!(
        said.contains("no device of the hall shuicheng is in service yet")
            && said.contains("none has told of any yet"),
        "{said}"
    );
    let over = "[[scene]]\nkind = \"jobs\"\nwalls = [\"door\"]\n\
                [[scene]]\nkind = \"notice\"\nwhen = { until = \"2020-01-01\" }\n";
    std::fs::write(&file, over).expect("written");
    let said = set(&[]);
    assert!(
        said.contains("the name or tag \"door\"")
            && said.contains("scene[1] is never on: its last day was 2020-01-01"),
        "{said}"
    );
    let check = Command::new(env!("CARGO_BIN_EXE_gighall-hub"))
        .args(["playlist", "check", path])
        .output()
        .expect("ran");
    let said = String::from_utf8_lossy(&check.stdout).into_owned();
    assert!(
        check.status.success() && said.contains("scene[1] is never on"),
        "{said}"
    );
}
