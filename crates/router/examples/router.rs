//! The router as a process of its own, for tests and measurements: `router --admin A --token-file F --state DIR
//! [--threads N] [--ready-file F]`, and `--<limit>-ms N` for the waits that tests shorten.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use tidegate_router::{Limits, Options, run_with};

fn main() -> ExitCode {
    let (options, limits) = match parse(std::env::args().skip(1)) {
        Ok(parsed) => parsed,
        Err(why) => {
            eprintln!("router: {why}");
            return ExitCode::from(2);
        }
    };
    match run_with(options, limits) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("router: {why}");
            ExitCode::FAILURE
        }
    }
}

fn parse(mut words: impl Iterator<Item = String>) -> Result<(Options, Limits), String> {
    let (mut admin, mut token_file, mut state, mut threads, mut ready_file) =
        (None, None, None, 0, None);
    let mut limits = Limits::default();
    while let Some(name) = words.next() {
        let value = words
            .next()
            .ok_or_else(|| format!("{name} needs a value"))?;
        let number = || {
            value
                .parse::<u64>()
                .map_err(|why| format!("{name} {value}: {why}"))
        };
        match name.as_str() {
            "--admin" => {
                admin = Some(
                    value
                        .parse()
                        .map_err(|why| format!("{name} {value}: {why}"))?,
                )
            }
            "--token-file" => token_file = Some(PathBuf::from(value)),
            "--state" => state = Some(PathBuf::from(value)),
            "--ready-file" => ready_file = Some(PathBuf::from(value)),
            "--threads" => threads = number()? as usize,
            "--request-head-ms" => limits.request_head = Duration::from_millis(number()?),
            "--response-head-ms" => limits.response_head = Duration::from_millis(number()?),
            "--keep-alive-ms" => limits.keep_alive = Duration::from_millis(number()?),
            "--body-idle-ms" => limits.body_idle = Duration::from_millis(number()?),
            "--connect-ms" => limits.connect = Duration::from_millis(number()?),
            "--drain-ms" => limits.drain = Duration::from_millis(number()?),
            _ => return Err(format!("{name} is not known")),
        }
    }
    let options = Options {
        admin: admin.ok_or("--admin is missing")?,
        token_file: token_file.ok_or("--token-file is missing")?,
        state: state.ok_or("--state is missing")?,
        threads,
        ready_file,
    };
    Ok((options, limits))
}
