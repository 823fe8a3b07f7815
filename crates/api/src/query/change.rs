//! Changes, and what waits for people.

use super::decision::with_path;
use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::{Ref, Refs, Search};
use crate::map::change::{change as shown, change_of, part, person};
use crate::map::freeze::MOST;
use crate::map::sign_off;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use tidegate_client::wire::{self, Approvals, Page, TeamWait, VoteStatement};
use tidegate_core::change;
use tidegate_core::id::{Name, TeamId};
use tidegate_core::mandate::Voter;
use tidegate_core::model::change as rows;
use tidegate_core::refusal::Refusal;
use tidegate_core::stream::change::{self as core, Change};
use tidegate_core::time::{Millis, Timestamp};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Changes looked at; far above what a company has in years.
const LOOKED_AT: usize = 100_000;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
        .routes(routes!(statement))
        .routes(routes!(draft))
        .routes(routes!(approvals))
}

/// Which changes are wanted.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Only of this service.
    service: Option<String>,
    /// Only of this release.
    release: Option<String>,
    /// Only in this environment.
    environment: Option<String>,
    /// `true`: also those that are over.
    #[serde(default)]
    all: bool,
}

impl Which {
    fn wants(&self, row: &rows::Row) -> bool {
        let is = |wanted: &Option<String>, has: &str| wanted.as_deref().is_none_or(|w| w == has);
        is(&self.service, row.release.service.as_str())
            && is(&self.release, &row.release.to_string())
            && is(&self.environment, row.environment.as_str())
    }
}

/// Changes, the newest first; at most 200.
#[utoipa::path(
    get,
    path = "/api/v1/changes",
    tag = "changes",
    operation_id = "changes",
    params(Which),
    responses((status = 200, description = "Changes", body = Page<wire::Change>))
)]
async fn list(
    State(app): State<App>,
    who: Caller,
    Search(which): Search<Which>,
) -> Result<Json<Page<wire::Change>>, Problem> {
    let page = app.look(move |look| {
        let model = if which.all { rows::ALL } else { rows::PENDING };
        let mut wanted = Vec::new();
        for (_, body) in look.view().scan(model, "", LOOKED_AT) {
            let row: rows::Row = serde_json::from_str(&body)?;
            if which.wants(&row) {
                wanted.push(row);
            }
        }
        wanted.sort_by_key(|row| std::cmp::Reverse((row.opened_at, row.id.number())));
        wanted.truncate(MOST);
        let me = person(look, &who);
        let shown = wanted
            .iter()
            .map(|row| change_of(look, row.id.as_str(), me.as_deref()));
        Ok(Page {
            items: shown.collect::<Result<_, _>>()?,
            next: None,
        })
    });
    Ok(Json(page.await?))
}

/// One change: its plan, what is asked, who said yes, and what whoever asks can do about it.
#[utoipa::path(
    get,
    path = "/api/v1/changes/{change}",
    tag = "changes",
    operation_id = "change",
    params(("change" = String, Path, description = "Name, such as `CHG-1`")),
    responses((status = 200, description = "The change", body = wire::Change))
)]
async fn one(
    State(app): State<App>,
    who: Caller,
    Ref(name): Ref,
) -> Result<Json<wire::Change>, Problem> {
    let found = app
        .look(move |look| with_path(look, change_of(look, &name, person(look, &who).as_deref())?));
    Ok(Json(found.await?))
}

/// For which vote.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Meant {
    /// Team for which the vote is given.
    team: String,
    /// Stated meaning, for a sign-off.
    sign: Option<String>,
    /// Person whose right is used, when it was lent.
    instead_of: Option<String>,
}

/// The exact text that whoever asks would sign for a vote.
#[utoipa::path(
    get,
    path = "/api/v1/changes/{change}/statement",
    tag = "changes",
    operation_id = "vote_statement",
    params(("change" = String, Path, description = "Name, such as `CHG-1`"), Meant),
    responses((status = 200, description = "The statement", body = VoteStatement))
)]
async fn statement(
    State(app): State<App>,
    who: Caller,
    Ref(name): Ref,
    Search(meant): Search<Meant>,
) -> Result<Json<VoteStatement>, Problem> {
    let team = TeamId::new(&meant.team)?;
    let sign = meant.sign.as_deref().map(Name::new).transpose()?;
    let found = app.look(move |look| {
        let state: Change = look.load("change", &name)?;
        let me = person(look, &who).ok_or_else(|| who.refused("sign a vote: it is no person"))?;
        let facts = state.facts.as_deref();
        let spec = &look.in_force.spec;
        let outlook = change::outlook(&state, spec, look.view(), look.now)?;
        let voter = Voter {
            person: me.clone(),
            instead_of: meant.instead_of.clone(),
            team: team.clone(),
            sign: sign.clone(),
        };
        let text = facts.zip(outlook).and_then(|(facts, outlook)| {
            let until = outlook.assessment.valid.after(look.now);
            core::statement(facts, &outlook.parties, voter, (look.now, until))
        });
        let statement = text.ok_or_else(|| Refusal::Invalid {
            because: format!("{name} has no plan yet"),
            help: "it gets one when its release is deployed".to_owned(),
        })?;
        Ok(VoteStatement {
            change: name.clone(),
            person: me,
            statement,
        })
    });
    Ok(Json(found.await?))
}

