//! Bringing a configuration into force.

use super::weakened::allowed;
use super::{Command, Config, Event, Phase};
use crate::calendar::zone_data_version;
use crate::decider::{Ctx, Decision};
use crate::refusal::Refusal;

pub(super) fn decide(
    state: &Config,
    command: Command,
    cx: &Ctx<'_>,
) -> Result<Decision<Event>, Refusal> {
    let Command::Apply {
        digest,
        blob,
        commit,
        reason,
        parent,
        changes,
        weakens,
        weakened,
        concerns: _,
    } = command
    else {
        return Ok(Decision::resting(Vec::new()));
    };
    if parent.as_ref() != state.in_force() {
        return Err(Config::moved());
    }
    let revision = match &state.phase {
        Phase::Absent => 1,
        Phase::Applied {
            digest: have,
            blob: same,
            ..
        } if *have == digest && *same == blob => {
            return Ok(Decision::resting(Vec::new()));
        }
        Phase::Applied { revision, .. } => revision + 1,
    };
    let mut agreed = Vec::new();
    for answered in weakened.answered() {
        let yes = allowed(state, (&digest, &answered), cx)?;
        agreed.extend(yes.filter(|yes| !agreed.contains(yes)));
    }
    let by = cx.actor.who().to_owned();
    // Criteria that stay as they are do so whatever is applied now.
    let then = crate::stream::meeting::keep(cx.spec, cx.view, cx.now);
    let applied = Decision::resting(vec![Event::Applied {
        revision,
        digest,
        blob,
        commit,
        by,
        changes,
        weakens,
        zone_data: Some(zone_data_version().to_owned()),
        because: reason,
        agreed,
    }]);
    Ok(applied.then(then))
}
