//! A claim of one place, and the states it passes through.

use crate::id::{ClaimId, DeviceId, JobId, WorkerId};
use crate::job::coded_enum;
use crate::worker::Channel;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

coded_enum!(
    /// Where a claim stands.
    ClaimState {
        /// 待确认: taken without a right and without the hub; holds no place (rule 13).
        Provisional = "provisional", "待确认";
        /// 已报名: waits for the employer's choice; holds a place.
        Claimed = "claimed", "已报名";
        /// 已录用: holds a place.
        Confirmed = "confirmed", "已录用";
        /// 已到岗
        CheckedIn = "checked_in", "已到岗";
        /// 已完工
        Completed = "completed", "已完工";
        /// 已结算
        Settled = "settled", "已结算";
        /// 已取消 by the worker
        Withdrawn = "withdrawn", "已取消";
        /// 未录用
        Rejected = "rejected", "未录用";
        /// 雇主取消
        EmployerCancelled = "employer_cancelled", "用工方取消";
        /// 爽约
        NoShow = "no_show", "爽约";
    }
);

coded_enum!(
    /// Why a claim was rejected or cancelled, for the worker's screen.
    ClaimReason {
        /// The places were taken before this provisional claim reached the hub.
        Full = "full", "名额已满";
        /// The job was withdrawn by its employer.
        JobWithdrawn = "job_withdrawn", "岗位已取消";
        /// The same worker already holds a place in this job.
        Duplicate = "duplicate", "重复报名";
        /// The worker's other claim overlaps in time.
        Overlap = "overlap", "时间冲突";
        /// The worker withdrew.
        ByWorker = "by_worker", "本人取消";
        /// A rule of age forbids it.
        Age = "age", "年龄不符";
        /// The worker holds as many live claims as one may.
        TooMany = "too_many", "报名过多";
        /// The job no longer took claims.
        Closed = "closed", "已截止";
        /// The worker did not come to work before, and is in the pause that follows.
        Paused = "paused", "暂停报名";
    }
);

/// What can happen to a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClaimEvent {
    /// The hub found a place for a provisional claim, or the employer chose the worker.
    Confirm,
    /// No place was left for a provisional claim, or the employer chose others.
    Reject,
    /// The worker withdraws before the cut-off.
    Withdraw,
    /// The employer or the hall cancels.
    EmployerCancel,
    /// The worker is at the gathering place.
    CheckIn,
    /// The check-in was a mistake: the worker is still expected.
    UndoCheckIn,
    /// The worker did not come.
    MissStart,
    /// The work is done.
    Complete,
    /// The worker says that the pay has come.
    Settle,
}

impl ClaimEvent {
    /// Every event, for tests that walk each edge.
    pub const ALL: [Self; 9] = [
        Self::Confirm,
        Self::Reject,
        Self::Withdraw,
        Self::EmployerCancel,
        Self::CheckIn,
        Self::UndoCheckIn,
        Self::MissStart,
        Self::Complete,
        Self::Settle,
    ];
}

impl ClaimState {
    /// The state after `event`, or `None` where the event does not apply.
    pub fn after(self, event: ClaimEvent) -> Option<Self> {
        use ClaimEvent as E;
        match (self, event) {
            (Self::Provisional | Self::Claimed, E::Confirm) => Some(Self::Confirmed),
            (Self::Provisional | Self::Claimed, E::Reject) => Some(Self::Rejected),
            (Self::Provisional | Self::Claimed | Self::Confirmed, E::Withdraw) => {
                Some(Self::Withdrawn)
            }
            // Slips are checked in hours before the work, which may be called off until it begins.
            (
                Self::Provisional | Self::Claimed | Self::Confirmed | Self::CheckedIn,
                E::EmployerCancel,
            ) => Some(Self::EmployerCancelled),
            (Self::Confirmed, E::CheckIn) => Some(Self::CheckedIn),
            (Self::CheckedIn, E::UndoCheckIn) => Some(Self::Confirmed),
            (Self::Confirmed, E::MissStart) => Some(Self::NoShow),
            (Self::CheckedIn, E::Complete) => Some(Self::Completed),
            // Few halls check people in: the worker's own word is enough.
            (Self::Confirmed | Self::CheckedIn | Self::Completed, E::Settle) => Some(Self::Settled),
            _ => None,
        }
    }

