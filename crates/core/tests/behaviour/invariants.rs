//! What holds whatever people, agents and time do in whatever order, judged after every single command.

use crate::in_time;
use crate::world::company::{canary, env, everywhere, strategy};
use crate::world::ledger::Ledger;
use crate::world::story::{Story, broken, failed, given};
use proptest::prelude::*;
use std::collections::BTreeMap;
use tidegate_core::decider::{Decider, Wake};
use tidegate_core::digest::canonical;
use tidegate_core::id::{Name, StreamId, StreamKind};
use tidegate_core::model::lane::{Lane, Running};
use tidegate_core::step::decode;
use tidegate_core::stream::artifact::{self, Artifact};
use tidegate_core::stream::change::Change;
use tidegate_core::stream::deployment::{Command, Deployment, Event, Phase, Seen, Way};
use tidegate_core::stream::environment::{self, Environment};
use tidegate_core::stream::release::{self, Release};
use tidegate_core::time::{Millis, Timestamp};
use tidegate_core::work::Task;

const RELEASES: [&str; 4] = ["web@1.0.0", "web@1.1.0", "api@1.0.0", "api@1.1.0"];
const PLACES: [&str; 2] = ["staging", "prod"];

/// One thing somebody does; numbers pick among what there is.
#[derive(Debug, Clone)]
enum Deed {
    Deploy(usize, usize),
    Return(usize, usize),
    Promote(usize, usize),
    AgentWorks,
    AgentSaysNo,
    AgentCannotTell,
    LateReport,
    TimePasses(u64),
    /// The server is down this long.
    ServerDown(u64),
    Healthy(usize),
    Regressed(usize),
    CrashLoop(usize),
    Person(usize, Command),
    Hold(usize),
    Open(usize),
    Unhold(usize),
    Retire(usize),
    Values(u8),
    Strategy(usize),
    /// Windows and freezes come and go.
    Calendar(usize),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let pick = 0_usize..8;
    let person = prop_oneof![
        Just(Command::Pause { reason: "r".into() }),
        Just(Command::Resume),
        Just(Command::Advance { reason: "r".into() }),
        Just(Command::Abort { reason: "r".into() }),
        Just(Command::Settle { reason: "r".into() }),
    ];
    let deed = prop_oneof![
        6 => (0_usize..4, 0_usize..2).prop_map(|(r, e)| Deed::Deploy(r, e)),
        1 => (0_usize..2, 0_usize..2).prop_map(|(s, e)| Deed::Return(s, e)),
        1 => (0_usize..4, 0_usize..2).prop_map(|(r, e)| Deed::Promote(r, e)),
        20 => Just(Deed::AgentWorks),
        1 => Just(Deed::AgentSaysNo),
        1 => Just(Deed::AgentCannotTell),
        1 => Just(Deed::LateReport),
        8 => prop_oneof![Just(1_000_u64), Just(30_000), Just(300_000), Just(700_000)].prop_map(Deed::TimePasses),
        1 => prop_oneof![Just(600_000_u64), Just(100_000_000)].prop_map(Deed::ServerDown),
        6 => pick.clone().prop_map(Deed::Healthy),
        2 => pick.clone().prop_map(Deed::Regressed),
        1 => pick.clone().prop_map(Deed::CrashLoop),
        3 => (pick, person).prop_map(|(n, c)| Deed::Person(n, c)),
        1 => (0_usize..2).prop_map(Deed::Hold),
        2 => (0_usize..2).prop_map(Deed::Open),
        2 => (0_usize..4).prop_map(Deed::Unhold),
        1 => (0_usize..4).prop_map(Deed::Retire),
        1 => any::<u8>().prop_map(Deed::Values),
        1 => (0_usize..4).prop_map(Deed::Strategy),
        2 => (0_usize..5).prop_map(Deed::Calendar),
    ];
    proptest::collection::vec(deed, 1..70)
}

