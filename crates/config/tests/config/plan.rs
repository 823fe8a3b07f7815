//! What would change, what becomes weaker, and where every value comes from.

use crate::common::of;
use tidegate_config::{
    Change, ChangeKind, InitAnswers, Loaded, diff, effective, init_template, load, render,
    render_plan,
};
use tidegate_core::id::{EnvId, ServiceId, TeamId};
use tidegate_core::spec::Spec;

/// A snapshot beside those of the bad trees.
pub fn reviewed(name: &str, text: &str) {
    insta::with_settings!({ snapshot_path => "../snapshots", omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, text);
    });
}

const BASE: &str = "tidegate: 1
company: Acme
---
environments:
  dev: { tier: dev, deploy: on-arrival }
  prod: { tier: production, after: dev, soak: 2h, one-at-a-time: true, port-offset: 100, values: { LOG: warn } }
---
pipeline: standard
watch: 30m
strategy: { production: careful, default: rolling }
---
strategy: careful
canary:
  - { to: 1%, hold: 5m }
  - { to: 10%, hold: 10m }
  - { to: 100% }
analysis: signals
---
analysis: signals
at-least: 200 requests
no-data: roll-back
metrics:
  errors: { router: errors, tolerate: +0.5pp, critical: true }
---
service: web
owner: me
run: { command: ./web, port: 8080, instances: 2 }
health: GET /healthz
values: { GREETING: hello, KEY: secret:vault/web/key }
environments:
  prod: { instances: 4, values: { GREETING: servus } }
";

pub fn loaded(text: &str) -> Loaded {
    let files = of(text);
    let loaded = load(&files);
    // A downtime at any hour is what some of these trees are about.
    assert!(
        loaded.diagnostics.iter().all(|d| d.code == "TG0444"),
        "{}",
        render(&loaded.diagnostics, &files, false)
    );
    loaded
}

pub fn spec(text: &str) -> Spec {
    loaded(text).spec.unwrap()
}

pub fn changes(old: &str, new: &str) -> Vec<Change> {
    let new = loaded(new);
    diff(&spec(old), &new.spec.unwrap(), &new.origins)
}

#[test]
fn nothing_changes_when_only_the_writing_does() {
    let commented = BASE.replace("rolling }", "rolling }  # a comment");
    assert_eq!(changes(BASE, &commented), []);
    let reordered = "at-least: 200 requests\nno-data: roll-back\n";
    assert_eq!(
        changes(
            BASE,
            &BASE.replace(reordered, "no-data: roll-back\nat-least: 200\n")
        ),
        []
    );
    let written_out = BASE.replace("instances: 2 }", "instances: 2, grace: 10s }");
    assert_eq!(
        changes(BASE, &written_out),
        [],
        "a default that is written out is no change"
    );
}

#[test]
fn a_plan_reads_like_the_files_and_counts_documents() {
    let new = BASE
        .replace("{ to: 10%, hold: 10m }", "{ to: 10%, hold: 15m }")
        .replace("soak: 2h", "soak: 1h")
        .replace("GREETING: hello", "GREETING: hi")
        + "---\nservice: api\nowner: me\n";
    let (old_spec, loaded) = (spec(BASE), loaded(&new));
    let new_spec = loaded.spec.unwrap();
    let changes = diff(&old_spec, &new_spec, &loaded.origins);
    reviewed(
        "of-a-plan",
        &render_plan(&changes, &old_spec, &new_spec).unwrap(),
    );
    let back = diff(&new_spec, &old_spec, &loaded.origins);
    assert!(
        back.iter()
            .any(|c| c.kind == ChangeKind::Remove && c.path == "services.api")
    );
}

/// Edits that weaken a control: text before, text after, path of the change that must be marked.
const WEAKER: &[(&str, &str, &str)] = &[
    (
        "one-at-a-time: true",
        "one-at-a-time: false",
        "environments.prod.one-at-a-time",
    ),
    ("soak: 2h", "soak: 1h", "environments.prod.soak"),
    ("after: dev, soak: 2h, ", "", "environments.prod.after"),
    (
        "tier: production, ",
        "tier: production, deploy: on-arrival, ",
        "environments.prod.deploy",
    ),
    (
        "tolerate: +0.5pp",
        "tolerate: +0.6pp",
        "analyses.signals.metrics.errors.tolerate",
    ),
    (
        "tolerate: +0.5pp",
        "tolerate: +0.5%",
        "analyses.signals.metrics.errors.tolerate",
    ),
    (
        "at-least: 200",
        "at-least: 100",
        "analyses.signals.at-least",
    ),
    (
        "critical: true",
        "critical: false",
        "analyses.signals.metrics.errors.critical",
    ),
    (
        "no-data: roll-back",
        "no-data: pause",
        "analyses.signals.no-data",
    ),
    (
        "analysis: signals\n---",
        "regression: pause\nanalysis: signals\n---",
        "strategies.careful.regression",
    ),
    ("hold: 5m", "hold: 4m", "strategies.careful.canary[0].hold"),
    ("{ to: 1%", "{ to: 2%", "strategies.careful.canary[0].to"),
    (
        "  - { to: 1%, hold: 5m }\n",
        "",
        "strategies.careful.canary[0].to",
    ),
    ("watch: 30m", "watch: 29m", "pipelines.standard.watch"),
    ("health: GET /healthz\n", "", "services.web.health.get"),
    (
        "production: careful",
        "production: rolling",
        "pipelines.standard.strategy.production",
    ),
    (
        "instances: 4, ",
        "instances: 4, strategy: recreate, ",
        "services.web.environments.prod.strategy",
    ),
];

