//! Every board that decides about such changes said go to this very plan, and what it asked for is done.
//!
//! A decision is asked again each time: one whose voters turned out to have a part in the change does not stand.

use super::known::Evaluation;
use super::{Asked, GateId, GateOutcome, GateReport, PASS, moment_in};
use crate::change::ChangeId;
use crate::change::criteria::{Read, Reading, readings, summary};
use crate::id::Name;
use crate::model::meeting::{decision_about, sittings_of};
use crate::refusal::Refusal;
use crate::stream::change::Change;
use crate::stream::meeting::{Decision, Facts, Item, Meeting, Outcome, Panel, Ruling};
use crate::stream::person;
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) fn evaluate(asked: &Evaluation<'_>) -> GateReport {
    judge(asked).unwrap_or_else(|because| broken(asked, because))
}

fn broken(asked: &Asked<'_>, because: String) -> GateReport {
    let retry_at = super::BACKSTOP.after(asked.now);
    let title = format!("cannot tell what the board said: {because}");
    asked.report(GateId::Board, GateOutcome::Broken { retry_at }, title)
}

fn judge(asked: &Evaluation<'_>) -> Result<GateReport, String> {
    if asked.spec.boards.is_empty() {
        return Ok(asked.report(GateId::Board, PASS, "no board decides about changes"));
    }
    let place = &asked.plan.environment;
    if !asked.spec.environments.contains_key(place) {
        return Err(format!("there is no environment {place}"));
    }
    let text = |refusal: Refusal| refusal.to_string();
    let (found, assessment) = asked.change().map_err(text)?;
    let Some(assessment) = assessment else {
        let title = "no board decides outside production";
        return Ok(asked.report(GateId::Board, PASS, title));
    };
    if assessment.boards.is_empty() {
        let (class, risk) = (assessment.class.as_str(), assessment.risk.value);
        let title = format!("no board is needed (class {class}, risk {risk})");
        return Ok(asked.report(GateId::Board, PASS, title));
    }
    let mut all = Vec::new();
    for board in assessment.boards.keys() {
        all.push(one(asked, board, found.as_ref())?);
    }
    // What must be changed is told before what only takes time.
    let rank = |report: &GateReport| match &report.outcome {
        GateOutcome::Broken { .. } => 0,
        GateOutcome::Fail { .. } => 1,
        GateOutcome::Wait { .. } => 2,
        GateOutcome::Pass { .. } | GateOutcome::Overridden { .. } => 3,
    };
    all.sort_by_key(rank);
    let titles: Vec<String> = all.iter().map(|r| r.title.clone()).collect();
    let mut first = all.into_iter().next().ok_or("no board answered")?;
    first.title = titles.join("; ");
    Ok(first)
}

/// What one board says.
fn one(
    asked: &Asked<'_>,
    board: &Name,
    change: Option<&(ChangeId, Arc<Change>)>,
) -> Result<GateReport, String> {
    let text = |refusal: Refusal| refusal.to_string();
    let item = match change {
        None => None,
        Some((change, _)) => item(asked, board, change).map_err(text)?,
    };
    let known = item.as_ref().filter(|(_, item)| is_of_plan(asked, item));
    let criteria = criteria(asked, board, known, change.map(|(_, change)| &**change));
    let report = match known {
        None => waits(asked, board, (None, &criteria))?,
        Some((facts, item)) => match &item.outcome {
            Outcome::Decided { decision } => decided(asked, (board, &criteria), item, decision),
            Outcome::Undecided => waits(asked, board, (Some((facts, item)), &criteria))?,
            _ => waits(asked, board, (None, &criteria))?,
        },
    };
    Ok(report.rule(format!("boards.{board}.reviews")))
}

