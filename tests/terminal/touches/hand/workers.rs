//! What people come for.

use super::{Hand, Part, an_emergency, settled};
use crate::support::*;
use gighall_core::claim::ClaimState;
use gighall_core::job::{Job, WorkKind};
use gighall_core::testing::at;
use gighall_kiosk::terminal::desk::{Identified, ProvenBy};
use gighall_kiosk::ui::{FindData, ServiceData};
use jiff::SignedDuration;
use slint::ComponentHandle;
use std::collections::BTreeMap;

/// How somebody comes to the job that they want, as far as the question who they are.
pub const WAYS: &[Part] = &[
    ("take a job whose page was read", |hand| {
        hand.finds();
        hand.touch("100 砌砖小工");
        hand.touch("我要接这个活");
    }),
    ("read and take a job of a kind", |hand| {
        hand.touch("找活");
        hand.touch("焊工");
        hand.touch("108 焊工（持证）");
        hand.touch("我要接这个活");
    }),
    ("take a job of a kind", |hand| {
        hand.touch("找活");
        hand.touch("焊工");
        hand.takes_the_first();
    }),
    ("take a job of a kind in a town", |hand| {
        hand.touch("找活");
        hand.touch("五里岗街道");
        hand.touch("焊工");
        hand.takes_the_first();
    }),
    ("take a job of a kind, then of a town", |hand| {
        hand.touch("找活");
        hand.touch("焊工");
        hand.touch("乡镇 全部乡镇");
        hand.touch("五里岗街道");
        hand.takes_the_first();
    }),
    ("take a job of a kind for a day's pay", |hand| {
        hand.touch("找活");
        hand.touch("一天 200 元以上");
        hand.touch("焊工");
        hand.takes_the_first();
    }),
    ("take a job of a kind, then for a day's pay", |hand| {
        hand.touch("找活");
        hand.touch("焊工");
        hand.touch("一天工钱 不限");
        hand.touch("一天 200 元以上");
        hand.takes_the_first();
    }),
    ("take a job of a kind in a town for a day's pay", |hand| {
        hand.touch("找活");
        hand.touch("五里岗街道");
        hand.touch("一天 200 元以上");
        hand.touch("焊工");
        let find = hand.hall.terminal.window().global::<FindData>();
        let chosen = (find.get_kind(), find.get_town(), find.get_pay());
        assert_eq!(
            chosen,
            ("welding".into(), "五里岗街道".into(), "200".into())
        );
        hand.takes_the_first();
    }),
    ("change the kind and take a job", |hand| {
        hand.narrows_and_takes(&["工种 全部工种", "焊工"]);
    }),
    ("take a job in a town", |hand| {
        hand.narrows_and_takes(&["乡镇 全部乡镇", "海边街道"]);
    }),
    ("take a job that is paid daily", |hand| {
        hand.narrows_and_takes(&["结算 不限"]);
    }),
    ("take a job that begins today", |hand| {
        let tonight = at(NOW) + SignedDuration::from_hours(10);
        hand.hall.terminal.desk.jobs.lock().expect("held")[0].starts_at = tonight;
        hand.narrows_and_takes(&["开工 哪天都行"]);
    }),
    ("take the job that is nearest", |hand| {
        hand.narrows_and_takes(&["路程 不限"]);
        let find = hand.hall.terminal.window().global::<FindData>();
        assert_eq!(find.get_order(), "distance");
    }),
    ("take the job that begins first", |hand| {
        hand.narrows_and_takes(&["排序 最早开工"]);
    }),
    ("take the job that pays best", |hand| {
        hand.narrows_and_takes(&["排序 工资最高"]);
    }),
    (
        "read and take the job whose number is on the wall",
        |hand| {
            hand.finds();
            hand.touch("搜索 文字、编号");
            hand.enter("103");
            hand.ends_with("搜索");
            hand.touch("103 房屋保洁");
            hand.touch("我要接这个活");
        },
    ),
];

