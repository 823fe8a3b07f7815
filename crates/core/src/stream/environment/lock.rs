//! Locks as people read of them: whose it is, when it ends, and how the last one ended.

use super::{Ended, Environment, Phase};
use crate::decider::Ctx;
use crate::gate::moment_in;
use crate::id::EnvId;
use crate::refusal::Refusal;
use crate::time::{Millis, Timestamp};

impl Environment {
    /// Whose lock it is, for whoever may not end it.
    pub(super) fn locked(&self, env: &EnvId, cx: &Ctx<'_>) -> Refusal {
        let Phase::Held {
            because,
            by,
            since,
            until,
        } = &self.phase
        else {
            return not_locked(env, None, cx);
        };
        let end = match until {
            Some(until) => format!("until {}", moment(env, *until, cx)),
            None => "without an end".to_owned(),
        };
        let since = moment(env, *since, cx);
        let help = match *by == cx.actor.who() {
            true => format!("open it first: `tidegate env unlock {env}`"),
            false => format!(
                "ask {by} to open it; an admin can break it: `tidegate env unlock {env} --break --reason \"...\"`"
            ),
        };
        Refusal::Locked {
            because: format!("{env} is locked by {by} since {since}, {end}: {because}"),
            help,
        }
    }
}

/// That there is no lock, and how the last one ended.
pub(super) fn not_locked(env: &EnvId, ended: Option<&Ended>, cx: &Ctx<'_>) -> Refusal {
    let help = format!("nothing is to be done; `tidegate env show {env}` shows it");
    let because = match ended {
        None => format!("{env} is not locked"),
        Some(Ended::Lapsed { holder, at }) => {
            let at = moment(env, *at, cx);
            format!("{env} is not locked: the lock of {holder} ended at {at}")
        }
        Some(Ended::Broken {
            holder,
            by,
            because,
            at,
        }) => {
            let at = moment(env, *at, cx);
            format!("{env} is not locked: {by} broke the lock of {holder} at {at}: {because}")
        }
    };
    Refusal::Locked { because, help }
}

fn moment(env: &EnvId, at: Timestamp, cx: &Ctx<'_>) -> String {
    let zone = cx.spec.environments.get(env);
    moment_in(at, zone.map_or("UTC", |e| e.zone.as_str()))
}

/// When a lock ends by itself; never for one without an end.
pub(super) fn end(
    env: &EnvId,
    until: Option<Timestamp>,
    lasting: Option<Millis>,
    cx: &Ctx<'_>,
) -> Result<Option<Timestamp>, Refusal> {
    let Some(until) = until.or(lasting.map(|length| length.after(cx.now))) else {
        return Ok(None);
    };
    let wrong = match until {
        _ if until <= cx.now => "is not later than now",
        _ if until > crate::limits::PATIENCE.after(cx.now) => "is more than 400 days ahead",
        _ => return Ok(Some(until)),
    };
    let until = moment(env, until, cx);
    Err(Refusal::Invalid {
        because: format!("the end of the lock, {until}, {wrong}"),
        help: "write another instant with `--until`, a length with `--for`, or leave both out"
            .to_owned(),
    })
}
