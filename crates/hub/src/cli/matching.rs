//! `match`: who and what fit each other, by the rule of the terminals (one to one, one to many).

use super::shared::{Clock, actor, must_know, open, print};
use super::worker::number;
use super::{CliError, Data};
use clap::{Args, Subcommand};
use gighall_core::fit::{Caution, Fit, Setting, Suited, jobs_for, workers_for};
use gighall_core::id::{HallId, JobId, WorkerId};
use gighall_core::identity::mask_name;
use gighall_core::job::{Job, WorkKind};
use gighall_core::pay::yuan;
use gighall_core::proof::{BOM, plain_cell};
use gighall_core::wishes::Wishes;
use gighall_hub::HubState;
use gighall_hub::store::{Act, Audited, Person, Store, StoreError};
use jiff::Timestamp;
use std::collections::HashMap;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub enum MatchCommand {
    /// Jobs for one person, best first: hall, number, title, kind, town, pay, start, places left, why it
    /// fits, what to look at before. Only jobs that the person may take.
    Worker {
        #[command(flatten)]
        data: Data,
        /// The person's id, as `audit list` and `match job` show it. Where it is not given, the ID number
        /// is read from the first line of stdin.
        #[arg(value_name = "ID")]
        worker: Option<WorkerId>,
        /// Only jobs of that hall.
        #[arg(long, value_name = "ID")]
        hall: Option<HallId>,
        #[command(flatten)]
        how: How,
    },
    /// People for one job, best first; for a reserved job those first who find it hard to get work:
    /// the person's id, name and telephone (masked unless --names is given), kinds of work, why it fits,
    /// what to look at before. Only people who may take it.
    Job {
        #[command(flatten)]
        data: Data,
        /// The job's id.
        #[arg(
            value_name = "ID",
            required_unless_present = "number",
            conflicts_with = "number"
        )]
        job: Option<JobId>,
        /// The hall, where the job is named by its number.
        #[arg(long, value_name = "ID", requires = "number")]
        hall: Option<HallId>,
        /// The job's number in its hall, as the wall shows it.
        #[arg(long, value_name = "N", requires = "hall")]
        number: Option<u32>,
        /// Names and telephones in full, to call people.
        #[arg(long)]
        names: bool,
        #[command(flatten)]
        how: How,
    },
}

#[derive(Debug, Args)]
pub struct How {
    /// How many are shown at most, 1 to 1000.
    #[arg(long, value_name = "N", default_value_t = 20,
          value_parser = clap::value_parser!(u16).range(1..=1000))]
    most: u16,
    /// Writes a CSV that Excel opens instead of the table.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
}

/// Rows with their headings.
struct Table {
    headings: &'static [&'static str],
    rows: Vec<Vec<String>>,
    /// How many there are in all, and of what.
    total: String,
}

/// `match`
pub fn run(command: &MatchCommand) -> Result<(), CliError> {
    match command {
        MatchCommand::Worker {
            data,
            worker,
            hall,
            how,
        } => {
            let (state, store) = open(data)?;
            if let Some(hall) = hall {
                must_know(store.as_ref(), hall)?;
            }
            let table = for_worker(&state, store.as_ref(), *worker, hall.as_ref(), how)?;
            show(&table, how)
        }
        MatchCommand::Job {
            data,
            job,
            hall,
            number,
            names,
            how,
        } => {
            let (state, store) = open(data)?;
            let job = match hall.as_ref().zip(*number) {
                Some((hall, number)) => {
                    must_know(store.as_ref(), hall)?;
                    store.job_numbered(hall, number)?
                }
                None => job.map(|id| store.job(id)).transpose()?.flatten(),
            };
            let job = job.ok_or(StoreError::NotFound("job"))?;
            let table = for_job(&state, store.as_ref(), &job, *names, how)?;
            show(&table, how)
        }
    }
}

/// The hub does not know where a hall is: what is near is told at the terminals only.
fn setting(state: &HubState) -> Setting {
    Setting {
        now: Timestamp::now(),
        zone: state.zone.clone(),
        hall: None,
    }
}

fn for_worker(
    state: &HubState,
    store: &dyn Store,
    worker: Option<WorkerId>,
    hall: Option<&HallId>,
    how: &How,
) -> Result<Table, CliError> {
    let setting = setting(state);
    let worker = match worker {
        Some(id) => id,
        None => {
            let known = store.worker_by_number(&number()?)?;
            known.ok_or(StoreError::NotFound("worker"))?.worker
        }
    };
    let person = store.person(worker, setting.now)?;
    let person = person.ok_or(StoreError::NotFound("worker"))?;
    let halls = match hall {
        Some(hall) => vec![hall.clone()],
        None => store.halls()?.into_iter().map(|hall| hall.id).collect(),
    };
    let mut jobs = vec![];
    for hall in &halls {
        jobs.extend(store.open_jobs(hall, setting.now)?);
    }
    let open = jobs.len();
    noted(store, person.worker.worker, hall)?;
    let suited = jobs_for(jobs, &person.seeker, &setting);
    let clock = Clock::of(state);
    let shown = suited.iter().take(usize::from(how.most));
    Ok(Table {
        headings: &[
            "hall",
            "number",
            "title",
            "kind",
            "town",
            "pay",
            "starts",
            "places left",
            "why",
            "look at before",
        ],
        rows: shown.map(|it| job_row(it, &clock)).collect(),
        total: format!(
            "{} of {open} open jobs fit; the person looks for: {}{}",
            suited.len(),
            looks_for(&person.seeker.kinds, &person.seeker.wishes),
            if person.seeker.hardship {
                "; 就业困难人员"
            } else {
                ""
            }
        ),
    })
}

