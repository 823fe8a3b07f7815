//! A reader's own program: the four lines, a script of twenty lines, and what goes wrong with such programs, as the person
//! at the terminal sees it.

#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod program;

use program::{Site, free_port, get, left_running, wait_for};
use std::net::TcpListener;
use std::process::Command;

/// The smallest configuration.
fn four_lines(port: u16) -> String {
    format!("tidegate: 1\nservice: web\nowner: me\nrun: {{ command: ./web, port: {port} }}\n")
}

/// The same with a strategy and lengths for an impatient reader.
fn quick(port: u16, run: &str, watch: &str) -> String {
    format!(
        "tidegate: 1\nservice: web\nowner: me\nrun: {{ command: ./web, port: {port}, grace: 1s{run} }}\n\
         health: {{ get: /healthz, every: 200ms, deadline: 2s }}\n---\n\
         pipeline: standard\nstrategy: rolling\nwatch: {watch}\n"
    )
}

/// A program of one version; `more` runs before it serves.
fn program(version: &str, more: &str) -> String {
    format!(
        r#"#!/usr/bin/env python3
import http.server, os, signal, sys, threading, time

class Web(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello from {version}\n")

    def log_message(self, *_):
        pass

print("web {version} starts", flush=True)
{more}
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Web).serve_forever()
"#
    )
}

/// Register and release a version that lies at `path`.
fn release(site: &Site, version: &str, path: &str) {
    site.says(&format!("artifact register web@{version} {path}"))
        .with(0);
    site.says(&format!("release create web@{version}")).with(0);
}

/// A version of the program, released from a folder of its own.
fn release_of(site: &Site, version: &str, more: &str) {
    site.write(&format!("{version}/web"), &program(version, more));
    release(site, version, version);
}

fn answer(port: u16) -> Option<String> {
    get(port, "/").map(|(_, body)| body)
}

/// What runs in production, as `status` says it.
fn status(site: &Site) -> String {
    site.says("status production").with(0)
}

fn over(site: &mut Site) {
    site.says("audit verify").with(0);
    site.interrupt();
    site.says("down").with(0);
    assert_eq!(left_running(site.path()), Vec::<String>::new());
}

#[test]
fn four_lines_and_a_script_are_enough_and_nothing_is_left_behind() {
    let port = free_port();
    let mut site = Site::new(&four_lines(port));
    let said = site.up();
    assert!(said.contains(&format!("http://127.0.0.1:{port}")), "{said}");

    release_of(&site, "1.0.0", "");
    site.says("deploy web@1.0.0 production --no-wait").with(0);
    wait_for("1.0.0 to answer", || {
        answer(port).filter(|body| body == "hello from 1.0.0\n")
    });

    // Without traffic the canary of the built-in strategy waits for a person.
    release_of(&site, "1.1.0", "");
    let said = site
        .says("deploy web@1.1.0 production --timeout 2s")
        .with(6);
    assert!(said.contains("hold 10m at 10%"), "{said}");
    for _ in 0..2 {
        wait_for("a hold to end", || {
            let said = site.says("advance web@1.1.0/production --reason looked");
            (said.code == 0).then_some(())
        });
    }
    wait_for("1.1.0 to have all traffic", || {
        status(&site).contains(" 1.1.0    [ok] 1/1").then_some(())
    });
    assert_eq!(answer(port).unwrap(), "hello from 1.1.0\n");

    let said = site.says("down").with(1);
    assert!(
        said.contains("is in use by an agent: stop it first"),
        "{said}"
    );
    assert!(said.contains("press Ctrl-C"), "{said}");
    let said = site.interrupt();
    assert!(said.contains("Services go on running"), "{said}");
    let running = left_running(site.path());
    assert_eq!(answer(port).unwrap(), "hello from 1.1.0\n");
    site.up();
    assert!(
        running
            .iter()
            .all(|line| left_running(site.path()).contains(line)),
        "taken over, not started again: {running:?}"
    );
    over(&mut site);
    assert_eq!(answer(port), None);
}

#[test]
fn the_same_program_goes_out_as_tar_gz_and_as_zip() {
    let port = free_port();
    let mut site = Site::new(&quick(port, "", "1s"));
    site.up();
    for (version, pack) in [
        (
            "1.0.0",
            "import shutil; shutil.make_archive('1.0.0', 'gztar', '1.0.0')",
        ),
        (
            "2.0.0",
            "import shutil; shutil.make_archive('2.0.0', 'zip', '2.0.0')",
        ),
    ] {
        site.write(&format!("{version}/web"), &program(version, ""));
        let mut python = Command::new("python3");
        python.args(["-c", pack]);
        site.run(python).with(0);
        let end = if version == "1.0.0" { "tar.gz" } else { "zip" };
        release(&site, version, &format!("{version}.{end}"));
        site.says(&format!("deploy web@{version} production"))
            .with(0);
        assert_eq!(answer(port).unwrap(), format!("hello from {version}\n"));
    }
    over(&mut site);
}

