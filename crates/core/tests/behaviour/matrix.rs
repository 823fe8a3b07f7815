//! Every phase and every command of every stream: what follows, or the refusal as people read it.
//!
//! A new arm of a decider shows here; a change of this table is a change of behaviour and is read as one.

use crate::phases::{self, Reached, short};
use crate::world::company::{bits, env, release as id_of};
use crate::world::story::{Story, broken, done, errors, failed, rita};
use std::fmt::Write as _;
use tidegate_core::actor::Actor;
use tidegate_core::command::Command as Any;
use tidegate_core::decider::Wake;
use tidegate_core::digest::Digest;
use tidegate_core::gate::Purpose;
use tidegate_core::id::{ActionId, DeploymentId, Ids};
use tidegate_core::stream::deployment::{Command, Seen};
use tidegate_core::stream::{artifact, config, environment, release};
use tidegate_core::work::Outcome;

pub fn why() -> String {
    "a reason".to_owned()
}

/// The answer to one command on a copy of the story: new facts and the phase, or the refusal with its way out.
fn answer(story: &Story, command: Any, phase: impl Fn(&Story) -> String) -> String {
    let mut story = story.clone();
    let before = story.ledger.entries.len();
    // Sent as the system: what roles may do is another table.
    let answer = story.ledger.one(Actor::system(), command);
    let text = match answer {
        Err(refusal) => format!("NO  {refusal}  [{}]", refusal.help()),
        Ok(_) if story.ledger.entries.len() == before => format!("=   {}", phase(&story)),
        Ok(_) => {
            let kinds = story.ledger.kinds(before).join(" ");
            format!("->  {}  ({kinds})", phase(&story))
        }
    };
    without_ids(&text)
}

/// Ids and digests are made; a table shows that they are there, not which.
fn without_ids(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = ["dep_", "act_", "sha256:"]
        .iter()
        .filter_map(|prefix| rest.find(prefix).map(|at| (at, prefix.len())))
        .min()
    {
        let (at, prefix) = at;
        out.push_str(&rest[..at + prefix]);
        out.push('…');
        rest = rest[at + prefix..].trim_start_matches(|c: char| c.is_ascii_alphanumeric());
    }
    out + rest
}

pub fn table<'a>(
    phases: &'a [(&'static str, Reached)],
    commands: impl Fn(&'a Story, &'a str) -> Vec<(&'static str, Any)>,
    phase: impl Fn(&Story, &str) -> String,
) -> String {
    let mut out = String::new();
    for (name, (story, id)) in phases {
        let _ = writeln!(out, "{name}");
        for (command, any) in commands(story, id) {
            let text = answer(story, any, |s| phase(s, id));
            let _ = writeln!(out, "  {command:<22} {text}");
        }
    }
    out
}

fn reports(story: &Story) -> Vec<(&'static str, Command)> {
    let report = |action: ActionId, epoch, outcome| Command::Report {
        action,
        epoch,
        outcome,
    };
    let nobody = Ids::new(
        &tidegate_core::id::CommandId("x".to_owned()),
        story.ledger.now,
    )
    .action();
    let Some((action, queued)) = story.ledger.actions.iter().next() else {
        return vec![("report done", report(nobody, 1, done()))];
    };
    let epoch = queued.lease.epoch;
    let say = |outcome: Outcome| report(action.clone(), epoch, outcome);
    vec![
        ("report done", say(done())),
        ("report failed", say(failed())),
        ("report broken", say(broken())),
        (
            "report, older lease",
            report(action.clone(), epoch - 1, done()),
        ),
    ]
}

fn deployment_commands(story: &Story, id: &str) -> Vec<(&'static str, Any)> {
    let plan = story
        .plan("web@1.2.0", "staging", Purpose::Promote)
        .unwrap();
    let propose = Command::Propose {
        plan: Box::new(plan),
        purpose: Purpose::Promote,
        reason: why(),
        request: tidegate_core::queue::Request::PLAIN,
    };
    let figures = |new, old| Command::Observe {
        seen: Seen::Figures {
            samples: errors(new, old),
            evidence: None,
        },
    };
    let crash = Command::Observe {
        seen: Seen::CrashLoop {
            key: story
                .state(id)
                .facts
                .map_or_else(String::new, |f| f.plan.body.to.key),
            because: "exited 3 times in 12 s".to_owned(),
            log: Vec::new(),
        },
    };
    let mut commands = vec![("propose", propose), ("wake", Command::Wake)];
    commands.extend(reports(story));
    commands.extend([
        ("figures, healthy", figures((2_000, 2), (18_000, 20))),
        ("figures, too few", figures((10, 0), (90, 0))),
        ("figures, regressed", figures((2_000, 400), (18_000, 20))),
        ("crash loop", crash),
        ("pause", Command::Pause { reason: why() }),
        ("resume", Command::Resume),
        ("advance", Command::Advance { reason: why() }),
        ("abort", Command::Abort { reason: why() }),
        ("settle", Command::Settle { reason: why() }),
        (
            "refuse to sign",
            Command::RefuseToSign {
                plan: tidegate_core::digest::Digest::of(b"another plan"),
                reason: why(),
            },
        ),
        ("supersede", Command::Supersede { because: why() }),
    ]);
    let id = DeploymentId::parse(id).unwrap();
    commands
        .into_iter()
        .map(|(name, command)| {
            let id = id.clone();
            (name, Any::Deployment { id, command })
        })
        .collect()
}

