//! A day in a hall, played with the real programs: hub, kiosk with wall and terminal on a real
//! display, phones in a real browser and over HTTP, a finger on the glass, and a network cable that is pulled.

use crate::support::finger::{Finger, SIZE};
use crate::support::{
    Cable, Display, HALL, Hub, Kiosk, eventually, free_address, hub_command, job_in, kiosk_config,
};
use gighall_core::claim::ClaimState;
use gighall_core::id::{HallId, JobId};
use gighall_core::identity::IdNumber;
use gighall_core::job::Job;
use gighall_core::testing::an_id_number;
use gighall_core::wire::ClaimWithJob;
use gighall_hub::{HubConfig, HubState};
use gighall_kiosk::store::Store;
use gighall_testkit::{Browser, Driver, Phone, codes_in};
use std::collections::HashSet;
use std::path::Path;

/// Listings of a small morning. The second row is not good.
const LISTINGS: &str = "\
编号,岗位,工种,用工单位,人数,工资,结算方式,乡镇,地点,开始时间,结束时间
A1,砌砖小工,建筑,草海建筑队,1,200-260元/天,日结,草海镇,草海镇建设东路工地,后天 8:00,后天 18:00
A2,糊涂账,建筑,草海建筑队,三五个,200元/天,日结,草海镇,草海镇建设东路,后天 8:00,后天 18:00
A3,抹灰工,建筑,草海建筑队,6,240元/天,日结,草海镇,草海镇建设东路工地,3天后 8:00,3天后 18:00
A4,苹果采摘,农活,黑石果园,8,130元/天,日结,黑石头镇,黑石头镇果园,4天后 8:00,4天后 17:00
A5,钢筋工,建筑,草海建筑队,1,300元/天,日结,草海镇,草海镇环城路工地,5天后 8:00,5天后 18:00
A6,水电工,建筑,草海建筑队,1,320元/天,日结,草海镇,草海镇环城路工地,6天后 8:00,6天后 18:00
";

/// One hall with everything in it.
struct House {
    dir: tempfile::TempDir,
    hub: Hub,
    cable: Cable,
    display: Display,
    kiosk: Kiosk,
    hall: HallId,
}

impl House {
    /// The morning: staff import the list, enrol the kiosk and switch everything on.
    fn open() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let data = dir.path().join("hub");
        hub_command(
            &data,
            &["hall", "set", "--hall", HALL, "--name", "威宁县零工市场"],
        );
        let list = dir.path().join("today.csv");
        std::fs::write(&list, LISTINGS).expect("written");
        let list = list.display().to_string();
        let printed = import(&data, &list);
        assert_eq!(
            printed.lines().last(),
            Some("imported 5, updated 0, unchanged 0, rejected 1")
        );
        assert!(
            printed.contains("line 3, column 人数: "),
            "the bad row is named: {printed}"
        );

