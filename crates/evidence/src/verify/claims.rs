//! What the entries of a release say about it, beyond being whole: what was deployed is what was registered, nothing began before its
//! gates passed, and who approved approved the plan that was carried out.

use super::Wrong;
use crate::documents::approvals;
use crate::facts::{at, body, is, text};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::id::{StreamId, StreamKind};
use tidegate_core::mandate::Statement;
use tidegate_ledger::Entry;

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claims {
    /// The digest that the release is made of.
    pub artifact: Option<String>,
    /// Deployments of it that were planned.
    pub deployments: usize,
    /// Those that started.
    pub started: usize,
    /// Gates that were answered when deployments started.
    pub gates: usize,
    /// Of those, let through by an exception.
    pub overridden: usize,
    /// Yes of people to the plan that was carried out.
    pub approvals: usize,
    /// Yes to another plan than the one that was carried out; they count for nothing.
    pub elsewhere: usize,
    /// Whoever both asked for a deployment and said yes to it: `hugo: CHG-7`.
    pub both: Vec<String>,
    /// Yes that came with a signature, by a key that an entry registers for the person.
    pub signed: Vec<SignedVote>,
}

/// A yes and the signature over it. Whether the bytes are those of the key is told by whoever has the arithmetic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedVote {
    /// Its entry.
    pub seq: u64,
    /// Who said it.
    pub person: String,
    /// Name of the key.
    pub key: String,
    /// Public key, base64.
    pub public: String,
    /// The exact text that was signed.
    pub statement: String,
    /// Signature, base64.
    pub value: String,
}

impl Claims {
    /// Look at the entries of a release.
    ///
    /// # Errors
    /// They contradict each other.
    pub(super) fn of(entries: &[Entry]) -> Result<Self, Wrong> {
        let mut claims = Self::default();
        claims.artifact(entries)?;
        claims.starts(entries)?;
        claims.votes(entries);
        claims.signatures(entries)?;
        Ok(claims)
    }

    /// One digest from the registration to the plans.
    fn artifact(&mut self, entries: &[Entry]) -> Result<(), Wrong> {
        let mut digest = String::new();
        let mut release = String::new();
        for entry in entries {
            let event = body(entry);
            let found = if is(entry, "artifact.registered") {
                text(&event, &["bits", "digest"])
            } else if is(entry, "release.locked") {
                entry.stream.key().clone_into(&mut release);
                text(&event, &["artifact"])
            } else if is(entry, "deployment.proposed")
                && text(&event, &["plan", "body", "to", "release"]) == release
            {
                text(&event, &["plan", "body", "to", "artifact"])
            } else {
                continue;
            };
            if !found.is_empty() && !digest.is_empty() && found != digest {
                let because = format!("names the artifact {found}, and not {digest}");
                return Err(Wrong::entry(entry.seq, because));
            }
            if !found.is_empty() {
                found.clone_into(&mut digest);
            }
        }
        self.artifact = (!digest.is_empty()).then_some(digest);
        Ok(())
    }

    /// Nothing is done before all gates pass.
    fn starts(&mut self, entries: &[Entry]) -> Result<(), Wrong> {
        let mut passed = BTreeSet::new();
        let of_deployments = entries
            .iter()
            .filter(|e| e.stream.kind() == Some(StreamKind::Deployment));
        for entry in of_deployments {
            if is(entry, "deployment.proposed") {
                self.deployments += 1;
            }
            if is(entry, "deployment.gates_passed") {
                self.started += usize::from(passed.insert(&entry.stream));
                let event = body(entry);
                for report in at(&event, &["reports"]).as_array().into_iter().flatten() {
                    self.answer(entry, report)?;
                }
            }
            if is(entry, "deployment.step_started") && !passed.contains(&entry.stream) {
                return Err(Wrong::entry(
                    entry.seq,
                    "began a step before the gates passed",
                ));
            }
        }
        Ok(())
    }

    fn answer(&mut self, entry: &Entry, report: &Value) -> Result<(), Wrong> {
        self.gates += 1;
        match text(report, &["outcome", "state"]) {
            "pass" => Ok(()),
            "overridden" => {
                self.overridden += 1;
                Ok(())
            }
            state => {
                let gate = text(report, &["gate"]).escape_default();
                let because = format!(
                    "says the gates passed, and {gate} says {}",
                    state.escape_default()
                );
                Err(Wrong::entry(entry.seq, because))
            }
        }
    }

    /// Signed votes say what they were signed for, with a key that was registered before.
    fn signatures(&mut self, entries: &[Entry]) -> Result<(), Wrong> {
        for entry in entries.iter().filter(|e| is(e, "change.approved")) {
            let event = body(entry);
            let vote = |name: &str| text(&event, &["vote", name]).to_owned();
            let part = |name: &str| text(&event, &["vote", "signature", name]).to_owned();
            if !at(&event, &["vote", "signature"]).is_object() {
                continue;
            }
            let signed = SignedVote {
                seq: entry.seq,
                person: vote("person"),
                key: part("key"),
                public: part("public"),
                statement: part("statement"),
                value: part("value"),
            };
            if !registered(entries, &signed) {
                let because = format!(
                    "was signed with a key `{}` that no entry before it registers for {}",
                    signed.key.escape_default(),
                    signed.person.escape_default()
                );
                return Err(Wrong::entry(entry.seq, because));
            }
            let said = Statement::read(&signed.statement)
                .map_err(|why| Wrong::entry(entry.seq, format!("has a signed text that {why}")))?;
            if said.plan.to_string() != vote("subject") || said.person != signed.person {
                let because = "was signed for another plan, or by another person";
                return Err(Wrong::entry(entry.seq, because));
            }
            self.signed.push(signed);
        }
        Ok(())
    }

    /// Whose yes was for the plan that was carried out, and who asked for what they approved.
    fn votes(&mut self, entries: &[Entry]) {
        let (plans, of_change) = (approvals::plans(entries), approvals::deployments(entries));
        let mut asked: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for entry in entries
            .iter()
            .filter(|e| e.stream.kind() == Some(StreamKind::Change))
        {
            let event = body(entry);
            let who = event["requesters"].as_array().into_iter().flatten();
            let who = who.filter_map(|who| who.as_str().map(str::to_owned));
            asked.entry(entry.stream.key()).or_default().extend(who);
        }
        for entry in entries.iter().filter(|e| is(e, "change.approved")) {
            let event = body(entry);
            let change = entry.stream.key();
            let plan = of_change.get(change).and_then(|d| plans.get(d));
            if plan.is_none_or(|plan| plan != text(&event, &["vote", "subject"])) {
                self.elsewhere += 1;
                continue;
            }
            self.approvals += 1;
            let person = text(&event, &["vote", "person"]);
            let account = text(&event, &["vote", "account"]);
            let requesters = asked.get(change);
            if requesters.is_some_and(|all| all.contains(person) || all.contains(account)) {
                self.both.push(format!("{person}: {change}"));
            }
        }
    }
}

/// Whether an earlier entry registers exactly this key for the person.
fn registered(entries: &[Entry], signed: &SignedVote) -> bool {
    let stream = StreamId::new(StreamKind::Person, &signed.person);
    let mut keys = entries
        .iter()
        .filter(|e| e.seq < signed.seq && e.stream == stream && is(e, "person.key_registered"));
    keys.any(|entry| {
        let event = body(entry);
        text(&event, &["key"]) == signed.key && text(&event, &["public"]) == signed.public
    })
}
