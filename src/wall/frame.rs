//! What is around the scenes, and the scenes that are plain values: header and footer, light and
//! colours, pictures, statistics, rights and services.

use super::cards::{job_row, ticker_line};
use super::content::{Index, News};
use super::feed::Link;
use super::figures::{Figures, shown};
use super::pictures::Drawn;
use super::video::Frame;
use super::{Look, WallSettings};
use crate::brief::{clock_text, line};
use crate::ui::{Bar, ServiceCard, WallData, WallTheme, WallWindow};
use gighall_core::hall::HallFigures;
use gighall_core::playlist::{Lit, ServicePlace};
use jiff::Timestamp;
use jiff::civil::DateTime;
use slint::{ComponentHandle, Image, Model, ModelRc, SharedString, VecModel};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Pixels that the ticker's line may be wide: the renderer counts them in 16 bits.
const TICKER_PIXELS: f32 = 24_000.0;
/// A notice's text follows its title in the ticker if it has no more characters.
const TICKER_BODY_MOST: usize = 80;
/// Minutes between two steps of the pixel shift.
const SHIFT_MINUTES: i64 = 3;

/// Tells the theme what the settings say once and for all.
pub fn configure(window: &WallWindow, settings: &WallSettings) {
    let theme = window.global::<WallTheme>();
    theme.set_ticker_speed(settings.characters_per_second.clamp(0.5, 4.0));
    // At most some hundred pixels.
    theme.set_body_wanted(settings.text_px as f32);
    if let Some([ground, text, pay]) = settings.look.colours {
        theme.set_own_colours(true);
        theme.set_own_ground(ground);
        theme.set_own_text(text);
        theme.set_own_pay(pay);
    } else {
        theme.set_own_colours(false);
    }
    // Some pixels.
    theme.set_shift_most(settings.look.pixel_shift as f32);
}

/// Lights the wall.
pub fn light(window: &WallWindow, settings: &WallSettings, lit: Lit, local: DateTime) {
    let theme = window.global::<WallTheme>();
    theme.set_theme(lit.theme.code().into());
    theme.set_light(f32::from(lit.brightness) / 100.0);
    let (x, y) = shift(&settings.look, local);
    theme.set_shift_x(x as f32);
    theme.set_shift_y(y as f32);
}

/// Where all stands at that time, in pixels from the corner: around in a ring, a step at a time.
fn shift(look: &Look, local: DateTime) -> (i64, i64) {
    let most = i64::from(look.pixel_shift);
    if most == 0 {
        return (0, 0);
    }
    let minutes = i64::from(local.hour()) * 60 + i64::from(local.minute());
    let sides = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)];
    let step = minutes / SHIFT_MINUTES;
    let side = usize::try_from(step / most % 4).unwrap_or(0);
    let along = step % most;
    let between = |from: i64, to: i64| from * most + (to - from) * along;
    let ((x, y), (next_x, next_y)) = (sides[side], sides[side + 1]);
    (between(x, next_x), between(y, next_y))
}

