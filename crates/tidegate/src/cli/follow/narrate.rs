//! Entries of a deployment's stream as lines: one an event, greppable, without control codes.

use crate::cli::deploy::place_line;
use crate::output::Look;
use crate::output::when::{lasting, short};
use std::collections::BTreeMap;
use tidegate_client::wire::{Deployment, Entry};
use tidegate_core::gate::GateReport;
use tidegate_core::plan::Intent;
use tidegate_core::queue::Slot;
use tidegate_core::spec::Share;
use tidegate_core::stream::deployment::{Event, Way};
use tidegate_core::time::{Millis, Timestamp};

/// Tells the story of one deployment.
#[derive(Debug, Default)]
pub struct Narrator {
    /// What stands at the beginning of each line besides the time, when several stories are told at once.
    about: Option<String>,
    /// `service@version`.
    release: String,
    /// Release before.
    from: Option<String>,
    /// Lengths of the lists of steps: there, back, closing.
    counts: [usize; 3],
    /// Share of the new side after each forward step, basis points.
    shares: Vec<u32>,
    /// When the step under way began.
    began: BTreeMap<(u8, usize), Timestamp>,
    /// Conditions that were told as unmet.
    unmet: Vec<String>,
    /// When its gates passed.
    started: Option<Timestamp>,
    /// Whether a line was told.
    told: bool,
}

impl Narrator {
    /// For a deployment; `many` when lines must name their environment.
    pub fn new(d: &Deployment, many: bool) -> Self {
        Self {
            about: many.then(|| d.environment.clone()),
            release: d.release.clone(),
            from: d.from.clone(),
            counts: [d.plan.steps.len(), d.plan.undo.len(), d.plan.closing.len()],
            ..Self::default()
        }
    }

    /// Lines for an entry, each with its time.
    pub fn lines(&mut self, entry: &Entry, look: &Look) -> Vec<String> {
        let event = entry.body.as_ref().and_then(|body| {
            let event: Result<Event, _> =
                tidegate_core::step::decode(&entry.kind, &body.to_string());
            event.ok()
        });
        let texts = match event {
            Some(event) => self.texts(&event, entry, look),
            // A newer server tells more than this program knows.
            None => vec![entry.kind.trim_start_matches("deployment.").to_owned()],
        };
        let at = look.zone.clock(entry.at);
        let about = self.about();
        texts
            .into_iter()
            .map(|text| format!("{at} {about}{text}"))
            .collect()
    }

    /// Its place in the line, when that has changed.
    pub fn place(&self, d: &Deployment, now: Timestamp, look: &Look) -> Option<String> {
        let text = place_line(d.place.as_ref()?, &d.environment);
        Some(format!("{} {}{text}", look.zone.clock(now), self.about()))
    }

    fn about(&self) -> String {
        let about = self.about.as_deref();
        about.map(|env| format!("{env} ")).unwrap_or_default()
    }

