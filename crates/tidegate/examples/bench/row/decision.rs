//! A decision with every gate and policy, and the authorisation before it, in process on a real ledger: what each command and each
//! look at `why` pays, without HTTP and without a commit.

use crate::Common;
use crate::company::{Company, FIRST, RECREATE};
use crate::figures::{Samples, Spread, round};
use crate::probe::Probe;
use crate::report::Report;
use crate::seed::Seed;
use anyhow::{Result, bail};
use clap::Args;
use serde_json::json;
use std::fmt::Write;
use std::time::Instant;
use tidegate_core::actor::{Actor, Role};
use tidegate_core::authority;
use tidegate_core::command::Command;
use tidegate_core::gate::Purpose;
use tidegate_core::id::EnvId;
use tidegate_core::queue::Request;
use tidegate_core::step::World;
use tidegate_core::stream::release;
use tidegate_engine::Deploy;
use tidegate_ledger::TxView;

/// Options of the row.
#[derive(Debug, Clone, Args)]
pub struct DecisionArgs {
    #[command(flatten)]
    common: Common,
    /// Rounds
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Decisions of each round
    #[arg(long, default_value_t = 2_000)]
    decisions: usize,
    /// Policies about changes, each with two conditions, an approval and a sign-off
    #[arg(long, default_value_t = 100)]
    policies: usize,
    /// Guardrails in Cedar beside the built-in policies
    #[arg(long, default_value_t = 40)]
    guardrails: usize,
    /// Phrases of the environment's window, and as many freezes
    #[arg(long, default_value_t = 20)]
    windows: usize,
}

const SERVICES: usize = 20;

fn company() -> Company<'static> {
    Company {
        environments: 1,
        services: SERVICES,
        instances: 1,
        strategy: RECREATE,
        command: "[./played]",
        port: 20_000,
    }
}

fn text(args: &DecisionArgs) -> String {
    let plain = "e0: { tier: production, port-offset: 0 }";
    let open = "e0: { tier: production, port-offset: 0, window: open }";
    let mut text = company().text().replace(plain, open).replace(
        "teams: { bench: {} }",
        "teams: { bench: { members: [ana, ben, cleo] } }",
    );
    // Some phrase is always open.
    let phrases: Vec<String> = (0..args.windows)
        .map(|n| format!("every day 00:{:02}-24:00", n % 3))
        .collect();
    let _ = write!(
        text,
        "---\nwindow: open\nallow: [{}]\nzone: UTC\n",
        phrases.join(", ")
    );
    for n in 0..args.policies {
        let _ = write!(
            text,
            "---\npolicy: p{n}\napplies-to: {{ tier: production }}\nclasses:\n  \
             major: {{ when: risk.score > 99 && service.failures_90d > {n}, approvals: [{{ from: bench, count: 2 }}] }}\n  \
             normal: {{ approvals: [{{ from: owner, count: 1 }}] }}\n\
             sign-offs: [{{ sign: s{n}, from: bench, when: risk.score > 99 && change.size > {n} }}]\n"
        );
    }
    for n in 0..args.guardrails {
        let _ = write!(
            text,
            "---\nguardrail: g{n}\nowner: bench\nforbid: |\n  @message(\"no {n}\")\n  \
             forbid (principal, action in Action::\"deploy\", resource)\n  \
             when {{ resource has service && resource.service.tier == 1 && resource has environment \
             && resource.environment.name == \"e{n}\" }}\n  unless {{ principal in resource.service.owner }};\n"
        );
    }
    for n in 0..args.windows {
        let day = n % 27 + 1;
        let _ = write!(
            text,
            "---\nfreeze: f{n}\nwhy: a close\nfrom: 2099-01-{day:02} 00:00\nuntil: 2099-01-{day:02} 06:00\nzone: UTC\nenvironments: [e0]\n",
        );
    }
    text
}

/// Run the row.
pub async fn run(args: DecisionArgs) -> Result<()> {
    tokio::task::spawn_blocking(move || measure(&args)).await?
}

