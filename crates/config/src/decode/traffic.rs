//! Expected traffic by hour, as the phrases of the hours that it leaves quiet.

use super::read::texts;
use crate::keys;
use crate::yaml::Node;
use tidegate_core::spec::Share;

/// Hours of a day.
pub const HOURS: usize = 24;

/// Expected traffic of the hours of a day, each in the same unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traffic {
    /// Of each day, or of Monday to Friday.
    pub days: Vec<u64>,
    /// Of Saturday and Sunday, where it differs.
    pub weekend: Option<Vec<u64>>,
    /// Hours under this share of the highest are quiet.
    pub under: Share,
}

impl Traffic {
    /// As written at an environment; `None` while a part of it cannot be read.
    pub fn read(node: &Node) -> Option<Self> {
        let node = node.get("traffic")?;
        Some(Self {
            days: hours(node.get("by-hour")?)?,
            weekend: match node.get("weekend") {
                None => None,
                Some(weekend) => Some(hours(weekend)?),
            },
            under: keys::share(node.get("quiet-under")?.text()?).ok()?,
        })
    }

    /// The highest of all hours.
    pub fn peak(&self) -> u64 {
        let weekend = self.weekend.iter().flatten();
        self.days.iter().chain(weekend).copied().max().unwrap_or(0)
    }

    /// Phrases of the quiet hours, by the clocks of the environment.
    pub fn quiet(&self) -> Vec<String> {
        match &self.weekend {
            None => self.phrases("every day", "every day", &self.days),
            Some(weekend) => {
                let mut all = self.phrases("Mon-Fri", "Mon-Fri", &self.days);
                all.extend(self.phrases("Sat-Sun", "Sat-Sun", weekend));
                all
            }
        }
    }

    fn is_quiet(&self, traffic: u64) -> bool {
        // Shares are hundredths of a percent.
        u128::from(traffic) * 10_000 < u128::from(self.peak()) * u128::from(self.under.0)
    }

    fn phrases(&self, whole: &str, days: &str, hours: &[u64]) -> Vec<String> {
        let mut found = Vec::new();
        let mut from = 0;
        for same in hours.chunk_by(|a, b| self.is_quiet(*a) == self.is_quiet(*b)) {
            let to = from + same.len();
            if same.first().is_some_and(|first| self.is_quiet(*first)) {
                found.push(match (from, to) {
                    (0, HOURS) => whole.to_owned(),
                    _ => format!("{days} {from:02}:00-{to:02}:00"),
                });
            }
            from = to;
        }
        found
    }
}

/// All 24 of them, or nothing.
fn hours(node: &Node) -> Option<Vec<u64>> {
    let all: Option<Vec<u64>> = texts(Some(node)).iter().map(|t| t.parse().ok()).collect();
    all.filter(|all| all.len() == HOURS)
}
