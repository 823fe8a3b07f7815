//! An independent checker of plans, written apart from the planner: it walks the steps on a small model of the target and
//! says what a plan would break. It runs on every plan before it is accepted.

use crate::plan::{Intent, Plan, PlanBody, Side, Step};

/// What is wrong with a plan. A plan with a note is never accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Note {
    /// The digest does not match the body.
    #[error("the plan's digest does not match its content")]
    Digest,
    /// A step speaks of a side that the plan does not have.
    #[error("{list} step {n} speaks of the {side:?} side, which the plan does not have")]
    NoSide {
        /// `steps`, `undo` or `closing`.
        list: &'static str,
        /// Step, from 1.
        n: usize,
        /// Side.
        side: Side,
    },
    /// Traffic would go to a side without instances.
    #[error("{list} step {n} ({step}) leaves traffic on a side with no instances")]
    Unready {
        /// List.
        list: &'static str,
        /// Step, from 1.
        n: usize,
        /// The step.
        step: String,
    },
    /// The plan does not end with the new side carrying everything.
    #[error(
        "after the last step the new side has {share} basis points of traffic and {count} instances; {wanted} are wanted"
    )]
    Incomplete {
        /// Share reached.
        share: u32,
        /// Instances reached.
        count: u32,
        /// Instances wanted.
        wanted: u32,
    },
    /// The way back does not restore the start.
    #[error(
        "undo from step {after} leaves {old} old and {new} new instances with {share} basis points on the new side"
    )]
    UndoIncomplete {
        /// Steps done before the undo.
        after: usize,
        /// Old instances.
        old: u32,
        /// New instances.
        new: u32,
        /// Share of the new side.
        share: u32,
    },
    /// A weight over all traffic.
    #[error("{list} step {n} shifts {share} of 10000 basis points")]
    Weight {
        /// List.
        list: &'static str,
        /// Step, from 1.
        n: usize,
        /// Share.
        share: u32,
    },
    /// The new side gets traffic before its bits are verified.
    #[error("step {n} starts the new side before it is prepared")]
    Unprepared {
        /// Step, from 1.
        n: usize,
    },
}

/// Instances and traffic as the checker's model of the target.
#[derive(Clone)]
struct Model {
    old: u32,
    new: u32,
    /// Share of the new side; `None` is no traffic at all.
    share: Option<u32>,
    prepared: bool,
}

impl Model {
    fn start(body: &PlanBody) -> Self {
        let runs = body.from.as_ref().map_or(0, |f| f.instances);
        let same = is_same(body);
        Self {
            old: if same { 0 } else { runs },
            new: if same { runs } else { 0 },
            share: body.from.as_ref().map(|_| if same { 10_000 } else { 0 }),
            prepared: false,
        }
    }
}

/// A new size of what runs: both sides are the same instances, counted as the new side.
fn is_same(body: &PlanBody) -> bool {
    body.from.as_ref().is_some_and(|f| f.key == body.to.key)
}

/// Everything wrong with the plan; empty for a good one.
#[must_use]
pub fn check(plan: &Plan) -> Vec<Note> {
    let body = &plan.body;
    let mut notes = Vec::new();
    if body.digest().ok().as_ref() != Some(&plan.digest) {
        notes.push(Note::Digest);
    }
    let start = Model::start(body);
    let mut model = start.clone();
    check_undo(body, &start, &model, 0, &mut notes);
    for (i, step) in body.steps.iter().enumerate() {
        apply(body, "steps", i, step, &mut model, &mut notes);
        check_undo(body, &start, &model, i + 1, &mut notes);
    }
    let routed = body.to.port.is_some();
    let share = model.share.unwrap_or(0);
    if (routed && share != 10_000) || model.new != body.to.instances {
        notes.push(Note::Incomplete {
            share,
            count: model.new,
            wanted: body.to.instances,
        });
    }
    for (i, step) in body.closing.iter().enumerate() {
        apply(body, "closing", i, step, &mut model, &mut notes);
    }
    notes.dedup();
    notes
}

fn apply(
    body: &PlanBody,
    list: &'static str,
    i: usize,
    step: &Step,
    model: &mut Model,
    notes: &mut Vec<Note>,
) {
    let n = i + 1;
    match &step.intent {
        Intent::Prepare => model.prepared = true,
        Intent::Scale { side, count } => {
            if body.side(*side).is_none() {
                notes.push(Note::NoSide {
                    list,
                    n,
                    side: *side,
                });
            }
            match side {
                Side::Old if !is_same(body) => model.old = *count,
                Side::Old | Side::New => {
                    if !model.prepared && *count > 0 && list == "steps" {
                        notes.push(Note::Unprepared { n });
                    }
                    model.new = *count;
                }
                Side::Warm => {}
            }
        }
        Intent::Shift { new } => {
            if let Some(share) = new
                && *share > 10_000
            {
                notes.push(Note::Weight {
                    list,
                    n,
                    share: *share,
                });
            }
            model.share = *new;
        }
        Intent::Hold { .. } | Intent::SignOff(_) => {}
    }
    let routed = body.to.port.is_some();
    let unready = match model.share {
        None => false,
        Some(share) => {
            routed && ((share > 0 && model.new == 0) || (share < 10_000 && model.old == 0))
        }
    };
    if unready {
        notes.push(Note::Unready {
            list,
            n,
            step: step.intent.to_string(),
        });
    }
}

fn check_undo(body: &PlanBody, start: &Model, at: &Model, after: usize, notes: &mut Vec<Note>) {
    let mut model = at.clone();
    for (i, step) in body.undo.iter().enumerate() {
        apply(body, "undo", i, step, &mut model, notes);
    }
    let restored = model.old == start.old
        && model.new == start.new
        && (body.to.port.is_none() || model.share == start.share);
    if !restored {
        notes.push(Note::UndoIncomplete {
            after,
            old: model.old,
            new: model.new,
            share: model.share.unwrap_or(0),
        });
    }
}
