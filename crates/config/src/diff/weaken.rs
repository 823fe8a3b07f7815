//! Which controls become weaker. Computed from effects: a strategy exchanged for a gentler one counts where it is used,
//! however the exchange was written.

use std::collections::BTreeMap;
use tidegate_core::id::{EnvId, Name};
use tidegate_core::spec::{
    Analysis, Arrival, CanaryStep, Environment, Metric, NoData, OnRegression, Shape, Spec,
    StepSignOff, Strategy, Tier, Tolerance, Unscheduled,
};
use tidegate_core::time::Millis;

/// Reasons by the path of the value that causes them.
pub fn all(old: &Spec, new: &Spec) -> BTreeMap<String, String> {
    let mut found = Found::default();
    for (id, was, is) in both(&old.environments, &new.environments) {
        found.environment(&format!("environments.{id}"), was, is);
    }
    for (name, was, is) in both(&old.pipelines, &new.pipelines) {
        let at = format!("pipelines.{name}");
        let left: Vec<&str> = was
            .path
            .iter()
            .filter(|e| !is.path.contains(e))
            .map(EnvId::as_str)
            .collect();
        found.when(!left.is_empty(), format!("{at}.path"), || {
            format!("releases no longer pass {}", left.join(", "))
        });
        found.shorter(format!("{at}.watch"), "watch", was.watch, is.watch);
    }
    for (name, was, is) in both(&old.windows, &new.windows) {
        found.more(format!("windows.{name}.at-most"), was.at_most, is.at_most);
    }
    for (name, was, is) in both(&old.strategies, &new.strategies) {
        found.strategy(&format!("strategies.{name}"), was, is, &applies(old, name));
    }
    for (name, was, is) in both(&old.analyses, &new.analyses) {
        found.analysis(&format!("analyses.{name}"), was, is);
    }
    for (id, was, is) in both(&old.services, &new.services) {
        let gone = was.health.path.is_some() && is.health.path.is_none();
        found.when(gone, format!("services.{id}.health.get"), || {
            "the health path is no longer asked".to_owned()
        });
        let fewer = was.uses.iter().any(|name| !is.uses.contains(name));
        found.when(fewer, format!("services.{id}.uses"), || {
            "a shared resource is no longer waited for".to_owned()
        });
        let shorter = was.needs.keys().any(|n| !is.needs.contains_key(n));
        found.when(shorter, format!("services.{id}.needs"), || {
            "a needed service is no longer waited for".to_owned()
        });
        found.longer(
            format!("services.{id}.rollback.within"),
            "time for the way back",
            was.rollback.within,
            is.rollback.within,
        );
    }
    found.exchanged(old, new);
    found.0.extend(super::service::weakened(old, new));
    found.0.extend(super::calendar::weakened(old, new));
    found.0.extend(super::train::weakened(old, new));
    found.0.extend(super::board::weakened(old, new));
    found.0.extend(super::layers::weakened(old, new));
    found.0.extend(super::identity::weakened(old, new));
    found.0.extend(super::policy::weakened(old, new));
    found.0.extend(super::archive::weakened(old, new));
    for (path, reason) in super::owned::handed_over(old, new) {
        let told = found.0.entry(path);
        told.and_modify(|told| *told = format!("{told}; {reason}"))
            .or_insert(reason);
    }
    found.0
}

/// What is in both, by name.
pub fn both<'a, K: Ord, V>(
    old: &'a BTreeMap<K, V>,
    new: &'a BTreeMap<K, V>,
) -> impl Iterator<Item = (&'a K, &'a V, &'a V)> {
    old.iter()
        .filter_map(|(k, was)| Some((k, was, new.get(k)?)))
}

/// "web in prod, api in prod": where a strategy holds.
fn applies(spec: &Spec, name: &Name) -> String {
    let mut places = Vec::new();
    for service in spec.services.keys() {
        for env in spec.path_of(service) {
            if spec
                .resolve(service, env)
                .is_ok_and(|r| r.strategy.0 == name)
            {
                places.push(format!("{service} in {env}"));
            }
        }
    }
    match places.len() {
        0 => "used by no service".to_owned(),
        1..=4 => format!("applies to {}", places.join(", ")),
        n => format!("applies to {} and {} more", places[..3].join(", "), n - 3),
    }
}

#[derive(Default)]
struct Found(BTreeMap<String, String>);

impl Found {
    fn when(&mut self, weaker: bool, path: String, reason: impl FnOnce() -> String) {
        if weaker {
            self.0.insert(path, reason());
        }
    }

    fn shorter(&mut self, path: String, what: &str, was: Millis, is: Millis) {
        self.when(is < was, path, || format!("{what} is shorter"));
    }

    fn longer(&mut self, path: String, what: &str, was: Millis, is: Millis) {
        self.when(is > was, path, || format!("{what} is longer"));
    }

