//! What of a change of the configuration a team answers for, and whether somebody may bring it in.

use super::Config;
use crate::decider::Ctx;
use crate::digest::Digest;
use crate::id::{Name, TeamId};
use crate::people;
use crate::refusal::Refusal;
use crate::spec::OwnedControl;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

use super::proposal::Yes;

/// Controls that become weaker and that a team answers for. Worked out beside core, from both configurations.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weakened {
    /// Guardrails that are taken away or changed, with the team that answers for each.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub loosens: BTreeMap<Name, TeamId>,
    /// Teams that answer for guardrails and become other people.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub hands_over: BTreeMap<TeamId, BTreeSet<Name>>,
    /// Every other control that becomes weaker.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owned: Vec<OwnedControl>,
}

/// One thing that needs a yes of a team, or a member of it who does it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// What the team answers for, as a dotted path.
    pub rule: String,
    /// The team.
    pub owner: TeamId,
    /// What is done to it, as a verb with its object; the place of a value is left out.
    action: String,
    /// Value that causes it, when it is not the rule itself.
    path: Option<(String, String)>,
}

impl Weakened {
    /// Each with the team that answers for it, in the order in which it is refused.
    #[must_use]
    pub fn answered(&self) -> Vec<Answered> {
        let loosened = self.loosens.iter().map(|(guardrail, owner)| Answered {
            rule: format!("guardrails.{guardrail}"),
            owner: owner.clone(),
            action: format!("change or remove guardrail {guardrail}"),
            path: None,
        });
        let handed = self.hands_over.iter().filter_map(|(owner, guardrails)| {
            let first = guardrails.first()?;
            Some(Answered {
                rule: format!("guardrails.{first}"),
                owner: owner.clone(),
                action: format!(
                    "change who belongs to {owner}, which answers for guardrail {first}"
                ),
                path: None,
            })
        });
        let owned = self.owned.iter().map(|control| Answered {
            rule: control.rule.clone(),
            owner: control.owner.clone(),
            action: format!("weaken {} by {}", control.rule, control.path),
            path: Some((control.path.clone(), control.reason.clone())),
        });
        loosened.chain(handed).chain(owned).collect()
    }

    /// Teams that answer for something of it, each with what it answers for.
    #[must_use]
    pub fn teams(&self) -> BTreeMap<TeamId, BTreeSet<String>> {
        let mut teams: BTreeMap<TeamId, BTreeSet<String>> = BTreeMap::new();
        for answered in self.answered() {
            teams
                .entry(answered.owner)
                .or_default()
                .insert(answered.rule);
        }
        teams
    }
}

impl Answered {
    fn action(&self, cx: &Ctx<'_>) -> String {
        match &self.path {
            None => self.action.clone(),
            Some((path, reason)) => {
                format!("{} ({}: {reason})", self.action, cx.origins.of(path))
            }
        }
    }
}

/// A control is taken away or weakened by the team that answers for it, or with its yes to exactly this, and by nobody else: also
/// not by an administrator. The yes that was needed.
pub(super) fn allowed(
    state: &Config,
    (digest, answered): (&Digest, &Answered),
    cx: &Ctx<'_>,
) -> Result<Option<Yes>, Refusal> {
    let Answered { rule, owner, .. } = answered;
    let proposed = state.proposals().iter().find(|p| p.digest == *digest);
    let because = match people::deciding(cx.view, cx.actor) {
        Ok(person) if people::is_member(cx.spec, cx.view, owner, &person) => return Ok(None),
        Ok(_) => format!("{owner} answers for it ({})", cx.origins.of(rule)),
        Err(because) => because,
    };
    if let Some(said) = proposed.and_then(|p| p.yes_of(owner, cx.spec, cx.view)) {
        return Ok(Some(Yes {
            team: owner.clone(),
            by: said.by.clone(),
            at: said.at,
        }));
    }
    let members = people::members(cx.spec, cx.view, owner).join(", ");
    let way = match proposed {
        Some(_) => format!("`tidegate config approve {digest}` is their yes to exactly this"),
        None => "`tidegate config propose` puts exactly this before them".to_owned(),
    };
    Err(Refusal::OthersDecide {
        actor: cx.actor.name.clone(),
        action: answered.action(cx),
        because,
        who: match members.as_str() {
            "" => String::new(),
            members => format!("{owner} ({members}): {way}"),
        },
    })
}
