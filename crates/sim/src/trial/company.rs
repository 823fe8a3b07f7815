//! The company of a trial: small, with every kind of rollout, and rules about time and people.

use tidegate_core::spec::{Origins, Spec};
use tidegate_core::time::Timestamp;

/// `prod` is open from 6 to 20 o'clock UTC; `pay` needs somebody of `risk` there who did not ask for it.
const TEXT: &str = "\
tidegate: 1
company: Trial
zone: UTC
---
teams:
  shop: { members: [ana, dina] }
  risk: { members: [rita, hugo] }
---
environments:
  test: { tier: test, deploy: on-arrival }
  prod: { tier: production, after: test, window: day, one-at-a-time: true, port-offset: 100 }
---
window: day
allow: Mon-Sun 06:00-20:00
zone: UTC
---
policy: two
applies-to: { services: [pay], tier: production }
approvals: [{ from: risk }]
never-by: [requester]
valid: 24h
---
pipeline: standard
path: [test, prod]
watch: 2m
strategy: { production: careful, default: recreate }
---
pipeline: plain
path: [test, prod]
watch: 1m
strategy: { production: rolling, default: recreate }
---
strategy: careful
canary: [{ to: 10%, hold: 1m }, { to: 50%, hold: 1m }, { to: 100% }]
analysis: signals
---
analysis: signals
every: 10s
at-least: 20 requests
metrics:
  error-rate: { router: errors, better: lower, tolerate: +0.5pp, critical: true }
---
service: web
owner: shop
pipeline: standard
run: { command: [./web, $PORT], port: 8080, instances: 2 }
---
service: pay
owner: shop
pipeline: standard
run: { command: [./pay, $PORT], port: 8081 }
---
service: mail
owner: shop
pipeline: plain
run: { command: [./mail, $PORT], port: 8082, instances: 3 }
";

/// Environments.
pub(super) const ENVIRONMENTS: [&str; 2] = ["test", "prod"];
/// Services.
pub(super) const SERVICES: [&str; 3] = ["web", "pay", "mail"];
/// Everybody.
pub(super) const PEOPLE: [&str; 4] = ["ana", "dina", "rita", "hugo"];
/// Who may say yes to `pay`.
pub(super) const RISK: [&str; 2] = ["rita", "hugo"];
/// Hours of the day at which `prod` is open.
pub(super) const OPEN: std::ops::Range<i64> = 6..20;

/// The specification as of an instant.
///
/// # Errors
/// What the reader of configurations says about it.
pub(super) fn company(now: Timestamp) -> Result<(Spec, Origins), String> {
    let files = tidegate_config::Files::of([("tidegate.yaml", TEXT)]);
    let loaded = tidegate_config::load_at(&files, now);
    let text = tidegate_config::render(&loaded.diagnostics, &files, false);
    loaded.spec.map(|spec| (spec, loaded.origins)).ok_or(text)
}
