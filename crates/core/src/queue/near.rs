//! The front of a long line: as many rows as a decision about the next places needs, and no more.
//!
//! A look at a deployment that waits costs the same whether ten wait or thousands. What is read here decides exactly as the whole
//! line would; when it cannot, more is read. People who ask for the line get the whole of it, from [`Line::of`].

use super::line::{Line, Me};
use crate::id::EnvId;
use crate::model::queue::{self, Row};
use crate::refusal::Refusal;
use crate::spec::Spec;
use crate::time::Timestamp;
use crate::view::View;
use std::collections::BTreeSet;

/// A line no longer than this is read whole.
const SHORT: usize = 32;
/// Rows of each bucket that are read first, and by how much more when they do not decide.
const FIRST: usize = 4;

impl<'a> Line<'a> {
    /// What competes with `me`, as far as it takes to tell who is given the next places; `me` is as given, or left out without row.
    ///
    /// # Errors
    /// A row that cannot be read.
    pub fn near(
        view: &dyn View,
        spec: &'a Spec,
        me: &Me<'_>,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let envs = spec.competing(me.env);
        if let Some(short) = Self::short(view, spec, (&envs, me), now)? {
            return Ok(short);
        }
        let mut most = FIRST;
        loop {
            let mut line = Self::empty(view, spec, &envs, now);
            for env in &envs {
                line.add(env, view.under_way(env)?, me);
                front(view, &mut line, env, me, most)?;
            }
            line.enter(me);
            if line.decides() {
                return Ok(line);
            }
            most = most.saturating_mul(4);
        }
    }

    fn short(
        view: &dyn View,
        spec: &'a Spec,
        (envs, me): (&BTreeSet<EnvId>, &Me<'_>),
        now: Timestamp,
    ) -> Result<Option<Self>, Refusal> {
        let mut line = Self::empty(view, spec, envs, now);
        let mut left = SHORT;
        for env in envs {
            let rows = view.queue_of(env, left + 1)?;
            let Some(rest) = left.checked_sub(rows.len()) else {
                return Ok(None);
            };
            left = rest;
            line.add(env, rows, me);
        }
        line.enter(me);
        Ok(Some(line))
    }
}

/// The first `most` of each bucket of those that could go now.
fn front(
    view: &dyn View,
    line: &mut Line<'_>,
    env: &EnvId,
    me: &Me<'_>,
    most: usize,
) -> Result<(), Refusal> {
    let prefix = format!("{env}/");
    let running = Row::running(env);
    let mut after: Option<String> = None;
    loop {
        // One more tells whether there are more, and one may be `me`.
        let rows = view.scan_after(Row::INDEX, &prefix, after.as_deref(), most + 2);
        let Some((first, _)) = rows.first().filter(|(key, _)| !key.starts_with(&running)) else {
            return Ok(());
        };
        let bucket = bucket(first).to_owned();
        let mut here = Vec::new();
        for (key, body) in rows.iter().filter(|(key, _)| key.starts_with(&bucket)) {
            let (id, row) = queue::read(env, key, body)?;
            if !row.could_go(line.now()) {
                // The next bucket could go even later.
                line.add(env, here, me);
                return Ok(());
            }
            if me.id != Some(&id) {
                here.push((id, row));
            }
        }
        let cut = here.len() > most;
        here.truncate(most);
        line.add(env, here, me);
        if cut {
            line.cut();
        }
        // `~` is beyond every digit and letter of a key.
        after = Some(format!("{bucket}~"));
    }
}

/// All of a key but age and deployment.
fn bucket(key: &str) -> &str {
    let mut ends = key.rmatch_indices('/');
    ends.next();
    ends.next().map_or(key, |(at, _)| &key[..=at])
}
