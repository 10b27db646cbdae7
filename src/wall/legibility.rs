//! Whether a wall can be read from where people stand: what `check` says of the pixel pitch, the
//! reading distance and the sizes that the theme gives.
//!
//! The sizes are asked of the window itself, so that they are what will be on the wall.

use super::WallSettings;
use super::cards::scene_too_long;
use super::feed::Link;
use super::screen::{PATIENCE, Screen};
use crate::qr;
use crate::snapshot::{Headless, SnapshotError};
use crate::ui::{WallData, WallTheme, WallWindow};
use gighall_core::playlist::{Scene, Terms, What};
use jiff::Timestamp;
use slint::ComponentHandle;
use std::fmt;
use std::time::Duration;

/// Millimetres of character height for each metre of distance that are read with comfort: 0.7
/// degrees (EN 301 549, 5.1.4).
const MM_A_METRE: f64 = 12.2;
/// A phone reads a code from about so many times its width.
const CODE_WIDTHS: f64 = 10.0;
/// Faster than this a running line is hard to follow.
const TICKER_COMFORT: f64 = 3.0;
/// Seconds that one part of a text is on at the least.
const SECONDS_A_PART: u32 = 2;
/// The path in the address of a job or a course: a letter and an id.
const PATH: &str = "/j/00000000-0000-0000-0000-000000000000";

/// The panel, and who looks at it.
#[derive(Clone, Debug)]
pub struct Panel {
    /// From one LED to the next, in millimetres.
    pub pitch_mm: f64,
    /// How far away those stand who should read it, in metres.
    pub distance_m: f64,
    /// The wall's window, in pixels.
    pub size: (u32, u32),
    /// Where phones reach the hub, as far as the configuration says it.
    pub phone_url: String,
}

/// One thing that cannot be read, and what would be right.
#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    /// The text of these scenes is too small.
    SmallText {
        /// Their places in the playlist, from 0, with their kinds.
        scenes: Vec<(usize, &'static str)>,
        /// Height of the characters, in pixels.
        pixels: u32,
        /// From how far they are read with comfort, in metres.
        readable_m: f64,
        /// The height that would do, in pixels.
        needed: u32,
        /// The greatest height at which the window has room for a line, in pixels, and from how far that is
        /// read; `None` where `needed` has room.
        most: Option<(u32, f64)>,
    },
    /// The code of a scene cannot be scanned.
    SmallCode {
        /// The scene's place in the playlist, from 0.
        scene: usize,
        /// Its kind.
        kind: &'static str,
        /// From how far it can be scanned, in metres; 0 where there is no room for it.
        scannable_m: f64,
    },
    /// A text is longer than walls show.
    LongText {
        /// The scene's place in the playlist, from 0.
        scene: usize,
        /// What is said of it.
        said: String,
    },
    /// Units, and the second line of an upright table, are smaller than the text, and too small.
    SmallDetails {
        /// Height of their characters, in pixels.
        pixels: u32,
        /// From how far they are read with comfort, in metres.
        readable_m: f64,
        /// The height of the text that would do, in pixels.
        needed: u32,
    },
    /// A scene comes in more parts than can be read while it is on.
    Hurried {
        /// The scene's place in the playlist, from 0.
        scene: usize,
        /// Its kind.
        kind: &'static str,
        /// In how many parts it comes.
        parts: u32,
        /// For how long it is on, in seconds.
        seconds: u32,
    },
    /// Nothing is known of the window's size.
    NoSize,
    /// The running line is too fast.
    FastTicker {
        /// Characters a second, as whole pixels a frame make it.
        speed: f64,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SmallText {
                scenes,
                pixels,
                readable_m,
                needed,
                most,
            } => {
                let names: Vec<String> = scenes
                    .iter()
                    .map(|(place, kind)| format!("wall.scene[{place}] ({kind})"))
                    .collect();
                write!(
                    f,
                    "{}: characters of {pixels} px are read from {readable_m:.1} m at most; ",
                    names.join(", ")
                )?;
                match most {
                    None => write!(f, "set wall.text_px to {needed} or more, or come closer"),
                    Some((most, most_m)) => write!(
                        f,
                        "the board is too small for that distance: the largest that it has room \
                         for a line of is {most} px, read from {most_m:.1} m. Come closer, or take \
                         a larger board"
                    ),
                }
            }
            Self::SmallCode {
                scene,
                kind,
                scannable_m,
            } if *scannable_m > 0.0 => write!(
                f,
                "wall.scene[{scene}] ({kind}): its QR code is scanned from {scannable_m:.1} m \
                 at most; people have to be able to come that close, or the window has to be larger"
            ),
            Self::SmallCode { scene, kind, .. } => write!(
                f,
                "wall.scene[{scene}] ({kind}): there is no room for its QR code; give the \
                 window more height, or leave the scene out"
            ),
            Self::SmallDetails {
                pixels,
                readable_m,
                needed,
            } => write!(
                f,
                "units of pay, and the second line of an upright table, are {pixels} px high and read from \
                 {readable_m:.1} m at most; set wall.text_px to {needed} or more, or come closer"
            ),
            Self::Hurried {
                scene,
                kind,
                parts,
                seconds,
            } => write!(
                f,
                "wall.scene[{scene}] ({kind}): there is no room for all of it at once, so it comes in {parts} parts \
                 within {seconds} s, which is too fast to read; shorten it, or set its seconds to {} or more",
                parts * SECONDS_A_PART
            ),
            Self::NoSize => f.write_str(
                "pitch_mm and distance_m are there, but width and height are not: what can be read of it is not \
                 known",
            ),
            Self::LongText { scene, said } => write!(f, "wall.scene[{scene}]: {said}"),
            Self::FastTicker { speed } => write!(
                f,
                "wall.ticker: the line runs at {speed:.1} characters a second; set \
                 wall.ticker.characters_per_second to 2.5 or less"
            ),
        }
    }
}

