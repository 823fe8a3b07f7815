//! Secrets of services: a value `secret:<store>/<path>` is looked up in a store of this agent just before a program starts.
//!
//! Records keep the reference. What it stands for goes to the program alone: never to a file, a report, a log or an error.

use super::{error::Error, redact::Redactor};
use std::{
    collections::BTreeMap,
    fs,
    path::{Component, Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// How a reference begins.
const PREFIX: &str = "secret:";
/// Largest secret in bytes.
const LARGEST: u64 = 64 << 10;
/// Shortest secret in bytes; less cannot be kept out of logs without blanking out everything else.
const SHORTEST: usize = 4;
/// Values remembered of one reference, so that they are still taken out of output after they were changed in the store.
const REMEMBERED: usize = 8;
/// Variables of the agent that are its own business.
const OWN: &str = "TIDEGATE_";

/// The stores of this agent: `file` (a folder with a file for each secret) and `env` (its own environment).
pub struct Secrets {
    folder: Option<PathBuf>,
    known: Mutex<BTreeMap<String, Vec<String>>>,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secrets")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

/// Values of a service as its program gets them.
#[derive(Clone, Default)]
pub struct Values {
    /// As they were written in the configuration.
    pub plain: BTreeMap<String, String>,
    /// From a store.
    pub secret: BTreeMap<String, String>,
}

/// What one reference stands for, from the same stores: `env`, and `file` in this folder.
///
/// # Errors
/// Why it cannot be had; never what it is.
pub fn secret(folder: Option<PathBuf>, reference: &str) -> Result<String, String> {
    let place = reference
        .strip_prefix(PREFIX)
        .ok_or_else(|| format!("{reference} is no reference secret:<store>/<path>"))?;
    Secrets::new(folder).look_up(place)
}

impl Secrets {
    /// Stores with this folder for `file`.
    #[must_use]
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self {
            folder,
            known: Mutex::default(),
        }
    }

    /// Looks up every reference among `values`.
    ///
    /// # Errors
    /// [`Error::Failed`] naming variable and reference, never a value.
    pub fn resolve(&self, values: &BTreeMap<String, String>) -> Result<Values, Error> {
        let mut resolved = Values::default();
        for (name, value) in values {
            let Some(place) = value.strip_prefix(PREFIX) else {
                resolved.plain.insert(name.clone(), value.clone());
                continue;
            };
            let secret = self.look_up(place).map_err(|why| {
                Error::failed(format!(
                    "value {name} is {value}, which cannot be had: {why}"
                ))
            })?;
            self.remember(value, &secret);
            resolved.secret.insert(name.clone(), secret);
        }
        Ok(resolved)
    }

    /// Takes out of text what `values` keep secret, whatever it was since this agent started.
    #[must_use]
    pub fn redactor(&self, values: &BTreeMap<String, String>) -> Redactor {
        let known = self.lock();
        let secrets = values.values().filter_map(|value| known.get(value));
        Redactor::new(values).and(secrets.flatten().map(String::as_str))
    }

    fn look_up(&self, place: &str) -> Result<String, String> {
        let (store, path) = place
            .split_once('/')
            .ok_or("a reference is secret:<store>/<path>")?;
        let secret = match store {
            "file" => self.in_folder(path)?,
            "env" => in_environment(path)?,
            _ => {
                return Err(format!(
                    "this agent has no store named {store}; it has env and file"
                ));
            }
        };
        if secret.len() < SHORTEST || secret.contains('\0') {
            return Err(format!(
                "it is shorter than {SHORTEST} bytes or holds a NUL byte, so it is no secret that a program could be given"
            ));
        }
        Ok(secret)
    }

    fn in_folder(&self, path: &str) -> Result<String, String> {
        let folder = self.folder.as_deref().ok_or(
            "this agent has no secret folder: start it with --secret-dir DIR (or TIDEGATE_SECRET_DIR)",
        )?;
        let plain = |part: &str| matches!(Path::new(part).components().next(), Some(Component::Normal(name)) if name == part);
        if !path.split('/').all(plain) {
            return Err("its path must be plain names, without `..`".to_owned());
        }
        let shown = folder.join(path).display().to_string();
        let trouble = |e: std::io::Error| match e.kind() {
            std::io::ErrorKind::NotFound => format!("there is no file {shown}"),
            std::io::ErrorKind::InvalidData => format!("{shown} is not UTF-8 text"),
            _ => format!("{shown} cannot be read: {e}"),
        };
        let file = folder.join(path).canonicalize().map_err(trouble)?;
        if !file.starts_with(folder.canonicalize().map_err(trouble)?) {
            return Err(format!("{shown} leads out of the secret folder"));
        }
        let meta = fs::metadata(&file).map_err(trouble)?;
        if !meta.is_file() || meta.len() > LARGEST {
            return Err(format!("{shown} is not a file of at most {LARGEST} bytes"));
        }
        let text = fs::read_to_string(&file).map_err(trouble)?;
        let text = text.strip_suffix('\n').unwrap_or(&text);
        Ok(text.strip_suffix('\r').unwrap_or(text).to_owned())
    }

    fn remember(&self, reference: &str, secret: &str) {
        let mut known = self.lock();
        let values = known.entry(reference.to_owned()).or_default();
        if !values.iter().any(|value| value == secret) {
            values.push(secret.to_owned());
            let old = values.len().saturating_sub(REMEMBERED);
            values.drain(..old);
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Vec<String>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn in_environment(name: &str) -> Result<String, String> {
    if name.starts_with(OWN) {
        return Err(format!("variables {OWN}* are the agent's own"));
    }
    if name.contains(['/', '=', '\0']) {
        return Err("the name of a variable is expected behind secret:env/".to_owned());
    }
    match std::env::var(name) {
        Ok(value) => Ok(value),
        Err(std::env::VarError::NotPresent) => {
            Err(format!("the agent's environment has no variable {name}"))
        }
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(format!("the agent's variable {name} is not UTF-8 text"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(reference: &str) -> BTreeMap<String, String> {
        [("DB".to_owned(), reference.to_owned())].into()
    }

    #[test]
    fn a_secret_is_the_text_of_its_file_without_the_last_line_end() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("web")).unwrap();
        fs::write(dir.path().join("web/db"), "hunter22\n").unwrap();
        fs::write(dir.path().join("key"), "one\ntwo\n\n").unwrap();
        let secrets = Secrets::new(Some(dir.path().to_owned()));
        let get =
            |reference: &str| secrets.resolve(&values(reference)).unwrap().secret["DB"].clone();
        assert_eq!(get("secret:file/web/db"), "hunter22");
        assert_eq!(get("secret:file/key"), "one\ntwo\n");
        assert_eq!(get("secret:env/PATH"), std::env::var("PATH").unwrap());
    }

    #[test]
    fn what_cannot_be_had_is_named_by_its_reference_and_never_by_its_value() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("secrets");
        fs::create_dir_all(root.join("folder")).unwrap();
        fs::write(dir.path().join("outside"), "hunter22").unwrap();
        fs::write(root.join("short"), "abc\n").unwrap();
        fs::write(root.join("binary"), b"hunter22\xff").unwrap();
        std::os::unix::fs::symlink("../outside", root.join("link")).unwrap();
        let secrets = Secrets::new(Some(root));
        let cases = [
            (
                "secret:vault/web/db",
                "this agent has no store named vault; it has env and file",
            ),
            ("secret:vault", "a reference is secret:<store>/<path>"),
            ("secret:file/web/db", "there is no file "),
            ("secret:file/../outside", "without `..`"),
            ("secret:file/web/../../outside", "without `..`"),
            ("secret:file//etc/passwd", "must be plain names"),
            ("secret:file/./short", "must be plain names"),
            ("secret:file/link", "leads out of the secret folder"),
            ("secret:file/folder", "is not a file"),
            ("secret:file/short", "shorter than 4 bytes"),
            ("secret:file/binary", "is not UTF-8 text"),
            (
                "secret:env/NO_SUCH_VARIABLE",
                "has no variable NO_SUCH_VARIABLE",
            ),
            ("secret:env/TIDEGATE_TOKEN", "the agent's own"),
        ];
        for (reference, wanted) in cases {
            let text = secrets
                .resolve(&values(reference))
                .err()
                .unwrap()
                .to_string();
            let begin = format!("value DB is {reference}, which cannot be had: ");
            assert!(text.starts_with(&begin) && text.contains(wanted), "{text}");
            assert!(!text.contains("hunter"), "{text}");
        }
        let text = Secrets::new(None)
            .resolve(&values("secret:file/x"))
            .err()
            .unwrap()
            .to_string();
        assert!(
            text.ends_with("start it with --secret-dir DIR (or TIDEGATE_SECRET_DIR)"),
            "{text}"
        );
    }

    #[test]
    fn a_secret_that_was_changed_in_its_store_is_still_taken_out_of_text() {
        let dir = tempfile::tempdir().unwrap();
        let secrets = Secrets::new(Some(dir.path().to_owned()));
        let values = values("secret:file/db");
        for secret in ["hunter22", "hunter33"] {
            fs::write(dir.path().join("db"), secret).unwrap();
            secrets.resolve(&values).unwrap();
        }
        assert_eq!(
            secrets
                .redactor(&values)
                .clean("hunter22 hunter33 secret:file/db"),
            "*** *** secret:file/db"
        );
    }
}
