//! What staff do at the terminal, behind their PIN: over the store, the sync engine and the walls.
//! Each deed is written into the staff log, whether it was done or not. Everything here may wait for
//! the disk, and a PIN takes a moment to be checked: never on the UI thread.

pub mod export;
mod facts;
pub mod pin;
mod walls;

pub use walls::WallHandle;

use crate::anew::Anew;
use crate::config::Config;
use crate::store::{CheckedIn, Deed, Store, StoreError};
use crate::sync::Sync;
use crate::terminal::desk::DeskError;
use crate::terminal::staff::{
    CheckInView, Door, FoundSlip, NoticeText, StaffAnswer, StaffAsk, StaffView, StaffWant,
    WallChange,
};
use crate::terminal::voice;
use export::ExportError;
use gighall_core::hall::{Notice, NoticeKind};
use gighall_core::id::{ClaimId, NoticeId, WorkerId};
use gighall_core::identity::mask_name;
use gighall_core::pin::{PinBy, PinHash};
use gighall_core::tries::STAFF_PIN;
use jiff::{SignedDuration, Timestamp};
use pin::PinError;
use std::sync::Arc;
use uuid::Uuid;

/// What staff may do in one hall.
pub struct HallStaff {
    config: Config,
    store: Arc<Store>,
    sync: Arc<Sync>,
    walls: Vec<WallHandle>,
    anew: Anew,
}

/// Why something was not done.
enum Failure {
    /// Nothing was changed; the code of the sentence that says why, and what it is about.
    Said(&'static str, String),
    /// The desk failed.
    Desk(DeskError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Desk(error.into())
    }
}

impl From<DeskError> for Failure {
    fn from(error: DeskError) -> Self {
        Self::Desk(error)
    }
}

impl HallStaff {
    /// Over that store and that engine, with those walls; `anew` hears where the program is to begin anew.
    pub fn new(
        config: Config,
        store: Arc<Store>,
        sync: Arc<Sync>,
        walls: Vec<WallHandle>,
        anew: Anew,
    ) -> Self {
        Self {
            config,
            store,
            sync,
            walls,
            anew,
        }
    }

    /// Does what staff want.
    ///
    /// # Errors
    /// [`DeskError::Store`] where the store failed; nothing was done then.
    pub fn answer(&self, ask: StaffAsk) -> Result<StaffAnswer, DeskError> {
        let by = ask.by.as_str();
        match ask.want {
            StaffWant::Door => self.door().map(StaffAnswer::Door),
            StaffWant::Enter(pin) => self.enter(&pin),
            StaffWant::Said => {
                self.note(by, Deed::Said, "ok", "")?;
                // Whoever says a number here has come.
                if self.store.end_call(self.now())? {
                    return self.done(
                        by,
                        Deed::CallAnswered,
                        "call_answered",
                        || Ok(String::new()),
                    );
                }
                Ok(StaffAnswer::View(self.view()?))
            }
            StaffWant::Left => {
                self.note(by, Deed::Left, "ok", "")?;
                Ok(StaffAnswer::Noted)
            }
            StaffWant::View => Ok(StaffAnswer::View(self.view()?)),
            StaffWant::Preview(wall, text) => {
                let picture = self.preview(wall, self.notice(&text, None));
                Ok(StaffAnswer::Picture(picture))
            }
            StaffWant::PutUp(text, minutes) => self.done(by, Deed::NoticeUp, "notice_up", || {
                let notice = self.notice(&text, minutes);
                self.store.put_up(&notice)?;
                Ok(notice.title)
            }),
            StaffWant::TakeDown => self.done(by, Deed::NoticeDown, "notice_down", || {
                let up = self.store.take_down()?;
                Ok(up.map(|notice| notice.title).unwrap_or_default())
            }),
            StaffWant::LookAt(wall) => Ok(StaffAnswer::Wall(self.wall_view(wall)?)),
            StaffWant::Change(wall, change) => self.change(by, wall, &change),
            StaffWant::State => Ok(StaffAnswer::Facts(self.facts()?)),
            StaffWant::SyncNow => self.done(by, Deed::SyncNow, "sync_now", || {
                self.sync.wake();
                Ok(String::new())
            }),
            StaffWant::FindSlip(digits) => self.find_slip(by, &digits),
            StaffWant::CheckIn(id) => self.check_in(by, id),
            StaffWant::Export => self.done(by, Deed::Export, "export", || self.export()),
            StaffWant::Enrol(code) => self.done(by, Deed::Enrol, "enrol", || {
                // The code itself is a secret until it is used.
                self.sync.enrol_with(code);
                Ok(String::new())
            }),
            StaffWant::Language(language) => self.done(by, Deed::Language, "language", || {
                self.store.set_terminal_language(&language)?;
                Ok(language)
            }),
            StaffWant::LiftWaits => self.done(by, Deed::LiftWaits, "waits_lifted", || {
                self.store.lift_waits()?;
                Ok(String::new())
            }),
            StaffWant::LiftPause(worker) => self.lift_pause(by, worker),
            StaffWant::PassOf(worker) => Ok(StaffAnswer::PassOf(self.store.pass_since(worker)?)),
            StaffWant::RevokePass(worker) => self.revoke_pass(by, worker),
            StaffWant::SetPin(worker, chosen) => self.done(by, Deed::SetPin, "pin_set", || {
                let hash = PinHash(pin::hashed(chosen.reveal()).map_err(DeskError::from)?);
                self.store
                    .set_pin(worker, &hash, PinBy::Staff, self.now())?;
                Ok(worker.to_string())
            }),
            StaffWant::Volume(volume) => self.volume(by, volume),
            StaffWant::Restart if self.anew.would_start() => self.end(by, Deed::Restart),
            StaffWant::Restart => self.done(by, Deed::Restart, "restart", || {
                Err(Failure::Said("restart_never", String::new()))
            }),
            StaffWant::LeaveProgram => self.end(by, Deed::LeaveProgram),
        }
    }