/// Header and footer.
pub fn fill(
    window: &WallWindow,
    settings: &WallSettings,
    index: &Index,
    news: &News,
    pictures: &[Drawn],
    now: Timestamp,
    link: Link,
) {
    let data = window.global::<WallData>();
    let before = said(&data);
    let zone = &settings.zone;
    let local = now.to_zoned_datetime(zone.clone());
    data.set_time(clock_text(now, zone).into());
    data.set_month(local.month().into());
    data.set_day(local.day().into());
    data.set_weekday(local.weekday().to_monday_one_offset().into());

    let hall = news.hall.as_ref();
    data.set_hall(hall.map_or(&settings.hall_name, |hall| &hall.name).into());
    let hotline = hall.and_then(|hall| hall.hotline.as_deref());
    data.set_hotline(hotline.unwrap_or_default().into());
    let logo = settings.logo();
    let drawn = logo.and_then(|file| pictures.iter().find(|it| it.wanted.0 == file));
    let name = drawn.map(Drawn::name).unwrap_or_default();
    if data.get_logo_name() != name {
        data.set_logo_name(name.into());
        data.set_logo(drawn.map(image).unwrap_or_default());
    }

    data.set_offline(!link.online);
    data.set_clock_untrusted(link.clock_untrusted);
    let as_of = link
        .data_as_of
        .map(|time| time.to_zoned_datetime(zone.clone()));
    let (month, day) = match &as_of {
        Some(time) if time.date() != local.date() => (time.month(), time.day()),
        _ => (0, 0),
    };
    data.set_data_month(month.into());
    data.set_data_day(day.into());
    let as_of = link.data_as_of.map(|time| clock_text(time, zone));
    data.set_data_as_of(as_of.unwrap_or_default().into());

    data.set_open_jobs(shown(index.figures.jobs));
    data.set_open_places(shown(index.figures.places_left));
    data.set_ticker(ticker(window, settings, index, news, now));
    let call = news.call.as_ref().filter(|call| now < call.until);
    data.set_call(call.map_or_else(SharedString::default, |call| line(&call.terminal)));
    if said(&data) != before {
        data.set_anew(!data.get_anew());
    }
}

fn ticker(
    window: &WallWindow,
    settings: &WallSettings,
    index: &Index,
    news: &News,
    now: Timestamp,
) -> SharedString {
    let size = window.global::<WallTheme>().get_body().max(1.0);
    let notices = news.notices.iter().filter(|notice| notice.ticker);
    let data = window.global::<WallData>();
    let urgent = index.urgent.iter().take(settings.ticker_jobs);
    let urgent = urgent.map(|job| data.invoke_in_ticker(job_row(job, now, &settings.zone)));
    let notices = notices.map(|notice| {
        if notice.body.chars().count() <= TICKER_BODY_MOST {
            format!("{}　{}", notice.title, notice.body)
        } else {
            notice.title.clone()
        }
    });
    let sources = [
        notices.collect(),
        urgent.map(String::from).collect(),
        settings.ticker_texts.clone(),
    ];
    // A quotient of two small positive numbers; laps are counted from zero.
    let most = (TICKER_PIXELS / size) as usize;
    ticker_line(&sources, most, data.get_ticker_laps() as usize)
}

/// What header and footer say.
fn said(data: &WallData<'_>) -> ([SharedString; 3], i32, i32, bool) {
    (
        [data.get_time(), data.get_hotline(), data.get_call()],
        data.get_open_jobs(),
        data.get_open_places(),
        data.get_offline(),
    )
}

/// The room of a picture, in pixels.
pub fn picture_room(window: &WallWindow) -> (u32, u32) {
    // Whole numbers of pixels that the window has.
    (
        window.get_picture_width().max(0.0) as u32,
        window.get_picture_height().max(0.0) as u32,
    )
}

/// The room of a code, in pixels.
pub fn code_room(window: &WallWindow) -> u32 {
    // A whole number of pixels that the window has.
    window.get_code_room().max(0.0) as u32
}

/// The room of the hall's sign, in pixels.
pub fn logo_room(window: &WallWindow) -> (u32, u32) {
    let side = window.global::<WallTheme>().get_logo().max(0.0) as u32;
    (side * 3, side)
}

fn image(drawn: &Drawn) -> Image {
    Image::from_rgb8(drawn.pixels.clone())
}

/// A picture of the hall's own.
pub fn picture(window: &WallWindow, drawn: &Drawn, caption: &str) {
    let data = window.global::<WallData>();
    let name = drawn.name();
    if data.get_picture_name() != name {
        data.set_picture_name(name.into());
        data.set_picture(image(drawn));
    }
    data.set_caption(line(caption));
}