#[test]
fn a_port_that_is_taken_is_named_with_the_way_out() {
    let port = free_port();
    let taken = TcpListener::bind(("127.0.0.1", port)).unwrap();
    let mut site = Site::new(&quick(port, "", "1s"));
    site.up();
    release_of(&site, "1.0.0", "");
    let said = site.says("deploy web@1.0.0 production");
    assert_eq!(said.code, 5, "{}", said.text);
    assert!(
        said.text.contains(&format!("127.0.0.1:{port}")),
        "{}",
        said.text
    );
    assert!(said.text.contains("in use"), "{}", said.text);
    assert!(
        said.text.contains("change `port:` of the service"),
        "{}",
        said.text
    );

    // The way out, while the port is still taken.
    let other = free_port();
    site.replace(
        "tidegate.yaml",
        &format!("port: {port}"),
        &format!("port: {other}"),
    );
    site.says("apply --yes").with(0);
    site.says("release unhold web@1.0.0 --reason moved").with(0);
    site.says("deploy web@1.0.0 production").with(0);
    assert_eq!(answer(other).unwrap(), "hello from 1.0.0\n");
    drop(taken);
    over(&mut site);
}

#[test]
fn a_program_that_exits_at_once_is_quoted_and_the_old_version_stays() {
    let port = free_port();
    let mut site = Site::new(&quick(port, "", "1s"));
    site.up();
    release_of(&site, "1.0.0", "");
    site.says("deploy web@1.0.0 production").with(0);
    release_of(&site, "2.0.0", "sys.exit('no file settings.toml')");
    let said = site.says("deploy web@2.0.0 production").with(5);
    assert!(said.contains("exited with code 1"), "{said}");
    assert!(said.contains("| no file settings.toml"), "{said}");
    assert_eq!(answer(port).unwrap(), "hello from 1.0.0\n");
    let said = site.says("why web@2.0.0 production").with(3);
    assert!(said.contains("[no] held"), "{said}");
    over(&mut site);
}

#[test]
fn a_first_version_that_never_listens_is_quoted_after_its_deadline() {
    let port = free_port();
    let mut site = Site::new(&quick(port, "", "1s"));
    site.up();
    release_of(
        &site,
        "1.0.0",
        "print('waiting for the database', flush=True); time.sleep(3600)",
    );
    let said = site.says("deploy web@1.0.0 production").with(5);
    assert!(said.contains("was not healthy within 2"), "{said}");
    assert!(said.contains("| waiting for the database"), "{said}");
    over(&mut site);
}

#[test]
fn a_crash_loop_after_the_last_step_rolls_back_while_it_is_watched() {
    let port = free_port();
    let mut site = Site::new(&quick(port, "", "25s"));
    site.up();
    release_of(&site, "1.0.0", "");
    site.says("deploy web@1.0.0 production --no-wait").with(0);
    wait_for("1.0.0 to answer", || answer(port));
    let crash =
        "threading.Timer(1, lambda: (print('out of licences', flush=True), os._exit(3))).start()";
    release_of(&site, "2.0.0", crash);
    let said = site.says("deploy web@2.0.0 production").with(5);
    assert!(said.contains("all traffic on web@2.0.0"), "{said}");
    assert!(said.contains("| out of licences"), "{said}");
    assert_eq!(answer(port).unwrap(), "hello from 1.0.0\n");
    over(&mut site);
}

#[test]
fn a_crash_loop_long_after_the_promotion_is_shown_by_status() {
    let port = free_port();
    let mut site = Site::new(&quick(port, "", "1s"));
    site.up();
    let crash = "threading.Timer(3, lambda: os._exit(3)).start()";
    release_of(&site, "1.0.0", crash);
    site.says("deploy web@1.0.0 production").with(0);
    wait_for("status to tell", || {
        status(&site).contains("crash").then_some(())
    });
    over(&mut site);
}

#[test]
fn a_program_that_does_not_stop_is_killed_after_its_grace() {
    let port = free_port();
    let mut site = Site::new(&quick(port, "", "1s"));
    site.up();
    release_of(
        &site,
        "1.0.0",
        "signal.signal(signal.SIGTERM, lambda *_: None)",
    );
    site.says("deploy web@1.0.0 production").with(0);
    release_of(
        &site,
        "2.0.0",
        "signal.signal(signal.SIGTERM, lambda *_: None)",
    );
    let said = site.says("deploy web@2.0.0 production").with(0);
    assert!(
        said.contains("1 killed: still there 1000 ms after SIGTERM"),
        "{said}"
    );
    assert_eq!(answer(port).unwrap(), "hello from 2.0.0\n");
    over(&mut site);
}

#[test]
fn a_return_never_goes_to_a_version_that_was_taken_back_itself() {
    let port = free_port();
    let mut site = Site::new(&quick(port, "", "1s"));
    site.up();
    for version in ["1.0.0", "2.0.0"] {
        release_of(&site, version, "");
        site.says(&format!("deploy web@{version} production"))
            .with(0);
    }
    site.says("rollback web production --reason slow").with(0);
    assert_eq!(answer(port).unwrap(), "hello from 1.0.0\n");

    let said = site.says("rollback web production --reason again").with(64);
    assert!(said.contains("web@2.0.0"), "{said}");
    assert!(said.contains("tidegate release unhold"), "{said}");
    let said = site.says("release show web@1.0.0").with(0);
    assert!(!said.contains("held"), "what runs is not held: {said}");
    over(&mut site);
}
