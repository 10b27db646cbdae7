//! What `[terminal]` says of the devices beside it.

use gighall_devices::escpos::Paper;
use gighall_devices::line::Address;
use serde::Deserialize;
use serde::de::{Deserializer, Error};
use std::path::PathBuf;

/// `[terminal.printer]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PrinterConfig {
    /// Whether slips are printed where there is a printer.
    pub enabled: bool,
    /// Where it is; the first one at a USB port if not given.
    #[serde(deserialize_with = "address")]
    pub address: Option<Address>,
    /// Speed of a serial printer.
    pub baud: u32,
    /// Width of its paper.
    pub width_mm: u32,
    /// How codes are printed.
    pub codes: Codes,
}

impl Default for PrinterConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            address: None,
            baud: 9_600,
            width_mm: 80,
            codes: Codes::Native,
        }
    }
}

impl PrinterConfig {
    /// The paper.
    pub fn paper(&self) -> Paper {
        let paper = match self.width_mm {
            ..70 => Paper::NARROW,
            _ => Paper::WIDE,
        };
        Paper {
            raster: self.codes == Codes::Picture,
            ..paper
        }
    }
}

/// How a printer gets a QR code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Codes {
    /// It draws the code itself.
    #[default]
    Native,
    /// It is sent a picture.
    Picture,
}

/// `[terminal.scanner]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScannerConfig {
    /// Whether codes are taken.
    pub enabled: bool,
    /// Where a serial scanner is; the first one that is named as scanners are if not given.
    #[serde(deserialize_with = "address")]
    pub address: Option<Address>,
    /// Speed of a serial scanner.
    pub baud: u32,
}

impl Default for ScannerConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            address: None,
            baud: 9_600,
        }
    }
}

/// `[terminal.id_card]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IdCardConfig {
    /// Whether cards are read where there is a reader.
    pub enabled: bool,
    /// Where it is; the first serial port where one answers if not given.
    #[serde(deserialize_with = "address")]
    pub address: Option<Address>,
    /// Its speed.
    pub baud: u32,
}

impl Default for IdCardConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            address: None,
            baud: 115_200,
        }
    }
}

/// `[terminal.speech]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SpeechConfig {
    /// Whether there is a button that reads aloud, where something can.
    pub enabled: bool,
    /// The speech server's socket; where it is usually if not given.
    pub socket: Option<PathBuf>,
    /// Whether the speech server is started where it does not run yet, and again where it ends or hangs.
    pub start_server: bool,
    /// Folder of the hall's own clips, relative to the configuration file.
    pub clips: PathBuf,
    /// Whether a call for staff is said aloud.
    pub calls: bool,
}

impl Default for SpeechConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            socket: None,
            start_server: true,
            clips: PathBuf::from("assets/clips"),
            calls: false,
        }
    }
}

fn address<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Address>, D::Error> {
    let text = String::deserialize(from)?;
    text.parse().map(Some).map_err(D::Error::custom)
}
