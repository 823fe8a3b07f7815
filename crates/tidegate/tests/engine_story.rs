//! Releases through a running engine, with an agent played by the test: what a person would see happen.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test ends at the first surprise"
)]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};
use tidegate_core::actor::{Actor, Role};
use tidegate_core::command::Command;
use tidegate_core::digest::Digest;
use tidegate_core::gate::Purpose;
use tidegate_core::id::{CommandId, DeploymentId, EnvId, StreamId, StreamKind};
use tidegate_core::refusal::Refusal;
use tidegate_core::step::Item;
use tidegate_core::stream::artifact::{self, Bits};
use tidegate_core::stream::deployment::{self, Deployment, Phase};
use tidegate_core::stream::release;
use tidegate_core::time::Millis;
use tidegate_core::view::View;
use tidegate_engine::wire::{LeaseRequest, Observed, Report, ReportState};
use tidegate_engine::{Apply, Denied, Deploy, Engine, Options, Receipt, SystemClock};
use tidegate_ledger::{MemoryStore, Store, TxView};
use tidegate_plugin::action::{ActionKind, Outcome};
use tidegate_plugin::actuator::{Observation, RouteObservation};
use tidegate_plugin::router::GroupStats;

const TREE: &str = r#"
tidegate: 1
company: Acme Pay
zone: Europe/Berlin
---
environments:
  staging: { tier: test }
  prod-eu: { tier: production, after: staging, one-at-a-time: true, port-offset: 100 }
---
strategy: quick
canary:
  - { to: 10%, hold: 300ms }
  - { to: 100% }
analysis: small
---
analysis: small
every: 1s
at-least: 20 requests
metrics:
  error-rate: { router: errors, better: lower, tolerate: +0.5pp, critical: true }
---
pipeline: standard
path: [staging, prod-eu]
strategy: { production: quick, default: recreate }
watch: 200ms
---
service: web
owner: web
run: { command: ./web, port: 8080, instances: 2 }
---
service: pay
owner: pay
run: { command: ./pay, port: 8081 }
---
strategy: one-by-one
rolling: { batch: 1, max-unavailable: 1 }
analysis: small
---
pipeline: watched
path: [staging]
strategy: { default: one-by-one }
watch: 30s
---
service: mail
owner: pay
pipeline: watched
run: { command: ./mail, port: 8082, instances: 2 }
---
teams: { web: {}, pay: {} }
"#;

