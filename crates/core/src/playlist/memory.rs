//! What the player remembers of each thing, found without a search: a hall may have a hundred thousand jobs,
//! and the window waits for the player.

use super::show::{OpenJob, Thing};
use crate::id::JobId;
use std::collections::HashMap;

/// Where that which is remembered of a job stands, while it is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// A number that no other open job has; they are as small as can be.
    at: u32,
    /// From which list on the job has it: it had been another's before.
    since: u32,
}

/// So many jobs that are gone keep their places at least.
const GONE_KEPT: usize = 256;

/// Gives every job of one list after the other its place. Who is gone keeps it for a while: a job that is full
/// now and open again in a minute is not new. The places of those that have been gone for longest go to others.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// Each job's place, and the last list that it was in.
    taken: HashMap<JobId, (Place, u32)>,
    free: Vec<u32>,
    list: u32,
}

impl Places {
    /// A list begins.
    pub fn begin(&mut self) {
        self.list += 1;
    }

    /// The place of a job of the list that has begun.
    pub fn of(&mut self, job: JobId) -> Place {
        let list = self.list;
        // No hall has four thousand million jobs.
        let next = u32::try_from(self.taken.len()).unwrap_or(u32::MAX);
        let free = &mut self.free;
        let (place, seen) = self.taken.entry(job).or_insert_with(|| {
            let at = free.pop().unwrap_or(next);
            (Place { at, since: list }, list)
        });
        *seen = list;
        *place
    }

    /// The list is complete. As many of those that are gone keep their places as are there, and
    /// [`GONE_KEPT`] in any case.
    pub fn end(&mut self) {
        let seen = self.taken.values().map(|(_, seen)| *seen);
        let mut gone: Vec<u32> = seen.filter(|seen| *seen != self.list).collect();
        let kept = (self.taken.len() - gone.len()).max(GONE_KEPT);
        let Some(too_many) = gone.len().checked_sub(kept).filter(|many| *many > 0) else {
            return;
        };
        let (_, last, _) = gone.select_nth_unstable(too_many - 1);
        let (last, free) = (*last, &mut self.free);
        self.taken.retain(|_, (place, seen)| {
            let stays = *seen > last;
            if !stays {
                free.push(place.at);
            }
            stays
        });
    }
}

/// One of the things of a scene.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Item {
    pub thing: Thing,
    /// Has two turns where others have one.
    pub urgent: bool,
    /// Of a job.
    place: Option<Place>,
}

impl Item {
    /// Something that is no job.
    pub fn of(thing: Thing) -> Self {
        Self {
            thing,
            urgent: false,
            place: None,
        }
    }
}

impl From<&OpenJob> for Item {
    fn from(job: &OpenJob) -> Self {
        Self {
            thing: Thing::Job(job.id),
            urgent: job.urgent,
            place: Some(job.place),
        }
    }
}

/// Something of each thing.
#[derive(Clone, Debug)]
pub(super) struct Memory<T> {
    /// By the jobs' places: since when the job had it of which this is; 0 for none.
    jobs: Vec<(u32, T)>,
    /// Notices and events, of which there are few.
    others: HashMap<Thing, T>,
}

impl<T> Default for Memory<T> {
    fn default() -> Self {
        Self {
            jobs: vec![],
            others: HashMap::new(),
        }
    }
}

impl<T: Copy + Default> Memory<T> {
    pub fn get(&self, item: &Item) -> Option<T> {
        let Some(Place { at, since }) = item.place else {
            return self.others.get(&item.thing).copied();
        };
        let known = self.jobs.get(usize::try_from(at).ok()?);
        known.filter(|known| known.0 == since).map(|known| known.1)
    }

    pub fn has(&self, item: &Item) -> bool {
        self.get(item).is_some()
    }

    pub fn set(&mut self, item: &Item, value: T) {
        let Some(Place { at, since }) = item.place else {
            self.others.insert(item.thing, value);
            return;
        };
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        if at >= self.jobs.len() {
            self.jobs.resize(at.saturating_add(1), (0, T::default()));
        }
        if let Some(known) = self.jobs.get_mut(at) {
            *known = (since, value);
        }
    }
}

impl FromIterator<Item> for Memory<()> {
    fn from_iter<I: IntoIterator<Item = Item>>(items: I) -> Self {
        let mut memory = Self::default();
        for item in items {
            memory.set(&item, ());
        }
        memory
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn item(places: &mut Places, n: u32) -> Item {
        let id = JobId(Uuid::from_u128(n.into()));
        Item {
            place: Some(places.of(id)),
            ..Item::of(Thing::Job(id))
        }
    }

    #[test]
    fn whoever_gets_the_place_of_one_that_is_gone_is_remembered_anew() {
        let mut places = Places::default();
        let mut list = |numbers: &[u32]| -> Vec<Item> {
            places.begin();
            let items = numbers.iter().map(|n| item(&mut places, *n)).collect();
            places.end();
            items
        };
        let mut memory = Memory::default();
        let first = list(&[1, 2, 3]);
        for (item, value) in first.iter().zip([10, 20, 30]) {
            memory.set(item, value);
        }
        // One that comes back soon is who it was.
        list(&[3, 1]);
        let back = list(&[2, 3]);
        assert_eq!(
            (memory.get(&back[0]), memory.get(&back[1])),
            (Some(20), Some(30))
        );
        // Many come and go; those that were gone for longest leave their places to others.
        let most = u32::try_from(GONE_KEPT).expect("few");
        for n in 100..100 + most + 1 {
            list(&[n, 3]);
        }
        let last = list(&[4, 3]);
        assert_eq!(
            memory.get(&last[1]),
            Some(30),
            "who stays keeps what is remembered"
        );
        let at = |item: &Item| item.place.map(|it| it.at);
        let before = first.iter().find(|it| at(it) == at(&last[0]));
        let before = before.expect("the place of one that is gone");
        assert_eq!(memory.get(&last[0]), None, "nothing of whose place it was");
        memory.set(&last[0], 40);
        assert_eq!((memory.get(&last[0]), memory.get(before)), (Some(40), None));
    }

    #[test]
    fn places_do_not_grow_with_all_the_jobs_that_ever_were() {
        let mut places = Places::default();
        for n in 0..5_000_u32 {
            places.begin();
            for job in [n, n + 1, n + 2] {
                places.of(JobId(Uuid::from_u128(job.into())));
            }
            places.end();
        }
        let highest = places.taken.values().map(|(place, _)| place.at).max();
        assert!(highest.is_some_and(|at| at <= 2 * 256 + 8), "{highest:?}");
    }
}
