//! People, played: they release, decide, change their minds, and press the button again when nothing seems to happen.

use super::company::{ENVIRONMENTS, PEOPLE, SERVICES};
use crate::chance::Chance;
use crate::traffic::Behaviour;
use crate::world::{bits, person};
use tidegate_core::actor::Actor;
use tidegate_core::command::Command;
use tidegate_core::gate::Purpose;
use tidegate_core::id::{BadName, CommandId, DeploymentId, EnvId, ReleaseId, ServiceId};
use tidegate_core::model::{change, listing};
use tidegate_core::queue::Request;
use tidegate_core::spec::{FreezePolicy, Going, InFlight, Scope};
use tidegate_core::step::Item;
use tidegate_core::stream::deployment::{Deployment, Phase};
use tidegate_core::stream::{artifact, environment, freeze, release};
use tidegate_core::time::{Millis, Timestamp};
use tidegate_core::view::View;
use tidegate_engine::{Denied, Deploy, Engine, Receipt};
use tidegate_ledger::{StoreError, TxView};

/// Something a person asks for. Sent again, it is the same command.
#[derive(Debug, Clone)]
pub(super) enum Ask {
    Command(Command),
    Deploy(Deploy),
    Back(ServiceId, EnvId),
}

/// An asked command with its id.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub id: CommandId,
    pub who: Actor,
    pub ask: Ask,
}

impl Asked {
    pub(super) fn send(&self, server: &Engine) -> Result<Receipt, Denied> {
        let (id, who) = (self.id.clone(), self.who.clone());
        match &self.ask {
            Ask::Command(command) => server.submit(Item {
                id,
                actor: who,
                command: command.clone(),
            }),
            Ask::Deploy(deploy) => server.deploy(&who, id, deploy),
            Ask::Back(service, env) => {
                server.roll_back(&who, id, (service, env), None, "it is slow since then")
            }
        }
    }
}

/// What people know about the ledger when they act.
struct Known {
    live: Vec<(DeploymentId, Deployment)>,
    changes: Vec<(change::Row, Option<tidegate_core::digest::Digest>)>,
}

fn known(server: &Engine) -> Result<Known, StoreError> {
    server.read(|rows| {
        let mut known = Known {
            live: Vec::new(),
            changes: Vec::new(),
        };
        let view = TxView::new(rows);
        for (id, _) in rows.scan(listing::LIVE, "", None, 100, false)? {
            if let Ok(id) = DeploymentId::parse(&id)
                && let Ok(state) = (&view as &dyn View).load(id.as_str())
            {
                known.live.push((id, state));
            }
        }
        for (id, body) in rows.scan(change::PENDING, "", None, 100, false)? {
            let Ok(row) = serde_json::from_str::<change::Row>(&body) else {
                continue;
            };
            let state: Option<tidegate_core::stream::change::Change> =
                (&view as &dyn View).load(&id).ok();
            let planned = state.and_then(|s| s.facts).and_then(|f| f.planned);
            known.changes.push((row, planned.map(|p| p.subject)));
        }
        Ok(known)
    })
}

/// How a release behaves in each environment.
pub(super) type Behaves = (String, [Behaviour; 2]);

/// The people of a trial.
pub(super) struct People {
    versions: u64,
    asked: u64,
    releases: Vec<ReleaseId>,
}

impl People {
    pub(super) fn new() -> Self {
        Self {
            versions: 0,
            asked: 0,
            releases: Vec::new(),
        }
    }

    /// Somebody does something. Empty when there is nothing to do. Behaviours that come with a new release are said too.
    pub(super) fn act(
        &mut self,
        server: &Engine,
        now: Timestamp,
        chance: &mut Chance,
    ) -> (Vec<Asked>, Option<Behaves>) {
        let Ok(known) = known(server) else {
            return (Vec::new(), None);
        };
        let kind = chance.below(100);
        let found = match kind {
            0..35 => match self.release(chance) {
                Ok((asked, behaviour)) => return (asked, Some(behaviour)),
                Err(_) => None,
            },
            35..45 => self.deploy(chance),
            45..70 => vote(&known, chance),
            70..85 => steer(&known, chance),
            85..90 => back(chance),
            90..94 => lock(chance),
            94..98 => freezing(server, now, chance),
            _ => self.unhold(chance),
        };
        let who = PEOPLE[pick(chance, PEOPLE.len())];
        let asked = found.map(|ask| self.asked(who, ask));
        (asked.into_iter().collect(), None)
    }

    fn asked(&mut self, who: &str, ask: Ask) -> Asked {
        self.asked += 1;
        Asked {
            id: CommandId(format!("asked-{}", self.asked)),
            who: person(who),
            ask,
        }
    }

