//! What a person signs for a vote: everything it means, as canonical JSON (RFC 8785).
//!
//! The same text is checked where the vote is taken and again by agents, which believe nothing else. It names the plan by its
//! digest, so it is worth nothing for other effects; and it ends.

use crate::digest::{Digest, canonical};
use crate::id::{EnvId, Name, ReleaseId, TeamId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Kind and version of the text, so that a signature for this is none for anything else.
const KIND: &str = "vote/1";

/// What is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It may go.
    Yes,
}

/// A vote as it is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// `vote/1`.
    tidegate: String,
    /// What is said.
    pub verdict: Verdict,
    /// Name of the change.
    pub change: String,
    /// Release.
    pub release: ReleaseId,
    /// Where.
    pub environment: EnvId,
    /// Digest over the effects of the plan.
    pub plan: Digest,
    /// Digest of the artifact that would run.
    pub artifact: Digest,
    /// Key of the revision that it replaces; absent at a first install.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    /// Who says it.
    pub person: String,
    /// In whose place, when the right was lent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<String>,
    /// For which team.
    pub team: TeamId,
    /// Stated meaning, for a sign-off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign: Option<Name>,
    /// Persons who asked for it.
    pub requesters: BTreeSet<String>,
    /// Persons who wrote it.
    pub authors: BTreeSet<String>,
    /// When it is said.
    pub at: Timestamp,
    /// Until when it is good, not part of it.
    pub until: Timestamp,
}

/// What is said, without who says it when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Name of the change.
    pub change: String,
    /// Release.
    pub release: ReleaseId,
    /// Where.
    pub environment: EnvId,
    /// Digest over the effects of the plan.
    pub plan: Digest,
    /// Digest of the artifact.
    pub artifact: Digest,
    /// Key of the revision that it replaces.
    pub replaces: Option<String>,
    /// Persons who asked for it.
    pub requesters: BTreeSet<String>,
    /// Persons who wrote it.
    pub authors: BTreeSet<String>,
}

/// Who says it, in which place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voter {
    /// The person.
    pub person: String,
    /// In whose place.
    pub instead_of: Option<String>,
    /// For which team.
    pub team: TeamId,
    /// Stated meaning.
    pub sign: Option<Name>,
}

impl Statement {
    /// A yes.
    #[must_use]
    pub fn yes(about: About, voter: Voter, at: Timestamp, until: Timestamp) -> Self {
        Self {
            tidegate: KIND.to_owned(),
            verdict: Verdict::Yes,
            change: about.change,
            release: about.release,
            environment: about.environment,
            plan: about.plan,
            artifact: about.artifact,
            replaces: about.replaces,
            person: voter.person,
            instead_of: voter.instead_of,
            team: voter.team,
            sign: voter.sign,
            requesters: about.requesters,
            authors: about.authors,
            at,
            until,
        }
    }

    /// The bytes that are signed, as text.
    ///
    /// # Errors
    /// The serialiser's message; statements hold nothing that can fail.
    pub fn text(&self) -> Result<String, serde_json::Error> {
        canonical(self)
    }

    /// From the bytes that were signed. A text that means the same in other bytes is none.
    ///
    /// # Errors
    /// What is wrong with it, for people.
    pub fn read(text: &str) -> Result<Self, String> {
        let read: Self = serde_json::from_str(text).map_err(|e| format!("it is no vote: {e}"))?;
        if read.tidegate != KIND {
            return Err(format!("it is `{}` and no `{KIND}`", read.tidegate));
        }
        match read.text() {
            Ok(again) if again == text => Ok(read),
            _ => Err("it is not written canonically".to_owned()),
        }
    }
}
