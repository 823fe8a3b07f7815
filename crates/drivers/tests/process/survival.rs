//! The agent is killed; what runs goes on and is found again.

use crate::support::{
    Place, free_port, get, is_alive, kill, pids, prepare, program, scale, shift, unit, with,
};
use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};
use tidegate_plugin::{Action, Outcome, Unit, actuator::Observation};

/// An agent process without a server: the `host target` example.
struct Agent {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Agent {
    fn start(place: &Place) -> Self {
        let mut command = Command::new(program("host"));
        command
            .args(["target", "--root"])
            .arg(place.root())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (input, output) = (
            child.stdin.take(),
            BufReader::new(child.stdout.take().unwrap()),
        );
        let mut agent = Self {
            child,
            input,
            output,
        };
        assert_eq!(agent.line(), "ready");
        agent
    }

    fn say(&mut self, line: &str) {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line.trim().to_owned()
    }

    fn carry_out(&mut self, action: &Action) -> Outcome {
        self.say(&serde_json::to_string(action).unwrap());
        serde_json::from_str(&self.line()).unwrap()
    }

    fn observe(&mut self) -> Observation {
        self.say("observe");
        serde_json::from_str(&self.line()).unwrap()
    }

    fn kill(self) {
        drop(self);
    }

    /// Ends it by closing its input.
    fn end(mut self) {
        drop(self.input.take());
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn routed(version: &str, port: u16) -> Unit {
    Unit {
        port: Some(port),
        ..unit(version)
    }
}

fn get_now(port: u16) -> u16 {
    crate::support::runtime().block_on(get(port))
}

fn wait_for(what: &str, mut seen: impl FnMut() -> bool) {
    for _ in 0..500 {
        if seen() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    panic!("never seen: {what}")
}

#[test]
fn a_killed_agent_finds_its_instances_and_its_router_again_without_a_restart() {
    let place = Place::new();
    let port = free_port();
    let unit = routed("1.0.0", port);
    let mut agent = Agent::start(&place);
    assert!(matches!(
        agent.carry_out(&scale(&unit, 2)),
        Outcome::Done { .. }
    ));
    assert!(matches!(
        agent.carry_out(&shift(&[(&unit, 10_000)])),
        Outcome::Done { .. }
    ));
    let before = (
        pids(&place.root()),
        agent.observe().routes["prod/web"].router.clone(),
    );
    agent.kill();
    assert_eq!(get_now(port), 200, "traffic does not notice");
    let mut agent = Agent::start(&place);
    let seen = agent.observe();
    let revision = &seen.running["prod/web"][&unit.key];
    assert_eq!(
        (revision.wanted, revision.healthy, revision.exits),
        (2, 2, 0)
    );
    assert_eq!(
        (pids(&place.root()), seen.routes["prod/web"].router.clone()),
        before
    );
    assert_eq!(seen.routes["prod/web"].weights[&unit.key], 10_000);
    assert!(
        matches!(agent.carry_out(&scale(&unit, 2)), Outcome::Done { .. }),
        "and its work is done already"
    );
    assert_eq!(pids(&place.root()), before.0);
    agent.end();
    assert!(
        before.0.iter().all(|pid| is_alive(*pid)),
        "an agent that ends leaves everything running"
    );
    assert_eq!(
        (place.count("started"), place.count("router-started")),
        (2, 1)
    );
}

#[test]
fn an_instance_that_dies_while_there_is_no_agent_is_started_again_by_the_next_one() {
    let place = Place::new();
    let unit = unit("1.0.0");
    let mut agent = Agent::start(&place);
    agent.carry_out(&scale(&unit, 1));
    let first = pids(&place.root())[0];
    agent.kill();
    kill(first);
    let mut agent = Agent::start(&place);
    wait_for("a new start", || {
        let seen = agent.observe();
        let revision = &seen.running["prod/web"][&unit.key];
        revision.exits == 1 && revision.healthy == 1
    });
    agent.end();
}

#[test]
fn a_start_that_the_agents_death_interrupted_is_gone_on_with_when_it_is_leased_again() {
    let place = Place::new();
    let gate = place.dir.path().join("gate");
    let mut unit = with(unit("1.0.0"), &[("GATE", &gate.to_string_lossy())]);
    unit.command = [
        "sh",
        "-c",
        "while [ ! -e $GATE ]; do sleep 0.05; done; exec ./testserver",
    ]
    .map(str::to_owned)
    .to_vec();
    unit.health.deadline_ms = 30_000;
    let action = scale(&unit, 2);
    let mut agent = Agent::start(&place);
    agent.say(&serde_json::to_string(&action).unwrap());
    wait_for("two instances that wait", || pids(&place.root()).len() == 2);
    let before = pids(&place.root());
    agent.kill();
    let mut agent = Agent::start(&place);
    assert_eq!(
        agent.observe().running["prod/web"][&unit.key].wanted,
        0,
        "not counted before they are healthy"
    );
    std::fs::write(&gate, "").unwrap();
    assert!(matches!(agent.carry_out(&action), Outcome::Done { .. }));
    assert_eq!(pids(&place.root()), before, "the same processes");
    let seen = agent.observe();
    assert_eq!(seen.running["prod/web"][&unit.key].healthy, 2);
    agent.end();
    let seen: std::collections::BTreeSet<String> = place
        .effects()
        .into_iter()
        .filter(|(what, _)| what != "unpacked")
        .map(|(_, which)| which)
        .collect();
    assert_eq!(
        seen.len(),
        2,
        "two processes and no third, whichever agent noted them: {seen:?}"
    );
}

#[test]
fn a_program_that_lost_its_supervisor_is_replaced() {
    let place = Place::new();
    let unit = unit("1.0.0");
    let mut agent = Agent::start(&place);
    agent.carry_out(&scale(&unit, 1));
    let state = std::fs::read_to_string(
        place
            .root()
            .join("run/prod/web")
            .join(&unit.key)
            .join("0/state.json"),
    )
    .unwrap();
    let state: serde_json::Value = serde_json::from_str(&state).unwrap();
    kill(state["shim"]["pid"].as_i64().unwrap() as i32);
    wait_for("a new start", || {
        let seen = agent.observe();
        let revision = &seen.running["prod/web"][&unit.key];
        revision.exits == 1 && revision.healthy == 1
    });
    assert!(!is_alive(state["program"]["pid"].as_i64().unwrap() as i32));
    agent.end();
}

#[test]
fn a_preparation_that_the_agents_death_interrupted_is_ended_and_done_again_from_the_start() {
    let place = Place::new();
    let pid_file = place.dir.path().join("preparing");
    let mut unit = with(unit("1.0.0"), &[("PID_FILE", &pid_file.to_string_lossy())]);
    let script = "[ -e $PID_FILE ] && exit 0; touch half-done; echo $$$$ > $PID_FILE; sleep 1000";
    unit.prepare = Some(["sh", "-c", script].map(str::to_owned).to_vec());
    let action = crate::support::prepare(&unit);
    let mut agent = Agent::start(&place);
    agent.say(&serde_json::to_string(&action).unwrap());
    let read = || {
        std::fs::read_to_string(&pid_file)
            .ok()?
            .trim()
            .parse::<i32>()
            .ok()
    };
    wait_for("a preparation", || read().is_some());
    let pid = read().unwrap();
    agent.kill();
    assert!(is_alive(pid));
    let mut agent = Agent::start(&place);
    assert!(matches!(agent.carry_out(&action), Outcome::Done { .. }));
    assert!(
        crate::support::group(pid).is_empty(),
        "the first one was ended with all it started"
    );
    let release = std::fs::read_dir(place.root().join("releases"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    assert!(!release.join("tree/half-done").exists());
    agent.end();
}

#[test]
fn draining_that_the_agents_death_interrupted_still_waits_for_requests_under_way() {
    let place = Place::new();
    let port = free_port();
    let unit = with(routed("1.0.0", port), &[("SLOW_MS", "2500")]);
    let unit = Unit {
        grace_ms: 20_000,
        ..unit
    };
    let mut agent = Agent::start(&place);
    agent.carry_out(&scale(&unit, 2));
    agent.carry_out(&shift(&[(&unit, 10_000)]));
    let asked: Vec<_> = (0..2)
        .map(|_| std::thread::spawn(move || get_now(port)))
        .collect();
    wait_for("two requests under way", || {
        let seen = agent.observe();
        seen.routes["prod/web"]
            .groups
            .get(&unit.key)
            .is_some_and(|group| group.in_flight == 2)
    });
    let less = scale(&unit, 1);
    agent.say(&serde_json::to_string(&less).unwrap());
    wait_for("draining", || {
        std::fs::read_to_string(place.root().join("router/table.json"))
            .is_ok_and(|text| text.contains("\"draining\": true"))
    });
    agent.kill();
    let mut agent = Agent::start(&place);
    assert!(matches!(agent.carry_out(&less), Outcome::Done { .. }));
    for answer in asked {
        assert_eq!(answer.join().unwrap(), 200);
    }
    assert_eq!(pids(&place.root()).len(), 1);
    agent.end();
}

/// An agent died between starting a supervisor and hearing of it. Found by `cargo xtask torture`.
#[test]
fn a_supervisor_that_a_dead_agent_had_just_started_never_runs_beside_another_one() {
    let place = Place::new();
    let unit = unit("1.0.0");
    let dir = place.root().join(format!("run/prod/web/{}/0", unit.key));
    std::fs::create_dir_all(&dir).unwrap();
    let spec =
        r#"{"argv":["sleep","600"],"env":{},"secrets":[],"cwd":"/","port":null,"log_bytes":1000}"#;
    std::fs::write(dir.join("spec.json"), spec).unwrap();
    let lock = std::fs::File::create(dir.join("lock")).unwrap();
    lock.lock().unwrap();
    let mut orphan = Command::new(program("host"))
        .args(["instance-shim", "--dir"])
        .arg(&dir)
        .stdin(Stdio::null())
        .stdout(lock)
        .spawn()
        .unwrap();
    let mut agent = Agent::start(&place);
    assert!(matches!(
        agent.carry_out(&scale(&unit, 1)),
        Outcome::Done { .. }
    ));
    // Its program would sleep for ten minutes.
    wait_for("the end of the other supervisor", || {
        orphan.try_wait().unwrap().is_some()
    });
    assert_eq!(pids(&place.root()).len(), 1);
    agent.end();
}

#[test]
fn work_that_failed_is_not_done_again_after_the_agents_death_and_only_the_record_knows_of_it() {
    let place = Place::new();
    let tally = place.dir.path().join("tally");
    let mut unit = unit("1.0.0");
    let command = format!("echo ran >> {}; exit 4", tally.display());
    unit.prepare = Some(["sh", "-c", &command].map(str::to_owned).to_vec());
    let action = prepare(&unit);
    let ran = || std::fs::read_to_string(&tally).unwrap().lines().count();
    let mut agent = Agent::start(&place);
    let first = agent.carry_out(&action);
    assert!(matches!(first, Outcome::Failed { .. }), "{first:?}");
    agent.kill();
    // Nobody heard how it ended, so it is leased again.
    let mut agent = Agent::start(&place);
    assert_eq!(agent.carry_out(&action), first);
    assert_eq!(ran(), 1);
    agent.kill();
    // What failed leaves nothing at the target that could be looked at: without the record it is done again.
    std::fs::remove_file(place.root().join("actions.log")).unwrap();
    let mut agent = Agent::start(&place);
    agent.carry_out(&action);
    assert_eq!(ran(), 2);
    agent.end();
}
