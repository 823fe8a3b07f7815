//! Who may send which command. Everything that is not allowed here is refused.
//!
//! Roles give rights by one table ([`ACTIONS`]) and nothing else gives any. Policies take rights away: a [`Judge`] is asked in
//! the transaction that decides, with what the ledger knows at that instant. Nothing here decides whether a command fits the
//! state of its stream.

mod action;
mod asked;
mod gather;
mod judge;
mod owned;
mod phrase;

pub use action::{ACTIONS, ROLES, Right, needed, right_of};
pub use asked::{
    ChangeFacts, History, Kind, On, PlaceFacts, Principal, Request, Resource, ServiceFacts, Thing,
};
pub use judge::{Authority, BuiltIn, Judge, Rule, Rules, Ruling, Unread};
pub use owned::{entitled, entitled_there, within};
pub use phrase::{PHRASES, phrase};

use crate::actor::{Actor, Role};
use crate::command::Command;
use crate::reach;
use crate::refusal::Refusal;
use crate::step::World;
use crate::stream::deployment;
use crate::view::View;

/// May somebody with one of the roles of `actor` send `command` at all, and with this token? Where a role holds in a business unit
/// alone, [`entitled`] says whether it is that unit's business. Policies are asked by [`judged`].
///
/// # Errors
/// `NotAllowed`, naming actor, role, command and the roles that may.
pub fn authorise(actor: &Actor, command: &Command, view: &dyn View) -> Result<(), Refusal> {
    if listed(actor, command, view) {
        return reach::within(actor, command, view);
    }
    Err(Refusal::NotAllowed {
        actor: actor.name.clone(),
        role: actor.roles(),
        action: phrase(&command.name()).to_owned(),
        needs: needed(&command.name()),
    })
}

fn listed(actor: &Actor, command: &Command, view: &dyn View) -> bool {
    let right = right_of(&command.name());
    match &actor.role {
        Role::System => true,
        Role::Feed(_) => false,
        Role::Agent { environments } => match command {
            Command::Deployment { id, .. } if right == Some(Right::Work) => view
                .load::<deployment::Deployment>(id.as_str())
                .ok()
                .and_then(|d| d.facts)
                .is_some_and(|f| environments.contains(&f.plan.body.environment)),
            _ => false,
        },
        // A new deployment has no name yet: under one, nobody proposes.
        _ if matches!(
            command,
            Command::Deployment {
                command: deployment::Command::Propose { .. },
                ..
            }
        ) =>
        {
            false
        }
        role => right.is_some_and(|right| {
            let local = actor.within.values();
            let local = local.map(|standing| standing.as_str());
            std::iter::once(role.as_str())
                .chain(local)
                .any(|role| right.is_for(role))
        }),
    }
}

/// Does no policy forbid it? Asked in the transaction that decides, of everybody but the server itself and its agents: those
/// carry out what people were let do.
///
/// # Errors
/// `Forbidden`, naming the policy and where it was written.
pub fn judged(actor: &Actor, command: &Command, world: &World<'_>) -> Result<(), Refusal> {
    if matches!(
        actor.role,
        Role::System | Role::Agent { .. } | Role::Feed(_)
    ) {
        return Ok(());
    }
    let asked = Request::of(actor, command, world);
    for request in asked.on_the_way(command, world) {
        let (rules, because) = match world.judge.judge(&request) {
            Ruling::Allowed { .. } => continue,
            Ruling::Unlisted => {
                return Err(Refusal::NotAllowed {
                    actor: actor.name.clone(),
                    role: actor.roles(),
                    action: phrase(&command.name()).to_owned(),
                    needs: needed(&command.name()),
                });
            }
            Ruling::Forbidden { by } => {
                let said = joined(&by, |rule| rule.message.clone());
                (by, said)
            }
            Ruling::Broken { rules, because } => {
                (rules, format!("its policies cannot be asked: {because}"))
            }
        };
        return Err(Refusal::Forbidden {
            actor: actor.name.clone(),
            action: phrase(&command.name()).to_owned(),
            because,
            policy: joined(&rules, Rule::to_string),
        });
    }
    Ok(())
}

fn joined(rules: &[Rule], text: impl Fn(&Rule) -> String) -> String {
    let texts: Vec<String> = rules.iter().map(text).collect();
    texts.join("; ")
}

#[cfg(test)]
mod tests;
