//! Pay as people write it: `200-260元/天`, `18元/小时`, `1.5-3万`, `面议`.
//!
//! One sum or a range of two, each with an optional scale (千, 万, K) and an optional unit. Sums
//! with a scale and no unit are by the month, as Chinese job boards have it. What follows the sum
//! (`·13薪`, `+提成`, `，包吃住`) does not change it and is left alone.

use crate::pay::{Pay, PayUnit};

/// Longest text that is looked at, in characters. Nobody writes pay longer than that.
pub const PAY_TEXT_MAX: usize = 100;

/// A sum without unit from here on is by the month: no gig pays as much a day.
const MONTHLY_FROM_YUAN: u64 = 1_000;
/// The highest sum taken, in yuan: above it a digit too many was typed.
const YUAN_MAX: u64 = 10_000_000;
/// How many times the lower end the upper end can be where the lower one has no scale.
const WIDEST_RANGE: u64 = 100;
/// Millionths of a yuan, in which sums are read before they are rounded to fen.
const MICRO: u64 = 1_000_000;
const MICRO_A_FEN: u64 = MICRO / 100;

/// What a pay text says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PayText {
    /// The pay.
    pub pay: Pay,
    /// What is counted where the pay is by the piece and the text names something else than a
    /// piece (`斤`, `亩`): the listing has to say so in words.
    pub counted_by: Option<&'static str>,
}

/// Why a text is not pay.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PayTextError {
    /// Nothing is written.
    #[error("pay is empty: write a sum with its unit, as in 200-260元/天, or 面议")]
    Empty,
    /// Longer than [`PAY_TEXT_MAX`].
    #[error("pay is longer than {PAY_TEXT_MAX} characters: write a sum with its unit only")]
    TooLong,
    /// There is no sum in it, or more than two.
    #[error("pay cannot be read: write one sum or two, as in 200元/天, 200-260元/天 or 面议")]
    Unreadable,
    /// A sum without unit that might be by the hour or by the day.
    #[error("pay has no unit: write what it is paid for, as in 200元/天 or 18元/小时")]
    NoUnit,
    /// A unit is named that is none of those that are known.
    #[error(
        "what the pay is counted by is not known: write 天, 小时, 件, 趟, 周, 月, or 斤, 亩 and the like"
    )]
    UnknownUnit,
    /// Two sums with different units.
    #[error("the two sums of the pay have different units: write both by the same one")]
    TwoUnits,
    /// The lower end is above the upper end.
    #[error("the lower sum of the pay is above the upper one: write the lower one first")]
    MinAboveMax,
    /// Nothing, or more than anybody pays.
    #[error("pay must be above 0 and at most {YUAN_MAX} yuan")]
    OutOfRange,
}

/// What a sum is counted by, as written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Plain(PayUnit),
    Counted(&'static str),
    Year,
}

const UNITS: &[(&str, Unit)] = &[
    ("小时", Unit::Plain(PayUnit::Hour)),
    ("个小时", Unit::Plain(PayUnit::Hour)),
    ("钟头", Unit::Plain(PayUnit::Hour)),
    ("时", Unit::Plain(PayUnit::Hour)),
    ("hour", Unit::Plain(PayUnit::Hour)),
    ("h", Unit::Plain(PayUnit::Hour)),
    ("天", Unit::Plain(PayUnit::Day)),
    ("日", Unit::Plain(PayUnit::Day)),
    ("工日", Unit::Plain(PayUnit::Day)),
    ("个工", Unit::Plain(PayUnit::Day)),
    ("班", Unit::Plain(PayUnit::Day)),
    ("day", Unit::Plain(PayUnit::Day)),
    ("周", Unit::Plain(PayUnit::Week)),
    ("星期", Unit::Plain(PayUnit::Week)),
    ("week", Unit::Plain(PayUnit::Week)),
    ("月", Unit::Plain(PayUnit::Month)),
    ("个月", Unit::Plain(PayUnit::Month)),
    ("month", Unit::Plain(PayUnit::Month)),
    ("年", Unit::Year),
    ("year", Unit::Year),
    ("趟", Unit::Plain(PayUnit::Trip)),
    ("车次", Unit::Plain(PayUnit::Trip)),
    ("车", Unit::Plain(PayUnit::Trip)),
    ("件", Unit::Plain(PayUnit::Piece)),
    ("个", Unit::Plain(PayUnit::Piece)),
    ("单", Unit::Counted("单")),
    ("斤", Unit::Counted("斤")),
    ("公斤", Unit::Counted("公斤")),
    ("吨", Unit::Counted("吨")),
    ("亩", Unit::Counted("亩")),
    ("箱", Unit::Counted("箱")),
    ("袋", Unit::Counted("袋")),
    ("筐", Unit::Counted("筐")),
    ("包", Unit::Counted("包")),
    ("棵", Unit::Counted("棵")),
    ("株", Unit::Counted("株")),
    ("块", Unit::Counted("块")),
    ("张", Unit::Counted("张")),
    ("桶", Unit::Counted("桶")),
    ("台", Unit::Counted("台")),
    ("套", Unit::Counted("套")),
    ("户", Unit::Counted("户")),
    ("份", Unit::Counted("份")),
    ("把", Unit::Counted("把")),
    ("根", Unit::Counted("根")),
    ("方", Unit::Counted("立方米")),
    ("立方", Unit::Counted("立方米")),
    ("立方米", Unit::Counted("立方米")),
    ("场", Unit::Counted("场")),
    ("次", Unit::Counted("次")),
    ("米", Unit::Counted("米")),
    ("平方", Unit::Counted("平方米")),
    ("平米", Unit::Counted("平方米")),
    ("平方米", Unit::Counted("平方米")),
    ("㎡", Unit::Counted("平方米")),
];

