//! Windows that open at more times, and freezes that hold less. Compared by what they mean in the zone of each environment, so
//! that another way of writing the same times is no change.

use super::weaken::both;
use jiff::civil::{Date, Time};
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::calendar::phrase::Phrase;
use tidegate_core::calendar::rule::{Moment, RuleSet};
use tidegate_core::calendar::schedule::horizon;
use tidegate_core::calendar::{Intervals, Setting, Span, Written, Zone};
use tidegate_core::id::{EnvId, Name};
use tidegate_core::spec::{Environment, Freeze, Spec, Tier, Window};
use tidegate_core::time::Timestamp;

/// A day from which phrases are compared that name none, and for how many days.
const SAMPLE: Date = Date::constant(2026, 1, 1);
const DAYS: u32 = 800;
/// Most first days that phrases may name to be compared.
const MOST_SAMPLES: usize = 12;

/// Reasons by the path of the value that causes them.
pub fn weakened(old: &Spec, new: &Spec) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut common: Vec<_> = both(&old.environments, &new.environments).collect();
    // One reason for a window of several environments: that of production.
    common.sort_by_key(|(_, _, is)| is.tier != Tier::Production);
    let mut seen = BTreeSet::new();
    for (env, was, is) in common {
        // Environments with one window and one zone have one answer.
        let alike = (&was.window, &was.zone, &is.window, &is.zone);
        if was.window == is.window && !seen.insert(alike) {
            continue;
        }
        if let Some((path, reason)) = window(old, new, env, was, is) {
            found.entry(path).or_insert(reason);
        }
    }
    for (name, was) in &old.freezes {
        match new.freezes.get(name) {
            None if renamed(was, new) => {}
            None => {
                let reason = "work may start where this freeze held it".to_owned();
                found.insert(format!("freezes.{name}"), reason);
            }
            Some(is) => freeze(old, new, name, (was, is), &mut found),
        }
    }
    found
}

/// The same freeze under another name, whatever its reason.
fn renamed(was: &Freeze, new: &Spec) -> bool {
    let same = |is: &Freeze| {
        Freeze {
            why: was.why.clone(),
            ..is.clone()
        } == *was
    };
    new.freezes.values().any(same)
}

fn window(
    old: &Spec,
    new: &Spec,
    env: &EnvId,
    was: &Environment,
    is: &Environment,
) -> Option<(String, String)> {
    let named = was.window.as_ref()?;
    let before = old.windows.get(named)?;
    let Some(now) = &is.window else {
        let reason = "deployments may start at any time".to_owned();
        return Some((format!("environments.{env}.window"), reason));
    };
    let after = new.windows.get(now)?;
    let path = if named != now {
        format!("environments.{env}.window")
    } else if before.allow != after.allow {
        format!("windows.{now}.allow")
    } else if before.deny != after.deny {
        format!("windows.{now}.deny")
    } else if before.zone != after.zone {
        format!("windows.{now}.zone")
    } else if was.zone != is.zone {
        format!("environments.{env}.zone")
    } else {
        format!("windows.{now}")
    };
    let zone = |w: &Window, e: &Environment| w.zone.clone().unwrap_or_else(|| e.zone.clone());
    let (old_zone, new_zone) = (zone(before, was), zone(after, is));
    let year = old.fiscal_year_starts == new.fiscal_year_starts;
    let same = (&before.allow, &before.deny) == (&after.allow, &after.deny);
    if same && old_zone == new_zone && year {
        return None;
    }
    let settings = old.setting(&old_zone).ok().zip(new.setting(&new_zone).ok());
    let texts = [before, after]
        .into_iter()
        .flat_map(|w| w.allow.iter().chain(&w.deny));
    let more = settings.and_then(|(a, b)| {
        let open = |within| {
            let was = before.spans(&a, within).ok()?;
            Some(after.spans(&b, within).ok()?.subtraction(&was))
        };
        extra(texts, &b, open)
    });
    match more {
        Some(None) => None,
        Some(Some(text)) => Some((path, format!("deployments in {env} may also start {text}"))),
        None => Some((path, unclear("its times", env))),
    }
}

