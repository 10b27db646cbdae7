//! A list of which a page is in sight.

use crate::terminal::find::{pages, turned};

/// Rows until the screen has said how many there is room for.
const ROWS: usize = 4;

/// A list and the page of it that is in sight.
#[derive(Clone, Debug)]
pub struct Paged<T> {
    /// All of it.
    pub all: Vec<T>,
    /// The page in sight, from 1.
    pub page: usize,
    rows: usize,
}

impl<T> Default for Paged<T> {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            page: 1,
            rows: ROWS,
        }
    }
}

impl<T> Paged<T> {
    /// Takes what there is now; the page stays, if there is one.
    pub fn take(&mut self, all: Vec<T>) {
        self.all = all;
        self.turn(0);
    }

    /// How many pages there are.
    pub fn pages(&self) -> usize {
        pages(self.all.len(), self.rows)
    }

    /// Turns pages.
    pub fn turn(&mut self, by: i32) {
        self.page = turned(self.page, by, self.pages());
    }

    /// The screen has room for so many rows.
    pub fn rows_that_fit(&mut self, rows: usize) {
        self.rows = rows.clamp(1, 20);
        self.turn(0);
    }

    /// What is in sight.
    pub fn in_sight(&self) -> &[T] {
        let start = ((self.page - 1) * self.rows).min(self.all.len());
        let end = (start + self.rows).min(self.all.len());
        &self.all[start..end]
    }

    /// The row of the page in sight.
    pub fn row(&self, row: i32) -> Option<&T> {
        self.in_sight().get(usize::try_from(row).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_stays_as_long_as_there_is_one() {
        let mut list = Paged::default();
        list.take((0..10).collect());
        list.rows_that_fit(3);
        list.turn(1);
        assert_eq!((list.in_sight(), list.pages()), (&[3, 4, 5][..], 4));
        assert_eq!(
            (list.row(2), list.row(3), list.row(-1)),
            (Some(&5), None, None)
        );
        list.take((0..2).collect());
        assert_eq!((list.page, list.in_sight()), (1, &[0, 1][..]));
        list.take(vec![]);
        assert!(list.in_sight().is_empty());
    }
}
