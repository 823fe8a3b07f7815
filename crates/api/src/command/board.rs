//! What people say at a board: votes, answers, met conditions, and that it meets now.

use crate::App;
use crate::auth::Caller;
use crate::error::{Problem, kind};
use crate::extract::{Body, Key, Refs};
use crate::map::board::{meeting_id, meeting_of, named};
use crate::render::Done;
use axum::extract::State;
use tidegate_client::wire::{
    BoardAnswerRequest, BoardAttestationRequest, BoardChoice, BoardConfirmationRequest,
    BoardMeeting, BoardVoteRequest, Reason, Timestamp,
};
use tidegate_core::authority;
use tidegate_core::change::ChangeId;
use tidegate_core::command::Command;
use tidegate_core::digest::Digest;
use tidegate_core::id::{CommandId, Name, TeamId};
use tidegate_core::model::meeting::sittings_of;
use tidegate_core::refusal::Refusal;
use tidegate_core::stream::meeting::{self as core, Ballot, MeetingId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(open))
        .routes(routes!(vote))
        .routes(routes!(answer))
        .routes(routes!(confirm))
        .routes(routes!(attest))
        .routes(routes!(adopt))
}

/// Hold a sitting before its time: for those who lead the board. Its agenda takes nothing more.
#[utoipa::path(
    post,
    path = "/api/v1/boards/{board}/meetings/{day}/openings",
    tag = "changes",
    operation_id = "open_board",
    params(
        ("board" = String, Path, description = "Name"),
        ("day" = String, Path, description = "Day such as `2026-11-25`, or `next`")
    ),
    request_body = Reason,
    responses((status = 200, description = "The sitting", body = BoardMeeting))
)]
async fn open(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Refs(board, day): Refs,
    Body(why): Body<Reason>,
) -> Result<Done<BoardMeeting>, Problem> {
    let command = core::Command::Open {
        reason: super::reason(&why.reason)?,
    };
    tell(&app, &who, key.or_new()?, command, move |look| {
        meeting_id(look, &board, &day)
    })
    .await
}

/// Vote on a change: once a person, for the plan that was looked at, before or at the sitting.
#[utoipa::path(
    post,
    path = "/api/v1/boards/{board}/items/{change}/votes",
    tag = "changes",
    operation_id = "vote_on_board",
    params(
        ("board" = String, Path, description = "Name"),
        ("change" = String, Path, description = "Name, such as `CHG-1`")
    ),
    request_body = BoardVoteRequest,
    responses((status = 200, description = "The sitting that decides about it", body = BoardMeeting))
)]
async fn vote(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Refs(board, change): Refs,
    Body(request): Body<BoardVoteRequest>,
) -> Result<Done<BoardMeeting>, Problem> {
    let change = ChangeId::new(&change)?;
    super::text("reason", &request.reason)?;
    let subject = subject(&request.plan)?;
    let command = core::Command::Vote {
        change: change.clone(),
        subject,
        criteria: match request.criteria.as_deref() {
            None => None,
            Some(text) => Some(text.parse().map_err(|_| Refusal::Invalid {
                because: format!("`{text}` is no digest of criteria"),
                help: "send the `digest` of the criteria of the sitting".to_owned(),
            })?),
        },
        team: request.team.clone().map(TeamId::new).transpose()?,
        instead_of: request.instead_of.clone(),
        reason: request.reason.trim().to_owned(),
        ballot: ballot(request)?,
    };
    about(&app, &who, key.or_new()?, (board, change), command).await
}

/// Answer what the board asked an expert: for that person, and once it is overdue for those who lead the board.
#[utoipa::path(
    post,
    path = "/api/v1/boards/{board}/items/{change}/answers",
    tag = "changes",
    operation_id = "answer_board",
    params(
        ("board" = String, Path, description = "Name"),
        ("change" = String, Path, description = "Name, such as `CHG-1`")
    ),
    request_body = BoardAnswerRequest,
    responses((status = 200, description = "The sitting that decides about it", body = BoardMeeting))
)]
async fn answer(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Refs(board, change): Refs,
    Body(request): Body<BoardAnswerRequest>,
) -> Result<Done<BoardMeeting>, Problem> {
    let change = ChangeId::new(&change)?;
    let command = core::Command::Answer {
        change: change.clone(),
        text: super::reason(&request.text)?,
    };
    about(&app, &who, key.or_new()?, (board, change), command).await
}

/// Confirm that a condition is met, with what shows it: for people without a part in the change.
#[utoipa::path(
    post,
    path = "/api/v1/boards/{board}/items/{change}/confirmations",
    tag = "changes",
    operation_id = "confirm_board_condition",
    params(
        ("board" = String, Path, description = "Name"),
        ("change" = String, Path, description = "Name, such as `CHG-1`")
    ),
    request_body = BoardConfirmationRequest,
    responses((status = 200, description = "The sitting that decided about it", body = BoardMeeting))
)]
async fn confirm(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Refs(board, change): Refs,
    Body(request): Body<BoardConfirmationRequest>,
) -> Result<Done<BoardMeeting>, Problem> {
    let change = ChangeId::new(&change)?;
    let command = core::Command::Confirm {
        change: change.clone(),
        condition: request.condition,
        evidence: super::reason(&request.evidence)?,
    };
    about(&app, &who, key.or_new()?, (board, change), command).await
}

