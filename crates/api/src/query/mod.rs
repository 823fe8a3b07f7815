//! Everything that only reads.

mod agent;
mod archive;
mod artifact;
mod audit;
mod board;
mod calendar;
mod change;
mod config;
pub(crate) mod decision;
mod delegation;
mod deployment;
mod doctor;
mod entry;
mod environment;
mod erasure;
mod evidence;
mod export;
mod forecast;
mod freeze;
mod notes;
mod notice;
mod overrides;
mod page;
mod permission;
mod proof;
mod public;
mod queue;
mod readiness;
mod release;
mod risk;
mod rollback_decision;
mod scope;
mod server;
mod service;
mod simulation;
mod token;
mod train;
mod usage;
mod user;
mod whereabouts;

use crate::App;
use utoipa_axum::router::OpenApiRouter;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(agent::routes())
        .merge(artifact::routes())
        .merge(release::routes())
        .merge(scope::routes())
        .merge(deployment::routes())
        .merge(environment::routes())
        .merge(erasure::routes())
        .merge(archive::routes())
        .merge(entry::routes())
        .merge(freeze::routes())
        .merge(notice::routes())
        .merge(notes::routes())
        .merge(service::routes())
        .merge(public::routes())
        .merge(queue::routes())
        .merge(decision::routes())
        .merge(calendar::routes())
        .merge(risk::routes())
        .merge(simulation::routes())
        .merge(forecast::routes())
        .merge(readiness::routes())
        .merge(whereabouts::routes())
        .merge(audit::routes())
        .merge(overrides::routes())
        .merge(evidence::routes())
        .merge(export::routes())
        .merge(proof::routes())
        .merge(change::routes())
        .merge(delegation::routes())
        .merge(rollback_decision::routes())
        .merge(board::routes())
        .merge(config::routes())
        .merge(token::routes())
        .merge(train::routes())
        .merge(usage::routes())
        .merge(user::routes())
        .merge(permission::routes())
        .merge(server::routes())
        .merge(doctor::routes())
}