/// Draws the frames of a video while the picture of that name is the one that is on. A frame that
/// comes before the last one was drawn is left out.
pub fn moving(window: &WallWindow, name: SharedString) -> impl Fn(Frame) + Send + 'static {
    let (weak, waits) = (window.as_weak(), Arc::new(AtomicBool::new(false)));
    move |frame| {
        if waits.swap(true, Ordering::AcqRel) {
            return;
        }
        let (name, done) = (name.clone(), waits.clone());
        // Fails only when the event loop has ended, and then nobody looks at the wall.
        let _ = weak.upgrade_in_event_loop(move |window| {
            let data = window.global::<WallData>();
            if data.get_picture_name() == name {
                data.set_picture(Image::from_rgb8(frame));
            }
            done.store(false, Ordering::Release);
        });
    }
}

/// How much work there is.
/// `counted` is what the hub counts, where it has told it of today.
pub fn statistics(window: &WallWindow, figures: &Figures, counted: Option<HallFigures>) {
    let data = window.global::<WallData>();
    let on_time = counted.and_then(|it| it.paid_on_time);
    let numbers = [
        ("jobs", Some(figures.jobs)),
        ("open", Some(figures.places_left)),
        ("taken", Some(figures.places_taken)),
        ("claimed", counted.map(|it| it.claimed)),
        // In a hall where nobody was paid yet that would sound as if nobody were.
        ("paid", on_time.filter(|paid| *paid > 0)),
    ];
    let numbers = numbers.into_iter().filter_map(|(code, number)| {
        Some(Bar {
            code: code.into(),
            number: shown(number?),
            part: 0.0,
        })
    });
    set_list(&data.get_figures(), numbers.collect(), |numbers| {
        data.set_figures(numbers);
    });
    set_list(&data.get_kind_bars(), figures.places_by_kind(), |bars| {
        data.set_kind_bars(bars);
    });
    let settlements: Vec<Bar> = figures.places_by_settlement();
    set_list(&data.get_settlement_bars(), settlements, |bars| {
        data.set_settlement_bars(bars);
    });
}

/// Where to complain.
pub fn rights(window: &WallWindow, code: Option<Image>, link: &str) {
    let data = window.global::<WallData>();
    data.set_has_rights_code(code.is_some());
    data.set_rights_link(link.into());
    let code = code.unwrap_or_default();
    if data.get_rights_code() != code {
        data.set_rights_code(code);
    }
}

/// Where in the hall to find what.
pub fn services(window: &WallWindow, places: &[ServicePlace]) {
    let data = window.global::<WallData>();
    let cards = places.iter().map(|place| ServiceCard {
        at: line(&place.at),
        what: line(&place.what),
    });
    let longest = places
        .iter()
        .map(|it| it.at.chars().count() + it.what.chars().count());
    data.set_services_longest(i32::try_from(longest.max().unwrap_or(0)).unwrap_or(i32::MAX));
    set_list(&data.get_services(), cards.collect(), |cards| {
        data.set_services(cards);
    });
}

/// Sets a list that is something else than the one there.
fn set_list<T: Clone + PartialEq + 'static>(
    old: &ModelRc<T>,
    new: Vec<T>,
    set: impl FnOnce(ModelRc<T>),
) {
    if !old.iter().eq(new.iter().cloned()) {
        set(ModelRc::new(VecModel::from(new)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_moved_by_a_pixel_at_a_time_around_a_ring() {
        let look = Look {
            pixel_shift: 4,
            ..Look::default()
        };
        let at = |minutes: i64| {
            let midnight = jiff::civil::date(2026, 11, 24).at(0, 0, 0, 0);
            shift(&look, midnight + jiff::SignedDuration::from_mins(minutes))
        };
        let mut seen = std::collections::BTreeSet::new();
        for minute in 0..24 * 60 - SHIFT_MINUTES {
            let ((x, y), (next_x, next_y)) = (at(minute), at(minute + SHIFT_MINUTES));
            assert!((0..=4).contains(&x) && (0..=4).contains(&y));
            assert_eq!((next_x - x).abs() + (next_y - y).abs(), 1, "at {minute}");
            seen.insert((x, y));
        }
        assert_eq!(seen.len(), 16);
        assert_eq!(
            shift(
                &Look::default(),
                jiff::civil::date(2026, 1, 1).at(9, 0, 0, 0)
            ),
            (0, 0)
        );
    }
}
