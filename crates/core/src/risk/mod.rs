//! How risky a change is: a score from 0 to 100 with the facts behind it.
//!
//! Each factor is made of a few inputs with fixed shares; each input stands between 0 (harmless) and 100. What is not known
//! stands at 100, so that knowing less never makes a change look safer. Whole numbers only: the same facts give the same score
//! everywhere. Nothing here decides; policies do, by the score and the facts of a [`Reading`].

mod factors;
mod facts;
mod known;
mod moment;
mod questions;
#[cfg(test)]
mod tests;

use crate::digest::Digest;
use crate::gate::Purpose;
use crate::id::ReleaseId;
use crate::plan::PlanBody;
use crate::spec::condition::Facts;
use crate::spec::{ChangeClass, RiskFactor, RiskModel, Spec};
use crate::time::Timestamp;
use crate::view::View;
use known::Known;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is scored.
#[derive(Clone)]
pub struct Subject<'a> {
    /// What would be done.
    pub plan: &'a PlanBody,
    /// Why.
    pub purpose: Purpose,
    /// Release it belongs to.
    pub release: &'a ReleaseId,
    /// When it would start.
    pub now: Timestamp,
    /// Configuration in force.
    pub spec: &'a Spec,
    /// The rest of the ledger.
    pub view: &'a dyn View,
    /// What the plan does not say.
    pub told: Told,
}

/// What people or other systems say about a change. What nobody said is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// Commits since what runs.
    pub commits: Option<u32>,
    /// Does it change a database?
    pub migrates: Option<bool>,
    /// Regulatory tags of the release.
    pub tags: Option<Vec<String>>,
    /// Is the scope of the release locked?
    pub is_locked: Option<bool>,
    /// Kinds of what ships.
    pub kinds: Option<Vec<String>>,
    /// Items of the scope that are not complete.
    pub open: Option<u32>,
}

/// A risk score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Score {
    /// 0 to 100.
    pub value: u8,
    /// Name of the band.
    pub band: String,
    /// What it is made of, in the order people read it. Factors without weight are left out.
    pub factors: Vec<Factor>,
    /// What it was counted with.
    pub model: Model,
}

/// Which weights and bands a score was counted with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Name of the document, or `built-in`.
    pub name: String,
    /// Over weights, bands and the way facts are counted.
    pub digest: Digest,
}

/// One factor of a score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Factor {
    /// Which.
    pub name: RiskFactor,
    /// Points it can give at most.
    pub weight: u8,
    /// How much of them it gives, 0 to 100.
    pub level: u8,
    /// Points it gives; all factors together give exactly the score.
    pub points: u8,
    /// What it looked at.
    pub inputs: Vec<Input>,
}

/// One fact that a factor looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The fact, for people.
    pub text: String,
    /// Where it comes from: a configuration path, `plan`, `ledger`, `calendar` or `change`.
    pub source: String,
    /// Its share of the factor in percent.
    pub share: u8,
    /// How risky it is, 0 to 100.
    pub level: u8,
    /// It is not known and counts at its worst.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub missing: bool,
    /// What would lower it; empty when nothing about this change would.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub lower: String,
}

/// Something that would lower a score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lever<'a> {
    /// Points it would take away at most.
    pub points: u8,
    /// Factor.
    pub factor: RiskFactor,
    /// Input.
    pub input: &'a Input,
}

/// What is known about a change at one instant, looked up once: its score and its facts come from the same.
pub struct Reading<'a> {
    subject: &'a Subject<'a>,
    known: Known,
    /// Deployments of the service to production that held, and that were taken back.
    production: Option<(u32, u32)>,
}

impl<'a> Reading<'a> {
    /// Look it up.
    #[must_use]
    pub fn of(subject: &'a Subject<'a>) -> Self {
        Self {
            subject,
            known: Known::of(subject),
            production: facts::in_production(subject),
        }
    }

    /// The score, with the model in force.
    #[must_use]
    pub fn score(&self) -> Score {
        match &self.subject.spec.risk {
            Some(model) => Score::of(&self.known, model),
            None => Score::of(&self.known, &RiskModel::default()),
        }
    }
}

/// The score of a change, with the model in force.
#[must_use]
pub fn score(subject: &Subject<'_>) -> Score {
    Reading::of(subject).score()
}

/// The facts of a change, for conditions.
#[must_use]
pub fn facts(subject: &Subject<'_>, score: Option<&Score>, class: Option<ChangeClass>) -> Facts {
    Reading::of(subject).facts(score, class)
}

/// The score of a change with a model that need not be in force.
#[must_use]
pub fn score_with(subject: &Subject<'_>, model: &RiskModel) -> Score {
    Score::of(&Known::of(subject), model)
}

impl Score {
    fn of(known: &Known, model: &RiskModel) -> Self {
        let weighed = RiskFactor::ALL
            .into_iter()
            .filter(|f| model.weight(*f) > 0)
            .map(|name| {
                let inputs = factors::inputs(name, known);
                let inputs = questions::joined(name, inputs, &known.asked);
                Factor::of(name, model.weight(name), inputs)
            });
        Self::counted(weighed.collect(), model)
    }