/// Say whether a criterion holds: for members of the team it asks, for the plan that was looked at.
#[utoipa::path(
    post,
    path = "/api/v1/boards/{board}/items/{change}/attestations",
    tag = "changes",
    operation_id = "attest_criterion",
    params(
        ("board" = String, Path, description = "Name"),
        ("change" = String, Path, description = "Name, such as `CHG-1`")
    ),
    request_body = BoardAttestationRequest,
    responses((status = 200, description = "The sitting that decides about it", body = BoardMeeting))
)]
async fn attest(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Refs(board, change): Refs,
    Body(request): Body<BoardAttestationRequest>,
) -> Result<Done<BoardMeeting>, Problem> {
    let change = ChangeId::new(&change)?;
    let command = core::Command::Attest {
        change: change.clone(),
        subject: subject(&request.plan)?,
        criterion: Name::new(request.criterion)?,
        met: request.met,
        evidence: super::reason(&request.evidence)?,
    };
    about(&app, &who, key.or_new()?, (board, change), command).await
}

/// Take over the criteria that the configuration has by now: for those who lead the board. Votes were for those before.
#[utoipa::path(
    post,
    path = "/api/v1/boards/{board}/meetings/{day}/criteria",
    tag = "changes",
    operation_id = "adopt_criteria",
    params(
        ("board" = String, Path, description = "Name"),
        ("day" = String, Path, description = "Day such as `2026-11-25`, or `next`")
    ),
    request_body = Reason,
    responses((status = 200, description = "The sitting", body = BoardMeeting))
)]
async fn adopt(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Refs(board, day): Refs,
    Body(why): Body<Reason>,
) -> Result<Done<BoardMeeting>, Problem> {
    let command = core::Command::Adopt {
        reason: super::reason(&why.reason)?,
    };
    tell(&app, &who, key.or_new()?, command, move |look| {
        meeting_id(look, &board, &day)
    })
    .await
}

fn subject(plan: &str) -> Result<Digest, Refusal> {
    plan.parse().map_err(|_| Refusal::Invalid {
        because: format!("`{plan}` is no digest of a plan"),
        help: "send the `plan` of the item, as the agenda shows it".to_owned(),
    })
}

fn ballot(request: BoardVoteRequest) -> Result<Ballot, Problem> {
    let missing = |what: &str| {
        Refusal::Invalid {
        because: format!("this vote does not say {what}"),
        help: "send `condition`, `person` and `until` with `go-if`, `person` and `until` with `needs-context`".to_owned(),
    }
    };
    let person = || request.person.clone().ok_or_else(|| missing("who"));
    let until =
        || -> Result<Timestamp, Refusal> { request.until.ok_or_else(|| missing("until when")) };
    Ok(match request.choice {
        BoardChoice::Go => Ballot::Go,
        BoardChoice::NoGo => Ballot::NoGo {
            next: request.next.ok_or_else(|| Refusal::Invalid {
                because: "a no-go does not say when it is looked at again".to_owned(),
                help: "name the date: `--next 2026-12-01`, in the API `next`".to_owned(),
            })?,
        },
        BoardChoice::GoIf => {
            let text = request.condition.clone().unwrap_or_default();
            Ballot::GoIf {
                text: super::reason(&text)?,
                owner: person()?,
                until: until()?,
            }
        }
        BoardChoice::NeedsContext => Ballot::NeedsContext {
            expert: person()?,
            due: until()?,
        },
    })
}

/// A command about a change, for the sitting that decides about it.
async fn about(
    app: &App,
    who: &Caller,
    key: CommandId,
    (board, change): (String, ChangeId),
    command: core::Command,
) -> Result<Done<BoardMeeting>, Problem> {
    tell(app, who, key, command, move |look| {
        let (name, _) = named(look, &board)?;
        let sittings = sittings_of(look.view(), &change)?;
        let found = sittings.into_iter().find(|(board, _)| *board == name);
        let (_, id) = found.ok_or_else(|| Refusal::Invalid {
            because: format!("{change} is on no agenda of {name}"),
            help: format!("`tidegate board agenda {name}` shows what is"),
        })?;
        Ok(id)
    })
    .await
}

async fn tell(
    app: &App,
    who: &Caller,
    key: CommandId,
    command: core::Command,
    which: impl Fn(&crate::look::Look<'_>) -> Result<MeetingId, Problem> + Send + 'static,
) -> Result<Done<BoardMeeting>, Problem> {
    let asker = who.clone();
    // Whoever may not speak at all learns nothing about what there is; the name stands for any meeting.
    let probe = Command::Meeting {
        id: MeetingId::new(Name::new("any")?, jiff::civil::Date::constant(2000, 1, 1)),
        command: command.clone(),
    };
    let id = app
        .look(move |look| {
            let actor = asker.actor();
            authority::authorise(&actor, &probe, look.view())?;
            authority::entitled(&actor, &probe, &look.in_force.spec, look.view())?;
            which(look)
        })
        .await?;
    let told = Command::Meeting {
        id: id.clone(),
        command,
    };
    let sent = app.submit(who, key, told).await;
    let receipt = sent.map_err(|problem| {
        if problem.is(&kind::PARENT_MOVED) {
            problem.of_kind(&kind::STALE_PLAN)
        } else {
            problem
        }
    })?;
    let shown = app.look(move |look| meeting_of(look, &id)).await?;
    Ok(Done::changed(shown, receipt.replayed))
}
