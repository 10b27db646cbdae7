//! Finding work: what is looked for, the page in sight, the job that is read.

use super::desk::{JobPage, JobQuery, Order};
use gighall_core::job::{Job, WorkKind};

/// Sums that "at least so much a day" offers, in yuan.
pub const PAYS: [u64; 4] = [150, 200, 250, 300];

/// Longest text that is searched for, in characters.
pub const WORDS_MAX: usize = 30;

/// How many jobs each other choice leads to, beside what else is chosen.
#[derive(Clone, Debug, Default)]
pub struct Around {
    /// What is chosen.
    pub query: JobQuery,
    /// Jobs of each kind of work that has any.
    pub kinds: Vec<(WorkKind, usize)>,
    /// Jobs of each town that has any.
    pub towns: Vec<(String, usize)>,
}

/// The finder.
#[derive(Clone, Debug)]
pub struct Find {
    /// What is looked for; its offset and limit are the page's.
    pub query: JobQuery,
    /// Words as they are being typed.
    pub draft: String,
    /// A job's number is asked for, and not words.
    pub asks_number: bool,
    /// What fits the words as typed so far, once that is known.
    pub typed: Option<JobPage>,
    /// The page in sight.
    pub found: JobPage,
    /// How many come before those on it.
    pub before: usize,
    /// The job that is read.
    pub job: Option<Job>,
    /// Page of the list of towns, from 0.
    pub towns_page: usize,
    /// Of what was chosen when it was asked for; none while nothing is.
    around: Option<Around>,
}

impl Default for Find {
    fn default() -> Self {
        Self {
            query: JobQuery {
                limit: 6,
                ..JobQuery::default()
            },
            draft: String::new(),
            asks_number: false,
            typed: None,
            found: JobPage::default(),
            before: 0,
            job: None,
            towns_page: 0,
            around: None,
        }
    }
}

impl Find {
    /// Kind of work by its code; empty means any.
    pub fn choose_kind(&mut self, code: &str) {
        self.query.work_kind = WorkKind::from_code(code);
        self.query.offset = 0;
    }

    /// Town by its name; empty means any.
    pub fn choose_town(&mut self, name: &str) {
        self.query.town = (!name.is_empty()).then(|| name.to_owned());
        self.query.offset = 0;
    }

    /// A day's pay in yuan, as digits; empty means any.
    pub fn choose_pay(&mut self, yuan: &str) {
        let yuan: Option<u64> = yuan.parse().ok();
        self.query.min_fen_a_day = yuan.map(|yuan| yuan.saturating_mul(100));
        self.query.offset = 0;
    }

    /// Paid on the day, or whenever.
    pub fn toggle_daily(&mut self) {
        self.query.daily_settled = !self.query.daily_settled;
        self.query.offset = 0;
    }

    /// Begins today, or whenever.
    pub fn toggle_today(&mut self) {
        self.query.starts_today = !self.query.starts_today;
        self.query.offset = 0;
    }

    /// The nearest first; then only those near the hall; then anywhere again.
    pub fn next_way(&mut self) {
        let nearest = self.query.order == Order::Distance;
        (self.query.near, self.query.order) = match (self.query.near, nearest) {
            (false, false) => (false, Order::Distance),
            (false, true) => (true, Order::Distance),
            (true, true) => (false, Order::Urgent),
            // Another order was chosen meanwhile, and stays.
            (true, false) => (false, self.query.order),
        };
        self.query.offset = 0;
    }

    /// In that order, or in the usual one where it is that already.
    pub fn toggle_order(&mut self, order: Order) {
        let is_so = self.query.order == order;
        self.query.order = if is_so { Order::Urgent } else { order };
        self.query.offset = 0;
    }

    /// What is looked for while words are being typed; `rest` are letters that wait for a choice.
    pub fn typing(&self, rest: &str) -> JobQuery {
        let words = format!("{}{rest}", self.draft).trim().to_owned();
        // A number is of one job, whatever kind of work or town was looked at before.
        let among = match is_number(&words) {
            true => JobQuery {
                limit: self.query.limit,
                ..JobQuery::default()
            },
            false => self.query.clone(),
        };
        JobQuery {
            words,
            offset: 0,
            ..among
        }
    }

    /// Looks for the words that were typed.
    pub fn choose_words(&mut self, rest: &str) {
        self.query = self.typing(rest);
        self.draft.push_str(rest);
    }

    /// Looks for anything.
    pub fn clear(&mut self) {
        self.query = JobQuery {
            limit: self.query.limit,
            ..JobQuery::default()
        };
        self.draft.clear();
    }

    /// Words are looked for no longer.
    pub fn forget_words(&mut self) {
        self.query.words.clear();
        self.draft.clear();
    }

    /// What is chosen, in whatever order and on whatever page; `None` while anything will do.
    pub fn chosen(&self) -> Option<JobQuery> {
        let chosen = JobQuery {
            order: Order::default(),
            offset: 0,
            limit: 0,
            ..self.query.clone()
        };
        (chosen != JobQuery::default()).then_some(chosen)
    }

    /// How many jobs each other choice leads to, where something is chosen and they were counted since.
    pub fn around(&self) -> Option<&Around> {
        let around = self.around.as_ref();
        around.filter(|around| self.chosen().as_ref() == Some(&around.query))
    }

    /// Takes them, unless something else is chosen by now.
    pub fn take_around(&mut self, around: Around) {
        if self.chosen().as_ref() == Some(&around.query) {
            self.around = Some(around);
        }
    }

    /// The pay that is asked for, as digits; empty where any will do.
    pub fn pay(&self) -> String {
        let fen = self.query.min_fen_a_day;
        fen.map_or_else(String::new, |fen| (fen / 100).to_string())
    }

