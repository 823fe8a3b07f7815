//! A tiny HTTP program to deploy in tests. Modes come from the environment:
//!
//! `EXIT_AT_ONCE=code`, `NEVER_HEALTHY=1` (answers 503), `CRASH_AFTER_MS=n`, `ECHO_ENV=NAME,NAME` (printed at start),
//! `FIXED_PORT=n` (instead of `PORT`), `SLOW_MS=n` (each answer but that to `/healthz`), `NO_PORT=1` (listens nowhere).
//! A program that ignores SIGTERM is made with a shell around it: `sh -c 'trap "" TERM; exec testserver'`.

use std::{
    env,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::ExitCode,
    thread,
    time::Duration,
};

fn number(name: &str) -> Option<u64> {
    env::var(name).ok()?.parse().ok()
}

fn main() -> ExitCode {
    for name in env::var("ECHO_ENV")
        .unwrap_or_default()
        .split(',')
        .filter(|name| !name.is_empty())
    {
        println!(
            "{name}={}",
            env::var(name).unwrap_or_else(|_| "absent".to_owned())
        );
    }
    println!(
        "variables: {}",
        env::vars()
            .map(|(key, _)| key)
            .collect::<Vec<_>>()
            .join(" ")
    );
    if let Some(code) = number("EXIT_AT_ONCE") {
        eprintln!("giving up at once");
        return ExitCode::from(code as u8);
    }
    if let Some(after) = number("CRASH_AFTER_MS") {
        thread::spawn(move || {
            thread::sleep(Duration::from_millis(after));
            eprintln!("crashing as asked");
            std::process::exit(9);
        });
    }
    if number("NO_PORT").is_some() {
        loop {
            thread::sleep(Duration::from_secs(60));
        }
    }
    let port = number("FIXED_PORT").or_else(|| number("PORT")).unwrap_or(0) as u16;
    match TcpListener::bind(("127.0.0.1", port)) {
        Ok(listener) => serve(&listener),
        Err(e) => {
            eprintln!("cannot listen on port {port}: {e}");
            ExitCode::from(3)
        }
    }
}

fn serve(listener: &TcpListener) -> ExitCode {
    println!("listening");
    for stream in listener.incoming().flatten() {
        thread::spawn(move || answer(stream));
    }
    ExitCode::SUCCESS
}

/// One request per connection; the status follows from the mode.
fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    let mut buffer = [0; 4096];
    let read = stream.read(&mut buffer)?;
    let request = String::from_utf8_lossy(buffer.get(..read).unwrap_or_default()).into_owned();
    if let (Some(slow), false) = (number("SLOW_MS"), request.starts_with("GET /healthz")) {
        thread::sleep(Duration::from_millis(slow));
    }
    let status = if number("NEVER_HEALTHY").is_some() {
        "503 Service Unavailable"
    } else {
        "200 OK"
    };
    let body = format!("pid {}\n", std::process::id());
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}
