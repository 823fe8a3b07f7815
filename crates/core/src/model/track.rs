//! Track: which deployments of a service, and of a team, held lately and which were taken back. Risk and rules count by it.
//!
//! A row for each environment and service, and one for each environment and team. What held for its whole stabilisation
//! period held. What repeats the same revision teaches nothing and is not counted; what a freeze took back says nothing
//! about the change. A return that a person asks for later counts against the service.

use super::{Happened, Rows};
use crate::batch::ModelChange;
use crate::decider::Trigger;
use crate::digest::canonical;
use crate::id::{DeploymentId, EnvId, ServiceId, TeamId};
use crate::spec::Operation;
use crate::stream::deployment::{Cause, Deployment, Event, Facts, Phase};
use crate::time::{Millis, Timestamp};
use crate::view::View;
use serde::{Deserialize, Serialize};

/// Name of the read model.
pub const MODEL: &str = "track";
/// How long an outcome counts.
pub const COUNTS: Millis = Millis::minutes(90 * 24 * 60);
/// Outcomes of each kind that are kept; more make no difference to anything.
const KEPT: usize = 100;

/// How one deployment ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// When.
    pub at: Timestamp,
    /// Which.
    pub deployment: DeploymentId,
}

/// The newest outcomes, the oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Track {
    /// Those that held.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<Outcome>,
    /// Those that were taken back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub taken_back: Vec<Outcome>,
}

impl Track {
    /// How many held in the time that counts.
    #[must_use]
    pub fn held_by(&self, now: Timestamp) -> u32 {
        lately(&self.held, now)
    }

    /// How many were taken back in the time that counts.
    #[must_use]
    pub fn taken_back_by(&self, now: Timestamp) -> u32 {
        lately(&self.taken_back, now)
    }

    /// When the newest one held, however long ago.
    #[must_use]
    pub fn last_held(&self, now: Timestamp) -> Option<Timestamp> {
        let before = self.held.iter().map(|o| o.at).filter(|at| *at <= now);
        before.max()
    }

    fn add(list: &mut Vec<Outcome>, at: Timestamp, id: &DeploymentId) -> bool {
        if list.iter().any(|o| &o.deployment == id) {
            return false;
        }
        let deployment = id.clone();
        list.push(Outcome { at, deployment });
        let over = list.len().saturating_sub(KEPT);
        list.drain(..over);
        true
    }
}

fn lately(list: &[Outcome], now: Timestamp) -> u32 {
    let counts = |o: &&Outcome| o.at <= now && Millis::between(o.at, now) <= COUNTS;
    u32::try_from(list.iter().filter(counts).count()).unwrap_or(u32::MAX)
}

fn of_service(env: &EnvId, service: &ServiceId) -> String {
    format!("service/{env}/{service}")
}

fn of_team(env: &EnvId, team: &TeamId) -> String {
    format!("team/{env}/{team}")
}

/// Did it hold or was it taken back, with this event?
fn held(event: &Event, state: &Deployment, facts: &Facts) -> Option<bool> {
    if facts.purpose.is_return() {
        // The revision that ran before was not good enough to stay.
        return matches!(event, Event::Succeeded { .. }).then_some(false);
    }
    if Operation::of(&facts.plan.body, facts.purpose) == Operation::Redeploy {
        return None;
    }
    match event {
        Event::Confirmed { .. } => Some(true),
        Event::RollbackStarted { .. } if facts.touched() => {
            let by_freeze = matches!(&state.phase, Phase::RollingBack { cause, .. } if matches!(cause, Cause::Freeze { .. }));
            (!by_freeze).then_some(false)
        }
        _ => None,
    }
}

/// Fired when a deployment of a service ended one way or the other: whatever counts by its record may be another by now.
#[must_use]
pub fn trigger(service: &ServiceId) -> Trigger {
    format!("track/service/{service}")
}

/// The same for services of a team.
#[must_use]
pub fn trigger_of_team(team: &TeamId) -> Trigger {
    format!("track/team/{team}")
}

pub(super) fn project(h: &Happened<'_, Deployment, Event>, rows: &mut dyn Rows) -> Vec<Trigger> {
    let Some(facts) = h.state.facts.as_deref() else {
        return Vec::new();
    };
    let Some(held) = held(h.event, h.state, facts) else {
        return Vec::new();
    };
    let body = &facts.plan.body;
    let team = facts.team.as_ref().map(|t| of_team(&body.environment, t));
    let service = of_service(&body.environment, &body.service);
    for key in std::iter::once(service).chain(team) {
        let mut track: Track = rows
            .row(MODEL, &key)
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default();
        let list = if held {
            &mut track.held
        } else {
            &mut track.taken_back
        };
        if Track::add(list, h.at, &facts.id) {
            rows.put(ModelChange {
                model: MODEL,
                key,
                body: canonical(&track).ok(),
            });
        }
    }
    let of_team = facts.team.iter().map(trigger_of_team);
    std::iter::once(trigger(&body.service))
        .chain(of_team)
        .collect()
}

impl dyn View + '_ {
    /// How deployments of a service to an environment ended. None when the row cannot be read; empty when nothing ended.
    #[must_use]
    pub fn track(&self, env: &EnvId, service: &ServiceId) -> Option<Track> {
        read(self.model(MODEL, &of_service(env, service)))
    }

    /// How deployments of a team's services to an environment ended.
    #[must_use]
    pub fn track_of_team(&self, env: &EnvId, team: &TeamId) -> Option<Track> {
        read(self.model(MODEL, &of_team(env, team)))
    }
}

fn read(row: Option<String>) -> Option<Track> {
    row.map_or_else(
        || Some(Track::default()),
        |text| serde_json::from_str(&text).ok(),
    )
}
