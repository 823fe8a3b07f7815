//! `sign-in` and `trust`.

use super::read::{map, text, texts};
use crate::yaml::Node;
use tidegate_core::spec::{Ci, SignIn, Trust};
use tidegate_core::stream::person::Standing;

/// How people sign in at a provider.
pub fn sign_in(node: &Node) -> Option<SignIn> {
    let node = node.get("sign-in")?;
    Some(SignIn {
        oidc: text(node, "oidc")?,
        client: text(node, "client").unwrap_or_else(|| "tidegate".to_owned()),
        secret: text(node, "secret"),
        groups_claim: text(node, "groups-claim").unwrap_or_else(|| "groups".to_owned()),
        roles: map(node.get("roles"), |role| standing(role.text()?)),
    })
}

fn standing(word: &str) -> Option<Standing> {
    let all = [
        Standing::Admin,
        Standing::Operator,
        Standing::Publisher,
        Standing::Viewer,
    ];
    all.into_iter().find(|s| s.as_str() == word)
}

/// Whose builds are trusted.
pub fn trust(node: &Node) -> Vec<Trust> {
    let entries = node.get("trust").map_or(&[][..], Node::items);
    let kinds = [
        (Ci::GithubActions, "repositories"),
        (Ci::GitlabCi, "projects"),
    ];
    entries
        .iter()
        .flat_map(|entry| {
            kinds.iter().filter_map(move |(ci, repositories)| {
                let node = entry.get(ci.as_str())?;
                Some(Trust {
                    ci: *ci,
                    issuer: text(node, "issuer").unwrap_or_else(|| ci.issuer().to_owned()),
                    audience: text(node, "audience").unwrap_or_else(|| Trust::AUDIENCE.to_owned()),
                    repositories: texts(node.get(repositories)),
                    refs: texts(node.get("refs")),
                })
            })
        })
        .collect()
}