    /// The score of recorded levels: what each factor looked at is not kept with them. A factor without a level was not looked at
    /// and counts as unknown.
    #[must_use]
    pub fn of_levels(levels: &BTreeMap<RiskFactor, u8>, model: &RiskModel) -> Self {
        let weighed = RiskFactor::ALL.into_iter().filter(|f| model.weight(*f) > 0);
        let known = weighed.map(|name| Factor {
            name,
            weight: model.weight(name),
            level: levels.get(&name).copied().unwrap_or(100).min(100),
            points: 0,
            inputs: Vec::new(),
        });
        Self::counted(known.collect(), model)
    }

    fn counted(mut factors: Vec<Factor>, model: &RiskModel) -> Self {
        let value = share_out(&mut factors);
        Self {
            value,
            band: model
                .band(value)
                .map_or_else(String::new, |b| b.name.to_string()),
            factors,
            model: Model {
                name: model.label().to_owned(),
                digest: model.digest(),
            },
        }
    }

    /// The same facts counted with other weights and bands: for a proposed model on past changes. A factor that had no weight
    /// then was not looked at and counts as unknown.
    #[must_use]
    pub fn again(&self, model: &RiskModel) -> Self {
        let weighed = RiskFactor::ALL.into_iter().filter(|f| model.weight(*f) > 0);
        let factors = weighed
            .map(|name| {
                let before = self.factors.iter().find(|f| f.name == name);
                let inputs = before.map_or_else(
                    || factors::inputs(name, &Known::nothing()),
                    |f| f.inputs.clone(),
                );
                Factor::of(name, model.weight(name), inputs)
            })
            .collect();
        Self::counted(factors, model)
    }

    /// What would lower it, the most first.
    #[must_use]
    pub fn levers(&self) -> Vec<Lever<'_>> {
        let mut all = Vec::new();
        for factor in &self.factors {
            for input in factor.inputs.iter().filter(|i| !i.lower.is_empty()) {
                let part = u32::from(factor.weight) * u32::from(input.share);
                let points = (part * u32::from(input.level) + 5_000) / 10_000;
                let points = u8::try_from(points).unwrap_or(u8::MAX);
                if points > 0 {
                    all.push(Lever {
                        points,
                        factor: factor.name,
                        input,
                    });
                }
            }
        }
        // Stable: what people read first stays first among equals.
        all.sort_by_key(|lever| std::cmp::Reverse(lever.points));
        all
    }

    /// Facts that are not known.
    pub fn missing(&self) -> impl Iterator<Item = (&Factor, &Input)> {
        let inputs = |f: &'_ Factor| f.inputs.len();
        self.factors
            .iter()
            .flat_map(move |f| (0..inputs(f)).map(move |n| (f, n)))
            .filter_map(|(f, n)| f.inputs.get(n).map(|i| (f, i)))
            .filter(|(_, input)| input.missing)
    }
}

/// `58 medium   impact 20 · complexity 9`
impl std::fmt::Display for Score {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts: Vec<String> = self
            .factors
            .iter()
            .filter(|factor| factor.points > 0)
            .map(|factor| format!("{} {}", factor.name.as_str(), factor.points))
            .collect();
        write!(f, "{} {}   {}", self.value, self.band, parts.join(" · "))
    }
}

impl Factor {
    fn of(name: RiskFactor, weight: u8, inputs: Vec<Input>) -> Self {
        let sum: u32 = inputs
            .iter()
            .map(|i| u32::from(i.share) * u32::from(i.level))
            .sum();
        let level = u8::try_from(sum.div_ceil(100)).unwrap_or(100).min(100);
        Self {
            name,
            weight,
            level,
            points: 0,
            inputs,
        }
    }
}

/// Give each factor its points so that together they are the score: whole points first, then one more for the largest
/// remainders.
fn share_out(factors: &mut [Factor]) -> u8 {
    let exact = |f: &Factor| u32::from(f.weight) * u32::from(f.level);
    let sum: u32 = factors.iter().map(exact).sum();
    let value = ((sum + 50) / 100).min(100);
    let mut given = 0;
    for factor in factors.iter_mut() {
        let whole = exact(factor) / 100;
        factor.points = u8::try_from(whole).unwrap_or(100);
        given += whole;
    }
    let mut order: Vec<usize> = (0..factors.len()).collect();
    order.sort_by_key(|n| std::cmp::Reverse(factors.get(*n).map_or(0, |f| exact(f) % 100)));
    let left = usize::try_from(value.saturating_sub(given)).unwrap_or(0);
    for n in order.into_iter().take(left) {
        if let Some(factor) = factors.get_mut(n) {
            factor.points += 1;
        }
    }
    u8::try_from(value).unwrap_or(100)
}
