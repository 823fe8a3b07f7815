//! Traffic through the real router.

use crate::support::{
    Place, done, failed, free_port, get, kill, runtime, scale, shift, unit, until, with,
};
use std::time::Duration;
use tidegate_plugin::{Sensor as _, Unit};

const SERVICE: &str = "prod/web";

fn routed(version: &str, port: u16) -> Unit {
    Unit {
        port: Some(port),
        ..unit(version)
    }
}

#[test]
fn traffic_goes_where_it_is_shifted_and_is_read_back() {
    let place = Place::new();
    let port = free_port();
    let (old, new) = (routed("1.0.0", port), routed("1.1.0", port));
    runtime().block_on(async {
        let target = place.open().await;
        done(&target, &scale(&old, 2)).await;
        assert_eq!(get(port).await, 503, "no traffic yet");
        assert!(
            done(&target, &shift(&[(&old, 10_000)]))
                .await
                .starts_with("1.0.0+0123abcd 100.00 %")
        );
        assert_eq!(get(port).await, 200);
        done(&target, &scale(&new, 1)).await;
        done(&target, &shift(&[(&old, 9_000), (&new, 1_000)])).await;
        for _ in 0..20 {
            assert_eq!(get(port).await, 200);
        }
        let seen = until(&target, |seen| {
            seen.routes[SERVICE].groups.contains_key(&new.key)
        })
        .await;
        let route = &seen.routes[SERVICE];
        assert_eq!(
            route.weights,
            [(old.key.clone(), 9_000), (new.key.clone(), 1_000)].into()
        );
        assert_eq!(route.groups[&new.key].requests, 2, "a tenth of twenty");
        done(&target, &shift(&[(&new, 10_000)])).await;
        done(&target, &scale(&old, 0)).await;
        assert_eq!(get(port).await, 200);
        done(&target, &shift(&[])).await;
        assert_eq!(get(port).await, 503);
        done(&target, &scale(&new, 0)).await;
        assert_eq!(get(port).await, 0, "the route is gone");
        target.close().await;
    });
}

#[test]
fn traffic_is_never_shifted_to_something_that_is_not_ready() {
    let place = Place::new();
    let port = free_port();
    let (good, worker) = (routed("1.0.0", port), unit("2.0.0"));
    runtime().block_on(async {
        let target = place.open().await;
        done(&target, &scale(&good, 1)).await;
        done(&target, &scale(&worker, 1)).await;
        done(&target, &shift(&[(&good, 10_000)])).await;
        let (because, _) = failed(
            &target,
            &shift(&[(&good, 5_000), (&routed("3.0.0", port), 5_000)]),
        )
        .await;
        assert_eq!(
            because,
            "3.0.0+0123abcd does not run in prod/web: traffic is not shifted to it"
        );
        let (because, _) = failed(&target, &shift(&[(&worker, 10_000)])).await;
        assert!(because.contains("has no public port"), "{because}");
        let (because, _) = failed(&target, &shift(&[(&good, 9_999)])).await;
        assert!(because.contains("sum to 9999"), "{because}");
        let (because, _) = failed(&target, &scale(&good, 0)).await;
        assert!(
            because.contains("still takes 10000 of 10000 of the traffic"),
            "{because}"
        );
        assert_eq!(get(port).await, 200);
        target.close().await;
    });
}

#[test]
fn a_public_port_that_is_taken_is_refused_by_name_and_the_old_table_stays() {
    let place = Place::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    runtime().block_on(async {
        let target = place.open().await;
        let (because, _) = failed(&target, &scale(&routed("1.0.0", port), 1)).await;
        assert!(
            because.contains("the router refused the table") && because.contains(&port.to_string()),
            "{because}"
        );
        assert!(
            crate::support::pids(&place.root()).is_empty(),
            "the new instance is removed again"
        );
        let free = free_port();
        let good = routed("1.0.1", free);
        done(&target, &scale(&good, 1)).await;
        done(&target, &shift(&[(&good, 10_000)])).await;
        assert_eq!(get(free).await, 200);
        target.close().await;
    });
}