    fn texts(&mut self, event: &Event, entry: &Entry, look: &Look) -> Vec<String> {
        match event {
            Event::Proposed {
                plan, by, reason, ..
            } => {
                self.counts = [
                    plan.body.steps.len(),
                    plan.body.undo.len(),
                    plan.body.closing.len(),
                ];
                self.shares = shares(plan.body.steps.iter().map(|step| &step.intent));
                let reason = if reason.is_empty() {
                    String::new()
                } else {
                    format!(" ({reason})")
                };
                let zone = format!(
                    "times in {} ({})",
                    look.zone.name(),
                    look.zone.offset(entry.at)
                );
                let told = std::mem::replace(&mut self.told, true);
                let zone = if told {
                    String::new()
                } else {
                    format!("  {zone}")
                };
                vec![format!(
                    "{} {} asked by {by} plan sha256:{}{reason}{zone}",
                    self.release,
                    plan.body.environment,
                    plan.digest.short(4),
                )]
            }
            Event::Waiting { reports, anew } => {
                let because = anew.iter().map(|why| format!("asked again: {why}"));
                because
                    .chain(self.waiting(reports, entry.at, look))
                    .collect()
            }
            Event::SlotReserved {
                slot,
                before,
                because,
                expires,
            } => vec![reserved(*slot, before.is_some(), because, *expires, look)],
            Event::SlotLost { because, .. } => {
                vec![format!("no time is reserved any more: {because}")]
            }
            Event::GatesPassed { .. } => {
                self.started = Some(entry.at);
                vec![format!(
                    "all conditions met, started, {} steps",
                    self.counts[0]
                )]
            }
            Event::StepStarted { way, n, .. } => {
                self.began.entry(key(*way, *n)).or_insert(entry.at);
                Vec::new()
            }
            Event::StepFinished {
                way,
                n,
                step,
                detail,
                ..
            } => vec![self.finished(*way, *n, step, detail, entry.at)],
            Event::StepFailed {
                way,
                n,
                step,
                because,
                retry_at,
                ..
            } => {
                let again = retry_at
                    .map(|at| format!("; tried again at {}", look.zone.clock(at)))
                    .unwrap_or_default();
                vec![format!(
                    "{} {step} FAILED: {because}{again}",
                    self.step_at(*way, *n)
                )]
            }
            Event::Soaking { n, step, until, .. } => {
                let first = !self.began.contains_key(&key(Way::Forward, *n));
                self.began.entry(key(Way::Forward, *n)).or_insert(entry.at);
                let share = self
                    .shares
                    .get(*n)
                    .map(|s| format!(" at {}", Share(*s)))
                    .unwrap_or_default();
                let word = if first { "until" } else { "prolonged until" };
                vec![format!(
                    "{} {step}{share} {word} {}",
                    self.step_at(Way::Forward, *n),
                    look.zone.clock_from(entry.at, *until)
                )]
            }
            Event::FiguresAsked { .. } => Vec::new(),
            Event::Judged { n, verdict, .. } => {
                let place = n
                    .map(|n| self.step_at(Way::Forward, n) + " ")
                    .unwrap_or_default();
                vec![format!("{place}verdict {}", verdict.sentence())]
            }
            other => self.turns(other, entry.at, look),
        }
    }

    /// Events after which something else goes on.
    fn turns(&self, event: &Event, now: Timestamp, look: &Look) -> Vec<String> {
        let clock = |at: &Timestamp| look.zone.clock_from(now, *at);
        let text = match event {
            Event::PauseAsked { by, reason } => {
                format!("{by} asked to pause before the next step: {reason}")
            }
            Event::Paused { by, reason, until } => {
                format!(
                    "paused by {by}: {reason} (rolls back by itself at {})",
                    clock(until)
                )
            }
            Event::AwaitsPerson { because, until } => {
                format!(
                    "waits for a person: {because} (rolls back by itself at {})",
                    clock(until)
                )
            }
            Event::SignOffAsked {
                asked, whom, until, ..
            } => {
                format!(
                    "waits for {} by {} (asked {}; rolls back by itself at {})",
                    asked.sign,
                    asked.team,
                    whom.join(", "),
                    clock(until)
                )
            }
            Event::SignOffReminded { asked, whom, .. } => {
                format!(
                    "still waits for {} by {} (reminded {})",
                    asked.sign,
                    asked.team,
                    whom.join(", ")
                )
            }
            Event::SignOffEscalated { asked, whom } => {
                format!(
                    "{} is not signed by {}: told {}",
                    asked.sign,
                    asked.team,
                    whom.join(", ")
                )
            }
            Event::FreezePaused { because, until, .. } => {
                format!(
                    "paused before the next step by {because} (rolls back by itself at {})",
                    clock(until)
                )
            }
            Event::FreezeReleased { exceptions, .. } => match exceptions.as_slice() {
                [] => "no freeze holds it any more, goes on".to_owned(),
                ids => {
                    let ids: Vec<&str> = ids.iter().map(|id| id.as_str()).collect();
                    format!("goes on inside a freeze: exception {}", ids.join(", "))
                }
            },
            Event::Resumed { by } => format!("resumed by {by}"),
            Event::Advanced { by, reason } => format!("hold ended by {by}: {reason}"),
            Event::Succeeded { until } => format!(
                "all traffic on {}, watched until {}",
                self.release,
                clock(until)
            ),
            Event::Closing { because } => format!("closing: {because}"),
            Event::RollbackStarted { cause, .. } => {
                let back = self.from.as_deref().unwrap_or("nothing");
                format!("rolling back to {back}: {cause}")
            }
            Event::NeedsHuman { because, .. } => format!("NEEDS A PERSON: {because}"),
            Event::Settled { by, reason } => format!("settled by hand by {by}: {reason}"),
            Event::Cancelled { by, reason } => format!("cancelled by {by}: {reason}"),
            Event::Superseded { because } => format!("superseded: {because}"),
            Event::BaseMoved { because } => format!("planned again: {because}"),
            Event::Expired {} => "waited too long and gave up".to_owned(),
            // The verdict says it.
            _ => return Vec::new(),
        };
        vec![text]
    }

