//! A day in a hall, played with the real programs: hub, kiosk with wall and terminal on a real
//! display, phones over HTTP, a finger on the glass, and a network cable that is pulled.

mod support;

use gighall_core::claim::ClaimState;
use gighall_core::id::HallId;
use gighall_core::identity::IdNumber;
use gighall_core::job::Job;
use gighall_core::testing::an_id_number;
use gighall_core::wire::ClaimWithJob;
use gighall_hub::{HubConfig, HubState};
use gighall_kiosk::store::Store;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use support::finger::{Finger, SIZE};
use support::phone::{Page, Phone};
use support::{Cable, Display, HALL, Hub, Kiosk, eventually, hub_command, job_in, qr_codes};

/// Listings of a small morning. The second row is not good.
const LISTINGS: &str = "\
编号,岗位,工种,用工单位,人数,工资,结算方式,乡镇,地点,开始时间,结束时间
A1,砌砖小工,建筑,草海建筑队,1,200-260元/天,日结,草海镇,草海镇建设东路工地,后天 8:00,后天 18:00
A2,糊涂账,建筑,草海建筑队,三五个,200元/天,日结,草海镇,草海镇建设东路,后天 8:00,后天 18:00
A3,抹灰工,建筑,草海建筑队,6,240元/天,日结,草海镇,草海镇建设东路工地,3天后 8:00,3天后 18:00
A4,苹果采摘,农活,黑石果园,8,130元/天,日结,黑石头镇,黑石头镇果园,4天后 8:00,4天后 17:00
A5,钢筋工,建筑,草海建筑队,1,300元/天,日结,草海镇,草海镇环城路工地,5天后 8:00,5天后 18:00
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

fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
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
            Some("imported 4, updated 0, unchanged 0, rejected 1")
        );
        assert!(
            printed.contains("line 3, column 人数: "),
            "the bad row is named: {printed}"
        );

        let address = free_address();
        let hub = Hub::serve(&data, Some(address), &format!("http://{address}"));
        let cable = Cable::to(hub.address);
        let code = hub.command(&["device", "add", "--hall", HALL, "--name", "一号终端"]);
        let config = write_config(dir.path(), &cable, code.trim());
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
            (house.status("/jobs/open") == 4 && house.status("/rights") == 3).then_some(())
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

    /// What is read off the display, right now.
    fn codes(&self, name: &str) -> Vec<String> {
        qr_codes(&self.display.picture(name))
    }

    /// The address behind the code on the terminal's first screen.
    fn terminal_code(&self) -> String {
        eventually("a code on the terminal's screen", || {
            self.codes("one_hall_terminal")
                .into_iter()
                .find(|code| code.contains("/c/"))
        })
    }

    /// The job with that title as this kiosk's windows see it.
    fn on_the_wall(&self, title: &str) -> Option<Job> {
        let config = gighall_kiosk::config::load(&self.kiosk.config).expect("good");
        let store = Store::open_beside(&config.data, config.time_zone()).expect("readable")?;
        let open = store.open_jobs(jiff::Timestamp::now()).expect("readable");
        open.into_iter().find(|job| job.title == title)
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
    let program = support::program("gighall-hub").display().to_string();
    let data = data.display().to_string();
    support::run(&program, &["import", "--data", &data, "--hall", HALL, file])
}

fn write_config(dir: &Path, cable: &Cable, code: &str) -> std::path::PathBuf {
    let path = dir.join("kiosk.toml");
    let (width, height) = SIZE;
    let text = format!(
        r#"
data = "kiosk"
[hall]
id = "{HALL}"
name = "威宁县零工市场"
[hub]
url = "http://{}"
enrolment_code = "{code}"
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
"#,
        cable.address
    );
    std::fs::write(&path, text).expect("written");
    path
}

/// A person who has never been here.
fn somebody(order: u32) -> String {
    an_id_number("19750101", order)
}

/// Registers on a phone that was sent to the form, and gives the page that follows.
async fn register(phone: &mut Phone, page: &Page, number: &str, name: &str) -> Page {
    let link = page.links("/register").pop().expect("a way to register");
    let form = phone.open(&link).await;
    let fields = [
        ("id_number", number),
        ("name", name),
        ("kind", "construction"),
        ("consent", "1"),
    ];
    phone.submit(&form, "/register", &fields).await
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
    assert_eq!(finger.screen(), "work_kinds");
    finger.touch("建筑");
    finger.touch_where("下一步", |label| label.starts_with("下一步"));
    assert_eq!(finger.screen(), "consent");
    finger.touch("我看过了，同意");
    finger.touch("下一步");
    finger.touch("没错，登记");
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
    let mut passer_by = Phone::new();
    let details = passer_by.open(&wall_code).await;
    assert_eq!(details.status, 200);
    assert!(!details.has_form("/claim"), "a claim from outside the hall");
    let known = house
        .at_the_hub()
        .store
        .job(job)
        .expect("readable")
        .expect("there");
    assert!(details.html.contains(&known.title));

    // A phone in the hall: scan, register, claim with one button, see the slip.
    let one_place = house.on_the_wall("砌砖小工").expect("open");
    let mut first = Phone::new();
    let list = first.open(&house.terminal_code()).await;
    let link = list.links(&one_place.id.to_string()).pop().expect("listed");
    let page = first.open(&link).await;
    let first_page = register(&mut first, &page, &somebody(1), "李一").await;
    assert!(first_page.has_form("/claim"), "{}", first_page.html);
    let mut second = Phone::new();
    second.open(&house.terminal_code()).await;
    let page = second.open(&link).await;
    let second_page = register(&mut second, &page, &somebody(3), "王二").await;

    // Both press at once; one place.
    let (one, two) = tokio::join!(
        first.submit(&first_page, "/claim", &[]),
        second.submit(&second_page, "/claim", &[])
    );
    let (won, lost) = match one.address.contains("/s/") {
        true => (one, two),
        false => (two, one),
    };
    assert!(won.address.contains("/s/"), "nobody got the place");
    assert!(!lost.address.contains("/s/"), "both got the one place");
    assert!(won.html.contains("砌砖小工") && won.html.contains("草海镇建设东路工地"));
    let like = lost.links("/j/");
    assert!(!like.is_empty(), "like jobs are shown: {}", lost.html);
    eventually("the full job leaves the wall", || {
        house.on_the_wall("砌砖小工").is_none().then_some(())
    });

    // At the terminal, by touch.
    let by_touch = somebody(5);
    let places = house.on_the_wall("抹灰工").expect("open").places_left;
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
        let left = house.on_the_wall("抹灰工")?.places_left;
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
    house.display.picture("one_hall_offline");
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
    assert!(house.claims_of(&with_right).is_empty(), "the cable is out");

    // Killed while it is cut off: what it confirmed is still there.
    house.kiosk.kill();
    assert_eq!(house.status("/claims/confirmed"), 2);
    house.kiosk = Kiosk::run(&house.kiosk.config.clone(), &house.display);

    // Plugged in again: everything is at the hub, once, without anybody touching anything.
    house.cable.plug_in();
    house.in_sync();
    eventually("both offline claims are decided", || {
        let (one, two) = (house.claims_of(&with_right), house.claims_of(&without));
        (states(&one) == [("苹果采摘", ClaimState::Confirmed)]
            && states(&two) == [("钢筋工", ClaimState::Confirmed)])
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
    ];
    nothing_oversold_nothing_lost(&house, &told);
    assert_eq!(
        house.claims_of(&somebody(1)).len() + house.claims_of(&somebody(3)).len(),
        1
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
