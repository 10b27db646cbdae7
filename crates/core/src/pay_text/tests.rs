use super::*;
use proptest::prelude::*;

fn range(min_fen: u64, max_fen: u64, unit: PayUnit) -> Result<Pay, PayTextError> {
    Ok(Pay::Range {
        min_fen,
        max_fen,
        unit,
    })
}

fn read(text: &str) -> Result<Pay, PayTextError> {
    parse(text, None).map(|read| read.pay)
}

#[test]
fn pay_is_read_as_people_write_it() {
    use PayUnit::{Day, Hour, Month, Piece, Trip, Week};
    for (text, min, max, unit) in [
        ("200-260元/天", 20_000, 26_000, Day),
        ("200～260 元／天", 20_000, 26_000, Day),
        ("２００－２６０元／天", 20_000, 26_000, Day),
        ("200元/天-260元/天", 20_000, 26_000, Day),
        ("200至260元每天", 20_000, 26_000, Day),
        ("150/天", 15_000, 15_000, Day),
        ("150元一天", 15_000, 15_000, Day),
        ("150块钱一天，包吃住", 15_000, 15_000, Day),
        ("180元/人/天", 18_000, 18_000, Day),
        ("日薪220", 22_000, 22_000, Day),
        ("日薪：220元左右", 22_000, 22_000, Day),
        ("每天200元，每天8小时", 20_000, 20_000, Day),
        ("日结 180", 18_000, 18_000, Day),
        ("1千/天", 100_000, 100_000, Day),
        ("18元/小时", 1_800, 1_800, Hour),
        ("18.5元/时", 1_850, 1_850, Hour),
        ("时薪18", 1_800, 1_800, Hour),
        ("20/h", 2_000, 2_000, Hour),
        ("0.8元/件", 80, 80, Piece),
        ("计件0.05元", 5, 5, Piece),
        ("300元/趟", 30_000, 30_000, Trip),
        ("1200元/周", 120_000, 120_000, Week),
        ("1.5-3万", 1_500_000, 3_000_000, Month),
        ("8千-1.2万", 800_000, 1_200_000, Month),
        ("500-1千/月", 50_000, 100_000, Month),
        ("7-9千·13薪", 700_000, 900_000, Month),
        ("15K-20K", 1_500_000, 2_000_000, Month),
        ("15k-20k·14薪", 1_500_000, 2_000_000, Month),
        ("12.9-15.9万/年", 1_075_000, 1_325_000, Month),
        ("年薪12万", 1_000_000, 1_000_000, Month),
        ("5000-7000元", 500_000, 700_000, Month),
        ("5,000-7,000元/月", 500_000, 700_000, Month),
        ("¥5000", 500_000, 500_000, Month),
        ("底薪3000+提成", 300_000, 300_000, Month),
        ("1.5万以上", 1_500_000, 1_500_000, Month),
        ("8千及以下", 0, 800_000, Month),
    ] {
        assert_eq!(read(text), range(min, max, unit), "{text}");
    }
    for text in ["面议", "工资面议", "当面协商", " 面 议 "] {
        assert_eq!(read(text), Ok(Pay::Negotiable), "{text}");
    }
}

#[test]
fn what_is_counted_is_kept() {
    let read = parse("0.5元/斤", None).expect("pay");
    assert_eq!(read.counted_by, Some("斤"));
    assert_eq!(Ok(read.pay), range(50, 50, PayUnit::Piece));
    assert_eq!(parse("200元/天", None).map(|r| r.counted_by), Ok(None));
}

#[test]
fn a_heading_can_name_the_unit() {
    assert_eq!(unit_in_heading("日薪"), Some(PayUnit::Day));
    assert_eq!(unit_in_heading("薪资（元/小时）"), Some(PayUnit::Hour));
    assert_eq!(unit_in_heading("月工资"), Some(PayUnit::Month));
    assert_eq!(unit_in_heading("薪资"), None);
    let by_hour = parse("18-20", Some(PayUnit::Hour)).map(|r| r.pay);
    assert_eq!(by_hour, range(1_800, 2_000, PayUnit::Hour));
    let scaled = parse("1.5-3万", Some(PayUnit::Day)).map(|r| r.pay);
    assert_eq!(scaled, range(1_500_000, 3_000_000, PayUnit::Month));
}

#[test]
fn what_is_no_pay_says_what_would_be_right() {
    use PayTextError as E;
    for (text, error) in [
        ("", E::Empty),
        ("  ", E::Empty),
        ("若干", E::Unreadable),
        ("-200元/天", E::Unreadable),
        ("2026-11-24", E::Unreadable),
        ("200-260-300", E::Unreadable),
        ("1.2.3元/天", E::Unreadable),
        ("$200", E::Unreadable),
        ("200", E::NoUnit),
        ("3元/火星", E::UnknownUnit),
        ("260-200元/天", E::MinAboveMax),
        ("3-1万", E::MinAboveMax),
        ("0元/天", E::OutOfRange),
        ("0.001元/件", E::OutOfRange),
        ("9999999万", E::OutOfRange),
        ("99999999999999999999元/天", E::Unreadable),
        ("200元/天-30元/小时", E::TwoUnits),
    ] {
        assert_eq!(read(text), Err(error), "{text}");
    }
    assert_eq!(read(&"1".repeat(10_000)), Err(E::TooLong));
}

fn unit_word(unit: PayUnit) -> &'static str {
    match unit {
        PayUnit::Day => "天",
        PayUnit::Hour => "小时",
        PayUnit::Piece => "件",
        PayUnit::Trip => "趟",
        PayUnit::Week => "周",
        PayUnit::Month => "月",
    }
}

proptest! {
    #[test]
    fn what_is_written_out_reads_back(
        low in 1_u64..50_000_000,
        more in 0_u64..50_000_000,
        at in 0_usize..PayUnit::ALL.len(),
    ) {
        let pay = Pay::Range { min_fen: low, max_fen: low + more, unit: PayUnit::ALL[at] };
        let sum = pay.yuan_text().expect("a sum");
        for text in [
            format!("{sum}元/{}", unit_word(PayUnit::ALL[at])),
            format!(" {sum} 元 每 {}", unit_word(PayUnit::ALL[at])),
        ] {
            prop_assert_eq!(read(&text), Ok(pay), "{}", text);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
        check_order(&text)?;
    }

    #[test]
    fn anything_like_pay_is_read_or_refused(
        text in "[0-9.,千万kK元/每一天时日月年件趟斤以下上左右·薪面议+~-]{0,16}",
    ) {
        check_order(&text)?;
    }
}

fn check_order(text: &str) -> Result<(), TestCaseError> {
    if let Ok(Pay::Range {
        min_fen, max_fen, ..
    }) = read(text)
    {
        prop_assert!(min_fen <= max_fen && max_fen > 0, "{}", text);
    }
    let _ = unit_in_heading(text);
    Ok(())
}
