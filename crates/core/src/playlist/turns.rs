//! Fair turns.

use super::memory::{Item, Memory};
use super::show::Thing;

/// Whose turn it is, by stride: a turn costs two, or one where the thing is urgent, and whoever
/// has paid least is next. What is new begins level with the others, so that it comes soon but
/// does not take every turn.
#[derive(Clone, Debug, Default)]
pub(super) struct Turns {
    paid: Memory<u32>,
    last: Option<Thing>,
}

impl Turns {
    /// The next of `things`, which are gone through twice.
    pub fn take<I: Iterator<Item = Item>>(&mut self, things: impl Fn() -> I) -> Option<Item> {
        let mut count = 0;
        let known = things().inspect(|_| count += 1);
        let level = known.filter_map(|it| self.paid.get(&it)).min().unwrap_or(0);
        // The first of those that have paid least.
        let mut next: Option<(u32, Item)> = None;
        for item in things() {
            let paid = self.paid.get(&item).unwrap_or_else(|| {
                self.paid.set(&item, level);
                level
            });
            // Never the same twice in a row while there is another.
            let may = count == 1 || Some(item.thing) != self.last;
            if may && next.is_none_or(|(least, _)| paid < least) {
                next = Some((paid, item));
            }
        }
        let (paid, item) = next?;
        let cost = if item.urgent { 1 } else { 2 };
        self.paid.set(&item, paid.saturating_add(cost));
        self.last = Some(item.thing);
        Some(item)
    }
}
