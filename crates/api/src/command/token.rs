//! Make and end tokens. What lets in is a row beside the ledger; that it was made and ended, by whom and for what role, is an
//! entry of the same transaction.

use crate::App;
use crate::auth::{self, AccessToken, Caller, Grant, Used, grant_of, is_live, role_of, row_of};
use crate::error::{Problem, kind};
use crate::extract::{Body, Ref};
use crate::{look, map};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use tidegate_client::wire::{NewToken, TokenRequest};
use tidegate_core::actor::{Actor, Role};
use tidegate_core::people;
use tidegate_core::refusal::Refusal;
use tidegate_core::spec::Spec;
use tidegate_core::time::{Millis, Timestamp};
use tidegate_core::view::View;
use tidegate_engine::Engine;
use tidegate_ledger::{Rows, StoreError, TokenRow, Tx, TxView};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Longest name in characters.
const NAME: usize = 100;
/// Tokens at a time.
const TOKENS: usize = 1_000;
/// Longest time of a token that a person made for an agent, in seconds.
const AGENT: u64 = 24 * 60 * 60;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create))
        .routes(routes!(revoke))
}

/// Make a token. Its text is in this answer and never again.
#[utoipa::path(
    post,
    path = "/api/v1/tokens",
    tag = "tokens",
    operation_id = "create_token",
    request_body = TokenRequest,
    responses((status = 201, description = "Made", body = NewToken))
)]
async fn create(
    State(app): State<App>,
    who: Caller,
    Body(request): Body<TokenRequest>,
) -> Result<(StatusCode, Json<NewToken>), Problem> {
    let (role, reach) = map::token::role(&request)?;
    let new = New {
        role,
        name: request.name,
        grant: Grant {
            account: request.account,
            owner: request.owner,
            reach,
            ..Grant::default()
        },
        expires_in_s: request.expires_in_s,
    };
    let (row, token) = app
        .blocking(move |engine| made(engine, &who.actor(), &new))
        .await?;
    let (role, environments) = map::token::parts(&role_of(&row)?);
    let made = NewToken {
        name: row.name,
        token: token.reveal().to_owned(),
        role,
        environments: if environments.is_empty() {
            request.environments
        } else {
            environments
        },
        expires_at: row.expires,
    };
    Ok((StatusCode::CREATED, Json(made)))
}

/// End a token at once.
#[utoipa::path(
    delete,
    path = "/api/v1/tokens/{name}",
    tag = "tokens",
    operation_id = "revoke_token",
    params(("name" = String, Path, description = "Name of the token")),
    responses((status = 204, description = "Ended"))
)]
async fn revoke(
    State(app): State<App>,
    who: Caller,
    Ref(name): Ref,
) -> Result<StatusCode, Problem> {
    let revoked = app
        .blocking(move |engine| revoked(engine, &who.actor(), (&name, None), "token", |_| true))
        .await?;
    app.tokens().forget(&revoked.hash);
    Ok(StatusCode::NO_CONTENT)
}

/// A token to be made.
pub(super) struct New {
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) grant: Grant,
    pub(super) expires_in_s: Option<u64>,
}

/// Make a token: its row, and its text, which exists only here.
pub(super) fn made(
    engine: &Engine,
    by: &Actor,
    request: &New,
) -> Result<(TokenRow, AccessToken), Problem> {
    let invalid = |because: String, help: &str| Refusal::Invalid {
        because,
        help: help.to_owned(),
    };
    let plain = request
        .name
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"-_.:@".contains(&b));
    let fits = (1..=NAME).contains(&request.name.len()) && plain && request.name != "tidegate";
    if !fits {
        let because = format!(
            "`{}` is not a name for a token",
            request.name.escape_default()
        );
        return Err(invalid(
            because,
            "use 1 to 100 letters, digits and `- _ . : @`; `tidegate` is the server itself",
        )
        .into());
    }
    if request.expires_in_s == Some(0) {
        return Err(invalid(
            "the token would have ended before it began".to_owned(),
            "give it at least a second",
        )
        .into());
    }
    let now = engine.now();
    let expires = ends(request)?.map(|s| Millis(s.saturating_mul(1_000)).after(now));
    let token = AccessToken::new().map_err(|e| {
        Problem::new(
            &kind::INTERNAL,
            format!("the system gives no random numbers: {e}"),
            "try again",
        )
    })?;
    let grant = answered_for(engine, by, request)?;
    look::look(engine, |look| {
        let whose = grant.account.as_ref().or(grant.owner.as_ref());
        let whose = whose.map(|account| people::behind(look.view(), account));
        let spec = &look.in_force.spec;
        Ok(auth::may_make(by, &request.role, whose.as_deref(), spec)?)
    })?;
    let whose = (grant.owner.clone(), grant.account.clone());
    let row = row_of(
        &token,
        &request.name,
        (&request.role, Some(&grant)),
        now,
        expires,
    )?;
    engine.write_rows(|tx| {
        let kept = match other(&*tx, &row.name, &whose)? {
            Some(person) => Err(somebody_elses(&row.name, &person)),
            None => kept(tx, &row, now),
        };
        if kept.is_ok() {
            auth::granted(tx, by, &row, now)?;
        }
        Ok(kept)
    })??;
    Ok((row, token))
}

