//! What the hub gives to a hall's walls, on its way to the kiosk: playlists, figures, and files, which
//! come whole and right or not at all.

use crate::sync_support::*;
use gighall_core::media::{FROM_HUB, MediaFile};
use gighall_core::playlist::HubPlaylist;
use gighall_core::testing::a_hall;
use gighall_kiosk::media::{Limits, MediaFolder, MediaKeeper, Named};
use gighall_kiosk::terminal::desk::Desk;
use jiff::Timestamp;
use std::io::Result;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::runtime::Runtime;

const MIB: u64 = 1 << 20;
const LIMITS: Limits = Limits {
    room: 5 * MIB,
    largest: 4 * MIB,
    reserve: 0,
};

/// A picture, as far as anybody looks, of that many bytes, at the hub.
fn a_file(hub: &Hub, name: &str, bytes: u64) -> MediaFile {
    let mut body = b"\x89PNG\r\n\x1a\n".to_vec();
    let seed = name.len();
    body.extend((8..usize::try_from(bytes).expect("small")).map(|n| ((n * 31 + seed) % 253) as u8));
    let path = hub.data("files");
    std::fs::write(&path, &body).expect("written");
    let folder = hub.state.store.media_folder();
    let file = gighall_hub::media::take(folder, &path, name).expect("taken");
    hub.state.store.put_media(&file).expect("put");
    file
}

fn named(file: &MediaFile, on_now: bool) -> Named {
    Named {
        name: format!("{FROM_HUB}{}", file.name),
        file: Some(file.clone()),
        on_now,
    }
}

struct Kept {
    keeper: MediaKeeper,
    folder: MediaFolder,
    _runtime: Runtime,
}

fn keep(kiosk: &Kiosk, data: &Path, limits: Limits) -> Kept {
    keep_in(MediaFolder::of(data), kiosk, limits)
}

fn keep_in(folder: MediaFolder, kiosk: &Kiosk, limits: Limits) -> Kept {
    let runtime = Runtime::new().expect("a runtime");
    let keeper = MediaKeeper::start(
        runtime.handle(),
        kiosk.sync.clone(),
        kiosk.store.clone(),
        folder.clone(),
        limits,
    );
    Kept {
        keeper,
        folder,
        _runtime: runtime,
    }
}

impl Kept {
    fn has(&self, file: &MediaFile) -> bool {
        let path = self
            .keeper
            .ready()
            .get(&format!("{FROM_HUB}{}", file.name))
            .cloned();
        path.is_some_and(|path| path == self.folder.path(&file.sha256) && path.exists())
    }

    fn part(&self, file: &MediaFile) -> u64 {
        self.folder.part_bytes(file)
    }
}

fn media_told(kiosk: &Kiosk) -> Option<String> {
    let mut told = kiosk.told().into_iter();
    told.find(|it| it.code == "media").map(|it| it.detail)
}

fn at_the_hub(hub: &Hub, file: &MediaFile) -> PathBuf {
    hub.state.store.media_folder().join(&file.sha256)
}

#[test]
fn a_download_that_was_cut_off_goes_on_where_it_ended() {
    let hub = Hub::start();
    let file = a_file(&hub, "课.png", 3 * MIB);
    let cable = Cable::to(hub.address);
    cable.now(Line::Cuts("/api/v1/media/", 1 << 20));
    let kiosk = hub.kiosk("一号", cable.address);
    until("the hall's files are known", || {
        kiosk.store.media().expect("read") == [file.clone()]
    });
    let kept = keep(&kiosk, &hub.data("一号"), LIMITS);
    kept.keeper.want(vec![named(&file, true)]);
    until("a part of it is here", || kept.part(&file) > MIB / 2);
    assert!(!kept.has(&file));
    assert_eq!(
        media_told(&kiosk),
        None,
        "nobody can mend a bad line at the kiosk"
    );
    // Each attempt brings less than a third of it: only together they are the whole.
    until("it is here", || kept.has(&file));
    assert_eq!(kept.part(&file), 0);
}

