//! The store's methods, each one transaction over the modules beside this one.

use super::claims::{Taken, Turn};
use super::write::Write;
use super::{
    SqliteStore, applications, audit, backup, claims, complaints, connect, devices, enrolments,
    feed, halls, hardship, hardship_said, import, jobs, lock, mark, media, outbox, passes, pauses,
    permits, pictures, playlists, posted, proof, ratings, restored, rights, seekers, sessions,
    signing_keys, slips, worker_file, workers, written_off,
};
use crate::store::{
    AuditQuery, Audited, Caller, Demand, DeviceClaim, DeviceStatus, EmployerRating, Enrolled,
    EnteredSlip, FoundWorker, ImportCounts, KeptApplication, KeptComplaint, KeptHardship,
    ListedJob, Listing, NewClaim, NewWorker, PaperSlip, Person, Picture, ProofRow, Restored,
    SaidHardship, StaffMember, Store, StoreError, WorkerFile, WriteOff,
};
use gighall_core::claim::Claim;
use gighall_core::complaint::{ComplaintNews, ComplaintState};
use gighall_core::event::Event;
use gighall_core::hall::{Hall, HallFigures, Notice};
use gighall_core::hardship::Hardship;
use gighall_core::id::{
    ApplicationId, ClaimId, ComplaintId, DeviceId, EnrolmentId, EventId, HallId, HubEpoch, JobId,
    NoticeId, WorkerId,
};
use gighall_core::identity::IdNumber;
use gighall_core::job::Job;
use gighall_core::media::MediaFile;
use gighall_core::outbox::Record;
use gighall_core::pass::Pass;
use gighall_core::pause::Pause;
use gighall_core::playlist::HubPlaylist;
use gighall_core::proof::{Exposure, NumberedShowing, exposure};
use gighall_core::report::{ReportReply, ReportRequest};
use gighall_core::rights::Holder;
use gighall_core::seal::SealedText;
use gighall_core::training::Enrolment;
use gighall_core::wire::{
    Change, ClaimReply, ClaimWithJob, Cursor, DeviceHealth, EnrolReply, EnrolRequest, JobGrant,
    KnownWorker, OutboxReply, ReEnrolRequest, RightsAsk, Scope, ScopeChanges,
};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;
use tokio::sync::watch;
use uuid::Uuid;

impl Store for SqliteStore {
    fn put_hall(&self, hall: &Hall) -> Result<(), StoreError> {
        self.write(|write| halls::put(write, hall))
    }

    fn hall(&self, id: &HallId) -> Result<Option<Hall>, StoreError> {
        self.read(|view| halls::one(view, id))
    }

    fn halls(&self) -> Result<Vec<Hall>, StoreError> {
        self.read(halls::all)
    }

    fn figures(&self, hall: &HallId, now: Timestamp) -> Result<HallFigures, StoreError> {
        self.read(|view| claims::figures(view, &self.keys.zone, hall, now))
    }

    fn put_notice(&self, hall: &HallId, notice: &Notice) -> Result<(), StoreError> {
        self.write(|write| posted::put(write, hall, notice))
    }

    fn notices(&self, hall: &HallId) -> Result<Vec<Notice>, StoreError> {
        self.read(|view| posted::all(view, hall))
    }

    fn notice(&self, id: NoticeId) -> Result<Option<(HallId, Notice)>, StoreError> {
        self.read(|view| posted::find::<Notice>(view, id))
    }

    fn remove_notice(&self, id: NoticeId) -> Result<(), StoreError> {
        self.write(|write| posted::remove::<Notice>(write, id))
    }

    fn put_event(&self, hall: &HallId, event: &Event) -> Result<(), StoreError> {
        event.check()?;
        self.write(|write| posted::put(write, hall, event))
    }

    fn change_event(&self, event: &Event) -> Result<(), StoreError> {
        self.write(|write| posted::change(write, event))
    }

    fn events(&self, hall: &HallId) -> Result<Vec<Event>, StoreError> {
        self.read(|view| posted::all(view, hall))
    }

