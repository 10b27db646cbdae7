//! When the pay is handed over, as people write it. Where a text can be read in two ways the later
//! day counts: a day's pay on the day is never promised for the employer.

use super::values::{has, plain};
use gighall_core::job::Settlement;
use gighall_core::pay::PayUnit;

/// What a word promises; of several in a text the first of this list counts.
const WORDS: &[(Settlement, &[&str])] = &[
    (Settlement::HalfMonthly, &["半月", "半个月", "15天结"]),
    (
        Settlement::Monthly,
        &["月结", "按月", "次月", "下月", "月底", "月付", "一月一结"],
    ),
    (
        Settlement::Weekly,
        &["周结", "一周一结", "按周", "每周结", "星期结"],
    ),
    (
        Settlement::OnCompletion,
        &[
            "完工",
            "干完",
            "做完",
            "完成后",
            "项目结",
            "结束后",
            "工完",
            "收工结",
            "一次结清",
            "一次性",
        ],
    ),
    (
        Settlement::PerTrip,
        &["趟结", "按趟", "单结", "车结", "次结", "按次"],
    ),
];

const DAILY: &[&str] = &[
    "日结",
    "天结",
    "现结",
    "一天一结",
    "按日发",
    "按天发",
    "当天发",
    "当日发",
];

/// 每15日结, 三天结 are no day's pay on the day, and 不日结 is none at all.
const NOT_BEFORE_DAILY: &[char] = &[
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '二', '两', '三', '四', '五', '六', '七',
    '八', '九', '十', '几', '半', '不', '非', '无', '是', '持', '有', '能',
];

/// 当日结束 and 日结险 do not speak of pay.
const NOT_BEHIND_DAILY: &[char] = &['束', '险'];

/// The settlement that a text mentions.
pub(crate) fn settlement_in(text: &str) -> Option<Settlement> {
    let plain = plain(text);
    let clauses: Vec<&str> = plain.split([',', '，', ';', '；', '。', '、']).collect();
    let said = |words: &[&str]| clauses.iter().any(|clause| has(clause, words));
    let monthly = clauses.iter().any(|clause| pays_each_month(clause));
    if let Some((settlement, _)) = WORDS
        .iter()
        .find(|(settlement, words)| said(words) || *settlement == Settlement::Monthly && monthly)
    {
        return Some(*settlement);
    }
    if clauses.iter().any(|clause| pays_each_day(clause)) {
        return Some(Settlement::Daily);
    }
    Settlement::from_code(&plain).or_else(|| said(&["月薪"]).then_some(Settlement::Monthly))
}

/// 每月15号发, but not 每月休4天.
fn pays_each_month(clause: &str) -> bool {
    clause == "每月" || clause.contains("每月") && has(clause, &["结", "发", "付", "号", "日"])
}

fn pays_each_day(clause: &str) -> bool {
    DAILY.iter().any(|word| {
        clause.match_indices(word).any(|(at, _)| {
            let before = clause.get(..at).unwrap_or_default();
            let behind = clause.get(at + word.len()..).unwrap_or_default();
            !before.ends_with(NOT_BEFORE_DAILY) && !behind.starts_with(NOT_BEHIND_DAILY)
        })
    })
}

/// What the sum is counted by, where a text on the settlement says that instead: 按日计酬.
pub(crate) fn counted_by(text: &str) -> Option<PayUnit> {
    has(&plain(text), &["按日", "按天"]).then_some(PayUnit::Day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settlements_are_read_as_people_write_them() {
        use Settlement as S;
        for (text, expected) in [
            ("日结", S::Daily),
            ("当天结清", S::Daily),
            ("每日结算", S::Daily),
            ("按天结", S::Daily),
            ("可日结", S::Daily),
            ("日结，每月休4天", S::Daily),
            ("周结", S::Weekly),
            ("半月结", S::HalfMonthly),
            ("月结", S::Monthly),
            ("monthly", S::Monthly),
            ("月薪4500", S::Monthly),
            ("每月", S::Monthly),
            ("每月15日结算", S::Monthly),
            ("每月15号", S::Monthly),
            ("次月10日结", S::Monthly),
            ("按日计酬，按月发放", S::Monthly),
            ("日结或月结", S::Monthly),
            ("完工后一次结清", S::OnCompletion),
            ("一次性结清", S::OnCompletion),
            ("趟结", S::PerTrip),
            ("每次结", S::PerTrip),
        ] {
            assert_eq!(settlement_in(text), Some(expected), "{text}");
        }
        for text in [
            "看情况",
            "面议",
            "按日计酬",
            "按天",
            "30天结",
            "十日结一次",
            "不日结",
            "不支持日结",
            "买日结险",
            "当日结束",
            "",
        ] {
            assert_eq!(settlement_in(text), None, "{text}");
        }
    }
}
