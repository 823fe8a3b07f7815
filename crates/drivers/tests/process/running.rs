//! Instances: started, checked, restarted, stopped.

use crate::support::{
    Place, action, done, failed, is_alive, kill, pids, runtime, scale, unit, until, with,
};
use std::{net::TcpListener, time::Duration};
use tidegate_plugin::{ActionKind, Actuator as _, Outcome, Progress};

const SERVICE: &str = "prod/web";

#[test]
fn instances_are_started_counted_and_stopped() {
    let place = Place::new();
    let unit = unit("1.0.0");
    runtime().block_on(async {
        let target = place.open().await;
        assert!(
            done(&target, &scale(&unit, 3))
                .await
                .starts_with("3 of 3 healthy after ")
        );
        let started = pids(&place.root());
        assert_eq!(started.len(), 3);
        let spec = place
            .root()
            .join("run/prod/web")
            .join(&unit.key)
            .join("0/spec.json");
        let mode = std::os::unix::fs::PermissionsExt::mode(
            &std::fs::metadata(spec).unwrap().permissions(),
        );
        assert_eq!(mode & 0o777, 0o600, "values are for this user alone");
        let seen = until(&target, |_| true).await;
        let revision = &seen.running[SERVICE][&unit.key];
        assert_eq!(
            (revision.wanted, revision.healthy, revision.exits),
            (3, 3, 0)
        );
        assert_eq!(revision.digest, unit.digest);
        done(&target, &scale(&unit, 1)).await;
        assert_eq!(started.iter().filter(|pid| is_alive(**pid)).count(), 1);
        done(&target, &scale(&unit, 0)).await;
        assert!(until(&target, |_| true).await.running.is_empty());
        assert!(!started.iter().any(|pid| is_alive(*pid)));
        target.close().await;
    });
    assert_eq!(
        (
            place.count("started"),
            place.count("stopped"),
            place.count("unpacked")
        ),
        (3, 3, 1)
    );
}

#[test]
fn the_environment_holds_the_values_and_nothing_of_the_agents_own() {
    let place = Place::new();
    let mut unit = with(
        unit("1.0.0"),
        &[
            ("COLOR", "blue"),
            ("ECHO_ENV", "COLOR,CARGO,DB_PASSWORD"),
            ("DB_PASSWORD", "hunter22"),
        ],
    );
    unit.values
        .insert("EXIT_AT_ONCE".to_owned(), "1".to_owned());
    runtime().block_on(async {
        let target = place.open().await;
        let (_, log) = failed(&target, &scale(&unit, 1)).await;
        assert_eq!(
            log[..3],
            ["COLOR=blue", "CARGO=absent", "DB_PASSWORD=***"],
            "{log:?}"
        );
        let names = log[3].strip_prefix("variables: ").unwrap();
        let mut names: Vec<&str> = names.split(' ').collect();
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "COLOR",
                "DB_PASSWORD",
                "ECHO_ENV",
                "EXIT_AT_ONCE",
                "HOME",
                "LANG",
                "PATH",
                "PORT"
            ]
        );
        target.close().await;
    });
}

#[test]
fn a_program_that_exits_at_once_fails_with_its_log_and_leaves_the_old_instances_alone() {
    let place = Place::new();
    let (old, bad) = (unit("1.0.0"), with(unit("1.1.0"), &[("EXIT_AT_ONCE", "7")]));
    runtime().block_on(async {
        let target = place.open().await;
        done(&target, &scale(&old, 2)).await;
        let before = pids(&place.root());
        let (because, log) = failed(&target, &scale(&bad, 2)).await;
        assert!(
            because.contains("of 1.1.0+0123abcd exited with code 7 after"),
            "{because}"
        );
        assert_eq!(log.last().unwrap(), "giving up at once");
        assert_eq!(
            pids(&place.root()),
            before,
            "the new ones are gone, the old ones untouched"
        );
        let seen = until(&target, |_| true).await;
        assert_eq!(seen.running[SERVICE].keys().collect::<Vec<_>>(), [&old.key]);
        target.close().await;
    });
}