/// An unfinished deployment.
fn live(story: &Story, n: usize) -> Option<String> {
    let rows: Vec<&String> = story
        .ledger
        .models
        .keys()
        .filter(|(model, _)| model == "live")
        .map(|(_, key)| key)
        .collect();
    (!rows.is_empty()).then(|| rows[n % rows.len()].clone())
}

fn person(story: &mut Story, n: usize, command: Command) {
    if let Some(id) = live(story, n) {
        let _ = story.deployment(&id, command);
    }
}

fn configure(story: &mut Story, deed: &Deed) {
    match deed {
        Deed::Values(n) => {
            for service in story.ledger.spec.services.values_mut() {
                let value = (n % 3).to_string();
                service.values = BTreeMap::from([("COLOUR".to_owned(), value)]);
                service.run.as_mut().unwrap().instances = u32::from(n % 4) + 1;
            }
        }
        Deed::Strategy(n) => {
            let names = ["canary", "blue-green", "rolling", "recreate"];
            everywhere(&mut story.ledger.spec, names[*n]);
        }
        Deed::Calendar(n) => in_time::configure(&mut story.ledger.spec, *n),
        _ => {}
    }
}

fn act(story: &mut Story, deed: &Deed) {
    match deed.clone() {
        Deed::Deploy(r, e) => drop(story.deploy(RELEASES[r], PLACES[e])),
        Deed::Return(s, e) => drop(story.roll_back(["web", "api"][s], PLACES[e])),
        Deed::Promote(r, e) => {
            let to = env(PLACES[e]);
            let _ = story.release(
                RELEASES[r],
                release::Command::Promote {
                    to,
                    reason: String::new(),
                    request: tidegate_core::queue::Request::PLAIN,
                },
            );
        }
        Deed::AgentWorks => drop(story.agent_works()),
        Deed::AgentSaysNo => drop(story.agent_says(failed())),
        Deed::AgentCannotTell => drop(story.agent_says(broken())),
        Deed::LateReport => {
            if let Some((action, _)) = story.wanted() {
                let late = story.ledger.lease_to(&action, "local");
                story.ledger.lease_to(&action, "other");
                assert!(story.report(&action, late, failed()).is_err());
            }
        }
        Deed::TimePasses(ms) => story.pass(Millis(ms)),
        Deed::ServerDown(ms) => story.sleep(Millis(ms)),
        Deed::Healthy(n) => drop(live(story, n).map(|id| story.healthy(&id))),
        Deed::Regressed(n) => drop(live(story, n).map(|id| story.regressed(&id))),
        Deed::CrashLoop(n) => {
            if let Some(id) = live(story, n) {
                let key = story.state(&id).facts.unwrap().plan.body.to.key;
                let (because, log) = ("exited".to_owned(), Vec::new());
                let _ = story.observe(&id, Seen::CrashLoop { key, because, log });
            }
        }
        Deed::Person(n, command) => person(story, n, command),
        Deed::Hold(e) => {
            let because = "r".to_owned();
            drop(story.environment(
                PLACES[e],
                environment::Command::Hold {
                    because,
                    until: None,
                    lasting: None,
                },
            ));
        }
        Deed::Open(e) => {
            let because = "r".to_owned();
            drop(story.environment(PLACES[e], environment::Command::Open { because }));
        }
        Deed::Unhold(r) => {
            let reason = "r".to_owned();
            drop(story.release(RELEASES[r], release::Command::Unhold { reason }));
        }
        Deed::Retire(r) => {
            let because = "r".to_owned();
            drop(story.artifact(RELEASES[r], artifact::Command::Retire { because }));
        }
        Deed::Values(_) | Deed::Strategy(_) | Deed::Calendar(_) => configure(story, deed),
    }
}

