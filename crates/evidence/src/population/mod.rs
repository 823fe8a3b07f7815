//! Every production change of a period, with the proof that none is left out.
//!
//! The file holds every entry of the log in the period, one after the other, and what makes them a part of the signed log: the edge of the tree
//! before the first and a consistency proof after the last. Texts that say nothing about deployments are left out; their hashes are not, so a
//! gap shows. Which deployments are in the population, and what is drawn from it, is worked out from the entries by whoever reads the file.

mod collect;
mod items;
mod read;
mod sample;

pub use collect::{Asked, LIMIT, collect, signed};
pub use items::{Item, Work};
pub use read::{Shown, read};
pub use sample::{Chosen, Stratum, sample, strata};

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tidegate_core::digest::Digest;
use tidegate_core::time::Timestamp;

/// Format of the file, and first line of what is signed.
pub const FORMAT: &str = "tidegate-population/1";

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// [`FORMAT`].
    pub format: String,
    /// Beginning of the period.
    pub from: Timestamp,
    /// End of the period, which is not in it.
    pub until: Timestamp,
    /// When it was asked for.
    pub at: Timestamp,
    /// Production environments, with the zone in which weekends are told.
    pub environments: BTreeMap<String, String>,
    /// Revision of the configuration that says so.
    pub configuration: u64,
    /// Number of entries of the log before the first one shown.
    pub before: u64,
    /// Right edge of the tree over those.
    pub edge: Vec<Digest>,
    /// The last entry shown.
    pub last: u64,
    /// RFC 6962 consistency proof from there to the checkpoint.
    pub consistency: Vec<Digest>,
    /// Signed note.
    pub checkpoint: String,
    /// Public keys of the log.
    pub keys: Vec<String>,
    /// What runs in production when this is made: what the log says, and what agents say.
    pub running: Vec<Runs>,
}

/// What runs for a service in a production environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Runs {
    /// Where.
    pub environment: String,
    /// What.
    pub service: String,
    /// The deployment that brought it, by the log.
    pub deployment: String,
    /// The digest that runs, by the log.
    pub artifact: String,
    /// Digests that agents see running; absent when no agent said anything since the server started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Vec<String>>,
}

/// An entry from before the period that something in it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BesideLine {
    /// The entry, spelled as in an export.
    beside: String,
    /// Its inclusion proof.
    inclusion: Vec<Digest>,
}

/// The last line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SignatureLine {
    /// Signed note over everything before it.
    signature: String,
}

/// What is signed.
fn statement(header: &Header, before: &[u8]) -> String {
    let (from, until) = (header.from, header.until);
    format!("{FORMAT}\n{from} {until}\n{}\n", Digest::of(before))
}

/// What says that words of another entry were erased.
const ERASURE: &str = "erasure.done/1";

/// Whether an entry of this kind has to be there with its text.
fn has_text(kind: &str) -> bool {
    kind.starts_with("deployment.") || kind.starts_with("change.") || kind == ERASURE
}
