//! Stories: given a history, when somebody asks for something, then these facts follow or it is refused.

use super::company::{bits, env, release, service};
use super::ledger::Ledger;
use super::target::Target;
use std::collections::BTreeSet;
use tidegate_core::actor::{Actor, Role};
use tidegate_core::analysis::{Counts, Figures, Sample};
use tidegate_core::command::Command;
use tidegate_core::gate::Purpose;
use tidegate_core::id::{ActionId, DeploymentId, ReleaseId, StreamId, StreamKind};
use tidegate_core::model::lane::Lane;
use tidegate_core::plan::{self, Plan, Revision, Wanted};
use tidegate_core::queue::Request;
use tidegate_core::refusal::Refusal;
use tidegate_core::spec::Resolved;
use tidegate_core::stream::artifact::{self, Artifact};
use tidegate_core::stream::deployment::{self, Deployment, Seen};
use tidegate_core::stream::{environment, release as rel};
use tidegate_core::time::Millis;
use tidegate_core::work::{Outcome, Work};

#[derive(Debug, Clone)]
pub struct Story {
    pub ledger: Ledger,
    pub target: Target,
    /// Entries before the newest `when`.
    mark: usize,
    answer: Result<String, Refusal>,
}

pub fn rita() -> Actor {
    Actor::account("rita", Role::Admin)
}

pub fn agent() -> Actor {
    Actor::machine(
        "agent:local",
        Role::Agent {
            environments: BTreeSet::from([env("staging"), env("prod"), env("far")]),
        },
    )
}

/// The company with nothing registered.
pub fn nothing() -> Story {
    Story {
        ledger: Ledger::new(),
        target: Target::default(),
        mark: 0,
        answer: Ok(String::new()),
    }
}

/// These releases are registered and made.
pub fn given(releases: &[&str]) -> Story {
    let mut story = nothing();
    for id in releases {
        story.register(id).expect("the artifact is registered");
        story.create(id).expect("the release is made");
    }
    story
}

/// `web@1.0.0` and `web@1.1.0` are made; the first runs in staging, proven.
pub fn running() -> Story {
    let mut story = given(&["web@1.0.0", "web@1.1.0", "web@1.2.0"]);
    story.deployed("web@1.0.0", "staging");
    story
}

impl Story {
    // Asking.

    pub fn ask(&mut self, actor: Actor, command: Command) -> Result<String, Refusal> {
        self.mark = self.ledger.entries.len();
        self.answer = self.ledger.submit(actor, command);
        self.answer.clone()
    }

    pub fn register(&mut self, id: &str) -> Result<String, Refusal> {
        let command = artifact::Command::Register { bits: bits(id) };
        self.artifact(id, command)
    }

    pub fn artifact(&mut self, id: &str, command: artifact::Command) -> Result<String, Refusal> {
        let id = release(id);
        self.ask(rita(), Command::Artifact { id, command })
    }

    pub fn create(&mut self, id: &str) -> Result<String, Refusal> {
        self.release(id, rel::Command::Create { artifact: None })
    }

    pub fn release(&mut self, id: &str, command: rel::Command) -> Result<String, Refusal> {
        let id = release(id);
        self.ask(rita(), Command::Release { id, command })
    }

    pub fn environment(
        &mut self,
        name: &str,
        command: environment::Command,
    ) -> Result<String, Refusal> {
        let id = env(name);
        self.ask(rita(), Command::Environment { id, command })
    }

    /// Nothing starts there until somebody opens it again.
    #[track_caller]
    pub fn held(&mut self, name: &str, because: &str) {
        let hold = environment::Command::Hold {
            because: because.to_owned(),
            until: None,
            lasting: None,
        };
        self.environment(name, hold).unwrap();
    }

    pub fn plan(&self, id: &str, to: &str, purpose: Purpose) -> Result<Plan, plan::NoPlan> {
        let id = release(id);
        let view = self.ledger.view();
        let artifact: Artifact = view.load(&id.to_string()).unwrap();
        let environment = env(to);
        let resolved = self
            .ledger
            .spec
            .resolve(&id.service, &environment)
            .expect("the company visits this environment");
        let revision = Revision::of(&id, &artifact, &resolved).expect("the service has a program");
        let spec = self.ledger.spec.digest().unwrap();
        let release: rel::Release = view.load(&id.to_string()).unwrap_or_default();
        let scope = release.agreed();
        let wanted = Wanted {
            to: revision,
            resolved: &resolved,
            spec,
            purpose,
            again: true,
            scope,
        };
        let plan = plan::plan(&wanted, &view.lane(&environment, &id.service))?;
        let (spec, shape) = (&self.ledger.spec, &plan.envelope.shape);
        let expected = view.expected(spec, &environment, &id.service, shape);
        Ok(plan.expecting(expected))
    }