    /// Unmet conditions, told again only when they changed.
    fn waiting(&mut self, reports: &[GateReport], asked: Timestamp, look: &Look) -> Vec<String> {
        let unmet: Vec<String> = reports
            .iter()
            .filter(|r| !r.outcome.passes())
            .map(|r| condition(r, asked, look))
            .collect();
        if unmet == self.unmet {
            return Vec::new();
        }
        self.unmet.clone_from(&unmet);
        unmet
            .into_iter()
            .map(|line| format!("waits {line}"))
            .collect()
    }

    fn finished(&mut self, way: Way, n: usize, step: &str, detail: &str, at: Timestamp) -> String {
        let took = self
            .began
            .remove(&key(way, n))
            .map(|began| format!(" {}", lasting(began, at)))
            .unwrap_or_default();
        let detail = if detail.is_empty() {
            String::new()
        } else {
            format!(" {detail}")
        };
        format!("{} {step} ok{took}{detail}", self.step_at(way, n))
    }

    /// `[2/6]`, `[back 1/3]`, `[closing 1/1]`.
    fn step_at(&self, way: Way, n: usize) -> String {
        let (word, of) = match way {
            Way::Forward => ("", self.counts[0]),
            Way::Back => ("back ", self.counts[1]),
            Way::Closing => ("closing ", self.counts[2]),
        };
        format!("[{word}{}/{of}]", n + 1)
    }
}

fn key(way: Way, n: usize) -> (u8, usize) {
    (way as u8, n)
}

fn shares<'a>(steps: impl Iterator<Item = &'a Intent>) -> Vec<u32> {
    let mut share = 0;
    steps
        .map(|intent| {
            if let Intent::Shift { new } = intent {
                share = new.unwrap_or(0);
            }
            share
        })
        .collect()
}

/// `reserved Thu 2026-12-03 09:00 to 10:15 Berlin (…); given up Thu 2026-12-17 09:00 Berlin`.
fn reserved(slot: Slot, moved: bool, because: &str, expires: Timestamp, look: &Look) -> String {
    let zone = &look.zone;
    let word = if moved { "moved to" } else { "reserved" };
    format!(
        "{word} {} to {} ({because}); given up {}",
        zone.long(slot.start),
        zone.long(slot.end),
        zone.long(expires)
    )
}

fn condition(report: &GateReport, asked: Timestamp, look: &Look) -> String {
    use tidegate_core::gate::GateOutcome::{Broken, Fail, Overridden, Pass, Wait};
    let mark = match &report.outcome {
        Wait { .. } => "[wait]",
        Fail { .. } => "[no]",
        Broken { .. } => "[broken]",
        Pass { .. } | Overridden { .. } => "[ok]",
    };
    let until = report
        .opens(asked)
        .map(|at| format!("; not before {}", look.zone.long(at)))
        .unwrap_or_default();
    let detail = if report.detail.is_empty() {
        String::new()
    } else {
        format!(": {}", report.detail)
    };
    format!("{mark} {}{detail}{until}", report.title)
}

/// How long a deployment took from its start (from its proposal when it never started).
pub fn duration_of(d: &Deployment) -> Option<String> {
    let ended = d.ended_at?;
    Some(short(Millis::between(
        d.started_at.unwrap_or(d.proposed_at),
        ended,
    )))
}
