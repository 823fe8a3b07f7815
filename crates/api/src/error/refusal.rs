//! From refusals of core, engine and ledger to problems.

use super::{Kind, Problem, kind};
use tidegate_core::digest::BadDigest;
use tidegate_core::id::BadName;
use tidegate_core::refusal::Refusal;
use tidegate_engine::Denied;
use tidegate_ledger::StoreError;

/// The kind of a refusal.
fn kind_of(refusal: &Refusal) -> &'static Kind {
    match refusal {
        Refusal::NotAllowed { .. } => &kind::NOT_ALLOWED,
        Refusal::OthersDecide { .. } => &kind::OTHERS_DECIDE,
        Refusal::NotNow { .. } => &kind::NOT_NOW,
        Refusal::NotFound { .. } => &kind::NOT_FOUND,
        Refusal::Invalid { .. } => &kind::INVALID,
        Refusal::OtherDigest { .. } => &kind::OTHER_DIGEST,
        Refusal::Busy { .. } => &kind::BUSY,
        Refusal::ParentMoved { .. } => &kind::PARENT_MOVED,
        Refusal::Outdated { .. } => &kind::PARENT_MOVED,
        Refusal::Blocked { .. } => &kind::BLOCKED,
        Refusal::StaleLease { .. } => &kind::STALE_LEASE,
        Refusal::OverLimit { .. } => &kind::OVER_LIMIT,
        Refusal::Quarantined { .. } => &kind::QUARANTINED,
        Refusal::AgentTaken { .. } => &kind::AGENT_TAKEN,
        Refusal::Locked { .. } => &kind::LOCKED,
        Refusal::Forbidden { .. } => &kind::FORBIDDEN_BY_POLICY,
        Refusal::SignInAgain { .. } => &kind::SIGN_IN_AGAIN,
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let may_not = match &refusal {
            Refusal::NotAllowed { action, .. }
            | Refusal::OthersDecide { action, .. }
            | Refusal::SignInAgain { action, .. }
            | Refusal::Forbidden { action, .. } => Some(action.clone()),
            _ => None,
        };
        Self::new(kind_of(&refusal), refusal.to_string(), refusal.help()).of_somebody(may_not)
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        let text = denied.to_string();
        match denied {
            Denied::Refused(refusal) => refusal.into(),
            Denied::Store(error) => error.into(),
            Denied::KeyReused => {
                Self::new(&kind::KEY_REUSED, text, "use a new key for a new command")
            }
            Denied::Overloaded => Self::new(&kind::OVERLOADED, text, "try again in a second"),
            Denied::Stopped => Self::new(
                &kind::STOPPING,
                text,
                "send it again, with the same key, when the server is back",
            ),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::NoSpace => Self::new(
                &kind::NO_SPACE,
                "no space is left to write the ledger",
                "free some disk space, then send it again",
            ),
            StoreError::Busy { .. } => Self::new(
                &kind::OVERLOADED,
                error.to_string(),
                "try again in a second",
            ),
            StoreError::NewerSchema { .. } => Self::new(
                &kind::STORE,
                error.to_string(),
                "ask a server of the newer version, or start this one again in that version",
            ),
            StoreError::Closed => Self::new(
                &kind::STOPPING,
                error.to_string(),
                "send it again when the server is back",
            ),
            _ => {
                tracing::error!(%error, "the ledger failed");
                Self::new(
                    &kind::STORE,
                    error.to_string(),
                    "`tidegate doctor` and the server's log say more",
                )
            }
        }
    }
}

impl From<BadName> for Problem {
    fn from(bad: BadName) -> Self {
        Refusal::from(bad).into()
    }
}

impl From<BadDigest> for Problem {
    fn from(bad: BadDigest) -> Self {
        Self::new(
            &kind::INVALID,
            bad.to_string(),
            "`tidegate artifact register --file` computes it",
        )
    }
}

impl From<serde_json::Error> for Problem {
    fn from(error: serde_json::Error) -> Self {
        tracing::error!(%error, "a stored row is not what this version writes");
        Self::new(
            &kind::STORE,
            format!("a stored row cannot be read: {error}"),
            "`tidegate doctor` and the server's log say more",
        )
    }
}
