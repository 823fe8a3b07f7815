//! A link between agent and server that kills the agent at chosen moments: on both sides of every lease and every report of
//! an end, once each.

use crate::world::Agent;
use serde_json::Value;
use std::{
    collections::BTreeSet,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

/// When the agent was killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// Work was leased to it and never reached it.
    LeaseLost,
    /// Work has just reached it.
    LeaseTaken,
    /// The work has ended and the server does not know.
    EndUnheard,
    /// The server knows of the end and the agent does not know that.
    EndHeard,
}

/// Kills that happened, by action.
pub type Kills = Arc<Mutex<BTreeSet<(String, Moment)>>>;

/// Starts the link; answers its URL.
pub fn start(server: &str, agent: Arc<Mutex<Agent>>, kills: Kills) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = server.trim_start_matches("http://").to_owned();
    // Threads end with the test's process; each serves one request.
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (server, agent, kills) = (server.clone(), Arc::clone(&agent), Arc::clone(&kills));
            std::thread::spawn(move || pass_on(stream, &server, &agent, &kills));
        }
    });
    url
}

fn pass_on(
    mut stream: TcpStream,
    server: &str,
    agent: &Mutex<Agent>,
    kills: &Mutex<BTreeSet<(String, Moment)>>,
) -> Option<()> {
    let (head, body) = request(&mut stream)?;
    let path = head.split(' ').nth(1)?.to_owned();
    let said: Value = serde_json::from_slice(&body).unwrap_or_default();
    let restart = |moment: Moment, action: &str| {
        let fresh = kills.lock().unwrap().insert((action.to_owned(), moment));
        if fresh {
            let mut agent = agent.lock().unwrap();
            agent.kill();
            agent.start();
        }
        fresh
    };
    let ended = (path.ends_with("/reports") && said["state"]["state"] == "ended")
        .then(|| said["action"].as_str().map(str::to_owned))
        .flatten();
    if ended
        .as_ref()
        .is_some_and(|action| restart(Moment::EndUnheard, action))
    {
        return None;
    }
    let answer = ask(server, &head, &body)?;
    if ended
        .as_ref()
        .is_some_and(|action| restart(Moment::EndHeard, action))
    {
        return None;
    }
    let leased = path.ends_with("/leases").then(|| leased(&answer)).flatten();
    if leased
        .as_ref()
        .is_some_and(|action| restart(Moment::LeaseLost, action))
    {
        return None;
    }
    stream.write_all(&answer).ok()?;
    drop(stream);
    if let Some(action) = leased {
        restart(Moment::LeaseTaken, &action);
    }
    Some(())
}

/// Head and body of a request.
fn request(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 16 << 10]);
    loop {
        if let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..end].to_vec()).ok()?;
            let length = head
                .lines()
                .find_map(|line| {
                    line.to_lowercase()
                        .strip_prefix("content-length:")?
                        .trim()
                        .parse()
                        .ok()
                })
                .unwrap_or(0);
            if bytes.len() >= end + 4 + length {
                return Some((head, bytes.split_off(end + 4)));
            }
        }
        let n = stream.read(&mut buffer).ok().filter(|n| *n > 0)?;
        bytes.extend_from_slice(&buffer[..n]);
    }
}

fn ask(server: &str, head: &str, body: &[u8]) -> Option<Vec<u8>> {
    let mut stream = TcpStream::connect(server).ok()?;
    write!(stream, "{head}\r\nconnection: close\r\n\r\n").ok()?;
    stream.write_all(body).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    Some(answer)
}

/// The first action that an answer leases.
fn leased(answer: &[u8]) -> Option<String> {
    let body = answer.windows(4).position(|w| w == b"\r\n\r\n")? + 4;
    let reply: Value = serde_json::from_slice(&answer[body..]).ok()?;
    Some(reply["actions"][0]["id"].as_str()?.to_owned())
}