/// Seconds until it ends. What an agent carries in its hands is copied easily, so it ends within a day by itself.
fn ends(request: &New) -> Result<Option<u64>, Problem> {
    match (&request.role, request.expires_in_s) {
        (Role::Agent { .. }, Some(s)) if s > AGENT => Err(Refusal::Invalid {
            because: "an agent's token ends within a day".to_owned(),
            help: "`tidegate agent enroll` lets an agent in that renews its credential by itself"
                .to_owned(),
        }
        .into()),
        (Role::Agent { .. }, given) => Ok(Some(given.unwrap_or(AGENT))),
        (_, given) => Ok(given),
    }
}

/// The person whose name or account a token would be called by, when it is not that person's token.
fn other(
    rows: &dyn Rows,
    name: &str,
    (owner, account): &(Option<String>, Option<String>),
) -> Result<Option<String>, StoreError> {
    let view = TxView::new(rows);
    let own = match account {
        Some(account) => Some(people::behind(&view, account)),
        None => owner.clone(),
    };
    let called = auth::called(&view, name).filter(|person| Some(person) != own.as_ref());
    view.finish()?;
    Ok(called)
}

/// Would somebody who leaves take along the token that the server made for whoever sits at it, while no other one lets in an
/// administrator for good? What people made for themselves goes with them.
pub(super) fn keeps_a_way_in(engine: &Engine, person: &str) -> Result<(), Problem> {
    look::look(engine, |look| {
        let known = (look.view(), &look.in_force.spec);
        let (mut theirs, mut others) = (None, false);
        for row in look.rows.tokens()? {
            let lasting = row.expires.is_none() && auth::administers(known, &row, look.now)?;
            let actor = auth::of_token(known, &row, look.now)?;
            let servers = grant_of(&row)?.is_none();
            match actor.filter(|_| lasting).map(|actor| actor.person) {
                Some(Some(behind)) if behind == person => {
                    theirs = theirs.or(servers.then_some(row.name));
                }
                Some(_) => others = true,
                None => {}
            }
        }
        match theirs {
            Some(name) if !others => Err(Problem::new(
                &kind::LAST_ADMIN,
                format!(
                    "{person} stands behind `{name}`, the only administrator's token that does not expire"
                ),
                "`tidegate token create <name> --role admin --owner <another admin>` makes another one first",
            )),
            _ => Ok(()),
        }
    })
}

/// Is a name free of tokens of others? The audit trail would take what such a token did for the person's own.
pub(super) fn free_of_tokens(engine: &Engine, name: &str, person: &str) -> Result<(), Problem> {
    look::look(engine, |look| {
        let named = look.rows.tokens()?.into_iter().find(|row| row.name == name);
        // What the server made for whoever sits at it stands for the account of its own name, once there is one.
        let Some(grant) = named.map(|row| grant_of(&row)).transpose()?.flatten() else {
            return Ok(());
        };
        let whose = grant.account.or(grant.owner);
        let whose = whose.map(|account| people::behind(look.view(), &account));
        if whose.as_deref() == Some(person) {
            return Ok(());
        }
        Err(Problem::new(
            &kind::NAME_TAKEN,
            format!(
                "a token is called `{name}`, and the audit trail would take what it did for {person}"
            ),
            format!("choose another name, or `tidegate token revoke {name}` first"),
        ))
    })
}

fn somebody_elses(name: &str, person: &str) -> Problem {
    Problem::new(
        &kind::NAME_TAKEN,
        format!(
            "`{name}` is an account of {person}, and the audit trail would take the token for that person"
        ),
        format!("choose another name, or make it {person}'s own with `--for {name}`"),
    )
}

