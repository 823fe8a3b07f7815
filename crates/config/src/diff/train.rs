//! Trains that hold back less: services that no longer wait for one, decisions and cut-offs that are dropped.

use super::weaken::both;
use std::collections::BTreeMap;
use tidegate_core::spec::{Missed, Spec};

/// Reasons by the path of the value that causes them.
pub fn weakened(old: &Spec, new: &Spec) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut free: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (name, was) in &old.trains {
        for service in &was.carries {
            if new.services.contains_key(service) && new.train_of(service).is_none() {
                let path = match new.trains.contains_key(name) {
                    true => format!("trains.{name}.carries"),
                    false => format!("trains.{name}"),
                };
                free.entry(path).or_default().push(service.as_str());
            }
        }
    }
    for (path, services) in free {
        let reason = format!("{} may go without a train", services.join(", "));
        found.insert(path, reason);
    }
    for (name, was, is) in both(&old.trains, &new.trains) {
        let at = format!("trains.{name}");
        let mut when = |condition: bool, key: &str, reason: String| {
            if condition {
                found.insert(format!("{at}.{key}"), reason);
            }
        };
        let dropped = |was: &Option<String>, is: &Option<String>| was.is_some() && is.is_none();
        when(
            dropped(&was.go_no_go, &is.go_no_go),
            "go-no-go",
            "departures leave without a go".to_owned(),
        );
        when(
            dropped(&was.code_closes, &is.code_closes),
            "code-closes",
            "passengers need be green only when it leaves".to_owned(),
        );
        when(
            dropped(&was.scope_closes, &is.scope_closes),
            "scope-closes",
            "releases may board later".to_owned(),
        );
        let later = match (&was.hotfixes, &is.hotfixes) {
            (Some(was), Some(is)) => is.until < was.until || !is.tags.is_subset(&was.tags),
            (None, Some(_)) => true,
            (_, None) => false,
        };
        when(
            later,
            "hotfixes",
            "more releases may board after the scope closed".to_owned(),
        );
        when(
            was.decided_by.is_some() && is.decided_by.is_none(),
            "decided-by",
            "the owners of what it carries decide, or everybody who may operate".to_owned(),
        );
        when(
            was.missed == Missed::NextTrain && is.missed == Missed::Ask,
            "missed",
            "a person may admit who is late".to_owned(),
        );
        let more = match (was.capacity, is.capacity) {
            (Some(was), Some(is)) => is > was,
            (was, None) => was.is_some(),
            (None, Some(_)) => false,
        };
        when(more, "capacity", "more releases leave at once".to_owned());
        when(
            is.patience > was.patience,
            "patience",
            format!("a departure may leave {} late", is.patience),
        );
        when(
            was.cadence.is_some() && is.cadence.is_none(),
            "cadence",
            "failures no longer slow it down".to_owned(),
        );
        for (team, number) in &was.hands {
            let left = is.hands.get(team).copied().unwrap_or(0);
            let reason = match left {
                0 => format!("departures need nobody of {team}"),
                left => format!("departures need {left} of {team} instead of {number}"),
            };
            when(left < *number, &format!("hands.{team}"), reason);
        }
        let stops = |spec: &Spec, train: &tidegate_core::spec::Train| {
            let services = train.carries.iter();
            let stops = services.flat_map(|s| spec.stops(train, s).into_iter().cloned());
            stops.collect::<std::collections::BTreeSet<_>>()
        };
        let (before, after) = (stops(old, was), stops(new, is));
        let gone: Vec<&str> = before
            .difference(&after)
            .filter(|env| new.environments.contains_key(*env))
            .map(tidegate_core::id::EnvId::as_str)
            .collect();
        let reason = format!("{} may be entered without it", gone.join(", "));
        when(!gone.is_empty(), "to", reason);
    }
    found
}
