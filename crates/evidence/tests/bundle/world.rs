//! A ledger with a release of payments that two people approved, another release beside it, and the key of the log.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, Write as _};
use tidegate_core::batch::NewEntry;
use tidegate_core::digest::{Digest, canonical};
use tidegate_core::id::StreamId;
use tidegate_core::time::Timestamp;
use tidegate_evidence::collect::collect;
use tidegate_evidence::{Bundle, Material};
use tidegate_ledger::seal::SealKey;
use tidegate_ledger::{CheckpointRow, MemoryStore, Store};

pub const RELEASE: &str = "payments@3.3.0";
pub const DEPLOYMENT: &str = "dep_01KJPWD6M084XFE65JDY1T1QGE";
const BITS: &str = "sha256:b70dd061b6b628482e9c894c94be053d197bd8e40e27bb9d0493a606122b3659";
const PLAN: &str = "sha256:1bb422ba774be1a3dc60edf462ff9d3faa12ec8365879169897c21b3c517784c";

pub struct World {
    pub store: MemoryStore,
    pub key: SealKey,
    pub at: Timestamp,
    revs: BTreeMap<String, u64>,
}

impl World {
    pub fn empty() -> Self {
        let text = SealKey::generate("tidegate.local/ledger/test", [7; 32]).unwrap();
        Self {
            store: MemoryStore::new(),
            key: SealKey::parse(&text).unwrap(),
            at: "2026-11-23T09:00:00Z".parse().unwrap(),
            revs: BTreeMap::new(),
        }
    }

    /// The release, approved and deployed; between its entries those of another one.
    pub fn released() -> Self {
        let mut world = Self::empty();
        let configuration = configuration();
        world
            .store
            .write(&mut |tx| tx.put_blob(&configuration).map(drop))
            .unwrap();
        let blob = Digest::of(&configuration).to_string();
        let spec = Digest::of(b"spec").to_string();
        world.add("config/main", "config.applied/1", json!({ "revision": 1, "blob": blob, "digest": spec, "by": "ana", "commit": null, "changes": [], "weakens": [] }));
        world.other("1.0.0");
        world.add("artifact/payments@3.3.0", "artifact.registered/1", json!({ "bits": { "digest": BITS, "size": 4096, "commit": "c0ffee", "location": "/artifacts/payments.tar.gz" } }));
        world.add(
            "release/payments@3.3.0",
            "release.locked/1",
            json!({ "artifact": BITS, "by": "rita" }),
        );
        world.other("1.1.0");
        let body = json!({ "environment": "prod-eu", "service": "payments", "to": { "release": RELEASE, "artifact": BITS }, "from": null });
        world.add(&format!("deployment/{DEPLOYMENT}"), "deployment.proposed/1", json!({ "id": DEPLOYMENT, "by": "rita", "purpose": "promote", "reason": "quarter <b>end</b> & more", "plan": { "digest": PLAN, "body": body, "envelope": { "spec": spec } } }));
        world.add(
            "release/payments@3.3.0",
            "release.stage_started/1",
            json!({ "environment": "prod-eu", "deployment": DEPLOYMENT }),
        );
        world.approved();
        world.add(&format!("deployment/{DEPLOYMENT}"), "deployment.gates_passed/1", json!({ "reports": [
            { "gate": "freeze", "title": "an exception lets it through", "detail": "", "who": ["cfo-office"], "rule": "freezes.peak.exception-by", "outcome": { "state": "overridden", "by": "EXC-1" } },
            { "gate": "approval", "title": "two said yes", "detail": "hugo, farah", "who": [], "rule": null, "outcome": { "state": "pass", "until": null } } ] }));
        world.add(
            &format!("deployment/{DEPLOYMENT}"),
            "deployment.step_started/1",
            json!({ "n": 0, "step": "prepare" }),
        );
        world.add(&format!("deployment/{DEPLOYMENT}"), "deployment.judged/1", json!({ "n": 3, "verdict": { "judgement": { "judgement": "healthy" }, "metrics": [
            { "metric": "error-rate", "judgement": { "judgement": "healthy" }, "new_value": 1000, "old_value": 1111, "new_requests": 2000, "old_requests": 18000, "difference": -111, "limit": 5000 } ] } }));
        world.other("1.2.0");
        world.add(
            &format!("deployment/{DEPLOYMENT}"),
            "deployment.confirmed/1",
            json!({}),
        );
        world.add("release/payments@3.3.0", "release.released/1", json!({}));
        world
    }

    fn approved(&mut self) {
        let planned = json!({ "deployment": DEPLOYMENT, "subject": PLAN, "purpose": "promote", "body": { "to": { "release": RELEASE } } });
        self.add("change/CHG-1", "change.opened/1", json!({ "id": "CHG-1", "release": RELEASE, "environment": "prod-eu", "requesters": ["rita"] }));
        self.add(
            "change/CHG-1",
            "change.planned/1",
            json!({ "planned": planned, "requesters": ["rita"] }),
        );
        for (person, team) in [("hugo", "risk-compliance"), ("farah", "payments")] {
            let vote = json!({ "person": person, "account": person, "subject": PLAN, "team": team, "reason": "seen", "at": "2026-11-23T08:00:00Z", "until": "2026-11-26T08:00:00Z" });
            self.add("change/CHG-1", "change.approved/1", json!({ "vote": vote }));
        }
    }

