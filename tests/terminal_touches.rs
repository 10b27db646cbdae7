//! How often a person has to touch the glass to get what they came for: at most seven times, besides
//! entering their own data. Every touch is one at a place, as a finger's.
//!
//! Entering data is what is typed or chosen about oneself, with the touch that ends an answer ("下一步"
//! after a number, as Enter on a keyboard), also where the answer is that one leaves the question out; those are
//! counted beside the others, and told.

mod terminal_support;

use gighall_core::claim::ClaimState;
use gighall_core::testing::at;
use gighall_kiosk::staff::pin;
use gighall_kiosk::ui::FindData;
use jiff::SignedDuration;
use slint::{ComponentHandle, Model};
use std::cell::Cell;
use std::time::Duration;
use terminal_support::*;

const MOST: usize = 7;

const PIN: &str = "260811";

/// Somebody at the terminal, whose touches are counted.
struct Hand {
    terminal: TestTerminal,
    touches: Cell<usize>,
    answers: Cell<usize>,
}

impl Hand {
    fn touch(&self, label: &str) {
        self.touches.set(self.touches.get() + 1);
        self.terminal.tap(label);
    }

    fn sees(&self, screen: &str) {
        assert_eq!(self.terminal.screen(), screen);
    }

    // ---- one's own data

    fn enter(&self, text: &str) {
        for key in text.chars() {
            self.terminal.tap(&key.to_string());
        }
    }

    fn choose(&self, label: &str) {
        self.terminal.tap(label);
    }

    /// The answer is whole.
    fn ends_with(&self, label: &str) {
        self.answers.set(self.answers.get() + 1);
        self.terminal.tap(label);
    }

    fn number(&self, number: &str) {
        self.sees("number");
        self.enter(number);
        self.ends_with("下一步");
    }

    /// Everything that somebody new says of themselves, up to the notice.
    fn new_person(&self) {
        self.number(&new_number());
        self.enter("zhang");
        self.choose("张");
        self.enter("san");
        self.choose("三");
        self.ends_with("下一步");
        self.enter("13912345678");
        self.ends_with("下一步");
        self.choose("建筑");
        self.ends_with("下一步（已选 1 种）");
        // An answer like the others: that one would rather not say is said with one touch.
        self.sees("hardship");
        self.ends_with("不说，下一步");
        self.sees("consent");
    }

    // ---- parts of flows

    /// From the job's page to the slip, somebody who is known.
    fn takes_it(&self) {
        self.touch("我要接这个活");
        self.number(&known_number());
        self.touch("是，我接这个活");
        self.sees("slip");
    }

    /// The first job in the list.
    fn opens_the_first(&self) {
        self.sees("results");
        let find = self.terminal.window().global::<FindData>();
        let job = find.get_rows().row_data(0).expect("one fits");
        self.touch(&format!("{} {}", job.number, job.title));
    }

    /// Changes what the list is narrowed by, and takes the first job that fits.
    fn narrows_and_takes(&self, touches: &[&str]) {
        self.finds();
        touches.iter().for_each(|label| self.touch(label));
        self.opens_the_first();
        self.takes_it();
    }

    fn is_known(&self) {
        self.number(&known_number());
        self.touch("是我本人");
    }

    fn finds(&self) {
        self.touch("找活");
        self.touch("全部工种");
        self.sees("results");
    }

    fn my_jobs(&self) {
        self.touch("我的活");
        self.is_known();
        self.sees("my_jobs");
    }

    /// As number 12, in the menu of staff.
    fn is_of_staff(&self) {
        self.touch("请人帮忙");
        self.touch("工作人员入口");
        self.enter(PIN);
        self.ends_with("下一步");
        self.enter("12");
        self.ends_with("下一步");
        self.sees("staff_menu");
    }
}

/// What somebody does, from the first screen on.
type Flow = fn(&Hand);