#[test]
fn a_program_that_cannot_be_started_says_why() {
    let place = Place::new();
    let mut unit = unit("1.0.0");
    unit.command = vec!["./nothing-here".to_owned()];
    runtime().block_on(async {
        let target = place.open().await;
        let (because, _) = failed(&target, &scale(&unit, 1)).await;
        assert!(
            because.contains("could not be started") && because.contains("nothing-here"),
            "{because}"
        );
        unit.command = vec!["./testserver".to_owned(), "${MISSING}".to_owned()];
        let (because, _) = failed(&target, &scale(&unit, 1)).await;
        assert!(because.contains("${MISSING}"), "{because}");
        target.close().await;
    });
}

#[test]
fn a_program_that_is_never_healthy_fails_at_its_deadline_and_is_removed() {
    let place = Place::new();
    let mut bad = with(unit("1.0.0"), &[("NEVER_HEALTHY", "1")]);
    bad.health.deadline_ms = 300;
    runtime().block_on(async {
        let target = place.open().await;
        let (because, log) = failed(&target, &scale(&bad, 1)).await;
        assert!(
            because.ends_with(
                "was not healthy within 300 ms: GET /healthz answered 503 Service Unavailable"
            ),
            "{because}"
        );
        assert_eq!(log.last().unwrap(), "listening");
        assert_eq!(pids(&place.root()), [0; 0]);
        target.close().await;
    });
}

#[test]
fn a_taken_port_is_the_reason_that_is_given() {
    let place = Place::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let unit = with(unit("1.0.0"), &[("FIXED_PORT", &port.to_string())]);
    runtime().block_on(async {
        let target = place.open().await;
        let (because, log) = failed(&target, &scale(&unit, 1)).await;
        assert!(because.contains("exited with code 3"), "{because}");
        assert!(
            log.last().unwrap().contains(&format!(
                "cannot listen on port {port}: Address already in use"
            )),
            "{log:?}"
        );
        target.close().await;
    });
}

#[test]
fn a_service_without_a_port_is_healthy_when_it_lives() {
    let place = Place::new();
    let mut worker = with(unit("1.0.0"), &[("NO_PORT", "1")]);
    worker.health.path = None;
    runtime().block_on(async {
        let target = place.open().await;
        done(&target, &scale(&worker, 1)).await;
        until(&target, |seen| {
            seen.running[SERVICE][&worker.key].healthy == 1
        })
        .await;
        target.close().await;
    });
}

#[test]
fn an_instance_that_dies_is_started_again_on_its_port() {
    let place = Place::new();
    let unit = unit("1.0.0");
    runtime().block_on(async {
        let target = place.open().await;
        done(&target, &scale(&unit, 1)).await;
        let before = pids(&place.root());
        kill(before[0]);
        let seen = until(&target, |seen| {
            let revision = &seen.running[SERVICE][&unit.key];
            revision.exits == 1 && revision.healthy == 1
        });
        assert!(seen.await.running[SERVICE][&unit.key].crash_loop.is_none());
        assert_ne!(pids(&place.root()), before);
        target.close().await;
    });
    let ports: Vec<_> = place
        .effects()
        .into_iter()
        .filter(|(what, _)| what == "started")
        .collect();
    let port = |n: usize| ports[n].1.rsplit(' ').next().unwrap().to_owned();
    assert_eq!(port(0), port(1));
}