    pub fn other(&mut self, version: &str) {
        self.add(
            &format!("release/web@{version}"),
            "release.locked/1",
            json!({ "artifact": BITS, "by": "rita" }),
        );
    }

    pub fn add(&mut self, stream: &str, kind: &str, body: Value) -> u64 {
        let rev = self.revs.entry(stream.to_owned()).or_default();
        *rev += 1;
        let entry = NewEntry {
            stream: StreamId::parse(stream).unwrap(),
            rev: *rev,
            kind: kind.to_owned(),
            actor: body["by"].as_str().unwrap_or("system").to_owned(),
            cause: format!("cmd-{rev}"),
            body: canonical(&body).unwrap(),
        };
        let mut seq = 0;
        let (rows, at) = (model_rows(stream, &body), self.at);
        self.store
            .write(&mut |tx| {
                seq = tx.append(&entry, at)?.seq;
                for (model, key, row) in &rows {
                    tx.put_model(model, key, Some(row))?;
                }
                Ok(())
            })
            .unwrap();
        seq
    }

    pub fn sealed(&self) -> CheckpointRow {
        let tree = (&self.store as &dyn Store)
            .read_with(|rows| rows.tree())
            .unwrap();
        let row = CheckpointRow {
            size: tree.size(),
            at: "2026-11-23T09:30:00Z".parse().unwrap(),
            note: self.key.sign(&tree).unwrap(),
        };
        let verifier = self.key.verifier().to_owned();
        self.store
            .write(&mut |tx| {
                tx.put_checkpoint(&row)?;
                tx.put_checkpoint_key(&verifier)
            })
            .unwrap();
        row
    }

    pub fn material(&self) -> Material {
        let sealed = self.sealed();
        let at = "2026-11-23T09:31:00Z".parse().unwrap();
        let mut found = None;
        self.store
            .read(&mut |rows| {
                let blobs = |rows: &dyn tidegate_ledger::Rows, digest: &Digest| rows.blob(digest);
                found =
                    Some(collect(rows, &blobs, &RELEASE.parse().unwrap(), &sealed, at).unwrap());
                Ok(())
            })
            .unwrap();
        found.unwrap()
    }

    /// The file of some material, signed by the key of the log.
    pub fn signed(&self, material: &Material) -> Vec<u8> {
        let bundle = Bundle::of(material).unwrap();
        let note = self.key.vouch(bundle.statement().as_bytes()).unwrap();
        bundle.file(note).unwrap()
    }

    pub fn bundle(&self) -> Vec<u8> {
        self.signed(&self.material())
    }
}

/// Rows by which the entries of a release are found.
fn model_rows(stream: &str, body: &Value) -> Vec<(&'static str, String, String)> {
    let (kind, key) = stream.split_once('/').unwrap();
    match kind {
        "deployment" if body["plan"].is_object() => {
            let row = json!({ "id": key, "release": body["plan"]["body"]["to"]["release"], "purpose": body["purpose"] });
            vec![("deployment", key.to_owned(), row.to_string())]
        }
        "change" if body["release"].is_string() => {
            vec![("change", key.to_owned(), body.to_string())]
        }
        "change" if body["planned"]["deployment"].is_string() => {
            let deployment = body["planned"]["deployment"].as_str().unwrap();
            let id = json!(key).to_string();
            vec![("change-of-deployment", deployment.to_owned(), id)]
        }
        _ => Vec::new(),
    }
}

fn configuration() -> Vec<u8> {
    let places = json!({ "freezes.peak": { "file": "calendar.yaml", "line": 12 } });
    json!({ "origins": places, "spec": {} })
        .to_string()
        .into_bytes()
}

/// Files of an archive by name.
pub fn unzip(file: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(file)).unwrap();
    let mut files = BTreeMap::new();
    for n in 0..archive.len() {
        let mut member = archive.by_index(n).unwrap();
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).unwrap();
        files.insert(member.name().unwrap().to_string(), bytes);
    }
    files
}

/// An archive of files.
pub fn rezip<'a>(files: impl IntoIterator<Item = (&'a String, &'a Vec<u8>)>) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file(name.as_str(), options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

impl World {
    pub fn write(
        &self,
        f: &mut dyn FnMut(&mut dyn tidegate_ledger::Tx) -> Result<(), tidegate_ledger::StoreError>,
    ) {
        self.store.write(f).unwrap();
    }

    /// A row of a read model.
    pub fn row(&self, model: &str, key: &str, body: &str) {
        self.write(&mut |tx| tx.put_model(model, key, Some(body)));
    }

    pub fn store_read(
        &self,
        f: &mut dyn FnMut(&dyn tidegate_ledger::Rows) -> Result<(), tidegate_ledger::StoreError>,
    ) {
        self.store.read(f).unwrap();
    }
}
