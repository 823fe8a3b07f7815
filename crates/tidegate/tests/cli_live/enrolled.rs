//! Agents that are let in with a join token, through the real program: server and agent apart, a clone beside them.

use crate::world::{World, command, until};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command};

/// A server without an agent, and agents that end with the story.
struct Apart {
    world: World,
    running: Vec<Child>,
}

impl Apart {
    fn new() -> Self {
        let world = World::written();
        fs::create_dir_all(world.root().join(".tidegate")).unwrap();
        let mut apart = Self {
            world,
            running: Vec::new(),
        };
        apart.starts(
            "server",
            &["serve", "--listen", "127.0.0.1:0", "--dir", ".tidegate"],
        );
        let url = apart.world.root().join(".tidegate/url");
        assert!(
            until(|| url.exists().then_some(())).is_some(),
            "{}",
            apart.log("server")
        );
        apart.world.run(&["apply", "--yes"]).ends(0);
        apart
    }

    fn starts(&mut self, name: &str, arguments: &[&str]) {
        let log = fs::File::create(self.world.beside(name)).unwrap();
        let child = command(&self.world.root(), arguments)
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        self.running.push(child);
    }

    fn log(&self, name: &str) -> String {
        fs::read_to_string(self.world.beside(name)).unwrap_or_default()
    }

    /// A join token in a file.
    fn enrolled(&self, file: &str, more: &[&str]) {
        let enroll = ["agent", "enroll", "eu-1", "--environments", "dev,prod,far"];
        let made = self.world.run(&[&enroll[..], more].concat()).ends(0);
        fs::write(self.world.root().join(file), made.out).unwrap();
    }

    fn agent(&mut self, log: &str, (root, file): (&str, &str)) {
        let url = self.world.url();
        let run = ["agent", "run", "--name", "eu-1", "--server", &url];
        let more = ["--root", root, "--join-token-file", file];
        self.starts(log, &[&run[..], &more].concat());
    }

    /// End what was started last, as a service manager does.
    fn stop(&mut self) {
        let mut child = self.running.pop().unwrap();
        ended(&mut child);
    }

    fn listed(&self) -> Value {
        let all = self.world.run(&["agent", "list", "-o", "json"]).ends(0);
        all.json()["items"][0].clone()
    }

    #[track_caller]
    fn comes(&self, what: &str, is: impl Fn(&Value) -> bool) -> Value {
        let found = until(|| Some(self.listed()).filter(|agent| is(agent)));
        found.unwrap_or_else(|| panic!("never {what}: {} {}", self.listed(), self.log("agent")))
    }
}

fn ended(child: &mut Child) {
    drop(Command::new("kill").arg(child.id().to_string()).status());
    if until(|| child.try_wait().unwrap()).is_none() {
        drop(child.kill());
    }
}

impl Drop for Apart {
    fn drop(&mut self) {
        for child in self.running.iter_mut().rev() {
            ended(child);
        }
        self.world.run(&["down"]);
    }
}

#[test]
fn an_agent_comes_in_once_renews_by_itself_and_a_clone_stays_out() {
    let mut apart = Apart::new();
    let (root, join) = (".tidegate/agent", ".tidegate/eu-1.join");
    apart.enrolled(join, &["--credential-for", "20s"]);
    apart.agent("agent", (root, join));
    let first = apart.comes("reachable", |a| a["reachable"] == true);
    assert_eq!(first["enrolment"]["state"], "enrolled", "{first}");
    assert!(first["version"].is_string(), "{first}");
    for name in ["identity.pem", "credential.json"] {
        let file = apart.world.root().join(root).join(name);
        let mode = fs::metadata(file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    let ends = first["enrolment"]["credentialEndsAt"].clone();
    apart.comes("renewed", |a| a["enrolment"]["credentialEndsAt"] != ends);
    apart.world.arrived("web", "1.0.0", "dev");

    // Somebody got hold of the join token, from another folder.
    apart.agent("clone", (".tidegate/clone", join));
    let mut clone = apart.running.pop().unwrap();
    let code = until(|| clone.try_wait().unwrap()).unwrap().code();
    assert_eq!(code, Some(4), "{}", apart.log("clone"));
    assert!(
        apart
            .log("clone")
            .contains("the join token was used already"),
        "{}",
        apart.log("clone")
    );
    apart.world.run(&["agent", "list"]).ends(0).says(&[
        "eu-1\tdev,far,prod\t",
        "1 times, ",
        "the join token was used already",
    ]);
    apart
        .world
        .run(&["audit", "log", "--limit", "200"])
        .ends(0)
        .says(&["access.refused/1"]);

    // Started again with the same command line, it brings no token twice.
    apart.stop();
    apart.agent("agent", (root, join));
    apart.comes("back", |a| a["reachable"] == true);
    apart.world.arrived("web", "1.1.0", "dev");

    // Off for longer than its credential lasts, it is let in anew and has lost nothing.
    apart.stop();
    apart.comes("ended", |a| a["enrolment"]["state"] == "ended");
    apart.agent("agent", (root, join));
    let mut late = apart.running.pop().unwrap();
    assert_eq!(until(|| late.try_wait().unwrap()).unwrap().code(), Some(4));
    assert!(
        apart
            .log("agent")
            .contains("help: an administrator makes a join token"),
        "{}",
        apart.log("agent")
    );
    apart.enrolled(".tidegate/again.join", &[]);
    apart.agent("agent", (root, ".tidegate/again.join"));
    apart.comes("enrolled anew", |a| a["reachable"] == true);
    let shown = apart.world.run(&["env", "show", "dev"]).ends(0);
    assert!(shown.out.contains("web      1.1.0"), "{shown:#?}");
    apart.world.arrived("web", "1.2.0", "dev");

    apart
        .world
        .run(&["agent", "enroll", "eu-1", "--environments", "dev"])
        .ends(7)
        .refuses(
            "TG3015",
            &["`eu-1` can come in already"],
            "tidegate agent revoke eu-1",
        );
    apart
        .world
        .run(&["agent", "revoke", "eu-1", "--yes"])
        .ends(0);
    let revoked = apart.comes("silent", |a| a["reachable"] == false);
    assert_eq!(revoked["enrolment"]["state"], "revoked", "{revoked}");
}
