//! The shipped rules, and variants of them that are known to be wrong.

/// Which rules the model plays by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rules {
    /// As shipped.
    Shipped,
    /// The hub sends how many rights are new, not how many there are in all (against rule 1).
    DeltaGrants,
    /// The hub takes the rights of a silent device back (against rule 9).
    ReclaimOnTimeout,
    /// A withdrawal at a device gives the device its right back as well (against rule 5).
    CancelFreesTwice,
    /// A device whose disk was restored goes on as before (against rule 10).
    RestoreInSameEpoch,
    /// Fewer places count at once, lent or not (against rule 7).
    LowerAtOnce,
    /// A receipt is shown before it is on the disk (against rule 2).
    ShownBeforeKept,
    /// A hub that was put back from a copy gives places at once (against rule 12).
    RestoreWithoutHold,
    /// A hub that was put back from a copy waits for its devices, and keeps its epoch (against rule 12).
    RestoreInSameHubEpoch,
    /// A hub that was put back from a copy does not ask its devices what they heard of claims (against rule 12).
    RestoreWithoutWitnesses,
    /// The word of one member of staff writes a device off (against rule 11).
    WriteOffByOne,
}

impl Rules {
    /// Every variant that is known to be wrong.
    pub const WRONG: [Self; 10] = [
        Self::DeltaGrants,
        Self::ReclaimOnTimeout,
        Self::CancelFreesTwice,
        Self::RestoreInSameEpoch,
        Self::LowerAtOnce,
        Self::ShownBeforeKept,
        Self::RestoreWithoutHold,
        Self::RestoreInSameHubEpoch,
        Self::RestoreWithoutWitnesses,
        Self::WriteOffByOne,
    ];

    /// A short name, also that of its trace's file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Shipped => "shipped",
            Self::DeltaGrants => "delta-grants",
            Self::ReclaimOnTimeout => "reclaim-on-timeout",
            Self::CancelFreesTwice => "cancel-frees-twice",
            Self::RestoreInSameEpoch => "restore-in-same-epoch",
            Self::LowerAtOnce => "lower-at-once",
            Self::ShownBeforeKept => "shown-before-kept",
            Self::RestoreWithoutHold => "restore-without-hold",
            Self::RestoreInSameHubEpoch => "restore-in-same-hub-epoch",
            Self::RestoreWithoutWitnesses => "restore-without-witnesses",
            Self::WriteOffByOne => "write-off-by-one",
        }
    }
}
