//! Typed identifiers. A string that passed its constructor is valid everywhere; nothing is parsed twice.
//!
//! Names people choose (services, environments, teams) are DNS labels. Ids we make are ULIDs with a prefix, time-ordered,
//! from a seeded source, so a replay gives the same ids.

use crate::digest::Digest;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a text is not a valid name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a valid {what}: {rule}")]
pub struct BadName {
    /// What was expected.
    pub what: &'static str,
    /// What was given.
    pub text: String,
    /// The rule it breaks.
    pub rule: &'static str,
}

const LABEL: &str =
    "use 1 to 63 lower-case letters, digits and `-`, starting and ending with a letter or digit";
const VERSION: &str = "use 1 to 128 letters, digits and `. _ - +`, starting with a letter or digit";

fn is_label(s: &str) -> bool {
    let edge = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit();
    let b = s.as_bytes();
    !b.is_empty()
        && b.len() <= 63
        && edge(b[0])
        && edge(b[b.len() - 1])
        && b.iter().all(|&c| edge(c) || c == b'-')
}

fn is_version(s: &str) -> bool {
    let b = s.as_bytes();
    !b.is_empty()
        && b.len() <= 128
        && b[0].is_ascii_alphanumeric()
        && b.iter()
            .all(|&c| c.is_ascii_alphanumeric() || b"._-+".contains(&c))
}

const PERSON: &str = "use 1 to 63 lower-case letters, digits and `. _ -`, starting with a letter or digit; `tidegate` is the server itself";
const ACCOUNT: &str =
    "use 1 to 100 letters, digits and `. _ - : @`; `tidegate` is the server itself";

fn is_person(s: &str) -> bool {
    let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit();
    let b = s.as_bytes();
    !b.is_empty()
        && b.len() <= 63
        && plain(b[0])
        && b.iter().all(|&c| plain(c) || b"._-".contains(&c))
        && s != "tidegate"
}

fn is_account(s: &str) -> bool {
    (1..=100).contains(&s.len())
        && s.bytes()
            .all(|c| c.is_ascii_alphanumeric() || b"._-:@".contains(&c))
        && s != "tidegate"
}

macro_rules! name {
    ($name:ident, $what:literal, $check:ident, $rule:ident, $doc:literal) => {
        #[doc = $doc]
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The name, checked.
            pub fn new(text: impl Into<String>) -> Result<Self, BadName> {
                let text = text.into();
                if $check(&text) {
                    Ok(Self(text))
                } else {
                    Err(BadName {
                        what: $what,
                        text,
                        rule: $rule,
                    })
                }
            }
            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl TryFrom<String> for $name {
            type Error = BadName;
            fn try_from(text: String) -> Result<Self, BadName> {
                Self::new(text)
            }
        }
        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
        impl std::str::FromStr for $name {
            type Err = BadName;
            fn from_str(text: &str) -> Result<Self, BadName> {
                Self::new(text)
            }
        }
    };
}

/// A name of records that are counted: a prefix and a number, the next one by the highest number that a read model keeps.
macro_rules! numbered {
    ($name:ident, $prefix:literal, $what:literal, $list:literal, $last:path, $doc:literal) => {
        #[doc = $doc]
        #[derive(
            Debug,
            Clone,
            PartialEq,
            Eq,
            PartialOrd,
            Ord,
            Hash,
            serde::Serialize,
            serde::Deserialize,
        )]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// From its text.
            ///
            /// # Errors
            /// It does not look like one.
            pub fn new(text: &str) -> Result<Self, $crate::id::BadName> {
                let number = text.strip_prefix($prefix).and_then(|n| n.parse().ok());
                number
                    .filter(|n: &u64| format!("{}{n}", $prefix) == text)
                    .map(|_| Self(text.to_owned()))
                    .ok_or_else(|| $crate::id::BadName {
                        what: $what,
                        text: text.to_owned(),
                        rule: concat!(
                            "it looks like `",
                            $prefix,
                            "1`; `",
                            $list,
                            "` shows those there are"
                        ),
                    })
            }

            /// The next one.
            #[must_use]
            pub fn next(view: &dyn $crate::view::View) -> Self {
                let taken = view.model($last, "");
                let last: u64 = taken.and_then(|n| n.parse().ok()).unwrap_or(0);
                Self(format!("{}{}", $prefix, last + 1))
            }

            /// Its number.
            #[must_use]
            pub fn number(&self) -> Option<u64> {
                self.0.strip_prefix($prefix)?.parse().ok()
            }

            /// The whole of it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::id::BadName;
            fn try_from(text: String) -> Result<Self, $crate::id::BadName> {
                Self::new(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}
pub(crate) use numbered;

name!(
    ServiceId,
    "service name",
    is_label,
    LABEL,
    "Name of a service."
);
name!(
    EnvId,
    "environment name",
    is_label,
    LABEL,
    "Name of an environment."
);
name!(TeamId, "team name", is_label, LABEL, "Name of a team.");
name!(
    Name,
    "name",
    is_label,
    LABEL,
    "Name of a pipeline, strategy or analysis."
);
name!(
    Version,
    "version",
    is_version,
    VERSION,
    "Version of a service as its builders say it; compared as text, never sorted."
);

name!(
    PersonId,
    "name of a person",
    is_person,
    PERSON,
    "Name of a human being, unique."
);
name!(
    AccountId,
    "name of an account",
    is_account,
    ACCOUNT,
    "Name of an account, as it stands in the ledger."
);

/// `service@version`: names an artifact and the release made of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReleaseId {
    /// Service.
    pub service: ServiceId,
    /// Version.
    pub version: Version,
}