/// What somebody looks for; `None` where any will do.
#[derive(Clone, Copy)]
pub struct Wish {
    pub kind: Option<(&'static str, WorkKind)>,
    pub town: Option<&'static str>,
    /// In yuan, at least so much a day.
    pub pay: Option<u64>,
}

const WISHES: [Wish; 3] = [
    Wish {
        kind: Some(("焊工", WorkKind::Welding)),
        town: Some("五里岗街道"),
        pay: Some(200),
    },
    // Towns that are not among the first on a small panel, and on none.
    Wish {
        kind: Some(("装修", WorkKind::Decoration)),
        town: Some("陕桥街道"),
        pay: Some(200),
    },
    Wish {
        kind: Some(("司机", WorkKind::Driving)),
        town: Some("金钟镇"),
        pay: Some(200),
    },
];

/// Every part of each of them: a kind of work, a town and a sum, any two of them, one, none.
pub fn wishes() -> Vec<Wish> {
    let parts = |wish: Wish| {
        (0..8u8).map(move |part| Wish {
            kind: wish.kind.filter(|_| part & 1 > 0),
            town: wish.town.filter(|_| part & 2 > 0),
            pay: wish.pay.filter(|_| part & 4 > 0),
        })
    };
    let all = WISHES.into_iter().flat_map(parts);
    let named: BTreeMap<String, Wish> = all.map(|wish| (wish.name(), wish)).collect();
    named.into_values().collect()
}

impl Wish {
    pub fn name(&self) -> String {
        let said = [
            self.kind.map(|(name, _)| name.to_owned()),
            self.town.map(str::to_owned),
            self.pay.map(|yuan| format!("{yuan} yuan")),
        ];
        let said: Vec<String> = said.into_iter().flatten().collect();
        format!("read and take a job ({})", said.join(", "))
    }

