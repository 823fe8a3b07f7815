//! What people do to a deployment under way: stop it, let it go on, end a hold early.

use super::decide::Turn;
use super::{Cursor, Deployment, Event, Facts, Sub, Way, drive};
use crate::decider::Ctx;
use crate::plan::Intent;
use crate::refusal::Refusal;
use crate::stream::decision::{self, Decision};
use crate::time::Millis;

impl Turn {
    /// Stop here, or, while an agent works, before the next step.
    pub(super) fn pause(&mut self, at: &Cursor, reason: String, cx: &Ctx<'_>) {
        let by = cx.actor.who().to_owned();
        let event = match at.sub {
            Sub::Acting { .. } => Event::PauseAsked { by, reason },
            _ => Event::Paused {
                by,
                reason,
                until: drive::PATIENCE.after(cx.now),
            },
        };
        self.happen(event, cx);
    }

    /// Go on: a hold lasts for what was left of it, or for its whole time when a person was waited for.
    pub(super) fn resume(&mut self, facts: &Facts, at: &Cursor, cx: &Ctx<'_>) {
        let by = cx.actor.who().to_owned();
        self.happen(Event::Resumed { by }, cx);
        if let Sub::Paused {
            left: Some(left), ..
        } = at.sub
        {
            let until = left.after(cx.now);
            let deadline = left.max(Millis::minutes(1)).after(until);
            let soaking = Event::Soaking {
                n: at.n,
                step: facts.step_name(Way::Forward, at.n),
                until,
                deadline,
            };
            self.happen(soaking, cx);
        }
    }

    /// End the present hold now, whatever the figures; a stop between two steps just ends.
    pub(super) fn advance(&mut self, facts: &Facts, at: &Cursor, reason: String, cx: &Ctx<'_>) {
        let by = cx.actor.who().to_owned();
        let step = facts.steps(Way::Forward).get(at.n);
        let holds = step.is_some_and(|s| matches!(s.intent, Intent::Hold { .. }));
        let detail = format!("advanced by {by}: {reason}");
        let advanced = Event::Advanced {
            by: by.clone(),
            reason,
        };
        self.happen(advanced, cx);
        if holds {
            self.finish_hold(facts, at, detail, cx);
        } else {
            self.happen(Event::Resumed { by }, cx);
        }
    }
}

/// While those who are asked have not decided, nobody lets it go on around them.
pub(super) fn undecided(state: &Deployment, cx: &Ctx<'_>) -> Result<(), Refusal> {
    let Some(facts) = state.facts.as_deref() else {
        return Ok(());
    };
    let Some(id) = crate::model::decision::open_about(cx.view, &facts.id) else {
        return Ok(());
    };
    let found: Decision = cx.view.load(id.as_str())?;
    match found.phase {
        decision::Phase::Open { .. } => Err(Refusal::Invalid {
            because: format!("{id} is open: whether it goes back or stays is not decided"),
            help: format!(
                "`tidegate decision resolve {id}` decides; `tidegate abort` takes it back"
            ),
        }),
        _ => Ok(()),
    }
}
