//! Lines of the model of risk.

use super::Lines;
use tidegate_core::spec::{RiskBand, RiskModel, RiskQuestion};

/// The model in force.
pub fn risk_lines(lines: &mut Lines, model: &RiskModel) {
    let RiskModel {
        name: _,
        owner,
        weights,
        bands,
    } = model;
    let at = format!("risk.{}", model.label());
    lines.maybe(format!("{at}.owner"), owner.as_ref());
    for (factor, weight) in weights {
        lines.add(format!("{at}.weights.{}", factor.as_str()), weight);
    }
    for RiskBand { name, from, to } in bands {
        lines.add(format!("{at}.bands.{name}"), format!("{from}-{to}"));
    }
}

/// A question about the risk.
pub fn question_lines(lines: &mut Lines, at: &str, question: &RiskQuestion) {
    let RiskQuestion {
        ask,
        factor,
        share,
        answers,
        scope,
    } = question;
    super::calendar::scope_lines(lines, &format!("{at}.applies-to"), scope);
    lines.add(format!("{at}.ask"), ask);
    lines.add(format!("{at}.factor"), factor.as_str());
    lines.add(format!("{at}.share"), share);
    for (answer, level) in answers {
        lines.add(format!("{at}.answers.{answer}"), level);
    }
}
