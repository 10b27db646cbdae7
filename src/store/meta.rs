//! Small things kept by name, and what staff should know.

use super::{Identity, Store, StoreError, from_json, from_millis, millis, to_json};
use gighall_core::hall::HallFigures;
use gighall_core::id::{DeviceId, Epoch, HubEpoch};
use gighall_core::vault::Vault;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Transaction};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// JSON of core's Hall.
pub const HALL: &str = "hall";
/// JSON of core's HallFigures.
const FIGURES: &str = "figures";
/// The epoch that accounts and the newest log belong to.
pub const EPOCH: &str = "epoch";
/// The hub's epoch at that time.
pub const HUB_EPOCH: &str = "hub_epoch";
/// The device's id at that time.
pub const DEVICE: &str = "device";
/// JSON of the epochs before that ended in good order here: none of their rights is left, and everything
/// that they did is in the outbox.
pub const ENDED: &str = "ended_epochs";
/// Identity::mark at the last start.
pub const MARK: &str = "mark";
/// The one before it, which is still the identity's where a start was cut short.
pub const MARK_BEFORE: &str = "mark_before";
/// A known text, encrypted: shows whether the key is the one that the data was encrypted with.
const KEY_CHECK: &str = "key_check";
/// Claims numbered so far.
pub const CLAIMS_NUMBERED: &str = "claims_numbered";
/// Contact::clock_offset_ms
pub const CLOCK_OFFSET: &str = "clock_offset_ms";
/// Contact::last
pub const LAST_CONTACT: &str = "last_contact";
/// JSON of Contact::met
const MET: &str = "met";
const LINK_PROBLEM: &str = "link_problem";

/// How long staff are told of damage that was healed.
const TOLD_FOR: SignedDuration = SignedDuration::from_hours(24 * 7);

/// What staff may have to do something about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StaffCode {
    /// The store was damaged and started afresh.
    StoreDamaged,
    /// The hub holds another record of this device's log: the store was restored or cloned.
    LogFork,
    /// The hub misses records that this device no longer has, or that it wrote as another device.
    LogGap,
    /// The device must be enrolled again by staff.
    EnrolAgain,
    /// What waits to be sent cannot be read, or what was sent cannot be marked: the disk fails.
    Device,
    /// The configuration was changed while the kiosk runs, and is not right.
    Configuration,
    /// The wall cannot show everything that its playlist names.
    Wall,
    /// A playlist of the hub cannot be played, or not all of it.
    Playlist,
    /// A file of the hub that a playlist names cannot be had.
    Media,
    /// A monitor that the configuration names is not connected.
    Output,
    /// The disk is nearly full.
    Disk,
}

impl StaffCode {
    /// Every code.
    pub const ALL: [Self; 11] = [
        Self::StoreDamaged,
        Self::LogFork,
        Self::LogGap,
        Self::EnrolAgain,
        Self::Device,
        Self::Configuration,
        Self::Wall,
        Self::Playlist,
        Self::Media,
        Self::Output,
        Self::Disk,
    ];

    /// The stable code that the store, `status` and translations use.
    pub fn code(self) -> &'static str {
        match self {
            Self::StoreDamaged => "store-damaged",
            Self::LogFork => "log-fork",
            Self::LogGap => "log-gap",
            Self::EnrolAgain => "enrol-again",
            Self::Device => "device",
            Self::Configuration => "configuration",
            Self::Wall => "wall",
            Self::Playlist => "playlist",
            Self::Media => "media",
            Self::Output => "output",
            Self::Disk => "disk",
        }
    }
}

/// One thing that staff should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StaffNotice {
    /// [`StaffCode::code`]
    pub code: String,
    /// Since when.
    pub at: Timestamp,
    /// What happened, in English, for the log and for `status`.
    pub detail: String,
}

/// What is known of the last contact with the hub.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contact {
    /// When the hub last answered, by the hub's clock.
    pub last: Option<Timestamp>,
    /// Clock of the device less clock of the hub, in milliseconds.
    pub clock_offset_ms: i64,
    /// The same moment by a clock that nobody sets; `None` where the machine has none, or the contact is of
    /// an older version.
    pub met: Option<Met>,
    /// What is wrong since then: a code of [`crate::sync::LinkProblem`].
    pub problem: Option<String>,
}