const PREFIXES: &[(&str, Option<Unit>)] = &[
    ("时薪", Some(Unit::Plain(PayUnit::Hour))),
    ("小时工资", Some(Unit::Plain(PayUnit::Hour))),
    ("每小时", Some(Unit::Plain(PayUnit::Hour))),
    ("一小时", Some(Unit::Plain(PayUnit::Hour))),
    ("日薪", Some(Unit::Plain(PayUnit::Day))),
    ("日工资", Some(Unit::Plain(PayUnit::Day))),
    ("日结", Some(Unit::Plain(PayUnit::Day))),
    ("每天", Some(Unit::Plain(PayUnit::Day))),
    ("每日", Some(Unit::Plain(PayUnit::Day))),
    ("一天", Some(Unit::Plain(PayUnit::Day))),
    ("周薪", Some(Unit::Plain(PayUnit::Week))),
    ("每周", Some(Unit::Plain(PayUnit::Week))),
    ("月薪", Some(Unit::Plain(PayUnit::Month))),
    ("月工资", Some(Unit::Plain(PayUnit::Month))),
    ("每月", Some(Unit::Plain(PayUnit::Month))),
    ("每个月", Some(Unit::Plain(PayUnit::Month))),
    ("年薪", Some(Unit::Year)),
    ("每年", Some(Unit::Year)),
    ("计件", Some(Unit::Plain(PayUnit::Piece))),
    ("每件", Some(Unit::Plain(PayUnit::Piece))),
    ("每趟", Some(Unit::Plain(PayUnit::Trip))),
    ("一趟", Some(Unit::Plain(PayUnit::Trip))),
    ("底薪", None),
    ("综合", None),
    ("工资", None),
    ("薪资", None),
    ("薪酬", None),
    ("大约", None),
    ("约", None),
    ("税前", None),
    ("税后", None),
    ("人民币", None),
    ("rmb", None),
    ("cny", None),
    ("¥", None),
    ("￥", None),
    (":", None),
];

const NEGOTIABLE: &[&str] = &["面议", "面谈", "详谈", "协商", "另议", "商议", "电议"];

/// Reads a pay text. `unit` is what a sum is counted by where the text does not say it: from the
/// column's heading, say.
///
/// # Errors
/// [`PayTextError`] says what would be right.
pub fn parse(text: &str, unit: Option<PayUnit>) -> Result<PayText, PayTextError> {
    if text.chars().count() > PAY_TEXT_MAX {
        return Err(PayTextError::TooLong);
    }
    let text = normal(text);
    if text.is_empty() {
        return Err(PayTextError::Empty);
    }
    if !text.contains(|c: char| c.is_ascii_digit()) {
        let negotiable = NEGOTIABLE.iter().any(|word| text.contains(word));
        return if negotiable {
            Ok(PayText {
                pay: Pay::Negotiable,
                counted_by: None,
            })
        } else {
            Err(PayTextError::Unreadable)
        };
    }
    let (prefix_unit, rest) = take_prefixes(&text);
    let sums = Sums::take(rest).ok_or(PayTextError::Unreadable)?;
    sums.into_pay(prefix_unit, unit)
}

