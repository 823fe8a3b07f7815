//! Trains.

use super::Lines;
use std::fmt::Display;
use tidegate_core::id::Name;
use tidegate_core::spec::{Cadence, Train};

/// A train.
pub fn train_lines(lines: &mut Lines, at: &str, train: &Train) {
    let Train {
        carries,
        departs,
        zone,
        first,
        scope_closes,
        code_closes,
        go_no_go,
        decided_by,
        missed,
        capacity,
        to,
        patience,
        trigger,
        features,
        cadence,
        hands,
        hotfixes,
    } = train;
    lines.add(format!("{at}.carries"), joined(carries));
    lines.add(format!("{at}.departs"), departs);
    lines.maybe(format!("{at}.zone"), zone.as_ref());
    lines.maybe(format!("{at}.first"), first.as_ref());
    lines.maybe(format!("{at}.scope-closes"), scope_closes.as_ref());
    lines.maybe(format!("{at}.code-closes"), code_closes.as_ref());
    lines.maybe(format!("{at}.go-no-go"), go_no_go.as_ref());
    lines.maybe(format!("{at}.decided-by"), decided_by.as_ref());
    lines.add(format!("{at}.missed"), missed.as_str());
    lines.maybe(format!("{at}.capacity"), capacity.as_ref());
    lines.maybe(format!("{at}.to"), (!to.is_empty()).then(|| joined(to)));
    lines.add(format!("{at}.patience"), patience);
    lines.add(format!("{at}.trigger"), trigger.as_str());
    for (name, releases) in features {
        lines.add(format!("{at}.features.{name}"), joined(releases));
    }
    for (team, number) in hands {
        lines.add(format!("{at}.hands.{team}"), number);
    }
    if let Some(rule) = hotfixes {
        let tags: Vec<&str> = rule.tags.iter().map(Name::as_str).collect();
        lines.add(format!("{at}.hotfixes.until"), rule.until);
        lines.add(format!("{at}.hotfixes.tags"), tags.join(", "));
    }
    if let Some(cadence) = cadence {
        let Cadence {
            slow_after,
            recover_after,
            steps,
            notice,
        } = cadence;
        lines.add(format!("{at}.cadence.slow-after"), slow_after);
        lines.add(format!("{at}.cadence.recover-after"), recover_after);
        lines.add(format!("{at}.cadence.steps"), steps.join("; then "));
        lines.add(format!("{at}.cadence.notice"), notice);
    }
}

fn joined<T: Display>(all: &[T]) -> String {
    let all: Vec<String> = all.iter().map(ToString::to_string).collect();
    all.join(", ")
}