    /// Whether it is one of the claims that count against the places of its job.
    pub fn holds_place(self) -> bool {
        matches!(
            self,
            Self::Claimed | Self::Confirmed | Self::CheckedIn | Self::Completed | Self::Settled
        )
    }

    /// Whether its slip says what the worker needs: when and where to be, and whom to call.
    pub fn has_slip(self) -> bool {
        self.is_coming() || self == Self::CheckedIn
    }

    /// Whether its worker can take no other work at its time, and not the same work again.
    pub fn is_live(self) -> bool {
        self.is_coming() || self.holds_place()
    }

    /// Whether the worker still has something to do or to wait for.
    pub fn is_coming(self) -> bool {
        matches!(self, Self::Provisional | Self::Claimed | Self::Confirmed)
    }
}

/// A claim as the hub keeps it and as it travels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Its id, random: whoever knows it may open the slip.
    pub id: ClaimId,
    /// The number on the slip, unique at the hub: `07-0042`.
    pub number: String,
    /// Whose place.
    pub job: JobId,
    /// Who claims.
    pub worker: WorkerId,
    /// The device that took it; `None` for phones.
    pub device: Option<DeviceId>,
    /// Through which door.
    pub channel: Channel,
    /// Where it stands.
    pub state: ClaimState,
    /// Why it stands there, where it was refused or cancelled.
    pub reason: Option<ClaimReason>,
    /// When it was made.
    pub made_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Walks every edge: the table is written out so that a changed edge needs a changed test.
    #[test]
    fn every_edge_is_as_designed() {
        use ClaimEvent as E;
        use ClaimState as S;
        let edges = [
            (S::Provisional, E::Confirm, S::Confirmed),
            (S::Provisional, E::Reject, S::Rejected),
            (S::Provisional, E::Withdraw, S::Withdrawn),
            (S::Provisional, E::EmployerCancel, S::EmployerCancelled),
            (S::Claimed, E::Confirm, S::Confirmed),
            (S::Claimed, E::Reject, S::Rejected),
            (S::Claimed, E::Withdraw, S::Withdrawn),
            (S::Claimed, E::EmployerCancel, S::EmployerCancelled),
            (S::Confirmed, E::Withdraw, S::Withdrawn),
            (S::Confirmed, E::EmployerCancel, S::EmployerCancelled),
            (S::Confirmed, E::CheckIn, S::CheckedIn),
            (S::Confirmed, E::MissStart, S::NoShow),
            (S::Confirmed, E::Settle, S::Settled),
            (S::CheckedIn, E::UndoCheckIn, S::Confirmed),
            (S::CheckedIn, E::EmployerCancel, S::EmployerCancelled),
            (S::CheckedIn, E::Complete, S::Completed),
            (S::CheckedIn, E::Settle, S::Settled),
            (S::Completed, E::Settle, S::Settled),
        ];
        for state in S::ALL {
            for event in E::ALL {
                let expected = edges
                    .iter()
                    .find(|(from, by, _)| from == state && *by == event)
                    .map(|(_, _, to)| *to);
                assert_eq!(state.after(event), expected, "{state:?} {event:?}");
            }
        }
    }

    #[test]
    fn an_exit_before_check_in_frees_the_place() {
        for state in ClaimState::ALL.iter().filter(|s| s.is_coming()) {
            for event in ClaimEvent::ALL {
                if let Some(next) = state.after(event)
                    && !matches!(
                        event,
                        ClaimEvent::Confirm | ClaimEvent::CheckIn | ClaimEvent::Settle
                    )
                {
                    assert!(!next.holds_place(), "{state:?} {event:?}");
                }
            }
        }
    }
}
