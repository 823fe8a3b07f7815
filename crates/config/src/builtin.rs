//! What every tree has without writing it down. A document of the same name takes its place.

use std::collections::BTreeMap;
use tidegate_core::id::{EnvId, Name};
use tidegate_core::spec::{
    Analysis, Arrival, Better, CanaryStep, Environment, Health, Metric, NoData, OnRegression,
    Rollback, Shape, Share, Source, Strategy, StrategyRule, Tier, Tolerance, Unscheduled,
};
use tidegate_core::time::Millis;

/// Pipeline and analysis that are used when none is named.
pub const STANDARD: &str = "standard";
/// Names of the strategies that always exist.
pub const STRATEGIES: [&str; 4] = ["recreate", "rolling", "blue-green", "canary"];
/// Environment of a tree that declares none.
pub const ENVIRONMENT: &str = "production";
/// Zone of a tree that names none.
pub const ZONE: &str = "UTC";
/// Stabilisation period after the last step.
pub const WATCH: Millis = Millis::minutes(1);
/// Importance of a service that says none.
pub const SERVICE_TIER: u8 = 3;
/// Time between the request to stop and the kill.
pub const GRACE: Millis = Millis::secs(10);
/// How long the old revision stays warm.
pub const WARM: Millis = Millis::minutes(10);
/// How often a comparison is shown.
pub const EVERY: Millis = Millis::secs(30);
/// Requests on each side below which nothing counts as healthy.
pub const AT_LEAST: u64 = 200;

/// A name that is known to be one.
pub fn name(text: &str) -> Option<Name> {
    Name::new(text).ok()
}

/// Health check of a service that writes none.
pub fn health() -> Health {
    Health {
        path: None,
        every: Millis::secs(5),
        timeout: Millis::secs(2),
        deadline: Millis::secs(60),
    }
}

/// Limits of the way back.
pub fn rollback() -> Rollback {
    Rollback {
        decides: None,
        within: Millis::minutes(10),
    }
}

/// The one environment of a tree that declares none.
pub fn environment(zone: &str) -> Environment {
    Environment {
        tier: Tier::Production,
        after: Vec::new(),
        deploy: Arrival::Manual,
        soak: Millis::ZERO,
        zone: zone.to_owned(),
        window: None,
        quiet: Vec::new(),
        never_with: Vec::new(),
        region: None,
        one_at_a_time: false,
        at_most: None,
        unscheduled: Unscheduled::Queue,
        values: BTreeMap::new(),
        port_offset: 0,
    }
}

/// Strategies of a pipeline that names none: canary for users, rolling elsewhere.
pub fn strategy_rule() -> StrategyRule {
    StrategyRule {
        environments: BTreeMap::new(),
        tiers: name("canary")
            .map(|n| (Tier::Production.as_str().to_owned(), n))
            .into_iter()
            .collect(),
        default: name("rolling"),
    }
}

/// How long a rollout waits for a signature when nothing else is said.
pub const SIGN_WITHIN: Millis = Millis::minutes(7 * 24 * 60);

/// The four strategies.
pub fn strategies() -> BTreeMap<Name, Strategy> {
    let plain = |shape| Strategy {
        shape,
        analysis: name(STANDARD),
        regression: OnRegression::RollBack,
        alert_if_longer_than: None,
        needs_quiet: false,
    };
    let step = |percent: u32, minutes| CanaryStep {
        to: Share(percent * 100),
        hold: Millis::minutes(minutes),
        sign_off: None,
    };
    let shapes = [
        Shape::Recreate,
        Shape::Rolling {
            batch: 1,
            max_unavailable: 0,
        },
        Shape::BlueGreen {
            warm: WARM,
            sign_off: None,
        },
        Shape::Canary {
            steps: vec![step(10, 10), step(50, 10), step(100, 0)],
            stick_by: None,
        },
    ];
    STRATEGIES
        .iter()
        .zip(shapes)
        .filter_map(|(n, shape)| Some((name(n)?, plain(shape))))
        .collect()
}

/// The analysis `standard`: errors decide, latency shows.
pub fn analysis() -> Analysis {
    let metric = |tolerate, critical, source| Metric {
        better: Better::Lower,
        tolerate,
        critical,
        source,
    };
    let metrics = [
        (
            "errors",
            metric(Tolerance::Points(50), true, Source::RouterErrors),
        ),
        (
            "latency-p95",
            metric(
                Tolerance::Relative(2_000),
                false,
                Source::RouterLatency(9_500),
            ),
        ),
    ];
    Analysis {
        every: EVERY,
        at_least: AT_LEAST,
        no_data: NoData::Pause,
        metrics: metrics
            .into_iter()
            .map(|(n, m)| (n.to_owned(), m))
            .collect(),
    }
}

/// All environments in the order of `after`; names decide between equals. Members of a cycle are left out.
pub fn path(environments: &BTreeMap<EnvId, Environment>) -> Vec<EnvId> {
    let mut path: Vec<EnvId> = Vec::new();
    while let Some((id, _)) = environments.iter().find(|(id, e)| {
        !path.contains(id)
            && e.after
                .iter()
                .all(|a| path.contains(a) || !environments.contains_key(a))
    }) {
        path.push(id.clone());
    }
    path
}