/// How its criteria stand: those that the sitting keeps, else those the board has now.
fn criteria(
    asked: &Asked<'_>,
    board: &Name,
    known: Option<&(Facts, Item)>,
    change: Option<&Change>,
) -> Vec<Reading> {
    let configured = asked.spec.boards.get(board);
    let list = match known {
        Some((facts, _)) => facts.criteria(configured),
        None => configured.map(|b| b.criteria.clone()).unwrap_or_default(),
    };
    if list.is_empty() {
        return Vec::new();
    }
    let nothing = BTreeMap::new();
    let panel = known.map(|(_, i)| Panel::of(board, &i.topic, asked.spec, asked.view, asked.now));
    let barred = |who: &str| match &panel {
        None => None,
        Some(Ok(panel)) => panel.part_of(who),
        Some(Err(refusal)) => Some(refusal.to_string()),
    };
    readings(
        &list,
        &Read {
            asked,
            change,
            answers: known.map_or(&nothing, |(_, item)| &item.answers),
            barred: &barred,
        },
    )
}

/// Who sees to the criteria that do not hold.
fn owners(all: &[Reading]) -> impl Iterator<Item = String> + '_ {
    let open = all.iter().filter(|r| !r.is_met());
    open.map(|r| format!("{} ({})", r.owner, r.id))
}

fn is_of_plan(asked: &Asked<'_>, item: &Item) -> bool {
    let digest = asked.plan.digest();
    digest.is_ok_and(|digest| digest == item.topic.subject)
}

/// The item about a change on the agenda that decides about it, with that sitting.
fn item(
    asked: &Asked<'_>,
    board: &Name,
    change: &ChangeId,
) -> Result<Option<(Facts, Item)>, Refusal> {
    let sittings = sittings_of(asked.view, change)?;
    let Some((_, id)) = sittings.into_iter().find(|(name, _)| name == board) else {
        return Ok(None);
    };
    let meeting: Meeting = asked.view.load(&id.key())?;
    let Some(mut facts) = meeting.facts else {
        return Ok(None);
    };
    let item = facts.items.remove(change);
    Ok(item.map(|item| (*facts, item)))
}

/// What wakes whoever waits for the board.
fn on(asked: &Asked<'_>) -> Vec<String> {
    let plan = asked.plan;
    vec![
        "config".to_owned(),
        person::TRIGGER.to_owned(),
        decision_about(&plan.to.release, &plan.environment),
    ]
}

/// Not decided: until the sitting, and what is missing.
fn waits(
    asked: &Asked<'_>,
    board: &Name,
    (known, criteria): (Option<(&Facts, &Item)>, &[Reading]),
) -> Result<GateReport, String> {
    let configured = asked.spec.boards.get(board);
    let configured = configured.ok_or_else(|| format!("there is no board {board}"))?;
    let next = || {
        let found = configured.next(asked.spec, asked.now);
        found
            .map(|(_, s)| s.begins)
            .map_err(|error| error.to_string())
    };
    // While it sits, the next instant of change is its end.
    let (at, sits) = match known {
        Some((facts, _)) if facts.sitting.begins > asked.now => (facts.sitting.begins, false),
        Some((facts, _)) if facts.sitting.ends > asked.now => (facts.sitting.ends, true),
        Some(_) => (super::BACKSTOP.after(asked.now), true),
        None => (next()?, false),
    };
    let zone = configured.zone.as_ref().unwrap_or(&asked.spec.zone);
    let when = match sits {
        true => "now".to_owned(),
        false => moment_in(at, zone),
    };
    let outcome = GateOutcome::Wait { at, on: on(asked) };
    let Some((_, item)) = known else {
        let title = format!("board {board} decides, {when}: on no agenda yet");
        let report = asked.report(GateId::Board, outcome, title);
        return Ok(report
            .detail(with(
                "it comes onto the agenda once it is deployed",
                criteria,
            ))
            .who(configured.members.iter().map(|s| s.team.to_string())));
    };
    let id = &item.topic.change;
    let panel = Panel::of(board, &item.topic, asked.spec, asked.view, asked.now);
    let tally = panel.map_err(|r| r.to_string())?.tally(&item.votes);
    let (state, who) = match (item.awaits(), &tally.unclear) {
        (_, Some(unclear)) => (
            format!("no vote counts: {unclear}"),
            vec!["whoever registers artifacts".to_owned()],
        ),
        (Some(context), None) => (
            format!("waits for context from {}", context.expert),
            vec![context.expert.clone()],
        ),
        (None, None) => (tally.said(), tally.could()),
    };
    let title = format!("board {board} decides, {when}: {state}");
    let mut detail = format!("{}; `tidegate board vote {id}`", item.topic.because);
    if let Some(from) = &item.topic.from {
        detail = format!("moved from {}: {}; {detail}", from.meeting, from.because);
    }
    let detail = with(&detail, criteria);
    let report = asked.report(GateId::Board, outcome, title);
    Ok(report.detail(detail).who(who))
}