fn fold<D: Decider>(ledger: &Ledger, stream: &StreamId) -> String {
    let mut state = D::default();
    for entry in ledger.entries.iter().filter(|e| e.entry.stream == *stream) {
        let event: D::Event = decode(&entry.entry.kind, &entry.entry.body).unwrap();
        state.evolve(entry.at, &event);
    }
    canonical(&state).unwrap()
}

/// S2, S10 and the numbering of entries: what is stored is what the ledger says, and nobody is forgotten.
fn stored(ledger: &Ledger) {
    let mut revs: BTreeMap<&StreamId, u64> = BTreeMap::new();
    for entry in &ledger.entries {
        let rev = revs.entry(&entry.entry.stream).or_default();
        *rev += 1;
        assert_eq!(entry.entry.rev, *rev, "{:?}", entry.entry);
    }
    for (stream, row) in &ledger.states {
        assert_eq!(row.rev, revs[stream]);
        let folded = match stream.kind().unwrap() {
            StreamKind::Artifact => fold::<Artifact>(ledger, stream),
            StreamKind::Release => fold::<Release>(ledger, stream),
            StreamKind::Environment => fold::<Environment>(ledger, stream),
            StreamKind::Deployment => fold::<Deployment>(ledger, stream),
            StreamKind::Change => fold::<Change>(ledger, stream),
            kind => panic!("{kind:?}"),
        };
        assert_eq!(folded, row.body, "{stream} is not what its entries say");
        if stream.kind() == Some(StreamKind::Deployment) {
            let state: Deployment = serde_json::from_str(&row.body).unwrap();
            let waits = matches!(ledger.wakes[stream], Wake::Next { .. });
            assert_eq!(
                waits,
                !state.phase.is_terminal(),
                "{stream}: {:?}",
                state.phase
            );
        }
    }
}

/// What was seen so far, read entry by entry as an auditor would.
#[derive(Default)]
struct Audit {
    read: usize,
    /// Fold of every deployment.
    deployments: BTreeMap<String, Deployment>,
    /// Newest generation by lane.
    generations: BTreeMap<String, u64>,
    /// What ran when a deployment was proposed, by deployment.
    before: BTreeMap<String, Option<Running>>,
    lanes: BTreeMap<String, Lane>,
}

impl Audit {
    fn read(&mut self, ledger: &Ledger) {
        for entry in &ledger.entries[self.read..] {
            if entry.entry.stream.kind() == Some(StreamKind::Deployment) {
                let event: Event = decode(&entry.entry.kind, &entry.entry.body).unwrap();
                self.one(ledger, entry.entry.stream.key(), entry.at, &event);
            }
        }
        self.read = ledger.entries.len();
        for (key, lane) in &self.lanes {
            let stored = &ledger.models[&(Lane::MODEL.to_owned(), key.clone())];
            assert_eq!(&canonical(lane).unwrap(), stored, "S2: lane {key}");
        }
    }

    fn one(&mut self, ledger: &Ledger, id: &str, at: Timestamp, event: &Event) {
        let mut state = self.deployments.remove(id).unwrap_or_default();
        let before = state.phase.clone();
        assert!(!before.is_terminal(), "I8: {event:?} after {before:?}");
        state.evolve(at, event);
        let facts = state.facts.clone().expect("proposed first");
        let key = Lane::key(&facts.plan.body.environment, &facts.plan.body.service);
        let lane = self.lanes.entry(key.clone()).or_default();
        match event {
            Event::Proposed { plan, .. } => {
                let newest = self.generations.entry(key.clone()).or_default();
                assert!(plan.envelope.generation > *newest, "S7 {key}");
                *newest = plan.envelope.generation;
                self.before.insert(id.to_owned(), lane.running.clone());
            }
            Event::StepStarted { way, work, .. } => {
                self.shifted(*way, &work.task, &facts.plan.body.to.key);
            }
            Event::RolledBack { .. } => {
                let was = self.before[id].as_ref().map(|r| &r.revision);
                let mut after = lane.clone();
                after.apply(at, &facts.id, &state, event);
                let is = after.running.as_ref().map(|r| &r.revision);
                assert_eq!(is, was, "S8 {key}");
            }
            _ => {}
        }
        if let Event::GatesPassed { .. } = event {
            self.alone(&key, &facts.plan.body.environment.to_string());
            if !facts.purpose.is_return() {
                in_time::starts(&ledger.spec, &facts.plan.body, at);
            }
        }
        let lane = self.lanes.entry(key.clone()).or_default();
        lane.apply(at, &facts.id, &state, event);
        self.deployments.insert(id.to_owned(), state);
        self.one_change(&key);
    }

