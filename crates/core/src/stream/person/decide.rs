//! Who may say what of a person: nobody takes what is somebody else's, and nobody registers keys for somebody else.

use super::{Command, Event, Facts, Person, Phase};
use crate::decider::Ctx;
use crate::id::{AccountId, Name, PersonId};
use crate::limits;
use crate::model::person::{ACCOUNTS, PEOPLE, Row};
use crate::refusal::Refusal;
use std::collections::BTreeSet;

/// Accounts, addresses and groups of one person; longest address or group in characters.
const MOST: usize = 200;
/// Keys of one person.
const KEYS: usize = 10;

pub(super) fn decide(
    state: &Person,
    command: Command,
    cx: &Ctx<'_>,
) -> Result<Vec<Event>, Refusal> {
    of_its_person(state, &command, cx)?;
    match (&state.phase, command) {
        (Phase::Absent, Command::Add { standing, emails }) => {
            let own = AccountId::new(PersonId::new(cx.stream.key())?.as_str())?;
            free_account(&own, cx)?;
            if cx.view.scan(PEOPLE, "", limits::PEOPLE).len() >= limits::PEOPLE {
                return Err(over("the number of people", limits::PEOPLE));
            }
            Ok(vec![Event::Added {
                standing,
                accounts: BTreeSet::from([own]),
                emails: free_emails(emails, cx)?,
                by: cx.actor.name.clone(),
            }])
        }
        (Phase::Absent, _) => Err(Refusal::NotFound {
            what: "person".to_owned(),
            name: cx.stream.key().to_owned(),
        }),
        (phase, Command::Add { .. }) => Err(Refusal::Invalid {
            because: format!("{} is known already ({})", cx.stream.key(), phase.name()),
            help: format!(
                "`tidegate user show {}` shows what is known",
                cx.stream.key()
            ),
        }),
        (Phase::Disabled { .. }, Command::Restore { because }) => Ok(vec![Event::Restored {
            by: cx.actor.name.clone(),
            because,
        }]),
        (Phase::Active { .. }, Command::Disable { because }) => Ok(vec![Event::Disabled {
            by: cx.actor.name.clone(),
            because,
        }]),
        (
            Phase::Active { facts } | Phase::Disabled { facts, .. },
            Command::RevokeKey { key, because },
        ) => revoke(facts, key, because, cx),
        (Phase::Active { facts }, command) => change(facts, command, cx),
        (phase @ Phase::Disabled { .. }, command) => Err(Refusal::NotNow {
            stream: cx.stream.to_string(),
            phase: phase.name().to_owned(),
            command: command.name().to_owned(),
        }),
    }
}

/// Keys are the business of their person; whoever may not is told so before anything of the person is.
fn of_its_person(state: &Person, command: &Command, cx: &Ctx<'_>) -> Result<(), Refusal> {
    let name = cx.stream.key();
    let (may, action) = match command {
        Command::RegisterKey { .. } => {
            let facts = state.phase.facts();
            let own = facts.is_some_and(|f| f.accounts.iter().any(|a| a.as_str() == cx.actor.name));
            let action = format!("register a key of {name}: nobody else may, and not with a token");
            (own, action)
        }
        Command::RevokeKey { .. } => {
            let admin = matches!(cx.actor.role, crate::actor::Role::Admin);
            let own = cx.actor.person.as_deref() == Some(name);
            (
                admin || own,
                format!("revoke a key of {name}: the person or an admin may"),
            )
        }
        _ => return Ok(()),
    };
    if may {
        return Ok(());
    }
    Err(Refusal::NotAllowed {
        actor: cx.actor.name.clone(),
        role: cx.actor.role.as_str().to_owned(),
        action,
        needs: String::new(),
    })
}

