//! Decisions about the way back, for people.

use crate::error::Problem;
use crate::look::Look;
use tidegate_client::wire;
use tidegate_core::id::DeploymentId;
use tidegate_core::limits;
use tidegate_core::model;
use tidegate_core::model::decision::ALL;
use tidegate_core::people;
use tidegate_core::refusal::Refusal;
use tidegate_core::stream::decision::{Choice, Decision, Facts, Order, Phase};
use tidegate_core::stream::deployment::Deployment;
use tidegate_core::time::Timestamp;

/// Decisions listed.
const MOST: usize = 500;

/// The newest first; those that are over only with `all`.
pub(crate) fn decisions(
    look: &Look<'_>,
    all: bool,
) -> Result<Vec<wire::RollbackDecision>, Problem> {
    let mut found = Vec::new();
    for (_, body) in look.view().scan(ALL, "", limits::PEOPLE) {
        let state: Decision = serde_json::from_str(&body)?;
        if all || state.phase.is_open() {
            found.push(decision(look, &state)?);
        }
    }
    found.sort_by_key(|d| std::cmp::Reverse(d.opened_at));
    found.truncate(MOST);
    Ok(found)
}

/// One decision by name.
pub(crate) fn decision_of(look: &Look<'_>, name: &str) -> Result<wire::RollbackDecision, Problem> {
    let state: Decision = look.load("decision", name)?;
    decision(look, &state)
}

fn decision(look: &Look<'_>, state: &Decision) -> Result<wire::RollbackDecision, Problem> {
    let Some(facts) = state.facts.as_deref() else {
        let (what, name) = ("decision".to_owned(), String::new());
        return Err(Refusal::NotFound { what, name }.into());
    };
    let (due, asked) = match &state.phase {
        Phase::Open { level, due } => (Some(*due), Some(*level)),
        Phase::Staying { until } => (Some(*until), None),
        _ => (None, None),
    };
    let authority = &facts.authority;
    Ok(wire::RollbackDecision {
        id: facts.id.to_string(),
        deployment: facts.deployment.to_string(),
        release: facts.release.to_string(),
        environment: facts.environment.to_string(),
        phase: state.phase.name().to_owned(),
        because: facts.because.clone(),
        effect: facts.effect.clone(),
        opened_by: facts.by.clone(),
        opened_at: facts.at,
        confirmed: facts.confirmed.clone(),
        options: options(look, facts)?,
        criteria: authority.criteria.clone(),
        path: path(look, facts, asked),
        executive: authority.executive.as_ref().map(ToString::to_string),
        due,
        deadline: deadline(facts, &state.phase),
        otherwise: authority.otherwise.as_str().to_owned(),
        orders: state.orders.iter().map(order).collect(),
        note: note(&state.phase),
    })
}

/// The one about a deployment that is open.
pub(crate) fn open_about(
    look: &Look<'_>,
    deployment: &DeploymentId,
) -> Result<Option<Box<wire::RollbackDecision>>, Problem> {
    let id = model::decision::open_about(look.view(), deployment);
    let found = id.map(|id| decision_of(look, &id.to_string()));
    Ok(found.transpose()?.map(Box::new))
}

/// What can be decided, with what it takes.
fn options(look: &Look<'_>, facts: &Facts) -> Result<Vec<String>, Problem> {
    let state: Deployment = look.view().load(facts.deployment.as_str())?;
    let body = state.facts.map(|f| f.plan.body);
    let mut all = Vec::new();
    if let Some(body) = body {
        let to = body.from.as_ref();
        let to = to.map_or_else(|| "nothing".to_owned(), |from| from.release.to_string());
        all.push(format!(
            "back to {to}: {} steps, within {}",
            body.undo.len(),
            body.undo_within
        ));
    }
    all.push(match &facts.authority.executive {
        Some(team) => format!("stay, for at most 24h: only {team}, with a reason"),
        None => "stay: nobody may let it stay against its criteria".to_owned(),
    });
    Ok(all)
}

fn path(look: &Look<'_>, facts: &Facts, asked: Option<usize>) -> Vec<wire::RollbackAsked> {
    let spec = &look.in_force.spec;
    let all = facts.authority.path().enumerate();
    all.map(|(n, team)| wire::RollbackAsked {
        team: team.to_string(),
        people: people::members(spec, look.view(), team),
        now: asked == Some(n),
    })
    .collect()
}

/// When the default happens: after everybody who is still to be asked.
fn deadline(facts: &Facts, phase: &Phase) -> Option<Timestamp> {
    match phase {
        Phase::Open { level, due } => {
            let left = facts.authority.path().count().saturating_sub(level + 1);
            let each = facts.authority.answer_within;
            Some((0..left).fold(*due, |at, _| each.after(at)))
        }
        Phase::Staying { until } => Some(*until),
        _ => None,
    }
}

fn order(order: &Order) -> wire::RollbackOrder {
    let (choice, until) = match &order.choice {
        Choice::RollBack => (wire::RollbackChoice::RollBack, None),
        Choice::Stay { until } => (wire::RollbackChoice::Stay, Some(*until)),
    };
    wire::RollbackOrder {
        choice,
        until,
        by: order.by.clone(),
        team: order.team.to_string(),
        reason: order.reason.clone(),
        at: order.at,
        carried_out: order.carried_out,
    }
}

fn note(phase: &Phase) -> Option<String> {
    match phase {
        Phase::Lapsed { back: true, .. } => Some("nobody decided in time: it went back".to_owned()),
        Phase::Lapsed { back: false, .. } => Some("nobody decided in time: it stayed".to_owned()),
        Phase::Closed { because, .. } => Some(because.clone()),
        _ => None,
    }
}
