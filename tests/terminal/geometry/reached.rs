//! What keys reach on every screen, and that a scan reaches nothing there.

use super::*;
use gighall_kiosk::ui::Keys;
use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery};
use slint::platform::Key;
use std::time::Duration;

/// More than any screen has controls.
const MANY: usize = 200;

/// As scanners type.
const PER_KEY: Duration = Duration::from_millis(5);

/// Of no hall.
const FOREIGN: &str = "6901234567892\n";

/// Where the control is that has the keys.
fn with_keys(window: &TerminalWindow) -> Option<(f32, f32)> {
    let keys = window.global::<Keys>();
    keys.get_shown().then(|| (keys.get_x(), keys.get_y()))
}

/// The controls answer, and the one with the keys is known.
fn answered() {
    for _ in 0..4 {
        slint::platform::update_timers_and_animations();
    }
}

/// Slint rounds a place in one way for a control and in another for a test.
fn is_at(a: (f32, f32), b: (f32, f32)) -> bool {
    (a.0 - b.0).hypot(a.1 - b.1) < 1.0
}

fn press(visit: &Visit, key: Key) {
    visit.0.key(&char::from(key).to_string());
    answered();
}

/// The controls that can be pressed: where each is, and what it is called.
fn able(window: &TerminalWindow) -> Vec<((f32, f32), String)> {
    let able = |element: &ElementHandle| {
        element.accessible_role() == Some(AccessibleRole::Button)
            && element.accessible_enabled() != Some(false)
    };
    let mut found: Vec<((f32, f32), String)> = Vec::new();
    let all = ElementQuery::from_root(window)
        .match_descendants()
        .match_predicate(able)
        .find_all();
    for element in all {
        let place = element.absolute_position();
        let label = element.accessible_label().unwrap_or_default();
        if !found.iter().any(|(at, _)| is_at(*at, (place.x, place.y))) {
            found.push(((place.x, place.y), label.to_string()));
        }
    }
    found
}

/// Everything that the screen says, with what its fields hold.
fn said(window: &TerminalWindow) -> Vec<String> {
    let all = ElementQuery::from_root(window)
        .match_descendants()
        .find_all();
    let told = all.iter().filter_map(|element| {
        let label = element.accessible_label().filter(|l| !l.is_empty())?;
        let value = element.accessible_value().unwrap_or_default();
        let checked = element.accessible_checked().unwrap_or_default();
        Some(format!("{label} {value} {checked}"))
    });
    told.collect()
}

/// Tab comes by everything that can be pressed, once each, and back to the first.
fn tab_goes_round(visit: &Visit, screen: Screen) {
    let window = visit.0.window();
    let code = screen.code();
    assert_eq!(with_keys(window), None, "{code} begins with none");
    press(visit, Key::Tab);
    let first = with_keys(window);
    let mut seen = Vec::new();
    let mut now = first;
    while seen.len() < MANY {
        let at = now.unwrap_or_else(|| panic!("{code}: Tab leads nowhere after {seen:?}"));
        assert!(!seen.contains(&at), "{code}: twice at {at:?}");
        seen.push(at);
        press(visit, Key::Tab);
        now = with_keys(window);
        if now == first {
            break;
        }
    }
    let able = able(window);
    let missed: Vec<_> = able
        .iter()
        .filter(|(at, _)| !seen.iter().any(|it| is_at(*it, *at)))
        .collect();
    assert!(missed.is_empty(), "{code}: keys do not reach {missed:#?}");
    assert_eq!(seen.len(), able.len(), "{code}: on what is no control");
    press(visit, Key::Backtab);
    assert_eq!(with_keys(window), seen.last().copied(), "{code}");
    for key in [
        Key::DownArrow,
        Key::RightArrow,
        Key::UpArrow,
        Key::LeftArrow,
    ] {
        press(visit, key);
        let at = with_keys(window).unwrap_or_else(|| panic!("{code}: {key:?} leads nowhere"));
        assert!(seen.contains(&at), "{code}: {key:?}");
    }
}

/// A foreign code is told as one or refused, and that is all.
fn a_scan_presses_nothing(visit: &Visit, screen: Screen) {
    let window = visit.0.window();
    let before = said(window);
    let had = with_keys(window);
    for key in FOREIGN.chars() {
        visit.0.clock.set(visit.0.clock.get() + PER_KEY);
        visit.0.key(&key.to_string());
        answered();
    }
    // Whatever was held back by chance would come now.
    visit
        .0
        .clock
        .set(visit.0.clock.get() + Duration::from_secs(1));
    visit.0.key(&char::from(Key::Shift).to_string());
    answered();
    visit.on(Event::FailureSeen);
    answered();
    assert_eq!(visit.0.screen(), screen.code());
    assert_eq!(with_keys(window), had, "{}", screen.code());
    if screen != Screen::StaffCheckIn {
        assert_eq!(said(window), before, "{}", screen.code());
    }
}