    pub fn propose(&mut self, plan: Plan, purpose: Purpose) -> Result<String, Refusal> {
        self.propose_as(plan, purpose, Request::PLAIN)
    }

    pub fn propose_as(
        &mut self,
        plan: Plan,
        purpose: Purpose,
        request: Request,
    ) -> Result<String, Refusal> {
        let command = deployment::Command::Propose {
            plan: Box::new(plan),
            purpose,
            reason: "a reason".to_owned(),
            request,
        };
        self.ask(rita(), Command::Propose { command })
    }

    pub fn deploy(&mut self, id: &str, to: &str) -> Result<String, Refusal> {
        let plan = self.plan(id, to, Purpose::Promote).expect("a plan");
        self.propose(plan, Purpose::Promote)
    }

    /// Return to the earlier revision, exactly as it ran.
    pub fn roll_back(&mut self, name: &str, to: &str) -> Option<Result<String, Refusal>> {
        let (environment, service) = (env(to), service(name));
        let lane = self.lane(name, to);
        let earlier = lane.previous()?.revision.clone();
        let resolved = self.ledger.spec.resolve(&service, &environment).ok()?;
        let wanted = Wanted {
            to: earlier,
            resolved: &resolved,
            spec: self.ledger.spec.digest().unwrap(),
            purpose: Purpose::Rollback,
            again: false,
            scope: None,
        };
        let plan = plan::plan(&wanted, &lane).ok()?;
        Some(self.propose(plan, Purpose::Rollback))
    }

    pub fn deployment(
        &mut self,
        id: &str,
        command: deployment::Command,
    ) -> Result<String, Refusal> {
        let actor = match command {
            deployment::Command::Report { .. } | deployment::Command::Observe { .. } => agent(),
            deployment::Command::Wake | deployment::Command::Supersede { .. } => Actor::system(),
            _ => rita(),
        };
        let id = DeploymentId::parse(id).expect("a deployment id");
        self.ask(actor, Command::Deployment { id, command })
    }

    // Agents and sensors.

    /// The oldest wanted action.
    pub fn wanted(&self) -> Option<(ActionId, Work)> {
        let (id, queued) = self.ledger.actions.iter().next()?;
        Some((id.clone(), queued.work.clone()))
    }

    pub fn report(
        &mut self,
        action: &ActionId,
        epoch: u64,
        outcome: Outcome,
    ) -> Result<String, Refusal> {
        let work = self.ledger.actions.get(action).map(|q| q.work.clone());
        let id = work.expect("the action is wanted").deployment.to_string();
        let action = action.clone();
        let command = deployment::Command::Report {
            action,
            epoch,
            outcome,
        };
        self.deployment(&id, command)
    }

    /// The agent takes the oldest action and this is how it ends; `false` when none is wanted.
    pub fn agent_says(&mut self, outcome: Outcome) -> bool {
        let Some((action, _)) = self.wanted() else {
            return false;
        };
        let epoch = self.ledger.lease_to(&action, "local");
        self.report(&action, epoch, outcome)
            .expect("a report under the newest lease is taken");
        true
    }

    /// The agent carries out the oldest action; `false` when none is wanted.
    pub fn agent_works(&mut self) -> bool {
        let Some((_, work)) = self.wanted() else {
            return false;
        };
        let outcome = self.target.carry_out(&work);
        self.agent_says(outcome)
    }

    /// The agent carries out everything that is wanted now.
    pub fn agent_finishes(&mut self) {
        for _ in 0..300 {
            if !self.agent_works() {
                return;
            }
        }
        panic!("the agent is asked for work without end");
    }

    pub fn observe(&mut self, id: &str, seen: Seen) -> Result<String, Refusal> {
        self.deployment(id, deployment::Command::Observe { seen })
    }

    pub fn healthy(&mut self, id: &str) -> Result<String, Refusal> {
        let samples = errors((2_000, 2), (18_000, 20));
        self.observe(
            id,
            Seen::Figures {
                samples,
                evidence: None,
            },
        )
    }

    pub fn regressed(&mut self, id: &str) -> Result<String, Refusal> {
        let samples = errors((2_000, 400), (18_000, 20));
        self.observe(
            id,
            Seen::Figures {
                samples,
                evidence: None,
            },
        )
    }

