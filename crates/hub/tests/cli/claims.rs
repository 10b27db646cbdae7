//! What staff do with claims at the hall's desk, as they call it: real processes.
use gighall_core::claim::{Claim, ClaimReason, ClaimState};
use gighall_core::id::{ClaimId, JobId, WorkerId};
use gighall_core::job::Job;
use gighall_core::testing::{a_hall, a_job, an_id_number};
use gighall_core::worker::{Channel, Consent};
use gighall_hub::store::{Act, AuditQuery, Listing, NewClaim, NewWorker};
use gighall_hub::{HubConfig, HubState};
use jiff::{SignedDuration, Timestamp};
use std::path::Path;
use std::process::{Command, Output};
use uuid::Uuid;

/// A hub with a hall, and where its data are.
struct Desk {
    dir: tempfile::TempDir,
    hub: HubState,
}

fn desk() -> Desk {
    let dir = tempfile::tempdir().expect("a directory");
    let hub = gighall_hub::open(&HubConfig::new(dir.path())).expect("a hub");
    let hall = gighall_core::hall::Hall {
        id: a_hall(),
        name: "威宁".to_owned(),
        county_code: None,
        hotline: None,
        address: None,
    };
    hub.store.put_hall(&hall).expect("a hall");
    Desk { dir, hub }
}

impl Desk {
    fn data(&self) -> &Path {
        self.dir.path()
    }

    fn ran(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_gighall-hub"))
            .args(&args[..2])
            .arg("--data")
            .arg(self.data())
            .args(&args[2..])
            .output()
            .expect("ran")
    }

    fn does(&self, args: &[&str]) {
        let output = self.ran(args);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{args:?}: {said}");
    }

