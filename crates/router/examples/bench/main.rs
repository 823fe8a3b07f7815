//! Cost of a request through the router beside HAProxy: same backend, same load, interleaved rounds.
//!
//! `cargo run --release -p tidegate-router --example bench -- [--rounds 5] [--requests 40000] [--connections 32]
//! [--changes 200000] [--peer "NAME=PROGRAM ARG…"]`
//!
//! Prints one line per round and proxy, the ratio to HAProxy (median of the rounds), and the number of failed requests
//! while weights change 20 times a second. HAProxy is left out when it is not installed. In a peer's arguments `{listen}`,
//! `{a}` and `{b}` stand for addresses. Build the `router` example in the same profile first.

mod load;
mod proxies;

use load::{Load, Seen};
use proxies::Proxy;
use std::error::Error;
use std::thread;
use std::time::{Duration, Instant};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

struct Plan {
    rounds: usize,
    requests: usize,
    connections: usize,
    changes: usize,
    peers: Vec<String>,
}

fn main() -> Result<()> {
    let plan = plan()?;
    let a = load::backend("a")?;
    let b = load::backend("b")?;
    let folder = tempfile::tempdir()?;
    let router = proxies::router(folder.path(), a, b)?;
    let mut all = vec![router];
    match proxies::haproxy(folder.path(), a, b)? {
        Some(haproxy) => all.push(haproxy),
        None => println!("haproxy is not installed: no ratio"),
    }
    for peer in &plan.peers {
        all.push(proxies::peer(peer, a, b)?);
    }
    let begun = Instant::now();
    let mut costs: Vec<Vec<f64>> = vec![Vec::new(); all.len()];
    for round in 0..=plan.rounds {
        for (index, proxy) in all.iter().enumerate() {
            let (cost, seen) = measure(proxy, &plan)?;
            let name = if round == 0 {
                "warm-up".to_owned()
            } else {
                format!("round {round}")
            };
            println!(
                "{name:8} {:10} {cost:6.2} CPU-us/request  {:7.0} requests/s  p50 {:5} us  p99 {:6} us  errors {}",
                proxy.name,
                seen.good as f64 / seen.took.as_secs_f64(),
                seen.quantile(0.5),
                seen.quantile(0.99),
                seen.bad
            );
            if round > 0 {
                costs[index].push(cost);
            }
        }
        if begun.elapsed() > Duration::from_secs(40) {
            println!("stopped after {} rounds: 40 s are over", round);
            break;
        }
    }
    let medians: Vec<f64> = costs.into_iter().map(median).collect();
    for (proxy, cost) in all.iter().zip(&medians).skip(1) {
        println!(
            "ratio    router / {} = {:.3} ({:.2} / {cost:.2} CPU-us per request, medians)",
            proxy.name,
            medians[0] / cost,
            medians[0]
        );
    }
    reweight(&all[0], &plan, a, b)
}

fn measure(proxy: &Proxy, plan: &Plan) -> Result<(f64, Seen)> {
    let before = proxy.cpu()?;
    let seen = load::run(Load {
        target: proxy.address,
        connections: plan.connections,
        requests: plan.requests,
    })?;
    let used = proxy.cpu()? - before;
    Ok((
        used.as_secs_f64() * 1e6 / (seen.good + seen.bad).max(1) as f64,
        seen,
    ))
}

/// Load while weights change every 50 ms.
fn reweight(
    router: &Proxy,
    plan: &Plan,
    a: std::net::SocketAddr,
    b: std::net::SocketAddr,
) -> Result<()> {
    let load = Load {
        target: router.address,
        connections: plan.connections,
        requests: plan.changes,
    };
    let loading = thread::spawn(move || load::run(load).map_err(|why| why.to_string()));
    let mut version = 1;
    let begun = Instant::now();
    while !loading.is_finished() && begun.elapsed() < Duration::from_secs(30) {
        version += 1;
        proxies::put_table(router, version, a, b, 500 + (version as u32 * 977) % 9_000)?;
        thread::sleep(Duration::from_millis(50));
    }
    let seen = loading.join().map_err(|_| "the load thread failed")??;
    println!(
        "reweight {} requests, {} changes of weights: {} errors",
        seen.good + seen.bad,
        version - 1,
        seen.bad
    );
    if seen.bad > 0 {
        Err("requests failed while weights changed".into())
    } else {
        Ok(())
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn plan() -> Result<Plan> {
    let mut plan = Plan {
        rounds: 5,
        requests: 40_000,
        connections: 32,
        changes: 200_000,
        peers: Vec::new(),
    };
    let mut words = std::env::args().skip(1);
    while let Some(name) = words.next() {
        let value = words
            .next()
            .ok_or_else(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--rounds" => plan.rounds = value.parse()?,
            "--requests" => plan.requests = value.parse()?,
            "--connections" => plan.connections = value.parse()?,
            "--changes" => plan.changes = value.parse()?,
            "--peer" => plan.peers.push(value),
            _ => return Err(format!("{name} is not known").into()),
        }
    }
    Ok(plan)
}
