//! What targets say: each change once, none of an older generation, none that nobody asked for, and no traffic to nothing.

use super::{Checked, Judge, env, wrong};
use crate::trial::host::{Change, Effect, Host};
use std::collections::BTreeMap;

impl Judge {
    /// What was changed at a target since the last look.
    pub(in crate::trial) fn effects(&mut self, env: &str, host: &Host) -> Checked {
        let from = self.read.insert(env.to_owned(), host.effects.len());
        for effect in host.effects.iter().skip(from.unwrap_or(0)) {
            self.counts.effects += 1;
            self.effect(effect)?;
        }
        for (lane, found) in &host.lanes {
            let weights = &found.route.weights;
            let sum: u32 = weights.values().sum();
            if sum != 10_000 && !weights.is_empty() {
                return Err(wrong("I4", format!("weights of {lane} sum to {sum}")));
            }
            let dark = |(key, weight): &(&String, &u32)| {
                **weight > 0 && found.running.get(*key).copied().unwrap_or(0) == 0
            };
            if let Some((key, weight)) = weights.iter().find(dark) {
                let how = format!("{lane} sends {weight} to {key}, of which nothing runs");
                return Err(wrong("I4", how));
            }
        }
        Ok(())
    }

    /// Only that no target goes back to an older generation.
    pub(in crate::trial) fn generations(&mut self, env: &str, host: &Host) -> Checked {
        let from = self.read.insert(env.to_owned(), host.effects.len());
        let mut new = host.effects.iter().skip(from.unwrap_or(0));
        new.try_for_each(|effect| self.generation(effect))
    }

    fn generation(&mut self, effect: &Effect) -> Checked {
        let (lane, generation) = (&effect.lane, effect.generation);
        let newest = self.generations.entry(lane.clone()).or_default();
        if generation < *newest {
            let how = format!(
                "{} of generation {generation} changed {lane} at {}, which had seen {newest}",
                effect.action, effect.at
            );
            return Err(wrong("I2", how));
        }
        *newest = generation;
        let owner = self.owners.entry((lane.clone(), generation));
        let owner = owner.or_insert_with(|| effect.deployment.clone());
        if self.strict && *owner != effect.deployment {
            let how = format!(
                "generation {generation} of {lane} is of {owner} and of {}",
                effect.deployment
            );
            return Err(wrong("I2", how));
        }
        Ok(())
    }

    fn effect(&mut self, effect: &Effect) -> Checked {
        self.generation(effect)?;
        let Effect {
            lane,
            action,
            deployment,
            ..
        } = effect;
        if !self.done.insert(action.clone()) {
            return Err(wrong("I3", format!("{action} changed {lane} twice")));
        }
        if self.asked.get(action) != Some(deployment) {
            let how = format!("{action} changed {lane}; the ledger does not know it");
            return Err(wrong("I7", how));
        }
        let Some(told) = self.told.get(deployment) else {
            return Ok(());
        };
        if let (Some((limit, withdrawn)), Change::Shifted { weights }) =
            (&told.back, &effect.change)
        {
            let share = weights.get(&told.to).copied().unwrap_or(0);
            let same = told.from.as_ref() == Some(&told.to);
            if share > *limit && !same && withdrawn.as_ref() != Some(action) {
                let how = format!(
                    "{deployment} goes back, and its share of {lane} rose from {limit} to {share}"
                );
                return Err(wrong("I5", how));
            }
        }
        Ok(())
    }
}

/// What a finished way back leaves behind.
pub(super) fn restored(
    id: &str,
    lane: &str,
    from: Option<&str>,
    hosts: &BTreeMap<String, &Host>,
) -> Checked {
    let Some(found) = hosts.get(env(lane)).and_then(|host| host.lanes.get(lane)) else {
        return Ok(());
    };
    let weights = &found.route.weights;
    let whole = match from {
        Some(from) => weights.get(from) == Some(&10_000) && weights.len() == 1,
        None => weights.is_empty(),
    };
    match whole {
        true => Ok(()),
        false => Err(wrong(
            "S8",
            format!("{id} went back to {from:?}, and {lane} has {weights:?}"),
        )),
    }
}
