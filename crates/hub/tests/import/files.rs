//! Every kind of file that halls keep comes in; what is none is refused with a sentence.

use crate::support::*;
use gighall_core::job::{ClaimMode, Insurance, Settlement, WorkKind};
use gighall_core::pay::{Pay, PayUnit};
use gighall_core::testing::at;
use gighall_hub::import::{Import, ImportError};
use gighall_hub::store::Listing;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use std::collections::HashSet;
use std::path::Path;

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
    let empty = Import {
        notes: vec!["there are no rows below the heading in line 1".to_owned()],
        ..Import::default()
    };
    assert_eq!(import.expect("a list"), empty);
}

#[test]
fn sheets_of_which_nothing_comes_in_are_named() {
    let mut book = Workbook::new();
    let headings = ["岗位", "公司", "人数", "工资"];
    let list = book.add_worksheet();
    for (column, (heading, cell)) in
        (0_u16..).zip(headings.into_iter().zip(["小工", "甲公司", "2", "200/天"]))
    {
        list.write(0, column, heading).expect("written");
        list.write(1, column, cell).expect("written");
    }
    let no_rows = book.add_worksheet().set_name("明天").expect("named");
    for (column, heading) in (0_u16..).zip(headings) {
        no_rows.write(0, column, heading).expect("written");
    }
    book.add_worksheet().set_name("空表").expect("named");
    let words = book.add_worksheet().set_name("说明").expect("named");
    words.write(0, 0, "本表每天更新").expect("written");
    let import = read_bytes("list.xlsx", &book.save_to_buffer().expect("saved"), None);
    let import = import.expect("a list");
    assert_eq!((import.listings.len(), import.rejected.len()), (1, 0));
    assert_eq!(
        import.notes,
        [
            "the sheet \"空表\" is empty",
            "the sheet \"说明\" is passed over: no line of it is a heading",
            "the sheet \"明天\": there are no rows below the heading in line 1",
        ]
    );
}

