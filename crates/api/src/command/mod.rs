//! Everything that changes something: map the request to a command, submit it, show what it led to.

mod archive;
mod artifact;
mod board;
mod calendar_feed;
mod calendar_import;
mod change;
mod config;
mod delegation;
mod deployment;
mod enrolment;
mod entry;
mod environment;
mod erasure;
mod exception;
mod freeze;
mod imported_calendar;
mod proposal;
mod release;
mod rollback;
mod rollback_decision;
mod scope;
mod session;
mod token;
mod train;
mod user;
mod vote;

pub(crate) use session::signed_in;

use crate::App;
use crate::error::Problem;
use tidegate_core::limits::TEXT;
use tidegate_core::refusal::Refusal;
use utoipa_axum::router::OpenApiRouter;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(artifact::routes())
        .merge(release::routes())
        .merge(scope::routes())
        .merge(deployment::routes())
        .merge(rollback::routes())
        .merge(environment::routes())
        .merge(erasure::routes())
        .merge(archive::routes())
        .merge(entry::routes())
        .merge(freeze::routes())
        .merge(exception::routes())
        .merge(change::routes())
        .merge(vote::routes())
        .merge(delegation::routes())
        .merge(rollback_decision::routes())
        .merge(board::routes())
        .merge(config::routes())
        .merge(proposal::routes())
        .merge(token::routes())
        .merge(enrolment::routes())
        .merge(train::routes())
        .merge(session::routes())
        .merge(user::routes())
        .merge(calendar_feed::routes())
        .merge(calendar_import::routes())
        .merge(imported_calendar::routes())
}

/// A text people wrote: bounded and without control characters, which could forge lines where it is shown.
pub(crate) fn text(what: &str, text: &str) -> Result<(), Problem> {
    if text.chars().count() > TEXT {
        return Err(Refusal::OverLimit {
            what: format!("the length of the {what}"),
            limit: TEXT as u64,
        }
        .into());
    }
    if text
        .chars()
        .any(|c| c.is_control() && c != '\n' && c != '\t')
    {
        return Err(Refusal::Invalid {
            because: format!("the {what} holds control characters"),
            help: "write plain text".to_owned(),
        }
        .into());
    }
    Ok(())
}

/// A reason, which must say something.
pub(crate) fn reason(given: &str) -> Result<String, Problem> {
    text("reason", given)?;
    let given = given.trim();
    if given.is_empty() {
        let help = "say why in a few words; it is kept in the audit trail".to_owned();
        return Err(Refusal::Invalid {
            because: "the reason is empty".to_owned(),
            help,
        }
        .into());
    }
    Ok(given.to_owned())
}