    pub fn is_met_by(&self, job: &Job) -> bool {
        let fen = job.pay.fen_a_day();
        self.kind.is_none_or(|(_, kind)| kind == job.work_kind)
            && self.town.is_none_or(|town| town == job.town)
            && self.pay.is_none_or(|yuan| fen >= Some(yuan * 100))
    }
}

/// What people come for, and how they get it.
pub const FLOWS: &[Part] = &[
    ("register", |hand| {
        hand.touch("登记");
        hand.new_person();
        hand.touch("没错，同意登记");
        hand.sees("registered");
    }),
    ("register without a telephone", |hand| {
        hand.touch("登记");
        hand.new_person_without_phone();
        hand.touch("没错，同意登记");
        hand.sees("registered");
    }),
    ("take a job, new and without a telephone", |hand| {
        hand.finds();
        hand.touch("100 砌砖小工");
        hand.touch("我要接这个活");
        hand.new_person_without_phone();
        hand.touch("没错，同意登记");
        hand.touch("是，我接这个活");
        hand.sees("slip");
    }),
    ("take a job by number and PIN", |hand| {
        let asks = Identified::AsksProof {
            by: ProvenBy::Pin,
            wrong: false,
        };
        *hand.hall.terminal.desk.doubts.lock().expect("held") = Some(asks);
        hand.finds();
        hand.touch("100 砌砖小工");
        hand.touch("我要接这个活");
        hand.number(&known_number());
        hand.sees("proof");
        hand.enter("5678");
        hand.ends_with("下一步");
        hand.touch("是，我接这个活");
        hand.sees("slip");
    }),
    ("choose another PIN", |hand| {
        let desk = &hand.hall.terminal.desk;
        let mut people = desk.people.lock().expect("held");
        people.get_mut(&known_number()).expect("known").phone = None;
        drop(people);
        hand.my_jobs();
        hand.touch("我的零工码");
        hand.touch("设密码");
        hand.chooses_a_pin();
        hand.sees("my_jobs");
    }),
    ("see one's jobs", Hand::my_jobs),
    ("see jobs that suit one", |hand| {
        hand.touch("适合我的");
        hand.is_known();
        assert!(hand.hall.terminal.screen().starts_with("suit"));
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
        hand.touch("没错，交上去");
        hand.sees("complained");
    }),
    ("withdraw from a job", |hand| {
        hand.hall
            .terminal
            .desk
            .had_claimed(0, ClaimState::Confirmed);
        hand.my_jobs();
        hand.touch("取消 07-0042");
        hand.touch("确定取消");
        assert!(hand.hall.terminal.sees("已经取消，不用去了。"));
    }),
    ("say that the pay has come", |hand| {
        hand.hall.terminal.desk.had_worked(0, 3);
        hand.my_jobs();
        hand.touch("结没结 07-0042");
        hand.touch("工钱拿到了");
        hand.touch("是，全部拿到了");
        assert!(hand.hall.terminal.sees("已经记下：工钱拿到了。"));
    }),
    ("say that it has not", |hand| {
        hand.hall.terminal.desk.had_worked(0, 3);
        hand.my_jobs();
        hand.touch("结没结 07-0042");
        hand.touch("工钱没拿到");
        hand.sees("unpaid");
    }),
    ("say that the pay has come, and rate the work", |hand| {
        hand.hall.terminal.desk.had_worked(0, 3);
        hand.my_jobs();
        hand.touch("结没结 07-0042");
        hand.touch("工钱拿到了");
        hand.touch("是，全部拿到了");
        hand.sees("rate");
        hand.touch("满意");
        let rated = &hand.hall.terminal.desk.services.ratings;
        assert_eq!(rated.lock().expect("held").len(), 1);
    }),
    ("say that it has not, and complain", |hand| {
        hand.hall.terminal.desk.had_worked(0, 3);
        hand.my_jobs();
        hand.touch("结没结 07-0042");
        hand.touch("工钱没拿到");
        hand.touch("我要投诉");
        hand.touch("我看过了，同意");
        hand.choose("最近一周");
        hand.enter("1800");
        hand.ends_with("下一步");
        hand.ends_with("不选，下一步");
        hand.touch("没错，交上去");
        hand.sees("complained");
    }),
    ("report a job", |hand| {
        hand.finds();
        hand.touch("100 砌砖小工");
        hand.touch("举报这个岗位");
        hand.touch("我看过了，同意");
        hand.choose("活和写的不一样");
        hand.choose("今天");
        hand.ends_with("不选，下一步");
        hand.choose("不留：谁也不知道是我");
        hand.touch("没错，交上去");
        hand.sees("complained");
    }),
    ("complain under one's name", |hand| {
        hand.touch("维权");
        hand.touch("我要投诉");
        hand.touch("我看过了，同意");
        hand.choose("收钱、收押金或扣身份证");
        hand.choose("最近一个月");
        hand.enter("200");
        hand.ends_with("下一步");
        hand.enter("wang");
        hand.ends_with("下一步");
        hand.choose("留：工作人员能联系到我，告诉我结果");
        hand.is_known();
        hand.touch("没错，交上去");
        hand.sees("complained");
    }),
    ("see how one's complaints stand", |hand| {
        hand.touch("维权");
        hand.touch("我的投诉");
        hand.is_known();
        hand.sees("my_complaints");
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
        hand.touch("没错，同意登记");
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
            hand.hall
                .terminal
                .desk
                .services
                .wishes
                .lock()
                .expect("held")
                .len(),
            1
        );
    }),
    ("read a policy, and take it away by its code", |hand| {
        hand.touch("政策");
        hand.touch("先交押金的都是骗子");
        hand.sees("policy");
        let service = hand.hall.terminal.window().global::<ServiceData>();
        assert!(service.get_policy_code().shown);
    }),
    ("see where to find what", |hand| {
        hand.touch("其他服务");
        hand.sees("places");
    }),
    ("see the map of the hall", |hand| {
        hand.touch("其他服务");
        hand.touch("市场平面图");
        hand.sees("map");
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
        hand.touch("没错，交上去");
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
        hand.touch("是，收回");
        hand.sees("hardship_told");
    }),
    ("call staff, and say that they came", |hand| {
        hand.touch("请人帮忙");
        assert!(hand.hall.terminal.sees("已呼叫工作人员"));
        hand.touch("工作人员来了");
        hand.sees("home");
    }),
    ("read an emergency notice again", |hand| {
        let store = hand.hall.store.clone();
        store.put_up(&an_emergency()).expect("up");
        *hand.hall.terminal.desk.store.lock().expect("held") = Some(store);
        hand.hall.terminal.controller.store_changed();
        settled(&hand.hall.terminal);
        hand.touch("我看到了");
        hand.touch("紧急通知");
        assert!(hand.hall.terminal.sees("我看到了"));
    }),
];
