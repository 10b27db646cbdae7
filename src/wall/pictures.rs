//! Pictures of the hall's own, and the first frames of its videos: read, checked and brought to size
//! off the UI thread.

use super::video::{VideoError, is_video, still};
use gighall_core::media::named;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageReader, Limits};
use slint::{Rgb8Pixel, SharedPixelBuffer};
use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// No side of a picture may have more pixels: decoded, that is a quarter of a gigabyte.
const SIDE_MOST: u32 = 8192;
/// Memory that decoding may take, in bytes.
const MEMORY_MOST: u64 = 256 << 20;

/// A picture's file, and the room in pixels that it is to fit.
pub type Wanted = (PathBuf, (u32, u32));

/// Why a picture cannot be shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// It is the hub's, and not here. Whoever fetches it tells staff why.
    #[error("{0}: is not here")]
    NotHere(PathBuf),
    /// There is no such file, or it may not be read.
    #[error("{0}: cannot be read: {1}")]
    Unreadable(PathBuf, String),
    /// It is no PNG or JPEG, or it is damaged.
    #[error("{0}: is no picture (PNG, JPEG) and no video (MP4, WebM), or is damaged: {1}")]
    Damaged(PathBuf, String),
    /// It is a video that cannot be shown.
    #[error("{0}: {1}")]
    Video(PathBuf, VideoError),
    /// It is too large.
    #[error("{0}: is too large; each side may have {SIDE_MOST} pixels at most")]
    TooLarge(PathBuf),
}

/// A picture as it is shown.
#[derive(Clone)]
pub struct Drawn {
    /// What was wanted.
    pub wanted: Wanted,
    /// By what the file is known again.
    pub stamp: Stamp,
    /// It, at the size at which it fits.
    pub pixels: SharedPixelBuffer<Rgb8Pixel>,
}

impl Drawn {
    /// What no other picture has.
    pub fn name(&self) -> String {
        format!("{:?} {:?}", self.wanted, self.stamp)
    }
}

impl std::fmt::Debug for Drawn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name())
    }
}

/// What is known of a file that can be shown: how long it plays, where it moves and says so.
pub type Checked = Result<Option<Duration>, PictureError>;

/// How a file is known again.
pub type Stamp = Option<(i64, i64, u64)>;

/// What is known of the pictures that a playlist names.
#[derive(Default)]
pub struct Gallery {
    checked: BTreeMap<PathBuf, (Stamp, Checked)>,
    drawn: Vec<Drawn>,
}

impl Gallery {
    /// Whether each of `files` can be shown. A file is read through once, and again when it changed.
    pub fn check(&mut self, files: &[PathBuf]) -> BTreeMap<PathBuf, Checked> {
        self.checked.retain(|file, _| files.contains(file));
        for file in files {
            let stamp = stamp(file);
            if self
                .checked
                .get(file)
                .is_none_or(|(known, _)| *known != stamp)
            {
                let can = look(file);
                self.checked.insert(file.clone(), (stamp, can));
            }
        }
        let checked = self.checked.iter();
        checked
            .map(|(file, (_, can))| (file.clone(), can.clone()))
            .collect()
    }

    /// The pictures at the sizes that they are wanted in. One that cannot be shown is left out;
    /// [`Gallery::check`] says why.
    pub fn draw(&mut self, wanted: &[Wanted]) -> Vec<Drawn> {
        self.drawn.retain(|drawn| {
            wanted.contains(&drawn.wanted) && drawn.stamp == stamp(&drawn.wanted.0)
        });
        for wish in wanted {
            if !self.drawn.iter().any(|drawn| drawn.wanted == *wish) {
                self.drawn.extend(draw(wish));
            }
        }
        self.drawn.clone()
    }
}

/// A frame that is only to be found good needs no more pixels.
const LOOKED_AT: (u32, u32) = (64, 64);

fn look(file: &Path) -> Checked {
    match is_video(file) {
        true => still(file, LOOKED_AT)
            // One that does not say how long it takes is on as long as a picture.
            .map(|still| still.length.filter(|length| !length.is_zero()))
            .map_err(|error| PictureError::Video(file.to_owned(), error)),
        false => open(file).map(|_| None),
    }
}

