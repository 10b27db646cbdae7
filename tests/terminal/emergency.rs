//! An emergency notice at the terminal, over a real store: whoever is there reads it and goes on where they
//! were; while nobody is there it is read from afar; it leaves when it is taken down or over.

use crate::support::*;
use gighall_core::hall::{Notice, NoticeKind};
use gighall_core::id::NoticeId;
use gighall_core::testing::at;
use gighall_kiosk::staff::pin;
use gighall_kiosk::store::Store;
use gighall_kiosk::ui::{AttractData, EmergencyData, RegisterData, Spoken};
use jiff::SignedDuration;
use slint::ComponentHandle;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

const TITLE: &str = "请马上离开大厅";
const BAR: &str = "紧急通知 · 请马上离开大厅";
const BUTTON: &str = "紧急通知";
const ALL: &str = "请马上离开大厅\n从东门走，到广场集合。";

struct Hall {
    terminal: TestTerminal,
    store: Arc<Store>,
    dir: tempfile::TempDir,
}

impl Hall {
    fn new(attract: Option<Duration>) -> Self {
        let terminal = terminal_attracting(attract);
        let dir = tempfile::tempdir().expect("a directory");
        let config = staff_config(dir.path(), "");
        let store = Store::open(&config.data, config.time_zone(), at(NOW)).expect("opens");
        let store = Arc::new(store);
        *terminal.desk.store.lock().expect("held") = Some(store.clone());
        Self {
            terminal,
            store,
            dir,
        }
    }

    /// Puts a notice up that begins and ends so many seconds from [`NOW`].
    fn put_up(&self, from: i64, to: Option<i64>) {
        let after = |seconds| at(NOW) + SignedDuration::from_secs(seconds);
        let notice = Notice {
            id: NoticeId(Uuid::new_v4()),
            kind: NoticeKind::Emergency,
            title: TITLE.to_owned(),
            body: "从东门走，到广场集合。".to_owned(),
            issuer: None,
            effective_from: after(from),
            effective_to: to.map(after),
            ticker: false,
        };
        self.store.put_up(&notice).expect("up");
        self.changed();
    }

    /// As the program says it whenever the store has.
    fn changed(&self) {
        self.terminal.controller.store_changed();
        settle();
    }

    fn is_up(&self) -> bool {
        let data = self.terminal.window().global::<EmergencyData>();
        data.get_up()
    }

    fn lies_over(&self) -> bool {
        let data = self.terminal.window().global::<EmergencyData>();
        let over = data.get_over();
        assert_eq!(over, self.terminal.sees("我看到了"));
        over
    }

    /// The bar opens it again.
    fn is_closed(&self) -> bool {
        let data = self.terminal.window().global::<EmergencyData>();
        let buttons = self.terminal.buttons();
        let shown = buttons.iter().any(|(label, _)| label == BUTTON);
        assert_eq!(data.get_closed(), shown);
        shown
    }

    fn spoken(&self) -> String {
        let spoken = self.terminal.window().global::<Spoken>();
        spoken.invoke_words().into()
    }
}

