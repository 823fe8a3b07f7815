//! A deployment as a block of lines for a screen: traffic, steps, figures, what a person can do.

use crate::cli::deploy::{place_line, slot_line};
use crate::output::look::Tone;
use crate::output::when::{lasting, short};
use crate::output::{Look, Mark};
use tidegate_client::wire::{Deployment, DeploymentPhase, StepState, Timestamp, Way};
use tidegate_core::spec::Share;
use tidegate_core::time::Millis;

/// Characters of a traffic bar.
const BAR: usize = 24;

/// The block.
pub fn block(d: &Deployment, now: Timestamp, look: &Look) -> Vec<String> {
    let mut lines = vec![first(d, now, look)];
    if matches!(d.phase, DeploymentPhase::Waiting) {
        let place = d.place.as_ref();
        lines.extend(place.map(|place| format!("  {}", place_line(place, &d.environment))));
        let slot = d.slot.as_ref();
        lines.extend(slot.map(|slot| format!("  {}", slot_line(slot, look))));
        lines.extend(
            d.waiting
                .iter()
                .map(|waiting| format!("  waits     {waiting}")),
        );
    } else {
        lines.push(traffic(d, now));
    }
    steps(d, look, &mut lines);
    if let Some(until) = watched(d, now, look) {
        lines.push(until);
    }
    lines
}

fn first(d: &Deployment, now: Timestamp, look: &Look) -> String {
    let step = match &d.step {
        Some(step) if step.way == Way::Back => format!("   back {}/{}", step.n, step.of),
        Some(step) => format!("   step {}/{}", step.n, step.of),
        None => String::new(),
    };
    let from = d.started_at.unwrap_or(d.proposed_at);
    let (clock, elapsed) = match d.ended_at {
        Some(ended) => (ended, format!("took {}", lasting(from, ended))),
        None => (now, format!("elapsed {}", lasting(from, now))),
    };
    let phase = look.paint(tone(d.phase), d.phase.as_str());
    format!(
        "{} -> {}   {phase}{step}   {} {}   {elapsed}",
        d.release,
        d.environment,
        look.zone.clock(clock),
        look.zone.short()
    )
}

fn tone(phase: DeploymentPhase) -> Tone {
    match phase {
        DeploymentPhase::Confirmed | DeploymentPhase::Succeeded | DeploymentPhase::Closing => {
            Tone::Good
        }
        DeploymentPhase::RollingBack
        | DeploymentPhase::RolledBack
        | DeploymentPhase::Stopped
        | DeploymentPhase::NeedsPerson => Tone::Bad,
        _ => Tone::Waiting,
    }
}

fn version(release: &str) -> &str {
    release
        .split_once('@')
        .map_or(release, |(_, version)| version)
}

fn traffic(d: &Deployment, now: Timestamp) -> String {
    let new = d.share.min(10_000);
    let old = 10_000 - new;
    let before = d.from.as_deref().map_or("none", version);
    let mut text = format!(
        "  traffic   old {before} {} {}   new {} {} {}",
        bar(old),
        Share(old),
        version(&d.release),
        bar(new),
        Share(new)
    );
    if let Some(step) = &d.step
        && let (StepState::Soaking, Some(until)) = (step.sub, step.until)
    {
        text.push_str(&format!(
            "   hold {} left",
            short(Millis::between(now, until))
        ));
    }
    text
}

fn bar(share: u32) -> String {
    let filled = usize::try_from(share).unwrap_or(0) * BAR / 10_000;
    let filled = if share > 0 { filled.max(1) } else { 0 };
    format!("{}{}", "#".repeat(filled), "-".repeat(BAR - filled))
}

/// Steps there, and below them those of the way back or of closing when it is on one of these.
fn steps(d: &Deployment, look: &Look, lines: &mut Vec<String>) {
    let over = matches!(
        d.phase,
        DeploymentPhase::Succeeded | DeploymentPhase::Closing | DeploymentPhase::Confirmed
    );
    let forward = match &d.step {
        Some(step) if step.way == Way::Forward => At::On(step.n),
        Some(_) if over => At::Done,
        Some(_) => At::Left,
        None if over => At::Done,
        None if d.started_at.is_none() => At::Open,
        None => At::Left,
    };
    list(&d.plan.steps, forward, d, look, lines);
    if let Some(step) = d.step.as_ref().filter(|step| step.way != Way::Forward) {
        let (word, steps) = match step.way {
            Way::Back => ("way back", &d.plan.undo),
            _ => ("closing", &d.plan.closing),
        };
        lines.push(format!("  {word}"));
        list(steps, At::On(step.n), d, look, lines);
    }
}

/// Where in a list of steps.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    /// Not begun.
    Open,
    /// At step `n`, from 1.
    On(u32),
    /// Through.
    Done,
    /// Left on the way, for the way back.
    Left,
}

fn list(steps: &[String], at: At, d: &Deployment, look: &Look, lines: &mut Vec<String>) {
    for (index, step) in steps.iter().enumerate() {
        let n = u32::try_from(index + 1).unwrap_or(u32::MAX);
        let mark = match at {
            At::Done => Mark::Done,
            At::On(here) if n < here => Mark::Done,
            At::On(here) if n == here => Mark::Running,
            At::Open | At::On(_) => Mark::Open,
            At::Left => {
                lines.push(format!("           {step}"));
                continue;
            }
        };
        lines.push(format!(
            "  {} {step}{}",
            mark.padded(look, 6),
            doing(d, mark)
        ));
        if mark == Mark::Running {
            figures(d, lines);
        }
    }
}

fn doing(d: &Deployment, mark: Mark) -> String {
    let Some(step) = d.step.as_ref().filter(|_| mark == Mark::Running) else {
        return String::new();
    };
    let word = match step.sub {
        StepState::Ready => "starting",
        StepState::Acting => "at work",
        StepState::Soaking => "held",
        StepState::Judging => "judging",
        StepState::Paused => "paused",
        StepState::AwaitingPerson => "waits for a person",
        _ => return String::new(),
    };
    format!("   {word}")
}

fn figures(d: &Deployment, lines: &mut Vec<String>) {
    let Some(verdict) = d.verdicts.last() else {
        return;
    };
    if verdict.metrics.is_empty() {
        lines.push(format!("           {}", verdict.sentence));
    }
    lines.extend(
        verdict
            .metrics
            .iter()
            .map(|metric| format!("           {}", metric.sentence)),
    );
}

fn watched(d: &Deployment, now: Timestamp, look: &Look) -> Option<String> {
    if d.phase != DeploymentPhase::Succeeded {
        return None;
    }
    let left = d.started_at.map(|_| Millis(d.plan.watch_ms))?;
    let until = d.step.as_ref().and_then(|step| step.until);
    Some(match until {
        Some(until) => format!(
            "  watched until {} ({} left)",
            look.zone.clock(until),
            short(Millis::between(now, until))
        ),
        None => format!("  watched for {left}"),
    })
}
