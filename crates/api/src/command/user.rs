//! People: who is known, which account is whose, what they may do, with which keys they sign.

use crate::App;
use crate::auth::{self, AccessToken, Caller, Way, password, sessions};
use crate::error::{Problem, kind};
use crate::extract::{Body, Key, Ref};
use crate::map::user as map;
use crate::render::Done;
use axum::Json;
use axum::extract::State;
use tidegate_client::wire::{
    AccountRequest, AddressesRequest, KeyRequest, KeyRevocation, NewPassword, NewUser,
    PasswordRequest, Reason, RoleRequest, User, UserRequest,
};
use tidegate_core::command::Command as Any;
use tidegate_core::id::{AccountId, CommandId, Name, PersonId};
use tidegate_core::stream::person::{Command, Person};
use tidegate_core::time::Timestamp;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create))
        .routes(routes!(link))
        .routes(routes!(unlink))
        .routes(routes!(role))
        .routes(routes!(addresses))
        .routes(routes!(disable))
        .routes(routes!(restore))
        .routes(routes!(register_key))
        .routes(routes!(revoke_key))
        .routes(routes!(set_password))
}

/// Make a person known. Without a password and without `noPassword`, a one-time password is made; it is in this answer and
/// never again.
#[utoipa::path(
    post,
    path = "/api/v1/users",
    tag = "users",
    operation_id = "create_user",
    request_body = UserRequest,
    responses((status = 201, description = "Known", body = NewUser))
)]
async fn create(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Body(request): Body<UserRequest>,
) -> Result<Done<NewUser>, Problem> {
    let id = PersonId::new(request.name)?;
    if let Some(given) = &request.password {
        password::acceptable(given, id.as_str())?;
    }
    let named = id.to_string();
    app.blocking(move |engine| super::token::free_of_tokens(engine, &named, &named))
        .await?;
    let command = Command::Add {
        standing: map::standing(request.role)?,
        emails: request.emails.into_iter().collect(),
    };
    let any = Any::Person {
        id: id.clone(),
        command,
    };
    let receipt = app.submit(&who, key.or_new()?, any).await?;
    let made = if request.no_password || receipt.replayed {
        None
    } else {
        given(&app, &who, id.clone(), request.password).await?
    };
    let user = shown(&app, &id).await?;
    let (one_time_password, valid_until) = made.unzip();
    let location = format!("/api/v1/users/{id}");
    let new = NewUser {
        user,
        one_time_password,
        valid_until,
    };
    Ok(Done::created(new, location, receipt.replayed))
}

/// Set the password of the account of this name; what is made up here is returned with its end.
async fn given(
    app: &App,
    who: &Caller,
    id: PersonId,
    chosen: Option<String>,
) -> Result<Option<(String, Timestamp)>, Problem> {
    let turn = app
        .hashing()
        .acquire_owned()
        .await
        .map_err(|_| Problem::new(&kind::STOPPING, "the server is stopping", "try again"))?;
    let by = who.actor();
    app.blocking(move |engine| {
        let _turn = turn;
        let now = engine.now();
        let end = password::ONCE.after(now);
        let (text, once) = match chosen {
            Some(text) => (text, None),
            None => (once()?, Some(end)),
        };
        let credential = password::hashed(&text, once, now)?;
        engine.write_rows(|tx| {
            password::keep(tx, id.as_str(), &credential)?;
            sessions::end_all(tx, id.as_str())?;
            auth::password_set(tx, &by, id.as_str(), once.is_some(), now)
        })?;
        Ok(once.map(|end| (text, end)))
    })
    .await
}

/// Twenty random letters and digits: more than 115 bits.
fn once() -> Result<String, Problem> {
    let secret = AccessToken::new().map_err(|e| {
        Problem::new(
            &kind::INTERNAL,
            format!("the system gives no random numbers: {e}"),
            "try again",
        )
    })?;
    let letters: Vec<char> = secret.reveal().chars().rev().take(20).collect();
    let groups = letters
        .chunks(5)
        .map(|part| part.iter().collect::<String>());
    Ok(groups.collect::<Vec<_>>().join("-"))
}

async fn shown(app: &App, id: &PersonId) -> Result<User, Problem> {
    let name = id.to_string();
    app.look(move |look| {
        let person: Person = look.load("person", &name)?;
        map::user(look, &name, &person)
    })
    .await
}

async fn change(
    app: &App,
    who: &Caller,
    key: CommandId,
    name: String,
    command: Command,
) -> Result<Done<User>, Problem> {
    let id = PersonId::new(name)?;
    let any = Any::Person {
        id: id.clone(),
        command,
    };
    let receipt = app.submit(who, key, any).await?;
    Ok(Done::changed(shown(app, &id).await?, receipt.replayed))
}

/// An account belongs to this person.
#[utoipa::path(
    post,
    path = "/api/v1/users/{user}/links",
    tag = "users",
    operation_id = "link_account",
    params(("user" = String, Path, description = "Name of the person")),
    request_body = AccountRequest,
    responses((status = 200, description = "Linked", body = User))
)]
async fn link(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(request): Body<AccountRequest>,
) -> Result<Done<User>, Problem> {
    let account = AccountId::new(request.account)?;
    let (named, person) = (account.to_string(), name.clone());
    app.blocking(move |engine| super::token::free_of_tokens(engine, &named, &person))
        .await?;
    let command = Command::Link {
        account,
        because: super::reason(&request.reason)?,
    };
    change(&app, &who, key.or_new()?, name, command).await
}

