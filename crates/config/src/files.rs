//! The input: texts by relative path. Reading them from disk or from Git is the caller's part.

use std::collections::BTreeMap;

/// Largest file that is read, in bytes.
pub const MAX_FILE: usize = 1024 * 1024;

/// Files that other tools expect beside a program, by name.
const FOREIGN: [&str; 22] = [
    ".pre-commit-config.yaml",
    "Chart.yaml",
    "_config.yml",
    "biome.json",
    "catalog-info.yaml",
    "composer.json",
    "compose.yaml",
    "compose.yml",
    "deno.json",
    "docker-compose.yaml",
    "docker-compose.yml",
    "lerna.json",
    "mkdocs.yml",
    "nx.json",
    "openapi.json",
    "openapi.yaml",
    "package-lock.json",
    "package.json",
    "pnpm-lock.yaml",
    "pnpm-workspace.yaml",
    "tsconfig.json",
    "vercel.json",
];

/// Configuration files by path relative to the configuration root, with `/` as separator.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files(pub BTreeMap<String, String>);

impl Files {
    /// From pairs of path and text.
    pub fn of<P: Into<String>, T: Into<String>>(pairs: impl IntoIterator<Item = (P, T)>) -> Self {
        Self(
            pairs
                .into_iter()
                .map(|(path, text)| (path.into(), text.into()))
                .collect(),
        )
    }

    /// Whether a file at this path belongs to the configuration: `*.yaml`, `*.yml`, `*.json`, and `*.ics` that may be
    /// imported, outside of hidden folders. Files that other tools expect beside a program (`package.json`, `compose.yaml`, `catalog-info.yaml`) are
    /// left alone.
    #[must_use]
    pub fn wants(path: &str) -> bool {
        let file = path.rsplit('/').next().unwrap_or(path);
        let hidden = path
            .split('/')
            .any(|part| part.starts_with('.') && part != "." && part != "..");
        let kind = [".yaml", ".yml", ".json", ".ics"]
            .iter()
            .any(|end| file.ends_with(end));
        kind && !hidden && !FOREIGN.contains(&file)
    }

    /// Text of a file.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::Files;

    #[test]
    fn configuration_files_are_told_by_their_names() {
        for path in [
            "tidegate.yaml",
            "services/web.yml",
            "./generated/all.json",
            "h/de.ics",
        ] {
            assert!(Files::wants(path), "{path}");
        }
        for path in [
            "README.md",
            ".tidegate/schema.json",
            "a/.hidden/x.yaml",
            "svc/catalog-info.yaml",
            "package.json",
            "web/docker-compose.yml",
            "yaml",
        ] {
            assert!(!Files::wants(path), "{path}");
        }
    }
}
