//! A hall with its staff behind the terminal: the real ones, over a store, with a wall.

use super::{NOW, TestTerminal, known_number, staff_config, staff_of, terminal};
use gighall_core::claim::{Claim, ClaimState};
use gighall_core::job::Job;
use gighall_core::playlist::Scene;
use gighall_core::seal::OpeningKey;
use gighall_core::testing::at;
use gighall_core::wire::KnownWorker;
use gighall_kiosk::config::Config;
use gighall_kiosk::run::wall_settings;
use gighall_kiosk::staff::{WallHandle, pin};
use gighall_kiosk::store::{Deed, Store};
use gighall_kiosk::ui::WallWindow;
use jiff::SignedDuration;
use slint::ComponentHandle;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use tempfile::TempDir;
use tokio::sync::watch;

pub const PIN: &str = "260811";

/// The PIN is hashed once for all halls of a test: that takes its time, on purpose.
fn set_pin(data: &Path) {
    static FILE: OnceLock<Vec<u8>> = OnceLock::new();
    let hash = FILE.get_or_init(|| {
        pin::set(data, PIN).expect("set");
        std::fs::read(data.join(pin::PIN_FILE)).expect("there")
    });
    std::fs::create_dir_all(data).expect("made");
    gighall_host::write_private(&data.join(pin::PIN_FILE), hash).expect("written");
}

/// A hall whose terminal has a PIN, and a wall with two texts.
pub struct Hall {
    pub dir: TempDir,
    pub config: Config,
    pub store: Arc<Store>,
    pub terminal: TestTerminal,
    _wall: WallWindow,
    pub plays: watch::Sender<gighall_kiosk::wall::WallSettings>,
}

impl Hall {
    pub fn new(more: &str) -> Self {
        Self::with(terminal(), more)
    }

    /// The same behind that terminal.
    pub fn with(terminal: TestTerminal, more: &str) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let config = staff_config(dir.path(), more);
        set_pin(&config.data);
        let wall = WallWindow::new().expect("a window");
        let mut settings = wall_settings(&config, &config.walls[0]);
        settings.scenes = vec![
            Scene::from(gighall_core::playlist::What::Text {
                title: "找活不收费".to_owned(),
                body: String::new(),
            }),
            Scene::jobs(),
        ];
        let (plays, playing) = watch::channel(settings);
        let handle = WallHandle {
            name: "wall".to_owned(),
            window: wall.as_weak(),
            playing,
        };
        let (staff, store) = staff_of(&config, 0, vec![handle]);
        *terminal.desk.staff.lock().expect("held") = Some(staff);
        Self {
            dir,
            config,
            store,
            terminal,
            _wall: wall,
            plays,
        }
    }

    /// Somebody whom both the fake desk and the store behind the staff know.
    pub fn known_there(&self) -> KnownWorker {
        let people = self.terminal.desk.people.lock().expect("held").clone();
        let known = &people[&known_number()];
        let number = known_number().parse().expect("valid");
        let key = OpeningKey::from_bytes([7; 32]).sealing_key();
        let sealed = key.seal(&number).expect("a key");
        let kept = self.store.keep_worker(known, &number, &sealed, at(NOW));
        kept.expect("kept");
        known.clone()
    }

    /// That person holds a job that begins within the hour, as the store behind the staff knows it.
    pub fn holds(&self, known: &KnownWorker) -> (Claim, Job) {
        self.terminal.desk.had_claimed(0, ClaimState::Confirmed);
        let mut claims = self.terminal.desk.claims.lock().expect("held");
        let mut held = claims.pop().expect("just made");
        held.job.starts_at = at(NOW) + SignedDuration::from_hours(1);
        held.job.gather_at = None;
        let kept = self.store.keep_elsewhere(known, &[held.clone()]);
        kept.expect("kept");
        (held.claim, held.job)
    }

    /// At the door.
    pub fn knock(&self) {
        self.terminal.touch("请人帮忙");
        self.terminal.touch("工作人员入口");
        assert_eq!(self.terminal.screen(), "staff_door");
    }

    pub fn try_pin(&self, pin: &str) {
        self.terminal.keys(pin);
        self.terminal.touch("下一步");
    }

    /// In the menu, as number 12.
    pub fn enter(&self) {
        self.knock();
        self.try_pin(PIN);
        assert_eq!(self.terminal.screen(), "staff_who");
        self.terminal.keys("12");
        self.terminal.touch("下一步");
        assert_eq!(self.terminal.screen(), "staff_menu");
    }

    pub fn log(&self) -> Vec<(String, String, String)> {
        let log = self.store.staff_log(100).expect("read").into_iter();
        log.map(|line| (line.staff, line.what, line.outcome))
            .collect()
    }

    pub fn says(&self, words: &str) -> bool {
        let labels = self.terminal.labels();
        labels.iter().any(|label| label.contains(words))
    }
}

pub fn line(staff: &str, deed: Deed, outcome: &str) -> (String, String, String) {
    (staff.to_owned(), deed.code().to_owned(), outcome.to_owned())
}
