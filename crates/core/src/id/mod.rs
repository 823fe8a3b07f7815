//! Typed identifiers. A string that passed its constructor is valid everywhere; nothing is parsed twice.
//!
//! Names people choose (services, environments, teams) are DNS labels. Ids we make are ULIDs with a prefix, time-ordered,
//! from a seeded source, so a replay gives the same ids. A copy of an id shares its text.

mod made;
mod numbered;
mod stream;

pub use made::{ActionId, CommandId, DeploymentId, Ids};
pub(crate) use numbered::numbered;
pub use stream::{StreamId, StreamKind};

use serde::{Deserialize, Serialize, Serializer};
use std::fmt;
use std::sync::Arc;

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

/// An id of a shared text is stored as that text; what is stored was checked when it was made.
macro_rules! as_text {
    ($name:ident) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(&self.0)
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                String::deserialize(from).map(|text| Self(text.into()))
            }
        }
    };
}
use as_text;

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
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// The name, checked.
            pub fn new(text: impl Into<String>) -> Result<Self, BadName> {
                let text = text.into();
                if $check(&text) {
                    Ok(Self(text.into()))
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
                name.as_str().to_owned()
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

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
