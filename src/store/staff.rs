//! What staff do at the terminal: their emergency notices, what they said about walls, the log of all
//! of it, and how loud it reads. The hub knows nothing of it, so nothing that it tells
//! changes it.

use super::{Store, StoreError, from_json, from_millis, meta, millis, signed, to_json};
use gighall_core::hall::Notice;
use gighall_core::playlist::Orders;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, Transaction};

/// The language that sessions begin in, where staff chose another than the configuration says.
const LANGUAGE: &str = "terminal_language";
/// How loud everybody is read to at first, in percent, where staff chose.
const VOLUME: &str = "terminal_volume";

/// The log is kept for that long.
const LOG_KEPT: SignedDuration = SignedDuration::from_hours(24 * 400);

/// What staff may do, in the log. The codes are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// The PIN was entered.
    Entered,
    /// The staff number was said.
    Said,
    /// The menu was left, or nobody was there any more.
    Left,
    /// An emergency notice was put up.
    NoticeUp,
    /// It was taken down.
    NoticeDown,
    /// A wall was switched off, or on.
    WallSwitched,
    /// A wall was made brighter or darker.
    Brightness,
    /// A scene was hidden, or shown again.
    Scene,
    /// The hub was asked for what is new.
    SyncNow,
    /// The logs were written to a folder.
    Export,
    /// Another language to begin with.
    Language,
    /// The device was to be enrolled.
    Enrol,
    /// Somebody was helped to register.
    HelpedToRegister,
    /// A slip was checked in.
    CheckIn,
    /// Waits after wrong tries at saying who one is were lifted.
    LiftWaits,
    /// The pause that somebody was in after no-shows was lifted.
    LiftPause,
    /// Somebody's pass was revoked.
    RevokePass,
    /// A PIN was set for somebody.
    SetPin,
    /// Reading aloud was made louder or quieter for everybody.
    Volume,
    /// Somebody had called staff, and they came.
    CallAnswered,
    /// The program was restarted.
    Restart,
    /// The program was left.
    LeaveProgram,
}

impl Deed {
    /// The code in the log.
    pub fn code(self) -> &'static str {
        match self {
            Self::Entered => "entered",
            Self::Said => "said_number",
            Self::Left => "left",
            Self::NoticeUp => "notice_up",
            Self::NoticeDown => "notice_down",
            Self::WallSwitched => "wall_switched",
            Self::Brightness => "brightness",
            Self::Scene => "scene",
            Self::SyncNow => "sync_now",
            Self::Export => "export",
            Self::Language => "language",
            Self::Enrol => "enrol",
            Self::HelpedToRegister => "helped_to_register",
            Self::CheckIn => "check_in",
            Self::LiftWaits => "lift_waits",
            Self::LiftPause => "lift_pause",
            Self::RevokePass => "revoke_pass",
            Self::SetPin => "set_pin",
            Self::Volume => "volume",
            Self::CallAnswered => "call_answered",
            Self::Restart => "restart",
            Self::LeaveProgram => "leave_program",
        }
    }
}

/// A line of the staff log.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct StaffLine {
    /// When, by the hub's clock as the device knows it.
    pub at: Timestamp,
    /// The staff number; empty before it is said.
    pub staff: String,
    /// [`Deed::code`]
    pub what: String,
    /// `ok`, or why it was not done.
    pub outcome: String,
    /// What it was done to.
    pub detail: String,
}

impl Store {
    /// Puts up an emergency notice of the staff's own, in the place of the one before.
    pub fn put_up(&self, notice: &Notice) -> Result<(), StoreError> {
        self.write(|tx| {
            tx.execute("DELETE FROM own_notices", [])?;
            tx.execute(
                "INSERT INTO own_notices (id, body) VALUES (?1, ?2)",
                (notice.id.to_string(), to_json(notice)?),
            )?;
            Ok(())
        })
    }

    /// Takes it down. Gives what was up, over or not.
    pub fn take_down(&self) -> Result<Option<Notice>, StoreError> {
        self.write(|tx| {
            let up = own_notices(tx)?.pop();
            tx.execute("DELETE FROM own_notices", [])?;
            Ok(up)
        })
    }

