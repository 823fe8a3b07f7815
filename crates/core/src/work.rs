//! Outside work as deciders ask for it: complete, idempotent, fenced.

use crate::archive::Body;
use crate::id::{DeploymentId, EnvId, ServiceId};
use crate::plan::Revision;
use crate::time::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One piece of work for the agent of an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Work {
    /// Deployment that asks.
    pub deployment: DeploymentId,
    /// Environment.
    pub environment: EnvId,
    /// Service.
    pub service: ServiceId,
    /// Fence at the target.
    pub generation: u64,
    /// Tries before this one.
    pub attempt: u32,
    /// Time allowed at the agent.
    pub timeout: Millis,
    /// What.
    pub task: Task,
}

/// What an agent can be asked to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Task {
    /// Fetch, verify, unpack and prepare; starts nothing.
    Prepare {
        /// The revision.
        revision: Box<Revision>,
    },
    /// Run exactly this many instances.
    Scale {
        /// The revision.
        revision: Box<Revision>,
        /// Instances afterwards.
        to: u32,
    },
    /// Split traffic; basis points by revision key.
    Shift {
        /// Weights; they sum to 10 000 or the map is empty.
        weights: BTreeMap<String, u32>,
    },
}

/// How outside work ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    /// Took effect and was looked at.
    Done {
        /// One line for people.
        detail: String,
        /// Last log lines of a revision that was retired.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        log: Vec<String>,
        /// More of them, kept beside the log.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        output: Option<Body>,
    },
    /// The target said no; repeating changes nothing.
    Failed {
        /// Why.
        because: String,
        /// Last log lines.
        log: Vec<String>,
        /// More of them, kept beside the log.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        output: Option<Body>,
    },
    /// Could not be carried out or it is not known whether it was; safe to repeat.
    Broken {
        /// Why.
        because: String,
    },
}
