//! A configuration that weakens controls, before those who answer for them: proposed, then a yes of each team or a no.
//!
//! Bound to the digest of what would come into force and to the revision it replaces. Another content is another proposal without
//! a yes; another revision in force ends them all.

use super::{Command, Config, Event, Phase};
use crate::decider::Ctx;
use crate::digest::Digest;
use crate::id::TeamId;
use crate::people;
use crate::refusal::Refusal;
use crate::spec::Spec;
use crate::time::Timestamp;
use crate::view::View;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Proposals that wait at once; one for each person.
const PROPOSALS: usize = 50;

/// What was proposed, and how it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// Digest of the resolved configuration.
    pub digest: Digest,
    /// Revision it would replace.
    pub replaces: u64,
    /// Person who wants it.
    pub by: String,
    /// When it was proposed.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
    /// What changes, one line each.
    pub changes: Vec<String>,
    /// What it weakens, one line each.
    pub weakens: Vec<String>,
    /// Teams whose yes it needs, with what each answers for.
    pub asked: BTreeMap<TeamId, BTreeSet<String>>,
    /// How it stands.
    pub standing: Standing,
}

/// How a proposal stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "standing", rename_all = "kebab-case")]
pub enum Standing {
    /// Nobody said no.
    Open {
        /// Who said yes, by team.
        agreed: BTreeMap<TeamId, Said>,
    },
    /// Somebody said no.
    Rejected {
        /// Who.
        said: Said,
    },
}

/// A yes or a no.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// Person.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
}

/// A yes that let somebody else weaken a control.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Yes {
    /// Team that answers for it.
    pub team: TeamId,
    /// Person of that team.
    pub by: String,
    /// When they said it.
    pub at: Timestamp,
}

impl Proposal {
    /// The yes of a team, as long as whoever said it belongs to the team.
    #[must_use]
    pub fn yes_of(&self, team: &TeamId, spec: &Spec, view: &dyn View) -> Option<&Said> {
        let Standing::Open { agreed } = &self.standing else {
            return None;
        };
        let said = agreed.get(team)?;
        people::is_member(spec, view, team, &said.by).then_some(said)
    }
}

pub(super) fn decide(
    state: &Config,
    command: Command,
    cx: &Ctx<'_>,
) -> Result<Vec<Event>, Refusal> {
    match command {
        Command::Propose { .. } => propose(state, command, cx),
        Command::Approve { digest, reason } => approve(state, digest, reason, cx),
        Command::Reject { digest, reason } => reject(state, digest, reason, cx),
        Command::Apply { .. } => Ok(Vec::new()),
    }
}

fn propose(state: &Config, command: Command, cx: &Ctx<'_>) -> Result<Vec<Event>, Refusal> {
    let Command::Propose {
        digest,
        parent,
        reason,
        changes,
        weakens,
        weakened,
        concerns: _,
    } = command
    else {
        return Ok(Vec::new());
    };
    if parent.as_ref() != state.in_force() {
        return Err(Config::moved());
    }
    let asked = weakened.teams();
    let Phase::Applied {
        revision,
        proposals,
        ..
    } = &state.phase
    else {
        return Err(nothing_asked());
    };
    if asked.is_empty() {
        return Err(nothing_asked());
    }
    // A program proposes for whoever answers for it; where that is nobody known, nobody could be told to be somebody else.
    let Some(person) = &cx.actor.person else {
        let because = "no person is known behind this account".to_owned();
        return Err(others(
            "propose this".to_owned(),
            because,
            people::SIGNED_IN,
            cx,
        ));
    };
    let by = people::behind(cx.view, person);
    if let Some(same) = proposals.iter().find(|p| p.digest == digest)
        && matches!(same.standing, Standing::Open { .. })
    {
        if same.by == by {
            return Ok(Vec::new());
        }
        return Err(Refusal::Invalid {
            because: format!("{} proposed exactly this already", same.by),
            help: "`tidegate config proposals` shows what it waits for".to_owned(),
        });
    }
    if proposals.iter().filter(|p| p.by != by).count() >= PROPOSALS {
        return Err(Refusal::OverLimit {
            what: "the number of proposals for the configuration".to_owned(),
            limit: PROPOSALS as u64,
        });
    }
    Ok(vec![Event::Proposed {
        proposal: Box::new(Proposal {
            digest,
            replaces: *revision,
            by,
            at: cx.now,
            reason,
            changes,
            weakens,
            asked,
            standing: Standing::Open {
                agreed: BTreeMap::new(),
            },
        }),
    }])
}

fn nothing_asked() -> Refusal {
    Refusal::Invalid {
        because: "this weakens nothing that a team answers for, so nobody is asked".to_owned(),
        help: "bring it into force: `tidegate apply`".to_owned(),
    }
}

