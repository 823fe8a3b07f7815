//! House rules that the compiler cannot check, reported like a compiler: `path:line: error: problem`, then the way out.
//!
//! Each rule is one file below `tidy/` and one function from what it looks at to findings, so every rule is tested on bad
//! samples without a workspace. Errors fail the run; warnings ask for a seam to be found soon and never fail.

mod edges;
mod finding;
mod graph;
mod licences;
mod manifest;
mod mask;
mod module_docs;
mod paths;
mod placement;
mod size;
mod source;
mod tracked;
mod words;

use anyhow::{Context, Result, bail};
use cargo_metadata::{Metadata, MetadataCommand};
use finding::{Finding, Level};
use source::Source;
use std::path::Path;
use std::process::Command;

/// Runs all rules on the workspace of the current folder and prints what they find.
///
/// # Errors
/// When the workspace cannot be read (no git, no cargo); findings are not errors.
pub fn command() -> Result<bool> {
    let findings = check()?;
    for finding in &findings {
        println!("{finding}");
    }
    let errors = findings
        .iter()
        .filter(|finding| finding.level == Level::Error)
        .count();
    println!(
        "tidy: {errors} errors, {} warnings",
        findings.len() - errors
    );
    Ok(errors == 0)
}

/// All findings of all rules, errors first, then by path and line.
fn check() -> Result<Vec<Finding>> {
    let metadata = MetadataCommand::new()
        .no_deps()
        .exec()
        .context("reading the workspace with `cargo metadata`")?;
    let root = metadata.workspace_root.clone().into_std_path_buf();
    let files = listed_files(&root)?;

    let mut findings = Vec::new();
    findings.extend(edges::check(&edges::of(&metadata)));
    findings.extend(placement::check(&placement::of(&metadata)));
    findings.extend(tracked::check(&files));
    for path in &files {
        if let Some(text) = readable_text(&root, path)? {
            findings.extend(check_text(path, text));
        }
    }
    findings.extend(check_graph(&metadata, &root)?);
    findings.sort_by(|a, b| (b.level, &a.path, a.line).cmp(&(a.level, &b.path, b.line)));
    Ok(findings)
}

/// Rules that look at one file.
fn check_text(path: &str, text: String) -> Vec<Finding> {
    let mut findings = paths::check(path, &text);
    findings.extend(size::check_length(path, &text));
    if path.ends_with("Cargo.toml") {
        findings.extend(manifest::check(path, &text));
    }
    if path.ends_with(".rs") {
        let source = Source::new(path, text);
        findings.extend(module_docs::check(&source));
        findings.extend(size::check_functions(&source));
        findings.extend(words::check(&source));
    }
    findings
}

/// Rules that look at the resolved dependency graph.
fn check_graph(metadata: &Metadata, root: &Path) -> Result<Vec<Finding>> {
    let deny = metadata.workspace_root.join("deny.toml");
    let deny = std::fs::read_to_string(&deny).with_context(|| format!("reading {deny}"))?;
    let mut findings = graph::check(&graph::normal_packages(root)?, |name| {
        graph::why(root, name)
    })?;
    findings.extend(licences::check(
        &licences::accepted(&deny)?,
        &graph::all_packages(root)?,
    ));
    Ok(findings)
}

/// Paths of all files that git tracks or would track, relative to the root, with `/`.
fn listed_files(root: &Path) -> Result<Vec<String>> {
    let output = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root)
        .output()
        .context("listing files with `git ls-files`")?;
    if !output.status.success() {
        bail!(
            "`git ls-files` failed: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    let mut files: Vec<String> = String::from_utf8_lossy(&output.stdout)
        .split_terminator('\0')
        .map(str::to_owned)
        .collect();
    files.sort();
    files.dedup();
    Ok(files)
}

/// The text of a file; nothing for one that is deleted in the work tree, a link, or not text.
fn readable_text(root: &Path, path: &str) -> Result<Option<String>> {
    let full = root.join(path);
    match std::fs::symlink_metadata(&full) {
        Ok(found) if found.is_file() => {}
        _ => return Ok(None),
    }
    let bytes = std::fs::read(&full).with_context(|| format!("reading {path}"))?;
    Ok(String::from_utf8(bytes).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_keeps_its_house_rules() {
        let errors: Vec<String> = check()
            .expect("the workspace can be read")
            .iter()
            .filter(|finding| finding.level == Level::Error)
            .map(ToString::to_string)
            .collect();
        assert!(errors.is_empty(), "\n{}", errors.join("\n"));
    }

    #[test]
    fn one_bad_file_is_found_by_every_rule_that_looks_at_files() {
        let long = "    call();\n".repeat(900);
        let folder = concat!("/ho", "me/");
        let text = format!("use std::collections::HashMap;\nfn f() {{\n// {folder}\n{long}}}\n");
        let found: Vec<String> = check_text("crates/core/src/id.rs", text)
            .into_iter()
            .map(|finding| finding.problem)
            .collect();
        let expected = [
            "does not begin with `//!`",
            "`HashMap`",
            folder,
            "904 lines",
            "function `f`",
        ];
        for part in expected {
            assert!(
                found.iter().any(|problem| problem.contains(part)),
                "{part} is not in {found:?}"
            );
        }
        assert_eq!(found.len(), expected.len(), "{found:?}");
        assert!(!check_text("crates/core/Cargo.toml", "[package]\n".to_owned()).is_empty());
    }
}
