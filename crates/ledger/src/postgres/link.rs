//! The shared statements on a connection to Postgres: places spelled `$1`, types said beforehand, statements kept prepared. Every wait
//! for the database ends on this side too.

use super::refusal::{ends_the_connection, named};
use crate::error::StoreError;
use crate::sql::Link;
use crate::sql::value::{Cells, Value};
use crate::store::Result;
use postgres::types::{ToSql, Type};
use postgres::{Client, Row, SimpleQueryMessage, Statement};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel, sync_channel};
use std::time::Duration;
use tidegate_faults::kill_point;

/// How long this side waits for the database, a little longer than the database itself does.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// For a connection.
    pub(super) connect: Duration,
    /// For the lock that a transaction begins with.
    pub(super) lock: Duration,
    /// For one statement.
    pub(super) statement: Duration,
}

type Job = Box<dyn FnOnce(&mut Client) + Send>;

/// A connection and what was prepared on it. Its client lives in a thread of its own, because a wait for a server that stands still
/// has no end of itself: whoever asks stops waiting, and the thread ends when the system gives the connection up.
pub(super) struct Connection {
    jobs: RefCell<Option<Sender<Job>>>,
    patience: Patience,
    prepared: RefCell<BTreeMap<&'static str, Statement>>,
}

/// Why the database gave no answer that can be used.
pub(super) enum Unsaid {
    /// It said no, or the connection ended.
    Refused(postgres::Error),
    /// It said nothing for as long as was waited, or the connection had ended before.
    Silent(String),
}

impl Unsaid {
    pub(super) fn named(self, doing: &str) -> StoreError {
        match self {
            Self::Refused(error) => named(&error, doing),
            Self::Silent(because) => StoreError::Unreachable {
                doing: doing.to_owned(),
                because,
            },
        }
    }
}

impl Connection {
    /// Connect, in the thread that holds the client from then on.
    pub(super) fn open(
        patience: Patience,
        connect: impl FnOnce() -> std::result::Result<Client, postgres::Error> + Send + 'static,
    ) -> Result<Self> {
        const DOING: &str = "connecting to the database";
        let (jobs, todo) = channel::<Job>();
        let (said, answer) = sync_channel(1);
        let body = move || {
            let mut client = match connect() {
                Ok(client) => {
                    // Whoever asked may have stopped waiting: then there is no job either.
                    drop(said.send(Ok(())));
                    client
                }
                Err(error) => return drop(said.send(Err(error))),
            };
            for job in todo {
                job(&mut client);
                if client.is_closed() {
                    return;
                }
            }
        };
        let started = std::thread::Builder::new()
            .name("tidegate-database".to_owned())
            .spawn(body);
        started.map_err(|e| StoreError::Io {
            doing: DOING.to_owned(),
            because: e.to_string(),
        })?;
        match answer.recv_timeout(patience.connect) {
            Ok(Ok(())) => Ok(Self {
                jobs: RefCell::new(Some(jobs)),
                patience,
                prepared: RefCell::default(),
            }),
            Ok(Err(error)) => Err(named(&error, DOING)),
            Err(_) => Err(Unsaid::Silent(silent(patience.connect)).named(DOING)),
        }
    }

