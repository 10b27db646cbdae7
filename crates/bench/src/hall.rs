//! An invented hall: as many jobs as wanted, in a store that the kiosk's own code has filled.

use crate::Failure;
use gighall_core::event::{Event, EventKind};
use gighall_core::hall::{Hall, Notice, NoticeKind};
use gighall_core::id::{DeviceId, Epoch, HubEpoch, NoticeId};
use gighall_core::job::{Job, Settlement, WorkKind};
use gighall_core::pay::{Pay, PayUnit};
use gighall_core::rights::Grant;
use gighall_core::seal::{OpeningKey, SealingKey};
use gighall_core::testing::{a_hall, a_job, an_event};
use gighall_core::token::SigningKey;
use gighall_core::wire::{
    Change, EnrolReply, JobGrant, RightsAsk, RightsReply, Scope, SnapshotReply,
};
use gighall_hub::store::Listing;
use gighall_hub::{HubConfig, HubState};
use gighall_kiosk::config::{self, Config};
use gighall_kiosk::store::{Contact, Identity, Store};
use jiff::{SignedDuration, Timestamp};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// Jobs of a county's hall on an ordinary day.
pub const ORDINARY: u32 = 300;

const TITLES: [&str; 8] = [
    "砌砖小工",
    "水泥装卸工（夜班，包接送）",
    "苹果采摘套袋工（可带家属）",
    "酒店客房保洁",
    "电子厂包装普工",
    "砂石料短驳司机（B2证）",
    "钢构焊工",
    "婚宴帮厨传菜",
];
const TOWNS: [&str; 6] = [
    "草海镇",
    "五里岗街道",
    "雪山镇",
    "六桥街道",
    "新发布依族乡",
    "小海镇",
];

/// A data directory of a kiosk, with the configuration that belongs to it.
pub struct HallDir {
    /// The configuration's file.
    pub file: PathBuf,
    /// What it says.
    pub config: Config,
}

/// What the wall plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Playlist {
    /// One page of the table, for longer than anybody measures.
    OnePage,
    /// A page of the table and one job in turn, each for so many seconds; every job within a day.
    Turns(u32),
    /// [`SCENES`] in turn, each for so many seconds.
    All(u32),
}

impl HallDir {
    /// Makes a hall with `jobs` open jobs under `dir`, or anew if there was one.
    ///
    /// # Errors
    /// As disk and store give them.
    pub fn make(dir: &Path, jobs: u32, playlist: Playlist) -> Result<Self, Failure> {
        let hall = Self::written(dir, playlist, "url = \"http://127.0.0.1:9\"")?;
        fill(&hall.config, jobs, job)?;
        Ok(hall)
    }

    /// Makes a hall with `jobs` open jobs of as many employers, titles and addresses as a county has,
    /// and the rights to all places of the first `lent`.
    ///
    /// # Errors
    /// As disk and store give them.
    pub fn make_varied(dir: &Path, jobs: u32, lent: u32) -> Result<Self, Failure> {
        let hall = Self::written(dir, Playlist::OnePage, "url = \"http://127.0.0.1:9\"")?;
        let store = fill(&hall.config, jobs, varied)?;
        let asked: Vec<RightsAsk> = (0..lent)
            .map(|n| RightsAsk {
                job: a_job(n).id,
                known: 0,
                returned: 0,
                want: 1,
            })
            .collect();
        let grants = asked.iter().map(|ask| JobGrant {
            job: ask.job,
            grant: Grant {
                epoch: Epoch(1),
                hub_epoch: HubEpoch(1),
                granted: 1,
            },
        });
        let reply = RightsReply {
            grants: grants.collect(),
        };
        store.apply_grants(&asked, &reply, Epoch(1), HubEpoch(1))?;
        Ok(hall)
    }