#[test]
fn what_is_damaged_gone_or_unknown_is_not_shown_and_staff_are_told() {
    let hub = Hub::start();
    let damaged = a_file(&hub, "damaged", 2000);
    let gone = a_file(&hub, "gone-away", 3000);
    let good = a_file(&hub, "good", 1000);
    std::fs::write(at_the_hub(&hub, &damaged), vec![7; 2000]).expect("written");
    std::fs::remove_file(at_the_hub(&hub, &gone)).expect("there");
    let kiosk = hub.kiosk("一号", hub.address);
    until("in step", || kiosk.online());
    let kept = keep(&kiosk, &hub.data("一号"), LIMITS);
    let unknown = Named {
        name: "hub:unknown".to_owned(),
        file: None,
        on_now: true,
    };
    let wish = vec![
        unknown,
        named(&damaged, true),
        named(&gone, true),
        named(&good, true),
    ];
    kept.keeper.want(wish);
    until("staff are told of all three", || {
        let told = media_told(&kiosk).unwrap_or_default();
        told.lines().count() == 3 && kept.has(&good)
    });
    let told = media_told(&kiosk).expect("told");
    for says in [
        "hub:unknown: the hub has told of no such file",
        "hub:damaged: what came is damaged",
        "hub:gone-away: the hub does not have it any more",
    ] {
        assert!(told.contains(says), "{told}");
    }
    assert!(!kept.has(&damaged) && !kept.has(&gone));
    assert!(!kept.folder.path(&damaged.sha256).exists() && kept.part(&damaged) == 0);
    // The hub's staff see it in the list of devices.
    until("the hub knows", || {
        let devices = hub.state.store.devices().expect("read");
        devices[0]
            .health
            .notices
            .iter()
            .any(|it| it.contains("hub:damaged"))
    });
    kept.keeper.want(vec![named(&good, true)]);
    until("all is well", || media_told(&kiosk).is_none());
}

#[test]
fn what_is_too_large_is_not_fetched_and_what_nobody_names_makes_room() {
    let hub = Hub::start();
    let (old, later) = (
        a_file(&hub, "old", 2 * MIB),
        a_file(&hub, "later", 2 * MIB + 1),
    );
    let (on, huge) = (
        a_file(&hub, "on-now", 3 * MIB),
        a_file(&hub, "huge", 4 * MIB + 1),
    );
    let kiosk = hub.kiosk("一号", hub.address);
    until("in step", || kiosk.online());
    let kept = keep(&kiosk, &hub.data("一号"), LIMITS);
    kept.keeper
        .want(vec![named(&old, true), named(&later, false)]);
    until("both are here", || kept.has(&old) && kept.has(&later));
    kept.keeper.want(vec![
        named(&later, false),
        named(&on, true),
        named(&huge, true),
    ]);
    until("what is on is here", || kept.has(&on));
    assert!(!kept.folder.path(&old.sha256).exists(), "nobody names it");
    // Together they are more than there is room for, and what is on goes first.
    until("staff are told", || {
        media_told(&kiosk).is_some_and(|it| it.contains("no room"))
    });
    let told = media_told(&kiosk).expect("told");
    assert!(
        told.contains("hub:later: has no room") && told.contains("hub:huge: is too large"),
        "{told}"
    );
    assert!(!kept.folder.path(&huge.sha256).exists() && kept.part(&huge) == 0);
}

#[test]
fn a_file_that_was_damaged_here_is_fetched_again() {
    let hub = Hub::start();
    let file = a_file(&hub, "map", 100_000);
    let kiosk = hub.kiosk("一号", hub.address);
    until("in step", || kiosk.online());
    let data = hub.data("一号");
    let kept = keep(&kiosk, &data, LIMITS);
    kept.keeper.want(vec![named(&file, true)]);
    until("it is here", || kept.has(&file));
    let path = kept.folder.path(&file.sha256);
    let right = std::fs::read(&path).expect("there");
    drop(kept);
    std::fs::write(&path, vec![0; right.len()]).expect("written");
    // As after a new start.
    let kept = keep(&kiosk, &data, LIMITS);
    kept.keeper.want(vec![named(&file, true)]);
    until("it is here again", || kept.has(&file));
    assert_eq!(std::fs::read(&path).expect("there"), right);
}

