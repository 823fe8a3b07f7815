//! A ledger that went back (a restore, a fail-over that lost the tail) and targets that did not: found by the generations that
//! agents say their targets have seen. Nothing is done in such an environment until an admin fenced it.

use crate::inbox::Receipt;
use crate::wire::LeaseRequest;
use crate::{Denied, Engine, Shared};
use tidegate_core::actor::Actor;
use tidegate_core::command::Command;
use tidegate_core::digest::{Digest, canonical};
use tidegate_core::id::{CommandId, EnvId, ServiceId};
use tidegate_core::refusal::Refusal;
use tidegate_core::step::Item;
use tidegate_core::stream::environment::{self, Generations};
use tidegate_ledger::{Rows, StoreError, TxView};

/// Is the ledger behind the targets of an environment?
pub(crate) fn is_behind(rows: &dyn Rows, environment: &EnvId) -> Result<bool, StoreError> {
    let view = TxView::new(rows);
    let behind = environment::is_behind(&view, environment);
    view.finish()?;
    Ok(behind)
}

impl Shared {
    /// Compare what an agent's target has seen with what the ledger knows, when it says something new.
    pub(crate) fn compare(
        &self,
        agent: &str,
        environments: &[EnvId],
        request: &LeaseRequest,
    ) -> Result<(), Denied> {
        let said = request.seen();
        if self.seen.knows(agent, &said) {
            return Ok(());
        }
        for env in environments {
            let ours = said.iter().filter(|((place, _), _)| place == env.as_str());
            let ours = ours.filter_map(|((_, service), generation)| {
                let service = ServiceId::new(service.clone()).ok()?;
                Some((service, *generation))
            });
            let ours: Generations = ours.collect();
            let ahead = self.read_view(|view| {
                let ahead = ours.iter().filter(|(service, generation)| {
                    view.lane(env, service).generation() < **generation
                });
                Ok(ahead.map(|(s, g)| (s.clone(), *g)).collect::<Generations>())
            })?;
            let Some((service, generation)) = ahead.first_key_value() else {
                continue;
            };
            let because = format!(
                "the target of agent {agent} has seen generation {generation} of {service}, which the ledger does not know: it went back"
            );
            self.distrust(env, because, ahead.clone())?;
        }
        self.seen.said(agent, said);
        Ok(())
    }

    fn distrust(&self, env: &EnvId, because: String, seen: Generations) -> Result<(), Denied> {
        tracing::error!(environment = %env, because, "nothing is done there until it is fenced");
        let head = self.store.read_with(|rows| rows.head())?;
        let command = Command::Environment {
            id: env.clone(),
            command: environment::Command::Distrust { because, seen },
        };
        let item = Item {
            id: CommandId(format!("behind/{env}/{}", head.seq)),
            actor: Actor::system(),
            command,
        };
        let fingerprint = crate::fingerprint(&item.command);
        match self.submit(item, fingerprint) {
            // Another agent said it at the same instant.
            Ok(_) | Err(Denied::KeyReused) => Ok(()),
            Err(no) => Err(no),
        }
    }
}

impl Engine {
    /// Nothing is done at the targets of these environments until each was fenced: the ledger may have gone back.
    ///
    /// # Errors
    /// It could not be written.
    pub fn distrust(&self, environments: &[EnvId], because: &str) -> Result<(), Denied> {
        environments.iter().try_for_each(|env| {
            self.shared
                .distrust(env, because.to_owned(), Generations::new())
        })
    }

    /// Go on in an environment from what its targets have seen, as its agent said.
    ///
    /// # Errors
    /// The typed "no": also when no agent said anything yet.
    pub fn fence(
        &self,
        who: &Actor,
        id: CommandId,
        env: &EnvId,
        because: &str,
    ) -> Result<Receipt, Denied> {
        // Over what was asked: what targets have seen may differ when it comes again.
        let asked = canonical(&("fence", env, because)).unwrap_or_default();
        let fingerprint = Digest::of(asked.as_bytes());
        if let Some(receipt) = self.shared.replayed(&id, &fingerprint)? {
            return Ok(receipt);
        }
        let said = self.shared.seen.generations(env);
        let behind = self.read(|rows| is_behind(rows, env))?;
        let said = match said {
            Some(said) => said,
            None if !behind => std::collections::BTreeMap::new(),
            None => {
                return Err(Refusal::Invalid {
                    because: format!("no agent of {env} has said yet what its targets have seen"),
                    help: format!("start the agent of {env}, then fence it"),
                }
                .into());
            }
        };
        let mut generations = Generations::new();
        for (service, generation) in said {
            generations.insert(ServiceId::new(service).map_err(Refusal::from)?, generation);
        }
        let command = environment::Command::Fence {
            because: because.to_owned(),
            generations,
        };
        let item = Item {
            id,
            actor: who.clone(),
            command: Command::Environment {
                id: env.clone(),
                command,
            },
        };
        self.shared.submit(item, fingerprint)
    }
}
