//! What a row says comes in; what it cannot say is named with its line, column and reason.

use crate::support::*;
use gighall_core::job::{ClaimMode, Insurance, JobState, Settlement};
use gighall_core::pay::{Pay, PayUnit};
use gighall_core::testing::at;

#[test]
fn bad_rows_are_named_and_good_ones_come_in() {
    let text = "岗位名称,用工单位,招聘人数（人）,薪资,年龄,联系电话,开始时间,统一社会信用代码\n\
        砌砖小工,甲公司,3,200元/天,18-60岁,13812345678,明天 8:00,\n\
        砌砖小工,乙公司,若干,200元/天,,,,\n\
        砌砖小工,丙公司,0,200元/天,,,,\n\
        砌砖小工,丁公司,-3,200元/天,,,,\n\
        砌砖小工,戊公司,10001,200元/天,,,,\n\
        \n\
        砌砖小工,己公司,3,260-200元/天,,,,\n\
        砌砖小工,庚公司,3,,,,,\n\
        砌砖小工,辛公司,3,200,,,,\n\
        ,壬公司,3,200元/天,,,,\n\
        砌砖小工,,3,200元/天,,,,\n\
        砌砖小工,癸公司,3,200元/天,60-18岁,,,\n\
        砌砖小工,子公司,3,200元/天,,12,,\n\
        砌砖小工,丑公司,3,200元/天,,,春节后,\n\
        砌砖小工,寅公司,3,200元/天,,,2026-10-01,\n\
        砌砖小工,卯公司,3,200元/天,,,,9144030071526726XH\n\
        砌砖小工,甲公司,5,200元/天,,,明天8点,\n\
        搬运工,甲公司,5,200元/天,,,,9144030071526726XG\n\
        合计,,8,,,,,\n";
    let import = read_text(text);
    assert_eq!(import.listings.len(), 2, "{:#?}", import.rejected);
    let told: Vec<(usize, &str, &str)> = import
        .rejected
        .iter()
        .map(|r| (r.line, r.column.as_str(), r.reason.as_str()))
        .collect();
    let expected = [
        (3, "招聘人数（人）", "1 to 10000"),
        (4, "招聘人数（人）", "1 to 10000"),
        (5, "招聘人数（人）", "1 to 10000"),
        (6, "招聘人数（人）", "1 to 10000"),
        (8, "薪资", "lower"),
        (9, "薪资", "empty"),
        (10, "薪资", "unit"),
        (11, "岗位名称", "empty"),
        (12, "用工单位", "empty"),
        (13, "年龄", "youngest"),
        (14, "联系电话", "digits"),
        (15, "开始时间", "明天 8:00"),
        (16, "开始时间", "over"),
        (17, "统一社会信用代码", "check character"),
        (18, "岗位名称", "same as line 2"),
    ];
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    for (told, expected) in told.iter().zip(expected) {
        assert_eq!((told.0, told.1), (expected.0, expected.1));
        assert!(told.2.contains(expected.2), "{told:?}");
    }
}

#[test]
fn long_texts_are_refused_cleanly() {
    let long = "长".repeat(10_000);
    for column in [
        "岗位名称",
        "用工单位",
        "备注",
        "工作地点",
        "薪资",
        "开始时间",
        "年龄",
        "联系电话",
    ] {
        let cell = |name: &str, good: &str| {
            if name == column {
                long.clone()
            } else {
                good.to_owned()
            }
        };
        let text = format!(
            "岗位名称,用工单位,人数,薪资,备注,工作地点,开始时间,年龄,联系电话\n{},{},2,{},{},{},{},{},{}\n",
            cell("岗位名称", "小工"),
            cell("用工单位", "甲"),
            cell("薪资", "200/天"),
            cell("备注", ""),
            cell("工作地点", ""),
            cell("开始时间", ""),
            cell("年龄", ""),
            cell("联系电话", ""),
        );
        let rejection = refused(&text);
        assert_eq!(rejection.column, column);
        assert!(
            rejection.reason.chars().count() < 300,
            "{}",
            rejection.reason
        );
    }
}

