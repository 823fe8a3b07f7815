//! Tokens in use, kept beside the ledger so that most requests need no read for them.
//!
//! Only this process changes tokens of its ledger, so a row kept here is current until it is forgotten here.

use super::row::{is_live, role_of};
use super::{AccessToken, Caller};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tidegate_core::digest::Digest;
use tidegate_core::time::Timestamp;
use tidegate_engine::Engine;
use tidegate_ledger::{StoreError, TokenRow};

/// Rows kept; more tokens than that are read again.
const KEPT: usize = 4_096;

#[derive(Default)]
pub(crate) struct Tokens(Mutex<BTreeMap<Digest, TokenRow>>);

impl Tokens {
    /// Who carries this token, when it is kept here. `Some(None)` is a token that has expired.
    pub(crate) fn known(&self, token: &AccessToken, now: Timestamp) -> Option<Option<Caller>> {
        let rows = self.rows();
        let row = rows.get(&token.hash())?;
        Some(caller(row, now).ok().flatten())
    }

    /// Who carries this token, from the ledger.
    pub(crate) fn look_up(
        &self,
        engine: &Engine,
        token: &AccessToken,
    ) -> Result<Option<Caller>, StoreError> {
        let hash = token.hash();
        let Some(row) = engine.read(|rows| rows.token(&hash))? else {
            return Ok(None);
        };
        let found = caller(&row, engine.now())?;
        let mut rows = self.rows();
        if rows.len() >= KEPT {
            rows.clear();
        }
        rows.insert(hash.clone(), row);
        drop(rows);
        // It may have been revoked between the read and the insertion; then it must not stay.
        if engine.read(|rows| rows.token(&hash))?.is_none() {
            self.forget(&hash);
            return Ok(None);
        }
        Ok(found)
    }

    /// A token was revoked.
    pub(crate) fn forget(&self, hash: &Digest) {
        self.rows().remove(hash);
    }

    fn rows(&self) -> MutexGuard<'_, BTreeMap<Digest, TokenRow>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn caller(row: &TokenRow, now: Timestamp) -> Result<Option<Caller>, StoreError> {
    if !is_live(row, now) {
        return Ok(None);
    }
    Ok(Some(Caller::new(row.name.clone(), role_of(row)?)))
}
