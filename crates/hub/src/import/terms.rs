//! What an employer gives and asks: benefits, insurance, requirements, ages.

use super::benefits::{Benefits, Place, benefits, given};
use super::cell::half_width;
use super::columns::Field;
use super::row::{Fault, Reader};
use super::wage::Wage;
use super::{TEXT_MAX, values};
use gighall_core::job::Insurance;

/// What the employer gives and asks.
pub(crate) struct Terms {
    pub(crate) benefits: Benefits,
    pub(crate) insurance: Insurance,
    pub(crate) hazardous: bool,
    pub(crate) requirements: Option<String>,
    pub(crate) welfare: Option<String>,
}

/// Reads the terms of a row.
pub(crate) fn read(reader: &Reader<'_>, title: &str, wage: &Wage) -> Result<Terms, Fault> {
    let welfare = reader.text(Field::Welfare, TEXT_MAX)?;
    // Whether there is an insurance is not yet which: the words are kept, nothing is promised.
    let insurance = reader.text(Field::Insurance, TEXT_MAX)?;
    let insured = insurance
        .as_deref()
        .and_then(|text| values::insurance(text).ok());
    let by_welfare = || {
        welfare
            .as_deref()
            .and_then(|text| values::insurance(text).ok())
    };
    Ok(Terms {
        benefits: given_benefits(reader, title, wage)?,
        insurance: insured.or_else(by_welfare).unwrap_or(Insurance::None),
        // Whatever danger is described bars the young.
        hazardous: reader
            .text(Field::Hazardous, TEXT_MAX)?
            .is_some_and(|text| values::yes_or_no(&text).unwrap_or_else(|_| given(&text))),
        requirements: requirements(reader, wage, insurance.filter(|_| insured.is_none()))?,
        welfare,
    })
}

/// What is asked and noted, with the words of other columns that have no field of their own.
fn requirements(
    reader: &Reader<'_>,
    wage: &Wage,
    unread_insurance: Option<String>,
) -> Result<Option<String>, Fault> {
    let unread_age = reader
        .text(Field::Age, TEXT_MAX)?
        .filter(|text| !has_digits(text) && values::ages(text).is_err());
    let parts: Vec<String> = [
        wage.counted_by
            .map(|word| format!("按{word}计：{}", wage.text)),
        reader.text(Field::Requirements, TEXT_MAX)?,
        reader.text(Field::Note, TEXT_MAX)?,
        unread_insurance.map(|text| format!("保险：{text}")),
        unread_age.map(|text| format!("年龄：{text}")),
    ]
    .into_iter()
    .flatten()
    .collect();
    let requirements = parts.join("；");
    if requirements.chars().count() > TEXT_MAX {
        let reason =
            format!("requirements and notes together have more than {TEXT_MAX} characters");
        return Err(reader.fault(Field::Requirements, reason));
    }
    Ok(Some(requirements).filter(|text| !text.is_empty()))
}

/// A column of its own decides; otherwise what the texts promise counts.
fn given_benefits(reader: &Reader<'_>, title: &str, wage: &Wage) -> Result<Benefits, Fault> {
    let board = reader.text(Field::Board, TEXT_MAX)?;
    let texts = [
        (Place::Title, Some(title.to_owned())),
        (Place::Words, Some(wage.text.clone())),
        (Place::Words, reader.text(Field::Requirements, TEXT_MAX)?),
        (Place::Words, reader.text(Field::Note, TEXT_MAX)?),
        (Place::Column, board.clone()),
        (Place::Column, reader.text(Field::Welfare, TEXT_MAX)?),
    ];
    let promised = texts
        .into_iter()
        .filter_map(|(place, text)| Some(benefits(&text?, place)))
        .fold(Benefits::default(), Benefits::or);
    // 是, 有 or 包 in a column for both.
    let both = board.is_some_and(|text| {
        values::yes_or_no(&text) == Ok(true) || ["包", "提供"].contains(&text.as_str())
    });
    let decided = |field: Field, promised: bool| {
        let own = reader.value(field, |text| Ok(given(text)));
        own.map(|own| own.unwrap_or(promised))
    };
    Ok(Benefits {
        meals: decided(Field::Meals, promised.meals || both)?,
        lodging: decided(Field::Lodging, promised.lodging || both)?,
        transport: decided(Field::Transport, promised.transport)?,
    })
}

pub(super) fn has_digits(text: &str) -> bool {
    half_width(text).chars().any(|c| c.is_ascii_digit())
}

/// The youngest and the oldest age.
pub(crate) fn ages(reader: &Reader<'_>) -> Result<(Option<u8>, Option<u8>), Fault> {
    // 青壮年 bounds nothing, and is kept among the requirements.
    let both = reader
        .value(Field::Age, |text| match values::ages(text) {
            Err(_) if !has_digits(text) => Ok((None, None)),
            ages => ages,
        })?
        .unwrap_or_default();
    let min = reader
        .value(Field::MinAge, values::age)?
        .flatten()
        .or(both.0);
    let max = reader
        .value(Field::MaxAge, values::age)?
        .flatten()
        .or(both.1);
    values::check_ages(min, max)
        .map(|()| (min, max))
        .map_err(|reason| reader.fault(Field::MinAge, reason))
}