struct World {
    engine: Engine,
    admin: Actor,
    agent: Actor,
    n: std::cell::Cell<u64>,
    /// Counters of the played router, by revision.
    counters: std::cell::RefCell<BTreeMap<String, GroupStats>>,
    weights: std::cell::RefCell<BTreeMap<String, u32>>,
    store: Arc<dyn Store>,
    _folder: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut options = Options::new(folder.path().join("blobs"));
        options.lease = Millis::secs(1);
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let engine = Engine::open(Arc::clone(&store), Arc::new(SystemClock), options).unwrap();
        let files = tidegate_config::Files(BTreeMap::from([(
            "tidegate.yaml".to_owned(),
            TREE.to_owned(),
        )]));
        let loaded = tidegate_config::load(&files);
        let text = tidegate_config::render(&loaded.diagnostics, &files, false);
        let spec = loaded.spec.unwrap_or_else(|| panic!("{text}"));
        let environments = spec.environments.keys().cloned().collect();
        let world = Self {
            engine,
            admin: Actor {
                name: "rita".into(),
                role: Role::Admin,
            },
            agent: Actor {
                name: "agent:local".into(),
                role: Role::Agent { environments },
            },
            n: std::cell::Cell::new(0),
            counters: std::cell::RefCell::default(),
            weights: std::cell::RefCell::default(),
            store,
            _folder: folder,
        };
        let apply = Apply {
            spec,
            origins: loaded.origins,
            commit: Some("c0ffee1".into()),
            parent: None,
            changes: vec![],
            weakens: vec![],
        };
        world
            .engine
            .apply_config(&world.admin, world.id(), apply)
            .unwrap();
        world
    }

    fn id(&self) -> CommandId {
        self.n.set(self.n.get() + 1);
        CommandId(format!("test-{}", self.n.get()))
    }

    fn send(&self, command: Command) -> Result<Receipt, Denied> {
        self.engine.submit(Item {
            id: self.id(),
            actor: self.admin.clone(),
            command,
        })
    }

    fn register(&self, release: &str) {
        let id: tidegate_core::id::ReleaseId = release.parse().unwrap();
        let bits = Bits {
            digest: Digest::of(release.as_bytes()),
            size: None,
            location: "/srv/a.tar.gz".into(),
            commit: None,
            repository: None,
            build: None,
        };
        self.send(Command::Artifact {
            id: id.clone(),
            command: artifact::Command::Register { bits },
        })
        .unwrap();
        self.send(Command::Release {
            id,
            command: release::Command::Create { artifact: None },
        })
        .unwrap();
    }

    fn ask(&self, release: &str, env: &str) -> Deploy {
        Deploy {
            release: release.parse().unwrap(),
            environment: EnvId::new(env).unwrap(),
            purpose: Purpose::Promote,
            reason: "test".into(),
            again: false,
        }
    }

    fn deploy(&self, release: &str, env: &str) -> DeploymentId {
        let receipt = self
            .engine
            .deploy(&self.admin, self.id(), &self.ask(release, env))
            .unwrap();
        DeploymentId::parse(&receipt.subject).unwrap()
    }

    fn state(&self, id: &DeploymentId) -> Deployment {
        self.engine
            .read(|rows| {
                let view = TxView::new(rows);
                let state = (&view as &dyn View).load(id.as_str()).unwrap();
                view.finish()?;
                Ok(state)
            })
            .unwrap()
    }

    /// The agent works off what there is, then says what it sees.
    fn work(&self) {
        let request = LeaseRequest {
            environments: vec!["staging".into(), "prod-eu".into()],
            max: 8,
            wait_ms: 20,
            holding: None,
        };
        let reply = self
            .engine
            .lease(&self.agent, "local", &request, &AtomicBool::new(false))
            .unwrap();
        for action in reply.actions {
            if let ActionKind::Shift { weights } = &action.kind {
                self.weights.borrow_mut().clone_from(weights);
            }
            let report = Report {
                action: action.id.clone(),
                epoch: action.epoch,
                state: ReportState::Ended {
                    result: Outcome::Done {
                        detail: "done".into(),
                    },
                },
            };
            // A repeated report is the same answer. Work of a stream that is set aside stays unreported.
            for _ in 0..2 {
                match self.engine.report(&self.agent, "local", &report) {
                    Ok(()) | Err(Denied::Refused(Refusal::Quarantined { .. })) => {}
                    Err(other) => panic!("{other}"),
                }
            }
        }
    }

    fn serve(&self, key: &str, requests: u64, errors: u64) {
        let mut counters = self.counters.borrow_mut();
        let group = counters.entry(key.to_owned()).or_default();
        group.requests += requests;
        group.blocks += requests;
        group.errors += errors;
        group.error_blocks += errors;
    }

    fn observe(&self, route: &str) {
        let groups = self.counters.borrow().clone();
        let route_seen = RouteObservation {
            router: "r1".into(),
            weights: self.weights.borrow().clone(),
            groups,
        };
        let observed = Observed {
            environments: vec!["staging".into(), "prod-eu".into()],
            seen: Observation {
                routes: BTreeMap::from([(route.to_owned(), route_seen)]),
                running: BTreeMap::new(),
            },
        };
        self.engine
            .observe(&self.agent, "local", &observed)
            .unwrap();
    }

    fn until(
        &self,
        id: &DeploymentId,
        what: &str,
        done: impl Fn(&Deployment) -> bool,
        mut meanwhile: impl FnMut(),
    ) {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let state = self.state(id);
            if done(&state) {
                return;
            }
            assert!(Instant::now() < end, "never {what}: {:?}", state.phase);
            self.work();
            meanwhile();
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn confirmed(&self, id: &DeploymentId) {
        self.until(
            id,
            "confirmed",
            |d| matches!(d.phase, Phase::Confirmed { .. }),
            || {},
        );
    }
}

