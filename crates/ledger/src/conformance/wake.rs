//! Timers, triggers and the sweep.

use super::Case;
use super::sample::{at, deployment, live, next, read, state, write};
use crate::error::StoreError;
use crate::row::{Due, WakeRow};
use crate::store::Store;
use tidegate_core::id::StreamId;

pub(super) const CASES: &[Case] = &[
    (
        "streams are due in order of time, up to and including an instant",
        due,
    ),
    (
        "a new wake-up replaces the old one, triggers included",
        replaced,
    ),
    (
        "a trigger makes its waiters due now, never later than they were",
        fired,
    ),
    ("the sweep finds streams nobody will look at", swept),
    ("a stream without a state cannot wait", stateless),
    (
        "a quarantined stream is not due until it is released",
        quarantined,
    ),
    ("states are listed by kind, in pages", states),
];

fn names(due: &[Due]) -> Vec<&str> {
    due.iter().map(|due| due.stream.key()).collect()
}

fn due(store: &dyn Store) {
    write(store, |tx| {
        live(tx, &deployment("c"), &next(20, &[]))?;
        live(tx, &deployment("b"), &next(10, &[]))?;
        live(tx, &deployment("a"), &next(10, &[]))?;
        assert_eq!(
            names(&tx.due(at(10), 9)?),
            ["a", "b"],
            "a transaction sees its own timers"
        );
        Ok(())
    });
    read(store, |rows| {
        assert_eq!(rows.next_due()?, Some(at(10)));
        assert_eq!(names(&rows.due(at(9), 9)?), [""; 0]);
        assert_eq!(names(&rows.due(at(10), 9)?), ["a", "b"]);
        assert_eq!(names(&rows.due(at(99), 2)?), ["a", "b"]);
        let all = rows.due(at(99), 9)?;
        let third = Due {
            stream: deployment("c"),
            at: at(20),
            because: "look again at 20".to_owned(),
        };
        assert_eq!(
            (names(&all), all.last()),
            (vec!["a", "b", "c"], Some(&third))
        );
        Ok(())
    });
}

fn replaced(store: &dyn Store) {
    let a = deployment("a");
    write(store, |tx| {
        live(
            tx,
            &a,
            &next(
                10,
                &["release/web@1", "environment/prod", "environment/prod"],
            ),
        )?;
        let wake = tx.wake_of(&a)?;
        assert_eq!(
            wake,
            Some(next(10, &["environment/prod", "release/web@1"])),
            "in text order, each once"
        );
        tx.set_wake(&a, &next(30, &["release/web@2"]))
    });
    read(store, |rows| {
        assert_eq!(rows.wake_of(&a)?, Some(next(30, &["release/web@2"])));
        assert_eq!(rows.waiting_on("environment/prod")?, []);
        assert_eq!(rows.waiting_on("release/web@2")?, std::slice::from_ref(&a));
        assert_eq!(rows.next_due()?, Some(at(30)));
        Ok(())
    });
    for wake in [WakeRow::Rest, WakeRow::Never] {
        write(store, |tx| {
            tx.set_wake(&a, &next(30, &["release/web@2"]))?;
            tx.set_wake(&a, &wake)?;
            // A new state does not change when it is looked at.
            tx.put_state(&a, &state(2))
        });
        read(store, |rows| {
            assert_eq!(rows.wake_of(&a)?, Some(wake.clone()));
            assert_eq!(rows.next_due()?, None);
            assert_eq!(rows.waiting_on("release/web@2")?, []);
            Ok(())
        });
    }
    assert_eq!(
        read(store, |rows| rows.wake_of(&deployment("unknown"))),
        None
    );
}

fn fired(store: &dyn Store) {
    write(store, |tx| {
        live(tx, &deployment("early"), &next(5, &["environment/prod"]))?;
        live(
            tx,
            &deployment("late"),
            &next(90, &["environment/prod", "release/web@1"]),
        )?;
        live(
            tx,
            &deployment("other"),
            &next(90, &["environment/prod-eu"]),
        )?;
        let triggers = ["environment/prod", "release/web@1", "nobody/waits"].map(str::to_owned);
        tx.fire(&triggers, at(10))
    });
    read(store, |rows| {
        assert_eq!(names(&rows.due(at(10), 9)?), ["early", "late"]);
        let due: Vec<_> = rows.due(at(99), 9)?.iter().map(|due| due.at).collect();
        assert_eq!(due, [at(5), at(10), at(90)]);
        assert_eq!(
            rows.waiting_on("environment/prod")?.len(),
            2,
            "they wait until they say otherwise"
        );
        Ok(())
    });
}

