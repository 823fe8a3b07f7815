//! People, played: they release, decide, change their minds, and press the button again when nothing seems to happen.

mod known;
mod react;
mod rules;

use super::company::{CARRIED, ENVIRONMENTS, PEOPLE, SERVICES};
use crate::chance::Chance;
use crate::traffic::Behaviour;
use crate::world::{bits, person};
use known::Known;
use rules::Rules;
use tidegate_core::actor::Actor;
use tidegate_core::command::Command;
use tidegate_core::gate::Purpose;
use tidegate_core::id::{BadName, CommandId, EnvId, ReleaseId, ServiceId};
use tidegate_core::queue::Request;
use tidegate_core::spec::{FreezePolicy, Going, InFlight, Scope};
use tidegate_core::step::Item;
use tidegate_core::stream::deployment::Phase;
use tidegate_core::stream::{artifact, change, departure, environment, freeze, release};
use tidegate_core::time::{Millis, Timestamp};
use tidegate_engine::{Apply, Denied, Deploy, Engine, Receipt};

/// Something a person asks for. Sent again, it is the same command.
#[derive(Debug, Clone)]
pub(super) enum Ask {
    Command(Box<Command>),
    Deploy(Deploy),
    Apply(Box<Apply>),
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
                command: (**command).clone(),
            }),
            Ask::Apply(apply) => server.apply_config(&who, id, (**apply).clone()),
            Ask::Deploy(deploy) => server.deploy(&who, id, deploy),
            Ask::Back(service, env) => {
                server.roll_back(&who, id, (service, env), None, "it is slow since then")
            }
        }
    }
}

/// How a release behaves in each environment.
pub(super) type Behaves = (String, [Behaviour; 2]);

/// Something that is asked as it is sent.
fn command(command: Command) -> Ask {
    Ask::Command(Box::new(command))
}

/// The people of a trial.
pub(super) struct People {
    versions: u64,
    asked: u64,
    releases: Vec<ReleaseId>,
    rules: Rules,
}

impl People {
    pub(super) fn new(now: Timestamp) -> Result<Self, String> {
        Ok(Self {
            versions: 0,
            asked: 0,
            releases: Vec::new(),
            rules: Rules::new(now)?,
        })
    }

