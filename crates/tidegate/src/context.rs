//! Which server a command talks to, and with which token.
//!
//! In this order: flags, environment, the sign-in of this user at the server, the `.tidegate/` folder of the working directory
//! or one above it. A token found in a folder is only ever sent to the server of that folder, a sign-in only to its own.

use crate::exit::{Exit, Failure};
use crate::sign_ins::SignIn;
use std::path::{Path, PathBuf};
use tidegate_client::Client;

/// Folder where `tidegate up` keeps what belongs to a project.
pub const FOLDER: &str = ".tidegate";
/// File in it with the server's address.
pub const URL_FILE: &str = "url";
/// File in it with the first admin token; only its owner can read it.
pub const TOKEN_FILE: &str = "admin.token";
/// Longest file of the two that is read, in bytes.
const FILE_CAP: u64 = 4096;

/// Address and token of a server.
#[derive(Clone, PartialEq, Eq)]
pub struct Server {
    /// Base URL.
    pub url: String,
    /// Bearer token.
    pub token: String,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

/// What flags, environment and earlier sign-ins say.
#[derive(Clone)]
pub struct Given {
    /// `--server` or `TIDEGATE_URL`.
    pub url: Option<String>,
    /// `--token` or `TIDEGATE_TOKEN`.
    pub token: Option<String>,
    /// The sign-in of this user at a server, if any.
    pub sign_ins: fn(&str) -> Result<Option<SignIn>, Failure>,
}

impl Server {
    /// The server to talk to from `start`.
    ///
    /// # Errors
    /// None is named, no token is known for it, or a file of the folder cannot be read.
    pub fn find(given: Given, start: &Path) -> Result<Self, Failure> {
        let url = given.url.filter(|url| !url.trim().is_empty());
        let token = given.token.filter(|token| !token.trim().is_empty());
        let folder = folder_above(start);
        let (url, own_folder) = match (url, &folder) {
            (Some(url), folder) => {
                let same = match folder {
                    Some(folder) => {
                        read(&folder.join(URL_FILE))?.is_some_and(|own| same_server(&own, &url))
                    }
                    None => false,
                };
                (url, folder.clone().filter(|_| same))
            }
            (None, Some(folder)) => (
                read(&folder.join(URL_FILE))?.ok_or_else(nowhere)?,
                Some(folder.clone()),
            ),
            (None, None) => return Err(nowhere()),
        };
        let sign_in = match token {
            Some(_) => None,
            None => (given.sign_ins)(&url)?,
        };
        let token = match (token.or(sign_in.map(|s| s.token)), own_folder) {
            (Some(token), _) => Some(token),
            (None, Some(folder)) => read(&folder.join(TOKEN_FILE))?,
            (None, None) => None,
        };
        let token = token.ok_or_else(|| no_token(&url))?;
        Ok(Self {
            url: url.trim().to_owned(),
            token: token.trim().to_owned(),
        })
    }

