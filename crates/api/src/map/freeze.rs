//! Freezes and exceptions.

use crate::error::Problem;
use crate::look::Look;
use tidegate_client::wire;
use tidegate_core::calendar::Span;
use tidegate_core::freeze::{self, Effect, FreezeRef, Known};
use tidegate_core::id::EnvId;
use tidegate_core::model;
use tidegate_core::refusal::Refusal;
use tidegate_core::spec::{ChangeClass, FreezePolicy, Going, InFlight, Operation, Scope, Tier};
use tidegate_core::stream::exception::{Exception, Phase};
use tidegate_core::stream::freeze::{Ends, Freeze, Phase as Declared};
use tidegate_core::time::{Millis, Timestamp};

/// How far ahead the next time of a planned freeze is looked for.
const AHEAD: Millis = Millis::minutes(400 * 24 * 60);
/// Exceptions listed.
pub(crate) const MOST: usize = 200;

/// A scope as it was sent.
pub(crate) fn scope(sent: wire::Scope) -> Result<Scope, Problem> {
    let unknown = |what: &str, text: &str, help: &str| {
        Problem::from(Refusal::Invalid {
            because: format!("`{text}` is not {what}"),
            help: help.to_owned(),
        })
    };
    let tier = |text: &String| {
        let all = [Tier::Dev, Tier::Test, Tier::Production];
        let found = all.into_iter().find(|t| t.as_str() == text);
        found.ok_or_else(|| unknown("a tier", text, "write `dev`, `test` or `production`"))
    };
    let operation = |text: &String| {
        let help = "write `install`, `update`, `configuration`, `redeploy` or `rollback`";
        Operation::named(text).ok_or_else(|| unknown("a kind of operation", text, help))
    };
    if let Some(n) = sent.service_tiers.iter().find(|n| !(1..=4).contains(*n)) {
        let help = "services have the tiers 1 (highest) to 4";
        return Err(unknown("a tier of services", &n.to_string(), help));
    }
    Ok(Scope {
        services: names(sent.services)?,
        teams: names(sent.teams)?,
        units: names(sent.units)?,
        service_tiers: sent.service_tiers,
        environments: names(sent.environments)?,
        tiers: sent.tiers.iter().map(tier).collect::<Result<_, _>>()?,
        operations: sent
            .operations
            .iter()
            .map(operation)
            .collect::<Result<_, _>>()?,
    })
}

/// Names of one kind.
pub(crate) fn names<T>(texts: Vec<String>) -> Result<Vec<T>, Problem>
where
    T: TryFrom<String, Error = tidegate_core::id::BadName>,
{
    let all = texts.into_iter().map(T::try_from);
    Ok(all.collect::<Result<_, _>>()?)
}

/// A policy as it was sent; what is left out is as usual.
pub(crate) fn policy(sent: wire::FreezePolicy) -> Result<FreezePolicy, Problem> {
    fn word<T>(
        text: Option<String>,
        read: impl Fn(&str) -> Option<T>,
        usual: T,
        words: &str,
    ) -> Result<T, Problem> {
        let Some(text) = text else { return Ok(usual) };
        read(&text).ok_or_else(|| {
            Refusal::Invalid {
                because: format!("`{text}` is none of {words}"),
                help: format!("write one of {words}"),
            }
            .into()
        })
    }
    let usual = FreezePolicy::default();
    let class = |text: &String| {
        ChangeClass::named(text).ok_or_else(|| {
            Problem::from(Refusal::Invalid {
                because: format!("`{text}` is no change class that a freeze lets through"),
                help: "write `emergency`".to_owned(),
            })
        })
    };
    Ok(FreezePolicy {
        in_flight: word(
            sent.in_flight,
            InFlight::named,
            usual.in_flight,
            "finish, pause, return",
        )?,
        rollbacks: word(sent.rollbacks, Going::named, usual.rollbacks, "go, wait")?,
        first_installs: word(
            sent.first_installs,
            Going::named,
            usual.first_installs,
            "go, wait",
        )?,
        let_through: sent
            .let_through
            .iter()
            .map(class)
            .collect::<Result<_, _>>()?,
        exception_by: names(sent.exception_by)?,
    })
}

