//! The model of risk: how much each factor weighs and what the score is called. What the factors look at is in `risk`.

use super::Scope;
use crate::digest::Digest;
use crate::id::{Name, TeamId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Raised when a factor looks at other facts or counts them in another way: scores before and after do not compare.
const FORMULA: u32 = 1;

/// A factor of the risk score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RiskFactor {
    /// How much it hurts when it goes wrong.
    Impact,
    /// How many would see it.
    Visibility,
    /// How much changes.
    Complexity,
    /// How new it is.
    Novelty,
    /// How hard the way back is.
    Rollback,
    /// How often the team did it lately.
    Experience,
    /// How often it was taken back.
    History,
    /// How bad the moment is.
    Timing,
}

impl RiskFactor {
    /// All of them, in the order people read them.
    pub const ALL: [Self; 8] = [
        Self::Impact,
        Self::Visibility,
        Self::Complexity,
        Self::Novelty,
        Self::Rollback,
        Self::Experience,
        Self::History,
        Self::Timing,
    ];

    /// As shown and written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Impact => "impact",
            Self::Visibility => "visibility",
            Self::Complexity => "complexity",
            Self::Novelty => "novelty",
            Self::Rollback => "rollback",
            Self::Experience => "experience",
            Self::History => "history",
            Self::Timing => "timing",
        }
    }

    /// By its name.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.as_str() == text)
    }
}

/// A stretch of scores with a name; both ends belong to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskBand {
    /// Name, such as `medium`.
    pub name: Name,
    /// Lowest score.
    pub from: u8,
    /// Highest score.
    pub to: u8,
}

/// Weights and bands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskModel {
    /// Name; absent for the built-in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// Team that answers for it: only its members let changes count as less risky.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<TeamId>,
    /// Percent of the score by factor, 100 together. A factor that is not named has none.
    pub weights: BTreeMap<RiskFactor, u8>,
    /// Bands from 0 to 100, the lowest first, without gap or overlap.
    pub bands: Vec<RiskBand>,
}

/// A question whose answer counts for the risk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskQuestion {
    /// What is asked, as people read it.
    pub ask: String,
    /// Factor in which it counts.
    pub factor: RiskFactor,
    /// Its share of the factor in percent; what is measured has the rest.
    pub share: u8,
    /// How risky each answer is, 0 to 100.
    pub answers: BTreeMap<Name, u8>,
    /// Which changes it is asked about.
    pub scope: Scope,
}

impl Default for RiskModel {
    fn default() -> Self {
        let weights = [
            (RiskFactor::Impact, 20),
            (RiskFactor::Visibility, 10),
            (RiskFactor::Complexity, 15),
            (RiskFactor::Novelty, 10),
            (RiskFactor::Rollback, 15),
            (RiskFactor::Experience, 5),
            (RiskFactor::History, 15),
            (RiskFactor::Timing, 10),
        ];
        let bands = [
            ("low", 0, 29),
            ("medium", 30, 59),
            ("high", 60, 79),
            ("extreme", 80, 100),
        ];
        let band = |(name, from, to)| {
            let name = Name::new(name).ok()?;
            Some(RiskBand { name, from, to })
        };
        Self {
            name: None,
            owner: None,
            weights: BTreeMap::from(weights),
            bands: bands.into_iter().filter_map(band).collect(),
        }
    }
}

impl RiskModel {
    /// Name of the built-in one.
    pub const BUILT_IN: &'static str = "built-in";

    /// Weight of a factor in percent.
    #[must_use]
    pub fn weight(&self, factor: RiskFactor) -> u8 {
        self.weights.get(&factor).copied().unwrap_or(0)
    }

    /// The band of a score; the highest when none has it, so that a hole in the bands never makes a change look harmless.
    #[must_use]
    pub fn band(&self, score: u8) -> Option<&RiskBand> {
        let within = |band: &&RiskBand| (band.from..=band.to).contains(&score);
        self.bands.iter().find(within).or(self.bands.last())
    }

    /// Name for people.
    #[must_use]
    pub fn label(&self) -> &str {
        self.name.as_ref().map_or(Self::BUILT_IN, Name::as_str)
    }

    /// Tells models apart: over weights, bands and the way facts are counted, not over the name.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let mut text = format!("formula {FORMULA}");
        for (factor, weight) in &self.weights {
            let _ = write!(text, "; {} {weight}", factor.as_str());
        }
        for band in &self.bands {
            let _ = write!(text, "; {} {}-{}", band.name, band.from, band.to);
        }
        Digest::of(text.as_bytes())
    }
}