    /// A client for it.
    ///
    /// # Errors
    /// The address or token cannot be used.
    pub fn client(&self) -> Result<Client, Failure> {
        Ok(Client::new(&self.url, &self.token)?)
    }
}

/// The address of the server to talk to from `start`.
///
/// # Errors
/// None is named, or a file of the folder cannot be read.
pub fn address(given: Option<String>, start: &Path) -> Result<String, Failure> {
    if let Some(url) = given.filter(|url| !url.trim().is_empty()) {
        return Ok(url.trim().to_owned());
    }
    let folder = folder_above(start).ok_or_else(nowhere)?;
    read(&folder.join(URL_FILE))?.ok_or_else(nowhere)
}

/// The nearest `.tidegate` folder with an address in it, from `start` upwards.
pub fn folder_above(start: &Path) -> Option<PathBuf> {
    start
        .ancestors()
        .map(|folder| folder.join(FOLDER))
        .find(|folder| folder.join(URL_FILE).is_file())
}

/// The one line of a small file; `None` when there is no such file.
fn read(path: &Path) -> Result<Option<String>, Failure> {
    let trouble = |e: std::io::Error| {
        Failure::new(Exit::NotAllowed, format!("{} cannot be read: {e}", path.display()))
            .help("only the user who started the server can read it; else use TIDEGATE_URL and TIDEGATE_TOKEN")
    };
    match std::fs::metadata(path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(trouble(e)),
        Ok(meta) if meta.len() > FILE_CAP => {
            return Err(trouble(std::io::Error::other("it is larger than 4 KiB")));
        }
        Ok(_) => {}
    }
    let text = std::fs::read_to_string(path).map_err(trouble)?;
    let text = text.trim().to_owned();
    Ok((!text.is_empty()).then_some(text))
}

fn same_server(a: &str, b: &str) -> bool {
    a.trim().trim_end_matches('/') == b.trim().trim_end_matches('/')
}

fn nowhere() -> Failure {
    Failure::new(Exit::NotAllowed, "no server is named")
        .note("flags        --server http://127.0.0.1:7400 --token tg_...")
        .note("environment  TIDEGATE_URL and TIDEGATE_TOKEN")
        .note("folder       .tidegate/ here or in a folder above, made by `tidegate up`")
        .help("`tidegate up` starts a server for this folder")
}

fn no_token(url: &str) -> Failure {
    Failure::new(Exit::NotAllowed, format!("no token is known for {url}"))
        .note("flag         --token tg_...")
        .note("environment  TIDEGATE_TOKEN")
        .note("folder       .tidegate/admin.token beside a .tidegate/url with this address")
        .help("sign in with `tidegate login`, or let an admin make one: `tidegate token create <name> --role operator`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn given(url: Option<&str>, token: Option<&str>) -> Given {
        Given {
            url: url.map(str::to_owned),
            token: token.map(str::to_owned),
            sign_ins: |url| {
                Ok((url == "http://signed.example").then(|| SignIn {
                    token: "tg_signed".to_owned(),
                    account: "ana".to_owned(),
                    until: tidegate_core::time::Timestamp::UNIX_EPOCH,
                }))
            },
        }
    }

    fn project() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().join(FOLDER);
        fs::create_dir_all(folder.path().join("services/web")).unwrap();
        fs::create_dir(&own).unwrap();
        fs::write(own.join(URL_FILE), "http://127.0.0.1:7400\n").unwrap();
        fs::write(own.join(TOKEN_FILE), "tg_folder\n").unwrap();
        folder
    }

    #[test]
    fn the_folder_above_names_server_and_token() {
        let folder = project();
        let server = Server::find(given(None, None), &folder.path().join("services/web")).unwrap();
        assert_eq!(server.url, "http://127.0.0.1:7400");
        assert_eq!(server.token, "tg_folder");
        assert!(!format!("{server:?}").contains("tg_folder"));
    }

    #[test]
    fn what_is_given_wins_over_the_folder() {
        let folder = project();
        let server = Server::find(
            given(Some("http://127.0.0.1:9"), Some("tg_own")),
            folder.path(),
        )
        .unwrap();
        assert_eq!(
            (server.url.as_str(), server.token.as_str()),
            ("http://127.0.0.1:9", "tg_own")
        );
    }

    #[test]
    fn the_folders_token_goes_to_the_folders_server_only() {
        let folder = project();
        let failure =
            Server::find(given(Some("http://elsewhere.example"), None), folder.path()).unwrap_err();
        assert_eq!(failure.exit, Exit::NotAllowed);
        assert!(
            failure
                .message
                .contains("no token is known for http://elsewhere.example"),
            "{failure}"
        );
        let server =
            Server::find(given(Some("http://127.0.0.1:7400/"), None), folder.path()).unwrap();
        assert_eq!(server.token, "tg_folder");
    }

    #[test]
    fn a_sign_in_goes_to_its_own_server_and_a_given_token_goes_before_it() {
        let folder = project();
        let find = |token| {
            let given = given(Some("http://signed.example"), token);
            Server::find(given, folder.path()).unwrap().token
        };
        assert_eq!(find(None), "tg_signed");
        assert_eq!(find(Some("tg_own")), "tg_own");
    }

    #[test]
    fn without_any_of_the_three_ways_all_three_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let failure = Server::find(given(None, None), folder.path()).unwrap_err();
        assert_eq!(failure.exit, Exit::NotAllowed);
        let text = failure.to_string();
        for way in ["--server", "TIDEGATE_URL", ".tidegate/"] {
            assert!(text.contains(way), "{text}");
        }
    }
}
