//! Every "no" that a decider can say, typed, with the way out.

use crate::gate::GateReport;
use crate::id::{BadName, DeploymentId};
use serde::{Deserialize, Serialize};

/// A refused command. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "refusal", rename_all = "kebab-case")]
pub enum Refusal {
    /// The actor may not do this at all.
    #[error("{actor} ({role}) may not {action}")]
    NotAllowed {
        /// Who asked.
        actor: String,
        /// Its role.
        role: String,
        /// What was asked.
        action: String,
        /// Roles that may, for people: `operator or admin`; empty when more than the role stands against it.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        needs: String,
    },
    /// The role may do this, and a policy says no.
    #[error("{actor} may not {action}: {because} [{policy}]")]
    Forbidden {
        /// Who asked.
        actor: String,
        /// What was asked.
        action: String,
        /// What the policy says.
        because: String,
        /// Its name and where it was written.
        policy: String,
    },
    /// The role may do this, and this person may not: others decide.
    #[error("{actor} may not {action}: {because}")]
    OthersDecide {
        /// Who asked.
        actor: String,
        /// What was asked, as a verb with its object.
        action: String,
        /// The rule.
        because: String,
        /// Who may instead, for people: `cfo-office (hugo, dina)`; empty when nobody does.
        who: String,
    },
    /// This person may, with a sign-in that is fresh.
    #[error("{actor} may not {action}: {because}")]
    SignInAgain {
        /// Who asked.
        actor: String,
        /// What was asked, as a verb with its object.
        action: String,
        /// The rule.
        because: String,
    },
    /// The command does not fit the phase of its stream.
    #[error("{stream} ({phase}) does not take `{command}` now")]
    NotNow {
        /// Stream.
        stream: String,
        /// Phase it is in.
        phase: String,
        /// Command that was refused.
        command: String,
    },
    /// Something named does not exist.
    #[error("there is no {what} `{name}`")]
    NotFound {
        /// Kind of thing.
        what: String,
        /// Its name.
        name: String,
    },
    /// The input contradicts itself or a rule.
    #[error("{because}")]
    Invalid {
        /// What is wrong.
        because: String,
        /// The way out.
        help: String,
    },
    /// The same version exists with other bits.
    #[error("{release} is registered with {have}; {got} is another artifact and is refused")]
    OtherDigest {
        /// Version.
        release: String,
        /// Digest on record.
        have: String,
        /// Digest offered.
        got: String,
    },
    /// Another deployment of the same service is under way in the environment.
    #[error("{service} is being deployed to {environment} by {deployment} ({phase})")]
    Busy {
        /// Service.
        service: String,
        /// Environment.
        environment: String,
        /// The live deployment.
        deployment: DeploymentId,
        /// Its phase.
        phase: String,
    },
    /// The plan was made on a state that is no longer the newest.
    #[error("{service} in {environment} changed since the plan was made; plan again")]
    ParentMoved {
        /// Service.
        service: String,
        /// Environment.
        environment: String,
    },
    /// Gates say no.
    #[error("{subject} may not go on yet")]
    Blocked {
        /// What is blocked.
        subject: String,
        /// All gates, met and unmet.
        reports: Vec<GateReport>,
    },
    /// A report under a lease that is over.
    #[error("the lease of {action} is over (epoch {got}, now {have})")]
    StaleLease {
        /// Action.
        action: String,
        /// Epoch of the report.
        got: u64,
        /// Epoch on record.
        have: u64,
    },
    /// Another agent works in the environment, or another process under the agent's name.
    #[error("{environment} is served by {by}, heard of {silent_ms} ms ago")]
    AgentTaken {
        /// Environment.
        environment: String,
        /// The agent that serves it, with its folder when the name is the same.
        by: String,
        /// Milliseconds since its last word.
        silent_ms: u64,
    },
    /// A lock that is not the caller's, or no longer is.
    #[error("{because}")]
    Locked {
        /// Whose it is, or how it ended.
        because: String,
        /// The way out.
        help: String,
    },
    /// What was agreed to is no longer what would happen.
    #[error("{what} was made on a state that has changed since; nothing was changed")]
    Outdated {
        /// What was agreed to.
        what: String,
    },
    /// Too much at once.
    #[error("{what} is over the limit of {limit}")]
    OverLimit {
        /// What.
        what: String,
        /// The limit.
        limit: u64,
    },
    /// The stream cannot be read by this version and is kept aside until a person looks.
    #[error("{stream} is quarantined: {because}")]
    Quarantined {
        /// Stream.
        stream: String,
        /// Why.
        because: String,
    },
}