#[test]
fn a_good_release_goes_through_and_a_bad_one_comes_back_and_stays_held() {
    let world = World::new();
    world.register("web@1.0.0");
    let first = world.deploy("web@1.0.0", "staging");
    world.confirmed(&first);
    let first = world.deploy("web@1.0.0", "prod-eu");
    world.confirmed(&first);
    let old = world.state(&first).facts.unwrap().plan.body.to.key.clone();

    world.register("web@1.1.0");
    let staged = world.deploy("web@1.1.0", "staging");
    world.confirmed(&staged);
    let bad = world.deploy("web@1.1.0", "prod-eu");
    let new = world.state(&bad).facts.unwrap().plan.body.to.key.clone();
    world.until(
        &bad,
        "rolled back",
        |d| matches!(d.phase, Phase::RolledBack { touched: true, .. }),
        || {
            world.serve(&old, 45, 0);
            world.serve(&new, 5, 1);
            world.observe("prod-eu/web");
        },
    );
    let Phase::RolledBack { cause, .. } = world.state(&bad).phase else {
        unreachable!()
    };
    assert!(cause.to_string().contains("REGRESSED"), "{cause}");
    assert_eq!(world.weights.borrow().get(&old), Some(&10_000));

    // Held: a promotion is refused with the reason and the way out, and a deployment waits at the gate.
    let promote = release::Command::Promote {
        to: EnvId::new("prod-eu").unwrap(),
    };
    let refused = world
        .send(Command::Release {
            id: "web@1.1.0".parse().unwrap(),
            command: promote,
        })
        .unwrap_err();
    assert!(
        matches!(&refused, Denied::Refused(Refusal::Invalid { help, .. }) if help.contains("unhold")),
        "{refused}"
    );
    let waiting = world.deploy("web@1.1.0", "prod-eu");
    assert!(matches!(world.state(&waiting).phase, Phase::Gated { .. }));
    let unhold = release::Command::Unhold {
        reason: "fixed upstream".into(),
    };
    world
        .send(Command::Release {
            id: "web@1.1.0".parse().unwrap(),
            command: unhold,
        })
        .unwrap();
    world.until(
        &waiting,
        "started",
        |d| matches!(d.phase, Phase::Running { .. }),
        || {},
    );
    assert_eq!(world.engine.counters().sweep_found, 0);
    world.engine.stop();
}

#[test]
fn errors_after_a_rolling_deployment_are_compared_with_what_the_old_version_did_before() {
    let world = World::new();
    world.register("mail@1.0.0");
    let first = world.deploy("mail@1.0.0", "staging");
    let succeeded = |d: &Deployment| matches!(d.phase, Phase::Succeeded { .. });
    world.until(&first, "succeeded", succeeded, || {});
    let old = world.state(&first).facts.unwrap().plan.body.to.key.clone();
    world.serve(&old, 2_000, 2);
    world.observe("staging/mail");

    world.register("mail@1.1.0");
    let second = world.deploy("mail@1.1.0", "staging");
    let new = world.state(&second).facts.unwrap().plan.body.to.key.clone();
    world.until(&second, "succeeded", succeeded, || {
        world.observe("staging/mail")
    });
    world.until(
        &second,
        "rolled back",
        |d| matches!(d.phase, Phase::RolledBack { touched: true, .. }),
        || {
            world.serve(&new, 50, 10);
            world.observe("staging/mail");
        },
    );
    let Phase::RolledBack { cause, .. } = world.state(&second).phase else {
        unreachable!()
    };
    let cause = cause.to_string();
    assert!(cause.contains("base: before all traffic moved"), "{cause}");
    assert_eq!(world.weights.borrow().get(&old), Some(&10_000));
    world.engine.stop();
}

