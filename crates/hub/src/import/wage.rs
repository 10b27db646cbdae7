//! What a listed job pays and when the pay is handed over.

use super::columns::Field;
use super::row::{Fault, Reader};
use super::settlement::{counted_by, settlement_in};
use super::{TEXT_MAX, values};
use gighall_core::job::Settlement;
use gighall_core::pay::{Pay, PayUnit};
use gighall_core::pay_text;

/// Pay and when it is handed over.
pub(crate) struct Wage {
    pub(crate) pay: Pay,
    pub(crate) settlement: Settlement,
    /// The pay as written.
    pub(crate) text: String,
    /// What is counted, where pay is by something that the units have no word for.
    pub(crate) counted_by: Option<&'static str>,
}

/// Reads the pay of a row.
pub(crate) fn read(reader: &Reader<'_>, title: &str) -> Result<Wage, Fault> {
    let (field, text) = pay_as_written(reader)?;
    let column = reader.text(Field::Settlement, TEXT_MAX)?;
    let said = column
        .as_deref()
        .filter(|_| reader.own(Field::Settlement).is_some())
        .and_then(settlement_in)
        .or_else(|| settlement_in(&text))
        .or_else(|| settlement_in(title))
        // What stands in for an empty cell comes last.
        .or_else(|| column.as_deref().and_then(settlement_in));
    let unit = pay_unit(reader, field, said)?;
    let read =
        pay_text::parse(&text, unit).map_err(|error| reader.fault(field, error.to_string()))?;
    let settlement = said.unwrap_or(match read.pay {
        Pay::Range {
            unit: PayUnit::Month,
            ..
        } => Settlement::Monthly,
        Pay::Range {
            unit: PayUnit::Week,
            ..
        } => Settlement::Weekly,
        Pay::Range {
            unit: PayUnit::Trip,
            ..
        } => Settlement::PerTrip,
        // Nobody said that the day's pay comes on the day.
        _ => Settlement::OnCompletion,
    });
    Ok(Wage {
        pay: read.pay,
        settlement,
        text,
        counted_by: read.counted_by,
    })
}

/// The pay's text from its column or from the pair for the two ends, and the column to name.
fn pay_as_written(reader: &Reader<'_>) -> Result<(Field, String), Fault> {
    if reader.own(Field::Pay).is_none() {
        let min = reader.text(Field::PayMin, pay_text::PAY_TEXT_MAX)?;
        let max = reader.text(Field::PayMax, pay_text::PAY_TEXT_MAX)?;
        match (min, max) {
            (Some(min), Some(max)) => return Ok((Field::PayMin, format!("{min}-{max}"))),
            (Some(min), None) => return Ok((Field::PayMin, min)),
            (None, Some(max)) => return Ok((Field::PayMax, max)),
            (None, None) => {}
        }
    }
    let text = reader.text(Field::Pay, TEXT_MAX)?.unwrap_or_default();
    Ok((Field::Pay, text))
}

/// What a bare sum is counted by: a column for it says so, the heading, the mapping, or how often
/// the pay is handed over.
fn pay_unit(
    reader: &Reader<'_>,
    field: Field,
    settlement: Option<Settlement>,
) -> Result<Option<PayUnit>, Fault> {
    let column = reader
        .text(Field::PayUnit, TEXT_MAX)?
        .and_then(|text| values::pay_unit(&text).ok());
    if reader.own(Field::PayUnit).is_some() && column.is_some() {
        return Ok(column);
    }
    let heading = reader
        .columns(field)
        .first()
        .and_then(|at| pay_text::unit_in_heading(&reader.table.heading(*at)));
    if heading.is_some() {
        return Ok(heading);
    }
    let by_day = reader
        .text(Field::Settlement, TEXT_MAX)?
        .and_then(|text| counted_by(&text));
    let by_settlement = by_day.or(match settlement {
        Some(Settlement::Daily) => Some(PayUnit::Day),
        Some(Settlement::Weekly) => Some(PayUnit::Week),
        Some(Settlement::Monthly) => Some(PayUnit::Month),
        Some(Settlement::PerTrip) => Some(PayUnit::Trip),
        _ => None,
    });
    Ok(column.or(by_settlement))
}
