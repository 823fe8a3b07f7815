//! Programs of others that the Python package index has, in a virtual environment for each list of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A file of this folder.
pub fn beside(name: &str) -> PathBuf {
    PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap())
        .join("tests/calendar_clients")
        .join(name)
}

/// Python with the packages of a list beside this file, made once for each content of the list; nothing, with a clear message,
/// where there is no Python or pip reaches no index.
pub fn with(list: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("calendar-{list}"));
    let list = beside(&format!("{list}.txt"));
    let wanted = fs::read_to_string(&list).unwrap();
    let (made, python) = (folder.join("made-of"), folder.join("bin/python"));
    if fs::read_to_string(&made).is_ok_and(|have| have == wanted) {
        return Some(python);
    }
    let output = |command: &mut Command| {
        let said = command.output();
        said.map(|out| {
            let text = String::from_utf8_lossy(&out.stdout) + String::from_utf8_lossy(&out.stderr);
            (out.status.success(), text.into_owned())
        })
    };
    let venv = output(
        Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&folder),
    );
    match venv {
        Err(_) => {
            eprintln!(
                "SKIPPED: there is no python3, so nothing is compared with programs of others"
            );
            return None;
        }
        Ok((false, text)) => {
            eprintln!(
                "SKIPPED: python3 makes no virtual environment (apt-get install python3-venv): {text}"
            );
            return None;
        }
        Ok((true, _)) => {}
    }
    let mut pip = Command::new(&python);
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "-r",
    ]);
    pip.arg(&list);
    pip.envs([("PIP_RETRIES", "1"), ("PIP_DEFAULT_TIMEOUT", "15")]);
    let (good, text) = output(&mut pip).unwrap();
    // pip tries again only when a connection failed.
    if !good && text.contains("Retrying (") {
        eprintln!(
            "SKIPPED: pip reaches no package index, so nothing is compared with programs of others"
        );
        return None;
    }
    assert!(good, "{text}");
    fs::write(&made, wanted).unwrap();
    Some(python)
}
