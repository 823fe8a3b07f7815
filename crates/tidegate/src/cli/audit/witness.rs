//! `tidegate audit witness`: somebody who is neither the log nor its server, and remembers what it was shown.
//!
//! A witness looks at the newest checkpoint, checks that it goes on from the one it saw before, and only then says so with its own key. It
//! runs where whoever runs the server has no access; when it is down nothing waits for it.

use super::publish::{Places, publish};
use super::verify::continues;
use crate::cli::evidence::write;
use crate::cli::session::Session;
use crate::exit::{Exit, Failure};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::path::{Path, PathBuf};
use tidegate_client::Client;
use tidegate_client::wire::Checkpoint;
use tidegate_core::time::Timestamp;
use tidegate_ledger::cosign::WitnessKey;
use tidegate_ledger::seal;

/// Format of what a witness remembers.
const FORMAT: &str = "tidegate-witness/1";

/// Witness the log: remember what was shown, and cosign what goes on from it
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    Key(Key),
    Look(LookAt),
}

/// Make the key of a witness
#[derive(Debug, clap::Args)]
struct Key {
    /// Name of the witness, for example `audit.acme.example`
    name: String,
    /// File to write, readable by you only; it must not exist
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Look at the newest checkpoint once, and cosign it when it goes on from the one seen before
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Run it from a timer, with a token that may only read, on a machine of others than the server's. A log that does not go on from what was seen ends it with 1, and both checkpoints are kept as the proof."
)]
struct LookAt {
    /// Key of the witness
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// What the witness remembers; made at the first look
    #[arg(long, value_name = "FILE")]
    state: PathBuf,
    /// Public key of the log, known from elsewhere; without it the first look believes the server
    #[arg(long, value_name = "NAME+ID+KEY")]
    log: Vec<String>,
    #[command(flatten)]
    places: Places,
}

/// What a witness remembers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    format: String,
    /// Public keys of the log.
    log: Vec<String>,
    /// First look.
    since: Timestamp,
    /// Newest look.
    at: Timestamp,
    /// Looks so far.
    looks: u64,
    /// The newest checkpoint, cosigned.
    note: String,
}

/// Run it.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    match &args.verb {
        Verb::Key(key) => make(key, session),
        Verb::Look(look) => look_at(look, session).await,
    }
}

fn make(key: &Key, session: &Session) -> Result<Exit, Failure> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)
        .map_err(|e| Failure::new(Exit::Failed, format!("no random numbers can be had: {e}")))?;
    let text = WitnessKey::generate(&key.name, seed).map_err(|e| {
        Failure::usage(format!(
            "`{}` cannot be the name of a witness: {e}",
            key.name
        ))
        .help("write a name without spaces and `+`, for example audit.acme.example")
    })?;
    save_secret(&key.out, &text).map_err(|e| {
        Failure::new(
            Exit::Failed,
            format!("{} cannot be written: {e}", key.out.display()),
        )
        .help("name a file that does not exist")
    })?;
    let public = text.lines().nth(1).unwrap_or_default().to_owned();
    let value = json!({ "verifier": public, "file": key.out.display().to_string() });
    session.out.show(&value, &public, |_| {
        format!(
            "{public}\n  the public key, for whoever checks; the secret is in {}",
            key.out.display()
        )
    })?;
    Ok(Exit::Done)
}

