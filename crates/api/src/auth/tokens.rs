//! Tokens in use. The rows of agents are kept beside the ledger, so that their many requests need no read; whoever stands
//! for a person is looked up each time, so that a person who has left is refused at once.
//!
//! A row kept here is current until it is forgotten here, or until the engine says that another server changed access: then all
//! of them are read again.

use super::caller::Way;
use super::row::grant_of;
use super::who;
use super::{AccessToken, Caller};
use crate::error::Problem;
use crate::look::{Look, look};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tidegate_core::digest::Digest;
use tidegate_core::spec::Spec;
use tidegate_core::time::Timestamp;
use tidegate_engine::Engine;
use tidegate_ledger::{StoreError, TokenRow};

/// Rows kept; more tokens than that are read again.
const KEPT: usize = 4_096;

#[derive(Default)]
pub(crate) struct Tokens(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    rows: BTreeMap<Digest, TokenRow>,
    /// Changes by others that these rows know of.
    changes: u64,
}

impl Tokens {
    /// Who carries this token, when that is kept here. `Some(None)` is a token that has ended.
    pub(crate) fn known(&self, engine: &Engine, token: &AccessToken) -> Option<Option<Caller>> {
        let kept = self.kept(engine);
        let hash = token.hash();
        let row = kept.rows.get(&hash)?;
        let actor = who::of_token((&Nothing, &Spec::default()), row, engine.now())
            .ok()
            .flatten();
        let key = grant_of(row).ok()?.and_then(|grant| grant.key);
        Some(actor.map(|actor| Caller::new(actor, Way::Token { hash, key }, row.expires)))
    }

    /// Who carries this token, from the ledger.
    pub(crate) fn look_up(
        &self,
        engine: &Engine,
        token: &AccessToken,
    ) -> Result<Option<Caller>, Problem> {
        let hash = token.hash();
        let found = look(engine, |look| of_hash(look, &hash))?;
        let Some((caller, row)) = found else {
            return Ok(None);
        };
        if who::is_somebodys(&row) {
            return Ok(Some(caller));
        }
        let mut kept = self.kept(engine);
        if kept.rows.len() >= KEPT {
            kept.rows.clear();
        }
        kept.rows.insert(hash.clone(), row);
        drop(kept);
        // It may have been revoked between the read and the insertion; then it must not stay.
        if engine.read(|rows| rows.token(&hash))?.is_none() {
            self.forget(&hash);
            return Ok(None);
        }
        Ok(Some(caller))
    }

    /// A token was revoked or changed.
    pub(crate) fn forget(&self, hash: &Digest) {
        self.lock().rows.remove(hash);
    }

    /// The rows, without what another server may have changed.
    fn kept(&self, engine: &Engine) -> MutexGuard<'_, Kept> {
        let mut kept = self.lock();
        let changes = engine.access_changes();
        if kept.changes != changes {
            kept.rows.clear();
            kept.changes = changes;
        }
        kept
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who carries the token of this hash.
pub(super) fn of_hash(
    look: &Look<'_>,
    hash: &Digest,
) -> Result<Option<(Caller, TokenRow)>, Problem> {
    let Some(row) = look.rows.token(hash)? else {
        return Ok(None);
    };
    let actor = who::of_token((look.view(), &look.in_force.spec), &row, look.now)?;
    let way = Way::Token {
        hash: hash.clone(),
        key: grant_of(&row)?.and_then(|grant| grant.key),
    };
    Ok(actor.map(|actor| (Caller::new(actor, way, row.expires), row)))
}

/// What is known without a look: for tokens that stand for nobody.
struct Nothing;

impl tidegate_core::view::View for Nothing {
    fn state(&self, _: &tidegate_core::id::StreamId) -> Option<tidegate_core::view::StateRow> {
        None
    }
    fn model(&self, _: &str, _: &str) -> Option<String> {
        None
    }
    fn scan(&self, _: &str, _: &str, _: usize) -> Vec<(String, String)> {
        Vec::new()
    }
    fn lease(&self, _: &tidegate_core::id::ActionId) -> Option<tidegate_core::view::Lease> {
        None
    }
}

/// When tokens were last used: a row each beside the ledger, written at most once a minute.
#[derive(Default)]
pub(crate) struct Used(Mutex<BTreeMap<Digest, Timestamp>>);

/// Rows by the hash of the token.
const USED: &str = "token-used";
/// Least time between two writes about one token.
const EVERY: tidegate_core::time::Millis = tidegate_core::time::Millis::minutes(1);

impl Used {
    /// Whether a use at this instant is to be written down.
    pub(crate) fn is_news(&self, hash: &Digest, now: Timestamp) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen
            .get(hash)
            .is_some_and(|last| now < EVERY.after(*last) && now >= *last)
        {
            return false;
        }
        if seen.len() >= KEPT {
            seen.clear();
        }
        seen.insert(hash.clone(), now);
        true
    }

    /// Write it down, unless the token is gone.
    pub(crate) fn write(engine: &Engine, hash: &Digest, now: Timestamp) -> Result<(), StoreError> {
        engine.write_rows(|tx| {
            if tx.token(hash)?.is_none() {
                return Ok(());
            }
            tx.put_model(USED, &hash.to_string(), Some(&now.to_string()))
        })
    }

    /// When a token was last used, to the minute.
    pub(crate) fn of(
        rows: &(impl tidegate_ledger::Rows + ?Sized),
        hash: &Digest,
    ) -> Result<Option<Timestamp>, StoreError> {
        let text = rows.model(USED, &hash.to_string())?;
        Ok(text.and_then(|text| text.parse().ok()))
    }

    /// The token is gone.
    pub(crate) fn drop(tx: &mut dyn tidegate_ledger::Tx, hash: &Digest) -> Result<(), StoreError> {
        tx.put_model(USED, &hash.to_string(), None)
    }
}
