//! Which side a user is on.
//!
//! A user's position in 0..10 000 depends only on the route and the value that identifies the user. Groups lie one after
//! the other in key order, so a share that grows takes positions in and gives none away, and a restart changes nothing.

use hyper::HeaderMap;
use hyper::header::COOKIE;
use std::cell::Cell;
use std::hash::{BuildHasher, RandomState};
use tidegate_plugin::router::ALL_TRAFFIC;

/// Position of a user in 0..10 000: FNV-1a with a final mix, stable across processes and versions.
pub fn position(route: &str, user: &[u8]) -> u32 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in route.as_bytes().iter().chain(&[0]).chain(user) {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    (mix(hash) % u64::from(ALL_TRAFFIC)) as u32
}

/// Index of the group whose stretch holds the position. `ordered` are `(index, weight)` in key order.
pub fn side(ordered: &[(usize, u32)], position: u32) -> Option<usize> {
    let mut end = 0;
    for (index, weight) in ordered {
        end += weight;
        if position < end {
            return Some(*index);
        }
    }
    None
}

/// First value of the cookie of this name that is not empty.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a [u8]> {
    headers
        .get_all(COOKIE)
        .iter()
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'))
        .map(<[u8]>::trim_ascii)
        .filter_map(|pair| pair.strip_prefix(name.as_bytes())?.strip_prefix(b"="))
        .find(|value| !value.is_empty())
}

/// A name for a user seen for the first time: 32 hex digits. It is no secret and proves nothing.
pub fn new_user() -> String {
    thread_local! {
        static SEED: Cell<u64> = Cell::new(RandomState::new().hash_one(0_u8));
    }
    let draw = || {
        SEED.with(|seed| {
            seed.set(seed.get().wrapping_add(0x9e37_79b9_7f4a_7c15));
            mix(seed.get())
        })
    };
    format!("{:016x}{:016x}", draw(), draw())
}

fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    bits = (bits ^ (bits >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    bits ^ (bits >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::HeaderValue;

    #[test]
    fn a_growing_share_takes_users_in_and_loses_none() {
        let mut inside: Vec<u32> = Vec::new();
        for weight in [0, 500, 1_000, 2_500, 5_000, 10_000] {
            let now: Vec<u32> = (0..5_000)
                .filter(|user: &u32| {
                    let place = position("prod/web", user.to_string().as_bytes());
                    side(&[(1, ALL_TRAFFIC - weight), (0, weight)], place) == Some(0)
                })
                .collect();
            assert!(
                inside.iter().all(|user| now.contains(user)),
                "someone left at {weight}"
            );
            let share = now.len() as f64 / 5_000.0;
            assert!(
                (share - f64::from(weight) / 10_000.0).abs() < 0.03,
                "{share} at {weight}"
            );
            inside = now;
        }
    }

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("xuid=1; uid=; a=b"));
        headers.append(COOKIE, HeaderValue::from_static("uid=42"));
        assert_eq!(
            cookie(&headers, "uid"),
            Some(b"42".as_slice()),
            "an empty value names nobody"
        );
        assert_eq!(cookie(&headers, "xuid"), Some(b"1".as_slice()));
        assert_eq!(cookie(&headers, "id"), None);
    }

    #[test]
    fn new_users_differ() {
        assert_ne!(new_user(), new_user());
        assert_eq!(new_user().len(), 32);
    }
}
