//! Config: revisions of the configuration. One stream; the newest applied revision is in force.
//!
//! What weakens a control goes in by a member of the team that answers for it, or after one of them said yes to this very
//! configuration: that is a proposal, and it is over when another configuration comes into force.

mod apply;
mod proposal;
mod weakened;

pub use proposal::{Proposal, Said, Standing, Yes};
pub use weakened::{Answered, Weakened};

use crate::decider::{Ctx, Decider, Decision, EventBody, Trigger};
use crate::digest::Digest;
use crate::id::{StreamId, StreamKind, TeamId};
use crate::refusal::Refusal;
use crate::spec::Belongs;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The configuration in force.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Phase.
    pub phase: Phase,
}

/// Phase of the configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "kebab-case")]
pub enum Phase {
    /// Nothing was applied yet.
    #[default]
    Absent,
    /// In force.
    Applied {
        /// Revision number, from 1.
        revision: u64,
        /// Digest of the resolved configuration; its bytes are a blob.
        digest: Digest,
        /// Digest of the blob that holds it together with the places of its values.
        blob: Digest,
        /// Commit it was read from.
        commit: Option<String>,
        /// Since when.
        at: Timestamp,
        /// By whom.
        by: String,
        /// What was proposed to come after it, the oldest first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        proposals: Vec<Proposal>,
    },
}

/// What can be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum Command {
    /// Bring a checked configuration into force.
    Apply {
        /// Digest of the resolved configuration.
        digest: Digest,
        /// Blob with configuration and places.
        blob: Digest,
        /// Commit it was read from.
        commit: Option<String>,
        /// Why it is changed, in the words of whoever does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// What it was compared with; refused when that is no longer in force.
        parent: Option<Digest>,
        /// What changes, one line each.
        changes: Vec<String>,
        /// What it weakens, one line each.
        weakens: Vec<String>,
        /// What of it a team answers for.
        #[serde(default)]
        weakened: Weakened,
        /// What it changes and which unit's that is; the company's where none is named.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        concerns: BTreeMap<String, Belongs>,
    },
    /// Put a configuration that weakens controls before those who answer for them.
    Propose {
        /// Digest of the resolved configuration.
        digest: Digest,
        /// What it was compared with; refused when that is no longer in force.
        parent: Option<Digest>,
        /// Why.
        reason: String,
        /// What changes, one line each.
        changes: Vec<String>,
        /// What it weakens, one line each.
        weakens: Vec<String>,
        /// What of it a team answers for.
        weakened: Weakened,
        /// What it changes and which unit's that is.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        concerns: BTreeMap<String, Belongs>,
    },
    /// Yes to exactly this, by somebody who answers for what it weakens.
    Approve {
        /// Digest of what was proposed.
        digest: Digest,
        /// Why.
        reason: String,
    },
    /// No, by somebody who answers for it; or its own proposer takes it back.
    Reject {
        /// Digest of what was proposed.
        digest: Digest,
        /// Why.
        reason: String,
    },
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum Event {
    /// Came into force.
    #[serde(rename = "config.applied/1")]
    Applied {
        /// Revision number.
        revision: u64,
        /// Digest of the resolved configuration.
        digest: Digest,
        /// Blob.
        blob: Digest,
        /// Commit.
        commit: Option<String>,
        /// Who.
        by: String,
        /// What changed.
        changes: Vec<String>,
        /// What it weakened.
        weakens: Vec<String>,
        /// Edition of the zone data its times were checked with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        zone_data: Option<String>,
        /// Why, in the words of whoever changed it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        because: Option<String>,
        /// Who answers for a control that it weakened and said yes to it, where whoever applied it does not.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        agreed: Vec<Yes>,
    },
    /// Somebody wants it, and others answer for what it weakens.
    #[serde(rename = "config.proposed/1")]
    Proposed {
        /// What, by whom, why, and who is asked.
        proposal: Box<Proposal>,
    },
    /// Somebody who answers for what it weakens said yes to exactly this.
    #[serde(rename = "config.approved/1")]
    Approved {
        /// Digest of what was proposed.
        digest: Digest,
        /// Revision it would replace.
        replaces: u64,
        /// Person.
        by: String,
        /// Teams they said it for.
        teams: BTreeSet<TeamId>,
        /// Why.
        reason: String,
    },
    /// Somebody who answers for what it weakens said no, or the proposer took it back.
    #[serde(rename = "config.rejected/1")]
    Rejected {
        /// Digest of what was proposed.
        digest: Digest,
        /// Revision it would have replaced.
        replaces: u64,
        /// Person.
        by: String,
        /// Why.
        reason: String,
    },
}

impl Config {
    /// Key of the only stream.
    pub const KEY: &'static str = "main";

    /// Another one is in force than the one that was compared with.
    #[must_use]
    pub fn moved() -> Refusal {
        Refusal::Invalid {
            because: "the configuration in force changed since this plan was made".to_owned(),
            help: "run `tidegate plan` again and look at the difference".to_owned(),
        }
    }

    /// Digest in force.
    #[must_use]
    pub fn in_force(&self) -> Option<&Digest> {
        match &self.phase {
            Phase::Absent => None,
            Phase::Applied { digest, .. } => Some(digest),
        }
    }

    /// What was proposed to come after it, the oldest first.
    #[must_use]
    pub fn proposals(&self) -> &[Proposal] {
        match &self.phase {
            Phase::Absent => &[],
            Phase::Applied { proposals, .. } => proposals,
        }
    }
}

impl Phase {
    /// As shown to people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Applied { .. } => "applied",
        }
    }
}

impl Command {
    /// As shown to people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Apply { .. } => "apply",
            Self::Propose { .. } => "propose",
            Self::Approve { .. } => "approve",
            Self::Reject { .. } => "reject",
        }
    }
}

impl EventBody for Event {
    fn triggers(&self, _: &StreamId) -> Vec<Trigger> {
        vec!["config".to_owned()]
    }
}

impl Decider for Config {
    const KIND: StreamKind = StreamKind::Config;
    const FOLD: u32 = 1;
    type Command = Command;
    type Event = Event;

    fn decide(&self, command: Command, cx: &Ctx<'_>) -> Result<Decision<Event>, Refusal> {
        match command {
            Command::Apply { .. } => apply::decide(self, command, cx),
            command => proposal::decide(self, command, cx).map(Decision::resting),
        }
    }

    fn evolve(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::Applied {
                revision,
                digest,
                blob,
                commit,
                by,
                ..
            } => {
                self.phase = Phase::Applied {
                    revision: *revision,
                    digest: digest.clone(),
                    blob: blob.clone(),
                    commit: commit.clone(),
                    at,
                    by: by.clone(),
                    proposals: Vec::new(),
                };
            }
            event => {
                if let Phase::Applied { proposals, .. } = &mut self.phase {
                    proposal::evolve(proposals, at, event);
                }
            }
        }
    }
}