#[test]
fn markup_and_formulas_are_plain_text() {
    let listing =
        one("岗位,公司,人数,工资\n<script>alert(1)</script>,=HYPERLINK(\"x\"),1,200/天\n");
    assert_eq!(listing.job.title, "<script>alert(1)</script>");
    assert!(listing.job.employer.name.starts_with("=HYPERLINK"));
}

#[test]
fn dates_decide_when_a_job_ends_and_closes() {
    let head = "岗位,公司,人数,工资,开始时间,工作时间,有效期\n小工,甲,2,200/天,";
    let times = |cells: &str| {
        let job = one(&format!("{head}{cells}\n")).job;
        (job.starts_at, job.ends_at, job.valid_until)
    };
    let z = |text: &str| at(&format!("2026-{text}:00Z"));
    assert_eq!(
        times("明天,8:00-18:00,"),
        (z("11-25T00:00"), Some(z("11-25T10:00")), z("11-25T00:00"))
    );
    assert_eq!(
        times("长期,8:00-18:00,"),
        (z("11-25T00:00"), None, z("12-24T16:00"))
    );
    assert_eq!(times(",,7天"), (z("11-25T00:00"), None, z("12-01T16:00")));
    assert_eq!(
        times("明天,20:00-6:00,"),
        (z("11-25T12:00"), Some(z("11-25T22:00")), z("11-25T12:00"))
    );
    // Nobody claims work that is over: it ends the claims before a later deadline does.
    assert_eq!(
        times("明天,8:00-18:00,30天"),
        (z("11-25T00:00"), Some(z("11-25T10:00")), z("11-25T10:00"))
    );
    assert_eq!(
        times("明天,,2026-12-20"),
        (z("11-25T00:00"), None, z("11-25T10:00"))
    );
    // Work that goes on already begins tomorrow for whoever joins.
    assert_eq!(
        times("11月20日至28日,,"),
        (z("11-25T00:00"), Some(z("11-28T10:00")), z("11-28T10:00"))
    );
}

#[test]
fn keys_are_the_same_on_every_day_but_for_days_named_by_words() {
    let text = "编号,岗位,公司,人数,工资,开始时间\nA1,小工,甲,2,200/天,长期\nA2,大工,甲,2,300/天,明天\n\
        ,木工,甲,2,300/天,\n,电工,甲,2,300/天,12月1日\n,焊工,甲,2,300/天,每天\n";
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("list.csv");
    std::fs::write(&path, text).expect("written");
    let today = keys(&read_at(&path, None, at(NOW)).expect("a list"));
    let again = keys(&read_at(&path, None, at("2026-11-24T09:00:00Z")).expect("a list"));
    let tomorrow = keys(&read_at(&path, None, at("2026-11-25T02:00:00Z")).expect("a list"));
    assert_eq!(today, again);
    assert_eq!(today[0], "甲#A1");
    assert_eq!(today[1], "甲#A2@2026-11-25");
    assert_eq!(tomorrow[1], "甲#A2@2026-11-26");
    assert_eq!(
        (&today[0], &today[2], &today[3]),
        (&tomorrow[0], &tomorrow[2], &tomorrow[3])
    );
    assert_ne!(today[4], tomorrow[4]);
}

#[test]
fn numbers_that_begin_anew_each_day_are_not_another_employers_job() {
    let key = |row: &str| {
        one(&format!(
            "编号,岗位,公司,人数,工资,统一社会信用代码\n{row}\n"
        ))
        .source_key
    };
    let monday = key("1,小工,甲公司,2,200/天,");
    assert_eq!(monday, key("1,大工,甲公司,5,300/天,"));
    assert_ne!(monday, key("1,小工,乙公司,2,200/天,"));
    // The credit code outlasts a new name.
    let code = "9144030071526726XG";
    assert_eq!(
        key(&format!("1,小工,甲公司,2,200/天,{code}")),
        key(&format!("1,小工,甲有限公司,2,200/天,{code}"))
    );
}

