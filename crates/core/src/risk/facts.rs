//! The facts that conditions of policies may name. What is not known is left out, and a condition that names it cannot be told.

use super::known::Known;
use super::{Reading, Score, Subject};
use crate::spec::ChangeClass;
use crate::spec::condition::{Facts, Value};
use crate::spec::{Operation, Tier};

impl Reading<'_> {
    /// Everything that is known about a change, by the names of `spec::condition::FACTS`. `score` and `class` are left out while
    /// they are not settled yet.
    #[must_use]
    pub fn facts(&self, score: Option<&Score>, class: Option<ChangeClass>) -> Facts {
        let (subject, known, production) = (self.subject, &self.known, self.production);
        all(subject, (known, production), score, class)
    }
}

fn all(
    subject: &Subject<'_>,
    (known, production): (&Known, Option<(u32, u32)>),
    score: Option<&Score>,
    class: Option<ChangeClass>,
) -> Facts {
    let spec = subject.spec;
    let service = spec.services.get(&subject.plan.service);
    let environment = spec.environments.get(&subject.plan.environment);
    let text = |text: &str| Value::Text(text.to_owned());
    let number = |n: u32| Value::Int(i64::from(n));
    let all = [
        ("risk.score", score.map(|s| number(u32::from(s.value)))),
        ("risk.band", score.map(|s| text(&s.band))),
        ("change.class", class.map(|c| text(c.as_str()))),
        ("change.migrates", known.migrates.map(Value::Bool)),
        (
            "change.operation",
            Some(text(Operation::of(subject.plan, subject.purpose).as_str())),
        ),
        ("change.size", known.commits.map(number)),
        ("change.first", known.first.map(Value::Bool)),
        ("service.name", Some(text(subject.plan.service.as_str()))),
        ("service.tier", known.tier.map(|t| number(u32::from(t)))),
        ("service.team", service.map(|s| text(s.owner.as_str()))),
        ("service.data", known.data.map(|d| text(d.as_str()))),
        ("service.audience", known.audience.map(|a| text(a.as_str()))),
        (
            "service.successes_90d",
            production.map(|(held, _)| number(held)),
        ),
        (
            "service.failures_90d",
            production.map(|(_, back)| number(back)),
        ),
        (
            "environment.name",
            Some(text(subject.plan.environment.as_str())),
        ),
        (
            "environment.tier",
            environment.map(|e| text(e.tier.as_str())),
        ),
        (
            "environment.region",
            environment.and_then(|e| e.region.as_deref()).map(text),
        ),
        ("release.tags", subject.told.tags.clone().map(Value::Texts)),
        (
            "release.scope.locked",
            subject.told.is_locked.map(Value::Bool),
        ),
        (
            "release.scope.kinds",
            subject.told.kinds.clone().map(Value::Texts),
        ),
        ("release.scope.open", subject.told.open.map(number)),
    ];
    all.into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

/// Outcomes of the service in production, whatever environment is asked about.
pub(super) fn in_production(subject: &Subject<'_>) -> Option<(u32, u32)> {
    let (mut held, mut back) = (0_u32, 0_u32);
    for (name, environment) in &subject.spec.environments {
        if environment.tier == Tier::Production {
            let track = subject.view.track(name, &subject.plan.service)?;
            held = held.saturating_add(track.held_by(subject.now));
            back = back.saturating_add(track.taken_back_by(subject.now));
        }
    }
    Some((held, back))
}