/// What people come for, and how they get it.
const FLOWS: &[(&str, Flow)] = &[
    ("find work and take it, known", |hand| {
        hand.finds();
        hand.touch("100 砌砖小工");
        hand.takes_it();
    }),
    ("find work of a kind and take it, known", |hand| {
        hand.touch("找活");
        hand.touch("焊工");
        hand.touch("108 焊工（持证）");
        hand.takes_it();
    }),
    ("find work of a kind in a town and take it, known", |hand| {
        hand.touch("找活");
        hand.touch("焊工");
        hand.touch("乡镇 全部乡镇");
        hand.touch("五里岗街道");
        hand.opens_the_first();
        hand.takes_it();
    }),
    (
        "find work of a kind for a day's pay and take it, known",
        |hand| {
            hand.touch("找活");
            hand.touch("焊工");
            hand.touch("一天工钱 不限");
            hand.touch("一天 200 元以上");
            hand.opens_the_first();
            hand.takes_it();
        },
    ),
    ("change the kind and take a job, known", |hand| {
        hand.narrows_and_takes(&["工种 全部工种", "焊工"]);
    }),
    ("find work in a town and take it, known", |hand| {
        hand.narrows_and_takes(&["乡镇 全部乡镇", "海边街道"]);
    }),
    ("find work that is paid daily and take it, known", |hand| {
        hand.narrows_and_takes(&["结算 不限"]);
    }),
    ("find work that begins today and take it, known", |hand| {
        let tonight = at(NOW) + SignedDuration::from_hours(10);
        hand.terminal.desk.jobs.lock().expect("held")[0].starts_at = tonight;
        hand.narrows_and_takes(&["开工 哪天都行"]);
    }),
    ("find the work that is nearest and take it, known", |hand| {
        hand.finds();
        hand.touch("路程 不限");
        assert!(hand.terminal.sees("排序 离得最近"));
        hand.opens_the_first();
        hand.takes_it();
    }),
    (
        "find the work that begins first and take it, known",
        |hand| {
            hand.narrows_and_takes(&["排序 急招优先", "排序 工资最高"]);
        },
    ),
    ("find the work that pays best and take it, known", |hand| {
        hand.narrows_and_takes(&["排序 急招优先"]);
    }),
    ("take the job whose number is on the wall, known", |hand| {
        hand.finds();
        hand.touch("搜索 文字、编号");
        hand.enter("103");
        hand.ends_with("搜索");
        hand.touch("103 房屋保洁");
        hand.takes_it();
    }),
    ("find work and take it, new", |hand| {
        hand.finds();
        hand.touch("100 砌砖小工");
        hand.touch("我要接这个活");
        hand.new_person();
        hand.touch("我看过了，同意");
        hand.touch("没错，登记");
        hand.touch("是，我接这个活");
        hand.sees("slip");
    }),
    ("register", |hand| {
        hand.touch("登记");
        hand.new_person();
        hand.touch("我看过了，同意");
        hand.touch("没错，登记");
        hand.sees("registered");
    }),
    ("see one's jobs", Hand::my_jobs),
    ("see jobs that suit one", |hand| {
        hand.touch("适合我的");
        hand.is_known();
        assert!(hand.terminal.screen().starts_with("suit"));
    }),
    ("complain without a name", |hand| {
        hand.touch("维权");
        hand.touch("我要投诉");
        hand.touch("我看过了，同意");
        hand.choose("干活不安全");
        hand.choose("最近一周");
        hand.enter("wang");
        hand.ends_with("下一步");
        hand.choose("不留：谁也不知道是我");
        hand.touch("没错，提交");
        hand.sees("complained");
    }),
    ("withdraw from a job", |hand| {
        hand.terminal.desk.had_claimed(0, ClaimState::Confirmed);
        hand.my_jobs();
        hand.touch("取消 07-0042");
        hand.touch("确定取消");
        assert!(hand.terminal.sees("已经取消，不用去了。"));
    }),
    ("say that the pay has come", |hand| {
        hand.terminal.desk.had_worked(0, 3);
        hand.my_jobs();
        hand.touch("结没结 07-0042");
        hand.touch("工钱拿到了");
        assert!(hand.terminal.sees("已经记下：工钱拿到了。"));
    }),
    ("say that it has not", |hand| {
        hand.terminal.desk.had_worked(0, 3);
        hand.my_jobs();
        hand.touch("结没结 07-0042");
        hand.touch("工钱没拿到");
        hand.sees("unpaid");
    }),
    ("get a worker's pass", |hand| {
        hand.my_jobs();
        hand.touch("我的零工码");
        hand.touch("给我新的零工码");
        hand.sees("pass");
    }),
    ("get a worker's pass, new", |hand| {
        hand.touch("登记");
        hand.new_person();
        hand.touch("我看过了，同意");
        hand.touch("没错，登记");
        hand.touch("领零工码");
        hand.touch("给我新的零工码");
        hand.sees("pass");
    }),
    ("enrol for a course", |hand| {
        hand.touch("培训");
        hand.touch("电工上岗证培训");
        hand.touch("报名参加");
        hand.is_known();
        hand.sees("enrolled");
    }),
    ("withdraw from a course", |hand| {
        hand.touch("培训");
        hand.touch("电工上岗证培训");
        hand.touch("报名参加");
        hand.is_known();
        hand.touch("首页");
        hand.touches.set(0);
        hand.touch("培训");
        hand.touch("我的培训");
        hand.is_known();
        hand.touch("取消 电工上岗证培训");
        hand.touch("确定取消");
        hand.sees("my_courses");
    }),
    ("ask for a course", |hand| {
        hand.touch("培训");
        hand.touch("我想学别的");
        hand.is_known();
        hand.choose("焊工");
        hand.touch("告诉市场");
        assert_eq!(
            hand.terminal
                .desk
                .services
                .wishes
                .lock()
                .expect("held")
                .len(),
            1
        );
    }),
    ("read a policy", |hand| {
        hand.touch("政策");
        hand.touch("先交押金的都是骗子");
        hand.sees("policy");
    }),
    ("see where to find what", |hand| {
        hand.touch("其他服务");
        hand.sees("places");
    }),
    ("register as unemployed", |hand| {
        hand.touch("其他服务");
        hand.touch("失业登记");
        hand.is_known();
        hand.touch("我看过了，同意");
        for answer in ["一到六个月前", "被单位辞退", "初中", "找活"] {
            hand.choose(answer);
        }
        hand.ends_with("下一步");
        hand.touch("没错，提交");
        hand.sees("applied");
    }),
    ("say what makes it hard to find work", |hand| {
        hand.touch("其他服务");
        hand.touch("就业困难帮扶");
        hand.is_known();
        hand.choose("身体有残疾");
        hand.touch("同意告诉工作人员（已选 1 项）");
        hand.sees("hardship_told");
    }),
    ("take it back", |hand| {
        hand.touch("其他服务");
        hand.touch("就业困难帮扶");
        hand.is_known();
        hand.touch("收回以前说的");
        hand.sees("hardship_told");
    }),
    ("call staff, and say that they came", |hand| {
        hand.touch("请人帮忙");
        assert!(hand.terminal.sees("已呼叫工作人员"));
        hand.touch("工作人员来了");
        hand.sees("home");
    }),
    ("staff: an emergency notice", |hand| {
        hand.is_of_staff();
        hand.touch("紧急通知");
        hand.touch("自己输入");
        hand.enter("10");
        hand.ends_with("下一步");
        hand.touch("30 分钟");
        hand.touch("马上发布");
        hand.sees("staff_menu");
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
        hand.touch("我看过了，同意");
        hand.touch("没错，登记");
        hand.touch("回到工作人员菜单");
        hand.sees("staff_menu");
    }),
    ("staff: end the program", |hand| {
        hand.is_of_staff();
        hand.touch("退出程序");
        hand.touch("是，退出");
    }),
];

