//! Secrets: had from the agent's store when a program starts, given to the program alone.

use crate::support::{
    Place, carry_out, done, failed, kill, pids, prepare, runtime, scale, unit, until, with,
};
use std::path::Path;
use tidegate_drivers::ProcessTarget;
use tidegate_plugin::Unit;

const SERVICE: &str = "prod/web";
const PLANTED: &str = "hunter22-planted";

async fn open(place: &Place) -> ProcessTarget {
    let mut options = place.options();
    options.secret_dir = Some(place.dir.path().join("secrets"));
    ProcessTarget::open(options).await.unwrap()
}

fn store(place: &Place, path: &str, secret: &str) {
    let file = place.dir.path().join("secrets").join(path);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, format!("{secret}\n")).unwrap();
}

/// A unit that prints its secret at once; whether the name looks secret makes no difference.
fn talkative() -> Unit {
    with(
        unit("1.0.0"),
        &[("ADDRESS", "secret:file/web/db"), ("ECHO_ENV", "ADDRESS")],
    )
}

/// Files below a folder that hold a text.
fn holding(folder: &Path, text: &str) -> Vec<String> {
    let (mut found, mut open) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() {
                open.push(entry.path());
            } else if std::fs::read(entry.path())
                .unwrap_or_default()
                .windows(text.len())
                .any(|part| part == text.as_bytes())
            {
                found.push(entry.path().display().to_string());
            }
        }
    }
    found
}

fn log(place: &Place, unit: &Unit) -> String {
    let slot = place.root().join("run/prod/web").join(&unit.key).join("0");
    std::fs::read_to_string(slot.join("log")).unwrap_or_default()
}

#[test]
fn a_program_gets_its_secret_and_no_file_of_the_agent_holds_it() {
    let place = Place::new();
    store(&place, "web/db", PLANTED);
    let mut unit = talkative();
    let script = "[ $${#ADDRESS} = 16 ] && echo prepared with $ADDRESS";
    unit.prepare = Some(["sh", "-c", script].map(str::to_owned).to_vec());
    runtime().block_on(async {
        let target = open(&place).await;
        done(&target, &prepare(&unit)).await;
        done(&target, &scale(&unit, 1)).await;
        let environment =
            std::fs::read(format!("/proc/{}/environ", pids(&place.root())[0])).unwrap();
        let environment = String::from_utf8_lossy(&environment).into_owned();
        assert!(
            environment.contains(&format!("ADDRESS={PLANTED}\0")),
            "the program has it"
        );
        assert!(
            log(&place, &unit).contains("ADDRESS=***\n"),
            "{}",
            log(&place, &unit)
        );
        // Another agent finds it running, with the reference on record.
        target.close().await;
        drop(target);
        let target = open(&place).await;
        let seen = until(&target, |seen| {
            seen.running[SERVICE][&unit.key].healthy == 1
        })
        .await;
        assert!(!serde_json::to_string(&seen).unwrap().contains(PLANTED));
        target.close().await;
    });
    assert_eq!(place.count("started"), 1);
    assert_eq!(holding(&place.root(), PLANTED), [""; 0]);
    assert!(!holding(&place.root(), "prepared with ***").is_empty());
    assert!(!holding(&place.root(), "secret:file/web/db").is_empty());
}

#[test]
fn a_secret_that_a_failing_program_prints_is_not_in_its_report() {
    let place = Place::new();
    store(&place, "web/db", PLANTED);
    runtime().block_on(async {
        let target = open(&place).await;
        let mut bad = with(talkative(), &[("EXIT_AT_ONCE", "4")]);
        let (because, log) = failed(&target, &scale(&bad, 1)).await;
        assert!(because.contains("exited with code 4"), "{because}");
        assert_eq!(log[0], "ADDRESS=***");
        // Printed in two writes, in another spelling, and as the last thing without a line end.
        let script = "printf hunter22-; sleep 0.3; echo planted; printf %s $ADDRESS | base64; printf $ADDRESS; exit 3";
        bad.prepare = Some(["sh", "-c", script].map(str::to_owned).to_vec());
        let (because, log) = failed(&target, &prepare(&bad)).await;
        assert!(because.contains("prepare command failed"), "{because}");
        assert!(log[0] == "***" && log[1].starts_with("***") && log[2] == "***", "{log:?}");
        target.close().await;
    });
    assert_eq!(holding(&place.root(), PLANTED), [""; 0]);
}

