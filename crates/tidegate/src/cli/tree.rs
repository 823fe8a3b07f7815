//! Reads configuration files from disk into the map that the configuration crate takes. Only names, never contents, decide
//! what is read.

use crate::exit::{Exit, Failure};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use tidegate_config::{Files, MAX_FILE};

/// Most files of one tree.
const FILES: usize = 10_000;
/// Most bytes of one tree; the server takes 8 MiB.
const TREE: usize = 8 << 20;
/// Deepest folder that is looked into.
const DEPTH: usize = 32;
/// Folders that hold other people's files or build results.
const FOREIGN: [&str; 2] = ["node_modules", "target"];

/// All configuration files of a folder, or one file, or stdin (`-`).
///
/// # Errors
/// Something cannot be read, or there is more than a configuration ever is.
pub fn read(path: &Path) -> Result<Files, Failure> {
    let mut files = Files::default();
    if path == Path::new("-") {
        let text = text_of(std::io::stdin().lock(), "stdin")?;
        files.0.insert("stdin.yaml".to_owned(), text);
        return Ok(files);
    }
    let meta = std::fs::metadata(path).map_err(|e| trouble(path, &e))?;
    if meta.is_file() {
        let name = path
            .file_name()
            .map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default();
        let file = std::fs::File::open(path).map_err(|e| trouble(path, &e))?;
        files
            .0
            .insert(name, text_of(file, &path.display().to_string())?);
        return Ok(files);
    }
    let calendars = walk(path, &mut files)?;
    imported(path, calendars, &mut files)?;
    Ok(files)
}

/// iCalendar files that some other file names. Others may lie around and are nobody's configuration.
fn imported(root: &Path, calendars: Vec<String>, files: &mut Files) -> Result<(), Failure> {
    for relative in calendars {
        let name = relative.rsplit('/').next().unwrap_or(&relative);
        if !files.0.values().any(|text| text.contains(name)) {
            continue;
        }
        let path = root.join(&relative);
        let file = std::fs::File::open(&path).map_err(|e| trouble(&path, &e))?;
        let text = text_of(file, &relative)?;
        files.0.insert(relative, text);
        bounded(files)?;
    }
    Ok(())
}

fn bounded(files: &Files) -> Result<(), Failure> {
    let total: usize = files.0.values().map(String::len).sum();
    if files.0.len() > FILES || total > TREE {
        return Err(too_much(&format!(
            "more than {FILES} files or {} MiB",
            TREE >> 20
        )));
    }
    Ok(())
}

/// Reads everything but iCalendar files, whose paths are returned.
fn walk(root: &Path, files: &mut Files) -> Result<Vec<String>, Failure> {
    let mut total = 0;
    let mut calendars = Vec::new();
    let mut open = vec![(PathBuf::new(), 0)];
    while let Some((folder, depth)) = open.pop() {
        let full = root.join(&folder);
        for entry in std::fs::read_dir(&full).map_err(|e| trouble(&full, &e))? {
            let entry = entry.map_err(|e| trouble(&full, &e))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = folder.join(&name);
            let kind = entry.file_type().map_err(|e| trouble(&path, &e))?;
            if kind.is_dir() {
                if !name.starts_with('.') && !FOREIGN.contains(&name.as_str()) {
                    if depth >= DEPTH {
                        return Err(too_much(&format!(
                            "{} is nested deeper than {DEPTH} folders",
                            path.display()
                        )));
                    }
                    open.push((path, depth + 1));
                }
                continue;
            }
            let relative = path.to_string_lossy().replace('\\', "/");
            if !Files::wants(&relative) || !is_file(kind, &entry.path()) {
                continue;
            }
            if relative.ends_with(".ics") {
                calendars.push(relative);
                if calendars.len() > FILES {
                    return Err(too_much(&format!("more than {FILES} files")));
                }
                continue;
            }
            let file = std::fs::File::open(entry.path()).map_err(|e| trouble(&path, &e))?;
            let text = text_of(file, &relative)?;
            if super::plan::is_plan(&text) {
                continue;
            }
            total += text.len();
            files.0.insert(relative, text);
            if files.0.len() > FILES || total > TREE {
                return Err(too_much(&format!(
                    "more than {FILES} files or {} MiB",
                    TREE >> 20
                )));
            }
        }
    }
    calendars.sort();
    Ok(calendars)
}

/// A regular file, or a link to one.
fn is_file(kind: std::fs::FileType, path: &Path) -> bool {
    kind.is_file() || kind.is_symlink() && std::fs::metadata(path).is_ok_and(|meta| meta.is_file())
}

