//! A request that is answered for a long time is looked at again: no stream outlives what let its reader in.

use super::caller::Way;
use super::door::Door;
use super::{Caller, sessions, tokens};
use crate::error::Problem;
use crate::look::look;
use tidegate_engine::Engine;

/// Whoever asked to read, as of now. `None` when they may no more: the token or sign-in has ended, the person has left, or
/// their role reads nothing any more.
pub(crate) fn again(engine: &Engine, before: &Caller) -> Result<Option<Caller>, Problem> {
    let found = look(engine, |look| match before.way() {
        Way::Token { hash, .. } => Ok(tokens::of_hash(look, hash)?.map(|(caller, _)| caller)),
        Way::Session { hash, .. } => {
            let found = sessions::signed_in(look, hash)?;
            Ok(found.map(|(actor, session)| {
                Caller::new(actor, before.way().clone(), Some(session.ends()))
            }))
        }
        Way::Build(_) => {
            let live = before.until().is_none_or(|end| look.now < end);
            Ok(live.then(|| before.clone()))
        }
    })?;
    Ok(found.filter(|caller| Door::Reading.opens(&caller.actor())))
}
