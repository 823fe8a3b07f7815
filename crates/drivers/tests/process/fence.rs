//! Old work is refused, repeated work is done once, newer work comes first.

use crate::support::{Place, action, carry_out, done, pids, runtime, scale, unit, with};
use tidegate_plugin::{ActionKind, Actuator as _, Outcome, Progress};

#[test]
fn an_older_generation_is_refused_also_after_a_restart() {
    let place = Place::new();
    let unit = unit("1.0.0");
    let at = |generation| action(generation, ActionKind::Prepare { unit: unit.clone() });
    runtime().block_on(async {
        let target = place.open().await;
        done(&target, &at(5)).await;
        target.close().await;
        drop(target);
        let target = place.open().await;
        let text = target.start(&at(4)).await.unwrap_err().to_string();
        assert_eq!(
            text,
            "refused: generation 4 of prod/web is older than 5, which was seen before"
        );
        done(&target, &at(5)).await;
        target.close().await;
    });
}

#[test]
fn the_same_action_twice_is_one_effect_and_one_answer() {
    let place = Place::new();
    let (good, bad) = (
        scale(&unit("1.0.0"), 1),
        scale(&with(unit("1.1.0"), &[("EXIT_AT_ONCE", "1")]), 1),
    );
    runtime().block_on(async {
        let target = place.open().await;
        let (first, second) = tokio::join!(carry_out(&target, &good), carry_out(&target, &good));
        assert_eq!(first, second);
        let refused = carry_out(&target, &bad).await;
        assert_eq!(carry_out(&target, &bad).await, refused);
        target.close().await;
        drop(target);
        let target = place.open().await;
        assert_eq!(
            carry_out(&target, &good).await,
            first,
            "also after a restart"
        );
        assert_eq!(carry_out(&target, &bad).await, refused);
        target.close().await;
    });
    assert_eq!(place.count("started"), 2, "one each");
}

#[test]
fn a_newer_generation_ends_older_work_under_way() {
    let place = Place::new();
    let mut stuck = with(unit("1.1.0"), &[("NEVER_HEALTHY", "1")]);
    stuck.health.deadline_ms = 60_000;
    let good = unit("1.0.0");
    runtime().block_on(async {
        let target = place.open().await;
        let old = action(1, ActionKind::Scale { unit: stuck, to: 1 });
        let Progress::Running { handle, .. } = target.start(&old).await.unwrap() else {
            panic!()
        };
        while pids(&place.root()).is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        done(&target, &action(2, ActionKind::Scale { unit: good, to: 1 })).await;
        let Progress::Done(Outcome::Failed { because, .. }) =
            target.poll(&old, &handle).await.unwrap()
        else {
            panic!()
        };
        assert_eq!(
            because,
            "superseded: generation 2 came while generation 1 was under way"
        );
        assert_eq!(pids(&place.root()).len(), 1);
        target.close().await;
    });
}

#[test]
fn two_agents_cannot_share_a_folder() {
    let place = Place::new();
    runtime().block_on(async {
        let target = place.open().await;
        let error = tidegate_drivers::ProcessTarget::open(place.options())
            .await
            .unwrap_err();
        assert!(
            error.to_string().contains("in use by another agent"),
            "{error}"
        );
        target.close().await;
    });
}
