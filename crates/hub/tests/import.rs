//! Lists of jobs come in as they are; what cannot is named with its line, column and reason.

use gighall_core::id::HallId;
use gighall_core::job::{ClaimMode, Insurance, JobState, Settlement, WorkKind};
use gighall_core::pay::{Pay, PayUnit};
use gighall_core::testing::{a_hall, at};
use gighall_hub::import::{Import, ImportError, Rejection, read_file};
use gighall_hub::store::Listing;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Ten in the morning of a Tuesday in 威宁.
const NOW: &str = "2026-11-24T02:00:00Z";

fn asset(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../assets")
        .join(name)
}

fn read_at(path: &Path, map: Option<&Path>, now: Timestamp) -> Result<Import, ImportError> {
    let zone = TimeZone::get("Asia/Shanghai").expect("a zone");
    read_file(path, &hall(), map, &zone, now)
}

fn hall() -> HallId {
    a_hall()
}

/// Writes a file and reads it.
fn read_bytes(name: &str, bytes: &[u8], map: Option<&str>) -> Result<Import, ImportError> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).expect("written");
    let map = map.map(|text| {
        let path = folder.path().join("map.toml");
        std::fs::write(&path, text).expect("written");
        path
    });
    read_at(&path, map.as_deref(), at(NOW))
}

fn read_text(text: &str) -> Import {
    read_bytes("list.csv", text.as_bytes(), None).expect("a list")
}

fn one(text: &str) -> Listing {
    let import = read_text(text);
    assert_eq!(import.rejected, [], "{text}");
    import.listings.into_iter().next().expect("one listing")
}

fn refused(text: &str) -> Rejection {
    let import = read_text(text);
    assert_eq!(import.listings, [], "{text}");
    import.rejected.into_iter().next().expect("one refusal")
}

fn keys(import: &Import) -> Vec<String> {
    import
        .listings
        .iter()
        .map(|l| l.source_key.clone())
        .collect()
}

#[test]
fn the_demo_comes_in_whole() {
    let import = read_at(&asset("demo/listings.xlsx"), None, at(NOW)).expect("the demo");
    assert_eq!(import.rejected, []);
    assert!(import.listings.len() >= 240, "{}", import.listings.len());
    let unique: HashSet<String> = keys(&import).into_iter().collect();
    assert_eq!(unique.len(), import.listings.len());
    for listing in &import.listings {
        let job = &listing.job;
        assert_eq!(listing.review, None, "{}", job.title);
        assert!(job.is_open(at(NOW)), "{}", job.title);
        assert!(job.places >= 1 && job.places <= 60);
        assert!(job.town.ends_with(['镇', '乡', '道']), "{}", job.town);
        let phone = job.contact_phone.as_deref().unwrap_or_default();
        assert!(phone.starts_with("0857-0000"), "{phone}");
    }
    let first = &import.listings[0].job;
    assert_eq!(
        (first.title.as_str(), first.work_kind),
        ("马铃薯采收工", WorkKind::Farming)
    );
    let kinds: HashSet<WorkKind> = import.listings.iter().map(|l| l.job.work_kind).collect();
    assert_eq!(kinds.len(), WorkKind::ALL.len());
    assert!(import.listings.iter().any(|l| l.job.urgent));
    assert!(import.listings.iter().any(|l| l.job.hazardous));
}

#[test]
fn the_demo_does_not_go_stale() {
    let path = asset("demo/listings.xlsx");
    let day = |text: &str| read_at(&path, None, at(text)).expect("the demo");
    let morning = day(NOW);
    // Later on the same day: the same listings to the last field but the time of reading.
    let evening = day("2026-11-24T15:59:00Z");
    let as_kept = |import: &Import| -> Vec<Listing> {
        let mut listings = import.listings.clone();
        for listing in &mut listings {
            listing.job.published_at = at(NOW);
        }
        listings
    };
    assert_eq!(as_kept(&morning), as_kept(&evening));
    // A week later: everything open again, steady work under its old key.
    let later = day("2026-12-01T02:00:00Z");
    assert!(
        later
            .listings
            .iter()
            .all(|l| l.job.is_open(at("2026-12-01T02:00:00Z")))
    );
    let before: HashSet<String> = keys(&morning).into_iter().collect();
    let kept = keys(&later)
        .iter()
        .filter(|key| before.contains(*key))
        .count();
    assert!(kept > 80 && kept < later.listings.len(), "{kept}");
}