    /// Writes down that staff helped somebody to register.
    ///
    /// # Errors
    /// [`DeskError::Store`]
    pub fn helped(&self, by: &str, worker: WorkerId) -> Result<(), DeskError> {
        self.note(by, Deed::HelpedToRegister, "ok", &worker.to_string())
    }

    fn now(&self) -> Timestamp {
        self.sync.now()
    }

    fn note(&self, by: &str, deed: Deed, outcome: &str, detail: &str) -> Result<(), DeskError> {
        Ok(self
            .store
            .staff_did(by, deed, outcome, detail, self.now())?)
    }

    /// Does a deed, writes down how it ended, and says so.
    fn done(
        &self,
        by: &str,
        deed: Deed,
        code: &'static str,
        work: impl FnOnce() -> Result<String, Failure>,
    ) -> Result<StaffAnswer, DeskError> {
        let (code, detail) = match work() {
            Ok(detail) => {
                self.note(by, deed, "ok", &detail)?;
                (code, detail)
            }
            Err(Failure::Said(why, detail)) => {
                self.note(by, deed, why, &detail)?;
                (why, detail)
            }
            Err(Failure::Desk(error)) => {
                // What cannot be done can mostly not be written down either.
                let _ = self.note(by, deed, "failed", "");
                return Err(error);
            }
        };
        Ok(StaffAnswer::Done(code, detail, self.view()?))
    }

    fn find_slip(&self, by: &str, digits: &str) -> Result<StaffAnswer, DeskError> {
        let id = self.store.claim_with_digits(digits)?;
        let held = id.map(|id| self.store.slip(id)).transpose()?.flatten();
        let Some(held) = held else {
            self.note(by, Deed::CheckIn, "unknown_number", "")?;
            return Ok(StaffAnswer::CheckedIn(CheckInView {
                code: "unknown_number",
                ..CheckInView::default()
            }));
        };
        let who = self.store.worker(held.claim.worker)?;
        Ok(StaffAnswer::SlipFound(FoundSlip {
            id: held.claim.id,
            meet: held.job.be_there_at(),
            number: held.claim.number,
            name: who.map(|who| mask_name(&who.name)).unwrap_or_default(),
            title: held.job.title,
        }))
    }

    fn check_in(&self, by: &str, id: ClaimId) -> Result<StaffAnswer, DeskError> {
        let (code, held) = match self.store.check_in(id, self.now())? {
            CheckedIn::Now(held) => ("ok", Some(held)),
            CheckedIn::Before(held) => ("before", Some(held)),
            CheckedIn::TooEarly(held) => ("too_early", Some(held)),
            CheckedIn::Unexpected(held) => (held.claim.state.code(), Some(held)),
            CheckedIn::Elsewhere => ("elsewhere", None),
        };
        self.note(by, Deed::CheckIn, code, &id.to_string())?;
        Ok(StaffAnswer::CheckedIn(CheckInView {
            code,
            number: held
                .as_ref()
                .map(|held| held.claim.number.clone())
                .unwrap_or_default(),
            title: held.map(|held| held.job.title).unwrap_or_default(),
        }))
    }

    fn door(&self) -> Result<Door, DeskError> {
        if !pin::is_set(&self.config.data) {
            return Ok(Door::Unset);
        }
        let wait = STAFF_PIN.wait(self.store.pin_tries()?, self.now());
        Ok(match wait.is_zero() {
            true => Door::Open,
            false => Door::Waits(wait),
        })
    }

