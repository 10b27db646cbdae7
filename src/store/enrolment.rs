//! Who this device is: what the hub gave it at enrolment, in a file of its own that outlives the
//! store, and the change of epoch in the store.

use super::{Store, StoreError, from_json, meta, outbox, proof, to_json};
use gighall_core::id::{DeviceId, Epoch, HallId, HubEpoch};
use gighall_core::seal::SealingKey;
use gighall_core::wire::EnrolReply;
use jiff::Timestamp;
use rusqlite::Transaction;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::Path;
use uuid::Uuid;

/// Name of the identity's file in the data directory.
pub const IDENTITY_FILE: &str = "device.json";

/// Name of the file with the signing key of a first enrolment whose answer is still to come.
const ENROLLING_FILE: &str = "enrolling.key";

/// What the hub gave this device. In a file that only the program may read (0600).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Its id.
    pub device: DeviceId,
    /// Its name, as staff gave it.
    pub name: String,
    /// Its hall.
    pub hall: HallId,
    /// Its epoch.
    pub epoch: Epoch,
    /// The hub's epoch at enrolment.
    pub hub_epoch: HubEpoch,
    /// Its secret at the hub.
    pub token: String,
    /// Secret half of the key that signs presence tokens, in hexadecimal.
    pub signing_key: String,
    /// Since when it signs; `None` where it was made before that was kept.
    #[serde(default)]
    pub signing_key_since: Option<Timestamp>,
    /// The key that is to follow, while the hub has not said yet that it knows it.
    #[serde(default)]
    pub next_signing_key: Option<String>,
    /// Where identity numbers are sealed to.
    pub sealing_key: SealingKey,
    /// Before the dash in claim numbers.
    pub claim_prefix: String,
    /// Where phones reach the hub, without a slash at the end.
    pub phone_url: String,
    /// Renewed at each start, here and in the store, so that an older copy of the store is noticed.
    #[serde(default)]
    pub mark: String,
}

/// Without the secrets.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("device", &self.device)
            .field("hall", &self.hall)
            .field("epoch", &self.epoch)
            .field("hub_epoch", &self.hub_epoch)
            .finish_non_exhaustive()
    }
}

impl Identity {
    /// What an enrolment made of this device.
    pub fn new(reply: &EnrolReply, signing_key: String) -> Self {
        Self {
            device: reply.device,
            name: reply.name.clone(),
            hall: reply.hall.id.clone(),
            epoch: reply.epoch,
            hub_epoch: reply.hub_epoch,
            token: reply.token.clone(),
            signing_key,
            signing_key_since: Some(reply.now),
            next_signing_key: None,
            sealing_key: reply.sealing_key.clone(),
            claim_prefix: reply.claim_prefix.clone(),
            phone_url: reply.phone_url.trim_end_matches('/').to_owned(),
            mark: new_mark(),
        }
    }

    /// The same under the later epoch of a restored hub that the store has taken on ([`Store::adopt_hub`]),
    /// where the program died before this was written.
    #[must_use]
    pub fn caught_up(self, stored: Option<(DeviceId, Epoch, HubEpoch)>) -> Self {
        match stored {
            Some((device, epoch, hub_epoch))
                if (device, epoch) == (self.device, self.epoch) && hub_epoch > self.hub_epoch =>
            {
                Self { hub_epoch, ..self }
            }
            _ => self,
        }
    }

    /// The identity kept in a data directory; `None` before the first enrolment.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if the file cannot be understood.
    pub fn load(dir: &Path) -> Result<Option<Self>, StoreError> {
        let path = dir.join(IDENTITY_FILE);
        match std::fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text)
                .map(Some)
                .map_err(|error| StoreError::Damaged(format!("{}: {error}", path.display()))),
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(StoreError::File { path, cause }),
        }
    }

    /// Writes the identity, whole or not at all.
    ///
    /// # Errors
    /// As the file system gives them.
    pub fn save(&self, dir: &Path) -> Result<(), StoreError> {
        let path = dir.join(IDENTITY_FILE);
        gighall_host::write_private(&path, to_json(self)?.as_bytes())
            .map_err(|cause| StoreError::File { path, cause })?;
        // The key of it is in there now. Should this fail, the next start does it.
        let _ = std::fs::remove_file(dir.join(ENROLLING_FILE));
        Ok(())
    }

    /// The signing key of a first enrolment that was begun; `None` where none was.
    ///
    /// # Errors
    /// As the file system gives them.
    pub fn key_begun_with(dir: &Path) -> Result<Option<String>, StoreError> {
        let path = dir.join(ENROLLING_FILE);
        match std::fs::read_to_string(&path) {
            Ok(key) => Ok(Some(key)),
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(StoreError::File { path, cause }),
        }
    }

    /// Keeps the signing key of a first enrolment, before the hub hears of it: a hub that took the code
    /// gives its answer again to the same key only, and the program may die before it hears that answer.
    ///
    /// # Errors
    /// As the file system gives them.
    pub fn begin_with(dir: &Path, key: &str) -> Result<(), StoreError> {
        let path = dir.join(ENROLLING_FILE);
        gighall_host::write_private(&path, key.as_bytes())
            .map_err(|cause| StoreError::File { path, cause })
    }
}

