//! The walls of this kiosk as staff see and change them.

use super::HallStaff;
use crate::picture;
use crate::snapshot::{Headless, SnapshotError, draw_notice};
use crate::store::Deed;
use crate::terminal::desk::DeskError;
use crate::terminal::staff::{Picture, SceneView, WallChange, WallView};
use crate::ui::WallWindow;
use crate::wall::WallSettings;
use gighall_core::hall::Notice;
use gighall_core::playlist::{Lit, Orders, Power, Scene, What, next_opening};
use jiff::civil::Date;
use slint::{ComponentHandle, Weak};
use std::sync::mpsc;
use std::time::Duration;
use tokio::sync::watch;

/// A change is on the wall after that long: what was loaded is looked at four times a second.
const SETTLES: Duration = Duration::from_millis(700);
/// The window answers within that, or not at all.
const ANSWERS: Duration = Duration::from_secs(3);
/// Brightness goes in such steps, in percent.
const STEP: u8 = 10;
/// A scene's own text is named by so many characters.
const NAME_MOST: usize = 24;

/// A wall that is shown.
pub struct WallHandle {
    /// Its name.
    pub name: String,
    /// Its window.
    pub window: Weak<WallWindow>,
    /// What it goes by, its playlist too.
    pub playing: watch::Receiver<WallSettings>,
}

impl HallStaff {
    fn wall(&self, wall: usize) -> Result<&WallHandle, DeskError> {
        self.walls.get(wall).ok_or(DeskError::NotFound)
    }

    fn today(&self) -> Date {
        self.config.time_zone().to_datetime(self.now()).date()
    }

    /// What the wall shows and how it is lit.
    pub(super) fn wall_view(&self, wall: usize) -> Result<WallView, DeskError> {
        let handle = self.wall(wall)?;
        let settings = handle.playing.borrow().clone();
        let orders = self.store.orders(&handle.name)?;
        let (now, today) = (self.now(), self.today());
        let scheduled = scheduled(&settings, now);
        let scenes = settings.scenes.iter().map(|scene| SceneView {
            mark: scene.mark(),
            kind: scene.what.kind(),
            name: name(scene),
            shown: !orders.hides(scene, today),
        });
        Ok(WallView {
            picture: self.picture(handle),
            power: orders.power(now),
            dark_by_schedule: scheduled.blank,
            brightness: orders.brightness,
            scenes: scenes.collect(),
        })
    }

    /// Changes what staff say about a wall. Gives what to write down.
    pub(super) fn change_wall(
        &self,
        wall: usize,
        change: &WallChange,
    ) -> Result<(Deed, String), DeskError> {
        let handle = self.wall(wall)?;
        let settings = handle.playing.borrow().clone();
        let (now, today, zone) = (self.now(), self.today(), self.config.time_zone());
        let opens = next_opening(now, self.config.staff.opens, &zone);
        let scheduled = scheduled(&settings, now);
        let name = &handle.name;
        let done = match change {
            WallChange::Off | WallChange::OffUntilOpening | WallChange::On => {
                let (power, said) = match change {
                    WallChange::Off => (Some(Power::Off), "off"),
                    WallChange::OffUntilOpening => {
                        (Some(Power::OffUntil(opens)), "off until opening")
                    }
                    // Only where the schedule is dark there is anything to say against it.
                    _ => (scheduled.blank.then_some(Power::OnUntil(opens)), "on"),
                };
                self.store.order(name, |orders| orders.power = power)?;
                (Deed::WallSwitched, format!("{name}: {said}"))
            }
            WallChange::Brighter | WallChange::Darker | WallChange::AsScheduled => {
                let said = self.store.order(name, |orders| {
                    orders.brightness = brightness(orders, scheduled, change);
                })?;
                let percent = said.brightness.map(|percent| format!("{percent} %"));
                let percent = percent.unwrap_or_else(|| "as scheduled".to_owned());
                (Deed::Brightness, format!("{name}: {percent}"))
            }
            WallChange::Toggle(mark) => {
                let mut scenes = settings.scenes.iter();
                let scene = scenes.find(|scene| scene.mark() == *mark);
                let scene = scene.ok_or(DeskError::NotFound)?;
                let said = self
                    .store
                    .order(name, |orders| orders.toggle(scene, today))?;
                let is = match said.hides(scene, today) {
                    true => "not today",
                    false => "shown",
                };
                let what = format!("{} {}", scene.what.kind(), self::name(scene));
                (Deed::Scene, format!("{name}: {}: {is}", what.trim()))
            }
        };
        std::thread::sleep(SETTLES);
        Ok(done)
    }

    /// What the wall shows now.
    fn picture(&self, wall: &WallHandle) -> Option<Picture> {
        let (tell, told) = mpsc::channel();
        picture::take_then(&wall.window, picture::Leaves::Nothing, move |pixels| {
            // Nobody waits any more only where it took too long.
            let _ = tell.send(pixels);
        })
        .map_err(|error| tracing::warn!(%error, "no picture of the wall"))
        .ok()?;
        let pixels = told.recv_timeout(ANSWERS).ok()?.ok()?;
        Picture::of_rgba(&pixels)
    }

    /// The wall as it would show that notice; the first wall that there is where `wall` is none.
    pub(super) fn preview(&self, wall: usize, notice: Notice) -> Option<Picture> {
        let handle = self.walls.get(wall)?;
        let (tell, told) = mpsc::channel();
        let asked = handle.window.upgrade_in_event_loop(move |window| {
            let size = window.window().size();
            let _ = tell.send((size.width, size.height));
        });
        asked.ok()?;
        let size = told.recv_timeout(ANSWERS).ok()?;
        let settings = handle.playing.borrow().clone();
        let language = self.config.walls_language().code();
        let hall = self.store.hall().ok().flatten();
        // Slint has one window system for each thread, and this one draws into memory.
        let drawn = std::thread::Builder::new()
            .name("staff preview".to_owned())
            .spawn(move || -> Result<_, SnapshotError> {
                let headless = Headless::new()?;
                draw_notice(&headless, settings, language, size, hall, notice)
            })
            .ok()?
            .join()
            .ok()?;
        drawn
            .map_err(|error| tracing::error!(%error, "no preview of the wall"))
            .ok()
            .map(|drawn| Picture::of(&drawn))
    }
}

fn scheduled(settings: &WallSettings, now: jiff::Timestamp) -> Lit {
    let local = settings.zone.to_datetime(now);
    let look = &settings.look;
    Lit::at(&look.lights, look.theme, local, &settings.calendar)
}

fn brightness(orders: &Orders, scheduled: Lit, change: &WallChange) -> Option<u8> {
    let now = orders.brightness.unwrap_or(scheduled.brightness);
    match change {
        WallChange::Brighter => Some(now.saturating_add(STEP).min(100)),
        WallChange::Darker => Some(now.saturating_sub(STEP).max(STEP)),
        _ => None,
    }
}

/// What tells a scene from others of its kind.
fn name(scene: &Scene) -> String {
    let name = match &scene.what {
        What::Text { title, .. } => title.clone(),
        What::Image { file, caption } if caption.is_empty() => file.clone(),
        What::Image { caption, .. } => caption.clone(),
        What::Jobs { only, .. } | What::Spotlight { only, .. } => {
            let kinds = only.work_kinds.iter().map(|kind| kind.zh().to_owned());
            let words: Vec<String> = kinds
                .chain(only.towns.iter().cloned())
                .chain(only.employers.iter().cloned())
                .collect();
            words.join("、")
        }
        _ => String::new(),
    };
    name.chars().take(NAME_MOST).collect()
}
