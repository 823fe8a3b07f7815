//! Queue: a small row for each deployment that waits for its start or changes its environment. Limits and order are kept with these
//! rows, so they are exact and cheap to read; the whole story of a deployment is in its stream.

use super::{Happened, Rows};
use crate::batch::ModelChange;
use crate::digest::canonical;
use crate::gate::{GateId, GateReport};
use crate::id::{DeploymentId, EnvId, ReleaseId, ServiceId, TeamId};
use crate::queue::{AGING, Priority, Slot};
use crate::refusal::Refusal;
use crate::stream::deployment::{Deployment, Event, Phase};
use crate::time::{Millis, Timestamp};
use crate::view::View;
use serde::{Deserialize, Serialize};

/// One deployment that waits or is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Service.
    pub service: ServiceId,
    /// Release it brings.
    pub release: ReleaseId,
    /// Team that owned the service when it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// Who asked.
    pub by: String,
    /// How urgent.
    pub priority: Priority,
    /// A return to an earlier revision: before everything else.
    #[serde(default, skip_serializing_if = "is_false")]
    pub goes_back: bool,
    /// When it was asked for.
    pub since: Timestamp,
    /// How long it could have gone before but for a place.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub waited: Millis,
    /// How it stands.
    pub at: At,
    /// Reserved time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<Slot>,
    /// Expected time of its steps.
    pub expected: Millis,
}

/// How a live deployment stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "kebab-case")]
pub enum At {
    /// Nothing but a place is missing.
    Ready {
        /// Since when.
        since: Timestamp,
    },
    /// Something else is missing.
    Blocked {
        /// The instant at which time alone lets it go on, when that is known.
        until: Option<Timestamp>,
        /// The gates that block.
        by: Vec<GateId>,
    },
    /// It changes the environment and has its places.
    Running {
        /// Since when.
        since: Timestamp,
    },
}

const HOUR: Millis = Millis::minutes(60);

