//! The shape of every stream: `decide` may refuse, `evolve` may not fail, time is a parameter.

use crate::actor::Actor;
use crate::command::Command;
use crate::id::{ActionId, Ids, StreamId, StreamKind};
use crate::refusal::Refusal;
use crate::spec::{Origins, Spec};
use crate::time::Timestamp;
use crate::view::View;
use crate::work::Work;
use serde::{Serialize, de::DeserializeOwned};

/// One kind of stream.
pub trait Decider:
    Default + Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// Kind of stream.
    const KIND: StreamKind;
    /// Raised when `evolve` changes meaning: saved states are then folded again.
    const FOLD: u32;
    /// What can be asked of it.
    type Command;
    /// What can have happened to it.
    type Event: EventBody;

    /// The facts that follow from a command, or why it is refused.
    ///
    /// # Errors
    /// The typed "no".
    fn decide(
        &self,
        command: Self::Command,
        cx: &Ctx<'_>,
    ) -> Result<Decision<Self::Event>, Refusal>;

    /// The state after a fact. Needs neither configuration nor clock and cannot fail.
    fn evolve(&mut self, at: Timestamp, event: &Self::Event);
}

/// A past-tense fact with a name and version, for example `deployment.step_finished/1`.
pub trait EventBody: Clone + Serialize + DeserializeOwned {
    /// Streams that wait on these are due in the same transaction.
    fn triggers(&self, stream: &StreamId) -> Vec<Trigger>;
    /// Outside work asked for or withdrawn by this fact.
    fn asks(&self) -> Vec<Ask> {
        Vec::new()
    }
}

/// A change to the queue of outside work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// New work for the agent of an environment.
    Start {
        /// Id of the action.
        id: ActionId,
        /// The work.
        work: Box<Work>,
    },
    /// Work that is over or no longer wanted; a worker that still has it is told so when it reports.
    End {
        /// Id of the action.
        id: ActionId,
    },
}

/// "Wake me when this changes": a short text such as `environment/prod-eu` or `release/web@1.1.0`.
pub type Trigger = String;

/// What a decider may look at.
pub struct Ctx<'a> {
    /// Ledger time, read once per transaction.
    pub now: Timestamp,
    /// Who asks.
    pub actor: &'a Actor,
    /// Configuration in force.
    pub spec: &'a Spec,
    /// Where its values were written.
    pub origins: &'a Origins,
    /// Other streams and read models, as of this very transaction.
    pub view: &'a dyn View,
    /// Seeded source of ids.
    pub ids: &'a Ids,
    /// The stream being decided.
    pub stream: &'a StreamId,
}

/// What a decider decided.
#[derive(Debug, Clone)]
pub struct Decision<E> {
    /// Facts, in order.
    pub events: Vec<E>,
    /// When to look again.
    pub wake: Wake,
    /// Follow-up commands for other streams, in the same transaction, all or nothing.
    pub then: Vec<Command>,
    /// Triggers beside those of the events, fired in the same transaction: whose turn it is now.
    pub fires: Vec<Trigger>,
}

/// When a stream is looked at again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wake {
    /// At an instant, or earlier when a trigger fires. Every wait has a time and a reason.
    Next {
        /// Latest instant.
        at: Timestamp,
        /// Earlier when one of these changes.
        on: Vec<Trigger>,
        /// For people and for `doctor`.
        because: String,
    },
    /// Holds no work of its own; commands come from people or other streams (artifacts, posture, configuration).
    Rest(Resting),
    /// Ended.
    Never(Terminal),
}

/// Proof that a stream may rest: made only by deciders whose streams never owe anybody progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resting(());

impl Resting {
    pub(crate) fn new() -> Self {
        Self(())
    }
}

/// Proof that a stream has ended: made only from a terminal phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terminal(());

impl Terminal {
    pub(crate) fn new() -> Self {
        Self(())
    }
}

impl<E> Decision<E> {
    /// Facts of a stream that rests afterwards.
    #[must_use]
    pub fn resting(events: Vec<E>) -> Self {
        Self {
            events,
            wake: Wake::Rest(Resting::new()),
            then: Vec::new(),
            fires: Vec::new(),
        }
    }
    /// The same with follow-ups.
    #[must_use]
    pub fn then(mut self, then: Vec<Command>) -> Self {
        self.then = then;
        self
    }
}