impl Store {
    /// The hub has enrolled this device: its accounts begin at nothing (rule 10), and records that
    /// waited for an enrolment become the beginning of its log. Call it after the identity is
    /// saved: if the program dies between the two, the epochs differ and it enrols once more.
    pub fn enrolled(&self, identity: &Identity, reply: &EnrolReply) -> Result<(), StoreError> {
        self.write(|tx| {
            let same_hub = meta::get(tx, meta::DEVICE)?.as_deref()
                == Some(identity.device.to_string().as_str())
                && meta::number(tx, meta::HUB_EPOCH)? == Some(i64::from(identity.hub_epoch.0));
            if !same_hub {
                forget_cursors(tx)?;
            }
            if meta::number(tx, meta::EPOCH)? != Some(i64::from(identity.epoch.0)) || !same_hub {
                begin_epoch(tx, identity, reply.now)?;
            }
            meta::set(tx, meta::MARK, &identity.mark)?;
            meta::unset(tx, meta::MARK_BEFORE)?;
            meta::set(tx, meta::HALL, &to_json(&reply.hall)?)
        })
    }

    /// Rule 12: the hub was restored, and has another epoch now. No grant from before is taken any more, and
    /// its feed is another one. Rights that are here stay.
    pub fn adopt_hub(&self, epoch: Epoch, hub_epoch: HubEpoch) -> Result<(), StoreError> {
        self.write(|tx| {
            if meta::number(tx, meta::EPOCH)? == Some(i64::from(epoch.0)) {
                meta::set(tx, meta::HUB_EPOCH, &hub_epoch.0.to_string())?;
                forget_cursors(tx)?;
            }
            Ok(())
        })
    }

    /// Rule 10: the log of that epoch forked or has a hole. Its rights are gone at once, also for a
    /// start without the hub, and a new epoch is asked for.
    pub fn leave_epoch(&self, epoch: Epoch) -> Result<(), StoreError> {
        self.write(|tx| match meta::number(tx, meta::EPOCH)? {
            Some(present) if present == i64::from(epoch.0) => end_epoch(tx),
            _ => Ok(()),
        })
    }

    /// Rule 10: a store that an older copy was put in place of has no rights, and a new epoch is
    /// asked for. Its mark is then not the one beside it. Marks are renewed in the store first, which
    /// keeps the one before: the program may die between the two, and nothing happened under the new
    /// mark then. The store is the last one all the same, as no older copy knows both.
    pub(super) fn check_mark(&self, dir: &Path) -> Result<(), StoreError> {
        let Some(mut identity) = Identity::load(dir)? else {
            return Ok(());
        };
        let beside = std::mem::replace(&mut identity.mark, new_mark());
        let (kept, before) = self.read(|tx| {
            Ok((
                meta::get(tx, meta::MARK)?,
                meta::get(tx, meta::MARK_BEFORE)?,
            ))
        })?;
        let is_last = kept.unwrap_or_default() == beside || before.as_ref() == Some(&beside);
        if !is_last {
            tracing::warn!("the store is not the one of the last start: its rights are gone");
            self.write_ahead(end_epoch)?;
        }
        let renewed = self
            .write_ahead(|tx| {
                meta::set(tx, meta::MARK, &identity.mark)?;
                meta::set(tx, meta::MARK_BEFORE, &beside)
            })
            .and_then(|()| identity.save(dir));
        if let Err(error) = renewed {
            // A full disk is no reason to show nothing.
            tracing::error!(%error, "the mark of this start could not be kept");
        }
        Ok(())
    }
}

fn new_mark() -> String {
    Uuid::new_v4().to_string()
}

/// No rights under the epoch that was; what is recorded from now on belongs to the next one.
fn end_epoch(tx: &Transaction<'_>) -> Result<(), StoreError> {
    tx.execute("DELETE FROM accounts", [])?;
    meta::unset(tx, meta::EPOCH)?;
    meta::unset(tx, meta::HUB_EPOCH)
}

/// Cursors of another hub, or of one that was restored, mean nothing.
fn forget_cursors(tx: &Transaction<'_>) -> Result<(), StoreError> {
    // Without a condition SQLite would empty the table at once, and tell the finder of no row.
    tx.execute("DELETE FROM cursors WHERE seq >= 0", [])?;
    Ok(())
}

/// The epochs that ended in good order here.
pub fn ended(tx: &Transaction<'_>) -> Result<Vec<Epoch>, StoreError> {
    let kept = meta::get(tx, meta::ENDED)?;
    kept.map_or(Ok(vec![]), |kept| from_json(&kept))
}

/// Another epoch follows the present one, if there is one: a store that was damaged or put back from a
/// copy has none.
fn note_ended(tx: &Transaction<'_>, same_device: bool, next: Epoch) -> Result<(), StoreError> {
    let mut all = match same_device {
        true => ended(tx)?,
        false => vec![],
    };
    let present = meta::number(tx, meta::EPOCH)?.and_then(|epoch| u32::try_from(epoch).ok());
    if let Some(present) = present.map(Epoch).filter(|it| same_device && *it != next) {
        all.retain(|epoch| *epoch != present);
        all.push(present);
    }
    meta::set(tx, meta::ENDED, &to_json(&all)?)
}

fn begin_epoch(
    tx: &Transaction<'_>,
    identity: &Identity,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute("DELETE FROM accounts", [])?;
    let before = meta::get(tx, meta::DEVICE)?.unwrap_or_default();
    note_ended(tx, before == identity.device.to_string(), identity.epoch)?;
    outbox::change_device(tx, &before, &identity.device.to_string(), now)?;
    tx.execute(
        "UPDATE outbox SET epoch = ?1 WHERE epoch = 0",
        [identity.epoch.0],
    )?;
    proof::adopt(tx, identity)?;
    meta::set(tx, meta::DEVICE, &identity.device.to_string())?;
    meta::set(tx, meta::EPOCH, &identity.epoch.0.to_string())?;
    meta::set(tx, meta::HUB_EPOCH, &identity.hub_epoch.0.to_string())
}