fn save_secret(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = std::fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

async fn look_at(look: &LookAt, session: &Session) -> Result<Exit, Failure> {
    let key = std::fs::read_to_string(&look.key).map_err(|e| {
        Failure::usage(format!("{} cannot be read: {e}", look.key.display()))
            .help("make one: `tidegate audit witness key NAME --out FILE`")
    })?;
    let key = WitnessKey::parse(&key)
        .map_err(|e| Failure::usage(format!("{} {e}", look.key.display())))?;
    let before = remembered(&look.state)?;
    let client = session.client()?;
    let (newest, known) = newest(before.as_ref(), look, &client).await?;
    let bad = |why: String| {
        Failure::new(
            Exit::Failed,
            format!("INVALID: the newest checkpoint is not good: {why}"),
        )
        .help("ask whoever runs the log whether it has a new key, and name it with --log")
    };
    let sealed = seal::open(&newest.note, &known).map_err(|e| bad(e.to_string()))?;
    let now = crate::clock::now();
    let note = key
        .cosign(&newest.note, now)
        .map_err(|e| bad(e.to_string()))?;
    let state = State {
        format: FORMAT.to_owned(),
        log: known,
        since: before.as_ref().map_or(now, |state| state.since),
        at: now,
        looks: before.as_ref().map_or(1, |state| state.looks + 1),
        note,
    };
    let text = serde_json::to_string_pretty(&state)
        .map_err(|e| Failure::new(Exit::Failed, format!("the state cannot be written: {e}")))?;
    write(&look.state, text.as_bytes())?;
    // What was seen is remembered first: a place that cannot be reached makes nobody forget.
    let went = publish(&look.places, &state.note, &sealed).await?;
    let value = json!({
        "origin": sealed.origin, "size": sealed.size, "root": sealed.root.to_string(), "at": now,
        "since": state.since, "looks": state.looks, "witness": key.verifier(), "first": before.is_none(),
    });
    session.out.show(&value, &sealed.root.to_string(), |look| {
        let from = match &before {
            Some(before) => format!("goes on from what was seen {}", look.zone.long(before.at)),
            None => "seen for the first time; whether it was another one before nobody can tell"
                .to_owned(),
        };
        format!(
            "{}   {} entries, root {}\n  {from}\n  cosigned as {}, look {} since {}{}",
            sealed.origin,
            sealed.size,
            sealed.root,
            key.verifier(),
            state.looks,
            look.zone.long(state.since),
            went.iter()
                .map(|line| format!("\n  {line}"))
                .collect::<String>()
        )
    })?;
    Ok(Exit::Done)
}

/// The newest checkpoint, which goes on from the one seen before, and the keys of the log.
async fn newest(
    before: Option<&State>,
    look: &LookAt,
    client: &Client,
) -> Result<(Checkpoint, Vec<String>), Failure> {
    match before {
        None => {
            let newest = client.audit_checkpoint().await?;
            let known = if look.log.is_empty() {
                newest.keys.clone()
            } else {
                look.log.clone()
            };
            Ok((newest, known))
        }
        Some(state) => {
            let known = if look.log.is_empty() {
                state.log.clone()
            } else {
                look.log.clone()
            };
            // What is cosigned is the very checkpoint that was shown to go on from the old one.
            match continues(&state.note, &known, client).await {
                Ok((_, newest)) => Ok((newest, known)),
                Err(failure) => Err(forked(failure, look, client).await),
            }
        }
    }
}

fn remembered(path: &Path) -> Result<Option<State>, Failure> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => {
            return Err(Failure::usage(format!(
                "{} cannot be read: {e}",
                path.display()
            )));
        }
    };
    let state: State = serde_json::from_str(&text).map_err(|e| {
        // Forgetting what was seen is the one thing a witness must not do by itself.
        Failure::usage(format!(
            "{} is not what a witness remembers: {e}",
            path.display()
        ))
        .help("restore it from a copy; a new file would believe whatever is shown first")
    })?;
    match state.format == FORMAT {
        true => Ok(Some(state)),
        false => Err(Failure::usage(format!(
            "{} has the format `{}`, this version reads {FORMAT}",
            path.display(),
            state.format.escape_default()
        ))),
    }
}

/// The log does not go on from what was seen: keep what it shows now beside what it showed then.
async fn forked(mut failure: Failure, look: &LookAt, client: &Client) -> Failure {
    if !failure.message.starts_with("INVALID") {
        return failure;
    }
    failure.message = failure.message.replacen("INVALID", "FORK", 1);
    let mut beside = look.state.as_os_str().to_owned();
    beside.push(".fork.note");
    let beside = Path::new(&beside);
    let kept = match client.audit_checkpoint().await {
        Ok(shown) => write(beside, shown.note.as_bytes()).err(),
        Err(error) => Some(Failure::from(error)),
    };
    failure.note(match kept {
        None => format!(
            "{} has what it showed before, {} what it shows now",
            look.state.display(),
            beside.display()
        ),
        Some(other) => other.message,
    })
}
