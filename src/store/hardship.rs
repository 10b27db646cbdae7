//! What somebody says makes it hard for them to find work. It comes here sealed to the hub, and is in
//! the outbox only, until the hub has it: nothing of this device can read it.

use super::{Store, StoreError, outbox, workers};
use gighall_core::hardship::{HARDSHIP_NOTICE_VERSION, HardshipStatement};
use gighall_core::id::WorkerId;
use gighall_core::outbox::Event;
use gighall_core::seal::SealedText;
use gighall_core::vault::Vault;
use gighall_core::worker::{Channel, Consent};
use jiff::Timestamp;
use rusqlite::Transaction;

/// What somebody said of it at the terminal.
pub enum HardshipSaid {
    /// That, sealed to the hub; the notice was agreed to.
    Agreed(SealedText),
    /// Nothing of what was said before is to count any more: nothing, sealed to the hub.
    TakenBack(SealedText),
}

impl Store {
    /// Tells the hub what a person who is known here said.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a person who is not known here.
    pub fn say_hardship(
        &self,
        worker: WorkerId,
        said: HardshipSaid,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|tx| {
            workers::must_be_known(tx, worker)?;
            tell(
                tx,
                &self.vault,
                worker,
                said,
                &Channel::Terminal.into(),
                now,
            )
        })
    }
}

/// Through which door somebody said something.
#[derive(Clone, Debug)]
pub struct Door {
    /// The door.
    pub channel: Channel,
    /// The number of the member of staff who helped.
    pub helped_by: Option<String>,
}

impl From<Channel> for Door {
    fn from(channel: Channel) -> Self {
        Self {
            channel,
            helped_by: None,
        }
    }
}

/// Tells the hub, in the transaction of what it was said with.
pub(super) fn tell(
    tx: &Transaction<'_>,
    vault: &Vault,
    worker: WorkerId,
    said: HardshipSaid,
    door: &Door,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (said, agreed) = match said {
        HardshipSaid::Agreed(said) => (said, true),
        HardshipSaid::TakenBack(said) => (said, false),
    };
    let statement = HardshipStatement {
        worker,
        said,
        consent: agreed.then_some(Consent {
            version: HARDSHIP_NOTICE_VERSION,
            at: now,
        }),
        made_at: now,
        channel: door.channel,
        helped_by: door.helped_by.clone(),
    };
    let event = Event::HardshipSaid {
        statement: Box::new(statement),
    };
    outbox::append(tx, vault, event, None, now)
}
