//! More ways in from outside: each weakens what kept others out.

use std::collections::BTreeMap;
use tidegate_core::spec::Spec;

/// Reasons by the path of the value that causes them.
pub fn weakened(old: &Spec, new: &Spec) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (n, is) in new.trust.iter().enumerate() {
        let at = format!("trust.{n}.{}", is.ci.as_str());
        let before = |what: &dyn Fn(&tidegate_core::spec::Trust) -> bool| {
            old.trust
                .iter()
                .any(|was| was.ci == is.ci && was.issuer == is.issuer && what(was))
        };
        if !before(&|_| true) {
            let reason = format!("builds with tokens of {} may register artifacts", is.issuer);
            found.insert(format!("{at}.issuer"), reason);
            continue;
        }
        let more = |list: &[String], has: &dyn Fn(&String) -> bool| {
            let more: Vec<&str> = list
                .iter()
                .filter(|x| !has(x))
                .map(String::as_str)
                .collect();
            (!more.is_empty())
                .then(|| format!("builds of {} may register artifacts", more.join(", ")))
        };
        let repositories = more(&is.repositories, &|r| {
            before(&|was| was.repositories.contains(r))
        });
        if let Some(reason) = repositories {
            found.insert(format!("{at}.repositories"), reason);
        }
        if let Some(reason) = more(&is.refs, &|r| before(&|was| was.refs.contains(r))) {
            found.insert(format!("{at}.refs"), reason);
        }
        if !before(&|was| was.audience == is.audience) {
            let reason = "tokens for another audience are taken".to_owned();
            found.insert(format!("{at}.audience"), reason);
        }
    }
    let Some(is) = &new.sign_in else {
        return found;
    };
    let was = old.sign_in.as_ref();
    if was.is_none_or(|was| was.oidc != is.oidc) {
        let reason = "whoever this provider vouches for signs in".to_owned();
        found.insert("sign-in.oidc".to_owned(), reason);
    }
    for (group, standing) in &is.roles {
        let before = was.and_then(|was| was.roles.get(group));
        if before.is_none_or(|before| before < standing) {
            let reason = format!("everybody of this group is {}", standing.as_str());
            found.insert(format!("sign-in.roles.{group}"), reason);
        }
    }
    found
}