/// What changes of somebody who is active.
fn change(facts: &Facts, command: Command, cx: &Ctx<'_>) -> Result<Vec<Event>, Refusal> {
    let by = cx.actor.name.clone();
    Ok(match command {
        Command::Link { account, .. } if facts.accounts.contains(&account) => Vec::new(),
        Command::Link { account, because } => {
            free_account(&account, cx)?;
            if facts.accounts.len() >= MOST {
                return Err(over("the number of accounts of one person", MOST));
            }
            vec![Event::Linked {
                account,
                by,
                because,
            }]
        }
        Command::Unlink { account, because } => {
            unlinkable(facts, &account, cx)?;
            vec![Event::Unlinked {
                account,
                by,
                because,
            }]
        }
        Command::Address { emails, because } => {
            let emails = free_emails(emails, cx)?;
            let before = facts.emails.clone();
            one_if(emails != before, || Event::Addressed {
                emails,
                before,
                by,
                because,
            })
        }
        Command::Stand { standing, because } => {
            let before = facts.standing;
            one_if(standing != before, || Event::RoleChanged {
                standing,
                before,
                by,
                because,
            })
        }
        Command::SignedIn { account, groups } => {
            signed_in(facts, &account, &groups, cx)?;
            let before = facts.groups.clone();
            one_if(groups != before, || Event::GroupsChanged {
                account,
                groups,
                before,
            })
        }
        Command::RegisterKey { key, public } => register(facts, key, public, cx)?,
        // The rest is answered before.
        Command::Add { .. }
        | Command::RevokeKey { .. }
        | Command::Disable { .. }
        | Command::Restore { .. } => {
            return Err(Refusal::NotNow {
                stream: cx.stream.to_string(),
                phase: "active".to_owned(),
                command: command.name().to_owned(),
            });
        }
    })
}

fn one_if(changes: bool, event: impl FnOnce() -> Event) -> Vec<Event> {
    if changes { vec![event()] } else { Vec::new() }
}

fn over(what: &str, limit: usize) -> Refusal {
    Refusal::OverLimit {
        what: what.to_owned(),
        limit: limit as u64,
    }
}

/// An account that belongs to nobody else, by record or by the name it bears.
fn free_account(account: &AccountId, cx: &Ctx<'_>) -> Result<(), Refusal> {
    let own = cx.stream.key();
    let recorded = cx
        .view
        .model(ACCOUNTS, account.as_str())
        .and_then(|body| serde_json::from_str::<String>(&body).ok());
    let named = cx.view.model(PEOPLE, account.as_str()).is_some();
    let owner = match recorded {
        Some(owner) => owner,
        None if named => account.to_string(),
        None => return Ok(()),
    };
    if owner == own {
        return Ok(());
    }
    Err(Refusal::Invalid {
        because: format!("the account `{account}` belongs to {owner}"),
        help: format!(
            "an account is one person's: `tidegate user unlink {owner} {account} --reason \"...\"` first, if it is not theirs"
        ),
    })
}

fn unlinkable(facts: &Facts, account: &AccountId, cx: &Ctx<'_>) -> Result<(), Refusal> {
    if account.as_str() == cx.stream.key() {
        return Err(Refusal::Invalid {
            because: format!("`{account}` is the account of the person's own name"),
            help: format!("`tidegate user disable {account} --reason \"...\"` ends every way in"),
        });
    }
    if facts.accounts.contains(account) {
        return Ok(());
    }
    Err(Refusal::NotFound {
        what: format!("account of {}", cx.stream.key()),
        name: account.to_string(),
    })
}

/// Addresses in lower case, none of them somebody else's.
fn free_emails(emails: BTreeSet<String>, cx: &Ctx<'_>) -> Result<BTreeSet<String>, Refusal> {
    if emails.len() > MOST {
        return Err(over("the number of addresses of one person", MOST));
    }
    let mut wanted = BTreeSet::new();
    for email in emails {
        let email = email.trim().to_lowercase();
        let parts = email.split_once('@');
        let fits = parts.is_some_and(|(who, host)| !who.is_empty() && !host.is_empty());
        if !fits
            || email.chars().count() > MOST
            || email.chars().any(|c| c.is_control() || c.is_whitespace())
        {
            return Err(Refusal::Invalid {
                because: format!("`{}` is not an address", email.escape_default()),
                help: "write it as commits have it, for example `ana@acme.example`".to_owned(),
            });
        }
        wanted.insert(email);
    }
    others(cx, |name, row| {
        match row.emails.intersection(&wanted).next() {
            Some(email) => Err(Refusal::Invalid {
                because: format!("the address `{email}` belongs to {name}"),
                help: "an address is one person's: take it from them first".to_owned(),
            }),
            None => Ok(()),
        }
    })?;
    Ok(wanted)
}