#[test]
fn another_agent_or_another_folder_gets_no_work_while_the_owner_is_there() {
    let world = World::new();
    let ask = |name: &str, folder: &str| {
        let request = LeaseRequest {
            environments: vec!["staging".into()],
            max: 1,
            wait_ms: 0,
            holding: Some(LeaseRequest::held(folder, [])),
        };
        world
            .engine
            .lease(&world.agent, name, &request, &AtomicBool::new(false))
    };
    ask("one", "a").unwrap();
    for (name, folder) in [("one", "b"), ("two", "a")] {
        let refused = ask(name, folder).unwrap_err();
        assert!(
            matches!(refused, Denied::Refused(Refusal::AgentTaken { .. })),
            "{refused}"
        );
    }
    // A restarted server knows the owner.
    world.engine.stop();
    let options = Options::new(world._folder.path().join("blobs"));
    let engine = Engine::open(Arc::clone(&world.store), Arc::new(SystemClock), options).unwrap();
    let world = World { engine, ..world };
    let request = LeaseRequest {
        environments: vec!["staging".into()],
        max: 1,
        wait_ms: 0,
        holding: Some(LeaseRequest::held("a", [])),
    };
    let refused = world
        .engine
        .lease(&world.agent, "two", &request, &AtomicBool::new(false))
        .unwrap_err();
    assert_eq!(
        refused.to_string().split(", heard").next(),
        Some("staging is served by one")
    );
    world.engine.stop();
}

#[test]
fn a_promotion_walks_the_path_by_itself() {
    let world = World::new();
    world.register("web@1.0.0");
    let promote = release::Command::Promote {
        to: EnvId::new("prod-eu").unwrap(),
    };
    world
        .send(Command::Release {
            id: "web@1.0.0".parse().unwrap(),
            command: promote,
        })
        .unwrap();
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let state: release::Release = world
            .engine
            .read(|rows| Ok((&TxView::new(rows) as &dyn View).load("web@1.0.0").unwrap()))
            .unwrap();
        if matches!(state.phase, release::Phase::Released { .. }) {
            break;
        }
        assert!(Instant::now() < end, "{state:?}");
        world.work();
        std::thread::sleep(Duration::from_millis(10));
    }
    world.engine.stop();
}

#[test]
fn a_locked_environment_lets_the_second_wait_and_says_for_whom() {
    let world = World::new();
    for release in ["web@1.0.0", "pay@1.0.0"] {
        world.register(release);
        let staged = world.deploy(release, "staging");
        world.confirmed(&staged);
    }
    let first = world.deploy("web@1.0.0", "prod-eu");
    let second = world.deploy("pay@1.0.0", "prod-eu");
    let Phase::Gated { reports, .. } = world.state(&second).phase else {
        panic!("it did not wait")
    };
    let lock = reports.iter().find(|r| !r.outcome.passes()).unwrap();
    assert!(
        lock.title.contains("prod-eu is locked by web@1.0.0"),
        "{}",
        lock.title
    );
    world.confirmed(&first);
    world.confirmed(&second);
    world.engine.stop();
}

#[test]
fn the_same_key_is_the_same_deployment_and_another_body_is_refused() {
    let world = World::new();
    world.register("web@1.0.0");
    let ask = world.ask("web@1.0.0", "staging");
    let first = world
        .engine
        .deploy(&world.admin, CommandId("k".into()), &ask)
        .unwrap();
    let again = world
        .engine
        .deploy(&world.admin, CommandId("k".into()), &ask)
        .unwrap();
    assert_eq!(first.subject, again.subject);
    assert!(again.replayed);
    let other = world.ask("web@1.0.0", "prod-eu");
    assert!(matches!(
        world
            .engine
            .deploy(&world.admin, CommandId("k".into()), &other),
        Err(Denied::KeyReused)
    ));
    world.engine.stop();
}

