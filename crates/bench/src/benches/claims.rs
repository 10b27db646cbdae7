//! How many claims a second the hub takes from 64 clients at once, over HTTP, beside a bare loop that
//! runs the same statements on the same data, so many to a commit.

use crate::Failure;
use crate::context::Context;
use crate::hall::{listing, the_hall};
use crate::programs::start_hub;
use crate::report::Measured;
use crate::stats::{median, percentile};
use crate::watch::millis;
use gighall_core::id::{ClaimId, JobId, WorkerId};
use gighall_core::testing::{a_hall, a_job, an_id_number};
use gighall_core::token::SigningKey;
use gighall_core::wire::{ClaimRequest, EnrolReply, EnrolRequest, Scope};
use gighall_core::worker::{Channel, Consent};
use gighall_hub::store::{Listing, NewWorker};
use gighall_hub::{HubConfig, HubState};
use gighall_kiosk::sync::Client;
use http::header;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use uuid::Uuid;

const CLIENTS: usize = 64;
/// Open jobs, each with places for everybody who comes.
const JOBS: u32 = 400;
/// Claims of one commit of the bare loop: as many as wait at the hub at any time.
const BATCH: usize = CLIENTS;
/// Bytes of a row of the feed with a letter about a claim.
const LETTER: usize = 890;
/// For an answer.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Who wants what.
type Wish = (WorkerId, JobId);

/// Runs the bench.
pub fn measure(context: &Context) -> Result<Vec<Measured>, Failure> {
    let dir = context.work.join("hub-claims");
    if dir.exists() {
        std::fs::remove_dir_all(&dir)?;
    }
    std::fs::create_dir_all(&dir)?;
    let (runs, each) = (context.runs(), context.pick(40, 10));
    let wishes = CLIENTS * each;
    let hub = gighall_hub::open(&HubConfig::new(&dir))?;
    hub.store.put_hall(&the_hall())?;
    let jobs = published(&hub)?;
    let everybody = registered(&hub, runs * wishes)?;
    let add = |n| {
        hub.store
            .add_device(&a_hall(), &format!("{n}号"), Timestamp::now())
    };
    let codes = (1..=CLIENTS).map(add).collect::<Result<Vec<_>, _>>()?;
    drop(hub);
    let wished: Vec<Wish> = everybody
        .into_iter()
        .zip(jobs.iter().copied().cycle())
        .collect();
    let bare = dir.join("bare.db");
    std::fs::copy(dir.join("hub.db"), &bare)?;
    let mut bare = Bare::open(&bare)?;
    let (mut running, address) = start_hub(context, &dir)?;
    // One thread for all clients: more would only wake each other.
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let clients = Clients::enrolled(&runtime, &address, codes)?;
    let (mut alone, mut served, mut waits) = (vec![], vec![], vec![]);
    let cpu = running.cpu_seconds();
    for part in wished.chunks(wishes) {
        alone.push(per_second(part.len(), bare.claim_all(part)?));
        let (took, waited) = clients.claim_all(&runtime, part)?;
        served.push(per_second(part.len(), took));
        waits.extend(waited);
    }
    let cpu = (running.cpu_seconds() - cpu) * 1000.0 / (runs * wishes) as f64;
    running.stop();
    for store in [&bare.sql, &Connection::open(dir.join("hub.db"))?] {
        all_are_there(store, runs * wishes)?;
    }
    Ok(figures(runs * wishes, &alone, &served, &waits, cpu))
}

/// Jobs that nobody is too late for, with places for everybody; none overlap for one worker, who wants
/// only one.
fn published(hub: &HubState) -> Result<Vec<JobId>, Failure> {
    let now = Timestamp::now();
    let listings: Vec<Listing> = (0..JOBS)
        .map(|n| {
            let mut job = a_job(n);
            job.starts_at = now + SignedDuration::from_hours(48);
            job.ends_at = Some(job.starts_at + SignedDuration::from_hours(8));
            job.valid_until = job.starts_at;
            (job.places, job.places_left) = (1000, 1000);
            listing(n, job)
        })
        .collect();
    hub.store.import(&a_hall(), &listings, now)?;
    let open = hub.store.open_jobs(&a_hall(), now)?;
    Ok(open.into_iter().map(|job| job.id).collect())
}