/// When the hub was met last, by the machine's time since it was switched on (rule 9).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Met {
    /// Which time the machine was switched on.
    pub boot: String,
    /// How long it had been on.
    pub since_boot_ms: i64,
    /// The hub's time then.
    pub hub: Timestamp,
}

/// A contact is kept every half minute; after twice that long without one, the hub is away.
const LIVE_FOR: SignedDuration = SignedDuration::from_secs(60);

impl Contact {
    /// Whether the hub was in reach at that time of its clock, as far as the store knows.
    pub fn is_live(&self, at: Timestamp) -> bool {
        self.problem.is_none()
            && self
                .last
                .is_some_and(|last| at.duration_since(last).abs() < LIVE_FOR)
    }
}

/// Damage that was healed is told for a week; everything else until it is settled.
pub fn forget_old_notices(tx: &Transaction<'_>, now: Timestamp) -> Result<(), StoreError> {
    let week_ago = now.saturating_sub(TOLD_FOR).unwrap_or(now);
    tx.execute(
        "DELETE FROM staff_notices WHERE code = ?1 AND at < ?2",
        (StaffCode::StoreDamaged.code(), millis(week_ago)),
    )?;
    Ok(())
}

impl Store {
    /// The last contact with the hub.
    pub fn contact(&self) -> Result<Contact, StoreError> {
        self.read(|tx| {
            Ok(Contact {
                last: number(tx, LAST_CONTACT)?.map(from_millis),
                clock_offset_ms: number(tx, CLOCK_OFFSET)?.unwrap_or(0),
                // One that cannot be read is as good as none.
                met: get(tx, MET)?.and_then(|kept| from_json(&kept).ok()),
                problem: get(tx, LINK_PROBLEM)?,
            })
        })
    }

    /// Keeps the last contact with the hub.
    pub fn note_contact(&self, contact: &Contact) -> Result<(), StoreError> {
        self.write(|tx| {
            if let Some(last) = contact.last {
                set(tx, LAST_CONTACT, &millis(last).to_string())?;
            }
            set(tx, CLOCK_OFFSET, &contact.clock_offset_ms.to_string())?;
            match &contact.met {
                Some(met) => set(tx, MET, &to_json(met)?)?,
                None => unset(tx, MET)?,
            }
            match &contact.problem {
                Some(problem) => set(tx, LINK_PROBLEM, problem),
                None => unset(tx, LINK_PROBLEM),
            }
        })
    }

    /// What the hub counted last of this hall, and of which day.
    pub fn hall_figures(&self) -> Result<Option<HallFigures>, StoreError> {
        self.read(|tx| get(tx, FIGURES)?.map(|kept| from_json(&kept)).transpose())
    }

    /// Keeps what the hub counted.
    pub fn note_figures(&self, figures: &HallFigures) -> Result<(), StoreError> {
        self.write(|tx| set(tx, FIGURES, &to_json(figures)?))
    }

