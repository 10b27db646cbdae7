//! Why a command of the hub failed.

use gighall_core::event::EventError;
use gighall_core::id::HallId;
use gighall_core::identity::IdNumberError;
use gighall_hub::HubError;
use gighall_hub::import::ImportError;
use gighall_hub::media::MediaError;
use gighall_hub::store::StoreError;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The hub cannot be opened or served.
    #[error(transparent)]
    Hub(#[from] HubError),
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file cannot be imported.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// The address cannot be listened on, or stdout is closed.
    #[error("{0}: {1}")]
    Io(String, std::io::Error),
    /// Others could read what phones and devices send.
    #[error(
        "{0} is reached from other machines, and this server does not encrypt: whoever is on the way would read \
         tokens, names and numbers. Listen on 127.0.0.1, behind a proxy that speaks TLS, or say \
         --allow-unencrypted where nobody else is on that network"
    )]
    InTheClear(std::net::SocketAddr),
    /// What was typed for an ID number is none. The text is not repeated.
    #[error("stdin, first line: {0}")]
    IdNumber(#[from] IdNumberError),
    /// An event that cannot be put up.
    #[error(transparent)]
    Event(#[from] EventError),
    /// A sheet cannot be written.
    #[error("cannot write the sheet: {0}")]
    Sheet(#[from] csv::Error),
    /// A file that is not taken.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// A playlist that is not right.
    #[error("{0}")]
    Playlist(String),
    /// A value that cannot be.
    #[error("{0}")]
    Value(&'static str),
    /// A hall that nobody has set up.
    #[error("there is no hall {hall}: {known}; `hall set` adds one")]
    UnknownHall {
        /// The hall that was asked for.
        hall: HallId,
        /// Those that there are.
        known: String,
    },
    /// It stands in another hall than was named.
    #[error("that is of the hall {hall}, not of {named}: nothing was done")]
    OtherHall {
        /// Its hall.
        hall: HallId,
        /// The one that was named.
        named: HallId,
    },
    /// No claim has that number.
    #[error("there is no claim {0}: `claim list` shows those that wait, with their numbers")]
    NoClaim(String),
    /// The claim is not the employer's to decide on, or not any more.
    #[error("claim {number} does not wait for the employer's decision: it is {state}")]
    NotWaiting {
        /// The claim's number.
        number: String,
        /// Where it stands.
        state: &'static str,
    },
    /// The cut-off is past.
    #[error(
        "claim {number} could be withdrawn until {until}, an hour before the time to be there. \
         Who does not come is absent: `claim no-show`"
    )]
    TooLate {
        /// The claim's number.
        number: String,
        /// When the cut-off was, by the halls' clock.
        until: String,
    },
    /// The work is days away.
    #[error("nobody is expected with claim {number} yet: it is checked in from {from} on")]
    TooEarly {
        /// The claim's number.
        number: String,
        /// From when on, by the halls' clock.
        from: String,
    },
    /// No application has that number, or none that is not finished.
    #[error("there is no application {0} to do that with: `application list` shows them")]
    NoApplication(String),
    /// No complaint has that number, or none that stands before that.
    #[error("there is no complaint {0} to do that with: `complaint list` shows them")]
    NoComplaint(String),
    /// Terminals that had lost their data made up the same number.
    #[error("{claims} such claims have the number {number}: nothing was changed")]
    Ambiguous {
        /// The number.
        number: String,
        /// How many.
        claims: usize,
    },
}
