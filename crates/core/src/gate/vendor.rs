//! What is known of the third parties that a service depends on is young enough: a calendar that nobody read lately is no
//! data, and never an empty one.
//!
//! Work of a vendor that stands on the calendar is an entry, and judged by the gate `calendar`.

use super::{Asked, GateId, GateOutcome, GateReport, PASS, feeds};
use crate::id::Name;
use crate::spec::{Tier, Vendor};
use crate::stream::feed::{self, Facts};
use crate::time::Timestamp;

pub(super) fn evaluate(asked: &Asked<'_>) -> GateReport {
    let (service, env) = (&asked.plan.service, &asked.plan.environment);
    let tier = asked.spec.environments.get(env).map(|e| e.tier);
    if tier.is_some_and(|tier| tier != Tier::Production) {
        let title = format!("{env} is no production: calendars of vendors do not matter");
        return asked.report(GateId::Vendor, PASS, title);
    }
    let all = asked.spec.vendors.iter();
    let mine: Vec<(&Name, &Vendor)> = all
        .filter(|(_, v)| v.calendar_fresh_for.is_some() && v.services.contains(service))
        .collect();
    if mine.is_empty() {
        let title = format!("{service} depends on no vendor whose calendar is read");
        return asked.report(GateId::Vendor, PASS, title);
    }
    let feeds = match feed::all(asked.view) {
        Ok(feeds) => feeds,
        Err(because) => return super::times::broken(asked, GateId::Vendor, because),
    };
    let mut until: Option<Timestamp> = None;
    let (mut fresh, mut lacks) = (Vec::new(), Vec::new());
    for (name, vendor) in mine {
        // The one that was read last speaks for the vendor.
        let own = feeds
            .iter()
            .filter(|(_, f)| f.vendor.as_ref() == Some(name));
        match own.map(|(_, facts)| facts).max_by_key(|f| f.at) {
            Some(facts) if !feeds::is_stale(asked, facts) => {
                let end = facts.stale_from(asked.spec);
                until = [until, end].into_iter().flatten().min();
                fresh.push(name.as_str());
            }
            found => lacks.push((name, vendor, found)),
        }
    }
    let Some((first, ..)) = lacks.first() else {
        let title = format!("the calendar of {} was read lately", fresh.join(", "));
        return asked.report(GateId::Vendor, GateOutcome::Pass { until }, title);
    };
    let rule = format!("vendors.{first}.calendar-fresh-for");
    let titles: Vec<String> = lacks.iter().map(|lack| title(asked, lack)).collect();
    let who: Vec<String> = lacks.iter().map(who).collect();
    let mut report = super::times::broken(asked, GateId::Vendor, titles.join("; ")).rule(rule);
    report.who = who;
    report
}

type Lack<'a> = (&'a Name, &'a Vendor, Option<&'a Facts>);

fn title(asked: &Asked<'_>, (name, _, found): &Lack<'_>) -> String {
    match found {
        Some(facts) => feeds::no_data(asked, facts, &format!("the calendar of {name}")),
        None => format!("no data: the calendar of {name} was never read"),
    }
}

fn who((name, vendor, found): &Lack<'_>) -> String {
    let again = match found {
        Some(facts) => facts.again(),
        None => format!("tidegate calendar import … --as vendor --vendor {name}"),
    };
    format!("{}: {again}", vendor.owner)
}
