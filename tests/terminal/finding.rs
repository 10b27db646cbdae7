//! How somebody finds the job they want: what the list is narrowed by, its order, its pages.

use crate::support::*;
use gighall_kiosk::ui::{Choice, FindData};
use slint::{ComponentHandle, Model};

#[test]
fn work_is_found_by_kind_town_pay_and_words() {
    let terminal = terminal();
    terminal.touch("找活");
    terminal.touch("农活采摘");
    let find = || terminal.window().global::<FindData>();
    assert_eq!(find().get_total(), 5);
    terminal.touch("乡镇 全部乡镇");
    terminal.touch("中水镇");
    assert_eq!(find().get_total(), 2);
    terminal.touch("一天工钱 不限");
    terminal.touch("一天 300 元以上");
    assert_eq!(find().get_total(), 1, "280 to 320 is not 300 at least");
    terminal.touch("工种 农活采摘");
    terminal.touch("全部工种");
    terminal.touch("乡镇 中水镇");
    terminal.touch("全部乡镇");
    terminal.touch("一天工钱 300 元起");
    terminal.touch("多少都行");
    assert_eq!(find().get_total(), 40);
    terminal.touch("结算 不限");
    assert!(find().get_daily());
    terminal.touch("搜索 文字、编号");
    terminal.keys("102");
    terminal.touch("搜索");
    assert_eq!(find().get_total(), 1);
    terminal.touch("102 装卸土豆");
    assert_eq!(terminal.screen(), "job");
}

#[test]
fn jobs_are_narrowed_by_day_and_way_and_put_in_order() {
    let terminal = terminal();
    let find = || terminal.window().global::<FindData>();
    terminal.touch("找活");
    terminal.touch("全部工种");
    assert_eq!(find().get_total(), 40);
    let first_pay = || find().get_rows().row_data(0).expect("a row").pay;
    assert_eq!(first_pay(), "150-190");
    terminal.touch("排序 工资最高");
    assert_eq!(first_pay(), "300-340");
    terminal.touch("排序 最早开工");
    assert_eq!(find().get_order(), "start");
    terminal.touch("排序 ✓ 最早开工");
    assert_eq!(find().get_order(), "urgent");
    terminal.touch("路程 不限");
    assert_eq!(find().get_order(), "distance");
    assert_eq!(find().get_total(), 40, "the nearest first, and all of them");
    terminal.touch("路程 ✓ 离得最近");
    assert!(find().get_near());
    assert_eq!(find().get_total(), 14);
    assert_eq!(
        find().get_rows().row_data(0).expect("a row").distance,
        "0.0"
    );
    terminal.touch("开工 哪天都行");
    assert!(find().get_today());
    assert_eq!(find().get_total(), 0);
    // The next person begins anew.
    terminal.touch("首页");
    assert!(!find().get_near() && !find().get_today());
}

#[test]
fn nothing_found_says_so_and_leads_on() {
    let terminal = terminal();
    terminal.touch("找活");
    terminal.touch("全部工种");
    terminal.touch("搜索 文字、编号");
    terminal.keys("999");
    terminal.touch("搜索");
    assert!(terminal.sees("没有完全合适的岗位。"));
    terminal.touch("看全部岗位");
    assert_eq!(terminal.window().global::<FindData>().get_total(), 40);
}

#[test]
fn a_number_that_is_full_is_said_to_be_full_with_jobs_like_it() {
    let terminal = terminal();
    terminal.desk.jobs.lock().expect("held")[2].places_left = 0;
    let find = || terminal.window().global::<FindData>();
    terminal.touch("找活");
    terminal.touch("按编号找");
    terminal.keys("102");
    assert!(terminal.says("102 号招满了"), "while it is typed");
    terminal.touch("搜索");
    assert!(terminal.says("102 号招满了"));
    assert!(!terminal.sees("没有完全合适的岗位。"));
    assert_eq!(find().get_rows().row_count(), 3);
    terminal.touch("103 房屋保洁");
    assert_eq!(terminal.screen(), "job");
}

#[test]
fn the_way_is_asked_only_where_some_job_says_where_it_is() {
    let terminal = terminal();
    let known = || terminal.window().global::<FindData>().get_place_known();
    terminal.touch("找活");
    terminal.touch("全部工种");
    assert!(known());
    terminal.touch("路程 不限");
    for job in terminal.desk.jobs.lock().expect("held").iter_mut() {
        job.position = None;
    }
    terminal.controller.store_changed();
    settle();
    assert!(known(), "what is chosen can be taken back");
    terminal.touch("首页");
    terminal.touch("找活");
    terminal.touch("全部工种");
    assert!(!known());
    assert!(!terminal.sees("路程 不限"));
}

