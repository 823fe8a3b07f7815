//! A checkpoint taken to the places that a command names.
//!
//! Each place is tried, and one that fails is named after all of them were: a checkpoint that lies in two of three places
//! is worth more than one in none.

use crate::exit::{Exit, Failure};
use crate::publish::{self, Place};
use std::path::PathBuf;
use tidegate_ledger::seal::Sealed;

/// Where a checkpoint is taken to.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Places {
    /// File to write the signed note to
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Git repository to commit the signed note to, as `checkpoint.note`
    #[arg(long, value_name = "FOLDER")]
    pub git: Option<PathBuf>,
    /// Push the branch of that repository afterwards
    #[arg(long, requires = "git")]
    pub push: bool,
    /// Address that the signed note is posted to as JSON
    #[arg(long, value_name = "URL")]
    pub webhook: Option<String>,
}

impl Places {
    fn all(&self) -> impl Iterator<Item = Place> {
        let push = self.push;
        let file = self.out.clone().map(Place::File);
        let git = self.git.clone();
        let webhook = self.webhook.clone();
        file.into_iter()
            .chain(git.map(|folder| Place::Git { folder, push }))
            .chain(webhook.map(|url| Place::Webhook { url, key: None }))
    }
}

/// Takes the note to every place, and says where it went, each one line.
///
/// # Errors
/// The places that failed, each with its reason.
pub async fn publish(places: &Places, note: &str, sealed: &Sealed) -> Result<Vec<String>, Failure> {
    let mut went = Vec::new();
    let mut failed = Vec::new();
    for place in places.all() {
        match publish::publish(&place, note, sealed).await {
            Ok(line) => went.push(line),
            Err(line) => failed.push(line),
        }
    }
    if failed.is_empty() {
        return Ok(went);
    }
    let failure = Failure::new(Exit::Failed, failed.join("; "));
    let failure = failure
        .help("correct it and ask again: a place that has the checkpoint already is left as it is");
    Err(match went.is_empty() {
        true => failure,
        false => failure.note(went.join("; ")),
    })
}