/// At most one byte more than the configuration crate accepts, so that it can say what is wrong.
fn text_of(reader: impl std::io::Read, name: &str) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    reader
        .take(MAX_FILE as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| trouble(Path::new(name), &e))?;
    let full = bytes.len() > MAX_FILE;
    String::from_utf8(bytes).or_else(|e| {
        if full {
            // The cut may lie inside a character; the text is refused for its size anyway.
            return Ok(String::from_utf8_lossy(e.as_bytes()).into_owned());
        }
        let at = e.utf8_error().valid_up_to();
        Err(Failure::new(
            Exit::Invalid,
            format!("{name} is not UTF-8 text (byte {at})"),
        )
        .help("save it as UTF-8"))
    })
}

fn trouble(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(
        Exit::Invalid,
        format!("{} cannot be read: {error}", path.display()),
    )
    .help("name the folder or file that holds the configuration")
}

fn too_much(what: &str) -> Failure {
    Failure::new(
        Exit::Invalid,
        format!("too much for a configuration: {what}"),
    )
    .help("name the folder that holds the configuration, for example `tidegate validate deploy/`")
}

/// Commit of the repository a folder is in, as far as files tell it.
pub fn commit_of(folder: &Path) -> Option<String> {
    let folder = folder.canonicalize().ok()?;
    let git = folder
        .ancestors()
        .map(|f| f.join(".git"))
        .find(|g| g.is_dir())?;
    let small = |path: PathBuf| {
        let mut text = String::new();
        std::fs::File::open(path)
            .ok()?
            .take(4 << 20)
            .read_to_string(&mut text)
            .ok()?;
        Some(text)
    };
    let head = small(git.join("HEAD"))?;
    let head = head.trim();
    let hash = match head.strip_prefix("ref: ") {
        None => head.to_owned(),
        Some(name) => match small(git.join(name)) {
            Some(hash) => hash.trim().to_owned(),
            None => {
                let packed = small(git.join("packed-refs"))?;
                let line = packed
                    .lines()
                    .find(|line| line.ends_with(&format!(" {name}")))?;
                line.split(' ').next()?.to_owned()
            }
        },
    };
    let fine = (40..=64).contains(&hash.len()) && hash.bytes().all(|b| b.is_ascii_hexdigit());
    fine.then_some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn only_configuration_of_this_project_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &[u8]| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("tidegate.yaml", b"tidegate: 1\n");
        write("services/web.yml", b"service: web\n");
        write("services/generated.json", b"{}");
        write("plan.json", b"{\"tidegatePlan\":1,\"files\":{}}\n");
        write("README.md", b"# no\n");
        write(".github/workflow.yaml", b"on: push\n");
        write("node_modules/x/a.yaml", b"a: 1\n");
        write("target/b.yaml", b"b: 1\n");
        let files = read(folder.path()).unwrap();
        let names: Vec<_> = files.0.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            [
                "services/generated.json",
                "services/web.yml",
                "tidegate.yaml"
            ]
        );
        // An iCalendar file counts when another file names it.
        write("old/strange.ics", b"\xff");
        write("holidays/de-be.ics", b"BEGIN:VCALENDAR\r\n");
        write("calendar.yaml", b"import: [holidays/de-be.ics]\n");
        let files = read(folder.path()).unwrap();
        assert!(files.text("holidays/de-be.ics").is_some());
        assert_eq!(files.0.len(), 5, "{files:?}");
        write("broken.yaml", b"a: \xff\n");
        let failure = read(folder.path()).unwrap_err();
        assert!(
            failure.message.contains("broken.yaml is not UTF-8"),
            "{failure}"
        );
        assert_eq!(failure.exit, Exit::Invalid);
    }

    #[test]
    fn the_commit_is_read_from_loose_and_packed_references() {
        let folder = tempfile::tempdir().unwrap();
        let git = folder.path().join(".git");
        fs::create_dir_all(git.join("refs/heads")).unwrap();
        fs::write(git.join("HEAD"), "ref: refs/heads/main\n").unwrap();
        let hash = "c0ffee1".repeat(6)[..40].to_owned();
        fs::write(
            git.join("packed-refs"),
            format!("# pack-refs\n{hash} refs/heads/main\n"),
        )
        .unwrap();
        assert_eq!(commit_of(folder.path()), Some(hash.clone()));
        let loose = "a".repeat(40);
        fs::write(git.join("refs/heads/main"), format!("{loose}\n")).unwrap();
        assert_eq!(commit_of(folder.path()), Some(loose));
        fs::write(git.join("HEAD"), "nonsense\n").unwrap();
        assert_eq!(commit_of(folder.path()), None);
    }
}