fn registered(hub: &HubState, count: usize) -> Result<Vec<WorkerId>, Failure> {
    let now = Timestamp::now();
    (0..u32::try_from(count)?)
        .map(|n| {
            // Numbers of one day of birth end at 999.
            let birth = format!("19{}0501", 60 + n / 900);
            let new = NewWorker {
                id: WorkerId(Uuid::now_v7()),
                name: "李晓峰".to_owned(),
                number: an_id_number(&birth, n % 900).parse()?,
                phone: None,
                work_kinds: vec![],
                consent: Consent {
                    version: 1,
                    at: now,
                },
                channel: Channel::Terminal,
            };
            Ok(hub.store.register(&new)?)
        })
        .collect()
}

fn per_second(count: usize, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}

/// Whether that store has so many confirmed claims, and counts as many places less.
fn all_are_there(store: &Connection, wanted: usize) -> Result<(), Failure> {
    let count = |sql: &str| store.query_row(sql, [], |row| row.get::<_, i64>(0));
    let claims = count("SELECT count(*) FROM claim WHERE state = 'confirmed'")?;
    let places = count("SELECT sum(direct_live) FROM job")?;
    let told = count("SELECT count(*) FROM feed WHERE seq > (SELECT count(*) FROM job)")?;
    let wanted = i64::try_from(wanted)?;
    if (claims, places) != (wanted, wanted) || told == 0 {
        return Err(format!("{claims} claims and {places} places instead of {wanted}").into());
    }
    Ok(())
}

/// The other side: devices that ask the hub program, each over a connection of its own. They make and read
/// HTTP and nothing else, so that what is measured on the cores that they share is the hub.
struct Clients {
    address: String,
    tokens: Vec<String>,
}

impl Clients {
    fn enrolled(runtime: &Runtime, address: &str, codes: Vec<String>) -> Result<Self, Failure> {
        let client = Client::new(address, &[])?;
        let enrol = |code| {
            let request = EnrolRequest {
                code,
                hall: a_hall(),
                public_key: SigningKey::generate()?.public_hex(),
                version: "bench".to_owned(),
                before: None,
            };
            let answer = runtime.block_on(client.post("/enrol", None, &request, TIMEOUT))?;
            let reply: EnrolReply = answer.said;
            Ok(reply.token)
        };
        Ok(Self {
            tokens: codes
                .into_iter()
                .map(enrol)
                .collect::<Result<_, Failure>>()?,
            address: address.trim_start_matches("http://").to_owned(),
        })
    }

    /// Each client asks for its share, one after the other. Gives how long all took together, and each
    /// one in milliseconds.
    fn claim_all(&self, runtime: &Runtime, all: &[Wish]) -> Result<(Duration, Vec<f64>), Failure> {
        let mut ready = vec![];
        for (n, token) in self.tokens.iter().enumerate() {
            let mine = all.iter().skip(n).step_by(CLIENTS);
            let requests = mine.map(|wish| self.request(token, *wish));
            let connection = runtime.block_on(connected(&self.address))?;
            ready.push((connection, requests.collect::<Result<Vec<_>, Failure>>()?));
        }
        let began = Instant::now();
        let tasks: Vec<_> = ready
            .into_iter()
            .map(|(connection, requests)| runtime.spawn(claim(connection, requests)))
            .collect();
        let mut waits = vec![];
        for task in tasks {
            waits.extend(runtime.block_on(task)??);
        }
        Ok((began.elapsed(), waits))
    }

    fn request(&self, token: &str, (worker, job): Wish) -> Result<Request, Failure> {
        let asked = ClaimRequest {
            claim: ClaimId(Uuid::new_v4()),
            job,
            worker,
            channel: Channel::Terminal,
        };
        let body = Bytes::from(serde_json::to_vec(&asked)?);
        Ok(http::Request::post("/api/v1/claims")
            .header(header::HOST, &self.address)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", asked.claim.to_string())
            .body(Full::new(body))?)
    }
}

