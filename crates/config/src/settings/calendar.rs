//! Windows, freezes, holidays, the fiscal year.

use super::Lines;
use crate::decode::MONTHS;
use jiff::civil::Date;
use std::collections::BTreeSet;
use tidegate_core::digest::Digest;
use tidegate_core::spec::{Freeze, FreezePolicy, Operation, Scope, Tier, Window};

/// A window.
pub fn window_lines(lines: &mut Lines, at: &str, window: &Window) {
    let Window {
        allow,
        deny,
        zone,
        at_most,
    } = window;
    lines.add(format!("{at}.allow"), allow.join(" or "));
    lines.some(format!("{at}.deny"), deny);
    lines.maybe(format!("{at}.zone"), zone.as_ref());
    lines.maybe(format!("{at}.at-most"), at_most.as_ref());
}

/// A freeze.
pub fn freeze_lines(lines: &mut Lines, at: &str, freeze: &Freeze) {
    let Freeze {
        why,
        around,
        from,
        until,
        zone,
        scope,
        policy,
    } = freeze;
    lines.add(format!("{at}.why"), why);
    lines.maybe(format!("{at}.around"), around.as_ref());
    lines.add(format!("{at}.from"), from);
    lines.maybe(format!("{at}.until"), until.as_ref());
    lines.maybe(format!("{at}.zone"), zone.as_ref());
    scope_lines(lines, at, scope);
    policy_lines(lines, at, policy);
}

/// Selectors, as far as they are written.
pub fn scope_lines(lines: &mut Lines, at: &str, scope: &Scope) {
    let Scope {
        services,
        teams,
        units,
        service_tiers,
        environments,
        tiers,
        operations,
    } = scope;
    let mut words = |key: &str, all: Vec<String>| {
        lines.maybe(
            format!("{at}.{key}"),
            (!all.is_empty()).then(|| all.join(", ")),
        );
    };
    words("services", texts(services, ToString::to_string));
    words("teams", texts(teams, ToString::to_string));
    words("units", texts(units, ToString::to_string));
    words("service-tiers", texts(service_tiers, ToString::to_string));
    words("environments", texts(environments, ToString::to_string));
    let tier = |tier: &Tier| tier.as_str().to_owned();
    words("tiers", texts(tiers, tier));
    let operation = |operation: &Operation| operation.as_str().to_owned();
    words("operations", texts(operations, operation));
}

/// What is not as usual.
fn policy_lines(lines: &mut Lines, at: &str, policy: &FreezePolicy) {
    let usual = FreezePolicy::default();
    let FreezePolicy {
        in_flight,
        rollbacks,
        first_installs,
        let_through,
        exception_by,
    } = policy;
    let words = [
        ("in-flight", in_flight.as_str(), usual.in_flight.as_str()),
        ("rollbacks", rollbacks.as_str(), usual.rollbacks.as_str()),
        (
            "first-installs",
            first_installs.as_str(),
            usual.first_installs.as_str(),
        ),
    ];
    for (key, is, usual) in words {
        lines.maybe(format!("{at}.{key}"), (is != usual).then_some(is));
    }
    let classes = texts(let_through, |class| class.as_str().to_owned());
    let teams = texts(exception_by, ToString::to_string);
    for (key, all) in [("let-through", classes), ("exception-by", teams)] {
        lines.maybe(
            format!("{at}.{key}"),
            (!all.is_empty()).then(|| all.join(", ")),
        );
    }
}

fn texts<T>(all: &[T], text: impl Fn(&T) -> String) -> Vec<String> {
    all.iter().map(text).collect()
}

/// Which days are working days, and when quarters end.
pub fn year_lines(lines: &mut Lines, fiscal_year_starts: u8, holidays: &BTreeSet<Date>) {
    let month = usize::from(fiscal_year_starts).checked_sub(1);
    lines.maybe("fiscal-year-starts", month.and_then(|n| MONTHS.get(n)));
    for day in holidays {
        lines.add(format!("holidays.{day}"), "no working day");
    }
}

/// A list of a country or region: one line, which differs when any of its days does.
pub fn list_lines(lines: &mut Lines, list: &str, days: &BTreeSet<Date>) {
    let all: Vec<String> = days.iter().map(ToString::to_string).collect();
    let digest = Digest::of(all.join("\n").as_bytes());
    let years = days.first().zip(days.last());
    let years = years.map_or_else(String::new, |(first, last)| {
        format!(" from {} to {}", first.year(), last.year())
    });
    lines.add(
        format!("holidays.{list}"),
        format!("{} days{years}, sha256:{}", days.len(), digest.short(4)),
    );
}
