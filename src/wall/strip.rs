//! The ticker's line as pictures: Slint's software renderer blends letters at some eight nanoseconds a
//! pixel and copies pictures at two, in every frame. They are drawn by the same renderer off the UI thread.

use crate::snapshot::{Headless, SnapshotError};
use crate::ui::{TickerStrip, WallData, WallTheme, WallWindow};
use image::RgbImage;
use slint::{Color, ComponentHandle, Image, ModelRc, Rgb8Pixel, SharedPixelBuffer, SharedString};

/// Bytes that the pictures may take. A longer line is drawn letter by letter.
const BYTES_MOST: u64 = 4 << 20;
/// Width of one, in pixels. Slint's software renderer draws nothing of a picture that begins 4,096 pixels
/// left of the window.
const PIECE: u32 = 2048;

/// What is to be drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    text: SharedString,
    /// In pixels.
    size: f32,
    colour: Color,
    ground: Color,
}

/// A line that is drawn.
pub struct Strip {
    line: Line,
    pieces: Vec<SharedPixelBuffer<Rgb8Pixel>>,
}

/// A line that is drawn, as windows take it.
pub struct Ready {
    line: Line,
    pieces: ModelRc<Image>,
}

impl std::fmt::Debug for Strip {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Strip").field(&self.line).finish()
    }
}

impl Line {
    /// What runs on a wall now; `None` where nothing does, or where a pixel of the window is none of the
    /// panel.
    pub fn of(window: &WallWindow) -> Option<Self> {
        let text = window.global::<WallData>().get_ticker();
        let is_whole = window.window().scale_factor() == 1.0;
        let theme = window.global::<WallTheme>();
        (is_whole && !text.is_empty()).then(|| Self {
            text,
            size: theme.get_body(),
            colour: theme.get_text(),
            ground: theme.get_ground_deep(),
        })
    }

    /// Draws it, on a thread that ends with it: Slint has one window system for each thread, and all that it
    /// keeps of fonts is given back. `None` where it is too long for a picture.
    ///
    /// # Errors
    /// [`SnapshotError`]
    pub fn draw(&self) -> Result<Option<Strip>, SnapshotError> {
        let line = self.clone();
        let thread = std::thread::Builder::new().name("wall ticker".to_owned());
        let drawn = thread.spawn(move || line.draw_here(&Headless::new()?));
        let drawn = drawn.map_err(|_| SnapshotError::DidNotDraw)?;
        drawn.join().map_err(|_| SnapshotError::DidNotDraw)?
    }

    fn draw_here(self, headless: &Headless) -> Result<Option<Strip>, SnapshotError> {
        let window = TickerStrip::new()?;
        window.set_text(self.text.clone());
        window.set_size(self.size);
        window.set_colour(self.colour);
        window.set_ground(self.ground);
        // Some thousand pixels.
        let width = window.get_line_width().ceil() as u32;
        let height = window.get_line_height().ceil() as u32;
        if u64::from(width) * u64::from(height) * 3 > BYTES_MOST {
            return Ok(None);
        }
        headless.resize(&window, width, height);
        let picture = headless.draw(&window)?;
        let starts = (0..width).step_by(PIECE as usize);
        let pieces = starts.map(|left| piece(&picture, left)).collect();
        Ok(Some(Strip { line: self, pieces }))
    }
}

/// What begins `left` pixels from the beginning.
fn piece(picture: &RgbImage, left: u32) -> SharedPixelBuffer<Rgb8Pixel> {
    let width = PIECE.min(picture.width() - left);
    let cut = image::imageops::crop_imm(picture, left, 0, width, picture.height()).to_image();
    SharedPixelBuffer::clone_from_slice(cut.as_raw(), width, picture.height())
}

impl From<Strip> for Ready {
    fn from(strip: Strip) -> Self {
        let pieces: Vec<Image> = strip.pieces.into_iter().map(Image::from_rgb8).collect();
        Self {
            line: strip.line,
            pieces: pieces.as_slice().into(),
        }
    }
}

/// Gives the window the pictures where they are of the line that runs, and none where they are of another.
pub fn set(window: &WallWindow, ready: Option<&Ready>) {
    let line = Line::of(window);
    let fits = ready.filter(|ready| line.as_ref() == Some(&ready.line));
    let drawn = fits.map_or_else(ModelRc::default, |ready| ready.pieces.clone());
    let data = window.global::<WallData>();
    // The same list is not set again: it would be another one for everything that depends on it.
    if data.get_ticker_drawn() != drawn {
        data.set_ticker_drawn(drawn);
    }
}