fn others(
    cx: &Ctx<'_>,
    mut look: impl FnMut(&str, &Row) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    for (name, body) in cx.view.scan(PEOPLE, "", limits::PEOPLE) {
        if name == cx.stream.key() {
            continue;
        }
        // A row that cannot be read may hold what is asked for.
        let row = serde_json::from_str(&body).map_err(|e| Refusal::Quarantined {
            stream: format!("person/{name}"),
            because: format!("its row cannot be read: {e}"),
        })?;
        look(&name, &row)?;
    }
    Ok(())
}

fn signed_in(
    facts: &Facts,
    account: &AccountId,
    groups: &BTreeSet<String>,
    cx: &Ctx<'_>,
) -> Result<(), Refusal> {
    if !facts.accounts.contains(account) {
        return Err(Refusal::NotFound {
            what: format!("account of {}", cx.stream.key()),
            name: account.to_string(),
        });
    }
    let wrong =
        |g: &String| g.is_empty() || g.chars().count() > MOST || g.chars().any(char::is_control);
    if groups.len() > MOST || groups.iter().any(wrong) {
        return Err(over(
            "the number or the length of the groups that the identity provider tells",
            MOST,
        ));
    }
    Ok(())
}

fn register(facts: &Facts, key: Name, public: String, cx: &Ctx<'_>) -> Result<Vec<Event>, Refusal> {
    if !is_key(&public) {
        return Err(Refusal::Invalid {
            because: "this is not a public ed25519 key: 32 bytes in base64 are 44 characters"
                .to_owned(),
            help: "`openssl pkey -in key.pem -pubout -outform DER | tail -c 32 | base64` writes it"
                .to_owned(),
        });
    }
    let revoked = || Refusal::Invalid {
        because: "this key was revoked".to_owned(),
        help: "a revoked key never counts again: make another pair".to_owned(),
    };
    if facts.revoked.contains_key(&public) {
        return Err(revoked());
    }
    match facts.keys.get(&key) {
        Some(have) if *have == public => return Ok(Vec::new()),
        Some(_) => {
            return Err(Refusal::Invalid {
                because: format!("{} has another key `{key}`", cx.stream.key()),
                help: format!(
                    "choose another name, or `tidegate user key revoke {key} --reason \"...\"` first"
                ),
            });
        }
        None if facts.keys.len() >= KEYS => {
            return Err(over("the number of keys of one person", KEYS));
        }
        None => {}
    }
    others(cx, |name, row| {
        if row.keys.values().any(|k| *k == public) {
            return Err(Refusal::Invalid {
                because: format!("this key belongs to {name}"),
                help: "a key is one person's: make another pair".to_owned(),
            });
        }
        if row.revoked.contains_key(&public) {
            return Err(revoked());
        }
        Ok(())
    })?;
    Ok(vec![Event::KeyRegistered { key, public }])
}

fn revoke(facts: &Facts, key: Name, because: String, cx: &Ctx<'_>) -> Result<Vec<Event>, Refusal> {
    let Some(public) = facts.keys.get(&key).cloned() else {
        return Err(Refusal::NotFound {
            what: format!("key of {}", cx.stream.key()),
            name: key.to_string(),
        });
    };
    Ok(vec![Event::KeyRevoked {
        key,
        public,
        by: cx.actor.name.clone(),
        because,
    }])
}

/// Base64 of exactly 32 bytes.
fn is_key(text: &str) -> bool {
    let Some(digits) = text.strip_suffix('=') else {
        return false;
    };
    // The last digit holds four bits of the key; its other two must be zero, or one key had several texts.
    digits.len() == 43
        && digits
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/')
        && digits.ends_with([
            'A', 'E', 'I', 'M', 'Q', 'U', 'Y', 'c', 'g', 'k', 'o', 's', 'w', '0', '4', '8',
        ])
}