/// What cannot be read on that panel.
///
/// # Errors
/// [`SnapshotError`] if the window cannot be measured.
pub fn lint(
    headless: &Headless,
    settings: &WallSettings,
    panel: &Panel,
) -> Result<Vec<Finding>, SnapshotError> {
    let window = WallWindow::new()?;
    let theme = window.global::<WallTheme>();
    theme.set_body_wanted(settings.text_px as f32);
    theme.set_ticker_speed(settings.characters_per_second);
    // As it is while a line runs, which takes room of the scene's.
    window.global::<WallData>().set_ticker("…".into());
    headless.resize(&window, panel.size.0, panel.size.1);
    // Shown once, so that the window tells the theme its size.
    headless.draw(&window)?;
    let body = f64::from(theme.get_body());
    let small = f64::from(theme.get_small());
    let ticker = f64::from(theme.invoke_ticker_pixels_per_second(theme.get_body()));
    // Room is a whole number of pixels that the window has.
    let room = window.get_code_room().max(0.0) as u32;
    let most = most_with_room(&window, &theme);
    window.hide()?;

    let mut findings = vec![];
    let text = text(settings, panel, body, most);
    let details = text.is_none().then(|| details(panel, body, small));
    findings.extend(text.into_iter().chain(details.flatten()));
    findings.extend(codes(settings, panel, room));
    let scenes = settings.scenes.iter().enumerate();
    findings.extend(scenes.filter_map(|(scene, it)| {
        let said = scene_too_long(&it.what)?;
        Some(Finding::LongText { scene, said })
    }));
    for (scene, it) in settings.scenes.iter().enumerate() {
        findings.extend(hurried(headless, settings, panel, scene, it)?);
    }
    let speed = ticker / body.max(1.0);
    if speed > TICKER_COMFORT + 0.05 {
        findings.push(Finding::FastTicker { speed });
    }
    Ok(findings)
}

/// The heights that `wall.text_px` takes, in pixels.
const HEIGHTS: std::ops::RangeInclusive<u32> = 8..=400;
/// So many characters stand in a line that says something: a number, four of a title, and pay.
const LINE_LEAST: f32 = 14.0;

/// The greatest height of characters at which the window has room for one line of the table; 0 where there
/// is none.
fn most_with_room(window: &WallWindow, theme: &WallTheme<'_>) -> u32 {
    let has_room = |pixels: &u32| {
        theme.set_body_wanted(*pixels as f32);
        // What a picture leaves of the scene's height belongs to the table, whose head is a bar more.
        let frame = 2.0 * theme.get_gap();
        let head = if theme.get_strip() {
            0.0
        } else {
            theme.get_bar()
        };
        let rows = window.get_picture_height() + frame - head;
        theme.get_ems() >= LINE_LEAST && rows >= theme.get_row()
    };
    HEIGHTS.rev().find(has_room).unwrap_or(0)
}

