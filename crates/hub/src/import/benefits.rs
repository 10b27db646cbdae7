//! Meals, lodging and transport: what the employer gives. A word alone promises nothing, since many
//! jobs are about what it names (宿舍楼保洁员, 接送学生司机).

use super::values::{NO, has, plain};

/// Something that an employer gives, described in a cell of its own: `是`, `包中餐`, `不包`.
pub(crate) fn given(text: &str) -> bool {
    let plain = plain(text);
    let exact = ["0", "x", "n", "no", "-", "/", "false", ""];
    let denied = NO
        .iter()
        .any(|no| no.chars().count() == 1 && !no.is_ascii() && plain.starts_with(no))
        || has(&plain, &["自理", "自备", "待定", "面议"])
        // 包中餐不包晚餐 gives a meal.
        || !plain.starts_with(['包', '管', '供', '提'])
            && has(&plain, &["不包", "不管", "不含", "不提供", "没有"]);
    !exact.contains(&plain.as_str()) && !denied
}

/// What a text promises.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Benefits {
    pub(crate) meals: bool,
    pub(crate) lodging: bool,
    pub(crate) transport: bool,
}

impl Benefits {
    /// What either of two texts promises.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            meals: self.meals || other.meals,
            lodging: self.lodging || other.lodging,
            transport: self.transport || other.transport,
        }
    }
}

/// Where a text stands, which decides how much its words promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// What the job is called.
    Title,
    /// Pay, requirements, duties, notes.
    Words,
    /// A column for what the employer gives.
    Column,
}

const THINGS: &[&str] = &[
    "吃住", "食宿", "住宿", "宿舍", "接送", "班车", "吃", "住", "餐",
];
const DENIED_BEFORE: &[&str] = &[
    "不提供",
    "没有",
    "不安排",
    "不包",
    "不管",
    "不含",
    "不供",
    "无",
    "不",
];
const DENIED_BEHIND: &[&str] = &["自行解决", "自己解决", "自理", "自备", "自费"];
/// Behind the last thing only: in 包吃不包住 the 不包 is of what follows.
const DENIED_AT_THE_END: &[&str] = &["不提供", "没有", "不包", "不含", "不管", "无"];

/// The text without what it denies: `包吃不包住` is `包吃`.
fn without_denied(text: &str) -> String {
    let mut text = text.to_owned();
    for thing in THINGS {
        for denied in DENIED_BEFORE {
            text = text.replace(&format!("{denied}{thing}"), " ");
        }
        for denied in DENIED_BEHIND {
            text = text.replace(&format!("{thing}{denied}"), " ");
        }
        for denied in DENIED_AT_THE_END {
            if let Some(before) = text.strip_suffix(&format!("{thing}{denied}")) {
                text = before.to_owned();
            }
        }
    }
    text
}

const BOTH: &[&str] = &[
    "包吃住",
    "管吃住",
    "包食宿",
    "管食宿",
    "提供食宿",
    "提供吃住",
    "免费食宿",
    "免费吃住",
    "食宿免费",
    "吃住免费",
    "含食宿",
    "食宿全包",
    "有食宿",
    "食宿包",
    "吃住包",
    "吃住全包",
];
const MEALS_IN_TITLE: &[&str] = &[
    "包吃",
    "管吃",
    "包餐",
    "包一餐",
    "包两餐",
    "包三餐",
    "包中餐",
    "包午餐",
    "管饭",
    "管中餐",
    "管午饭",
];
const MEALS: &[&str] = &[
    "供餐",
    "提供工作餐",
    "有工作餐",
    "含工作餐",
    "免费工作餐",
    "免费餐",
];
const LODGING_IN_TITLE: &[&str] = &["包住", "管住"];
const LODGING: &[&str] = &[
    "提供住宿",
    "免费住宿",
    "住宿免费",
    "安排住宿",
    "有住宿",
    "提供宿舍",
    "有宿舍",
    "免费宿舍",
];
const TRANSPORT_IN_TITLE: &[&str] = &["包接送", "免费接送", "专车接送"];
const TRANSPORT: &[&str] = &["有班车", "提供班车", "免费班车", "班车接送", "包车接送"];

