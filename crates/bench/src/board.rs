//! The board that both programs show. The wall's own code fills a window that nobody sees; what
//! stands in it, and where, is written as a page for the browser.

use crate::Failure;
use crate::display::SIZE;
use crate::hall::HallDir;
use gighall_core::job::{Settlement, WorkKind};
use gighall_kiosk::desk::HallDesk;
use gighall_kiosk::run::{sync_config, wall_settings};
use gighall_kiosk::snapshot::Headless;
use gighall_kiosk::store::Store;
use gighall_kiosk::sync::Sync;
use gighall_kiosk::ui::{self, JobRow, Surface, WallData, WallTheme, WallWindow};
use gighall_kiosk::wall::feed::{Link, WallFeed};
use gighall_kiosk::wall::screen::Screen;
use jiff::Timestamp;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use slint::{ComponentHandle, Model};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// What is on the wall, and where, in whole pixels.
pub struct Board {
    /// Sizes, by their names in the page's style.
    sizes: Vec<(&'static str, u32)>,
    header: u32,
    bar: u32,
    service: u32,
    line: u32,
    /// Pixels a second.
    speed: f32,
    hall: String,
    hotline: String,
    time: String,
    date: String,
    as_of: String,
    ticker: String,
    pages: i32,
    rows: Vec<JobRow>,
}

impl Board {
    /// What the wall of that hall shows now, at first.
    ///
    /// # Errors
    /// As store and window give them.
    pub fn of(hall: &HallDir) -> Result<Self, Failure> {
        let config = hall.config.clone();
        // A window system lives as long as its thread.
        let drawn = std::thread::spawn(move || -> Result<Self, String> {
            let now = Timestamp::now();
            let store = Store::open(&config.data, config.time_zone(), now).map_err(text)?;
            let store = Arc::new(store);
            let sync = Sync::idle(store.clone(), sync_config(&config, None), Some(now));
            let desk = HallDesk::new(store, Arc::new(sync.map_err(text)?));
            let headless = Headless::new().map_err(text)?;
            let window = WallWindow::new().map_err(text)?;
            ui::speak(Surface::Wall, "zh-CN").map_err(text)?;
            headless.resize(&window, SIZE.0, SIZE.1);
            let wall = config.walls.first().cloned().unwrap_or_default();
            let mut screen = Screen::new(&window, wall_settings(&config, &wall));
            let link = Link {
                online: false,
                ..WallFeed::link(&desk)
            };
            // The first call fills header and footer, whose height decides how many rows fit; the next
            // ones say which jobs are wanted, and have them.
            for elapsed in 0..3 {
                screen.load(&window, &desk, now).map_err(text)?;
                screen.show(&window, Duration::from_millis(elapsed), now, link);
            }
            Ok(Self::read(&window))
        });
        Ok(drawn.join().map_err(|_| "the window's thread panicked")??)
    }

    fn read(window: &WallWindow) -> Self {
        let theme = window.global::<WallTheme>();
        let data = window.global::<WallData>();
        // Lengths of the theme are whole pixels.
        let whole = |length: f32| length as u32;
        let weekday = usize::try_from(data.get_weekday() - 1).unwrap_or(0).min(6);
        let rows: Vec<JobRow> = data.get_rows().iter().collect();
        let (header, bar) = (whole(theme.get_header()), whole(theme.get_bar()));
        let service = whole(theme.get_service());
        let room = SIZE.1 - header - 3 * bar - service;
        let shared = room / u32::try_from(rows.len()).unwrap_or(1).max(1);
        Self {
            sizes: vec![
                ("body", whole(theme.get_body())),
                ("small", whole(theme.get_small())),
                ("label", whole(theme.get_label())),
                ("name", whole(theme.get_name())),
                ("title", whole(theme.get_title())),
                ("gap", whole(theme.get_gap())),
                ("margin", whole(theme.get_margin())),
                ("rule", whole(theme.get_rule())),
                ("strip", bar - whole(theme.get_rule())),
                ("number", whole(theme.get_column_number())),
                ("kind", whole(theme.get_column_kind())),
                ("pay", whole(theme.get_column_pay())),
                ("settled", whole(theme.get_column_settlement())),
                ("places", whole(theme.get_column_places())),
                ("town", whole(theme.get_column_town())),
                ("starts", whole(theme.get_column_time())),
            ],
            header,
            bar,
            service,
            line: shared.min(whole(theme.get_row_most())),
            speed: theme.invoke_ticker_pixels_per_second(theme.get_body()),
            hall: data.get_hall().into(),
            hotline: data.get_hotline().into(),
            time: data.get_time().into(),
            date: format!(
                "{}月{}日\n星期{}",
                data.get_month(),
                data.get_day(),
                ["一", "二", "三", "四", "五", "六", "日"][weekday]
            ),
            as_of: data.get_data_as_of().into(),
            ticker: data.get_ticker().into(),
            pages: data.get_pages(),
            rows,
        }
    }

    /// The row of pixels through the middle of the ticker.
    pub fn ticker_row(&self) -> u32 {
        SIZE.1 - self.service - self.bar / 2
    }

    /// A row of pixels through each line of the board that stands: header, headings, every job, the
    /// page's number, and the line at the bottom.
    pub fn standing_rows(&self) -> Vec<u32> {
        let first = self.header + self.bar + self.line / 2;
        let count = u32::try_from(self.rows.len()).unwrap_or(0);
        let mut rows = vec![self.header / 2, self.header + self.bar / 2];
        rows.extend((0..count).map(|index| first + index * self.line));
        rows.push(SIZE.1 - self.service - self.bar - self.bar / 2);
        rows.push(SIZE.1 - self.service / 2);
        rows
    }

