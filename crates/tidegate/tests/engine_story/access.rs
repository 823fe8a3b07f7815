//! Who may work and who may not.

use crate::world::World;
use std::sync::Arc;
use tidegate_core::actor::{Actor, Role};
use tidegate_core::id::{CommandId, StreamId, StreamKind};
use tidegate_core::refusal::Refusal;
use tidegate_engine::wire::LeaseRequest;
use tidegate_engine::{Denied, Engine, Options, SystemClock};

#[test]
fn another_agent_or_another_folder_gets_no_work_while_the_owner_is_there() {
    let world = World::new();
    let ask = |name: &str, folder: &str| {
        let request = LeaseRequest {
            environments: vec!["staging".into()],
            max: 1,
            wait_ms: 0,
            holding: Some(LeaseRequest::held(folder, [])),
        };
        world
            .engine
            .lease(&world.agent, name, &request, &Arc::default())
    };
    ask("one", "a").unwrap();
    for (name, folder) in [("one", "b"), ("two", "a")] {
        let refused = ask(name, folder).unwrap_err();
        assert!(
            matches!(refused, Denied::Refused(Refusal::AgentTaken { .. })),
            "{refused}"
        );
    }
    // A restarted server knows the owner.
    world.engine.stop();
    let options = Options::new(world.folder.path().join("blobs"));
    let engine = Engine::open(Arc::clone(&world.store), Arc::new(SystemClock), options).unwrap();
    let world = World { engine, ..world };
    let request = LeaseRequest {
        environments: vec!["staging".into()],
        max: 1,
        wait_ms: 0,
        holding: Some(LeaseRequest::held("a", [])),
    };
    let refused = world
        .engine
        .lease(&world.agent, "two", &request, &Arc::default())
        .unwrap_err();
    assert_eq!(
        refused.to_string().split(", heard").next(),
        Some("staging is served by one")
    );
    world.engine.stop();
}

#[test]
fn refused_attempts_are_in_the_ledger_once_a_minute() {
    let world = World::new();
    world.register("web@1.0.0");
    let viewer = Actor::account("vera", Role::Viewer);
    for n in 0..5 {
        let refused = world.engine.deploy(
            &viewer,
            CommandId(format!("v{n}")),
            &world.ask("web@1.0.0", "staging"),
        );
        assert!(matches!(
            refused,
            Err(Denied::Refused(Refusal::NotAllowed { .. }))
        ));
    }
    let entries = world
        .store
        .read_with(|rows| rows.entries_of(&StreamId::new(StreamKind::Access, "vera"), 1, 10))
        .unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].kind, "access.refused/1");
    world.engine.stop();
}
