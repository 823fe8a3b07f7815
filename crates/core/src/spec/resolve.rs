//! What holds for one service in one environment after all layers: company, tier, environment, pipeline, service, override.

use crate::id::{EnvId, Name, ServiceId};
use crate::spec::{Analysis, Environment, Pipeline, Run, Service, Spec, Strategy};
use std::collections::BTreeMap;

/// Everything that holds for one service in one environment.
#[derive(Debug, Clone)]
pub struct Resolved<'a> {
    /// The service.
    pub service: &'a Service,
    /// Name of the environment.
    pub name: &'a EnvId,
    /// The environment.
    pub environment: &'a Environment,
    /// Its pipeline.
    pub pipeline: &'a Pipeline,
    /// Name and value of the strategy.
    pub strategy: (&'a Name, &'a Strategy),
    /// Name and value of the analysis, when the strategy has one.
    pub analysis: Option<(&'a Name, &'a Analysis)>,
    /// Environment variables.
    pub values: BTreeMap<String, String>,
    /// Program, with instances and port as they hold here.
    pub run: Option<Run>,
}

/// Why nothing holds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unresolved {
    /// The service is not in the configuration in force.
    #[error("service `{0}` is not in the configuration in force")]
    Service(ServiceId),
    /// The environment is not in the configuration in force.
    #[error("environment `{0}` is not in the configuration in force")]
    Environment(EnvId),
    /// A name inside the configuration leads nowhere; `validate` finds this before it can come into force.
    #[error("{what} `{name}` is not in the configuration in force")]
    Reference {
        /// Kind of the missing thing.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// The service's pipeline does not visit the environment.
    #[error("pipeline `{pipeline}` of `{service}` does not visit `{environment}`")]
    NotOnPath {
        /// Service.
        service: ServiceId,
        /// Pipeline.
        pipeline: Name,
        /// Environment.
        environment: EnvId,
    },
}

impl Spec {
    /// What holds for `service` in `env`.
    ///
    /// # Errors
    /// A name that leads nowhere.
    pub fn resolve(&self, service: &ServiceId, env: &EnvId) -> Result<Resolved<'_>, Unresolved> {
        let s = self
            .services
            .get(service)
            .ok_or_else(|| Unresolved::Service(service.clone()))?;
        let (name_of_env, e) = self
            .environments
            .get_key_value(env)
            .ok_or_else(|| Unresolved::Environment(env.clone()))?;
        let pipeline = self
            .pipelines
            .get(&s.pipeline)
            .ok_or_else(|| missing("pipeline", &s.pipeline))?;
        if !pipeline.path.contains(env) {
            return Err(Unresolved::NotOnPath {
                service: service.clone(),
                pipeline: s.pipeline.clone(),
                environment: env.clone(),
            });
        }
        let over = s.environments.get(env);
        let name = over
            .and_then(|o| o.strategy.as_ref())
            .or_else(|| s.strategy.pick(env, e))
            .or_else(|| pipeline.strategy.pick(env, e))
            .ok_or_else(|| Unresolved::Reference {
                what: "strategy",
                name: format!("for {service} in {env}"),
            })?;
        let (name, strategy) = self
            .strategies
            .get_key_value(name)
            .ok_or_else(|| missing("strategy", name))?;
        let analysis = match &strategy.analysis {
            Some(a) => Some(
                self.analyses
                    .get_key_value(a)
                    .ok_or_else(|| missing("analysis", a))?,
            ),
            None => None,
        };
        let mut values = e.values.clone();
        values.extend(s.values.clone());
        let mut run = s.run.clone();
        if let Some(run) = &mut run {
            run.port = run.port.map(|p| p.saturating_add(e.port_offset));
        }
        if let Some(over) = over {
            values.extend(over.values.clone());
            if let Some(run) = &mut run {
                run.instances = over.instances.unwrap_or(run.instances);
                run.port = over.port.or(run.port);
            }
        }
        Ok(Resolved {
            service: s,
            name: name_of_env,
            environment: e,
            pipeline,
            strategy: (name, strategy),
            analysis,
            values,
            run,
        })
    }

    /// Environments of the service's pipeline, in order; empty when the service is unknown.
    #[must_use]
    pub fn path_of(&self, service: &ServiceId) -> &[EnvId] {
        self.services
            .get(service)
            .and_then(|s| self.pipelines.get(&s.pipeline))
            .map_or(&[], |p| p.path.as_slice())
    }
}

impl super::StrategyRule {
    /// The most specific entry for an environment.
    #[must_use]
    pub fn pick(&self, env: &EnvId, e: &Environment) -> Option<&Name> {
        self.environments
            .get(env)
            .or_else(|| self.tiers.get(e.tier.as_str()))
            .or(self.default.as_ref())
    }
}

fn missing(what: &'static str, name: &Name) -> Unresolved {
    Unresolved::Reference {
        what,
        name: name.to_string(),
    }
}