    /// The same hall with a terminal over the middle of the wall, whose first row and ticker stay in sight.
    ///
    /// # Errors
    /// As the disk gives them.
    pub fn with_terminal(self) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(&self.file)?.replace(
            "[terminal]\nenabled = false",
            "[terminal]\nenabled = true\nx = 0\ny = 300\nwidth = 1920\nheight = 480",
        );
        std::fs::write(&self.file, text)?;
        Ok(Self {
            config: loaded(&self.file)?,
            ..self
        })
    }

    /// Makes a hall without a server of its own under `dir`, or anew if there was one. The kiosk runs
    /// its hub, whose store has `jobs` open jobs; the second part is that store, as staff's commands
    /// open it.
    ///
    /// # Errors
    /// As disk, store and network give them.
    pub fn with_hub(
        dir: &Path,
        jobs: u32,
        playlist: Playlist,
    ) -> Result<(Self, HubState), Failure> {
        let listen = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let hub = format!("url = \"embedded\"\nlisten = \"{listen}\"");
        let hall = Self::written(dir, playlist, &hub)?;
        let now = Timestamp::now();
        let state = gighall_hub::open(&HubConfig::new(hall.config.data.join("hub")))?;
        state.store.put_hall(&the_hall())?;
        for notice in notices(now) {
            state.store.put_notice(&a_hall(), &notice)?;
        }
        for event in events(now) {
            state.store.put_event(&a_hall(), &event)?;
        }
        let listings: Vec<Listing> = (0..jobs).map(|n| listing(n, job(n, now))).collect();
        state.store.import(&a_hall(), &listings, now)?;
        Ok((hall, state))
    }

    fn written(dir: &Path, playlist: Playlist, hub: &str) -> Result<Self, Failure> {
        if dir.exists() {
            std::fs::remove_dir_all(dir)?;
        }
        std::fs::create_dir_all(dir)?;
        let file = dir.join("kiosk.toml");
        std::fs::write(&file, configuration(playlist, hub))?;
        let config = loaded(&file)?;
        Ok(Self { file, config })
    }
}

fn loaded(file: &Path) -> Result<Config, Failure> {
    let config = config::load(file).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        lines.join("\n")
    })?;
    Ok(config)
}

/// A job as staff's list has it, the same listing whenever `n` is the same.
pub fn listing(n: u32, job: Job) -> Listing {
    Listing {
        source_key: format!("bench-{n}"),
        employer_uscc: None,
        review: None,
        start_moves: false,
        job,
    }
}

/// The hall itself.
pub fn the_hall() -> Hall {
    Hall {
        id: a_hall(),
        name: "威宁县零工市场".to_owned(),
        county_code: Some("520526".to_owned()),
        hotline: Some("0857-6220000".to_owned()),
        address: None,
    }
}

/// The scenes that are measured; videos are not, for which a build of its own is needed.
const SCENES: [&str; 11] = [
    "jobs",
    "spotlight",
    "overview",
    "notice",
    "text",
    "statistics",
    "rights",
    "image",
    "services",
    "fairs",
    "training",
];

/// What the benches say of them.
pub const SCENES_TOLD: &str = "eleven kinds of scene (all but videos)";

/// A wall of the whole screen and no terminal: nothing but the wall has work to do.
fn configuration(playlist: Playlist, hub: &str) -> String {
    let scenes = match playlist {
        Playlist::OnePage => "[[wall.scene]]\nkind = \"jobs\"\nseconds = 3600\n".to_owned(),
        Playlist::Turns(seconds) => format!(
            "[[wall.scene]]\nkind = \"jobs\"\npages = 1\nseconds = {seconds}\n\
             [[wall.scene]]\nkind = \"spotlight\"\njobs = 1\nseconds = {seconds}\n"
        ),
        Playlist::All(seconds) => SCENES
            .map(|kind| {
                let more = match kind {
                    "image" => concat!(
                        "file = \"",
                        env!("CARGO_MANIFEST_DIR"),
                        "/../../assets/demo/hall-map.png\"\n"
                    ),
                    "services" => "[[wall.scene.places]]\nat = \"1号窗口\"\nwhat = \"求职登记\"\n",
                    "jobs" => "pages = 4\n",
                    "spotlight" => "jobs = 3\n",
                    "text" => "title = \"找活不收费\"\nbody = \"凡要求先交押金的，都是骗局。\"\n",
                    _ => "",
                };
                format!("[[wall.scene]]\nkind = \"{kind}\"\nseconds = {seconds}\n{more}")
            })
            .concat(),
    };
    let period = match playlist {
        Playlist::Turns(_) => "every_job_within_minutes = 1440\n",
        Playlist::OnePage | Playlist::All(_) => "",
    };
    format!(
        "[hall]\nid = \"{}\"\nname = \"威宁县零工市场\"\nzone = \"Asia/Shanghai\"\n\
         [hub]\n{hub}\n\
         [terminal]\nenabled = false\n\
         [wall]\nenabled = true\nx = 0\ny = 0\nwidth = 1920\nheight = 1080\nlanguage = \"zh-CN\"\n{period}\
         [wall.ticker]\ntexts = [\"找活、登记、报名全部免费\", \"欠薪投诉请拨打 12333\"]\n{scenes}",
        a_hall()
    )
}

/// Where identity numbers are sealed to.
pub fn sealing_key() -> SealingKey {
    OpeningKey::from_bytes([7; 32]).sealing_key()
}