/// From how far characters of that height are read with comfort, in metres.
fn readable_from(pixels: f64, panel: &Panel) -> f64 {
    pixels * panel.pitch_mm / MM_A_METRE
}

fn details(panel: &Panel, body: f64, small: f64) -> Option<Finding> {
    let readable_m = readable_from(small, panel);
    let needed = panel.distance_m * MM_A_METRE / panel.pitch_mm * body / small.max(1.0);
    // Small whole numbers of pixels.
    (readable_m < panel.distance_m).then(|| Finding::SmallDetails {
        pixels: small as u32,
        readable_m,
        needed: needed.ceil() as u32,
    })
}

/// Whether a scene of staff's own comes in more parts than can be read.
fn hurried(
    headless: &Headless,
    settings: &WallSettings,
    panel: &Panel,
    scene: usize,
    it: &Scene,
) -> Result<Option<Finding>, SnapshotError> {
    if !matches!(
        it.what,
        What::Text { .. } | What::Rights { .. } | What::Services { .. }
    ) {
        return Ok(None);
    }
    let mut alone = it.clone();
    alone.terms = Terms {
        seconds: it.terms.seconds,
        ..Terms::default()
    };
    let settings = WallSettings {
        scenes: vec![alone],
        period: None,
        ..settings.clone()
    };
    let window = WallWindow::new()?;
    headless.resize(&window, panel.size.0, panel.size.1);
    let mut screen = Screen::new(&window, settings);
    let link = Link {
        online: true,
        data_as_of: None,
        clock_untrusted: false,
    };
    // A code that nobody has drawn yet is waited for.
    for elapsed in [Duration::ZERO, PATIENCE] {
        screen.show(&window, elapsed, Timestamp::UNIX_EPOCH, link);
    }
    headless.draw(&window)?;
    let data = window.global::<WallData>();
    // Neither is ever below 0.
    let parts = u32::try_from(data.get_parts()).unwrap_or(0);
    let seconds = u32::try_from(data.get_lasts()).unwrap_or(0);
    window.hide()?;
    Ok(
        (parts > 1 && seconds < parts * SECONDS_A_PART).then(|| Finding::Hurried {
            scene,
            kind: it.what.kind(),
            parts,
            seconds,
        }),
    )
}

fn text(settings: &WallSettings, panel: &Panel, body: f64, most: u32) -> Option<Finding> {
    let readable_m = readable_from(body, panel);
    let needed = (panel.distance_m * MM_A_METRE / panel.pitch_mm).ceil() as u32;
    let scenes = settings.scenes.iter().map(|scene| scene.what.kind());
    let scenes = scenes.enumerate();
    // Heights of characters are small whole numbers of pixels.
    (readable_m < panel.distance_m).then(|| Finding::SmallText {
        scenes: scenes.collect(),
        pixels: body as u32,
        readable_m,
        needed,
        most: (most < needed).then(|| (most, readable_from(f64::from(most), panel))),
    })
}

fn codes(settings: &WallSettings, panel: &Panel, room: u32) -> Vec<Finding> {
    let scenes = settings.scenes.iter().map(|scene| &scene.what).enumerate();
    let codes = scenes.filter_map(|(scene, what)| {
        let scannable_m = qr::draw(&link(what, panel)?, room)
            .map(|code| {
                f64::from(code.modules * code.scale) * panel.pitch_mm * CODE_WIDTHS / 1000.0
            })
            .unwrap_or(0.0);
        Some(Finding::SmallCode {
            scene,
            kind: what.kind(),
            scannable_m,
        })
    });
    let is_small = |code: &Finding| match code {
        Finding::SmallCode { scannable_m, .. } => *scannable_m < panel.distance_m,
        _ => false,
    };
    codes.filter(is_small).collect()
}

/// Where a scene's code leads; `None` where it has none. The links of fairs are not known before they are
/// put up: they are taken to be as long as a job's.
fn link(what: &What, panel: &Panel) -> Option<String> {
    match what {
        What::Rights { link } => link.clone(),
        What::Spotlight { .. } | What::Fairs { .. } | What::Training { courses: Some(_) } => {
            Some(format!("{}{PATH}", panel.phone_url))
        }
        _ => None,
    }
}
