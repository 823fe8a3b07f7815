//! A small company: two services, two environments, every strategy. Small enough to hold in the head.

use std::collections::BTreeMap;
use tidegate_core::digest::Digest;
use tidegate_core::id::{EnvId, Name, ReleaseId, ServiceId};
use tidegate_core::spec::{
    Analysis, Arrival, Better, CanaryStep, Environment, Health, Metric, Need, NoData, OnRegression,
    Pipeline, Rollback, Run, Service, Shape, Share, Source, Spec, Strategy, StrategyRule, Tier,
    Tolerance,
};
use tidegate_core::stream::artifact::Bits;
use tidegate_core::time::{Millis, Timestamp};

/// When every story begins.
pub fn morning() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

pub fn env(name: &str) -> EnvId {
    EnvId::new(name).unwrap()
}

pub fn service(name: &str) -> ServiceId {
    ServiceId::new(name).unwrap()
}

pub fn release(id: &str) -> ReleaseId {
    id.parse().unwrap()
}

pub fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

/// Bits that differ with the release they are for.
pub fn bits(id: &str) -> Bits {
    Bits {
        built_by: None,
        digest: Digest::of(id.as_bytes()),
        size: Some(4_096),
        location: format!("/artifacts/{id}.tar.gz"),
        commit: Some(format!("c0ffee{}", Digest::of(id.as_bytes()).short(6))),
        repository: None,
        build: None,
        authors: Vec::new(),
        commits: None,
        migrates: None,
    }
}

/// A canary of these shares (basis points), each held for the minutes beside it.
pub fn canary(steps: &[(u32, u64)]) -> Shape {
    Shape::Canary {
        steps: steps
            .iter()
            .map(|(share, minutes)| CanaryStep {
                to: Share(*share),
                hold: Millis::minutes(*minutes),
                sign_off: None,
            })
            .collect(),
        stick_by: None,
    }
}

pub fn strategy(shape: Shape) -> Strategy {
    Strategy {
        shape,
        analysis: Some(name("standard")),
        regression: OnRegression::RollBack,
        alert_if_longer_than: None,
        needs_quiet: false,
    }
}

/// Errors may be half a percentage point above the old side's; 60 requests a side are enough.
pub fn analysis() -> Analysis {
    Analysis {
        every: Millis::secs(30),
        at_least: 60,
        no_data: NoData::Pause,
        metrics: BTreeMap::from([(
            "error-rate".to_owned(),
            Metric {
                better: Better::Lower,
                tolerate: Tolerance::Points(50),
                critical: true,
                source: Source::RouterErrors,
            },
        )]),
    }
}

fn environment(after: &[&str], offset: u16) -> Environment {
    Environment {
        tier: if after.is_empty() {
            Tier::Test
        } else {
            Tier::Production
        },
        after: after.iter().map(|e| env(e)).collect(),
        deploy: Arrival::Manual,
        soak: Millis::ZERO,
        zone: "UTC".to_owned(),
        window: None,
        quiet: Vec::new(),
        never_with: Vec::new(),
        region: None,
        one_at_a_time: !after.is_empty(),
        at_most: None,
        unscheduled: tidegate_core::spec::Unscheduled::Queue,
        values: BTreeMap::new(),
        port_offset: offset,
    }
}

fn program(port: u16) -> Service {
    Service {
        owner: tidegate_core::id::TeamId::new("platform").unwrap(),
        tier: 2,
        pipeline: name("standard"),
        strategy: StrategyRule::default(),
        artifact: None,
        provides: BTreeMap::new(),
        needs: BTreeMap::new(),
        run: Some(Run {
            command: vec!["./serve".to_owned(), "$PORT".to_owned()],
            prepare: None,
            port: Some(port),
            instances: 2,
            grace: Millis::secs(5),
        }),
        health: Health {
            path: Some("/health".to_owned()),
            every: Millis::secs(1),
            timeout: Millis::secs(1),
            deadline: Millis::secs(30),
        },
        values: BTreeMap::new(),
        environments: BTreeMap::new(),
        rollback: Rollback {
            decides: None,
            within: Millis::minutes(10),
        },
        known_issues: Vec::new(),
        uses: std::collections::BTreeSet::new(),
        expected: None,
        cover_by: Vec::new(),
        needs_quiet: false,
        data_class: None,
        audience: None,
        tags: std::collections::BTreeSet::new(),
        visible_to: None,
    }
}

/// `web` and `api` go to `staging` and then to `prod`, as a canary; `api` needs `web`.
pub fn company() -> Spec {
    let canary = canary(&[(1_000, 5), (5_000, 5), (10_000, 0)]);
    let blue_green = Shape::BlueGreen {
        warm: Millis::minutes(30),
        sign_off: None,
    };
    let rolling = Shape::Rolling {
        batch: 1,
        max_unavailable: 0,
    };
    let mut api = program(8081);
    api.needs = BTreeMap::from([(service("web"), Need("^1".parse().unwrap()))]);
    Spec {
        company: "Example".to_owned(),
        zone: "UTC".to_owned(),
        prometheus: None,
        teams: BTreeMap::new(),
        environments: BTreeMap::from([
            (env("staging"), environment(&[], 0)),
            (env("prod"), environment(&["staging"], 1_000)),
        ]),
        pipelines: BTreeMap::from([(
            name("standard"),
            Pipeline {
                path: vec![env("staging"), env("prod")],
                strategy: StrategyRule {
                    default: Some(name("canary")),
                    ..StrategyRule::default()
                },
                watch: Millis::minutes(10),
            },
        )]),
        strategies: BTreeMap::from([
            (name("canary"), strategy(canary)),
            (name("blue-green"), strategy(blue_green)),
            (name("rolling"), strategy(rolling)),
            (name("recreate"), strategy(Shape::Recreate)),
        ]),
        analyses: BTreeMap::from([(name("standard"), analysis())]),
        services: BTreeMap::from([(service("web"), program(8080)), (service("api"), api)]),
        windows: BTreeMap::new(),
        freezes: BTreeMap::new(),
        trains: BTreeMap::new(),
        guardrails: BTreeMap::new(),
        units: BTreeMap::new(),
        auditors: Default::default(),
        public_feeds: Default::default(),
        boards: BTreeMap::new(),
        vendors: BTreeMap::new(),
        legacy: BTreeMap::new(),
        bookings: BTreeMap::new(),
        policies: BTreeMap::new(),
        risk: None,
        risk_questions: std::collections::BTreeMap::new(),
        sign_in: None,
        checkpoints: None,
        retention: BTreeMap::new(),
        templates: BTreeMap::new(),
        trust: Vec::new(),
        fiscal_year_starts: 0,
        holidays: std::collections::BTreeSet::new(),
        holidays_of: BTreeMap::new(),
    }
}

/// Give every service one strategy of the company.
pub fn everywhere(spec: &mut Spec, strategy: &str) {
    for pipeline in spec.pipelines.values_mut() {
        pipeline.strategy.default = Some(name(strategy));
    }
}
