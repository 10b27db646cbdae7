//! Pay: whole fen, a unit, and the texts that people write in spreadsheets.

use serde::{Deserialize, Serialize};

/// What the pay is counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayUnit {
    /// 天
    Day,
    /// 小时
    Hour,
    /// 件
    Piece,
    /// 趟
    Trip,
    /// 周
    Week,
    /// 月
    Month,
}

impl PayUnit {
    /// Every unit, in the order in which lists show them.
    pub const ALL: [Self; 6] = [
        Self::Day,
        Self::Hour,
        Self::Piece,
        Self::Trip,
        Self::Week,
        Self::Month,
    ];

    /// The stable code that stores and translation look-ups use.
    pub fn code(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Hour => "hour",
            Self::Piece => "piece",
            Self::Trip => "trip",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// So many fen for each of it, brought to a day.
    fn a_day(self, fen: u64) -> Option<u64> {
        match self {
            Self::Day => Some(fen),
            Self::Hour => Some(fen.saturating_mul(HOURS_A_DAY)),
            Self::Week => Some(fen / DAYS_A_WEEK),
            Self::Month => Some(fen / DAYS_A_MONTH),
            Self::Piece | Self::Trip => None,
        }
    }
}

/// What a job pays. Money is whole fen (1/100 yuan).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Pay {
    /// 面议: agreed on the spot.
    Negotiable,
    /// From `min_fen` to `max_fen` for each `unit`; `min_fen <= max_fen`.
    Range {
        /// Lower end, in fen.
        min_fen: u64,
        /// Upper end, in fen; equal to the lower end where one sum is paid.
        max_fen: u64,
        /// What the sum is paid for.
        unit: PayUnit,
    },
}

/// Roughly how many hours of work a day, days a week and days a month of gig work have; used only
/// to compare pay of different units when lists are sorted or filtered, never to state a sum.
const HOURS_A_DAY: u64 = 8;
const DAYS_A_WEEK: u64 = 6;
const DAYS_A_MONTH: u64 = 26;

impl Pay {
    /// The upper end brought to fen a day, for sorting.
    /// `None` for pay that cannot be compared by the day (by the piece, by the trip, negotiable).
    pub fn fen_a_day(self) -> Option<u64> {
        match self {
            Self::Negotiable => None,
            Self::Range { max_fen, unit, .. } => unit.a_day(max_fen),
        }
    }

    /// The lower end brought to fen a day, for the "at least so much" filter: whoever asks for 300 wants
    /// no job that may pay 260. `None` as with [`Self::fen_a_day`].
    pub fn least_fen_a_day(self) -> Option<u64> {
        match self {
            Self::Negotiable => None,
            Self::Range { min_fen, unit, .. } => unit.a_day(min_fen),
        }
    }

    /// The sum as people write it, without its unit: `200`, `200-260`, `18.5`; `None` where it is
    /// negotiable.
    pub fn yuan_text(self) -> Option<String> {
        match self {
            Self::Negotiable => None,
            Self::Range {
                min_fen, max_fen, ..
            } if min_fen == max_fen => Some(yuan(min_fen)),
            Self::Range {
                min_fen, max_fen, ..
            } => Some(format!("{}-{}", yuan(min_fen), yuan(max_fen))),
        }
    }
}

/// Fen as yuan, with only the decimals that are needed.
pub fn yuan(fen: u64) -> String {
    match (fen / 100, fen % 100) {
        (whole, 0) => whole.to_string(),
        (whole, cents) if cents % 10 == 0 => format!("{whole}.{}", cents / 10),
        (whole, cents) => format!("{whole}.{cents:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_written_as_people_do() {
        assert_eq!(yuan(20_000), "200");
        assert_eq!(yuan(1_850), "18.5");
        assert_eq!(yuan(1_805), "18.05");
        let pay = Pay::Range {
            min_fen: 20_000,
            max_fen: 26_000,
            unit: PayUnit::Day,
        };
        assert_eq!(pay.yuan_text().as_deref(), Some("200-260"));
        assert_eq!(Pay::Negotiable.yuan_text(), None);
    }

    #[test]
    fn pay_compares_by_the_day() {
        let hourly = Pay::Range {
            min_fen: 1_500,
            max_fen: 1_800,
            unit: PayUnit::Hour,
        };
        assert_eq!(hourly.fen_a_day(), Some(14_400));
        assert_eq!(hourly.least_fen_a_day(), Some(12_000));
        let trip = Pay::Range {
            min_fen: 1,
            max_fen: 1,
            unit: PayUnit::Trip,
        };
        assert_eq!(trip.fen_a_day(), None);
    }
}
