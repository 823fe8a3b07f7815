//! How environments were used in a time: deployments, how long they changed something, how long others waited for that, and
//! for whom it was booked.

use super::Known;
use crate::calendar::{Intervals, Span};
use crate::gate::Purpose;
use crate::id::{DeploymentId, EnvId, ServiceId, TeamId};
use crate::spec::Unreadable;
use crate::stream::entry::{self, Entry, Kind, Phase};
use crate::time::{Millis, Timestamp};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Most deployments that are counted; the answer says when there are more.
pub const MOST: usize = 20_000;
/// Most entries of the past that are looked at.
const PAST: usize = 20_000;

/// How one environment was used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usage {
    /// Deployments that began in the time.
    pub deployments: usize,
    /// How many of them were returns to an earlier revision.
    pub returns: usize,
    /// Time in which something was being changed.
    pub busy: Millis,
    /// How long deployments waited in the time before they began, all together.
    pub waited: Millis,
    /// The longest wait of one, as far as it lies in the time.
    pub longest: Millis,
    /// Those that waited longest.
    pub longest_id: Option<DeploymentId>,
    /// Time in which somebody waited while something else was being changed: what more room would have saved.
    pub contended: Millis,
    /// Most that waited at once.
    pub most_waiting: usize,
    /// Time booked, by team.
    pub booked: BTreeMap<TeamId, Millis>,
    /// By team that owns the service: deployments, and how long they changed something.
    pub by_team: BTreeMap<TeamId, (usize, Millis)>,
}

/// How every environment was used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// By environment.
    pub environments: BTreeMap<EnvId, Usage>,
    /// There are more deployments than were counted: the oldest are missing.
    pub cut: bool,
}

/// What the listing keeps of a deployment.
#[derive(Deserialize)]
struct Row {
    id: DeploymentId,
    service: ServiceId,
    environment: EnvId,
    purpose: Purpose,
    proposed: Timestamp,
    started: Option<Timestamp>,
    ended: Option<Timestamp>,
}

/// How environments were used between two instants, as rows of the listing of deployments tell, the newest first.
///
/// # Errors
/// A booking that cannot be read.
pub fn usage(
    known: &Known<'_>,
    time: Span,
    rows: impl IntoIterator<Item = String>,
) -> Result<Report, Unreadable> {
    let mut report = Report::default();
    for env in known.spec.environments.keys() {
        report.environments.insert(env.clone(), Usage::default());
    }
    let mut times: BTreeMap<EnvId, (Vec<Span>, Vec<Span>)> = BTreeMap::new();
    for (n, body) in rows.into_iter().enumerate() {
        if n == MOST {
            report.cut = true;
            break;
        }
        let Ok(row) = serde_json::from_str::<Row>(&body) else {
            continue;
        };
        let Some(usage) = report.environments.get_mut(&row.environment) else {
            continue;
        };
        let of = times.entry(row.environment.clone()).or_default();
        let team = known.spec.services.get(&row.service).map(|s| &s.owner);
        count(usage, of, &row, team, (time, known.now));
    }
    for (env, (busy, waiting)) in times {
        if let Some(usage) = report.environments.get_mut(&env) {
            usage.most_waiting = most_at_once(&waiting);
            let busy: Intervals = busy.into_iter().collect();
            let waiting: Intervals = waiting.into_iter().collect();
            usage.busy = sum(&busy);
            usage.contended = sum(&busy.intersection(&waiting));
        }
    }
    booked(known, time, &mut report)?;
    Ok(report)
}

/// One deployment.
fn count(
    usage: &mut Usage,
    (busy, waiting): &mut (Vec<Span>, Vec<Span>),
    row: &Row,
    team: Option<&TeamId>,
    (time, now): (Span, Timestamp),
) {
    let until = row.ended.unwrap_or(now);
    let waited = Span::new(row.proposed, row.started.unwrap_or(until));
    if let Some(span) = waited.and_then(|span| span.overlap(time)) {
        usage.waited = plus(usage.waited, span.length());
        if span.length() > usage.longest {
            usage.longest = span.length();
            usage.longest_id = Some(row.id.clone());
        }
        waiting.push(span);
    }
    let Some(started) = row.started else { return };
    let began = time.contains(started);
    let ran = Span::new(started, until).and_then(|span| span.overlap(time));
    let lasted = ran.map_or(Millis::ZERO, |span| span.length());
    busy.extend(ran);
    usage.deployments += usize::from(began);
    usage.returns += usize::from(began && row.purpose.is_return());
    if let Some(team) = team.filter(|_| began || ran.is_some()) {
        let (count, sum) = usage.by_team.entry(team.clone()).or_default();
        *count += usize::from(began);
        *sum = plus(*sum, lasted);
    }
}

fn plus(a: Millis, b: Millis) -> Millis {
    Millis(a.0.saturating_add(b.0))
}

fn sum(spans: &Intervals) -> Millis {
    let lengths = spans.spans().iter().map(|span| span.length());
    lengths.fold(Millis::ZERO, plus)
}

/// How many spans share an instant at most.
fn most_at_once(spans: &[Span]) -> usize {
    let mut ends: Vec<(Timestamp, i32)> = Vec::with_capacity(spans.len() * 2);
    for span in spans {
        ends.push((span.start(), 1));
        ends.push((span.end(), -1));
    }
    // An end comes before a beginning at the same instant.
    ends.sort_unstable();
    let (mut now, mut most) = (0_i32, 0_i32);
    for (_, step) in ends {
        now += step;
        most = most.max(now);
    }
    usize::try_from(most).unwrap_or(0)
}

/// What was booked, by the configuration in force and by entries, also those that are over.
fn booked(known: &Known<'_>, time: Span, report: &mut Report) -> Result<(), Unreadable> {
    let spec = known.spec;
    for booking in spec.bookings.values() {
        let own = spec.environments.get(&booking.environment).map(|e| &e.zone);
        let zone = booking.zone.as_ref().or(own).unwrap_or(&spec.zone);
        let spans = booking.spans(&spec.setting(zone)?, time)?;
        add(report, &booking.environment, &booking.team, &spans);
    }
    let past = known.view.scan(entry::PAST, "", PAST);
    let rows = known.view.scan(entry::ACTIVE, "", entry::MOST).into_iter();
    for (_, body) in rows.chain(past) {
        let Ok(entry) = serde_json::from_str::<Entry>(&body) else {
            continue;
        };
        // One that was called off counts until then.
        let (facts, end) = match entry.phase {
            Phase::Declared { facts } | Phase::Over { facts, .. } => (facts, Timestamp::MAX),
            Phase::Cancelled { facts, at, .. } => (facts, at),
            Phase::Absent => continue,
        };
        let (Kind::Booking, Some(team)) = (facts.kind, &facts.owner) else {
            continue;
        };
        let until = Span::new(time.start(), time.end().min(end));
        let Some(time) = until else { continue };
        let spans = facts.when.spans(spec, &facts.zone, time)?;
        for env in &facts.scope.environments {
            add(report, env, team, &spans);
        }
    }
    Ok(())
}

fn add(report: &mut Report, env: &EnvId, team: &TeamId, spans: &Intervals) {
    let length = sum(spans);
    if length > Millis::ZERO
        && let Some(usage) = report.environments.get_mut(env)
    {
        let before = usage.booked.entry(team.clone()).or_default();
        *before = plus(*before, length);
    }
}