#[test]
fn a_stream_that_cannot_be_read_is_set_aside_and_the_others_go_on() {
    let world = World::new();
    world.register("web@1.0.0");
    world.register("pay@1.0.0");
    let broken = world.deploy("web@1.0.0", "staging");
    let stream = StreamId::new(StreamKind::Deployment, broken.as_str());
    world
        .store
        .write_with(|tx| {
            let mut row = tx.state(&stream)?.unwrap();
            row.body = "{\"phase\":{\"phase\":\"from-another-time\"}}".to_owned();
            tx.put_state(&stream, &row)
        })
        .unwrap();
    let abort = deployment::Command::Abort {
        reason: "look".into(),
    };
    let refused = world
        .send(Command::Deployment {
            id: broken.clone(),
            command: abort,
        })
        .unwrap_err();
    assert!(
        matches!(refused, Denied::Refused(Refusal::Quarantined { .. })),
        "{refused}"
    );
    assert!(
        world
            .store
            .read_with(|rows| rows.quarantined(&stream))
            .unwrap()
            .is_some()
    );
    let other = world.deploy("pay@1.0.0", "staging");
    world.confirmed(&other);
    world.engine.stop();

    // Its entries are whole, so a server that opens the ledger folds the state again and the deployment goes on.
    let options = Options::new(world._folder.path().join("blobs"));
    let engine = Engine::open(Arc::clone(&world.store), Arc::new(SystemClock), options).unwrap();
    let world = World { engine, ..world };
    let none = world.store.read_with(|rows| rows.quarantines()).unwrap();
    assert!(none.is_empty(), "{none:?}");
    world.confirmed(&broken);
    world.engine.stop();
}

#[test]
fn states_saved_by_another_version_are_folded_again() {
    let world = World::new();
    world.register("web@1.0.0");
    let done = world.deploy("web@1.0.0", "staging");
    world.confirmed(&done);
    world.engine.stop();
    let stream = StreamId::new(StreamKind::Deployment, done.as_str());
    let before = world
        .store
        .write_with(|tx| {
            let row = tx.state(&stream)?.unwrap();
            let mut old = row.clone();
            old.fold += 1;
            old.body = "{}".to_owned();
            tx.put_state(&stream, &old)?;
            tx.put_model("folds", "", Some("{}"))?;
            Ok(row)
        })
        .unwrap();
    let options = Options::new(world._folder.path().join("blobs"));
    let engine = Engine::open(Arc::clone(&world.store), Arc::new(SystemClock), options).unwrap();
    let after = world.store.read_with(|rows| rows.state(&stream)).unwrap();
    assert_eq!(after, Some(before));
    engine.stop();
}

#[test]
fn refused_attempts_are_in_the_ledger_once_a_minute() {
    let world = World::new();
    world.register("web@1.0.0");
    let viewer = Actor {
        name: "vera".into(),
        role: Role::Viewer,
    };
    for n in 0..5 {
        let refused = world.engine.deploy(
            &viewer,
            CommandId(format!("v{n}")),
            &world.ask("web@1.0.0", "staging"),
        );
        assert!(matches!(
            refused,
            Err(Denied::Refused(Refusal::NotAllowed { .. }))
        ));
    }
    let entries = world
        .store
        .read_with(|rows| rows.entries_of(&StreamId::new(StreamKind::Access, "vera"), 1, 10))
        .unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].kind, "access.refused/1");
    world.engine.stop();
}

#[test]
fn a_reopened_engine_goes_on_where_it_was() {
    let world = World::new();
    world.register("web@1.0.0");
    let id = world.deploy("web@1.0.0", "staging");
    world.engine.stop();
    let options = Options::new(world._folder.path().join("blobs"));
    let engine = Engine::open(Arc::clone(&world.store), Arc::new(SystemClock), options).unwrap();
    let world = World { engine, ..world };
    world.confirmed(&id);
    assert_eq!(world.engine.counters().sweep_found, 0);
    world.engine.stop();
}
