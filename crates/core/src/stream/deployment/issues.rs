//! Known issues that a deployment brings, and those that it mends, as they were known when it was planned.

use crate::plan::PlanBody;
use crate::spec::{KnownIssue, Spec};
use serde::{Deserialize, Serialize};

/// In words, each with its name and what to do meanwhile.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issues {
    /// In what it brings, and not in what it takes the place of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub brought: Vec<String>,
    /// In what it takes the place of, and not in what it brings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mended: Vec<String>,
}

impl Issues {
    /// None comes and none goes.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.brought.is_empty() && self.mended.is_empty()
    }

    pub(super) fn of(plan: &PlanBody, spec: &Spec) -> Self {
        let service = spec.services.get(&plan.service);
        let known = service.map_or(&[][..], |s| &s.known_issues);
        let to = plan.to.release.version.to_string();
        let from = plan.from.as_ref().map(|f| f.release.version.to_string());
        let before = |issue: &&KnownIssue| from.as_ref().is_some_and(|v| issue.is_in(v));
        let after = |issue: &&KnownIssue| issue.is_in(&to);
        let all = |which: &dyn Fn(&&KnownIssue) -> bool| {
            let found = known.iter().filter(which);
            found.map(words).collect()
        };
        Self {
            brought: all(&|issue| after(issue) && !before(issue)),
            mended: all(&|issue| before(issue) && !after(issue)),
        }
    }
}

fn words(issue: &KnownIssue) -> String {
    let id = issue.id.as_ref().map(|id| format!("{id}: "));
    let workaround = issue.workaround.as_ref();
    let workaround = workaround.map(|text| format!(" (meanwhile: {text})"));
    format!(
        "{}{}{}",
        id.unwrap_or_default(),
        issue.text,
        workaround.unwrap_or_default()
    )
}