/// Whose approvals.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Whose {
    /// `true`: only what waits for whoever asks.
    #[serde(default)]
    mine: bool,
}

/// What waits for whom since when, and how long each team is waited for.
#[utoipa::path(
    get,
    path = "/api/v1/approvals",
    tag = "changes",
    operation_id = "approvals",
    params(Whose),
    responses((status = 200, description = "What waits for people", body = Approvals))
)]
async fn approvals(
    State(app): State<App>,
    who: Caller,
    Search(whose): Search<Whose>,
) -> Result<Json<Approvals>, Problem> {
    let found = app.look(move |look| {
        let me = person(look, &who);
        let mut items = Vec::new();
        for (id, _) in look.view().scan(rows::PENDING, "", LOOKED_AT) {
            let state: Change = look.load("change", &id)?;
            let shown = shown(look, &state, me.as_deref())?;
            let asked = missing(&shown).next().is_some();
            if asked && (!whose.mine || !shown.you.ballots.is_empty()) {
                items.push(shown);
            }
        }
        items.sort_by_key(waits_since);
        let mut rollouts = sign_off::waiting(look)?;
        rollouts.retain(|r| !whose.mine || me.as_ref().is_some_and(|me| r.could.contains(me)));
        let teams = waits(&items, &rollouts, look.now);
        items.truncate(MOST);
        Ok(Approvals {
            items,
            rollouts,
            teams,
        })
    });
    Ok(Json(found.await?))
}

/// What is still missing: before the start what is asked, afterwards what is owed.
fn missing(change: &wire::Change) -> impl Iterator<Item = &wire::Demand> {
    let owed = change.phase == "reviewing";
    let all = if owed { &change.owed } else { &change.required };
    all.iter().filter(|d| !d.met)
}

/// What is owed waits since the change was over.
fn waits_since(change: &wire::Change) -> Timestamp {
    let over = change.since.filter(|_| change.phase == "reviewing");
    over.unwrap_or(change.opened_at)
}

fn waits(items: &[wire::Change], rollouts: &[wire::SignOff], now: Timestamp) -> Vec<TeamWait> {
    // Since when one thing waits, for which teams, and who could end it.
    type Wait<'w> = (Timestamp, Vec<(&'w str, &'w [String])>);
    let changes = items.iter().map(|item| -> Wait<'_> {
        let asked = missing(item).map(|d| (d.team.as_str(), d.could.as_slice()));
        (waits_since(item), asked.collect())
    });
    let rollouts = rollouts
        .iter()
        .map(|one| -> Wait<'_> { (one.since, vec![(one.team.as_str(), one.could.as_slice())]) });
    let mut teams: BTreeMap<&str, TeamWait> = BTreeMap::new();
    for (since, asked) in changes.chain(rollouts) {
        let waited = Millis::between(since, now).0;
        let mut counted = BTreeSet::new();
        for (name, could) in asked {
            let team = teams.entry(name).or_insert_with(|| TeamWait {
                team: name.to_owned(),
                waiting: 0,
                since,
                longest_ms: 0,
                total_ms: 0,
                could: Vec::new(),
            });
            for person in could {
                if !team.could.contains(person) {
                    team.could.push(person.clone());
                }
            }
            if !counted.insert(name) {
                continue;
            }
            team.waiting += 1;
            team.total_ms += waited;
            team.longest_ms = team.longest_ms.max(waited);
            team.since = team.since.min(since);
        }
    }
    teams.into_values().collect()
}

/// What a part of the document pack begins with: what is written already, else its template with what the record knows.
#[utoipa::path(
    get,
    path = "/api/v1/changes/{change}/documents/{document}",
    tag = "changes",
    operation_id = "document_draft",
    params(
        ("change" = String, Path, description = "Name, such as `CHG-1`"),
        ("document" = String, Path, description = "`impact`, `rollback-plan`, `backout-criteria` or `known-issues`")
    ),
    responses((status = 200, description = "The text", body = wire::DocumentDraft))
)]
async fn draft(
    State(app): State<App>,
    _: Caller,
    Refs(name, document): Refs,
) -> Result<Json<wire::DocumentDraft>, Problem> {
    let document = part(&document)?;
    let found = app.look(move |look| {
        let facts = look.load::<Change>("change", &name)?.facts;
        let facts = facts.ok_or_else(|| Refusal::NotFound {
            what: "change".to_owned(),
            name: name.clone(),
        })?;
        let spec = &look.in_force.spec;
        let (text, template) = match facts.documents.get(&document) {
            Some(written) => (written.text.clone(), None),
            None => change::beginning(spec, &facts, document)
                .map_or_else(Default::default, |(name, text)| {
                    (text, Some(name.to_string()))
                }),
        };
        Ok(wire::DocumentDraft {
            document: document.as_str().to_owned(),
            text,
            template,
        })
    });
    Ok(Json(found.await?))
}
