//! One consistent look at everything an answer is made of: a snapshot of the ledger, the configuration in force, what
//! agents see, and one instant.

use crate::App;
use crate::error::{Problem, kind};
use crate::layer::past;
use std::sync::Arc;
use tidegate_core::actor::Actor;
use tidegate_core::authority;
use tidegate_core::command::Command;
use tidegate_core::decider::Decider;
use tidegate_core::id::{EnvId, ReleaseId};
use tidegate_core::refusal::Refusal;
use tidegate_core::step::World;
use tidegate_core::time::Timestamp;
use tidegate_core::view::View;
use tidegate_engine::{AsOf, Deploy, Engine, Ground, InForce, Preview};
use tidegate_ledger::{Rows, TxView};

/// What an answer is made of.
pub(crate) struct Look<'a> {
    engine: &'a Engine,
    pub rows: &'a dyn Rows,
    pub view: &'a TxView<'a>,
    pub in_force: Arc<InForce>,
    pub now: Timestamp,
    /// It is a look back: what agents see and do now says nothing of it.
    pub past: bool,
}

impl<'a> Look<'a> {
    /// What stands in no entry (what agents see, figures in memory, counters); `None` of the past, which left nothing of it.
    pub(crate) fn live(&self) -> Option<&'a Engine> {
        (!self.past).then_some(self.engine)
    }

    /// [`Look::live`] for answers about the present alone.
    pub(crate) fn engine(&self) -> Result<&'a Engine, Problem> {
        self.live().ok_or_else(|| {
            let help = "leave `as_of` out";
            Problem::new(&kind::INVALID, "this is known of the present alone", help)
        })
    }
}

impl Look<'_> {
    /// The state of a stream; a problem when it does not exist.
    pub(crate) fn load<D: Decider>(&self, what: &str, key: &str) -> Result<D, Problem> {
        let state: D = (self.view as &dyn View).load(key)?;
        if state == D::default() {
            return Err(Refusal::NotFound {
                what: what.to_owned(),
                name: key.to_owned(),
            }
            .into());
        }
        Ok(state)
    }

    /// May they, by role and by policies, as the writer would ask now? For answers that come before the command.
    pub(crate) fn may(&self, actor: &Actor, command: &Command) -> Result<(), Problem> {
        authority::authorise(actor, command, self.view)?;
        authority::entitled(actor, command, &self.in_force.spec, self.view)?;
        let world = World {
            now: self.now,
            spec: &self.in_force.spec,
            origins: &self.in_force.origins,
            view: self.view,
            judge: &*self.in_force.judge,
        };
        Ok(authority::judged(actor, command, &world)?)
    }

    /// Is a release on its way there the business of whoever asks?
    pub(crate) fn concerns(
        &self,
        actor: &Actor,
        release: &ReleaseId,
        to: &EnvId,
    ) -> Result<(), Problem> {
        Ok(authority::entitled_there(
            actor,
            "deployment propose",
            (&release.service, Some(to)),
            &self.in_force.spec,
        )?)
    }

    /// Plan a deployment and ask its gates about a start at `at`.
    pub(crate) fn preview(&self, ask: &Deploy, at: Timestamp) -> Result<Preview, Refusal> {
        self.ground().preview(ask, at)
    }

    /// What plans are made from.
    pub(crate) fn ground(&self) -> Ground<'_> {
        Ground {
            view: self.view,
            in_force: &self.in_force,
            present: self.now,
        }
    }

    /// The rest of the ledger as deciders see it.
    pub(crate) fn view(&self) -> &dyn View {
        self.view
    }

    /// IANA zone of an environment's rules.
    pub(crate) fn zone(&self, environment: &EnvId) -> String {
        let spec = &self.in_force.spec;
        spec.environments
            .get(environment)
            .map_or_else(|| spec.zone.clone(), |e| e.zone.clone())
    }
}

/// Look once.
pub(crate) fn look<R>(
    engine: &Engine,
    mut answer: impl FnMut(&Look<'_>) -> Result<R, Problem>,
) -> Result<R, Problem> {
    let in_force = engine.in_force();
    let now = engine.now();
    engine.read(|rows| {
        let view = TxView::new(rows);
        let found = answer(&Look {
            engine,
            rows,
            view: &view,
            in_force: Arc::clone(&in_force),
            now,
            past: false,
        });
        // A row that could not be read looked absent, so the answer is worth nothing.
        view.finish()?;
        Ok(found)
    })?
}

/// Look at the ledger as it was, with the configuration of then and that instant as now.
fn look_back<R>(
    engine: &Engine,
    as_of: AsOf,
    mut answer: impl FnMut(&Look<'_>) -> Result<R, Problem>,
) -> Result<R, Problem> {
    let past = engine.past(as_of)??;
    engine.read(|rows| {
        let then = past.over(rows);
        let view = TxView::new(&then);
        let found = answer(&Look {
            engine,
            rows: &then,
            view: &view,
            in_force: Arc::clone(&past.in_force),
            now: past.at,
            past: true,
        });
        view.finish()?;
        Ok(found)
    })?
}

impl App {
    /// [`look`] on the pool for blocking work.
    pub(crate) async fn look<R: Send + 'static>(
        &self,
        answer: impl FnMut(&Look<'_>) -> Result<R, Problem> + Send + 'static,
    ) -> Result<R, Problem> {
        match past::asked() {
            None => self.blocking(move |engine| look(engine, answer)).await,
            Some(as_of) => {
                self.blocking(move |engine| look_back(engine, as_of, answer))
                    .await
            }
        }
    }
}