        let address = free_address();
        let hub = Hub::serve(&data, Some(address), &format!("http://{address}"));
        let cable = Cable::to(hub.address);
        let code = hub.command(&["device", "add", "--hall", HALL, "--name", "一号终端"]);
        let config = kiosk_config(dir.path(), cable.address, Some(&code), &windows());
        let display = Display::start("3840x1080");
        let kiosk = Kiosk::run(&config, &display);
        let house = Self {
            dir,
            hub,
            cable,
            display,
            kiosk,
            hall: HALL.parse().expect("an id"),
        };
        eventually("the kiosk is in sync", || {
            (house.status("/jobs/open") == 5 && house.status("/rights") == 3).then_some(())
        });
        house
    }

    fn status(&self, pointer: &str) -> serde_json::Value {
        self.kiosk
            .status()
            .pointer(pointer)
            .cloned()
            .unwrap_or_default()
    }

    /// What staff are told, as `status` with that good configuration says it.
    fn notices(&self, good: &str) -> Vec<serde_json::Value> {
        let beside = self.kiosk.config.with_file_name("good.toml");
        std::fs::write(&beside, good).expect("written");
        let told = crate::support::status(&beside)["staff_notices"].take();
        told.as_array().cloned().unwrap_or_default()
    }

    /// What is read off the display, right now.
    fn codes(&self, name: &str) -> Vec<String> {
        codes_in(&self.display.picture(name))
    }

    /// Whether wall and terminal show the yellow badge that says offline, in their upper bars.
    fn badges(&self, name: &str) -> [bool; 2] {
        const YELLOW: std::ops::RangeInclusive<u8> = 213..=215;
        const BAR: u32 = 56;
        let picture = self.display.picture(name);
        [0, SIZE.0].map(|left| {
            let bar = (left..left + SIZE.0).flat_map(|x| (0..BAR).map(move |y| (x, y)));
            let yellow = bar.filter(|(x, y)| YELLOW.contains(&picture.get_pixel(*x, *y).0[0]));
            yellow.count() > 2000
        })
    }

    /// The address behind the code on the terminal's first screen.
    fn terminal_code(&self) -> String {
        eventually("a code on the terminal's screen", || {
            self.codes("one_hall_terminal")
                .into_iter()
                .find(|code| code.contains("/c/"))
        })
    }

    /// The open jobs as this kiosk's windows see them.
    fn open_jobs(&self) -> Option<Vec<Job>> {
        let config = gighall_kiosk::config::load(&self.kiosk.config).expect("good");
        let store = Store::open_beside(&config.data, config.time_zone()).expect("readable")?;
        Some(store.open_jobs(jiff::Timestamp::now()).expect("readable"))
    }

    /// The open job with that title as this kiosk's windows see it.
    fn in_sight(&self, title: &str) -> Option<Job> {
        self.open_jobs()?.into_iter().find(|job| job.title == title)
    }

    /// Watches the real wall until it has shown every open job in its turn: `gone` is not among
    /// them.
    fn wall_shows_all_but(&self, gone: JobId) {
        let open = self.open_jobs().expect("a store");
        let mut awaited: HashSet<JobId> = open.iter().map(|job| job.id).collect();
        assert!(!awaited.contains(&gone) && !awaited.is_empty());
        eventually("every open job on the wall", || {
            for code in self.codes("one_hall_wall_later") {
                let Some(job) = job_in(&code) else { continue };
                assert_ne!(job, gone, "a full job is still on the wall");
                awaited.remove(&job);
            }
            awaited.is_empty().then_some(())
        });
    }

    /// The hub's own store, beside the running hub.
    fn at_the_hub(&self) -> HubState {
        gighall_hub::open(&HubConfig::new(&self.hub.data)).expect("the hub's store")
    }

    /// Every claim of the person with that number, as the hub has it.
    fn claims_of(&self, number: &str) -> Vec<ClaimWithJob> {
        let hub = self.at_the_hub();
        let number: IdNumber = number.parse().expect("valid");
        match hub.store.worker_by_number(&number).expect("readable") {
            Some(worker) => hub.store.claims_of(worker.worker).expect("readable"),
            None => vec![],
        }
    }

    /// Waits until everything that the kiosk did has reached the hub.
    fn in_sync(&self) {
        eventually("an empty outbox", || {
            (self.status("/outbox/length") == 0 && self.status("/hub/problem").is_null())
                .then_some(())
        });
    }
}

fn import(data: &Path, file: &str) -> String {
    let program = crate::support::program("gighall-hub").display().to_string();
    let data = data.display().to_string();
    crate::support::run(&program, &["import", "--data", &data, "--hall", HALL, file])
}

fn windows() -> String {
    let (width, height) = SIZE;
    format!(
        r#"
[wall]
enabled = true
x = 0
y = 0
width = {width}
height = {height}
[[wall.scene]]
kind = "spotlight"
seconds = 3
jobs = 1
[terminal]
enabled = true
x = {width}
y = 0
width = {width}
height = {height}
diagonal_mm = 546
idle_seconds = 600
attract_seconds = 0
# The finger knows where buttons are without a voice.
[terminal.speech]
enabled = false
"#
    )
}

/// A person who has never been here.
fn somebody(order: u32) -> String {
    an_id_number("19750101", order)
}