/// The detail with how the criteria stand.
fn with(detail: &str, criteria: &[Reading]) -> String {
    match criteria {
        [] => detail.to_owned(),
        criteria => format!("{}; {detail}", summary(criteria)),
    }
}

fn decided(
    asked: &Asked<'_>,
    (board, criteria): (&Name, &[Reading]),
    item: &Item,
    decision: &Decision,
) -> GateReport {
    let id = &item.topic.change;
    let zone = asked.spec.boards.get(board).and_then(|b| b.zone.as_ref());
    let zone = zone.unwrap_or(&asked.spec.zone);
    let when = moment_in(decision.at, zone);
    let fail = |title: String| {
        let outcome = GateOutcome::Fail { on: on(asked) };
        asked.report(GateId::Board, outcome, title)
    };
    let voters = |go: bool| {
        let of = decision.counted.iter().filter(|c| c.choice.is_go() == go);
        let names: Vec<String> = of.map(|c| c.vote.person.clone()).collect();
        names
    };
    if decision.ruling == Ruling::NoGo {
        let reasons: Vec<&str> = decision
            .counted
            .iter()
            .filter(|c| !c.choice.is_go())
            .map(|c| c.vote.reason.as_str())
            .collect();
        let title = format!("board {board} said no-go, {when}: {}", reasons.join("; "));
        let way = match decision.next() {
            Some(next) => format!(
                "looked at again {}; another plan is decided anew",
                moment_in(next, zone)
            ),
            None => "another plan is decided anew".to_owned(),
        };
        return fail(title).detail(way).who(voters(false));
    }
    let panel = Panel::of(board, &item.topic, asked.spec, asked.view, asked.now);
    let stands = match panel {
        Ok(panel) => panel.stands(decision),
        Err(refusal) => Err(refusal.to_string()),
    };
    if let Err(because) = stands {
        let title = format!("the go of board {board} does not stand: {because}");
        let way = "another plan is decided anew";
        return fail(title).detail(way).who(voters(true));
    }
    let open: Vec<String> = decision
        .unmet()
        .map(|c| {
            let until = moment_in(c.until, zone);
            format!("{} {} ({} until {until})", c.number, c.text, c.owner)
        })
        .collect();
    if !open.is_empty() {
        let title = format!("board {board} said go, if: {}", open.join("; "));
        let first = decision.unmet().map(|c| c.number).next().unwrap_or(1);
        let way = format!("`tidegate board condition {id} {first} --met --evidence …`");
        let owners = decision.unmet().map(|c| format!("{} does it", c.owner));
        let others = "somebody without a part in it confirms it".to_owned();
        return fail(title).detail(way).who(owners.chain([others]));
    }
    if criteria.iter().any(|r| !r.is_met()) {
        let title = format!("board {board} said go, and {}", summary(criteria));
        let first = criteria.iter().find(|r| !r.is_met());
        let way = first.map_or_else(String::new, |r| format!("{}: {}", r.id, r.evidence));
        return fail(title).detail(way).who(owners(criteria));
    }
    let title = format!(
        "board {board} said go, {when} ({})",
        voters(true).join(", ")
    );
    passes(asked, title, criteria)
}

/// As long as what its criteria rest on is known.
fn passes(asked: &Asked<'_>, title: String, criteria: &[Reading]) -> GateReport {
    let until = criteria.iter().filter_map(|r| r.until).min();
    let report = asked.report(GateId::Board, GateOutcome::Pass { until }, title);
    match criteria {
        [] => report,
        criteria => report.detail(summary(criteria)),
    }
}
