//! Every crate takes its lints, edition and licence from the workspace, so that no crate has rules of its own.

use super::finding::Finding;

const INHERITED: [&str; 5] = ["version", "edition", "rust-version", "license", "publish"];

/// `text` is that of one `Cargo.toml`.
pub fn check(path: &str, text: &str) -> Vec<Finding> {
    if !path.starts_with("crates/") {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let has = |wanted: &str| {
        text.lines()
            .any(|line| line.split_whitespace().collect::<String>() == wanted)
    };
    let after_lints = text
        .lines()
        .skip_while(|line| line.trim() != "[lints]")
        .nth(1)
        .unwrap_or_default();
    if after_lints.split_whitespace().collect::<String>() != "workspace=true" {
        findings.push(Finding::error(
            path,
            0,
            "the crate has not the lints of the workspace",
            "add `[lints]` with `workspace = true`",
        ));
    }
    for key in INHERITED {
        if !has(&format!("{key}.workspace=true")) {
            let problem = format!("`{key}` is not that of the workspace");
            findings.push(Finding::error(
                path,
                0,
                problem,
                format!("write `{key}.workspace = true`"),
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_with_lints_or_an_edition_of_its_own_is_found() {
        let good = "[package]\nversion.workspace = true\nedition.workspace = true\nrust-version.workspace = true\n\
                    license.workspace = true\npublish.workspace = true\n[lints]\nworkspace = true\n";
        assert!(check("crates/core/Cargo.toml", good).is_empty());
        assert_eq!(
            check(
                "crates/core/Cargo.toml",
                &good.replace("[lints]\nworkspace = true\n", "")
            )
            .len(),
            1
        );
        assert_eq!(
            check(
                "crates/core/Cargo.toml",
                &good.replace("edition.workspace = true", "edition = \"2021\"")
            )
            .len(),
            1
        );
    }
}