fn hour(at: Timestamp) -> u64 {
    u64::try_from(at.as_millisecond()).unwrap_or(0) / HOUR.0
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_false(value: &bool) -> bool {
    !*value
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_zero(value: &Millis) -> bool {
    *value == Millis::ZERO
}

/// When a team last started something in an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Served {
    /// When.
    pub at: Timestamp,
}

impl Served {
    /// Name of the read model; keys are `environment/team`.
    pub const MODEL: &'static str = "served";
}

impl Row {
    /// Name of the read model.
    pub const MODEL: &'static str = "queue";

    /// Key of a row.
    #[must_use]
    pub fn key(env: &EnvId, id: &DeploymentId) -> String {
        format!("{env}/{id}")
    }

    /// Name of the read model that holds the same rows in the order in which they are given places: those of one environment, then
    /// those that have places (under `~`) or the instant from which they could go, team, urgency, hour from which their waiting
    /// counts, and age. All before the age is the bucket: within it the order is that of age at every instant.
    pub const INDEX: &'static str = "line";

    /// Where a row stands in the index; none while nobody knows when it could go, because it is not given a place then.
    #[must_use]
    pub fn indexed(&self, env: &EnvId, id: &DeploymentId) -> Option<String> {
        let from = match &self.at {
            At::Running { .. } => return Some(format!("{}{id}", Self::running(env))),
            At::Ready { .. } => 0,
            At::Blocked { until, .. } => until.as_ref()?.as_microsecond().max(0),
        };
        let team = self.team.as_ref().map_or("~", |team| team.as_str());
        let urgency = (u64::from(!self.goes_back), 9 - self.priority.level());
        let hour = hour(self.counts_from()?);
        let since = self.since.as_microsecond();
        Some(format!(
            "{env}/{from:018}/{team}/{}{}/{hour:08}/{since:018}/{id}",
            urgency.0, urgency.1
        ))
    }

    /// Prefix of those that have places in an environment, in the index.
    #[must_use]
    pub fn running(env: &EnvId) -> String {
        format!("{env}/~/")
    }

    /// From when on its waiting counts: the instant from which it could go, less what it had waited before.
    fn counts_from(&self) -> Option<Timestamp> {
        let from = match &self.at {
            At::Ready { since } => *since,
            At::Blocked { until, .. } => (*until)?,
            At::Running { .. } => return None,
        };
        let waited = std::time::Duration::from_millis(self.waited.0);
        Some(from.checked_sub(waited).unwrap_or(Timestamp::UNIX_EPOCH))
    }

    /// How many priorities higher it counts for its waiting, by whole hours of the clock: so two rows of one hour are always equal.
    #[must_use]
    pub fn grown(&self, now: Timestamp) -> u64 {
        let from = self.counts_from().filter(|_| self.could_go(now));
        match from {
            Some(from) => hour(now).saturating_sub(hour(from)) / (AGING.0 / HOUR.0),
            None => self.waited.0 / AGING.0,
        }
    }

    /// Does it have its places?
    #[must_use]
    pub fn is_running(&self) -> bool {
        matches!(self.at, At::Running { .. })
    }

    /// Could it go at `now` if it had a place, as far as is known? One whose wait is over and that was not asked again yet could.
    #[must_use]
    pub fn could_go(&self, now: Timestamp) -> bool {
        match &self.at {
            At::Ready { .. } => true,
            At::Blocked { until, .. } => until.is_some_and(|until| until <= now),
            At::Running { .. } => false,
        }
    }

    /// How long it could have gone but for a place.
    #[must_use]
    pub fn has_waited(&self, now: Timestamp) -> Millis {
        match &self.at {
            At::Ready { since } => {
                Millis(self.waited.0.saturating_add(Millis::between(*since, now).0))
            }
            At::Blocked { .. } | At::Running { .. } => self.waited,
        }
    }

    /// The row of a deployment; none when it neither waits nor changes anything. `before` is the row it had.
    #[must_use]
    pub fn of(state: &Deployment, before: Option<&Self>, now: Timestamp) -> Option<Self> {
        let facts = state.facts.as_deref()?;
        let waited = before.map_or(Millis::ZERO, |row| row.has_waited(now));
        let (at, slot) = match &state.phase {
            Phase::Gated { reports, slot, .. } => (standing(reports, before, now), *slot),
            Phase::Running { .. } | Phase::RollingBack { .. } | Phase::NeedsHuman { .. } => {
                let since = match before.map(|row| &row.at) {
                    Some(At::Running { since }) => *since,
                    _ => now,
                };
                (At::Running { since }, None)
            }
            _ => return None,
        };
        let waited = match &at {
            // What it waits now is counted from its own `since`.
            At::Ready { .. } => before.map_or(Millis::ZERO, |row| row.waited),
            At::Blocked { .. } | At::Running { .. } => waited,
        };
        let body = &facts.plan.body;
        Some(Self {
            service: body.service.clone(),
            release: body.to.release.clone(),
            team: facts.team.clone(),
            by: facts.by.clone(),
            priority: facts.request.priority,
            goes_back: facts.purpose.is_return(),
            since: facts.proposed_at,
            waited,
            at,
            slot,
            expected: facts.plan.lasts(),
        })
    }
}

/// From its newest answers: a gate that is about places says nothing about whether it could go.
fn standing(reports: &[GateReport], before: Option<&Row>, now: Timestamp) -> At {
    let mut blocks = reports
        .iter()
        .filter(|r| !r.outcome.passes() && !r.gate.is_about_places())
        .peekable();
    if !reports.is_empty() && blocks.peek().is_none() {
        let since = match before.map(|row| &row.at) {
            Some(At::Ready { since }) => *since,
            _ => now,
        };
        return At::Ready { since };
    }
    let (mut until, mut known, mut by) = (now, !reports.is_empty(), Vec::new());
    for report in blocks {
        by.push(report.gate);
        match report.opens(now) {
            Some(at) => until = until.max(at),
            None => known = false,
        }
    }
    let until = Some(until).filter(|until| known && *until > now);
    At::Blocked { until, by }
}

/// Events after which a row is as it was.
fn leaves_alone(event: &Event) -> bool {
    matches!(
        event,
        Event::StepStarted { .. }
            | Event::StepFinished { .. }
            | Event::StepFailed { .. }
            | Event::Soaking { .. }
            | Event::FiguresAsked { .. }
            | Event::Judged { .. }
    )
}

/// Bring the row of a deployment up to date with one event.
pub(super) fn project(h: &Happened<'_, Deployment, Event>, rows: &mut dyn Rows) {
    let Some(facts) = h.state.facts.as_deref().filter(|_| !leaves_alone(h.event)) else {
        return;
    };
    let env = &facts.plan.body.environment;
    let key = Row::key(env, &facts.id);
    let before = rows.row(Row::MODEL, &key);
    let known = before
        .as_deref()
        .and_then(|text| serde_json::from_str(text).ok());
    let row = Row::of(h.state, known.as_ref(), h.at);
    let body = row.as_ref().and_then(|row| canonical(row).ok());
    if body != before {
        let place = |row: Option<&Row>| row.and_then(|row| row.indexed(env, &facts.id));
        let (left, taken) = (place(known.as_ref()), place(row.as_ref()));
        let model = Row::INDEX;
        if let Some(key) = left.filter(|left| Some(left) != taken.as_ref()) {
            let body = None;
            rows.put(ModelChange { model, key, body });
        }
        if let Some(key) = taken {
            let body = body.clone();
            rows.put(ModelChange { model, key, body });
        }
        let model = Row::MODEL;
        rows.put(ModelChange { model, key, body });
    }
    if let (Event::GatesPassed { .. }, Some(team)) = (h.event, &facts.team) {
        rows.put(ModelChange {
            model: Served::MODEL,
            key: format!("{env}/{team}"),
            body: canonical(&Served { at: h.at }).ok(),
        });
    }
}

/// A row of the queue or of its index; both keys end with the deployment.
///
/// # Errors
/// It cannot be read: limits cannot be kept without it.
pub fn read(env: &EnvId, key: &str, body: &str) -> Result<(DeploymentId, Row), Refusal> {
    let unreadable = |because: String| Refusal::Quarantined {
        stream: format!("the queue of {env}"),
        because,
    };
    let id = key.rsplit('/').next().unwrap_or(key);
    let id = DeploymentId::parse(id).map_err(|e| unreadable(e.to_string()))?;
    let row = serde_json::from_str(body).map_err(|e| unreadable(e.to_string()))?;
    Ok((id, row))
}

impl dyn View + '_ {
    /// What waits and what is under way in an environment, by deployment.
    ///
    /// # Errors
    /// A row that cannot be read: limits cannot be kept without it.
    pub fn queue(&self, env: &EnvId) -> Result<Vec<(DeploymentId, Row)>, Refusal> {
        self.queue_of(env, crate::limits::QUEUE + 1_000)
    }

    /// The same, at most `limit` of them, in no particular order.
    ///
    /// # Errors
    /// As for the whole queue.
    pub fn queue_of(&self, env: &EnvId, limit: usize) -> Result<Vec<(DeploymentId, Row)>, Refusal> {
        let rows = self.scan(Row::MODEL, &format!("{env}/"), limit);
        rows.iter()
            .map(|(key, body)| read(env, key, body))
            .collect()
    }

    /// What is under way in an environment.
    ///
    /// # Errors
    /// As for the whole queue.
    pub fn under_way(&self, env: &EnvId) -> Result<Vec<(DeploymentId, Row)>, Refusal> {
        let rows = self.scan(Row::INDEX, &Row::running(env), crate::limits::SERVICES);
        rows.iter()
            .map(|(key, body)| read(env, key, body))
            .collect()
    }

    /// When each team last started something in an environment.
    #[must_use]
    pub fn served(&self, env: &EnvId) -> Vec<(TeamId, Timestamp)> {
        let prefix = format!("{env}/");
        self.scan(Served::MODEL, &prefix, crate::limits::SERVICES)
            .into_iter()
            .filter_map(|(key, body)| {
                let team = TeamId::new(key.strip_prefix(&prefix)?).ok()?;
                let served: Served = serde_json::from_str(&body).ok()?;
                Some((team, served.at))
            })
            .collect()
    }
}