    fn enter(&self, tried: &str) -> Result<StaffAnswer, DeskError> {
        if !pin::is_set(&self.config.data) || !self.store.begin_pin(self.now())? {
            return Ok(StaffAnswer::Door(self.door()?));
        }
        match pin::check(&self.config.data, tried) {
            Ok(true) => {
                self.store.pin_was_right()?;
                self.note("", Deed::Entered, "ok", "")?;
                Ok(StaffAnswer::Entered)
            }
            Ok(false) => {
                self.note("", Deed::Entered, "wrong_pin", "")?;
                match self.door()? {
                    Door::Open => Ok(StaffAnswer::Door(Door::Wrong)),
                    door => Ok(StaffAnswer::Door(door)),
                }
            }
            Err(error) => {
                tracing::error!(%error, "the staff PIN cannot be checked");
                self.note("", Deed::Entered, "failed", "")?;
                Err(DeskError::Store(error.to_string()))
            }
        }
    }

    fn notice(&self, text: &NoticeText, minutes: Option<u32>) -> Notice {
        let from = self.now();
        let end = minutes.map(|minutes| SignedDuration::from_mins(minutes.into()));
        Notice {
            id: NoticeId(Uuid::new_v4()),
            kind: NoticeKind::Emergency,
            title: text.title.clone(),
            body: text.body.clone(),
            issuer: None,
            effective_from: from,
            effective_to: end.map(|end| from.saturating_add(end).unwrap_or(from)),
            ticker: false,
        }
    }

    fn view(&self) -> Result<StaffView, DeskError> {
        let now = self.now();
        let up = self.store.own_notice(now)?;
        let all = self.store.notices(now)?;
        let own = up.as_ref().map(|up| up.id);
        let elsewhere = all
            .into_iter()
            .find(|notice| notice.kind == NoticeKind::Emergency && own != Some(notice.id));
        let covered = up.as_ref().zip(elsewhere.as_ref());
        let covered = covered.is_some_and(|(up, other)| up.effective_from < other.effective_from);
        let configured = self.config.terminal.language.code();
        let language = self.store.terminal_language()?;
        let export_to = self.config.staff.export.as_deref();
        Ok(StaffView {
            up,
            elsewhere: elsewhere.map(|notice| notice.title),
            covered,
            texts: self.config.notice_texts(),
            walls: self.walls.iter().map(|wall| wall.name.clone()).collect(),
            export_to: export_to.map_or_else(String::new, |to| to.display().to_string()),
            language: language.unwrap_or_else(|| configured.to_owned()),
            volume: self.store.terminal_volume()?.unwrap_or(voice::USUAL),
        })
    }

    fn lift_pause(&self, by: &str, worker: WorkerId) -> Result<StaffAnswer, DeskError> {
        let was = self.store.lift_pause(worker, self.now())?;
        let code = match was {
            true => "pause_lifted",
            false => "no_pause",
        };
        self.done(by, Deed::LiftPause, code, || Ok(worker.to_string()))
    }

    fn revoke_pass(&self, by: &str, worker: WorkerId) -> Result<StaffAnswer, DeskError> {
        let was = self.store.revoke_pass(worker, self.now())?;
        let code = match was {
            true => "pass_revoked",
            false => "no_pass",
        };
        self.done(by, Deed::RevokePass, code, || Ok(worker.to_string()))
    }

    /// Louder or quieter for everybody, from the next one on.
    fn volume(&self, by: &str, volume: u8) -> Result<StaffAnswer, DeskError> {
        self.store.set_terminal_volume(volume)?;
        self.note(by, Deed::Volume, "ok", &volume.to_string())?;
        Ok(StaffAnswer::View(self.view()?))
    }

    fn change(&self, by: &str, wall: usize, change: &WallChange) -> Result<StaffAnswer, DeskError> {
        let (deed, detail) = self.change_wall(wall, change)?;
        self.note(by, deed, "ok", &detail)?;
        Ok(StaffAnswer::Wall(self.wall_view(wall)?))
    }

    fn export(&self) -> Result<String, Failure> {
        match export::to_folder(&self.config, &self.store, self.now()) {
            Ok(files) => Ok(files),
            Err(ExportError::Nowhere) => Err(Failure::Said("export_nowhere", String::new())),
            Err(error) => {
                tracing::error!(%error, "the logs cannot be exported");
                let to = self.config.staff.export.as_deref();
                let to = to.map_or_else(String::new, |to| to.display().to_string());
                Err(Failure::Said("export_gone", to))
            }
        }
    }

    /// The program ends, orderly, as after a signal.
    fn end(&self, by: &str, deed: Deed) -> Result<StaffAnswer, DeskError> {
        self.note(by, deed, "ok", "")?;
        self.anew.want(deed == Deed::Restart);
        tracing::info!(deed = deed.code(), "staff end the program");
        if let Err(error) = slint::quit_event_loop() {
            tracing::error!(%error, "the program cannot be ended");
        }
        Ok(StaffAnswer::Noted)
    }
}

impl From<PinError> for DeskError {
    fn from(error: PinError) -> Self {
        Self::Store(error.to_string())
    }
}