    /// The rules that there are, by digest of the configuration, with the hours for which a yes is good.
    pub(super) fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Somebody does something. Empty when there is nothing to do. Behaviours that come with a new release are said too.
    pub(super) fn act(
        &mut self,
        server: &Engine,
        now: Timestamp,
        chance: &mut Chance,
    ) -> (Vec<Asked>, Option<Behaves>) {
        let Ok(known) = known::known(server) else {
            return (Vec::new(), None);
        };
        // What waits for somebody is seen by somebody, often.
        if chance.happens(6_000)
            && let Some((who, ask)) = react::react(server, (&self.rules, &known), now, chance)
        {
            return (vec![self.asked(who, ask)], None);
        }
        let found = match chance.below(100) {
            0..35 => match self.release(&known, chance) {
                Ok((asked, behaviour)) => return (asked, Some(behaviour)),
                Err(_) => None,
            },
            35..43 => self.deploy(chance),
            43..64 => vote(server, &known, chance),
            64..77 => steer(server, &known, chance),
            77..82 => back(chance),
            82..85 => lock(chance),
            85..88 => freezing(server, now, chance),
            88..94 => self.emergency(chance),
            94..98 => self.rules.change(server, chance),
            _ => self.unhold(chance),
        };
        let who = one_of(chance, &PEOPLE);
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

    fn release(
        &mut self,
        known: &Known,
        chance: &mut Chance,
    ) -> Result<(Vec<Asked>, Behaves), BadName> {
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
        let mut commands = vec![
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
        // Mostly somebody thinks of the train; who does not waits for it at the gate.
        if let Some(next) = known.departures.first()
            && service == CARRIED
            && chance.happens(8_000)
        {
            commands.push(Command::Departure {
                id: next.clone(),
                command: departure::Command::Join {
                    release: id.clone(),
                    reason: String::new(),
                },
            });
        }
        self.releases.push(id.clone());
        let asked: Vec<Asked> = commands
            .into_iter()
            .map(|one| self.asked(who, command(one)))
            .collect();
        let mut behaviour = || match chance.below(10) {
            0 => Behaviour::NeverStarts,
            1 => Behaviour::Errors(9_000),
            2 => Behaviour::Errors(500),
            _ => Behaviour::Healthy,
        };
        Ok((asked, (id.to_string(), [behaviour(), behaviour()])))
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

    /// It cannot wait: what was released for `pay` lately is declared an emergency.
    fn emergency(&self, chance: &mut Chance) -> Option<Ask> {
        let mut pay = self
            .releases
            .iter()
            .rev()
            .filter(|r| r.service.as_str() == "pay");
        let release = pay.nth(pick(chance, 2))?.clone();
        Some(command(Command::Change {
            id: None,
            command: change::Command::Emergency {
                release,
                environment: EnvId::new("prod").ok()?,
                incident: "INC-31".to_owned(),
                reason: "people are charged twice".to_owned(),
                root_cause: None,
            },
        }))
    }

    fn unhold(&self, chance: &mut Chance) -> Option<Ask> {
        let reason = "it was not the release".to_owned();
        Some(command(Command::Release {
            id: self.one(chance)?,
            command: release::Command::Unhold { reason },
        }))
    }
}

fn vote(server: &Engine, known: &Known, chance: &mut Chance) -> Option<Ask> {
    use tidegate_core::stream::change::Command::{Approve, Reject};
    let id = known.changes.get(pick(chance, known.changes.len()))?;
    let subject = known::subject(server, id)?;
    let reason = "it was looked at".to_owned();
    let vote = match chance.happens(8_500) {
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
    Some(command(Command::Change {
        id: Some(id.clone()),
        command: vote,
    }))
}

fn steer(server: &Engine, known: &Known, chance: &mut Chance) -> Option<Ask> {
    use tidegate_core::stream::deployment::Command::{Abort, Advance, Pause, Resume, Settle};
    let id = known.live.get(pick(chance, known.live.len()))?;
    let state = known::deployment(server, id)?;
    let reason = "it looks odd".to_owned();
    let stuck = matches!(state.phase, Phase::NeedsHuman { .. });
    let order = match chance.below(10) {
        0 | 1 if stuck => Settle { reason },
        _ if stuck => Abort { reason },
        0 | 1 => Pause { reason },
        2..=5 => Resume,
        6 | 7 => Advance { reason },
        _ => Abort { reason },
    };
    Some(command(Command::Deployment {
        id: id.clone(),
        command: order,
    }))
}

fn back(chance: &mut Chance) -> Option<Ask> {
    let service = ServiceId::new(SERVICES[pick(chance, SERVICES.len())]).ok()?;
    let env = EnvId::new(ENVIRONMENTS[pick(chance, 2)]).ok()?;
    Some(Ask::Back(service, env))
}

fn lock(chance: &mut Chance) -> Option<Ask> {
    let because = "the network is being repaired".to_owned();
    let posture = match chance.below(3) {
        0 => environment::Command::Open { because },
        1 => environment::Command::Break { because },
        _ => environment::Command::Hold {
            because,
            until: None,
            lasting: Some(chance.between(Millis::minutes(5), Millis::minutes(300))),
        },
    };
    let id = EnvId::new(ENVIRONMENTS[pick(chance, 2)]).ok()?;
    Some(command(Command::Environment {
        id,
        command: posture,
    }))
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
    let (id, freeze) = match active.filter(|_| chance.happens(5_000)) {
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
    Some(command(Command::Freeze {
        id,
        command: freeze,
    }))
}

fn one_of<'a>(chance: &mut Chance, all: &[&'a str]) -> &'a str {
    all.get(pick(chance, all.len()))
        .copied()
        .unwrap_or_default()
}

fn pick(chance: &mut Chance, of: usize) -> usize {
    usize::try_from(chance.below(of as u64)).unwrap_or(0)
}
