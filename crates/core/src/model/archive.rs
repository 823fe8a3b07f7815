//! What is kept beside the log, by age; holds, all of them and those that stand.

use super::{Happened, Models, Rows};
use crate::archive::Body;
use crate::batch::ModelChange;
use crate::decider::Trigger;
use crate::digest::canonical;
use crate::id::{DeploymentId, EnvId, ReleaseId};
use crate::refusal::Refusal;
use crate::spec::Class;
use crate::stream::archive::{Archive, Event, Facts};
use crate::stream::deployment::{self, Deployment};
use crate::time::Timestamp;
use crate::view::View;
use serde::{Deserialize, Serialize};

/// Bodies by instant (microseconds since 1970, twenty digits), deployment and revision of its entry: the oldest first.
pub const KEPT: &str = "archive-kept";
/// Holds by name.
pub const HOLDS: &str = "hold";
/// Those that stand, under the empty key.
pub const ACTIVE: &str = "hold-active";
/// Highest number, under the empty key.
pub const NUMBER: &str = "hold-number";
/// Most that stand at once.
pub const ACTIVE_LIMIT: usize = 200;

/// A body beside the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// When the entry was written that refers to it.
    pub at: Timestamp,
    /// Deployment whose stream that is.
    pub deployment: DeploymentId,
    /// Revision of that entry.
    pub rev: u64,
    /// Release that it brought.
    pub release: ReleaseId,
    /// Where.
    pub environment: EnvId,
    /// What it is.
    pub class: Class,
    /// The bytes.
    pub body: Body,
}

/// Holds that stand.
///
/// # Errors
/// They cannot be read.
pub fn active(view: &dyn View) -> Result<Vec<Facts>, Refusal> {
    let Some(body) = view.model(ACTIVE, "") else {
        return Ok(Vec::new());
    };
    serde_json::from_str(&body).map_err(|e| Refusal::Quarantined {
        stream: "the holds that stand".to_owned(),
        because: e.to_string(),
    })
}

/// What an event of a deployment refers to.
pub(super) fn of_deployment(h: &Happened<'_, Deployment, deployment::Event>, rows: &mut dyn Rows) {
    use deployment::Event;
    let (class, body) = match h.event {
        Event::StepFinished {
            output: Some(body), ..
        }
        | Event::StepFailed {
            output: Some(body), ..
        } => (Class::Output, body),
        Event::Judged {
            evidence: Some(body),
            ..
        } => (Class::VerdictEvidence, body),
        _ => return,
    };
    let Some(facts) = h.state.facts.as_deref() else {
        return;
    };
    let kept = Kept {
        at: h.at,
        deployment: facts.id.clone(),
        rev: h.rev,
        release: facts.plan.body.to.release.clone(),
        environment: facts.plan.body.environment.clone(),
        class,
        body: body.clone(),
    };
    let micros = h.at.as_microsecond().max(0);
    rows.put(ModelChange {
        model: KEPT,
        key: format!("{micros:020}/{}/{}", kept.deployment, kept.rev),
        body: canonical(&kept).ok(),
    });
}

impl Models for Archive {
    fn project(h: &Happened<'_, Self, Self::Event>, rows: &mut dyn Rows) -> Vec<Trigger> {
        let facts = match (h.event, h.state) {
            (Event::Removed { bodies }, _) => {
                for body in bodies {
                    rows.put(ModelChange {
                        model: KEPT,
                        key: body.key.clone(),
                        body: None,
                    });
                }
                return Vec::new();
            }
            (_, Archive::Held { facts } | Archive::Released { facts, .. }) => facts,
            _ => return Vec::new(),
        };
        rows.put(ModelChange {
            model: HOLDS,
            key: h.stream.key().to_owned(),
            body: canonical(h.state).ok(),
        });
        let stand = rows.row(ACTIVE, "");
        let mut stand: Vec<Facts> = stand
            .and_then(|body| serde_json::from_str(&body).ok())
            .unwrap_or_default();
        stand.retain(|hold| hold.id != facts.id);
        if let Archive::Held { facts } = h.state {
            stand.push((**facts).clone());
        }
        rows.put(ModelChange {
            model: ACTIVE,
            key: String::new(),
            body: canonical(&stand).ok(),
        });
        super::count(rows, NUMBER, facts.id.number());
        Vec::new()
    }
}