    fn more(&mut self, path: String, was: Option<u32>, is: Option<u32>) {
        let more = was.is_some_and(|was| is.is_none_or(|is| is > was));
        self.when(more, path, || match is {
            Some(is) => format!("{is} deployments at a time"),
            None => "any number of deployments at a time".to_owned(),
        });
    }

    fn environment(&mut self, at: &str, was: &Environment, is: &Environment) {
        let lock = was.one_at_a_time && !is.one_at_a_time;
        self.when(lock, format!("{at}.one-at-a-time"), || {
            "several deployments at a time".to_owned()
        });
        self.more(format!("{at}.at-most"), was.at_most, is.at_most);
        let late = was.unscheduled == Unscheduled::Refuse && is.unscheduled == Unscheduled::Queue;
        self.when(late, format!("{at}.unscheduled"), || {
            "work that nobody scheduled is taken and waits".to_owned()
        });
        self.shorter(format!("{at}.soak"), "soak", was.soak, is.soak);
        let gone: Vec<&str> = was
            .after
            .iter()
            .filter(|a| !is.after.contains(a))
            .map(EnvId::as_str)
            .collect();
        self.when(!gone.is_empty(), format!("{at}.after"), || {
            format!("releases need not pass {} first", gone.join(", "))
        });
        let production = was.tier == Tier::Production || is.tier == Tier::Production;
        let automatic = was.deploy == Arrival::Manual && is.deploy != Arrival::Manual;
        let sooner = was.deploy == Arrival::WhenGreen && is.deploy == Arrival::OnArrival;
        self.when(
            production && (automatic || sooner),
            format!("{at}.deploy"),
            || "releases enter production by themselves".to_owned(),
        );
        let demoted = was.tier == Tier::Production && is.tier != Tier::Production;
        self.when(demoted, format!("{at}.tier"), || {
            "no longer treated as production".to_owned()
        });
    }

    fn strategy(&mut self, at: &str, was: &Strategy, is: &Strategy, applies: &str) {
        for (path, reason) in strategy(was, is) {
            self.0
                .insert(format!("{at}.{path}"), format!("{reason}; {applies}"));
        }
    }

    fn analysis(&mut self, at: &str, was: &Analysis, is: &Analysis) {
        self.when(is.at_least < was.at_least, format!("{at}.at-least"), || {
            "fewer requests count as evidence".to_owned()
        });
        let stays = was.no_data == NoData::RollBack && is.no_data == NoData::Pause;
        self.when(stays, format!("{at}.no-data"), || {
            "missing data no longer rolls back".to_owned()
        });
        for (name, m) in &was.metrics {
            let at = format!("{at}.metrics.{name}");
            match is.metrics.get(name) {
                None => self.when(true, at, || format!("`{name}` is no longer judged")),
                Some(now) => self.metric(&at, m, now),
            }
        }
    }

    fn metric(&mut self, at: &str, was: &Metric, is: &Metric) {
        let looser = match (was.tolerate, is.tolerate) {
            (Tolerance::Points(a), Tolerance::Points(b))
            | (Tolerance::Relative(a), Tolerance::Relative(b)) => b > a,
            _ => true,
        };
        self.when(
            looser && was.tolerate != is.tolerate,
            format!("{at}.tolerate"),
            || "a larger difference is accepted".to_owned(),
        );
        let shows = was.critical && !is.critical;
        self.when(shows, format!("{at}.critical"), || {
            "no longer decides, only shows".to_owned()
        });
        self.when(was.better != is.better, format!("{at}.better"), || {
            "the other direction counts as good".to_owned()
        });
    }

    /// Services that get another strategy by name: the two are compared as if one had been edited.
    fn exchanged(&mut self, old: &Spec, new: &Spec) {
        let (before, after) = (crate::settings::all(old).0, crate::settings::all(new).0);
        for service in old.services.keys().filter(|s| new.services.contains_key(s)) {
            for env in new.path_of(service) {
                let (Ok(was), Ok(is)) = (old.resolve(service, env), new.resolve(service, env))
                else {
                    continue;
                };
                if was.strategy.0 == is.strategy.0 {
                    continue;
                }
                let Some((_, reason)) = strategy(was.strategy.1, is.strategy.1).into_iter().next()
                else {
                    continue;
                };
                let own = format!("services.{service}");
                let candidates = [
                    format!("{own}.environments.{env}"),
                    format!("{own}.strategy"),
                    format!("{own}.pipeline"),
                    format!("pipelines.{}.strategy", is.service.pipeline),
                    format!("environments.{env}.tier"),
                ];
                let differs = |path: &String| {
                    let part = |(p, _): &(&String, &String)| {
                        p.strip_prefix(path.as_str())
                            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
                    };
                    !before.iter().filter(part).eq(after.iter().filter(part))
                };
                let path = candidates
                    .iter()
                    .find(|c| differs(c))
                    .unwrap_or(&candidates[1])
                    .clone();
                let text = format!(
                    "{reason} for {service} in {env} ({} -> {})",
                    was.strategy.0, is.strategy.0
                );
                self.0
                    .entry(path)
                    .and_modify(|t| *t = format!("{t}; {text}"))
                    .or_insert(text);
            }
        }
    }
}

