//! Writes the demo's lists: `assets/demo/listings.xlsx` and `assets/demo/listings.csv`.
//!
//! ```sh
//! cargo run -p gighall-hub --example demo_listings
//! ```
//!
//! Everything in them is invented; only the towns of 威宁 are real. The telephone numbers begin
//! with 0857-0000, which no exchange has. The same program always writes the same lists.
//!
//! A demo must not go stale, so no row has a date. A third of the rows start 明天 or 后天, a fifth
//! 每天, the rest are 长期 or say nothing. Imported again on another day, the first two kinds come
//! in as that day's jobs beside yesterday's, which have run out; the third is extended.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, XlsxError};
use std::error::Error;
use std::path::Path;

/// What is looked for: a line a trade, lists parted by `|`.
const TRADES: &str = include_str!("demo_listings/trades.tsv");
/// Who looks for it.
const EMPLOYERS: &str = include_str!("demo_listings/employers.tsv");

const HEADINGS: [&str; 23] = [
    "编号",
    "岗位名称",
    "工种",
    "用工单位",
    "单位类型",
    "招聘人数",
    "薪资",
    "结算方式",
    "开始时间",
    "工作时间",
    "集合时间",
    "集合地点",
    "乡镇",
    "工作地点",
    "食宿",
    "接送",
    "保险",
    "年龄要求",
    "岗位要求",
    "危险作业",
    "急招",
    "联系电话",
    "备注",
];

const TOWNS: [&str; 41] = [
    "海边街道",
    "五里岗街道",
    "六桥街道",
    "陕桥街道",
    "开华街道",
    "雄山街道",
    "草海镇",
    "么站镇",
    "金钟镇",
    "炉山镇",
    "龙场镇",
    "黑石头镇",
    "哲觉镇",
    "观风海镇",
    "牛棚镇",
    "迤那镇",
    "中水镇",
    "龙街镇",
    "雪山镇",
    "羊街镇",
    "小海镇",
    "盐仓镇",
    "东风镇",
    "二塘镇",
    "猴场镇",
    "秀水镇",
    "双龙镇",
    "麻乍镇",
    "兔街镇",
    "海拉镇",
    "玉龙镇",
    "哈喇河镇",
    "斗古镇",
    "金斗镇",
    "岔河镇",
    "黑土河镇",
    "新发布依族乡",
    "石门乡",
    "云贵乡",
    "板底乡",
    "大街乡",
];

const VILLAGES: [&str; 9] = [
    "河边村",
    "大山村",
    "新民村",
    "红岩村",
    "团结村",
    "光明村",
    "石丫口村",
    "松林村",
    "坪子村",
];

/// Each trade is wanted in so many places.
const EACH: usize = 4;

type Row = [String; HEADINGS.len()];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/demo");
    std::fs::create_dir_all(&folder)?;
    let employers: Vec<(&str, &str)> = EMPLOYERS
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once('\t'))
        .collect();
    let trades: Vec<Trade> = TRADES
        .lines()
        .skip(1)
        .map(|line| Trade::read(line, &employers).ok_or_else(|| format!("trades.tsv: {line}")))
        .collect::<Result<_, _>>()?;
    let rows: Vec<Row> = trades
        .iter()
        .enumerate()
        .flat_map(|(at, trade)| (0..EACH).map(move |turn| row(trade, at, turn)))
        .collect();
    write_workbook(&rows)?.save(folder.join("listings.xlsx"))?;
    std::fs::write(folder.join("listings.csv"), text_table(&rows)?)?;
    println!("{} rows", rows.len());
    Ok(())
}

/// A trade that several employers look for; lists hold what differs from one to the next.
struct Trade<'a> {
    title: &'a str,
    kind: &'a str,
    /// Name, kind and number of the employer.
    employers: Vec<(&'a str, &'a str, usize)>,
    pay: Vec<&'a str>,
    settlement: &'a str,
    places: (usize, usize),
    shift: &'a str,
    starts: &'a str,
    sites: Vec<&'a str>,
    /// Empty where nobody is picked up.
    gather_at: &'a str,
    board: Vec<&'a str>,
    insurance: &'a str,
    ages: Vec<&'a str>,
    asks: &'a str,
    flags: &'a str,
}

impl<'a> Trade<'a> {
    fn read(line: &'a str, known: &[(&'a str, &'a str)]) -> Option<Self> {
        let list = |text: &'a str| text.split('|').collect::<Vec<_>>();
        let cells: Vec<&str> = line.split('\t').collect();
        let [
            title,
            kind,
            employers,
            pay,
            settlement,
            places,
            shift,
            starts,
            sites,
            gather_at,
            board,
            insurance,
            ages,
            asks,
            flags,
        ] = cells.as_slice()
        else {
            return None;
        };
        let (least, most) = places.split_once('-')?;
        let employer = |name: &str| {
            let at = known.iter().position(|(known, _)| *known == name)?;
            Some((known[at].0, known[at].1, at))
        };
        Some(Self {
            title,
            kind,
            employers: employers.split('|').map(employer).collect::<Option<_>>()?,
            pay: list(pay),
            settlement,
            places: (least.parse().ok()?, most.parse().ok()?),
            shift,
            starts,
            sites: list(sites),
            gather_at,
            board: list(board),
            insurance,
            ages: list(ages),
            asks,
            flags,
        })
    }

    fn is(&self, flag: &str) -> bool {
        self.flags.contains(flag)
    }
}

/// A number that looks arbitrary and is always the same for the same question.
fn pick(trade: usize, turn: usize, question: usize, of: usize) -> usize {
    let mixed = (trade * 31 + turn * 17 + question * 7 + 3).wrapping_mul(2_654_435_761);
    (mixed >> 7) % of
}

