//! Work that an agent does outside, as data.
//!
//! An action is idempotent by its id and fenced by its generation: a target that has seen a newer generation for the same
//! service refuses an older one. It carries everything the agent needs and no secret.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One idempotent piece of outside work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// `act_01J…`; the same id is the same work, however often it is started.
    pub id: String,
    /// Deployment that asked for it.
    pub deployment: String,
    /// Environment it happens in.
    pub environment: String,
    /// Service it concerns.
    pub service: String,
    /// Fence: the target keeps the highest seen per (environment, service) and refuses lower ones.
    pub generation: u64,
    /// Lease number; a report must repeat it.
    pub epoch: u64,
    /// How often this step was tried before, from 0.
    pub attempt: u32,
    /// Time allowed in milliseconds, counted from the start at the agent.
    pub timeout_ms: u64,
    /// What to do.
    pub kind: ActionKind,
}

/// The closed list of things a process target can be asked to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum ActionKind {
    /// Fetch, verify and unpack the artifact and run `prepare`; starts nothing.
    Prepare {
        /// The revision to make ready.
        unit: Unit,
    },
    /// Run exactly `to` instances of a revision: start and wait until healthy, or drain and stop. 0 retires it.
    Scale {
        /// The revision.
        unit: Unit,
        /// Instances wanted afterwards.
        to: u32,
    },
    /// Split traffic between revisions; read back from the router before it counts as done.
    Shift {
        /// Basis points by revision key; they sum to 10 000, or the map is empty for "no traffic".
        weights: BTreeMap<String, u32>,
    },
}

/// A runnable revision of a service in an environment: artifact plus configuration, complete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// Revision key: version, `+`, first 8 hex digits of the digest over artifact and configuration.
    pub key: String,
    /// Version people say.
    pub version: String,
    /// `sha256:<64 hex>` of the artifact file (of the sorted file listing for a directory).
    pub digest: String,
    /// Absolute file path, `file:` or `http(s):` URL.
    pub location: String,
    /// Command line to start an instance. `$PORT` and `${NAME}` of `values` are filled in; no shell is involved.
    pub command: Vec<String>,
    /// Command run once per unpacked release before the first start.
    #[serde(default)]
    pub prepare: Option<Vec<String>>,
    /// Environment variables of the instance, kept apart from the package. `secret:<store>/<path>` is looked up by the agent when
    /// a program starts.
    pub values: BTreeMap<String, String>,
    /// How to tell that an instance is healthy.
    pub health: Health,
    /// Milliseconds between SIGTERM and SIGKILL, and the most that draining may take.
    pub grace_ms: u64,
    /// Public port of the route; absent for a service that takes no traffic.
    #[serde(default)]
    pub port: Option<u16>,
    /// Sticky split, when asked for.
    #[serde(default)]
    pub stick: Option<crate::router::Stick>,
}

/// Health check of an instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Health {
    /// HTTP path asked with GET; 2xx and 3xx are healthy. Absent: the port accepts a connection (or, without a port, the process lives for a second).
    pub path: Option<String>,
    /// Milliseconds between two checks.
    pub every_ms: u64,
    /// Milliseconds one check may take.
    pub timeout_ms: u64,
    /// Milliseconds from start until the first healthy answer must have come.
    pub deadline_ms: u64,
}

/// How a piece of work ended. *Failed* (the world said no) and *Broken* (we could not tell) are different everywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    /// It took effect and was looked at afterwards.
    Done {
        /// One line for people, for example `2 of 2 healthy after 0.4 s`.
        detail: String,
        /// Last lines of the log of a revision that was retired, secrets removed; at most 400.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        log: Vec<String>,
    },
    /// The target or the program said no; repeating it changes nothing.
    Failed {
        /// Why, for people.
        because: String,
        /// Last lines of the failing program's log, secrets removed; at most 400.
        #[serde(default)]
        log: Vec<String>,
    },
    /// Could not be carried out now (network, disk, lost router); may be tried again.
    Broken {
        /// Why, for people.
        because: String,
    },
}