/// A phone in the hall: scans the terminal's code, finds the job, registers, and has the button that
/// claims in front of it.
async fn come_in(house: &House, phone: &Browser, job: JobId, number: &str, name: &str) {
    phone.open(&house.terminal_code()).await;
    phone.submit(&format!("a[href$='/j/{job}']")).await;
    register(phone, number, name).await;
    assert_eq!(phone.path().await, format!("/j/{job}"));
}

/// Registers on the way to a claim.
async fn register(phone: &Browser, number: &str, name: &str) {
    phone.follow_link("我要报名（先登记）").await;
    phone.write("#id_number", number).await;
    phone.write("#name", name).await;
    phone.press("input[value=construction]").await;
    phone.press("input[name=consent]").await;
    phone.submit("button[type=submit]").await;
}

/// The button that claims.
const CLAIM: &str = "form[action$='/claim'] button";

/// Two phones press at once for the one place of a job. The one sees its slip, the other is told
/// and shown like jobs, of which it takes one.
async fn race(house: &House, driver: &Driver, one_place: &Job, other: &Job) {
    let (first, second) = (driver.phone("first").await, driver.phone("second").await);
    come_in(house, &first, one_place.id, &somebody(1), "李一").await;
    come_in(house, &second, one_place.id, &somebody(3), "王二").await;
    tokio::join!(first.submit(CLAIM), second.submit(CLAIM));

    let (won, lost) = match first.path().await.starts_with("/s/") {
        true => (first, second),
        false => (second, first),
    };
    assert!(won.path().await.starts_with("/s/"), "nobody got the place");
    assert!(!lost.path().await.starts_with("/s/"), "both got it");
    won.shows("砌砖小工").await;
    won.shows("草海镇建设东路工地").await;
    let slip = won.photograph("won").await;
    let slip = image::load_from_memory(&slip).expect("a PNG").to_luma8();
    assert_eq!(codes_in(&slip), [won.address().await]);

    lost.shows("名额刚刚被别人报走了").await;
    lost.photograph("lost").await;
    lost.submit(&format!("a[href$='/j/{}']", other.id)).await;
    lost.submit(CLAIM).await;
    lost.shows("报上了").await;
    won.close().await;
    lost.close().await;
}

/// A worker registers and claims at the terminal by touch, beginning at the first screen.
fn claim_by_touch(finger: &Finger, title: &str, number: &str) {
    finger.touch("找活");
    finger.touch("全部工种");
    finger.touch_where(title, |label| label.ends_with(title));
    finger.touch("我要接这个活");
    finger.type_in(number);
    finger.touch("下一步");
    assert_eq!(finger.screen(), "name");
    finger.type_in("zhang");
    finger.touch("张");
    finger.type_in("san");
    finger.touch("三");
    finger.touch("下一步");
    assert_eq!(finger.screen(), "phone");
    finger.touch("我没有手机");
    // She chooses a PIN instead, typed twice.
    for _ in 0..2 {
        finger.type_in("2608");
        finger.touch("下一步");
    }
    assert_eq!(finger.screen(), "work_kinds");
    finger.touch("建筑");
    finger.touch_where("下一步", |label| label.starts_with("下一步"));
    assert_eq!(finger.screen(), "hardship");
    finger.touch("不说，下一步");
    assert_eq!(finger.screen(), "consent");
    finger.touch("没错，同意登记");
    assert_eq!(finger.screen(), "confirm");
    finger.touch("是，我接这个活");
}

fn states(claims: &[ClaimWithJob]) -> Vec<(&str, ClaimState)> {
    claims
        .iter()
        .map(|it| (it.job.title.as_str(), it.claim.state))
        .collect()
}