    // Time.

    pub fn pass(&mut self, span: Millis) {
        self.ledger.pass(span);
    }

    /// The server is down for a while; what fell due meanwhile fires on its return.
    pub fn sleep(&mut self, span: Millis) {
        self.ledger.now = span.after(self.ledger.now);
        self.ledger.wake_due();
    }

    /// Agent and sensors do their work until the deployment's steps are done; every hold is healthy.
    pub fn succeeds(&mut self, id: &str) {
        for _ in 0..300 {
            self.agent_finishes();
            match self.phase(id) {
                "succeeded" | "closing" | "confirmed" => return,
                _ => {}
            }
            if self.is_judging(id) {
                self.healthy(id).unwrap();
            } else {
                self.pass(Millis::minutes(1));
            }
        }
        panic!("{id} does not succeed: {:#?}", self.state(id).phase);
    }

    /// Deployed, watched and proven.
    pub fn deployed(&mut self, release: &str, to: &str) -> String {
        let id = self
            .deploy(release, to)
            .expect("the deployment is accepted");
        self.succeeds(&id);
        self.pass(Millis::minutes(40));
        self.agent_finishes();
        assert_eq!(self.phase(&id), "confirmed");
        id
    }

    // Looking.

    pub fn state(&self, id: &str) -> Deployment {
        self.ledger.view().load(id).unwrap()
    }

    pub fn phase(&self, id: &str) -> &'static str {
        self.state(id).phase.name()
    }

    pub fn is_judging(&self, id: &str) -> bool {
        matches!(
            self.state(id).cursor(),
            Some((_, c)) if matches!(c.sub, deployment::Sub::Judging { .. })
        )
    }

    pub fn lane(&self, name: &str, to: &str) -> Lane {
        self.ledger.view().lane(&env(to), &service(name))
    }

    pub fn release_state(&self, id: &str) -> rel::Release {
        self.ledger.view().load(id).unwrap()
    }

    pub fn wake(&self, id: &str) -> &tidegate_core::decider::Wake {
        &self.ledger.wakes[&StreamId::new(StreamKind::Deployment, id)]
    }

    /// Facts since the newest question, in order and without version.
    #[track_caller]
    pub fn then(&self, kinds: &[&str]) -> &Self {
        if let Err(refusal) = &self.answer {
            panic!("refused: {refusal}");
        }
        assert_eq!(self.ledger.kinds(self.mark), kinds);
        self
    }

    /// The newest question was refused with this text somewhere in the answer or its way out.
    #[track_caller]
    pub fn refused(&self, text: &str) -> &Self {
        let refusal = self.answer.as_ref().expect_err("it is refused");
        let whole = format!("{refusal} | {}", refusal.help());
        assert!(whole.contains(text), "{whole}");
        assert_eq!(
            self.ledger.entries.len(),
            self.mark,
            "a refusal changes nothing"
        );
        self
    }
}

/// Figures of the error rate: (requests, errors) of the new and the old side, each request in a block of its own.
pub fn errors(new: (u64, u64), old: (u64, u64)) -> Vec<Sample> {
    let counts = |(requests, errors): (u64, u64)| Counts {
        requests,
        errors,
        blocks: requests,
        error_blocks: errors,
    };
    let figures = Figures::Errors {
        new: counts(new),
        old: counts(old),
        recent_new: Counts::default(),
        recent_old: Counts::default(),
        recent_ms: 0,
        base: tidegate_core::analysis::Base::Concurrent,
    };
    vec![Sample {
        metric: "error-rate".to_owned(),
        figures,
    }]
}

/// The revision of a release that was never registered, as `bits` describes it.
pub fn revision(id: &ReleaseId, resolved: &Resolved<'_>) -> Revision {
    let bits = bits(&id.to_string());
    let phase = artifact::Phase::Registered { bits };
    Revision::of(id, &Artifact { phase }, resolved).expect("the service has a program")
}

pub fn done() -> Outcome {
    let detail = "done".to_owned();
    Outcome::Done {
        detail,
        log: Vec::new(),
        output: None,
    }
}

pub fn failed() -> Outcome {
    Outcome::Failed {
        because: "the program ended with code 1".to_owned(),
        log: vec!["no such table".to_owned()],
        output: None,
    }
}

pub fn broken() -> Outcome {
    let because = "connection refused".to_owned();
    Outcome::Broken { because }
}
