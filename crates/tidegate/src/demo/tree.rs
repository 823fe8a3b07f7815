//! The configuration of the tour: the surface's example company, cut to what this version enforces, with short holds.

use super::DemoArgs;

/// Services of the tour.
pub const SERVICES: [&str; 3] = ["ledger", "payments", "web"];
/// Environments in order.
pub const ENVIRONMENTS: [&str; 4] = ["dev", "staging", "prod-eu", "prod-us"];

/// Lengths of the tour.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// First hold of a canary in milliseconds.
    pub first_hold: u64,
    /// Second hold.
    pub second_hold: u64,
    /// Stabilisation period.
    pub watch: u64,
    /// Requests a verdict needs per side.
    pub at_least: u64,
    /// Requests a second and service.
    pub rate: u64,
}

impl Pace {
    pub fn of(args: &DemoArgs) -> Self {
        if args.fast {
            Self {
                first_hold: 2_400,
                second_hold: 1_000,
                watch: 300,
                at_least: 40,
                rate: 250,
            }
        } else {
            Self {
                first_hold: 8_000,
                second_hold: 4_000,
                watch: 1_000,
                at_least: 100,
                rate: 150,
            }
        }
    }
}

/// Public port of a service in an environment.
pub fn port(base: u16, environment: usize, service: usize) -> u16 {
    base + u16::try_from(environment * 10 + service).unwrap_or(0)
}

/// Payments take two people of two teams, and whoever asked is none of them.
pub const DUAL_CONTROL: &str = "\
---
policy: dual-control-money
applies-to: { services: [payments], tier: production }
approvals:
  - { from: owner }
  - { from: risk }
never-by: [requester]
";

/// The ledger takes two people, in an emergency one of sre, and a review afterwards.
pub const EMERGENCIES: &str = "\
---
policy: ledger-changes
applies-to: { services: [ledger], tier: production }
classes:
  normal: { approvals: [{ from: owner }, { from: risk }] }
  emergency: { needs: [incident, reason], approvals: [{ from: sre }], expires: 4h, review-within: 2 working days }
never-by: [requester]
";

/// A freeze of the ledger in prod-eu around now. The days are those of UTC; it lies a day around either side of them.
pub fn freeze(today: jiff::civil::Date) -> String {
    let (from, until) = (
        today.yesterday(),
        today.tomorrow().and_then(jiff::civil::Date::tomorrow),
    );
    format!(
        "---\nfreeze: quarter-close\nwhy: Finance closes the books\nfrom: {} 00:00\nuntil: {} 00:00\nzone: Europe/Berlin\nservices: [ledger]\nenvironments: [prod-eu]\n",
        from.unwrap_or(today),
        until.unwrap_or(today),
    )
}

/// The whole tree as one file. `program` is the path of this binary.
pub fn text(program: &str, base: u16, pace: Pace) -> String {
    let Pace {
        first_hold,
        second_hold,
        watch,
        at_least,
        ..
    } = pace;
    let mut text = format!(
        r#"tidegate: 1
company: Acme Pay
zone: Europe/Berlin
---
teams:
  web: {{ members: [ana] }}
  payments: {{ members: [ana, farah] }}
  ledger: {{ members: [ana, farah] }}
  risk: {{ members: [hugo] }}
  sre: {{ members: [ines] }}
---
environments:
  dev: {{ tier: dev }}
  staging: {{ tier: test, after: dev, port-offset: 10 }}
  prod-eu:
    tier: production
    after: staging
    zone: Europe/Berlin
    one-at-a-time: true
    port-offset: 20
  prod-us:
    tier: production
    after: prod-eu
    zone: America/New_York
    one-at-a-time: true
    port-offset: 30
---
pipeline: standard
path: [dev, staging, prod-eu, prod-us]
strategy: {{ production: careful, default: rolling }}
watch: {watch}ms
---
strategy: careful
canary:
  - {{ to: 10%, hold: {first_hold}ms }}
  - {{ to: 50%, hold: {second_hold}ms }}
  - {{ to: 100% }}
analysis: golden-signals
regression: roll-back
---
analysis: golden-signals
every: 1s
at-least: {at_least} requests
no-data: roll-back
metrics:
  error-rate: {{ router: errors, better: lower, tolerate: +0.5pp, critical: true }}
  latency-p95: {{ router: latency-p95, better: lower, tolerate: +50%, critical: false }}
"#
    );
    let needs = [
        ("ledger", ""),
        ("payments", "needs: { ledger: ^1 }\n"),
        ("web", "needs: { payments: \">=1\" }\n"),
    ];
    for (i, (service, needs)) in needs.into_iter().enumerate() {
        let strategy = if service == "ledger" {
            "strategy: { production: switch }\n"
        } else {
            ""
        };
        text.push_str(&format!(
            "---\nservice: {service}\nowner: {service}\n{needs}{strategy}run:\n  command: [\"{program}\", demo-service, --behaviour, behaviour.json]\n  port: {}\n  instances: 1\n  grace: 3s\nhealth: {{ get: /healthz, every: 1s, timeout: 1s, deadline: 20s }}\n",
            base + u16::try_from(i).unwrap_or(0),
        ));
    }
    text.push_str("---\nstrategy: switch\nblue-green: { warm: 1s }\nanalysis: golden-signals\n");
    text
}
