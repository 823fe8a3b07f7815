//! Licences of everything we link in or build with. The accepted ones are those of `deny.toml`; that file is the one place.

use super::finding::Finding;
use super::graph::Packages;
use anyhow::{Context, Result, bail};

/// The identifiers in `[licenses] allow = [...]` of `deny.toml`.
pub fn accepted(deny: &str) -> Result<Vec<String>> {
    let section = deny
        .split("[licenses]")
        .nth(1)
        .context("deny.toml has no section [licenses]")?;
    let list = section
        .split("allow = [")
        .nth(1)
        .and_then(|rest| rest.split(']').next());
    let list = list.context("deny.toml has no list `allow = [...]` in [licenses]")?;
    let accepted: Vec<String> = list
        .split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect();
    if accepted.is_empty() {
        bail!("deny.toml accepts no licence in [licenses]");
    }
    Ok(accepted)
}

pub fn check(accepted: &[String], packages: &Packages) -> Vec<Finding> {
    let mut findings = Vec::new();
    for ((name, version), licence) in packages {
        if !satisfied(licence, accepted) {
            let shown = if licence.is_empty() {
                "no licence"
            } else {
                licence
            };
            let problem = format!("`{name}` {version} has {shown}, which is not accepted");
            findings.push(Finding::error(
                "deny.toml",
                0,
                problem,
                format!("replace it, or accept one of: {}", accepted.join(", ")),
            ));
        }
    }
    findings
}

/// True when an accepted choice exists in an SPDX expression (`OR` binds weaker than `AND`; the old `/` means `OR`).
fn satisfied(expression: &str, accepted: &[String]) -> bool {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    !words.is_empty() && either(&words, &mut at, accepted) && at == words.len()
}

fn either(words: &[&str], at: &mut usize, accepted: &[String]) -> bool {
    let mut good = both(words, at, accepted);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        good |= both(words, at, accepted);
    }
    good
}

fn both(words: &[&str], at: &mut usize, accepted: &[String]) -> bool {
    let mut good = one(words, at, accepted);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        good &= one(words, at, accepted);
    }
    good
}

fn one(words: &[&str], at: &mut usize, accepted: &[String]) -> bool {
    let Some(word) = words.get(*at) else {
        return false;
    };
    *at += 1;
    if *word == "(" {
        let good = either(words, at, accepted);
        let closed = words.get(*at) == Some(&")");
        *at += usize::from(closed);
        return good && closed;
    }
    // An exception only adds permissions to the licence before it.
    if words.get(*at) == Some(&"WITH") {
        *at += 2;
    }
    accepted.iter().any(|known| known == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ok(expression: &str) -> bool {
        satisfied(expression, &["MIT", "Apache-2.0", "ISC"].map(str::to_owned))
    }

    #[test]
    fn one_accepted_choice_is_enough_and_all_parts_are_needed() {
        assert!(ok("MIT") && ok("MIT OR GPL-3.0-only") && ok("GPL-2.0/Apache-2.0"));
        assert!(
            ok("(MIT OR GPL-3.0-only) AND ISC") && ok("Apache-2.0 WITH LLVM-exception OR MPL-2.0")
        );
        assert!(
            !ok("AGPL-3.0-only")
                && !ok("MIT AND GPL-3.0-only")
                && !ok("")
                && !ok("(MIT")
                && !ok("MIT MIT")
        );
    }

    #[test]
    fn a_package_without_an_accepted_licence_is_found() {
        let packages = Packages::from([(("bad".into(), "1.0.0".into()), "BUSL-1.1".into())]);
        assert_eq!(check(&["MIT".to_owned()], &packages).len(), 1);
    }

    #[test]
    fn the_accepted_licences_are_read_from_deny_toml() {
        let deny = "[bans]\ndeny = [\"x\"]\n[licenses]\nallow = [\n  \"MIT\",\n  \"ISC\",\n]\nconfidence-threshold = 0.9\n";
        assert_eq!(accepted(deny).expect("a list"), ["MIT", "ISC"]);
        assert!(accepted("[bans]\n").is_err());
    }
}
