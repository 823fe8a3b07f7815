//! Brings an artifact from where it lies to a local temporary file, hashing it on the way.
//!
//! Nothing is opened or unpacked here; the caller compares the digest first.

use super::{
    digest,
    error::{Error, blocking},
    options::Limits,
};
use sha2::{Digest as _, Sha256};
use std::{
    fs::{self, File},
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};
use tidegate_core::digest::Digest;

/// An artifact that has arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Where it lies: the temporary file, or the source folder of a directory artifact.
    pub path: PathBuf,
    /// Its own file name.
    pub name: String,
    /// Its digest, when it is a file; a folder is measured after it was copied.
    pub digest: Option<Digest>,
}

/// Fetches `location` into the file `into`.
///
/// # Errors
/// [`Error::Failed`] when there is no artifact or it is too large, [`Error::Broken`] when it could not be reached now.
pub async fn fetch(location: &str, into: &Path, limits: &Limits) -> Result<Fetched, Error> {
    if location.starts_with("http://") || location.starts_with("https://") {
        let download = download(location, into, limits);
        let late = || {
            Error::Broken(format!(
                "artifact {} did not arrive within {:?}",
                shown(location),
                limits.download
            ))
        };
        return tokio::time::timeout(limits.download, download)
            .await
            .map_err(|_| late())?;
    }
    let path = local_path(location)?;
    let (into, cap) = (into.to_owned(), limits.artifact);
    blocking(move || take_local(&path, &into, cap)).await
}

fn local_path(location: &str) -> Result<PathBuf, Error> {
    let path = match location.strip_prefix("file:") {
        None => PathBuf::from(location),
        Some(_) => reqwest::Url::parse(location)
            .ok()
            .and_then(|url| url.to_file_path().ok())
            .ok_or_else(|| {
                Error::failed(format!(
                    "artifact location {location:?} is not a usable file URL"
                ))
            })?,
    };
    match path.is_absolute() {
        true => Ok(path),
        false => Err(Error::failed(format!(
            "artifact location {location:?} is not an absolute path, file: or http(s): URL"
        ))),
    }
}

fn take_local(path: &Path, into: &Path, cap: u64) -> Result<Fetched, Error> {
    let shown = path.display();
    let reading = format!("reading the artifact {shown}");
    let meta = fs::metadata(path).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => Error::failed(format!("no artifact at {shown}")),
        _ => Error::io(&reading, &e),
    })?;
    let name = path
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default();
    if meta.is_dir() {
        return Ok(Fetched {
            path: path.to_owned(),
            name,
            digest: None,
        });
    }
    if !meta.is_file() {
        return Err(Error::failed(format!(
            "{shown} is neither a file nor a folder"
        )));
    }
    let from = File::open(path).map_err(|e| Error::io(&reading, &e))?;
    let to = File::create(into).map_err(|e| Error::io("fetching the artifact", &e))?;
    let (digest, size) = digest::copy(from.take(cap + 1), to)
        .map_err(|e| Error::io(&format!("fetching the artifact {shown}"), &e))?;
    match size > cap {
        true => Err(too_large(&shown.to_string(), cap)),
        false => Ok(Fetched {
            path: into.to_owned(),
            name,
            digest: Some(digest),
        }),
    }
}

async fn download(location: &str, into: &Path, limits: &Limits) -> Result<Fetched, Error> {
    let shown = shown(location);
    let url = reqwest::Url::parse(location)
        .map_err(|e| Error::failed(format!("artifact location {shown}: {e}")))?;
    let name = url
        .path_segments()
        .and_then(|mut parts| parts.next_back())
        .map(plain_name)
        .unwrap_or_default();
    let broken = |e: reqwest::Error| {
        Error::Broken(format!("artifact {shown} is not reachable: {}", causes(&e)))
    };
    let mut response = client(&url)
        .map_err(broken)?
        .get(url)
        .send()
        .await
        .map_err(broken)?;
    let status = response.status();
    if status.is_redirection() {
        return Err(Error::failed(format!(
            "artifact {shown} redirects to another host: name the final address"
        )));
    }
    if !status.is_success() {
        let because = format!("artifact {shown} cannot be had: the server answered {status}");
        let may_change = status.is_server_error() || matches!(status.as_u16(), 408 | 429);
        return Err(if may_change {
            Error::Broken(because)
        } else {
            Error::failed(because)
        });
    }
    let mut file = File::create(into).map_err(|e| Error::io("fetching the artifact", &e))?;
    let (mut hash, mut size) = (Sha256::new(), 0);
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        size += chunk.len() as u64;
        if size > limits.artifact {
            return Err(too_large(&shown, limits.artifact));
        }
        hash.update(&chunk);
        file.write_all(&chunk)
            .map_err(|e| Error::io("fetching the artifact", &e))?;
    }
    let digest = Digest::from_bytes(hash.finalize().into());
    Ok(Fetched {
        path: into.to_owned(),
        name,
        digest: Some(digest),
    })
}

/// Follows redirects on the same host only. Plain HTTP works without a certificate store.
fn client(url: &reqwest::Url) -> reqwest::Result<reqwest::Client> {
    let policy = reqwest::redirect::Policy::custom(|attempt| {
        let origin = attempt.previous().first().map(reqwest::Url::origin);
        match attempt.previous().len() <= 3 && origin == Some(attempt.url().origin()) {
            true => attempt.follow(),
            false => attempt.stop(),
        }
    });
    let builder = reqwest::Client::builder()
        .redirect(policy)
        .connect_timeout(Duration::from_secs(10))
        .read_timeout(Duration::from_secs(60));
    match url.scheme() {
        "http" => builder.tls_certs_only([]).build(),
        _ => builder.build(),
    }
}

/// A file name that is safe to write, whatever the URL says.
fn plain_name(segment: &str) -> String {
    let name: String = segment.replace("%2B", "+").replace("%2b", "+");
    let safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+');
    let name: String = name
        .chars()
        .map(|c| if safe(c) { c } else { '_' })
        .take(200)
        .collect();
    if name.trim_matches('.').is_empty() {
        "artifact".to_owned()
    } else {
        name
    }
}

/// A location without credentials and query, for messages.
fn shown(location: &str) -> String {
    match reqwest::Url::parse(location) {
        Ok(url) => format!("{}{}", url.origin().ascii_serialization(), url.path()),
        Err(_) => "with a malformed URL".to_owned(),
    }
}

fn too_large(shown: &str, cap: u64) -> Error {
    Error::failed(format!("artifact {shown} is larger than {cap} bytes"))
}

/// What lies behind an error of the HTTP client, without the URL.
pub fn causes(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut last = None;
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        last = Some(cause.to_string());
        next = cause.source();
    }
    last.unwrap_or_else(|| "the exchange broke off".to_owned())
}
