//! Which control the keys go to next. Pure: a control is its place on the window, in logical pixels.

/// Where a control is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// From the left.
    pub x: f32,
    /// From the top.
    pub y: f32,
    /// How wide it is.
    pub width: f32,
    /// How high it is.
    pub height: f32,
}

impl Place {
    fn middle(&self) -> (f32, f32) {
        (self.x + self.width / 2.0, self.y + self.height / 2.0)
    }

    fn bottom(&self) -> f32 {
        self.y + self.height
    }

    fn right(&self) -> f32 {
        self.x + self.width
    }
}

/// What a key asks of the focus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// Tab.
    Next,
    /// Shift+Tab.
    Previous,
    /// The arrows.
    Left,
    #[allow(missing_docs)]
    Right,
    #[allow(missing_docs)]
    Up,
    #[allow(missing_docs)]
    Down,
}

/// Places in the order in which one reads: row by row. What begins above the middle of a row's first
/// place is in that row.
fn in_order(places: &[Place]) -> Vec<Place> {
    let mut left = places.to_vec();
    left.sort_by(|a, b| a.y.total_cmp(&b.y).then(a.x.total_cmp(&b.x)));
    let mut ordered = Vec::with_capacity(left.len());
    while let Some(first) = left.first() {
        let line = first.middle().1;
        let (mut row, rest): (Vec<_>, Vec<_>) = left.into_iter().partition(|place| place.y <= line);
        row.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
        ordered.append(&mut row);
        left = rest;
    }
    ordered
}

/// Where the focus goes from `from`, which need not be among `all` any more; `None` if there is
/// nowhere to go. Tab goes round, arrows stay where nothing lies that way.
pub fn moved(from: Option<Place>, all: &[Place], by: Move) -> Option<Place> {
    let back = by == Move::Previous;
    let Some(from) = from else {
        let ordered = in_order(all);
        return if back {
            ordered.last()
        } else {
            ordered.first()
        }
        .copied();
    };
    let same = |place: &&Place| (place.x, place.y) == (from.x, from.y);
    let from = *all.iter().find(same).unwrap_or(&from);
    if !matches!(by, Move::Next | Move::Previous) {
        let here = all.contains(&from).then_some(from);
        let nearest = all.iter().filter_map(|to| Some((far(from, *to, by)?, *to)));
        let nearest = nearest.min_by(|(a, _), (b, _)| a.total_cmp(b));
        return nearest.map(|(_, to)| to).or(here);
    }
    let mut with = all.to_vec();
    if !with.contains(&from) {
        with.push(from);
    }
    let mut ordered = in_order(&with);
    if back {
        ordered.reverse();
    }
    let here = ordered.iter().position(|place| *place == from)?;
    ordered.rotate_left(here + 1);
    ordered.into_iter().find(|place| all.contains(place))
}

/// How far a place lies that way, where a step aside counts twice; `None` where it does not lie there.
fn far(from: Place, to: Place, by: Move) -> Option<f32> {
    let (ahead, aside) = match by {
        Move::Right => (
            to.x - from.right(),
            apart(from.y, from.bottom(), to.y, to.bottom()),
        ),
        Move::Left => (
            from.x - to.right(),
            apart(from.y, from.bottom(), to.y, to.bottom()),
        ),
        Move::Down => (
            to.y - from.bottom(),
            apart(from.x, from.right(), to.x, to.right()),
        ),
        Move::Up => (
            from.y - to.bottom(),
            apart(from.x, from.right(), to.x, to.right()),
        ),
        Move::Next | Move::Previous => return None,
    };
    // Neighbours may touch, and places are rounded to whole pixels.
    let ((x, y), (to_x, to_y)) = (from.middle(), to.middle());
    let off = match by {
        Move::Left | Move::Right => (to_y - y).abs(),
        _ => (to_x - x).abs(),
    };
    (ahead >= -1.0).then(|| ahead.max(0.0) + 2.0 * aside + off / 100.0)
}

/// How far two stretches are apart; 0 where they meet.
fn apart(start: f32, end: f32, other_start: f32, other_end: f32) -> f32 {
    (other_start - end).max(start - other_end).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Three columns and four rows, as the digits are.
    fn pad() -> Vec<Place> {
        let place = |n: u8| Place {
            x: f32::from(n % 3) * 110.0,
            y: f32::from(n / 3) * 90.0,
            width: 100.0,
            height: 80.0,
        };
        (0..12).map(place).collect()
    }

    #[test]
    fn arrows_go_where_they_point() {
        let pad = pad();
        let to = |from: usize, by| moved(Some(pad[from]), &pad, by);
        assert_eq!(to(4, Move::Up), Some(pad[1]));
        assert_eq!(to(4, Move::Down), Some(pad[7]));
        assert_eq!(to(4, Move::Left), Some(pad[3]));
        assert_eq!(to(4, Move::Right), Some(pad[5]));
        assert_eq!(to(0, Move::Up), Some(pad[0]));
        assert_eq!(to(5, Move::Right), Some(pad[5]));
        assert_eq!(moved(None, &pad, Move::Down), Some(pad[0]));
        assert_eq!(moved(None, &[], Move::Down), None);
    }

    #[test]
    fn what_is_gone_is_left_for_what_comes_after_it() {
        let pad = pad();
        let without: Vec<Place> = pad.iter().filter(|p| **p != pad[4]).copied().collect();
        assert_eq!(moved(Some(pad[4]), &without, Move::Next), Some(pad[5]));
        assert_eq!(moved(Some(pad[4]), &without, Move::Previous), Some(pad[3]));
        assert_eq!(moved(Some(pad[4]), &[], Move::Next), None);
        assert_eq!(moved(Some(pad[4]), &[], Move::Left), None);
    }

    #[test]
    fn a_row_is_read_from_the_left_though_its_tops_differ() {
        let mut pad = pad();
        pad[0].y += 12.0;
        let mut at = None;
        for place in &pad {
            at = moved(at, &pad, Move::Next);
            assert_eq!(at, Some(*place));
        }
    }

    proptest! {
        /// Tab comes by each control once and then back to the first; Shift+Tab goes the same way back.
        #[test]
        fn tab_goes_round(cells in prop::collection::btree_set((0u8..9, 0u8..9), 1..40), tall in 20f32..200.0) {
            let place = |(x, y): (u8, u8)| Place {
                x: f32::from(x) * 50.0, y: f32::from(y) * 37.0, width: 48.0, height: tall,
            };
            let all: Vec<Place> = cells.into_iter().map(place).collect();
            let mut at = None;
            let mut seen = Vec::new();
            for _ in 0..all.len() {
                let next = moved(at, &all, Move::Next);
                prop_assert!(next.is_some_and(|next| !seen.contains(&next)));
                prop_assert_eq!(seen.is_empty(), at.is_none());
                if at.is_some() {
                    prop_assert_eq!(moved(next, &all, Move::Previous), at);
                }
                seen.extend(next);
                at = next;
            }
            prop_assert_eq!(moved(at, &all, Move::Next), seen.first().copied());
        }
    }
}
