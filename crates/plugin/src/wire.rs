//! What agent and server say to each other over HTTP. The agent always asks; the server never dials a target network.

use crate::action::{Action, Outcome};
use crate::actuator::Observation;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `POST /api/v1/agents/{agent}/leases`: "give me work". The server holds the request until there is some.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeaseRequest {
    /// Environments this agent serves; the token must allow each.
    pub environments: Vec<String>,
    /// Most actions wanted now (1 to 64).
    pub max: u32,
    /// Milliseconds the server may hold the request (at most 25 000).
    pub wait_ms: u64,
    /// Ids of the work this agent has in hand. Work leased to it that is not among them (it was restarted) is given out
    /// again at once. Absent: only leases that ran out are given out again.
    ///
    /// Entries `generation:<environment>/<service>=<n>` say what the target's own memory has seen ([`LeaseRequest::seen`]): a
    /// server whose ledger knows less was restored from a backup and gives no work.
    ///
    /// One entry, `folder:<id>`, names the folder in which all this runs: two processes under one name differ by it
    /// ([`LeaseRequest::folder`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holding: Option<Vec<String>>,
}

/// How the entry of a folder begins.
const FOLDER: &str = "folder:";
/// How an entry of a generation begins.
const GENERATION: &str = "generation:";

impl LeaseRequest {
    /// What an agent holds: its folder and the work in hand.
    #[must_use]
    pub fn held(folder: &str, work: impl IntoIterator<Item = String>) -> Vec<String> {
        std::iter::once(format!("{FOLDER}{folder}"))
            .chain(work)
            .collect()
    }

    /// The entry that says which generation the target has seen of `environment/service`.
    #[must_use]
    pub fn seen_entry(lane: &str, generation: u64) -> String {
        format!("{GENERATION}{lane}={generation}")
    }

    /// Highest generations that the target has seen, by environment and service.
    #[must_use]
    pub fn seen(&self) -> BTreeMap<(String, String), u64> {
        let entries = self.holding.iter().flatten();
        entries
            .filter_map(|held| {
                let (lane, generation) = held.strip_prefix(GENERATION)?.rsplit_once('=')?;
                let (environment, service) = lane.split_once('/')?;
                let place = (environment.to_owned(), service.to_owned());
                Some((place, generation.parse().ok()?))
            })
            .collect()
    }

    /// The folder in which the agent's work runs, when it says so. The same name from another folder is another agent.
    #[must_use]
    pub fn folder(&self) -> Option<&str> {
        self.holding
            .iter()
            .flatten()
            .find_map(|held| held.strip_prefix(FOLDER))
    }
}

/// Work, each piece leased to this agent until `lease_ms` from now unless it reports before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeaseReply {
    /// Work to do; may be empty when the wait ran out.
    pub actions: Vec<Action>,
    /// Milliseconds a lease lasts; a report of [`ReportState::Running`] renews it.
    pub lease_ms: u64,
}

/// `POST /api/v1/agents/{agent}/reports`: how a piece of work goes. A report under an old epoch is refused (409) and changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Action id.
    pub action: String,
    /// Lease number it was done under.
    pub epoch: u64,
    /// State.
    pub state: ReportState,
}

/// State of leased work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum ReportState {
    /// Still at it; renews the lease.
    Running {
        /// One line for people.
        note: String,
    },
    /// Ended.
    Ended {
        /// How.
        result: Outcome,
    },
}

/// `POST /api/v1/agents/{agent}/observations`: what is true at the targets. Also the heartbeat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observed {
    /// Environments this agent serves.
    pub environments: Vec<String>,
    /// What it sees.
    pub seen: Observation,
}

/// Answer to [`Observed`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObservedReply {
    /// Milliseconds until the next observation is wanted: short while a rollout is judged, long otherwise.
    pub next_ms: u64,
}

/// `GET /api/v1/agents/{agent}/mandates/{deployment}`: what an agent with a trust file of its own looks at before it begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mandate {
    /// Environment of the deployment.
    pub environment: String,
    /// The body of the plan as canonical JSON; its SHA-256 is what people allow.
    pub plan: String,
    /// Votes that were signed.
    pub votes: Vec<SignedVote>,
}

/// A signed vote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedVote {
    /// Name of the key, for people.
    pub key: String,
    /// Ed25519 signature, base64.
    pub value: String,
    /// The exact text that was signed.
    pub statement: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_says_in_which_folder_its_work_is() {
        let mut request = LeaseRequest {
            environments: vec!["prod".to_owned()],
            max: 1,
            wait_ms: 0,
            holding: Some(LeaseRequest::held("c0ffee", ["act_1".to_owned()])),
        };
        let text = serde_json::to_string(&request).unwrap();
        assert!(
            text.contains(r#""holding":["folder:c0ffee","act_1"]"#),
            "{text}"
        );
        assert_eq!(request.folder(), Some("c0ffee"));
        request.holding = Some(vec!["act_1".to_owned()]);
        assert_eq!(request.folder(), None);
    }

    #[test]
    fn an_agent_says_which_generations_its_target_has_seen() {
        let request = LeaseRequest {
            environments: vec!["prod".to_owned()],
            max: 1,
            wait_ms: 0,
            holding: Some(vec![
                "act_1".to_owned(),
                LeaseRequest::seen_entry("prod/web", 7),
                "generation:nonsense".to_owned(),
            ]),
        };
        let place = ("prod".to_owned(), "web".to_owned());
        assert_eq!(request.seen(), BTreeMap::from([(place, 7)]));
    }
}