fn approve(
    state: &Config,
    digest: Digest,
    reason: String,
    cx: &Ctx<'_>,
) -> Result<Vec<Event>, Refusal> {
    let proposal = open(state, &digest)?;
    let whose = || teams(proposal, cx);
    let action = || format!("approve {digest}");
    let by = people::deciding(cx.view, cx.actor)
        .map_err(|because| others(action(), because, &whose(), cx))?;
    if by == people::behind(cx.view, &proposal.by) {
        let because = "whoever proposes it does not approve it".to_owned();
        return Err(others(action(), because, &whose(), cx));
    }
    let theirs: BTreeSet<TeamId> = proposal
        .asked
        .keys()
        .filter(|team| people::is_member(cx.spec, cx.view, team, &by))
        .cloned()
        .collect();
    if theirs.is_empty() {
        let because = "others answer for what it weakens".to_owned();
        return Err(others(action(), because, &whose(), cx));
    }
    let open = |team: &TeamId| proposal.yes_of(team, cx.spec, cx.view).is_none();
    let teams: BTreeSet<TeamId> = theirs.into_iter().filter(open).collect();
    if teams.is_empty() {
        return Ok(Vec::new());
    }
    Ok(vec![Event::Approved {
        digest,
        replaces: proposal.replaces,
        by,
        teams,
        reason,
    }])
}

fn reject(
    state: &Config,
    digest: Digest,
    reason: String,
    cx: &Ctx<'_>,
) -> Result<Vec<Event>, Refusal> {
    let proposal = open(state, &digest)?;
    let whose = || teams(proposal, cx);
    let action = || format!("reject {digest}");
    let by = people::deciding(cx.view, cx.actor)
        .map_err(|because| others(action(), because, &whose(), cx))?;
    let answers = |team: &TeamId| people::is_member(cx.spec, cx.view, team, &by);
    let own = by == people::behind(cx.view, &proposal.by);
    if !own && !proposal.asked.keys().any(answers) {
        let because = "others answer for what it weakens".to_owned();
        return Err(others(action(), because, &whose(), cx));
    }
    Ok(vec![Event::Rejected {
        digest,
        replaces: proposal.replaces,
        by,
        reason,
    }])
}

/// A proposal that nobody said no to.
fn open<'a>(state: &'a Config, digest: &Digest) -> Result<&'a Proposal, Refusal> {
    let found = state.proposals().iter().find(|p| p.digest == *digest);
    let Some(proposal) = found else {
        return Err(Refusal::NotFound {
            what: "proposal".to_owned(),
            name: digest.to_string(),
        });
    };
    match &proposal.standing {
        Standing::Open { .. } => Ok(proposal),
        Standing::Rejected { said } => Err(Refusal::Invalid {
            because: format!("{} said no to it: {}", said.by, said.reason),
            help: "propose it again with `tidegate config propose`, or something else".to_owned(),
        }),
    }
}

/// Teams that are asked, with those of their members who may say yes.
fn teams(proposal: &Proposal, cx: &Ctx<'_>) -> String {
    let proposer = people::behind(cx.view, &proposal.by);
    let team = |team: &TeamId| {
        let mut members = people::members(cx.spec, cx.view, team);
        members.retain(|member| *member != proposer);
        (!members.is_empty()).then(|| format!("{team} ({})", members.join(", ")))
    };
    let teams: Vec<String> = proposal.asked.keys().filter_map(team).collect();
    teams.join(", ")
}

fn others(action: String, because: String, who: &str, cx: &Ctx<'_>) -> Refusal {
    Refusal::OthersDecide {
        actor: cx.actor.name.clone(),
        action,
        because,
        who: who.to_owned(),
    }
}

/// Each person has one proposal: the next one takes its place, and with it goes every yes to what it was.
pub(super) fn evolve(proposals: &mut Vec<Proposal>, at: Timestamp, event: &Event) {
    match event {
        Event::Proposed { proposal } => {
            proposals.retain(|p| p.by != proposal.by && p.digest != proposal.digest);
            proposals.push((**proposal).clone());
        }
        Event::Approved {
            digest,
            by,
            teams,
            reason,
            ..
        } => {
            if let Some(Standing::Open { agreed }) = standing(proposals, digest) {
                let said = |team: &TeamId| (team.clone(), said(by, at, reason));
                agreed.extend(teams.iter().map(said));
            }
        }
        Event::Rejected {
            digest, by, reason, ..
        } => {
            if let Some(standing) = standing(proposals, digest) {
                *standing = Standing::Rejected {
                    said: said(by, at, reason),
                };
            }
        }
        Event::Applied { .. } => {}
    }
}

fn standing<'a>(proposals: &'a mut [Proposal], digest: &Digest) -> Option<&'a mut Standing> {
    let found = proposals.iter_mut().find(|p| p.digest == *digest);
    found.map(|proposal| &mut proposal.standing)
}

fn said(by: &str, at: Timestamp, reason: &str) -> Said {
    Said {
        by: by.to_owned(),
        at,
        reason: reason.to_owned(),
    }
}
