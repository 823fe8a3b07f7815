//! Refuses a table that could not be served whole. Every problem is named in one pass.

use hyper::header::HeaderName;
use std::collections::BTreeSet;
use std::fmt::Display;
use std::net::SocketAddr;
use tidegate_plugin::router::{ALL_TRAFFIC, Group, Route, Stick, Table};

/// Routes a table may have.
const ROUTES: usize = 4_096;

/// All problems of a table, in its order.
pub fn check(table: &Table) -> Result<(), Vec<String>> {
    let mut found = Vec::new();
    if table.routes.len() > ROUTES {
        found.push(format!(
            "{} routes; at most {ROUTES} are served by one router",
            table.routes.len()
        ));
    }
    let (mut names, mut listens) = (BTreeSet::new(), BTreeSet::new());
    for route in &table.routes {
        if route.name.is_empty() {
            found.push("a route has no name".to_owned());
        } else if !names.insert(route.name.as_str()) {
            found.push(format!("route {}: the name is used twice", route.name));
        }
        match address(&route.listen) {
            Ok(listen) if !listens.insert(listen) => {
                found.push(format!(
                    "route {}: listen address {listen} is used twice",
                    route.name
                ));
            }
            Ok(_) => {}
            Err(why) => found.push(format!(
                "route {}: listen address {:?} {why}",
                route.name, route.listen
            )),
        }
        check_route(route, &mut found);
    }
    for (route, group, backend) in all_backends(table) {
        if let Ok(target) = address(&backend.address)
            && listens.contains(&target)
        {
            found.push(format!(
                "route {route}: group {group}: backend {}: {target} is a listen address of this table, so requests would go round",
                backend.id
            ));
        }
    }
    if found.is_empty() { Ok(()) } else { Err(found) }
}

fn all_backends(
    table: &Table,
) -> impl Iterator<Item = (&str, &str, &tidegate_plugin::router::Backend)> {
    table.routes.iter().flat_map(|route| {
        route.groups.iter().flat_map(|group| {
            group
                .backends
                .iter()
                .map(|backend| (route.name.as_str(), group.key.as_str(), backend))
        })
    })
}

fn check_route(route: &Route, found: &mut Vec<String>) {
    let mut say = |what: &dyn Display| found.push(format!("route {}: {what}", route.name));
    match &route.stick {
        Some(Stick::Header(name)) if HeaderName::from_bytes(name.as_bytes()).is_err() => {
            say(&format_args!("stick: {name:?} is not a header name"));
        }
        Some(Stick::Cookie(name)) if name.is_empty() || !name.bytes().all(is_token) => {
            say(&format_args!("stick: {name:?} is not a cookie name"));
        }
        _ => {}
    }
    if route.groups.len() > usize::from(u16::MAX) {
        say(&"too many groups");
    }
    let sum: u64 = route
        .groups
        .iter()
        .map(|group| u64::from(group.weight))
        .sum();
    if sum != 0 && sum != u64::from(ALL_TRAFFIC) {
        say(&format_args!(
            "weights sum to {sum}; they must sum to {ALL_TRAFFIC}, or all be 0 for no traffic"
        ));
    }
    let (mut keys, mut ids) = (BTreeSet::new(), BTreeSet::new());
    for group in &route.groups {
        if group.key.is_empty() {
            say(&"a group has no key");
        } else if !keys.insert(group.key.as_str()) {
            say(&format_args!("group {}: the key is used twice", group.key));
        }
        check_group(group, &mut ids, &mut say);
    }
}

