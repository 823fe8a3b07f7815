//! What was asked for in time: a start at an instant must fit there, and an environment may refuse work that nobody scheduled.

use crate::actor::Role;
use crate::decider::Ctx;
use crate::gate::{self, Asked, GateId, GateOutcome, GateReport, Purpose};
use crate::model::departure::aboard;
use crate::plan::Plan;
use crate::queue::Request;
use crate::refusal::Refusal;
use crate::spec::Unscheduled;
use crate::time::Timestamp;

/// May this be asked for?
///
/// # Errors
/// `Blocked` with all answers, the time that would fit among them; `Invalid` for an instant that makes no sense.
pub(super) fn check(
    plan: &Plan,
    purpose: Purpose,
    request: &Request,
    cx: &Ctx<'_>,
) -> Result<(), Refusal> {
    if cx.actor.role == Role::System && request.at.is_some() {
        // The time was judged when a person asked for the promotion; it may have passed on the way. The gates judge the start.
        return Ok(());
    }
    let asked = Asked {
        now: cx.now,
        present: cx.now,
        plan: &plan.body,
        purpose,
        deployment: None,
        request,
        expected: plan.envelope.expected.as_ref(),
        spec: cx.spec,
        origins: cx.origins,
        view: cx.view,
    };
    judge(&asked)
}

/// The same for whoever asks before there is a deployment.
///
/// # Errors
/// As for a deployment that is asked for.
pub fn judge(asked: &Asked<'_>) -> Result<(), Refusal> {
    if asked.purpose.is_return() {
        return Ok(());
    }
    let env = &asked.plan.environment;
    let refuses = asked
        .spec
        .environments
        .get(env)
        .is_some_and(|e| e.unscheduled == Unscheduled::Refuse);
    match asked.request.at {
        Some(at) => scheduled(asked, at),
        // Its departure is its time.
        None if aboard(asked.view, &asked.plan.to.release).is_some() => Ok(()),
        None if refuses => unscheduled(asked),
        None => Ok(()),
    }
}

fn scheduled(asked: &Asked<'_>, at: Timestamp) -> Result<(), Refusal> {
    let invalid = |because: String| Refusal::Invalid {
        because,
        help: "say an instant that is still to come: `--at \"2026-12-01 10:00\"`".to_owned(),
    };
    if at <= asked.now {
        return Err(invalid(format!(
            "{} has passed; it is {}",
            asked.moment(at),
            asked.moment(asked.now)
        )));
    }
    if at > crate::limits::PATIENCE.after(asked.now) {
        let at = asked.moment(at);
        return Err(invalid(format!("{at} is more than 400 days ahead")));
    }
    let then = Asked { now: at, ..*asked };
    let reports = gate::evaluate(&then);
    if timed(&reports).next().is_none() {
        return Ok(());
    }
    let fits = next(&then, &reports);
    let title = format!(
        "asked for {}, when it does not fit; {fits}",
        asked.moment(at)
    );
    Err(blocked(asked, reports, title, None))
}

fn unscheduled(asked: &Asked<'_>) -> Result<(), Refusal> {
    let reports = gate::evaluate(asked);
    if timed(&reports).next().is_none() {
        return Ok(());
    }
    let env = &asked.plan.environment;
    let fits = next(asked, &reports);
    let title = format!("{env} takes no unscheduled work outside its times; {fits}");
    let rule = format!("environments.{env}.unscheduled");
    Err(blocked(asked, reports, title, Some(rule)))
}

/// What the calendar holds against it. That it was not healthy for long enough elsewhere is no matter of the calendar.
fn timed(reports: &[GateReport]) -> impl Iterator<Item = &GateReport> {
    reports
        .iter()
        .filter(|r| r.gate.is_timed() && r.gate != GateId::Soak && !r.outcome.passes())
}

fn next(asked: &Asked<'_>, reports: &[GateReport]) -> String {
    let zone = asked.spec.environments.get(&asked.plan.environment);
    let zone = zone.map_or("UTC", |e| e.zone.as_str());
    match gate::earliest_in_time(asked, reports) {
        Some(at) => format!("it fits from {} on", gate::moment_in(at, zone)),
        None => "no time is known at which it fits".to_owned(),
    }
}

fn blocked(
    asked: &Asked<'_>,
    mut reports: Vec<GateReport>,
    title: String,
    rule: Option<String>,
) -> Refusal {
    let on = vec!["config".to_owned()];
    for report in &mut reports {
        if report.gate == GateId::Schedule {
            report.outcome = GateOutcome::Fail { on: on.clone() };
            report.title.clone_from(&title);
            report.detail = "ask for a time with `--at`".to_owned();
            report.who = vec!["whoever asks for it".to_owned()];
            report.rule.clone_from(&rule);
        }
    }
    Refusal::Blocked {
        subject: format!("{} in {}", asked.plan.to.release, asked.plan.environment),
        reports,
    }
}
