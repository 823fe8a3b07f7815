//! The end of a deployment in one line, and the exit code that says the same.

use super::narrate::duration_of;
use crate::exit::Exit;
use crate::output::Look;
use crate::output::look::Tone;
use tidegate_client::wire::{Deployment, DeploymentPhase, Purpose};

/// How the router and programs say that a port is taken.
const PORT_TAKEN: &str = "Address already in use";

/// What the caller wants of a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// That it arrives.
    Forward,
    /// That it is taken back.
    TakenBack,
}

/// Whether nothing more happens without a person.
pub fn is_over(phase: DeploymentPhase) -> bool {
    phase.is_over() || phase == DeploymentPhase::NeedsPerson
}

/// Exit code of an ended deployment.
pub fn exit_of(d: &Deployment, intent: Intent) -> Exit {
    match (d.phase, intent) {
        (
            DeploymentPhase::RolledBack | DeploymentPhase::Stopped | DeploymentPhase::Cancelled,
            Intent::TakenBack,
        )
        | (DeploymentPhase::Confirmed, Intent::Forward) => Exit::Done,
        // It was proven before the request to take it back came.
        (DeploymentPhase::Confirmed, Intent::TakenBack) => Exit::Conflict,
        (DeploymentPhase::RolledBack, Intent::Forward) => Exit::RolledBack,
        (DeploymentPhase::Cancelled, Intent::Forward) => Exit::Rejected,
        (DeploymentPhase::Superseded, _) => Exit::Conflict,
        (DeploymentPhase::Expired, _) => Exit::Blocked,
        _ => Exit::Failed,
    }
}

/// The last line: verdict, what about, how long, why, and where to look.
pub fn line(d: &Deployment, base: &str, look: &Look) -> String {
    let (word, tone) = match d.phase {
        DeploymentPhase::Confirmed => ("DONE", Tone::Good),
        DeploymentPhase::RolledBack => ("ROLLED BACK", Tone::Bad),
        DeploymentPhase::Stopped => ("STOPPED", Tone::Bad),
        DeploymentPhase::Cancelled => ("CANCELLED", Tone::Waiting),
        DeploymentPhase::Superseded => ("SUPERSEDED", Tone::Waiting),
        DeploymentPhase::Expired => ("EXPIRED", Tone::Waiting),
        DeploymentPhase::NeedsPerson => ("NEEDS A PERSON", Tone::Bad),
        other => (other.as_str(), Tone::Waiting),
    };
    let mut text = format!("{} {} {}", look.paint(tone, word), d.release, d.environment);
    if let Some(lasted) = duration_of(d) {
        text.push_str(&format!(" after {lasted}"));
    }
    if let Some(rest) = rest(d) {
        text.push_str(&format!("; {rest}"));
    }
    text.push_str(&format!("  {base}/api/v1/deployments/{}", d.id));
    text
}

fn rest(d: &Deployment) -> Option<String> {
    let cause = d
        .cause
        .as_deref()
        .map(|c| format!(": {c}"))
        .unwrap_or_default();
    match d.phase {
        DeploymentPhase::RolledBack => {
            let back = d.from.as_deref().map_or_else(
                || "nothing runs, as before".to_owned(),
                |from| format!("back on {from}"),
            );
            let hurt = hurt(d).map(|hurt| format!("; {hurt}")).unwrap_or_default();
            Some(format!("{back}{hurt}{cause}"))
        }
        DeploymentPhase::Stopped => Some(format!("nothing that runs was touched{cause}")),
        DeploymentPhase::Confirmed if d.purpose == Purpose::Rollback => Some("returned".to_owned()),
        DeploymentPhase::Confirmed => None,
        DeploymentPhase::NeedsPerson => {
            let base = cause.trim_start_matches(": ").to_owned();
            Some(if base.is_empty() {
                "the way back failed".to_owned()
            } else {
                format!("the way back failed; it began because of {base}")
            })
        }
        _ => d.cause.clone(),
    }
}

/// `187 of 24806 requests failed on the new side`, from the newest verdict on a rate.
fn hurt(d: &Deployment) -> Option<String> {
    let metric = d
        .verdicts
        .last()?
        .metrics
        .iter()
        .find(|m| m.unit == "pp" && m.new_requests > 0)?;
    let rate = u128::try_from(metric.new_value).ok()?;
    let failed = (u128::from(metric.new_requests) * rate + 500_000) / 1_000_000;
    (failed > 0).then(|| {
        format!(
            "{failed} of {} requests failed on the new side when it was judged",
            metric.new_requests
        )
    })
}

/// Last log lines of the failing program, as they are printed above the verdict.
pub fn log_lines(d: &Deployment) -> Vec<String> {
    if d.log.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![format!("last {} log lines of {}:", d.log.len(), d.release)];
    lines.extend(d.log.iter().map(|line| format!("  | {line}")));
    lines
}

/// What a person can do after an end that is none, as it is printed above the verdict.
pub fn way_out(d: &Deployment) -> Vec<String> {
    let mut lines = Vec::new();
    if d.cause.as_deref().is_some_and(|c| c.contains(PORT_TAKEN)) {
        lines.push(
            "way out: stop what listens there, or change `port:` of the service or `port-offset:` of the environment"
                .to_owned(),
        );
    }
    match d.phase {
        DeploymentPhase::RolledBack => {
            let better = if d.from.as_deref() == Some(d.release.as_str()) {
                "this configuration is held: correct it, apply and deploy again"
            } else {
                "this release is held: deploy another version"
            };
            lines.push(format!(
                "{better}; `tidegate release unhold {} --reason \"...\"` lets it go as it is",
                d.release
            ));
        }
        DeploymentPhase::NeedsPerson => lines.push(format!(
            "way out: `tidegate abort {} --reason \"...\"` tries the way back again",
            d.id
        )),
        _ => {}
    }
    lines
}
