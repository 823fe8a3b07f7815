//! Key and credential on disk: the whole of each or nothing, for the agent's user alone.

use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use tidegate_client::wire::NewCredential;
use tidegate_core::digest::Digest;
use tidegate_core::time::{Millis, Timestamp};
use tidegate_policy::signature::Key;

/// The key, PKCS #8 in PEM.
const KEY: &str = "identity.pem";
/// The credential.
const CREDENTIAL: &str = "credential.json";

/// A credential as it is kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kept {
    /// Agent it was given to.
    pub agent: String,
    /// Its text.
    pub token: String,
    /// Environments it allows.
    pub environments: Vec<String>,
    /// By the agent's clock.
    pub since: Timestamp,
    /// By the agent's clock.
    pub ends: Timestamp,
    /// How far the server's clock is ahead, in microseconds.
    pub offset_us: i64,
    /// Digest of the join token it came from, which is good for nothing more.
    pub joined_with: Digest,
}

impl Kept {
    /// What the server answered at this instant of the agent's clock.
    pub fn of(agent: &str, joined_with: Digest, new: &NewCredential, now: Timestamp) -> Self {
        Self {
            agent: agent.to_owned(),
            token: new.token.clone(),
            environments: new.environments.clone(),
            since: now,
            ends: Millis::between(new.time, new.expires_at).after(now),
            offset_us: new
                .time
                .as_microsecond()
                .saturating_sub(now.as_microsecond()),
            joined_with,
        }
    }

    /// The one that follows.
    pub fn followed_by(&self, new: &NewCredential, now: Timestamp) -> Self {
        Self::of(&self.agent, self.joined_with.clone(), new, now)
    }

    /// Has it not ended?
    pub fn is_live(&self) -> bool {
        crate::clock::now() < self.ends
    }

    /// When it is to be renewed: in the middle of its time.
    pub fn due(&self) -> Timestamp {
        Millis(Millis::between(self.since, self.ends).0 / 2).after(self.since)
    }
}

/// The agent's key; made when there is none.
pub(super) fn read_key(root: &Path) -> io::Result<Key> {
    let file = root.join(KEY);
    let bad = |e: tidegate_policy::signature::BadKey| {
        io::Error::new(io::ErrorKind::InvalidData, format!("{KEY}: {e}"))
    };
    match fs::read_to_string(&file) {
        Ok(text) => Key::read(&text).map_err(bad),
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            let (key, text) = Key::new().map_err(bad)?;
            write(root, KEY, text.as_bytes())?;
            Ok(key)
        }
        Err(e) => Err(e),
    }
}

/// The credential, if there is one.
pub(super) fn read_kept(root: &Path) -> io::Result<Option<Kept>> {
    match fs::read_to_string(root.join(CREDENTIAL)) {
        // The error of the parser could quote the text.
        Ok(text) => serde_json::from_str(&text).map(Some).map_err(|_| {
            let what = format!("{CREDENTIAL} is damaged; remove it and enrol the agent anew");
            io::Error::new(io::ErrorKind::InvalidData, what)
        }),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e),
    }
}

pub(super) fn write_kept(root: &Path, kept: &Kept) -> io::Result<()> {
    write(root, CREDENTIAL, &serde_json::to_vec(kept)?)
}

fn write(root: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let fresh = root.join(format!("{name}.new"));
    match fs::remove_file(&fresh) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let mut out = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&fresh)?;
    out.write_all(bytes)?;
    out.sync_all()?;
    fs::rename(&fresh, root.join(name))?;
    File::open(root)?.sync_all()
}