impl ReleaseId {
    /// From its parts.
    #[must_use]
    pub fn new(service: ServiceId, version: Version) -> Self {
        Self { service, version }
    }

    /// Is it a newer version of the same service? Where one of the two is no semantic version, they are compared as text.
    #[must_use]
    pub fn is_newer(&self, other: &Self) -> bool {
        let (x, y) = (self.version.as_str(), other.version.as_str());
        let newer = match (semver::Version::parse(x), semver::Version::parse(y)) {
            (Ok(x), Ok(y)) => x > y,
            _ => x > y,
        };
        self.service == other.service && newer
    }
}

impl fmt::Display for ReleaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.service, self.version)
    }
}

impl std::str::FromStr for ReleaseId {
    type Err = BadName;
    fn from_str(text: &str) -> Result<Self, BadName> {
        let (service, version) = text.split_once('@').ok_or_else(|| BadName {
            what: "release",
            text: text.to_owned(),
            rule: "write it as `service@version`",
        })?;
        Ok(Self {
            service: ServiceId::new(service)?,
            version: Version::new(version)?,
        })
    }
}

impl TryFrom<String> for ReleaseId {
    type Error = BadName;
    fn try_from(text: String) -> Result<Self, BadName> {
        text.parse()
    }
}

impl From<ReleaseId> for String {
    fn from(id: ReleaseId) -> String {
        id.to_string()
    }
}

/// `train#number`: one departure of a train.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DepartureId {
    /// Train.
    pub train: Name,
    /// Number, from 1.
    pub number: u64,
}

impl DepartureId {
    /// From its parts.
    #[must_use]
    pub fn new(train: Name, number: u64) -> Self {
        Self { train, number }
    }
    /// Key of its stream and of its row, in order of numbers: `retail/000014`.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}/{:06}", self.train, self.number)
    }
    /// From a key.
    ///
    /// # Errors
    /// The text is not one.
    pub fn of_key(key: &str) -> Result<Self, BadName> {
        key.replacen('/', "#", 1).parse()
    }
}

impl fmt::Display for DepartureId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.train, self.number)
    }
}

impl std::str::FromStr for DepartureId {
    type Err = BadName;
    fn from_str(text: &str) -> Result<Self, BadName> {
        let bad = || BadName {
            what: "departure",
            text: text.to_owned(),
            rule: "write it as `train#number`, for example `retail#14`",
        };
        let (train, number) = text
            .strip_prefix("train/")
            .unwrap_or(text)
            .split_once('#')
            .ok_or_else(bad)?;
        let number = number.parse().ok().filter(|n| (1..1_000_000).contains(n));
        Ok(Self {
            train: Name::new(train)?,
            number: number.ok_or_else(bad)?,
        })
    }
}

impl TryFrom<String> for DepartureId {
    type Error = BadName;
    fn try_from(text: String) -> Result<Self, BadName> {
        text.parse()
    }
}

impl From<DepartureId> for String {
    fn from(id: DepartureId) -> String {
        id.to_string()
    }
}

/// The kinds of stream in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StreamKind {
    /// Bits registered under a service and version.
    Artifact,
    /// A version on its way through environments.
    Release,
    /// Posture of an environment.
    Environment,
    /// One plan for one service in one environment.
    Deployment,
    /// Revisions of the configuration.
    Config,
    /// A freeze that a person declared.
    Freeze,
    /// An exception from a freeze.
    Exception,
    /// Something declared on the calendar.
    Entry,
    /// A calendar of others that is read again and again.
    Feed,
    /// Refused attempts.
    Access,
    /// Timetable and rhythm of a train.
    Train,
    /// One run of a train.
    Departure,
    /// Governance record of a release in a production environment.
    Change,
    /// A human being.
    Person,
    /// A right that one person lends another.
    Delegation,
    /// One sitting of a board.
    Meeting,
    /// Back or stay, decided by named people.
    Decision,
    /// Words that are taken out of an entry.
    Erasure,
    /// A legal hold, or the bodies of a deployment that are gone.
    Archive,
}

impl StreamKind {
    /// Every kind, for matrices and checks.
    pub const ALL: [Self; 19] = [
        Self::Artifact,
        Self::Release,
        Self::Environment,
        Self::Deployment,
        Self::Config,
        Self::Freeze,
        Self::Exception,
        Self::Entry,
        Self::Feed,
        Self::Access,
        Self::Train,
        Self::Departure,
        Self::Change,
        Self::Person,
        Self::Delegation,
        Self::Meeting,
        Self::Decision,
        Self::Erasure,
        Self::Archive,
    ];

