//! Releases on their way: forward, back, in order, one at a time.

use crate::world::World;
use std::time::{Duration, Instant};
use tidegate_core::command::Command;
use tidegate_core::id::EnvId;
use tidegate_core::refusal::Refusal;
use tidegate_core::stream::deployment::{Deployment, Phase};
use tidegate_core::stream::release;
use tidegate_core::view::View;
use tidegate_engine::Denied;
use tidegate_ledger::TxView;

#[test]
fn a_good_release_goes_through_and_a_bad_one_comes_back_and_stays_held() {
    let world = World::new();
    world.register("web@1.0.0");
    let first = world.deploy("web@1.0.0", "staging");
    world.confirmed(&first);
    let first = world.deploy("web@1.0.0", "prod-eu");
    world.confirmed(&first);
    let old = world.state(&first).facts.unwrap().plan.body.to.key.clone();

    world.register("web@1.1.0");
    let staged = world.deploy("web@1.1.0", "staging");
    world.confirmed(&staged);
    let bad = world.deploy("web@1.1.0", "prod-eu");
    let new = world.state(&bad).facts.unwrap().plan.body.to.key.clone();
    world.until(
        &bad,
        "rolled back",
        |d| matches!(d.phase, Phase::RolledBack { touched: true, .. }),
        || {
            world.serve(&old, 45, 0);
            world.serve(&new, 5, 1);
            world.observe("prod-eu/web");
        },
    );
    let Phase::RolledBack { cause, .. } = world.state(&bad).phase else {
        unreachable!()
    };
    assert!(cause.to_string().contains("REGRESSED"), "{cause}");
    assert_eq!(world.weights.borrow().get(&old), Some(&10_000));

    // Held: a promotion is refused with the reason and the way out, and a deployment waits at the gate.
    let promote = release::Command::Promote {
        to: EnvId::new("prod-eu").unwrap(),
        reason: String::new(),
        request: tidegate_core::queue::Request::PLAIN,
    };
    let refused = world
        .send(Command::Release {
            id: "web@1.1.0".parse().unwrap(),
            command: promote,
        })
        .unwrap_err();
    assert!(
        matches!(&refused, Denied::Refused(Refusal::Invalid { help, .. }) if help.contains("unhold")),
        "{refused}"
    );
    let waiting = world.deploy("web@1.1.0", "prod-eu");
    assert!(matches!(world.state(&waiting).phase, Phase::Gated { .. }));
    let unhold = release::Command::Unhold {
        reason: "fixed upstream".into(),
    };
    world
        .send(Command::Release {
            id: "web@1.1.0".parse().unwrap(),
            command: unhold,
        })
        .unwrap();
    world.until(
        &waiting,
        "started",
        |d| matches!(d.phase, Phase::Running { .. }),
        || {},
    );
    assert_eq!(world.engine.counters().sweep_found, 0);
    world.engine.stop();
}

#[test]
fn errors_after_a_rolling_deployment_are_compared_with_what_the_old_version_did_before() {
    let world = World::new();
    world.register("mail@1.0.0");
    let first = world.deploy("mail@1.0.0", "staging");
    let succeeded = |d: &Deployment| matches!(d.phase, Phase::Succeeded { .. });
    world.until(&first, "succeeded", succeeded, || {});
    let old = world.state(&first).facts.unwrap().plan.body.to.key.clone();
    world.serve(&old, 2_000, 2);
    world.observe("staging/mail");

    world.register("mail@1.1.0");
    let second = world.deploy("mail@1.1.0", "staging");
    let new = world.state(&second).facts.unwrap().plan.body.to.key.clone();
    world.until(&second, "succeeded", succeeded, || {
        world.observe("staging/mail")
    });
    world.until(
        &second,
        "rolled back",
        |d| matches!(d.phase, Phase::RolledBack { touched: true, .. }),
        || {
            world.serve(&new, 50, 10);
            world.observe("staging/mail");
        },
    );
    let Phase::RolledBack { cause, .. } = world.state(&second).phase else {
        unreachable!()
    };
    let cause = cause.to_string();
    assert!(cause.contains("base: before all traffic moved"), "{cause}");
    assert_eq!(world.weights.borrow().get(&old), Some(&10_000));
    world.engine.stop();
}

#[test]
fn a_promotion_walks_the_path_by_itself() {
    let world = World::new();
    world.register("web@1.0.0");
    let promote = release::Command::Promote {
        to: EnvId::new("prod-eu").unwrap(),
        reason: String::new(),
        request: tidegate_core::queue::Request::PLAIN,
    };
    world
        .send(Command::Release {
            id: "web@1.0.0".parse().unwrap(),
            command: promote,
        })
        .unwrap();
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let state: release::Release = world
            .engine
            .read(|rows| Ok((&TxView::new(rows) as &dyn View).load("web@1.0.0").unwrap()))
            .unwrap();
        if matches!(state.phase, release::Phase::Released { .. }) {
            break;
        }
        assert!(Instant::now() < end, "{state:?}");
        world.work();
        std::thread::sleep(Duration::from_millis(10));
    }
    world.engine.stop();
}

#[test]
fn a_locked_environment_lets_the_second_wait_and_says_for_whom() {
    let world = World::new();
    for release in ["web@1.0.0", "pay@1.0.0"] {
        world.register(release);
        let staged = world.deploy(release, "staging");
        world.confirmed(&staged);
    }
    let first = world.deploy("web@1.0.0", "prod-eu");
    let second = world.deploy("pay@1.0.0", "prod-eu");
    let Phase::Gated { reports, .. } = world.state(&second).phase else {
        panic!("it did not wait")
    };
    let lock = reports.iter().find(|r| !r.outcome.passes()).unwrap();
    assert!(
        lock.title.contains("prod-eu is locked by web@1.0.0"),
        "{}",
        lock.title
    );
    world.confirmed(&first);
    world.confirmed(&second);
    world.engine.stop();
}
