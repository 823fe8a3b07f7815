//! Several statements on one way to the database and back: all are sent before the first answer is waited for.

use super::link::{Connection, Unsaid};
use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, Row, Statement};

/// A value for a place in a statement.
pub(super) type Place<'a> = Box<dyn ToSql + Sync + 'a>;

/// One of them.
pub(super) enum Step<'a> {
    /// Statements without values, separated by semicolons.
    Say(String),
    /// A statement that is kept prepared; what it gives is of the types that it says.
    Run(&'static str, Vec<Place<'a>>),
}

/// What the database answered to a step.
pub(super) enum Answer {
    /// It did what it was told.
    Done,
    /// All rows.
    Rows(Vec<Row>),
}

/// The first step without a good answer.
pub(super) struct Fell {
    pub(super) at: usize,
    pub(super) unsaid: Unsaid,
}

type Outcome = std::result::Result<Answer, Error>;

impl Connection {
    /// Carry out these steps in their order. Within a transaction, those after one that failed do nothing.
    pub(super) fn together(
        &self,
        steps: &[Step<'_>],
        patience: Duration,
    ) -> std::result::Result<Vec<Answer>, Fell> {
        let mut statements: Vec<Option<Statement>> = Vec::with_capacity(steps.len());
        for (at, step) in steps.iter().enumerate() {
            statements.push(match step {
                Step::Say(_) => None,
                Step::Run(sql, _) => {
                    let found = self.prepared(sql, &[]);
                    Some(found.map_err(|unsaid| Fell { at, unsaid })?)
                }
            });
        }
        let outcomes: RefCell<Vec<Option<Outcome>>> = RefCell::default();
        let asked = self.ask(patience, async |client| {
            let running = steps.iter().zip(&statements).map(|(step, statement)| {
                let one: Pin<Box<dyn Future<Output = Outcome> + '_>> = match (step, statement) {
                    (Step::Run(_, places), Some(statement)) => Box::pin(async move {
                        let places: Vec<&(dyn ToSql + Sync)> =
                            places.iter().map(|p| &**p).collect();
                        Ok(Answer::Rows(client.query(statement, &places).await?))
                    }),
                    (Step::Say(sql), _) => Box::pin(async move {
                        client.batch_execute(sql).await?;
                        Ok(Answer::Done)
                    }),
                    (Step::Run(..), None) => Box::pin(async { Ok(Answer::Done) }),
                };
                one
            });
            all(running.collect(), &outcomes).await;
            Ok(())
        });
        let mut answers = Vec::with_capacity(steps.len());
        for (at, outcome) in outcomes.into_inner().into_iter().enumerate() {
            match outcome {
                Some(Ok(answer)) => answers.push(answer),
                Some(Err(error)) => {
                    let unsaid = Unsaid::Refused(error);
                    if unsaid.is_the_end() {
                        self.drop_client();
                    }
                    return Err(Fell { at, unsaid });
                }
                None => break,
            }
        }
        let at = answers.len();
        asked.map_err(|unsaid| Fell { at, unsaid })?;
        Ok(answers)
    }
}

/// Look at each in turn, so that they are sent in their order, until all have an outcome. What came until then is there also when this
/// is given up.
async fn all(
    mut running: Vec<Pin<Box<dyn Future<Output = Outcome> + '_>>>,
    outcomes: &RefCell<Vec<Option<Outcome>>>,
) {
    outcomes.borrow_mut().resize_with(running.len(), || None);
    poll_fn(|cx| {
        let mut left = false;
        for (one, outcome) in running.iter_mut().zip(&mut *outcomes.borrow_mut()) {
            if outcome.is_none() {
                match one.as_mut().poll(cx) {
                    Poll::Ready(came) => *outcome = Some(came),
                    Poll::Pending => left = true,
                }
            }
        }
        match left {
            true => Poll::Pending,
            false => Poll::Ready(()),
        }
    })
    .await;
}