#[test]
fn gb18030_comes_in() {
    let bytes = std::fs::read(asset("demo/listings.csv")).expect("the list");
    assert!(std::str::from_utf8(&bytes).is_err(), "it is GB18030");
    let import = read_at(&asset("demo/listings.csv"), None, at(NOW)).expect("the list");
    assert_eq!(import.rejected, []);
    assert_eq!(import.listings.len(), 10);
    assert_eq!(import.listings[0].job.title, "马铃薯采收工（加急补招）");
}

#[test]
fn postings_of_schema_org_come_in() {
    let import = read_at(&asset("demo/jobposting.jsonld"), None, at(NOW)).expect("postings");
    assert_eq!(import.rejected, []);
    let [solar, care, shop] = import.listings.as_slice() else {
        panic!("three postings");
    };
    assert!(solar.source_key.ends_with("#YGG-07"));
    assert_eq!(solar.job.town, "观风海镇");
    assert_eq!(
        (solar.job.places, solar.job.settlement),
        (12, Settlement::Daily)
    );
    assert_eq!(solar.job.insurance, Insurance::Accident);
    assert!(solar.job.meals && solar.job.transport && !solar.job.lodging);
    assert_eq!(
        solar.job.position,
        Some(("26.8571".to_owned(), "104.1253".to_owned()))
    );
    let monthly = Pay::Range {
        min_fen: 350_000,
        max_fen: 350_000,
        unit: PayUnit::Month,
    };
    assert_eq!(
        (care.job.pay, care.job.work_kind),
        (monthly, WorkKind::Care)
    );
    assert!(care.job.meals && care.job.lodging && care.review.is_none());
    assert_eq!(shop.job.employer.name, "威宁高原红服装店");
    // The same postings in a web page.
    let json = std::fs::read_to_string(asset("demo/jobposting.jsonld")).expect("postings");
    let page = format!("<!doctype html>\n<script type='application/ld+json'>{json}</script><p>");
    let in_page = read_bytes("page.html", page.as_bytes(), None).expect("postings");
    assert_eq!(keys(&in_page), keys(&import));
}

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
fn a_sheet_as_halls_keep_it() {
    let mut book = Workbook::new();
    let plain = Format::new();
    let day = Format::new().set_num_format("yyyy-mm-dd hh:mm");
    let hour = Format::new().set_num_format("hh:mm");
    let sheet = book.add_worksheet();
    let build = |sheet: &mut rust_xlsxwriter::Worksheet| -> Result<(), rust_xlsxwriter::XlsxError> {
        sheet.merge_range(0, 0, 0, 7, "某某零工市场今日用工", &plain)?;
        sheet.write(1, 0, "2026年11月24日")?;
        let headings = [
            "序号",
            "岗位\n名称",
            "用工单位",
            "人数",
            "薪资（元/天）",
            "用工日期",
            "集合时间",
            "联系电话",
        ];
        for (column, heading) in (0_u16..).zip(headings) {
            sheet.write(3, column, heading)?;
        }
        sheet.merge_range(4, 2, 5, 2, "甲建筑公司", &plain)?;
        for (row, title, pay) in [(4, "钢筋工", 300), (5, "小工", 180)] {
            sheet.write(row, 0, row - 3)?;
            sheet.write(row, 1, title)?;
            sheet.write(row, 3, 5)?;
            sheet.write(row, 4, pay)?;
            let start = ExcelDateTime::from_ymd(2026, 11, 25)?.and_hms(7, 30, 0)?;
            sheet.write_with_format(row, 5, &start, &day)?;
            sheet.write_with_format(row, 6, &ExcelDateTime::from_hms(6, 50, 0)?, &hour)?;
            sheet.write(row, 7, 13_812_345_678_u64)?;
        }
        sheet.write(7, 0, "合  计")?;
        sheet.write(7, 3, 10)?;
        sheet.write(8, 0, "注：以上岗位均不收费")?;
        Ok(())
    };
    build(sheet).expect("a sheet");
    book.add_worksheet().write(0, 0, "说明页").expect("written");
    let import =
        read_bytes("today.xlsx", &book.save_to_buffer().expect("saved"), None).expect("a list");
    assert_eq!(import.rejected, []);
    let [steel, helper] = import.listings.as_slice() else {
        panic!("{import:#?}");
    };
    for job in [&steel.job, &helper.job] {
        assert_eq!(job.employer.name, "甲建筑公司");
        assert_eq!(job.starts_at, at("2026-11-24T23:30:00Z"));
        assert_eq!(job.gather_at, Some(at("2026-11-24T22:50:00Z")));
        assert_eq!(job.valid_until, job.starts_at);
        assert_eq!(job.contact_phone.as_deref(), Some("13812345678"));
    }
    let by_day = Pay::Range {
        min_fen: 18_000,
        max_fen: 18_000,
        unit: PayUnit::Day,
    };
    assert_eq!(helper.job.pay, by_day);
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
    let listing = one("岗位,公司,人数,工资,备注\n小工,甲,2,200/天,无押金，不收体检费\n");
    assert_eq!(
        (listing.review, listing.job.state),
        (None, JobState::Published)
    );
}

