//! Kinds of work told from the words of a title: `电焊工（包吃住）` is welding.

use crate::job::WorkKind;
use std::sync::LazyLock;

/// Words that name a kind of work. A word that ends in the same place and is longer wins, so
/// exceptions are listed as longer words (`电气工程师` is no electrician at a gig hall).
static WORDS: LazyLock<Vec<(WorkKind, Vec<&'static str>)>> =
    LazyLock::new(|| lines().filter_map(parsed).collect());

fn lines() -> impl Iterator<Item = &'static str> {
    include_str!("work_words.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
}

fn parsed(line: &'static str) -> Option<(WorkKind, Vec<&'static str>)> {
    let (code, words) = line.split_once('\t')?;
    Some((WorkKind::from_code(code)?, words.split(' ').collect()))
}

/// Words that have a gig hall's word in them and mean something else.
const NOT_WORDS: &[&str] = &[
    "建筑设计",
    "建筑师",
    "装修设计",
    "园林设计",
    "景观设计",
    "招聘网",
    "包食宿",
    "平台运营",
    "生产主管",
    "生产经理",
    "车间主任",
    "包装设计",
    "服装设计",
    "模具设计",
    "机械设计",
    "家具设计",
    "电商运营",
    "仓储经理",
    "物流经理",
    "餐饮经理",
    "餐厅经理",
    "财务经理",
    "人事经理",
    "工程经理",
    "门窗设计",
    "水电设计",
    "电力设计",
    "电气设计",
    "销售总监",
    "销售内勤",
    "机票操作员",
    "网络安全员",
    "合作经理",
    "养老代表",
    "模型师",
    "物业管家",
];

/// What the work is not: `货运司机（不装卸）`.
const DENIALS: &[&str] = &[
    "不装不卸",
    "不装卸",
    "不搬运",
    "不开车",
    "不送货",
    "无销售",
    "非销售",
    "不做销售",
];

/// What parts one trade from the next in a title such as `销售代表、销售工程师` or `保洁/护工`.
const SEPARATORS: &[char] = &[
    '、', '，', ',', '/', '|', '·', ';', '；', '—', '-', '（', '）', '(', ')', '【', '】', '[',
    ']', '+', '\\', ' ', '\u{3000}', '：', ':', '！', '!',
];

/// The kind of work that a title names first, or `None` where it names none. Chinese puts the
/// trade last (`酒店保洁员`, `某某公司招聘司机`): within one part of the title the word that ends
/// last counts, and of those the longest.
pub fn classify(title: &str) -> Option<WorkKind> {
    let said = DENIALS
        .iter()
        .fold(title.to_owned(), |title, denial| title.replace(denial, " "));
    said.split(SEPARATORS).find_map(last_word)
}

/// The kind that a column for the kind of work names: the kind's own word or code, else whatever
/// [`classify`] finds.
pub fn from_column(text: &str) -> Option<WorkKind> {
    let text = text.trim();
    WorkKind::ALL
        .iter()
        .copied()
        .find(|kind| kind.zh() == text)
        .or_else(|| WorkKind::from_code(text))
        .or_else(|| classify(text))
}

fn last_word(part: &str) -> Option<WorkKind> {
    let listed = WORDS
        .iter()
        .flat_map(|(kind, words)| words.iter().map(move |word| (*word, *kind)));
    let excepted = NOT_WORDS.iter().map(|word| (*word, WorkKind::Other));
    listed
        .chain(excepted)
        .filter_map(|(word, kind)| {
            part.rfind(word)
                .map(|at| (at + word.len(), word.len(), kind))
        })
        .max_by_key(|(end, length, _)| (*end, *length))
        .map(|(_, _, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn titles_name_their_trade() {
        use WorkKind as K;
        for (title, kind) in [
            ("马铃薯采收工", K::Farming),
            ("挖洋芋", K::Farming),
            ("砌砖小工", K::Construction),
            ("光伏板安装工", K::Construction),
            ("抬板封架工", K::Construction),
            ("刮腻子师傅", K::Decoration),
            ("化肥装卸工", K::Loading),
            ("铲车工", K::Loading),
            ("物业水电工", K::Electrical),
            ("电焊工（包吃住）", K::Welding),
            ("车位工（生手）", K::Factory),
            ("苹果分拣", K::Factory),
            ("酒店保洁员", K::Cleaning),
            ("建筑工地保安", K::Security),
            ("工厂司机", K::Driving),
            ("住家保姆", K::Housekeeping),
            ("医院陪护", K::Care),
            ("江苏李家秀餐饮管理招聘厨师", K::Catering),
            ("外卖骑手", K::Delivery),
            ("销售代表、销售工程师", K::Sales),
            ("保洁/护工", K::Cleaning),
            ("（日结）搬运工", K::Loading),
            ("电气工程师", K::Other),
            ("建筑设计师", K::Other),
            ("月入过万货运司机不装卸", K::Driving),
        ] {
            assert_eq!(classify(title), Some(kind), "{title}");
        }
        for title in ["", "急招！", "999", "hello"] {
            assert_eq!(classify(title), None, "{title}");
        }
    }

    #[test]
    fn a_column_names_the_kind_itself() {
        for kind in WorkKind::ALL {
            assert_eq!(from_column(kind.zh()), Some(*kind), "{}", kind.zh());
            assert_eq!(from_column(kind.code()), Some(*kind));
        }
        assert_eq!(from_column(" 搬运装卸 "), Some(WorkKind::Loading));
    }

    #[test]
    fn no_word_is_listed_twice() {
        let mut seen = HashMap::new();
        assert_eq!(WORDS.len(), lines().count(), "every line can be read");
        for (kind, words) in WORDS.iter() {
            for word in words {
                assert!(!word.is_empty());
                assert_eq!(seen.insert(*word, *kind), None, "{word}");
            }
        }
    }
}
