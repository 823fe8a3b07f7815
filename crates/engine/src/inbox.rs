//! Commands on their way to the writer. The writer takes all that arrived meanwhile: group commit.

use crate::locked;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex};
use std::time::Duration;
use tidegate_core::command::Command;
use tidegate_core::digest::Digest;
use tidegate_core::refusal::Refusal;
use tidegate_core::step::Item;
use tidegate_core::stream::deployment;
use tidegate_core::time::Timestamp;
use tidegate_ledger::StoreError;

/// Most commands that may wait. More are refused at once: a queue without end is a slow death.
const CAPACITY: usize = 10_000;
/// Places kept free for rollbacks and aborts.
const RESERVED: usize = 1_000;

/// Answer to a command that took effect. Durable when it is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Key of the stream the command was for, for example a new deployment's id.
    pub subject: String,
    /// Newest ledger entry after the command.
    pub seq: u64,
    /// True when the command had been carried out before and this is the answer of then.
    #[serde(default)]
    pub replayed: bool,
    /// Ledger time.
    pub at: Timestamp,
}

/// Why a command did not take effect.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Denied {
    /// The typed "no".
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// The command id was used with another command.
    #[error("this idempotency key was used for another command")]
    KeyReused,
    /// The ledger could not be written; nothing happened.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// Too many commands wait.
    #[error("too many commands wait to be written; try again in a second")]
    Overloaded,
    /// The server is stopping.
    #[error("the server is stopping")]
    Stopped,
}

pub(crate) type Answer = Result<Receipt, Denied>;

/// A command that waits, and whom to tell.
pub(crate) struct Asked {
    pub item: Item,
    /// Asked with it: all take effect, or none.
    pub also: Vec<Command>,
    pub fingerprint: Digest,
    pub answer: Box<dyn FnOnce(Answer) + Send>,
}

#[derive(Default)]
struct Queue {
    urgent: VecDeque<Asked>,
    normal: VecDeque<Asked>,
    closed: bool,
    /// Somebody made a stream due; the writer looks without waiting.
    nudged: bool,
}

/// The queue in front of the writer.
#[derive(Default)]
pub(crate) struct Inbox {
    queue: Mutex<Queue>,
    changed: Condvar,
}

/// Rollback and abort go first.
pub(crate) fn is_urgent(command: &Command) -> bool {
    match command {
        Command::Deployment { command, .. } => {
            matches!(
                command,
                deployment::Command::Abort { .. } | deployment::Command::Observe { .. }
            )
        }
        Command::Propose {
            command: deployment::Command::Propose { purpose, .. },
        } => purpose.is_return(),
        _ => false,
    }
}

impl Inbox {
    pub(crate) fn put(&self, asked: Asked, urgent: bool) -> Result<(), Denied> {
        let mut queue = locked(&self.queue);
        if queue.closed {
            return Err(Denied::Stopped);
        }
        let waiting = queue.urgent.len() + queue.normal.len();
        if waiting >= CAPACITY || (!urgent && waiting >= CAPACITY - RESERVED) {
            return Err(Denied::Overloaded);
        }
        if urgent {
            queue.urgent.push_back(asked)
        } else {
            queue.normal.push_back(asked)
        }
        self.changed.notify_one();
        Ok(())
    }

    /// Everything that waits, at most `limit`, and whether somebody nudged; blocks at most `patience` when nothing does.
    /// `None` when closed.
    pub(crate) fn take(&self, limit: usize, patience: Duration) -> Option<(Vec<Asked>, bool)> {
        let mut queue = locked(&self.queue);
        if queue.urgent.is_empty() && queue.normal.is_empty() && !queue.closed && !queue.nudged {
            queue = self
                .changed
                .wait_timeout(queue, patience)
                .map_or_else(|poisoned| poisoned.into_inner().0, |(queue, _)| queue);
        }
        let nudged = std::mem::take(&mut queue.nudged);
        if queue.closed {
            let left: Vec<Asked> = queue.urgent.drain(..).collect();
            let rest: Vec<Asked> = queue.normal.drain(..).collect();
            drop(queue);
            for asked in left.into_iter().chain(rest) {
                (asked.answer)(Err(Denied::Stopped));
            }
            return None;
        }
        let urgent = queue.urgent.len().min(limit);
        let mut taken: Vec<Asked> = queue.urgent.drain(..urgent).collect();
        let normal = queue.normal.len().min(limit - urgent);
        taken.extend(queue.normal.drain(..normal));
        Some((taken, nudged))
    }

    /// Let the writer look at once.
    pub(crate) fn nudge(&self) {
        locked(&self.queue).nudged = true;
        self.changed.notify_one();
    }

    pub(crate) fn close(&self) {
        locked(&self.queue).closed = true;
        self.changed.notify_all();
    }
}
