//! What single cells mean: numbers of people, yes and no, ages, telephone numbers, positions.
//! Every refusal is a sentence that names what would be right.

use super::cell::half_width;
use gighall_core::job::{ClaimMode, EmployerKind, Insurance};
use gighall_core::pay::PayUnit;

/// The most places that one listing may have.
pub(crate) const PLACES_MAX: u32 = 10_000;
const OLDEST: u8 = 100;
const YOUNGEST: u8 = gighall_core::rules::WORKING_AGE;

pub(super) fn plain(text: &str) -> String {
    half_width(text)
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect::<String>()
        .to_lowercase()
}

pub(super) fn has(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

/// `3`, `3人`, `3名左右`, `3-5人` (the larger one: so many are wanted).
pub(crate) fn places(text: &str) -> Result<u32, String> {
    let refusal = || {
        format!("{text:?} is not a number of people: write a whole number from 1 to {PLACES_MAX}")
    };
    let plain = plain(text);
    let bare = plain
        .trim_start_matches(['约', '共', '需', '招'])
        .trim_end_matches(['人', '名', '个', '位', '+'])
        .trim_end_matches("左右")
        .trim_end_matches("以上")
        .trim_end_matches(['人', '名', '个', '位', '+']);
    let number = |part: &str| -> Option<u32> {
        let part = part.trim_end_matches(['人', '名', '个', '位']);
        let digits = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| part.parse().ok()).flatten()
    };
    let places = match bare.split_once(['-', '~', '至', '到', '—']) {
        Some((low, high)) => match (number(low), number(high)) {
            (Some(low), Some(high)) if low <= high => Some(high),
            _ => None,
        },
        None => number(bare),
    };
    places
        .filter(|n| (1..=PLACES_MAX).contains(n))
        .ok_or_else(refusal)
}

pub(super) const NO: &[&str] = &[
    "否", "无", "没", "不", "×", "x", "✗", "✘", "0", "no", "n", "false", "自理", "自备", "-", "/",
    "待定", "面议", "未",
];

/// A yes or no that must be one: 急招, 危险作业.
pub(crate) fn yes_or_no(text: &str) -> Result<bool, String> {
    let plain = plain(text);
    let yes = [
        "是", "有", "√", "✓", "✔", "1", "y", "yes", "true", "急", "急招", "紧急", "加急", "特急",
        "高危", "危险", "需要",
    ];
    let no = ["", "普通", "一般", "正常", "低", "非急招", "不急", "不危险"];
    if yes.contains(&plain.as_str()) {
        Ok(true)
    } else if no.contains(&plain.as_str()) || NO.contains(&plain.as_str()) {
        Ok(false)
    } else {
        Err(format!("{text:?} is neither yes nor no: write 是 or 否"))
    }
}

/// 保险
pub(crate) fn insurance(text: &str) -> Result<Insurance, String> {
    let plain = plain(text);
    if has(&plain, &["日结险", "日保", "当日险", "按日投保"]) {
        Ok(Insurance::DayCover)
    } else if has(&plain, &["无", "不买", "不含", "没有", "未购"])
        || ["", "否", "不", "-", "/", "0"].contains(&plain.as_str())
    {
        Ok(Insurance::None)
    } else if has(&plain, &["工伤", "五险", "社保", "work_injury"]) {
        Ok(Insurance::WorkInjury)
    } else if has(
        &plain,
        &[
            "意外",
            "雇主责任",
            "商业险",
            "商业保险",
            "团体险",
            "accident",
        ],
    ) {
        Ok(Insurance::Accident)
    } else {
        Insurance::from_code(&plain).ok_or_else(|| {
            format!("{text:?} does not say which insurance: write 意外险, 工伤, 日结险 or 无")
        })
    }
}

/// 计薪单位
pub(crate) fn pay_unit(text: &str) -> Result<PayUnit, String> {
    let plain = plain(text);
    let code = PayUnit::ALL
        .iter()
        .copied()
        .find(|unit| unit.code() == plain);
    let words: &[(PayUnit, &[&str])] = &[
        (PayUnit::Hour, &["小时", "时薪", "计时", "钟头"]),
        (PayUnit::Piece, &["件", "计件", "个"]),
        (PayUnit::Trip, &["趟", "次", "车"]),
        (PayUnit::Week, &["周", "星期"]),
        (PayUnit::Month, &["月"]),
        (PayUnit::Day, &["天", "日"]),
    ];
    code.or_else(|| {
        words
            .iter()
            .find(|(_, words)| has(&plain, words))
            .map(|(unit, _)| *unit)
    })
    .ok_or_else(|| format!("{text:?} is no unit of pay: write 天, 小时, 件, 趟, 周 or 月"))
}