/// A disk of 4 MiB, for the files of the hub and for `claims` beside them.
fn small_disk(path: &Path) -> Result<u64> {
    let data = path.ancestors().find(|it| !it.ends_with("media"));
    let data = data.expect("a data directory");
    let files = std::fs::read_dir(data.join("media"));
    let files = files.into_iter().flatten().flatten();
    let all = files.map(|it| it.path()).chain([data.join("claims")]);
    let used: u64 = all.map(|it| bytes_of(&it)).sum();
    Ok((4 * MIB).saturating_sub(used))
}

/// The same, which others fill as soon as 1 MiB of a file has come.
fn disk_that_others_fill(path: &Path) -> Result<u64> {
    let free = small_disk(path)?;
    Ok(if free > 3 * MIB { free } else { 0 })
}

fn bytes_of(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |it| it.len())
}

#[test]
fn files_leave_a_part_of_the_disk_free_for_claims() {
    let hub = Hub::start();
    let (small, large) = (a_file(&hub, "small", MIB), a_file(&hub, "large", 3 * MIB));
    let kiosk = hub.kiosk("一号", hub.address);
    until("in step", || kiosk.online());
    let data = hub.data("一号");
    let folder = MediaFolder::on(&data, small_disk);
    // It had begun while there was room.
    std::fs::create_dir_all(data.join("media")).expect("made");
    std::fs::write(folder.part(&large.sha256), vec![0; 1000]).expect("written");
    let reserve = 2 * MIB;
    let kept = keep_in(folder, &kiosk, Limits { reserve, ..LIMITS });
    kept.keeper
        .want(vec![named(&large, true), named(&small, false)]);
    until("staff are told, and the other is here", || {
        let told = media_told(&kiosk).unwrap_or_default();
        told.contains("hub:large: has no room") && told.contains("the disk") && kept.has(&small)
    });
    assert!(!kept.folder.part(&large.sha256).exists());
    // Claims fill the disk: what is not on goes.
    std::fs::write(data.join("claims"), vec![0; 1_500_000]).expect("written");
    kept.keeper.want(vec![named(&small, false)]);
    until("it makes room for claims", || {
        !kept.folder.path(&small.sha256).exists() && !kept.has(&small)
    });
}

#[test]
fn a_file_is_given_up_where_others_fill_the_disk_meanwhile() {
    let hub = Hub::start();
    let file = a_file(&hub, "course", 3 * MIB);
    let kiosk = hub.kiosk("一号", hub.address);
    until("in step", || kiosk.online());
    let folder = MediaFolder::on(&hub.data("一号"), disk_that_others_fill);
    let kept = keep_in(folder, &kiosk, LIMITS);
    kept.keeper.want(vec![named(&file, true)]);
    until("staff are told", || {
        media_told(&kiosk).is_some_and(|it| it.contains("hub:course: has no room"))
    });
    assert!(!kept.folder.part(&file.sha256).exists() && !kept.has(&file));
}

#[test]
fn a_full_disk_keeps_no_part_of_a_file() {
    let hub = Hub::start();
    let file = a_file(&hub, "course", MIB);
    let kiosk = hub.kiosk("一号", hub.address);
    until("in step", || kiosk.online());
    let data = hub.data("一号");
    let folder = MediaFolder::of(&data);
    std::fs::create_dir_all(data.join("media")).expect("made");
    // Whoever writes there is told by the system that the disk is full.
    let part = folder.part(&file.sha256);
    std::os::unix::fs::symlink("/dev/full", &part).expect("linked");
    let kept = keep_in(folder, &kiosk, LIMITS);
    kept.keeper.want(vec![named(&file, true)]);
    until("staff are told", || {
        media_told(&kiosk).is_some_and(|it| it.contains("hub:course: has no room"))
    });
    assert!(part.symlink_metadata().is_err(), "it takes no more room");
    assert!(!kept.has(&file));
}

