//! How a device is: what staff see, and what the log says when it changes.

use std::sync::{Arc, Mutex, PoisonError};

/// How a device is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// None is connected.
    #[default]
    Absent,
    /// Its line is open, but it has not said anything yet, or never does.
    Found,
    /// It answers.
    Working,
    /// It is there and does not do what it should.
    Fault(Fault),
}

/// What is wrong with a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A printer without paper.
    #[error("the paper is used up")]
    PaperOut,
    /// A printer whose cover is open.
    #[error("the cover is open")]
    CoverOpen,
    /// A printer that says that something else is wrong with it.
    #[error("the device reports an error of its own")]
    Device,
    /// It does not answer.
    #[error("the device does not answer")]
    NoAnswer,
    /// What it says makes no sense, again and again.
    #[error("what the device sends cannot be understood")]
    Garbled,
    /// This program may not open it.
    #[error("this program may not open the device")]
    NotPermitted,
    /// The line was cut while it was used.
    #[error("the line to the device was cut")]
    Cut,
    /// A speech server without a voice for the language.
    #[error("there is no voice for this language")]
    NoVoice,
}

impl Fault {
    /// Every fault.
    pub const ALL: &'static [Self] = &[
        Self::PaperOut,
        Self::CoverOpen,
        Self::Device,
        Self::NoAnswer,
        Self::Garbled,
        Self::NotPermitted,
        Self::Cut,
        Self::NoVoice,
    ];

    /// The name that screens and files know it by.
    pub fn code(self) -> &'static str {
        match self {
            Self::PaperOut => "paper_out",
            Self::CoverOpen => "cover_open",
            Self::Device => "device",
            Self::NoAnswer => "no_answer",
            Self::Garbled => "garbled",
            Self::NotPermitted => "not_permitted",
            Self::Cut => "cut",
            Self::NoVoice => "no_voice",
        }
    }
}

impl State {
    /// The name that screens and files know it by: that of its fault where it has one.
    pub fn code(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Found => "found",
            Self::Working => "working",
            Self::Fault(fault) => fault.code(),
        }
    }

    /// In plain words, for the log and the command line.
    pub fn words(self) -> String {
        match self {
            Self::Absent => "not connected".to_owned(),
            Self::Found => "connected; it has not said anything yet".to_owned(),
            Self::Working => "working".to_owned(),
            Self::Fault(fault) => fault.to_string(),
        }
    }

    /// What a line that cannot be opened means.
    pub fn of_open(error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ResourceBusy => {
                Self::Fault(Fault::NotPermitted)
            }
            _ => Self::Absent,
        }
    }
}

/// Where a device's state can be read, by any number of readers.
#[derive(Clone, Debug, Default)]
pub struct Gauge(Arc<Mutex<State>>);

impl Gauge {
    /// The state now.
    pub fn get(&self) -> State {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The device `name` is like that now. A change goes to the log.
    pub(crate) fn set(&self, name: &str, state: State) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if *held != state {
            *held = state;
            tracing::info!(device = name, state = %state.words(), "a device changed");
        }
    }
}
