//! What a row says in the end: a ratio line, goals, and a JSON file.

use crate::figures::{Spread, round};
use crate::{Common, machine};
use anyhow::{Context, Result};
use serde_json::{Value, json};

/// The findings of a row, filled while it runs.
pub struct Report {
    row: &'static str,
    machine: Value,
    settings: Value,
    rounds: Vec<Value>,
    ratios: Vec<Value>,
    validity: Value,
    goals: Vec<Value>,
}

/// A run counts when its probe moved no more than this between its lowest and highest round.
const STEADY: f64 = 2.0;
/// A run beside peers counts when the load of others was less than this at its start.
const QUIET: f64 = 1.0;

impl Report {
    /// Begin a row; says what is measured and where.
    pub fn begin(row: &'static str, what: &str, settings: Value) -> Self {
        let machine = machine::describe();
        println!("{row}: {what}");
        println!("{row}: machine {machine}, settings {settings}");
        Self {
            row,
            machine,
            settings,
            rounds: Vec::new(),
            ratios: Vec::new(),
            validity: Value::Null,
            goals: Vec::new(),
        }
    }

    /// A round, as a line and as data.
    pub fn round(&mut self, line: &str, data: Value) {
        println!("{}: {line}", self.row);
        self.rounds.push(data);
    }

    /// A ratio line.
    pub fn ratio(&mut self, what: &str, spread: Spread) {
        println!(
            "{}: ratio {what}: {:.2} (median; min {:.2}, max {:.2})",
            self.row, spread.median, spread.min, spread.max
        );
        self.ratios.push(json!({
            "what": what,
            "median": round(spread.median), "min": round(spread.min), "max": round(spread.max),
        }));
    }

    /// How steady the machine was: the probe's figure of each round.
    pub fn probes(&mut self, probes: Spread) {
        let moved = probes.max / probes.min;
        let word = if moved <= STEADY {
            "steady"
        } else {
            "NOT STEADY, repeat the run on a quiet machine"
        };
        println!(
            "{}: the probe moved {moved:.1} x between rounds: {word}",
            self.row
        );
        self.validity = json!({ "probe_moved": round(moved), "steady": moved <= STEADY });
    }

    /// A comparison with others counts only on a machine that has nothing else to do.
    pub fn quiet(&mut self) {
        let load = self.machine["load_at_start"].as_f64().unwrap_or(f64::MAX);
        let quiet = load < QUIET;
        let word = if quiet {
            "it counts"
        } else {
            "the run is INVALID, repeat it on a quiet machine"
        };
        println!(
            "{}: load of others {load:.1} at the start (less than {QUIET} is asked for): {word}",
            self.row
        );
        self.validity["load_of_others"] = json!(load);
        self.validity["quiet"] = json!(quiet);
    }

    /// A goal that the figure must not exceed.
    pub fn at_most(&mut self, what: &str, value: f64, goal: f64, unit: &str) {
        self.goal(what, value, goal, unit, "<=", value <= goal);
    }

    /// A goal that the figure must reach.
    pub fn at_least(&mut self, what: &str, value: f64, goal: f64, unit: &str) {
        self.goal(what, value, goal, unit, ">=", value >= goal);
    }

    fn goal(&mut self, what: &str, value: f64, goal: f64, unit: &str, sign: &str, met: bool) {
        let word = if met { "met" } else { "MISSED" };
        println!(
            "{}: goal {what} {sign} {goal} {unit}: {word} ({value:.2} {unit})",
            self.row
        );
        self.goals.push(json!({
            "what": what, "sign": sign, "goal": goal, "unit": unit, "value": round(value), "met": met,
        }));
    }

    /// Write `<out>/<row>.json`.
    pub fn end(self, common: &Common) -> Result<()> {
        std::fs::create_dir_all(&common.out)?;
        let path = common.out.join(format!("{}.json", self.row));
        let document = json!({
            "row": self.row,
            "version": env!("CARGO_PKG_VERSION"),
            "machine": self.machine,
            "settings": self.settings,
            "rounds": self.rounds,
            "ratios": self.ratios,
            "validity": self.validity,
            "goals": self.goals,
        });
        let text = serde_json::to_string_pretty(&document)?;
        std::fs::write(&path, text).with_context(|| path.display().to_string())?;
        println!("{}: written {}", self.row, path.display());
        Ok(())
    }
}
