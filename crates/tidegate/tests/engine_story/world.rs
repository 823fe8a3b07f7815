//! A running engine on a small tree, and an agent played by the test.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tidegate_core::actor::{Actor, Role};
use tidegate_core::command::Command;
use tidegate_core::digest::Digest;
use tidegate_core::gate::Purpose;
use tidegate_core::id::{CommandId, DeploymentId, EnvId};
use tidegate_core::refusal::Refusal;
use tidegate_core::step::Item;
use tidegate_core::stream::artifact::{self, Bits};
use tidegate_core::stream::deployment::{Deployment, Phase};
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

pub struct World {
    pub engine: Engine,
    pub admin: Actor,
    pub agent: Actor,
    pub n: std::cell::Cell<u64>,
    /// Counters of the played router, by revision.
    pub counters: std::cell::RefCell<BTreeMap<String, GroupStats>>,
    pub weights: std::cell::RefCell<BTreeMap<String, u32>>,
    pub store: Arc<dyn Store>,
    pub folder: tempfile::TempDir,
}

impl World {
    pub fn new() -> Self {
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
            admin: Actor::account("rita", Role::Admin),
            agent: Actor::machine("agent:local", Role::Agent { environments }),
            n: std::cell::Cell::new(0),
            counters: std::cell::RefCell::default(),
            weights: std::cell::RefCell::default(),
            store,
            folder,
        };
        let apply = Apply {
            spec,
            origins: loaded.origins,
            commit: Some("c0ffee1".into()),
            reason: None,
            parent: None,
            changes: vec![],
            weakens: vec![],
            owned: Vec::new(),
        };
        world
            .engine
            .apply_config(&world.admin, world.id(), apply)
            .unwrap();
        world
    }

    pub fn id(&self) -> CommandId {
        self.n.set(self.n.get() + 1);
        CommandId(format!("test-{}", self.n.get()))
    }

    pub fn send(&self, command: Command) -> Result<Receipt, Denied> {
        self.engine.submit(Item {
            id: self.id(),
            actor: self.admin.clone(),
            command,
        })
    }

    pub fn register(&self, release: &str) {
        let id: tidegate_core::id::ReleaseId = release.parse().unwrap();
        let bits = Bits {
            built_by: None,
            digest: Digest::of(release.as_bytes()),
            size: None,
            location: "/srv/a.tar.gz".into(),
            commit: None,
            repository: None,
            build: None,
            authors: Vec::new(),
            commits: None,
            migrates: None,
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

    pub fn ask(&self, release: &str, env: &str) -> Deploy {
        Deploy {
            release: release.parse().unwrap(),
            environment: EnvId::new(env).unwrap(),
            purpose: Purpose::Promote,
            reason: "test".into(),
            again: false,
            request: tidegate_core::queue::Request::PLAIN,
        }
    }

    pub fn deploy(&self, release: &str, env: &str) -> DeploymentId {
        let receipt = self
            .engine
            .deploy(&self.admin, self.id(), &self.ask(release, env))
            .unwrap();
        DeploymentId::parse(&receipt.subject).unwrap()
    }

    pub fn state(&self, id: &DeploymentId) -> Deployment {
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
    pub fn work(&self) {
        let request = LeaseRequest {
            environments: vec!["staging".into(), "prod-eu".into()],
            max: 8,
            wait_ms: 20,
            holding: None,
        };
        let reply = self
            .engine
            .lease(&self.agent, "local", &request, &Arc::default())
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
                        log: Vec::new(),
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

    pub fn serve(&self, key: &str, requests: u64, errors: u64) {
        let mut counters = self.counters.borrow_mut();
        let group = counters.entry(key.to_owned()).or_default();
        group.requests += requests;
        group.blocks += requests;
        group.errors += errors;
        group.error_blocks += errors;
    }

    pub fn observe(&self, route: &str) {
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

    pub fn until(
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

    pub fn confirmed(&self, id: &DeploymentId) {
        self.until(
            id,
            "confirmed",
            |d| matches!(d.phase, Phase::Confirmed { .. }),
            || {},
        );
    }
}
