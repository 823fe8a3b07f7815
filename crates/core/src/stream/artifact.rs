//! Artifact: bits registered under a service and version, immutable for ever.
//!
//! `Registered → Verified → Retired | Recalled`. The same version with another digest is refused; the same again is the
//! same answer.

use crate::decider::{Ctx, Decider, Decision, EventBody, Trigger};
use crate::digest::Digest;
use crate::id::{ReleaseId, StreamId, StreamKind};
use crate::refusal::Refusal;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What an artifact is made of and where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bits {
    /// SHA-256 of the file, or of the sorted listing of a directory.
    pub digest: Digest,
    /// Size in bytes, when known.
    pub size: Option<u64>,
    /// Absolute path, `file:` or `http(s):` URL where agents fetch it.
    pub location: String,
    /// Commit it was built from.
    pub commit: Option<String>,
    /// Repository of that commit.
    pub repository: Option<String>,
    /// Where it was built, for people.
    pub build: Option<String>,
    /// Who wrote what is new in it: addresses of commit authors, or names of people. Nobody is known when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<String>,
    /// Commits since the version before, when whoever registers it knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commits: Option<u32>,
    /// Whether it changes a database, when whoever registers it knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub migrates: Option<bool>,
    /// Which build registered it, as its CI proved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built_by: Option<BuiltBy>,
}

/// A build that showed who it is with the token of its own CI.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BuiltBy {
    /// Which CI, as the configuration calls it.
    pub ci: String,
    /// Issuer of the token.
    pub issuer: String,
    /// Subject of the token.
    pub subject: String,
    /// Repository or project.
    pub repository: String,
    /// Full ref, for example `refs/heads/main`.
    pub reference: String,
    /// Commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Id of the run or pipeline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// Account at the CI that began it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
}

/// An artifact.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Artifact {
    /// Phase.
    pub phase: Phase,
}

/// Phase of an artifact.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "kebab-case")]
pub enum Phase {
    /// Does not exist.
    #[default]
    Absent,
    /// Known.
    Registered {
        /// The bits.
        bits: Bits,
    },
    /// An agent fetched it and its digest was right.
    Verified {
        /// The bits.
        bits: Bits,
        /// When.
        at: Timestamp,
        /// By whom.
        by: String,
    },
    /// No longer offered; what runs keeps running.
    Retired {
        /// The bits.
        bits: Bits,
        /// Why.
        because: String,
    },
    /// Must not run anywhere.
    Recalled {
        /// The bits.
        bits: Bits,
        /// Why.
        because: String,
    },
}

/// What can be asked of an artifact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum Command {
    /// Make known.
    Register {
        /// The bits.
        bits: Bits,
    },
    /// Record that an agent found the right digest.
    Verify {
        /// Agent.
        by: String,
    },
    /// No longer offer.
    Retire {
        /// Why.
        because: String,
    },
    /// Must not run anywhere.
    Recall {
        /// Why.
        because: String,
    },
}

/// What happened to an artifact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum Event {
    /// Became known.
    #[serde(rename = "artifact.registered/1")]
    Registered {
        /// The bits.
        bits: Bits,
    },
    /// What its registration had left out was said later. What was said once stays.
    #[serde(rename = "artifact.described/1")]
    Described {
        /// Who wrote what is new in it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        authors: Vec<String>,
        /// Commits since the version before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        commits: Option<u32>,
        /// Whether it changes a database.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        migrates: Option<bool>,
        /// Who said so.
        by: String,
    },
    /// The digest was found right.
    #[serde(rename = "artifact.verified/1")]
    Verified {
        /// Agent.
        by: String,
    },
    /// No longer offered.
    #[serde(rename = "artifact.retired/1")]
    Retired {
        /// Why.
        because: String,
    },
    /// Must not run.
    #[serde(rename = "artifact.recalled/1")]
    Recalled {
        /// Why.
        because: String,
    },
}

impl EventBody for Event {
    fn triggers(&self, stream: &StreamId) -> Vec<Trigger> {
        vec![stream.to_string()]
    }
}

impl Artifact {
    /// The bits, once registered.
    #[must_use]
    pub fn bits(&self) -> Option<&Bits> {
        match &self.phase {
            Phase::Absent => None,
            Phase::Registered { bits }
            | Phase::Verified { bits, .. }
            | Phase::Retired { bits, .. }
            | Phase::Recalled { bits, .. } => Some(bits),
        }
    }
}

impl Phase {
    /// As shown to people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Registered { .. } => "registered",
            Self::Verified { .. } => "verified",
            Self::Retired { .. } => "retired",
            Self::Recalled { .. } => "recalled",
        }
    }
}

impl Command {
    /// As shown to people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Register { .. } => "register",
            Self::Verify { .. } => "verify",
            Self::Retire { .. } => "retire",
            Self::Recall { .. } => "recall",
        }
    }
}

impl Decider for Artifact {
    const KIND: StreamKind = StreamKind::Artifact;
    const FOLD: u32 = 1;
    type Command = Command;
    type Event = Event;

