//! Enrolling for a course: what is asked at a terminal, and what the hub decides. A terminal decides
//! nothing: places are counted at the hub alone, so that a course is never over-full.

use crate::event::{Event, EventKind};
use crate::id::{EnrolmentId, EventId, WorkerId};
use crate::job::coded_enum;
use crate::worker::Channel;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

coded_enum!(
    /// Where an enrolment stands.
    EnrolmentState {
        /// 待确认: the hub has not decided yet; holds no place.
        Asked = "asked", "待确认";
        /// 已报名: holds a place.
        Confirmed = "confirmed", "已报名";
        /// 未报上
        Rejected = "rejected", "未报上";
        /// 已取消, by the worker.
        Withdrawn = "withdrawn", "已取消";
        /// 已停办: the course was taken back.
        Cancelled = "cancelled", "已停办";
    }
);

impl EnrolmentState {
    /// Whether the worker is to come, or may yet be.
    pub fn is_coming(self) -> bool {
        matches!(self, Self::Asked | Self::Confirmed)
    }
}

coded_enum!(
    /// Why somebody cannot be enrolled, or is no longer.
    EnrolmentReason {
        /// Every place is taken.
        Full = "full", "名额已满";
        /// It has begun, or it is no course.
        Closed = "closed", "已停止报名";
        /// The worker is enrolled already.
        Duplicate = "duplicate", "已经报过名";
        /// There is no such course any more.
        Gone = "gone", "培训班已取消";
    }
);

/// That somebody is enrolled for a course, or asked to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// Its id.
    pub id: EnrolmentId,
    /// For which course.
    pub course: EventId,
    /// Who.
    pub worker: WorkerId,
    /// The course's title as it was then, for when the course is over.
    pub title: String,
    /// Where the course is.
    pub place: String,
    /// When the course begins.
    pub starts_at: Timestamp,
    /// Through which door.
    pub channel: Channel,
    /// Where it stands.
    pub state: EnrolmentState,
    /// Why it was not taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<EnrolmentReason>,
    /// When it was asked for.
    pub made_at: Timestamp,
}

/// Whether somebody may be enrolled for that course at `now`; `course` is `None` where there is no
/// such thing, `enrolled` whether they are enrolled for it already.
///
/// # Errors
/// What stands against it.
pub fn may_enrol(
    course: Option<&Event>,
    enrolled: bool,
    now: Timestamp,
) -> Result<(), EnrolmentReason> {
    let course = course.ok_or(EnrolmentReason::Gone)?;
    if course.withdrawn {
        Err(EnrolmentReason::Gone)
    } else if course.kind != EventKind::Training || course.starts_at <= now {
        Err(EnrolmentReason::Closed)
    } else if enrolled {
        Err(EnrolmentReason::Duplicate)
    } else if course.places_left() == Some(0) {
        Err(EnrolmentReason::Full)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{an_event, at};

    #[test]
    fn only_a_course_to_come_with_a_place_takes_somebody_once() {
        let now = at("2026-11-23T01:00:00Z");
        let mut course = an_event(1);
        course.kind = EventKind::Training;
        course.starts_at = at("2026-12-01T01:00:00Z");
        course.ends_at = at("2026-12-03T01:00:00Z");
        (course.places, course.places_taken) = (Some(3), 2);
        let judged = |course: &Event, enrolled| may_enrol(Some(course), enrolled, now);
        assert_eq!(judged(&course, false), Ok(()));
        assert_eq!(judged(&course, true), Err(EnrolmentReason::Duplicate));
        assert_eq!(may_enrol(None, false, now), Err(EnrolmentReason::Gone));
        let with = |change: &dyn Fn(&mut Event)| {
            let mut course = course.clone();
            change(&mut course);
            judged(&course, false)
        };
        assert_eq!(with(&|it| it.places_taken = 3), Err(EnrolmentReason::Full));
        assert_eq!(with(&|it| it.places = None), Ok(()));
        assert_eq!(with(&|it| it.starts_at = now), Err(EnrolmentReason::Closed));
        assert_eq!(
            with(&|it| it.kind = EventKind::JobFair),
            Err(EnrolmentReason::Closed)
        );
        assert_eq!(with(&|it| it.withdrawn = true), Err(EnrolmentReason::Gone));
    }
}
