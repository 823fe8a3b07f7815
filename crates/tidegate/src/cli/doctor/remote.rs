//! Checks that ask the server, and the ports of the services it knows.

use super::{fail, ok, warn};
use crate::cli::version::OWN;
use crate::clock;
use crate::context::Server;
use crate::exit::Failure;
use std::time::Duration;
use tidegate_client::Client;
use tidegate_client::wire::{Check, Environment, Status};
use tidegate_core::time::{Millis, Timestamp};
use tokio::net::TcpStream;

/// A clock further off than this makes gates and people disagree.
const CLOCK_WARN: Millis = Millis(2_000);
/// Time a port may take to accept.
const CONNECT: Duration = Duration::from_millis(500);
/// Most ports that are tried.
const PORTS: usize = 200;

/// All of them. The first that fails may make the others impossible; then they are left out.
pub async fn checks(server: &Server) -> Vec<Check> {
    let client = match server.client() {
        Ok(client) => client,
        Err(failure) => return vec![fail("server", failure.message, failure.help)],
    };
    let before = clock::now();
    let health = match client.health().await {
        Ok(health) => health,
        Err(error) => {
            let failure = Failure::from(error);
            return vec![fail("reachable", failure.message, failure.help)];
        }
    };
    let mut checks = vec![
        ok(
            "reachable",
            format!("answers in {} ms", Millis::between(before, clock::now()).0),
        ),
        versions(&health.version),
        clocks(before, health.time, clock::now()),
    ];
    match client.status().await {
        Ok(status) => checks.extend(inside(&status)),
        Err(error) => {
            let failure = Failure::from(error);
            checks.push(fail("token", failure.message, failure.help));
            return checks;
        }
    }
    match client.doctor().await {
        Ok(page) => checks.extend(page.items),
        Err(error) => checks.push(fail(
            "server's own checks",
            Failure::from(error).message,
            None,
        )),
    }
    checks.extend(ports(&client).await);
    checks
}

fn versions(server: &str) -> Check {
    if server == OWN {
        return ok("version", OWN);
    }
    warn(
        "version",
        format!("this program is {OWN}, the server is {server}"),
        "use the same version on both sides",
    )
}

/// The server's clock against the middle of the exchange.
fn clocks(before: Timestamp, server: Timestamp, after: Timestamp) -> Check {
    let middle = Millis(Millis::between(before, after).0 / 2).after(before);
    let off = Millis(
        Millis::between(middle, server)
            .0
            .max(Millis::between(server, middle).0),
    );
    let text = format!("{}.{:02} s off", off.0 / 1_000, off.0 % 1_000 / 10);
    if off > CLOCK_WARN {
        return warn(
            "clock",
            text,
            "set both clocks by NTP; the server's clock decides",
        );
    }
    ok("clock", text)
}

fn inside(status: &Status) -> Vec<Check> {
    let mut checks = Vec::new();
    for agent in &status.agents {
        let name = format!("agent {}", agent.name);
        let serves = format!("serves {}", agent.environments.join(", "));
        checks.push(if agent.reachable {
            ok(&name, serves)
        } else {
            fail(
                &name,
                format!("{serves}; not heard of lately"),
                Some("is it running, and can it reach the server?".to_owned()),
            )
        });
    }
    if status.agents.is_empty() {
        checks.push(warn(
            "agents",
            "none was ever seen",
            "nothing can be deployed without: tidegate agent run",
        ));
    }
    for quarantine in &status.quarantines {
        checks.push(fail(
            "quarantine",
            format!("{}: {}", quarantine.stream, quarantine.because),
            Some("look at its entries: tidegate audit log --stream".to_owned()),
        ));
    }
    checks
}

/// Public ports of services that run on this host: somebody (the router) must accept there.
async fn ports(client: &Client) -> Vec<Check> {
    let Ok(page) = client.environments().await else {
        return vec![warn(
            "router",
            "environments could not be read",
            "the token may not read",
        )];
    };
    let (mut good, mut checks) = (0, Vec::new());
    for (place, address) in page.items.iter().flat_map(addresses).take(PORTS) {
        match tokio::time::timeout(CONNECT, TcpStream::connect(&address)).await {
            Ok(Ok(_)) => good += 1,
            Ok(Err(e)) => checks.push(fail(
                "router",
                format!("{place} does not accept on {address}: {e}"),
                Some("is the router running? the agent starts it".to_owned()),
            )),
            Err(_) => checks.push(fail(
                "router",
                format!("{place} does not answer on {address}"),
                Some("is the router running? the agent starts it".to_owned()),
            )),
        }
    }
    if checks.is_empty() && good > 0 {
        checks.push(ok("router", format!("accepts on {good} ports")));
    }
    checks
}

fn addresses(environment: &Environment) -> Vec<(String, String)> {
    let lanes = environment
        .services
        .iter()
        .filter(|lane| lane.running.is_some());
    lanes
        .filter_map(|lane| {
            let address = lane
                .url
                .as_deref()?
                .strip_prefix("http://")?
                .split('/')
                .next()?;
            Some((
                format!("{}/{}", environment.name, lane.service),
                address.to_owned(),
            ))
        })
        .collect()
}
