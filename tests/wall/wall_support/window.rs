//! A wall whose window is drawn into memory.

use super::{Demo, morning};
use gighall_core::job::Job;
use gighall_core::proof::Seen;
use gighall_kiosk::snapshot::Headless;
use gighall_kiosk::ui::{self, WallData, WallWindow};
use gighall_kiosk::wall::WallSettings;
use gighall_kiosk::wall::content::Detail;
use gighall_kiosk::wall::feed::{Link, WallFeed};
use gighall_kiosk::wall::load::Loaded;
use gighall_kiosk::wall::screen::Screen;
use jiff::Timestamp;
use slint::{ComponentHandle, Model};
use std::time::Duration;

pub const ONLINE: Link = Link {
    online: true,
    data_as_of: None,
    clock_untrusted: false,
};

/// A wall in memory, speaking Chinese.
pub struct Wall {
    pub headless: Headless,
    pub window: WallWindow,
    pub screen: Screen,
    /// What jobs there are, as they were loaded.
    pub jobs: Vec<Job>,
}

impl Wall {
    pub fn new(settings: WallSettings, size: (u32, u32)) -> Self {
        let headless = Headless::new().unwrap();
        let window = WallWindow::new().unwrap();
        ui::speak(ui::Surface::Wall, "zh-CN").unwrap();
        headless.resize(&window, size.0, size.1);
        let screen = Screen::new(&window, settings);
        Self {
            headless,
            window,
            screen,
            jobs: vec![],
        }
    }

    pub fn load(&mut self, demo: &Demo) {
        self.jobs.clone_from(&demo.jobs.lock().unwrap());
        self.screen.load(&self.window, demo, morning()).unwrap();
    }

    pub fn show(&mut self, seconds: u64) -> Seen {
        self.show_at(seconds, morning())
    }

    /// What comes on is read as it was when all was loaded.
    pub fn show_at(&mut self, seconds: u64, at: Timestamp) -> Seen {
        let elapsed = Duration::from_secs(seconds);
        self.screen.show(&self.window, elapsed, at, ONLINE);
        let wish = self.screen.wish(&self.window);
        let wished = |job: &&Job| wish.jobs.contains(&job.id) && job.is_open(at);
        let details = self.jobs.iter().filter(wished).map(|job| {
            let address = Demo::new(0).job_address(job.id);
            let job = job.clone();
            (job.id, Detail { job, address })
        });
        let mut news = self.screen.news().clone();
        news.jobs = details.collect();
        news.asked = wish.jobs;
        let loaded = Loaded {
            news: Some(news),
            ..Loaded::default()
        };
        self.screen.take(&self.window, loaded);
        let seen = self.screen.show(&self.window, elapsed, at, ONLINE);
        seen.clone()
    }

    pub fn numbers(&self) -> Vec<String> {
        let rows = self.window.global::<WallData>().get_rows();
        rows.iter().map(|row| row.number.to_string()).collect()
    }
}
