//! People change the rules: a stronger rule goes in at once, a weaker one by those who answer for it, or after one of them said yes to
//! exactly that.

use super::known::Known;
use super::{Ask, command, pick};
use crate::chance::Chance;
use crate::trial::company::{self, VALID};
use tidegate_core::command::Command;
use tidegate_core::digest::Digest;
use tidegate_core::spec::{Origins, Spec, concerned, handed_over, loosened};
use tidegate_core::stream::config::{self, Weakened};
use tidegate_core::time::Timestamp;
use tidegate_engine::{Apply, Engine};

/// A configuration of the company.
struct Rule {
    hours: u64,
    digest: Digest,
    spec: Spec,
    origins: Origins,
}

/// Every configuration that anybody brings in.
pub(in crate::trial) struct Rules(Vec<Rule>);

impl Rules {
    pub(super) fn new(now: Timestamp) -> Result<Self, String> {
        let rule = |hours: u64| {
            let (spec, origins) = company::company(now, hours)?;
            let digest = spec.digest().map_err(|e| e.to_string())?;
            Ok(Rule {
                hours,
                digest,
                spec,
                origins,
            })
        };
        VALID
            .into_iter()
            .map(rule)
            .collect::<Result<_, String>>()
            .map(Self)
    }

    /// By digest, for how many hours a yes is good.
    pub(in crate::trial) fn hours(&self) -> impl Iterator<Item = (Digest, u64)> {
        self.0.iter().map(|rule| (rule.digest.clone(), rule.hours))
    }

    /// The configuration with which a trial begins.
    pub(in crate::trial) fn first(&self) -> Option<Apply> {
        let rule = self.0.get(1)?;
        Some(Apply {
            spec: rule.spec.clone(),
            origins: rule.origins.clone(),
            commit: None,
            reason: None,
            parent: None,
            changes: Vec::new(),
            weakens: Vec::new(),
            owned: Vec::new(),
        })
    }

    /// Somebody proposes a rule, or brings one in.
    pub(super) fn change(&self, server: &Engine, chance: &mut Chance) -> Option<Ask> {
        let rule = self.0.get(pick(chance, self.0.len()))?;
        Some(match chance.happens(5_000) {
            true => rule.applied(server),
            false => rule.proposed(server),
        })
    }

    /// Somebody answers a proposal, or brings in what was proposed.
    pub(super) fn answer(
        &self,
        server: &Engine,
        known: &Known,
        chance: &mut Chance,
    ) -> Option<Ask> {
        let one = known.proposals.get(pick(chance, known.proposals.len()))?;
        let reason = "we talked about it".to_owned();
        let answer = |command: config::Command| Some(super::command(Command::Config { command }));
        match chance.below(10) {
            0..5 => answer(config::Command::Approve {
                digest: one.digest.clone(),
                reason,
            }),
            5 => answer(config::Command::Reject {
                digest: one.digest.clone(),
                reason,
            }),
            _ => {
                let rule = self.0.iter().find(|rule| rule.digest == one.digest)?;
                Some(rule.applied(server))
            }
        }
    }
}

impl Rule {
    fn applied(&self, server: &Engine) -> Ask {
        let before = server.in_force();
        Ask::Apply(Box::new(Apply {
            spec: self.spec.clone(),
            origins: self.origins.clone(),
            commit: None,
            reason: Some("we talked about it".to_owned()),
            parent: before.digest.clone(),
            changes: Vec::new(),
            weakens: Vec::new(),
            owned: tidegate_config::owned(&before.spec, &self.spec),
        }))
    }

    fn proposed(&self, server: &Engine) -> Ask {
        let before = server.in_force();
        command(Command::Config {
            command: config::Command::Propose {
                digest: self.digest.clone(),
                parent: before.digest.clone(),
                reason: "nights are long".to_owned(),
                changes: Vec::new(),
                weakens: Vec::new(),
                weakened: Weakened {
                    loosens: loosened(&before.spec, &self.spec),
                    hands_over: handed_over(&before.spec, &self.spec),
                    owned: tidegate_config::owned(&before.spec, &self.spec),
                },
                concerns: concerned(&before.spec, &self.spec),
            },
        })
    }
}
