//! What survives: repeated commands, unreadable states, older folds, a new start.

use crate::world::World;
use std::sync::Arc;
use tidegate_core::batch::NewEntry;
use tidegate_core::command::Command;
use tidegate_core::id::{CommandId, StreamId, StreamKind};
use tidegate_core::refusal::Refusal;
use tidegate_core::stream::deployment;
use tidegate_engine::{Denied, Engine, Options, SystemClock};
use tidegate_ledger::{StoreError, Tx};

/// An entry that is not of this engine: what its writer keeps parsed counts no more.
fn written_elsewhere(tx: &mut dyn Tx) -> Result<(), StoreError> {
    let at = tx.head()?.at;
    let entry = NewEntry {
        stream: StreamId::new(StreamKind::Access, "elsewhere"),
        rev: 1,
        kind: "access.refused/1".to_owned(),
        actor: "elsewhere".to_owned(),
        cause: "elsewhere".to_owned(),
        body: "{}".to_owned(),
    };
    tx.append(&entry, at).map(drop)
}

#[test]
fn the_same_key_is_the_same_deployment_and_another_body_is_refused() {
    let world = World::new();
    world.register("web@1.0.0");
    let ask = world.ask("web@1.0.0", "staging");
    let first = world
        .engine
        .deploy(&world.admin, CommandId("k".into()), &ask)
        .unwrap();
    let again = world
        .engine
        .deploy(&world.admin, CommandId("k".into()), &ask)
        .unwrap();
    assert_eq!(first.subject, again.subject);
    assert!(again.replayed);
    let other = world.ask("web@1.0.0", "prod-eu");
    assert!(matches!(
        world
            .engine
            .deploy(&world.admin, CommandId("k".into()), &other),
        Err(Denied::KeyReused)
    ));
    world.engine.stop();
}

#[test]
fn a_stream_that_cannot_be_read_is_set_aside_and_the_others_go_on() {
    let world = World::new();
    world.register("web@1.0.0");
    world.register("pay@1.0.0");
    let broken = world.deploy("web@1.0.0", "staging");
    let stream = StreamId::new(StreamKind::Deployment, broken.as_str());
    world
        .store
        .write_with(|tx| {
            let mut row = tx.state(&stream)?.unwrap();
            row.body = "{\"phase\":{\"phase\":\"from-another-time\"}}".to_owned();
            tx.put_state(&stream, &row)?;
            written_elsewhere(tx)
        })
        .unwrap();
    let abort = deployment::Command::Abort {
        reason: "look".into(),
    };
    let refused = world
        .send(Command::Deployment {
            id: broken.clone(),
            command: abort,
        })
        .unwrap_err();
    assert!(
        matches!(refused, Denied::Refused(Refusal::Quarantined { .. })),
        "{refused}"
    );
    assert!(
        world
            .store
            .read_with(|rows| rows.quarantined(&stream))
            .unwrap()
            .is_some()
    );
    let other = world.deploy("pay@1.0.0", "staging");
    world.confirmed(&other);
    world.engine.stop();

    // Its entries are whole, so a server that opens the ledger folds the state again and the deployment goes on.
    let options = Options::new(world.folder.path().join("blobs"));
    let engine = Engine::open(Arc::clone(&world.store), Arc::new(SystemClock), options).unwrap();
    let world = World { engine, ..world };
    let none = world.store.read_with(|rows| rows.quarantines()).unwrap();
    assert!(none.is_empty(), "{none:?}");
    world.confirmed(&broken);
    world.engine.stop();
}

#[test]
fn states_saved_by_another_version_are_folded_again() {
    let world = World::new();
    world.register("web@1.0.0");
    let done = world.deploy("web@1.0.0", "staging");
    world.confirmed(&done);
    world.engine.stop();
    let stream = StreamId::new(StreamKind::Deployment, done.as_str());
    let before = world
        .store
        .write_with(|tx| {
            let row = tx.state(&stream)?.unwrap();
            let mut old = row.clone();
            old.fold += 1;
            old.body = "{}".to_owned();
            tx.put_state(&stream, &old)?;
            tx.put_model("folds", "", Some("{}"))?;
            Ok(row)
        })
        .unwrap();
    let options = Options::new(world.folder.path().join("blobs"));
    let engine = Engine::open(Arc::clone(&world.store), Arc::new(SystemClock), options).unwrap();
    let after = world.store.read_with(|rows| rows.state(&stream)).unwrap();
    assert_eq!(after, Some(before));
    engine.stop();
}

#[test]
fn a_reopened_engine_goes_on_where_it_was() {
    let world = World::new();
    world.register("web@1.0.0");
    let id = world.deploy("web@1.0.0", "staging");
    world.engine.stop();
    let options = Options::new(world.folder.path().join("blobs"));
    let engine = Engine::open(Arc::clone(&world.store), Arc::new(SystemClock), options).unwrap();
    let world = World { engine, ..world };
    world.confirmed(&id);
    assert_eq!(world.engine.counters().sweep_found, 0);
    world.engine.stop();
}

/// Arithmetic is checked in this build only, and that is what makes a decision panic here.
#[test]
#[cfg(debug_assertions)]
fn a_decision_that_panics_sets_its_stream_aside_and_the_writer_goes_on() {
    let world = World::new();
    world.register("web@1.0.0");
    world.register("pay@1.0.0");
    let broken = world.deploy("web@1.0.0", "staging");
    let stream = StreamId::new(StreamKind::Deployment, broken.as_str());
    world
        .store
        .write_with(|tx| {
            let mut row = tx.state(&stream)?.unwrap();
            let last = format!("\"n\":{}", usize::MAX);
            assert!(row.body.contains("\"n\":0"), "{}", row.body);
            row.body = row.body.replacen("\"n\":0", &last, 1);
            tx.put_state(&stream, &row)?;
            written_elsewhere(tx)
        })
        .unwrap();
    // Its agent reports the step as done, and no number follows the last one.
    let other = world.deploy("pay@1.0.0", "staging");
    world.confirmed(&other);
    let because = world
        .store
        .read_with(|rows| rows.quarantined(&stream))
        .unwrap();
    assert!(
        because.as_deref().is_some_and(|b| b.contains("panicked")),
        "{because:?}"
    );
    world.engine.stop();
}