/// `18-55岁`, `55岁以下`, `18周岁以上`, `不限`: the youngest and the oldest.
pub(crate) fn ages(text: &str) -> Result<(Option<u8>, Option<u8>), String> {
    let plain = plain(text);
    if plain.is_empty()
        || has(&plain, &["不限", "无要求", "无限制"])
        || ["无", "-", "/"].contains(&plain.as_str())
    {
        return Ok((None, None));
    }
    let refusal =
        || format!("{text:?} is not a range of ages: write it as in 18-55岁, 60岁以下 or 不限");
    let numbers: Vec<u8> = plain
        .split(|c: char| !c.is_ascii_digit())
        .filter(|digits| !digits.is_empty())
        .map(|digits| digits.parse().map_err(|_| refusal()))
        .collect::<Result<_, _>>()?;
    let range = match numbers.as_slice() {
        [low, high] => (Some(*low), Some(*high)),
        [age] if has(&plain, &["以下", "以内", "不超过", "<", "≤", "小于"]) => {
            (None, Some(*age))
        }
        [age] if has(&plain, &["以上", "起", ">", "≥", "大于", "满", "+"]) => {
            (Some(*age), None)
        }
        _ => return Err(refusal()),
    };
    check_ages(range.0, range.1)?;
    Ok(range)
}

/// One age of a column for the youngest or the oldest; 0 and 不限 mean none.
pub(crate) fn age(text: &str) -> Result<Option<u8>, String> {
    let plain = plain(text);
    let bare = plain.trim_end_matches(['周', '岁']);
    if ["", "0", "不限", "无", "-", "/"].contains(&bare) {
        return Ok(None);
    }
    bare.parse()
        .ok()
        .filter(|age| *age <= OLDEST)
        .map(Some)
        .ok_or_else(|| format!("{text:?} is not an age: write whole years, or 不限"))
}

/// Checks that the ages make sense and that nobody under working age is looked for.
pub(crate) fn check_ages(min: Option<u8>, max: Option<u8>) -> Result<(), String> {
    if min.is_some_and(|min| min < YOUNGEST) || max.is_some_and(|max| max < YOUNGEST) {
        Err(format!(
            "nobody under {YOUNGEST} may be employed: write {YOUNGEST} or more"
        ))
    } else if max.is_some_and(|max| max > OLDEST) || min.is_some_and(|min| min > OLDEST) {
        Err(format!("ages end at {OLDEST}: write whole years, or 不限"))
    } else if matches!((min, max), (Some(min), Some(max)) if min > max) {
        Err("the youngest age is above the oldest one: write the lower one first".to_owned())
    } else {
        Ok(())
    }
}

/// A telephone number, with a name before or behind it allowed; of several the first.
pub(crate) fn phone(text: &str) -> Result<String, String> {
    let plain = plain(text);
    let first = plain
        .split(|c: char| !(c.is_ascii_digit() || c == '-' || c == '+'))
        .map(|run| run.trim_matches('-'))
        .find(|run| run.bytes().filter(u8::is_ascii_digit).count() >= 5);
    first
        .filter(|run| (5..=20).contains(&run.len()) && run.rfind('+').is_none_or(|at| at == 0))
        .map(str::to_owned)
        .ok_or_else(|| {
            format!("{text:?} is not a telephone number: write 5 to 20 digits, dashes allowed")
        })
}

/// A pair of degrees in either order, as latitude and longitude. `0,0` means none.
pub(crate) fn position(first: &str, second: &str) -> Result<Option<(String, String)>, String> {
    let (first, second) = (plain(first), plain(second));
    let (Ok(a), Ok(b)) = (first.parse::<f64>(), second.parse::<f64>()) else {
        return Err(format!(
            "{first},{second} is not a position: write degrees, as in 26.857,104.282"
        ));
    };
    let latitude = 3.0..=54.0;
    let longitude = 73.0..=136.0;
    if a == 0.0 && b == 0.0 {
        Ok(None)
    } else if latitude.contains(&a) && longitude.contains(&b) {
        Ok(Some((first, second)))
    } else if latitude.contains(&b) && longitude.contains(&a) {
        Ok(Some((second, first)))
    } else {
        Err(format!(
            "{first},{second} lies outside China: write latitude and longitude in degrees"
        ))
    }
}

