//! What the agent's target is told on the command line: addresses, ports and what an artifact or a program may cost.

use clap::Args;
use std::{net::IpAddr, ops::RangeInclusive, time::Duration};
use tidegate_agent::AgentOptions;

/// Settings of the target. What is not given keeps the target's own default.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Target")]
pub struct Settings {
    /// Address the router listens on for the public ports of services [default: 127.0.0.1]
    #[arg(long)]
    pub listen_ip: Option<IpAddr>,
    /// Ports given to instances, both ends included; keep clear of the ports of services and of outgoing connections
    /// [default: 20000-31999]
    #[arg(long, value_name = "FIRST-LAST", value_parser = ports)]
    pub ports: Option<RangeInclusive<u16>>,
    /// Most actions at once [default: 16]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=64))]
    pub at_once: Option<u32>,
    /// Largest artifact [default: 2GiB]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub artifact_limit: Option<u64>,
    /// Longest download of an artifact in seconds [default: 600]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    pub download_limit: Option<u64>,
    /// Most bytes of an unpacked artifact [default: 4GiB]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub unpack_limit: Option<u64>,
    /// Most files, folders and links in an artifact [default: 100000]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..))]
    pub entry_limit: Option<u64>,
    /// Most unpacked bytes for each packed byte, counted beyond 100 MiB [default: 200]
    #[arg(long, value_name = "TIMES", value_parser = clap::value_parser!(u64).range(1..))]
    pub ratio_limit: Option<u64>,
    /// Size at which the log of an instance is rotated; three files are kept [default: 5MiB]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub log_size: Option<u64>,
    /// Unused releases kept for each service, for a quick return [default: 5]
    #[arg(long, value_name = "COUNT")]
    pub keep_releases: Option<usize>,
    /// Unexpected exits of an instance after which it is not started again [default: 3]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..))]
    pub crash_exits: Option<u16>,
    /// Seconds within which those exits must fall [default: 30]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    pub crash_within: Option<u64>,
    /// Further variables of the agent that `prepare` commands see; a name may end in `*`
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub prepare_env: Vec<String>,
}

impl Settings {
    /// Put what was given into the options of an agent.
    pub fn put_into(self, options: &mut AgentOptions) {
        fn set<T>(place: &mut T, given: Option<T>) {
            if let Some(given) = given {
                *place = given;
            }
        }
        let target = &mut options.target;
        set(&mut options.at_once, self.at_once);
        set(&mut target.listen_ip, self.listen_ip);
        set(&mut target.ports, self.ports);
        set(&mut target.limits.artifact, self.artifact_limit);
        let download = self.download_limit.map(Duration::from_secs);
        set(&mut target.limits.download, download);
        set(&mut target.limits.unpacked, self.unpack_limit);
        set(&mut target.limits.entries, self.entry_limit);
        set(&mut target.limits.ratio, self.ratio_limit);
        set(&mut target.log_bytes, self.log_size);
        set(&mut target.keep_releases, self.keep_releases);
        set(&mut target.crash.exits, self.crash_exits.map(usize::from));
        let within = self.crash_within.map(Duration::from_secs);
        set(&mut target.crash.within, within);
        target.prepare_env.extend(self.prepare_env);
    }
}

/// A number of bytes: `5000000`, `500KiB`, `64MiB`, `4GiB`.
fn size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let (number, unit) = text.split_at(digits.len());
    let factor: u64 = match unit {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => {
            return Err(format!(
                "{unit:?} is no unit of size; use KiB, MiB or GiB, or bytes without one"
            ));
        }
    };
    let number: u64 = number
        .parse()
        .map_err(|_| "write a whole number, for example 64MiB".to_owned())?;
    match number.checked_mul(factor) {
        Some(bytes) if bytes > 0 => Ok(bytes),
        _ => Err("it must be more than 0 and less than 16 EiB".to_owned()),
    }
}

/// Two port numbers with a dash between them.
fn ports(text: &str) -> Result<RangeInclusive<u16>, String> {
    let parsed = text
        .split_once('-')
        .and_then(|(first, last)| Some((first.parse().ok()?, last.parse().ok()?)));
    match parsed {
        Some((first, last)) if 0 < first && first <= last => Ok(first..=last),
        _ => Err("write two ports from 1 to 65535, for example 20000-31999".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_ports_are_read_and_what_is_no_size_or_range_is_refused() {
        assert_eq!(
            [size("512"), size("64KiB"), size("5MiB"), size("4GiB")],
            [Ok(512), Ok(65_536), Ok(5 << 20), Ok(4 << 30)]
        );
        for bad in ["", "0", "MiB", "-1", "5MB", "1.5GiB", "99999999999GiB"] {
            assert!(size(bad).is_err(), "{bad}");
        }
        assert_eq!(ports("21000-21999"), Ok(21_000..=21_999));
        for bad in ["", "21000", "2-1", "0-9", "1-65536", "a-b"] {
            assert!(ports(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_given_replaces_the_default_and_the_rest_stays() {
        let options = || {
            let (root, program) = ("/r".into(), "/p".into());
            AgentOptions::new(
                "http://127.0.0.1:1",
                "t",
                "a",
                vec!["dev".into()],
                root,
                program,
            )
        };
        let (usual, mut changed) = (options(), options());
        let settings = Settings {
            listen_ip: Some(IpAddr::from([0, 0, 0, 0])),
            ports: Some(21_000..=21_010),
            unpack_limit: Some(7),
            log_size: Some(8),
            prepare_env: vec!["GOPROXY".to_owned()],
            ..Settings::default()
        };
        settings.put_into(&mut changed);
        let target = &changed.target;
        assert_eq!(target.listen_ip, IpAddr::from([0, 0, 0, 0]));
        assert_eq!(target.ports, 21_000..=21_010);
        assert_eq!((target.limits.unpacked, target.log_bytes), (7, 8));
        assert_eq!(target.limits.entries, usual.target.limits.entries);
        assert_eq!(
            (changed.at_once, &target.crash),
            (usual.at_once, &usual.target.crash)
        );
        assert!(target.prepare_env.contains(&"GOPROXY".to_owned()));
        assert!(target.prepare_env.contains(&"HOME".to_owned()));
    }
}