    /// I4 and I5: weights are whole, and on the way back the new side gets nothing.
    fn shifted(&self, way: Way, task: &Task, new: &str) {
        if let Task::Shift { weights } = task {
            let sum: u32 = weights.values().sum();
            assert!(weights.is_empty() || sum == 10_000, "I4: {weights:?}");
            let gets = weights.get(new).copied().unwrap_or(0);
            let only = weights.len() == 1 && gets == 10_000;
            // A new size has one side, which keeps all traffic.
            assert!(way != Way::Back || gets == 0 || only, "I5: {weights:?}");
        }
    }

    /// Where one thing at a time may change, a start finds nothing else changing.
    fn alone(&self, key: &str, environment: &str) {
        let prefix = format!("{environment}/");
        let others = self
            .lanes
            .iter()
            .filter(|(k, _)| *k != key && k.starts_with(&prefix));
        for (other, lane) in others {
            assert!(
                environment != "prod" || !lane.is_changing(),
                "lock: {key} starts beside {other}"
            );
        }
    }

    /// S3: at most one deployment changes a service in an environment.
    fn one_change(&self, key: &str) {
        let changing: Vec<&String> = self
            .deployments
            .iter()
            .filter(|(_, d)| {
                let body = &d.facts.as_ref().unwrap().plan.body;
                Lane::key(&body.environment, &body.service) == *key
            })
            .filter(|(_, d)| {
                matches!(
                    d.phase,
                    Phase::Running { .. } | Phase::RollingBack { .. } | Phase::NeedsHuman { .. }
                )
            })
            .map(|(id, _)| id)
            .collect();
        assert!(changing.len() <= 1, "S3 {key}: {changing:?}");
    }
}

/// When nobody disturbs any more, everything ends or waits for a named person.
fn settles(story: &mut Story) {
    for _ in 0..60 {
        story.agent_finishes();
        let Some(id) = (0..8).find_map(|n| live(story, n).filter(|id| story.is_judging(id))) else {
            if live(story, 0).is_none() {
                return;
            }
            story.sleep(Millis::minutes(8 * 60));
            continue;
        };
        story.healthy(&id).unwrap();
    }
}

/// Histories tried; `INVARIANT_CASES` asks for more.
fn cases() -> u32 {
    let wanted = std::env::var("INVARIANT_CASES").ok();
    wanted.and_then(|n| n.parse().ok()).unwrap_or(40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_in_whatever_order(deeds in deeds()) {
        let mut story = given(&RELEASES);
        let shape = canary(&[(1_000, 5), (5_000, 5), (10_000, 0)]);
        let name = Name::new("canary").unwrap();
        story.ledger.spec.strategies.insert(name, strategy(shape));
        let mut audit = Audit::default();
        for deed in &deeds {
            act(&mut story, deed);
            audit.read(&story.ledger);
        }
        stored(&story.ledger);
        settles(&mut story);
        audit.read(&story.ledger);
        stored(&story.ledger);
        for state in audit.deployments.values() {
            prop_assert!(
                state.phase.is_terminal() || matches!(state.phase, Phase::NeedsHuman { .. } | Phase::Gated { .. }),
                "liveness: {:?}", state.phase
            );
        }
    }
}
