//! Everything that is asked of a release before an environment, put side by side. Nothing is judged here: gates are.

use crate::error::Problem;
use crate::look::Look;
use crate::map::{board, change, environment};
use tidegate_client::wire::{
    Change, Condition, Decision, EnvironmentPhase, Readiness, ReadyBoard, ReadyPlace, RiskScore,
    RiskSummary, Supply,
};
use tidegate_core::id::{EnvId, ReleaseId};
use tidegate_core::model::meeting::sittings_of;

/// Gates whose demands are listed one by one.
const IN_DETAIL: [&str; 3] = ["documents", "approval", "board"];

/// The page.
pub(crate) fn readiness(
    look: &Look<'_>,
    (release, to): (&ReleaseId, &EnvId),
    decision: Decision,
    score: &RiskScore,
) -> Result<Readiness, Problem> {
    let found = tidegate_core::change::of(look.view(), release, to)?;
    let record = match &found {
        Some((_, state)) => Some(change::change(look, state, None)?),
        None => None,
    };
    let boards = match &found {
        Some((id, _)) => boards(look, id)?,
        None => Vec::new(),
    };
    let places = places(look, release, to)?;
    let there = places.iter().rev().find(|p| p.environment == to.as_str());
    let ready = decision.allowed && there.is_some_and(|p| p.ready);
    Ok(Readiness {
        ready,
        risk: summary(score),
        supply: supply(&decision, record.as_ref(), &boards, there),
        record: record.map(Box::new),
        boards,
        places,
        decision,
    })
}

fn summary(score: &RiskScore) -> RiskSummary {
    let most = score.factors.iter().max_by_key(|f| f.points);
    RiskSummary {
        value: score.value,
        band: score.band.clone(),
        most: most.map(|f| format!("{} {}", f.name, f.points)),
    }
}

fn boards(
    look: &Look<'_>,
    id: &tidegate_core::change::ChangeId,
) -> Result<Vec<ReadyBoard>, Problem> {
    let mut found = Vec::new();
    for (name, meeting) in sittings_of(look.view(), id)? {
        let shown = board::meeting_of(look, &meeting)?;
        let items = shown.items.into_iter();
        for item in items.filter(|i| i.change == id.as_str()) {
            found.push(ReadyBoard {
                board: name.to_string(),
                meeting: shown.id.clone(),
                begins: shown.begins,
                state: item.state,
                note: item.note,
                next: item.next,
                criteria: item.criteria,
            });
        }
    }
    Ok(found)
}

/// The environments of the path as far as this one.
fn places(look: &Look<'_>, release: &ReleaseId, to: &EnvId) -> Result<Vec<ReadyPlace>, Problem> {
    let spec = &look.in_force.spec;
    let path = spec.path_of(&release.service);
    let last = path.iter().position(|env| env == to);
    let path = last.map_or(&[][..], |last| &path[..=last]);
    path.iter().map(|env| place(look, release, env)).collect()
}

fn place(look: &Look<'_>, release: &ReleaseId, env: &EnvId) -> Result<ReadyPlace, Problem> {
    let shown = environment::environment(look, env)?;
    let service = look.in_force.spec.services.get(&release.service);
    let owner = service.map_or_else(String::new, |s| s.owner.to_string());
    let agent = shown.agent.as_ref();
    let answers = agent.is_some_and(|a| a.reachable);
    let runs = shown.services.iter();
    let runs = runs
        .filter(|lane| lane.service == release.service.as_str())
        .find_map(|lane| lane.running.as_ref());
    let note = match (shown.phase, &shown.held, agent) {
        (EnvironmentPhase::Open, _, None) => "no agent serves it".to_owned(),
        (EnvironmentPhase::Open, _, Some(agent)) if !answers => {
            format!("its agent {} does not answer", agent.name)
        }
        (EnvironmentPhase::Open, ..) => match runs {
            Some(runs) => format!("runs {}", runs.release),
            None => format!("{} does not run there", release.service),
        },
        (_, Some(held), _) => format!("held: {}", held.because),
        (_, None, _) => "held".to_owned(),
    };
    Ok(ReadyPlace {
        environment: shown.name,
        ready: shown.phase == EnvironmentPhase::Open && answers,
        note,
        seen: agent.and_then(|a| a.seen_at),
        owner: shown.held.map_or(owner, |held| held.by),
    })
}

/// What is missing, the exact command where there is one.
fn supply(
    decision: &Decision,
    record: Option<&Change>,
    boards: &[ReadyBoard],
    there: Option<&ReadyPlace>,
) -> Vec<Supply> {
    let mut all = Vec::new();
    for board in boards {
        let open = board.criteria.iter().filter(|c| c.state != "met");
        all.extend(open.map(|c| Supply {
            what: format!("criterion {} of {}: {}", c.id, board.board, c.evidence),
            who: vec![c.owner.clone()],
            how: match decision.change.as_deref() {
                Some(change) => format!(
                    "tidegate board criterion {change} {} --met --evidence …",
                    c.id
                ),
                None => String::new(),
            },
        }));
        if board.state == "undecided" {
            all.push(Supply {
                what: format!("decision of {}: {}", board.meeting, board.note),
                who: vec![board.board.clone()],
                how: format!(
                    "tidegate board vote {} --go",
                    decision.change.as_deref().unwrap_or("CHG-1")
                ),
            });
        }
    }
    if let Some(record) = record {
        demands(&mut all, record);
    }
    let detailed = |c: &&Condition| {
        let known = match c.id.as_str() {
            "board" => boards
                .iter()
                .any(|b| b.state == "undecided" || b.state == "go"),
            _ => record.is_some(),
        };
        IN_DETAIL.contains(&c.id.as_str()) && known
    };
    let open = decision.conditions.iter().filter(|c| !c.state.passes());
    all.extend(open.filter(|c| !detailed(c)).map(|c| Supply {
        what: format!("gate {}: {}", c.id, c.title),
        who: c.who_can_change.clone(),
        how: String::new(),
    }));
    if let Some(place) = there.filter(|p| !p.ready) {
        all.push(Supply {
            what: format!("environment {}: {}", place.environment, place.note),
            who: vec![place.owner.clone()],
            how: format!("tidegate env show {}", place.environment),
        });
    }
    all
}

/// Parts of the document pack, approvals and sign-offs.
fn demands(all: &mut Vec<Supply>, record: &Change) {
    if !matches!(record.phase.as_str(), "open" | "authorised" | "rejected") {
        return;
    }
    let id = &record.id;
    let missing = record.documents.iter().filter(|d| d.text.is_none());
    all.extend(missing.map(|d| Supply {
        what: format!("document {}", d.document),
        who: record.requesters.clone(),
        how: format!("tidegate change write {id} {} --text …", d.document),
    }));
    for demand in record.required.iter().filter(|d| !d.met) {
        let (have, count) = (demand.have.len(), demand.count);
        let (what, sign) = match &demand.sign {
            Some(sign) => (
                format!("sign-off {sign} by {}", demand.team),
                format!(" --sign {sign}"),
            ),
            None => (
                format!("approval of {} ({have} of {count})", demand.team),
                String::new(),
            ),
        };
        all.push(Supply {
            what,
            who: demand.could.clone(),
            how: format!("tidegate approve {id}{sign}"),
        });
    }
}
