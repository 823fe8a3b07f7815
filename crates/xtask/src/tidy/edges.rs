//! The direction of crates: which crate may use which. The table below is the law; the compiler then keeps what it allows.
//!
//! A new crate or edge is a decision with a record in `docs/adr`, then a line here.

use super::finding::Finding;
use cargo_metadata::Metadata;

/// Crate by folder name, and the crates of ours it may use. Also for tests: a test that needs more belongs further out.
const LAW: &[(&str, &[&str])] = &[
    ("core", &[]),
    ("faults", &[]),
    ("policy", &["core"]),
    ("config", &["core", "policy"]),
    ("ledger", &["core", "faults"]),
    ("evidence", &["core", "ledger"]),
    ("plugin", &["core"]),
    ("engine", &["core", "faults", "ledger", "plugin"]),
    ("drivers", &["core", "faults", "plugin"]),
    ("router", &["core", "faults", "plugin"]),
    ("client", &[]),
    (
        "agent",
        &["core", "faults", "policy", "plugin", "drivers", "client"],
    ),
    (
        "sim",
        &["core", "policy", "config", "ledger", "plugin", "engine"],
    ),
    (
        "api",
        &[
            "core", "policy", "config", "ledger", "evidence", "engine", "client", "sim",
        ],
    ),
    (
        "tidegate",
        &[
            "core", "faults", "policy", "config", "ledger", "evidence", "plugin", "engine",
            "drivers", "router", "client", "agent", "api", "sim",
        ],
    ),
    ("xtask", &["sim"]),
];

/// One crate of ours and what it uses of ours.
pub struct Crate {
    /// Folder below `crates/`.
    pub folder: String,
    /// Package name.
    pub package: String,
    /// Packages of ours it depends on, in any way.
    pub uses: Vec<String>,
}

/// The crates of the workspace.
pub fn of(metadata: &Metadata) -> Vec<Crate> {
    let folder = |path: &cargo_metadata::camino::Utf8Path| {
        let relative = path.strip_prefix(&metadata.workspace_root).unwrap_or(path);
        relative
            .as_str()
            .strip_prefix("crates/")
            .unwrap_or(relative.as_str())
            .to_owned()
    };
    let packages = metadata.workspace_packages();
    packages
        .iter()
        .map(|package| Crate {
            folder: package
                .manifest_path
                .parent()
                .map(folder)
                .unwrap_or_default(),
            package: package.name.to_string(),
            uses: package
                .dependencies
                .iter()
                .filter(|used| used.path.is_some())
                .map(|used| used.name.clone())
                .collect(),
        })
        .collect()
}

/// Edges outside the law, crates it does not know, and packages not named after their folder.
pub fn check(crates: &[Crate]) -> Vec<Finding> {
    crates.iter().flat_map(check_one).collect()
}

fn check_one(one: &Crate) -> Vec<Finding> {
    let Crate {
        folder,
        package,
        uses,
    } = one;
    let manifest = format!("crates/{folder}/Cargo.toml");
    let Some((_, allowed)) = LAW.iter().find(|(name, _)| name == folder) else {
        let problem = format!("crate `{folder}` is not in the table of crate edges");
        return vec![Finding::error(
            &manifest,
            0,
            problem,
            "a new crate needs a record in docs/adr and a line in `LAW` of xtask",
        )];
    };
    let mut findings = Vec::new();
    if *package != package_of(folder) {
        let problem = format!("package `{package}` is not named after its folder");
        findings.push(Finding::error(
            &manifest,
            0,
            problem,
            format!("name it `{}`", package_of(folder)),
        ));
    }
    for used in uses {
        if !allowed.iter().any(|name| package_of(name) == *used) {
            let allowed = if allowed.is_empty() {
                "no crate of ours".to_owned()
            } else {
                allowed.join(", ")
            };
            findings.push(Finding::error(
                &manifest,
                0,
                format!("`{package}` must not use `{used}`"),
                format!(
                    "it may use {allowed}; move the code to the side that may, or pass the value in"
                ),
            ));
        }
    }
    findings
}

fn package_of(folder: &str) -> String {
    match folder {
        "tidegate" | "xtask" => folder.to_owned(),
        _ => format!("tidegate-{folder}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(folder: &str, package: &str, uses: &[&str]) -> Vec<String> {
        let uses = uses.iter().map(ToString::to_string).collect();
        let one = Crate {
            folder: folder.into(),
            package: package.into(),
            uses,
        };
        check(&[one])
            .into_iter()
            .map(|finding| finding.problem)
            .collect()
    }

    #[test]
    fn an_edge_outside_the_table_is_found() {
        assert_eq!(
            found("core", "tidegate-core", &["tidegate-ledger"]),
            ["`tidegate-core` must not use `tidegate-ledger`"]
        );
        assert_eq!(found("api", "tidegate-api", &["tidegate-drivers"]).len(), 1);
        assert_eq!(found("engine", "tidegate-engine", &["tidegate"]).len(), 1);
    }

    #[test]
    fn edges_of_the_table_are_fine() {
        assert!(
            found(
                "agent",
                "tidegate-agent",
                &["tidegate-core", "tidegate-drivers", "tidegate-client"]
            )
            .is_empty()
        );
        assert!(
            found(
                "sim",
                "tidegate-sim",
                &["tidegate-policy", "tidegate-engine"]
            )
            .is_empty()
        );
        assert!(found("xtask", "xtask", &[]).is_empty());
    }

    #[test]
    fn a_crate_nobody_decided_on_and_a_wrong_name_are_found() {
        assert_eq!(found("utils", "tidegate-utils", &[]).len(), 1);
        assert_eq!(
            found("core", "core", &[]),
            ["package `core` is not named after its folder"]
        );
    }

    #[test]
    fn each_crate_uses_only_crates_above_it_in_the_table_so_there_is_no_cycle() {
        for (index, (name, uses)) in LAW.iter().enumerate() {
            let above: Vec<_> = LAW[..index].iter().map(|(name, _)| name).collect();
            assert!(uses.iter().all(|used| above.contains(&used)), "{name}");
        }
    }
}
