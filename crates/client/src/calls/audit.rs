//! The ledger.

use super::Path;
use crate::http::{Client, Error};
use crate::lines::Lines;
use crate::wire::{
    Checkpoint, Entry, EntryProof, GrowthProof, Override, Page, Timestamp, Verification,
    VerificationLine,
};

/// Which entries are wanted.
#[derive(Debug, Clone, Default)]
pub struct EntryFilter {
    /// `next` of the page before, or the position after which to begin.
    pub after: Option<String>,
    /// At most this many; the server gives at most 200.
    pub limit: Option<u32>,
    /// Only of this stream, for example `release/web@1.1.0`.
    pub stream: Option<String>,
    /// Only by this actor.
    pub actor: Option<String>,
    /// Only of this kind, for example `deployment.judged` or `deployment`.
    pub kind: Option<String>,
    /// Only since this instant.
    pub since: Option<Timestamp>,
}

/// Which overrides are wanted.
#[derive(Debug, Clone, Default)]
pub struct OverrideFilter {
    /// `next` of the page before.
    pub after: Option<String>,
    /// At most this many; the server gives at most 200.
    pub limit: Option<u32>,
    /// Only since this instant.
    pub since: Option<Timestamp>,
    /// Only before this instant.
    pub until: Option<Timestamp>,
}

impl Client {
    /// Every time somebody set a rule aside, oldest first.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn audit_overrides(&self, filter: &OverrideFilter) -> Result<Page<Override>, Error> {
        let path = Path::new("audit/overrides")
            .query("after", filter.after.as_deref())
            .query("limit", filter.limit)
            .query("since", filter.since)
            .query("until", filter.until);
        self.get(&path.end()).await
    }

    /// Entries of the ledger, oldest first.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn audit(&self, filter: &EntryFilter) -> Result<Page<Entry>, Error> {
        let path = Path::new("audit")
            .query("after", filter.after.as_deref())
            .query("limit", filter.limit)
            .query("stream", filter.stream.as_deref())
            .query("actor", filter.actor.as_deref())
            .query("kind", filter.kind.as_deref())
            .query("since", filter.since);
        self.get(&path.end()).await
    }

    /// The whole ledger, one entry a line, in the form that can be verified offline.
    ///
    /// # Errors
    /// See [`Error`]; later errors come out of [`Lines::next`].
    pub async fn audit_export(&self) -> Result<Lines, Error> {
        self.lines("/api/v1/audit/export").await
    }

    /// The rest of an export that broke off: what comes after an entry, up to the one that its header names.
    ///
    /// # Errors
    /// As [`audit_export`](Self::audit_export).
    pub async fn audit_export_rest(&self, after: u64, until: u64) -> Result<Lines, Error> {
        let path = Path::new("audit/export")
            .query("after", Some(after))
            .query("until", Some(until));
        self.lines(&path.end()).await
    }

    /// Every production change of a period, as the text of a file that can be checked without a server.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn audit_population(
        &self,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<u8>, Error> {
        let path = Path::new("audit/population")
            .query("from", Some(from))
            .query("until", Some(until));
        self.bytes(&path.end()).await
    }

    /// Computes the whole chain again.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn audit_verification(&self) -> Result<Verification, Error> {
        self.audit_verification_told(|_, _| ()).await
    }

    /// The same; `tell` hears how many entries were checked so far, and of how many.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn audit_verification_told(
        &self,
        mut tell: impl FnMut(u64, u64),
    ) -> Result<Verification, Error> {
        let path = "/api/v1/audit/verification";
        let mut lines = self.lines(path).await?;
        let decode = |reason: String| Error::Decode {
            path: path.to_owned(),
            reason,
        };
        while let Some(line) = lines.next().await? {
            let line: VerificationLine =
                serde_json::from_str(&line).map_err(|e| decode(e.to_string()))?;
            if let Some(found) = line.found {
                return Ok(found);
            }
            tell(line.checked, line.of);
        }
        Err(decode(
            "the check of the ledger broke off before its end".to_owned(),
        ))
    }

    /// The newest signed state of the log.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn audit_checkpoint(&self) -> Result<Checkpoint, Error> {
        self.get("/api/v1/audit/checkpoint").await
    }

    /// That an entry stands in the log.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn audit_proof(&self, seq: u64) -> Result<EntryProof, Error> {
        let path = Path::new("audit/proof").query("seq", Some(seq));
        self.get(&path.end()).await
    }

    /// That the log's state of this many entries is the beginning of its newest one.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn audit_consistency(&self, from: u64) -> Result<GrowthProof, Error> {
        let path = Path::new("audit/consistency").query("from", Some(from));
        self.get(&path.end()).await
    }
}
