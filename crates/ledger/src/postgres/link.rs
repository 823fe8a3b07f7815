//! The shared statements on a connection to Postgres: places spelled `$1`, types said beforehand, statements kept prepared. Every wait
//! for the database ends on this side too.
//!
//! The client is driven by the thread that asks, on a small runtime of the connection's own. Nothing here may be called from an async
//! task, and nobody outside this folder sees a future.

use super::refusal::{ends_the_connection, named};
use crate::error::StoreError;
use crate::sql::Link;
use crate::sql::value::{Cells, Value};
use crate::store::Result;
use rustls::ClientConfig;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::pin::pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tidegate_faults::kill_point;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{
    AsyncMessage, Client, Config, Error, NoTls, Row, SimpleQueryMessage, Statement,
};
use tokio_postgres_rustls::MakeRustlsConnect;

/// How long this side waits for the database, a little longer than the database itself does.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// For a connection.
    pub(super) connect: Duration,
    /// For the lock that a transaction begins with.
    pub(super) lock: Duration,
    /// For one statement, or several that were sent together.
    pub(super) statement: Duration,
}

/// A connection and what was prepared on it.
pub(super) struct Connection {
    /// `None` when it ended.
    open: RefCell<Option<Open>>,
    pub(super) patience: Patience,
    prepared: RefCell<BTreeMap<&'static str, Statement>>,
}

/// Moves bytes both ways; gives what the database says on its own account.
type Exchange = Box<
    dyn FnMut(&mut Context<'_>) -> Poll<Option<std::result::Result<AsyncMessage, Error>>> + Send,
>;

/// What an open connection consists of.
struct Open {
    /// There until the end.
    runtime: Option<Runtime>,
    client: Client,
    exchange: Exchange,
    /// A notification came that nobody asked about yet.
    heard: bool,
}

/// Why the database gave no answer that can be used.
pub(super) enum Unsaid {
    /// It said no, or the connection ended.
    Refused(Error),
    /// It said nothing for as long as was waited, or the connection had ended before.
    Silent(String),
}

impl Unsaid {
    /// Is the connection of no use any more?
    pub(super) fn is_the_end(&self) -> bool {
        match self {
            Self::Refused(error) => ends_the_connection(error),
            Self::Silent(_) => true,
        }
    }

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

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // A name that is still being looked up is not waited for.
            runtime.shutdown_background();
        }
    }
}

impl Open {
    async fn connect(
        config: &Config,
        tls: Option<ClientConfig>,
    ) -> std::result::Result<(Client, Exchange), Error> {
        fn exchange<S, T>(mut both: tokio_postgres::Connection<S, T>) -> Exchange
        where
            S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
            T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
        {
            Box::new(move |cx| both.poll_message(cx))
        }
        Ok(match tls {
            Some(tls) => {
                let (client, both) = config.connect(MakeRustlsConnect::new(tls)).await?;
                (client, exchange(both))
            }
            None => {
                let (client, both) = config.connect(NoTls).await?;
                (client, exchange(both))
            }
        })
    }

    /// Ask, and move bytes until there is an answer or the patience ends.
    fn drive<T>(
        &mut self,
        patience: Duration,
        ask: impl AsyncFnOnce(&Client) -> std::result::Result<T, Error>,
    ) -> std::result::Result<T, Unsaid> {
        let Self {
            runtime: Some(runtime),
            client,
            exchange,
            heard,
        } = self
        else {
            return Err(ended());
        };
        let driven = runtime.block_on(async {
            let mut asked = pin!(ask(client));
            let both = poll_fn(|cx| {
                // The database may have ended the connection before anything is sent; then it said why.
                match messages(exchange, heard, cx) {
                    Ok(()) => asked.as_mut().poll(cx),
                    Err(error) => Poll::Ready(Err(error)),
                }
            });
            tokio::time::timeout(patience, both).await
        });
        match driven {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(Unsaid::Refused(error)),
            Err(_) => Err(Unsaid::Silent(silent(patience))),
        }
    }
}

/// Take all that the database says on its own account.
fn messages(
    exchange: &mut Exchange,
    heard: &mut bool,
    cx: &mut Context<'_>,
) -> std::result::Result<(), Error> {
    loop {
        match exchange(cx) {
            Poll::Ready(Some(Ok(AsyncMessage::Notification(_)))) => *heard = true,
            Poll::Ready(Some(Ok(_))) => {}
            Poll::Ready(Some(Err(error))) => return Err(error),
            // The end that follows when the client is dropped, which is not yet.
            Poll::Ready(None) | Poll::Pending => return Ok(()),
        }
    }
}

