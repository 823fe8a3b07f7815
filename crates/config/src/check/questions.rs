//! Questions about the risk whose answers would change nothing.

use super::Whole;
use crate::diagnostic::{Report, codes};
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::spec::{RiskFactor, RiskModel};

pub fn check(whole: &Whole<'_>, report: &mut Report) {
    let usual = RiskModel::default();
    let model = whole.spec.risk.as_ref().unwrap_or(&usual);
    let mut shares: BTreeMap<RiskFactor, u32> = BTreeMap::new();
    for (name, question) in &whole.spec.risk_questions {
        let at = format!("risk-questions.{name}");
        let factor = question.factor.as_str();
        if model.weight(question.factor) == 0 {
            report
                .add(
                    codes::QUESTION,
                    &whole.spot(&format!("{at}.factor")),
                    format!("{factor} has no weight, so the answer to {name} would not count"),
                )
                .label(format!("no weight in the model {}", model.label()))
                .help("give the factor a weight, or let the question count in another one");
        }
        let levels: BTreeSet<u8> = question.answers.values().copied().collect();
        if levels.len() < 2 {
            report
                .add(
                    codes::QUESTION,
                    &whole.spot(&format!("{at}.answers")),
                    format!("every answer to {name} is as risky as the others"),
                )
                .label("at least two answers that differ")
                .help("for example `answers: { done: 0, missing: 100 }`");
        }
        let sum = shares.entry(question.factor).or_default();
        *sum += u32::from(question.share);
        if *sum > 100 {
            report
                .add(
                    codes::QUESTION,
                    &whole.spot(&format!("{at}.share")),
                    format!("the questions of {factor} are {sum} percent together"),
                )
                .label("at most 100")
                .help("lower a share; what is left is for what is measured");
        }
    }
}
