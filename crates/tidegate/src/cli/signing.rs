//! Keys of people on their own disk, and signing a vote with one: after comparing what would be signed with what was looked at.

use super::session::Session;
use crate::exit::{Exit, Failure};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use tidegate_client::Client;
use tidegate_client::wire::{Change, VoteSignature};
use tidegate_core::mandate::{Statement, Verdict};
use tidegate_policy::signature::Key;

/// Read a key.
///
/// # Errors
/// It cannot be read or is no ed25519 key.
pub fn read(file: &Path) -> Result<Key, Failure> {
    let text = std::fs::read_to_string(file)
        .map_err(|e| Failure::usage(format!("{} cannot be read: {e}", file.display())))?;
    Key::read(&text).map_err(|e| {
        Failure::usage(format!("{}: {e}", file.display()))
            .help("`tidegate user key add <name> --new <file>` makes one and registers it; so does `openssl genpkey -algorithm ed25519`")
    })
}

/// Make a key that only its owner can read.
///
/// # Errors
/// The file is there already or cannot be written.
pub fn make(file: &Path) -> Result<Key, Failure> {
    let trouble = |e: String| Failure::new(Exit::Failed, e);
    let (key, text) = Key::new().map_err(|e| trouble(e.to_string()))?;
    std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
        .and_then(|mut out| out.write_all(text.as_bytes()).and_then(|()| out.sync_all()))
        .map_err(|e| trouble(format!("{} cannot be written: {e}", file.display())))?;
    Ok(key)
}

/// What a yes is given as.
pub struct Given<'a> {
    /// Team.
    pub team: &'a str,
    /// Stated meaning.
    pub sign: Option<&'a str>,
    /// In whose place.
    pub instead_of: Option<&'a str>,
}

/// Sign a yes to the plan of a change. What the server offers to be signed is signed only when it is that.
///
/// # Errors
/// The key is not registered for whoever asks, or something else would be signed.
pub async fn sign(
    key: &Key,
    (change, plan): (&Change, &str),
    given: &Given<'_>,
    client: &Client,
    session: &Session,
) -> Result<VoteSignature, Failure> {
    let offered = client
        .vote_statement(&change.id, given.team, given.sign, given.instead_of)
        .await?;
    let user = client.user(&offered.person).await?;
    let public = key.public();
    let name = user.keys.iter().find(|own| own.public_key == public);
    let name = name.map(|own| own.name.clone()).ok_or_else(|| {
        Failure::new(
            Exit::NotAllowed,
            format!("this key is not registered for {}", offered.person),
        )
        .help("`tidegate user key add <name> --key-file <file>` registers it")
    })?;
    let other = |what: &str| {
        Failure::new(
            Exit::Conflict,
            format!("the server offers another {what} to be signed than the one that was looked at; nothing was signed"),
        )
        .help("look at the plan again; tell whoever runs the server when this stays")
    };
    let read = Statement::read(&offered.statement).map_err(|e| other(&e))?;
    let same = [
        ("verdict", read.verdict == Verdict::Yes),
        ("change", read.change == change.id),
        ("release", read.release.to_string() == change.release),
        (
            "environment",
            read.environment.as_str() == change.environment,
        ),
        ("plan", read.plan.to_string() == plan),
        ("person", read.person == offered.person),
        ("team", read.team.as_str() == given.team),
    ];
    if let Some((what, _)) = same.iter().find(|(_, same)| !same) {
        return Err(other(what));
    }
    let until = session.out.look.zone.long(read.until);
    session
        .out
        .hint(&format!("Signed with key {name}, good until {until}."));
    Ok(VoteSignature {
        key: name,
        value: key.sign(&offered.statement),
        statement: offered.statement,
    })
}
