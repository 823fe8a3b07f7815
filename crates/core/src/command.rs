//! Every change there is, addressed to its stream.

use crate::id::{DeploymentId, EnvId, ReleaseId, StreamId, StreamKind};
use crate::stream::{artifact, config, deployment, environment, release};
use serde::{Deserialize, Serialize};

/// A command and the stream it is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stream", rename_all = "kebab-case")]
pub enum Command {
    /// For an artifact.
    Artifact {
        /// Which.
        id: ReleaseId,
        /// What.
        command: artifact::Command,
    },
    /// For a release.
    Release {
        /// Which.
        id: ReleaseId,
        /// What.
        command: release::Command,
    },
    /// For an environment.
    Environment {
        /// Which.
        id: EnvId,
        /// What.
        command: environment::Command,
    },
    /// For a deployment.
    Deployment {
        /// Which.
        id: DeploymentId,
        /// What.
        command: deployment::Command,
    },
    /// A new deployment; its id is made by the command.
    Propose {
        /// Must be `Propose`.
        command: deployment::Command,
    },
    /// For the configuration.
    Config {
        /// What.
        command: config::Command,
    },
}

impl Command {
    /// The stream it is for; absent for a deployment that does not exist yet.
    #[must_use]
    pub fn stream(&self) -> Option<StreamId> {
        Some(match self {
            Self::Artifact { id, .. } => StreamId::new(StreamKind::Artifact, &id.to_string()),
            Self::Release { id, .. } => StreamId::new(StreamKind::Release, &id.to_string()),
            Self::Environment { id, .. } => StreamId::new(StreamKind::Environment, id.as_str()),
            Self::Deployment { id, .. } => StreamId::new(StreamKind::Deployment, id.as_str()),
            Self::Propose { .. } => return None,
            Self::Config { .. } => StreamId::new(StreamKind::Config, config::Config::KEY),
        })
    }

    /// `stream verb`, for refusals and rules.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Artifact { command, .. } => format!("artifact {}", command.name()),
            Self::Release { command, .. } => format!("release {}", command.name()),
            Self::Environment { command, .. } => format!("environment {}", command.name()),
            Self::Deployment { command, .. } | Self::Propose { command } => {
                format!("deployment {}", command.name())
            }
            Self::Config { command } => format!("config {}", command.name()),
        }
    }
}
