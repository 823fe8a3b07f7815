//! Plans are made outside the lock on a snapshot, then proposed; the parent rule refuses a plan whose ground has moved.

mod back;
mod ground;

pub use ground::{Ground, Preview};

use crate::inbox::Receipt;
use crate::{Denied, Engine, Shared};
use tidegate_core::actor::Actor;
use tidegate_core::command::Command;
use tidegate_core::digest::{Digest, canonical};
use tidegate_core::gate::Purpose;
use tidegate_core::id::{CommandId, EnvId, ReleaseId};
use tidegate_core::plan::Plan;
use tidegate_core::queue::Request;
use tidegate_core::refusal::Refusal;
use tidegate_core::spec::Unscheduled;
use tidegate_core::step::Item;
use tidegate_core::stream::deployment;
use tidegate_core::time::Timestamp;
use tidegate_core::view::View;
use tidegate_ledger::{Rows, StoreError, TxView};

/// Plans made again when the ground moved meanwhile.
const TRIES: usize = 5;

/// What shall be deployed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Deploy {
    /// Release.
    pub release: ReleaseId,
    /// Where.
    pub environment: EnvId,
    /// Why.
    pub purpose: Purpose,
    /// Reason given.
    pub reason: String,
    /// Also when the same revision runs already.
    pub again: bool,
    /// How urgent, when, and until when it is worth waiting.
    #[serde(skip_serializing_if = "Request::is_plain")]
    pub request: Request,
}

impl Engine {
    /// Plan and propose. The same id gives the same deployment, also when the plan had to be made again.
    ///
    /// # Errors
    /// The typed "no", or why it could not be written.
    pub fn deploy(&self, who: &Actor, id: CommandId, ask: &Deploy) -> Result<Receipt, Denied> {
        self.shared.deploy(who, id, ask)
    }

    /// Plan and ask the gates about a start at `at`, now when absent; changes nothing.
    ///
    /// # Errors
    /// The typed "no" that `deploy` would give.
    pub fn preview(&self, ask: &Deploy, at: Option<Timestamp>) -> Result<Preview, Denied> {
        let shared = &self.shared;
        let in_force = shared.in_force.get();
        let present = shared.clock.now();
        shared.read_view(|view| {
            let ground = Ground {
                view,
                in_force: &in_force,
                present,
            };
            ground.preview(ask, at.unwrap_or(present))
        })
    }
}

impl Engine {
    /// Whether the calendar lets this be asked for. A command that was answered already may be sent again.
    ///
    /// # Errors
    /// `Blocked` with all answers, `Invalid`, or why it could not be read.
    pub fn may_in_time(&self, id: &CommandId, ask: &Deploy) -> Result<(), Denied> {
        let shared = &self.shared;
        let in_force = shared.in_force.get();
        let refuses = in_force
            .spec
            .environments
            .get(&ask.environment)
            .is_some_and(|e| e.unscheduled == Unscheduled::Refuse);
        let known = shared.store.read_with(|rows| rows.reply(id))?.is_some();
        if known || (ask.request.at.is_none() && !refuses) {
            return Ok(());
        }
        let present = shared.clock.now();
        shared.read_view(|view| {
            let ground = Ground {
                view,
                in_force: &in_force,
                present,
            };
            let planned = ground.plan(ask)?;
            deployment::judge(&ground.asked(ask, &planned, present))
        })
    }
}

impl Shared {
    pub(crate) fn deploy(
        &self,
        who: &Actor,
        id: CommandId,
        ask: &Deploy,
    ) -> Result<Receipt, Denied> {
        // The fingerprint is over what was asked: a plan made again for a repeated command may differ.
        let fingerprint = Digest::of(canonical(ask).unwrap_or_default().as_bytes());
        if let Some(receipt) = self.replayed(&id, &fingerprint)? {
            return Ok(receipt);
        }
        let mut tries = 0;
        loop {
            let plan = self.plan(ask)?;
            let item = self.proposal(who, &id, plan, ask.purpose, (&ask.reason, &ask.request));
            match self.submit(item, fingerprint.clone()) {
                Err(Denied::Refused(Refusal::ParentMoved { .. })) if tries < TRIES => tries += 1,
                answer => return answer,
            }
        }
    }

    fn proposal(
        &self,
        who: &Actor,
        id: &CommandId,
        plan: Plan,
        purpose: Purpose,
        (reason, request): (&str, &Request),
    ) -> Item {
        let command = deployment::Command::Propose {
            plan: Box::new(plan),
            purpose,
            reason: reason.to_owned(),
            request: request.clone(),
        };
        Item {
            id: id.clone(),
            actor: who.clone(),
            command: Command::Propose { command },
        }
    }

    pub(crate) fn replayed(
        &self,
        id: &CommandId,
        fingerprint: &Digest,
    ) -> Result<Option<Receipt>, Denied> {
        let Some(reply) = self.store.read_with(|rows| rows.reply(id))? else {
            return Ok(None);
        };
        if reply.fingerprint != *fingerprint {
            return Err(Denied::KeyReused);
        }
        let mut receipt: Receipt =
            serde_json::from_str(&reply.outcome).map_err(|e| StoreError::BadRow {
                what: "a kept answer".to_owned(),
                because: e.to_string(),
            })?;
        receipt.seq = reply.seq;
        receipt.replayed = true;
        Ok(Some(receipt))
    }

    pub(crate) fn plan(&self, ask: &Deploy) -> Result<Plan, Denied> {
        let in_force = self.in_force.get();
        let present = self.clock.now();
        self.read_view(|view| {
            let ground = Ground {
                view,
                in_force: &in_force,
                present,
            };
            ground.plan(ask)
        })
    }

    /// Read streams and models of one snapshot as deciders see them.
    pub(crate) fn read_view<R>(
        &self,
        mut f: impl FnMut(&dyn View) -> Result<R, Refusal>,
    ) -> Result<R, Denied> {
        let read = self.store.read_with(|rows: &dyn Rows| {
            let view = TxView::new(rows);
            let answer = f(&view);
            view.finish()?;
            Ok(answer)
        })?;
        Ok(read?)
    }
}