    /// Ask the client, and stop waiting after a while. A connection that gave no answer, or that nothing can be written over, is
    /// not used again.
    pub(super) fn ask<T: Send + 'static>(
        &self,
        patience: Duration,
        f: impl FnOnce(&mut Client) -> std::result::Result<T, postgres::Error> + Send + 'static,
    ) -> std::result::Result<T, Unsaid> {
        let (said, answer) = sync_channel(1);
        let job: Job = Box::new(move |client| drop(said.send(f(client))));
        let sent = match &*self.jobs.borrow() {
            Some(jobs) => jobs.send(job).is_ok(),
            None => false,
        };
        let answer = match sent {
            true => answer.recv_timeout(patience),
            false => Err(RecvTimeoutError::Disconnected),
        };
        let unsaid = match answer {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) if !ends_the_connection(&error) => return Err(Unsaid::Refused(error)),
            Ok(Err(error)) => Unsaid::Refused(error),
            Err(RecvTimeoutError::Timeout) => Unsaid::Silent(silent(patience)),
            Err(RecvTimeoutError::Disconnected) => {
                Unsaid::Silent("the connection had ended".to_owned())
            }
        };
        self.drop_client();
        Err(unsaid)
    }

    /// Statements without values, separated by semicolons.
    pub(super) fn batch(&self, sql: &str, doing: &str) -> Result<()> {
        self.say(sql).map_err(|unsaid| unsaid.named(doing))
    }

    /// The same of those that wait for the lock of a transaction: the only value of the last row that they give.
    pub(super) fn begin(&self, sql: &str, doing: &str) -> Result<Option<String>> {
        let sql = sql.to_owned();
        let begun = self.ask(self.patience.lock, move |c| c.simple_query(&sql));
        let said = begun.map_err(|unsaid| unsaid.named(doing))?;
        let rows = said.iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        Ok(rows.last().and_then(|row| Some(row.get(0)?.to_owned())))
    }

    /// What the database itself says to these statements.
    pub(super) fn say(&self, sql: &str) -> std::result::Result<(), Unsaid> {
        let sql = sql.to_owned();
        self.ask(self.patience.statement, move |c| c.batch_execute(&sql))
    }

    pub(super) fn is_closed(&self) -> bool {
        self.jobs.borrow().is_none()
    }

    /// Let go of the client: its thread ends when it is done with what it was asked.
    pub(super) fn drop_client(&self) {
        drop(self.jobs.borrow_mut().take());
    }

    fn prepared(&self, sql: &'static str, values: &[Value<'_>], doing: &str) -> Result<Statement> {
        if let Some(statement) = self.prepared.borrow().get(sql) {
            return Ok(statement.clone());
        }
        let types: Vec<Type> = values.iter().map(type_of).collect();
        let prepare = move |client: &mut Client| client.prepare_typed(&spelled(sql), &types);
        let statement = self
            .ask(self.patience.statement, prepare)
            .map_err(|unsaid| unsaid.named(doing))?;
        self.prepared.borrow_mut().insert(sql, statement.clone());
        Ok(statement)
    }
}

/// How the reason begins when there was no answer.
const NOTHING: &str = "it said nothing for";

fn silent(patience: Duration) -> String {
    format!("{NOTHING} {} s", patience.as_secs())
}

/// Did the database say nothing for as long as was waited?
pub(super) fn is_silence(error: &StoreError) -> bool {
    matches!(error, StoreError::Unreachable { because, .. } if because.starts_with(NOTHING))
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
        let values = owned(values);
        let rows = self
            .ask(self.patience.statement, move |client| {
                client.query(&statement, &places(&values))
            })
            .map_err(|unsaid| unsaid.named(doing))?;
        rows.iter().for_each(|found| row(found));
        Ok(())
    }

    fn execute(&self, sql: &'static str, values: &[Value<'_>], doing: &str) -> Result<usize> {
        kill_point("server.postgres.statement");
        let statement = self.prepared(sql, values, doing)?;
        let values = owned(values);
        let changed = self
            .ask(self.patience.statement, move |client| {
                client.execute(&statement, &places(&values))
            })
            .map_err(|unsaid| unsaid.named(doing))?;
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

type Owned = Box<dyn ToSql + Sync + Send>;

fn owned(values: &[Value<'_>]) -> Vec<Owned> {
    let own = |value: &Value<'_>| -> Owned {
        match *value {
            Value::Int(value) => Box::new(value),
            Value::Text(value) => Box::new(value.map(str::to_owned)),
            Value::Bytes(value) => Box::new(value.to_vec()),
        }
    };
    values.iter().map(own).collect()
}

fn places(values: &[Owned]) -> Vec<&(dyn ToSql + Sync)> {
    fn place(value: &Owned) -> &(dyn ToSql + Sync) {
        &**value
    }
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
