//! The parts of the day by which people tell the hour: 早上8点, 晚上7点.

/// A part of the day, as people say the hour.
#[derive(Clone, Copy)]
pub(super) enum Part {
    BeforeDawn,
    Morning,
    Noon,
    Afternoon,
    Night,
}

impl Part {
    /// The hour where none is named.
    pub(super) fn usual_hour(self) -> i8 {
        match self {
            Self::BeforeDawn => 5,
            Self::Morning => 8,
            Self::Noon => 12,
            Self::Afternoon => 14,
            Self::Night => 19,
        }
    }

    /// The hour of the day that is meant. 晚上12点 ends the day and 凌晨12点 begins it; 晚上2点 may be
    /// of this day or of the next, so it is not read.
    pub(super) fn hour(self, said: i64) -> Option<i64> {
        match (self, said) {
            (Self::BeforeDawn, 12) => Some(0),
            (Self::Night, 12) => Some(24),
            (Self::Night, 0..5) => None,
            (Self::Afternoon | Self::Night, 1..12) => Some(said + 12),
            (Self::Noon, 1..3) => Some(said + 12),
            _ => Some(said),
        }
    }
}
