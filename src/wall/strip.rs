//! The ticker's line as one picture: Slint's software renderer blends letters at some eight nanoseconds a
//! pixel and copies pictures at two, in every frame. It is drawn by the same renderer off the UI thread.

use crate::snapshot::{Headless, SnapshotError};
use crate::ui::{TickerStrip, WallData, WallTheme, WallWindow};
use slint::{Color, ComponentHandle, Image, Rgb8Pixel, SharedPixelBuffer, SharedString};

/// Bytes that the picture may take. A longer line is drawn letter by letter.
const BYTES_MOST: u64 = 4 << 20;

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
#[derive(Clone)]
pub struct Strip {
    line: Line,
    pixels: SharedPixelBuffer<Rgb8Pixel>,
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
        let (width, height) = picture.dimensions();
        let pixels = SharedPixelBuffer::clone_from_slice(picture.as_raw(), width, height);
        Ok(Some(Strip { line: self, pixels }))
    }
}

/// Gives the window the picture where it is of the line that runs, and none where it is of another.
pub fn set(window: &WallWindow, strip: Option<&Strip>) {
    let line = Line::of(window);
    let fits = strip.filter(|strip| line.as_ref() == Some(&strip.line));
    let drawn = fits.map_or_else(Image::default, |it| Image::from_rgb8(it.pixels.clone()));
    let data = window.global::<WallData>();
    if data.get_ticker_drawn() != drawn {
        data.set_ticker_drawn(drawn);
    }
}