#[test]
fn the_days_pay_on_the_day_is_not_promised_for_the_employer() {
    let read = |cells: &str| {
        let job = one(&format!(
            "岗位,公司,人数,工资,结算方式\n小工,甲,2,{cells}\n"
        ))
        .job;
        (job.pay, job.settlement)
    };
    let by_day = Pay::Range {
        min_fen: 20_000,
        max_fen: 20_000,
        unit: PayUnit::Day,
    };
    for (cells, settlement) in [
        ("200/天,每月15日结算", Settlement::Monthly),
        ("200/天,次月10日结", Settlement::Monthly),
        ("200,按日计酬，按月发放", Settlement::Monthly),
        ("200,按天", Settlement::OnCompletion),
        ("200/天,完工后一次结清", Settlement::OnCompletion),
        ("200/天,面议", Settlement::OnCompletion),
        ("200/天,日结", Settlement::Daily),
    ] {
        assert_eq!(read(cells), (by_day, settlement), "{cells}");
    }
}

#[test]
fn what_a_row_can_do_without_does_not_refuse_it() {
    let read = |column: &str, value: &str| {
        let text = format!("岗位,公司,人数,工资,{column}\n小工,甲,2,200/天,{value}\n");
        one(&text).job
    };
    let insured = read("是否购买保险", "是");
    assert_eq!(insured.insurance, Insurance::None, "nobody said which");
    assert_eq!(insured.requirements.as_deref(), Some("保险：是"));
    assert_eq!(read("保险", "意外险").insurance, Insurance::Accident);
    assert_eq!(read("保险", "意外险").requirements, None);
    let interview = ClaimMode::EmployerConfirms;
    assert_eq!(read("是否面试", "是").claim_mode, interview);
    assert_eq!(read("是否面试", "否").claim_mode, ClaimMode::FirstCome);
    assert_eq!(
        read("录用方式", "电话联系").claim_mode,
        ClaimMode::FirstCome
    );
    for (column, value) in [
        ("支付方式", "微信/现金"),
        ("结算方式", "面议"),
        ("计薪方式", "面议"),
    ] {
        assert_eq!(read(column, value).settlement, Settlement::OnCompletion);
    }
    assert_eq!(read("联系电话", "微信联系").contact_phone, None);
    assert_eq!(
        read("年龄", "青壮年").requirements.as_deref(),
        Some("年龄：青壮年")
    );
    assert!(read("急招", "很急").urgent && !read("急招", "大概").urgent);
    assert!(read("危险作业", "高空清洗").hazardous && !read("危险作业", "不涉及").hazardous);
    for yes in ["是", "优先", "公益性岗位"] {
        assert!(read("公益性岗位", yes).reserved, "{yes}");
    }
    for no in ["", "否", "不限", "无"] {
        assert!(!read("就业困难人员优先", no).reserved, "{no}");
    }
}

#[test]
fn a_start_that_follows_the_import_says_so() {
    let start = |cells: &str| {
        one(&format!(
            "岗位,公司,人数,工资,开始时间\n小工,甲,2,200/天,{cells}\n"
        ))
    };
    for moving in ["长期", "", "8:00", "11月20日至28日"] {
        assert!(start(moving).start_moves, "{moving}");
    }
    // Those named by words are other listings tomorrow.
    for fixed in ["明天", "每天", "12月1日", "11月24日至28日"] {
        assert!(!start(fixed).start_moves, "{fixed}");
    }
}

#[test]
fn listings_that_ask_for_money_are_held() {
    let listing = one("岗位,公司,人数,工资,备注\n小工,甲,2,200/天,需交押金200元\n");
    assert!(listing.review.is_some_and(|reason| reason.contains("押金")));
    assert_eq!(listing.job.state, JobState::PendingReview);
    for row in [
        "小工,甲（押金300）,2,200/天,,,",
        "小工,甲,2,200/天,草海镇报名费窗口,,",
        "小工,甲,2,200/天,,交押.金后在西门集合,",
        "小工,甲,2,200/天,,,早8点到晚6点 服装 费自理",
    ] {
        let listing = one(&format!(
            "岗位,公司,人数,工资,工作地点,集合地点,工作时间\n{row}\n"
        ));
        assert_eq!(listing.job.state, JobState::PendingReview, "{row}");
    }
    let listing = one("岗位,公司,人数,工资,备注\n小工,甲,2,200/天,无押金，不收体检费\n");
    assert_eq!(
        (listing.review, listing.job.state),
        (None, JobState::Published)
    );
}