/// The agent has what is wanted, so that every kind of report can be made.
fn leased() -> Vec<(&'static str, Reached)> {
    let mut phases = phases::deployments();
    for (_, (story, _)) in &mut phases {
        if let Some((action, _)) = story.wanted() {
            story.ledger.lease_to(&action, "local");
        }
    }
    phases
}

#[test]
fn every_command_in_every_phase_of_a_deployment() {
    let phases = leased();
    insta::assert_snapshot!(table(&phases, deployment_commands, |story, id| short(
        &story.state(id).phase
    )));
}

#[test]
fn every_unfinished_deployment_has_a_wake_up_and_every_finished_one_has_none() {
    let exists = |(name, _): &(&str, Reached)| *name != "absent";
    for (name, (story, id)) in phases::deployments().into_iter().filter(exists) {
        let ended = story.state(&id).phase.is_terminal();
        match story.wake(&id) {
            Wake::Next { at, because, .. } => {
                assert!(!ended, "{name} has ended and is woken");
                assert!(*at > story.ledger.now, "{name} is woken at once, for ever");
                assert!(!because.is_empty(), "{name} waits for something");
            }
            Wake::Never(_) => assert!(ended, "{name} is forgotten"),
            Wake::Rest(_) => panic!("{name} rests"),
        }
    }
}

#[test]
fn every_command_in_every_phase_of_an_artifact() {
    let commands = |_: &Story, id: &str| {
        let other = artifact::Command::Register {
            bits: bits("web@9.9.9"),
        };
        let commands = [
            ("register", artifact::Command::Register { bits: bits(id) }),
            ("register other bits", other),
            (
                "verify",
                artifact::Command::Verify {
                    by: "agent".to_owned(),
                },
            ),
            ("retire", artifact::Command::Retire { because: why() }),
            ("recall", artifact::Command::Recall { because: why() }),
        ];
        let id = id_of(id);
        commands
            .map(|(name, command)| {
                let id = id.clone();
                (name, Any::Artifact { id, command })
            })
            .into()
    };
    let phase = |story: &Story, id: &str| {
        let artifact: artifact::Artifact = story.ledger.view().load(id).unwrap();
        artifact.phase.name().to_owned()
    };
    insta::assert_snapshot!(table(&phases::artifacts(), commands, phase));
}

fn release_commands(story: &Story, id: &str) -> Vec<(&'static str, Any)> {
    let environment = env("staging");
    let stage = story.release_state(id).stages.get(&environment).cloned();
    let deployment = match stage {
        Some(
            release::Stage::Started { deployment, .. }
            | release::Stage::Done { deployment, .. }
            | release::Stage::Failed { deployment, .. },
        ) => deployment,
        None => Ids::new(
            &tidegate_core::id::CommandId("d".to_owned()),
            story.ledger.now,
        )
        .deployment(),
    };
    let at = || (environment.clone(), deployment.clone());
    let failed = |hold| {
        let (environment, deployment) = at();
        let because = why();
        release::Command::StageFailed {
            environment,
            deployment,
            because,
            hold,
        }
    };
    let (environment_, deployment_) = at();
    let started = release::Command::StageStarted {
        environment: environment_,
        deployment: deployment_,
    };
    let (environment_, deployment_) = at();
    let done = release::Command::StageDone {
        environment: environment_,
        deployment: deployment_,
    };
    let (environment_, deployment_) = at();
    let dropped = release::Command::StageDropped {
        environment: environment_,
        deployment: deployment_,
        because: why(),
    };
    let create = |artifact| release::Command::Create { artifact };
    let promote = |to| release::Command::Promote {
        to: env(to),
        reason: String::new(),
        request: tidegate_core::queue::Request::PLAIN,
    };
    let key = "1.1.0+c0ffee12".to_owned();
    let commands = [
        ("create", create(None)),
        ("create, same bits", create(Some(bits(id).digest))),
        ("create, other bits", create(Some(Digest::of(b"x")))),
        ("promote to staging", promote("staging")),
        ("promote to prod", promote("prod")),
        ("promote to nowhere", promote("moon")),
        ("unhold", release::Command::Unhold { reason: why() }),
        ("cancel", release::Command::Cancel { reason: why() }),
        (
            "exclude",
            release::Command::Scope {
                edits: vec![release::Edit::Exclude {
                    what: "refunds".to_owned(),
                }],
                reason: why(),
            },
        ),
        ("lock", release::Command::Lock { reason: why() }),
        ("unlock", release::Command::Unlock { reason: why() }),
        ("stage started", started),
        ("stage done", done),
        ("stage failed", failed(release::HoldScope::Nothing)),
        (
            "revision failed",
            failed(release::HoldScope::Revision { key }),
        ),
        ("release failed", failed(release::HoldScope::Release)),
        ("stage dropped", dropped),
    ];
    let id = id_of(id);
    commands
        .map(|(name, command)| {
            let id = id.clone();
            (name, Any::Release { id, command })
        })
        .into()
}

