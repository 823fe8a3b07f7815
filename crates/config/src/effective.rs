//! What holds for one service in one environment, each value with the line it comes from.

use crate::settings::{self, Lines, shown};
use serde::{Deserialize, Serialize};
use tidegate_core::id::{EnvId, ServiceId};
use tidegate_core::spec::{Environment, Origins, Place, Run, Service, Spec, Unresolved};

/// One value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// What it is, for example `run.port` or `strategy.canary[0].hold`.
    pub path: String,
    /// Its value in the words of the files; of a secret only the store.
    pub value: String,
    /// Where it was written, or `built-in`.
    pub place: Place,
}

/// All values that hold for `service` in `env`.
///
/// # Errors
/// A name that leads nowhere, or an environment that the service does not visit.
pub fn effective(
    spec: &Spec,
    origins: &Origins,
    service: &ServiceId,
    env: &EnvId,
) -> Result<Vec<Setting>, Unresolved> {
    let resolved = spec.resolve(service, env)?;
    let mut out = Effective {
        origins,
        list: Vec::new(),
    };
    out.service(service, resolved.service);
    if let Some(run) = &resolved.run {
        out.run(service, env, run, resolved.environment.port_offset > 0);
    }
    for (name, value) in &resolved.values {
        let own = format!("services.{service}");
        let layers = [
            format!("{own}.environments.{env}"),
            own,
            format!("environments.{env}"),
        ];
        let layers = layers.map(|layer| format!("{layer}.values.{name}"));
        out.add(&format!("values.{name}"), &shown(value), &layers);
    }
    let environment =
        |lines: &mut Lines| settings::environment_lines(lines, "", resolved.environment);
    out.part("environment", environment, &format!("environments.{env}"));
    out.calendar(spec, service, env, resolved.environment);
    let pipeline = |lines: &mut Lines| settings::pipeline_lines(lines, "", resolved.pipeline);
    out.part(
        "pipeline",
        pipeline,
        &format!("pipelines.{}", resolved.service.pipeline),
    );
    let (name, strategy) = resolved.strategy;
    out.add("strategy", name.as_str(), &rule_paths(spec, service, env));
    let strategy = |lines: &mut Lines| settings::strategy_lines(lines, "", strategy);
    out.part("strategy", strategy, &format!("strategies.{name}"));
    if let Some((name, analysis)) = resolved.analysis {
        let analysis = |lines: &mut Lines| settings::analysis_lines(lines, "", analysis);
        out.part("analysis", analysis, &format!("analyses.{name}"));
    }
    out.list.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(out.list)
}

/// Where the choice of the strategy may have been written, the strongest first.
fn rule_paths(spec: &Spec, service: &ServiceId, env: &EnvId) -> Vec<String> {
    let tier = spec.environments.get(env).map_or("", |e| e.tier.as_str());
    let pipeline = spec
        .services
        .get(service)
        .map_or(String::new(), |s| format!("pipelines.{}", s.pipeline));
    let mut paths = vec![format!("services.{service}.environments.{env}.strategy")];
    for base in [format!("services.{service}"), pipeline] {
        paths.extend([env.as_str(), tier, "default"].map(|at| format!("{base}.strategy.{at}")));
    }
    paths
}

struct Effective<'a> {
    origins: &'a Origins,
    list: Vec<Setting>,
}

impl Effective<'_> {
    /// Add a value; the first of `layers` that was written is where it comes from.
    fn add(&mut self, path: &str, value: &str, layers: &[String]) {
        let written = layers
            .iter()
            .find_map(|layer| self.origins.0.get(layer).cloned());
        let place = written.unwrap_or_else(|| Place {
            file: "built-in".to_owned(),
            line: 0,
        });
        self.list.push(Setting {
            path: path.to_owned(),
            value: value.to_owned(),
            place,
        });
    }

    /// What the service says of itself and no other layer touches.
    fn service(&mut self, id: &ServiceId, service: &Service) {
        let mut lines = Lines::default();
        settings::service_lines(&mut lines, "", service);
        for (path, value) in &lines.0 {
            let path = path.trim_start_matches('.');
            let layered = ["run.", "values.", "environments.", "strategy."];
            if !layered.iter().any(|part| path.starts_with(part)) {
                self.add(path, value, &[format!("services.{id}.{path}")]);
            }
        }
    }

    fn run(&mut self, id: &ServiceId, env: &EnvId, run: &Run, offset: bool) {
        let mut lines = Lines::default();
        settings::run_lines(&mut lines, "run", run);
        for (path, value) in &lines.0 {
            let name = path.trim_start_matches("run.");
            let mut layers = vec![format!("services.{id}.{path}")];
            if name == "port" && offset {
                layers.insert(0, format!("environments.{env}.port-offset"));
            }
            if name == "port" || name == "instances" {
                layers.insert(0, format!("services.{id}.environments.{env}.{name}"));
            }
            self.add(path, value, &layers);
        }
    }

    /// Window and freezes that hold here; without a zone of their own they have that of the environment.
    fn calendar(&mut self, spec: &Spec, service: &ServiceId, env: &EnvId, at: &Environment) {
        let mut parts = Vec::new();
        if let Some((name, window)) = at
            .window
            .as_ref()
            .and_then(|w| spec.windows.get_key_value(w))
        {
            let mut lines = Lines::default();
            settings::window_lines(&mut lines, "window", window);
            parts.push((lines, "window".to_owned(), format!("windows.{name}")));
        }
        for (name, freeze) in &spec.freezes {
            if freeze.concerns(spec, service, env) {
                let document = format!("freezes.{name}");
                let mut lines = Lines::default();
                settings::freeze_lines(&mut lines, &document, freeze);
                parts.push((lines, document.clone(), document));
            }
        }
        for (mut lines, part, document) in parts {
            let zone = format!("{part}.zone");
            lines
                .0
                .entry(zone.clone())
                .or_insert_with(|| at.zone.clone());
            for (path, value) in &lines.0 {
                let own = format!("{document}{}", path.trim_start_matches(part.as_str()));
                let mut layers = vec![own];
                if *path == zone {
                    layers.extend([format!("environments.{env}.zone"), "zone".to_owned()]);
                }
                self.add(path, value, &layers);
            }
        }
    }

    /// Add all lines of a document; values of an environment stand among all values already.
    fn part(&mut self, name: &str, write: impl FnOnce(&mut Lines), document: &str) {
        let mut lines = Lines::default();
        write(&mut lines);
        for (path, value) in lines
            .0
            .iter()
            .filter(|(path, _)| !path.starts_with(".values."))
        {
            // An environment without a zone has the company's.
            let company = if path == ".zone" { "zone" } else { "" };
            self.add(
                &format!("{name}{path}"),
                value,
                &[format!("{document}{path}"), company.to_owned()],
            );
        }
    }
}