    fn release(&mut self, chance: &mut Chance) -> Result<(Vec<Asked>, Behaves), BadName> {
        self.versions += 1;
        let service = SERVICES[pick(chance, SERVICES.len())];
        let id: ReleaseId = format!("{service}@1.{}.0", self.versions).parse()?;
        let to = EnvId::new(ENVIRONMENTS[usize::from(chance.happens(8_500))])?;
        let who = PEOPLE[pick(chance, PEOPLE.len())];
        let register = artifact::Command::Register { bits: bits(&id) };
        let promote = release::Command::Promote {
            to,
            reason: "the change is ready".to_owned(),
            request: Request::PLAIN,
        };
        let commands = [
            Command::Artifact {
                id: id.clone(),
                command: register,
            },
            Command::Release {
                id: id.clone(),
                command: release::Command::Create { artifact: None },
            },
            Command::Release {
                id: id.clone(),
                command: promote,
            },
        ];
        self.releases.push(id.clone());
        let asked = commands.map(|command| self.asked(who, Ask::Command(command)));
        let mut behaviour = || match chance.below(10) {
            0 => Behaviour::NeverStarts,
            1 => Behaviour::Errors(9_000),
            2 => Behaviour::Errors(500),
            _ => Behaviour::Healthy,
        };
        Ok((asked.into(), (id.to_string(), [behaviour(), behaviour()])))
    }

    fn one(&self, chance: &mut Chance) -> Option<ReleaseId> {
        let newest = self.releases.len().checked_sub(1)?;
        let back = pick(chance, newest.min(5) + 1);
        self.releases.get(newest - back).cloned()
    }

    fn deploy(&self, chance: &mut Chance) -> Option<Ask> {
        Some(Ask::Deploy(Deploy {
            release: self.one(chance)?,
            environment: EnvId::new(ENVIRONMENTS[pick(chance, 2)]).ok()?,
            purpose: Purpose::Promote,
            reason: "by hand".to_owned(),
            again: chance.happens(2_000),
            request: Request::PLAIN,
        }))
    }

    fn unhold(&self, chance: &mut Chance) -> Option<Ask> {
        let reason = "it was not the release".to_owned();
        Some(Ask::Command(Command::Release {
            id: self.one(chance)?,
            command: release::Command::Unhold { reason },
        }))
    }
}

fn vote(known: &Known, chance: &mut Chance) -> Option<Ask> {
    use tidegate_core::stream::change::Command::{Approve, Reject};
    let (row, subject) = known.changes.get(pick(chance, known.changes.len()))?;
    let subject = subject.clone()?;
    let reason = "it was looked at".to_owned();
    let command = match chance.happens(8_500) {
        true => Approve {
            subject,
            team: None,
            sign: None,
            instead_of: None,
            reason,
            signature: None,
        },
        false => Reject { subject, reason },
    };
    Some(Ask::Command(Command::Change {
        id: Some(row.id.clone()),
        command,
    }))
}

fn steer(known: &Known, chance: &mut Chance) -> Option<Ask> {
    use tidegate_core::stream::deployment::Command::{Abort, Advance, Pause, Resume, Settle};
    let (id, state) = known.live.get(pick(chance, known.live.len()))?;
    let reason = "it looks odd".to_owned();
    let stuck = matches!(state.phase, Phase::NeedsHuman { .. });
    let command = match chance.below(10) {
        0 | 1 if stuck => Settle { reason },
        _ if stuck => Abort { reason },
        0 | 1 => Pause { reason },
        2..=5 => Resume,
        6 | 7 => Advance { reason },
        _ => Abort { reason },
    };
    Some(Ask::Command(Command::Deployment {
        id: id.clone(),
        command,
    }))
}

fn back(chance: &mut Chance) -> Option<Ask> {
    let service = ServiceId::new(SERVICES[pick(chance, SERVICES.len())]).ok()?;
    let env = EnvId::new(ENVIRONMENTS[pick(chance, 2)]).ok()?;
    Some(Ask::Back(service, env))
}

fn lock(chance: &mut Chance) -> Option<Ask> {
    let because = "the network is being repaired".to_owned();
    let command = match chance.below(3) {
        0 => environment::Command::Open { because },
        1 => environment::Command::Break { because },
        _ => environment::Command::Hold {
            because,
            until: None,
            lasting: Some(chance.between(Millis::minutes(5), Millis::minutes(300))),
        },
    };
    let id = EnvId::new(ENVIRONMENTS[pick(chance, 2)]).ok()?;
    Some(Ask::Command(Command::Environment { id, command }))
}

fn freezing(server: &Engine, now: Timestamp, chance: &mut Chance) -> Option<Ask> {
    let held = server.read(|rows| rows.states(tidegate_core::id::StreamKind::Freeze, None, 20));
    let active = held
        .unwrap_or_default()
        .into_iter()
        .find_map(|(stream, row)| {
            let state: freeze::Freeze = serde_json::from_str(&row.body).ok()?;
            state.in_force()?;
            tidegate_core::freeze::FreezeId::new(stream.key()).ok()
        });
    let why = "the auditors are here".to_owned();
    let (id, command) = match active.filter(|_| chance.happens(5_000)) {
        Some(id) => (Some(id), freeze::Command::Lift { reason: why }),
        None => {
            let lasting = chance.between(Millis::minutes(10), Millis::minutes(600));
            let declare = freeze::Command::Declare {
                scope: Scope::default(),
                why,
                until: Some(lasting.after(now)),
                lasting: None,
                policy: FreezePolicy {
                    in_flight: InFlight::Finish,
                    rollbacks: Going::Go,
                    first_installs: Going::Wait,
                    let_through: Vec::new(),
                    exception_by: Vec::new(),
                },
            };
            (None, declare)
        }
    };
    Some(Ask::Command(Command::Freeze { id, command }))
}

fn pick(chance: &mut Chance, of: usize) -> usize {
    usize::try_from(chance.below(of as u64)).unwrap_or(0)
}
