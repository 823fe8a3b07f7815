//! A configuration as flat lines: dotted path and value, in the words of the files.
//!
//! Diff and `config show --effective` read these lines, so every field of the spec must have its line here: each
//! function takes its struct apart by name, and a new field does not compile until it is written down.

mod archive;
mod board;
mod calendar;
mod identity;
mod layers;
mod policy;
mod risk;
mod service;
mod strategy;
mod train;

pub use calendar::{freeze_lines, window_lines};
pub use service::{run_lines, service_lines};
pub use strategy::{analysis_lines, strategy_lines};
pub use train::train_lines;

use std::collections::BTreeMap;
use tidegate_core::id::EnvId;
use tidegate_core::spec::{Arrival, Environment, Pipeline, Spec, StrategyRule, Team, Unit};

/// Values by dotted path.
#[derive(Debug, Default)]
pub struct Lines(pub BTreeMap<String, String>);

impl Lines {
    /// Add a line.
    pub fn add(&mut self, path: impl Into<String>, value: impl ToString) {
        self.0.insert(path.into(), value.to_string());
    }

    /// Add a line when there is a value.
    pub fn maybe(&mut self, path: impl Into<String>, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.add(path, value);
        }
    }

    /// Add a line when the list holds something.
    pub fn some<T: ToString>(&mut self, path: impl Into<String>, list: &[T]) {
        let texts: Vec<String> = list.iter().map(ToString::to_string).collect();
        self.maybe(path, (!texts.is_empty()).then(|| texts.join(", ")));
    }

    /// Add one line for each entry; secrets name their store only.
    pub fn values(&mut self, path: &str, values: &BTreeMap<String, String>) {
        for (name, value) in values {
            self.add(format!("{path}.{name}"), shown(value));
        }
    }
}

/// A value for people: a reference to a secret names its store only.
#[must_use]
pub fn shown(value: &str) -> String {
    match value
        .strip_prefix("secret:")
        .and_then(|rest| rest.split_once('/'))
    {
        Some((store, _)) => format!("secret from store {store}"),
        None => value.to_owned(),
    }
}

/// The whole configuration; the first two parts of a path name the document.
#[must_use]
pub fn all(spec: &Spec) -> Lines {
    let Spec {
        company,
        zone,
        prometheus,
        teams,
        environments,
        pipelines,
        strategies,
        analyses,
        services,
        windows,
        freezes,
        trains,
        boards,
        units,
        fiscal_year_starts,
        holidays,
        holidays_of,
        vendors,
        legacy,
        bookings,
        policies,
        guardrails,
        risk,
        risk_questions,
        auditors,
        public_feeds,
        sign_in,
        trust,
        checkpoints,
        retention,
        templates,
    } = spec;
    let mut lines = Lines::default();
    lines.maybe("company", (!company.is_empty()).then_some(company));
    lines.add("zone", zone);
    lines.maybe("connect.prometheus.url", prometheus.as_ref());
    let all: Vec<String> = auditors.iter().map(ToString::to_string).collect();
    lines.maybe("auditors", (!all.is_empty()).then(|| all.join(", ")));
    let all: Vec<&str> = public_feeds.iter().map(|f| f.as_str()).collect();
    lines.maybe("public-feeds", (!all.is_empty()).then(|| all.join(", ")));
    teams
        .iter()
        .for_each(|(name, t)| team_lines(&mut lines, &format!("teams.{name}"), t));
    units
        .iter()
        .for_each(|(name, u)| unit_lines(&mut lines, &format!("units.{name}"), u));
    environments
        .iter()
        .for_each(|(name, e)| environment_lines(&mut lines, &format!("environments.{name}"), e));
    pipelines
        .iter()
        .for_each(|(name, p)| pipeline_lines(&mut lines, &format!("pipelines.{name}"), p));
    strategies
        .iter()
        .for_each(|(name, s)| strategy_lines(&mut lines, &format!("strategies.{name}"), s));
    analyses
        .iter()
        .for_each(|(name, a)| analysis_lines(&mut lines, &format!("analyses.{name}"), a));
    services
        .iter()
        .for_each(|(name, s)| service_lines(&mut lines, &format!("services.{name}"), s));
    windows
        .iter()
        .for_each(|(name, w)| window_lines(&mut lines, &format!("windows.{name}"), w));
    freezes
        .iter()
        .for_each(|(name, f)| freeze_lines(&mut lines, &format!("freezes.{name}"), f));
    trains
        .iter()
        .for_each(|(name, t)| train_lines(&mut lines, &format!("trains.{name}"), t));
    boards.iter().for_each(|(name, b)| {
        board::board_lines(&mut lines, &format!("boards.{name}"), b);
    });
    vendors.iter().for_each(|(name, v)| {
        layers::vendor_lines(&mut lines, &format!("vendors.{name}"), v);
    });
    legacy.iter().for_each(|(name, l)| {
        layers::legacy_lines(&mut lines, &format!("legacy.{name}"), l);
    });
    bookings.iter().for_each(|(name, b)| {
        layers::booking_lines(&mut lines, &format!("bookings.{name}"), b);
    });
    guardrails.iter().for_each(|(name, g)| {
        policy::guardrail_lines(&mut lines, &format!("guardrails.{name}"), g);
    });
    policies.iter().for_each(|(name, p)| {
        policy::policy_lines(&mut lines, &format!("policies.{name}"), p);
    });
    if let Some(model) = risk {
        risk::risk_lines(&mut lines, model);
    }
    risk_questions.iter().for_each(|(name, q)| {
        risk::question_lines(&mut lines, &format!("risk-questions.{name}"), q);
    });
    if let Some(sign_in) = sign_in {
        identity::sign_in_lines(&mut lines, sign_in);
    }
    for (n, trust) in trust.iter().enumerate() {
        identity::trust_lines(&mut lines, n, trust);
    }
    templates.iter().for_each(|(name, template)| {
        let tidegate_core::spec::Template {
            document,
            services,
            text,
        } = template;
        let at = format!("templates.{name}");
        lines.add(format!("{at}.document"), document.as_str());
        lines.some(format!("{at}.services"), &Vec::from_iter(services));
        lines.add(format!("{at}.text"), text);
    });
    retention.iter().for_each(|(name, rule)| {
        archive::retention_lines(&mut lines, &format!("retention.{name}"), rule);
    });
    if let Some(checkpoints) = checkpoints {
        archive::checkpoint_lines(&mut lines, checkpoints);
    }
    calendar::year_lines(&mut lines, *fiscal_year_starts, holidays);
    holidays_of
        .iter()
        .for_each(|(list, days)| calendar::list_lines(&mut lines, list, days));
    lines
}