    fn decide(&self, command: Command, cx: &Ctx<'_>) -> Result<Decision<Event>, Refusal> {
        let events = match (&self.phase, command) {
            (Phase::Absent, Command::Register { bits }) => {
                check(&bits, cx)?;
                vec![Event::Registered { bits }]
            }
            (
                Phase::Registered { bits: have } | Phase::Verified { bits: have, .. },
                Command::Register { bits },
            ) => {
                if have.digest != bits.digest {
                    return Err(Refusal::OtherDigest {
                        release: cx.stream.key().to_owned(),
                        have: have.digest.to_string(),
                        got: bits.digest.to_string(),
                    });
                }
                described(have, bits, cx).into_iter().collect()
            }
            (Phase::Registered { .. }, Command::Verify { by }) => vec![Event::Verified { by }],
            // An agent may have fetched it before it was retired or recalled: its report is still right.
            (
                Phase::Verified { .. } | Phase::Retired { .. } | Phase::Recalled { .. },
                Command::Verify { .. },
            ) => Vec::new(),
            (
                Phase::Retired { because, .. } | Phase::Recalled { because, .. },
                Command::Register { .. },
            ) => {
                return Err(Refusal::Invalid {
                    because: format!("{} was {}: {because}", cx.stream.key(), self.phase.name()),
                    help: "register the change as a new version".to_owned(),
                });
            }
            (Phase::Absent, _) => {
                return Err(Refusal::NotFound {
                    what: "artifact".to_owned(),
                    name: cx.stream.key().to_owned(),
                });
            }
            (Phase::Registered { .. } | Phase::Verified { .. }, Command::Retire { because }) => {
                vec![Event::Retired { because }]
            }
            (
                Phase::Registered { .. } | Phase::Verified { .. } | Phase::Retired { .. },
                Command::Recall { because },
            ) => vec![Event::Recalled { because }],
            (phase, command) => {
                return Err(Refusal::NotNow {
                    stream: cx.stream.to_string(),
                    phase: phase.name().to_owned(),
                    command: command.name().to_owned(),
                });
            }
        };
        Ok(Decision::resting(events))
    }

    fn evolve(&mut self, at: Timestamp, event: &Event) {
        if let Event::Described {
            authors,
            commits,
            migrates,
            ..
        } = event
        {
            if let Phase::Registered { bits } | Phase::Verified { bits, .. } = &mut self.phase {
                if bits.authors.is_empty() {
                    bits.authors.clone_from(authors);
                }
                bits.commits = bits.commits.or(*commits);
                bits.migrates = bits.migrates.or(*migrates);
            }
            return;
        }
        let Some(bits) = self.bits().cloned() else {
            if let Event::Registered { bits } = event {
                self.phase = Phase::Registered { bits: bits.clone() };
            }
            return;
        };
        self.phase = match event {
            Event::Registered { bits } => Phase::Registered { bits: bits.clone() },
            // Answered above.
            Event::Described { .. } => return,
            Event::Verified { by } => Phase::Verified {
                bits,
                at,
                by: by.clone(),
            },
            Event::Retired { because } => Phase::Retired {
                bits,
                because: because.clone(),
            },
            Event::Recalled { because } => Phase::Recalled {
                bits,
                because: because.clone(),
            },
        };
    }
}

/// What a registration of the same bits adds to what is known.
fn described(have: &Bits, bits: Bits, cx: &Ctx<'_>) -> Option<Event> {
    let authors = match have.authors.is_empty() {
        true => bits.authors,
        false => Vec::new(),
    };
    let commits = bits.commits.filter(|_| have.commits.is_none());
    let migrates = bits.migrates.filter(|_| have.migrates.is_none());
    let adds = !authors.is_empty() || commits.is_some() || migrates.is_some();
    adds.then(|| Event::Described {
        authors,
        commits,
        migrates,
        by: cx.actor.who().to_owned(),
    })
}

fn check(bits: &Bits, cx: &Ctx<'_>) -> Result<(), Refusal> {
    let id: ReleaseId = cx.stream.key().parse()?;
    if !cx.spec.services.contains_key(&id.service) {
        return Err(Refusal::NotFound {
            what: "service".to_owned(),
            name: id.service.to_string(),
        });
    }
    let l = &bits.location;
    let fine = l.starts_with('/')
        || ["file:///", "http://", "https://"]
            .iter()
            .any(|p| l.starts_with(p));
    if !fine || l.len() > crate::limits::TEXT {
        return Err(Refusal::Invalid {
            because: format!("`{l}` is not a place an agent can fetch from"),
            help: "use an absolute path, a `file:///` URL or an `http(s)://` URL".to_owned(),
        });
    }
    if l.split("://").nth(1).is_some_and(|rest| {
        rest.split('/')
            .next()
            .is_some_and(|host| host.contains('@'))
    }) {
        return Err(Refusal::Invalid {
            because: "the location holds a user name or password".to_owned(),
            help: "leave credentials out of URLs; give them to the agent".to_owned(),
        });
    }
    Ok(())
}
