//! What a bad version costs while nobody decides: bad answers a minute, from the figures of its own verdict.

use super::{Deployment, Facts, Phase, Sub};
use crate::analysis::Verdict;
use crate::plan::Intent;
use crate::time::{Millis, Timestamp};

/// Parts of a whole in the rates of a verdict.
const MILLION: u64 = 1_000_000;

/// The effect in words; it says so where the figures do not tell it.
pub(super) fn told(
    before: &Deployment,
    facts: &Facts,
    verdict: &Verdict,
    now: Timestamp,
) -> String {
    let rate = verdict
        .metrics
        .iter()
        .find(|m| m.unit == "pp" && m.critical && m.new_requests > 0);
    let Some(rate) = rate else {
        return "unknown: its figures count no bad answers".to_owned();
    };
    let Some(window) = window(before, facts, now) else {
        return "unknown: it is not known over which time its figures were counted".to_owned();
    };
    let share = u64::try_from(rate.new_value).unwrap_or(0);
    let bad = share.saturating_mul(rate.new_requests) / MILLION;
    let each = |bad: u64| bad.saturating_mul(60_000).div_ceil(window.0.max(1));
    let more = u64::try_from(rate.difference).unwrap_or(0);
    let more = more.saturating_mul(rate.new_requests) / MILLION;
    let from = facts.plan.body.from.as_ref().map(|from| &from.release);
    let than = from.map_or_else(String::new, |from| {
        format!(", {} more than {from} would give", each(more))
    });
    format!(
        "about {} bad answers a minute{than} ({bad} of {} in {window})",
        each(bad),
        rate.new_requests
    )
}

/// The time over which the figures were counted: since the hold or the watch began.
fn window(before: &Deployment, facts: &Facts, now: Timestamp) -> Option<Millis> {
    let body = &facts.plan.body;
    let (end, length) = match &before.phase {
        Phase::Running { at } => {
            let length = match body.steps.get(at.n)?.intent {
                Intent::Hold { lasting } => lasting,
                _ => return None,
            };
            match &at.sub {
                Sub::Soaking { until, .. } => (*until, length),
                // The hold is over: its whole length was counted.
                Sub::Judging { .. } => return Some(length).filter(|l| l.0 > 0),
                _ => return None,
            }
        }
        Phase::Succeeded { until } => (*until, body.watch),
        _ => return None,
    };
    let left = Millis::between(now, end).0;
    let gone = length.0.checked_sub(left).filter(|gone| *gone > 0)?;
    Some(Millis(gone))
}