impl Refusal {
    /// Stable diagnostic code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Blocked { .. } => "TG2001",
            Self::NotNow { .. } => "TG2002",
            Self::NotFound { .. } => "TG2003",
            Self::Invalid { .. } => "TG2004",
            Self::OtherDigest { .. } => "TG2005",
            Self::Busy { .. } => "TG2006",
            Self::ParentMoved { .. } => "TG2007",
            Self::NotAllowed { .. } => "TG2008",
            Self::StaleLease { .. } => "TG2009",
            Self::OverLimit { .. } => "TG2010",
            Self::Quarantined { .. } => "TG2011",
            Self::AgentTaken { .. } => "TG2012",
            Self::Outdated { .. } => "TG2007",
            Self::OthersDecide { .. } => "TG2013",
            Self::Locked { .. } => "TG2014",
            Self::Forbidden { .. } => "TG2016",
            Self::SignInAgain { .. } => "TG2017",
        }
    }

    /// The way out, for people.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::NotAllowed { needs, .. } if needs.contains(" of the unit ") => {
                format!("it takes the role {needs}; `units` in the configuration gives it to teams")
            }
            Self::NotAllowed { needs, .. } if !needs.is_empty() => {
                format!("it takes the role {needs}; an admin gives it with `tidegate user role`")
            }
            Self::Forbidden { .. } => {
                "whoever owns the policy can change it; `tidegate role may` shows what you may".to_owned()
            }
            Self::NotAllowed { .. } => {
                "use a token with a role that may: `tidegate token list` shows them".to_owned()
            }
            Self::OthersDecide { who, .. } if who.is_empty() => {
                "nobody may: the configuration names no team with other members for it".to_owned()
            }
            Self::OthersDecide { who, .. } => format!("ask {who}"),
            Self::SignInAgain { .. } => {
                "sign in again with `tidegate login`, then say it again".to_owned()
            }
            Self::NotNow { stream, phase, .. } => possible(stream, phase),
            Self::NotFound { what, .. } => match what.as_str() {
                "artifact" => "`tidegate artifact list` shows those there are".to_owned(),
                "entry" => "`tidegate calendar entries` shows those there are".to_owned(),
                "feed" => "`tidegate calendar feeds` shows those there are".to_owned(),
                "vendor" => "`tidegate vendor list` shows those there are".to_owned(),
                "release" => "`tidegate release list` shows those there are".to_owned(),
                "environment" => "`tidegate env list` shows those there are".to_owned(),
                "train" | "departure" => "`tidegate train list` shows those there are".to_owned(),
                "freeze" => "`tidegate freeze list` shows those there are".to_owned(),
                "change" => "`tidegate change list --all` shows those there are".to_owned(),
                "exception" => "`tidegate exception list` shows those there are".to_owned(),
                "board" | "meeting" => "`tidegate board list` shows those there are".to_owned(),
                "delegation" => "`tidegate delegate list --all` shows those there are".to_owned(),
                "person" => "`tidegate user list` shows those there are".to_owned(),
                what if what.starts_with("account of ") || what.starts_with("key of ") => {
                    "`tidegate user show` shows those there are".to_owned()
                }
                "proposal" => "`tidegate config proposals` shows those there are".to_owned(),
                "team" | "service" => "`tidegate config show` shows those there are".to_owned(),
                _ => "`tidegate status` shows what is under way".to_owned(),
            },
            Self::Invalid { help, .. } | Self::Locked { help, .. } => help.clone(),
            Self::OtherDigest { .. } => {
                "a version names its bits for ever: build the change as a new version".to_owned()
            }
            Self::Busy { deployment, .. } => {
                format!(
                    "wait for it (`tidegate status {deployment} --watch`) or stop it (`tidegate abort {deployment}`)"
                )
            }
            Self::Outdated { .. } => "look at the new one, then accept that".to_owned(),
            Self::ParentMoved { .. } => "send the command again".to_owned(),
            Self::Blocked { subject, .. } => {
                format!(
                    "`tidegate why {}` shows every condition",
                    subject.replace(" in ", " ")
                )
            }
            Self::StaleLease { .. } => {
                "ask for work again; the action was given to another worker or ended".to_owned()
            }
            Self::OverLimit { .. } => "ask for less at once".to_owned(),
            Self::Quarantined { .. } => {
                "`tidegate doctor` shows the entry and the reason; a server that starts folds it again"
                    .to_owned()
            }
            Self::AgentTaken { .. } => {
                "stop that agent, or take the environment out of `--environments` of one of them; an agent that is \
                 silent for 10 s is replaced"
                    .to_owned()
            }
        }
    }
}

