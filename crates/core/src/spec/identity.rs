//! Who may come in from outside: people by an identity provider, builds by the tokens of their CI.

use crate::stream::person::Standing;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How people sign in at an identity provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Issuer: its address, exactly as its tokens name it.
    pub oidc: String,
    /// Name under which the provider knows this server.
    pub client: String,
    /// `secret:` reference of the client's secret; a public client has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// Claim that holds a person's groups.
    pub groups_claim: String,
    /// Roles that a group gives, beside the person's own.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub roles: BTreeMap<String, Standing>,
}

/// Whose builds may register artifacts without a stored secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trust {
    /// Which CI.
    pub ci: Ci,
    /// Issuer of its tokens.
    pub issuer: String,
    /// Audience that they must be for.
    pub audience: String,
    /// Repositories or projects.
    pub repositories: Vec<String>,
    /// Branches, `*` at the end for any rest; a tag is written `refs/tags/v*`.
    pub refs: Vec<String>,
}

/// A CI whose tokens are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ci {
    /// GitHub Actions.
    GithubActions,
    /// GitLab CI.
    GitlabCi,
}

impl Ci {
    /// As written in the configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GithubActions => "github-actions",
            Self::GitlabCi => "gitlab-ci",
        }
    }

    /// Issuer of the public service.
    #[must_use]
    pub fn issuer(self) -> &'static str {
        match self {
            Self::GithubActions => "https://token.actions.githubusercontent.com",
            Self::GitlabCi => "https://gitlab.com",
        }
    }
}

impl Trust {
    /// Audience where the configuration names none.
    pub const AUDIENCE: &'static str = "tidegate";

    /// Is a build of this repository trusted?
    #[must_use]
    pub fn has_repository(&self, repository: &str) -> bool {
        self.repositories.iter().any(|r| r == repository)
    }

    /// Is a build of this ref trusted? `refs/heads/` is left out where a branch is written; no ref is a branch by accident.
    #[must_use]
    pub fn has_ref(&self, name: &str) -> bool {
        let short = name.strip_prefix("refs/heads/");
        self.refs.iter().any(|pattern| {
            if pattern.starts_with("refs/") {
                fits(pattern, name)
            } else {
                short.is_some_and(|branch| fits(pattern, branch))
            }
        })
    }
}

fn fits(pattern: &str, text: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => text.starts_with(start),
        None => text == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_is_no_tag_and_no_pull_request_whatever_it_is_called() {
        let trust = Trust {
            ci: Ci::GithubActions,
            issuer: Ci::GithubActions.issuer().to_owned(),
            audience: Trust::AUDIENCE.to_owned(),
            repositories: vec!["acme/web".to_owned()],
            refs: vec![
                "main".to_owned(),
                "release/*".to_owned(),
                "refs/tags/v*".to_owned(),
            ],
        };
        for good in [
            "refs/heads/main",
            "refs/heads/release/1",
            "refs/tags/v1.0.0",
        ] {
            assert!(trust.has_ref(good), "{good}");
        }
        for bad in [
            "main",
            "refs/heads/main2",
            "refs/tags/main",
            "refs/pull/7/merge",
            "refs/heads/refs/tags/v1",
            "refs/heads/xrelease/1",
        ] {
            assert!(!trust.has_ref(bad), "{bad}");
        }
        assert!(trust.has_repository("acme/web"));
        assert!(!trust.has_repository("acme/web2") && !trust.has_repository("evil/acme/web"));
    }
}
