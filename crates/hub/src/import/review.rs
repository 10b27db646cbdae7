//! What holds a listing for review: it asks the worker for money or papers, or its pay is out of
//! line.

use super::cell::half_width;
use gighall_core::pay::{Pay, PayUnit};

/// What no worker may be asked for.
const FEES: &[&str] = &[
    "押金",
    "保证金",
    "报名费",
    "体检费",
    "服装费",
    "工装费",
    "培训费",
    "中介费",
    "介绍费",
    "入职费",
    "手续费",
    "资料费",
    "建档费",
    "垫付",
    "扣身份证",
    "扣押身份证",
    "押身份证",
    "收身份证",
    "刷单",
    "抵押",
];

/// Words that turn a mention into its opposite: right before it, but for [`BETWEEN`] …
const DENIED_BEFORE: &[&str] = &[
    "不",
    "免",
    "无",
    "没有",
    "未",
    "拒绝",
    "禁止",
    "严禁",
    "谨防",
    "零",
    "0",
    "不得",
    "不会",
    "无需",
    "无须",
    "不需要",
    "不用",
    "不要",
];
/// … though these, which end alike, ask for it all the same …
const ASKED_BEFORE: &[&str] = &["不得不", "不能不", "不可不", "免不了", "少不了"];
/// … or right behind it.
const DENIED_BEHIND: &[&str] = &[
    "全免", "免除", "免收", "不收", "不用", "不需", "不交", "报销", "勿扰",
];
/// Who pays instead of the worker, and how it is said.
const PAYERS: &[&str] = &["公司", "单位", "企业", "用工方", "雇主", "厂方", "厂里"];
const PAYS: &[&str] = &["承担", "报销", "支付", "负责", "出", "付", "包"];

/// What may stand between a denial and what it denies: 不收取任何押金、服装费.
const BETWEEN: &[&str] = &[
    "任何",
    "各种",
    "各类",
    "一切",
    "其他",
    "所有",
    "收取",
    "交纳",
    "缴纳",
    "需要",
    "向工人",
    "向求职者",
    "一律",
    "全部",
    "费用",
    "收",
    "取",
    "交",
    "缴",
    "付",
    "扣",
    "押",
    "需",
    "须",
    "要",
    "的",
    "均",
    "都",
    "全",
    "由",
    "等",
    "、",
    "和",
    "与",
    "或",
    "及",
];

const CLAUSE_ENDS: &[char] = &[
    '，', ',', '。', '；', ';', '！', '!', '？', '?', '\n', ' ', '+', '|',
];

/// Pay outside these bounds (in yuan) is looked at by a person.
fn usual(unit: PayUnit) -> Option<(u64, u64)> {
    match unit {
        PayUnit::Hour => Some((8, 300)),
        PayUnit::Day => Some((50, 2_000)),
        PayUnit::Week => Some((300, 12_000)),
        PayUnit::Month => Some((1_000, 100_000)),
        PayUnit::Piece | PayUnit::Trip => None,
    }
}

/// Why a listing with these texts and this pay wants a person's eyes, if it does.
pub(crate) fn reason(texts: &[&str], pay: Pay) -> Option<String> {
    let mut reasons = Vec::new();
    let texts: Vec<String> = texts.iter().map(|text| joined(text)).collect();
    let fees: Vec<&str> = FEES
        .iter()
        .copied()
        .filter(|fee| texts.iter().any(|text| asks_for(text, fee)))
        .collect();
    if !fees.is_empty() {
        reasons.push(format!("asks for money or papers: {}", fees.join(", ")));
    }
    reasons.extend(out_of_line(pay));
    (!reasons.is_empty()).then(|| reasons.join("; "))
}

fn out_of_line(pay: Pay) -> Option<String> {
    let Pay::Range {
        min_fen,
        max_fen,
        unit,
    } = pay
    else {
        return None;
    };
    let (low, high) = usual(unit)?;
    if min_fen >= low * 100 && max_fen <= high * 100 {
        return None;
    }
    let sum = pay.yuan_text().unwrap_or_default();
    Some(format!(
        "pay of {sum} yuan is out of the usual ({low}-{high})"
    ))
}

/// The text with its fee words in one piece: 押 金 and 押．金 are 押金. In half width, as the denials
/// are.
fn joined(text: &str) -> String {
    let chars: Vec<char> = half_width(text).chars().collect();
    let mut rest = chars.as_slice();
    let mut joined = String::new();
    while let Some((first, behind)) = rest.split_first() {
        let fees = FEES
            .iter()
            .filter_map(|fee| Some((fee, behind_word(rest, fee)?)));
        match fees.min_by_key(|(_, behind)| behind.len()) {
            Some((fee, behind)) => {
                joined.push_str(fee);
                rest = behind;
            }
            None => {
                joined.push(*first);
                rest = behind;
            }
        }
    }
    joined
}