/// A workbook whose only sheet has these rows, as a program writes it that does not reckon.
fn written_by_a_program(rows: &str) -> Vec<u8> {
    const KIND: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
    const SHEET: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relation = |kind: &str, target: &str| {
        format!(
            "<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"a\" \
             Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    let files = [
        (
            "[Content_Types].xml",
            format!(
                "<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" \
                 ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
                 <Override PartName=\"/xl/workbook.xml\" ContentType=\"{KIND}.sheet.main+xml\"/>\
                 <Override PartName=\"/xl/sheet.xml\" ContentType=\"{KIND}.worksheet+xml\"/></Types>"
            ),
        ),
        ("_rels/.rels", relation("officeDocument", "xl/workbook.xml")),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{SHEET}\" xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"今天\" \
                 sheetId=\"1\" r:id=\"a\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            relation("worksheet", "sheet.xml"),
        ),
        (
            "xl/sheet.xml",
            format!("<worksheet xmlns=\"{SHEET}\"><sheetData>{rows}</sheetData></worksheet>"),
        ),
    ];
    // An archive that packs nothing.
    let (mut archive, mut directory) = (vec![], vec![]);
    for (name, text) in &files {
        let mut sum = flate2::Crc::new();
        sum.update(text.as_bytes());
        let size = u32::try_from(text.len()).expect("small").to_le_bytes();
        let mut about = vec![20, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        about.extend(sum.sum().to_le_bytes());
        about.extend([size, size].concat());
        about.extend([u8::try_from(name.len()).expect("short"), 0, 0, 0]);
        let at = u32::try_from(archive.len()).expect("small").to_le_bytes();
        directory.extend(
            [
                b"PK\x01\x02\x14\x00",
                about.as_slice(),
                &[0; 10],
                &at,
                name.as_bytes(),
            ]
            .concat(),
        );
        archive.extend(
            [
                b"PK\x03\x04",
                about.as_slice(),
                name.as_bytes(),
                text.as_bytes(),
            ]
            .concat(),
        );
    }
    let number = |n: usize| u32::try_from(n).expect("small").to_le_bytes();
    let count = [u8::try_from(files.len()).expect("few"), 0];
    let (at, size) = (number(archive.len()), number(directory.len()));
    let end = [
        b"PK\x05\x06\0\0\0\0",
        &count[..],
        &count,
        &size,
        &at,
        &[0, 0],
    ]
    .concat();
    [archive, directory, end].concat()
}

#[test]
fn formulas_come_in_with_their_stored_value_and_are_named_where_there_is_none() {
    let text =
        |at: &str, text: &str| format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let headings: String = [
        ("A1", "岗位"),
        ("B1", "公司"),
        ("C1", "人数"),
        ("D1", "工资（元/天）"),
        ("E1", "备注"),
    ]
    .iter()
    .map(|(at, heading)| text(at, heading))
    .collect();
    let row = |n: usize, title: &str, pay: &str, more: &str| {
        let cells = [
            text(&format!("A{n}"), title),
            text(&format!("B{n}"), "甲公司"),
        ]
        .concat();
        format!(
            "<row r=\"{n}\">{cells}<c r=\"C{n}\"><v>2</v></c><c r=\"D{n}\">{pay}</c>{more}</row>"
        )
    };
    let rows = [
        format!("<row r=\"1\">{headings}</row>"),
        row(2, "小工", "<f>180+20</f><v>200</v>", ""),
        row(3, "大工", "<f>180+120</f>", ""),
        row(4, "木工", "<f>180+120</f><v></v>", ""),
        // A formula that is the empty text, as sheets have it where nothing is to be said.
        row(
            5,
            "电工",
            "<v>300</v>",
            "<c r=\"E5\" t=\"str\"><f>IF(1,\"\",2)</f><v></v></c>",
        ),
    ];
    let import = read_bytes("made.xlsx", &written_by_a_program(&rows.concat()), None);
    let import = import.expect("a list");
    let titles: Vec<&str> = import
        .listings
        .iter()
        .map(|it| it.job.title.as_str())
        .collect();
    assert_eq!(titles, ["小工", "电工"], "{:?}", import.rejected);
    let rejected: Vec<_> = import
        .rejected
        .iter()
        .map(|it| (it.line, it.column.as_str()))
        .collect();
    assert_eq!(rejected, [(3, "工资（元/天）"), (4, "工资（元/天）")]);
    for it in &import.rejected {
        assert!(
            it.reason.contains("formula whose value is not in the file"),
            "{}",
            it.reason
        );
    }
}

/// The mark of line 3 opens a cell that nothing closes: it once swallowed every row behind it.
#[test]
fn a_quotation_mark_that_never_ends_costs_its_own_row_only() {
    let head = "岗位,公司,人数,工资,备注\n小工,甲公司,2,200/天,\n";
    let read = |rows: &str| {
        let import = read_text(&format!("{head}{rows}"));
        let titles = import.listings.iter().map(|l| l.job.title.clone());
        let told = import.rejected.iter().map(|bad| {
            (
                bad.line,
                bad.column.clone(),
                bad.reason.contains("quotation mark"),
            )
        });
        (titles.collect::<Vec<_>>(), told.collect::<Vec<_>>())
    };
    let behind = "木工,丙公司,2,300/天,\n电工,丁公司,2,300/天,持证\n";
    let bad = |line, column: &str| vec![(line, column.to_owned(), true)];
    let others = ["小工", "木工", "电工"].map(str::to_owned);
    for (row, column) in [
        ("\"大工,乙公司,2,300/天,\n", "岗位"),
        ("大工,乙公司,2,300/天,\"高空作业\n", "备注"),
        ("大工,\"乙公司,2,300/天,\"\"\r\n", "公司"),
    ] {
        assert_eq!(
            read(&format!("{row}{behind}")),
            (others.to_vec(), bad(3, column)),
            "{row}"
        );
    }
    // The last line of the file, without an end of its own.
    let last = read("大工,乙公司,2,300/天,\"高空");
    assert_eq!(last, (vec!["小工".to_owned()], bad(3, "备注")));
    // A later cell in marks is no end of it, nor is a mark that happens to stand at a cell's end.
    let (titles, told) = read(&format!(
        "\"大工,乙公司,2,300/天,\n{behind}钳工,戊公司,2,300/天,\"好，来\"\n"
    ));
    assert_eq!((titles.len(), told), (4, bad(3, "岗位")));
    let (titles, told) = read(&format!(
        "\"大工,乙公司,2,300/天,\n{behind}钳工,戊公司,2,300/天,好\"\n"
    ));
    assert_eq!((titles.len(), told), (4, bad(3, "岗位")));
}

#[test]
fn a_cell_of_several_lines_stays_one_cell() {
    let text = "岗位,公司,人数,工资,备注\n小工,甲公司,2,200/天,\"第一行\n第二行, \"\"急\"\"\n\"\n\
        大工,乙公司,2,300/天,\"急\"来\n";
    let import = read_text(text);
    assert_eq!(import.rejected, []);
    let notes: Vec<_> = import
        .listings
        .iter()
        .filter_map(|listing| listing.job.requirements.clone())
        .collect();
    assert_eq!(notes, ["第一行 第二行, \"急\"", "急来"]);
}

#[test]
fn a_heading_with_an_open_quotation_mark_is_said() {
    let text = "岗位,公司,人数,工资,\"备注\n小工,甲公司,2,200/天,\n";
    let error = read_bytes("list.csv", text.as_bytes(), None).expect_err("no heading");
    let said = error.to_string();
    assert!(
        said.contains("line 1") && said.contains("quotation mark"),
        "{said}"
    );
}
