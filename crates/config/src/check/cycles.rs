//! Environments that wait for each other, services that need each other.

use super::Whole;
use crate::diagnostic::{Code, Report, codes};
use std::collections::{BTreeMap, BTreeSet};

pub fn check(whole: &Whole<'_>, report: &mut Report) {
    let environments = whole
        .spec
        .environments
        .iter()
        .map(|(id, e)| (id.as_str(), e.after.iter().map(|a| a.as_str()).collect()));
    let after = Graph {
        edges: environments.collect(),
        code: codes::ENVIRONMENT_CYCLE,
        message: "environments wait for each other",
        help: "remove one of these from `after`",
        path: &|id| format!("environments.{id}.after"),
    };
    after.check(whole, report);
    let services = whole
        .spec
        .services
        .iter()
        .map(|(id, s)| (id.as_str(), s.needs.keys().map(|n| n.as_str()).collect()));
    let needs = Graph {
        edges: services.collect(),
        code: codes::NEEDS_CYCLE,
        message: "services need each other",
        help: "remove one of these from `needs`; a service that can start without the other does not need it",
        path: &|id| format!("services.{id}.needs"),
    };
    needs.check(whole, report);
}

struct Graph<'a> {
    edges: BTreeMap<&'a str, Vec<&'a str>>,
    code: &'static Code,
    message: &'static str,
    help: &'static str,
    path: &'a dyn Fn(&str) -> String,
}

impl Graph<'_> {
    /// Each cycle is told once, from its first member by name.
    fn check(&self, whole: &Whole<'_>, report: &mut Report) {
        let mut told: BTreeSet<&str> = BTreeSet::new();
        for &start in self.edges.keys() {
            if told.contains(start) {
                continue;
            }
            let Some(cycle) = self.way_back(start) else {
                continue;
            };
            told.extend(&cycle);
            let closed: Vec<&str> = cycle.iter().copied().chain([start]).collect();
            let own = report
                .add(self.code, &whole.spot(&(self.path)(start)), self.message)
                .label(closed.join(" -> "))
                .help(self.help);
            for other in &cycle[1..] {
                own.also(&whole.spot(&(self.path)(other)), "and here");
            }
        }
    }

    /// Shortest way from `start` back to itself.
    fn way_back(&self, start: &str) -> Option<Vec<&str>> {
        let mut ways: Vec<Vec<&str>> =
            vec![self.edges.get_key_value(start).map(|(k, _)| vec![*k])?];
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut next = 0;
        while let Some(way) = ways.get(next).cloned() {
            next += 1;
            for &to in way
                .last()
                .and_then(|at| self.edges.get(at))
                .into_iter()
                .flatten()
            {
                if to == start {
                    return Some(way);
                }
                if seen.insert(to) {
                    ways.push(way.iter().copied().chain([to]).collect());
                }
            }
        }
        None
    }
}
