//! One row of a table becomes a listing, or is refused with the column at fault.

use super::benefits::given;
use super::cell::{Cell, half_width};
use super::columns::Field;
use super::map::ColumnMap;
use super::table::{Row, Table};
use super::terms::{self, has_digits};
use super::wage::{self, Wage};
use super::{TEXT_MAX, review, schedule, values};
use crate::store::Listing;
use gighall_core::id::{EmployerId, HallId, JobId};
use gighall_core::job::{ClaimMode, Employer, Job, JobState, WorkKind};
use gighall_core::{uscc, work_words};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};
use uuid::Uuid;

const TITLE_MAX: usize = 60;
const NAME_MAX: usize = 100;
const PLACE_MAX: usize = 200;
const TOWN_MAX: usize = 40;
const NUMBER_MAX: usize = 80;
/// Where a list says nothing of the place, the work is near its hall.
const NEARBY: &str = "本地";

/// Words that make work hazardous though no column says so.
const HAZARDOUS: &[&str] = &[
    "高空",
    "高处作业",
    "爆破",
    "井下",
    "带电作业",
    "有限空间",
    "危化",
    "隧道",
];

/// What every row of an import shares.
pub(crate) struct Context<'a> {
    pub(crate) hall: &'a HallId,
    pub(crate) map: &'a ColumnMap,
    pub(crate) zone: &'a TimeZone,
    pub(crate) now: Timestamp,
    /// The day of the import in the hall's zone.
    pub(crate) today: Date,
}

/// What is wrong with a row.
pub(crate) struct Fault {
    pub(crate) column: String,
    pub(crate) reason: String,
}

/// Reads the cells of one row.
pub(crate) struct Reader<'a> {
    pub(crate) table: &'a Table,
    row: &'a Row,
    pub(crate) context: &'a Context<'a>,
}

impl<'a> Reader<'a> {
    pub(crate) fn columns(&self, field: Field) -> &'a [usize] {
        self.table.columns.get(&field).map_or(&[], Vec::as_slice)
    }

    /// The first filled cell of the field's columns.
    pub(crate) fn own(&self, field: Field) -> Option<(usize, &'a Cell)> {
        self.columns(field)
            .iter()
            .map(|at| (*at, self.row.cell(*at)))
            .find(|(_, cell)| !cell.is_empty())
    }

    /// What stands in for an empty cell: the mapping's word first, then the format's.
    fn default(&self, field: Field) -> Option<&'a Cell> {
        let of_format = || {
            self.table
                .defaults
                .iter()
                .find(|(known, _)| *known == field)
        };
        self.context
            .map
            .default_for(field)
            .or_else(|| of_format().map(|(_, cell)| cell))
    }

    /// The cell that counts for a field.
    pub(crate) fn cell(&self, field: Field) -> &'a Cell {
        static EMPTY: Cell = Cell::Empty;
        self.own(field)
            .map(|(_, cell)| cell)
            .or_else(|| self.default(field))
            .unwrap_or(&EMPTY)
    }

    /// A fault in a field's column.
    pub(crate) fn fault(&self, field: Field, reason: String) -> Fault {
        let column = self
            .own(field)
            .map(|(at, _)| at)
            .or_else(|| self.columns(field).first().copied());
        Fault {
            column: column.map_or_else(|| field.key().to_owned(), |at| self.table.heading(at)),
            reason,
        }
    }

    /// A field's text of at most `max` characters; `None` where there is none.
    pub(crate) fn text(&self, field: Field, max: usize) -> Result<Option<String>, Fault> {
        let cell = self.cell(field);
        let unread = match cell {
            Cell::Error(error) => {
                Some(format!("the cell holds the error {error}: write its value"))
            }
            Cell::Unreckoned => Some(
                "the cell holds a formula whose value is not in the file: open the file in Excel \
                 or WPS and save it, or write the value"
                    .to_owned(),
            ),
            _ => None,
        };
        if let Some(reason) = unread {
            return Err(self.fault(field, reason));
        }
        let text = cell.text();
        let length = text.chars().count();
        if length > max {
            let reason = format!("the text has {length} characters: at most {max} are taken");
            Err(self.fault(field, reason))
        } else {
            Ok(Some(text).filter(|text| !text.is_empty()))
        }
    }

    fn required(&self, field: Field, max: usize, example: &str) -> Result<String, Fault> {
        self.text(field, max)?
            .ok_or_else(|| self.fault(field, format!("the cell is empty: write {example}")))
    }

    /// A field's text read by a function of [`values`].
    pub(crate) fn value<T>(
        &self,
        field: Field,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, Fault> {
        match self.text(field, TEXT_MAX)? {
            Some(text) => read(&text)
                .map(Some)
                .map_err(|reason| self.fault(field, shortened(&reason))),
            None => Ok(None),
        }
    }
}

