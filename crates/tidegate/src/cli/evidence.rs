//! `tidegate release evidence` and `tidegate evidence verify`: what a release leaves behind, and whether a copy of it is what was signed.

use super::audit::continues;
use super::reference::release_of;
use super::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::Look;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tidegate_client::Client;
use tidegate_core::id::StreamId;
use tidegate_core::mandate::Trust;
use tidegate_evidence::verify::Claims;
use tidegate_evidence::{Checked, check};
use tidegate_policy::signature::is_genuine;

/// Write everything the ledger knows of a release to one file that `evidence verify FILE` checks anywhere
#[derive(Debug, clap::Args)]
pub struct Get {
    /// `service@version`
    release: String,
    /// File to write [default: SERVICE-VERSION.tidegate-evidence.zip]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Check what a release left behind
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    Verify(Verify),
}

/// Check a bundle that `release evidence` wrote; no server is needed
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Without --offline the server of this folder is asked, when there is one, whether its log still begins with the one that was signed. Whoever can sign can sign anything: name a key that you know from elsewhere with --key."
)]
struct Verify {
    /// Bundle
    file: PathBuf,
    /// Public key of the log, known from elsewhere, that must have signed; may be repeated
    #[arg(long, value_name = "NAME+ID+KEY")]
    key: Vec<String>,
    /// Trust file of an agent: each signed yes must be by a key that it names for the person
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
    /// Ask no server
    #[arg(long)]
    offline: bool,
}

/// Run `evidence`.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let Verb::Verify(verify) = &args.verb;
    let file = std::fs::read(&verify.file).map_err(|e| {
        Failure::usage(format!("{} cannot be read: {e}", verify.file.display()))
            .help("name a file that `tidegate release evidence SERVICE@VERSION` wrote")
    })?;
    let checked = checked(&file, &verify.key)?;
    signatures(&checked, verify.trust.as_deref())?;
    let still = match verify.offline {
        true => Value::Null,
        false => still_there(&checked, verify, session).await?,
    };
    let mut value = summary(&checked, verify);
    value["serverContinues"] = still.clone();
    session
        .out
        .show(&value, &checked.release.to_string(), |look| {
            text(&checked, verify, &still, look)
        })?;
    Ok(Exit::Done)
}

fn checked(file: &[u8], keys: &[String]) -> Result<Checked, Failure> {
    check(file, keys).map_err(|wrong| {
        Failure::new(Exit::Failed, format!("INVALID: {wrong}")).help(
            "ask for the bundle again: `tidegate release evidence SERVICE@VERSION`, and keep it where it cannot be changed",
        )
    })
}

/// That every signature is one, by the key that the log registers for the person and, with a trust file, by one that it names.
fn signatures(checked: &Checked, trust: Option<&Path>) -> Result<(), Failure> {
    let trust = trust.map(trusted).transpose()?;
    for vote in &checked.claims.signed {
        let bad = |because: &str| {
            Failure::new(
                Exit::Failed,
                format!("INVALID: entry {}: the yes of {} {because}", vote.seq, vote.person),
            )
            .help("whoever keeps the log changed it, or the key; compare with the person's own public key")
        };
        if !is_genuine(&vote.public, &vote.statement, &vote.value) {
            return Err(bad("has a signature that its key did not make"));
        }
        let Some(trust) = &trust else { continue };
        let keys = trust.people.get(&vote.person).map(|person| &person.keys);
        if !keys.is_some_and(|keys| keys.values().any(|key| *key == vote.public)) {
            return Err(bad(
                "was signed with a key that the trust file does not name for them",
            ));
        }
    }
    Ok(())
}

fn trusted(path: &Path) -> Result<Trust, Failure> {
    let bad = |why: String| {
        Failure::usage(format!("{} is no trust file: {why}", path.display()))
            .help("name the file that an agent runs with: `tidegate agent run --trust FILE`")
    };
    let text = std::fs::read_to_string(path).map_err(|e| bad(e.to_string()))?;
    let trust: Trust = serde_json::from_str(&text).map_err(|e| bad(e.to_string()))?;
    match trust.mistakes().as_slice() {
        [] => Ok(trust),
        mistakes => Err(bad(mistakes.join("; "))),
    }
}

/// Whether the log of the server goes on from the one that was signed: its number of entries, or why nothing was asked.
async fn still_there(
    checked: &Checked,
    verify: &Verify,
    session: &Session,
) -> Result<Value, Failure> {
    let client = match session.client() {
        Ok(client) => client,
        Err(failure) => return Ok(json!({ "asked": false, "because": failure.message })),
    };
    match continues(&checked.checkpoint, &verify.key, &client).await {
        Ok((size, _)) => Ok(json!({ "asked": true, "from": size })),
        Err(failure) if failure.message.starts_with("INVALID") => Err(failure),
        Err(failure) => Ok(json!({ "asked": false, "because": failure.message })),
    }
}

