//! From an account at the provider to the person: known by a link, or new. A name that is taken is never taken over.

use super::exchange::Told;
use super::failed;
use crate::error::Problem;
use crate::look::look;
use tidegate_core::actor::Actor;
use tidegate_core::command::Command as Any;
use tidegate_core::digest::Digest;
use tidegate_core::id::{AccountId, CommandId, PersonId};
use tidegate_core::model::person::{ACCOUNTS, PEOPLE};
use tidegate_core::step::Item;
use tidegate_core::stream::person::{Command, Person, Phase, Standing};
use tidegate_engine::Engine;

/// The account of what the provider said, belonging to a person who may sign in; groups are recorded when they differ.
pub(super) fn known(engine: &Engine, told: &Told) -> Result<String, Problem> {
    let account = account(&told.subject)?;
    let person = match linked(engine, &account)? {
        Some(person) => person,
        None => made(engine, told, &account)?,
    };
    submit(
        engine,
        &person,
        Command::SignedIn {
            account: account.clone(),
            groups: told.groups.clone(),
        },
    )?;
    Ok(account.to_string())
}

/// `oidc:` and the subject, or its digest when it cannot stand in a name.
fn account(subject: &str) -> Result<AccountId, Problem> {
    let plain = AccountId::new(format!("oidc:{subject}"));
    if let (Ok(account), true) = (plain, subject.len() <= 80) {
        return Ok(account);
    }
    let digest = Digest::of(subject.as_bytes()).to_string();
    let digest = digest.rsplit(':').next().unwrap_or_default();
    Ok(AccountId::new(format!("oidc:{digest}"))?)
}

fn linked(engine: &Engine, account: &AccountId) -> Result<Option<PersonId>, Problem> {
    look(engine, |look| {
        let Some(body) = look.rows.model(ACCOUNTS, account.as_str())? else {
            return Ok(None);
        };
        let name: String =
            serde_json::from_str(&body).map_err(|_| failed("the account's row cannot be read"))?;
        let person: Person = look.load("person", &name)?;
        if !matches!(person.phase, Phase::Active { .. }) {
            return Err(failed("this account may not sign in any more"));
        }
        Ok(Some(PersonId::new(name)?))
    })
}

fn made(engine: &Engine, told: &Told, account: &AccountId) -> Result<PersonId, Problem> {
    let nameless = |because: &str| {
        failed(format!(
            "the account `{account}` is nobody's yet, and {because}: an admin links it with `tidegate user link <person> {account} --reason \"...\"`"
        ))
    };
    let username = told
        .username
        .as_deref()
        .ok_or_else(|| nameless("the identity provider tells no name"))?;
    let person = PersonId::new(username.to_lowercase())
        .map_err(|_| nameless("the name the identity provider tells cannot be a person's here"))?;
    let taken = look(engine, |look| {
        Ok(look.rows.model(PEOPLE, person.as_str())?.is_some()
            || look.rows.model(ACCOUNTS, person.as_str())?.is_some())
    })?;
    if taken {
        return Err(nameless(&format!("`{person}` is somebody known already")));
    }
    submit(
        engine,
        &person,
        Command::Add {
            standing: Standing::Viewer,
            emails: std::collections::BTreeSet::new(),
        },
    )?;
    submit(
        engine,
        &person,
        Command::Link {
            account: account.clone(),
            because: "the first sign-in at the identity provider".to_owned(),
        },
    )?;
    Ok(person)
}

fn submit(engine: &Engine, person: &PersonId, command: Command) -> Result<(), Problem> {
    let id = crate::random::secret().map_err(|e| failed(format!("no random numbers: {e}")))?;
    engine.submit(Item {
        id: CommandId(format!("sign-in:{id}")),
        actor: Actor::system(),
        command: Any::Person {
            id: person.clone(),
            command,
        },
    })?;
    Ok(())
}
