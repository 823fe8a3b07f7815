//! Known issues of a service: what support tells a customer, and in which versions it is so.

use crate::id::Name;
use serde::{Deserialize, Serialize};

/// A list that anybody may read without signing in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PublicFeed {
    /// Known issues that customers may read, in versions that run in production.
    KnownIssues,
}

impl PublicFeed {
    /// All of them.
    pub const ALL: [Self; 1] = [Self::KnownIssues];

    /// As configuration and address write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::KnownIssues => "known-issues",
        }
    }
}

/// Something that is known to be wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub struct KnownIssue {
    /// Name that stays; absent for one that is a text alone.
    pub id: Option<Name>,
    /// What is wrong, for people.
    pub text: String,
    /// What to do meanwhile.
    pub workaround: Option<String>,
    /// First version that has it; every one before `fixed_in` when absent.
    pub since: Option<semver::Version>,
    /// First version that has it no more; none yet when absent.
    pub fixed_in: Option<semver::Version>,
    /// May customers read it?
    pub public: bool,
}

impl KnownIssue {
    /// One that is a text alone: in every version, for the company's own people.
    #[must_use]
    pub fn of_text(text: String) -> Self {
        Self {
            id: None,
            text,
            workaround: None,
            since: None,
            fixed_in: None,
            public: false,
        }
    }

    /// Is it in this version? What is no semantic version cannot be told from those that have it, and counts as one.
    #[must_use]
    pub fn is_in(&self, version: &str) -> bool {
        let Ok(version) = semver::Version::parse(version) else {
            return true;
        };
        self.since.as_ref().is_none_or(|first| version >= *first)
            && self.fixed_in.as_ref().is_none_or(|fixed| version < *fixed)
    }
}

/// As it is kept: earlier versions kept a text alone.
#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum Stored {
    Text(String),
    Whole(Whole),
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<Name>,
    text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    workaround: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<semver::Version>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fixed_in: Option<semver::Version>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    public: bool,
}

impl From<Stored> for KnownIssue {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Text(text) => Self::of_text(text),
            Stored::Whole(Whole {
                id,
                text,
                workaround,
                since,
                fixed_in,
                public,
            }) => Self {
                id,
                text,
                workaround,
                since,
                fixed_in,
                public,
            },
        }
    }
}

impl From<KnownIssue> for Stored {
    fn from(issue: KnownIssue) -> Self {
        if issue == KnownIssue::of_text(issue.text.clone()) {
            return Self::Text(issue.text);
        }
        let KnownIssue {
            id,
            text,
            workaround,
            since,
            fixed_in,
            public,
        } = issue;
        Self::Whole(Whole {
            id,
            text,
            workaround,
            since,
            fixed_in,
            public,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issue_is_in_the_versions_from_its_first_to_before_its_fix() {
        let issue = KnownIssue {
            since: Some(semver::Version::new(1, 2, 0)),
            fixed_in: Some(semver::Version::new(1, 4, 0)),
            ..KnownIssue::of_text("slow".to_owned())
        };
        for (version, is_in) in [
            ("1.1.9", false),
            ("1.2.0", true),
            ("1.3.7", true),
            ("1.4.0-rc.1", true),
            ("1.4.0", false),
            ("nightly", true),
        ] {
            assert_eq!(issue.is_in(version), is_in, "{version}");
        }
        assert!(KnownIssue::of_text("slow".to_owned()).is_in("0.0.1"));
    }

    #[test]
    fn a_text_is_kept_as_it_always_was_and_the_rest_beside_it() {
        let text = KnownIssue::of_text("slow".to_owned());
        assert_eq!(serde_json::to_string(&text).unwrap(), "\"slow\"");
        let whole = KnownIssue {
            public: true,
            ..text.clone()
        };
        for issue in [text, whole] {
            let kept = serde_json::to_string(&issue).unwrap();
            let read: KnownIssue = serde_json::from_str(&kept).unwrap();
            assert_eq!(read, issue, "{kept}");
        }
    }
}