/// What follows a word that the text begins with, whatever stands between its characters that is
/// neither letter nor digit.
fn behind_word<'a>(text: &'a [char], word: &str) -> Option<&'a [char]> {
    let mut rest = text;
    for (at, wanted) in word.chars().enumerate() {
        if at > 0 {
            let between = rest.iter().take_while(|c| !c.is_alphanumeric()).count();
            rest = rest.get(between..)?;
        }
        rest = rest.strip_prefix(&[wanted])?;
    }
    Some(rest)
}

fn asks_for(text: &str, fee: &str) -> bool {
    text.split(CLAUSE_ENDS).any(|clause| {
        clause.match_indices(fee).any(|(at, _)| {
            let before = clause.get(..at).unwrap_or_default();
            let behind = clause.get(at + fee.len()..).unwrap_or_default();
            !denied_before(before) && !denied_behind(behind)
        })
    })
}

/// Whether a denial ends the text, but for fillers and other fees of the same list. One that speaks
/// of something else (无需经验需交押金) does not count.
fn denied_before(text: &str) -> bool {
    let mut rest = text;
    loop {
        let ends = |words: &[&str]| words.iter().any(|word| rest.ends_with(word));
        if ends(ASKED_BEFORE) {
            return false;
        }
        if ends(DENIED_BEFORE) {
            return true;
        }
        let shorter = [BETWEEN, FEES]
            .into_iter()
            .flatten()
            .filter_map(|word| rest.strip_suffix(word))
            .min_by_key(|rest| rest.len());
        match shorter {
            Some(shorter) => rest = shorter,
            None => return false,
        }
    }
}

fn denied_behind(text: &str) -> bool {
    // 报名费用全免
    let mut rest = text.strip_prefix('用').unwrap_or(text);
    loop {
        let begins = |words: &[&str]| words.iter().any(|word| rest.starts_with(word));
        let paid = begins(PAYERS) && PAYS.iter().any(|word| rest.contains(word));
        // 押金免费住宿 does not say that there is none.
        if begins(DENIED_BEHIND) || paid || ["免", "免费"].contains(&rest) {
            return true;
        }
        let shorter = [BETWEEN, FEES]
            .into_iter()
            .flatten()
            .filter_map(|word| rest.strip_prefix(word))
            .min_by_key(|rest| rest.len());
        match shorter {
            Some(shorter) => rest = shorter,
            None => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(text: &str) -> bool {
        reason(&[text], Pay::Negotiable).is_some()
    }

    #[test]
    fn asking_for_money_is_held_and_denying_it_is_not() {
        for text in [
            "需交押金200元",
            "入职收服装费",
            "体检费自理",
            "先扣押身份证",
            "手机刷单，日赚千元",
            "免费培训，收报名费",
            "免费培训收报名费",
            "无需经验需交押金200元",
            "不要求学历需交押金",
            "押金200元免费住宿",
            "押金免费住宿",
            "不得不交押金",
            "体检费入职满一个月报销",
            "需交押 金200元",
            "押.金200",
            "押．金２００",
            "押\u{3000}·\u{200b}金另算",
            "收 报 名 费",
            "先扣-身份证",
            "体检：费用自理",
        ] {
            assert!(held(text), "{text}");
        }
        for text in [
            "无押金",
            "不收任何押金、服装费、培训费",
            "免体检费",
            "体检费公司报销",
            "培训费全免",
            "谨防刷单",
            "不收取任何押金",
            "无需交押金",
            "不需要缴纳保证金",
            "严禁收取押金和培训费",
            "押金、服装费一律不收",
            "体检费、培训费均由公司承担",
            "体检费免费",
            "刷单勿扰",
            "0押金",
            "０押金",
            "无押 金",
            "不收任何押_金",
            "培训：费用全免",
            "体检费用由公司承担",
            "有金属押运经验",
            "包吃住",
        ] {
            assert!(!held(text), "{text}");
        }
    }

    #[test]
    fn pay_out_of_line_is_held() {
        let pay = |min: u64, max: u64, unit| Pay::Range {
            min_fen: min * 100,
            max_fen: max * 100,
            unit,
        };
        assert_eq!(reason(&[], pay(200, 260, PayUnit::Day)), None);
        assert!(reason(&[], pay(200, 9_000, PayUnit::Day)).is_some());
        assert!(reason(&[], pay(2, 2, PayUnit::Hour)).is_some());
        assert_eq!(reason(&[], pay(1, 1, PayUnit::Piece)), None);
    }
}