fn texts<T: ToString>(all: &[T]) -> Vec<String> {
    all.iter().map(ToString::to_string).collect()
}

pub(crate) fn shown_scope(scope: &Scope) -> wire::Scope {
    wire::Scope {
        services: texts(&scope.services),
        teams: texts(&scope.teams),
        units: texts(&scope.units),
        service_tiers: scope.service_tiers.clone(),
        environments: texts(&scope.environments),
        tiers: scope.tiers.iter().map(|t| t.as_str().to_owned()).collect(),
        operations: scope
            .operations
            .iter()
            .map(|o| o.as_str().to_owned())
            .collect(),
    }
}

fn shown_policy(policy: &FreezePolicy) -> wire::FreezePolicy {
    wire::FreezePolicy {
        in_flight: Some(policy.in_flight.as_str().to_owned()),
        rollbacks: Some(policy.rollbacks.as_str().to_owned()),
        first_installs: Some(policy.first_installs.as_str().to_owned()),
        let_through: policy
            .let_through
            .iter()
            .map(|c| c.as_str().to_owned())
            .collect(),
        exception_by: texts(&policy.exception_by),
    }
}

/// The freeze that people call `name`, also when it has ended.
pub(crate) fn freeze(look: &Look<'_>, name: &str) -> Result<wire::Freeze, Problem> {
    let spec = &look.in_force.spec;
    match freeze::named(name, spec, look.view()) {
        Ok(known) => match &known.which {
            FreezeRef::Configured { .. } => Ok(configured(look, &known)),
            FreezeRef::Declared { id, .. } => {
                let state: Freeze = look.view().load(id.as_str())?;
                declared(look, &state)
            }
        },
        Err(missing @ Refusal::NotFound { .. }) => {
            let id = freeze::FreezeId::new(name).map_err(|_| missing.clone())?;
            let state: Freeze = look.view().load(id.as_str())?;
            match state.facts {
                Some(_) => declared(look, &state),
                None => Err(missing.into()),
            }
        }
        Err(refusal) => Err(refusal.into()),
    }
}

fn basis(look: &Look<'_>, known: &Known, kind: &str) -> wire::Freeze {
    let by = freeze::deciders(&known.policy, &look.in_force.spec, look.view()).text();
    wire::Freeze {
        id: known.which.to_string(),
        kind: kind.to_owned(),
        state: String::new(),
        why: known.why.clone(),
        concerns: known.scope.to_string(),
        scope: shown_scope(&known.scope),
        policy: shown_policy(&known.policy),
        spans: Vec::new(),
        by: None,
        since: None,
        review_at: None,
        note: None,
        rule: None,
        exceptions_by: (!by.is_empty()).then_some(by),
        exceptions: exceptions_from(look, &known.which),
    }
}

fn exceptions_from(look: &Look<'_>, which: &FreezeRef) -> Vec<String> {
    let rows = look.view().scan(model::exception::ALL, "", MOST);
    let read = rows
        .iter()
        .filter_map(|(_, body)| serde_json::from_str::<Exception>(body).ok());
    read.filter(|e| !matches!(e.phase, Phase::Refused { .. }))
        .filter_map(|e| e.facts)
        .filter(|facts| facts.freeze == *which)
        .map(|facts| facts.id.to_string())
        .collect()
}

/// Environments that a scope concerns.
fn environments(look: &Look<'_>, scope: &Scope) -> Vec<EnvId> {
    let spec = &look.in_force.spec;
    let all = spec.environments.keys();
    all.filter(|env| scope.has_environment(spec, env))
        .cloned()
        .collect()
}

