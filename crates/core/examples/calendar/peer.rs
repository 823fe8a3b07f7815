//! The same question asked of python-dateutil, in a process of its own that times itself.

use crate::estate::{Estate, LENGTH};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdout, Command, Stdio};

const SCRIPT: &str = include_str!("peer.py");
/// Questions of a round, each cold and warm.
const ASKED: usize = 5;

pub struct Peer {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
    version: String,
    wanted: Vec<Value>,
    compared: usize,
    different: usize,
    zones: Vec<String>,
    where_not: BTreeSet<String>,
}

/// Microseconds for one question over all sites.
pub struct Round {
    pub warm: f64,
    pub cold: f64,
    pub bisect: f64,
}

impl Peer {
    /// A Python with dateutil, named or `python3`; without one the reason is printed.
    pub fn find(python: Option<&str>, estate: &Estate) -> Option<Self> {
        let python = python.unwrap_or("python3");
        let started = Command::new(python)
            .args(["-c", SCRIPT])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut child = match started {
            Ok(child) => child,
            Err(error) => {
                println!("skipped: {python} cannot be started ({error}); name one with --python");
                return None;
            }
        };
        let merged = estate.build();
        let questions: Vec<_> = (0..ASKED).map(|n| estate.question(n * 997)).collect();
        let second = |at: tidegate_core::time::Timestamp| at.as_second();
        let wanted = questions.iter().map(|at| {
            let slots = estate.ask(&merged, *at);
            json!(
                slots
                    .iter()
                    .map(|s| s.map(|s| second(s.start())))
                    .collect::<Vec<_>>()
            )
        });
        let wanted = wanted.collect();
        let sites = estate.sites.iter().map(|site| {
            json!({
                "zone": site.setting.zone.name(), "window": site.window,
                "freezes": site.freezes.iter().map(|(a, b)| json!([a.to_string(), b.to_string()])).collect::<Vec<_>>(),
                "after": site.after.iter().map(|at| second(*at)).collect::<Vec<_>>(),
            })
        });
        let whole = json!({
            "from": second(estate.horizon.start()), "until": second(estate.horizon.end()),
            "length": LENGTH.0 / 1_000, "questions": questions.iter().map(|at| second(*at)).collect::<Vec<_>>(),
            "sites": sites.collect::<Vec<_>>(),
        });
        writeln!(child.stdin.as_mut()?, "{whole}").unwrap();
        let mut lines = BufReader::new(child.stdout.take()?).lines();
        match lines.next() {
            Some(Ok(version)) => {
                println!("beside it: {version}");
                let (compared, different) = (0, 0);
                let zones = estate.sites.iter();
                let zones = zones.map(|site| site.setting.zone.name().to_owned());
                Some(Self {
                    child,
                    lines,
                    version,
                    wanted,
                    compared,
                    different,
                    zones: zones.collect(),
                    where_not: BTreeSet::new(),
                })
            }
            _ => {
                println!("skipped: {python} has no dateutil; name a Python that has with --python");
                None
            }
        }
    }

    /// One round; answers are compared.
    pub fn round(&mut self) -> Option<Round> {
        writeln!(self.child.stdin.as_mut()?, "round").ok()?;
        let line = self.lines.next()?.ok()?;
        let value: Value = serde_json::from_str(&line).ok()?;
        for way in ["warmAnswers", "coldAnswers", "bisectAnswers"] {
            for (ours, theirs) in self.wanted.iter().zip(value[way].as_array()?) {
                let pairs = ours.as_array()?.iter().zip(theirs.as_array()?);
                for (site, (ours, theirs)) in pairs.enumerate() {
                    self.compared += 1;
                    if ours != theirs {
                        self.different += 1;
                        let text = format!("{} ({ours} here, {theirs} there)", self.zones[site]);
                        self.where_not.insert(text);
                    }
                }
            }
        }
        let figure = |name: &str| value[name].as_f64();
        Some(Round {
            warm: figure("warm")?,
            cold: figure("cold")?,
            bisect: figure("bisect")?,
        })
    }

    pub fn agreement(&self) -> String {
        let Self {
            version,
            compared,
            different,
            where_not,
            ..
        } = self;
        let zones: Vec<&str> = where_not.iter().map(String::as_str).collect();
        let places = if zones.is_empty() {
            String::new()
        } else {
            format!(", in {}", zones.join(", "))
        };
        format!("{version}: {compared} slots compared, {different} different{places}")
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