type Request = http::Request<Full<Bytes>>;

async fn connected(address: &str) -> Result<SendRequest<Full<Bytes>>, Failure> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

async fn claim(
    mut connection: SendRequest<Full<Bytes>>,
    requests: Vec<Request>,
) -> Result<Vec<f64>, String> {
    let failed = |error: hyper::Error| error.to_string();
    let mut waits = vec![];
    for request in requests {
        let asked = Instant::now();
        let answer = connection.send_request(request).await.map_err(failed)?;
        let status = answer.status();
        let body = answer.into_body().collect().await.map_err(failed)?;
        waits.push(millis(asked.elapsed()));
        if !status.is_success() {
            let said = String::from_utf8_lossy(&body.to_bytes()).into_owned();
            return Err(format!("{status}: {said}"));
        }
    }
    Ok(waits)
}

/// How a job is read.
const JOB: &str = "SELECT body, number, state, target, version, max(0, target - direct_live - (
        SELECT coalesce(sum(claimed - cancelled), 0) FROM rights_account
        WHERE rights_account.job = job.id)) FROM job WHERE id = ?1";

/// The same data, and the statements of a claim at the hub one after the other, with nothing around
/// them: no network, no JSON but what is stored, nobody waiting.
struct Bare {
    sql: Connection,
    /// Those who claim, in turn.
    devices: Vec<String>,
}

impl Bare {
    fn open(path: &Path) -> Result<Self, Failure> {
        let sql = Connection::open(path)?;
        sql.pragma_update(None, "synchronous", "FULL")?;
        sql.pragma_update(None, "foreign_keys", true)?;
        sql.set_prepared_statement_cache_capacity(64);
        let devices = sql
            .prepare("SELECT id FROM device")?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        Ok(Self { sql, devices })
    }

    fn claim_all(&mut self, all: &[Wish]) -> Result<Duration, Failure> {
        let began = Instant::now();
        for batch in all.chunks(BATCH) {
            let sql = self.sql.transaction()?;
            for ((worker, job), device) in batch.iter().zip(&self.devices) {
                Self::claim(&sql, &worker.to_string(), &job.to_string(), device)?;
            }
            Self::tell(&sql, batch)?;
            sql.commit()?;
        }
        Ok(began.elapsed())
    }

