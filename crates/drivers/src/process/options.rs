//! What a process target is told when it is opened.

use std::{net::IpAddr, ops::RangeInclusive, path::PathBuf, time::Duration};

/// Settings of a [`super::ProcessTarget`].
#[derive(Debug, Clone)]
pub struct Options {
    /// Folder that belongs to this target alone: releases, instances, records.
    pub root: PathBuf,
    /// Program that answers to `instance-shim --dir D` and `router …`: usually the running binary itself.
    pub program: PathBuf,
    /// Address the router listens on for the public ports of routes.
    pub listen_ip: IpAddr,
    /// What an artifact may cost.
    pub limits: Limits,
    /// When restarts are given up.
    pub crash: CrashRule,
    /// Size of one log file of an instance in bytes; the newest three are kept.
    pub log_bytes: u64,
    /// Ports given to instances; outside the range the kernel uses for outgoing connections.
    pub ports: RangeInclusive<u16>,
    /// Unused releases kept per service for a quick return.
    pub keep_releases: usize,
    /// Variables of the agent's own environment that `prepare` commands see (proxies, certificates, package indexes).
    pub prepare_env: Vec<String>,
    /// Folder of the secret store `file`, a file for each secret; without it that store has none.
    pub secret_dir: Option<PathBuf>,
}

impl Options {
    /// Settings with the usual limits.
    #[must_use]
    pub fn new(root: PathBuf, program: PathBuf) -> Self {
        let prepare_env = "HOME HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy SSL_CERT_FILE SSL_CERT_DIR \
                           REQUESTS_CA_BUNDLE CURL_CA_BUNDLE NODE_EXTRA_CA_CERTS PIP_* UV_* npm_config_*";
        Self {
            root,
            program,
            listen_ip: IpAddr::from([127, 0, 0, 1]),
            limits: Limits::default(),
            crash: CrashRule::default(),
            log_bytes: 5 << 20,
            ports: 20_000..=31_999,
            keep_releases: 5,
            prepare_env: prepare_env.split_whitespace().map(str::to_owned).collect(),
            secret_dir: None,
        }
    }
}

/// What an artifact may cost before it is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the artifact itself.
    pub artifact: u64,
    /// Time a download may take.
    pub download: Duration,
    /// Files, folders and links in an archive.
    pub entries: u64,
    /// Bytes after unpacking.
    pub unpacked: u64,
    /// Unpacked bytes per packed byte, looked at beyond `ratio_from`.
    pub ratio: u64,
    /// Unpacked bytes below which the ratio does not matter.
    pub ratio_from: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            artifact: 2 << 30,
            download: Duration::from_secs(600),
            entries: 100_000,
            unpacked: 4 << 30,
            ratio: 200,
            ratio_from: 100 << 20,
        }
    }
}

/// When a program that keeps ending is no longer started again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrashRule {
    /// This many unexpected exits of one instance…
    pub exits: usize,
    /// …within this time.
    pub within: Duration,
}

impl Default for CrashRule {
    fn default() -> Self {
        Self {
            exits: 3,
            within: Duration::from_secs(30),
        }
    }
}
