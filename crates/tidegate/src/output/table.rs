//! Rows of columns: aligned for people, tab-separated for programs.

use crate::exit::Failure;
use comfy_table::{Table as Grid, TableStyle};

/// A title and whether the column is shown only when all are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Always shown.
    Always(&'static str),
    /// Shown with `-o wide` or when named.
    Wide(&'static str),
}

impl Column {
    fn title(self) -> &'static str {
        match self {
            Self::Always(title) | Self::Wide(title) => title,
        }
    }
}

/// A table.
#[derive(Debug, Clone, Default)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table.
    pub fn new(columns: &[Column]) -> Self {
        Self {
            columns: columns.to_vec(),
            rows: Vec::new(),
        }
    }

    /// Add a row with a cell for every column.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        debug_assert_eq!(N, self.columns.len());
        self.rows.push(cells.into());
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Only these columns, in this order; the usual ones when none is named.
    ///
    /// # Errors
    /// A column that does not exist.
    pub fn select(mut self, names: &[String], wide: bool) -> Result<Self, Failure> {
        let mut picked = Vec::new();
        for name in names {
            let found = self
                .columns
                .iter()
                .position(|c| c.title().eq_ignore_ascii_case(name));
            picked.push(found.ok_or_else(|| self.no_column(name))?);
        }
        if names.is_empty() {
            picked.extend(self.columns.iter().enumerate().filter_map(|(i, column)| {
                (wide || matches!(column, Column::Always(_))).then_some(i)
            }));
        }
        self.columns = picked
            .iter()
            .filter_map(|i| self.columns.get(*i).copied())
            .collect();
        for row in &mut self.rows {
            *row = picked
                .iter()
                .map(|i| row.get(*i).cloned().unwrap_or_default())
                .collect();
        }
        Ok(self)
    }

    fn no_column(&self, name: &str) -> Failure {
        let titles: Vec<_> = self
            .columns
            .iter()
            .map(|c| c.title().to_lowercase())
            .collect();
        Failure::usage(format!("there is no column `{name}`"))
            .help(format!("columns are {}", titles.join(", ")))
    }

    /// Aligned, with titles.
    pub fn aligned(&self) -> String {
        let mut grid = Grid::new();
        grid.load_style(TableStyle::new()).force_no_tty();
        grid.set_header(self.columns.iter().map(|c| c.title()));
        for row in &self.rows {
            grid.add_row(row.iter().map(|cell| one_line(cell, " ")));
        }
        for column in grid.column_iter_mut() {
            column.set_padding((0, 2));
        }
        grid.lines()
            .map(|line| line.trim_end().to_owned() + "\n")
            .collect()
    }

    /// Tab-separated, without titles.
    pub fn separated(&self) -> String {
        let line = |row: &Vec<String>| {
            let cells: Vec<_> = row.iter().map(|cell| one_line(cell, " ")).collect();
            cells.join("\t") + "\n"
        };
        self.rows.iter().map(line).collect()
    }
}

/// A cell is one line; tabs and line ends in it would move the cells after it.
fn one_line(cell: &str, blank: &str) -> String {
    if cell.contains(['\t', '\n', '\r']) {
        cell.split(['\t', '\n', '\r'])
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(blank)
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Table {
        let mut table = Table::new(&[
            Column::Always("RELEASE"),
            Column::Wide("COMMIT"),
            Column::Always("PHASE"),
        ]);
        table.row(["web@1.1.0".into(), "c0ffee1".into(), "rolling\nback".into()]);
        table.row(["payments@3.3.0".into(), String::new(), "held".into()]);
        table
    }

    #[test]
    fn people_see_titles_and_aligned_columns() {
        let text = sample().select(&[], false).unwrap().aligned();
        assert_eq!(
            text,
            "RELEASE         PHASE\nweb@1.1.0       rolling back\npayments@3.3.0  held\n"
        );
    }

    #[test]
    fn programs_see_the_same_rows_separated_by_tabs() {
        let text = sample().select(&[], true).unwrap().separated();
        assert_eq!(
            text,
            "web@1.1.0\tc0ffee1\trolling back\npayments@3.3.0\t\theld\n"
        );
    }

    #[test]
    fn columns_are_chosen_by_name_and_a_wrong_name_says_which_exist() {
        let text = sample()
            .select(&["phase".into(), "release".into()], false)
            .unwrap()
            .separated();
        assert!(text.starts_with("rolling back\tweb@1.1.0\n"), "{text}");
        let failure = sample().select(&["colour".into()], false).unwrap_err();
        assert!(
            failure
                .to_string()
                .contains("columns are release, commit, phase"),
            "{failure}"
        );
    }
}
