//! Fair turns.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

/// Whose turn it is, by stride: a turn costs two, or one where the thing is urgent, and whoever
/// has paid least is next. What is new begins level with the others, so that it comes soon but
/// does not take every turn.
#[derive(Clone, Debug)]
pub struct Turns<Id> {
    paid: HashMap<Id, u32>,
    last: Option<Id>,
}

impl<Id> Default for Turns<Id> {
    fn default() -> Self {
        Self {
            paid: HashMap::new(),
            last: None,
        }
    }
}

impl<Id: Copy + Eq + Hash> Turns<Id> {
    /// The next of `things`, of which each says whether it is urgent.
    pub fn take(&mut self, things: impl Iterator<Item = (Id, bool)>) -> Option<Id> {
        let things: Vec<(Id, bool)> = things.collect();
        let here: HashSet<Id> = things.iter().map(|(id, _)| *id).collect();
        self.paid.retain(|id, _| here.contains(id));
        let level = self.paid.values().min().copied().unwrap_or(0);
        for (id, _) in &things {
            self.paid.entry(*id).or_insert(level);
        }
        // Never the same twice in a row while there is another.
        let (id, urgent) = things
            .iter()
            .filter(|(id, _)| things.len() == 1 || Some(*id) != self.last)
            .min_by_key(|(id, _)| self.paid.get(id).copied().unwrap_or(level))
            .copied()?;
        let paid = self.paid.entry(id).or_insert(level);
        *paid = paid.saturating_add(if urgent { 1 } else { 2 });
        self.last = Some(id);
        Some(id)
    }
}
