//! Who decides about the way back of a deployment: they confirm it themselves, and hand it over to another who does the same.

use super::{Event, Facts, vote};
use crate::decider::Ctx;
use crate::id::TeamId;
use crate::people;
use crate::refusal::Refusal;

/// The confirmation of the actor; nothing when they confirmed it before.
pub(super) fn own(facts: &Facts, reason: String, cx: &Ctx<'_>) -> Result<Option<Event>, Refusal> {
    let person = vote::person_of(cx, "own the way back of")?;
    let service = &facts.release.service;
    let decides = cx.spec.services.get(service);
    let Some(authority) = decides.and_then(|s| s.rollback.decides.as_ref()) else {
        return Err(Refusal::Invalid {
            because: format!("{service} does not say who decides about its way back"),
            help: "write `rollback: { decides: { owner: TEAM } }` into the service".to_owned(),
        });
    };
    let teams: Vec<&TeamId> = [&authority.owner]
        .into_iter()
        .chain(&authority.deputy)
        .collect();
    let member = |team: &&&TeamId| people::is_member(cx.spec, cx.view, team, &person);
    let Some(team) = teams.iter().find(member) else {
        let names: Vec<&str> = teams.iter().map(|team| team.as_str()).collect();
        let who = teams
            .iter()
            .flat_map(|team| people::members(cx.spec, cx.view, team));
        return Err(Refusal::OthersDecide {
            actor: cx.actor.name.clone(),
            action: format!("own the way back of {}", facts.id),
            because: format!("{} decide about it", names.join(", ")),
            who: who.collect::<Vec<_>>().join(", "),
        });
    };
    let before = facts.rollback_owner.as_ref().map(|o| o.person.clone());
    Ok(
        (before.as_ref() != Some(&person)).then(|| Event::RollbackOwned {
            team: (**team).clone(),
            person,
            from: before,
            reason,
        }),
    )
}
