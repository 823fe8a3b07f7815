//! The line of an environment, and what was asked for in time.

use crate::error::Problem;
use crate::look::Look;
use std::collections::BTreeMap;
use tidegate_client::wire;
use tidegate_core::id::EnvId;
use tidegate_core::model::queue::{At, Row};
use tidegate_core::queue::{Holder, Line, Pool, Priority, Request, Slot, Standing};
use tidegate_core::refusal::Refusal;
use tidegate_core::stream::deployment::Facts;
use tidegate_core::time::{Millis, Timestamp};

/// What a caller asks for beside the release.
pub(crate) fn request(
    priority: Option<wire::Priority>,
    at: Option<Timestamp>,
    expires_ms: Option<u64>,
) -> Result<Request, Problem> {
    let invalid = |because: &str, help: &str| Refusal::Invalid {
        because: because.to_owned(),
        help: help.to_owned(),
    };
    let priority = match priority {
        None | Some(wire::Priority::Normal) => Priority::Normal,
        Some(wire::Priority::Low) => Priority::Low,
        Some(wire::Priority::High) => Priority::High,
        Some(wire::Priority::Unknown) => {
            return Err(invalid("no such priority", "it is `low`, `normal` or `high`").into());
        }
    };
    if expires_ms == Some(0) {
        return Err(invalid(
            "it would be given up at once",
            "say how long it may wait: `--expires 3d`",
        )
        .into());
    }
    Ok(Request {
        priority,
        at,
        expires: expires_ms.map(Millis),
    })
}

/// How urgent.
pub(crate) fn priority(priority: Priority) -> wire::Priority {
    match priority {
        Priority::Low => wire::Priority::Low,
        Priority::Normal => wire::Priority::Normal,
        Priority::High => wire::Priority::High,
    }
}

/// A reserved time.
pub(crate) fn slot(slot: Slot) -> wire::Slot {
    wire::Slot {
        start: slot.start,
        end: slot.end,
    }
}

/// Where a deployment that waits stands.
pub(crate) fn place(look: &Look<'_>, facts: &Facts) -> Option<wire::LinePlace> {
    let env = &facts.plan.body.environment;
    let line = Line::of(look.view(), &look.in_force.spec, env, look.now).ok()?;
    let answer = line.answer(Some(&facts.id));
    (answer.place > 0).then(|| wire::LinePlace {
        place: count(answer.place),
        of: count(answer.of),
        before: answer.ahead.iter().map(|a| a.release.to_string()).collect(),
    })
}

/// The line of an environment.
pub(crate) fn queue(look: &Look<'_>, env: &EnvId) -> Result<wire::Queue, Problem> {
    let spec = &look.in_force.spec;
    if !spec.environments.contains_key(env) {
        return Err(Refusal::NotFound {
            what: "environment".to_owned(),
            name: env.to_string(),
        }
        .into());
    }
    let line = Line::of(look.view(), spec, env, look.now)?;
    let standing = line.standing(env);
    let running = line.running(env);
    let mut pools: BTreeMap<Pool, (u32, String)> = BTreeMap::new();
    let waiting = standing.iter().map(|s| &s.row.service);
    for service in waiting.chain(running.iter().map(|h| &h.release.service)) {
        for (pool, places) in spec.pools(service, env) {
            let rule = pool.rule(spec, service);
            pools.entry(pool).or_insert((places, rule));
        }
    }
    Ok(wire::Queue {
        environment: env.to_string(),
        limits: pools
            .into_iter()
            .map(|(pool, (places, rule))| wire::Limit {
                holders: line
                    .holders(&pool)
                    .iter()
                    .map(|h| h.deployment.to_string())
                    .collect(),
                name: pool.to_string(),
                places,
                rule,
            })
            .collect(),
        running: running.iter().map(under_way).collect(),
        waiting: standing.iter().map(|s| in_line(s, look.now)).collect(),
    })
}

fn under_way(holder: &Holder) -> wire::UnderWay {
    wire::UnderWay {
        deployment: holder.deployment.to_string(),
        release: holder.release.to_string(),
        by: holder.by.clone(),
        since: holder.since,
        until: holder.until,
    }
}

fn in_line(standing: &Standing<'_>, now: Timestamp) -> wire::InLine {
    let row: &Row = standing.row;
    let waits_for = match &row.at {
        At::Blocked { by, .. } => by.iter().map(|gate| gate.as_str().to_owned()).collect(),
        At::Ready { .. } | At::Running { .. } => Vec::new(),
    };
    wire::InLine {
        place: count(standing.place),
        deployment: standing.deployment.to_string(),
        release: row.release.to_string(),
        team: row.team.as_ref().map(ToString::to_string),
        priority: priority(row.priority),
        by: row.by.clone(),
        since: row.since,
        waited_ms: row.has_waited(now).0,
        waits_for,
        slot: row.slot.map(slot),
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