#[test]
fn each_weakened_control_is_named_and_its_return_is_not() {
    for (before, after, path) in WEAKER {
        let edited = BASE.replacen(before, after, 1);
        assert_ne!(edited, BASE, "{before}");
        let forth = changes(BASE, &edited);
        let marked: Vec<&str> = forth
            .iter()
            .filter(|c| c.weakens.is_some())
            .map(|c| c.path.as_str())
            .collect();
        assert!(
            marked.contains(path),
            "{before} -> {after}: marked {marked:?} in {forth:#?}"
        );
        if !before.contains("tolerate: +0.5pp") || !after.contains('%') {
            let back = changes(&edited, BASE);
            assert!(
                back.iter().all(|c| c.weakens.is_none()),
                "{after} -> {before}: {back:#?}"
            );
        }
    }
}

#[test]
fn what_lets_changes_count_as_less_risky_weakens_a_control() {
    let risk = "---\nrisk: default\nweights: { impact: 60, history: 40 }\nbands: { low: 0-29, high: 30-100 }\n";
    let tree = |service: &str, risk: &str| {
        format!("tidegate: 1\n---\nservice: web\nowner: web\n{service}{risk}")
    };
    let marked = |before: &str, after: &str| -> Vec<String> {
        changes(before, after)
            .into_iter()
            .filter_map(|c| c.weakens.map(|why| format!("{}: {why}", c.path)))
            .collect()
    };
    let plain = tree(
        "tier: 1\ndata-class: restricted\naudience: customers\n",
        risk,
    );
    let harmless = tree("tier: 3\ndata-class: internal\naudience: staff\n", risk);
    assert_eq!(
        marked(&plain, &harmless),
        [
            "services.web.audience: its changes count as seen by staff only",
            "services.web.data-class: its data counts as less sensitive",
            "services.web.tier: its changes count as less risky",
        ]
    );
    assert!(marked(&harmless, &plain).is_empty());
    let bands = plain.replace("low: 0-29, high: 30-100", "low: 0-39, high: 40-100");
    assert_eq!(
        marked(&plain, &bands),
        ["risk.default.bands.low: a score of 30 is called low"]
    );
    assert!(marked(&bands, &plain).is_empty());
    let weights = plain.replace("impact: 60, history: 40", "impact: 70, history: 30");
    assert_eq!(
        marked(&plain, &weights),
        ["risk.default.weights.history: history counts 30 instead of 40"]
    );
    assert_eq!(
        marked(&tree("", ""), &tree("audience: staff\n", "")),
        ["services.web.audience: its changes count as seen by staff only"],
        "what was not said counted at its worst"
    );
}

#[test]
fn removing_the_analysis_of_a_strategy_weakens_it() {
    let (old, mut new) = (spec(BASE), spec(BASE));
    let careful = new.strategies.get_mut(&"careful".parse().unwrap()).unwrap();
    careful.analysis = None;
    let found = diff(&old, &new, &loaded(BASE).origins);
    assert_eq!(found.len(), 1);
    let reason = found[0].weakens.as_deref().unwrap();
    assert!(
        reason.contains("no longer judged") && reason.contains("web in prod"),
        "{reason}"
    );
}

#[test]
fn every_effective_value_names_the_line_it_comes_from() {
    let loaded = loaded(BASE);
    let settings = effective(
        &loaded.spec.unwrap(),
        &loaded.origins,
        &"web".parse().unwrap(),
        &"prod".parse().unwrap(),
    )
    .unwrap();
    let text: String = settings
        .iter()
        .map(|s| format!("{:40} {:28} {}\n", s.path, s.value, s.place))
        .collect();
    reviewed("of-effective-values", &text);
    assert!(
        !text.contains("web/key"),
        "the path of a secret stays with its store"
    );
}

#[test]
fn the_first_tree_of_a_project_is_valid_for_any_answers() {
    let names = ["dev", "test", "prod", "qa"];
    for environments in 0..=4 {
        for services in 0..=3 {
            let answers = InitAnswers {
                company: "O'Neill \"& Sons\" \\ #1".to_owned(),
                zone: "Europe/Berlin".to_owned(),
                owner: TeamId::new("me").unwrap(),
                services: ["web", "api", "ledger"][..services]
                    .iter()
                    .map(|s| ServiceId::new(*s).unwrap())
                    .collect(),
                environments: names[..environments]
                    .iter()
                    .map(|e| EnvId::new(*e).unwrap())
                    .collect(),
            };
            let spec = spec(&init_template(&answers));
            assert_eq!(spec.company, answers.company);
            assert_eq!(spec.services.len(), services);
            assert_eq!(spec.environments.len(), environments.max(1));
        }
    }
    reviewed(
        "of-a-first-tree",
        &init_template(&InitAnswers::example().unwrap()),
    );
}
