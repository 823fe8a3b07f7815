//! Listings: a row per artifact, release and deployment for lists and searches, newest first by key.

use super::{Happened, Models, Rows, lane::Lane};
use crate::batch::ModelChange;
use crate::decider::Trigger;
use crate::digest::canonical;
use crate::stream::artifact::Artifact;
use crate::stream::config::{self, Config};
use crate::stream::deployment::{Deployment, Phase};
use crate::stream::environment::{self, Environment};
use crate::stream::release::{self, Release};
use serde::Serialize;

/// Rows by artifact id.
pub const ARTIFACTS: &str = "artifact";
/// Rows by release id.
pub const RELEASES: &str = "release";
/// Rows by deployment id, which is time-ordered.
pub const DEPLOYMENTS: &str = "deployment";
/// Deployments that have not ended, by id.
pub const LIVE: &str = "live";
/// Releases with a promotion under way, by id.
pub const MOVING: &str = "moving";
/// Releases by commit: `commit/release`.
pub const COMMITS: &str = "commit";
/// Applied configuration revisions, by number padded to ten digits.
pub const REVISIONS: &str = "config";

fn put<T: Serialize>(rows: &mut dyn Rows, model: &'static str, key: String, body: Option<&T>) {
    // Rows are made of types that always serialise; a row that cannot be written is left out and rebuilt with the model.
    let body = body.and_then(|b| canonical(b).ok());
    rows.put(ModelChange { model, key, body });
}

impl Models for Artifact {
    fn project(h: &Happened<'_, Self, Self::Event>, rows: &mut dyn Rows) -> Vec<Trigger> {
        let row = serde_json::json!({ "id": h.stream.key(), "phase": h.state.phase.name(), "bits": h.state.bits(), "at": h.at });
        put(rows, ARTIFACTS, h.stream.key().to_owned(), Some(&row));
        if let Some(commit) = h.state.bits().and_then(|b| b.commit.as_ref()) {
            put(
                rows,
                COMMITS,
                format!("{commit}/{}", h.stream.key()),
                Some(&serde_json::json!({})),
            );
        }
        Vec::new()
    }
}

impl Models for Release {
    fn project(h: &Happened<'_, Self, Self::Event>, rows: &mut dyn Rows) -> Vec<Trigger> {
        let key = h.stream.key().to_owned();
        let created = match h.event {
            release::Event::Locked { .. } => Some(serde_json::json!(h.at)),
            _ => rows
                .row(RELEASES, &key)
                .and_then(|r| serde_json::from_str::<serde_json::Value>(&r).ok())
                .and_then(|r| r.get("created").cloned()),
        };
        let row = serde_json::json!({
            "id": key, "phase": h.state.phase.name(), "artifact": h.state.artifact, "stages": h.state.stages,
            "wanted": h.state.wanted, "created": created, "at": h.at,
            "askedBy": h.state.asked_by.iter().chain(&h.state.answers).collect::<Vec<_>>(),
            "tags": h.state.scope.tags,
        });
        put(rows, RELEASES, key.clone(), Some(&row));
        let moving = h.state.is_moving();
        put(rows, MOVING, key, moving.then_some(&serde_json::json!({})));
        Vec::new()
    }
}

impl Models for Environment {
    fn project(h: &Happened<'_, Self, Self::Event>, rows: &mut dyn Rows) -> Vec<Trigger> {
        super::notice::of_environment(h, rows);
        let environment::Event::Fenced { generations, .. } = h.event else {
            return Vec::new();
        };
        let mut fired = Vec::new();
        for (service, generation) in generations {
            let key = format!("{}/{service}", h.stream.key());
            let lane = rows.row(Lane::MODEL, &key);
            let mut lane: Lane = lane
                .and_then(|text| serde_json::from_str(&text).ok())
                .unwrap_or_default();
            lane.fence = lane.fence.max(*generation);
            put(rows, Lane::MODEL, key.clone(), Some(&lane));
            fired.push(format!("lane/{key}"));
        }
        fired
    }
}

impl Models for Config {
    fn project(h: &Happened<'_, Self, Self::Event>, rows: &mut dyn Rows) -> Vec<Trigger> {
        let config::Event::Applied { revision, .. } = h.event else {
            return Vec::new();
        };
        put(
            rows,
            REVISIONS,
            format!("{revision:010}"),
            Some(&serde_json::json!({ "event": h.event, "at": h.at })),
        );
        Vec::new()
    }
}

impl Models for Deployment {
    fn project(h: &Happened<'_, Self, Self::Event>, rows: &mut dyn Rows) -> Vec<Trigger> {
        let Some(facts) = &h.state.facts else {
            return Vec::new();
        };
        let body = &facts.plan.body;
        let key = h.stream.key().to_owned();
        let cause = match &h.state.phase {
            Phase::RollingBack { cause, .. }
            | Phase::RolledBack { cause, .. }
            | Phase::NeedsHuman { cause, .. } => Some(cause.to_string()),
            _ => None,
        };
        let row = serde_json::json!({
            "id": key, "service": body.service, "environment": body.environment, "release": body.to.release,
            "from": body.from.as_ref().map(|f| &f.release), "phase": h.state.phase.name(), "purpose": facts.purpose,
            "by": facts.by, "proposed": facts.proposed_at, "started": facts.started_at, "ended": facts.ended_at,
            "cause": cause,
        });
        let text = canonical(&row).ok();
        let live = !h.state.phase.is_terminal();
        rows.put(ModelChange {
            model: LIVE,
            key: key.clone(),
            body: text.clone().filter(|_| live),
        });
        rows.put(ModelChange {
            model: DEPLOYMENTS,
            key,
            body: text,
        });
        super::queue::project(h, rows);
        super::lasted::project(h, rows);
        let mut fired = super::track::project(h, rows);
        super::notice::of_deployment(h, rows);
        super::archive::of_deployment(h, rows);
        super::sign_off::of_deployment(h, rows);
        if Lane::is_untouched_by(h.event) {
            return fired;
        }
        fired.extend(project_lane(h, facts, rows));
        fired
    }
}

fn project_lane(
    h: &Happened<'_, Deployment, crate::stream::deployment::Event>,
    facts: &crate::stream::deployment::Facts,
    rows: &mut dyn Rows,
) -> Vec<Trigger> {
    let body = &facts.plan.body;
    let key = Lane::key(&body.environment, &body.service);
    let before: Lane = rows
        .row(Lane::MODEL, &key)
        .and_then(|r| serde_json::from_str(&r).ok())
        .unwrap_or_default();
    let mut after = before.clone();
    after.apply(h.at, &facts.id, h.state, h.event);
    if after == before {
        return Vec::new();
    }
    put(rows, Lane::MODEL, key, Some(&after));
    vec![
        format!("environment/{}", body.environment),
        Lane::trigger(&body.environment, &body.service),
    ]
}
