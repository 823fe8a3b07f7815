//! What becomes of a deployment and of what runs.

use crate::{
    proxy::{self, Kills, Moment},
    world::{Wish, World, kill, some},
};
use std::collections::BTreeSet;
use tidegate_client::wire::DeploymentPhase;

#[test]
fn an_agent_killed_on_both_sides_of_every_step_does_each_step_once_and_restarts_nothing() {
    let world = World::new(&Wish::default());
    world.start_agent(&world.url, &[]);
    world.until(&world.deploy("1.0.0"), DeploymentPhase::Confirmed);
    let old = world.processes("1.0.0");
    assert_eq!(old.len(), 2);
    world.agent.lock().unwrap().kill();
    let kills = Kills::default();
    let link = proxy::start(&world.url, world.agent.clone(), kills.clone());
    world.start_agent(&link, &[]);
    let id = world.deploy("1.1.0");
    world.until(&id, DeploymentPhase::Confirmed);

    let finished = world.entries(&id, "deployment.step_finished");
    let step = |entry: &tidegate_client::wire::Entry| {
        let body = entry.body.as_ref().unwrap();
        (body["way"].to_string(), body["n"].as_u64().unwrap())
    };
    let steps: BTreeSet<_> = finished.iter().map(step).collect();
    assert_eq!(
        steps.len(),
        finished.len(),
        "each step has ended once: {finished:#?}"
    );
    assert!(world.entries(&id, "deployment.step_failed").is_empty());
    assert_eq!(
        world.entries(&id, "deployment.step_started").len(),
        finished.len(),
        "no step was begun again by the server"
    );
    let kills = kills.lock().unwrap();
    let at = |moment: Moment| kills.iter().filter(|(_, at)| *at == moment).count();
    for moment in [
        Moment::LeaseLost,
        Moment::LeaseTaken,
        Moment::EndUnheard,
        Moment::EndHeard,
    ] {
        assert_eq!(at(moment), finished.len(), "{moment:?} of {kills:#?}");
    }
    assert_eq!(
        world.processes("1.1.0").len(),
        2,
        "two processes and no third: {:#?}",
        world.effects()
    );
    assert_eq!(
        world.processes("1.0.0"),
        old,
        "the same processes to their end"
    );
    assert_eq!(world.get().as_deref(), Some("1.1.0"));
    let routers = |(what, _): &&(String, String)| what == "router-started";
    assert_eq!(world.effects().iter().filter(routers).count(), 1);
}

#[test]
fn a_killed_router_comes_back_with_the_weights_on_record_also_when_its_agent_is_dead() {
    let world = World::new(&Wish {
        strategy: "tenth",
        ..Wish::default()
    });
    world.start_agent(&world.url, &[]);
    world.until(&world.deploy("1.0.0"), DeploymentPhase::Confirmed);
    let id = world.deploy("1.1.0");
    let split = || {
        let weights = world.lane().observed?.weights;
        (weights.values().copied().collect::<Vec<_>>() == [9_000, 1_000]).then_some(())
    };
    some("a tenth of the traffic", split);
    let first = world.router().unwrap();
    kill(first);
    some("another router", || {
        world.router().filter(|pid| *pid != first)
    });
    some("an answer", || world.get());
    some("a tenth again", split);
    let second = world.router().unwrap();
    world.agent.lock().unwrap().kill();
    kill(second);
    world.agent.lock().unwrap().start();
    some("a third router", || {
        world.router().filter(|pid| *pid != second)
    });
    some("an answer", || world.get());
    some("a tenth once more", split);
    let answers: Vec<_> = (0..20).filter_map(|_| world.get()).collect();
    let new = answers.iter().filter(|version| *version == "1.1.0").count();
    // Exactly one of every ten, in mixed order: twenty that begin within a ten have one to three.
    assert_eq!(answers.len(), 20, "{answers:?}");
    assert!((1..=3).contains(&new), "{answers:?}");
    assert_eq!(world.deployment(&id).phase, DeploymentPhase::Running);
    assert_eq!(
        (
            world.processes("1.0.0").len(),
            world.processes("1.1.0").len()
        ),
        (2, 1),
        "nothing was started again; a tenth needs one instance"
    );
}

#[test]
fn a_program_that_begins_to_crash_after_it_was_healthy_is_taken_back() {
    let world = World::new(&Wish {
        strategy: "blue-green",
        ..Wish::default()
    });
    world.start_agent(&world.url, &[]);
    world.until(&world.deploy("1.0.0"), DeploymentPhase::Confirmed);
    world.configure(&Wish {
        strategy: "blue-green",
        watch: "60s",
        command: r#"[sh, -c, "'PROGRAM' demo-service --behaviour behaviour.json & sleep 1.2; echo out of memory; exit 9"]"#,
        ..Wish::default()
    });
    let id = world.deploy("1.1.0");
    let ended = world.until(&id, DeploymentPhase::RolledBack);
    let cause = ended.cause.clone().unwrap();
    assert!(
        cause.contains("ended 3 times in ") && cause.contains("exited with code 9"),
        "{cause}"
    );
    some("the old version", || {
        world.get().filter(|version| version == "1.0.0")
    });
    assert_eq!(
        world.processes("1.0.0").len(),
        2,
        "kept warm, so the way back restarts nothing"
    );
}