/// A reason quotes the cell; a cell may be long.
fn shortened(reason: &str) -> String {
    const MOST: usize = 240;
    let length = reason.chars().count();
    if length <= MOST {
        return reason.to_owned();
    }
    let head: String = reason.chars().take(60).collect();
    let tail: String = reason.chars().skip(length - 120).collect();
    format!("{head}…{tail}")
}

/// The column that tells listings apart, for "same as line N".
pub(crate) fn key_column(table: &Table) -> String {
    [Field::Number, Field::Title]
        .iter()
        .find_map(|field| table.columns.get(field)?.first())
        .map_or_else(|| Field::Title.key().to_owned(), |at| table.heading(*at))
}

/// Makes a listing of a row.
pub(crate) fn listing(table: &Table, row: &Row, context: &Context<'_>) -> Result<Listing, Fault> {
    let reader = Reader {
        table,
        row,
        context,
    };
    let title = reader.required(Field::Title, TITLE_MAX, "what the job is called")?;
    let (employer, employer_uscc) = employer(&reader)?;
    let places = reader
        .value(Field::Places, values::places)?
        .ok_or_else(|| {
            reader.fault(
                Field::Places,
                "the cell is empty: write how many people are wanted".to_owned(),
            )
        })?;
    let wage = wage::read(&reader, &title)?;
    let times = schedule::read(&reader)?;
    let place = place(&reader)?;
    let terms = terms::read(&reader, &title, &wage)?;
    let (min_age, max_age) = terms::ages(&reader)?;
    let work_kind = work_kind(&reader, &title)?;
    let source_key = source_key(
        &reader,
        &employer,
        employer_uscc.as_deref(),
        &title,
        &place,
        &wage,
        &times,
    )?;
    let texts: Vec<&str> = [
        Some(&title),
        Some(&wage.text),
        terms.requirements.as_ref(),
        terms.welfare.as_ref(),
        times.shift.as_ref(),
        Some(&employer.name),
        Some(&place.town),
        Some(&place.address),
        place.gather.as_ref(),
    ]
    .into_iter()
    .flatten()
    .map(String::as_str)
    .collect();
    let review = review::reason(&texts, wage.pay);
    let job = Job {
        id: JobId(named_uuid(&[context.hall.as_str(), "job", &source_key])),
        number: 0,
        hall: context.hall.clone(),
        employer,
        work_kind,
        occupation_code: reader.text(Field::OccupationCode, NUMBER_MAX)?,
        places,
        places_left: places,
        pay: wage.pay,
        settlement: wage.settlement,
        starts_at: times.starts_at,
        ends_at: times.ends_at,
        shift: times.shift,
        gather_at: times.gather_at,
        gather_place: place.gather,
        town: place.town,
        address: place.address,
        position: place.position,
        meals: terms.benefits.meals,
        lodging: terms.benefits.lodging,
        transport: terms.benefits.transport,
        insurance: terms.insurance,
        min_age,
        max_age,
        hazardous: terms.hazardous || HAZARDOUS.iter().any(|word| title.contains(word)),
        requirements: terms.requirements,
        contact_phone: reader
            .value(Field::Phone, |text| match has_digits(text) {
                true => values::phone(text).map(Some),
                // 微信联系 is no number, and no mistake.
                false => Ok(None),
            })?
            .flatten(),
        claim_mode: reader
            .text(Field::ClaimMode, TEXT_MAX)?
            .and_then(|text| values::claim_mode(&text).ok())
            .unwrap_or(ClaimMode::FirstCome),
        urgent: reader.text(Field::Urgent, TEXT_MAX)?.is_some_and(|text| {
            values::yes_or_no(&text).unwrap_or_else(|_| text.contains('急') && given(&text))
        }),
        reserved: reader
            .text(Field::Reserved, TEXT_MAX)?
            .is_some_and(|text| values::yes_or_no(&text).unwrap_or_else(|_| given(&text))),
        state: match review {
            Some(_) => JobState::PendingReview,
            None => JobState::Published,
        },
        valid_until: times.valid_until,
        published_at: context.now,
        version: 0,
        title,
    };
    Ok(Listing {
        source_key,
        employer_uscc,
        review,
        start_moves: times.start_moves,
        job,
    })
}

