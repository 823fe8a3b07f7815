//! The rhythm: when failures pass the limit a slower one is proposed, after a longer quiet spell a quicker one.
//!
//! Only departures with passengers count. Without figures the rhythm stays as it is.

use super::decide::Turn;
use super::{Event, Figures, Phase, Proposal};
use crate::spec::{Cadence, Quota, Train};

/// What the figures ask for, and what became of an earlier proposal.
pub(super) fn judge(turn: &mut Turn<'_, '_>, train: &Train) {
    let Some(cadence) = &train.cadence else {
        return without(turn, train);
    };
    if turn.state.step > cadence.steps.len() {
        let step = cadence.steps.len();
        let because = "the configuration has fewer steps".to_owned();
        change(turn, train, step, because);
    }
    match turn.state.phase.clone() {
        Phase::Proposed { pace } if pace.to > cadence.steps.len() => {
            withdraw(turn, "the configuration has no such step");
        }
        Phase::Proposed { pace } if turn.cx.now >= pace.effective => {
            let because = format!("{}; nobody refused", pace.figures);
            change(turn, train, pace.to, because);
        }
        Phase::Running => propose(turn, train, cadence),
        _ => {}
    }
}

fn propose(turn: &mut Turn<'_, '_>, train: &Train, cadence: &Cadence) {
    let step = turn.state.step;
    let slower = figures(turn, cadence.slow_after)
        .filter(|f| f.limit.is_passed(f.failed, f.carried) && step < cadence.steps.len());
    let quicker = figures(turn, cadence.recover_after)
        .filter(|f| !f.limit.is_passed(f.failed, f.carried) && step > 0);
    let (to, figures) = match (slower, quicker) {
        (Some(figures), _) => (step + 1, figures),
        (None, Some(figures)) => (step - 1, figures),
        (None, None) => return,
    };
    let pace = Proposal {
        to,
        phrase: train.phrase(to).to_owned(),
        figures,
        effective: cadence.notice.after(turn.cx.now),
    };
    turn.happen(Event::PaceProposed { pace });
}

/// The newest departures that a quota looks at; none when there are too few.
fn figures(turn: &Turn<'_, '_>, limit: Quota) -> Option<Figures> {
    let wanted = usize::try_from(limit.departures).ok()?.max(1);
    let results = &turn.state.results;
    let departures = results.get(results.len().checked_sub(wanted)?..)?.to_vec();
    let sum = |of: fn(&super::Counted) -> u32| departures.iter().map(of).sum();
    Some(Figures {
        carried: sum(|c| c.carried),
        failed: sum(|c| c.failed),
        departures,
        limit,
    })
}

fn change(turn: &mut Turn<'_, '_>, train: &Train, step: usize, because: String) {
    let phrase = train.phrase(step).to_owned();
    turn.happen(Event::PaceChanged {
        step,
        phrase,
        because,
    });
}

/// The configuration no longer changes the rhythm.
fn without(turn: &mut Turn<'_, '_>, train: &Train) {
    let because = "the configuration no longer has a cadence";
    if matches!(turn.state.phase, Phase::Proposed { .. }) {
        withdraw(turn, because);
    }
    if turn.state.step > 0 {
        change(turn, train, 0, because.to_owned());
    }
}

fn withdraw(turn: &mut Turn<'_, '_>, reason: &str) {
    if let Phase::Proposed { pace } = turn.state.phase.clone() {
        turn.happen(Event::PaceKept {
            by: turn.cx.actor.who().to_owned(),
            reason: reason.to_owned(),
            figures: pace.figures,
        });
    }
}
