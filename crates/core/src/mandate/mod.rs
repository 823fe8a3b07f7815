//! What shows somebody who does not believe the server that people allowed a plan.
//!
//! Votes are signed over a statement that names the plan by the digest over its effects. An agent with a trust file of its own
//! reads the plan, computes that digest, and counts the signatures. Here is the counting; the bytes of a signature are
//! checked by the caller, and what an agent has admitted before is kept by it.

mod statement;
mod trust;

pub use statement::{About, Statement, Verdict, Voter};
pub use trust::{Quorum, Rule, Trust, Trusted};

use crate::digest::Digest;
use crate::plan::PlanBody;
use crate::spec::Part;
use crate::time::{Millis, Timestamp};
use std::collections::BTreeSet;

/// Between the clock of an agent and that of whoever takes the votes.
const SKEW: Millis = Millis::minutes(5);

/// A vote as it came: the text that was signed and the signature over it, in base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signed<'a> {
    /// The exact text.
    pub statement: &'a str,
    /// Ed25519 signature, base64.
    pub value: &'a str,
}

/// What people allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// The change whose votes they are: it is used for one deployment.
    pub change: String,
    /// Who said yes.
    pub by: Vec<String>,
    /// When the last of these votes ends.
    pub until: Timestamp,
}

/// How a signature is checked: public key, text, signature, both in base64.
pub type Genuine<'a> = &'a dyn Fn(&str, &str, &str) -> bool;

/// Did enough people of the trust file say yes to exactly this plan?
///
/// # Errors
/// Why not, for people: what is missing and what each vote is worth.
pub fn granted(
    trust: &Trust,
    plan: &PlanBody,
    votes: &[Signed<'_>],
    (now, genuine): (Timestamp, Genuine<'_>),
) -> Result<Granted, String> {
    let env = &plan.environment;
    let Some(rule) = trust.environments.get(env) else {
        return Err(format!("its trust file says nothing about {env}"));
    };
    let digest = plan
        .digest()
        .map_err(|e| format!("the plan has no digest: {e}"))?;
    let mut worthless = Vec::new();
    let mut said: Vec<Statement> = Vec::new();
    for vote in votes {
        match worth(trust, plan, *vote, genuine) {
            Ok(statement) if statement.plan != digest => {
                worthless.push(format!("{} allowed another plan", statement.person));
            }
            Ok(statement) if SKEW.after(now) < statement.at || statement.until <= now => {
                worthless.push(format!("the yes of {} is not good now", statement.person));
            }
            Ok(statement) => said.push(statement),
            Err(because) => worthless.push(because),
        }
    }
    let barred: BTreeSet<&String> = said
        .iter()
        .flat_map(|s| {
            let authors = rule.never_by.contains(&Part::Author).then_some(&s.authors);
            s.requesters.iter().chain(authors.into_iter().flatten())
        })
        .collect();
    let changes: BTreeSet<&String> = said.iter().map(|s| &s.change).collect();
    let mut best = rule.approvals.clone();
    for change in changes {
        let mut by: Vec<String> = Vec::new();
        for one in said.iter().filter(|s| s.change == *change) {
            if barred.contains(&one.person) {
                worthless.push(format!("{} has a part in it", one.person));
            } else if !by.contains(&one.person) {
                by.push(one.person.clone());
            }
        }
        let people: Vec<&Trusted> = by
            .iter()
            .filter_map(|name| trust.people.get(name))
            .collect();
        let open = rule.open(&people);
        if open.is_empty() {
            let ends = said.iter().filter(|s| s.change == *change);
            return Ok(Granted {
                change: change.clone(),
                by,
                until: ends.map(|s| s.until).max().unwrap_or(now),
            });
        }
        best = open;
    }
    Err(refusal(&digest, &best, &worthless))
}

/// What is missing, and what each vote that came is worth.
fn refusal(digest: &Digest, missing: &[Quorum], worthless: &[String]) -> String {
    let missing: Vec<String> = missing.iter().map(ToString::to_string).collect();
    let mut because = format!(
        "not allowed by its trust file: sha256:{} lacks the yes of {}",
        digest.short(8),
        missing.join(" and ")
    );
    for line in worthless {
        because += &format!("; {line}");
    }
    because
}

/// The statement of a vote that a key of its person signed, about this plan's place.
fn worth(
    trust: &Trust,
    plan: &PlanBody,
    vote: Signed<'_>,
    genuine: Genuine<'_>,
) -> Result<Statement, String> {
    let statement = Statement::read(vote.statement)
        .map_err(|because| format!("a vote is worthless: {because}"))?;
    let name = &statement.person;
    let Some(person) = trust.people.get(name) else {
        return Err(format!("{name} is not in the file"));
    };
    let signed = |key: &String| genuine(key, vote.statement, vote.value);
    if !person.keys.values().any(signed) {
        return Err(format!(
            "no key of {name} in the file signed what {name} is said to allow"
        ));
    }
    let same = statement.environment == plan.environment
        && statement.release == plan.to.release
        && statement.artifact == plan.to.artifact;
    if !same {
        return Err(format!("{name} allowed something else"));
    }
    Ok(statement)
}
