//! What people say to a change: yes, no, another class, a document, an emergency, its review.

use crate::App;
use crate::auth::Caller;
use crate::error::{Problem, kind};
use crate::extract::{Body, Key, Plans, Ref};
use crate::map::change::{change_of, newest, of_release, person};
use crate::render::Done;
use axum::extract::State;
use tidegate_client::wire::{
    self, ApprovalRequest, DocumentRequest, EmergencyRequest, Page, RaiseRequest, Reason,
    ReviewRequest,
};
use tidegate_core::authority;
use tidegate_core::change::ChangeId;
use tidegate_core::command::Command;
use tidegate_core::digest::Digest;
use tidegate_core::id::{CommandId, EnvId, Name, ReleaseId, TeamId};
use tidegate_core::refusal::Refusal;
use tidegate_core::spec::{ChangeClass, Document};
use tidegate_core::stream::change::{self as core, Change};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(approve))
        .routes(routes!(reject))
        .routes(routes!(approve_release))
        .routes(routes!(reject_release))
        .routes(routes!(raise))
        .routes(routes!(lower))
        .routes(routes!(write))
        .routes(routes!(review))
        .routes(routes!(emergency))
}

/// Say yes to the plan of a change. `If-Match` names the plan that was looked at.
#[utoipa::path(
    post,
    path = "/api/v1/changes/{change}/approvals",
    tag = "changes",
    operation_id = "approve_change",
    params(
        ("change" = String, Path, description = "Name, such as `CHG-1`"),
        ("If-Match" = String, Header, description = "Digest of the plan that was looked at")
    ),
    request_body = ApprovalRequest,
    responses((status = 200, description = "It is recorded", body = Page<wire::Change>))
)]
async fn approve(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    plans: Plans,
    Body(request): Body<ApprovalRequest>,
) -> Result<Done<Page<wire::Change>>, Problem> {
    let about = About::Change(ChangeId::new(&name)?);
    vote(&app, &who, key.required()?, (about, plans), yes(request)?).await
}

/// Say no to the plan of a change: for everybody who is asked. `If-Match` names the plan that was looked at.
#[utoipa::path(
    post,
    path = "/api/v1/changes/{change}/rejections",
    tag = "changes",
    operation_id = "reject_change",
    params(
        ("change" = String, Path, description = "Name, such as `CHG-1`"),
        ("If-Match" = String, Header, description = "Digest of the plan that was looked at")
    ),
    request_body = Reason,
    responses((status = 200, description = "It is recorded", body = Page<wire::Change>))
)]
async fn reject(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    plans: Plans,
    Body(why): Body<Reason>,
) -> Result<Done<Page<wire::Change>>, Problem> {
    let about = About::Change(ChangeId::new(&name)?);
    vote(&app, &who, key.required()?, (about, plans), no(why)?).await
}

/// Say yes to a release in each environment whose plan `If-Match` names.
#[utoipa::path(
    post,
    path = "/api/v1/releases/{reference}/approvals",
    tag = "changes",
    operation_id = "approve_release",
    params(
        ("reference" = String, Path, description = "`service@version`"),
        ("If-Match" = String, Header, description = "Digests of the plans that were looked at")
    ),
    request_body = ApprovalRequest,
    responses((status = 200, description = "It is recorded", body = Page<wire::Change>))
)]
async fn approve_release(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    plans: Plans,
    Body(request): Body<ApprovalRequest>,
) -> Result<Done<Page<wire::Change>>, Problem> {
    let about = About::Release(name.parse()?);
    vote(&app, &who, key.required()?, (about, plans), yes(request)?).await
}

/// Say no to a release in each environment whose plan `If-Match` names.
#[utoipa::path(
    post,
    path = "/api/v1/releases/{reference}/rejections",
    tag = "changes",
    operation_id = "reject_release",
    params(
        ("reference" = String, Path, description = "`service@version`"),
        ("If-Match" = String, Header, description = "Digests of the plans that were looked at")
    ),
    request_body = Reason,
    responses((status = 200, description = "It is recorded", body = Page<wire::Change>))
)]
async fn reject_release(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    plans: Plans,
    Body(why): Body<Reason>,
) -> Result<Done<Page<wire::Change>>, Problem> {
    let about = About::Release(name.parse()?);
    vote(&app, &who, key.required()?, (about, plans), no(why)?).await
}

/// What a vote is about.
enum About {
    Change(ChangeId),
    Release(ReleaseId),
}

/// What is said, once the plan is known.
type Said = Box<dyn Fn(Digest) -> core::Command + Send>;