fn draw(wanted: &Wanted) -> Option<Drawn> {
    let ((width, height), stamp) = (wanted.1, stamp(&wanted.0));
    if is_video(&wanted.0) {
        let pixels = still(&wanted.0, (width, height)).ok()?.frame;
        let wanted = wanted.clone();
        return Some(Drawn {
            wanted,
            stamp,
            pixels,
        });
    }
    let fitting = open(&wanted.0)
        .ok()?
        .resize(width.max(1), height.max(1), FilterType::CatmullRom)
        .to_rgb8();
    let (width, height) = fitting.dimensions();
    Some(Drawn {
        wanted: wanted.clone(),
        stamp,
        pixels: SharedPixelBuffer::clone_from_slice(fitting.as_raw(), width, height),
    })
}

fn stamp(file: &Path) -> Stamp {
    let meta = std::fs::metadata(file).ok()?;
    // Changes with what is in it and with who may read it, and no copy can bring it back.
    Some((meta.ctime(), meta.ctime_nsec(), meta.len()))
}

/// Reads a picture whole and turns it as its camera was held. What is transparent lies on black.
fn open(file: &Path) -> Result<DynamicImage, PictureError> {
    if file.to_str().is_some_and(|file| named(file).is_some()) {
        return Err(PictureError::NotHere(file.to_owned()));
    }
    let unreadable =
        |error: std::io::Error| PictureError::Unreadable(file.to_owned(), error.to_string());
    let mut reader = ImageReader::open(file)
        .map_err(unreadable)?
        .with_guessed_format()
        .map_err(unreadable)?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MOST);
    limits.max_image_height = Some(SIDE_MOST);
    limits.max_alloc = Some(MEMORY_MOST);
    reader.limits(limits);
    let damaged = |error: ImageError| match error {
        ImageError::Limits(_) => PictureError::TooLarge(file.to_owned()),
        error => PictureError::Damaged(file.to_owned(), error.to_string()),
    };
    let mut decoder = reader.into_decoder().map_err(damaged)?;
    let turned = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    picture.apply_orientation(turned);
    if picture.color().has_alpha() {
        let mut ground = image::RgbaImage::from_pixel(
            picture.width(),
            picture.height(),
            image::Rgba([0, 0, 0, 255]),
        );
        image::imageops::overlay(&mut ground, &picture, 0, 0);
        picture = ground.into();
    }
    Ok(picture)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use image::RgbImage;

    fn say(gallery: &mut Gallery, file: &Path) -> Checked {
        gallery.check(&[file.to_owned()]).remove(file).unwrap()
    }

    #[test]
    fn what_is_no_picture_is_told_and_what_is_mended_is_shown() {
        let dir = tempfile::tempdir().unwrap();
        let mut gallery = Gallery::default();
        let file = dir.path().join("a.png");
        let at = |name: &str| dir.path().join(name);
        assert!(matches!(
            say(&mut gallery, &file),
            Err(PictureError::Unreadable(..))
        ));
        RgbImage::new(400, 100).save(&file).unwrap();
        assert_eq!(say(&mut gallery, &file), Ok(None));
        let drawn = gallery.draw(&[(file.clone(), (200, 200))]);
        let pixels = &drawn[0].pixels;
        assert_eq!((pixels.width(), pixels.height()), (200, 50));
        // Cut off in the middle.
        let whole = std::fs::read(&file).unwrap();
        std::fs::write(at("cut.png"), &whole[..whole.len() / 2]).unwrap();
        std::fs::write(at("empty.png"), []).unwrap();
        std::fs::write(
            at("outside.svg"),
            r#"<svg xmlns="http://www.w3.org/2000/svg"><image href="http://example/x"/></svg>"#,
        )
        .unwrap();
        for bad in ["cut.png", "empty.png", "outside.svg"] {
            let said = say(&mut gallery, &at(bad));
            assert!(
                matches!(said, Err(PictureError::Damaged(..))),
                "{bad}: {said:?}"
            );
            assert!(gallery.draw(&[(at(bad), (200, 200))]).is_empty());
        }
    }

    #[test]
    fn a_picture_of_20_000_pixels_is_refused_before_it_is_decoded() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("wide.png");
        RgbImage::new(20_000, 2).save(&file).unwrap();
        assert_eq!(
            say(&mut Gallery::default(), &file),
            Err(PictureError::TooLarge(file))
        );
    }
}