    /// What a command says that is not done.
    fn refuses(&self, args: &[&str]) -> String {
        let output = self.ran(args);
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// A job that begins so many minutes from now, and takes as long as a day's work.
    fn job_in(&self, minutes: i64) -> JobId {
        let now = Timestamp::now();
        let mut job = a_job(1);
        job.starts_at = now + SignedDuration::from_mins(minutes);
        job.ends_at = Some(job.starts_at + SignedDuration::from_hours(8));
        job.valid_until = job.starts_at + SignedDuration::from_hours(8);
        let listing = Listing {
            source_key: format!("in {minutes}"),
            employer_uscc: None,
            review: None,
            start_moves: false,
            job,
        };
        let before = self.hub.store.open_jobs(&a_hall(), now).expect("read");
        self.hub
            .store
            .import(&a_hall(), &[listing], now)
            .expect("imported");
        let mut jobs = self.hub.store.open_jobs(&a_hall(), now).expect("read");
        jobs.retain(|job| before.iter().all(|other| other.id != job.id));
        jobs[0].id
    }

    fn job(&self, id: JobId) -> Job {
        self.hub.store.job(id).expect("read").expect("there")
    }

    fn worker(&self, order: u32) -> WorkerId {
        let new = NewWorker {
            id: WorkerId(Uuid::new_v4()),
            name: "李晓锋".to_owned(),
            number: an_id_number("19750501", order).parse().expect("valid"),
            phone: Some("13987654321".to_owned()),
            work_kinds: vec![],
            consent: Consent {
                version: 1,
                at: Timestamp::now(),
            },
            channel: Channel::Phone,
        };
        self.hub.store.register(&new).expect("registered")
    }

    fn claim(&self, job: JobId, worker: WorkerId) -> Claim {
        let new = NewClaim {
            id: ClaimId(Uuid::new_v4()),
            job,
            worker,
            channel: Channel::Phone,
            device: None,
        };
        let reply = self.hub.store.claim_direct(&new, Timestamp::now());
        reply.expect("a place").claim
    }

    fn kept(&self, claim: &Claim) -> Claim {
        let kept = self.hub.store.claim(claim.id).expect("read");
        kept.expect("kept").claim
    }

    fn acts(&self) -> Vec<(Act, Option<WorkerId>)> {
        let query = AuditQuery {
            between: Timestamp::MIN..Timestamp::MAX,
            worker: None,
        };
        let lines = self.hub.store.audited(&query).expect("read");
        lines.into_iter().map(|it| (it.act, it.worker)).collect()
    }
}

#[test]
fn nobody_is_checked_in_days_before_the_work() {
    let desk = desk();
    let job = desk.job_in(60 * 30);
    let claim = desk.claim(job, desk.worker(1));
    let check_in = ["claim", "check-in", "--number", &claim.number];
    let said = desk.refuses(&check_in);
    let from = desk.job(job).be_there_at() - SignedDuration::from_hours(12);
    let zone = desk.hub.zone.clone();
    let from = zone.to_datetime(from).strftime("%Y-%m-%d %H:%M");
    assert!(said.contains(&format!("from {from}")), "{said}");
    assert_eq!(desk.kept(&claim).state, ClaimState::Confirmed);
    assert!(desk.acts().is_empty(), "nothing was done");
}

#[test]
fn a_wrong_check_in_is_undone() {
    let desk = desk();
    let (job, worker) = (desk.job_in(90), desk.worker(1));
    let claim = desk.claim(job, worker);
    let number = ["--number", &claim.number];
    let undo = [&["claim", "check-in"], &number[..], &["--undo"]].concat();
    desk.does(&[&["claim", "check-in"], &number[..]].concat());
    assert_eq!(desk.kept(&claim).state, ClaimState::CheckedIn);
    for _ in 0..2 {
        desk.does(&undo);
        assert_eq!(desk.kept(&claim).state, ClaimState::Confirmed);
    }
    let place = desk.job(job);
    assert_eq!(place.places_left, place.places - 1, "the place is held");
    desk.does(&[&["claim", "withdraw"], &number[..]].concat());
    let said = desk.refuses(&undo);
    assert!(said.contains("withdrawn"), "{said}");
    let who = Some(worker);
    assert_eq!(
        desk.acts(),
        [
            (Act::CheckedIn, who),
            (Act::CheckInUndone, who),
            (Act::CheckInUndone, who),
            (Act::ClaimWithdrawn, who),
        ]
    );
}

#[test]
fn who_was_checked_in_is_free_when_the_job_is_withdrawn_before_the_work() {
    let desk = desk();
    let (job, worker) = (desk.job_in(90), desk.worker(1));
    let claim = desk.claim(job, worker);
    desk.does(&["claim", "check-in", "--number", &claim.number]);
    let number = desk.job(job).number.to_string();
    let hall = ["--hall", "weining", "--number", &number];
    desk.does(&[&["job", "cancel"], &hall[..]].concat());
    let kept = desk.kept(&claim);
    assert_eq!(
        (kept.state, kept.reason),
        (
            ClaimState::EmployerCancelled,
            Some(ClaimReason::JobWithdrawn)
        )
    );
    // At the same time of the day.
    desk.claim(desk.job_in(91), worker);
}

#[test]
fn who_works_keeps_the_claim_when_the_job_is_withdrawn() {
    let desk = desk();
    let job = desk.job_in(-30);
    let claim = desk.claim(job, desk.worker(1));
    desk.does(&["claim", "check-in", "--number", &claim.number]);
    let number = desk.job(job).number.to_string();
    let hall = ["--hall", "weining", "--number", &number];
    desk.does(&[&["job", "cancel"], &hall[..]].concat());
    assert_eq!(desk.kept(&claim).state, ClaimState::CheckedIn);
}

#[test]
fn staff_withdraw_for_a_worker_who_telephones_until_the_cut_off() {
    let desk = desk();
    let (worker, soon, late) = (desk.worker(1), desk.job_in(90), desk.job_in(30));
    let claim = desk.claim(soon, worker);
    let withdraw = ["claim", "withdraw", "--number", &claim.number];
    desk.does(&withdraw);
    let kept = desk.kept(&claim);
    assert_eq!(
        (kept.state, kept.reason),
        (ClaimState::Withdrawn, Some(ClaimReason::ByWorker))
    );
    assert_eq!(desk.job(soon).places_left, desk.job(soon).places);
    // The button of a phone does nothing a second time either.
    desk.does(&withdraw);

    let claim = desk.claim(late, worker);
    let said = desk.refuses(&["claim", "withdraw", "--number", &claim.number]);
    let until = desk.job(late).be_there_at() - SignedDuration::from_hours(1);
    let until = desk.hub.zone.to_datetime(until).strftime("%Y-%m-%d %H:%M");
    assert!(said.contains(&format!("until {until}")), "{said}");
    assert_eq!(desk.kept(&claim).state, ClaimState::Confirmed);
    desk.does(&["claim", "check-in", "--number", &claim.number]);
    let said = desk.refuses(&["claim", "withdraw", "--number", &claim.number]);
    assert!(said.contains("checked_in"), "{said}");
    let who = Some(worker);
    let acts = [Act::ClaimWithdrawn, Act::ClaimWithdrawn, Act::CheckedIn];
    assert_eq!(desk.acts(), acts.map(|act| (act, who)));
}

#[test]
fn days_of_the_log_that_are_turned_around_are_said() {
    let desk = desk();
    let days = ["--from", "2026-12-02", "--to", "2026-12-01"];
    for command in ["list", "export"] {
        let said = desk.refuses(&[&["audit", command], &days[..]].concat());
        assert!(said.contains("--to is before --from"), "{said}");
    }
    desk.does(&[
        "audit",
        "list",
        "--from",
        "2026-12-01",
        "--to",
        "2026-12-01",
    ]);
}
