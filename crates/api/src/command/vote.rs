//! Yes and no to the plans of changes. Every vote goes to the ledger, also one that is refused.

use crate::App;
use crate::auth::{Caller, RefusedVote, refused_vote};
use crate::error::{Problem, kind};
use crate::extract::{Body, Key, Plans, Ref};
use crate::look::Look;
use crate::map::change::{change_of, of_release, person};
use crate::render::Done;
use axum::extract::State;
use tidegate_client::wire::{self, ApprovalRequest, Page, Reason, VoteSignature};
use tidegate_core::authority;
use tidegate_core::change::ChangeId;
use tidegate_core::command::Command;
use tidegate_core::digest::Digest;
use tidegate_core::id::{CommandId, Name, ReleaseId, TeamId};
use tidegate_core::limits;
use tidegate_core::model::person::{self, PEOPLE, Row};
use tidegate_core::refusal::Refusal;
use tidegate_core::step::Item;
use tidegate_core::stream::change::{self as core, Change, Presented};
use tidegate_policy::signature::is_genuine;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(approve))
        .routes(routes!(reject))
        .routes(routes!(approve_release))
        .routes(routes!(reject_release))
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

/// Keys of others that a wrong signature is tried with.
const KEYS: usize = 1_000;

/// What a vote is about.
enum About {
    Change(ChangeId),
    Release(ReleaseId),
}

impl std::fmt::Display for About {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Change(id) => write!(f, "change/{id}"),
            Self::Release(release) => write!(f, "release/{release}"),
        }
    }
}

/// What is said, once the plan is known.
type Said = Box<dyn Fn(Digest, Option<Presented>) -> core::Command + Send + Sync>;

fn yes(request: ApprovalRequest) -> Result<(Said, Option<VoteSignature>), Problem> {
    super::text("reason", &request.reason)?;
    let team = request.team.map(TeamId::new).transpose()?;
    let sign = request.sign.map(Name::new).transpose()?;
    let reason = request.reason.trim().to_owned();
    let instead_of = request.instead_of;
    let said: Said = Box::new(move |subject, signature| core::Command::Approve {
        subject,
        team: team.clone(),
        sign: sign.clone(),
        instead_of: instead_of.clone(),
        reason: reason.clone(),
        signature,
    });
    Ok((said, request.signature))
}

fn no(why: Reason) -> Result<(Said, Option<VoteSignature>), Problem> {
    let reason = super::reason(&why.reason)?;
    let said: Said = Box::new(move |subject, _| core::Command::Reject {
        subject,
        reason: reason.clone(),
    });
    Ok((said, None))
}

