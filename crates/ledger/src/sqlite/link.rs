//! The shared statements on a connection of SQLite.

use super::refusal::Doing;
use crate::sql::Link;
use crate::sql::value::{Cells, Value};
use crate::store::Result;
use rusqlite::types::{ToSql, ToSqlOutput};
use rusqlite::{Connection, Row, params_from_iter};
use tidegate_faults::kill_point;

impl Link for Connection {
    fn query(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
        doing: &str,
        row: &mut dyn FnMut(&dyn Cells),
    ) -> Result<()> {
        let mut statement = self.prepare_cached(sql).doing(doing)?;
        let mut rows = statement.query(params_from_iter(values)).doing(doing)?;
        while let Some(next) = rows.next().doing(doing)? {
            row(next);
        }
        Ok(())
    }

    fn execute(&self, sql: &'static str, values: &[Value<'_>], doing: &str) -> Result<usize> {
        kill_point("server.ledger.statement");
        let mut statement = self.prepare_cached(sql).doing(doing)?;
        statement.execute(params_from_iter(values)).doing(doing)
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Self::Int(value) => value.to_sql(),
            Self::Text(value) => value.to_sql(),
            Self::Bytes(value) => value.to_sql(),
        }
    }
}

impl Cells for Row<'_> {
    fn int(&self, column: usize) -> std::result::Result<Option<i64>, String> {
        self.get(column).map_err(|e| e.to_string())
    }
    fn text(&self, column: usize) -> std::result::Result<Option<&str>, String> {
        let value = self.get_ref(column).map_err(|e| e.to_string())?;
        value.as_str_or_null().map_err(|e| e.to_string())
    }
    fn bytes(&self, column: usize) -> std::result::Result<Option<&[u8]>, String> {
        let value = self.get_ref(column).map_err(|e| e.to_string())?;
        value.as_blob_or_null().map_err(|e| e.to_string())
    }
}
