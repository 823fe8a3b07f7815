//! The resolved dependency graph as cargo sees it: one crypto provider, so none of the others may be reachable.

use super::finding::Finding;
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// Packages that must not be reachable over normal edges.
const BANNED: [&str; 4] = ["ring", "openssl", "openssl-sys", "native-tls"];

/// Name and version to licence expression.
pub type Packages = BTreeMap<(String, String), String>;

/// Packages linked into what ships, for this platform.
pub fn normal_packages(root: &Path) -> Result<Packages> {
    packages(root, "normal")
}

/// Packages linked in or run while building.
pub fn all_packages(root: &Path) -> Result<Packages> {
    packages(root, "normal,build")
}

fn packages(root: &Path, edges: &str) -> Result<Packages> {
    let arguments = [
        "--workspace",
        "-e",
        edges,
        "--prefix",
        "none",
        "--format",
        "{p}\t{l}",
    ];
    let packages = parse(&tree(root, &arguments)?);
    if packages.is_empty() {
        bail!("`cargo tree -e {edges}` named no package, so the graph could not be checked");
    }
    Ok(packages)
}

/// The chain of crates that brings a package in, as `cargo tree -e normal -i` prints it.
pub fn why(root: &Path, name: &str) -> Result<String> {
    tree(root, &["--workspace", "-e", "normal", "-i", name])
}

fn tree(root: &Path, arguments: &[&str]) -> Result<String> {
    let output = Command::new("cargo")
        .arg("tree")
        .args(arguments)
        .current_dir(root)
        .output()
        .context("running `cargo tree`")?;
    if !output.status.success() {
        bail!(
            "`cargo tree {}` failed: {}",
            arguments.join(" "),
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Lines such as `serde v1.0.2 (proc-macro)<tab>MIT OR Apache-2.0 (*)`.
fn parse(text: &str) -> Packages {
    let mut packages = Packages::new();
    for line in text.lines() {
        let Some((package, licence)) = line.split_once('\t') else {
            continue;
        };
        let mut words = package.split_whitespace();
        if let (Some(name), Some(version)) = (words.next(), words.next()) {
            let licence = licence.trim().trim_end_matches("(*)").trim();
            packages.insert(
                (name.to_owned(), version.trim_start_matches('v').to_owned()),
                licence.to_owned(),
            );
        }
    }
    packages
}

/// Banned packages that are reachable, with the chain that brings each in.
pub fn check(packages: &Packages, why: impl Fn(&str) -> Result<String>) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for (name, version) in packages
        .keys()
        .filter(|(name, _)| BANNED.contains(&name.as_str()))
    {
        let chain = why(&format!("{name}@{version}"))?;
        let problem =
            format!("`{name}` {version} is linked in; the one crypto provider is aws-lc-rs");
        let help = format!(
            "turn off the feature that brings it in:\n{}",
            chain.trim_end()
        );
        findings.push(Finding::error("Cargo.lock", 0, problem, help));
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_crypto_provider_is_found_with_the_chain_that_brings_it_in() {
        let packages = parse(
            "tidegate v0.1.0 (/srv/x)\tApache-2.0\nring v0.17.8\tApache-2.0 AND ISC\nserde v1.0.2\tMIT (*)\n",
        );
        let findings =
            check(&packages, |name| Ok(format!("{name}\n└── webpki\n"))).expect("checked");
        assert_eq!(findings.len(), 1);
        assert!(
            findings[0].help.contains("ring@0.17.8\n└── webpki"),
            "{}",
            findings[0].help
        );
        assert_eq!(packages[&("serde".into(), "1.0.2".into())], "MIT");
    }
}