    /// What staff should know, oldest first.
    pub fn staff_notices(&self) -> Result<Vec<StaffNotice>, StoreError> {
        self.read(|tx| {
            let mut statement =
                tx.prepare_cached("SELECT code, at, detail FROM staff_notices ORDER BY id")?;
            let rows = statement.query_map([], |row| {
                Ok(StaffNotice {
                    code: row.get(0)?,
                    at: from_millis(row.get(1)?),
                    detail: row.get(2)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Tells staff of something, once for each code until it is settled.
    pub fn tell_staff(
        &self,
        code: StaffCode,
        detail: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|tx| tell_staff(tx, code, detail, now))
    }

    /// Staff need not be told of that any more. Where they were not told, nothing is written.
    pub fn settle(&self, code: StaffCode) -> Result<(), StoreError> {
        let was_told = "SELECT 1 FROM staff_notices WHERE code = ?1";
        if !self.read(|tx| Ok(tx.prepare_cached(was_told)?.exists([code.code()])?))? {
            return Ok(());
        }
        self.write(|tx| {
            tx.execute("DELETE FROM staff_notices WHERE code = ?1", [code.code()])?;
            Ok(())
        })
    }

    /// The device that the outbox belongs to.
    pub fn device(&self) -> Result<Option<DeviceId>, StoreError> {
        self.read(|tx| Ok(get(tx, DEVICE)?.and_then(|text| text.parse().ok())))
    }

    /// The enrolment that accounts and the newest log belong to: device, epoch, the hub's epoch.
    /// `None` for a new store: rights need a new enrolment then (rule 10).
    pub fn enrolment(&self) -> Result<Option<(DeviceId, Epoch, HubEpoch)>, StoreError> {
        self.read(|tx| {
            let device = get(tx, DEVICE)?.and_then(|text| text.parse().ok());
            let as_u32 = |n: i64| u32::try_from(n).unwrap_or(0);
            let epoch = number(tx, EPOCH)?.map(as_u32);
            let hub_epoch = number(tx, HUB_EPOCH)?.map(as_u32);
            Ok(device
                .zip(epoch)
                .zip(hub_epoch)
                .map(|((device, epoch), hub)| (device, Epoch(epoch), HubEpoch(hub))))
        })
    }
}

/// Finds out early that the key is not the one that the data was encrypted with. A store that has
/// no check yet is given one, if it may be `written`.
pub fn check_key(connection: &Connection, vault: &Vault, written: bool) -> Result<(), StoreError> {
    let kept: Option<String> = connection
        .query_row(
            "SELECT value FROM meta WHERE key = ?1",
            [KEY_CHECK],
            |row| row.get(0),
        )
        .optional()?;
    match kept {
        Some(kept) => {
            let kept = hex::decode(kept).map_err(|error| StoreError::Damaged(error.to_string()))?;
            vault
                .decrypt(KEY_CHECK, &kept)
                .map(drop)
                .map_err(|_| StoreError::WrongKey)
        }
        None if written => {
            let mine = hex::encode(vault.encrypt(KEY_CHECK, "gighall"));
            connection.execute(
                "INSERT INTO meta (key, value) VALUES (?1, ?2)",
                (KEY_CHECK, mine),
            )?;
            Ok(())
        }
        None => Ok(()),
    }
}

/// The value kept under that name.
pub fn get(tx: &Transaction<'_>, key: &str) -> Result<Option<String>, StoreError> {
    Ok(tx
        .prepare_cached("SELECT value FROM meta WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()?)
}

/// The number kept under that name.
pub fn number(tx: &Transaction<'_>, key: &str) -> Result<Option<i64>, StoreError> {
    Ok(get(tx, key)?.and_then(|text| text.parse().ok()))
}

/// The next of the numbers that are counted under `counter`, with a `sign` that tells its kind. A store
/// that still waits for its enrolment does not know which numbers were given out before it, so it
/// takes five digits of the random id.
pub fn next_number(
    tx: &Transaction<'_>,
    identity: &Identity,
    counter: &str,
    sign: &str,
    id: Uuid,
) -> Result<String, StoreError> {
    let prefix = &identity.claim_prefix;
    if number(tx, EPOCH)? != Some(i64::from(identity.epoch.0)) {
        return Ok(format!("{prefix}-{sign}T{:05}", id.as_u128() % 100_000));
    }
    let next = number(tx, counter)?.unwrap_or(0) + 1;
    set(tx, counter, &next.to_string())?;
    Ok(format!("{prefix}-{sign}{next:04}"))
}

/// Keeps a value under a name.
pub fn set(tx: &Transaction<'_>, key: &str, value: &str) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO meta (key, value) VALUES (?1, ?2)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE value <> excluded.value",
    )?
    .execute((key, value))?;
    Ok(())
}

/// Forgets what is kept under a name.
pub fn unset(tx: &Transaction<'_>, key: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM meta WHERE key = ?1", [key])?;
    Ok(())
}

/// See [`Store::tell_staff`].
pub fn tell_staff(
    tx: &Transaction<'_>,
    code: StaffCode,
    detail: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO staff_notices (at, code, detail) VALUES (?1, ?2, ?3)
         ON CONFLICT (code) DO UPDATE SET detail = excluded.detail
             WHERE detail <> excluded.detail",
        (millis(now), code.code(), detail),
    )?;
    Ok(())
}
