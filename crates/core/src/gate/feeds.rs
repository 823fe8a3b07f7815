//! When a calendar of others counts as no data, and how that is told: shared by the gates calendar and vendor.

use super::times::moment;
use super::{Asked, GateId, GateReport};
use crate::calendar::Zone;
use crate::stream::entry::Effect;
use crate::stream::feed::{self, Facts};
use crate::time::Millis;

/// Was it read too long ago, as of the present? That it will be read again before a later instant is taken for granted.
pub(super) fn is_stale(asked: &Asked<'_>, facts: &Facts) -> bool {
    let from = facts.stale_from(asked.spec);
    from.is_some_and(|from| asked.present >= from)
}

/// `no data: the calendar of card-network was last read Sat 14 Nov 14:02 Berlin, 7d ago; it counts for 2d`.
pub(super) fn no_data(asked: &Asked<'_>, facts: &Facts, what: &str) -> String {
    let zone = Zone::named(&asked.spec.zone).unwrap_or_else(|_| Zone::utc());
    let age = Millis::between(facts.at, asked.present).in_minutes();
    let counts = facts.counts_for(asked.spec).unwrap_or(Millis::ZERO);
    let read = moment(facts.at, &zone, asked.now);
    format!("no data: {what} was last read {read}, {age} ago; it counts for {counts}")
}

/// The answer of the gate `calendar` where a calendar that holds work back, and is no vendor's, is not known any more.
pub(super) fn unknown(asked: &Asked<'_>) -> Option<GateReport> {
    let feeds = match feed::all(asked.view) {
        Ok(feeds) => feeds,
        Err(because) => return Some(super::times::broken(asked, GateId::Calendar, because)),
    };
    let (service, env) = (&asked.plan.service, &asked.plan.environment);
    let mine = feeds.iter().filter(|(_, f)| {
        f.vendor.is_none()
            && f.effect != Effect::Informs
            && f.scope.concerns(asked.spec, service, env)
            && is_stale(asked, f)
    });
    let mine: Vec<&Facts> = mine.map(|(_, facts)| facts).collect();
    if mine.is_empty() {
        return None;
    }
    let title = |f: &&Facts| no_data(asked, f, &format!("the calendar {}", f.calendar));
    let titles: Vec<String> = mine.iter().map(title).collect();
    let who = mine.iter().map(|f| match &f.owner {
        Some(owner) => format!("{owner}: {}", f.again()),
        None => format!("{}: {}", f.by, f.again()),
    });
    let mut report = super::times::broken(asked, GateId::Calendar, titles.join("; "));
    report.who = who.collect();
    Some(report)
}
