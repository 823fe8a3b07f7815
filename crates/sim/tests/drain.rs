//! A long line drains through the real server, which is killed and started again in the middle: limit and order hold all the same.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use tidegate_core::command::Command;
use tidegate_core::id::{EnvId, ReleaseId};
use tidegate_core::queue::{Priority, Request};
use tidegate_core::spec::{Origins, Spec};
use tidegate_core::stream::release;
use tidegate_core::time::{Millis, Timestamp};
use tidegate_sim::World;

/// How many wait; more than are read at one look.
const MANY: usize = 45;
/// How many may go at a time.
const PLACES: usize = 3;

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// `dev` takes three at a time and is frozen until the 4th.
fn company(now: Timestamp) -> (Spec, Origins) {
    let mut text = format!(
        "tidegate: 1\ncompany: Example\nzone: UTC\n---\nteams:\n  a: {{ members: [ana] }}\n---\nenvironments:\n  dev:\n    tier: test\n    \
         at-most: {PLACES}\n---\nfreeze: close\nwhy: The books are closed\nfrom: 2026-11-02\nuntil: 2026-11-04\nenvironments: [dev]\n---\n\
         pipeline: standard\npath: [dev]\nstrategy: {{ default: recreate }}\nwatch: 1m\n"
    );
    for n in 0..MANY {
        let port = 10_000 + n;
        write!(
            text,
            "---\nservice: s{n}\nowner: a\npipeline: standard\nrun: {{ command: [./serve, $PORT], port: {port} }}\n"
        )
        .expect("text is written");
    }
    let files = tidegate_config::Files::of([("tidegate.yaml", text.as_str())]);
    let loaded = tidegate_config::load_at(&files, now);
    let text = tidegate_config::render(&loaded.diagnostics, &files, false);
    (loaded.spec.expect(&text), loaded.origins)
}

/// What happened to the line: who started in which order, and how many were under way at most and are now.
#[derive(Debug, Default)]
struct Told {
    started: Vec<String>,
    most: usize,
    now: BTreeSet<String>,
}

fn told(world: &World) -> Told {
    let mut told = Told::default();
    let mut names = std::collections::BTreeMap::new();
    for entry in world.entries_after(0).expect("the ledger is read") {
        let stream = entry.stream.to_string();
        let kind = entry.kind.split('/').next().unwrap_or_default().to_owned();
        match kind.as_str() {
            "deployment.proposed" => {
                let body: serde_json::Value =
                    serde_json::from_str(entry.body.as_deref().unwrap_or_default()).expect("JSON");
                let service = body["plan"]["body"]["service"].as_str().expect("a service");
                names.insert(stream, service.to_owned());
            }
            "deployment.gates_passed" => {
                told.started.push(names[&stream].clone());
                told.now.insert(stream);
                told.most = told.most.max(told.now.len());
            }
            "deployment.succeeded" | "deployment.rolled_back" => {
                told.now.remove(&stream);
            }
            _ => {}
        }
    }
    told
}

#[test]
fn a_server_that_is_killed_in_the_middle_of_a_drain_keeps_limit_and_order() {
    let start = at("2026-11-02T08:00:00Z");
    let (spec, origins) = company(start);
    let folder = std::env::temp_dir().join("tidegate-drain-of-small-releases");
    let mut world = World::new(&spec, start, 7, folder).expect("a world");
    world
        .configure("rita", spec, origins)
        .expect("the configuration is taken");
    for n in 0..MANY {
        let id: ReleaseId = format!("s{n}@1.0.0").parse().expect("a release");
        world.release("ana", &id).expect("it is made");
        let high = n % 9 == 8;
        let command = release::Command::Promote {
            to: EnvId::new("dev").expect("a name"),
            reason: "the change is ready".to_owned(),
            request: Request {
                priority: if high {
                    Priority::High
                } else {
                    Priority::Normal
                },
                ..Request::PLAIN
            },
        };
        world
            .ask("ana", Command::Release { id, command })
            .expect("it is taken");
        let next = Millis::secs(10).after(world.now());
        world.run_until(next).expect("it goes on");
    }
    assert!(told(&world).started.is_empty(), "the freeze holds");
    // The freeze lifts; the server is killed again and again while some are under way and others wait.
    world
        .run_until(at("2026-11-04T00:00:05Z"))
        .expect("it goes on");
    let mut killed = 0;
    for _ in 0..MANY * 20 {
        let told = told(&world);
        if told.started.len() == MANY && told.now.is_empty() {
            break;
        }
        if told.now.len() == PLACES && killed < 4 && told.started.len() > killed * 8 {
            world.restart().expect("it starts again");
            killed += 1;
        }
        let next = Millis::secs(5).after(world.now());
        world.run_until(next).expect("it goes on");
    }
    let told = told(&world);
    assert_eq!(killed, 4);
    assert_eq!(told.most, PLACES);
    let rank = |name: &String| -> (bool, usize) {
        let n: usize = name[1..].parse().expect("a number");
        (n % 9 != 8, n)
    };
    let ranks: Vec<_> = told.started.iter().map(rank).collect();
    assert_eq!(ranks.len(), MANY, "nobody is lost: {ranks:?}");
    assert!(ranks.is_sorted(), "priority, then age: {ranks:?}");
}
