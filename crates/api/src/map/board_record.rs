//! What a board let go and that failed: shown with every agenda and in the minutes, so that it learns from its own decisions.

use crate::error::Problem;
use crate::look::Look;
use tidegate_client::wire;
use tidegate_core::stream::change::{Change, Outcome as Went, Phase};
use tidegate_core::stream::meeting::{Item, Meeting, MeetingId, Outcome, Ruling};
use tidegate_core::time::{Millis, Timestamp};

/// How far back a board looks.
const BACK: Millis = Millis::minutes(90 * 24 * 60);

/// Of the sittings in `meetings`, what failed within 90 days before `until`; the newest first.
pub(super) fn failed(
    look: &Look<'_>,
    meetings: &[Meeting],
    until: Timestamp,
) -> Result<Vec<wire::BoardFailed>, Problem> {
    let mut found = Vec::new();
    for facts in meetings.iter().filter_map(|m| m.facts.as_deref()) {
        for item in facts.items.values() {
            if let Some(one) = backed_out(look, &facts.id, item)?
                && one.at <= until
                && BACK.after(one.at) > until
            {
                found.push(one);
            }
        }
    }
    found.sort_by_key(|one| std::cmp::Reverse(one.at));
    Ok(found)
}

fn backed_out(
    look: &Look<'_>,
    meeting: &MeetingId,
    item: &Item,
) -> Result<Option<wire::BoardFailed>, Problem> {
    let Outcome::Decided { decision } = &item.outcome else {
        return Ok(None);
    };
    if decision.ruling != Ruling::Go {
        return Ok(None);
    }
    let topic = &item.topic;
    let change: Change = look.load("change", topic.change.as_str())?;
    let (result, at) = match change.phase {
        Phase::Reviewing { result, at, .. } | Phase::Closed { result, at, .. } => (result, at),
        _ => return Ok(None),
    };
    Ok((result == Went::BackedOut).then(|| wire::BoardFailed {
        change: topic.change.to_string(),
        release: topic.release.to_string(),
        environment: topic.environment.to_string(),
        risk: topic.risk,
        meeting: meeting.to_string(),
        at,
        result: result.as_str().to_owned(),
        dissent: decision.dissent.clone(),
    }))
}