/// No job is oversold, and every claim that anybody was told of is at the hub exactly once.
fn nothing_oversold_nothing_lost(house: &House, told: &[(&str, usize)]) {
    let hub = house.at_the_hub();
    for number_of_claims in told {
        let claims = house.claims_of(number_of_claims.0);
        assert_eq!(claims.len(), number_of_claims.1, "{:?}", states(&claims));
    }
    let connection = rusqlite::Connection::open_with_flags(
        house.hub.data.join("hub.db"),
        rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY,
    )
    .expect("the hub's database");
    let oversold: i64 = connection
        .query_row(
            "SELECT count(*) FROM (
               SELECT job.id FROM job JOIN claim ON claim.job = job.id
               WHERE claim.state IN ('claimed', 'confirmed', 'checked_in', 'completed', 'settled')
               GROUP BY job.id HAVING count(*) > job.places)",
            [],
            |row| row.get(0),
        )
        .expect("counted");
    assert_eq!(oversold, 0);
    let twice: i64 = connection
        .query_row(
            "SELECT count(*) - count(DISTINCT number) FROM claim",
            [],
            |row| row.get(0),
        )
        .expect("counted");
    assert_eq!(twice, 0, "claim numbers are unique");
    drop(hub);
}

/// Staff break kiosk.toml: the wall goes on and they are told. They mend it with another playlist,
/// and it is on the wall.
fn the_playlist_is_changed_while_it_runs(house: &House) {
    let file = &house.kiosk.config;
    let good = std::fs::read_to_string(file).expect("readable");
    let other = good.replace(
        "seconds = 3",
        "seconds = 3\nonly = { work_kinds = [\"farming\"] }",
    );
    std::fs::write(file, good.replace("seconds = 3", "seconds = 0")).expect("written");
    eventually("staff are told", || {
        let notices = house.notices(&other);
        notices.iter().find_map(|notice| {
            let detail = notice["detail"].as_str()?;
            detail
                .contains("wall.scene[0].seconds: 0 is impossible")
                .then_some(())
        })
    });
    let shown = || {
        let codes = house.codes("one_hall_playlist");
        codes.iter().find_map(|code| job_in(code))
    };
    assert!(shown().is_some(), "the wall goes on");
    std::fs::write(file, &other).expect("written");
    eventually("it is settled", || {
        house.notices(&other).is_empty().then_some(())
    });
    let apples = house.in_sight("苹果采摘").expect("open").id;
    eventually("the other playlist is on", || {
        (shown() == Some(apples)).then_some(())
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_in_the_hall() {
    i_slint_backend_testing::init_no_event_loop();
    let mut house = House::open();
    let left = i32::try_from(SIZE.0).expect("small");

    // The wall's code leads to a job's details, and takes no claim.
    let (wall_code, job) = eventually("a code on the wall", || {
        let codes = house.codes("one_hall_wall");
        codes
            .into_iter()
            .find_map(|code| job_in(&code).map(|job| (code, job)))
    });
    let mut passer_by = Phone::new(&format!("http://{}", house.hub.address));
    let details = passer_by.open(&wall_code).await;
    assert_eq!(details.status, 200);
    assert!(!details.has_form("/claim"), "a claim from outside the hall");
    let known = house
        .at_the_hub()
        .store
        .job(job)
        .expect("readable")
        .expect("there");
    details.shows(&known.title);

    // Phones in the hall, in a real browser.
    let one_place = house.in_sight("砌砖小工").expect("open");
    let driver =
        Driver::start(&Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pictures/phones"));
    let other = house.in_sight("抹灰工").expect("open");
    race(&house, &driver, &one_place, &other).await;
    eventually("the full job leaves", || {
        house.in_sight("砌砖小工").is_none().then_some(())
    });
    house.wall_shows_all_but(one_place.id);
    the_playlist_is_changed_while_it_runs(&house);

    // At the terminal, by touch.
    let by_touch = somebody(5);
    let places = house.in_sight("抹灰工").expect("open").places_left;
    claim_by_touch(
        &Finger::of(&house.kiosk, &house.display, left),
        "抹灰工",
        &by_touch,
    );
    eventually("the claim by touch is at the hub", || {
        let claims = house.claims_of(&by_touch);
        (states(&claims) == [("抹灰工", ClaimState::Confirmed)]).then_some(())
    });
    eventually("its row changes", || {
        let left = house.in_sight("抹灰工")?.places_left;
        (left == places - 1).then_some(())
    });

    // The cable is pulled. A claim with a right is confirmed, one without is provisional.
    house.kiosk.kill();
    house.kiosk = Kiosk::run(&house.kiosk.config.clone(), &house.display);
    house.terminal_code();
    eventually("the rights are stocked up", || {
        (house.status("/outbox/length") == 0 && house.status("/rights") == 3).then_some(())
    });
    house.cable.pull();
    eventually("the kiosk says that it is offline", || {
        (!house.status("/hub/problem").is_null()).then_some(())
    });
    eventually("both windows say so", || {
        house
            .badges("one_hall_offline")
            .eq(&[true, true])
            .then_some(())
    });
    let (with_right, without) = (somebody(7), somebody(9));
    claim_by_touch(
        &Finger::of(&house.kiosk, &house.display, left),
        "苹果采摘",
        &with_right,
    );
    eventually("confirmed offline", || {
        (house.status("/claims/confirmed") == 2).then_some(())
    });
    house.display.picture("one_hall_confirmed_offline");
    // The next person begins at the first screen again.
    let finger = Finger::of(&house.kiosk, &house.display, left);
    finger_home(&house, left);
    claim_by_touch(&finger, "钢筋工", &without);
    eventually("taken provisionally", || {
        (house.status("/claims/provisional") == 1).then_some(())
    });
    house.display.picture("one_hall_provisional");

    // Meanwhile a phone takes the one place of another job, which the terminal cannot know.
    let (quick, late) = (somebody(11), somebody(13));
    let contested = house.in_sight("水电工").expect("open");
    finger_home(&house, left);
    let phone = driver.phone("quick").await;
    come_in(&house, &phone, contested.id, &quick, "赵六").await;
    phone.submit(CLAIM).await;
    phone.shows("报上了").await;
    phone.close().await;
    claim_by_touch(
        &Finger::of(&house.kiosk, &house.display, left),
        "水电工",
        &late,
    );
    eventually("taken provisionally too", || {
        (house.status("/claims/provisional") == 2).then_some(())
    });
    assert!(house.claims_of(&with_right).is_empty(), "the cable is out");

    // Killed while it is cut off: what it confirmed is still there.
    house.kiosk.kill();
    assert_eq!(house.status("/claims/confirmed"), 2);
    house.kiosk = Kiosk::run(&house.kiosk.config.clone(), &house.display);

    // Plugged in again: everything is at the hub, once, without anybody touching anything.
    house.cable.plug_in();
    house.in_sync();
    eventually("both windows are online again", || {
        house
            .badges("one_hall_online")
            .eq(&[false, false])
            .then_some(())
    });
    eventually("all offline claims are decided", || {
        let of = |number: &str| house.claims_of(number);
        (states(&of(&with_right)) == [("苹果采摘", ClaimState::Confirmed)]
            && states(&of(&without)) == [("钢筋工", ClaimState::Confirmed)]
            && states(&of(&late)) == [("水电工", ClaimState::Rejected)])
        .then_some(())
    });
    eventually("the terminal knows the decision", || {
        (house.status("/claims/provisional").is_null()).then_some(())
    });

    // The hub dies and comes back.
    house.hub.kill();
    let address = house.hub.address;
    house.hub = Hub::serve(
        &house.hub.data.clone(),
        Some(address),
        &format!("http://{address}"),
    );
    house.in_sync();

    let told = [
        (by_touch.as_str(), 1),
        (with_right.as_str(), 1),
        (without.as_str(), 1),
        (quick.as_str(), 1),
        (late.as_str(), 1),
    ];
    nothing_oversold_nothing_lost(&house, &told);
    assert_eq!(
        house.claims_of(&somebody(1)).len() + house.claims_of(&somebody(3)).len(),
        2,
        "the one place, and the like job of whoever did not get it"
    );
    let hall = house.hall.clone();
    assert!(
        house
            .at_the_hub()
            .store
            .hall(&hall)
            .expect("readable")
            .is_some()
    );
    assert_eq!(house.kiosk.stop(), Some(0), "ends when it is asked to");
    drop(house.dir);
}

/// Brings the real window back to its first screen after a visit.
fn finger_home(house: &House, left: i32) {
    let finger = Finger::of(&house.kiosk, &house.display, left);
    finger.touch("找活");
    finger.touch("首页");
}
