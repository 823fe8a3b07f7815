//! A network of its own for the agent: a namespace with one wire to this machine, on which packets can be dropped.

use anyhow::{Context, Result, bail};
use std::process::Command;

/// What happens on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing comes through.
    Both,
    /// What the agent says is lost.
    Out,
    /// What the agent is told is lost.
    In,
    /// Three packets of ten are lost.
    Loss,
}

/// The network; gone with this value.
#[derive(Debug)]
pub struct Network {
    name: String,
    wire: String,
    /// The address of this machine in it.
    pub host: String,
}

impl Network {
    /// Make one. `None`, with a line that says so, where that is not permitted or a program is missing.
    pub fn make() -> Result<Option<Self>> {
        let id = std::process::id();
        let network = Self {
            name: format!("tidegate-{id}"),
            wire: format!("tg{}", id % 1_000_000),
            host: format!("10.231.{}.1", id % 250),
        };
        for (program, package) in [("ip", "iproute2"), ("nft", "nftables")] {
            if Command::new(program).arg("-V").output().is_err() {
                eprintln!("skipped: `{program}` is not installed (apt-get install {package})");
                return Ok(None);
            }
        }
        if run("ip", &["netns", "add", &network.name]).is_err() {
            eprintln!("skipped: making a network namespace is not permitted here");
            return Ok(None);
        }
        network.connect().map(|()| Some(network))
    }

    fn connect(&self) -> Result<()> {
        let far = format!("{}f", self.wire);
        let peer = [
            "link", "add", &self.wire, "type", "veth", "peer", "name", &far,
        ];
        run("ip", &[&peer[..], &["netns", &self.name]].concat())?;
        let near = format!("{}/30", self.host);
        run("ip", &["addr", "add", &near, "dev", &self.wire])?;
        run("ip", &["link", "set", &self.wire, "up"])?;
        let agents = format!("{}2/30", self.host.trim_end_matches('1'));
        self.inside("ip", &["addr", "add", &agents, "dev", &far])?;
        self.inside("ip", &["link", "set", &far, "up"])?;
        self.inside("ip", &["link", "set", "lo", "up"])
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// From now on this happens to packets between agent and server, and nothing else.
    pub fn suffers(&self, fault: Fault) -> Result<()> {
        let far = format!("{}f", self.wire);
        let (out, back) = match fault {
            Fault::Both => ("drop", "drop"),
            Fault::Out => ("drop", "accept"),
            Fault::In => ("accept", "drop"),
            Fault::Loss => (
                "numgen random mod 100 < 30 drop",
                "numgen random mod 100 < 30 drop",
            ),
        };
        let rules = format!(
            "table inet faults {{ chain out {{ type filter hook output priority 0; oifname \"{far}\" {out}; }}; \
             chain back {{ type filter hook input priority 0; iifname \"{far}\" {back}; }}; }}"
        );
        self.heals()?;
        self.inside("nft", &[&rules])
    }

    /// Everything comes through again.
    pub fn heals(&self) -> Result<()> {
        self.inside("nft", &["flush", "ruleset"])
    }

    fn inside(&self, program: &str, args: &[&str]) -> Result<()> {
        let begin = ["netns", "exec", &self.name, program];
        run("ip", &[&begin[..], args].concat())
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        // Its wire goes with it.
        drop(run("ip", &["netns", "del", &self.name]));
    }
}

fn run(program: &str, args: &[&str]) -> Result<()> {
    let output = Command::new(program).args(args).output();
    let output = output.with_context(|| format!("starting {program}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        bail!("{program} {}: {}", args.join(" "), said.trim());
    }
    Ok(())
}