    /// The notice of the staff's own that is up at `now`.
    pub fn own_notice(&self, now: Timestamp) -> Result<Option<Notice>, StoreError> {
        let mut up = self.read(own_notices)?.into_iter();
        Ok(up.rfind(|notice| notice.is_current(now)))
    }

    /// What staff said about the wall of that name.
    pub fn orders(&self, wall: &str) -> Result<Orders, StoreError> {
        self.read(|tx| orders(tx, wall))
    }

    /// Changes what staff said about a wall, and gives what it is then.
    pub fn order(
        &self,
        wall: &str,
        change: impl FnOnce(&mut Orders),
    ) -> Result<Orders, StoreError> {
        self.write(|tx| {
            let mut said = orders(tx, wall)?;
            change(&mut said);
            tx.execute(
                "INSERT INTO wall_orders (wall, body) VALUES (?1, ?2)
                 ON CONFLICT (wall) DO UPDATE SET body = excluded.body",
                (wall, to_json(&said)?),
            )?;
            Ok(said)
        })
    }

    /// Writes a line of the staff log.
    pub fn staff_did(
        &self,
        staff: &str,
        deed: Deed,
        outcome: &str,
        detail: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let written = self.write_unseen(|tx| {
            tx.execute(
                "INSERT INTO staff_log (at, staff, what, outcome, detail)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                (millis(now), staff, deed.code(), outcome, detail),
            )?;
            let old = now.saturating_sub(LOG_KEPT).unwrap_or(now);
            tx.execute("DELETE FROM staff_log WHERE at < ?1", [millis(old)])?;
            Ok(())
        });
        written.map(drop)
    }

    /// The newest lines of the staff log, at most `most`, oldest first.
    pub fn staff_log(&self, most: usize) -> Result<Vec<StaffLine>, StoreError> {
        self.read(|tx| {
            let mut statement = tx.prepare(
                "SELECT at, staff, what, outcome, detail FROM
                     (SELECT * FROM staff_log ORDER BY id DESC LIMIT ?1) ORDER BY id",
            )?;
            let rows = statement.query_map([signed(most as u64)], |row| {
                Ok(StaffLine {
                    at: from_millis(row.get(0)?),
                    staff: row.get(1)?,
                    what: row.get(2)?,
                    outcome: row.get(3)?,
                    detail: row.get(4)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The language that sessions begin in, where staff chose one.
    pub fn terminal_language(&self) -> Result<Option<String>, StoreError> {
        self.read(|tx| meta::get(tx, LANGUAGE))
    }

    /// How loud everybody is read to at first, in percent, where staff chose.
    pub fn terminal_volume(&self) -> Result<Option<u8>, StoreError> {
        let kept = self.read(|tx| meta::number(tx, VOLUME))?;
        Ok(kept.and_then(|volume| u8::try_from(volume).ok()))
    }

    /// Staff chose how loud everybody is read to at first, in percent.
    pub fn set_terminal_volume(&self, volume: u8) -> Result<(), StoreError> {
        self.write(|tx| meta::set(tx, VOLUME, &volume.to_string()))
    }

    /// Staff chose the language that sessions begin in.
    pub fn set_terminal_language(&self, language: &str) -> Result<(), StoreError> {
        self.write(|tx| meta::set(tx, LANGUAGE, language))
    }
}

/// Every notice of the staff's own, over or not.
pub fn own_notices(tx: &Transaction<'_>) -> Result<Vec<Notice>, StoreError> {
    let mut statement = tx.prepare_cached("SELECT body FROM own_notices")?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    rows.map(|body| from_json(&body?)).collect()
}

fn orders(tx: &Transaction<'_>, wall: &str) -> Result<Orders, StoreError> {
    let kept: Option<String> = tx
        .prepare_cached("SELECT body FROM wall_orders WHERE wall = ?1")?
        .query_row([wall], |row| row.get(0))
        .optional()?;
    kept.map_or_else(|| Ok(Orders::default()), |body| from_json(&body))
}