/// Full-width forms as plain ones, lower case, without spaces and thousands separators.
fn normal(text: &str) -> String {
    let plain: Vec<char> = text
        .chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => {
                char::from_u32(u32::from(c) - 0xfee0).map_or(c, |c| c.to_ascii_lowercase())
            }
            '—' | '–' | '−' | '~' | '〜' | '至' | '到' => '-',
            '每' => '/',
            c => c.to_ascii_lowercase(),
        })
        .map(|c| if c == '~' { '-' } else { c })
        .filter(|c| !c.is_whitespace())
        .collect();
    let is_digit = |at: usize| plain.get(at).is_some_and(char::is_ascii_digit);
    plain
        .iter()
        .enumerate()
        .filter(|(at, c)| {
            let thousands = **c == ','
                && *at > 0
                && is_digit(at - 1)
                && (1..=3).all(|ahead| is_digit(at + ahead))
                && !is_digit(at + 4);
            !thousands
        })
        .map(|(_, c)| *c)
        .collect()
}

/// Words before the first sum, and the unit that they name.
fn take_prefixes(text: &str) -> (Option<Unit>, &str) {
    let mut unit = None;
    let mut rest = text;
    while !rest.starts_with(|c: char| c.is_ascii_digit()) {
        // `每` was made `/` so that 元每天 and 元/天 are one; put it back to compare.
        let longest = PREFIXES
            .iter()
            .filter_map(|(word, unit)| {
                let after = match word.strip_prefix('每') {
                    Some(tail) => rest.strip_prefix('/').and_then(|r| r.strip_prefix(tail)),
                    None => rest.strip_prefix(word),
                };
                after.map(|after| (word.len(), *unit, after))
            })
            .max_by_key(|(length, ..)| *length);
        match longest {
            Some((_, found, after)) => {
                unit = found.or(unit);
                rest = after;
            }
            None => break,
        }
    }
    (unit, rest)
}

/// One sum as written.
#[derive(Clone, Copy)]
struct Sum {
    micro: u64,
    scale: u64,
    unit: Option<Unit>,
}

impl Sum {
    /// Reads a number, its scale, 元 and its unit from the start of a text.
    fn take(text: &str) -> Option<(Self, &str)> {
        let (micro, rest) = take_number(text)?;
        let (scale, rest) = take_scale(rest);
        let rest = ["元", "块钱", "块"]
            .iter()
            .find_map(|word| rest.strip_prefix(word))
            .unwrap_or(rest);
        let rest = rest.strip_prefix("左右").unwrap_or(rest);
        let (unit, rest) = take_unit(rest);
        Some((Self { micro, scale, unit }, rest))
    }

    fn yuan_micro(self, scale: u64) -> Option<u64> {
        self.micro.checked_mul(scale)
    }
}

/// Digits with an optional fraction, in millionths. More than six decimals are not pay.
fn take_number(text: &str) -> Option<(u64, &str)> {
    let (whole, rest) = split_digits(text);
    let whole: u64 = whole.parse().ok().filter(|w| *w <= YUAN_MAX)?;
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(after) if after.starts_with(|c: char| c.is_ascii_digit()) => split_digits(after),
        _ => ("", rest),
    };
    let places = u32::try_from(fraction.len()).ok().filter(|n| *n <= 6)?;
    let fraction: u64 = if fraction.is_empty() {
        0
    } else {
        fraction.parse::<u64>().ok()? * 10_u64.pow(6 - places)
    };
    Some((whole * MICRO + fraction, rest))
}

fn split_digits(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    text.split_at(end)
}

fn take_scale(text: &str) -> (u64, &str) {
    [
        ("万", 10_000),
        ("w", 10_000),
        ("千", 1_000),
        ("k", 1_000),
        ("百", 100),
    ]
    .iter()
    .find_map(|(word, scale)| text.strip_prefix(word).map(|rest| (*scale, rest)))
    .unwrap_or((1, text))
}

/// A unit after a sum: `/天`, `每天`, `一天`, `/人/天`, or the bare word.
fn take_unit(text: &str) -> (Option<Unit>, &str) {
    let mut rest = text;
    for lead in ["/", "一", "人", "/", "1"] {
        rest = rest.strip_prefix(lead).unwrap_or(rest);
    }
    let longest = UNITS
        .iter()
        .filter_map(|(word, unit)| rest.strip_prefix(word).map(|after| (word, unit, after)))
        // A single Latin letter is a unit only where no word goes on: `h`, not `hello`.
        .filter(|(_, _, after)| !after.starts_with(|c: char| c.is_ascii_alphabetic()))
        // 包 after a sum without a slash begins 包吃, not a unit; the same with 块, 个, 单, 次.
        .filter(|(word, ..)| {
            text.starts_with(['/', '一'])
                || !matches!(
                    **word,
                    "包" | "块" | "个" | "单" | "次" | "班" | "时" | "车"
                )
        })
        .max_by_key(|(word, ..)| word.len());
    match longest {
        Some((_, unit, after)) => (Some(*unit), after),
        None => (None, text),
    }
}