fn job_row(it: &Suited, clock: &Clock) -> Vec<String> {
    let job = &it.job;
    let [why, before] = said(&it.fit);
    vec![
        job.hall.to_string(),
        job.number.to_string(),
        job.title.clone(),
        job.work_kind.zh().to_owned(),
        job.town.clone(),
        pay_text(job),
        clock.text(job.starts_at),
        job.places_left.to_string(),
        why,
        before,
    ]
}

fn for_job(
    state: &HubState,
    store: &dyn Store,
    job: &Job,
    names: bool,
    how: &How,
) -> Result<Table, CliError> {
    let setting = setting(state);
    if !job.is_open(setting.now) {
        return Err(CliError::Value(
            "this job takes nobody now: it is full, closed or held",
        ));
    }
    let people = store.people(setting.now)?;
    let seekers = people
        .iter()
        .map(|person| (person.worker.worker, person.seeker.clone()));
    let candidates = workers_for(job, seekers, &setting);
    let known: HashMap<WorkerId, &Person> = people
        .iter()
        .map(|person| (person.worker.worker, person))
        .collect();
    let mut rows = vec![];
    for it in candidates.iter().take(usize::from(how.most)) {
        if let Some(person) = known.get(&it.worker) {
            noted(store, it.worker, Some(&job.hall))?;
            rows.push(person_row(person, &it.fit, names));
        }
    }
    Ok(Table {
        headings: &["id", "name", "telephone", "kinds", "why", "look at before"],
        rows,
        total: format!(
            "job {} {} fits {} of {} people{}",
            job.number,
            job.title,
            candidates.len(),
            people.len(),
            if job.reserved {
                "; 就业困难人员优先"
            } else {
                ""
            }
        ),
    })
}

fn person_row(person: &Person, fit: &Fit, names: bool) -> Vec<String> {
    let worker = &person.worker;
    let phone = worker.phone.as_deref();
    let (name, phone) = match names {
        true => (worker.name.clone(), phone.map(str::to_owned)),
        false => (
            mask_name(&worker.name),
            phone.map(gighall_core::identity::mask_phone),
        ),
    };
    let [why, before] = said(fit);
    vec![
        worker.worker.to_string(),
        name,
        phone.unwrap_or_else(|| "-".to_owned()),
        kinds_text(&worker.work_kinds),
        why,
        before,
    ]
}

/// Why it fits, and what to look at before, in words.
fn said(fit: &Fit) -> [String; 2] {
    let reasons: Vec<&str> = fit.reasons.iter().map(|reason| reason.zh()).collect();
    let cautions: Vec<String> = fit.cautions.iter().map(|it: &Caution| it.zh()).collect();
    let cautions = match cautions.is_empty() {
        true => "-".to_owned(),
        false => cautions.join("、"),
    };
    [reasons.join("、"), cautions]
}

fn pay_text(job: &Job) -> String {
    let sum = job.pay.yuan_text();
    sum.map_or_else(
        || "面议".to_owned(),
        |sum| match job.pay {
            gighall_core::pay::Pay::Range { unit, .. } => format!("{sum}/{}", unit.code()),
            gighall_core::pay::Pay::Negotiable => sum,
        },
    )
}

fn kinds_text(kinds: &[WorkKind]) -> String {
    let kinds: Vec<&str> = kinds.iter().map(|kind| kind.zh()).collect();
    match kinds.is_empty() {
        true => "-".to_owned(),
        false => kinds.join(" "),
    }
}

fn looks_for(kinds: &[WorkKind], wishes: &Wishes) -> String {
    let kinds = match kinds.is_empty() {
        true => "any kind".to_owned(),
        false => kinds_text(kinds),
    };
    format!("{kinds}; {}", wished(wishes))
}

/// What somebody wishes of work, in words.
pub fn wished(wishes: &Wishes) -> String {
    let pay = wishes
        .fen_a_day
        .map(|fen| format!("from {} yuan a day", yuan(fen)));
    let papers = wishes.papers.as_ref().map(|papers| {
        let papers: Vec<&str> = papers.iter().map(|paper| paper.zh()).collect();
        match papers.is_empty() {
            true => "no certificates".to_owned(),
            false => papers.join(" "),
        }
    });
    let hours = wishes.hours.map(|hours| hours.zh().to_owned());
    let all = [pay, wishes.town.clone(), hours, papers];
    let all: Vec<String> = all.into_iter().flatten().collect();
    match all.is_empty() {
        true => "nothing more said".to_owned(),
        false => all.join(", "),
    }
}

fn noted(store: &dyn Store, worker: WorkerId, hall: Option<&HallId>) -> Result<(), CliError> {
    Ok(store.audit(&Audited {
        at: Timestamp::now(),
        actor: actor(),
        act: Act::Matched,
        worker: Some(worker),
        about: None,
        hall: hall.cloned(),
    })?)
}

fn show(table: &Table, how: &How) -> Result<(), CliError> {
    match &how.csv {
        Some(path) => {
            write(path, table)?;
            print([table.total.clone()])
        }
        None => {
            let rows = table.rows.iter().map(|row| row.join("\t"));
            print(rows.chain([table.total.clone()]))
        }
    }
}

fn write(path: &Path, table: &Table) -> Result<(), CliError> {
    let failed = |cause| CliError::Io(format!("cannot write {}", path.display()), cause);
    let mut file = File::create(path).map_err(failed)?;
    file.write_all(BOM.as_bytes()).map_err(failed)?;
    let mut sheet = csv::Writer::from_writer(file);
    sheet.write_record(table.headings)?;
    for row in &table.rows {
        sheet.write_record(row.iter().map(|cell| plain_cell(cell)))?;
    }
    sheet.flush().map_err(failed)
}