fn team_lines(lines: &mut Lines, at: &str, team: &Team) {
    let Team {
        group,
        chat,
        on_call,
        members,
        cover,
        zone,
    } = team;
    lines.maybe(format!("{at}.group"), group.as_ref());
    lines.maybe(format!("{at}.chat"), chat.as_ref());
    lines.maybe(format!("{at}.on-call"), on_call.as_ref());
    lines.maybe(
        format!("{at}.members"),
        (!members.is_empty()).then(|| members.join(", ")),
    );
    lines.some(format!("{at}.cover"), cover);
    lines.maybe(format!("{at}.zone"), zone.as_ref());
}

fn unit_lines(lines: &mut Lines, at: &str, unit: &Unit) {
    let Unit {
        parent,
        teams,
        services,
        environments,
        roles,
    } = unit;
    let some = |all: Vec<String>| (!all.is_empty()).then(|| all.join(", "));
    lines.maybe(format!("{at}.parent"), parent.as_ref());
    let teams = teams.iter().map(ToString::to_string).collect();
    lines.maybe(format!("{at}.teams"), some(teams));
    let services = services.iter().map(ToString::to_string).collect();
    lines.maybe(format!("{at}.services"), some(services));
    let environments = environments.iter().map(ToString::to_string).collect();
    lines.maybe(format!("{at}.environments"), some(environments));
    for (team, standing) in roles {
        lines.add(format!("{at}.roles.{team}"), standing.as_str());
    }
}

/// An environment.
pub fn environment_lines(lines: &mut Lines, at: &str, environment: &Environment) {
    let Environment {
        tier,
        window,
        after,
        deploy,
        soak,
        zone,
        region,
        one_at_a_time,
        at_most,
        unscheduled,
        values,
        port_offset,
        quiet,
        never_with,
    } = environment;
    lines.add(format!("{at}.tier"), tier.as_str());
    lines.maybe(
        format!("{at}.after"),
        (!after.is_empty()).then(|| names(after)),
    );
    lines.add(format!("{at}.deploy"), arrival(*deploy));
    lines.add(format!("{at}.soak"), soak);
    lines.add(format!("{at}.zone"), zone);
    lines.maybe(format!("{at}.window"), window.as_ref());
    lines.maybe(format!("{at}.region"), region.as_ref());
    lines.some(format!("{at}.quiet"), quiet);
    lines.some(format!("{at}.never-with"), never_with);
    lines.add(format!("{at}.one-at-a-time"), one_at_a_time);
    lines.maybe(format!("{at}.at-most"), at_most.as_ref());
    lines.add(format!("{at}.unscheduled"), unscheduled.as_str());
    lines.values(&format!("{at}.values"), values);
    lines.add(format!("{at}.port-offset"), port_offset);
}

/// A pipeline.
pub fn pipeline_lines(lines: &mut Lines, at: &str, pipeline: &Pipeline) {
    let Pipeline {
        path,
        strategy,
        watch,
    } = pipeline;
    lines.add(format!("{at}.path"), names(path));
    rule_lines(lines, &format!("{at}.strategy"), strategy);
    lines.add(format!("{at}.watch"), watch);
}

/// A strategy rule.
pub fn rule_lines(lines: &mut Lines, at: &str, rule: &StrategyRule) {
    let StrategyRule {
        environments,
        tiers,
        default,
    } = rule;
    environments
        .iter()
        .for_each(|(env, name)| lines.add(format!("{at}.{env}"), name));
    tiers
        .iter()
        .filter(|(tier, _)| !environments.keys().any(|e| e.as_str() == *tier))
        .for_each(|(tier, name)| {
            lines.add(format!("{at}.{tier}"), name);
        });
    lines.maybe(format!("{at}.default"), default.as_ref());
}

/// As written.
#[must_use]
pub fn arrival(arrival: Arrival) -> &'static str {
    match arrival {
        Arrival::Manual => "manual",
        Arrival::OnArrival => "on-arrival",
        Arrival::WhenGreen => "when-green",
    }
}

fn names(list: &[EnvId]) -> String {
    let names: Vec<&str> = list.iter().map(EnvId::as_str).collect();
    names.join(", ")
}