/// 录用方式
pub(crate) fn claim_mode(text: &str) -> Result<ClaimMode, String> {
    let plain = plain(text);
    let denied = has(
        &plain,
        &[
            "无需",
            "无须",
            "不需",
            "不用",
            "不必",
            "免",
            "不面试",
            "无面试",
            "没有",
        ],
    );
    let chosen = has(
        &plain,
        &["雇主", "面试", "单位确认", "企业确认", "审核", "选"],
    );
    // 是 stands below 是否面试.
    let asked = ["是", "有", "需要", "√", "1"].contains(&plain.as_str());
    if denied {
        Ok(ClaimMode::FirstCome)
    } else if chosen || asked {
        Ok(ClaimMode::EmployerConfirms)
    } else if plain.is_empty() || has(&plain, &["先到", "直接", "无需", "即时", "否"]) {
        Ok(ClaimMode::FirstCome)
    } else {
        ClaimMode::from_code(&plain)
            .ok_or_else(|| format!("{text:?} is unknown: write 先到先得 or 雇主确认"))
    }
}

/// The kind of employer: what a column says, else what the name says.
pub(crate) fn employer_kind(column: &str, name: &str) -> EmployerKind {
    let by_words = |text: &str| {
        let words: &[(EmployerKind, &[&str])] = &[
            (EmployerKind::Dispatch, &["派遣"]),
            (
                EmployerKind::Agency,
                &["中介", "人力资源", "职业介绍", "职介"],
            ),
            (
                EmployerKind::Company,
                &[
                    "企业",
                    "公司",
                    "集团",
                    "国企",
                    "民营",
                    "合资",
                    "外资",
                    "事业",
                    "机关",
                    "国有",
                    "厂",
                    "合作社",
                    "医院",
                    "酒店",
                    "宾馆",
                    "学校",
                    "局",
                    "中心",
                ],
            ),
            (
                EmployerKind::SelfEmployed,
                &[
                    "个体",
                    "店",
                    "馆",
                    "铺",
                    "部",
                    "农场",
                    "养殖场",
                    "超市",
                    "坊",
                    "行",
                    "工作室",
                    "酒楼",
                    "园",
                    "牧场",
                ],
            ),
            (
                EmployerKind::Person,
                &[
                    "个人", "家庭", "先生", "女士", "师傅", "老板", "大姐", "大哥", "农户", "某",
                ],
            ),
        ];
        words
            .iter()
            .find(|(_, words)| has(text, words))
            .map(|(kind, _)| *kind)
    };
    EmployerKind::from_code(column.trim())
        .or_else(|| by_words(column))
        .or_else(|| by_words(name))
        .unwrap_or(if name.chars().count() <= 4 {
            EmployerKind::Person
        } else {
            EmployerKind::Company
        })
}

/// The town or street that an address names: `威宁县草海镇建设东路` is 草海镇.
pub(crate) fn town_in(address: &str) -> Option<String> {
    let plain: String = address.chars().filter(|c| !c.is_whitespace()).collect();
    let begin = ["自治县", "县", "区", "市", "特区"]
        .iter()
        .filter_map(|word| plain.find(word).map(|at| at + word.len()))
        // 开发区 or 社区 behind the town are no district before it.
        .filter(|at| {
            plain
                .get(*at..)
                .is_some_and(|rest| has(rest, &["镇", "乡", "街道"]))
        })
        .max()
        .unwrap_or(0);
    let rest = plain.get(begin..)?;
    let end = ["街道", "镇", "乡"]
        .iter()
        .filter_map(|word| rest.find(word).map(|at| at + word.len()))
        .min()?;
    let town = rest.get(..end)?;
    let name: String = town.chars().skip_while(|c| !is_han(*c)).collect();
    let fits = (2..=8).contains(&name.chars().count()) && name.chars().all(is_han);
    fits.then_some(name)
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests;
