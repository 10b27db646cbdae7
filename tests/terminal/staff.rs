//! What staff do behind their PIN, by the labels that are on the buttons, over a real store.

use crate::support::*;
use gighall_core::hall::{Notice, NoticeKind};
use gighall_core::id::NoticeId;
use gighall_core::playlist::Power;
use gighall_core::testing::at;
use gighall_kiosk::staff::pin;
use gighall_kiosk::store::{Deed, STORE_FILE};
use gighall_kiosk::terminal::state::Event;
use gighall_kiosk::ui::{StaffData, Terminal};
use i_slint_backend_testing::AccessibleRole;
use jiff::SignedDuration;
use slint::{ComponentHandle, Model};
use uuid::Uuid;

#[test]
fn without_a_pin_nobody_comes_in_and_it_says_how_to_set_one() {
    let hall = Hall::new("");
    pin::remove(&hall.config.data).expect("removed");
    hall.knock();
    assert!(hall.says("gighall-kiosk staff-pin"));
    hall.try_pin(PIN);
    assert_eq!(hall.terminal.screen(), "staff_door");
    assert!(hall.log().is_empty());
}

#[test]
fn who_knows_the_pin_comes_in_and_leaves_nothing_behind() {
    let hall = Hall::new("");
    hall.enter();
    assert!(hall.says("工号 12"));
    hall.terminal.touch("首页");
    assert_eq!(hall.terminal.screen(), "home");
    let data = hall.terminal.window().global::<StaffData>();
    assert_eq!((data.get_number(), data.get_dots()), Default::default());
    // Nothing that comes late does anything.
    data.invoke_act("take_down".into());
    data.invoke_go("staff_walls".into());
    assert_eq!(hall.terminal.screen(), "home");
    let expected = [
        line("", Deed::Entered, "ok"),
        line("12", Deed::Said, "ok"),
        line("12", Deed::Left, "ok"),
    ];
    assert_eq!(hall.log(), expected);
}

#[test]
fn back_from_the_menu_does_not_lead_to_the_pin() {
    let hall = Hall::new("");
    hall.enter();
    hall.terminal.touch("返回");
    assert_eq!(hall.terminal.screen(), "home");
    assert_eq!(hall.log().last(), Some(&line("12", Deed::Left, "ok")));
}

#[test]
fn a_scan_opens_nothing_over_the_staff_menu() {
    let hall = Hall::new("");
    let scan = |code: &str| hall.terminal.controller.on(Event::Scanned(code.to_owned()));
    let slip = format!("https://hub.example/s/{}", uuid::Uuid::from_u128(7));
    hall.knock();
    hall.terminal.keys("1234");
    scan(&slip);
    assert_eq!(hall.terminal.screen(), "staff_door", "what is typed stays");
    hall.terminal.touch("首页");
    hall.enter();
    for screen in ["staff_menu", "staff_walls", "number"] {
        match screen {
            "staff_walls" => hall.terminal.touch("大屏"),
            "number" => {
                hall.terminal.touch("返回");
                hall.terminal.touch("代办登记");
            }
            _ => {}
        }
        for code in [slip.as_str(), "123"] {
            scan(code);
            assert_eq!(hall.terminal.screen(), screen);
        }
    }
}

#[test]
fn wrong_pins_make_longer_and_longer_waits_also_after_a_restart() {
    let hall = Hall::new("");
    hall.knock();
    for _ in 0..3 {
        hall.try_pin("111222");
        assert!(hall.says("密码不对"));
    }
    hall.try_pin("111222");
    assert!(hall.says("30 秒"), "{:?}", hall.terminal.labels());
    // The right one neither, and it is not even looked at.
    hall.terminal.keys(PIN);
    assert!(
        !hall
            .terminal
            .window()
            .global::<StaffData>()
            .get_dots()
            .is_empty()
    );
    hall.terminal.touch("下一步");
    assert_eq!(hall.terminal.screen(), "staff_door");
    // The program begins anew, ten seconds later.
    hall.terminal.touch("首页");
    let (staff, _) = staff_of(&hall.config, 10, vec![]);
    *hall.terminal.desk.staff.lock().expect("held") = Some(staff);
    hall.knock();
    assert!(hall.says("20 秒"), "{:?}", hall.terminal.labels());
    hall.terminal.touch("首页");
    let (staff, store) = staff_of(&hall.config, 31, vec![]);
    *hall.terminal.desk.staff.lock().expect("held") = Some(staff);
    hall.enter();
    assert_eq!(store.pin_tries().expect("read"), Default::default());
    let wrong = line("", Deed::Entered, "wrong_pin");
    assert_eq!(hall.log().iter().filter(|it| **it == wrong).count(), 4);
}