fn freeze(
    old: &Spec,
    new: &Spec,
    name: &Name,
    (was, is): (&Freeze, &Freeze),
    found: &mut BTreeMap<String, String>,
) {
    let at = format!("freezes.{name}");
    found.extend(super::frozen::weakened(old, new, &at, (was, is)));
    let common = both(&old.environments, &new.environments);
    let held = common
        .filter(|(id, ..)| was.scope.has_environment(old, id) && is.scope.has_environment(new, id));
    for (env, e, f) in held {
        let zone = |freeze: &Freeze, e: &Environment| {
            freeze.zone.clone().unwrap_or_else(|| e.zone.clone())
        };
        let settings = old
            .setting(&zone(was, e))
            .ok()
            .zip(new.setting(&zone(is, f)).ok());
        let less = settings.and_then(|(a, b)| shorter(was, is, &a, &b));
        let reason = match less {
            Some(None) => continue,
            Some(Some(text)) => format!("deployments in {env} may start {text}"),
            None => unclear("its time", env),
        };
        found
            .entry(format!("{at}{}", key(was, is)))
            .or_insert(reason);
        break;
    }
}

/// What of a freeze changed; nothing when only holidays or the fiscal year did.
fn key(was: &Freeze, is: &Freeze) -> &'static str {
    if was.from != is.from || was.around != is.around {
        ".from"
    } else if was.until != is.until {
        ".until"
    } else if was.zone != is.zone {
        ".zone"
    } else {
        ""
    }
}

fn unclear(what: &str, env: &EnvId) -> String {
    format!("{what} in {env} cannot be compared")
}

/// When `is` does not hold and `was` did. The outer option is empty when that cannot be told.
#[expect(clippy::option_option, reason = "not told, nothing, something")]
fn shorter(was: &Freeze, is: &Freeze, a: &Setting, b: &Setting) -> Option<Option<String>> {
    let left = |time| {
        let held = was.spans(a, time).ok()?;
        Some(held.subtraction(&is.spans(b, time).ok()?))
    };
    if was.around.is_none() && is.around.is_none() {
        let left = left(Span::new(Timestamp::MIN, Timestamp::MAX)?)?;
        return Some(left.spans().first().map(|span| said(*span, b)));
    }
    let texts = [was, is]
        .into_iter()
        .flat_map(|f| f.around.iter().chain([&f.from]));
    extra(texts, b, left)
}

/// The first time that `more` finds, in a sample that begins with each day that a phrase names.
#[expect(clippy::option_option, reason = "not told, nothing, something")]
pub(super) fn extra<'a>(
    texts: impl Iterator<Item = &'a String>,
    setting: &Setting,
    more: impl Fn(Span) -> Option<Intervals>,
) -> Option<Option<String>> {
    let mut days: BTreeSet<Date> = BTreeSet::from([SAMPLE]);
    for text in texts {
        match Written::read(text) {
            Ok(Written::Phrase(Phrase::Pattern(pattern))) => days.extend(pattern.from),
            Ok(Written::Phrase(Phrase::Instant(day, _))) => days.extend([day]),
            Ok(Written::Rules(set)) => days.extend(days_of(&set)?),
            Ok(Written::Phrase(_)) | Err(_) => {}
        }
    }
    if days.len() > MOST_SAMPLES {
        return None;
    }
    for day in days {
        let start = setting.zone.instant(day.to_datetime(Time::midnight()))?;
        let found = more(Span::new(start, horizon(start, DAYS))?)?;
        if let Some(first) = found.spans().first() {
            return Some(Some(said(*first, setting)));
        }
    }
    Some(None)
}

/// Days on which a rule begins, ends or leaves its pattern. None when that cannot be told without counting it.
fn days_of(set: &RuleSet) -> Option<Vec<Date>> {
    let rules = || set.rules.iter().chain(&set.except_rules);
    if rules().any(|rule| rule.count.is_some()) {
        return None;
    }
    let named = rules().filter_map(|rule| rule.until);
    let named = named.chain(set.dates.iter().chain(&set.except_dates).copied());
    let day = |moment| match moment {
        Moment::Civil(civil) => civil.date(),
        Moment::Day(day) => day,
        Moment::Instant(at) => Zone::utc().civil(at).date(),
    };
    // A day earlier, so that the zone does not matter.
    let before = |day: Date| day.yesterday().unwrap_or(day);
    let all = named.map(day).chain([set.start.date()]);
    Some(all.map(before).collect())
}

/// "on Fri 2026-01-02 from 16:00, New York".
fn said(span: Span, setting: &Setting) -> String {
    let at = setting.zone.civil(span.start());
    format!(
        "{} in {}",
        at.strftime("on %a %Y-%m-%d from %H:%M"),
        setting.zone
    )
}
