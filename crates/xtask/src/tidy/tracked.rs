//! What must never be in git: build results and the data of a running server.

use super::finding::Finding;

/// Parts of a path, and why they stay out.
const NEVER: [(&str, &str); 6] = [
    (
        "ui/dist/",
        "the UI is built by npm and embedded at build time",
    ),
    ("node_modules/", "npm installs it from package-lock.json"),
    ("target/", "cargo makes it"),
    (".tidegate/", "it is the data of a running server"),
    ("__pycache__/", "Python makes it"),
    (
        ".snap.new",
        "accept or discard the snapshot: `cargo insta review`",
    ),
];

/// `files` are those git tracks or would track.
pub fn check(files: &[String]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for path in files {
        let slashed = format!("/{path}");
        let found = NEVER.iter().find(|(part, _)| match part.strip_prefix('.') {
            Some(_) if !part.ends_with('/') => path.ends_with(part),
            _ => slashed.contains(&format!("/{part}")),
        });
        if let Some((part, why)) = found {
            let help = format!("`git rm --cached` it; {why}");
            findings.push(Finding::error(
                path,
                0,
                format!("`{part}` does not belong in git"),
                help,
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn build_results_and_server_data_are_found() {
        let bad = [
            "ui/dist/index.html",
            "ui/node_modules/a/b.js",
            "examples/web/.tidegate/data/x",
            "crates/api/x.snap.new",
        ];
        let findings = check(&bad.map(str::to_owned));
        assert_eq!(
            findings
                .iter()
                .map(|finding| finding.path.as_str())
                .collect::<Vec<_>>(),
            bad
        );
    }

    #[test]
    fn sources_are_fine() {
        let good = [
            "ui/src/dist.ts",
            "crates/core/src/target.rs",
            "crates/api/snapshots/x.snap",
            "docs/target.md",
        ];
        assert!(check(&good.map(str::to_owned)).is_empty());
    }
}
