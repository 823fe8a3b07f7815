//! What other rules would have asked of past changes. Nothing is changed, and nothing but recorded facts is looked at.

use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::Body;
use crate::look::{Look, look};
use crate::map::config as map;
use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use std::collections::{BTreeMap, BTreeSet};
use tidegate_client::wire::{
    PolicySimulation, PolicySimulationRequest, SimulatedBand, SimulatedChange, SimulatedDemand,
    SimulatedRules,
};
use tidegate_config::{Files, load_over};
use tidegate_core::change::{Assessment, Past, replay};
use tidegate_core::model::change as rows;
use tidegate_core::spec::{RiskModel, Spec};
use tidegate_core::stream::change::{Change, Outcome, Phase};
use tidegate_core::time::Millis;
use tidegate_engine::Engine;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Largest body, in bytes.
const BODY: usize = 8 << 20;
/// Changes that are replayed at most.
const MOST: usize = 5_000;
/// Rows looked at; far above what a company has in years.
const LOOKED_AT: usize = 100_000;
/// How far back without being told.
const USUAL: Millis = Millis::minutes(90 * 24 * 60);

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(policy))
        .layer(DefaultBodyLimit::max(BODY))
}

/// What these rules would have asked of past changes to production, beside the rules in force; both are judged by the facts that
/// were recorded. Changes nothing. Errors in the files are in the answer.
#[utoipa::path(
    post,
    path = "/api/v1/simulations/policy",
    tag = "config",
    operation_id = "simulate_policy",
    request_body = PolicySimulationRequest,
    responses((status = 200, description = "What would be asked, or what is wrong with the files", body = PolicySimulation))
)]
async fn policy(
    State(app): State<App>,
    _: Caller,
    Body(request): Body<PolicySimulationRequest>,
) -> Result<Json<PolicySimulation>, Problem> {
    let found = app.blocking(move |engine| simulated(engine, request));
    Ok(Json(found.await?))
}

fn simulated(
    engine: &Engine,
    request: PolicySimulationRequest,
) -> Result<PolicySimulation, Problem> {
    let loaded = load_over(&Files(request.files), &Files(request.over), engine.now());
    let mut answer = PolicySimulation {
        diagnostics: loaded
            .diagnostics
            .into_iter()
            .map(map::diagnostic)
            .collect(),
        ..PolicySimulation::default()
    };
    let Some(proposed) = loaded.spec else {
        return Ok(answer);
    };
    look(engine, |look| {
        let since = request.since.unwrap_or_else(|| USUAL.before(look.now));
        let mut wanted = Vec::new();
        for (_, body) in look.view().scan(rows::ALL, "", LOOKED_AT) {
            let row: rows::Row = serde_json::from_str(&body)?;
            if row.opened_at >= since {
                wanted.push(row);
            }
        }
        wanted.sort_by_key(|row| std::cmp::Reverse((row.opened_at, row.id.number())));
        answer.cut = wanted.len() > MOST;
        wanted.truncate(MOST);
        answer.since = Some(since);
        let mut sums = Sums::new(&look.in_force.spec, &proposed);
        for row in &wanted {
            sums.take(look, row)?;
        }
        Ok(sums.into_answer(answer.clone()))
    })
}

/// What was counted so far.
struct Sums<'a> {
    rules: [Counted<'a>; 2],
    all: BTreeSet<String>,
    unrecorded: u32,
    elsewhere: u32,
    changes: Vec<SimulatedChange>,
}

/// By one configuration.
struct Counted<'a> {
    spec: &'a Spec,
    board: BTreeSet<String>,
    people: BTreeSet<String>,
    failed_alone: BTreeSet<String>,
    bands: BTreeMap<String, (u32, u32)>,
}

impl<'a> Sums<'a> {
    fn new(in_force: &'a Spec, proposed: &'a Spec) -> Self {
        Self {
            rules: [Counted::new(in_force), Counted::new(proposed)],
            all: BTreeSet::new(),
            unrecorded: 0,
            elsewhere: 0,
            changes: Vec::new(),
        }
    }