    fn set_event_places(
        &self,
        id: EventId,
        places: Option<u32>,
        taken: u32,
    ) -> Result<(), StoreError> {
        self.write(|write| posted::set_places(write, id, places, taken))
    }

    fn withdraw_event(&self, id: EventId) -> Result<(), StoreError> {
        self.write(|write| {
            enrolments::course_withdrawn(write, id)?;
            posted::remove::<Event>(write, id)
        })
    }

    fn event(&self, id: EventId) -> Result<Option<(HallId, Event)>, StoreError> {
        self.read(|view| posted::find::<Event>(view, id))
    }

    fn enrolled(&self, course: EventId) -> Result<Vec<Enrolled>, StoreError> {
        self.read(|view| enrolments::list(view, &self.keys, course))
    }

    fn enrol_on_phone(&self, asked: &Enrolment, now: Timestamp) -> Result<(), StoreError> {
        self.write(|write| enrolments::ask(write, None, asked, now).map(drop))
    }

    fn leave_course(&self, id: EnrolmentId) -> Result<(), StoreError> {
        self.write(|write| enrolments::leave(write, id, None).map(drop))
    }

    fn enrolments_of(&self, worker: WorkerId) -> Result<Vec<Enrolment>, StoreError> {
        self.read(|view| enrolments::of_worker(view, worker))
    }

    fn training_demand(&self, hall: &HallId) -> Result<Vec<Demand>, StoreError> {
        self.read(|view| enrolments::demand(view, hall))
    }

    fn applications(
        &self,
        hall: &HallId,
        finished_too: bool,
    ) -> Result<Vec<KeptApplication>, StoreError> {
        self.read(|view| applications::of_hall(view, &self.keys, hall, finished_too))
    }

    fn applications_numbered(&self, number: &str) -> Result<Vec<KeptApplication>, StoreError> {
        self.read(|view| applications::numbered(view, &self.keys, number))
    }