/// One vote for each plan that was named; none at all when one of them is no longer what would be done.
async fn vote(
    app: &App,
    who: &Caller,
    key: CommandId,
    (about, Plans(plans)): (About, Plans),
    (said, signature): (Said, Option<VoteSignature>),
) -> Result<Done<Page<wire::Change>>, Problem> {
    let asker = who.clone();
    let probe = Command::Change {
        id: None,
        command: said(Digest::of(b""), None),
    };
    let what = (probe.name(), about.to_string());
    let looked = app
        .look(move |look| {
            // Whoever may not vote at all learns nothing about what there is.
            let actor = asker.actor();
            authority::authorise(&actor, &probe, look.view())?;
            let spec = &look.in_force.spec;
            match &about {
                About::Change(id) => {
                    let mut probe = probe.clone();
                    if let Command::Change { id: named, .. } = &mut probe {
                        *named = Some(id.clone());
                    }
                    authority::entitled(&actor, &probe, spec, look.view())?;
                }
                About::Release(release) => {
                    let there = (&release.service, None);
                    authority::entitled_there(&actor, &probe.name(), there, spec)?;
                }
            }
            wanted(look, &asker, (&about, &plans), signature.clone())
        })
        .await;
    let (meant, presented) = match looked {
        Ok(found) => found,
        Err(problem) => return Err(recorded(app, who, &key, what, problem).await),
    };
    // Who names a plan twice says it once.
    let mut named = std::collections::BTreeSet::new();
    let meant: Vec<_> = meant
        .into_iter()
        .filter(|(id, _)| named.insert(id.clone()))
        .collect();
    let ids: Vec<ChangeId> = meant.iter().map(|(id, _)| id.clone()).collect();
    let replayed = sent(app, who, (key, meant), (said, presented)).await?;
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

/// Send the votes as one: all are recorded, or none is. Whether they were before.
async fn sent(
    app: &App,
    who: &Caller,
    (key, meant): (CommandId, Vec<(ChangeId, Digest)>),
    (said, presented): (Said, Option<Presented>),
) -> Result<bool, Problem> {
    let Some((first, _)) = meant.first() else {
        return Ok(true);
    };
    let id = CommandId(format!("{}/{first}", key.0));
    let mut commands: Vec<Command> = meant
        .into_iter()
        .map(|(id, plan)| Command::Change {
            id: Some(id),
            command: said(plan, presented.clone()),
        })
        .collect();
    let command = commands.remove(0);
    let item = Item {
        id,
        actor: who.actor(),
        command,
    };
    let sent = app.blocking(move |engine| Ok(engine.submit_together(item, commands)?));
    let receipt = sent.await.map_err(|problem| {
        if problem.is(&kind::PARENT_MOVED) {
            problem.of_kind(&kind::STALE_PLAN)
        } else {
            problem
        }
    })?;
    Ok(receipt.replayed)
}

/// Changes and plans that are meant, and the signature with whoever made it.
type Wanted = (Vec<(ChangeId, Digest)>, Option<Presented>);

/// What is meant by a vote, as far as that can be told before it is a command.
fn wanted(
    look: &Look<'_>,
    who: &Caller,
    (about, plans): (&About, &[Digest]),
    signature: Option<VoteSignature>,
) -> Result<Wanted, Problem> {
    if signature.is_some() && plans.len() != 1 {
        return Err(Refusal::Invalid {
            because: "a signature is for one plan".to_owned(),
            help: "name one environment, or the change".to_owned(),
        }
        .into());
    }
    let found = match about {
        About::Change(id) => vec![(id.clone(), look.load("change", id.as_str())?)],
        About::Release(release) => of_release(look, release)?,
    };
    let me = person(look, who);
    let one = |plan| meant(&found, plan).ok_or_else(|| stale(look, &found, plan, me.as_deref()));
    let meant = plans.iter().map(one).collect::<Result<Vec<_>, _>>()?;
    let presented = signature.map(|s| presented(look, me.as_deref(), s));
    Ok((meant, presented))
}

/// What is refused before it is a command goes to the ledger as what is refused later: with its reason.
async fn recorded(
    app: &App,
    who: &Caller,
    key: &CommandId,
    (action, about): (String, String),
    problem: Problem,
) -> Problem {
    if !problem.status().is_client_error() {
        return problem;
    }
    let (who, key) = (who.actor(), key.clone());
    let because = problem.detail().to_owned();
    let written = app
        .blocking(move |engine| {
            let vote = RefusedVote {
                action: &action,
                about: &about,
                because: &because,
            };
            Ok(refused_vote(engine, &who, &key, &vote)?)
        })
        .await;
    // Without the record there is no answer about it either: nobody could tell later that it was refused.
    written.err().unwrap_or(problem)
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
    look: &Look<'_>,
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

/// A signature with the public key that made it: of the person, else of anybody known, so that the refusal can tell.
fn presented(look: &Look<'_>, person: Option<&str>, sent: VoteSignature) -> Presented {
    let made = |public: &&String| is_genuine(public, &sent.statement, &sent.value);
    let row = person.and_then(|name| person::row(look.view(), name));
    let own = row
        .iter()
        .flat_map(|row| row.keys.values().chain(row.revoked.keys()));
    let genuine_for = own.clone().find(made).cloned().or_else(|| {
        let rows = look.view().scan(PEOPLE, "", limits::PEOPLE);
        let rows = rows.into_iter();
        let keys = rows.filter_map(|(_, body)| serde_json::from_str::<Row>(&body).ok());
        keys.flat_map(|row| row.keys.into_values())
            .take(KEYS)
            .find(|public| made(&public))
    });
    Presented {
        key: sent.key,
        value: sent.value,
        statement: sent.statement,
        genuine_for,
    }
}