fn row(trade: &Trade<'_>, at: usize, turn: usize) -> Row {
    let choose = |question, of| pick(at, turn, question, of);
    let (employer, employer_kind, employer_number) = trade.employers[turn % trade.employers.len()];
    let at_home = TOWNS.iter().find(|town| employer.starts_with(**town));
    let in_town = trade.is("in_town");
    let town = match at_home {
        Some(town) => town,
        None if in_town => TOWNS[choose(1, 7)],
        None => TOWNS[6 + (at * 5 + turn * 11) % (TOWNS.len() - 6)],
    };
    let site = trade.sites[choose(2, trade.sites.len())];
    let village = if in_town {
        ""
    } else {
        VILLAGES[choose(3, VILLAGES.len())]
    };
    let places = trade.places.0 + choose(4, trade.places.1 - trade.places.0 + 1);
    let gather = !trade.gather_at.is_empty() && turn.is_multiple_of(2);
    let gather_places = [
        "零工市场门口",
        "汽车客运站广场",
        "村委会门口",
        "人民广场东侧",
    ];
    let notes = [
        "",
        "",
        "不收任何费用",
        "",
        "无押金，做完就结",
        "自带水杯",
        "",
    ];
    let number = at * EACH + turn + 1;
    [
        format!("WN{number:04}"),
        trade.title.to_owned(),
        trade.kind.to_owned(),
        employer.to_owned(),
        employer_kind.to_owned(),
        if turn == 3 {
            format!("{places}人")
        } else {
            places.to_string()
        },
        trade.pay[turn % trade.pay.len()].to_owned(),
        trade.settlement.to_owned(),
        start(trade, at + turn * 7),
        trade.shift.to_owned(),
        if gather { trade.gather_at } else { "" }.to_owned(),
        if gather {
            gather_places[choose(5, 4)]
        } else {
            ""
        }
        .to_owned(),
        (*town).to_owned(),
        format!("{town}{village}{site}"),
        trade.board[turn % trade.board.len()].to_owned(),
        if gather {
            "是"
        } else {
            ["", "否", ""][choose(6, 3)]
        }
        .to_owned(),
        trade.insurance.to_owned(),
        trade.ages[turn % trade.ages.len()].to_owned(),
        trade.asks.to_owned(),
        if trade.is("hazardous") { "是" } else { "" }.to_owned(),
        if choose(8, 9) == 0 { "急招" } else { "" }.to_owned(),
        format!("0857-0000{:03}", 100 + employer_number),
        notes[choose(9, notes.len())].to_owned(),
    ]
}

fn start(trade: &Trade<'_>, at: usize) -> String {
    if trade.is("steady") {
        return ["长期", "随时", ""][at % 3].to_owned();
    }
    let hour = trade.starts;
    match at % 10 {
        0..3 => format!("明天 {hour}"),
        3 | 4 => format!("后天 {hour}"),
        5 => format!("3天后 {hour}"),
        6..9 => format!("每天 {hour}"),
        _ => "长期".to_owned(),
    }
}

fn write_workbook(rows: &[Row]) -> Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    // The day of writing would make each run another file.
    let written = ExcelDateTime::from_ymd(2026, 11, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&written));
    let title = Format::new()
        .set_bold()
        .set_font_size(16)
        .set_align(FormatAlign::Center);
    let bold = Format::new().set_bold();
    let sheet = book.add_worksheet();
    sheet.set_name("用工信息")?;
    let last = u16::try_from(HEADINGS.len() - 1).unwrap_or(u16::MAX);
    sheet.merge_range(
        0,
        0,
        0,
        last,
        "威宁彝族回族苗族自治县零工市场用工信息表（演示数据，全部虚构）",
        &title,
    )?;
    sheet.write(1, 0, "填报单位：零工市场综合服务区")?;
    for (column, heading) in (0_u16..).zip(HEADINGS) {
        sheet.write_with_format(2, column, heading, &bold)?;
    }
    for (line, row) in (3_u32..).zip(rows) {
        for (column, text) in (0_u16..).zip(row).filter(|(_, text)| !text.is_empty()) {
            match text.parse::<u32>() {
                Ok(number) => sheet.write(line, column, number)?,
                Err(_) => sheet.write(line, column, text)?,
            };
        }
    }
    let below = 3 + u32::try_from(rows.len()).unwrap_or(u32::MAX - 3);
    sheet.write(below, 0, "合计")?;
    sheet.write(below, 1, format!("{} 个岗位", rows.len()))?;
    sheet.set_freeze_panes(3, 2)?;
    sheet.autofit();
    Ok(book)
}

/// Ten of the rows as a spreadsheet program saves them in China: GB18030, other headings, fewer
/// columns, its own numbers.
fn text_table(rows: &[Row]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([
        "职位",
        "公司名称",
        "需求人数",
        "工资待遇",
        "结算",
        "用工时间",
        "工作地点",
        "食宿情况",
        "电话",
    ])?;
    for row in rows.iter().step_by(rows.len() / 10).take(10) {
        let [
            _,
            title,
            _,
            employer,
            _,
            places,
            pay,
            settlement,
            start,
            ..,
            phone,
            _,
        ] = row;
        let (town_and_site, board) = (&row[13], &row[14]);
        let title = format!("{title}（加急补招）");
        writer.write_record([
            &title,
            employer,
            places,
            pay,
            settlement,
            start,
            town_and_site,
            board,
            phone,
        ])?;
    }
    let text = String::from_utf8(writer.into_inner()?)?;
    Ok(encoding_rs::GB18030.encode(&text).0.into_owned())
}
