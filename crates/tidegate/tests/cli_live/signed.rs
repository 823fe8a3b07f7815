//! Signed votes: two people sign one plan, and an agent with a trust file does that and nothing else, whatever the server lets
//! through.

use crate::votes::{TEAMS, plan, sign_in};
use crate::world::{Ran, World, command, until};
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Child, Command};

/// The key of RFC 8032, section 7.1, test 2, as `openssl genpkey` writes it, and its public key.
const PEM: &str = "\
-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7
-----END PRIVATE KEY-----
";
const PUBLIC: &str = "PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=";

/// Server and agent as processes of their own; the agent has a trust file.
struct Apart {
    world: World,
    server: Child,
    agent: Option<Child>,
}

impl Apart {
    fn start() -> Self {
        let world = World::written();
        world.write(&format!("{}{TEAMS}signed: true\n", world.configuration()));
        let state = world.root().join(".tidegate");
        let serve = ["serve", "--listen", "127.0.0.1:0", "--dir", ".tidegate"];
        let server = spawned(&world, "server", &serve);
        let apart = Self {
            world,
            server,
            agent: None,
        };
        let url = until(|| fs::read_to_string(state.join("url")).ok());
        assert!(url.is_some(), "{}", apart.log("server"));
        apart.world.run(&["apply", "--yes"]).ends(0);
        sign_in(&apart.world);
        apart
    }

    /// The agent for everything, which believes this file.
    fn trust(&mut self, file: &Value) {
        let folder = self.world.root().join(".tidegate");
        fs::write(folder.join("trust.json"), file.to_string()).unwrap();
        let all = "dev,prod,far";
        let token = ["token", "create", "a1", "--role", "agent"];
        let token = [&token[..], &["--environments", all, "-o", "json"]].concat();
        let token = self.world.run(&token).ends(0).json();
        let token = token["token"].as_str().unwrap();
        fs::write(folder.join("a1.token"), token).unwrap();
        let url = self.world.url();
        let run = ["agent", "run", "--name", "a1", "--root", ".tidegate/agent"];
        let more = ["--server", &url, "--token-file", ".tidegate/a1.token"];
        let trust = ["--environments", all, "--trust", ".tidegate/trust.json"];
        let all = [&run[..], &more, &trust].concat();
        self.agent = Some(spawned(&self.world, "agent", &all));
    }

    fn log(&self, name: &str) -> String {
        fs::read_to_string(self.world.beside(name)).unwrap_or_default()
    }

    /// Lines about what was done in production.
    fn effects(&self) -> Vec<Value> {
        let file = self.world.root().join(".tidegate/agent/effects.log");
        let text = fs::read_to_string(file).unwrap_or_default();
        let all = text.lines().map(|l| serde_json::from_str(l).unwrap());
        all.filter(|line: &Value| line.to_string().contains("prod"))
            .collect()
    }
}

impl Drop for Apart {
    fn drop(&mut self) {
        for child in self.agent.iter_mut().chain([&mut self.server]) {
            drop(Command::new("kill").arg(child.id().to_string()).status());
            if until(|| child.try_wait().unwrap()).is_none() {
                drop(child.kill());
            }
        }
        self.world.run(&["down"]);
    }
}

fn spawned(world: &World, name: &str, arguments: &[&str]) -> Child {
    let log = fs::File::create(world.beside(name)).unwrap();
    command(&world.root(), arguments)
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .spawn()
        .unwrap()
}

/// Grace makes a pair, farah brings one of her own; their public keys.
fn keys(world: &World) -> (PathBuf, PathBuf, [String; 2]) {
    let (grace, farah) = (world.beside("grace.pem"), world.beside("farah.pem"));
    let add = ["user", "key", "add", "laptop", "--new", &grace];
    world.run_as("grace", "", &add).ends(0);
    let mode = fs::metadata(&grace).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "nobody else reads it");
    let again = ["user", "key", "add", "pad", "--new", &grace];
    let again = world.run_as("grace", "", &again).ends(1);
    assert!(again.err.contains("cannot be written"), "{again:#?}");
    fs::write(&farah, PEM).unwrap();
    let add = ["user", "key", "add", "laptop", "--key-file", &farah];
    world.run_as("farah", "", &add).ends(0);
    let public = ["grace", "farah"].map(|who| {
        let user = world.run(&["user", "show", who, "-o", "json"]).ends(0);
        user.json()["keys"][0]["publicKey"]
            .as_str()
            .unwrap()
            .to_owned()
    });
    assert_eq!(public[1], PUBLIC);
    (grace.into(), farah.into(), public)
}