    fn claim(sql: &Connection, worker: &str, job: &str, device: &str) -> Result<(), Failure> {
        let (id, now) = (
            Uuid::new_v4().to_string(),
            Timestamp::now().as_microsecond(),
        );
        let read = |statement: &str, of: &str| -> rusqlite::Result<usize> {
            let mut statement = sql.prepare_cached(statement)?;
            let width = statement.column_count();
            let mut rows = statement.query([of])?;
            let mut count = 0;
            while let Some(row) = rows.next()? {
                for column in 0..width {
                    std::hint::black_box(row.get_ref(column)?);
                }
                count += 1;
            }
            Ok(count)
        };
        read(
            "SELECT id FROM worker WHERE id = ?1
             UNION ALL SELECT worker FROM worker_alias WHERE alias = ?1 LIMIT 1",
            worker,
        )?;
        read("SELECT * FROM claim WHERE id = ?1", &id)?;
        read("SELECT erased_at FROM worker WHERE id = ?1", worker)?;
        read(JOB, job)?;
        read(
            "SELECT number FROM worker WHERE id = ?1 AND number IS NOT NULL",
            worker,
        )?;
        read(
            "SELECT job.body FROM claim JOIN job ON job.id = claim.job
             WHERE claim.worker = ?1 AND claim.state IN ('provisional', 'claimed', 'confirmed',
                 'checked_in', 'completed', 'settled')",
            worker,
        )?;
        read(
            "SELECT missed_at FROM claim
             WHERE worker = ?1 AND missed_at IS NOT NULL AND state = 'no_show'",
            worker,
        )?;
        read(
            "SELECT max(pause_lifted_at) FROM worker WHERE id = ?1",
            worker,
        )?;
        read(
            "SELECT hall, state, places, target, direct_live, valid_until, held FROM job
             WHERE id = ?1",
            job,
        )?;
        read(
            "SELECT device, epoch, granted, returned, claimed, cancelled
             FROM rights_account WHERE job = ?1",
            job,
        )?;
        sql.prepare_cached("UPDATE job SET direct_live = direct_live + 1 WHERE id = ?1")?
            .execute([job])?;
        let number: i64 = sql
            .prepare_cached("UPDATE meta SET last_direct = last_direct + 1 RETURNING last_direct")?
            .query_row([], |row| row.get(0))?;
        sql.prepare_cached(
            "INSERT INTO claim (id, number, job, worker, worker_there, device, channel, state, made_at,
                                arrived_at)
             VALUES (?1, ?2, ?3, ?4, ?4, ?5, 'terminal', 'confirmed', ?6, ?6)",
        )?
        .execute(params![id, format!("00-{number:04}"), job, worker, device, now])?;
        // For the letter, and for the one in the answer.
        for _ in 0..2 {
            read(
                "SELECT hall, max(starts_at, valid_until) FROM job WHERE id = ?1",
                job,
            )?;
        }
        Ok(())
    }

    /// The feed is told of each claim, and of each job that changed in a commit, and its head is raised once.
    fn tell(sql: &Connection, batch: &[Wish]) -> Result<(), Failure> {
        let scope = Scope::Hall(a_hall()).to_string();
        let mut head: i64 = sql
            .prepare_cached("SELECT head FROM feed_head WHERE scope = ?1")?
            .query_row([&scope], |row| row.get(0))?;
        let letter = "0".repeat(LETTER);
        for _ in batch {
            head += 1;
            sql.prepare_cached("INSERT INTO feed (scope, seq, body) VALUES (?1, ?2, ?3)")?
                .execute(params![scope, head, letter])?;
        }
        let changed: BTreeSet<JobId> = batch.iter().map(|(_, job)| *job).collect();
        for job in changed {
            let job = job.to_string();
            head += 1;
            sql.prepare_cached("UPDATE job SET version = version + 1 WHERE id = ?1")?
                .execute([&job])?;
            let body: String = sql
                .prepare_cached(JOB)?
                .query_row([&job], |row| row.get(0))?;
            sql.prepare_cached("INSERT INTO feed (scope, seq, body) VALUES (?1, ?2, ?3)")?
                .execute(params![scope, head, body])?;
        }
        sql.prepare_cached("DELETE FROM feed WHERE scope = ?1 AND seq <= ?2")?
            .execute(params![scope, head - 20_000])?;
        sql.prepare_cached(
            "INSERT INTO feed_head (scope, head) VALUES (?1, ?2)
             ON CONFLICT (scope) DO UPDATE SET head = excluded.head",
        )?
        .execute(params![scope, head])?;
        Ok(())
    }
}

fn figures(claims: usize, alone: &[f64], served: &[f64], waits: &[f64], cpu: f64) -> Vec<Measured> {
    let how = format!(
        "The hub program on loopback and 64 clients, each with one request under way, {claims} claims in \
         {} runs in turn with the bare loop: the same statements on a copy of the same data in a file \
         beside it, {BATCH} claims to a commit, synchronous=FULL and foreign keys for both. Medians: hub {:.0}, bare \
         {:.0} claims a second; an answer took {:.1} ms, p99 {:.1}.",
        served.len(),
        median(served),
        median(alone),
        median(waits),
        percentile(waits, 0.99)
    );
    vec![
        Measured::told(
            "claims a second at the hub, of a bare loop's",
            median(served) / median(alone),
            "",
            &how,
        )
        .at_least(0.5),
        Measured::told("claims a second at the hub", median(served), "1/s", &how),
        Measured::told("processor time of the hub for a claim", cpu, "ms", &how),
    ]
}