#[test]
fn requests_under_way_are_finished_before_an_instance_is_stopped() {
    let place = Place::new();
    let port = free_port();
    let slow = with(routed("1.0.0", port), &[("SLOW_MS", "700")]);
    runtime().block_on(async {
        let target = place.open().await;
        done(&target, &scale(&slow, 2)).await;
        done(&target, &shift(&[(&slow, 10_000)])).await;
        let asked: Vec<_> = (0..4).map(|_| tokio::spawn(get(port))).collect();
        let under_way = |seen: &tidegate_plugin::actuator::Observation| {
            seen.routes
                .get(SERVICE)
                .and_then(|route| route.groups.get(&slow.key))
                .is_some_and(|group| group.in_flight == 4)
        };
        until(&target, under_way).await;
        done(&target, &scale(&slow, 1)).await;
        for answer in asked {
            assert_eq!(answer.await.unwrap(), 200);
        }
        target.close().await;
    });
}

#[test]
fn a_router_that_hangs_does_not_keep_the_agent_from_telling_what_runs() {
    let place = Place::new();
    let unit = routed("1.0.0", free_port());
    runtime().block_on(async {
        let target = place.open().await;
        done(&target, &scale(&unit, 1)).await;
        done(&target, &shift(&[(&unit, 10_000)])).await;
        let state = std::fs::read_to_string(place.root().join("router/state.json")).unwrap();
        let state: serde_json::Value = serde_json::from_str(&state).unwrap();
        let pid = state["program"]["pid"].as_i64().unwrap() as i32;
        let send = |signal| {
            let pid = rustix::process::Pid::from_raw(pid).unwrap();
            rustix::process::kill_process(pid, signal).unwrap();
        };
        send(rustix::process::Signal::STOP);
        let seen = target.observe().await.unwrap();
        assert_eq!(seen.running[SERVICE][&unit.key].healthy, 1);
        assert!(seen.routes.is_empty(), "what could not be asked is absent");
        send(rustix::process::Signal::CONT);
        until(&target, |seen| seen.routes.contains_key(SERVICE)).await;
        target.close().await;
    });
}

#[test]
fn a_killed_router_comes_back_with_the_weights_on_record() {
    let place = Place::new();
    let port = free_port();
    let (old, new) = (routed("1.0.0", port), routed("1.1.0", port));
    runtime().block_on(async {
        let target = place.open().await;
        done(&target, &scale(&old, 1)).await;
        done(&target, &scale(&new, 1)).await;
        done(&target, &shift(&[(&old, 7_000), (&new, 3_000)])).await;
        let first = until(&target, |seen| seen.routes.contains_key(SERVICE))
            .await
            .routes[SERVICE]
            .router
            .clone();
        let state = std::fs::read_to_string(place.root().join("router/state.json")).unwrap();
        let state: serde_json::Value = serde_json::from_str(&state).unwrap();
        kill(state["program"]["pid"].as_i64().unwrap() as i32);
        let seen = until(&target, |seen| {
            seen.routes
                .get(SERVICE)
                .is_some_and(|route| route.router != first)
        })
        .await;
        assert_eq!(
            seen.routes[SERVICE].weights,
            [(old.key.clone(), 7_000), (new.key.clone(), 3_000)].into()
        );
        assert_eq!(get(port).await, 200);
        // Even when the router has lost its own state.
        let state = std::fs::read_to_string(place.root().join("router/state.json")).unwrap();
        let state: serde_json::Value = serde_json::from_str(&state).unwrap();
        let second = seen.routes[SERVICE].router.clone();
        std::fs::remove_dir_all(place.root().join("router/state")).unwrap();
        kill(state["program"]["pid"].as_i64().unwrap() as i32);
        until(&target, |seen| {
            seen.routes
                .get(SERVICE)
                .is_some_and(|route| route.router != second)
        })
        .await;
        assert_eq!(get(port).await, 200);
        tokio::time::sleep(Duration::from_millis(1)).await;
        target.close().await;
    });
    assert_eq!(place.count("router-started"), 3);
}