fn swept(store: &dyn Store) {
    write(store, |tx| {
        live(tx, &deployment("waits"), &next(5, &[]))?;
        live(tx, &deployment("rests"), &WakeRow::Rest)?;
        live(tx, &deployment("ended"), &WakeRow::Never)?;
        assert_eq!(tx.streams_without_wake(9)?, []);
        tx.put_state(&deployment("forgotten-2"), &state(1))?;
        tx.put_state(&deployment("forgotten-1"), &state(1))
    });
    let found = read(store, |rows| rows.streams_without_wake(9));
    assert_eq!(
        found,
        [deployment("forgotten-1"), deployment("forgotten-2")]
    );
    assert_eq!(read(store, |rows| rows.streams_without_wake(1)).len(), 1);
    write(store, |tx| {
        tx.set_wake(&deployment("forgotten-1"), &next(1, &[]))
    });
    assert_eq!(
        read(store, |rows| rows.streams_without_wake(9)),
        [deployment("forgotten-2")]
    );
}

fn stateless(store: &dyn Store) {
    let refused = store.write_with(|tx| tx.set_wake(&deployment("a"), &WakeRow::Rest));
    assert!(
        matches!(refused, Err(StoreError::Missing { .. })),
        "{refused:?}"
    );
}

fn quarantined(store: &dyn Store) {
    let a = deployment("a");
    write(store, |tx| {
        live(tx, &a, &next(5, &[]))?;
        live(tx, &deployment("b"), &next(6, &[]))?;
        tx.quarantine(&a, "entry 7 does not fold")?;
        tx.quarantine(&a, "entry 8 does not fold")
    });
    read(store, |rows| {
        assert_eq!(names(&rows.due(at(99), 9)?), ["b"]);
        assert_eq!(rows.next_due()?, Some(at(6)));
        assert_eq!(
            rows.quarantined(&a)?.as_deref(),
            Some("entry 8 does not fold")
        );
        assert_eq!(
            rows.quarantines()?,
            [(a.clone(), "entry 8 does not fold".to_owned())]
        );
        assert_eq!(rows.streams_without_wake(9)?, [], "it keeps its wake-up");
        Ok(())
    });
    assert!(write(store, |tx| tx.release_quarantine(&a)));
    assert!(!write(store, |tx| tx.release_quarantine(&a)));
    assert_eq!(names(&read(store, |rows| rows.due(at(99), 9))), ["a", "b"]);
}

fn states(store: &dyn Store) {
    use tidegate_core::id::StreamKind::{Access, Deployment, Release};
    write(store, |tx| {
        for key in ["c", "a", "b"] {
            tx.put_state(&StreamId::new(Deployment, key), &state(3))?;
            tx.put_state(&StreamId::new(Release, key), &state(4))?;
        }
        Ok(())
    });
    read(store, |rows| {
        let list = |kind, after: Option<&StreamId>, limit| {
            rows.states(kind, after, limit).map(|found| {
                found
                    .into_iter()
                    .map(|(stream, _)| stream)
                    .collect::<Vec<_>>()
            })
        };
        assert_eq!(
            rows.states(Deployment, None, 9)?[0],
            (deployment("a"), state(3))
        );
        assert_eq!(
            list(Deployment, None, 2)?,
            [deployment("a"), deployment("b")]
        );
        assert_eq!(
            list(Deployment, Some(&deployment("b")), 9)?,
            [deployment("c")]
        );
        assert_eq!(list(Deployment, Some(&deployment("c")), 9)?, []);
        assert_eq!(list(Deployment, Some(&StreamId::new(Release, "a")), 9)?, []);
        assert_eq!(list(Release, Some(&deployment("b")), 9)?.len(), 3);
        assert_eq!(list(Access, None, 9)?, []);
        Ok(())
    });
}
