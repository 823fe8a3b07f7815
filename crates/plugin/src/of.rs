//! The agent's form of what core asks for: the server writes it, and an agent that checks plans compares with it.

use crate::action::{ActionKind, Health, Unit};
use crate::router::Stick;
use tidegate_core::plan::Revision;
use tidegate_core::spec::StickBy;
use tidegate_core::work::Task;

impl ActionKind {
    /// The agent's form of a task.
    #[must_use]
    pub fn of(task: &Task) -> Self {
        match task {
            Task::Prepare { revision } => Self::Prepare {
                unit: Unit::of(revision),
            },
            Task::Scale { revision, to } => Self::Scale {
                unit: Unit::of(revision),
                to: *to,
            },
            Task::Shift { weights } => Self::Shift {
                weights: weights.clone(),
            },
        }
    }
}

impl Unit {
    /// The agent's form of a revision.
    #[must_use]
    pub fn of(revision: &Revision) -> Self {
        Self {
            key: revision.key.clone(),
            version: revision.release.version.to_string(),
            digest: revision.artifact.to_string(),
            location: revision.location.clone(),
            command: revision.command.clone(),
            prepare: revision.prepare.clone(),
            values: revision.values.clone(),
            health: Health {
                path: revision.health.path.clone(),
                every_ms: revision.health.every.0,
                timeout_ms: revision.health.timeout.0,
                deadline_ms: revision.health.deadline.0,
            },
            grace_ms: revision.grace.0,
            port: revision.port,
            stick: revision.stick.as_ref().map(|stick| match stick {
                StickBy::Header(name) => Stick::Header(name.clone()),
                StickBy::Cookie(name) => Stick::Cookie(name.clone()),
            }),
        }
    }
}
