//! A secret on its way through server, agent, supervisor and program: where it may be and where not.

use crate::world::{Wish, World};
use tidegate_client::wire::DeploymentPhase;

/// In the folder of secrets, and in the agent's environment.
const PLANTED: [&str; 2] = ["hunter22-planted", "hunter33-planted"];
/// A program that prints its secrets.
const COMMAND: &str =
    r#"[sh, -c, "echo $DB $KEY; exec 'PROGRAM' demo-service --behaviour behaviour.json"]"#;
/// One that gives up afterwards: its last lines go into the report.
const FAILING: &str = r#"[sh, -c, "echo $DB $KEY; echo $DB | base64; exit 4"]"#;

#[test]
fn a_secret_reaches_the_program_and_nothing_else() {
    let world = World::new(&Wish::default());
    let secrets = world.dir.path().join("secrets");
    std::fs::create_dir_all(secrets.join("web")).unwrap();
    std::fs::write(secrets.join("web/db"), PLANTED[0]).unwrap();
    let options = [
        "--secret-dir",
        secrets.to_str().unwrap(),
        "--log-size",
        "1MiB",
    ];
    world.start_agent(&world.url, &options);
    configure(&world, COMMAND, "secret:file/web/db");
    world.until(&world.deploy("1.0.0"), DeploymentPhase::Confirmed);
    let running = world.processes("1.0.0");
    for which in &running {
        let environment = environment_of(which);
        assert!(
            PLANTED.iter().all(|secret| environment.contains(secret)),
            "{which}"
        );
    }
    configure(&world, FAILING, "secret:file/web/db");
    let failed = world.until(&world.deploy("1.1.0"), DeploymentPhase::RolledBack);
    assert!(failed.log.contains(&"*** ***".to_owned()), "{failed:#?}");
    // One that is not there fails the deployment by its name, before anything is touched.
    for (version, reference) in [
        ("1.2.0", "secret:file/web/none"),
        ("1.3.0", "secret:vault/web/db"),
    ] {
        configure(&world, COMMAND, reference);
        let stopped = world.until(&world.deploy(version), DeploymentPhase::Stopped);
        let cause = stopped.cause.clone().unwrap_or_default();
        let wanted = format!("value DB is {reference}, which cannot be had");
        assert!(cause.contains(&wanted), "{stopped:#?}");
    }
    assert_eq!(world.processes("1.0.0"), running);
    std::fs::remove_dir_all(&secrets).unwrap();
    nothing_holds_them(&world);
}

fn configure(world: &World, command: &str, db: &str) {
    let more = format!("values: {{ DB: {db}, KEY: secret:env/PLANTED_VARIABLE }}\n");
    let more = more.as_str();
    world.configure(&Wish {
        command,
        more,
        ..Wish::default()
    });
}

fn environment_of(which: &str) -> String {
    let pid = which
        .split(' ')
        .skip_while(|word| *word != "pid")
        .nth(1)
        .unwrap();
    let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap();
    String::from_utf8_lossy(&environment).into_owned()
}

/// No ledger, log, report or record below the folder of the test has a secret in it.
fn nothing_holds_them(world: &World) {
    for name in ["agent.log", "server.log"] {
        let log = std::fs::read_to_string(world.dir.path().join(name)).unwrap();
        assert!(
            log.contains("starting role="),
            "{name} has what is logged: {log}"
        );
    }
    for secret in PLANTED {
        assert_eq!(holding(world.dir.path(), secret), [""; 0]);
    }
    assert!(
        !holding(&world.root(), "*** ***").is_empty(),
        "the program printed them"
    );
}

/// Files below a folder that hold a text.
fn holding(folder: &std::path::Path, text: &str) -> Vec<String> {
    let (mut found, mut open) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let bytes = || std::fs::read(entry.path()).unwrap_or_default();
            if entry.path().is_dir() {
                open.push(entry.path());
            } else if bytes()
                .windows(text.len())
                .any(|part| part == text.as_bytes())
            {
                found.push(entry.path().display().to_string());
            }
        }
    }
    found
}
