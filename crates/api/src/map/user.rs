//! People and whoever asks, as they travel.

use crate::auth::{Caller, Way};
use crate::error::Problem;
use crate::look::Look;
use tidegate_client::wire;
use tidegate_core::people;
use tidegate_core::refusal::Refusal;
use tidegate_core::stream::person::{Person, Phase, Standing};

/// The role a request asks for.
pub(crate) fn standing(role: wire::Role) -> Result<Standing, Problem> {
    match role {
        wire::Role::Admin => Ok(Standing::Admin),
        wire::Role::Operator => Ok(Standing::Operator),
        wire::Role::Publisher => Ok(Standing::Publisher),
        wire::Role::Approver => Ok(Standing::Approver),
        wire::Role::Viewer => Ok(Standing::Viewer),
        wire::Role::Agent | wire::Role::Feed => Err(Refusal::Invalid {
            because: "a person is neither an agent nor a feed".to_owned(),
            help: "choose admin, operator, approver, publisher or viewer".to_owned(),
        }
        .into()),
    }
}

fn role(standing: Standing) -> wire::Role {
    match standing {
        Standing::Admin => wire::Role::Admin,
        Standing::Operator => wire::Role::Operator,
        Standing::Publisher => wire::Role::Publisher,
        Standing::Approver => wire::Role::Approver,
        Standing::Viewer => wire::Role::Viewer,
    }
}

/// A person.
pub(crate) fn user(look: &Look<'_>, name: &str, person: &Person) -> Result<wire::User, Problem> {
    let Some(facts) = person.phase.facts() else {
        return Err(Refusal::NotFound {
            what: "person".to_owned(),
            name: name.to_owned(),
        }
        .into());
    };
    let left = match &person.phase {
        Phase::Disabled {
            by, because, at, ..
        } => Some(wire::Left {
            by: by.clone(),
            reason: because.clone(),
            at: *at,
        }),
        _ => None,
    };
    Ok(wire::User {
        name: name.to_owned(),
        role: role(facts.standing),
        accounts: facts.accounts.iter().map(ToString::to_string).collect(),
        emails: facts.emails.iter().cloned().collect(),
        groups: facts.groups.iter().cloned().collect(),
        teams: teams(look, name),
        keys: facts
            .keys
            .iter()
            .map(|(name, key)| wire::UserKey {
                name: name.to_string(),
                public_key: key.clone(),
            })
            .collect(),
        left,
    })
}

fn teams(look: &Look<'_>, person: &str) -> Vec<String> {
    let spec = &look.in_force.spec;
    spec.teams
        .keys()
        .filter(|team| people::is_member(spec, look.view(), team, person))
        .map(ToString::to_string)
        .collect()
}

/// Whoever asks.
pub(crate) fn whoami(look: &Look<'_>, who: &Caller) -> wire::WhoAmI {
    let actor = who.actor();
    let (role, environments) = super::token::parts(&actor.role);
    let (way, csrf_token) = match who.way() {
        Way::Token { .. } | Way::Build(_) => (wire::WayIn::Token, None),
        Way::Session { csrf, .. } => (wire::WayIn::Session, csrf.clone()),
    };
    let reach = actor.reach.unwrap_or_default();
    let named = |e: &tidegate_core::id::EnvId| e.to_string();
    wire::WhoAmI {
        teams: actor
            .person
            .as_deref()
            .map(|person| teams(look, person))
            .unwrap_or_default(),
        name: actor.name,
        person: actor.person,
        role,
        within: actor
            .within
            .iter()
            .map(|(unit, standing)| (unit.to_string(), standing.as_str().to_owned()))
            .collect(),
        groups: actor.groups.into_iter().collect(),
        environments: environments
            .into_iter()
            .chain(reach.environments.iter().map(named))
            .collect(),
        services: reach.services.iter().map(ToString::to_string).collect(),
        way,
        until: who.until(),
        csrf_token,
    }
}