impl Connection {
    /// Connect.
    pub(super) fn open(
        patience: Patience,
        config: &Config,
        tls: Option<ClientConfig>,
    ) -> Result<Self> {
        const DOING: &str = "connecting to the database";
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|e| StoreError::Io {
            doing: DOING.to_owned(),
            because: e.to_string(),
        })?;
        let connected = runtime.block_on(async {
            tokio::time::timeout(patience.connect, Open::connect(config, tls)).await
        });
        let (client, exchange) = match connected {
            Ok(Ok(both)) => both,
            Ok(Err(error)) => {
                runtime.shutdown_background();
                return Err(named(&error, DOING));
            }
            Err(_) => {
                runtime.shutdown_background();
                return Err(Unsaid::Silent(silent(patience.connect)).named(DOING));
            }
        };
        let open = Open {
            runtime: Some(runtime),
            client,
            exchange,
            heard: false,
        };
        Ok(Self {
            open: RefCell::new(Some(open)),
            patience,
            prepared: RefCell::default(),
        })
    }

    /// Ask the client, and stop waiting after a while. A connection that gave no answer, or that nothing can be written over, is
    /// not used again.
    pub(super) fn ask<T>(
        &self,
        patience: Duration,
        ask: impl AsyncFnOnce(&Client) -> std::result::Result<T, Error>,
    ) -> std::result::Result<T, Unsaid> {
        let answer = match &mut *self.open.borrow_mut() {
            Some(open) => open.drive(patience, ask),
            None => return Err(ended()),
        };
        if answer.as_ref().is_err_and(Unsaid::is_the_end) {
            self.drop_client();
        }
        answer
    }

    /// Statements without values, separated by semicolons.
    pub(super) fn batch(&self, sql: &str, doing: &str) -> Result<()> {
        self.say(sql).map_err(|unsaid| unsaid.named(doing))
    }

    /// What the database itself says to these statements.
    pub(super) fn say(&self, sql: &str) -> std::result::Result<(), Unsaid> {
        self.ask(self.patience.statement, async |c| {
            c.batch_execute(sql).await
        })
    }

    /// Send statements without values and wait for nothing. What they do is done before anything that is asked later.
    pub(super) fn send(&self, sql: &str) {
        let sent = self.ask(self.patience.statement, async |c| {
            let mut said = pin!(c.batch_execute(sql));
            // The first look sends it, and the next one moves the bytes.
            let mut looks = 0;
            poll_fn(|cx| {
                looks += 1;
                cx.waker().wake_by_ref();
                match said.as_mut().poll(cx) {
                    Poll::Pending if looks < 2 => Poll::Pending,
                    _ => Poll::Ready(Ok(())),
                }
            })
            .await
        });
        drop(sent);
    }

    /// Wait for a notification, at most so long.
    pub(super) fn heard(&self, patience: Duration) -> Result<()> {
        const DOING: &str = "listening for other servers";
        let mut open = self.open.borrow_mut();
        let Some(Open {
            runtime: Some(runtime),
            exchange,
            heard,
            ..
        }) = &mut *open
        else {
            return Err(ended().named(DOING));
        };
        let driven = runtime.block_on(async {
            let come = poll_fn(|cx| match messages(exchange, heard, cx) {
                Err(error) => Poll::Ready(Err(error)),
                // One look serves all of them.
                Ok(()) if std::mem::take(heard) => Poll::Ready(Ok(())),
                Ok(()) => Poll::Pending,
            });
            tokio::time::timeout(patience, come).await
        });
        driven.unwrap_or(Ok(())).map_err(|e| named(&e, DOING))
    }

    pub(super) fn is_closed(&self) -> bool {
        self.open.borrow().is_none()
    }

    /// Let go of the client.
    pub(super) fn drop_client(&self) {
        drop(self.open.borrow_mut().take());
    }

    /// A statement that was prepared before.
    pub(super) fn known(&self, sql: &'static str) -> Option<Statement> {
        self.prepared.borrow().get(sql).cloned()
    }

    /// The statement, prepared; types that are not given are those that it says.
    pub(super) fn prepared(
        &self,
        sql: &'static str,
        types: &[Type],
    ) -> std::result::Result<Statement, Unsaid> {
        if let Some(statement) = self.known(sql) {
            return Ok(statement);
        }
        let spelled = spelled(sql);
        let statement = self.ask(self.patience.statement, async |c| {
            c.prepare_typed(&spelled, types).await
        })?;
        self.prepared.borrow_mut().insert(sql, statement.clone());
        Ok(statement)
    }

    fn rows(&self, sql: &'static str, values: &[Value<'_>], doing: &str) -> Result<Vec<Row>> {
        let types: Vec<Type> = values.iter().map(type_of).collect();
        let places: Vec<&(dyn ToSql + Sync)> = values.iter().map(place).collect();
        let found = self.prepared(sql, &types).and_then(|statement| {
            self.ask(self.patience.statement, async |c| {
                c.query(&statement, &places).await
            })
        });
        found.map_err(|unsaid| unsaid.named(doing))
    }
}

fn ended() -> Unsaid {
    Unsaid::Silent("the connection had ended".to_owned())
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

/// The only value of the last row that statements without values gave.
pub(super) fn last_value(said: &[SimpleQueryMessage]) -> Option<String> {
    let rows = said.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    rows.last().and_then(|row| Some(row.get(0)?.to_owned()))
}

impl Link for Connection {
    fn query(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
        doing: &str,
        row: &mut dyn FnMut(&dyn Cells),
    ) -> Result<()> {
        let rows = self.rows(sql, values, doing)?;
        rows.iter().for_each(|found| row(found));
        Ok(())
    }

    fn execute(&self, sql: &'static str, values: &[Value<'_>], doing: &str) -> Result<usize> {
        kill_point("server.postgres.execute");
        let types: Vec<Type> = values.iter().map(type_of).collect();
        let places: Vec<&(dyn ToSql + Sync)> = values.iter().map(place).collect();
        let changed = self.prepared(sql, &types).and_then(|statement| {
            self.ask(self.patience.statement, async |c| {
                c.execute(&statement, &places).await
            })
        });
        let changed = changed.map_err(|unsaid| unsaid.named(doing))?;
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

fn place<'a>(value: &'a Value<'_>) -> &'a (dyn ToSql + Sync) {
    match value {
        Value::Int(value) => value,
        Value::Text(value) => value,
        Value::Bytes(value) => value,
    }
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
    fn text(&self, column: usize) -> std::result::Result<Option<&str>, String> {
        self.try_get(column).map_err(|e| e.to_string())
    }
    fn bytes(&self, column: usize) -> std::result::Result<Option<&[u8]>, String> {
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
