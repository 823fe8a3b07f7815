//! What the gates of the calendar share: how far they look, what must fit, and how instants are written.

use super::{Asked, GateId, GateOutcome, GateReport};
use crate::calendar::{Span, Zone};
use crate::time::{Millis, Timestamp};

/// How far ahead is looked, in days: nearly always the first is enough. What lies behind the last counts as never.
pub(super) const AHEAD: [u64; 3] = [10, 70, LAST];
pub(super) const LAST: u64 = 400;

/// From `now` on, so many days.
pub(super) fn days_from(now: Timestamp, days: u64) -> Result<Span, String> {
    Span::lasting(now, Millis(days * 86_400_000)).ok_or_else(|| format!("{now} is the end of time"))
}

/// What must fit, for people.
pub(super) fn needs(asked: &Asked<'_>) -> String {
    let plan = asked.plan;
    let holds = plan.holds();
    let steps = match asked.expected {
        Some(expected) if expected.lasting > holds => Some(expected.to_string()),
        _ => (holds > Millis::ZERO).then(|| format!("{holds} of holds")),
    };
    let watch = (plan.watch > Millis::ZERO).then(|| format!("{} of watch", plan.watch));
    let back =
        (plan.undo_within > Millis::ZERO).then(|| format!("{} for the way back", plan.undo_within));
    let parts: Vec<String> = [steps, watch, back].into_iter().flatten().collect();
    format!("{} must fit: {}", asked.needs(), parts.join(", "))
}

/// `Mon 23 Nov 09:00`, with the year when it is another one than now.
pub(super) fn clock(at: Timestamp, zone: &Zone, now: Timestamp) -> String {
    let (civil, today) = (zone.civil(at), zone.civil(now));
    let pattern = if civil.year() == today.year() {
        "%a %-d %b %H:%M"
    } else {
        "%a %-d %b %Y %H:%M"
    };
    civil.strftime(pattern).to_string()
}

/// The last part of a zone's name, as people say it: `New York`.
pub(super) fn place(zone: &Zone) -> String {
    let name = zone.name();
    name.rsplit('/').next().unwrap_or(name).replace('_', " ")
}

/// `Mon 23 Nov 09:00 New York`.
pub(super) fn moment(at: Timestamp, zone: &Zone, now: Timestamp) -> String {
    format!("{} {}", clock(at, zone, now), place(zone))
}

impl Asked<'_> {
    /// An instant for people, by the clocks of the environment: `Mon 23 Nov 09:00 New York`.
    pub(crate) fn moment(&self, at: Timestamp) -> String {
        let environment = self.spec.environments.get(&self.plan.environment);
        let zone = environment.map_or(self.spec.zone.as_str(), |e| e.zone.as_str());
        match Zone::named(zone) {
            Ok(zone) => moment(at, &zone, self.now),
            Err(_) => at.to_string(),
        }
    }
}

/// A pass that ends where `length` does not fit any more before `end`.
pub(super) fn pass_before(end: Option<Timestamp>, length: Millis) -> GateOutcome {
    let back = i64::try_from(length.0).map(jiff::SignedDuration::from_millis);
    let until = end.and_then(|end| end.checked_sub(back.ok()?).ok());
    GateOutcome::Pass { until }
}

/// The calendar could not be told.
pub(super) fn broken(asked: &Asked<'_>, gate: GateId, because: String) -> GateReport {
    let retry_at = super::BACKSTOP.after(asked.now);
    asked
        .report(gate, GateOutcome::Broken { retry_at }, because)
        .who(WHO)
}

/// Who can change the calendar.
pub(super) const WHO: [&str; 1] = ["whoever may change the configuration"];