fn yes(request: ApprovalRequest) -> Result<Said, Problem> {
    super::text("reason", &request.reason)?;
    let team = request.team.map(TeamId::new).transpose()?;
    let sign = request.sign.map(Name::new).transpose()?;
    let reason = request.reason.trim().to_owned();
    let instead_of = request.instead_of;
    Ok(Box::new(move |subject| core::Command::Approve {
        subject,
        team: team.clone(),
        sign: sign.clone(),
        instead_of: instead_of.clone(),
        reason: reason.clone(),
        signature: None,
    }))
}

fn no(why: Reason) -> Result<Said, Problem> {
    let reason = super::reason(&why.reason)?;
    Ok(Box::new(move |subject| core::Command::Reject {
        subject,
        reason: reason.clone(),
    }))
}

/// One vote for each plan that was named; none at all when one of them is no longer what would be done.
async fn vote(
    app: &App,
    who: &Caller,
    key: CommandId,
    (about, Plans(plans)): (About, Plans),
    said: Said,
) -> Result<Done<Page<wire::Change>>, Problem> {
    let asker = who.clone();
    let probe = Command::Change {
        id: None,
        command: said(plans.first().cloned().unwrap_or_else(|| Digest::of(b""))),
    };
    let meant = app
        .look(move |look| {
            // Whoever may not vote at all learns nothing about what there is.
            authority::authorise(&asker.actor(), &probe, look.view())?;
            let found = match &about {
                About::Change(id) => vec![(id.clone(), look.load("change", id.as_str())?)],
                About::Release(release) => of_release(look, release)?,
            };
            let me = person(look, &asker);
            plans
                .iter()
                .map(|plan| {
                    meant(&found, plan).ok_or_else(|| stale(look, &found, plan, me.as_deref()))
                })
                .collect::<Result<Vec<_>, _>>()
        })
        .await?;
    let mut replayed = true;
    let mut ids = Vec::new();
    for (id, plan) in meant {
        // Each vote is a command of its own; the key of the whole makes each the same when it is sent again.
        let key = CommandId(format!("{}/{id}", key.0));
        let command = Command::Change {
            id: Some(id.clone()),
            command: said(plan),
        };
        let sent = app.submit(who, key, command).await;
        let receipt = sent.map_err(|problem| {
            if problem.is(&kind::PARENT_MOVED) {
                problem.of_kind(&kind::STALE_PLAN)
            } else {
                problem
            }
        })?;
        replayed &= receipt.replayed;
        ids.push(id);
    }
    let asker = who.clone();
    let items = app
        .look(move |look| {
            let me = person(look, &asker);
            let all = ids.iter();
            all.map(|id| change_of(look, id.as_str(), me.as_deref()))
                .collect()
        })
        .await?;
    Ok(Done::changed(Page { items, next: None }, replayed))
}

/// The change whose plan was looked at.
fn meant(found: &[(ChangeId, Change)], plan: &Digest) -> Option<(ChangeId, Digest)> {
    let of = |state: &Change| {
        let planned = state.facts.as_deref()?.planned.as_ref()?;
        Some(planned.subject.clone())
    };
    let (id, _) = found
        .iter()
        .find(|(_, state)| of(state).as_ref() == Some(plan))?;
    Some((id.clone(), plan.clone()))
}

/// The refusal of a vote on a plan that is no longer what would be done, with what would be done now.
fn stale(
    look: &crate::look::Look<'_>,
    found: &[(ChangeId, Change)],
    plan: &Digest,
    me: Option<&str>,
) -> Problem {
    let Some((id, state)) = found.first() else {
        return Refusal::NotFound {
            what: "change".to_owned(),
            name: "of this release".to_owned(),
        }
        .into();
    };
    let planned = state.facts.as_deref().and_then(|f| f.planned.as_ref());
    let now = planned.map_or_else(
        || "has none yet".to_owned(),
        |p| format!("is sha256:{} now", p.subject.short(8)),
    );
    let detail = format!(
        "sha256:{} is no longer what would be done; the plan of {id} {now}",
        plan.short(8)
    );
    let help = "look at the new plan, then decide again; nothing was recorded";
    let problem = Problem::new(&kind::STALE_PLAN, detail, help);
    match crate::map::change::change(look, state, me) {
        Ok(change) => problem.with_change(change),
        Err(_) => problem,
    }
}

/// Give a change a stricter class.
#[utoipa::path(
    post,
    path = "/api/v1/changes/{change}/raises",
    tag = "changes",
    operation_id = "raise_change",
    params(("change" = String, Path, description = "Name, such as `CHG-1`")),
    request_body = RaiseRequest,
    responses((status = 200, description = "It has the class", body = wire::Change))
)]
async fn raise(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(request): Body<RaiseRequest>,
) -> Result<Done<wire::Change>, Problem> {
    let reason = super::reason(&request.reason)?;
    let class = ChangeClass::named(&request.class).ok_or_else(|| Refusal::Invalid {
        because: format!("`{}` is no class of changes", request.class),
        help: "write `normal` or `major`".to_owned(),
    })?;
    let command = core::Command::Raise { class, reason };
    change(&app, &who, key.or_new()?, &name, command).await
}