const FLAT: &str = r#"[
 {"time": "2026-05-19", "city": "邢台", "title": "抬板封架工", "company": "甲中心", "salary": "5000-5000元", "skills": "其他"},

 {"time": "2026-05-18", "city": "随州", "title": "人事文员", "company": "乙局", "salary": "不详", "skills": ""}
]"#;

#[test]
fn long_numbers_of_json_keep_their_last_digits() {
    let row = |number: u64| {
        let text = format!(
            r#"[{{"jobid": {number}, "title": "小工", "company": "甲", "openings": 2, "pay": "200/天"}}]"#
        );
        let import = read_bytes("jobs.json", text.as_bytes(), None).expect("a list");
        import.listings[0].source_key.clone()
    };
    assert_eq!(row(9_007_199_254_740_993), "甲#9007199254740993");
    assert_eq!(row(1_234_567_890_123_456_789), "甲#1234567890123456789");
    assert_eq!(row(12), "甲#12");
}

#[test]
fn flat_json_comes_in_with_a_mapping() {
    let map = std::fs::read_to_string(asset("import-maps/mohrss.toml")).expect("a mapping");
    let import = read_bytes("jobs.json", FLAT.as_bytes(), Some(&map)).expect("a list");
    let [listing] = import.listings.as_slice() else {
        panic!("{import:#?}");
    };
    assert_eq!(listing.job.town, "邢台");
    assert_eq!(
        (listing.job.places, listing.job.claim_mode),
        (1, ClaimMode::EmployerConfirms)
    );
    assert_eq!(listing.job.work_kind, WorkKind::Construction);
    let [bad] = import.rejected.as_slice() else {
        panic!("{import:#?}");
    };
    assert_eq!((bad.line, bad.column.as_str()), (4, "salary"));
    let without = read_bytes("jobs.json", FLAT.as_bytes(), None).expect_err("no places");
    assert!(
        without.to_string().contains("places (招聘人数)"),
        "{without}"
    );
}

