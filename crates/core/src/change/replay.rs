//! What other rules would have asked of a change that is known: its recorded facts, judged anew.
//!
//! Nothing is looked up in the ledger, so that a rule is judged by what was known then and not by what is known today. What was
//! not recorded is missing, and counts as everywhere: as if it were risky.

use super::Assessment;
use super::assess::{Ground, demands};
use crate::id::{EnvId, ServiceId};
use crate::risk::Score;
use crate::spec::condition::{FACTS, Facts, Value};
use crate::spec::{ChangeClass, Spec, Tier};
use crate::stream::change::{Declared, Told};
use crate::time::Timestamp;

/// A change as it was recorded.
#[derive(Clone, Copy)]
pub struct Past<'a> {
    /// Service.
    pub service: &'a ServiceId,
    /// Where.
    pub environment: &'a EnvId,
    /// Facts of its last assessment.
    pub told: &'a Told,
    /// The emergency that was declared.
    pub declared: Option<&'a Declared>,
    /// Class that a person raised it to.
    pub raised: Option<&'a Declared>,
    /// When people were asked.
    pub at: Timestamp,
}

/// What a configuration asks of it; `None` where it has no such service, or an environment of that name is not production.
#[must_use]
pub fn replay(past: &Past<'_>, spec: &Spec) -> Option<Assessment> {
    let env = spec.environments.get(past.environment)?;
    if env.tier != Tier::Production || !spec.services.contains_key(past.service) {
        return None;
    }
    let usual = crate::spec::RiskModel::default();
    let risk = Score::of_levels(&past.told.levels, spec.risk.as_ref().unwrap_or(&usual));
    let facts = |class| facts(past.told, &risk, class);
    let ground = Ground {
        spec,
        service: past.service,
        environment: past.environment,
        now: past.at,
        declared: past.declared,
        raised: past.raised,
    };
    Some(demands(&ground, risk.clone(), &facts))
}

/// The recorded facts, with what follows from the rules worked out by the new ones.
fn facts(told: &Told, risk: &Score, class: Option<ChangeClass>) -> Facts {
    let recorded = FACTS.iter().filter_map(|(name, _, _)| {
        let value = told.facts.get(*name)?;
        Some((*name, value.clone()))
    });
    let mut all: Facts = recorded.collect();
    all.insert("risk.score", Value::Int(i64::from(risk.value)));
    all.insert("risk.band", Value::Text(risk.band.clone()));
    match class {
        Some(class) => all.insert("change.class", Value::Text(class.as_str().to_owned())),
        None => all.remove("change.class"),
    };
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::RiskFactor;
    use std::collections::BTreeMap;

    fn told(levels: &[(RiskFactor, u8)]) -> Told {
        Told {
            levels: levels.iter().copied().collect(),
            facts: BTreeMap::from([("service.tier".to_owned(), Value::Int(1))]),
        }
    }

    #[test]
    fn a_factor_that_was_not_recorded_counts_at_its_worst() {
        let model = crate::spec::RiskModel::default();
        let all: Vec<(RiskFactor, u8)> = RiskFactor::ALL.into_iter().map(|f| (f, 0)).collect();
        assert_eq!(Score::of_levels(&told(&all).levels, &model).value, 0);
        let without = &all[1..];
        let impact = model.weight(RiskFactor::Impact);
        assert_eq!(
            Score::of_levels(&told(without).levels, &model).value,
            impact
        );
    }

    #[test]
    fn what_follows_from_the_old_rules_is_not_taken_over() {
        let mut told = told(&[]);
        let old = |text: &str| Value::Text(text.to_owned());
        told.facts
            .insert("change.class".to_owned(), old("standard"));
        told.facts.insert("risk.band".to_owned(), old("low"));
        let risk = Score::of_levels(&told.levels, &crate::spec::RiskModel::default());
        let facts = facts(&told, &risk, None);
        assert_eq!(facts.get("change.class"), None);
        assert_eq!(facts.get("risk.band"), Some(&old("extreme")));
        assert_eq!(facts.get("service.tier"), Some(&Value::Int(1)));
    }
}