fn summary(checked: &Checked, verify: &Verify) -> Value {
    let claims = &checked.claims;
    json!({
        "ok": true,
        "release": checked.release.to_string(),
        "at": checked.at,
        "artifact": claims.artifact,
        "deployments": { "planned": claims.deployments, "started": claims.started },
        "gates": { "answered": claims.gates, "overridden": claims.overridden },
        "approvals": { "bound": claims.approvals, "ofOtherPlans": claims.elsewhere, "askedAndApproved": claims.both, "signed": claims.signed.len(), "trusted": verify.trust.is_some() },
        "entries": checked.entries,
        "erased": checked.erased,
        "missing": checked.missing,
        "bodies": checked.bodies,
        "streams": checked.streams,
        "shared": checked.shared,
        "checkpoint": {
            "origin": checked.sealed.origin, "size": checked.sealed.size, "root": checked.sealed.root.to_string(),
            "signedBy": checked.sealed.by, "keyPinned": !verify.key.is_empty(),
        },
        "signedBy": checked.signed_by,
    })
}

fn several(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// What the entries say about the release, in a few words each.
fn said(claims: &Claims, verify: &Verify) -> Vec<String> {
    let mut said = vec![
        several(claims.started, "deployment", "deployments") + " started",
        several(claims.gates, "gate", "gates") + " passed",
        several(claims.approvals, "approval", "approvals") + " bound to the plan",
    ];
    if !claims.signed.is_empty() {
        let by = match verify.trust {
            Some(_) => " by keys of the trust file",
            None => "",
        };
        said.push(format!("{} of them signed{by}", claims.signed.len()));
    }
    if claims.overridden > 0 {
        said.push(format!("{} let through by an exception", claims.overridden));
    }
    if claims.elsewhere > 0 {
        said.push(
            several(claims.elsewhere, "approval", "approvals")
                + " of another plan, which count for nothing",
        );
    }
    said
}

fn text(checked: &Checked, verify: &Verify, still: &Value, look: &Look) -> String {
    let claims = &checked.claims;
    let mut lines = vec![
        format!(
            "VALID  {}   as of {}",
            checked.release,
            look.zone.long(checked.at)
        ),
        format!(
            "       artifact {}",
            claims.artifact.as_deref().unwrap_or("not on record")
        ),
    ];
    let said = said(claims, verify);
    lines.push(format!("       {}", said.join(" · ")));
    lines.push(match claims.both.as_slice() {
        [] => "       nobody approved what they had asked for".to_owned(),
        both => format!("       asked for it and approved it: {}", both.join(", ")),
    });
    let erased = match checked.erased {
        0 => String::new(),
        n => format!(", {n} of them erased"),
    };
    lines.push(format!(
        "       {} entries{erased} in {} streams, all in the log {} of {} entries, root {}",
        checked.entries,
        checked.streams.len(),
        checked.sealed.origin,
        checked.sealed.size,
        checked.sealed.root
    ));
    if !checked.shared.is_empty() {
        let names: Vec<&str> = checked.shared.keys().map(StreamId::as_str).collect();
        lines.push(format!(
            "       whole, without the text about other releases: {}",
            names.join(", ")
        ));
    }
    if checked.bodies > 0 {
        lines.push(format!(
            "       {} from beside the log (output of programs, figures behind verdicts), each the one that its entry names",
            several(checked.bodies, "body", "bodies")
        ));
    }
    if checked.missing > 0 {
        lines.push(format!(
            "       the bundle says that {} are missing; index.html lists them",
            several(checked.missing, "part", "parts")
        ));
    }
    let known = match verify.key.is_empty() {
        true => "   (key taken from the bundle itself; name one you know with --key)",
        false => "",
    };
    lines.push(format!(
        "       signed by {}{known}",
        checked.signed_by.join(", ")
    ));
    match (still["asked"].as_bool(), still["because"].as_str()) {
        (Some(true), _) => {
            lines.push("       the log of the server still begins with it".to_owned())
        }
        (_, Some(because)) => lines.push(format!("       no server was asked: {because}")),
        _ => {}
    }
    lines.join("\n")
}

/// Run `release evidence`.
pub async fn get(get: &Get, client: &Client, session: &Session) -> Result<Exit, Failure> {
    let release = release_of(&get.release)?;
    let file = client.release_evidence(&release).await?;
    let found = checked(&file, &[])?;
    let path = get
        .out
        .clone()
        .unwrap_or_else(|| PathBuf::from(file_name(&release)));
    write(&path, &file)?;
    let value = json!({
        "release": release, "file": path.display().to_string(), "bytes": file.len(), "entries": found.entries,
        "checkpoint": { "size": found.sealed.size, "root": found.sealed.root.to_string() }, "missing": found.missing,
    });
    session.out.show(&value, &path.display().to_string(), |_| {
        format!(
            "{release}   {} entries in {} streams, each proved in the log of {} entries\n  written to {}",
            found.entries,
            found.streams.len(),
            found.sealed.size,
            path.display()
        )
    })?;
    session.out.hint(&format!(
        "next: tidegate evidence verify {} --offline; open index.html in it to read",
        path.display()
    ));
    Ok(Exit::Done)
}

/// Name of the bundle of a release.
pub fn file_name(release: &str) -> String {
    let name = release.replace('@', "-").replace(['/', '\\'], "_");
    format!("{name}.tidegate-evidence.zip")
}

/// Beside the target first, so that no half file bears its name.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    crate::publish::write(path, bytes).map_err(|e| {
        Failure::new(
            Exit::Failed,
            format!("{} cannot be written: {e}", path.display()),
        )
    })
}
