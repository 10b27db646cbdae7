//! The staff menu of the terminal: behind a PIN, for one member of staff at a time. Like the other
//! flows it is a state without window or disk ([`menu`]); what it wants done is asked of the desk as
//! values, and comes back as values.

mod menu;
mod paint;

pub use menu::{StaffEvent, StaffSession};
pub use paint::StaffPainter;

use gighall_core::hall::Notice;
use gighall_core::id::{ClaimId, WorkerId};
use gighall_core::pin::Pin;
use gighall_core::playlist::Power;
use image::RgbImage;
use jiff::{SignedDuration, Timestamp};
use slint::{Rgb8Pixel, Rgba8Pixel, SharedPixelBuffer};

/// What staff want, and whose number it is written beside.
#[derive(Clone)]
pub struct StaffAsk {
    /// The staff number; empty before it is said.
    pub by: String,
    /// What.
    pub want: StaffWant,
}

/// What staff may want. It may hold a PIN, so it has no `Debug`.
#[derive(Clone)]
pub enum StaffWant {
    /// Whether there is a PIN, and whether it may be tried.
    Door,
    /// To come in with that PIN.
    Enter(String),
    /// The staff number was said.
    Said,
    /// The menu was left.
    Left,
    /// The menu as it is now.
    View,
    /// A picture of that wall, as it would show that notice.
    Preview(usize, NoticeText),
    /// To put up an emergency notice, for so many minutes or until it is taken down.
    PutUp(NoticeText, Option<u32>),
    /// To take down the one that was put up here.
    TakeDown,
    /// What that wall shows, and how it is lit.
    LookAt(usize),
    /// To change that.
    Change(usize, WallChange),
    /// How the device is.
    State,
    /// To ask the hub for what is new.
    SyncNow,
    /// What the slip is of whose number has those digits.
    FindSlip(String),
    /// To check a slip in.
    CheckIn(ClaimId),
    /// To write the logs into the configured folder.
    Export,
    /// To enrol the device with that code.
    Enrol(String),
    /// Everybody begins in that language.
    Language(String),
    /// To lift every wait after wrong tries at saying who one is.
    LiftWaits,
    /// To lift the pause that somebody is in after no-shows.
    LiftPause(WorkerId),
    /// Since when somebody has the pass that is good.
    PassOf(WorkerId),
    /// To revoke it.
    RevokePass(WorkerId),
    /// To give somebody the PIN that they chose.
    SetPin(WorkerId, Pin),
    /// Everybody is read to so loud at first, in percent.
    Volume(u8),
    /// To start the program anew.
    Restart,
    /// To end the program.
    LeaveProgram,
}

/// The slip whose number was typed: digits are mistyped, so staff see whose it is before it counts.
#[derive(Clone)]
pub struct FoundSlip {
    /// Which.
    pub id: ClaimId,
    /// Its number.
    pub number: String,
    /// Whose, masked; empty where the person is not known here.
    pub name: String,
    /// What work it is of.
    pub title: String,
    /// When to be there.
    pub meet: Timestamp,
}

/// What came of a check-in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckInView {
    /// The code of a sentence; empty before there was any.
    pub code: &'static str,
    /// The claim's number, where it is known.
    pub number: String,
    /// What work it is of, where that is known.
    pub title: String,
}

/// What may be changed of a wall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WallChange {
    /// Black until it is switched on.
    Off,
    /// Black until the hall opens next.
    OffUntilOpening,
    /// Lit; where the schedule is dark, until the hall opens next.
    On,
    /// A step brighter.
    Brighter,
    /// A step darker.
    Darker,
    /// As bright as the schedule says.
    AsScheduled,
    /// Hide the scene at that place of the list for today, or show it again.
    Toggle(String),
}

/// What came of it.
#[derive(Clone)]
pub enum StaffAnswer {
    /// How the door is; nobody came in.
    Door(Door),
    /// The PIN was right.
    Entered,
    /// The menu as it is now.
    View(StaffView),
    /// What was done (the code of a sentence, and what it was done to), and the menu as it is then.
    Done(&'static str, String, StaffView),
    /// A preview; `None` where no wall can be drawn.
    Picture(Option<Picture>),
    /// A wall.
    Wall(WallView),
    /// The slip that was looked for.
    SlipFound(FoundSlip),
    /// A slip was checked in, or was not.
    CheckedIn(CheckInView),
    /// Since when somebody has the pass that is good, as far as it is known here.
    PassOf(Option<Timestamp>),
    /// How the device is.
    Facts(Vec<Fact>),
    /// Nothing to say.
    Noted,
}

/// How the door is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// A PIN may be tried.
    Open,
    /// No PIN is set.
    Unset,
    /// The last one was wrong.
    Wrong,
    /// None may be tried for so long.
    Waits(SignedDuration),
}