#[test]
fn an_empty_menu_closes_by_itself_sooner_than_a_workers_session() {
    let hall = Hall::new("");
    hall.enter();
    hall.terminal.controller.touched(false);
    hall.terminal.pass(30);
    let seconds = || {
        hall.terminal
            .window()
            .global::<Terminal>()
            .get_idle_seconds()
    };
    assert_eq!(seconds(), 15);
    hall.terminal.pass(15);
    assert_eq!(hall.terminal.screen(), "home");
    assert_eq!(hall.log().last(), Some(&line("12", Deed::Left, "ok")));
}

#[test]
fn a_notice_under_a_later_one_of_the_hub_is_not_said_to_be_on_the_wall() {
    let hall = Hall::new("");
    let notice = |title: &str, seconds_ago| Notice {
        id: NoticeId(Uuid::new_v4()),
        kind: NoticeKind::Emergency,
        title: title.to_owned(),
        body: String::new(),
        issuer: None,
        effective_from: at(NOW) - SignedDuration::from_secs(seconds_ago),
        effective_to: None,
        ticker: false,
    };
    hall.store.put_up(&notice("消防演练", 20)).expect("up");
    let from_the_hub = |title, seconds_ago| {
        let notice = notice(title, seconds_ago);
        let body = serde_json::to_string(&notice).expect("JSON");
        let db = rusqlite::Connection::open(hall.config.data.join(STORE_FILE)).expect("opens");
        let row = [notice.id.to_string(), body];
        db.execute("INSERT INTO notices (id, body) VALUES (?1, ?2)", row)
            .expect("told");
    };
    let covered = "被服务器后发的紧急通知盖住，本厅的这条没有显示：消防演练";
    from_the_hub("停电通知", 40);
    hall.enter();
    assert!(hall.says("大屏上有紧急通知：消防演练"));
    hall.terminal.touch("紧急通知");
    assert!(hall.says("停电通知") && !hall.says(covered));

    from_the_hub("大风预警", 10);
    hall.terminal.touch("首页");
    hall.enter();
    assert!(hall.says(covered) && !hall.says("大屏上有紧急通知：消防演练"));
    hall.terminal.touch("紧急通知");
    assert!(hall.says("大风预警") && hall.says(covered));
}

#[test]
fn an_emergency_notice_goes_up_and_down() {
    let hall = Hall::new("");
    hall.enter();
    hall.terminal.touch("紧急通知");
    hall.terminal.touch("消防演练");
    assert_eq!(hall.terminal.screen(), "staff_span");
    hall.terminal.touch("30 分钟");
    assert_eq!(hall.terminal.screen(), "staff_preview");
    assert!(
        hall.store.notices(at(NOW)).expect("read").is_empty(),
        "not yet"
    );
    hall.terminal.touch("马上发布");
    assert_eq!(hall.terminal.screen(), "staff_menu");
    assert!(
        hall.says("大屏上有紧急通知：消防演练（到 10:00）"),
        "{:?}",
        hall.terminal.labels()
    );
    let up = hall.store.notices(at(NOW)).expect("read");
    assert_eq!(up[0].title, "消防演练");
    let end = up[0].effective_to.expect("an end");
    assert_eq!(end, at("2026-11-23T02:00:00Z"));
    assert!(
        hall.store.notices(end).expect("read").is_empty(),
        "by the kiosk's clock"
    );

    // One of the staff's own words takes its place.
    hall.terminal.touch("紧急通知");
    hall.terminal.touch("自己输入");
    hall.terminal.keys("zhangwei");
    hall.terminal.touch("张");
    hall.terminal.touch("删除");
    while hall
        .terminal
        .window()
        .global::<gighall_kiosk::ui::KeyboardData>()
        .get_letters()
        != ""
    {
        hall.terminal.touch("删除");
    }
    hall.terminal.keys("ren");
    hall.terminal.touch("人");
    hall.terminal.keys("3");
    hall.terminal.touch("下一步");
    hall.terminal.touch("直到撤下为止");
    hall.terminal.touch("马上发布");
    let up = hall.store.notices(at(NOW)).expect("read");
    assert_eq!(up.len(), 1);
    assert!(up[0].title.ends_with("人3") && up[0].effective_to.is_none());
    hall.terminal.touch("紧急通知");
    hall.terminal.touch("撤下来");
    assert!(hall.store.notices(at(NOW)).expect("read").is_empty());
    let deeds: Vec<String> = hall.log().into_iter().map(|it| it.1).collect();
    assert_eq!(deeds[2..], ["notice_up", "notice_up", "notice_down"]);
}

