//! There is a place for it, and it is its turn.

use super::{Asked, GateId, GateOutcome, GateReport, LOOK_AGAIN, PASS, times};
use crate::calendar::Span;
use crate::model::queue::{At, Row};
use crate::queue::{Answer, Holder, Line, Me, Pool};
use crate::refusal::Refusal;
use crate::time::{Millis, Timestamp};

pub(super) fn evaluate(asked: &Asked<'_>) -> GateReport {
    let (service, env) = (&asked.plan.service, &asked.plan.environment);
    if !asked.spec.environments.contains_key(env) {
        return broken(asked, format!("{env} is no longer configured"));
    }
    let pools = asked.spec.pools(service, env);
    if pools.is_empty() {
        let title = format!("{env} sets no limit on how many deploy at a time");
        return asked.report(GateId::Capacity, PASS, title);
    }
    let rule = |pool: &Pool| pool.rule(asked.spec, service);
    let answer = match answer(asked) {
        Ok(answer) => answer,
        Err(refusal) => return broken(asked, refusal.to_string()),
    };
    if answer.granted {
        let limits: Vec<String> = pools.iter().map(|(p, n)| limit(p, *n)).collect();
        let report = asked.report(
            GateId::Capacity,
            PASS,
            format!("there is a place: {}", limits.join(", ")),
        );
        return match pools.first() {
            Some((pool, _)) => report.rule(rule(pool)),
            None => report,
        };
    }
    // Whoever gives a place back wakes the next in line; the time is the last resort, longer the further behind.
    let look = match answer.more {
        true => LOOK_AGAIN,
        false => Millis(super::BACKSTOP.0.saturating_mul(answer.place as u64)).min(LOOK_AGAIN),
    };
    let outcome = GateOutcome::Wait {
        at: look.after(asked.now),
        on: vec![asked.own_turn()],
    };
    let report = asked
        .report(GateId::Capacity, outcome, answer.text(env))
        .detail(detail(asked, &answer))
        .who(["whoever may abort what is under way or ask for a higher priority"]);
    let shown = answer.full.first().map(|(pool, _, _)| pool);
    match shown.or(pools.first().map(|(pool, _)| pool)) {
        Some(pool) => report.rule(rule(pool)),
        None => report,
    }
}

impl Asked<'_> {
    /// The answer for a time in which others have all places, the first of them until `over`.
    pub(crate) fn reserved(
        &self,
        pool: &Pool,
        places: u32,
        over: Timestamp,
        holders: &[(String, Span)],
    ) -> GateReport {
        let zone = self.spec.environments.get(&self.plan.environment);
        let zone = zone.map_or(self.spec.zone.as_str(), |e| e.zone.as_str());
        let told = self.spec.setting(zone).map(|setting| {
            let zone = &setting.zone;
            let one = |(what, span): &(String, Span)| {
                let from = times::clock(span.start(), zone, self.now);
                let until = times::moment(span.end(), zone, self.now);
                format!("{what} from {from} to {until}")
            };
            holders.iter().map(one).collect::<Vec<_>>().join("; ")
        });
        let outcome = GateOutcome::Wait {
            at: over,
            on: Vec::new(),
        };
        let title = format!("{}, and others have it then", limit(pool, places));
        self.report(GateId::Capacity, outcome, title)
            .detail(told.unwrap_or_else(|error| error.to_string()))
            .who(["whoever may abort what is reserved or ask for another time"])
            .rule(pool.rule(self.spec, &self.plan.service))
    }
}

fn broken(asked: &Asked<'_>, because: String) -> GateReport {
    let retry_at = super::BACKSTOP.after(asked.now);
    asked.report(GateId::Capacity, GateOutcome::Broken { retry_at }, because)
}

/// Where the deployment stands. It is counted as ready: what other gates say is theirs.
fn answer(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let env = &asked.plan.environment;
    let known = match asked.deployment {
        Some(id) => asked.view.model(Row::MODEL, &Row::key(env, id)),
        None => None,
    };
    let known: Option<Row> = known.and_then(|body| serde_json::from_str(&body).ok());
    let row = match known {
        Some(row) if matches!(row.at, At::Ready { .. }) => row,
        Some(row) => Row {
            waited: row.has_waited(asked.now),
            at: At::Ready { since: asked.now },
            ..row
        },
        None => asked.row(),
    };
    let me = Me {
        env,
        id: asked.deployment,
        row: Some(row),
    };
    let line = Line::near(asked.view, asked.spec, &me, asked.now)?;
    Ok(line.answer(asked.deployment))
}

fn detail(asked: &Asked<'_>, answer: &Answer) -> String {
    let full = answer.full.iter().map(|(pool, n, holders)| {
        let names: Vec<String> = holders.iter().map(|h| holder(asked, h)).collect();
        format!("{}, under way: {}", limit(pool, *n), names.join("; "))
    });
    let full: Vec<String> = full.collect();
    if full.is_empty() {
        let limits: Vec<String> = answer.pools.iter().map(|(p, n)| limit(p, *n)).collect();
        return format!("{}; the places are for those before it", limits.join(", "));
    }
    full.join("; ")
}

/// `prod-eu takes 5 at a time`.
fn limit(pool: &Pool, n: u32) -> String {
    match pool {
        Pool::Environment(_) | Pool::Window(_) if n == 1 => format!("{pool} takes one at a time"),
        Pool::Environment(_) | Pool::Window(_) => format!("{pool} takes {n} at a time"),
        Pool::Resource(name) => format!("{name} is used by one at a time"),
    }
}

/// `web@1.1.0 (dep_…) since Mon 23 Nov 09:00 Berlin, steps done about 09:35`.
pub(super) fn holder(asked: &Asked<'_>, holder: &Holder) -> String {
    let zone = asked.spec.environments.get(&holder.environment);
    let zone = zone.map_or("UTC", |e| e.zone.as_str());
    let Ok(setting) = asked.spec.setting(zone) else {
        return format!("{} since {}", holder.release, holder.since);
    };
    let mut text = format!(
        "{} in {} by {} since {}",
        holder.release,
        holder.environment,
        holder.by,
        times::moment(holder.since, &setting.zone, asked.now),
    );
    if holder.until > holder.since {
        let until = times::moment(holder.until, &setting.zone, asked.now);
        text += &format!(", its steps done about {until}");
    }
    text
}