    /// The jobs in sight: those that were found, or those like the one that takes nobody.
    pub fn in_sight(&self) -> &[Job] {
        let like = self.found.closed.as_ref().map(|closed| &closed.like[..]);
        match (self.found.jobs.as_slice(), like) {
            ([], Some(like)) if self.found.total == 0 => &like[..like.len().min(self.query.limit)],
            (jobs, _) => jobs,
        }
    }

    /// Page in sight, from 1.
    pub fn page(&self) -> usize {
        self.query.offset / self.query.limit.max(1) + 1
    }

    /// How many pages there are; 1 at least.
    pub fn pages(&self) -> usize {
        pages(self.found.total, self.query.limit)
    }

    /// Turns pages, within those that there are.
    pub fn turn(&mut self, by: i32) {
        let page = turned(self.page(), by, self.pages());
        self.query.offset = (page - 1) * self.query.limit;
    }

    /// The screen has room for so many rows. The first row in sight stays in sight.
    pub fn rows_that_fit(&mut self, rows: usize) -> bool {
        let rows = rows.clamp(1, 20);
        let changed = rows != self.query.limit;
        self.query.limit = rows;
        self.query.offset -= self.query.offset % rows;
        changed
    }

    /// Takes what was found, unless something else is looked for by now. A page that is gone
    /// since leads back to the last one there is; `true` then: look again.
    pub fn take(&mut self, query: &JobQuery, found: JobPage) -> bool {
        if *query != self.query {
            return false;
        }
        let beyond = found.jobs.is_empty() && found.total > 0 && self.query.offset > 0;
        self.found = found;
        self.before = query.offset;
        if beyond {
            self.query.offset = (self.pages() - 1) * self.query.limit;
        }
        beyond
    }
}

/// Whether somebody typed a job's number, or the beginning of one.
fn is_number(words: &str) -> bool {
    !words.is_empty() && words.bytes().all(|byte| byte.is_ascii_digit())
}

/// How many pages `total` things fill; 1 at least.
pub fn pages(total: usize, on_a_page: usize) -> usize {
    total.div_ceil(on_a_page.max(1)).max(1)
}

/// The page after turning, from 1 to `pages`.
pub fn turned(page: usize, by: i32, pages: usize) -> usize {
    let step = usize::try_from(by.unsigned_abs()).unwrap_or(0);
    let page = if by < 0 {
        page.saturating_sub(step)
    } else {
        page.saturating_add(step)
    };
    page.clamp(1, pages.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(total: usize) -> Find {
        let mut find = Find::default();
        find.found.total = total;
        find
    }

    #[test]
    fn pages_turn_within_what_was_found() {
        let mut find = found(14);
        assert_eq!((find.page(), find.pages()), (1, 3));
        find.turn(-1);
        assert_eq!(find.page(), 1);
        for _ in 0..5 {
            find.turn(1);
        }
        assert_eq!((find.page(), find.query.offset), (3, 12));
    }

    #[test]
    fn narrowing_begins_at_the_first_page() {
        let mut find = found(14);
        find.turn(1);
        find.choose_pay("200");
        assert_eq!((find.page(), find.query.min_fen_a_day), (1, Some(20_000)));
        assert_eq!(find.pay(), "200");
        find.choose_pay("");
        assert_eq!(find.query.min_fen_a_day, None);
    }

    #[test]
    fn each_order_is_a_touch_away_and_begins_at_the_first_page() {
        use Order::{Pay, Start, Urgent};
        let mut find = found(14);
        find.turn(1);
        let orders = [Pay, Start, Start, Pay, Pay].map(|order| {
            find.toggle_order(order);
            find.query.order
        });
        assert_eq!(find.page(), 1);
        assert_eq!(orders, [Pay, Start, Urgent, Pay, Urgent]);
    }

    #[test]
    fn who_wants_it_near_sees_the_nearest_first_and_then_nothing_further_away() {
        let mut find = found(14);
        let way = |find: &mut Find| {
            find.next_way();
            (find.query.near, find.query.order)
        };
        assert_eq!(way(&mut find), (false, Order::Distance));
        assert_eq!(way(&mut find), (true, Order::Distance));
        assert_eq!(way(&mut find), (false, Order::Urgent));
        way(&mut find);
        way(&mut find);
        find.toggle_order(Order::Pay);
        assert!(find.query.near, "near, and the best paid first");
        assert_eq!(way(&mut find), (false, Order::Pay));
    }

    #[test]
    fn a_number_is_looked_for_among_all_jobs_and_words_among_those_chosen() {
        let mut find = found(14);
        find.choose_kind("welding");
        find.toggle_daily();
        find.draft = "bz".to_owned();
        assert_eq!(find.typing("").work_kind, Some(WorkKind::Welding));
        find.draft = "10".to_owned();
        assert_eq!(find.typing("").work_kind, None);
        find.choose_words("2");
        assert_eq!((find.query.words.as_str(), find.query.limit), ("102", 6));
        assert_eq!(find.query.work_kind, None);
        assert!(!find.query.daily_settled, "nothing is left chosen unseen");
    }

    #[test]
    fn an_answer_to_an_older_question_is_left() {
        let mut find = found(14);
        let old = find.query.clone();
        find.toggle_daily();
        let late = JobPage {
            total: 99,
            jobs: Vec::new(),
            closed: None,
        };
        assert!(!find.take(&old, late));
        assert_eq!(find.found.total, 14);
    }

    #[test]
    fn a_page_that_is_gone_leads_to_the_last() {
        let mut find = found(14);
        find.turn(2);
        let query = find.query.clone();
        let shrunk = JobPage {
            total: 7,
            jobs: Vec::new(),
            closed: None,
        };
        assert!(find.take(&query, shrunk));
        assert_eq!(find.page(), 2);
    }
}
