//! Cover, quiet hours, pairs that never change together, runs that cannot be moved and bookings that restrict less. Times are
//! compared by what they mean.

use super::calendar::extra;
use super::weaken::both;
use std::collections::BTreeMap;
use tidegate_core::calendar::{Intervals, Setting, Span};
use tidegate_core::id::{EnvId, ServiceId, TeamId};
use tidegate_core::spec::{
    Audience, Booking, DataClass, Environment, Legacy, Scope, Service, Spec, Team, Vendor,
    recurring,
};

type Found = BTreeMap<String, String>;

/// Reasons by the path of the value that causes them.
pub fn weakened(old: &Spec, new: &Spec) -> Found {
    let mut found = Found::new();
    for (name, was) in &old.teams {
        let is = new.teams.get(name).cloned().unwrap_or_default();
        team(old, new, name, (was, &is), &mut found);
    }
    for (env, was, is) in both(&old.environments, &new.environments) {
        environment(old, new, env, (was, is), &mut found);
    }
    for (name, was, is) in both(&old.services, &new.services) {
        service(&format!("services.{name}"), was, is, &mut found);
    }
    for (name, was, is) in both(&old.strategies, &new.strategies) {
        if was.needs_quiet && !is.needs_quiet {
            let reason = "it may go at busy hours".to_owned();
            found.insert(format!("strategies.{name}.needs-quiet"), reason);
        }
    }
    for (name, was) in &old.legacy {
        let at = format!("legacy.{name}");
        match new.legacy.get(name) {
            None => _ = found.insert(at, "deployments may meet its runs".to_owned()),
            Some(is) => legacy(old, new, &at, (was, is), &mut found),
        }
    }
    for (name, was) in &old.bookings {
        let at = format!("bookings.{name}");
        match new.bookings.get(name) {
            None => _ = found.insert(at, "others need not wait any more".to_owned()),
            Some(is) => booking(old, new, &at, (was, is), &mut found),
        }
    }
    for (name, was) in &old.vendors {
        let is = new.vendors.get(name);
        let bound = |v: &Vendor| (v.maintenance.clone(), v.notice.clone());
        if is.is_none_or(|is| bound(is) != bound(was)) && bound(was) != (Vec::new(), None) {
            let reason = "its work is held to other terms".to_owned();
            found.insert(format!("vendors.{name}"), reason);
        }
        let counted = |v: &Vendor| v.calendar_fresh_for.map_or(u64::MAX, |length| length.0);
        if is.map_or(u64::MAX, counted) > counted(was) {
            let reason = "an older calendar of it counts".to_owned();
            found.insert(format!("vendors.{name}.calendar-fresh-for"), reason);
        }
        let gone = |s: &&ServiceId| is.is_none_or(|is| !is.services.contains(s));
        let gone: Vec<&str> = was
            .services
            .iter()
            .filter(gone)
            .map(ServiceId::as_str)
            .collect();
        if was.calendar_fresh_for.is_some() && !gone.is_empty() {
            let reason = format!("{} no longer wait for its calendar", gone.join(", "));
            found.insert(format!("vendors.{name}.services"), reason);
        }
    }
    found
}

fn team(old: &Spec, new: &Spec, name: &TeamId, (was, is): (&Team, &Team), found: &mut Found) {
    if was.cover.is_empty() {
        return;
    }
    let at = format!("teams.{name}.cover");
    if is.cover.is_empty() {
        let reason = format!("deployments no longer wait until {name} is on duty");
        found.insert(at, reason);
        return;
    }
    let zone = |spec: &Spec, team: &Team| team.zone.clone().unwrap_or_else(|| spec.zone.clone());
    let times = ((&was.cover, zone(old, was)), (&is.cover, zone(new, is)));
    let what = format!("deployments that {name} covers may also start");
    longer(old, new, times, &what, at, found);
}

fn environment(
    old: &Spec,
    new: &Spec,
    env: &EnvId,
    (was, is): (&Environment, &Environment),
    found: &mut Found,
) {
    let gone = |other: &&EnvId| {
        let there = new.environments.get(*other);
        !is.never_with.contains(other) && there.is_some_and(|there| !there.never_with.contains(env))
    };
    let gone: Vec<&str> = was
        .never_with
        .iter()
        .filter(gone)
        .map(EnvId::as_str)
        .collect();
    if !gone.is_empty() {
        let reason = format!("it may change together with {}", gone.join(", "));
        found.insert(format!("environments.{env}.never-with"), reason);
    }
    if !was.quiet.is_empty() && !is.quiet.is_empty() {
        let times = ((&was.quiet, was.zone.clone()), (&is.quiet, is.zone.clone()));
        let what = format!("what needs quiet in {env} may also start");
        let at = format!("environments.{env}.quiet");
        longer(old, new, times, &what, at, found);
    }
}