    fn take(&mut self, look: &Look<'_>, row: &rows::Row) -> Result<(), Problem> {
        let change: Change = look.load("change", row.id.as_str())?;
        let Some(facts) = change.facts.as_deref() else {
            return Ok(());
        };
        let told = facts.assessed.as_ref().and_then(|a| a.told.as_deref());
        let Some(told) = told else {
            self.unrecorded += 1;
            return Ok(());
        };
        let past = Past {
            service: &row.release.service,
            environment: &row.environment,
            told,
            declared: facts.declared.as_ref(),
            raised: facts.raised.as_ref(),
            at: facts.asked_since(),
        };
        let [before, after] = &mut self.rules;
        let (Some(was), Some(is)) = (replay(&past, before.spec), replay(&past, after.spec)) else {
            self.elsewhere += 1;
            return Ok(());
        };
        let outcome = outcome(&change.phase);
        let release = row.release.to_string();
        before.take(&release, &was, outcome);
        after.take(&release, &is, outcome);
        let (was, is) = (demand(&was), demand(&is));
        if was != is {
            self.changes.push(SimulatedChange {
                change: row.id.to_string(),
                release: release.clone(),
                environment: row.environment.to_string(),
                at: row.opened_at,
                outcome: outcome
                    .map_or(change.phase.name(), |o| o.as_str())
                    .to_owned(),
                before: was,
                after: is,
            });
        }
        self.all.insert(release);
        Ok(())
    }

    fn into_answer(self, answer: PolicySimulation) -> PolicySimulation {
        let [before, after] = self.rules;
        PolicySimulation {
            releases: count(self.all.len()),
            unrecorded: self.unrecorded,
            elsewhere: self.elsewhere,
            before: before.into_answer(&self.all),
            after: after.into_answer(&self.all),
            changes: self.changes,
            ..answer
        }
    }
}

impl<'a> Counted<'a> {
    fn new(spec: &'a Spec) -> Self {
        Self {
            spec,
            board: BTreeSet::new(),
            people: BTreeSet::new(),
            failed_alone: BTreeSet::new(),
            bands: BTreeMap::new(),
        }
    }

    /// A release counts where most is asked of it.
    fn take(&mut self, release: &str, asked: &Assessment, outcome: Option<Outcome>) {
        if !asked.boards.is_empty() {
            self.board.insert(release.to_owned());
        } else if !asked.required.is_empty() {
            self.people.insert(release.to_owned());
        } else if outcome == Some(Outcome::BackedOut) {
            self.failed_alone.insert(release.to_owned());
        }
        if let Some(outcome) = outcome {
            let (all, failed) = self.bands.entry(asked.risk.band.clone()).or_default();
            *all += 1;
            *failed += u32::from(outcome == Outcome::BackedOut);
        }
    }

    fn into_answer(self, all: &BTreeSet<String>) -> SimulatedRules {
        let people = self.people.difference(&self.board).count();
        let usual = RiskModel::default();
        let model = self.spec.risk.as_ref().unwrap_or(&usual);
        let bands = model.bands.iter().map(|band| {
            let (changes, failed) = self
                .bands
                .get(band.name.as_str())
                .copied()
                .unwrap_or_default();
            SimulatedBand {
                band: band.name.to_string(),
                changes,
                failed,
            }
        });
        SimulatedRules {
            board: count(self.board.len()),
            people: count(people),
            nobody: count(all.len() - people - self.board.len()),
            bands: bands.collect(),
            failed_without_approval: self.failed_alone.into_iter().collect(),
        }
    }
}

fn outcome(phase: &Phase) -> Option<Outcome> {
    match phase {
        Phase::Reviewing { result, .. } | Phase::Closed { result, .. } => Some(*result),
        _ => None,
    }
}

fn demand(asked: &Assessment) -> SimulatedDemand {
    SimulatedDemand {
        class: asked.class.as_str().to_owned(),
        risk: asked.risk.value,
        band: asked.risk.band.clone(),
        asks: asked.required.iter().map(ToString::to_string).collect(),
        boards: asked.boards.keys().map(ToString::to_string).collect(),
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