fn configured(look: &Look<'_>, known: &Known) -> wire::Freeze {
    let spec = &look.in_force.spec;
    let mut shown = basis(look, known, "configured");
    let rule = known.which.rule().unwrap_or_default();
    let place = look.in_force.origins.of(&rule);
    shown.rule = Some(wire::Rule {
        path: rule,
        file: place.file,
        line: place.line,
    });
    let FreezeRef::Configured { name } = &known.which else {
        return shown;
    };
    let (Some(written), Some(time)) = (spec.freezes.get(name), Span::lasting(look.now, AHEAD))
    else {
        return shown;
    };
    let mut state = "none ahead";
    for env in environments(look, &known.scope) {
        let zone = written.zone.clone().unwrap_or_else(|| look.zone(&env));
        let spans = spec
            .setting(&zone)
            .and_then(|setting| written.spans(&setting, time));
        let spans = match spans {
            Ok(spans) => spans,
            Err(error) => {
                shown.note = Some(error.to_string());
                state = "unreadable";
                break;
            }
        };
        let Some(first) = spans.ending_after(look.now).first() else {
            continue;
        };
        match state {
            _ if first.contains(look.now) => state = "holds",
            "none ahead" => state = "ahead",
            _ => {}
        }
        shown
            .spans
            .push(span(&env, zone, first.start(), first.end()));
    }
    shown.state = state.to_owned();
    shown
}

fn span(env: &EnvId, zone: String, from: Timestamp, until: Timestamp) -> wire::FreezeSpan {
    wire::FreezeSpan {
        environment: env.to_string(),
        zone,
        from,
        until: (until != Timestamp::MAX).then_some(until),
    }
}

fn declared(look: &Look<'_>, state: &Freeze) -> Result<wire::Freeze, Problem> {
    let Some(facts) = state.facts.as_deref() else {
        return Err(Refusal::NotFound {
            what: "freeze".to_owned(),
            name: String::new(),
        }
        .into());
    };
    let known = Known {
        which: facts.which(),
        why: facts.why.clone(),
        scope: facts.scope.clone(),
        policy: facts.policy.clone(),
    };
    let mut shown = basis(look, &known, "declared");
    shown.by = Some(facts.by.clone());
    shown.since = Some(facts.at);
    let (name, end) = match &state.phase {
        Declared::Active { ends, extended } => {
            if let Ends::Open { review_at } = ends {
                shown.review_at = Some(*review_at);
            }
            let note = |e: &tidegate_core::stream::freeze::Extended| {
                format!("end changed by {}: {}", e.by, e.reason)
            };
            shown.note = extended.as_ref().map(note);
            ("holds", ends.instant())
        }
        Declared::Lifted { by, reason, at } => {
            shown.note = Some(format!("lifted by {by}: {reason}"));
            ("lifted", *at)
        }
        Declared::Expired { at } => ("expired", *at),
        Declared::Absent => ("absent", facts.at),
    };
    shown.state = name.to_owned();
    for env in environments(look, &known.scope) {
        shown.spans.push(span(&env, look.zone(&env), facts.at, end));
    }
    Ok(shown)
}

/// All freezes: those that hold first, then those ahead; with `all` also those that ended.
pub(crate) fn freezes(look: &Look<'_>, all: bool) -> Result<Vec<wire::Freeze>, Problem> {
    let mut found = Vec::new();
    for name in look.in_force.spec.freezes.keys() {
        found.push(freeze(look, name.as_str())?);
    }
    for model in [model::freeze::ACTIVE, model::freeze::ENDED] {
        if model == model::freeze::ENDED && !all {
            continue;
        }
        for (_, body) in look.view().scan(model, "", tidegate_core::limits::FREEZES) {
            let state: Freeze = serde_json::from_str(&body)?;
            found.push(declared(look, &state)?);
        }
    }
    let order = [
        "holds",
        "unreadable",
        "ahead",
        "none ahead",
        "lifted",
        "expired",
    ];
    found.sort_by_key(|f| {
        let from = f.spans.iter().map(|s| s.from).min();
        (order.iter().position(|s| *s == f.state), from, f.id.clone())
    });
    Ok(found)
}

/// What a declared freeze would do.
pub(crate) fn preview(
    look: &Look<'_>,
    known: &Known,
    until: Option<Timestamp>,
    days: u32,
) -> wire::FreezePreview {
    let (spec, origins) = (&look.in_force.spec, &look.in_force.origins);
    let end = until.unwrap_or(Timestamp::MAX);
    let ahead = Millis(u64::from(days) * 86_400_000).after(look.now);
    let when = (look.now, end, ahead);
    let affected = freeze::affected(known, when, spec, origins, look.view());
    wire::FreezePreview {
        concerns: known.scope.to_string(),
        until,
        days,
        environments: environments(look, &known.scope)
            .iter()
            .map(|env| span(env, look.zone(env), look.now, end))
            .collect(),
        affected: affected
            .iter()
            .map(|a| wire::FreezeEffect {
                environment: a.environment.to_string(),
                zone: look.zone(&a.environment),
                what: a.what.clone(),
                release: a.release.as_ref().map(ToString::to_string),
                phase: a.phase.clone(),
                effect: effect(a.effect).to_owned(),
                without: a.without,
            })
            .collect(),
    }
}

fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Waits => "waits",
        Effect::Pauses => "pauses",
        Effect::Returns => "returns",
        Effect::Finishes => "finishes",
        Effect::Goes => "goes",
    }
}

/// Why a freeze of the configuration is not changed by a command; none when `name` is not one.
pub(crate) fn configured_rule(look: &Look<'_>, name: &str) -> Result<Option<Refusal>, Problem> {
    let spec = &look.in_force.spec;
    let found = tidegate_core::id::Name::new(name).ok();
    let Some(name) = found.filter(|name| spec.freezes.contains_key(name)) else {
        return Ok(None);
    };
    let place = look.in_force.origins.of(&format!("freezes.{name}"));
    Ok(Some(Refusal::Invalid {
        because: format!("freeze {name} is part of the configuration ({place})"),
        help: "change it there and apply it; one release goes with an exception".to_owned(),
    }))
}

/// An exception by name.
pub(crate) fn exception_of(look: &Look<'_>, name: &str) -> Result<wire::Exception, Problem> {
    let state: Exception = look.load("exception", name)?;
    exception(look, &state)
}

/// An exception.
pub(crate) fn exception(look: &Look<'_>, state: &Exception) -> Result<wire::Exception, Problem> {
    let Some(facts) = state.facts.as_deref() else {
        return Err(Refusal::NotFound {
            what: "exception".to_owned(),
            name: String::new(),
        }
        .into());
    };
    let spec = &look.in_force.spec;
    let known = freeze::present(&facts.freeze, spec, look.view())?;
    let by = known.map(|k| freeze::deciders(&k.policy, spec, look.view()).text());
    let (note, until, review_due) = match &state.phase {
        Phase::Absent => (None, None, None),
        Phase::Asked { until } => (None, Some(*until), None),
        Phase::Active {
            by,
            expires,
            review_due,
            ..
        } => {
            let note = by.as_ref().map(|by| format!("granted by {by}"));
            let note =
                note.unwrap_or_else(|| "in force at once: its class is let through".to_owned());
            (Some(note), Some(*expires), Some(*review_due))
        }
        Phase::Expired { review_due, .. } => (None, Some(*review_due), Some(*review_due)),
        Phase::Revoked {
            by,
            reason,
            review_due,
            ..
        } => (
            Some(format!("revoked by {by}: {reason}")),
            Some(*review_due),
            Some(*review_due),
        ),
        Phase::Reviewed { by, findings, .. } => {
            (Some(format!("reviewed by {by}: {findings}")), None, None)
        }
        Phase::Refused { by, reason, .. } => {
            (Some(format!("refused by {by}: {reason}")), None, None)
        }
    };
    Ok(wire::Exception {
        id: facts.id.to_string(),
        freeze: facts.freeze.to_string(),
        release: facts.release.to_string(),
        environments: texts(&facts.environments),
        phase: state.phase.name().to_owned(),
        reason: facts.reason.clone(),
        incident: facts.incident.clone(),
        class: facts.class.map(|class| class.as_str().to_owned()),
        by: facts.by.clone(),
        asked_at: facts.asked_at,
        lasting_ms: facts.lasting.0,
        decided_by: by.filter(|by| !by.is_empty()),
        note,
        until,
        review_due,
        review_overdue: review_due.is_some_and(|due| due <= look.now)
            && !matches!(state.phase, Phase::Active { .. }),
        uses: facts
            .uses
            .iter()
            .map(|u| wire::ExceptionUse {
                deployment: u.deployment.to_string(),
                environment: u.environment.to_string(),
                at: u.at,
            })
            .collect(),
    })
}