#[test]
fn a_crash_loop_is_given_up_and_shown_with_the_last_lines() {
    let place = Place::new();
    let unit = with(unit("1.0.0"), &[("CRASH_AFTER_MS", "400")]);
    runtime().block_on(async {
        let target = place.open().await;
        done(&target, &scale(&unit, 1)).await;
        let seen = until(&target, |seen| {
            seen.running[SERVICE][&unit.key].crash_loop.is_some()
        })
        .await;
        let revision = &seen.running[SERVICE][&unit.key];
        let crash_loop = revision.crash_loop.as_ref().unwrap();
        assert!(
            crash_loop
                .because
                .starts_with("instance 0 ended 3 times in "),
            "{crash_loop:?}"
        );
        assert!(
            crash_loop.because.ends_with("last it exited with code 9"),
            "{crash_loop:?}"
        );
        assert_eq!(crash_loop.log.last().unwrap(), "crashing as asked");
        assert_eq!(
            (revision.exits, revision.healthy, revision.wanted),
            (3, 0, 1)
        );
        target.close().await;
        drop(target);
        let target = place.open().await;
        let seen = until(&target, |_| true).await;
        assert_eq!(
            seen.running[SERVICE][&unit.key].exits, 3,
            "a new agent does not begin the loop again"
        );
        done(&target, &scale(&unit, 0)).await;
        target.close().await;
    });
}

#[test]
fn a_program_that_hangs_on_stop_is_killed_with_everything_it_started() {
    let place = Place::new();
    let mut unit = unit("1.0.0");
    unit.command = [
        "sh",
        "-c",
        "trap '' TERM; sleep 1000 & ./testserver & wait; wait",
    ]
    .map(str::to_owned)
    .to_vec();
    unit.grace_ms = 200;
    runtime().block_on(async {
        let target = place.open().await;
        done(&target, &scale(&unit, 1)).await;
        let leader = pids(&place.root())[0];
        done(&target, &scale(&unit, 0)).await;
        assert!(!is_alive(leader));
        assert_eq!(
            crate::support::group(leader),
            [0; 0],
            "something of the group still runs"
        );
        target.close().await;
    });
    assert!(
        place
            .effects()
            .last()
            .unwrap()
            .1
            .ends_with("(killed after grace)"),
        "{:?}",
        place.effects()
    );
}

#[test]
fn work_that_takes_too_long_or_is_cancelled_is_undone() {
    let place = Place::new();
    let mut slow = with(unit("1.0.0"), &[("NEVER_HEALTHY", "1")]);
    slow.health.deadline_ms = 60_000;
    runtime().block_on(async {
        let target = place.open().await;
        done(&target, &crate::support::prepare(&slow)).await;
        let mut late = scale(&slow, 2);
        late.timeout_ms = 300;
        let outcome = crate::support::carry_out(&target, &late).await;
        let Outcome::Broken { because } = outcome else {
            panic!("{outcome:?}")
        };
        assert!(
            because.starts_with("not done within 300 ms, while starting 1.0.0"),
            "{because}"
        );
        assert_eq!(pids(&place.root()), [0; 0]);
        let cancelled = scale(&slow, 1);
        let Progress::Running { handle, .. } = target.start(&cancelled).await.unwrap() else {
            panic!()
        };
        while pids(&place.root()).is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(matches!(
            target.cancel(&cancelled, &handle).await.unwrap(),
            Progress::Done(Outcome::Failed { .. })
        ));
        assert_eq!(pids(&place.root()), [0; 0]);
        target.close().await;
    });
}

#[test]
fn a_name_that_is_no_plain_name_is_refused_before_anything_happens() {
    let place = Place::new();
    runtime().block_on(async {
        let target = place.open().await;
        let mut bad = action(
            1,
            ActionKind::Scale {
                unit: unit("1.0.0"),
                to: 1,
            },
        );
        bad.service = "../evil".to_owned();
        let text = target.start(&bad).await.unwrap_err().to_string();
        assert!(
            text.starts_with("refused: service \"../evil\" is not a name"),
            "{text}"
        );
        bad.service = "web".to_owned();
        bad.kind = ActionKind::Scale {
            unit: unit("1.0.0"),
            to: 5000,
        };
        assert!(target.start(&bad).await.is_err());
        target.close().await;
    });
}
