//! Trees for tests.

use std::path::{Path, PathBuf};
use tidegate_config::{Files, Loaded, load_at};

/// What a tree amounts to on one certain day.
pub fn loaded(files: &Files) -> Loaded {
    load_at(files, "2026-11-21T12:00:00Z".parse().unwrap())
}

/// A tree of one file.
pub fn of(text: &str) -> Files {
    Files::of([("tidegate.yaml", text)])
}

/// The files below a folder.
pub fn folder(root: &Path) -> Files {
    let mut files = Files::default();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        let mut entries: Vec<PathBuf> = std::fs::read_dir(&folder)
            .unwrap()
            .map(|e| e.unwrap().path())
            .collect();
        entries.sort();
        for path in entries {
            let relative = path
                .strip_prefix(root)
                .unwrap()
                .to_str()
                .unwrap()
                .replace('\\', "/");
            if path.is_dir() {
                open.push(path);
            } else if Files::wants(&relative) {
                files
                    .0
                    .insert(relative, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

/// Fixtures of a folder by name; a folder in it is a tree of several files.
pub fn fixtures(folder: &str) -> Vec<(String, Files)> {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap())
        .join("tests")
        .join(folder);
    let mut found: Vec<(String, Files)> = std::fs::read_dir(&root)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let files = if path.is_dir() {
                self::folder(&path)
            } else {
                Files::of([(
                    format!("{name}.yaml"),
                    std::fs::read_to_string(&path).unwrap(),
                )])
            };
            (name, files)
        })
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(!found.is_empty(), "no fixtures in {}", root.display());
    found
}

/// The company example of the design, when it stands beside the project.
pub fn example() -> Option<Files> {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap())
        .join("../../../shared/design/example");
    if !root.is_dir() {
        eprintln!("skipped: the design's example tree does not stand beside the project");
        return None;
    }
    Some(folder(&root))
}