#[test]
fn every_command_in_every_phase_of_a_release() {
    let phase = |story: &Story, id: &str| story.release_state(id).phase.name().to_owned();
    insta::assert_snapshot!(table(&phases::releases(), release_commands, phase));
}

#[test]
fn every_command_in_every_phase_of_an_environment() {
    let open = crate::world::story::nothing();
    let mut held = open.clone();
    let hold = environment::Command::Hold {
        because: why(),
        until: None,
        lasting: None,
    };
    held.environment("prod", hold.clone()).unwrap();
    let commands = |_: &Story, id: &str| {
        let id = env(id);
        let unlock = environment::Command::Open { because: why() };
        let breaks = environment::Command::Break { because: why() };
        vec![
            (
                "hold",
                Any::Environment {
                    id: id.clone(),
                    command: hold.clone(),
                },
            ),
            (
                "open",
                Any::Environment {
                    id: id.clone(),
                    command: unlock,
                },
            ),
            (
                "break",
                Any::Environment {
                    id,
                    command: breaks,
                },
            ),
        ]
    };
    let phase = |story: &Story, id: &str| {
        let posture: environment::Environment = story.ledger.view().load(id).unwrap();
        posture.phase.name().to_owned()
    };
    let phases = [
        ("open", (open.clone(), "prod".to_owned())),
        ("held", (held, "prod".to_owned())),
        ("not configured", (open, "moon".to_owned())),
    ];
    insta::assert_snapshot!(table(&phases, commands, phase));
}

#[test]
fn every_command_in_every_phase_of_the_configuration() {
    let apply = |content: &str, parent: Option<&str>| config::Command::Apply {
        digest: Digest::of(content.as_bytes()),
        blob: Digest::of(content.as_bytes()),
        commit: None,
        reason: None,
        parent: parent.map(|p| Digest::of(p.as_bytes())),
        changes: Vec::new(),
        weakens: Vec::new(),
        weakened: config::Weakened::default(),
        concerns: std::collections::BTreeMap::new(),
    };
    let absent = crate::world::story::nothing();
    let mut applied = absent.clone();
    let command = apply("one", None);
    applied.ask(rita(), Any::Config { command }).unwrap();
    let one = || Digest::of(b"one");
    let reason = || "because".to_owned();
    let commands = |_: &Story, _: &str| {
        vec![
            (
                "propose what weakens nothing",
                Any::Config {
                    command: config::Command::Propose {
                        digest: one(),
                        parent: Some(one()),
                        reason: reason(),
                        changes: Vec::new(),
                        weakens: Vec::new(),
                        weakened: config::Weakened::default(),
                        concerns: std::collections::BTreeMap::new(),
                    },
                },
            ),
            (
                "approve what nobody proposed",
                Any::Config {
                    command: config::Command::Approve {
                        digest: one(),
                        reason: reason(),
                    },
                },
            ),
            (
                "reject what nobody proposed",
                Any::Config {
                    command: config::Command::Reject {
                        digest: one(),
                        reason: reason(),
                    },
                },
            ),
            (
                "apply upon nothing",
                Any::Config {
                    command: apply("two", None),
                },
            ),
            (
                "apply upon the first",
                Any::Config {
                    command: apply("two", Some("one")),
                },
            ),
            (
                "apply the same",
                Any::Config {
                    command: apply("one", Some("one")),
                },
            ),
            (
                "apply upon another",
                Any::Config {
                    command: apply("two", Some("zero")),
                },
            ),
        ]
    };
    let phase = |story: &Story, _: &str| {
        let config: config::Config = story.ledger.view().load(config::Config::KEY).unwrap();
        match config.phase {
            config::Phase::Absent => "absent".to_owned(),
            config::Phase::Applied { revision, .. } => format!("revision {revision}"),
        }
    };
    let phases = [
        ("absent", (absent, String::new())),
        ("applied", (applied, String::new())),
    ];
    insta::assert_snapshot!(table(&phases, commands, phase));
}