#[test]
fn the_example_of_a_mapping_maps() {
    let map = std::fs::read_to_string(asset("demo/map-example.toml")).expect("a mapping");
    let text =
        "活路\t哪家要人\t要几个\t开多少\t在哪个乡镇\t片区\n挖洋芋\t罗师傅\t5\t120\t\t板底乡\n";
    let import = read_bytes("list.txt", text.as_bytes(), Some(&map)).expect("a list");
    let job = &import.listings[0].job;
    assert_eq!(
        (job.town.as_str(), job.settlement),
        ("板底乡", Settlement::Daily)
    );
    assert_eq!(job.starts_at, at("2026-11-24T23:30:00Z"));
    let wrong = read_bytes(
        "list.txt",
        text.as_bytes(),
        Some("[columns]\ntitel = '活路'"),
    )
    .expect_err("a typo");
    assert!(wrong.to_string().contains("titel"), "{wrong}");
    let gone = read_bytes(
        "list.txt",
        text.as_bytes(),
        Some("[columns]\ntitle = '活儿'"),
    )
    .expect_err("no such column");
    assert!(gone.to_string().contains("活儿"), "{gone}");
}

#[test]
fn files_that_are_no_lists_are_refused_with_a_sentence() {
    type Fits = fn(&ImportError) -> bool;
    let cases: [(&str, &[u8], Fits); 10] = [
        ("empty.csv", b"", |e| matches!(e, ImportError::Empty)),
        ("blank.csv", b"\n , ,\n", |e| {
            matches!(e, ImportError::Empty)
        }),
        ("other.csv", b"a,b\n1,2\n", |e| {
            matches!(e, ImportError::NoHeading(_))
        }),
        ("broken.xlsx", b"PK\x03\x04 not a workbook", |e| {
            matches!(e, ImportError::BrokenWorkbook(_))
        }),
        ("text.xlsx", b"hello", |e| {
            matches!(e, ImportError::BrokenWorkbook(_))
        }),
        ("old.xls", &[0xd0, 0xcf, 0x11, 0xe0, 0, 0], |e| {
            matches!(e, ImportError::OldWorkbook)
        }),
        ("broken.json", b"[{\"title\": ", |e| {
            matches!(e, ImportError::BrokenText(_))
        }),
        ("empty.json", b"[]", |e| matches!(e, ImportError::Empty)),
        ("page.html", b"<html><p>hi</p>", |e| {
            matches!(e, ImportError::NoPostings)
        }),
        ("bytes.csv", &[0xff, 0x00, 0xd0, 0x01], |e| {
            matches!(e, ImportError::Encoding)
        }),
    ];
    for (name, bytes, fits) in cases {
        let error = read_bytes(name, bytes, None).expect_err(name);
        assert!(fits(&error), "{name}: {error:?}");
        assert!(!error.to_string().is_empty());
    }
    let gone = read_at(Path::new("/no/such/file"), None, at(NOW)).expect_err("gone");
    assert!(matches!(gone, ImportError::Io(..)));
}

#[test]
fn a_damaged_workbook_never_brings_the_program_down() {
    let good = std::fs::read(asset("demo/listings.xlsx")).expect("the demo");
    for cut in (0..good.len()).step_by(good.len() / 40) {
        let _ = read_bytes("cut.xlsx", &good[..cut], None);
    }
    for flip in (30..good.len()).step_by(good.len() / 60) {
        let mut bytes = good.clone();
        bytes[flip] ^= 0x5a;
        let _ = read_bytes("flipped.xlsx", &bytes, None);
    }
}

#[test]
fn one_cell_in_the_last_corner_is_not_gigabytes() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, heading) in (0_u16..).zip(["岗位", "公司", "人数", "工资"]) {
        sheet.write(0, column, heading).expect("written");
    }
    sheet.write(1_048_575, 16_383, "x").expect("written");
    let import = read_bytes("corner.xlsx", &book.save_to_buffer().expect("saved"), None);
    assert_eq!(import.expect("a list"), Import::default());
}
