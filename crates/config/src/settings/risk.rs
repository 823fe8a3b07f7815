//! Lines of the model of risk.

use super::Lines;
use tidegate_core::spec::{RiskBand, RiskModel};

/// The model in force.
pub fn risk_lines(lines: &mut Lines, model: &RiskModel) {
    let RiskModel {
        name: _,
        weights,
        bands,
    } = model;
    let at = format!("risk.{}", model.label());
    for (factor, weight) in weights {
        lines.add(format!("{at}.weights.{}", factor.as_str()), weight);
    }
    for RiskBand { name, from, to } in bands {
        lines.add(format!("{at}.bands.{name}"), format!("{from}-{to}"));
    }
}