#[test]
fn a_wall_is_switched_dimmed_and_its_scenes_are_hidden() {
    let hall = Hall::new("");
    hall.enter();
    hall.terminal.touch("大屏");
    assert_eq!(hall.terminal.screen(), "staff_walls");
    hall.terminal.touch("关到下次开门");
    let orders = || hall.store.orders("wall").expect("read");
    // It is half past nine; the hall opens at eight.
    assert_eq!(
        orders().power,
        Some(Power::OffUntil(at("2026-11-24T00:00:00Z")))
    );
    hall.terminal.touch("打开");
    assert_eq!(orders().power, None);
    hall.terminal.touch("关闭，直到再打开");
    assert_eq!(orders().power, Some(Power::Off));
    hall.terminal.touch("暗一点");
    hall.terminal.touch("暗一点");
    assert_eq!(orders().brightness, Some(80));
    hall.terminal.touch("按时间表");
    assert_eq!(orders().brightness, None);
    hall.terminal.touch("节目");
    assert_eq!(hall.terminal.screen(), "staff_scenes");
    hall.terminal.touch("今天不放 1");
    let data = hall.terminal.window().global::<StaffData>();
    let shown: Vec<bool> = data.get_scenes().iter().map(|scene| scene.shown).collect();
    assert_eq!(shown, [false, true]);
    assert_eq!(orders().hidden.len(), 1);
    hall.terminal.touch("恢复播放 1");
    assert!(orders().hidden.is_empty());
    // The playlist changes while staff look at the list: they mean what they see.
    hall.plays.send_modify(|settings| settings.scenes.reverse());
    hall.terminal.touch("今天不放 1");
    let text = hall.plays.borrow().scenes[1].mark();
    let hidden = orders().hidden;
    let hidden: Vec<&str> = hidden.iter().map(|it| it.scene.as_str()).collect();
    assert_eq!(hidden, [text]);
    hall.terminal.touch("恢复播放 2");
    let last = hall
        .store
        .staff_log(1)
        .expect("read")
        .pop()
        .expect("a line");
    assert_eq!(last.detail, "wall: text 找活不收费: shown");
}

#[test]
fn logs_are_exported_to_a_folder_that_is_there() {
    let stick = tempfile::tempdir().expect("a directory");
    let to = stick.path().join("usb");
    let hall = Hall::new(&format!("[staff]\nexport = {to:?}\n"));
    hall.enter();
    hall.terminal.touch("导出日志");
    assert!(hall.says("U 盘插好了吗"), "{:?}", hall.terminal.labels());
    std::fs::create_dir(&to).expect("plugged in");
    hall.terminal.touch("导出日志");
    assert!(hall.says("已导出"), "{:?}", hall.terminal.labels());
    let mut names: Vec<String> = std::fs::read_dir(&to)
        .expect("there")
        .map(|file| {
            file.expect("a file")
                .file_name()
                .into_string()
                .expect("UTF-8")
        })
        .collect();
    names.sort();
    assert!(names[0].starts_with("gighall-proof-") && names[1].starts_with("gighall-staff-"));
    let sheet = std::fs::read_to_string(to.join(&names[1])).expect("read");
    assert!(
        sheet.contains("2026-11-23 09:30:00,12,export,export_gone,"),
        "{sheet}"
    );
}

#[test]
fn without_a_folder_the_export_says_so() {
    let hall = Hall::new("");
    hall.enter();
    hall.terminal.touch("导出日志");
    assert!(hall.says("kiosk.toml 没有写导出到哪里"));
}

#[test]
fn the_state_is_told_and_the_language_kept() {
    let hall = Hall::new("");
    hall.enter();
    hall.terminal.touch("运行状态");
    assert!(hall.says("服务器 连不上") && hall.says("等待上传 0"));
    hall.terminal.touch("立即同步");
    assert!(hall.says("正在向服务器获取最新数据"));
    hall.terminal.touch("运行状态");
    hall.terminal.touch("初始语言中文：改为English");
    assert_eq!(
        hall.store.terminal_language().expect("read").as_deref(),
        Some("en")
    );
    hall.terminal.controller.wipe();
    assert!(hall.says("Find work"));
    assert!(hall.dir.path().join(pin::PIN_FILE).exists());
}

