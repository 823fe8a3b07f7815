//! The table a router serves and the counters it gives back.
//!
//! The agent owns the table and sends it whole (`PUT /v1/table`), so a lost or repeated message can never leave a router
//! half changed. The router owns the counters. Neither decides whether a release is healthy.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Weights are counted in basis points: 10 000 is all traffic of a route.
pub const ALL_TRAFFIC: u32 = 10_000;

/// Everything one router process serves. `version` never decreases; a router refuses an older table (409).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Counter of the agent that owns the table; strictly increasing with each change.
    pub version: u64,
    /// One entry per service and environment.
    pub routes: Vec<Route>,
}

/// One public listener and the groups of instances behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// `environment/service`.
    pub name: String,
    /// Address the router listens on, for example `127.0.0.1:8080`.
    pub listen: String,
    /// How a user stays on one side while the share of the other grows; absent means each request is split on its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stick: Option<Stick>,
    /// Groups by revision. Weights sum to 10 000, or all are 0 (the route answers 503).
    pub groups: Vec<Group>,
}

/// What identifies a user for a sticky split.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Stick {
    /// Value of a request header, for example `x-user-id`. Requests without it are split on their own.
    Header(String),
    /// Value of a cookie; a request without it gets one set by the router.
    Cookie(String),
}

/// The instances of one revision of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Revision key: version and configuration digest, for example `1.1.0+c0ffee12`.
    pub key: String,
    /// Share in basis points.
    pub weight: u32,
    /// Instances that take the group's requests in turn.
    pub backends: Vec<Backend>,
}

/// One running instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backend {
    /// Stable name of the instance, for example `web-1.1.0+c0ffee12-0`.
    pub id: String,
    /// Address of the instance, for example `127.0.0.1:41007`.
    pub address: String,
    /// A draining backend finishes its requests and gets no new ones.
    #[serde(default)]
    pub draining: bool,
}

/// Counters since the router started. `GET /v1/stats`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stats {
    /// Random per router process, so that a reader notices a restart (counters begin at zero again).
    pub instance: String,
    /// Version of the table in force.
    pub table: u64,
    /// By route name.
    pub routes: BTreeMap<String, RouteStats>,
}

/// Counters of one route.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteStats {
    /// Requests refused because no group could take them.
    pub unrouted: u64,
    /// Malformed requests refused (400).
    pub malformed: u64,
    /// By group key. Counters of a removed group stay until the process ends or 64 newer groups came.
    pub groups: BTreeMap<String, GroupStats>,
}

/// Outcomes of one revision. An error is a 5xx answer, a refused or broken connection, or a timeout.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupStats {
    /// Finished requests, errors included.
    pub requests: u64,
    /// Finished requests with an error.
    pub errors: u64,
    /// (instance, second) pairs with at least one finished request.
    pub blocks: u64,
    /// (instance, second) pairs with at least one error. Clustered errors count once a second.
    pub error_blocks: u64,
    /// Requests under way.
    pub in_flight: u64,
    /// Latency to the first byte of the answer: exponent-and-step bucket index (see [`bucket`]) to count.
    pub latency: BTreeMap<u16, u64>,
    /// By backend id.
    pub backends: BTreeMap<String, BackendStats>,
}

/// State of one instance as the router sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackendStats {
    /// False after consecutive connection failures, until a probe connects again.
    pub healthy: bool,
    /// Requests under way, upgraded connections included.
    pub in_flight: u64,
    /// Finished requests.
    pub requests: u64,
}

/// Bucket of a latency in microseconds: 8 steps per power of two, so a bound is at most 12.5 % off.
#[must_use]
pub fn bucket(micros: u64) -> u16 {
    if micros < 8 {
        return micros as u16;
    }
    let exponent = 63 - micros.leading_zeros();
    let step = (micros >> (exponent - 3)) & 7;
    (8 + (exponent - 3) * 8 + step as u32) as u16
}

/// Upper bound in microseconds (exclusive) of a [`bucket`].
#[must_use]
pub fn bucket_end(index: u16) -> u64 {
    if index < 8 {
        return u64::from(index) + 1;
    }
    let exponent = u32::from((index - 8) / 8);
    let step = u64::from((index - 8) % 8);
    (9 + step) << exponent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_latency_lies_below_the_end_of_its_bucket_and_within_an_eighth() {
        for micros in (0..5_000).chain([9_999, 123_456, 7_000_000]) {
            let end = bucket_end(bucket(micros));
            assert!(
                end > micros && end - micros <= micros / 8 + 1,
                "{micros} -> {end}"
            );
        }
    }
}