fn employer(reader: &Reader<'_>) -> Result<(Employer, Option<String>), Fault> {
    let name = reader.required(Field::Employer, NAME_MAX, "who hires")?;
    let code = reader.value(Field::Uscc, |text| {
        let code = half_width(text).replace(' ', "").to_uppercase();
        uscc::check(&code)
            .map(|()| code)
            .map_err(|error| format!("{text:?}: {error}"))
    })?;
    let kind = reader
        .text(Field::EmployerKind, NAME_MAX)?
        .unwrap_or_default();
    let key = code.as_deref().unwrap_or(&name);
    let employer = Employer {
        id: EmployerId(named_uuid(&[reader.context.hall.as_str(), "employer", key])),
        kind: values::employer_kind(&kind, &name),
        name,
        verified: false,
    };
    Ok((employer, code))
}

/// Where the work is.
struct Place {
    town: String,
    address: String,
    gather: Option<String>,
    position: Option<(String, String)>,
}

fn place(reader: &Reader<'_>) -> Result<Place, Fault> {
    let town = reader.text(Field::Town, TOWN_MAX)?;
    let address = reader.text(Field::Address, PLACE_MAX)?;
    let gather = reader.text(Field::GatherPlace, PLACE_MAX)?;
    let known = [&address, &town, &gather];
    let found = || {
        known
            .iter()
            .find_map(|text| text.as_deref().and_then(values::town_in))
    };
    let is_wider = |town: &String| town.ends_with(['县', '市', '区', '州', '省']);
    let town_text = match &town {
        Some(town) if !is_wider(town) => town.clone(),
        Some(town) => found().unwrap_or_else(|| town.clone()),
        None => found()
            .or_else(|| address.clone().filter(|text| text.chars().count() <= 12))
            .unwrap_or_else(|| NEARBY.to_owned()),
    };
    let address = address
        .or_else(|| gather.clone())
        .or(town)
        .unwrap_or_else(|| NEARBY.to_owned());
    Ok(Place {
        town: town_text,
        gather: gather.filter(|gather| *gather != address),
        address,
        position: position(reader)?,
    })
}

fn position(reader: &Reader<'_>) -> Result<Option<(String, String)>, Fault> {
    if let Some(text) = reader.text(Field::Position, PLACE_MAX)? {
        let parts: Vec<&str> = text
            .split([',', '，', ' ', ';', '、'])
            .filter(|part| !part.is_empty())
            .collect();
        let [first, second] = parts.as_slice() else {
            return Err(reader.fault(
                Field::Position,
                "a position has two parts: write it as in 26.857,104.282".to_owned(),
            ));
        };
        return values::position(first, second)
            .map_err(|reason| reader.fault(Field::Position, reason));
    }
    let latitude = reader.text(Field::Latitude, NUMBER_MAX)?;
    let longitude = reader.text(Field::Longitude, NUMBER_MAX)?;
    match (latitude, longitude) {
        (Some(latitude), Some(longitude)) => values::position(&latitude, &longitude)
            .map_err(|reason| reader.fault(Field::Latitude, shortened(&reason))),
        _ => Ok(None),
    }
}

/// The column for the kind of work, else the words of the title.
fn work_kind(reader: &Reader<'_>, title: &str) -> Result<WorkKind, Fault> {
    let column = reader.text(Field::WorkKind, NAME_MAX)?;
    Ok(column
        .as_deref()
        .and_then(work_words::from_column)
        .or_else(|| work_words::classify(title))
        .unwrap_or(WorkKind::Other))
}

/// What makes it the same listing when it is imported again: the employer (credit code or name)
/// with the source's own number, since many lists count from 1 each day; else a hash of who, what,
/// where, when and for how much. A listing for a day named by 明天 or 每天 is one of that day.
fn source_key(
    reader: &Reader<'_>,
    employer: &Employer,
    employer_uscc: Option<&str>,
    title: &str,
    place: &Place,
    wage: &Wage,
    times: &schedule::Schedule,
) -> Result<String, Fault> {
    let number = reader
        .text(Field::Number, NUMBER_MAX)?
        .filter(|number| !["-", "/", "无", "0"].contains(&number.as_str()));
    let Some(number) = number else {
        let pay = format!("{:?}", wage.pay);
        let parts = [
            &employer.name,
            title,
            &place.address,
            &times.start_key,
            &pay,
        ];
        return Ok(hex::encode(hash(&parts)));
    };
    let source = reader.context.map.source.as_ref();
    let number = source.map_or(number.clone(), |source| format!("{source}:{number}"));
    let employer = employer_uscc.unwrap_or(&employer.name);
    Ok(match times.day_of_import {
        Some(day) => format!("{employer}#{number}@{day}"),
        None => format!("{employer}#{number}"),
    })
}

fn hash(parts: &[&str]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        // Lengths keep ("ab", "c") and ("a", "bc") apart.
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().into()
}

/// The same id for the same parts, always.
fn named_uuid(parts: &[&str]) -> Uuid {
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(hash(parts)) {
        *to = from;
    }
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
