//! Scores of core to the wire.

use tidegate_client::wire::{RiskFactor, RiskInput, RiskScore};
use tidegate_core::id::{EnvId, ReleaseId};
use tidegate_core::risk::{Factor, Input, Score};
use tidegate_core::time::Timestamp;

/// A score with what it is about.
pub(crate) fn score(
    release: &ReleaseId,
    environment: &EnvId,
    at: Timestamp,
    score: &Score,
) -> RiskScore {
    RiskScore {
        release: release.to_string(),
        environment: environment.to_string(),
        asked_at: at,
        value: score.value,
        band: score.band.clone(),
        model: score.model.name.clone(),
        model_digest: score.model.digest.to_string(),
        factors: score.factors.iter().map(|f| factor(score, f)).collect(),
    }
}

fn factor(score: &Score, factor: &Factor) -> RiskFactor {
    let levers = score.levers();
    let could_save = |input: &Input| {
        let lever = levers.iter().find(|l| std::ptr::eq(l.input, input));
        lever.map_or(0, |l| l.points)
    };
    let input = |input: &Input| RiskInput {
        text: input.text.clone(),
        source: input.source.clone(),
        share: input.share,
        level: input.level,
        missing: input.missing,
        lower: Some(input.lower.clone()).filter(|text| !text.is_empty()),
        could_save: could_save(input),
    };
    RiskFactor {
        name: factor.name.as_str().to_owned(),
        weight: factor.weight,
        level: factor.level,
        points: factor.points,
        inputs: factor.inputs.iter().map(input).collect(),
    }
}