impl From<BadName> for Refusal {
    fn from(bad: BadName) -> Self {
        Self::Invalid {
            because: format!("`{}` is not a valid {}", bad.text, bad.what),
            help: bad.rule.to_owned(),
        }
    }
}

/// What is possible in a phase instead of what was asked.
fn possible(stream: &str, phase: &str) -> String {
    if let Some(key) = stream.strip_prefix("departure/") {
        return match crate::id::DepartureId::of_key(key) {
            Ok(id) => crate::stream::departure::possible(&id, phase),
            Err(_) => "`tidegate train list` shows where each stands".to_owned(),
        };
    }
    if let Some(name) = stream.strip_prefix("train/") {
        return format!("no other rhythm is proposed: `tidegate train show {name}` shows its own");
    }
    if let Some(name) = stream.strip_prefix("person/") {
        return format!("`tidegate user restore {name}` lets them sign in again");
    }
    if stream.starts_with("meeting/") {
        return "`tidegate board list` shows the next sittings".to_owned();
    }
    if stream.starts_with("delegation/") {
        return "`tidegate delegate list --all` shows how it ended".to_owned();
    }
    let Some(id) = stream.strip_prefix("deployment/") else {
        if let Some((kind @ ("freeze" | "exception" | "change"), id)) = stream.split_once('/') {
            return format!("`tidegate {kind} show {id}` shows what happened to it");
        }
        let id = stream.split_once('/').map_or(stream, |(_, id)| id);
        return format!("`tidegate status {id}` shows where it stands");
    };
    match phase {
        "waiting" => format!("`tidegate abort {id}` gives it up; nothing was touched yet"),
        "running" => format!("`tidegate pause {id}` stops it, `tidegate abort {id}` takes it back"),
        "pausing" | "paused" | "waiting for a person" => {
            format!("`tidegate resume {id}` goes on, `tidegate abort {id}` takes it back")
        }
        "waiting for a sign-off" => {
            format!("`tidegate approve {id}` signs it, `tidegate abort {id}` takes it back")
        }
        "paused by a freeze" => format!(
            "it goes on by itself when no freeze holds it: `tidegate freeze list` shows them; `tidegate abort {id}` takes it back"
        ),
        "succeeded" => format!("`tidegate abort {id}` returns to what ran before"),
        "rolling back" | "closing" => {
            format!("it ends by itself: `tidegate status {id} --watch` shows how")
        }
        "needs a person" => format!(
            "`tidegate abort {id}` tries the way back again; POST /api/v1/deployments/{id}/settlements ends it once what ran before runs again"
        ),
        _ => "it has ended; `tidegate deploy` starts another".to_owned(),
    }
}
