//! A text to checked policies, with the line of each, or everything that is wrong with it.
//!
//! Strict: what Cedar only warns about is refused as well, and so is a `permit`, which would give what only roles give.

use super::{Text, schema};
use cedar_policy::ffi::DetailedError;
use cedar_policy::{Effect, Policy, PolicyId, PolicySet, Schema, ValidationMode, Validator};
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr as _;

/// A policy of a text.
#[derive(Debug, Clone)]
pub struct One {
    /// The policy.
    pub policy: Policy,
    /// Its name, unique over all texts.
    pub id: String,
    /// What it says, for people.
    pub message: String,
    /// Lines of the text before it.
    pub line: u32,
}

/// What is wrong with a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What kind of problem it is.
    pub kind: Kind,
    /// Lines of the text before it.
    pub line: u32,
    /// What is wrong.
    pub message: String,
    /// The way out.
    pub help: Option<String>,
}

/// Kinds of problems.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It is no Cedar.
    Syntax,
    /// It names something that the schema does not know, or can never be met.
    Meaning,
    /// It permits.
    Permit,
}

/// The policies of a text.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read(text: &Text<'_>) -> Result<Vec<One>, Vec<Problem>> {
    let schema = schema().map_err(|message| vec![meaning(0, message)])?;
    let set = PolicySet::from_str(text.text).map_err(|errors| {
        let mut all: Vec<Problem> = errors
            .iter()
            .map(|e| problem(Kind::Syntax, &e.into(), text))
            .collect();
        all.dedup();
        all
    })?;
    let mut problems = Vec::new();
    if set.templates().next().is_some() {
        problems.push(meaning(
            0,
            "it holds a template, which nothing links".to_owned(),
        ));
    }
    let found = lines(&set, text);
    if found.is_empty() && problems.is_empty() {
        problems.push(Problem {
            kind: Kind::Syntax,
            line: 0,
            message: "it holds no policy".to_owned(),
            help: Some("write `forbid (principal, action, resource) when { … };`".to_owned()),
        });
    }
    for one in found
        .iter()
        .filter(|one| one.policy.effect() == Effect::Permit)
    {
        problems.push(Problem {
            kind: Kind::Permit,
            line: one.line,
            message: "this policy permits".to_owned(),
            help: Some("rights come from roles; write what must not be as `forbid (…)`".to_owned()),
        });
    }
    let validated = Validator::new(schema.clone()).validate(&set, ValidationMode::Strict);
    let wrong = validated.validation_errors().map(DetailedError::from);
    let doubtful = validated.validation_warnings().map(DetailedError::from);
    for error in wrong.chain(doubtful) {
        problems.push(problem(Kind::Meaning, &error, text));
    }
    only_causes(&mut problems);
    if problems.is_empty() {
        Ok(found)
    } else {
        Err(problems)
    }
}

/// Each once, and without what only follows from another one of the same line.
fn only_causes(problems: &mut Vec<Problem>) {
    const FOLLOWS: [&str; 2] = [
        "unable to find an applicable action",
        "policy is impossible",
    ];
    let follows = |p: &Problem| FOLLOWS.iter().any(|text| p.message.starts_with(text));
    let causes: BTreeSet<u32> = problems
        .iter()
        .filter(|p| !follows(p))
        .map(|p| p.line)
        .collect();
    let mut seen: Vec<Problem> = Vec::new();
    problems.retain(|p| {
        let new = !seen.contains(p) && (!follows(p) || !causes.contains(&p.line));
        if new {
            seen.push(p.clone());
        }
        new
    });
}

/// Are these policies what the schema knows?
pub(super) fn checked(set: &PolicySet, schema: &Schema) -> Result<(), Problem> {
    let validated = Validator::new(schema.clone()).validate(set, ValidationMode::Strict);
    let wrong = validated.validation_errors().map(ToString::to_string);
    let doubtful = validated.validation_warnings().map(ToString::to_string);
    match wrong.chain(doubtful).next() {
        Some(message) => Err(meaning(0, message)),
        None => Ok(()),
    }
}

fn meaning(line: u32, message: String) -> Problem {
    Problem {
        kind: Kind::Meaning,
        line,
        message,
        help: None,
    }
}

/// Each policy with its name and the lines before it, in the order of the text.
fn lines(set: &PolicySet, text: &Text<'_>) -> Vec<One> {
    // Cedar counts them in order of the text: `policy0`, `policy1`, …
    let number = |id: &PolicyId| -> usize {
        let id: &str = id.as_ref();
        id.trim_start_matches("policy")
            .parse()
            .unwrap_or(usize::MAX)
    };
    let mut policies: Vec<&Policy> = set.policies().collect();
    policies.sort_by_key(|p| number(p.id()));
    let several = policies.len() > 1;
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    let mut from = 0;
    let mut all = Vec::new();
    for (n, policy) in policies.into_iter().enumerate() {
        let source = policy.to_string();
        let at = text.text.get(from..).and_then(|rest| rest.find(&source));
        let start = at.map_or(from, |at| from + at);
        from = at.map_or(from, |at| from + at + source.len());
        let id = match policy.annotation("id") {
            Some(id) => format!("{}: {id}", text.name),
            None if several => format!("{} no. {}", text.name, n + 1),
            None => text.name.clone(),
        };
        let again = taken.entry(id.clone()).or_default();
        *again += 1;
        all.push(One {
            policy: policy.clone(),
            id: if *again > 1 {
                format!("{id} no. {}", *again)
            } else {
                id
            },
            message: policy
                .annotation("message")
                .map_or_else(|| format!("the {} forbids it", kind(text)), str::to_owned),
            line: before(text.text, start),
        });
    }
    all
}

fn kind<'t>(text: &'t Text<'_>) -> &'t str {
    text.name.split(' ').next().unwrap_or_default()
}

fn problem(kind: Kind, error: &DetailedError, text: &Text<'_>) -> Problem {
    let at = error.source_locations.first().map_or(0, |l| l.loc.start);
    let label = error.source_locations.iter().find_map(|l| l.label.clone());
    let mut message = error.message.clone();
    // Cedar names policies by their number in the text; the line says the same better.
    if let Some((before, rest)) = message.split_once("policy `policy")
        && let Some((_, rest)) = rest.split_once("`, ")
    {
        message = format!("{}{rest}", before.trim_start_matches("for "));
    }
    // The same attribute is missing on each kind of thing that the action is about.
    if let Some((before, rest)) = message.split_once(" on entity type `")
        && let Some((_, rest)) = rest.split_once('`')
    {
        message = format!("{before}{rest}");
    }
    if let Some(label) = label {
        message = format!("{message}: {label}");
    }
    Problem {
        kind,
        line: before(text.text, at),
        message,
        help: error.help.clone(),
    }
}

/// Lines before a byte.
fn before(text: &str, at: usize) -> u32 {
    let lines = text.bytes().take(at).filter(|b| *b == b'\n').count();
    u32::try_from(lines).unwrap_or(u32::MAX)
}
