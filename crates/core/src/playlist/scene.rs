//! One scene of the playlist: what it shows, for how long, when, where and how much of the time.

use super::{JobFilter, When};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One scene of the playlist, as `kiosk.toml` names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct Scene {
    /// What it shows.
    #[serde(flatten)]
    pub what: What,
    /// How, when and where.
    #[serde(flatten)]
    pub terms: Terms,
}

/// What every kind of scene may be told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Terms {
    /// Seconds for each page or thing of it; by default what reading it takes.
    pub seconds: Option<u32>,
    /// At which times.
    pub when: When,
    /// On these walls only, by name or tag; on every wall where none is named.
    pub walls: Vec<String>,
    /// 0 to 9. While a scene may be on and has something to show, those of a lower priority wait.
    pub priority: u8,
    /// Percent of the time that it has for itself, 1 to 90. Such a scene comes between the others
    /// as often as that takes; one without it has its place in the order.
    pub share: Option<u8>,
    /// Covered in pictures of the wall that leave the hall.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub private: bool,
}

/// Which keys are [`Terms`]; all others are of the kind.
const TERMS: [&str; 6] = ["seconds", "when", "walls", "priority", "share", "private"];

/// The kinds of scenes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum What {
    /// The table of open jobs, page by page.
    Jobs {
        /// At most so many rows a page, where the window has room for more.
        rows: Option<u32>,
        /// At most so many pages before the next scene; the next time it goes on where it stopped.
        pages: Option<u32>,
        /// Which columns; those that the window has room for where none is named.
        #[serde(default)]
        columns: Vec<Column>,
        /// Which jobs.
        #[serde(default)]
        only: JobFilter,
    },
    /// One job, large, with its code. Every job that fits has its turn, urgent ones two.
    Spotlight {
        /// How many jobs, one after the other, before the next scene.
        #[serde(default = "one")]
        jobs: u32,
        /// Which jobs.
        #[serde(default)]
        only: JobFilter,
    },
    /// How many jobs and places each kind of work has, and what they pay.
    Overview {},
    /// One notice. Every current notice has its turn.
    Notice {
        /// How many notices, one after the other, before the next scene.
        #[serde(default = "one")]
        notices: u32,
    },
    /// One job fair, broadcast or recruiting on the spot, with its date and a code. Each that runs or
    /// is to come has its turn.
    Fairs {
        /// How many, one after the other, before the next scene.
        #[serde(default = "one")]
        fairs: u32,
    },
    /// Courses that run or are to come, with the places left: the table of all of them, or one after
    /// the other.
    Training {
        /// So many courses before the next scene, one after the other, large and each with its code;
        /// the table of all where no number is given.
        #[serde(default)]
        courses: Option<u32>,
    },
    /// A text of the hall's own.
    Text {
        /// One line.
        title: String,
        /// Plain text.
        #[serde(default)]
        body: String,
    },
    /// A picture of the hall's own, PNG or JPEG.
    Image {
        /// Its file, relative to the configuration.
        file: String,
        /// One line below it.
        #[serde(default)]
        caption: String,
    },
    /// A video of the hall's own, without its sound. It is on for as long as it takes, where no
    /// seconds are given.
    Video {
        /// Its file, relative to the configuration.
        file: String,
        /// One line below it.
        #[serde(default)]
        caption: String,
    },
    /// What to do about unpaid wages, fees and false jobs.
    Rights {
        /// Where a phone can complain, as a code.
        #[serde(default)]
        link: Option<String>,
    },
    /// How much work there is: open jobs, places, places taken, by kind and by settlement.
    Statistics {},
    /// Where in the hall to find what.
    Services {
        /// The hall's windows and zones.
        places: Vec<ServicePlace>,
    },
}

/// One window or zone of the hall.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServicePlace {
    /// Where, for example `1号窗口`.
    pub at: String,
    /// What people get there.
    pub what: String,
}

/// The columns of the table that staff may choose; number, title and pay are always there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// 工种
    WorkKind,
    /// 结算
    Settlement,
    /// 名额
    Places,
    /// 乡镇
    Town,
    /// 上岗时间
    Time,
}

impl Column {
    /// All of them, in the order of the table.
    pub const ALL: [Self; 5] = [
        Self::WorkKind,
        Self::Settlement,
        Self::Places,
        Self::Town,
        Self::Time,
    ];
}

fn one() -> u32 {
    1
}

impl From<What> for Scene {
    /// On every wall, always, for as long as reading it takes.
    fn from(what: What) -> Self {
        Self {
            what,
            terms: Terms::default(),
        }
    }
}

impl TryFrom<Map<String, Value>> for Scene {
    type Error = serde_json::Error;

    /// Strict in every key, which serde's `flatten` is not.
    fn try_from(mut keys: Map<String, Value>) -> Result<Self, Self::Error> {
        let mut terms = Map::new();
        for name in TERMS {
            terms.extend(keys.remove_entry(name));
        }
        Ok(Self {
            what: serde_json::from_value(Value::Object(keys))?,
            terms: serde_json::from_value(Value::Object(terms))?,
        })
    }
}

impl Scene {
    /// The same, for so many seconds each.
    pub fn lasting(mut self, seconds: u32) -> Self {
        self.terms.seconds = Some(seconds);
        self
    }

    /// The table of every open job.
    pub fn jobs() -> Self {
        let what = What::Jobs {
            rows: None,
            pages: None,
            columns: vec![],
            only: JobFilter::default(),
        };
        what.into()
    }

    /// So many jobs, one after the other.
    pub fn spotlight(jobs: u32) -> Self {
        let only = JobFilter::default();
        What::Spotlight { jobs, only }.into()
    }

    /// So many notices, one after the other.
    pub fn notice(notices: u32) -> Self {
        What::Notice { notices }.into()
    }

    /// Whether it is for the wall that has these names: its own and its tags.
    pub fn is_for(&self, names: &[String]) -> bool {
        let walls = &self.terms.walls;
        walls.is_empty() || walls.iter().any(|wall| names.contains(wall))
    }
}

impl What {
    /// Its `kind`, as `kiosk.toml` has it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Jobs { .. } => "jobs",
            Self::Spotlight { .. } => "spotlight",
            Self::Overview {} => "overview",
            Self::Notice { .. } => "notice",
            Self::Fairs { .. } => "fairs",
            Self::Training { .. } => "training",
            Self::Text { .. } => "text",
            Self::Image { .. } => "image",
            Self::Video { .. } => "video",
            Self::Rights { .. } => "rights",
            Self::Statistics {} => "statistics",
            Self::Services { .. } => "services",
        }
    }

    /// Which jobs it shows, or is about; `None` where it is about none.
    pub fn only(&self) -> Option<&JobFilter> {
        match self {
            Self::Jobs { only, .. } | Self::Spotlight { only, .. } => Some(only),
            Self::Overview {} | Self::Statistics {} => Some(&super::filter::EVERY_JOB),
            _ => None,
        }
    }

    /// The file that it shows, as it is written: beside the configuration, or, after `hub:`, the hub's.
    pub fn file(&self) -> Option<&str> {
        match self {
            Self::Image { file, .. } | Self::Video { file, .. } => Some(file),
            _ => None,
        }
    }

    /// Whether the other one shows the same things, so that they share their turns.
    pub fn shares_turns_with(&self, other: &Self) -> bool {
        self.kind() == other.kind() && self.only() == other.only()
    }
}