    fn finish_application(
        &self,
        id: ApplicationId,
        by: &str,
        note: Option<&str>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|write| applications::finish(write, id, by, note, now))
    }

    fn complaints(
        &self,
        hall: &HallId,
        closed_too: bool,
    ) -> Result<Vec<KeptComplaint>, StoreError> {
        self.read(|view| complaints::of_hall(view, &self.keys, hall, closed_too))
    }

    fn complaints_numbered(&self, number: &str) -> Result<Vec<KeptComplaint>, StoreError> {
        self.read(|view| complaints::numbered(view, &self.keys, number))
    }

    fn complaints_of(&self, worker: WorkerId) -> Result<Vec<ComplaintNews>, StoreError> {
        self.read(|view| complaints::news_of(view, &self.keys, worker))
    }

    fn move_complaint(
        &self,
        id: ComplaintId,
        to: ComplaintState,
        by: &str,
        word: Option<&str>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|write| complaints::advance(write, id, to, by, word, now))
    }

    fn ratings(&self, hall: &HallId) -> Result<Vec<EmployerRating>, StoreError> {
        self.read(|view| ratings::of_hall(view, hall))
    }

    fn expire_posted(&self, now: Timestamp) -> Result<usize, StoreError> {
        if !self.read(|view| posted::any_to_expire(view, now))? {
            return Ok(0);
        }
        self.write(|write| posted::expire(write, now))
    }

    fn put_playlist(&self, playlist: &HubPlaylist) -> Result<(), StoreError> {
        self.write(|write| playlists::put(write, playlist))
    }

    fn playlists(&self) -> Result<Vec<HubPlaylist>, StoreError> {
        self.read(playlists::all)
    }

    fn remove_playlist(&self, name: &str) -> Result<(), StoreError> {
        self.write(|write| playlists::remove(write, name))
    }

    fn media_folder(&self) -> &Path {
        &self.media
    }

    fn put_media(&self, file: &MediaFile) -> Result<(), StoreError> {
        self.write(|write| media::put(write, file))
    }

    fn media(&self) -> Result<Vec<MediaFile>, StoreError> {
        self.read(media::all)
    }

    fn media_with_hash(&self, sha256: &str) -> Result<Option<MediaFile>, StoreError> {
        self.read(|view| media::with_hash(view, sha256))
    }

    fn remove_media(&self, name: &str) -> Result<(), StoreError> {
        self.write(|write| media::remove(write, name))
    }

    fn add_device(&self, hall: &HallId, name: &str, now: Timestamp) -> Result<String, StoreError> {
        self.write(|write| devices::add(write, hall, name, now))
    }

    fn enrol(&self, request: &EnrolRequest, now: Timestamp) -> Result<EnrolReply, StoreError> {
        self.write(|write| devices::enrol(write, request, now))
    }

    fn re_enrol(
        &self,
        device: DeviceId,
        request: &ReEnrolRequest,
        now: Timestamp,
    ) -> Result<EnrolReply, StoreError> {
        self.write(|write| devices::re_enrol(write, device, request, now))
    }

    fn revoke_device(&self, hall: &HallId, name: &str, now: Timestamp) -> Result<(), StoreError> {
        self.write(|write| devices::revoke(write, hall, name, now))
    }

    fn authenticate(&self, token: &str) -> Result<Option<Caller>, StoreError> {
        self.read(|view| devices::authenticate(view, token))
    }

    fn authenticate_each(&self, tokens: &[String]) -> Vec<Result<Option<Caller>, StoreError>> {
        let all = self.read(|view| {
            let each = tokens
                .iter()
                .map(|token| devices::authenticate(view, token));
            Ok(each.collect())
        });
        // No view to look at: each asks for itself, and is told why.
        all.unwrap_or_else(|_| {
            tokens
                .iter()
                .map(|token| self.authenticate(token))
                .collect()
        })
    }

    fn signer(
        &self,
        device: DeviceId,
        now: Timestamp,
    ) -> Result<Option<(HallId, Vec<String>)>, StoreError> {
        self.read(|view| signing_keys::of(view, device, now))
    }

    fn rotate_key(
        &self,
        device: DeviceId,
        public_key: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|write| signing_keys::rotate(write, device, public_key, now))
    }

    fn devices(&self) -> Result<Vec<DeviceStatus>, StoreError> {
        self.read(devices::all)
    }

    fn note_health(
        &self,
        device: DeviceId,
        health: &DeviceHealth,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|write| devices::note_health(write, device, health, now))
    }

    fn feed_events(&self) -> watch::Receiver<u64> {
        self.events.subscribe()
    }

    fn look_elsewhere(&self) -> Result<(), StoreError> {
        let mut watched = lock(&self.watched);
        let data_version = feed::data_version(&watched.connection)?;
        if data_version == watched.data_version {
            return Ok(());
        }
        watched.data_version = data_version;
        let heads = feed::sum_of_heads(&watched.connection)?;
        if heads != watched.heads {
            watched.heads = heads;
            self.events.send_modify(|count| *count += 1);
        }
        Ok(())
    }

    fn hub_epoch(&self) -> Result<HubEpoch, StoreError> {
        self.read(rights::hub_epoch)
    }

    fn feed_head(&self, scope: &Scope) -> Result<u64, StoreError> {
        self.read(|view| feed::head(view, scope))
    }

    fn changes(&self, cursor: &Cursor, limit: usize) -> Result<ScopeChanges, StoreError> {
        self.read(|view| feed::changes(view, &self.keys, cursor, limit))
    }

    fn report(
        &self,
        holder: Holder,
        request: &ReportRequest,
        now: Timestamp,
    ) -> Result<ReportReply, StoreError> {
        self.write(|write| restored::report(write, holder, request, now))
    }

    fn read_further(
        &self,
        holder: Holder,
        cursors: &[Cursor],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|write| restored::read_further(write, holder, cursors, now))
    }

    fn restored(&self) -> Result<Restored, StoreError> {
        self.read(restored::status)
    }

    fn write_off(
        &self,
        hall: &HallId,
        name: &str,
        by: &StaffMember,
        now: Timestamp,
    ) -> Result<WriteOff, StoreError> {
        self.write(|write| written_off::write_off(write, hall, name, by, now))
    }

    fn enter_slip(
        &self,
        slip: &PaperSlip,
        by: &str,
        now: Timestamp,
    ) -> Result<EnteredSlip, StoreError> {
        self.write(|write| slips::enter(write, slip, by, now))
    }

    fn back_up(&self, to: &Path, now: Timestamp) -> Result<(), StoreError> {
        let reader = connect(&self.path)?;
        backup::copy(&reader, to, now)
    }

    fn renew_mark(&self) -> Result<(), StoreError> {
        let beside = mark::beside(&self.dir)?;
        let mark = self.write(|write| mark::renew(write, beside.as_deref()))?;
        mark::write_beside(&self.dir, &mark)
    }

    fn snapshot_each(
        &self,
        scope: &Scope,
        each: &mut dyn FnMut(Change) -> Result<(), StoreError>,
    ) -> Result<u64, StoreError> {
        self.read(|view| feed::snapshot(view, &self.keys, scope, each))
    }

    fn accept_outbox(
        &self,
        holder: Holder,
        records: &[Record],
        now: Timestamp,
    ) -> Result<OutboxReply, StoreError> {
        let head = self.write(|write| outbox::accept(write, holder, records, now))??;
        let feed_head = self.read(|view| {
            let hall = devices::hall(view, holder.device)?;
            let hall = hall.ok_or(StoreError::NotFound("device"))?;
            feed::head(view, &Scope::Hall(hall))
        })?;
        Ok(OutboxReply { head, feed_head })
    }

    fn rights(
        &self,
        holder: Holder,
        asks: &[RightsAsk],
        now: Timestamp,
    ) -> Result<Vec<JobGrant>, StoreError> {
        self.write(|write| rights::exchange(write, holder, asks, now))
    }

    fn claim_direct(&self, claim: &NewClaim, now: Timestamp) -> Result<ClaimReply, StoreError> {
        let taken = self.write(|write| claims::direct(write, claim, None, now))??;
        self.claim_reply(taken)
    }

    fn claim_each(&self, claims: &[DeviceClaim]) -> Vec<Result<ClaimReply, StoreError>> {
        let works = claims.iter().map(|asked| {
            |write: &mut Write<'_>| claims::direct(write, &asked.claim, Some(&asked.hall), asked.at)
        });
        let works: Vec<_> = works.collect();
        let taken = self.write_each(&works);
        let halls: BTreeSet<&HallId> = taken
            .iter()
            .flatten()
            .flatten()
            .map(|it| &it.hall)
            .collect();
        let heads: Result<BTreeMap<HallId, u64>, StoreError> = self.read(|view| {
            let head = |hall: &HallId| feed::head(view, &Scope::Hall(hall.clone()));
            halls
                .into_iter()
                .map(|hall| Ok((hall.clone(), head(hall)?)))
                .collect()
        });
        let reply = |taken: Taken| match &heads {
            Ok(heads) => {
                let head = heads.get(&taken.hall).copied().unwrap_or_default();
                Ok(taken.reply(head))
            }
            Err(error) => Err(StoreError::Unusable(error.to_string())),
        };
        taken.into_iter().map(|taken| reply(taken??)).collect()
    }

    fn claim_with_code(
        &self,
        claim: &NewClaim,
        code: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<ClaimReply>, StoreError> {
        let taken = self.write(|write| {
            let worker = workers::resolve(&write.sql, claim.worker)?.unwrap_or(claim.worker);
            let used = permits::used(&write.sql, code, worker)?;
            if used.is_some_and(|used| used != claim.id) {
                return Ok(Ok(None));
            }
            let taken = claims::direct(write, claim, None, now)?;
            if taken.is_ok() {
                permits::spend(write, code, worker, claim.id, now)?;
            }
            Ok(taken.map(Some))
        })??;
        taken.map(|taken| self.claim_reply(taken)).transpose()
    }

    fn code_used(&self, code: &[u8; 32], worker: WorkerId) -> Result<bool, StoreError> {
        self.read(|view| {
            let worker = workers::resolve(view, worker)?.unwrap_or(worker);
            Ok(permits::used(view, code, worker)?.is_some())
        })
    }

    fn forget_codes(&self, before: Timestamp) -> Result<usize, StoreError> {
        self.write(|write| permits::forget(write, before))
    }

    fn withdraw(&self, claim: ClaimId, now: Timestamp) -> Result<Claim, StoreError> {
        self.write(|write| {
            let stored = claims::one(&write.sql, claim)?.ok_or(StoreError::NotFound("claim"))?;
            let after = claims::advance(write, &stored, Turn::WITHDRAWN, None, now)?;
            Ok(after.claim)
        })
    }

    fn settle(&self, claim: ClaimId, now: Timestamp) -> Result<Claim, StoreError> {
        self.write(|write| {
            let stored = claims::one(&write.sql, claim)?.ok_or(StoreError::NotFound("claim"))?;
            let after = claims::settle(write, &stored, now, None, now)?;
            Ok(after.claim)
        })
    }

    fn claim(&self, id: ClaimId) -> Result<Option<ClaimWithJob>, StoreError> {
        self.read(|view| claims::with_job(view, id))
    }

    fn claims_of(&self, worker: WorkerId) -> Result<Vec<ClaimWithJob>, StoreError> {
        self.read(|view| claims::of_worker(view, worker))
    }

    fn waiting_claims(&self, hall: &HallId) -> Result<Vec<ClaimWithJob>, StoreError> {
        self.read(|view| claims::waiting(view, hall))
    }

    fn claims_numbered(&self, number: &str) -> Result<Vec<ClaimWithJob>, StoreError> {
        self.read(|view| claims::numbered(view, number))
    }

    fn claims_of_erased(
        &self,
        hall: &HallId,
        now: Timestamp,
    ) -> Result<Vec<ClaimWithJob>, StoreError> {
        self.read(|view| claims::of_erased(view, hall, now))
    }

    fn overdue_claims(
        &self,
        hall: &HallId,
        now: Timestamp,
    ) -> Result<Vec<ClaimWithJob>, StoreError> {
        self.read(|view| claims::overdue(view, &self.keys.zone, hall, now))
    }

    fn decide_claim(&self, id: ClaimId, chosen: bool, now: Timestamp) -> Result<(), StoreError> {
        self.write(|write| claims::decide(write, id, chosen, now))
    }

    fn check_in(&self, id: ClaimId, now: Timestamp) -> Result<(), StoreError> {
        self.write(|write| claims::check_in(write, id, now))
    }

    fn undo_check_in(&self, id: ClaimId, now: Timestamp) -> Result<(), StoreError> {
        self.write(|write| claims::undo_check_in(write, id, now))
    }

    fn mark_absent(&self, id: ClaimId, now: Timestamp) -> Result<(), StoreError> {
        self.write(|write| claims::mark_absent(write, id, now))
    }

    fn register(&self, worker: &NewWorker) -> Result<WorkerId, StoreError> {
        self.write(|write| workers::register(write, worker))
    }

    fn worker(&self, id: WorkerId) -> Result<Option<KnownWorker>, StoreError> {
        self.read(|view| workers::known(view, &self.keys, id))
    }

    fn worker_by_number(&self, number: &IdNumber) -> Result<Option<KnownWorker>, StoreError> {
        self.read(|view| workers::with_number(view, &self.keys, number))
    }

    fn worker_by_sealed(&self, sealed: &SealedText) -> Result<Option<FoundWorker>, StoreError> {
        let text = self.keys.opening.open_text(sealed);
        let text = text.map_err(|_| StoreError::Unreadable)?;
        if let Ok(pass) = text.parse::<Pass>() {
            return self.read(|view| passes::holder(view, &self.keys, &pass));
        }
        let number: IdNumber = text.parse().map_err(|_| StoreError::Unreadable)?;
        self.read(|view| {
            let Some(worker) = workers::with_number(view, &self.keys, &number)? else {
                return Ok(None);
            };
            Ok(Some(FoundWorker {
                pin: workers::pin(view, &self.keys, worker.worker)?,
                worker,
                by_pass: None,
            }))
        })
    }

    fn revoke_pass(&self, worker: WorkerId, now: Timestamp) -> Result<(), StoreError> {
        self.write(|write| {
            let worker =
                workers::resolve(&write.sql, worker)?.ok_or(StoreError::NotFound("worker"))?;
            passes::revoke(write, worker, now)
        })
    }

    fn worker_file(&self, number: &IdNumber) -> Result<Option<WorkerFile>, StoreError> {
        self.read(|view| worker_file::of(view, &self.keys, number))
    }

    fn pause(&self, worker: WorkerId, now: Timestamp) -> Result<Option<Pause>, StoreError> {
        self.read(|view| {
            let Some(worker) = workers::resolve(view, worker)? else {
                return Ok(None);
            };
            Ok(pauses::of_worker(view, worker)?.filter(|pause| pause.is_on(now)))
        })
    }

    fn lift_pause(&self, worker: WorkerId, now: Timestamp) -> Result<(), StoreError> {
        self.write(|write| {
            let worker =
                workers::resolve(&write.sql, worker)?.ok_or(StoreError::NotFound("worker"))?;
            pauses::lift(write, worker, now, now)
        })
    }

    fn rename_worker(&self, worker: WorkerId, name: &str) -> Result<(), StoreError> {
        self.write(|write| worker_file::rename(write, worker, name))
    }

    fn set_phone(&self, worker: WorkerId, phone: Option<&str>) -> Result<(), StoreError> {
        self.write(|write| worker_file::set_phone(write, worker, phone))
    }

    fn delete_worker(&self, worker: WorkerId, now: Timestamp) -> Result<(), StoreError> {
        self.write(|write| worker_file::delete(write, worker, now))
    }

    fn person(&self, worker: WorkerId, now: Timestamp) -> Result<Option<Person>, StoreError> {
        self.read(|view| seekers::one(view, &self.keys, worker, now))
    }

    fn people(&self, now: Timestamp) -> Result<Vec<Person>, StoreError> {
        self.read(|view| seekers::all(view, &self.keys, now))
    }

    fn set_hardship(
        &self,
        worker: WorkerId,
        kind: Hardship,
        why: &str,
        by: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|write| hardship::set(write, worker, kind, why, by, now))
    }

    fn end_hardship(
        &self,
        worker: WorkerId,
        kind: Option<Hardship>,
        why: &str,
        by: &str,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        self.write(|write| hardship::end(write, worker, kind, why, by, now))
    }

    fn hardships(&self, ended_too: bool) -> Result<Vec<KeptHardship>, StoreError> {
        self.read(|view| hardship::all(view, &self.keys, ended_too))
    }

    fn hardships_said(&self, decided_too: bool) -> Result<Vec<SaidHardship>, StoreError> {
        self.read(|view| hardship_said::all(view, &self.keys, decided_too))
    }

    fn verify_hardship(
        &self,
        worker: WorkerId,
        kind: Hardship,
        why: &str,
        by: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|write| hardship_said::verify(write, worker, kind, why, by, now))
    }

    fn dismiss_hardship(
        &self,
        worker: WorkerId,
        kind: Option<Hardship>,
        why: &str,
        by: &str,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        self.write(|write| hardship_said::dismiss(write, worker, kind, why, by, now))
    }

    fn open_session(&self, worker: WorkerId, now: Timestamp) -> Result<String, StoreError> {
        self.write(|write| sessions::open(write, worker, now))
    }

    fn session(&self, secret: &str, now: Timestamp) -> Result<Option<WorkerId>, StoreError> {
        let Some((worker, due)) = self.read(|view| sessions::whose(view, secret, now))? else {
            return Ok(None);
        };
        if due {
            self.write(|write| sessions::renew(write, secret, now))?;
        }
        Ok(Some(worker))
    }

    fn close_session(&self, secret: &str) -> Result<(), StoreError> {
        self.write(|write| sessions::close(write, secret))
    }

    fn audit(&self, line: &Audited) -> Result<(), StoreError> {
        self.write(|write| audit::note(write, line))
    }

    fn audited(&self, query: &AuditQuery) -> Result<Vec<Audited>, StoreError> {
        self.read(|view| audit::lines(view, query))
    }

    fn forget_audit(&self, before: Timestamp) -> Result<usize, StoreError> {
        self.write(|write| audit::forget(write, before))
    }

    fn job(&self, id: JobId) -> Result<Option<Job>, StoreError> {
        self.read(|view| jobs::one(view, id))
    }

    fn open_jobs(&self, hall: &HallId, now: Timestamp) -> Result<Vec<Job>, StoreError> {
        self.read(|view| jobs::open(view, hall, now))
    }

    fn import(
        &self,
        hall: &HallId,
        listings: &[Listing],
        now: Timestamp,
    ) -> Result<ImportCounts, StoreError> {
        self.write(|write| import::listings(write, hall, listings, now))
    }

    fn job_numbered(&self, hall: &HallId, number: u32) -> Result<Option<Job>, StoreError> {
        self.read(|view| jobs::numbered(view, hall, number))
    }

    fn jobs(&self, hall: &HallId) -> Result<Vec<ListedJob>, StoreError> {
        self.read(|view| jobs::listed(view, hall))
    }

    fn approve_job(&self, id: JobId, now: Timestamp) -> Result<(), StoreError> {
        self.write(|write| jobs::approve(write, id, now))
    }

    fn expire_jobs(&self, now: Timestamp) -> Result<usize, StoreError> {
        if !self.read(|view| jobs::any_to_expire(view, now))? {
            return Ok(0);
        }
        self.write(|write| jobs::expire(write, now))
    }

    fn cancel_job(&self, id: JobId, now: Timestamp) -> Result<(), StoreError> {
        self.write(|write| jobs::cancel(write, id, now))
    }

    fn accept_proof(
        &self,
        holder: Holder,
        showings: &[NumberedShowing],
    ) -> Result<u64, StoreError> {
        self.write(|write| proof::accept(write, holder, showings))
    }

    fn proof(
        &self,
        hall: &HallId,
        between: &Range<Timestamp>,
        take: &mut dyn FnMut(ProofRow) -> bool,
    ) -> Result<(), StoreError> {
        self.read(|view| proof::rows(view, hall, between, take))
    }

    fn exposure(
        &self,
        hall: &HallId,
        between: &Range<Timestamp>,
        now: Timestamp,
    ) -> Result<Vec<Exposure>, StoreError> {
        self.read(|view| {
            let open = proof::open(view, hall, between, now)?;
            Ok(exposure(open, proof::shown_jobs(view, hall, between)?))
        })
    }

    fn forget_proof(&self, before: Timestamp) -> Result<usize, StoreError> {
        if !self.read(|view| proof::any_before(view, before))? {
            return Ok(0);
        }
        self.write(|write| proof::forget(write, before))
    }

    fn ask_picture(
        &self,
        hall: &HallId,
        device: Option<&str>,
        now: Timestamp,
    ) -> Result<Uuid, StoreError> {
        self.write(|write| pictures::ask(write, hall, device, now))
    }

    fn picture_due(&self, device: DeviceId, now: Timestamp) -> Result<Option<Uuid>, StoreError> {
        let due = self.read(|view| pictures::due(view, device, now))?;
        if let Some(id) = due {
            self.write(|write| pictures::told(write, id, now))?;
        }
        Ok(due)
    }

    fn put_picture(
        &self,
        device: DeviceId,
        request: Uuid,
        picture: &Picture,
    ) -> Result<(), StoreError> {
        self.write(|write| pictures::put(write, device, request, picture))
    }

    fn pictures(&self, request: Uuid) -> Result<Vec<Picture>, StoreError> {
        self.read(|view| pictures::of_request(view, request))
    }

    fn forget_pictures(&self, before: Timestamp) -> Result<usize, StoreError> {
        self.write(|write| pictures::forget(write, before))
    }
}
