//! Events once written are read for ever: one sample of each kind, never changed, and read by every later version.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use tidegate_core::decider::EventBody;
use tidegate_core::step::decode;
use tidegate_core::stream::{
    archive, artifact, change, config, decision, delegation, departure, deployment, entry,
    environment, erasure, exception, feed, freeze, meeting, person, release, train,
};

fn here() -> PathBuf {
    PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap())
}

/// The kinds that the sources name, so that a new event cannot come without a sample.
fn kinds(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            kinds(&path, found);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let names = text.split("rename = \"").skip(1);
        let names = names.filter_map(|rest| rest.split('"').next());
        found.extend(names.filter(|n| n.contains('/')).map(str::to_owned));
    }
}

/// Read by the events of the stream it belongs to and written again.
fn round(kind: &str, body: &str) -> serde_json::Value {
    fn of<E: EventBody>(kind: &str, body: &str) -> serde_json::Value {
        let event: E = decode(kind, body).unwrap_or_else(|e| panic!("{kind}: {e}"));
        serde_json::to_value(event).unwrap()
    }
    match kind.split('.').next().unwrap() {
        "archive" => of::<archive::Event>(kind, body),
        "artifact" => of::<artifact::Event>(kind, body),
        "change" => of::<change::Event>(kind, body),
        "config" => of::<config::Event>(kind, body),
        "decision" => of::<decision::Event>(kind, body),
        "delegation" => of::<delegation::Event>(kind, body),
        "departure" => of::<departure::Event>(kind, body),
        "deployment" => of::<deployment::Event>(kind, body),
        "entry" => of::<entry::Event>(kind, body),
        "environment" => of::<environment::Event>(kind, body),
        "erasure" => of::<erasure::Event>(kind, body),
        "exception" => of::<exception::Event>(kind, body),
        "feed" => of::<feed::Event>(kind, body),
        "freeze" => of::<freeze::Event>(kind, body),
        "meeting" => of::<meeting::Event>(kind, body),
        "person" => of::<person::Event>(kind, body),
        "release" => of::<release::Event>(kind, body),
        "train" => of::<train::Event>(kind, body),
        other => panic!("no stream writes {other}"),
    }
}

#[test]
fn every_kind_of_event_has_a_sample_that_is_read_and_loses_nothing() {
    let mut wanted = BTreeSet::new();
    kinds(&here().join("src/stream"), &mut wanted);
    assert!(
        wanted.len() > 30,
        "the sources name their events: {wanted:?}"
    );
    let mut sampled = BTreeSet::new();
    for entry in std::fs::read_dir(here().join("tests/golden/events")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let sample: serde_json::Value = serde_json::from_str(&text).unwrap();
        let kind = sample["kind"].as_str().unwrap().to_owned();
        let again = round(&kind, &sample["body"].to_string());
        assert_eq!(again, sample, "{kind}");
        sampled.insert(kind);
    }
    let missing: Vec<_> = wanted.difference(&sampled).collect();
    assert!(
        missing.is_empty(),
        "without a sample in tests/golden/events: {missing:?}"
    );
}
