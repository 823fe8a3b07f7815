//! The shared statements on a connection to Postgres: places spelled `$1`, types said beforehand, statements kept prepared.

use super::refusal::Doing;
use crate::sql::Link;
use crate::sql::value::{Cells, Value};
use crate::store::Result;
use postgres::types::{ToSql, Type};
use postgres::{Client, Row, Statement};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// A connection and what was prepared on it.
pub(super) struct Connection {
    client: RefCell<Client>,
    prepared: RefCell<BTreeMap<&'static str, Statement>>,
}

impl Connection {
    pub(super) fn new(client: Client) -> Self {
        Self {
            client: RefCell::new(client),
            prepared: RefCell::default(),
        }
    }

    /// Statements without values, separated by semicolons.
    pub(super) fn batch(&self, sql: &str, doing: &str) -> Result<()> {
        self.client.borrow_mut().batch_execute(sql).doing(doing)
    }

    /// What the database itself says to these statements.
    pub(super) fn say(&self, sql: &str) -> std::result::Result<(), postgres::Error> {
        self.client.borrow_mut().batch_execute(sql)
    }

    pub(super) fn is_closed(&self) -> bool {
        self.client.borrow().is_closed()
    }

    pub(super) fn into_client(self) -> Client {
        self.client.into_inner()
    }

    pub(super) fn with_client<T>(&self, f: impl FnOnce(&mut Client) -> T) -> T {
        f(&mut self.client.borrow_mut())
    }

    fn prepared(&self, sql: &'static str, values: &[Value<'_>], doing: &str) -> Result<Statement> {
        if let Some(statement) = self.prepared.borrow().get(sql) {
            return Ok(statement.clone());
        }
        let types: Vec<Type> = values.iter().map(type_of).collect();
        let statement = self
            .client
            .borrow_mut()
            .prepare_typed(&spelled(sql), &types)
            .doing(doing)?;
        self.prepared.borrow_mut().insert(sql, statement.clone());
        Ok(statement)
    }
}

impl Link for Connection {
    fn query(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
        doing: &str,
        row: &mut dyn FnMut(&dyn Cells),
    ) -> Result<()> {
        let statement = self.prepared(sql, values, doing)?;
        let rows = self
            .client
            .borrow_mut()
            .query(&statement, &places(values))
            .doing(doing)?;
        rows.iter().for_each(|found| row(found));
        Ok(())
    }

    fn execute(&self, sql: &'static str, values: &[Value<'_>], doing: &str) -> Result<usize> {
        let statement = self.prepared(sql, values, doing)?;
        let changed = self
            .client
            .borrow_mut()
            .execute(&statement, &places(values))
            .doing(doing)?;
        Ok(usize::try_from(changed).unwrap_or(usize::MAX))
    }
}

fn type_of(value: &Value<'_>) -> Type {
    match value {
        Value::Int(_) => Type::INT8,
        Value::Text(_) => Type::TEXT,
        Value::Bytes(_) => Type::BYTEA,
    }
}

fn places<'v>(values: &'v [Value<'_>]) -> Vec<&'v (dyn ToSql + Sync)> {
    let place = |value: &'v Value<'_>| match value {
        Value::Int(value) => value as &(dyn ToSql + Sync),
        Value::Text(value) => value,
        Value::Bytes(value) => value,
    };
    values.iter().map(place).collect()
}

/// The statement as Postgres spells it: `$n` for `?n`, and no advice about indexes.
fn spelled(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some((before, after)) = rest.split_once(" INDEXED BY ") {
        out.push_str(before);
        rest = after.find(' ').map_or("", |end| &after[end..]);
    }
    out.push_str(rest);
    out.replace('?', "$")
}

impl Cells for Row {
    fn int(&self, column: usize) -> std::result::Result<Option<i64>, String> {
        self.try_get(column).map_err(|e| e.to_string())
    }
    fn text(&self, column: usize) -> std::result::Result<Option<String>, String> {
        self.try_get(column).map_err(|e| e.to_string())
    }
    fn bytes(&self, column: usize) -> std::result::Result<Option<Vec<u8>>, String> {
        self.try_get(column).map_err(|e| e.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::spelled;

    #[test]
    fn places_are_spelled_for_postgres_and_advice_is_left_out() {
        assert_eq!(
            spelled("SELECT a FROM t s INDEXED BY t_a WHERE a = ?1 AND b = ?12"),
            "SELECT a FROM t s WHERE a = $1 AND b = $12"
        );
    }
}