#[test]
fn what_is_here_stays_until_it_is_known_what_is_wanted() {
    let hub = Hub::start();
    let (file, old) = (a_file(&hub, "course", 3 * MIB), a_file(&hub, "old", MIB));
    let kiosk = hub.kiosk("一号", hub.address);
    until("in step", || kiosk.online());
    let data = hub.data("一号");
    let folder = MediaFolder::of(&data);
    let half = 2 * 1024 * 1024;
    let mut body = std::fs::read(at_the_hub(&hub, &file)).expect("there");
    std::fs::create_dir_all(data.join("media")).expect("made");
    std::fs::write(folder.part(&file.sha256), &body[..half]).expect("written");
    std::fs::copy(at_the_hub(&hub, &old), folder.path(&old.sha256)).expect("copied");
    // Only whoever goes on from that half gets it right.
    body[..half].fill(0);
    std::fs::write(at_the_hub(&hub, &file), body).expect("written");
    let room = 3 * MIB;
    let kept = keep_in(folder, &kiosk, Limits { room, ..LIMITS });
    // As long as the walls take to begin.
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(kept.part(&file), half as u64);
    assert!(kept.folder.path(&old.sha256).exists());
    kept.keeper.want(vec![named(&file, true)]);
    until("it is here", || kept.has(&file));
    assert!(!kept.folder.path(&old.sha256).exists(), "it made room");
}

#[test]
fn a_file_without_a_right_hash_is_dropped() {
    let hub = Hub::start();
    let map = a_file(&hub, "map", 1000);
    let put = |name: &str, sha256: &str| {
        let file = MediaFile {
            name: name.to_owned(),
            sha256: sha256.to_owned(),
            ..map.clone()
        };
        hub.state.store.put_media(&file).expect("put");
    };
    put("evil", "../kiosk.db");
    let kiosk = hub.kiosk("一号", hub.address);
    until("the snapshot is here without it", || {
        kiosk.store.media().expect("read") == [map.clone()]
    });
    put("map", "/etc/passwd");
    put("right", &map.sha256);
    until("the feed is here without it", || {
        let files = kiosk.store.media().expect("read").into_iter();
        files.map(|it| it.name).collect::<Vec<_>>() == ["right"]
    });
}

#[test]
fn playlists_and_figures_are_kept_and_go_with_the_hubs_word() {
    let hub = Hub::start();
    let list = |name: &str, halls: &[&str]| HubPlaylist {
        name: name.to_owned(),
        halls: halls.iter().map(|it| it.parse().expect("a hall")).collect(),
        walls: vec![],
        from: None,
        until: None,
        given_at: Timestamp::now(),
        text: "[[scene]]\nkind = \"hologram\"\n".to_owned(),
    };
    let put = |it: &HubPlaylist| hub.state.store.put_playlist(it).expect("put");
    put(&list("before", &[]));
    let jobs = hub.publish(&[4]);
    let kiosk = hub.kiosk("一号", hub.address);
    let names = || -> Vec<String> {
        let all = kiosk.store.playlists().expect("read").into_iter();
        all.map(|it| it.name).collect()
    };
    until("the snapshot has it", || names() == ["before"]);
    put(&list("after", &[a_hall().as_str()]));
    until("the feed has it", || names() == ["after", "before"]);
    let other = gighall_core::hall::Hall {
        id: "elsewhere".parse().expect("a hall"),
        name: "别处".to_owned(),
        county_code: None,
        hotline: None,
        address: None,
    };
    hub.state.store.put_hall(&other).expect("put");
    put(&list("before", &["elsewhere"]));
    until("it went to another hall", || names() == ["after"]);
    hub.state.store.remove_playlist("after").expect("there");
    until("it was taken back", || names().is_empty());

    until("rights", || kiosk.rights(jobs[0].id) > 0);
    let worker = kiosk.register(1);
    confirmed(kiosk.desk.claim(&worker, jobs[0].id).expect("taken"));
    until("the hub has counted it", || {
        let figures = kiosk.store.hall_figures().expect("read");
        figures.is_some_and(|it| it.claimed == 1)
    });
}
