//! Every change there is, addressed to its stream.

use crate::change::ChangeId;
use crate::freeze::{ExceptionId, FreezeId};
use crate::id::{
    DepartureId, DeploymentId, EnvId, Name, PersonId, ReleaseId, StreamId, StreamKind,
};
use crate::refusal::Refusal;
use crate::stream::{
    archive, artifact, change, config, decision, delegation, departure, deployment, entry,
    environment, erasure, exception, feed, freeze, meeting, person, release, train,
};
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
    /// For an entry of the calendar.
    Entry {
        /// Which.
        id: Name,
        /// What.
        command: entry::Command,
    },
    /// A new entry of the calendar; its id is made by the command.
    Enter {
        /// Must be `Declare`.
        command: entry::Command,
    },
    /// For a calendar of others.
    Feed {
        /// Which.
        id: Name,
        /// What.
        command: feed::Command,
    },
    /// For the configuration.
    Config {
        /// What.
        command: config::Command,
    },
    /// For a train.
    Train {
        /// Which.
        id: Name,
        /// What.
        command: train::Command,
    },
    /// For a departure of a train.
    Departure {
        /// Which.
        id: DepartureId,
        /// What.
        command: departure::Command,
    },
    /// For a declared freeze.
    Freeze {
        /// Which; a new one gets the next number when nobody named it.
        id: Option<FreezeId>,
        /// What.
        command: freeze::Command,
    },
    /// For an exception from a freeze.
    Exception {
        /// Which; a new one gets the next number.
        id: Option<ExceptionId>,
        /// What.
        command: exception::Command,
    },
    /// For a change.
    Change {
        /// Which; the one of its release and environment, or the next number, when absent.
        id: Option<ChangeId>,
        /// What.
        command: change::Command,
    },
    /// For a delegation.
    Delegation {
        /// Which; a new one gets the next number.
        id: Option<delegation::DelegationId>,
        /// What.
        command: delegation::Command,
    },
    /// For a sitting of a board.
    Meeting {
        /// Board and day.
        id: meeting::MeetingId,
        /// What.
        command: meeting::Command,
    },
    /// For a decision about a way back.
    Decision {
        /// Which; the open one about its deployment, or the next number, when absent.
        id: Option<decision::DecisionId>,
        /// What.
        command: decision::Command,
    },
    /// For an erasure.
    Erasure {
        /// Which; a new one gets the next number.
        id: Option<erasure::ErasureId>,
        /// What.
        command: erasure::Command,
    },
    /// For a hold, or for what is kept of a deployment.
    Archive {
        /// Name of the hold or id of the deployment; a new hold gets the next number.
        key: Option<String>,
        /// What.
        command: archive::Command,
    },
    /// For a person.
    Person {
        /// Who.
        id: PersonId,
        /// What.
        command: person::Command,
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
            Self::Propose { .. } | Self::Enter { .. } => return None,
            Self::Entry { id, .. } => StreamId::new(StreamKind::Entry, id.as_str()),
            Self::Feed { id, .. } => StreamId::new(StreamKind::Feed, id.as_str()),
            Self::Config { .. } => StreamId::new(StreamKind::Config, config::Config::KEY),
            Self::Train { id, .. } => StreamId::new(StreamKind::Train, id.as_str()),
            Self::Departure { id, .. } => StreamId::new(StreamKind::Departure, &id.key()),
            Self::Freeze { id, .. } => StreamId::new(StreamKind::Freeze, id.as_ref()?.as_str()),
            Self::Exception { id, .. } => {
                StreamId::new(StreamKind::Exception, id.as_ref()?.as_str())
            }
            Self::Change { id, .. } => StreamId::new(StreamKind::Change, id.as_ref()?.as_str()),
            Self::Delegation { id, .. } => {
                StreamId::new(StreamKind::Delegation, id.as_ref()?.as_str())
            }
            Self::Meeting { id, .. } => StreamId::new(StreamKind::Meeting, &id.key()),
            Self::Decision { id, .. } => StreamId::new(StreamKind::Decision, id.as_ref()?.as_str()),
            Self::Archive { key, .. } => StreamId::new(StreamKind::Archive, key.as_ref()?),
            Self::Erasure { id, .. } => StreamId::new(StreamKind::Erasure, id.as_ref()?.as_str()),
            Self::Person { id, .. } => StreamId::new(StreamKind::Person, id.as_str()),
        })
    }

    /// Is it somebody's yes or no?
    #[must_use]
    pub fn is_vote(&self) -> bool {
        match self {
            Self::Change { command, .. } => matches!(
                command,
                change::Command::Approve { .. } | change::Command::Reject { .. }
            ),
            Self::Exception { command, .. } => matches!(
                command,
                exception::Command::Grant { .. } | exception::Command::Refuse { .. }
            ),
            Self::Config { command } => matches!(
                command,
                config::Command::Approve { .. } | config::Command::Reject { .. }
            ),
            Self::Departure { command, .. } => matches!(
                command,
                departure::Command::Go { .. } | departure::Command::NoGo { .. }
            ),
            _ => false,
        }
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
            Self::Entry { command, .. } | Self::Enter { command } => {
                format!("entry {}", command.name())
            }
            Self::Feed { command, .. } => format!("feed {}", command.name()),
            Self::Config { command } => format!("config {}", command.name()),
            Self::Train { command, .. } => format!("train {}", command.name()),
            Self::Departure { command, .. } => format!("departure {}", command.name()),
            Self::Freeze { command, .. } => format!("freeze {}", command.name()),
            Self::Exception { command, .. } => format!("exception {}", command.name()),
            Self::Change { command, .. } => format!("change {}", command.name()),
            Self::Delegation { command, .. } => format!("delegation {}", command.name()),
            Self::Meeting { command, .. } => format!("meeting {}", command.name()),
            Self::Decision { command, .. } => format!("decision {}", command.name()),
            Self::Archive { command, .. } => format!("archive {}", command.name()),
            Self::Erasure { command, .. } => format!("erasure {}", command.name()),
            Self::Person { command, .. } => format!("person {}", command.name()),
        }
    }

    /// What a person wrote with it, and whether it may be left empty.
    fn note(&self) -> Option<(&str, bool)> {
        match self {
            Self::Artifact {
                command:
                    artifact::Command::Retire { because } | artifact::Command::Recall { because },
                ..
            }
            | Self::Environment {
                command:
                    environment::Command::Hold { because, .. } | environment::Command::Open { because },
                ..
            } => Some((because, true)),
            Self::Environment {
                command:
                    environment::Command::Break { because }
                    | environment::Command::Fence { because, .. }
                    | environment::Command::Accept { because, .. },
                ..
            } => Some((because, false)),
            Self::Release {
                command:
                    release::Command::Unhold { reason }
                    | release::Command::Scope { reason, .. }
                    | release::Command::Unlock { reason },
                ..
            }
            | Self::Deployment {
                command:
                    deployment::Command::Settle { reason }
                    | deployment::Command::RefuseToSign { reason, .. },
                ..
            } => Some((reason, false)),
            Self::Release {
                command: release::Command::Cancel { reason } | release::Command::Lock { reason },
                ..
            }
            | Self::Deployment {
                command:
                    deployment::Command::Pause { reason }
                    | deployment::Command::Advance { reason }
                    | deployment::Command::Abort { reason }
                    | deployment::Command::Sign { reason, .. },
                ..
            }
            | Self::Propose {
                command: deployment::Command::Propose { reason, .. },
            } => Some((reason, true)),
            Self::Config {
                command:
                    config::Command::Propose { reason, .. }
                    | config::Command::Approve { reason, .. }
                    | config::Command::Reject { reason, .. },
            }
            | Self::Train {
                command: train::Command::Keep { reason },
                ..
            } => Some((reason, false)),
            Self::Departure { command, .. } => departure_note(command),
            Self::Freeze { command, .. } => command.note().map(|note| (note, false)),
            Self::Exception { command, .. } => command.note().map(|note| (note, false)),
            Self::Change {
                command: command @ change::Command::Approve { .. },
                ..
            } => command.note().map(|note| (note, true)),
            Self::Change { command, .. } => command.note().map(|note| (note, false)),
            Self::Entry { command, .. } | Self::Enter { command } => {
                command.reason().map(|reason| (reason, false))
            }
            Self::Delegation { command, .. } => command.note().map(|note| (note, false)),
            Self::Archive { command, .. } => command.note().map(|note| (note, false)),
            Self::Erasure { command, .. } => command.note().map(|note| (note, false)),
            Self::Feed { command, .. } => command.reason().map(|reason| (reason, false)),
            Self::Meeting { command, .. } => command.note(),
            Self::Decision { command, .. } => command.note().map(|note| (note, false)),
            Self::Person { command, .. } => command.reason().map(|reason| (reason, false)),
            _ => None,
        }
    }

    /// Is what a person wrote with it short enough, and there where it is kept as a justification?
    ///
    /// # Errors
    /// `OverLimit`, or `Invalid` for a missing reason.
    pub(crate) fn check_note(&self) -> Result<(), Refusal> {
        match self.note() {
            Some((text, _)) if text.chars().count() > crate::limits::TEXT => {
                Err(Refusal::OverLimit {
                    what: format!("the length of the reason of `{}`", self.name()),
                    limit: crate::limits::TEXT as u64,
                })
            }
            Some((text, false)) if text.trim().is_empty() => Err(Refusal::Invalid {
                because: format!("`{}` needs a reason", self.name()),
                help: "say why with `--reason`; it is kept for everybody who asks later".to_owned(),
            }),
            _ => Ok(()),
        }
    }
}

fn departure_note(command: &departure::Command) -> Option<(&str, bool)> {
    use departure::Command::{
        Admit, Cancel, Depart, Go, Join, KeepDate, Lay, Leave, NoGo, Postpone, Promise, Take, Wake,
    };
    match command {
        Join { reason, .. } | Promise { reason, .. } => Some((reason, true)),
        Leave { reason, .. }
        | Admit { reason, .. }
        | Go { reason }
        | NoGo { reason, .. }
        | Postpone { reason, .. }
        | Cancel { reason, .. }
        | Depart { reason } => Some((reason, false)),
        Lay { .. } | KeepDate { .. } | Take { .. } | Wake => None,
    }
}
