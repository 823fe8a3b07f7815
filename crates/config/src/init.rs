//! The first tree of a new project: one commented file that is valid as it stands.

use tidegate_core::id::{BadName, EnvId, ServiceId, TeamId};

/// What `tidegate init` asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InitAnswers {
    /// Name of the company or project.
    pub company: String,
    /// IANA zone.
    pub zone: String,
    /// Team that owns the services.
    pub owner: TeamId,
    /// Services in the order of their ports.
    pub services: Vec<ServiceId>,
    /// Environments in order; the last one is production.
    pub environments: Vec<EnvId>,
}

impl InitAnswers {
    /// The answers of a person who only pressed Enter.
    ///
    /// # Errors
    /// Never; the names are fixed.
    pub fn example() -> Result<Self, BadName> {
        Ok(Self {
            company: "My project".to_owned(),
            zone: "UTC".to_owned(),
            owner: TeamId::new("me")?,
            services: vec![ServiceId::new("web")?],
            environments: vec![EnvId::new("staging")?, EnvId::new("production")?],
        })
    }
}

/// Text of `tidegate.yaml`.
#[must_use]
pub fn init_template(answers: &InitAnswers) -> String {
    let mut out = format!(
        "# yaml-language-server: $schema=./.tidegate/schema.json\n\
         # Check this file with `tidegate validate`, see every value with `tidegate config show <service> <environment> --effective`.\n\
         tidegate: 1                     # format version, written once for the whole tree\n\
         company: {}\n\
         zone: {}                       # used wherever nothing else names a time zone\n",
        quoted(&answers.company),
        answers.zone,
    );
    out.push_str(&environments(&answers.environments));
    for (n, service) in answers.services.iter().enumerate() {
        let port = 8080 + n;
        out.push_str(&format!(
            "---\n\
             service: {service}\n\
             owner: {}\n\
             run:\n  \
               command: ./{service} --port $PORT    # no shell; each instance gets its own port in $PORT\n  \
               port: {port}                    # the router listens here and splits the traffic\n  \
               instances: 2\n\
             health: GET /                   # without it, the port only has to accept connections\n\
             values: {{ GREETING: hello }}     # environment variables; secrets as secret:<store>/<path>\n",
            answers.owner,
        ));
    }
    out.push_str(
        "# Built in, and replaced by a document of the same name: pipeline `standard` (all environments in order; canary in\n\
         # production, rolling elsewhere), strategies `recreate`, `rolling`, `blue-green`, `canary`, analysis `standard`.\n",
    );
    out
}

fn environments(list: &[EnvId]) -> String {
    let mut out = String::new();
    let Some((last, before)) = list.split_last() else {
        return out;
    };
    out.push_str("---\nenvironments:\n");
    let mut previous: Option<&EnvId> = None;
    for (n, env) in list.iter().enumerate() {
        let tier = match () {
            () if env == last => "production",
            () if n == 0 && before.len() > 1 => "dev",
            () => "test",
        };
        out.push_str(&format!("  {env}:\n    tier: {tier}\n"));
        match previous {
            None if env != last => out
                .push_str("    deploy: on-arrival          # every new release enters by itself\n"),
            None => {}
            Some(previous) => out.push_str(&format!("    after: {previous}\n")),
        }
        if env == last {
            out.push_str("    deploy: manual              # a person promotes\n    one-at-a-time: true         # deployment lock\n");
        } else if previous.is_some() {
            out.push_str(
                "    deploy: when-green          # as soon as the one before is healthy\n",
            );
        }
        if env != last {
            let offset = (before.len() - n) * 1000;
            out.push_str(&format!(
                "    port-offset: {offset}           # so that all fit on one host\n"
            ));
        }
        previous = Some(env);
    }
    out
}

/// Text that is text for every YAML reader.
fn quoted(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