#[test]
fn whoever_is_there_reads_it_and_goes_on_where_they_were() {
    let hall = Hall::new(None);
    let terminal = &hall.terminal;
    terminal.touch("登记");
    terminal.keys("5224");
    let before = hall.spoken();
    hall.put_up(0, None);
    assert!(hall.lies_over() && terminal.sees(ALL));
    assert!(
        hall.spoken()
            .starts_with("紧急通知. 请马上离开大厅. 从东门走")
    );
    // Keys go to what lies over the screen, and not to the field behind it.
    terminal.types("9");
    let number = || {
        let form = terminal.window().global::<RegisterData>();
        form.get_number().to_string()
    };
    assert_eq!(number(), "5224");
    terminal.touch("我看到了");
    assert!(!hall.lies_over());
    assert_eq!(
        (terminal.screen().as_str(), number().as_str()),
        ("number", "5224")
    );
    // It stays in sight on whatever screen they go to, and is said first.
    assert!(terminal.sees(BAR));
    assert_eq!(hall.spoken(), format!("紧急通知. {TITLE}. {before}"));
    terminal.touch("首页");
    assert!(terminal.sees(BAR) && !hall.lies_over());
    // Whoever wants to read it once more opens it by the bar, and loses nothing.
    terminal.touch("登记");
    terminal.keys("5224");
    terminal.touch(BUTTON);
    assert!(hall.lies_over() && terminal.sees(ALL));
    terminal.touch("我看到了");
    assert!(!hall.lies_over());
    assert_eq!(
        (terminal.screen().as_str(), number().as_str()),
        ("number", "5224")
    );
    // The next person has not read it, and has no button yet that opens it.
    terminal.controller.wipe();
    settle();
    assert!(hall.lies_over() && !hall.is_closed());
    terminal.touch("我看到了");
    assert!(hall.is_closed());
    // Taken down.
    hall.store.take_down().expect("down");
    hall.changed();
    assert!(!hall.is_up() && !terminal.sees(BAR) && !hall.is_closed());
}

#[test]
fn staff_have_put_it_up_and_are_asked_nothing() {
    let hall = Hall::new(None);
    hall.put_up(0, None);
    hall.terminal.touch("我看到了");
    assert!(hall.is_closed());
    let config = staff_config(hall.dir.path(), "");
    pin::set(&config.data, PIN).expect("set");
    let (staff, _) = staff_of(&config, 0, vec![]);
    *hall.terminal.desk.staff.lock().expect("held") = Some(staff);
    hall.terminal.touch("请人帮忙");
    hall.terminal.touch("工作人员入口");
    hall.terminal.keys(PIN);
    hall.terminal.touch("下一步");
    assert_eq!(hall.terminal.screen(), "staff_who");
    assert!(hall.is_up() && !hall.lies_over() && !hall.is_closed());
}

#[test]
fn escape_closes_it_and_a_new_one_comes_up_anew() {
    let hall = Hall::new(None);
    hall.terminal.touch("找活");
    hall.terminal.wait(Duration::from_millis(400));
    hall.put_up(0, None);
    hall.terminal
        .key(&char::from(slint::platform::Key::Escape).to_string());
    settle();
    assert!(!hall.lies_over());
    assert_eq!(hall.terminal.screen(), "kinds", "nobody went back");
    hall.put_up(1, None);
    hall.terminal.pass(1);
    settle();
    assert!(hall.lies_over());
}

#[test]
fn it_begins_and_ends_by_the_clock() {
    let hall = Hall::new(None);
    hall.put_up(20, Some(50));
    assert!(!hall.is_up());
    hall.terminal.pass(19);
    assert!(!hall.is_up());
    hall.terminal.pass(1);
    settle();
    assert!(hall.is_up() && hall.lies_over());
    hall.terminal.pass(30);
    settle();
    assert!(!hall.is_up() && !hall.lies_over());
}

#[test]
fn while_nobody_is_there_it_is_read_from_afar() {
    let hall = Hall::new(Some(Duration::from_secs(30)));
    let terminal = &hall.terminal;
    terminal.pass(30);
    settle();
    let resting = || terminal.window().global::<AttractData>().get_on();
    assert!(resting() && !terminal.sees(ALL));
    hall.put_up(0, None);
    assert!(resting() && terminal.sees(ALL) && !hall.lies_over());
    assert!(terminal.sees("点一下屏幕开始"));
    hall.store.take_down().expect("down");
    hall.changed();
    assert!(resting() && !terminal.sees(ALL), "the jobs are back");
    hall.put_up(0, None);
    terminal.controller.touched(true);
    terminal.controller.touched(false);
    settle();
    assert!(!resting() && hall.lies_over(), "whoever comes reads it too");
}