/// Fills the store as the hub does: an enrolment, and a snapshot of everything.
fn fill(config: &Config, jobs: u32, job: fn(u32, Timestamp) -> Job) -> Result<Store, Failure> {
    let now = Timestamp::now();
    let store = Store::open(&config.data, config.time_zone(), now)?;
    let reply = EnrolReply {
        device: DeviceId(Uuid::from_u128(77)),
        name: "bench".to_owned(),
        epoch: Epoch(1),
        hub_epoch: HubEpoch(1),
        token: "bench".to_owned(),
        sealing_key: sealing_key(),
        claim_prefix: "01".to_owned(),
        phone_url: "http://127.0.0.1:9".to_owned(),
        hall: the_hall(),
        now,
    };
    let identity = Identity::new(&reply, SigningKey::generate()?.secret_hex());
    identity.save(&config.data)?;
    store.enrolled(&identity, &reply)?;
    let notices = notices(now)
        .into_iter()
        .map(|notice| Change::Notice { notice });
    let events = events(now).map(|event| Change::Event {
        event: Box::new(event),
    });
    let told = SnapshotReply {
        scope: Scope::Hall(a_hall()),
        head: 1,
        changes: (0..jobs)
            .map(|n| Change::Job {
                job: Box::new(job(n, now)),
            })
            .chain(notices)
            .chain(events)
            .collect(),
        now,
        hub_epoch: HubEpoch(1),
    };
    store.apply_snapshot(&told, now)?;
    store.note_contact(&Contact {
        last: Some(now),
        ..Contact::default()
    })?;
    Ok(store)
}

/// The same job with a title, an employer and a place that few others have.
fn varied(n: u32, now: Timestamp) -> Job {
    let mut job = job(n, now);
    let town = job.town.clone();
    job.title = format!("{}{}号工地", job.title, n % 20_000);
    job.employer.name = format!("{town}第{}劳务合作社", n % 3_000);
    job.address = format!("{town}{}组{}号", n % 90, n);
    job
}

/// The `n`th job: open for at least the next day, and different from its neighbours.
pub fn job(n: u32, now: Timestamp) -> Job {
    let mut job = a_job(n);
    let pick = n as usize;
    let starts = now + SignedDuration::from_hours(24 + i64::from(n % 120));
    job.number = 1001 + n;
    job.work_kind = WorkKind::ALL[pick % WorkKind::ALL.len()];
    job.title = TITLES[pick % TITLES.len()].to_owned();
    job.town = TOWNS[pick % TOWNS.len()].to_owned();
    job.address = format!("{}建设东路{}号", job.town, 1 + n % 400);
    job.settlement = Settlement::ALL[pick % Settlement::ALL.len()];
    let low = 120 + u64::from(n % 40) * 5;
    job.pay = Pay::Range {
        min_fen: low * 100,
        max_fen: (low + 60) * 100,
        unit: PayUnit::Day,
    };
    job.urgent = n % 9 == 1;
    job.places = 4 + n % 14;
    job.places_left = 1 + n % 4;
    job.starts_at = starts;
    job.ends_at = Some(starts + SignedDuration::from_hours(10));
    job.valid_until = starts;
    job.requirements = (n % 2 == 1).then(|| "身体健康，能吃苦，自带安全帽".to_owned());
    job
}

/// Two fairs and two courses, to come in days.
fn events(now: Timestamp) -> impl Iterator<Item = Event> {
    let kinds = [
        EventKind::JobFair,
        EventKind::OnTheSpot,
        EventKind::Training,
        EventKind::Training,
    ];
    (1..).zip(kinds).map(move |(n, kind)| Event {
        kind,
        starts_at: now + SignedDuration::from_hours(24 * i64::from(n)),
        ends_at: now + SignedDuration::from_hours(24 * i64::from(n) + 4),
        ..an_event(n)
    })
}

fn notices(now: Timestamp) -> Vec<Notice> {
    let notice = |n, kind, title: &str, body: &str| Notice {
        id: NoticeId(Uuid::from_u128(n)),
        kind,
        title: title.to_owned(),
        body: body.to_owned(),
        issuer: Some("威宁县就业服务中心".to_owned()),
        effective_from: now,
        effective_to: None,
        ticker: true,
    };
    vec![
        notice(
            1,
            NoticeKind::AntiFraud,
            "找活不交钱",
            "零工市场的一切服务对劳动者免费。凡是先收押金、报名费、体检费的，都是骗子。",
        ),
        notice(
            2,
            NoticeKind::JobFair,
            "周六上午现场招工会",
            "本周六 8:30 至 12:00，市场洽谈区，二十多家用工单位现场招工，当场谈、当天上岗。",
        ),
    ]
}