/// What can be touched is named, and everything of one kind is a control with a role.
fn is_named(visit: &Visit, screen: Screen) {
    let window = visit.0.window();
    let touchable: Vec<ElementHandle> = ElementQuery::from_root(window)
        .match_descendants()
        .match_id("Press::touch")
        .find_all()
        .into_iter()
        .collect();
    assert!(!touchable.is_empty(), "{}", screen.code());
    let all = ElementQuery::from_root(window).match_descendants();
    let named: Vec<_> = all
        .match_predicate(|element| {
            element.accessible_role().is_some()
                && element
                    .accessible_label()
                    .is_some_and(|label| !label.trim().is_empty())
        })
        .find_all()
        .iter()
        .map(|element| (element.absolute_position(), element.size().width))
        .collect();
    for touch in touchable {
        let (at, wide) = (touch.absolute_position(), touch.size().width);
        let named = named.iter().any(|(place, width)| {
            is_at((place.x, place.y), (at.x, at.y)) && (width - wide).abs() < 1.0
        });
        assert!(named, "{}: nameless at {at:?}", screen.code());
    }
}

/// On a picture, the control with the keys has its two lines, the dark one outside.
fn has_a_ring(visit: &Visit, screen: Screen, headless: &Headless) {
    let window = visit.0.window();
    press(visit, Key::Tab);
    let (x, y) = with_keys(window).expect("one has them");
    let theme = window.global::<Theme>();
    let ring = theme.get_ring();
    let picture = headless.draw(window).expect("drawn");
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pictures");
    std::fs::create_dir_all(&folder).expect("a folder");
    let name = format!("keys_{}_{}.png", picture.width(), screen.code());
    picture.save(folder.join(name)).expect("saved");
    // Halfway down its left edge, across both lines.
    let control = targets(window)
        .into_iter()
        .find(|it| is_at((it.place.left, it.place.top), (x, y)));
    let control = control.expect("a control");
    let middle = f32::midpoint(control.place.top, control.place.bottom).round() as u32;
    for (line, colour) in [(0.5, theme.get_ring_outer()), (1.5, theme.get_ring_inner())] {
        let found = picture
            .get_pixel((x + ring * line).round() as u32, middle)
            .0;
        let wanted = [colour.red(), colour.green(), colour.blue()];
        assert_eq!(
            found,
            wanted,
            "{}: line {line} at {x}, {middle}",
            screen.code()
        );
    }
}

/// Screens with tiles, rows, digits, letters and a primary button.
const DRAWN: &[Screen] = &[
    Screen::Home,
    Screen::Results,
    Screen::Number,
    Screen::Name,
    Screen::Consent,
];

fn keys_reach_everything((width, height, diagonal_mm): (u32, u32, f32), large: bool) {
    let panel = Panel {
        width,
        height,
        diagonal_mm,
    };
    let mut clock = Duration::ZERO;
    let _ = visit_all(&panel, false, large, |visit, stop, headless| {
        let screen = stop.screen;
        // The screen takes touches by now.
        clock += Duration::from_secs(2);
        headless.set_clock(clock);
        is_named(visit, screen);
        tab_goes_round(visit, screen);
        a_scan_presses_nothing(visit, screen);
        if DRAWN.contains(&screen) {
            has_a_ring(visit, screen, headless);
        }
    });
}

#[test]
fn keys_reach_everything_upright() {
    keys_reach_everything((1080, 1920, 546.0), false);
}

#[test]
fn keys_reach_everything_in_large_type() {
    keys_reach_everything((1920, 1080, 546.0), true);
}

#[test]
fn keys_reach_everything_on_the_smallest_panel() {
    keys_reach_everything((1024, 600, 257.0), false);
}

/// Only `Press` is touched for something; every other touch area keeps touches from what lies behind it.
#[test]
fn only_controls_are_touched() {
    let ui = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("ui");
    let mut areas = 0;
    for folder in [ui.clone(), ui.join("parts"), ui.join("terminal")] {
        for file in std::fs::read_dir(folder).expect("there") {
            let path = file.expect("listed").path();
            if path.extension().is_none_or(|end| end != "slint") || path.ends_with("press.slint") {
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("read");
            for area in text.split("TouchArea {").skip(1) {
                let inside = area.split('}').next().unwrap_or_default();
                assert!(!inside.contains("=>"), "{}: {inside}", path.display());
                areas += 1;
            }
        }
    }
    assert!(areas > 4, "they are looked at");
}