/// One sum or two.
struct Sums {
    low: Sum,
    high: Option<Sum>,
    /// Only an upper bound is named: `8千及以下`.
    at_most: bool,
    /// A slash follows, and no unit that is known.
    unknown_unit: bool,
}

impl Sums {
    fn take(text: &str) -> Option<Self> {
        let (low, rest) = Sum::take(text)?;
        let (high, rest) = match rest.strip_prefix('-') {
            Some(after) => {
                let (high, rest) = Sum::take(after.trim_start_matches(['-', '¥']))?;
                (Some(high), rest)
            }
            None => (None, rest),
        };
        // A third sum right behind is something else: a date, a telephone number.
        if rest.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '.' | '%')) {
            return None;
        }
        let at_most = rest.starts_with("以下") || rest.starts_with("及以下");
        let unit = high.map_or(low.unit, |high| high.unit.or(low.unit));
        Some(Self {
            low,
            high,
            at_most,
            unknown_unit: unit.is_none() && rest.starts_with('/'),
        })
    }

    /// `1.5-3万`: the scale of the upper end is the lower one's too, unless that turns them round
    /// (`500-1千`).
    fn ends(&self) -> Option<(u64, u64)> {
        let Some(high) = self.high else {
            let sum = self.low.yuan_micro(self.low.scale)?;
            return Some((if self.at_most { 0 } else { sum }, sum));
        };
        let top = high.yuan_micro(high.scale)?;
        let scaled = self.low.yuan_micro(high.scale).filter(|low| *low <= top);
        let low = match (self.low.scale, scaled) {
            (1, Some(low)) => low,
            (scale, _) => self.low.yuan_micro(scale)?,
        };
        // `3-1万` means 3 to 1 万, turned round, and not 3 yuan.
        let turned =
            self.low.scale == 1 && high.scale > 1 && low.saturating_mul(WIDEST_RANGE) < top;
        Some((if turned { u64::MAX } else { low }, top))
    }

    fn into_pay(
        self,
        prefix: Option<Unit>,
        default: Option<PayUnit>,
    ) -> Result<PayText, PayTextError> {
        if self.unknown_unit {
            return Err(PayTextError::UnknownUnit);
        }
        let written = match (self.low.unit, self.high.and_then(|high| high.unit)) {
            (Some(low), Some(high)) if low != high => return Err(PayTextError::TwoUnits),
            (low, high) => high.or(low).or(prefix),
        };
        let (low, high) = self.ends().ok_or(PayTextError::OutOfRange)?;
        if low > high {
            return Err(PayTextError::MinAboveMax);
        }
        let has_scale = self.low.scale >= 1_000 || self.high.is_some_and(|h| h.scale >= 1_000);
        let unit = match (written, default) {
            (Some(unit), _) => unit,
            (None, _) if has_scale => Unit::Plain(PayUnit::Month),
            (None, Some(unit)) => Unit::Plain(unit),
            (None, None) if high >= MONTHLY_FROM_YUAN * MICRO => Unit::Plain(PayUnit::Month),
            (None, None) => return Err(PayTextError::NoUnit),
        };
        let (unit, parts, counted_by) = match unit {
            Unit::Plain(unit) => (unit, 1, None),
            Unit::Counted(word) => (PayUnit::Piece, 1, Some(word)),
            Unit::Year => (PayUnit::Month, 12, None),
        };
        let fen = |micro: u64| (micro / parts + MICRO_A_FEN / 2) / MICRO_A_FEN;
        let (min_fen, max_fen) = (fen(low), fen(high));
        if max_fen == 0 || max_fen > YUAN_MAX * 100 {
            return Err(PayTextError::OutOfRange);
        }
        let pay = Pay::Range {
            min_fen,
            max_fen,
            unit,
        };
        Ok(PayText { pay, counted_by })
    }
}

/// The unit that a column's heading names: `日薪`, `薪资（元/天）`, `小时工资`.
pub fn unit_in_heading(heading: &str) -> Option<PayUnit> {
    let heading = normal(heading);
    let plain = |unit: Unit| match unit {
        Unit::Plain(unit) => Some(unit),
        Unit::Counted(_) | Unit::Year => None,
    };
    PREFIXES
        .iter()
        .find(|(word, unit)| unit.is_some() && heading.contains(word))
        .and_then(|(_, unit)| unit.and_then(plain))
        .or_else(|| {
            let after = &heading[heading.find('/')?..];
            take_unit(after).0.and_then(plain)
        })
}

#[cfg(test)]
mod tests;