/// Who answers for a token: whoever it is for, whoever is named, else whoever makes it.
fn answered_for(engine: &Engine, by: &Actor, request: &New) -> Result<Grant, Problem> {
    let mut grant = request.grant.clone();
    let nobodys = matches!(request.role, Role::Agent { .. } | Role::Feed(_));
    if nobodys && (grant.account.is_some() || grant.owner.is_some()) {
        let because = format!("a token of an {} stands for nobody", request.role.as_str());
        let help = "leave the account and the owner out".to_owned();
        return Err(Refusal::Invalid { because, help }.into());
    }
    if grant.account.is_some() && grant.owner.is_some() {
        let because = "a token is either for an account or owned by somebody".to_owned();
        let help =
            "name the account for a person's own token, the owner for a program's".to_owned();
        return Err(Refusal::Invalid { because, help }.into());
    }
    if grant.account.is_none() && grant.owner.is_none() && !nobodys {
        grant.owner.clone_from(&by.person);
        return Ok(grant);
    }
    look::look(engine, |look| {
        if let Some(account) = &grant.account
            && auth::of_account(look.view(), &look.in_force.spec, account)?.is_none()
        {
            return Err(unknown("account", account));
        }
        let Some(owner) = &grant.owner else {
            return Ok(grant.clone());
        };
        // Named by any account, kept as the person: an account may become somebody else's.
        match auth::of_account(look.view(), &look.in_force.spec, owner)? {
            Some(found) => Ok(Grant {
                owner: found.person,
                ..grant.clone()
            }),
            None => Err(unknown("person", owner)),
        }
    })
}

fn unknown(what: &str, name: &str) -> Problem {
    Refusal::Invalid {
        because: format!("there is no {what} `{name}` that may sign in"),
        help: format!("`tidegate user add {name} --role operator` makes one known"),
    }
    .into()
}

/// Keep a row unless a token of its name lives.
fn kept(tx: &mut dyn Tx, row: &TokenRow, now: Timestamp) -> Result<(), Problem> {
    let all = tx.tokens()?;
    if all.len() >= TOKENS {
        return Err(Refusal::OverLimit {
            what: "the number of tokens".to_owned(),
            limit: TOKENS as u64,
        }
        .into());
    }
    for old in all.iter().filter(|old| old.name == row.name) {
        if is_live(old, now) {
            let detail = format!("a token `{}` exists", row.name);
            let help = format!(
                "choose another name, or `tidegate token revoke {}` first",
                row.name
            );
            return Err(Problem::new(&kind::NAME_TAKEN, detail, help));
        }
        tx.drop_token(&old.hash)?;
    }
    Ok(tx.put_token(row)?)
}

/// End the token of this name, if its role is of the kind that is meant.
pub(super) fn revoked(
    engine: &Engine,
    by: &Actor,
    (name, why): (&str, Option<&str>),
    what: &str,
    meant: impl Fn(&Role) -> bool,
) -> Result<TokenRow, Problem> {
    let (now, in_force) = (engine.now(), engine.in_force());
    engine.write_rows(|tx| {
        let view = TxView::new(&*tx);
        let known: (&dyn View, &Spec) = (&view, &in_force.spec);
        let row = chosen(&*tx, known, (what, name, by), &meant, now);
        view.finish()?;
        let row = match row {
            Ok(row) => row,
            Err(problem) => return Ok(Err(problem)),
        };
        // An agent that renewed its credential has two of one name.
        for same in tx.tokens()?.iter().filter(|same| same.name == row.name) {
            tx.drop_token(&same.hash)?;
            Used::drop(tx, &same.hash)?;
        }
        auth::revoked(tx, by, &row, why, now)?;
        Ok(Ok(row))
    })?
}

/// The token of this name, unless it is the last way in.
fn chosen(
    rows: &dyn Rows,
    known: (&dyn View, &Spec),
    (what, name, by): (&str, &str, &Actor),
    meant: impl Fn(&Role) -> bool,
    now: Timestamp,
) -> Result<TokenRow, Problem> {
    let all = rows.tokens()?;
    let named = all.iter().find(|row| row.name == name);
    let found = match named {
        Some(row) if meant(&role_of(row)?) && auth::theirs(by, row, known)? => Some(row),
        _ => None,
    };
    let Some(row) = found else {
        return Err(Refusal::NotFound {
            what: what.to_owned(),
            name: name.to_owned(),
        }
        .into());
    };
    let lasting = |row: &TokenRow| {
        Ok::<_, Problem>(row.expires.is_none() && auth::administers(known, row, now)?)
    };
    let mut others = false;
    for other in all.iter().filter(|other| other.hash != row.hash) {
        others |= lasting(other)?;
    }
    if lasting(row)? && !others {
        let detail = format!("`{name}` is the only administrator's token that does not expire");
        return Err(Problem::new(
            &kind::LAST_ADMIN,
            detail,
            "`tidegate token create <name> --role admin` makes another one first",
        ));
    }
    Ok(row.clone())
}