/// An account no longer belongs to this person.
#[utoipa::path(
    post,
    path = "/api/v1/users/{user}/unlinks",
    tag = "users",
    operation_id = "unlink_account",
    params(("user" = String, Path, description = "Name of the person")),
    request_body = AccountRequest,
    responses((status = 200, description = "Unlinked", body = User))
)]
async fn unlink(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(request): Body<AccountRequest>,
) -> Result<Done<User>, Problem> {
    let command = Command::Unlink {
        account: AccountId::new(request.account)?,
        because: super::reason(&request.reason)?,
    };
    change(&app, &who, key.or_new()?, name, command).await
}

/// Give a person another role.
#[utoipa::path(
    post,
    path = "/api/v1/users/{user}/roles",
    tag = "users",
    operation_id = "change_user_role",
    params(("user" = String, Path, description = "Name of the person")),
    request_body = RoleRequest,
    responses((status = 200, description = "Given", body = User))
)]
async fn role(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(request): Body<RoleRequest>,
) -> Result<Done<User>, Problem> {
    let command = Command::Stand {
        standing: map::standing(request.role)?,
        because: super::reason(&request.reason)?,
    };
    change(&app, &who, key.or_new()?, name, command).await
}

/// Replace the addresses under which a person writes commits.
#[utoipa::path(
    post,
    path = "/api/v1/users/{user}/addresses",
    tag = "users",
    operation_id = "change_addresses",
    params(("user" = String, Path, description = "Name of the person")),
    request_body = AddressesRequest,
    responses((status = 200, description = "Replaced", body = User))
)]
async fn addresses(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(request): Body<AddressesRequest>,
) -> Result<Done<User>, Problem> {
    let command = Command::Address {
        emails: request.emails.into_iter().collect(),
        because: super::reason(&request.reason)?,
    };
    change(&app, &who, key.or_new()?, name, command).await
}

/// A person has left: every way in ends now.
#[utoipa::path(
    post,
    path = "/api/v1/users/{user}/disablements",
    tag = "users",
    operation_id = "disable_user",
    params(("user" = String, Path, description = "Name of the person")),
    request_body = Reason,
    responses((status = 200, description = "Disabled", body = User))
)]
async fn disable(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(why): Body<Reason>,
) -> Result<Done<User>, Problem> {
    let because = super::reason(&why.reason)?;
    let person = name.clone();
    let leaving = name.clone();
    app.blocking(move |engine| super::token::keeps_a_way_in(engine, &leaving))
        .await?;
    let done = change(
        &app,
        &who,
        key.or_new()?,
        name,
        Command::Disable { because },
    )
    .await?;
    app.blocking(move |engine| Ok(engine.write_rows(|tx| sessions::end_all(tx, &person))?))
        .await?;
    Ok(done)
}

/// A person is back.
#[utoipa::path(
    post,
    path = "/api/v1/users/{user}/restorations",
    tag = "users",
    operation_id = "restore_user",
    params(("user" = String, Path, description = "Name of the person")),
    request_body = Reason,
    responses((status = 200, description = "Restored", body = User))
)]
async fn restore(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(why): Body<Reason>,
) -> Result<Done<User>, Problem> {
    let because = super::reason(&why.reason)?;
    change(
        &app,
        &who,
        key.or_new()?,
        name,
        Command::Restore { because },
    )
    .await
}

/// Register a public key for signed votes; only the person may, signed in.
#[utoipa::path(
    post,
    path = "/api/v1/users/{user}/keys",
    tag = "users",
    operation_id = "register_key",
    params(("user" = String, Path, description = "Name of the person")),
    request_body = KeyRequest,
    responses((status = 200, description = "Registered", body = User))
)]
async fn register_key(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(request): Body<KeyRequest>,
) -> Result<Done<User>, Problem> {
    if !matches!(who.way(), Way::Session { .. }) {
        return Err(who.refused(format!(
            "register a key of {name}: nobody else may, and not with a token"
        )));
    }
    let command = Command::RegisterKey {
        key: Name::new(request.name)?,
        public: request.public_key.trim().to_owned(),
    };
    change(&app, &who, key.or_new()?, name, command).await
}

/// A key counts no more; for the person and for admins.
#[utoipa::path(
    post,
    path = "/api/v1/users/{user}/key-revocations",
    tag = "users",
    operation_id = "revoke_key",
    params(("user" = String, Path, description = "Name of the person")),
    request_body = KeyRevocation,
    responses((status = 200, description = "Revoked", body = User))
)]
async fn revoke_key(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(request): Body<KeyRevocation>,
) -> Result<Done<User>, Problem> {
    let command = Command::RevokeKey {
        key: Name::new(request.name)?,
        because: super::reason(&request.reason)?,
    };
    change(&app, &who, key.or_new()?, name, command).await
}

/// Set another password for the account of the person's own name; every sign-in ends.
#[utoipa::path(
    post,
    path = "/api/v1/users/{user}/passwords",
    tag = "users",
    operation_id = "set_password",
    params(("user" = String, Path, description = "Name of the person")),
    request_body = PasswordRequest,
    responses((status = 200, description = "Set", body = NewPassword))
)]
async fn set_password(
    State(app): State<App>,
    who: Caller,
    Ref(name): Ref,
    Body(request): Body<PasswordRequest>,
) -> Result<Json<NewPassword>, Problem> {
    let id = PersonId::new(name)?;
    if let Some(given) = &request.password {
        password::acceptable(given, id.as_str())?;
    }
    shown(&app, &id).await?;
    let (one_time_password, valid_until) = given(&app, &who, id, request.password).await?.unzip();
    Ok(Json(NewPassword {
        one_time_password,
        valid_until,
    }))
}
