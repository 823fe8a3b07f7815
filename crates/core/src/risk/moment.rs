//! How good the moment is: freezes ahead, hours in which people can help, the end of the week.

use super::Subject;
use crate::calendar::Span;
use crate::freeze;
use crate::gate::Asked;
use crate::queue::Request;
use crate::spec::{Environment, Origins, recurring};
use crate::time::Millis;

/// How far ahead a freeze counts.
pub(super) const AHEAD: Millis = Millis::minutes(72 * 60);
/// Office hours where nobody says other ones, on working days.
const OPENS: i8 = 9;
const CLOSES: i8 = 17;
const NOON: i8 = 12;

/// The next freeze.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Near {
    /// None within the time that counts.
    Clear,
    /// It begins in so many hours.
    In {
        /// Hours.
        hours: u32,
        /// Its name.
        name: String,
    },
    /// It holds.
    Inside {
        /// Its name.
        name: String,
    },
}

/// Whether people can help and users are few.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Hours {
    /// Somebody is there.
    Office(String),
    /// Few users, and perhaps nobody who helps.
    Quiet(String),
    /// Neither.
    Outside(String),
}

/// Where in the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Week {
    /// A working day follows.
    Early,
    /// The morning before days off.
    LastMorning,
    /// The afternoon before days off.
    LastAfternoon,
    /// A day off.
    Off,
}

pub(super) fn freeze(subject: &Subject<'_>) -> Option<Near> {
    let origins = Origins::default();
    let asked = Asked {
        now: subject.now,
        present: subject.now,
        plan: subject.plan,
        purpose: subject.purpose,
        deployment: None,
        request: &Request::PLAIN,
        expected: None,
        spec: subject.spec,
        origins: &origins,
        view: subject.view,
    };
    let time = Span::lasting(subject.now, AHEAD)?;
    let found = freeze::ahead(&asked, time).ok()?;
    let next = found
        .iter()
        .filter(|f| f.excused.is_none())
        .flat_map(|f| f.spans.spans().iter().map(move |s| (s, f)))
        .filter_map(|(span, f)| span.overlap(time).map(|s| (s.start(), f)))
        .min_by_key(|(start, _)| *start);
    let Some((start, first)) = next else {
        return Some(Near::Clear);
    };
    let name = first.which.to_string();
    if start <= subject.now {
        return Some(Near::Inside { name });
    }
    let hours = Millis::between(subject.now, start).0 / 3_600_000;
    let hours = u32::try_from(hours).unwrap_or(u32::MAX);
    Some(Near::In { hours, name })
}

pub(super) fn hours(subject: &Subject<'_>, environment: &Environment) -> Option<Hours> {
    let spec = subject.spec;
    let instant = Span::lasting(subject.now, Millis(1))?;
    let owner = &spec.services.get(&subject.plan.service)?.owner;
    let team = spec.teams.get(owner)?;
    let there = if team.cover.is_empty() {
        let setting = spec.setting(&environment.zone).ok()?;
        let civil = setting.zone.civil(subject.now);
        let office = (OPENS..CLOSES).contains(&civil.hour());
        office
            && setting
                .working_days
                .in_zone(&setting.zone)
                .contains(civil.date())
    } else {
        let zone = team.zone.as_deref().unwrap_or(&spec.zone);
        let setting = spec.setting(zone).ok()?;
        let cover = recurring::spans(&team.cover, None, &setting, instant).ok()?;
        cover.contains(subject.now)
    };
    let zone = spec.setting(&environment.zone).ok()?;
    let quiet = recurring::spans(&environment.quiet, None, &zone, instant).ok()?;
    let told = crate::gate::moment_in(subject.now, &environment.zone);
    Some(if there {
        let what = if team.cover.is_empty() {
            format!("office hours ({told})")
        } else {
            format!("{owner} is on duty ({told})")
        };
        Hours::Office(what)
    } else if quiet.contains(subject.now) {
        Hours::Quiet(format!("quiet hours ({told})"))
    } else {
        Hours::Outside(told)
    })
}

pub(super) fn week(subject: &Subject<'_>, environment: &Environment) -> Option<Week> {
    let setting = subject.spec.setting(&environment.zone).ok()?;
    let days = setting.working_days.in_zone(&setting.zone);
    let civil = setting.zone.civil(subject.now);
    if !days.contains(civil.date()) {
        return Some(Week::Off);
    }
    let tomorrow = civil.date().tomorrow().ok()?;
    Some(if days.contains(tomorrow) {
        Week::Early
    } else if civil.hour() < NOON {
        Week::LastMorning
    } else {
        Week::LastAfternoon
    })
}
