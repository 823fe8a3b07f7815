//! Proposals for the configuration, and whose yes a plan needs, for people.

use crate::error::Problem;
use crate::look::Look;
use std::collections::BTreeSet;
use tidegate_client::wire::{self, ProposalAnswer, ProposalNeed};
use tidegate_core::digest::Digest;
use tidegate_core::id::TeamId;
use tidegate_core::people;
use tidegate_core::refusal::Refusal;
use tidegate_core::stream::config::{Config, Proposal, Said, Standing, Weakened};

/// What is proposed, the newest first.
pub(crate) fn proposals(look: &Look<'_>) -> Result<Vec<wire::Proposal>, Problem> {
    let state: Config = look.view().load(Config::KEY)?;
    let all = state.proposals().iter().rev();
    Ok(all.map(|proposal| shown(look, proposal)).collect())
}

/// One by its digest.
pub(crate) fn proposal(look: &Look<'_>, digest: &Digest) -> Result<wire::Proposal, Problem> {
    let state: Config = look.view().load(Config::KEY)?;
    let found = state.proposals().iter().find(|p| p.digest == *digest);
    let found = found.ok_or_else(|| Refusal::NotFound {
        what: "proposal".to_owned(),
        name: digest.to_string(),
    })?;
    Ok(shown(look, found))
}

/// Whose yes it needs that this comes into force, and how far that is; one line each.
pub(crate) fn needs(
    look: &Look<'_>,
    digest: &Digest,
    weakened: &Weakened,
) -> Result<Vec<String>, Problem> {
    let state: Config = look.view().load(Config::KEY)?;
    let known = state.proposals().iter().find(|p| p.digest == *digest);
    let line = |(team, rules): (TeamId, BTreeSet<String>)| {
        let need = need(look, known, &team, &rules);
        let rules: Vec<String> = rules
            .iter()
            .map(|rule| format!("{rule} ({})", look.in_force.origins.of(rule)))
            .collect();
        let members = match need.members.join(", ") {
            none if none.is_empty() => "nobody".to_owned(),
            members => members,
        };
        format!(
            "needs: {team} ({members}) for {}; {}",
            rules.join(", "),
            stands(known, &need)
        )
    };
    Ok(weakened.teams().into_iter().map(line).collect())
}

fn stands(known: Option<&Proposal>, need: &ProposalNeed) -> String {
    let Some(proposal) = known else {
        return "one of them applies it, or says yes to it after `tidegate config propose`"
            .to_owned();
    };
    match (&proposal.standing, &need.agreed) {
        (Standing::Rejected { said }, _) => format!("{} said no: {}", said.by, said.reason),
        (_, Some(yes)) => format!("{} said yes to exactly this", yes.by),
        (_, None) => format!(
            "{} proposed it: `tidegate config approve {}`",
            proposal.by, proposal.digest
        ),
    }
}

fn shown(look: &Look<'_>, proposal: &Proposal) -> wire::Proposal {
    let of = |(team, rules): (&TeamId, &BTreeSet<String>)| need(look, Some(proposal), team, rules);
    let needs: Vec<ProposalNeed> = proposal.asked.iter().map(of).collect();
    let rejected = match &proposal.standing {
        Standing::Open { .. } => None,
        Standing::Rejected { said } => Some(answer(said)),
    };
    let state = match &rejected {
        Some(_) => "rejected",
        None if needs.iter().all(|need| need.agreed.is_some()) => "agreed",
        None => "waiting",
    };
    wire::Proposal {
        digest: proposal.digest.to_string(),
        replaces: proposal.replaces,
        state: state.to_owned(),
        by: proposal.by.clone(),
        at: proposal.at,
        reason: proposal.reason.clone(),
        changes: proposal.changes.clone(),
        weakens: proposal.weakens.clone(),
        needs,
        rejected,
    }
}

fn need(
    look: &Look<'_>,
    proposal: Option<&Proposal>,
    team: &TeamId,
    rules: &BTreeSet<String>,
) -> ProposalNeed {
    let (spec, view) = (&look.in_force.spec, look.view());
    let mut members = people::members(spec, view, team);
    members.retain(|member| proposal.is_none_or(|p| p.by != *member));
    ProposalNeed {
        team: team.to_string(),
        members,
        rules: rules.iter().cloned().collect(),
        agreed: proposal
            .and_then(|p| p.yes_of(team, spec, view))
            .map(answer),
    }
}

fn answer(said: &Said) -> ProposalAnswer {
    ProposalAnswer {
        by: said.by.clone(),
        at: said.at,
        reason: said.reason.clone(),
    }
}
