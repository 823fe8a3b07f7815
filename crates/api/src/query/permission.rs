//! What whoever asks may do: by role, by token, and by the policies in force. Nothing here says what exists.

use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::Search;
use crate::look::Look;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use tidegate_client::wire::{Page, Permission};
use tidegate_core::actor::Actor;
use tidegate_core::authority::{ACTIONS, On, ROLES, Request, Right, Rule, Ruling, needed};
use tidegate_core::id::{EnvId, ReleaseId, ServiceId};
use tidegate_core::refusal::Refusal;
use tidegate_core::step::World;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(permissions))
}

/// What is asked.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// One action, as policies call it (`release promote`); all without it.
    action: Option<String>,
    /// About `service` or `service@version`.
    on: Option<String>,
    /// In this environment.
    environment: Option<String>,
}

/// What you may do, with the policies behind each answer.
#[utoipa::path(
    get,
    path = "/api/v1/permissions",
    tag = "users",
    operation_id = "permissions",
    params(Asked),
    responses((status = 200, description = "Actions", body = Page<Permission>))
)]
async fn permissions(
    State(app): State<App>,
    who: Caller,
    Search(asked): Search<Asked>,
) -> Result<Json<Page<Permission>>, Problem> {
    let on = about(&asked)?;
    let actor = who.actor();
    let chosen: Vec<&'static (&'static str, Right)> = ACTIONS
        .iter()
        .filter(|(name, right)| {
            *right != Right::Work && asked.action.as_deref().is_none_or(|a| a == *name)
        })
        .collect();
    if chosen.is_empty() {
        return Err(Refusal::Invalid {
            because: format!("there is no action `{}`", asked.action.unwrap_or_default()),
            help: "`tidegate role may` lists those there are".to_owned(),
        }
        .into());
    }
    let items = app
        .look(move |look| {
            let all = chosen.iter();
            Ok(all
                .map(|(action, right)| one(look, &actor, (action, *right), &on))
                .collect())
        })
        .await?;
    Ok(Json(Page { items, next: None }))
}

fn about(asked: &Asked) -> Result<On, Problem> {
    let mut on = On {
        environment: asked.environment.clone().map(EnvId::new).transpose()?,
        ..On::default()
    };
    match &asked.on {
        Some(text) if text.contains('@') => {
            let release: ReleaseId = text.parse()?;
            on.service = Some(release.service.clone());
            on.release = Some(release);
        }
        Some(text) => on.service = Some(ServiceId::new(text.clone())?),
        None => {}
    }
    Ok(on)
}

fn one(look: &Look<'_>, actor: &Actor, (action, right): (&str, Right), on: &On) -> Permission {
    let world = World {
        now: look.now,
        spec: &look.in_force.spec,
        origins: &look.in_force.origins,
        view: look.view(),
        judge: &*look.in_force.judge,
    };
    let texts = |rules: &[Rule]| rules.iter().map(ToString::to_string).collect::<Vec<_>>();
    let said = |rules: &[Rule]| {
        let all: Vec<&str> = rules.iter().map(|rule| rule.message.as_str()).collect();
        all.join("; ")
    };
    let mut local = actor.within.values();
    let listed =
        right.is_for(actor.role.as_str()) || local.any(|standing| right.is_for(standing.as_str()));
    let (allowed, because, rules) = match look
        .in_force
        .judge
        .judge(&Request::about(actor, action, on, &world))
    {
        _ if !listed => (false, lacking(action), Vec::new()),
        Ruling::Allowed { .. } if outside(actor, on) => {
            (false, "the token is for less".to_owned(), Vec::new())
        }
        Ruling::Allowed { by } => (true, said(&by), texts(&by)),
        Ruling::Unlisted => (false, lacking(action), Vec::new()),
        Ruling::Forbidden { by } => (false, said(&by), texts(&by)),
        Ruling::Broken { rules, because } => (
            false,
            format!("its policies cannot be asked: {because}"),
            texts(&rules),
        ),
    };
    let roles = ROLES.into_iter().filter(|role| right.is_for(role));
    Permission {
        action: action.to_owned(),
        allowed,
        because,
        rules,
        roles: roles.map(str::to_owned).collect(),
    }
}

fn lacking(action: &str) -> String {
    format!("it takes the role {}", needed(action))
}

/// Is it beyond what a token for less reaches? What names nothing may be anywhere.
fn outside(actor: &Actor, on: &On) -> bool {
    let Some(reach) = actor.reach.as_ref().filter(|reach| !reach.is_everything()) else {
        return false;
    };
    let service = reach.services.is_empty()
        || on
            .service
            .as_ref()
            .is_some_and(|s| reach.services.contains(s));
    let environment = reach.environments.is_empty()
        || on
            .environment
            .as_ref()
            .is_some_and(|e| reach.environments.contains(e));
    !(service && environment)
}