fn service(at: &str, was: &Service, is: &Service, found: &mut Found) {
    if was.needs_quiet && !is.needs_quiet {
        let reason = "it may go at busy hours".to_owned();
        found.insert(format!("{at}.needs-quiet"), reason);
    }
    let gone = |team: &&TeamId| !is.cover_by.contains(team);
    let gone: Vec<&str> = was
        .cover_by
        .iter()
        .filter(gone)
        .map(TeamId::as_str)
        .collect();
    let narrowed =
        was.cover_by.is_empty() && !is.cover_by.is_empty() && !is.cover_by.contains(&is.owner);
    let who = if narrowed {
        is.owner.to_string()
    } else {
        gone.join(", ")
    };
    if !who.is_empty() {
        let reason = format!("{who} need not be on duty");
        found.insert(format!("{at}.cover-by"), reason);
    }
    harmless(at, was, is, found);
}

/// What lets a service count as less risky, so that less is asked of its changes. What is not said counts at its worst.
fn harmless(at: &str, was: &Service, is: &Service, found: &mut Found) {
    let mut add = |key: &str, reason: &str| found.insert(format!("{at}.{key}"), reason.to_owned());
    if is.tier > was.tier {
        add("tier", "its changes count as less risky");
    }
    let data = |s: &Service| s.data_class.unwrap_or(DataClass::Restricted);
    if data(is) < data(was) {
        add("data-class", "its data counts as less sensitive");
    }
    let audience = |s: &Service| s.audience.unwrap_or(Audience::Customers);
    if audience(is) < audience(was) {
        add("audience", "its changes count as seen by staff only");
    }
}

fn legacy(old: &Spec, new: &Spec, at: &str, (was, is): (&Legacy, &Legacy), found: &mut Found) {
    if narrower(old, new, &was.scope(), &is.scope()) {
        found.insert(at.to_owned(), "its runs concern less".to_owned());
    }
    let zone = |spec: &Spec, one: &Legacy| one.zone.clone().unwrap_or_else(|| spec.zone.clone());
    let settings = old
        .setting(&zone(old, was))
        .ok()
        .zip(new.setting(&zone(new, is)).ok());
    let texts = was.runs.iter().chain(&is.runs);
    let less = settings.and_then(|(a, b)| {
        extra(texts, &b, |time| {
            let before = was.spans(&a, time).ok()?;
            Some(before.subtraction(&is.spans(&b, time).ok()?))
        })
    });
    told(less, "deployments may start", format!("{at}.runs"), found);
}

fn booking(old: &Spec, new: &Spec, at: &str, (was, is): (&Booking, &Booking), found: &mut Found) {
    if was.environment != is.environment || was.team != is.team {
        found.insert(at.to_owned(), "it is booked for others".to_owned());
        return;
    }
    let zone = |spec: &Spec, one: &Booking| {
        let here = spec.environments.get(&one.environment).map(|e| &e.zone);
        one.zone.as_ref().or(here).unwrap_or(&spec.zone).clone()
    };
    let settings = old
        .setting(&zone(old, was))
        .ok()
        .zip(new.setting(&zone(new, is)).ok());
    let texts = was
        .times
        .iter()
        .chain(&is.times)
        .chain(&was.from)
        .chain(&is.from);
    let less = settings.and_then(|(a, b)| {
        extra(texts, &b, |time| {
            let before = was.spans(&a, time).ok()?;
            Some(before.subtraction(&is.spans(&b, time).ok()?))
        })
    });
    told(less, "others may deploy", at.to_owned(), found);
}

/// Whether some service in some environment is no longer concerned.
pub fn narrower(old: &Spec, new: &Spec, was: &Scope, is: &Scope) -> bool {
    old.services.keys().any(|service| {
        let concerned = |env: &&EnvId| was.concerns(old, service, env);
        let envs = old.environments.keys().filter(concerned);
        let mut envs = envs.filter(|env| new.environments.contains_key(*env));
        new.services.contains_key(service) && envs.any(|env| !is.concerns(new, service, env))
    })
}

type Times<'a> = (&'a Vec<String>, String);

/// Times that grew.
fn longer(
    old: &Spec,
    new: &Spec,
    (was, is): (Times<'_>, Times<'_>),
    what: &str,
    at: String,
    found: &mut Found,
) {
    let days = |spec: &Spec| (spec.fiscal_year_starts, spec.working_days());
    let year = days(old) == days(new);
    if was == is && year {
        return;
    }
    let settings = old.setting(&was.1).ok().zip(new.setting(&is.1).ok());
    let spans = |texts: &[String], setting: &Setting, time: Span| -> Option<Intervals> {
        recurring::spans(texts, None, setting, time).ok()
    };
    let more = settings.and_then(|(a, b)| {
        extra(was.0.iter().chain(is.0), &b, |time| {
            let before = spans(was.0, &a, time)?;
            Some(spans(is.0, &b, time)?.subtraction(&before))
        })
    });
    told(more, what, at, found);
}

#[expect(clippy::option_option, reason = "not told, nothing, something")]
fn told(more: Option<Option<String>>, what: &str, at: String, found: &mut Found) {
    let reason = match more {
        Some(None) => return,
        Some(Some(when)) => format!("{what} {when}"),
        None => "its times cannot be compared".to_owned(),
    };
    found.entry(at).or_insert(reason);
}