/// The first screen takes touches.
fn settled(terminal: &TestTerminal) {
    terminal.wait(Duration::from_millis(350));
}

/// Walks a flow on a terminal of its own; gives the touches, and the ends of answers.
fn walk(flow: Flow) -> (usize, usize) {
    let hand = Hand {
        terminal: terminal(),
        touches: Cell::default(),
        answers: Cell::default(),
    };
    let dir = tempfile::tempdir().expect("a directory");
    let config = staff_config(dir.path(), "");
    pin::set(&config.data, PIN).expect("set");
    let (staff, _store) = staff_of(&config, 0, Vec::new());
    *hand.terminal.desk.staff.lock().expect("held") = Some(staff);
    settled(&hand.terminal);
    flow(&hand);
    (hand.touches.get(), hand.answers.get())
}

#[test]
fn no_flow_needs_more_than_seven_touches() {
    let mut over = Vec::new();
    for (name, flow) in FLOWS {
        let walked = std::thread::spawn(|| walk(*flow)).join();
        let (touches, answers) = walked.unwrap_or_else(|_| panic!("{name} leads nowhere"));
        println!("{touches} touches, {answers} answers ended: {name}");
        if touches > MOST {
            over.push(*name);
        }
    }
    assert!(over.is_empty(), "more than {MOST} touches: {over:?}");
}

#[test]
fn the_second_tap_of_a_double_tap_does_nothing_on_the_new_screen() {
    let terminal = terminal();
    settled(&terminal);
    let middle = |label: &str| {
        let buttons = terminal.buttons();
        let found = buttons.into_iter().find(|(found, _)| found == label);
        found.map(|(_, at)| at).expect("a button")
    };
    let at = middle("找活");
    terminal.press(at);
    terminal.lift(at);
    settle();
    assert_eq!(terminal.screen(), "kinds");
    // What lies there now is not what the finger meant.
    let kind = middle("全部工种");
    terminal.press(kind);
    terminal.lift(kind);
    settle();
    assert_eq!(terminal.screen(), "kinds");
    terminal.tap("全部工种");
    assert_eq!(
        terminal.screen(),
        "kinds",
        "that touch came too soon as well"
    );
    terminal.tap("全部工种");
    assert_eq!(terminal.screen(), "results");
}