#[test]
fn a_code_is_typed_and_what_ends_the_program_is_asked_twice() {
    let hall = Hall::new("");
    hall.enter();
    hall.terminal.touch("注册本机");
    hall.terminal.keys("7kq2mx0b9d");
    let data = hall.terminal.window().global::<StaffData>();
    assert_eq!(data.get_code(), "7KQ2M-X0B9D");
    hall.terminal.touch("下一步");
    assert_eq!(hall.terminal.screen(), "staff_sure");
    hall.terminal.touch("是，注册");
    assert_eq!(hall.terminal.screen(), "staff_menu");
    let last = hall
        .store
        .staff_log(1)
        .expect("read")
        .pop()
        .expect("a line");
    assert_eq!((last.what.as_str(), last.detail.as_str()), ("enrol", ""));
    for (tile, no) in [("重启程序", "不，返回"), ("退出程序", "不，返回")] {
        hall.terminal.touch(tile);
        assert_eq!(hall.terminal.screen(), "staff_sure");
        hall.terminal.touch(no);
        assert_eq!(hall.terminal.screen(), "staff_menu");
    }
    // With a configuration that is not there, or wrong, nothing would come up again.
    hall.terminal.touch("重启程序");
    hall.terminal.touch("是，重启");
    assert_eq!(hall.terminal.screen(), "staff_menu");
    assert!(hall.says("kiosk.toml 有错，这样程序起不来"));
}

/// Pixels of 20 mm, as far as whole pixels go.
const TARGET: f32 = 20.0 * 3.64 - 1.0;

#[test]
fn every_target_is_large_enough_on_a_small_screen_too() {
    let hall = Hall::new("");
    let window = hall.terminal.window();
    window
        .window()
        .set_size(slint::PhysicalSize::new(1366, 768));
    settle();
    hall.enter();
    let check = || {
        settle();
        let all = i_slint_backend_testing::ElementQuery::from_root(hall.terminal.window())
            .match_descendants()
            .find_all();
        let mut checked = 0;
        for element in all {
            let label = element.accessible_label().unwrap_or_default();
            let is_button = element.accessible_role() == Some(AccessibleRole::Button);
            let size = element.size();
            if is_button {
                let screen = hall.terminal.screen();
                assert!(size.height >= TARGET, "{screen}: {label} has {size:?}");
                assert!(size.width >= TARGET, "{screen}: {label} has {size:?}");
                let end = element.absolute_position().y + size.height;
                assert!(end <= 768.0, "{screen}: {label} ends at {end}");
                checked += 1;
            }
        }
        assert!(checked > 6);
    };
    check();
    for _ in 0..2 {
        hall.terminal.touch("紧急通知");
        check();
        hall.terminal.touch("系统故障");
        check();
        hall.terminal.touch("直到撤下为止");
        check();
        hall.terminal.touch("马上发布");
        check();
    }
    hall.terminal.touch("大屏");
    check();
    hall.terminal.touch("节目");
    check();
    hall.terminal.touch("返回");
    hall.terminal.touch("返回");
    hall.terminal.touch("运行状态");
    check();
}

#[test]
fn staff_set_how_loud_everybody_is_read_to() {
    let hall = Hall::new("");
    hall.enter();
    hall.terminal.touch("音量");
    assert_eq!(hall.terminal.screen(), "staff_volume");
    assert!(hall.terminal.sees("70%"));
    hall.terminal.touch("大声点");
    assert!(hall.terminal.sees("85%"));
    for _ in 0..9 {
        hall.terminal.touch("小声点");
    }
    assert!(hall.terminal.sees("25%"), "never silent");
    assert_eq!(hall.store.terminal_volume().expect("read"), Some(25));
    assert_eq!(hall.log().last(), Some(&line("12", Deed::Volume, "ok")));
    // It is kept.
    let (staff, _) = staff_of(&hall.config, 0, vec![]);
    *hall.terminal.desk.staff.lock().expect("held") = Some(staff);
    hall.terminal.touch("首页");
    hall.enter();
    hall.terminal.touch("音量");
    assert!(hall.terminal.sees("25%"));
}