#[test]
fn the_list_is_paged() {
    let terminal = terminal();
    terminal.touch("找活");
    terminal.touch("全部工种");
    let find = || terminal.window().global::<FindData>();
    let rows = find().get_rows().row_count();
    assert!((4..=9).contains(&rows), "{rows}");
    let first = find().get_rows().row_data(0).expect("a row").number;
    terminal.touch("▼ 下一页");
    assert_eq!(find().get_page(), 2);
    assert_ne!(find().get_rows().row_data(0).expect("a row").number, first);
    terminal.touch("▲ 上一页");
    assert_eq!(find().get_rows().row_data(0).expect("a row").number, first);
}

#[test]
fn a_full_job_changes_while_it_is_read() {
    let terminal = terminal();
    find_a_job(&terminal);
    terminal.desk.jobs.lock().expect("held")[0].places_left = 0;
    terminal.controller.store_changed();
    settle();
    assert!(terminal.sees("已经不招了"));
}

#[test]
fn a_choice_says_how_many_jobs_it_leads_to_beside_what_is_chosen() {
    let terminal = terminal();
    let find = || terminal.window().global::<FindData>();
    let counts = |choices: slint::ModelRc<Choice>| -> Vec<(String, i32)> {
        let all = choices.iter();
        all.map(|it| (it.key.to_string(), it.count)).collect()
    };
    let said = |key: &str, count| (key.to_owned(), count);
    terminal.touch("找活");
    assert_eq!(counts(find().get_kinds())[0], said("", 40));
    terminal.touch("五里岗街道");
    let kinds = counts(find().get_kinds());
    assert_eq!(kinds[0], said("", 7));
    assert!(kinds.contains(&said("welding", 2)));
    assert_eq!(kinds.len(), 4, "no kind that leads to nothing: {kinds:?}");
    // A job more is counted at once.
    {
        let mut jobs = terminal.desk.jobs.lock().expect("held");
        jobs[0].town = "五里岗街道".to_owned();
    }
    terminal.controller.store_changed();
    assert!(counts(find().get_kinds()).contains(&said("construction", 1)));
    terminal.touch("焊工");
    assert_eq!(find().get_total(), 2);
    terminal.touch("乡镇 五里岗街道");
    let towns = counts(find().get_towns());
    assert_eq!(towns, [said("", 2), said("五里岗街道", 2)]);
    // The next person finds all of them.
    terminal.touch("首页");
    terminal.touch("找活");
    assert_eq!(counts(find().get_kinds())[0], said("", 40));
}

#[test]
fn nobody_is_asked_for_a_kind_where_a_page_holds_all_jobs_of_the_town() {
    let terminal = terminal_on(1024, 600, 4.62);
    let find = || terminal.window().global::<FindData>();
    let finds_in = |town: &str| {
        terminal.touch("找活");
        terminal.touch("更多乡镇");
        terminal.touch(town);
    };
    // So many fit on a page is known once there was one.
    terminal.touch("找活");
    terminal.touch("全部工种");
    let rows = find().get_rows().row_count();
    terminal.touch("首页");
    assert!((2..5).contains(&rows), "{rows}");
    finds_in("金钟镇");
    assert_eq!(terminal.screen(), "results");
    assert_eq!(find().get_total(), 2);
    // Back leads to where the town can be changed, and not among all of them.
    terminal.touch("返回");
    assert_eq!(terminal.screen(), "kinds");
    terminal.touch("首页");
    finds_in("陕桥街道");
    assert_eq!(terminal.screen(), "kinds", "five jobs are too many");
    assert_eq!(find().get_town(), "陕桥街道");
    // With what else is chosen they are few enough.
    terminal.touch("首页");
    terminal.touch("找活");
    terminal.touch("一天 200 元以上");
    terminal.touch("更多乡镇");
    terminal.touch("陕桥街道");
    assert_eq!(terminal.screen(), "results");
}

#[test]
fn a_job_is_found_by_the_number_on_the_wall_whatever_was_chosen_before() {
    let terminal = terminal();
    let find = || terminal.window().global::<FindData>();
    terminal.touch("找活");
    terminal.touch("焊工");
    terminal.touch("返回");
    terminal.touch("按编号找");
    assert!(terminal.sees("岗位编号是多少？"));
    terminal.keys("100");
    terminal.touch("搜索");
    assert_eq!(find().get_total(), 1);
    assert_eq!(find().get_rows().row_data(0).expect("it").number, "100");
    // What was searched is not searched on unseen.
    terminal.touch("返回");
    terminal.touch("返回");
    assert_eq!(terminal.screen(), "kinds");
    assert_eq!(find().get_words(), "");
    terminal.touch("全部工种");
    assert_eq!(find().get_total(), 40);
}
