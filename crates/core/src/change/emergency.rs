//! What an emergency needs and how long it lasts, by the policies that concern a service in an environment.

use crate::id::{EnvId, ReleaseId, TeamId};
use crate::refusal::Refusal;
use crate::spec::{Approvers, ChangeClass, Needed, Spec};
use crate::time::Millis;
use std::collections::BTreeSet;

/// How long the permission lasts when no policy says.
const EXPIRES: Millis = Millis::minutes(4 * 60);

/// When the review is due when no policy says.
const REVIEW: &str = "2 working days";

/// The rules of an emergency, added up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Emergency {
    /// How long the permission lasts.
    pub expires: Millis,
    /// When the review is due; the earliest counts.
    pub review_within: BTreeSet<String>,
    /// What must be written down.
    pub needs: BTreeSet<Needed>,
    /// Teams that are asked.
    pub asked: BTreeSet<TeamId>,
    /// Dotted path of the rule.
    pub rule: String,
}

/// The rules of an emergency of this release there.
///
/// # Errors
/// The environment is unknown, or no policy has emergencies there.
pub fn emergency(spec: &Spec, release: &ReleaseId, env: &EnvId) -> Result<Emergency, Refusal> {
    if !spec.environments.contains_key(env) {
        return Err(Refusal::NotFound {
            what: "environment".to_owned(),
            name: env.to_string(),
        });
    }
    let (concerned, _) = super::policies_for(spec, &release.service, env);
    let rules = concerned
        .into_iter()
        .filter_map(|(name, p)| Some((name, p.classes.get(&ChangeClass::Emergency)?)));
    let mut found: Option<Emergency> = None;
    for (name, rule) in rules {
        let sum = found.get_or_insert_with(|| Emergency {
            expires: rule.expires.unwrap_or(EXPIRES),
            review_within: BTreeSet::new(),
            needs: BTreeSet::new(),
            asked: BTreeSet::new(),
            rule: format!("policies.{name}.classes.emergency"),
        });
        let within = rule.review_within.as_deref().unwrap_or(REVIEW);
        sum.review_within.insert(within.to_owned());
        sum.expires = sum.expires.min(rule.expires.unwrap_or(EXPIRES));
        sum.needs.extend(rule.needs.iter().copied());
        sum.asked
            .extend(rule.approvals.iter().filter_map(|rule| match &rule.from {
                Approvers::Team(team) => Some(team.clone()),
                Approvers::Owner => spec.services.get(&release.service).map(|s| s.owner.clone()),
            }));
    }
    found.ok_or_else(|| Refusal::Invalid {
        because: format!("no policy has emergencies of {} in {env}", release.service),
        help: "add `classes: { emergency: … }` to a policy that concerns it".to_owned(),
    })
}
