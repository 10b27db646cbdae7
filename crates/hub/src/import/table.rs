//! A table with its heading found: the shape into which every kind of file is brought.

use super::ImportError;
use super::cell::Cell;
use super::columns::{Field, known_field, normal_heading};
use super::map::ColumnMap;
use super::quotes::OpenQuote;
use std::collections::BTreeMap;

/// How many title lines may stand above the heading.
pub(crate) const TITLE_ROWS: usize = 10;
/// A line is the heading if it names the title and at least this many columns in all.
const LEAST_KNOWN: usize = 2;

/// A line of cells with its line number in the file, counted from 1.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    /// Line in the file, or in the sheet.
    pub(crate) line: usize,
    /// Its cells from the first column on.
    pub(crate) cells: Vec<Cell>,
}

impl Row {
    /// The cell in a column; beyond the end there is nothing.
    pub(crate) fn cell(&self, column: usize) -> &Cell {
        static EMPTY: Cell = Cell::Empty;
        self.cells.get(column).unwrap_or(&EMPTY)
    }

    fn is_blank(&self) -> bool {
        self.cells.iter().all(Cell::is_empty)
    }

    /// Lines that close a sheet: sums, notes, who filled it in.
    fn is_footer(&self) -> bool {
        let mut filled = self.cells.iter().filter(|cell| !cell.is_empty());
        let first = filled.next().map(Cell::text).unwrap_or_default();
        let alone = filled.next().is_none();
        let sum = ["合计", "总计", "小计", "共计"];
        let note = [
            "备注",
            "注:",
            "注：",
            "说明",
            "填表",
            "制表",
            "填报",
            "联系人",
            "审核人",
            "咨询电话",
        ];
        sum.iter()
            .any(|word| first.replace(' ', "").starts_with(word))
            || (alone && note.iter().any(|word| first.starts_with(word)))
    }
}

/// A table whose columns are known.
#[derive(Debug)]
pub(crate) struct Table {
    /// Name of the sheet, where the file has more than one table.
    pub(crate) sheet: Option<String>,
    /// The line of the heading; 0 where the format has none.
    pub(crate) heading_line: usize,
    /// The headings as they are in the file.
    pub(crate) headings: Vec<String>,
    /// Which columns hold a field, in the order in which they are looked at.
    pub(crate) columns: BTreeMap<Field, Vec<usize>>,
    /// The rows with something in them, footers left out.
    pub(crate) rows: Vec<Row>,
    /// What stands in for columns that the format itself lets out.
    pub(crate) defaults: Vec<(Field, Cell)>,
    /// Rows of a text table that cannot be told from those behind them.
    pub(crate) open_quotes: Vec<OpenQuote>,
}

impl Table {
    /// Finds the heading among the first lines and takes what follows.
    ///
    /// # Errors
    /// No line looks like a heading, or the mapping names columns that are not there.
    pub(crate) fn find(rows: Vec<Row>, map: &ColumnMap) -> Result<Self, ImportError> {
        let mut filled = rows.into_iter().filter(|row| !row.is_blank()).peekable();
        if filled.peek().is_none() {
            return Err(ImportError::Empty);
        }
        let mut seen: Vec<Row> = Vec::new();
        while let Some(row) = filled.next() {
            let headings: Vec<String> = row.cells.iter().map(Cell::text).collect();
            if is_heading(&headings, map) {
                let rows = filled.filter(|row| !row.is_footer()).collect();
                let mut table = Self::with_headings(headings, rows, map)?;
                table.heading_line = row.line;
                return Ok(table);
            }
            seen.push(row);
            if seen.len() > TITLE_ROWS {
                break;
            }
        }
        Err(no_heading(&seen, map))
    }

    /// A table whose heading is given, as in JSON.
    ///
    /// # Errors
    /// The mapping names columns that are not there.
    pub(crate) fn with_headings(
        headings: Vec<String>,
        rows: Vec<Row>,
        map: &ColumnMap,
    ) -> Result<Self, ImportError> {
        let columns = assign(&headings, map)?;
        Ok(Self {
            sheet: None,
            heading_line: 0,
            headings,
            columns,
            rows,
            defaults: Vec::new(),
            open_quotes: Vec::new(),
        })
    }