/// How a strategy is weaker than another one, by key.
fn strategy(was: &Strategy, is: &Strategy) -> Vec<(String, String)> {
    let mut weaker: Vec<(String, String)> = Vec::new();
    let mut add = |path: String, reason: &str| weaker.push((path, reason.to_owned()));
    if was.analysis.is_some() && is.analysis.is_none() {
        add(
            "analysis".to_owned(),
            "the new revision is no longer judged",
        );
    }
    if rank(is.regression) > rank(was.regression) {
        add(
            "regression".to_owned(),
            "a regression is answered less firmly",
        );
    }
    match (&was.shape, &is.shape) {
        (Shape::Canary { steps: a, .. }, Shape::Canary { steps: b, .. }) => canary(a, b, &mut add),
        (Shape::Canary { .. }, _) => add(
            "canary".to_owned(),
            "traffic no longer moves in judged steps",
        ),
        (
            Shape::BlueGreen {
                warm: a,
                sign_off: asked,
            },
            Shape::BlueGreen {
                warm: b,
                sign_off: asks,
            },
        ) => {
            if b < a {
                add(
                    "blue-green.warm".to_owned(),
                    "the way back is instant for a shorter time",
                );
            }
            if let Some(asked) = asked
                && !asks.as_ref().is_some_and(|is| same_signers(asked, is))
            {
                add("blue-green.sign-off".to_owned(), &unsigned(asked));
            }
        }
        (Shape::BlueGreen { .. }, Shape::Rolling { .. } | Shape::Recreate) => {
            add(
                "blue-green".to_owned(),
                "there is no instant way back any more",
            );
        }
        (
            Shape::Rolling {
                max_unavailable: a, ..
            },
            Shape::Rolling {
                max_unavailable: b, ..
            },
        ) if b > a => {
            add(
                "rolling.max-unavailable".to_owned(),
                "more instances may be missing meanwhile",
            );
        }
        (Shape::Rolling { batch: a, .. }, Shape::Rolling { batch: b, .. }) if b > a => {
            add(
                "rolling.batch".to_owned(),
                "more instances are replaced at once",
            );
        }
        (Shape::Rolling { .. }, Shape::Recreate) => {
            add("rolling".to_owned(), "there is a downtime")
        }
        _ => {}
    }
    weaker
}

fn rank(regression: OnRegression) -> u8 {
    match regression {
        OnRegression::RollBack => 0,
        OnRegression::Pause => 1,
        OnRegression::Tell => 2,
    }
}

/// The same meaning, of the same people, with a sign-in that is as fresh.
fn same_signers(a: &StepSignOff, b: &StepSignOff) -> bool {
    (&a.sign, &a.from) == (&b.sign, &b.from)
        && !super::policy::longer(a.signed_in_within, b.signed_in_within)
}

fn unsigned(asked: &StepSignOff) -> String {
    format!(
        "{} is no longer signed like this before more traffic follows",
        asked.sign
    )
}

fn canary(was: &[CanaryStep], is: &[CanaryStep], add: &mut impl FnMut(String, &str)) {
    if is.len() < was.len() {
        add(
            format!("canary[{}]", is.len()),
            "the canary has fewer steps",
        );
    }
    if let (Some(a), Some(b)) = (was.first(), is.first())
        && b.to > a.to
    {
        add("canary[0].to".to_owned(), "the first step hurts more users");
    }
    for (n, step) in was.iter().enumerate() {
        let Some(asked) = &step.sign_off else {
            continue;
        };
        let by_then = is.iter().filter(|s| s.to <= step.to);
        if !by_then
            .filter_map(|s| s.sign_off.as_ref())
            .any(|b| same_signers(asked, b))
        {
            add(format!("canary[{n}].sign-off"), &unsigned(asked));
        }
    }
    // Steps may be added, removed and moved; what counts is how long traffic stays at or below each share.
    for (n, step) in was.iter().enumerate() {
        let held = |steps: &[CanaryStep]| {
            steps
                .iter()
                .filter(|s| s.to <= step.to)
                .map(|s| s.hold.0)
                .sum::<u64>()
        };
        if held(is) < held(was) {
            add(
                format!("canary[{n}].hold"),
                &format!("traffic goes beyond {} sooner", step.to),
            );
            break;
        }
    }
}
