//! `tidegate release scope` and `release lock`: what ships with a release, what stays out, and until when that may change.

use super::change::Change;
use super::reference::release_of;
use super::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::{Look, Mark};
use std::fmt::Write as _;
use tidegate_client::wire::{Reason, ReleaseScope, ScopeEdit, ScopeItem};

/// Show what ships with a release and what stays out, or change it
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Without any change it shows the scope. What the artifact, its configuration and its migrations bring is there by \
                  itself; people add the rest.\n\nKinds: application, configuration, infrastructure, database, third-party, flag. A \
                  service, a third party and a file that ends in .sql need none."
)]
pub struct Args {
    /// `service@version`
    release: String,
    /// It ships as well: `KIND:NAME`, or a NAME that says its kind
    #[arg(long, value_name = "ITEM")]
    add: Vec<String>,
    /// Team that answers for what is added
    #[arg(long, value_name = "TEAM", requires = "add")]
    owner: Option<String>,
    /// Commit, ticket or file that what is added comes from
    #[arg(long, value_name = "TEXT", requires = "add")]
    source: Option<String>,
    /// What is still missing from what is added
    #[arg(long, value_name = "TEXT", requires = "add")]
    missing: Option<String>,
    /// Nothing is missing from it any more
    #[arg(long, value_name = "ITEM")]
    complete: Vec<String>,
    /// It does not ship
    #[arg(long, value_name = "ITEM")]
    remove: Vec<String>,
    /// It stays out, explicitly
    #[arg(long, value_name = "TEXT")]
    exclude: Vec<String>,
    /// It does not stay out any more
    #[arg(long, value_name = "TEXT")]
    include: Vec<String>,
    /// It touches this regulation
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// It does not touch it
    #[arg(long, value_name = "TAG")]
    untag: Vec<String>,
    /// Decide that the locked scope may change again
    #[arg(long)]
    unlock: bool,
    #[command(flatten)]
    change: Change,
}

/// Lock what ships with a release
#[derive(Debug, clap::Args)]
pub struct LockArgs {
    /// `service@version`
    release: String,
    #[command(flatten)]
    change: Change,
}

impl Args {
    /// What was asked for, in the order in which it makes sense: what goes makes room for what comes.
    fn edits(&self) -> Vec<ScopeEdit> {
        let each = |list: &[String], edit: fn(String) -> ScopeEdit| -> Vec<ScopeEdit> {
            list.iter().cloned().map(edit).collect()
        };
        let mut all = each(&self.remove, |item| ScopeEdit::Remove { item });
        all.extend(each(&self.include, |what| ScopeEdit::Include { what }));
        all.extend(self.add.iter().map(|text| self.added(text)));
        all.extend(each(&self.complete, |item| ScopeEdit::Complete { item }));
        all.extend(each(&self.exclude, |what| ScopeEdit::Exclude { what }));
        all.extend(each(&self.tag, |tag| ScopeEdit::Tag { tag }));
        all.extend(each(&self.untag, |tag| ScopeEdit::Untag { tag }));
        all
    }

    fn added(&self, text: &str) -> ScopeEdit {
        let (kind, name) = match text.split_once(':') {
            Some((kind, name)) => (Some(kind.trim().to_owned()), name.trim().to_owned()),
            None => (None, text.to_owned()),
        };
        ScopeEdit::Add {
            name,
            kind,
            owner: self.owner.clone(),
            missing: self.missing.clone(),
            source: self.source.clone(),
        }
    }
}

/// Run `release scope`.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    let release = release_of(&args.release)?;
    let edits = args.edits();
    if edits.is_empty() && !args.unlock {
        show(&client.scope(&release).await?, session)?;
        return Ok(Exit::Done);
    }
    let reason = args.change.reason(session)?;
    let key = args.change.key()?;
    let mut found = None;
    if args.unlock {
        let why = Reason {
            reason: reason.clone(),
        };
        found = Some(client.open_scope(&release, &why, &key).await?);
    }
    if !edits.is_empty() {
        // Two commands, two keys: what opens it is not what changes it.
        let key = if args.unlock {
            format!("{key}-edit")
        } else {
            key
        };
        found = Some(client.edit_scope(&release, edits, &reason, &key).await?);
    }
    if let Some(scope) = found {
        show(&scope, session)?;
    }
    Ok(Exit::Done)
}

/// Run `release lock`.
pub async fn lock(args: &LockArgs, session: &Session) -> Result<Exit, Failure> {
    let client = session.client()?;
    let release = release_of(&args.release)?;
    let why = Reason {
        reason: args.change.reason(session)?,
    };
    let scope = client
        .lock_scope(&release, &why, &args.change.key()?)
        .await?;
    show(&scope, session)?;
    Ok(Exit::Done)
}

fn show(scope: &ReleaseScope, session: &Session) -> Result<(), Failure> {
    session
        .out
        .show(scope, &scope.release, |look| text(scope, look))
}

/// The scope as people read it.
fn text(scope: &ReleaseScope, look: &Look) -> String {
    let mut out = format!("{}  {}\n", scope.release, locked(scope, look));
    for item in &scope.items {
        one(item, look, &mut out);
    }
    for excluded in &scope.excluded {
        let _ = writeln!(
            out,
            "  stays out  {}: {} ({}, {})",
            excluded.what,
            excluded.reason,
            excluded.by,
            look.zone.long(excluded.at)
        );
    }
    if !scope.tags.is_empty() {
        let _ = writeln!(out, "  tags       {}", scope.tags.join(", "));
    }
    let open = scope.items.iter().filter(|item| !item.complete).count();
    let _ = match open {
        0 => writeln!(out, "  complete: {} items", scope.items.len()),
        n => writeln!(out, "  {n} of {} items are not complete", scope.items.len()),
    };
    out
}

fn locked(scope: &ReleaseScope, look: &Look) -> String {
    let digest = |text: &str| text.get(..15).unwrap_or(text).to_owned();
    let by = scope.lock.by.as_deref().unwrap_or_default();
    let at = scope.lock.at.map(|at| look.zone.long(at));
    let at = at.unwrap_or_default();
    match scope.lock.state.as_str() {
        "locked" => format!("scope {} locked by {by}, {at}", digest(&scope.digest)),
        "reopened" => format!(
            "scope {} opened again by {by}, {at}: {}",
            digest(&scope.digest),
            scope.lock.reason.as_deref().unwrap_or_default()
        ),
        _ => format!("scope {} not locked", digest(&scope.digest)),
    }
}

fn one(item: &ScopeItem, look: &Look, out: &mut String) {
    let mark = if item.complete && item.owner.is_some() {
        Mark::Ok
    } else {
        Mark::No
    };
    let owner = item.owner.as_deref().unwrap_or("no owner");
    let source = item.source.as_deref().map(|s| format!(", from {s}"));
    let missing = item.missing.as_deref().map(|m| format!(": {m}"));
    let _ = writeln!(
        out,
        "  {} {:<14} {} ({owner}{}){}",
        mark.padded(look, 8),
        item.kind,
        item.name,
        source.unwrap_or_default(),
        missing.unwrap_or_default()
    );
    for drag in &item.drags {
        let team = match &drag.team {
            Some(team) => format!("ask {team}"),
            None => "nobody is known to own it".to_owned(),
        };
        let _ = writeln!(out, "           {:<14} with it: {} ({team})", "", drag.what);
    }
}
