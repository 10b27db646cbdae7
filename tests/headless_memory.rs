//! Windows that are drawn into memory give everything back: a wall draws its ticker's line, and a picture for
//! the hub, on a thread that ends with it, thousands of times in a day.

use gighall_kiosk::snapshot::Headless;
use gighall_kiosk::ui::TickerStrip;

/// Threads that draw before memory counts, and while it does.
const FIRST: usize = 20;
const THEN: usize = 60;
/// KiB that may come and go. One window that is kept with its fonts is 270.
const MOST: u64 = 4096;

/// Memory that no file lies behind, in KiB.
fn own_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("read");
    let line = status.lines().find_map(|it| it.strip_prefix("RssAnon:"));
    let number = line.expect("told").split_whitespace().next();
    number.expect("a number").parse().expect("a number")
}

fn draw(n: usize) {
    let thread = std::thread::spawn(move || {
        let headless = Headless::new().expect("a window system");
        let window = TickerStrip::new().expect("a window");
        window.set_text(format!("急招 {n} 水泥装卸工 125-185元/天 五里岗街道").into());
        window.set_size(40.0);
        headless.resize(&window, 1000, 60);
        headless.draw(&window).expect("drawn");
    });
    thread.join().expect("drawn");
}

#[test]
fn what_is_drawn_into_memory_is_given_back() {
    (0..FIRST).for_each(draw);
    let before = own_memory();
    (FIRST..FIRST + THEN).for_each(draw);
    let after = own_memory();
    assert!(after < before + MOST, "{before} KiB, then {after}");
}