    /// Writes the page. Where `told` is an address, the page asks for it, with the time of its first
    /// contentful paint at the end.
    ///
    /// # Errors
    /// As the disk gives them.
    pub fn write_page(&self, path: &Path, told: &str) -> std::io::Result<()> {
        std::fs::write(path, self.page(told).into_string())
    }

    fn page(&self, told: &str) -> Markup {
        let sizes: String = self
            .sizes
            .iter()
            .map(|(name, pixels)| format!("--{name}:{pixels}px;"))
            .collect();
        html! {
            (DOCTYPE)
            html lang="zh-CN" style=(sizes) {
                head {
                    meta charset="utf-8";
                    title { "wall" }
                    style { (PreEscaped(include_str!("../assets/board.css"))) }
                }
                body data-speed=(self.speed) data-told=(told) {
                    (self.top())
                    @for (index, row) in self.rows.iter().enumerate() { (self.job(index, row)) }
                    (self.bottom())
                    script { (PreEscaped(include_str!("../assets/board.js"))) }
                }
            }
        }
    }

    fn top(&self) -> Markup {
        html! {
            div class="bar deep header" style=(place(0, self.header)) {
                div class="wide name" { (self.hall) }
                div class="badge" { "离线 · 数据截至 " (self.as_of) }
                div class="date small" { (self.date) }
                div class="clock" { (self.time) }
            }
            div class="bar deep small" style=(place(self.header, self.bar)) {
                div style=(wide("number")) { "编号" }
                div style=(wide("kind")) { "工种" }
                div class="wide" { "岗位" }
                div style=(wide("pay")) { "工资" }
                div style=(wide("settled")) { "结算" }
                div style=(wide("places")) { "还招" }
                div style=(wide("town")) { "地点" }
                div style=(wide("starts")) { "开工" }
            }
        }
    }

    fn job(&self, index: usize, row: &JobRow) -> Markup {
        let top = self.header + self.bar + u32::try_from(index).unwrap_or(0) * self.line;
        let kind = WorkKind::from_code(&row.work_kind).map_or("", WorkKind::zh);
        let settled = Settlement::from_code(&row.settlement).map_or("", Settlement::zh);
        let class = if index.is_multiple_of(2) {
            "bar"
        } else {
            "bar alternate"
        };
        let day = match row.near.as_str() {
            "today" => "今天".to_owned(),
            "tomorrow" => "明天".to_owned(),
            "after" => "后天".to_owned(),
            _ => format!("{}月{}日", row.month, row.day),
        };
        html! {
            div class=(class) style=(place(top, self.line)) {
                div class="strong" style=(wide("number")) { (row.number) }
                div style=(wide("kind")) { (kind) }
                div class="wide" {
                    @if row.urgent { span class="urgent" { "急招" } }
                    (row.title)
                }
                div class="pay" style=(wide("pay")) { (row.pay) span class="unit" { "元/天" } }
                div style=(wide("settled")) { (settled) }
                div class="strong" style=(wide("places")) { (row.places_left) " 人" }
                div style=(wide("town")) { (row.town) }
                div style=(wide("starts")) { (day) " " (row.time) }
            }
        }
    }

    fn bottom(&self) -> Markup {
        let ticker = SIZE.1 - self.service - self.bar;
        html! {
            div class="bar small" style=(place(ticker - self.bar, self.bar)) {
                div class="wide" { "记住编号 · 到终端机或用手机报名" }
                @if self.pages <= 24 { @for _ in 0..self.pages { div class="dot" {} } }
                div class="strong" { "第 1 / " (self.pages) " 页" }
            }
            div class="bar deep ruled" style=(place(ticker, self.bar)) {
                div class="line" { (self.ticker) }
            }
            div class="bar deep ruled" style=(place(SIZE.1 - self.service, self.service)) {
                div class="small" { "维权举报 · 讨薪" }
                div class="label" { "12333" }
                div class="small" { "本厅电话" }
                div class="label" { (self.hotline) }
                div class="wide small strong date" { "免费服务 · 任何人不得收费" }
            }
        }
    }
}

fn place(top: u32, height: u32) -> String {
    format!("top:{top}px;height:{height}px")
}

fn wide(column: &str) -> String {
    format!("width:var(--{column})")
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::hall::Playlist;

    #[test]
    fn the_page_says_what_the_wall_says() {
        let dir = tempfile::tempdir().unwrap();
        let hall = HallDir::make(&dir.path().join("hall"), 40, Playlist::OnePage).unwrap();
        let board = Board::of(&hall).unwrap();
        assert!(board.rows.len() >= 8, "{} rows", board.rows.len());
        let page = board.page("").into_string();
        for row in &board.rows {
            assert!(page.contains(row.number.as_str()) && page.contains(row.title.as_str()));
        }
        assert!(page.contains(&board.ticker) && board.ticker.contains("12333"));
        let lowest = board.header + board.bar + board.line * board.rows.len() as u32;
        assert!(
            lowest <= SIZE.1 - board.service - 2 * board.bar,
            "the lines overlap"
        );
        assert!(board.standing_rows().is_sorted());
    }
}