fn check_group<'a>(
    group: &'a Group,
    ids: &mut BTreeSet<&'a str>,
    say: &mut dyn FnMut(&dyn Display),
) {
    for backend in &group.backends {
        if backend.id.is_empty() {
            say(&format_args!("group {}: a backend has no id", group.key));
        } else if !ids.insert(backend.id.as_str()) {
            say(&format_args!(
                "group {}: backend {}: the id is used twice",
                group.key, backend.id
            ));
        }
        if let Err(why) = address(&backend.address) {
            say(&format_args!(
                "group {}: backend {}: address {:?} {why}",
                group.key, backend.id, backend.address
            ));
        }
    }
    if group.weight > 0 && group.backends.iter().all(|backend| backend.draining) {
        say(&format_args!(
            "group {}: weight {} but no backend that takes requests; give it one or set its weight to 0",
            group.key, group.weight
        ));
    }
}

/// An address with a port that says where.
pub fn address(text: &str) -> Result<SocketAddr, &'static str> {
    match text.parse::<SocketAddr>() {
        Ok(address) if address.port() == 0 => Err("has port 0; name the port"),
        Ok(address) => Ok(address),
        Err(_) => Err("is not an address; write it as 127.0.0.1:8080 or [::1]:8080"),
    }
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_plugin::router::Backend;

    fn backend(id: &str, port: u16, draining: bool) -> Backend {
        Backend {
            id: id.to_owned(),
            address: format!("127.0.0.1:{port}"),
            draining,
        }
    }

    fn group(key: &str, weight: u32, backends: Vec<Backend>) -> Group {
        Group {
            key: key.to_owned(),
            weight,
            backends,
        }
    }

    fn route(name: &str, listen: &str, groups: Vec<Group>) -> Route {
        Route {
            name: name.to_owned(),
            listen: listen.to_owned(),
            stick: None,
            groups,
        }
    }

    fn problems(routes: Vec<Route>) -> String {
        check(&Table { version: 1, routes })
            .err()
            .unwrap_or_default()
            .join("; ")
    }

    #[test]
    fn each_problem_is_named_with_its_place() {
        let good = || vec![group("a", 10_000, vec![backend("a-0", 9001, false)])];
        let cases: Vec<(Vec<Route>, &str)> = vec![
            (vec![route("w", "127.0.0.1:80", good())], ""),
            (
                vec![route("w", "127.0.0.1:80", vec![group("a", 0, vec![])])],
                "",
            ),
            (
                vec![route("w", "here", good())],
                "route w: listen address \"here\" is not an address",
            ),
            (vec![route("w", "127.0.0.1:0", good())], "has port 0"),
            (
                vec![
                    route("w", "127.0.0.1:80", good()),
                    route("w", "127.0.0.1:81", good()),
                ],
                "name is used twice",
            ),
            (
                vec![
                    route("w", "127.0.0.1:80", good()),
                    route("x", "127.0.0.1:80", good()),
                ],
                "used twice",
            ),
            (
                vec![route(
                    "w",
                    "127.0.0.1:80",
                    vec![group("a", 9_999, vec![backend("b", 1, false)])],
                )],
                "sum to 9999",
            ),
            (
                vec![route(
                    "w",
                    "127.0.0.1:80",
                    vec![group("a", 10_000, vec![backend("b", 1, true)])],
                )],
                "no backend that takes",
            ),
            (
                vec![route("w", "127.0.0.1:80", [good(), good()].concat())],
                "the key is used twice",
            ),
            (
                vec![route("w", "127.0.0.1:9001", good())],
                "requests would go round",
            ),
        ];
        for (routes, expected) in cases {
            let found = problems(routes);
            assert_eq!(found.is_empty(), expected.is_empty(), "{found}");
            assert!(
                found.contains(expected),
                "{found:?} should say {expected:?}"
            );
        }
    }

    #[test]
    fn a_sticky_name_must_be_one_that_can_occur() {
        let mut bad = route("w", "127.0.0.1:80", vec![group("a", 0, vec![])]);
        bad.stick = Some(Stick::Header("x user".to_owned()));
        assert!(problems(vec![bad.clone()]).contains("is not a header name"));
        bad.stick = Some(Stick::Cookie("a=b".to_owned()));
        assert!(problems(vec![bad]).contains("is not a cookie name"));
    }
}
