//! The freezes that concern a plan: of the configuration and declared, with their time and the exceptions from them.
//!
//! What cannot be read is an error, never "no freeze".

use super::{ExceptionId, FreezeRef};
use crate::calendar::{Intervals, Span, Zone};
use crate::gate::Asked;
use crate::id::ReleaseId;
use crate::model;
use crate::spec::{ChangeClass, FreezePolicy, Operation};
use crate::stream::exception::Exception;
use crate::stream::freeze::Freeze;
use crate::time::Timestamp;
use crate::view::View;

/// A freeze that concerns a plan, with its time as far as it was looked at.
#[derive(Debug, Clone)]
pub struct Found {
    /// Which.
    pub which: FreezeRef,
    /// Why, for people.
    pub why: String,
    /// Zone in which its times are told.
    pub zone: Zone,
    /// When it holds.
    pub spans: Intervals,
    /// What may go all the same.
    pub policy: FreezePolicy,
    /// Does it repeat?
    pub repeats: bool,
    /// Who declared it and when.
    pub declared: Option<(String, Timestamp)>,
    /// The exception from it, and when that ends.
    pub excused: Option<(ExceptionId, Timestamp)>,
}

/// Why it cannot be told, and the freeze that is to blame.
#[derive(Debug, Clone)]
pub struct Unknown {
    /// Why.
    pub because: String,
    /// Dotted path of the configuration behind it.
    pub rule: Option<String>,
    /// What the freeze says about rollouts under way, as far as that is known.
    pub policy: Option<FreezePolicy>,
}

impl From<String> for Unknown {
    fn from(because: String) -> Self {
        Self {
            because,
            rule: None,
            policy: None,
        }
    }
}

/// All that concern the plan in `time`: those that let the operation go whatever happens are left out.
///
/// # Errors
/// One that cannot be read.
pub fn found(asked: &Asked<'_>, time: Span) -> Result<Vec<Found>, Unknown> {
    let mut class = None;
    concerned(asked, time, &mut |policy| {
        lets_class(asked, policy, &mut class)
    })
}

/// The same whatever the class of the change: the class depends on its risk, and its risk on the freezes ahead.
///
/// # Errors
/// One that cannot be read.
pub fn ahead(asked: &Asked<'_>, time: Span) -> Result<Vec<Found>, Unknown> {
    concerned(asked, time, &mut |_| false)
}

fn concerned(
    asked: &Asked<'_>,
    time: Span,
    lets: &mut dyn FnMut(&FreezePolicy) -> bool,
) -> Result<Vec<Found>, Unknown> {
    let (service, env) = (&asked.plan.service, &asked.plan.environment);
    let environment = asked
        .spec
        .environments
        .get(env)
        .ok_or_else(|| format!("{env} is no longer configured"))?;
    let operation = Operation::of(asked.plan, asked.purpose);
    let mut all = Vec::new();
    for (name, freeze) in &asked.spec.freezes {
        let held = freeze.scope.stops(operation) && !freeze.policy.lets(operation);
        if !held || !freeze.concerns(asked.spec, service, env) {
            continue;
        }
        if lets(&freeze.policy) {
            continue;
        }
        let unreadable = |error: crate::spec::Unreadable| Unknown {
            because: format!("freeze {name} cannot be read: {error}"),
            rule: Some(format!("freezes.{name}")),
            policy: Some(freeze.policy.clone()),
        };
        let zone = freeze.zone.as_deref().unwrap_or(&environment.zone);
        let setting = asked.spec.setting(zone).map_err(unreadable)?;
        all.push(Found {
            which: FreezeRef::Configured { name: name.clone() },
            why: freeze.why.clone(),
            spans: freeze.spans(&setting, time).map_err(unreadable)?,
            zone: setting.zone,
            policy: freeze.policy.clone(),
            repeats: freeze.around.is_some(),
            declared: None,
            excused: None,
        });
    }
    for freeze in declared(asked.view)? {
        let Some((known, span)) = freeze.in_force().zip(freeze.span()) else {
            continue;
        };
        let held = known.scope.stops(operation) && !known.policy.lets(operation);
        if !held || !known.scope.concerns(asked.spec, service, env) || span.overlap(time).is_none()
        {
            continue;
        }
        if lets(&known.policy) {
            continue;
        }
        all.push(Found {
            which: known.which,
            why: known.why,
            zone: Zone::named(&environment.zone)?,
            spans: Intervals::from_iter([span]),
            policy: known.policy,
            repeats: false,
            declared: freeze.declared(),
            excused: None,
        });
    }
    excuse(asked, &mut all)?;
    Ok(all)
}

/// An exception lifts the one freeze that it names, for its release, in its environments, while it is in force.
/// Does the freeze let the class of this change through? The class is worked out once, and only where a freeze asks for it.
fn lets_class(
    asked: &Asked<'_>,
    policy: &FreezePolicy,
    known: &mut Option<Option<ChangeClass>>,
) -> bool {
    if policy.let_through.is_empty() {
        return false;
    }
    let class = *known.get_or_insert_with(|| crate::gate::class_of(asked));
    class.is_some_and(|class| policy.let_through.contains(&class))
}

fn excuse(asked: &Asked<'_>, all: &mut [Found]) -> Result<(), Unknown> {
    if all.is_empty() {
        return Ok(());
    }
    for exception in exceptions(asked.view, &asked.plan.to.release)? {
        let Some((facts, expires)) = exception.in_force(asked.now) else {
            continue;
        };
        if !facts.environments.contains(&asked.plan.environment) {
            continue;
        }
        let same = all.iter_mut().filter(|f| f.which == facts.freeze);
        for found in same {
            let later = found.excused.as_ref().is_none_or(|(_, at)| *at < expires);
            if later {
                found.excused = Some((facts.id.clone(), expires));
            }
        }
    }
    Ok(())
}

/// Declared freezes that were neither lifted nor ended.
///
/// # Errors
/// A row that this version cannot read.
pub fn declared(view: &dyn View) -> Result<Vec<Freeze>, String> {
    let rows = view.scan(model::freeze::ACTIVE, "", crate::limits::FREEZES);
    let read = |(key, body): &(String, String)| {
        serde_json::from_str(body)
            .map_err(|e| format!("the state of freeze {key} cannot be read: {e}"))
    };
    rows.iter().map(read).collect()
}

/// Exceptions of a release that were granted and have not ended.
///
/// # Errors
/// A row that this version cannot read.
pub fn exceptions(view: &dyn View, release: &ReleaseId) -> Result<Vec<Exception>, String> {
    let prefix = format!("{release}/");
    let rows = view.scan(model::exception::IN_FORCE, &prefix, crate::limits::FREEZES);
    let read = |(key, body): &(String, String)| {
        serde_json::from_str(body).map_err(|e| format!("exception {key} cannot be read: {e}"))
    };
    rows.iter().map(read).collect()
}
