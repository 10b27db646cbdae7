//! What holds a listing for review: it asks the worker for money or papers, or its pay is out of
//! line. Staff read the reason in Chinese.

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

/// Words that turn a mention into its opposite, before it in the same clause…
const DENIED_BEFORE: &[&str] = &[
    "不收", "免", "无", "不用", "不需", "没有", "不交", "不缴", "不扣", "不押", "拒绝", "禁止",
    "零", "不得", "不要", "严禁", "不会", "谨防",
];
/// … or behind it.
const DENIED_BEHIND: &[&str] = &[
    "全免",
    "免",
    "公司承担",
    "单位承担",
    "公司出",
    "单位出",
    "报销",
    "不收",
    "企业承担",
    "由公司",
    "由单位",
    "勿扰",
    "一律不收",
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
    let fees: Vec<&str> = FEES
        .iter()
        .copied()
        .filter(|fee| texts.iter().any(|text| asks_for(text, fee)))
        .collect();
    if !fees.is_empty() {
        reasons.push(format!("文字中出现收费或扣证内容：{}", fees.join("、")));
    }
    reasons.extend(out_of_line(pay));
    (!reasons.is_empty()).then(|| reasons.join("；"))
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
    Some(format!("薪资 {sum} 元超出常见范围（{low}-{high} 元）"))
}

fn asks_for(text: &str, fee: &str) -> bool {
    text.split(CLAUSE_ENDS).any(|clause| {
        clause.match_indices(fee).any(|(at, _)| {
            let before = clause.get(..at).unwrap_or_default();
            let behind = clause.get(at + fee.len()..).unwrap_or_default();
            let denied = DENIED_BEFORE.iter().any(|word| before.contains(word))
                || DENIED_BEHIND.iter().any(|word| behind.contains(word));
            !denied
        })
    })
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
