//! The example `examples/pypiserver`, told from fetching to the end: two published versions of a program that other people
//! wrote, real pip, live traffic, and a bad value that comes back by itself.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test ends at the first surprise"
)]

mod program;

use program::{Site, end, free_port, get, left_running};
use std::path::PathBuf;
use std::process::{Child, Command};

const LISTING: &str = "/simple/pypiserver/";

#[test]
fn two_versions_of_pypiserver_go_out_and_a_bad_value_comes_back() {
    let mut site = Site::new("");
    copy_example(&site);
    let Some(()) = fetch(&site) else { return };
    let port = free_port();
    quicken(&site, port);
    site.up();

    first_version(&site, port);
    next_version_under_traffic(&site, port);
    bad_value_comes_back(&site, port);
    value_that_cannot_start(&site);

    site.says("audit verify").with(0);
    site.interrupt();
    assert_eq!(get(port, "/health").unwrap().0, 200, "services outlive it");
    site.says("down").with(0);
    assert_eq!(left_running(site.path()), Vec::<String>::new());
}

fn copy_example(site: &Site) {
    let from = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap())
        .join("../../examples/pypiserver");
    let mut copy = Command::new("cp");
    copy.arg("-r").arg(".").arg(site.path()).current_dir(from);
    assert!(copy.status().unwrap().success());
    // What somebody tried out in the folder itself stays there.
    drop(std::fs::remove_dir_all(site.path().join(".tidegate")));
}

/// Nothing, with a clear message, when pip reaches no index; any other trouble fails.
fn fetch(site: &Site) -> Option<()> {
    let mut fetch = Command::new("./fetch.sh");
    fetch.envs([("PIP_RETRIES", "1"), ("PIP_DEFAULT_TIMEOUT", "15")]);
    let said = site.run(fetch);
    // pip tries again only when a connection failed.
    if said.code != 0 && said.text.contains("Retrying (") {
        eprintln!("SKIPPED: pip reaches no package index, so there is no real program to deploy");
        return None;
    }
    said.with(0);
    Some(())
}

/// Ports of this test, and seconds instead of quarters of a minute.
fn quicken(site: &Site, port: u16) {
    site.replace("service.yaml", "port: 8080", &format!("port: {port}"));
    site.replace("tidegate.yaml", "hold: 15s", "hold: 5s");
    site.replace("tidegate.yaml", "watch: 10s", "watch: 2s");
}

fn first_version(site: &Site, port: u16) {
    let said = site
        .says("artifact register packages@2.4.1 packages/2.4.1")
        .with(0);
    assert!(said.contains("digest"), "{said}");
    site.says("release create packages@2.4.1").with(0);
    let said = site.says("deploy packages@2.4.1 staging").with(0);
    assert!(said.contains("unpacked and prepared"), "{said}");
    site.says("promote packages@2.4.1 --to production").with(0);
    for port in [port, port + 100] {
        let (status, body) = get(port, LISTING).unwrap();
        assert_eq!(status, 200);
        assert!(
            body.contains("pypiserver-2.4.1-py2.py3-none-any.whl#sha256="),
            "{body}"
        );
    }
}

fn next_version_under_traffic(site: &Site, port: u16) {
    let mut traffic = traffic(site, port);
    site.says("artifact register packages@2.4.2 packages/2.4.2")
        .with(0);
    site.says("release create packages@2.4.2").with(0);
    site.says("deploy packages@2.4.2 staging").with(0);
    let said = site.says("promote packages@2.4.2 --to production").with(0);
    for step in ["traffic 20%", "traffic 50%", "traffic 100%"] {
        assert!(said.contains(step), "{said}");
    }
    assert!(said.contains("verdict healthy errors"), "{said}");
    assert!(said.contains("DONE packages@2.4.2 production"), "{said}");
    let (requests, failed, lines) = totals(site, &mut traffic);
    assert!(requests > 1_000, "{lines}");
    assert_eq!(failed, 0, "{lines}");
    let both = |line: &str| line.contains("2.4.1 ") && line.contains("2.4.2 ");
    assert!(lines.lines().any(both), "both served: {lines}");
    assert!(get(port, LISTING).unwrap().1.contains("pypiserver-2.4.2"));
}

fn bad_value_comes_back(site: &Site, port: u16) {
    site.replace("service.yaml", "sha256", "shake_128");
    let said = site.says("plan").with(0);
    assert!(said.contains("HASH_ALGO: sha256 -> shake_128"), "{said}");
    site.says("apply --yes").with(0);
    site.says("deploy packages@2.4.2 staging").with(0);
    assert_eq!(get(port + 100, LISTING).unwrap().0, 500, "it is bad");

    let mut traffic = traffic(site, port);
    let said = site.says("deploy packages@2.4.2 production").with(5);
    assert!(
        said.contains("ROLLED BACK packages@2.4.2 production"),
        "{said}"
    );
    assert!(said.contains("REGRESSED errors"), "{said}");
    assert!(
        !said.contains("traffic 50%"),
        "caught in the first hold: {said}"
    );
    for _ in 0..20 {
        assert_eq!(get(port, LISTING).unwrap().0, 200, "the old value serves");
    }
    let (requests, failed, lines) = totals(site, &mut traffic);
    assert!(
        failed > 0 && failed * 5 < requests,
        "one in ten at most: {lines}"
    );

    let said = site.says("why packages@2.4.2 production").with(3);
    assert!(
        said.contains("[no] held since it was rolled back in production: REGRESSED errors"),
        "{said}"
    );
    assert!(
        said.contains("tidegate release unhold packages@2.4.2"),
        "{said}"
    );

    site.replace("service.yaml", "shake_128", "sha256");
    site.says("apply --yes").with(0);
    site.says("deploy packages@2.4.2 staging").with(0);
    site.says("why packages@2.4.2 production").with(0);
}

fn value_that_cannot_start(site: &Site) {
    site.replace("service.yaml", "sha256", "sha257");
    site.says("apply --yes").with(0);
    let said = site.says("deploy packages@2.4.2 staging").with(5);
    assert!(said.contains("before it was healthy"), "{said}");
    assert!(
        said.contains("Hash algorithm 'sha257' is not available"),
        "what pypiserver said: {said}"
    );
}

fn traffic(site: &Site, port: u16) -> Child {
    let mut traffic = Command::new("./traffic.py");
    traffic.args(["--rate", "150", "--port", &port.to_string()]);
    site.start(traffic, &site.path().join("traffic.log"))
}

/// Requests, failed requests, and the whole report.
fn totals(site: &Site, traffic: &mut Child) -> (u64, u64, String) {
    end(traffic, rustix::process::Signal::TERM);
    let lines = std::fs::read_to_string(site.path().join("traffic.log")).unwrap();
    let last = lines.lines().last().unwrap().to_owned();
    let numbers: Vec<u64> = last
        .split_whitespace()
        .filter_map(|word| word.parse().ok())
        .collect();
    let [requests, failed] = numbers[..] else {
        panic!("no totals: {lines}");
    };
    (requests, failed, lines)
}
