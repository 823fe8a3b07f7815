//! The company of a trial: small, with every kind of rollout, a train, and rules about time and people. It has its rules in three
//! strengths, because people change them.

use tidegate_core::spec::{Origins, Spec};
use tidegate_core::time::Timestamp;

/// `prod` is open from 6 to 20 o'clock UTC; `pay` needs somebody of `risk` there who did not ask for it, and a signature of `qa` when it
/// has some traffic; `risk` answers for that rule. `news` goes by train.
const TEXT: &str = "\
tidegate: 1
company: Trial
zone: UTC
---
teams:
  shop: { members: [ana, dina] }
  risk: { members: [rita, hugo] }
  qa: { members: [dina, hugo] }
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
owner: risk
applies-to: { services: [pay], tier: production }
approvals: [{ from: risk }]
classes:
  normal: { approvals: [{ from: risk }] }
  emergency: { needs: [incident, reason], approvals: [{ from: shop }], expires: 4h, review-within: 2 working days }
never-by: [requester]
valid: VALIDh
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
pipeline: signed
path: [test, prod]
watch: 2m
strategy: { production: accepted, default: recreate }
---
strategy: accepted
canary:
  - { to: 20%, hold: 1m, sign-off: { sign: acceptance, from: qa, within: 3h, remind-after: 30m, escalate-after: 1h, escalate-to: risk } }
  - { to: 100% }
analysis: signals
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
rollback: { decides: { deputy: risk, executive: risk, answer-within: 20m } }
---
train: daily
carries: [news]
departs: every day at 12:00
go-no-go: 3h before
decided-by: risk
missed: next-train
to: [prod]
patience: 2h
---
service: news
owner: shop
pipeline: plain
run: { command: [./news, $PORT], port: 8083 }
---
service: pay
owner: shop
pipeline: signed
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
pub(super) const SERVICES: [&str; 4] = ["web", "pay", "mail", "news"];
/// The service that goes by train.
pub(super) const CARRIED: &str = "news";
/// Everybody.
pub(super) const PEOPLE: [&str; 4] = ["ana", "dina", "rita", "hugo"];
/// Who may say yes to `pay`.
pub(super) const RISK: [&str; 2] = ["rita", "hugo"];
/// Who may say yes to an emergency of `pay`.
pub(super) const SHOP: [&str; 2] = ["ana", "dina"];
/// Who signs rollouts of `pay`.
pub(super) const QA: [&str; 2] = ["dina", "hugo"];
/// For how many hours a yes may be good, the rule as it is at first in the middle: more hours are a weaker rule.
pub(super) const VALID: [u64; 3] = [12, 24, 48];
/// Hours of the day at which `prod` is open.
pub(super) const OPEN: std::ops::Range<i64> = 6..20;

/// The specification as of an instant, with a yes that is good for so many hours.
///
/// # Errors
/// What the reader of configurations says about it.
pub(super) fn company(now: Timestamp, hours: u64) -> Result<(Spec, Origins), String> {
    let text = TEXT.replace("VALID", &hours.to_string());
    let files = tidegate_config::Files::of([("tidegate.yaml", text.as_str())]);
    let loaded = tidegate_config::load_at(&files, now);
    let text = tidegate_config::render(&loaded.diagnostics, &files, false);
    loaded.spec.map(|spec| (spec, loaded.origins)).ok_or(text)
}
