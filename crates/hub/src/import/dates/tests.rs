use super::*;
use jiff::civil::{date, time};
use proptest::prelude::*;

const TODAY: Date = date(2026, 11, 24); // a Tuesday

fn span(text: &str) -> Result<Span, NotATime> {
    read(
        &Cell::Text(text.to_owned()),
        TODAY,
        &TimeZone::fixed(jiff::tz::offset(8)),
    )
}

fn from(text: &str) -> (Day, Option<Time>) {
    let span = span(text).unwrap_or_else(|_| panic!("{text}"));
    assert_eq!(span.to, None, "{text}");
    (span.from.day, span.from.time)
}

#[test]
fn dates_are_read_as_people_write_them() {
    let day = |y, m, d| Day::Fixed(date(y, m, d));
    let at = |h, m| Some(time(h, m, 0, 0));
    for (text, expected) in [
        ("2026-11-24", (day(2026, 11, 24), None)),
        ("2026/11/24 8:00", (day(2026, 11, 24), at(8, 0))),
        ("2026-11-24T08:00:00", (day(2026, 11, 24), at(8, 0))),
        ("2026-11-24T00:00:00Z", (day(2026, 11, 24), at(8, 0))),
        ("2026.1.5", (day(2026, 1, 5), None)),
        ("2026年11月24日 上午8点", (day(2026, 11, 24), at(8, 0))),
        ("20261124", (day(2026, 11, 24), None)),
        ("11月24日", (day(2026, 11, 24), None)),
        ("11月24号（周二）早上7点半", (day(2026, 11, 24), at(7, 30))),
        ("11.24", (day(2026, 11, 24), None)),
        ("11-26 8：30", (day(2026, 11, 26), at(8, 30))),
        ("１２月１日", (day(2026, 12, 1), None)),
        ("1月5日", (day(2027, 1, 5), None)),
        ("10月31日", (day(2026, 10, 31), None)),
        ("26号", (day(2026, 11, 26), None)),
        ("3号", (day(2026, 12, 3), None)),
        ("8:00", (Day::Open, at(8, 0))),
        ("下午2点", (Day::Open, at(14, 0))),
        ("晚上7点30分", (Day::Open, at(19, 30))),
        ("明天", (Day::Relative(date(2026, 11, 25)), None)),
        ("明天 8:00", (Day::Relative(date(2026, 11, 25)), at(8, 0))),
        ("明早7点", (Day::Relative(date(2026, 11, 25)), at(7, 0))),
        ("后天上午", (Day::Relative(date(2026, 11, 26)), at(8, 0))),
        ("3天后", (Day::Relative(date(2026, 11, 27)), None)),
        ("今天14:00", (Day::Relative(TODAY), at(14, 0))),
        ("周五", (Day::Relative(date(2026, 11, 27)), None)),
        ("下周一 8:00", (Day::Relative(date(2026, 11, 30)), at(8, 0))),
        ("每天 6:30", (Day::Daily(date(2026, 11, 25)), at(6, 30))),
        ("今晚8点", (Day::Relative(TODAY), at(20, 0))),
        ("今晚", (Day::Relative(TODAY), at(19, 0))),
        ("明晚7点半", (Day::Relative(date(2026, 11, 25)), at(19, 30))),
        ("明晚", (Day::Relative(date(2026, 11, 25)), at(19, 0))),
        ("本周六", (Day::Relative(date(2026, 11, 28)), None)),
        ("这周六 8:00", (Day::Relative(date(2026, 11, 28)), at(8, 0))),
        ("本周一", (Day::Relative(date(2026, 11, 23)), None)),
        ("晚上12点", (Day::Open, at(23, 59))),
        ("凌晨12点", (Day::Open, at(0, 0))),
        ("凌晨12点半", (Day::Open, at(0, 30))),
        ("凌晨4点", (Day::Open, at(4, 0))),
        ("中午12点", (Day::Open, at(12, 0))),
        ("中午1点", (Day::Open, at(13, 0))),
        ("下午12点半", (Day::Open, at(12, 30))),
        ("长期", (Day::Open, None)),
        ("随时上岗", (Day::Open, None)),
        ("", (Day::Open, None)),
    ] {
        assert_eq!(from(text), expected, "{text}");
    }
}

#[test]
fn ranges_have_an_end() {
    let ends = |text: &str| {
        span(text)
            .ok()
            .and_then(|span| span.to)
            .map(|to| (to.day, to.time))
    };
    let day = |m, d| Day::Fixed(date(2026, m, d));
    assert_eq!(ends("11月24日-11月28日"), Some((day(11, 28), None)));
    assert_eq!(ends("11月24日至26日"), Some((day(11, 26), None)));
    assert_eq!(ends("2026-11-24 ~ 2026-12-02"), Some((day(12, 2), None)));
    assert_eq!(
        ends("8:00-18:00"),
        Some((Day::Open, Some(time(18, 0, 0, 0))))
    );
    assert_eq!(
        ends("明天8:00-17:30"),
        Some((Day::Open, Some(time(17, 30, 0, 0))))
    );
    assert_eq!(ends("2026-11-24至长期"), None);
}

#[test]
fn numbers_of_a_sheet_are_dates() {
    let read = |number| {
        read(&Cell::Number(number), TODAY, &TimeZone::UTC).map(|s| (s.from.day, s.from.time))
    };
    assert_eq!(read(46_350.0), Ok((Day::Fixed(date(2026, 11, 24)), None)));
    assert_eq!(
        read(46_350.312_5),
        Ok((Day::Fixed(date(2026, 11, 24)), Some(time(7, 30, 0, 0))))
    );
    assert_eq!(read(0.25), Ok((Day::Open, Some(time(6, 0, 0, 0)))));
    assert_eq!(
        read(20_261_124.0),
        Ok((Day::Fixed(date(2026, 11, 24)), None))
    );
    assert_eq!(read(13_812_345_678.0), Err(NotATime));
}

#[test]
fn what_is_no_time_is_refused() {
    for text in [
        "11月31日",
        "13月1日",
        "2026-02-30",
        "25:00",
        "8:75",
        "春节后",
        "晚上2点",
        "今年",
        "9999999999",
        "8",
        "abc",
    ] {
        assert_eq!(span(text), Err(NotATime), "{text}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,30}") {
        let _ = span(&text);
    }

    #[test]
    fn anything_like_a_time_is_read_or_refused(
        text in "[0-9年月日号:点半上下午明后天每周一至到长期 .\\-/]{0,14}",
    ) {
        let _ = span(&text);
    }
}