/// The text of an emergency notice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoticeText {
    /// One line.
    pub title: String,
    /// Plain text; may be empty.
    pub body: String,
}

/// What the menu shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StaffView {
    /// The emergency notice that was put up here.
    pub up: Option<Notice>,
    /// Title of one that the hub put up; of several the one that began last.
    pub elsewhere: Option<String>,
    /// That one began after the one of here, and is what walls show.
    pub covered: bool,
    /// Texts to choose from.
    pub texts: Vec<NoticeText>,
    /// Names of the walls.
    pub walls: Vec<String>,
    /// Where logs are exported to; empty for nowhere.
    pub export_to: String,
    /// The language that everybody begins in.
    pub language: String,
    /// How loud everybody is read to at first, in percent.
    pub volume: u8,
}

/// A wall as it is.
#[derive(Clone, Default)]
pub struct WallView {
    /// What it shows; `None` where it cannot be seen.
    pub picture: Option<Picture>,
    /// How it is switched by hand.
    pub power: Option<Power>,
    /// The schedule has it dark now.
    pub dark_by_schedule: bool,
    /// Percent, where set by hand.
    pub brightness: Option<u8>,
    /// The playlist that is on.
    pub scenes: Vec<SceneView>,
}

/// A scene of the playlist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SceneView {
    /// What tells it from all others, wherever it stands in the list.
    pub mark: String,
    /// Its kind.
    pub kind: &'static str,
    /// What tells it from others of its kind; may be empty.
    pub name: String,
    /// It is not hidden today.
    pub shown: bool,
}

/// Something to know of the device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fact {
    /// What it is about.
    pub key: &'static str,
    /// In words or with a unit; a code where `key` is `trouble`.
    pub text: String,
    /// A moment.
    pub at: Option<Timestamp>,
    /// A number, where it is nothing else.
    pub count: u64,
    /// Staff should see to it.
    pub bad: bool,
}

impl Fact {
    /// A number.
    pub fn count(key: &'static str, count: u64) -> Self {
        Self {
            key,
            count,
            ..Self::default()
        }
    }

    /// Words.
    pub fn text(key: &'static str, text: String) -> Self {
        Self {
            key,
            text,
            ..Self::default()
        }
    }

    /// A moment, or none.
    pub fn at(key: &'static str, at: Option<Timestamp>) -> Self {
        Self {
            key,
            at,
            ..Self::default()
        }
    }

    /// Good or bad.
    pub fn bad_if(key: &'static str, bad: bool) -> Self {
        Self {
            key,
            bad,
            ..Self::default()
        }
    }

    /// Something to be mended.
    pub fn trouble(code: &str) -> Self {
        Self {
            key: "trouble",
            text: code.to_owned(),
            bad: true,
            ..Self::default()
        }
    }
}

/// A picture of a wall, small enough for the terminal.
#[derive(Clone)]
pub struct Picture(SharedPixelBuffer<Rgb8Pixel>);

/// Wider pictures are made smaller, in pixels.
const WIDE_MOST: u32 = 1280;

impl Picture {
    /// Of what was drawn.
    pub fn of(drawn: &RgbImage) -> Self {
        let (width, height) = drawn.dimensions();
        let small = (width > WIDE_MOST).then(|| {
            let high = (u64::from(height) * u64::from(WIDE_MOST) / u64::from(width)).max(1);
            let high = u32::try_from(high).unwrap_or(height);
            image::imageops::thumbnail(drawn, WIDE_MOST, high)
        });
        let picture = small.as_ref().unwrap_or(drawn);
        Self(SharedPixelBuffer::clone_from_slice(
            picture.as_raw(),
            picture.width(),
            picture.height(),
        ))
    }

    /// Of what a window shows; `None` where its size is wrong.
    pub fn of_rgba(pixels: &SharedPixelBuffer<Rgba8Pixel>) -> Option<Self> {
        let bytes = pixels.as_bytes().chunks_exact(4);
        let rgb = bytes.flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]);
        let drawn = RgbImage::from_raw(pixels.width(), pixels.height(), rgb.collect())?;
        Some(Self::of(&drawn))
    }

    /// For the window.
    pub fn image(&self) -> slint::Image {
        slint::Image::from_rgb8(self.0.clone())
    }

    /// Whether it is the very same picture.
    fn is(&self, other: &Self) -> bool {
        std::ptr::eq(self.0.as_slice(), other.0.as_slice())
    }
}
