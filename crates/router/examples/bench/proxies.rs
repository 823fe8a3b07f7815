//! The proxies under measurement: processes of their own, ended when dropped, and what they cost.

use crate::Result;
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const TOKEN: &str = "bench";

/// A running proxy.
pub struct Proxy {
    pub name: String,
    pub address: SocketAddr,
    child: Child,
    admin: Option<SocketAddr>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Proxy {
    /// CPU time of all its threads so far, user and system.
    pub fn cpu(&self) -> Result<Duration> {
        let mut sum = 0;
        for task in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let text = fs::read_to_string(task?.path().join("schedstat"))?;
            sum += text.split(' ').next().unwrap_or("0").parse::<u64>()?;
        }
        Ok(Duration::from_nanos(sum))
    }

    fn started(name: &str, address: SocketAddr, mut command: Command) -> Result<Proxy> {
        let child = command
            .stdin(Stdio::null())
            .spawn()
            .map_err(|why| format!("{name}: {why}"))?;
        Ok(Proxy {
            name: name.to_owned(),
            address,
            child,
            admin: None,
        })
    }

    fn reachable(self) -> Result<Proxy> {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(10) {
            if TcpStream::connect(self.address).is_ok() {
                return Ok(self);
            }
            thread::sleep(Duration::from_millis(20));
        }
        Err(format!("{} does not listen on {}", self.name, self.address).into())
    }
}

fn free() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// The `router` example beside this program, with one worker thread.
pub fn router(folder: &Path, a: SocketAddr, b: SocketAddr) -> Result<Proxy> {
    let program = std::env::current_exe()?.with_file_name("router");
    let (token, ready) = (folder.join("token"), folder.join("ready"));
    fs::write(&token, TOKEN)?;
    let mut command = Command::new(&program);
    command
        .args(["--admin", "127.0.0.1:0", "--threads", "1", "--token-file"])
        .arg(&token);
    command
        .arg("--state")
        .arg(folder.join("state"))
        .arg("--ready-file")
        .arg(&ready);
    let mut proxy = Proxy::started("router", free()?, command)?;
    let begun = Instant::now();
    while proxy.admin.is_none() && begun.elapsed() < Duration::from_secs(10) {
        proxy.admin = fs::read_to_string(&ready)
            .ok()
            .and_then(|text| text.trim().parse().ok());
        thread::sleep(Duration::from_millis(10));
    }
    put_table(&proxy, 1, a, b, 9_000)?;
    proxy.reachable()
}

/// HAProxy with one thread, when it is installed.
pub fn haproxy(folder: &Path, a: SocketAddr, b: SocketAddr) -> Result<Option<Proxy>> {
    let found = [
        "/usr/sbin/haproxy",
        "/usr/local/sbin/haproxy",
        "/usr/bin/haproxy",
    ]
    .into_iter()
    .find(|p| Path::new(p).exists());
    let Some(program) = found else {
        return Ok(None);
    };
    let listen = free()?;
    let text = format!(
        "global\n  nbthread 1\n  maxconn 4096\ndefaults\n  mode http\n  option forwardfor\n  http-reuse always\n  \
         timeout connect 2s\n  timeout client 60s\n  timeout server 60s\nfrontend f\n  bind {listen}\n  \
         http-request set-header x-forwarded-proto http\n  default_backend b\n\
         backend b\n  server a {a} weight 90\n  server b {b} weight 10\n"
    );
    let file = folder.join("haproxy.cfg");
    fs::write(&file, text)?;
    let mut command = Command::new(program);
    command.arg("-db").arg("-f").arg(file);
    Proxy::started("haproxy", listen, command)?
        .reachable()
        .map(Some)
}

/// Any other proxy: `NAME=PROGRAM ARG…` with `{listen}`, `{a}` and `{b}`.
pub fn peer(text: &str, a: SocketAddr, b: SocketAddr) -> Result<Proxy> {
    let listen = free()?;
    let (name, line) = text.split_once('=').ok_or("--peer NAME=PROGRAM ARG…")?;
    let mut words = line.split_whitespace().map(|word| {
        word.replace("{listen}", &listen.to_string())
            .replace("{a}", &a.to_string())
            .replace("{b}", &b.to_string())
    });
    let mut command = Command::new(words.next().ok_or("--peer names no program")?);
    command.args(words);
    Proxy::started(name, listen, command)?.reachable()
}

/// Gives backend `a` this weight and `b` the rest.
pub fn put_table(
    router: &Proxy,
    version: u64,
    a: SocketAddr,
    b: SocketAddr,
    weight: u32,
) -> Result<()> {
    let group = |key: &str, weight: u32, address: SocketAddr| serde_json::json!({"key": key, "weight": weight, "backends": [{"id": key, "address": address.to_string()}]});
    let table = serde_json::json!({"version": version, "routes": [{
        "name": "bench/web", "listen": router.address.to_string(),
        "groups": [group("a", weight, a), group("b", 10_000 - weight, b)],
    }]})
    .to_string();
    let mut stream = TcpStream::connect(router.admin.ok_or("the router did not become ready")?)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    write!(
        stream,
        "PUT /v1/table HTTP/1.1\r\nHost: admin\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{table}",
        table.len()
    )?;
    let mut reply = String::new();
    stream.read_to_string(&mut reply)?;
    if reply.starts_with("HTTP/1.1 200") {
        Ok(())
    } else {
        Err(format!("table refused: {reply}").into())
    }
}
