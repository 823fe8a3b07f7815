//! What becomes of a body beside the log: kept for good, until an instant, longer because of a hold, or longer because it is still needed.
//!
//! Worked out anew each time from the rules in force, the holds and what runs. Nothing is removed here.

use crate::digest::Digest;
use crate::id::{DeploymentId, EnvId, Name, ReleaseId, ServiceId, StreamId, StreamKind};
use crate::model::archive::{self, Kept};
use crate::refusal::Refusal;
use crate::scope;
use crate::spec::{Retention, Spec};
use crate::stream::archive::{HoldId, Scope};
use crate::stream::release::Release;
use crate::time::Timestamp;
use crate::view::View;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A body that an event refers to by its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// Number of them.
    pub bytes: u64,
}

/// What becomes of a body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outlook {
    /// The rule that keeps it longest, and until when; none keeps it for good.
    pub rule: Option<(Name, Timestamp)>,
    /// Holds that keep it beyond that.
    pub holds: Vec<HoldId>,
    /// Why it is needed, whatever the rules say.
    pub needed: Option<String>,
}

impl Outlook {
    /// Whether it goes now.
    #[must_use]
    pub fn goes(&self, now: Timestamp) -> bool {
        let over = self.rule.as_ref().is_some_and(|(_, until)| *until <= now);
        over && self.holds.is_empty() && self.needed.is_none()
    }
}

/// What a rule or a hold is asked about.
struct Of<'a> {
    service: &'a ServiceId,
    environment: &'a EnvId,
    release: &'a ReleaseId,
    tags: BTreeSet<Name>,
}

/// What becomes of a body.
///
/// # Errors
/// Holds or the release cannot be read: nothing is removed on a guess.
pub fn outlook(spec: &Spec, view: &dyn View, kept: &Kept) -> Result<Outlook, Refusal> {
    let release: Release = view.load(&kept.release.to_string())?;
    let of = Of {
        service: &kept.release.service,
        environment: &kept.environment,
        release: &kept.release,
        tags: scope::tags(spec, &kept.release, &release.scope),
    };
    let rules = spec.retention.iter();
    let rules = rules.filter(|(_, rule)| speaks_of(rule, kept, &of));
    let ends = rules.map(|(name, rule)| (name.clone(), rule.keep.until(kept.at)));
    let holds = archive::active(view)?;
    let holds = holds.into_iter().filter(|hold| covers(&hold.scope, &of));
    Ok(Outlook {
        rule: ends.max_by_key(|(_, until)| *until),
        holds: holds.map(|hold| hold.id).collect(),
        needed: needed(view, kept),
    })
}

fn speaks_of(rule: &Retention, kept: &Kept, of: &Of<'_>) -> bool {
    (rule.of.is_empty() || rule.of.contains(&kept.class))
        && (rule.services.is_empty() || rule.services.contains(of.service))
        && (rule.environments.is_empty() || rule.environments.contains(of.environment))
        && (rule.tags.is_empty() || !rule.tags.is_disjoint(&of.tags))
}

fn covers(scope: &Scope, of: &Of<'_>) -> bool {
    (scope.releases.is_empty() || scope.releases.contains(of.release))
        && (scope.services.is_empty() || scope.services.contains(of.service))
        && (scope.environments.is_empty() || scope.environments.contains(of.environment))
        && (scope.tags.is_empty() || !scope.tags.is_disjoint(&of.tags))
}

/// What runs, is under way, or is a way back needs what explains it.
fn needed(view: &dyn View, kept: &Kept) -> Option<String> {
    let env = &kept.environment;
    let lane = view.lane(env, &kept.release.service);
    let is = |deployment: &DeploymentId| *deployment == kept.deployment;
    if lane.live.as_ref().is_some_and(|live| is(&live.deployment)) {
        return Some(format!("its deployment is under way in {env}"));
    }
    let brought =
        |r: &crate::model::lane::Running| is(&r.deployment) || r.revision.release == kept.release;
    if lane.running.as_ref().is_some_and(brought) {
        return Some(format!("{} runs in {env}", kept.release));
    }
    let warm = lane.warm.as_ref();
    let back = warm.is_some_and(|warm| warm.release == kept.release);
    (back || lane.earlier().any(brought))
        .then(|| format!("{} is a way back in {env}", kept.release))
}

/// The stream that says which bodies of a deployment are gone.
#[must_use]
pub fn removals(deployment: &DeploymentId) -> StreamId {
    StreamId::new(StreamKind::Archive, deployment.as_str())
}
