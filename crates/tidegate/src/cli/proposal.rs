//! `tidegate config propose`, `approve`, `reject`, `proposals`: a change that weakens a control goes before those who answer for it.

use super::change::Change;
use super::plan;
use super::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::table::Column;
use crate::output::{Listing, Look, Table};
use std::fmt::Write as _;
use std::path::PathBuf;
use tidegate_client::Client;
use tidegate_client::wire::{Proposal, ProposalNeed, ProposalRequest, Reason};

/// Fewest characters by which a proposal is named.
const SHORT: usize = 6;

/// Put the files here before those who answer for the controls they weaken
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Their yes is to exactly this configuration upon the one in force. Proposing something else, or another configuration coming into
force, ends it. Whoever proposes says no yes, also as a member of the team.
Example: tidegate config propose --reason 'two people are on leave'
         tidegate config approve sha256:3f2a91 --reason 'until January'
         tidegate apply")]
pub struct Propose {
    /// Folder, file or saved plan; `-` reads stdin
    #[arg(default_value = ".")]
    path: PathBuf,
    #[command(flatten)]
    change: Change,
}

/// Say yes to a proposal, for the teams of yours that it asks
#[derive(Debug, clap::Args)]
pub struct Decide {
    /// Digest of the proposal, or its first characters
    digest: String,
    #[command(flatten)]
    change: Change,
}

/// List what is proposed and whose yes it needs; one in full
#[derive(Debug, clap::Args)]
pub struct Proposals {
    /// Digest of a proposal, or its first characters
    digest: Option<String>,
}

/// Propose.
pub async fn propose(asked: &Propose, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    let (files, parent) = match plan::saved(&asked.path)? {
        Some(saved) => (saved.files, saved.parent),
        None => {
            let planned = plan::of_files(&asked.path, None, &client, session).await?;
            (planned.files.0, planned.answer.parent)
        }
    };
    let request = ProposalRequest {
        files,
        parent,
        reason: asked.change.reason(session)?,
    };
    let key = asked.change.key()?;
    let found = client.propose_config(&request, &key).await?;
    show(&found, session)?;
    session.out.hint(&format!(
        "they say `tidegate config approve {}`; then `tidegate apply` brings exactly this into force",
        found.digest
    ));
    Ok(Exit::Done)
}

/// Yes.
pub async fn approve(asked: &Decide, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    let digest = whole(&asked.digest, &client).await?;
    let reason = asked.change.reason(session)?;
    let key = asked.change.key()?;
    let found = client
        .approve_config(&digest, &Reason { reason }, &key)
        .await?;
    show(&found, session)?;
    Ok(Exit::Done)
}

/// No.
pub async fn reject(asked: &Decide, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    let digest = whole(&asked.digest, &client).await?;
    let reason = asked.change.reason(session)?;
    let key = asked.change.key()?;
    let found = client
        .reject_config(&digest, &Reason { reason }, &key)
        .await?;
    show(&found, session)?;
    Ok(Exit::Done)
}

/// What is proposed.
pub async fn list(asked: &Proposals, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    if let Some(digest) = &asked.digest {
        let digest = whole(digest, &client).await?;
        show(&client.config_proposal(&digest).await?, session)?;
        return Ok(Exit::Done);
    }
    let items = client.config_proposals().await?.items;
    let mut table = Table::new(&[
        Column::Always("PROPOSAL"),
        Column::Always("STATE"),
        Column::Always("BY"),
        Column::Always("AT"),
        Column::Always("NEEDS"),
        Column::Always("WEAKENS"),
        Column::Always("REASON"),
    ]);
    for p in &items {
        let open = p.needs.iter().filter(|need| need.agreed.is_none());
        let open: Vec<String> = open.map(team).collect();
        table.row([
            p.digest.clone(),
            p.state.clone(),
            p.by.clone(),
            session.out.look.zone.stamp(p.at),
            open.join(", "),
            p.weakens.len().to_string(),
            p.reason.clone(),
        ]);
    }
    session.out.list(&Listing {
        items: &items,
        name: |p| p.digest.clone(),
        table,
        none: "nothing is proposed",
    })?;
    Ok(Exit::Done)
}

/// One line about each proposal, for `config show`.
pub fn lines(proposals: &[Proposal]) -> String {
    let mut out = String::new();
    for p in proposals {
        let open = p.needs.iter().filter(|need| need.agreed.is_none());
        let open: Vec<String> = open.map(team).collect();
        let what = match p.state.as_str() {
            "waiting" => format!("waits for {}", open.join(", ")),
            "agreed" => "was agreed to: `tidegate apply` brings it into force".to_owned(),
            state => state.to_owned(),
        };
        let _ = writeln!(out, "proposed by {}: {} {what}", p.by, p.digest);
    }
    out
}

fn show(found: &Proposal, session: &Session) -> Result<(), Failure> {
    session
        .out
        .show(found, &found.digest, |look| text(found, look))
}

fn text(p: &Proposal, look: &Look) -> String {
    let mut out = format!(
        "{}  {} upon revision {}\n  proposed  by {} {}: {}\n",
        p.digest,
        p.state,
        p.replaces,
        p.by,
        look.zone.long(p.at),
        p.reason
    );
    for need in &p.needs {
        let said = match &need.agreed {
            Some(yes) => format!(
                "{} said yes {}: {}",
                yes.by,
                look.zone.long(yes.at),
                yes.reason
            ),
            None => "nobody said yes yet".to_owned(),
        };
        let rules = need.rules.join(", ");
        let _ = writeln!(out, "  needs     {} for {rules}; {said}", team(need));
    }
    if let Some(no) = &p.rejected {
        let at = look.zone.long(no.at);
        let _ = writeln!(out, "  rejected  by {} {at}: {}", no.by, no.reason);
    }
    for line in &p.weakens {
        let _ = writeln!(out, "  ! weakens {line}");
    }
    for line in &p.changes {
        let _ = writeln!(out, "    {line}");
    }
    out
}

fn team(need: &ProposalNeed) -> String {
    match need.members.join(", ") {
        none if none.is_empty() => format!("{} (nobody)", need.team),
        members => format!("{} ({members})", need.team),
    }
}

/// The digest that begins like this.
async fn whole(given: &str, client: &Client) -> Result<String, Failure> {
    let hex = given.strip_prefix("sha256:").unwrap_or(given);
    if hex.len() == 64 {
        return Ok(format!("sha256:{hex}"));
    }
    let all = client.config_proposals().await?.items;
    let name = format!("sha256:{hex}");
    let mut found = all.iter().filter(|p| p.digest.starts_with(&name));
    match (found.next(), found.next()) {
        (Some(one), None) if hex.len() >= SHORT => Ok(one.digest.clone()),
        (None, _) => Err(Failure::new(
            Exit::Failed,
            format!("there is no proposal that begins with `{given}`"),
        )
        .help("`tidegate config proposals` shows those there are")),
        _ => Err(Failure::new(
            Exit::Usage,
            format!("`{given}` is too short to name one proposal"),
        )
        .help("`tidegate config proposals` shows their digests")),
    }
}