fn deploy(world: &World, release: &str) -> String {
    let deploy = ["deploy", release, "prod", "--no-wait", "--reason", "x"];
    let made = world.run_as("ana", "", &deploy).ends(0);
    made.out.trim().to_owned()
}

/// The signatures are in the evidence, and are checked there by those who have the trust file.
fn bundled(world: &World) {
    let bundle = world.beside("signed.zip");
    world
        .run(&["release", "evidence", "web@1.0.0", "--out", &bundle])
        .ends(0);
    let verify = ["evidence", "verify", &bundle, "--offline"];
    world
        .run(&verify)
        .ends(0)
        .says(&["VALID", "2 of them signed"]);
    let trust = world.root().join(".tidegate/trust.json");
    let trust = trust.display().to_string();
    world
        .run(&[&verify[..], &["--trust", &trust]].concat())
        .ends(0)
        .says(&["2 of them signed by keys of the trust file"]);
    let other = world.beside("other.json");
    let text = fs::read_to_string(&trust).unwrap();
    fs::write(
        &other,
        text.replace(PUBLIC, "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="),
    )
    .unwrap();
    world
        .run(&[&verify[..], &["--trust", &other]].concat())
        .ends(1)
        .refuses(
            "",
            &["INVALID", "farah", "does not name for them"],
            "public key",
        );
}

#[test]
fn two_people_sign_a_plan_and_an_agent_with_a_trust_file_does_that_and_nothing_else() {
    let mut apart = Apart::start();
    let (grace, farah, public) = keys(&apart.world);
    apart.trust(&json!({
        "people": {
            "grace": { "keys": { "laptop": public[0] }, "teams": ["risk"] },
            "farah": { "keys": { "laptop": public[1] }, "teams": ["web"] },
        },
        "environments": {
            "dev": { "approvals": [] },
            "prod": { "approvals": [{ "from": "web", "count": 1 }, { "from": "risk", "count": 1 }] },
        },
    }));
    let world = &apart.world;
    world.arrived("web", "1.0.0", "dev");
    let id = deploy(world, "web@1.0.0");
    let digest = plan(world);
    let yes = |who: &str, key: Option<&PathBuf>| -> Ran {
        let file = key.map(|file| file.display().to_string());
        let sign = file.iter().flat_map(|file| ["--sign-with", file.as_str()]);
        let yes = ["approve", "CHG-1", "--yes", "--plan", &digest];
        let all: Vec<&str> = yes.into_iter().chain(sign).collect();
        world.run_as(who, "", &all)
    };
    world.run(&["change", "show", "CHG-1"]).ends(0).says(&[
        "a yes counts only signed, with `--sign-with <key file>`   policies.dual-control.signed",
    ]);
    yes("grace", None).ends(64).refuses(
        "TG2004",
        &["a yes counts here only with a signature (policies.dual-control.signed)"],
        "--sign-with <key file>",
    );
    yes("grace", Some(&farah)).ends(4).refuses(
        "",
        &["this key is not registered for grace"],
        "tidegate user key add",
    );
    let signed = yes("grace", Some(&grace)).ends(0);
    assert!(signed.err.contains("Signed with key laptop"), "{signed:#?}");
    yes("farah", Some(&farah)).ends(0);
    world.until(&id, |d| d["phase"] == "confirmed");
    assert!(!apart.effects().is_empty());
    bundled(world);

    // The rules of the server are taken away, as by somebody who took it over: the agent's are its own.
    let free = world.configuration();
    world.write(&free);
    world.run(&["apply", "--yes"]).ends(0);
    world.arrived("web", "1.1.0", "dev");
    let before = apart.effects().len();
    let id = deploy(world, "web@1.1.0");
    let ended = world.until(&id, |d| d["phase"] == "stopped");
    let because = ended.to_string();
    assert!(
        because.contains("refused by the agent: not allowed by its trust file"),
        "{ended:#}"
    );
    assert!(because.contains("lacks the yes of 1 of web and 1 of risk"));
    assert_eq!(apart.effects().len(), before, "nothing was done");
    world
        .run(&["audit", "log", "--stream", "access/grace"])
        .ends(0)
        .says(&["access.refused/1"]);
}
