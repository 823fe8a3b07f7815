//! The configurations that rows run on.

use std::fmt::Write;

/// Environments and services of a row.
pub struct Company<'a> {
    /// Environments, `e0` and so on.
    pub environments: usize,
    /// Services, `s0` and so on, each in all environments.
    pub services: usize,
    /// Instances of each.
    pub instances: u32,
    /// The body of a strategy named `bench`.
    pub strategy: &'a str,
    /// Words that start an instance, as a YAML list; `SERVICE` in it stands for the service's name.
    pub command: &'a str,
    /// Public port of the first service in the first environment; the next ones follow.
    pub port: u16,
}

/// The version that runs first.
pub const FIRST: &str = "1.0.0";
/// The version that takes turns with it.
pub const SECOND: &str = "1.1.0";

/// Stop, start: five steps.
pub const RECREATE: &str = "recreate: {}\n";

impl Company<'_> {
    /// Name of an environment.
    pub fn environment(n: usize) -> String {
        format!("e{n}")
    }

    /// Name of a service.
    pub fn service(n: usize) -> String {
        format!("s{n}")
    }

    /// All environments.
    pub fn environments(&self) -> Vec<String> {
        (0..self.environments).map(Self::environment).collect()
    }

    /// The whole tree as one file.
    pub fn text(&self) -> String {
        let mut text = "tidegate: 1\ncompany: Bench\nzone: UTC\n---\nteams: { bench: {} }\n---\nenvironments:\n".to_owned();
        for n in 0..self.environments {
            let _ = writeln!(
                text,
                "  {}: {{ tier: production, port-offset: {} }}",
                Self::environment(n),
                n * self.services
            );
        }
        let _ = write!(
            text,
            "---\npipeline: standard\npath: [{}]\nstrategy: {{ default: bench }}\nwatch: 0s\n---\nstrategy: bench\n{}",
            self.environments().join(", "),
            self.strategy
        );
        for n in 0..self.services {
            let port = usize::from(self.port) + n;
            let _ = write!(
                text,
                "---\nservice: {}\nowner: bench\nrun: {{ command: {}, port: {port}, instances: {}, grace: 1s }}\n\
                 health: {{ get: /healthz, every: 500ms, timeout: 1s, deadline: 20s }}\n",
                Self::service(n),
                self.command.replace("SERVICE", &Self::service(n)),
                self.instances
            );
        }
        text
    }
}