fn measure(args: &DecisionArgs) -> Result<()> {
    let folder = args.common.folder()?;
    let settings = json!({
        "rounds": args.rounds, "decisions": args.decisions, "policies": args.policies,
        "conditions": args.policies * 2, "guardrails": args.guardrails, "windows": args.windows, "freezes": args.windows,
    });
    let mut report = Report::begin(
        "decision",
        "a plan with every gate and policy, and the authorisation before it; on SQLite, in process",
        settings,
    );
    let seed = Seed::with(folder.path(), &text(args))?;
    for n in 0..SERVICES {
        seed.release(&Company::service(n), FIRST, None)?;
    }
    let mut probe = Probe::new(folder.path())?;
    let (mut all, mut allowed) = (Samples::default(), Samples::default());
    let (mut ratios, mut probes, mut answers) = (Vec::new(), Vec::new(), 0);
    for n in 0..=args.rounds {
        probe.settle()?;
        let mut syncs = Samples::default();
        for _ in 0..50 {
            syncs.add(probe.once()?);
        }
        let (mut decided, mut may) = (Samples::default(), Samples::default());
        for at in 0..args.decisions {
            let service = Company::service(at % SERVICES);
            may.add(authorised(&seed, &service)?);
            let (took, gates) = decision(&seed, &service)?;
            decided.add(took);
            answers = gates;
        }
        // The first one warms up.
        if n == 0 {
            continue;
        }
        report.round(
            &format!(
                "round {n}: decision p50 {:.2} ms, p99 {:.2} ms; authorisation p50 {:.3} ms, p99 {:.3} ms; probe p50 {:.2} ms",
                decided.quantile(0.5),
                decided.quantile(0.99),
                may.quantile(0.5),
                may.quantile(0.99),
                syncs.quantile(0.5),
            ),
            json!({
                "decision_p50_ms": round(decided.quantile(0.5)), "decision_p99_ms": round(decided.quantile(0.99)),
                "authorisation_p50_ms": round(may.quantile(0.5)), "authorisation_p99_ms": round(may.quantile(0.99)),
                "probe_p50_ms": round(syncs.quantile(0.5)),
            }),
        );
        ratios.push(decided.quantile(0.5) / syncs.quantile(0.5));
        probes.push(syncs.quantile(0.5));
        all.extend(&decided);
        allowed.extend(&may);
    }
    report.round(
        &format!(
            "{answers} gates and {} conditions of {} policies, {} decisions",
            args.policies * 2,
            args.policies,
            all.len()
        ),
        json!({ "gates": answers, "samples": all.len() }),
    );
    report.ratio("decision p50 / write and sync of 1 KB", Spread::of(ratios));
    report.probes(Spread::of(probes));
    report.at_most("decision p99", all.quantile(0.99), 5.0, "ms");
    report.at_most("authorisation p99", allowed.quantile(0.99), 1.0, "ms");
    seed.close()?;
    report.end(&args.common)
}

/// The plan and every gate's answer; how many there were.
fn decision(seed: &Seed, service: &str) -> Result<(std::time::Duration, usize)> {
    let ask = Deploy {
        release: format!("{service}@{FIRST}").parse()?,
        environment: EnvId::new("e0")?,
        purpose: Purpose::Promote,
        reason: String::new(),
        again: false,
        request: Request::PLAIN,
    };
    let begun = Instant::now();
    let preview = seed.engine.preview(&ask, None)?;
    Ok((begun.elapsed(), preview.reports.len()))
}

/// Role, reach, units, and every policy in Cedar with the history it is told.
fn authorised(seed: &Seed, service: &str) -> Result<std::time::Duration> {
    let actor = Actor::account("ana", Role::Operator);
    let command = Command::Release {
        id: format!("{service}@{FIRST}").parse()?,
        command: release::Command::Promote {
            to: EnvId::new("e0")?,
            reason: String::new(),
            request: Request::PLAIN,
        },
    };
    let begun = Instant::now();
    let in_force = seed.engine.in_force();
    let said = seed.engine.read(|rows| {
        let view = TxView::new(rows);
        let world = World {
            now: seed.engine.now(),
            spec: &in_force.spec,
            origins: &in_force.origins,
            view: &view,
            judge: &*in_force.judge,
        };
        let said = authority::authorise(&actor, &command, &view)
            .and_then(|()| authority::entitled(&actor, &command, &in_force.spec, &view))
            .and_then(|()| authority::judged(&actor, &command, &world));
        view.finish()?;
        Ok(said)
    })?;
    let took = begun.elapsed();
    match said {
        Ok(()) => Ok(took),
        Err(refusal) => bail!("ana is refused: {refusal}"),
    }
}
