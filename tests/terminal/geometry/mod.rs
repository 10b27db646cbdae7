//! Every screen of the terminal in every shape, both languages and both sizes of type, measured on the
//! window's elements: where a finger can touch, and whether every text fits where it stands. [`reached`]
//! does the same for keys, [`contrast`] for the colours.
//!
//! `GIGHALL_PICTURES=1` draws them too, into `target/pictures`, in the panel's own millimetres.

mod contrast;
mod measured;
mod reached;

use crate::support::*;
use gighall_core::claim::ClaimState;
use gighall_kiosk::snapshot::Headless;
use gighall_kiosk::staff::pin;
use gighall_kiosk::terminal::screen::Screen;
use gighall_kiosk::terminal::state::Event;
use gighall_kiosk::ui::{RegisterData, Terminal, TerminalWindow, Theme};
use measured::{Panel, Stop, Visit, faults, faults_of_bar, faults_of_covers, stops, targets};
use slint::ComponentHandle;
use std::path::PathBuf;

/// Where pictures go, if there are to be any.
fn folder() -> Option<PathBuf> {
    std::env::var_os("GIGHALL_PICTURES")?;
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/pictures");
    std::fs::create_dir_all(&folder).expect("a folder");
    Some(folder)
}

/// Goes to every screen, and has each looked at there.
fn visit_all(
    panel: &Panel,
    english: bool,
    large: bool,
    mut look: impl FnMut(&Visit, Stop, &Headless),
) -> Visit {
    let headless = Headless::new().expect("a thread of its own");
    let dir = tempfile::tempdir().expect("a directory");
    let config = staff_config(dir.path(), "");
    pin::set(&config.data, "260811").expect("set");
    let window = TerminalWindow::new().expect("a window");
    headless.resize(&window, panel.width, panel.height);
    window.show().expect("shown");
    let visit = Visit(TestTerminal::new(window));
    let (staff, _store) = staff_of(&config, 0, Vec::new());
    *visit.0.desk.staff.lock().expect("held") = Some(staff);
    visit.0.desk.had_claimed(0, ClaimState::Confirmed);
    visit.0.desk.had_claimed(1, ClaimState::Provisional);
    visit.0.desk.had_worked(3, 5);
    visit.0.window().global::<Theme>().set_mm(panel.px_per_mm());
    for stop in stops() {
        *visit.0.desk.jobs.lock().expect("held") = some_jobs();
        // As after somebody left: a fresh session in the terminal's language and usual type.
        visit.0.controller.wipe();
        if english {
            visit.on(Event::Language);
        }
        if large {
            visit.on(Event::LargeType);
        }
        (stop.way)(&visit);
        // The first look tells the controller how much fits, the second has it.
        for _ in 0..2 {
            slint::platform::update_timers_and_animations();
            targets(visit.0.window());
        }
        assert_eq!(visit.0.screen(), stop.screen.code(), "the way to it");
        look(&visit, stop, &headless);
    }
    visit
}

/// Walks every screen, and returns each fault as "SCREEN FAULT" with what has it.
fn walk(panel: &Panel, english: bool, large: bool) -> Vec<(String, String)> {
    let drawn = folder();
    let mut found = Vec::new();
    let visit = visit_all(panel, english, large, |visit, stop, headless| {
        if stop.screen == Screen::Home {
            for trouble in ["clock", "media"] {
                let bar = faults_of_bar(visit.0.window(), panel, trouble);
                found.extend(
                    bar.into_iter()
                        .map(|(fault, what)| (format!("{trouble} {fault}"), what)),
                );
                if let Some(folder) = &drawn {
                    let picture = headless.draw(visit.0.window()).expect("drawn");
                    let name = panel.picture(trouble, english, large);
                    picture.save(folder.join(name)).expect("saved");
                }
            }
            visit.0.window().global::<Terminal>().set_trouble("".into());
            visit.0.window().global::<Terminal>().set_offline(false);
        }
        if stop.screen == Screen::Pin {
            // Before anything was wrong, where the help stands instead.
            let form = visit.0.window().global::<RegisterData>();
            let error = form.get_pin_error();
            form.set_pin_error("".into());
            slint::platform::update_timers_and_animations();
            let before = faults(visit.0.window(), panel).into_iter();
            found.extend(before.map(|(fault, what)| (format!("pin, first {fault}"), what)));
            form.set_pin_error(error);
            slint::platform::update_timers_and_animations();
        }
        if let Some(folder) = &drawn {
            let picture = headless.draw(visit.0.window()).expect("drawn");
            let name = panel.picture(stop.name, english, large);
            picture.save(folder.join(name)).expect("saved");
        }
        for (fault, what) in faults(visit.0.window(), panel) {
            found.push((format!("{} {fault}", stop.name), what));
        }
    });
    for (cover, (fault, what)) in faults_of_covers(visit.0.window(), panel) {
        found.push((format!("{cover} {fault}"), what));
    }
    found
}

/// Walks a panel in both languages and both sizes of type: nothing may be wrong.
fn hold(panel: &'static Panel) {
    let mut told = String::new();
    for (english, large) in [(false, false), (false, true), (true, false), (true, true)] {
        let walked = std::thread::spawn(move || walk(panel, english, large));
        for (fault, what) in walked.join().expect("walked") {
            told += &format!("{fault} (english {english}, large {large}): {what}\n");
        }
    }
    assert!(told.is_empty(), "{told}");
}

#[test]
fn portrait() {
    // 21.5 inches.
    hold(&Panel {
        width: 1080,
        height: 1920,
        diagonal_mm: 546.0,
    });
}

#[test]
fn landscape() {
    hold(&Panel {
        width: 1920,
        height: 1080,
        diagonal_mm: 546.0,
    });
}

#[test]
fn small_landscape() {
    // 18.5 inches.
    hold(&Panel {
        width: 1366,
        height: 768,
        diagonal_mm: 470.0,
    });
}

#[test]
fn short_landscape() {
    // 15.6 inches.
    hold(&Panel {
        width: 1366,
        height: 768,
        diagonal_mm: 396.0,
    });
}

#[test]
fn shortest_landscape_with_room() {
    // 16.5 inches: the smallest on which not everything moves closer together.
    hold(&Panel {
        width: 1366,
        height: 768,
        diagonal_mm: 419.0,
    });
}

#[test]
fn little_landscape() {
    // 13.3 inches.
    hold(&Panel {
        width: 1366,
        height: 768,
        diagonal_mm: 338.0,
    });
}

#[test]
fn smallest_landscape() {
    // 10.1 inches.
    hold(&Panel {
        width: 1024,
        height: 600,
        diagonal_mm: 257.0,
    });
}
