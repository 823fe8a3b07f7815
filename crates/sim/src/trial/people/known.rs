//! What people know about the ledger when they act: what is under way, and what waits for somebody.

use crate::trial::company::{ENVIRONMENTS, SERVICES};
use tidegate_core::change::ChangeId;
use tidegate_core::digest::Digest;
use tidegate_core::id::{DepartureId, DeploymentId, EnvId, ServiceId};
use tidegate_core::model::{change, decision, departure, listing, sign_off};
use tidegate_core::stream::change::Change;
use tidegate_core::stream::config::{Config, Proposal};
use tidegate_core::stream::decision::{Decision, DecisionId};
use tidegate_core::stream::deployment::Deployment;
use tidegate_core::stream::environment;
use tidegate_core::view::View;
use tidegate_engine::Engine;
use tidegate_ledger::{StoreError, TxView};

/// Most rows of a kind that anybody looks at.
const MOST: usize = 100;

/// Phase of a departure that waits for a go.
const DUE: &str = "go/no-go";

/// What people know.
pub(super) struct Known {
    /// Deployments that have not ended.
    pub live: Vec<DeploymentId>,
    /// Changes that wait for a yes.
    pub changes: Vec<ChangeId>,
    /// Rollouts that wait for a signature.
    pub unsigned: Vec<(DeploymentId, Digest)>,
    /// Emergencies that owe their review.
    pub debts: Vec<(ChangeId, Digest)>,
    /// Decisions about the way back that are open.
    pub decisions: Vec<DecisionId>,
    /// Departures that have not left, the next one first.
    pub departures: Vec<DepartureId>,
    /// Of these, those that wait for a go.
    pub due: Vec<DepartureId>,
    /// Services that somebody changed by hand, and where.
    pub changed: Vec<(EnvId, ServiceId)>,
    /// Rules that somebody proposed.
    pub proposals: Vec<Proposal>,
}

pub(super) fn known(server: &Engine) -> Result<Known, StoreError> {
    server.read(|rows| {
        let view = TxView::new(rows);
        let view: &dyn View = &view;
        let all = |model: &str| rows.scan(model, "", None, MOST, false);
        let live = all(listing::LIVE)?;
        let live = live
            .iter()
            .filter_map(|(id, _)| DeploymentId::parse(id).ok());
        let changes = all(change::PENDING)?;
        let changes = changes.iter().filter_map(|(id, _)| ChangeId::new(id).ok());
        let unsigned = all(sign_off::WAITING)?.into_iter().filter_map(|(id, _)| {
            let id = DeploymentId::parse(&id).ok()?;
            let state: Deployment = view.load(id.as_str()).ok()?;
            Some((id, state.facts?.plan.digest))
        });
        let pay = ServiceId::new("pay").ok();
        let debts = pay.and_then(|pay| change::debts(view, &pay).ok());
        let due = |debt: &change::Debt| debt.due.is_some();
        let debts = debts.unwrap_or_default().into_iter().filter(due);
        let debts = debts.filter_map(|debt| {
            let state: Change = view.load(debt.change.as_str()).ok()?;
            Some((debt.change, state.facts?.planned?.subject))
        });
        let decisions = all(decision::ALL)?.into_iter().filter_map(|(id, body)| {
            let state: Decision = serde_json::from_str(&body).ok()?;
            let id = DecisionId::new(&id).ok()?;
            state.phase.is_open().then_some(id)
        });
        let departures = all(departure::DEPARTURES)?;
        let departures = departures.iter().filter_map(|(_, body)| {
            let row: departure::Row = serde_json::from_str(body).ok()?;
            row.is_ahead().then_some(row)
        });
        let departures: Vec<departure::Row> = departures.collect();
        let due = departures.iter().filter(|row| row.phase == DUE);
        let places = ENVIRONMENTS.into_iter().flat_map(|env| {
            let services = SERVICES.into_iter();
            services.filter_map(move |one| Some((EnvId::new(env).ok()?, ServiceId::new(one).ok()?)))
        });
        let is_held = |(env, service): &(EnvId, ServiceId)| {
            environment::found(view, env, service).is_ok_and(|drift| !drift.found.is_empty())
        };
        let config: Config = view.load(Config::KEY).unwrap_or_default();
        Ok(Known {
            live: live.collect(),
            changes: changes.collect(),
            unsigned: unsigned.collect(),
            debts: debts.collect(),
            decisions: decisions.collect(),
            due: due.map(|row| row.id.clone()).collect(),
            departures: departures.into_iter().map(|row| row.id).collect(),
            changed: places.filter(is_held).collect(),
            proposals: config.proposals().to_vec(),
        })
    })
}

/// A deployment as it is.
pub(super) fn deployment(server: &Engine, id: &DeploymentId) -> Option<Deployment> {
    let state = server.read(|rows| {
        let view = TxView::new(rows);
        Ok((&view as &dyn View).load(id.as_str()).ok())
    });
    state.ok().flatten()
}

/// The plan that a change is about.
pub(super) fn subject(server: &Engine, id: &ChangeId) -> Option<Digest> {
    let state = server.read(|rows| {
        let view = TxView::new(rows);
        Ok((&view as &dyn View).load::<Change>(id.as_str()).ok())
    });
    Some(state.ok()??.facts?.planned?.subject)
}
