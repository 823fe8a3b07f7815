//! Config: revisions of the configuration. One stream; the newest applied revision is in force.

use crate::calendar::zone_data_version;
use crate::decider::{Ctx, Decider, Decision, EventBody, Trigger};
use crate::digest::Digest;
use crate::id::{Name, StreamId, StreamKind, TeamId};
use crate::people;
use crate::refusal::Refusal;
use crate::spec::{Belongs, OwnedControl};
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
        /// Guardrails that it takes away or changes, with the team that answers for each.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        loosens: BTreeMap<Name, TeamId>,
        /// Teams that answer for guardrails and are other people by it.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        hands_over: BTreeMap<TeamId, BTreeSet<Name>>,
        /// Controls that become weaker and that a team answers for.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        owned: Vec<OwnedControl>,
        /// What it changes and which unit's that is; the company's where none is named.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        concerns: BTreeMap<String, Belongs>,
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
        let Command::Apply {
            digest,
            blob,
            commit,
            reason,
            parent,
            changes,
            weakens,
            loosens,
            hands_over,
            owned,
            concerns: _,
        } = command;
        if parent.as_ref() != self.in_force() {
            return Err(Self::moved());
        }
        let revision = match &self.phase {
            Phase::Absent => 1,
            Phase::Applied {
                digest: have,
                blob: same,
                ..
            } if *have == digest && *same == blob => {
                return Ok(Decision::resting(Vec::new()));
            }
            Phase::Applied { revision, .. } => revision + 1,
        };
        for (guardrail, owner) in &loosens {
            let action = format!("change or remove guardrail {guardrail}");
            answered_for(&format!("guardrails.{guardrail}"), owner, action, cx)?;
        }
        for (owner, guardrails) in &hands_over {
            let Some(first) = guardrails.first() else {
                continue;
            };
            let action =
                format!("change who belongs to {owner}, which answers for guardrail {first}");
            answered_for(&format!("guardrails.{first}"), owner, action, cx)?;
        }
        for control in &owned {
            let OwnedControl {
                path,
                reason,
                rule,
                owner,
            } = control;
            let place = cx.origins.of(path);
            let action = format!("weaken {rule} by {path} ({place}: {reason})");
            answered_for(rule, owner, action, cx)?;
        }
        let by = cx.actor.who().to_owned();
        // Criteria that stay as they are do so whatever is applied now.
        let then = crate::stream::meeting::keep(cx.spec, cx.view, cx.now);
        let applied = Decision::resting(vec![Event::Applied {
            revision,
            digest,
            blob,
            commit,
            by,
            changes,
            weakens,
            zone_data: Some(zone_data_version().to_owned()),
            because: reason,
        }]);
        Ok(applied.then(then))
    }

    fn evolve(&mut self, at: Timestamp, event: &Event) {
        let Event::Applied {
            revision,
            digest,
            blob,
            commit,
            by,
            ..
        } = event;
        self.phase = Phase::Applied {
            revision: *revision,
            digest: digest.clone(),
            blob: blob.clone(),
            commit: commit.clone(),
            at,
            by: by.clone(),
        };
    }
}

/// A control is taken away or weakened by the team that answers for it, and by nobody else: also not by an administrator.
fn answered_for(rule: &str, owner: &TeamId, action: String, cx: &Ctx<'_>) -> Result<(), Refusal> {
    let others = |because: String| {
        let members = people::members(cx.spec, cx.view, owner).join(", ");
        Err(Refusal::OthersDecide {
            actor: cx.actor.name.clone(),
            action: action.clone(),
            because,
            who: match members.as_str() {
                "" => String::new(),
                members => format!("{owner} ({members})"),
            },
        })
    };
    match people::deciding(cx.view, cx.actor) {
        Ok(person) if people::is_member(cx.spec, cx.view, owner, &person) => Ok(()),
        Ok(_) => others(format!("{owner} answers for it ({})", cx.origins.of(rule))),
        Err(because) => others(because),
    }
}
