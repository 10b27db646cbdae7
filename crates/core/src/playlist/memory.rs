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

/// Gives every job of one list after the other its place, and the places of those that are gone to others.
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

    /// The list is complete: who was not in it has no place any more.
    pub fn end(&mut self) {
        let (list, free) = (self.list, &mut self.free);
        self.taken.retain(|_, (place, seen)| {
            let stays = *seen == list;
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
        let then = list(&[3, 1]);
        assert_eq!(
            (memory.get(&then[0]), memory.get(&then[1])),
            (Some(30), Some(10))
        );
        // The one that comes gets the place of the one that left, and nothing of it.
        let last = list(&[1, 4, 3]);
        assert_eq!(
            last[1].place.map(|it| it.at),
            first[1].place.map(|it| it.at)
        );
        assert_eq!(memory.get(&last[1]), None);
        memory.set(&last[1], 40);
        assert_eq!(
            (memory.get(&last[1]), memory.get(&first[1])),
            (Some(40), None)
        );
        // One that comes back begins anew as well.
        list(&[4]);
        let back = list(&[4, 1]);
        assert_eq!(
            (memory.get(&back[0]), memory.get(&back[1])),
            (Some(40), None)
        );
    }
}
