//! The outside world as an agent keeps it: instances, traffic, and the fence that refuses older generations.

use std::collections::BTreeMap;
use tidegate_core::work::{Outcome, Task, Work};

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Place {
    pub instances: BTreeMap<String, u32>,
    pub weights: BTreeMap<String, u32>,
    pub generation: u64,
}

#[derive(Debug, Clone, Default)]
pub struct Target {
    /// By `environment/service`.
    pub places: BTreeMap<String, Place>,
}

impl Target {
    pub fn carry_out(&mut self, work: &Work) -> Outcome {
        let key = format!("{}/{}", work.environment, work.service);
        let place = self.places.entry(key).or_default();
        if work.generation < place.generation {
            let because = format!(
                "generation {} is older than {}",
                work.generation, place.generation
            );
            let log = Vec::new();
            return Outcome::Failed {
                because,
                log,
                output: None,
            };
        }
        place.generation = work.generation;
        match &work.task {
            Task::Prepare { .. } => {}
            Task::Scale { revision, to } => {
                place.instances.insert(revision.key.clone(), *to);
                place.instances.retain(|_, n| *n > 0);
            }
            Task::Shift { weights } => {
                let sum: u32 = weights.values().sum();
                assert!(
                    weights.is_empty() || sum == 10_000,
                    "weights sum to {sum}: {weights:?}"
                );
                place.weights = weights.clone();
            }
        }
        for key in place.weights.keys() {
            assert!(
                place.instances.contains_key(key),
                "traffic to {key}, which has no instances, after {work:?}"
            );
        }
        let detail = "done".to_owned();
        Outcome::Done {
            detail,
            log: Vec::new(),
            output: None,
        }
    }
}