    /// That nothing stands below the heading, where that is so.
    pub(crate) fn without_rows(&self) -> Option<String> {
        if !self.rows.is_empty() || self.heading_line == 0 {
            return None;
        }
        let sheet = self
            .sheet
            .as_ref()
            .map(|it| format!("the sheet \"{it}\": "));
        Some(format!(
            "{}there are no rows below the heading in line {}",
            sheet.unwrap_or_default(),
            self.heading_line
        ))
    }

    /// How many columns were recognised, to choose between ways to read a file.
    pub(crate) fn known_columns(&self) -> usize {
        self.columns.values().map(Vec::len).sum()
    }

    /// The heading of a column as a rejection names it.
    pub(crate) fn heading(&self, column: usize) -> String {
        let heading = self.headings.get(column).cloned().unwrap_or_default();
        match &self.sheet {
            Some(sheet) => format!("{sheet}!{heading}"),
            None => heading,
        }
    }
}

fn is_heading(headings: &[String], map: &ColumnMap) -> bool {
    let fields: Vec<Field> = headings
        .iter()
        .filter_map(|heading| field_of(heading, map))
        .collect();
    fields.contains(&Field::Title) && fields.len() >= LEAST_KNOWN
}

fn field_of(heading: &str, map: &ColumnMap) -> Option<Field> {
    let normal = normal_heading(heading);
    if map.ignores(&normal) {
        return None;
    }
    map.field_of(&normal).or_else(|| known_field(&normal))
}

fn no_heading(seen: &[Row], map: &ColumnMap) -> ImportError {
    let has = |name: &String| {
        let name = normal_heading(name);
        let mut texts = seen.iter().flat_map(|row| &row.cells).map(Cell::text);
        texts.any(|text| normal_heading(&text) == name)
    };
    let mapped = map.columns().find(|(field, _)| *field == Field::Title);
    if let Some(gone) = mapped.and_then(|(_, names)| names.iter().find(|name| !has(name))) {
        return ImportError::MapColumn(Field::Title.key(), gone.clone());
    }
    // Of equally good lines the first: a heading stands above its rows.
    let best = seen
        .iter()
        .rev()
        .max_by_key(|row| {
            let known = row
                .cells
                .iter()
                .filter(|c| field_of(&c.text(), map).is_some());
            (
                known.count(),
                row.cells.iter().filter(|c| !c.is_empty()).count(),
            )
        })
        .map(|row| {
            row.cells
                .iter()
                .map(Cell::text)
                .filter(|t| !t.is_empty())
                .take(12)
        })
        .map(|texts| {
            texts
                .map(|t| t.chars().take(20).collect())
                .collect::<Vec<String>>()
        })
        .unwrap_or_default();
    ImportError::NoHeading(best.join(", "))
}

/// Columns of the mapping first, in its order; then those known by name, left to right.
fn assign(
    headings: &[String],
    map: &ColumnMap,
) -> Result<BTreeMap<Field, Vec<usize>>, ImportError> {
    let normal: Vec<String> = headings.iter().map(|h| normal_heading(h)).collect();
    let mut columns: BTreeMap<Field, Vec<usize>> = BTreeMap::new();
    for (field, wanted) in map.columns() {
        for name in wanted {
            let at = normal
                .iter()
                .position(|heading| *heading == normal_heading(name))
                .ok_or_else(|| ImportError::MapColumn(field.key(), name.clone()))?;
            columns.entry(field).or_default().push(at);
        }
    }
    for (at, heading) in normal.iter().enumerate() {
        let taken = map.ignores(heading) || map.field_of(heading).is_some();
        let field = known_field(heading).filter(|field| !taken && !map.has_column(*field));
        if let Some(field) = field {
            columns.entry(field).or_default().push(at);
        }
    }
    Ok(columns)
}
