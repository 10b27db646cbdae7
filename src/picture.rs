//! Pictures of what a wall really shows, for staff who are not in the hall: taken on the UI thread
//! when the hub asks, made into a PNG off it, and sent. Only walls: a wall shows nobody's data. Codes are
//! covered, so that nobody claims a place by a picture of one, and scenes that staff call private.

use crate::sync::Sync;
use crate::ui::{WallData, WallWindow};
use gighall_core::picture::{PICTURE_BYTES_MAX, PICTURE_WIDTH_MAX};
use image::{DynamicImage, ImageFormat, RgbaImage};
use slint::{ComponentHandle, Rgba8Pixel, SharedPixelBuffer, Weak};
use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::task::AbortHandle;
use uuid::Uuid;

/// The hub keeps a request for minutes; so often a picture is sent that did not arrive.
const TRIES: u32 = 3;
const BETWEEN_TRIES: Duration = Duration::from_secs(5);

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The wall's window is gone, or cannot be read.
    #[error("the wall cannot be taken: {0}")]
    NotTaken(String),
    /// The picture cannot be encoded.
    #[error("the picture cannot be encoded: {0}")]
    Encode(#[from] image::ImageError),
}

/// Answers until it is dropped.
pub struct Answering(AbortHandle);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Sends a picture of that wall whenever the hub asks for one; `None` where no hub is ever asked.
pub fn answer(sync: &Arc<Sync>, wall: Weak<WallWindow>, name: String) -> Option<Answering> {
    let runtime = sync.runtime()?.clone();
    let mut asked = sync.pictures_asked();
    let sync = Arc::downgrade(sync);
    let task = runtime.spawn(async move {
        while asked.changed().await.is_ok() {
            let Some(id) = *asked.borrow_and_update() else {
                continue;
            };
            let taken = match take(&wall).await {
                Ok(pixels) => tokio::task::spawn_blocking(move || png(&pixels)).await,
                Err(error) => Ok(Err(error)),
            };
            let Some(sync) = sync.upgrade() else { return };
            match taken {
                Ok(Ok(png)) => send(&sync, id, &name, png).await,
                Ok(Err(error)) => tracing::error!(%error, "no picture of the wall"),
                Err(error) => tracing::error!(%error, "no picture of the wall"),
            }
        }
    });
    Some(Answering(task.abort_handle()))
}

async fn send(sync: &Sync, id: Uuid, wall: &str, png: Vec<u8>) {
    let bytes = png.len();
    for attempt in 1..=TRIES {
        match sync.send_picture(id, wall, png.clone()).await {
            Ok(()) => {
                tracing::info!(request = %id, wall, bytes, "a picture of the wall was sent");
                return;
            }
            Err(error) => {
                tracing::warn!(%error, attempt, "a picture of the wall could not be sent");
                tokio::time::sleep(BETWEEN_TRIES).await;
            }
        }
    }
}

async fn take(wall: &Weak<WallWindow>) -> Result<SharedPixelBuffer<Rgba8Pixel>, PictureError> {
    let (done, taken) = oneshot::channel();
    take_then(wall, Leaves::TheHall, move |pixels| {
        // Nobody waits for it any more only when the program ends.
        let _ = done.send(pixels);
    })?;
    taken
        .await
        .map_err(|_| PictureError::NotTaken("the window is gone".to_owned()))?
}

/// Who sees a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaves {
    /// Whoever could look at the wall as well: all of it.
    Nothing,
    /// Others: what is to be covered is.
    TheHall,
}

/// Takes a picture of what the wall shows, on the UI thread, and hands it over there.
///
/// # Errors
/// [`PictureError::NotTaken`] where there is no UI thread.
pub fn take_then(
    wall: &Weak<WallWindow>,
    leaves: Leaves,
    then: impl FnOnce(Result<SharedPixelBuffer<Rgba8Pixel>, PictureError>) + Send + 'static,
) -> Result<(), PictureError> {
    wall.upgrade_in_event_loop(move |wall| {
        let data = wall.global::<WallData>();
        data.set_masked(leaves == Leaves::TheHall);
        let pixels = wall.window().take_snapshot();
        data.set_masked(false);
        // The renderer now takes everything for drawn, so the screen is drawn as a whole.
        data.set_anew(!data.get_anew());
        then(pixels.map_err(|error| PictureError::NotTaken(error.to_string())));
    })
    .map_err(|error| PictureError::NotTaken(error.to_string()))
}

/// A PNG of these pixels, no wider and no longer than the hub wants it: a photograph becomes smaller until
/// it is that.
///
/// # Errors
/// [`PictureError`]
pub fn png(pixels: &SharedPixelBuffer<Rgba8Pixel>) -> Result<Vec<u8>, PictureError> {
    let (width, height) = (pixels.width(), pixels.height());
    let picture = RgbaImage::from_raw(width, height, pixels.as_bytes().to_vec())
        .ok_or_else(|| PictureError::NotTaken("its size is wrong".to_owned()))?;
    let mut picture = DynamicImage::from(picture);
    if width > PICTURE_WIDTH_MAX {
        picture = picture.thumbnail(PICTURE_WIDTH_MAX, height);
    }
    loop {
        let mut bytes = Cursor::new(vec![]);
        picture.to_rgb8().write_to(&mut bytes, ImageFormat::Png)?;
        let bytes = bytes.into_inner();
        if bytes.len() <= PICTURE_BYTES_MAX {
            return Ok(bytes);
        }
        picture = picture.thumbnail(picture.width() / 2, picture.height() / 2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_wall_is_sent_smaller_and_a_small_one_as_it_is() {
        for (size, sent) in [((3840, 400), (1920, 200)), ((288, 144), (288, 144))] {
            let mut pixels = SharedPixelBuffer::<Rgba8Pixel>::new(size.0, size.1);
            pixels
                .make_mut_slice()
                .fill(Rgba8Pixel::new(0, 40, 120, 255));
            let png = png(&pixels).expect("encoded");
            let read = image::load_from_memory(&png).expect("a PNG").into_rgb8();
            assert_eq!(read.dimensions(), sent);
            assert_eq!(read.get_pixel(5, 5).0, [0, 40, 120]);
        }
    }

    /// Nothing makes noise shorter.
    #[test]
    fn what_would_be_too_long_is_sent_smaller() {
        let mut pixels = SharedPixelBuffer::<Rgba8Pixel>::new(1920, 1080);
        let mut noise = 1u32;
        for pixel in pixels.make_mut_slice() {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let [red, green, blue, _] = noise.to_be_bytes();
            *pixel = Rgba8Pixel::new(red, green, blue, 255);
        }
        let png = png(&pixels).expect("encoded");
        assert!(png.len() <= PICTURE_BYTES_MAX);
        let read = image::load_from_memory(&png).expect("a PNG");
        assert_eq!((read.width(), read.height()), (960, 540));
    }
}
