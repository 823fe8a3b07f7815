//! Headers that end at each hop, and those a router adds (RFC 9110 section 7.6).

use hyper::HeaderMap;
use hyper::header::{
    CONNECTION, EXPECT, HOST, HeaderName, HeaderValue, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE,
    TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use std::net::IpAddr;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");
const PROXY_CONNECTION: HeaderName = HeaderName::from_static("proxy-connection");
const HTTP2_SETTINGS: HeaderName = HeaderName::from_static("http2-settings");

/// What `Upgrade` asks for, when `Connection` confirms it. Never HTTP/2: requests inside it would pass unread.
pub fn upgrade(headers: &HeaderMap) -> Option<HeaderValue> {
    let wanted = headers.get(UPGRADE)?;
    let confirmed = headers
        .get_all(CONNECTION)
        .iter()
        .any(|line| tokens(line).any(|t| t.eq_ignore_ascii_case(b"upgrade")));
    let http2 = tokens(wanted).any(|token| token.to_ascii_lowercase().starts_with(b"h2"));
    (confirmed && !http2).then(|| wanted.clone())
}

/// Takes out every header meant for this hop only, those named by `Connection` included.
pub fn strip(headers: &mut HeaderMap) {
    if headers.contains_key(CONNECTION) {
        let named: Vec<HeaderName> = headers
            .get_all(CONNECTION)
            .iter()
            .flat_map(tokens)
            .filter_map(|token| HeaderName::from_bytes(token).ok())
            // Without a host, a length or a type of the content the message would be another one.
            .filter(|name| *name != HOST && !name.as_str().starts_with("content-"))
            .collect();
        for name in named {
            headers.remove(name);
        }
        headers.remove(CONNECTION);
    }
    remove_present(
        headers,
        &[
            TRANSFER_ENCODING,
            KEEP_ALIVE,
            UPGRADE,
            TE,
            TRAILER,
            PROXY_CONNECTION,
        ],
    );
}

/// One look at the names that are there is cheaper than a search for each name that might be.
fn remove_present(headers: &mut HeaderMap, names: &[HeaderName]) {
    if headers.keys().any(|name| names.contains(name)) {
        for name in names {
            headers.remove(name);
        }
    }
}

/// Makes a client's headers those of the request to a backend.
pub fn prepare(headers: &mut HeaderMap, peer: IpAddr, peer_text: &HeaderValue) {
    strip(headers);
    remove_present(
        headers,
        &[
            EXPECT,
            PROXY_AUTHORIZATION,
            PROXY_AUTHENTICATE,
            HTTP2_SETTINGS,
        ],
    );
    let chain = match headers.get(FORWARDED_FOR) {
        None => peer_text.clone(),
        Some(_) => {
            let lines: Vec<&[u8]> = headers
                .get_all(FORWARDED_FOR)
                .iter()
                .map(HeaderValue::as_bytes)
                .collect();
            let mut joined = lines.join(b", ".as_slice());
            joined.extend_from_slice(format!(", {peer}").as_bytes());
            HeaderValue::from_bytes(&joined).unwrap_or_else(|_| peer_text.clone())
        }
    };
    headers.insert(FORWARDED_FOR, chain);
    if !headers.contains_key(FORWARDED_PROTO) {
        headers.insert(FORWARDED_PROTO, HeaderValue::from_static("http"));
    }
    if !headers.contains_key(FORWARDED_HOST)
        && let Some(host) = headers.get(HOST).cloned()
    {
        headers.insert(FORWARDED_HOST, host);
    }
}

fn tokens(line: &HeaderValue) -> impl Iterator<Item = &[u8]> {
    line.as_bytes()
        .split(|byte| *byte == b',')
        .map(<[u8]>::trim_ascii)
        .filter(|token| !token.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        headers
    }

    #[test]
    fn headers_of_this_hop_end_here_and_those_named_by_connection_too() {
        let mut headers = map(&[
            ("connection", "close, X-Secret"),
            ("connection", "host, content-length"),
            ("x-secret", "1"),
            ("keep-alive", "1"),
            ("te", "trailers"),
            ("content-length", "0"),
            ("host", "a"),
            ("x-kept", "1"),
        ]);
        strip(&mut headers);
        assert_eq!(
            headers,
            map(&[("content-length", "0"), ("host", "a"), ("x-kept", "1")])
        );
    }

    #[test]
    fn the_chain_of_addresses_grows_by_the_peer() {
        let mut headers = map(&[
            ("host", "a"),
            ("x-forwarded-for", "1.1.1.1"),
            ("x-forwarded-for", "2.2.2.2"),
        ]);
        prepare(
            &mut headers,
            IpAddr::from([9, 9, 9, 9]),
            &HeaderValue::from_static("9.9.9.9"),
        );
        assert_eq!(headers["x-forwarded-for"], "1.1.1.1, 2.2.2.2, 9.9.9.9");
        assert_eq!(headers["x-forwarded-host"], "a");
        assert_eq!(headers["x-forwarded-proto"], "http");
    }

    #[test]
    fn an_upgrade_needs_both_headers_and_is_never_http2() {
        assert!(
            upgrade(&map(&[
                ("upgrade", "websocket"),
                ("connection", "keep-alive, Upgrade")
            ]))
            .is_some()
        );
        assert!(upgrade(&map(&[("upgrade", "websocket")])).is_none());
        assert!(upgrade(&map(&[("upgrade", "h2c"), ("connection", "upgrade")])).is_none());
    }
}
