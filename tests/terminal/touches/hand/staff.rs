//! What staff do behind their PIN; the PIN and their number are data.

use super::{Part, an_emergency};
use crate::support::*;
use gighall_core::playlist::Power;
use gighall_core::testing::at;

/// What is in the menu of staff.
pub const FLOWS: &[Part] = &[
    ("staff: an emergency notice of those prepared", |hand| {
        hand.is_of_staff();
        hand.touch("紧急通知");
        hand.touch("消防演练");
        hand.touch("30 分钟");
        hand.sees("staff_preview");
        hand.touch("马上发布");
        hand.sees("staff_menu");
    }),
    ("staff: an emergency notice in one's own words", |hand| {
        hand.is_of_staff();
        hand.touch("紧急通知");
        hand.touch("自己输入");
        hand.enter("10");
        hand.ends_with("下一步");
        hand.touch("30 分钟");
        hand.touch("马上发布");
        hand.sees("staff_menu");
    }),
    ("staff: take an emergency notice down", |hand| {
        hand.hall.store.put_up(&an_emergency()).expect("up");
        hand.is_of_staff();
        hand.touch("紧急通知");
        hand.touch("撤下来");
        assert!(hand.hall.store.notices(at(NOW)).expect("read").is_empty());
    }),
    ("staff: switch the wall off", |hand| {
        hand.is_of_staff();
        hand.touch("大屏");
        hand.touch("关闭，直到再打开");
        let orders = hand.hall.store.orders("wall").expect("read");
        assert_eq!(orders.power, Some(Power::Off));
    }),
    ("staff: switch the wall on", |hand| {
        hand.is_of_staff();
        hand.touch("大屏");
        hand.touch("关闭，直到再打开");
        hand.hall.terminal.tap("首页");
        hand.touches.set(0);
        hand.is_of_staff();
        hand.touch("大屏");
        hand.touch("打开");
        let orders = hand.hall.store.orders("wall").expect("read");
        assert_eq!(orders.power, None);
    }),
    ("staff: dim the wall", |hand| {
        hand.is_of_staff();
        hand.touch("大屏");
        hand.touch("暗一点");
        let orders = hand.hall.store.orders("wall").expect("read");
        assert!(orders.brightness.is_some());
    }),
    ("staff: hide a scene of the playlist for today", |hand| {
        hand.is_of_staff();
        hand.touch("大屏");
        hand.touch("节目");
        hand.touch("今天不放 1");
        let orders = hand.hall.store.orders("wall").expect("read");
        assert_eq!(orders.hidden.len(), 1);
    }),
    ("staff: fetch everything new", |hand| {
        hand.is_of_staff();
        hand.touch("运行状态");
        hand.touch("立即同步");
        assert!(hand.hall.says("正在向服务器获取最新数据"));
    }),
    ("staff: the language that everybody begins in", |hand| {
        hand.is_of_staff();
        hand.touch("运行状态");
        hand.touch("初始语言中文：改为English");
        let kept = hand.hall.store.terminal_language().expect("read");
        assert_eq!(kept.as_deref(), Some("en"));
    }),
    ("staff: check a slip in", |hand| {
        hand.is_of_staff();
        hand.touch("到岗登记");
        hand.enter("070042");
        hand.ends_with("下一步");
        hand.sees("staff_check_in");
    }),
    ("staff: help to register", |hand| {
        hand.is_of_staff();
        hand.touch("代办登记");
        hand.new_person();
        hand.touch("没错，同意登记");
        hand.touch("回到工作人员菜单");
        hand.sees("staff_menu");
    }),
    ("staff: lift a pause", |hand| {
        hand.hall.known_there();
        hand.is_of_staff();
        hand.touch("解除暂停");
        hand.is_the_person();
        hand.sees("staff_menu");
    }),
    ("staff: revoke a pass", |hand| {
        hand.hall.known_there();
        hand.is_of_staff();
        hand.touch("作废零工码");
        hand.is_the_person();
        hand.touch("是，作废");
        hand.sees("staff_menu");
    }),
    ("staff: set a PIN anew", |hand| {
        hand.hall.known_there();
        hand.is_of_staff();
        hand.touch("设密码");
        hand.is_the_person();
        hand.chooses_a_pin();
        hand.sees("staff_menu");
    }),
    ("staff: lift the waits", |hand| {
        hand.is_of_staff();
        hand.touch("解除等待");
        assert!(hand.hall.says("等待已全部解除"));
    }),
    ("staff: how loud everybody is read to", |hand| {
        hand.is_of_staff();
        hand.touch("音量");
        hand.touch("大声点");
        assert!(hand.hall.store.terminal_volume().expect("read").is_some());
    }),
    ("staff: export the logs", |hand| {
        hand.is_of_staff();
        hand.touch("导出日志");
        assert!(hand.hall.says("已导出"));
    }),
    ("staff: enrol the device", |hand| {
        hand.is_of_staff();
        hand.touch("注册本机");
        hand.enter("7kq2mx0b9d");
        hand.ends_with("下一步");
        hand.touch("是，注册");
        hand.sees("staff_menu");
    }),
    ("staff: restart the program", |hand| {
        hand.is_of_staff();
        hand.touch("重启程序");
        hand.touch("是，重启");
    }),
    ("staff: end the program", |hand| {
        hand.is_of_staff();
        hand.touch("退出程序");
        hand.touch("是，退出");
    }),
];
