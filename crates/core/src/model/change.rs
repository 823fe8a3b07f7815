//! Changes: all of them, those that wait for people, the newest of each release and environment, and the reviews that are owed.

use super::{Happened, Models, Rows};
use crate::batch::ModelChange;
use crate::change::ChangeId;
use crate::decider::Trigger;
use crate::digest::canonical;
use crate::id::{DeploymentId, EnvId, ReleaseId, ServiceId};
use crate::refusal::Refusal;
use crate::spec::ChangeClass;
use crate::stream::change::{Change, Declared, Event, Phase};
use crate::time::Timestamp;
use crate::view::View;
use serde::{Deserialize, Serialize};

/// All, by id: a [`Row`] each.
pub const ALL: &str = "change";
/// Those that wait for people, by id: a [`Row`] each.
pub const PENDING: &str = "change-pending";
/// Id of the newest, by `release/environment`.
pub const NEWEST: &str = "change-newest";
/// Id of the change, by the deployment that carries it out.
pub const BY_DEPLOYMENT: &str = "change-of-deployment";
/// Owed reviews, by `service/id`.
pub const DEBTS: &str = "review-debt";
/// Highest number, under the empty key.
pub const NUMBER: &str = "change-number";

/// A change in lists; everything else is in its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Its name.
    pub id: ChangeId,
    /// Release.
    pub release: ReleaseId,
    /// Where.
    pub environment: EnvId,
    /// Phase, as shown.
    pub phase: String,
    /// Class, once it was assessed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<ChangeClass>,
    /// Risk score, once it was assessed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<u8>,
    /// Accounts that asked for it.
    pub requesters: Vec<String>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When its phase changed last.
    pub since: Timestamp,
}

/// An owed review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Debt {
    /// The emergency.
    pub change: ChangeId,
    /// Its release.
    pub release: ReleaseId,
    /// Where.
    pub environment: EnvId,
    /// When it must be closed; absent while it is still under way.
    pub due: Option<Timestamp>,
}

/// Key of a row of [`NEWEST`].
#[must_use]
pub fn key(release: &ReleaseId, env: &EnvId) -> String {
    format!("{release}/{env}")
}

/// The change that a deployment carries out.
#[must_use]
pub fn of_deployment(view: &dyn View, deployment: &DeploymentId) -> Option<ChangeId> {
    let body = view.model(BY_DEPLOYMENT, deployment.as_str())?;
    serde_json::from_str(&body).ok()
}

/// Trigger fired when a debt of a service comes or goes.
#[must_use]
pub fn debt_of(service: &ServiceId) -> Trigger {
    format!("review-debt/{service}")
}

/// Owed reviews of a service.
///
/// # Errors
/// A row that cannot be read: it may hold back what is asked about.
pub fn debts(view: &dyn View, service: &ServiceId) -> Result<Vec<Debt>, Refusal> {
    let rows = view.scan(DEBTS, &format!("{service}/"), crate::limits::FREEZES);
    rows.into_iter()
        .map(|(key, body)| {
            serde_json::from_str(&body).map_err(|e| Refusal::Quarantined {
                stream: format!("review owed by {key}"),
                because: e.to_string(),
            })
        })
        .collect()
}

impl Models for Change {
    fn project(h: &Happened<'_, Self, Self::Event>, rows: &mut dyn Rows) -> Vec<Trigger> {
        let Some(facts) = &h.state.facts else {
            return Vec::new();
        };
        super::notice::of_change(h, rows);
        let (id, release) = (&facts.id, &facts.release);
        let phase = h.state.phase.name();
        let before = rows
            .row(ALL, id.as_str())
            .and_then(|body| serde_json::from_str::<Row>(&body).ok());
        let row = Row {
            id: id.clone(),
            release: release.clone(),
            environment: facts.environment.clone(),
            phase: phase.to_owned(),
            class: facts.assessed.as_ref().map(|a| a.class),
            risk: facts.assessed.as_ref().map(|a| a.risk),
            requesters: facts.requesters.clone(),
            opened_at: facts.opened_at,
            since: before
                .filter(|b| b.phase == phase)
                .map_or(h.at, |b| b.since),
        };
        // A row always serialises.
        let body = canonical(&row).ok();
        rows.put(ModelChange {
            model: PENDING,
            key: id.to_string(),
            body: body.clone().filter(|_| {
                h.state.phase.is_pending() || matches!(h.state.phase, Phase::Reviewing { .. })
            }),
        });
        rows.put(ModelChange {
            model: ALL,
            key: id.to_string(),
            body,
        });
        if let Event::Planned { planned, .. } = h.event {
            rows.put(ModelChange {
                model: BY_DEPLOYMENT,
                key: planned.deployment.to_string(),
                body: canonical(id).ok(),
            });
        }
        if matches!(h.event, Event::Opened { .. }) {
            super::count(rows, NUMBER, id.number());
            rows.put(ModelChange {
                model: NEWEST,
                key: key(release, &facts.environment),
                body: canonical(id).ok(),
            });
        }
        owed(h, rows)
    }
}

/// An emergency owes its review from its start on.
fn owed(h: &Happened<'_, Change, Event>, rows: &mut dyn Rows) -> Vec<Trigger> {
    let (Some(facts), Some(emergency)) = (&h.state.facts, h.state.went_as_emergency()) else {
        return Vec::new();
    };
    let due = match &h.state.phase {
        Phase::Implementing { .. } => None,
        // The date as it was set: a reminder does not move it.
        Phase::Reviewing { .. } => match emergency {
            Declared::Emergency { review_due, .. } => Some(*review_due),
            Declared::Raised { .. } => None,
        },
        Phase::Closed { .. } => {
            rows.put(ModelChange {
                model: DEBTS,
                key: format!("{}/{}", facts.release.service, facts.id),
                body: None,
            });
            return vec![debt_of(&facts.release.service)];
        }
        _ => return Vec::new(),
    };
    let debt = Debt {
        change: facts.id.clone(),
        release: facts.release.clone(),
        environment: facts.environment.clone(),
        due,
    };
    rows.put(ModelChange {
        model: DEBTS,
        key: format!("{}/{}", facts.release.service, facts.id),
        body: canonical(&debt).ok(),
    });
    vec![debt_of(&facts.release.service)]
}
