//! The screen of an X server that keeps it in a file (`Xvfb -fbdir`): an XWD picture whose pixels
//! the server changes in place. Whoever reads it sees what a monitor would show, without a word to
//! the server or to the program that draws.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// The 25 numbers at the beginning of an XWD file, in bytes.
const HEADER: usize = 25 * 4;
/// Size of an entry of the colour map that follows the header, in bytes.
const COLOUR: u64 = 12;
/// The only version there is.
const VERSION: u32 = 7;
/// Whole pixels side by side.
const Z_PIXMAP: u32 = 2;

/// Where the pixels are in an XWD file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Where the first row begins, in bytes.
    pub pixels_at: u64,
    /// From one row to the next, in bytes.
    pub row_bytes: usize,
    /// Columns, in pixels.
    pub width: u32,
    /// Rows, in pixels.
    pub height: u32,
}

impl Layout {
    /// Reads the header; `None` unless it is of a picture with 32 bits a pixel.
    pub fn parse(header: &[u8; HEADER]) -> Option<Self> {
        let number = |index: usize| {
            let bytes = header[index * 4..][..4].try_into().ok()?;
            Some(u32::from_be_bytes(bytes))
        };
        let (size, version, format) = (number(0)?, number(1)?, number(2)?);
        let (width, height) = (number(4)?, number(5)?);
        let (bits, row_bytes, colours) = (number(11)?, number(12)?, number(19)?);
        let is_known = version == VERSION && format == Z_PIXMAP && bits == 32;
        let is_whole = size as usize >= HEADER && u64::from(row_bytes) >= u64::from(width) * 4;
        (is_known && is_whole).then_some(Self {
            pixels_at: u64::from(size) + u64::from(colours) * COLOUR,
            row_bytes: row_bytes as usize,
            width,
            height,
        })
    }
}

/// The screen.
pub struct Screen {
    file: File,
    layout: Layout,
}

impl Screen {
    /// Opens the file that an X server keeps its screen in.
    ///
    /// # Errors
    /// If it is not there, or is not a screen with 32 bits a pixel.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let mut header = [0; HEADER];
        file.read_exact_at(&mut header, 0)?;
        let layout = Layout::parse(&header)
            .ok_or_else(|| io::Error::other(format!("{}: no screen", path.display())))?;
        Ok(Self { file, layout })
    }

    /// Reads rows of pixels, one after the other, into `pixels`, which is resized to hold them.
    ///
    /// # Errors
    /// If a row is not on the screen.
    pub fn read(&self, rows: &[u32], pixels: &mut Vec<u8>) -> io::Result<()> {
        let row_bytes = self.layout.row_bytes;
        pixels.resize(rows.len() * row_bytes, 0);
        for (row, into) in rows.iter().zip(pixels.chunks_exact_mut(row_bytes)) {
            let at = self.layout.pixels_at + u64::from(*row) * row_bytes as u64;
            self.file.read_exact_at(into, at)?;
        }
        Ok(())
    }

    /// Bytes of a row.
    pub fn row_bytes(&self) -> usize {
        self.layout.row_bytes
    }
}

/// Whether all pixels of a row are alike.
pub fn is_blank(row: &[u8]) -> bool {
    row.len() < 8 || row[4..] == row[..row.len() - 4]
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// A header as Xvfb writes it for 1920x1080, its name `Xvfb ...` being 56 bytes long.
    fn header() -> [u8; HEADER] {
        let mut numbers = [0_u32; 25];
        numbers[..6].copy_from_slice(&[156, 7, 2, 24, 1920, 1080]);
        numbers[11..13].copy_from_slice(&[32, 7680]);
        numbers[19] = 256;
        let bytes: Vec<u8> = numbers.iter().flat_map(|n| n.to_be_bytes()).collect();
        bytes.try_into().unwrap()
    }

    #[test]
    fn the_pixels_are_behind_header_and_colours() {
        let expected = Layout {
            pixels_at: 156 + 256 * 12,
            row_bytes: 7680,
            width: 1920,
            height: 1080,
        };
        assert_eq!(Layout::parse(&header()), Some(expected));
    }

    #[test]
    fn other_files_are_no_screens() {
        assert_eq!(Layout::parse(&[0; HEADER]), None);
        for (index, wrong) in [(1, 6), (2, 1), (11, 16), (12, 100)] {
            let mut header = header();
            header[index * 4..][..4].copy_from_slice(&u32::to_be_bytes(wrong));
            assert_eq!(Layout::parse(&header), None, "{index}");
        }
    }

    #[test]
    fn rows_are_read_where_they_are() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("Xvfb_screen0");
        let mut bytes = header().to_vec();
        bytes.resize(156 + 256 * 12, 0);
        for row in 0..1080_u32 {
            bytes.extend(row.to_le_bytes().repeat(1920));
        }
        std::fs::write(&path, bytes).unwrap();
        let (screen, mut pixels) = (Screen::open(&path).unwrap(), vec![]);
        screen.read(&[3, 1079], &mut pixels).unwrap();
        assert_eq!(pixels.len(), 2 * screen.row_bytes());
        assert_eq!(pixels[..4], 3_u32.to_le_bytes());
        assert_eq!(pixels[7680..7684], 1079_u32.to_le_bytes());
        assert!(is_blank(&pixels[..7680]));
        assert!(!is_blank(&pixels));
        assert!(screen.read(&[1080], &mut pixels).is_err());
    }
}
