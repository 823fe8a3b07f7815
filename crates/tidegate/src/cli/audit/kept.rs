//! Checkpoints that were kept elsewhere: does the log of the server begin with each, and who cosigned them?

use super::verify::continues;
use crate::exit::{Exit, Failure};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tidegate_client::Client;
use tidegate_core::time::Timestamp;
use tidegate_ledger::cosign::cosigned;

/// What was kept, and who must have seen it.
#[derive(Debug, clap::Args)]
pub struct Kept {
    /// Signed checkpoint kept elsewhere, that the ledger of the server must begin with; may be repeated
    #[arg(long, value_name = "FILE", conflicts_with = "file")]
    pub checkpoint: Vec<PathBuf>,
    /// Public key of a witness that must have cosigned one of them; may be repeated
    #[arg(long, value_name = "NAME+ID+KEY", requires = "checkpoint")]
    pub witness: Vec<String>,
    /// So many of the witnesses are enough [default: all of them]
    #[arg(long, value_name = "N", requires = "witness")]
    pub quorum: Option<usize>,
}

/// What was found.
#[derive(Debug)]
pub struct Found {
    /// Entries of the largest checkpoint.
    pub size: u64,
    /// Witnesses with the largest checkpoint that each cosigned, and when.
    pub witnesses: BTreeMap<String, (u64, Timestamp)>,
}

impl Kept {
    /// That the log begins with every checkpoint, and enough witnesses cosigned one of them. None: nothing was kept.
    ///
    /// # Errors
    /// It does not, or they did not, with the file or the witness.
    pub async fn check(&self, keys: &[String], client: &Client) -> Result<Option<Found>, Failure> {
        if self.checkpoint.is_empty() {
            return Ok(None);
        }
        let all = self.witness.len();
        let needed = self.quorum.unwrap_or(all);
        if needed > all || (needed == 0 && all > 0) {
            return Err(Failure::usage(format!(
                "a quorum of {needed} cannot be had of {all} witnesses"
            ))
            .help(format!("name a number from 1 to {all}")));
        }
        let mut found = Found {
            size: 0,
            witnesses: BTreeMap::new(),
        };
        for path in &self.checkpoint {
            let (note, size) = begins_with(path, keys, client).await?;
            found.size = found.size.max(size);
            let by = cosigned(&note, &self.witness);
            let by = by.map_err(|e| bad(path, &e.to_string()))?;
            for one in by {
                let newest = found.witnesses.entry(one.by).or_insert((size, one.at));
                *newest = (*newest).max((size, one.at));
            }
        }
        if found.witnesses.len() < needed {
            let missing = self.witness.iter();
            let missing: Vec<&str> = missing
                .filter(|witness| !found.witnesses.contains_key(*witness))
                .map(String::as_str)
                .collect();
            let (have, who) = (found.witnesses.len(), missing.join(", "));
            return Err(Failure::new(
                Exit::Failed,
                format!("INVALID: {have} of {needed} witnesses cosigned: {who} did not cosign what was kept"),
            )
            .help("ask the witness for the checkpoint that it cosigned"));
        }
        Ok(Some(found))
    }
}

async fn begins_with(
    path: &Path,
    keys: &[String],
    client: &Client,
) -> Result<(String, u64), Failure> {
    let note = std::fs::read_to_string(path).map_err(|e| {
        Failure::usage(format!("{} cannot be read: {e}", path.display()))
            .help("name a file that `tidegate audit checkpoint --out FILE` wrote")
    })?;
    let (size, _) = continues(&note, keys, client).await?;
    Ok((note, size))
}

fn bad(path: &Path, why: &str) -> Failure {
    Failure::new(Exit::Failed, format!("INVALID: {}: {why}", path.display()))
        .help("ask the witness for the checkpoint that it cosigned")
}