#[test]
fn a_secret_that_cannot_be_had_fails_the_step_by_its_reference_and_touches_nothing() {
    let place = Place::new();
    store(&place, "web/other", PLANTED);
    let cases = [
        ("secret:file/web/db", "there is no file "),
        ("secret:file/../secrets/web/other", "without `..`"),
        (
            "secret:vault/web/db",
            "no store named vault; it has env and file",
        ),
    ];
    runtime().block_on(async {
        let target = open(&place).await;
        let old = unit("1.0.0");
        done(&target, &scale(&old, 1)).await;
        let before = pids(&place.root());
        for (reference, why) in cases {
            let new = with(unit("1.1.0"), &[("DB_PASSWORD", reference)]);
            for action in [prepare(&new), scale(&new, 1)] {
                let (because, log) = failed(&target, &action).await;
                let begin = format!("value DB_PASSWORD is {reference}, which cannot be had: ");
                assert!(
                    because.starts_with(&begin) && because.contains(why),
                    "{because}"
                );
                assert!(log.is_empty() && !because.contains(PLANTED));
            }
        }
        let mut shown = with(unit("1.1.0"), &[("DB", "secret:file/web/other")]);
        shown.command.push("--db=${DB}".to_owned());
        let (because, _) = failed(&target, &scale(&shown, 1)).await;
        assert!(
            because.contains("names ${DB}, which is a secret"),
            "{because}"
        );
        assert_eq!(pids(&place.root()), before);
        target.close().await;
    });
    assert_eq!(place.count("started"), 1);
}

#[test]
fn a_program_that_is_started_again_gets_the_secret_of_now_and_its_absence_is_told() {
    let place = Place::new();
    store(&place, "web/db", PLANTED);
    let unit = talkative();
    runtime().block_on(async {
        let target = open(&place).await;
        done(&target, &scale(&unit, 1)).await;
        store(&place, "web/db", "hunter33-rotated");
        kill(pids(&place.root())[0]);
        until(&target, |seen| {
            let revision = &seen.running[SERVICE][&unit.key];
            revision.exits == 1 && revision.healthy == 1
        })
        .await;
        let environment =
            std::fs::read(format!("/proc/{}/environ", pids(&place.root())[0])).unwrap();
        assert!(String::from_utf8_lossy(&environment).contains("hunter33-rotated"));
        std::fs::remove_file(place.dir.path().join("secrets/web/db")).unwrap();
        kill(pids(&place.root())[0]);
        let seen = until(&target, |seen| {
            seen.running[SERVICE][&unit.key].crash_loop.is_some()
        })
        .await;
        let crash_loop = seen.running[SERVICE][&unit.key].crash_loop.clone().unwrap();
        assert!(
            crash_loop
                .because
                .contains("it cannot be started again: value ADDRESS is secret:file/web/db"),
            "{crash_loop:?}"
        );
        let text = serde_json::to_string(&seen).unwrap();
        assert!(!text.contains("hunter"), "{text}");
        carry_out(&target, &scale(&unit, 0)).await;
        target.close().await;
    });
    assert_eq!(holding(&place.root(), "hunter"), [""; 0]);
}

#[test]
fn a_supervisor_whose_agent_died_before_the_hand_over_says_so_and_starts_nothing() {
    let place = Place::new();
    let dir = place.root().join("run/prod/web/1.0.0+0123abcd/0");
    std::fs::create_dir_all(&dir).unwrap();
    let spec = r#"{"argv":["/bin/true"],"env":{},"secrets":["DB"],"cwd":"/","port":null,"log_bytes":1000}"#;
    std::fs::write(dir.join("spec.json"), spec).unwrap();
    let status = std::process::Command::new(crate::support::program("host"))
        .args(["instance-shim", "--dir"])
        .arg(&dir)
        .stdin(std::process::Stdio::null())
        .status();
    assert!(status.unwrap().success());
    let exit = std::fs::read_to_string(dir.join("exit.json")).unwrap();
    assert!(
        exit.contains("the agent did not hand over the secret DB"),
        "{exit}"
    );
    assert!(!dir.join("state.json").exists());
}
