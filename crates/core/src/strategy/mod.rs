//! Strategies compile to one list of steps; there is one executor and it knows none of them.

mod blue_green;
mod canary;
mod recreate;
mod rolling;

use crate::gate::Purpose;
use crate::id::TeamId;
use crate::plan::{Intent, Revision, Side, SignOff, Step};
use crate::spec::{Shape, StepSignOff};
use crate::time::Millis;

/// Steps, undo steps and why they are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compiled {
    /// The way there.
    pub steps: Vec<Step>,
    /// The way back.
    pub undo: Vec<Step>,
    /// After the stabilisation period.
    pub closing: Vec<Step>,
    /// Stabilisation period.
    pub watch: Millis,
    /// One line per decision.
    pub report: Vec<String>,
}

/// What a strategy works with.
struct Sides<'a> {
    old: Option<&'a Revision>,
    new: &'a Revision,
    watch: Millis,
    /// Team that owns the service.
    owner: &'a TeamId,
}

/// The steps for a shape, for a service of this team. A return to an earlier revision is never held or judged: it goes at once.
#[must_use]
pub fn compile(
    (shape, owner): (&Shape, &TeamId),
    old: Option<&Revision>,
    new: &Revision,
    warm: Option<&Revision>,
    watch: Millis,
    purpose: Purpose,
) -> Compiled {
    let sides = Sides {
        old,
        new,
        watch,
        owner,
    };
    let same = old.is_some_and(|o| o.key == new.key);
    let mut compiled = if same {
        rescale(&sides)
    } else if old.is_none() {
        first(&sides, shape)
    } else if purpose.is_return() {
        match shape {
            Shape::Recreate => recreate::compile(&sides),
            _ => back(&sides),
        }
    } else {
        match shape {
            Shape::Recreate => recreate::compile(&sides),
            Shape::Rolling {
                batch,
                max_unavailable,
            } => rolling::compile(&sides, *batch, *max_unavailable),
            Shape::BlueGreen { warm, sign_off } => {
                blue_green::compile(&sides, *warm, sign_off.as_ref())
            }
            Shape::Canary { steps, .. } => canary::compile(&sides, steps),
        }
    };
    if let Some(warm) = warm {
        compiled.steps.insert(1, scale(Side::Warm, 0, warm));
        compiled.report.push(format!(
            "{} was still kept warm and is retired first",
            warm.key
        ));
    }
    if new.port.is_none() {
        // Without a public port there is no traffic to split; instances are all there is.
        for list in [
            &mut compiled.steps,
            &mut compiled.undo,
            &mut compiled.closing,
        ] {
            list.retain(|s| !matches!(s.intent, Intent::Shift { .. }));
        }
        compiled
            .report
            .push("no public port: traffic steps left out".to_owned());
    }
    compiled
}

/// Time for the slowest instance to come up or go down, with room.
fn scale(side: Side, count: u32, revision: &Revision) -> Step {
    let rounds = u64::from(revision.instances.max(1));
    let one = if count == 0 {
        revision.grace.0
    } else {
        revision.health.deadline.0 + revision.grace.0
    };
    Step {
        intent: Intent::Scale { side, count },
        timeout: Millis(30_000 + one.saturating_mul(rounds)),
        retries: 3,
    }
}

fn prepare() -> Step {
    Step {
        intent: Intent::Prepare,
        timeout: Millis::minutes(15),
        retries: 3,
    }
}

fn shift(new: Option<u32>) -> Step {
    Step {
        intent: Intent::Shift { new },
        timeout: Millis::secs(30),
        retries: 5,
    }
}

fn hold(lasting: Millis) -> Step {
    Step {
        intent: Intent::Hold { lasting },
        timeout: Millis(0),
        retries: 0,
    }
}

/// A wait for a signature.
fn sign_off(asked: &StepSignOff, owner: &TeamId) -> Step {
    Step {
        intent: Intent::SignOff(SignOff {
            sign: asked.sign.clone(),
            team: asked.from.team(owner).clone(),
            within: asked.within,
            signed_in_within: asked.signed_in_within,
            remind_after: asked.remind_after,
            escalate: asked.escalate.clone(),
        }),
        timeout: Millis(0),
        retries: 0,
    }
}

/// Everything that is signed on the way of a shape.
fn sign_offs(shape: &Shape) -> Vec<&StepSignOff> {
    match shape {
        Shape::Canary { steps, .. } => steps.iter().filter_map(|s| s.sign_off.as_ref()).collect(),
        Shape::BlueGreen { sign_off, .. } => sign_off.iter().collect(),
        Shape::Recreate | Shape::Rolling { .. } => Vec::new(),
    }
}

/// First install: nothing to compare with and nothing to go back to. What is signed on the way is signed before the first traffic.
fn first(sides: &Sides<'_>, shape: &Shape) -> Compiled {
    let mut steps = vec![prepare(), scale(Side::New, sides.new.instances, sides.new)];
    let asked = sign_offs(shape).into_iter();
    steps.extend(asked.map(|asked| sign_off(asked, sides.owner)));
    steps.push(shift(Some(10_000)));
    Compiled {
        steps,
        undo: vec![shift(None), scale(Side::New, 0, sides.new)],
        closing: Vec::new(),
        watch: sides.watch,
        report: vec![
            "first install: nothing runs yet, so all traffic goes to the new revision at once"
                .to_owned(),
        ],
    }
}

/// The same revision with another number of instances or another port.
fn rescale(sides: &Sides<'_>) -> Compiled {
    let old = sides.old.unwrap_or(sides.new);
    let before = old.instances;
    Compiled {
        steps: vec![
            prepare(),
            scale(Side::New, sides.new.instances, sides.new),
            shift(Some(10_000)),
        ],
        // From the old revision, which knows its own port.
        undo: vec![scale(Side::Old, before, old), shift(Some(10_000))],
        closing: Vec::new(),
        watch: Millis::ZERO,
        report: vec![format!(
            "the same revision: {before} instances become {}",
            sides.new.instances
        )],
    }
}

/// Return to an earlier revision: bring it up, move everything, retire the other.
fn back(sides: &Sides<'_>) -> Compiled {
    Compiled {
        steps: vec![
            prepare(),
            scale(Side::New, sides.new.instances, sides.new),
            shift(Some(10_000)),
        ],
        undo: undo_beside(sides),
        closing: retire_old(sides),
        watch: Millis::ZERO,
        report: vec!["return to an earlier revision: at once, without holds".to_owned()],
    }
}

/// The way back while the old side still runs or can run beside the new one: traffic first, then instances.
fn undo_beside(sides: &Sides<'_>) -> Vec<Step> {
    match sides.old {
        Some(old) => vec![
            scale(Side::Old, old.instances, old),
            shift(Some(0)),
            scale(Side::New, 0, sides.new),
        ],
        None => vec![shift(None), scale(Side::New, 0, sides.new)],
    }
}

/// The way back when the old side was never scaled down: traffic moves first, at once.
fn undo_instant(sides: &Sides<'_>) -> Vec<Step> {
    match sides.old {
        Some(old) => {
            vec![
                shift(Some(0)),
                scale(Side::Old, old.instances, old),
                scale(Side::New, 0, sides.new),
            ]
        }
        None => undo_beside(sides),
    }
}

fn retire_old(sides: &Sides<'_>) -> Vec<Step> {
    sides
        .old
        .map(|old| scale(Side::Old, 0, old))
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests;
