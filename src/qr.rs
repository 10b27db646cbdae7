//! QR codes for screens: whole pixels a module, four modules of quiet zone, dark on light always.

use qrcode::{Color, EcLevel, QrCode};
use slint::{Image, Rgb8Pixel, SharedPixelBuffer};

/// Modules of quiet zone on every side, as the standard asks.
const QUIET: usize = 4;

/// A code as a picture.
#[derive(Clone, Debug)]
pub struct QrPicture {
    /// The pixels, quiet zone included.
    pub pixels: SharedPixelBuffer<Rgb8Pixel>,
    /// How many pixels wide and high each module is.
    pub scale: u32,
    /// How many modules wide and high the code is, without its quiet zone.
    pub modules: u32,
}

impl QrPicture {
    /// The picture for a window.
    pub fn image(&self) -> Image {
        Image::from_rgb8(self.pixels.clone())
    }

    /// Whether it is as large as it can be in that room.
    pub fn fills(&self, room: u32) -> bool {
        let whole = self.side() / self.scale;
        self.scale == room / whole
    }

    /// Width and height in pixels.
    pub fn side(&self) -> u32 {
        self.pixels.width()
    }
}

/// Why there is no picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QrError {
    /// No QR code holds so much.
    #[error("the text is too long for a QR code")]
    TooLong,
    /// Not even one pixel a module fits.
    #[error("the code needs {needed} pixels and has {room}")]
    TooSmall {
        /// Pixels that it needs at one pixel a module.
        needed: u32,
        /// Pixels that there are.
        room: u32,
    },
}

/// Draws `text` as large as whole pixels a module allow within `room` pixels.
pub fn draw(text: &str, room: u32) -> Result<QrPicture, QrError> {
    // Medium correction (15 %): a finger mark or some dead LEDs are survived, and modules stay
    // large enough to be read from further away.
    let code =
        QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| QrError::TooLong)?;
    let modules = code.width();
    let whole = modules + 2 * QUIET;
    let needed = u32::try_from(whole).map_err(|_| QrError::TooLong)?;
    let scale = room / needed;
    if scale == 0 {
        return Err(QrError::TooSmall { needed, room });
    }
    let dark = Rgb8Pixel { r: 0, g: 0, b: 0 };
    let light = Rgb8Pixel {
        r: 255,
        g: 255,
        b: 255,
    };
    let side = needed * scale;
    let mut pixels = SharedPixelBuffer::<Rgb8Pixel>::new(side, side);
    let (width, step) = (side as usize, scale as usize);
    let all = pixels.make_mut_slice();
    all.fill(light);
    let modules_of_rows = code.to_colors();
    for (row, modules) in (QUIET..).zip(modules_of_rows.chunks_exact(modules)) {
        // The first line of pixels is drawn, the others are the same.
        let first = row * step * width;
        for (column, module) in (QUIET..).zip(modules) {
            if *module == Color::Dark {
                let left = first + column * step;
                all[left..left + step].fill(dark);
            }
        }
        for line in 1..step {
            all.copy_within(first..first + width, first + line * width);
        }
    }
    Ok(QrPicture {
        pixels,
        scale,
        modules: needed - 2 * QUIET as u32,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn read(picture: &QrPicture) -> String {
        let grey = picture.pixels.as_slice().iter().map(|pixel| pixel.r);
        let grey = image::GrayImage::from_raw(picture.side(), picture.side(), grey.collect());
        let codes = gighall_testkit::codes_in(&grey.unwrap());
        assert_eq!(codes.len(), 1);
        codes[0].clone()
    }

    #[test]
    fn a_reader_reads_what_was_drawn() {
        for text in [
            "http://10.0.0.7:8080/j/1042",
            "https://ling.example.cn/h/weining/j/0193a1f2-6c5b-7c3e-9b1e-2f3a4b5c6d7e?t=v4.public.\
             eyJoYWxsIjoid2VpbmluZyIsImV4cCI6IjIwMjYtMTEtMjRUMDA6MDA6MDBaIn0abcdefghijklmnopqrstuvwx",
            "编号 1042",
        ] {
            for room in [120, 300, 517] {
                let picture = draw(text, room).unwrap();
                assert_eq!(read(&picture), text);
                assert!(picture.side() <= room);
                assert_eq!(picture.side(), (picture.modules + 8) * picture.scale);
                // One pixel more a module would not have fitted.
                assert!((picture.modules + 8) * (picture.scale + 1) > room);
            }
        }
    }

    #[test]
    fn the_quiet_zone_is_four_modules_of_light() {
        let picture = draw("http://10.0.0.7:8080/j/1042", 300).unwrap();
        let (side, quiet) = (picture.side() as usize, 4 * picture.scale as usize);
        for (index, pixel) in picture.pixels.as_slice().iter().enumerate() {
            let (x, y) = (index % side, index / side);
            let edge = x.min(y).min(side - 1 - x).min(side - 1 - y);
            assert!(edge >= quiet || pixel.r == 255);
        }
    }

    #[test]
    fn what_cannot_be_drawn_is_said() {
        assert_eq!(draw(&"x".repeat(5000), 4000).err(), Some(QrError::TooLong));
        assert!(matches!(
            draw("http://10.0.0.7:8080/j/1042", 20).err(),
            Some(QrError::TooSmall { room: 20, .. })
        ));
    }
}
