//! High contrast: on every screen each text stands out from its ground by 7 to 1, and the edge of everything
//! that can be touched by 3 to 1, measured on the pixels; and so do the theme's colours among each other.

use super::measured::texts;
use super::*;
use gighall_kiosk::config::Colour;
use gighall_kiosk::terminal::screen::Screen;
use image::RgbImage;

const TEXT: f64 = 7.0;
const EDGE: f64 = 3.0;

fn colour(colour: slint::Color) -> Colour {
    Colour {
        red: colour.red(),
        green: colour.green(),
        blue: colour.blue(),
    }
}

/// The contrast between the lightest and the darkest of those pixels.
fn contrast(picture: &RgbImage, across: (f32, f32), down: (f32, f32)) -> f64 {
    let within = |(from, to): (f32, f32), most: u32| {
        let last = most - 1;
        (from.max(0.0) as u32).min(last)..=(to.max(0.0) as u32).min(last)
    };
    let mut colours = Vec::new();
    for y in within(down, picture.height()) {
        for x in within(across, picture.width()) {
            let [red, green, blue] = picture.get_pixel(x, y).0;
            colours.push(Colour { red, green, blue });
        }
    }
    let black = Colour {
        red: 0,
        green: 0,
        blue: 0,
    };
    let light = |it: &Colour| it.contrast(black);
    let lightest = colours.iter().map(light).fold(1.0, f64::max);
    let darkest = colours.iter().map(light).fold(f64::MAX, f64::min);
    lightest / darkest
}

fn what_is_faint(visit: &Visit, panel: &Panel, picture: &RgbImage) -> Vec<String> {
    let window = visit.0.window();
    let mut faint = Vec::new();
    for (words, place) in texts::places(window, panel) {
        let found = contrast(
            picture,
            (place.left, place.right),
            (place.top, place.bottom),
        );
        if found < TEXT {
            faint.push(format!("{words:?} at {place}: {found:.1}"));
        }
    }
    for target in targets(window).into_iter().filter(|it| it.enabled) {
        let (left, middle) = (
            target.place.left,
            f32::midpoint(target.place.top, target.place.bottom),
        );
        let found = contrast(picture, (left - 2.0, left + 3.0), (middle, middle));
        if found < EDGE {
            faint.push(format!("the edge of {:?}: {found:.1}", target.label));
        }
    }
    faint
}

fn every_screen_is(panel: &Panel, large: bool) {
    let mut told = String::new();
    let drawn = folder();
    let _ = visit_all(panel, false, large, |visit, stop, headless| {
        let theme = visit.0.window().global::<Theme>();
        assert!(
            !theme.get_high_contrast(),
            "{}: of the one before",
            stop.name
        );
        visit.on(Event::Contrast);
        assert!(theme.get_high_contrast());
        let picture = headless.draw(visit.0.window()).expect("drawn");
        if let Some(folder) = &drawn {
            let name = panel.picture(stop.name, false, large);
            let name = name.replace("geometry", "contrast");
            picture.save(folder.join(name)).expect("saved");
        }
        for faint in what_is_faint(visit, panel, &picture) {
            told += &format!("{}: {faint}\n", stop.name);
        }
        if stop.screen == Screen::Home {
            visit.on(Event::Contrast);
            let usual = headless.draw(visit.0.window()).expect("drawn");
            assert!(
                !what_is_faint(visit, panel, &usual).is_empty(),
                "the usual colours have soft edges"
            );
        }
    });
    assert!(told.is_empty(), "{told}");
}

#[test]
fn every_screen_stands_out_in_high_contrast() {
    every_screen_is(
        &Panel {
            width: 1366,
            height: 768,
            diagonal_mm: 470.0,
        },
        false,
    );
}

#[test]
fn the_colours_of_high_contrast_stand_out_from_each_other() {
    let _headless = Headless::new().expect("a thread of its own");
    let window = TerminalWindow::new().expect("a window");
    let theme = window.global::<Theme>();
    theme.set_theme("contrast".into());
    let (ground, paper, soft) = (
        theme.get_ground(),
        theme.get_paper(),
        theme.get_primary_soft(),
    );
    let inks = [
        theme.get_ink(),
        theme.get_muted(),
        theme.get_primary(),
        theme.get_primary_deep(),
        theme.get_urgent(),
        theme.get_good(),
        theme.get_warn(),
    ];
    let fills = [
        theme.get_primary(),
        theme.get_primary_deep(),
        theme.get_urgent(),
        theme.get_good(),
        theme.get_warn(),
        theme.get_ink(),
    ];
    let on_fill = theme.get_primary_text();
    let mut texts: Vec<_> = inks
        .iter()
        .flat_map(|ink| [ground, paper, soft].map(|on| (*ink, on)))
        .chain(fills.iter().map(|fill| (on_fill, *fill)))
        .collect();
    texts.extend([
        (theme.get_urgent(), theme.get_urgent_soft()),
        (theme.get_good(), theme.get_good_soft()),
        (theme.get_warn(), theme.get_warn_soft()),
        (theme.get_badge_ink(), theme.get_badge_ground()),
        (theme.get_on_deep(), theme.get_primary_deep()),
        (theme.get_on_deep(), theme.get_primary()),
        (theme.get_figure_on_deep(), theme.get_primary_deep()),
        (theme.get_off_text(), theme.get_off()),
        (theme.get_off_text(), ground),
    ]);
    for (text, on) in texts {
        let found = colour(text).contrast(colour(on));
        assert!(found >= TEXT, "{text:?} on {on:?}: {found:.1}");
    }
    for edge in [theme.get_line(), theme.get_primary(), theme.get_urgent()] {
        for on in [ground, paper] {
            let found = colour(edge).contrast(colour(on));
            assert!(found >= EDGE, "{edge:?} beside {on:?}: {found:.1}");
        }
    }
    let ring = colour(theme.get_ring_outer()).contrast(colour(theme.get_ring_inner()));
    assert!(ring >= TEXT, "{ring:.1}");
}