    /// First part of a stream id.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Artifact => "artifact",
            Self::Release => "release",
            Self::Environment => "environment",
            Self::Deployment => "deployment",
            Self::Config => "config",
            Self::Freeze => "freeze",
            Self::Exception => "exception",
            Self::Entry => "entry",
            Self::Feed => "feed",
            Self::Access => "access",
            Self::Train => "train",
            Self::Departure => "departure",
            Self::Change => "change",
            Self::Person => "person",
            Self::Delegation => "delegation",
            Self::Meeting => "meeting",
            Self::Decision => "decision",
            Self::Erasure => "erasure",
            Self::Archive => "archive",
        }
    }
}

/// `kind/key`, for example `deployment/dep_01J…` or `release/web@1.1.0`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StreamId(String);

impl StreamId {
    /// Id of a stream.
    #[must_use]
    pub fn new(kind: StreamKind, key: &str) -> Self {
        Self(format!("{}/{key}", kind.as_str()))
    }
    /// From stored text; `None` when the kind is unknown to this version.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, _) = text.split_once('/')?;
        StreamKind::ALL
            .iter()
            .any(|k| k.as_str() == kind)
            .then(|| Self(text.to_owned()))
    }
    /// Kind of the stream.
    #[must_use]
    pub fn kind(&self) -> Option<StreamKind> {
        let (kind, _) = self.0.split_once('/')?;
        StreamKind::ALL.into_iter().find(|k| k.as_str() == kind)
    }
    /// What stands after the kind.
    #[must_use]
    pub fn key(&self) -> &str {
        self.0.split_once('/').map_or("", |(_, key)| key)
    }
    /// The whole id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! made {
    ($name:ident, $prefix:literal, $doc:literal) => {
        #[doc = $doc]
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);
        impl $name {
            /// From text a person or an agent sent; only the shape is checked here.
            pub fn parse(text: &str) -> Result<Self, BadName> {
                let ok = text.strip_prefix($prefix).is_some_and(|rest| {
                    rest.len() == 26
                        && rest
                            .bytes()
                            .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
                });
                if ok {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(BadName {
                        what: "id",
                        text: text.to_owned(),
                        rule: concat!("it looks like `", $prefix, "01J…`"),
                    })
                }
            }
            fn made(ulid: ulid::Ulid) -> Self {
                Self(format!("{}{ulid}", $prefix))
            }
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

made!(DeploymentId, "dep_", "Id of a deployment.");
made!(ActionId, "act_", "Id of an action.");

/// Chosen by the client; the same id is the same command, however often it is sent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CommandId(pub String);

/// Source of ids for one command: the same command at the same ledger time makes the same ids.
#[derive(Debug, Clone)]
pub struct Ids {
    seed: Digest,
    at: Timestamp,
    next: std::cell::Cell<u64>,
}

impl Ids {
    /// Ids for the command `id` decided at `at`.
    #[must_use]
    pub fn new(id: &CommandId, at: Timestamp) -> Self {
        Self {
            seed: Digest::of(id.0.as_bytes()),
            at,
            next: std::cell::Cell::new(0),
        }
    }
    fn ulid(&self) -> ulid::Ulid {
        let n = self.next.get();
        self.next.set(n + 1);
        let bits = Digest::of(format!("{}/{n}", self.seed).as_bytes()).leading_u128();
        let millis = u64::try_from(self.at.as_millisecond()).unwrap_or(0);
        ulid::Ulid::from_parts(millis, bits)
    }
    /// A new deployment id.
    #[must_use]
    pub fn deployment(&self) -> DeploymentId {
        DeploymentId::made(self.ulid())
    }
    /// A new action id.
    #[must_use]
    pub fn action(&self) -> ActionId {
        ActionId::made(self.ulid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_dns_labels_and_say_so() {
        assert!(ServiceId::new("web-2").is_ok());
        for bad in ["", "Web", "-web", "web-", "we b", "a/b"] {
            assert!(
                ServiceId::new(bad)
                    .unwrap_err()
                    .to_string()
                    .contains("lower-case"),
                "{bad}"
            );
        }
        assert!(
            "web"
                .parse::<ReleaseId>()
                .unwrap_err()
                .to_string()
                .contains("service@version")
        );
    }

    #[test]
    fn the_same_command_makes_the_same_ids_and_never_one_twice() {
        let at = Timestamp::UNIX_EPOCH;
        let (a, b) = (
            Ids::new(&CommandId("k".into()), at),
            Ids::new(&CommandId("k".into()), at),
        );
        let first = a.deployment();
        assert_eq!(first, b.deployment());
        assert_ne!(first, a.deployment());
        assert_eq!(DeploymentId::parse(first.as_str()).unwrap(), first);
    }
}
