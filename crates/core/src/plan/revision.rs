//! A runnable revision of a service in an environment: artifact plus configuration, complete.

use crate::digest::{Digest, canonical};
use crate::id::ReleaseId;
use crate::spec::{Resolved, Shape, StickBy};
use crate::stream::artifact::Artifact;
use crate::time::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Artifact plus configuration. Two revisions with one key are the same in every effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revision {
    /// Version, `+`, first 8 hex digits of the digest over artifact and configuration.
    pub key: String,
    /// Release it belongs to.
    pub release: ReleaseId,
    /// Digest of the artifact.
    pub artifact: Digest,
    /// Where an agent fetches it.
    pub location: String,
    /// Program and arguments.
    pub command: Vec<String>,
    /// Run once per unpacked release.
    pub prepare: Option<Vec<String>>,
    /// Environment variables.
    pub values: BTreeMap<String, String>,
    /// Health check.
    pub health: Health,
    /// Instances.
    pub instances: u32,
    /// Public port.
    pub port: Option<u16>,
    /// Time to stop.
    pub grace: Millis,
    /// Sticky split.
    pub stick: Option<StickBy>,
}

/// Health check with every default filled in.
pub use crate::spec::Health;

impl Revision {
    /// The revision of an artifact under the configuration that holds for its service in an environment.
    /// `None` when the service has no program to run.
    #[must_use]
    pub fn of(release: &ReleaseId, artifact: &Artifact, resolved: &Resolved<'_>) -> Option<Self> {
        let run = resolved.run.as_ref()?;
        let bits = artifact.bits()?;
        let stick = match &resolved.strategy.1.shape {
            Shape::Canary { stick_by, .. } => stick_by.clone(),
            _ => None,
        };
        let mut revision = Self {
            key: String::new(),
            release: release.clone(),
            artifact: bits.digest.clone(),
            location: bits.location.clone(),
            command: run.command.clone(),
            prepare: run.prepare.clone(),
            values: resolved.values.clone(),
            health: resolved.service.health.clone(),
            instances: run.instances,
            port: run.port,
            grace: run.grace,
            stick,
        };
        // How many instances run, where the bits are fetched and who sticks where do not make another revision.
        let effect = (
            &revision.artifact,
            &revision.command,
            &revision.prepare,
            &revision.values,
            &revision.health,
            &revision.grace,
        );
        let digest = Digest::of(canonical(&effect).ok()?.as_bytes());
        revision.key = format!("{}+{}", release.version, digest.short(8));
        Some(revision)
    }
}