/// Give a change back the class that the rules give it: for those who are asked and have no part in it.
#[utoipa::path(
    post,
    path = "/api/v1/changes/{change}/lowerings",
    tag = "changes",
    operation_id = "lower_change",
    params(("change" = String, Path, description = "Name, such as `CHG-1`")),
    request_body = Reason,
    responses((status = 200, description = "It has the class of the rules", body = wire::Change))
)]
async fn lower(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(why): Body<Reason>,
) -> Result<Done<wire::Change>, Problem> {
    let reason = super::reason(&why.reason)?;
    let command = core::Command::Lower { reason };
    change(&app, &who, key.or_new()?, &name, command).await
}

/// Write a part of the document pack.
#[utoipa::path(
    post,
    path = "/api/v1/changes/{change}/documents",
    tag = "changes",
    operation_id = "write_document",
    params(("change" = String, Path, description = "Name, such as `CHG-1`")),
    request_body = DocumentRequest,
    responses((status = 200, description = "It is written", body = wire::Change))
)]
async fn write(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(request): Body<DocumentRequest>,
) -> Result<Done<wire::Change>, Problem> {
    super::text("document", &request.text)?;
    let document = Document::named(&request.document).ok_or_else(|| {
        let all: Vec<&str> = Document::ALL.iter().map(|d| d.as_str()).collect();
        Refusal::Invalid {
            because: format!("`{}` is no part of the document pack", request.document),
            help: format!("write one of {}", all.join(", ")),
        }
    })?;
    let text = request.text;
    let command = core::Command::Write { document, text };
    change(&app, &who, key.or_new()?, &name, command).await
}

/// Close the review of an emergency: for everybody but those who declared or asked for it.
#[utoipa::path(
    post,
    path = "/api/v1/changes/{change}/reviews",
    tag = "changes",
    operation_id = "review_change",
    params(("change" = String, Path, description = "Name, such as `CHG-1`")),
    request_body = ReviewRequest,
    responses((status = 200, description = "It is reviewed", body = wire::Change))
)]
async fn review(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(request): Body<ReviewRequest>,
) -> Result<Done<wire::Change>, Problem> {
    let findings = super::reason(&request.findings)?;
    let root_cause = request.root_cause;
    super::text("root cause", root_cause.as_deref().unwrap_or_default())?;
    let command = core::Command::Review {
        findings,
        root_cause,
    };
    change(&app, &who, key.or_new()?, &name, command).await
}

/// Declare that a release repairs an incident and cannot wait: fewer people are asked, for a limited time, and the rest is
/// owed afterwards.
#[utoipa::path(
    post,
    path = "/api/v1/releases/{reference}/emergencies",
    tag = "changes",
    operation_id = "declare_emergency",
    params(("reference" = String, Path, description = "`service@version`")),
    request_body = EmergencyRequest,
    responses((status = 200, description = "It is declared", body = wire::Change))
)]
async fn emergency(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(request): Body<EmergencyRequest>,
) -> Result<Done<wire::Change>, Problem> {
    let release: ReleaseId = name.parse()?;
    let environment = EnvId::new(&request.environment)?;
    super::text("incident", &request.incident)?;
    super::text(
        "root cause",
        request.root_cause.as_deref().unwrap_or_default(),
    )?;
    let command = Command::Change {
        id: None,
        command: core::Command::Emergency {
            release: release.clone(),
            environment: environment.clone(),
            incident: request.incident.trim().to_owned(),
            reason: super::reason(&request.reason)?,
            root_cause: request.root_cause,
        },
    };
    let receipt = app.submit(&who, key.required()?, command).await?;
    let shown = app
        .look(move |look| {
            let me = person(look, &who);
            newest(look, &release, &environment, me.as_deref())
        })
        .await?;
    Ok(Done::changed(shown, receipt.replayed))
}

async fn change(
    app: &App,
    who: &Caller,
    key: CommandId,
    name: &str,
    command: core::Command,
) -> Result<Done<wire::Change>, Problem> {
    let id = ChangeId::new(name)?;
    let command = Command::Change {
        id: Some(id.clone()),
        command,
    };
    let receipt = app.submit(who, key, command).await?;
    let asker = who.clone();
    let shown = app
        .look(move |look| change_of(look, id.as_str(), person(look, &asker).as_deref()))
        .await?;
    Ok(Done::changed(shown, receipt.replayed))
}