/// `包吃住`, `包吃不包住`, `管中餐,接送`.
pub(crate) fn benefits(text: &str, place: Place) -> Benefits {
    let mut found = Benefits::default();
    let plain = plain(text);
    for part in plain.split([',', '，', '、', ';', '；', '+', '/', '。', '|']) {
        let part = without_denied(part);
        if !has(&part, &["自理", "自备", "不提供"]) {
            found = found.or(in_part(&part, place));
        }
    }
    found
}

fn in_part(part: &str, place: Place) -> Benefits {
    let in_words = place != Place::Title;
    let in_column = place == Place::Column;
    let both = has(part, BOTH) || in_column && has(part, &["吃住", "食宿"]);
    let meals = has(part, MEALS_IN_TITLE)
        || in_words && has(part, MEALS)
        || in_column && has(part, &["工作餐"]);
    let lodging = has(part, LODGING_IN_TITLE)
        || in_words && has(part, LODGING)
        || in_column && has(part, &["住宿", "宿舍"]);
    let carried = in_column && has(part, &["班车", "专车", "包车"])
        || in_words && (has(part, TRANSPORT) || brings_workers(part))
        || has(part, TRANSPORT_IN_TITLE) && brings_workers(part);
    Benefits {
        meals: meals || both,
        lodging: lodging || both,
        transport: carried,
    }
}

/// 接送 without somebody whom the worker is to bring.
fn brings_workers(part: &str) -> bool {
    const BROUGHT: &[char] = &[
        '学', '孩', '小', '客', '老', '幼', '病', '乘', '货', '员', '工', '人', '宾', '游', '领',
    ];
    !has(part, &["负责", "司机", "驾驶"])
        && part
            .match_indices("接送")
            .any(|(at, word)| !part[at + word.len()..].starts_with(BROUGHT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_of_its_own() {
        for text in ["是", "包", "包中餐", "√", "1", "提供", "包中餐不包晚餐"] {
            assert!(given(text), "{text}");
        }
        for text in [
            "",
            "否",
            "不包",
            "无",
            "0",
            "自理",
            "没有",
            "/",
            "食宿不包",
            "餐不含",
        ] {
            assert!(!given(text), "{text}");
        }
    }

    fn told(text: &str, place: Place) -> (bool, bool, bool) {
        let found = benefits(text, place);
        (found.meals, found.lodging, found.transport)
    }

    #[test]
    fn what_is_promised_and_what_is_denied() {
        for place in [Place::Words, Place::Column] {
            for (text, expected) in [
                ("包吃住，专车接送", (true, true, true)),
                ("包吃不包住", (true, false, false)),
                ("包吃，住宿自理", (true, false, false)),
                ("提供食宿", (true, true, false)),
                ("管中餐,接送", (true, false, true)),
                ("食宿自理", (false, false, false)),
                ("无食宿", (false, false, false)),
                ("不含食宿", (false, false, false)),
                ("食宿不包", (false, false, false)),
                ("没有宿舍，不接送", (false, false, false)),
            ] {
                assert_eq!(told(text, place), expected, "{text}");
            }
        }
        assert_eq!(told("食宿", Place::Column), (true, true, false));
        assert_eq!(told("工作餐、班车", Place::Column), (true, false, true));
    }

    #[test]
    fn what_a_job_is_about_is_not_given() {
        for title in [
            "宿舍楼保洁员",
            "接送学生司机",
            "住宿部服务员",
            "班车司机",
            "工作餐厨师",
            "校车接送员",
        ] {
            assert_eq!(told(title, Place::Title), (false, false, false), "{title}");
            assert_eq!(told(title, Place::Words), (false, false, false), "{title}");
        }
        assert_eq!(
            told("砌砖小工（包吃住）", Place::Title),
            (true, true, false)
        );
        for duty in ["负责接送", "每天接送孩子上下学", "打扫宿舍"] {
            assert_eq!(told(duty, Place::Words), (false, false, false), "{duty}");
        }
    }
}
