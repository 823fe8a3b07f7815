//! The strict reading of a request head.

use hyper::StatusCode;

/// Bytes of a request line; then 414.
const REQUEST_LINE: usize = 16 * 1024;

/// Why a request is refused before anybody sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    pub status: StatusCode,
    pub because: &'static str,
}

/// How the body of a request is delimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// So many bytes, 0 for none.
    Length(u64),
    /// Chunks.
    Chunked,
    /// No body; the connection may change its protocol after the answer.
    Upgrade,
}

const fn bad(because: &'static str) -> Refusal {
    Refusal {
        status: StatusCode::BAD_REQUEST,
        because,
    }
}

pub const TOO_LARGE: Refusal = Refusal {
    status: StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
    because: "request head too long",
};
pub const TOO_SLOW: Refusal = Refusal {
    status: StatusCode::REQUEST_TIMEOUT,
    because: "request head did not come in time",
};
pub const BARE_LF: Refusal = bad("line feed without carriage return");

/// Reads a head that ends with an empty line.
pub fn inspect(head: &[u8], most_headers: usize) -> Result<Framing, Refusal> {
    let mut lines = Lines { rest: head };
    let request = lines.next().unwrap_or(Err(bad("no request line")))?;
    let old = request_line(request)?;
    let mut seen = Seen::default();
    let mut count = 0;
    for line in lines {
        let line = line?;
        if line.is_empty() {
            break;
        }
        count += 1;
        if count > most_headers {
            return Err(Refusal {
                because: "too many header lines",
                ..TOO_LARGE
            });
        }
        seen.header(line)?;
    }
    seen.framing(old)
}

/// Lines that end with CR LF and hold no other control byte than a tab.
struct Lines<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Lines<'a> {
    type Item = Result<&'a [u8], Refusal>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let end = self
            .rest
            .iter()
            .position(|byte| CONTROL[usize::from(*byte)])?;
        let (line, tail) = self.rest.split_at(end);
        match tail {
            [b'\r', b'\n', rest @ ..] => {
                self.rest = rest;
                Some(Ok(line))
            }
            [b'\n', ..] => Some(Err(BARE_LF)),
            [b'\r', ..] => Some(Err(bad("carriage return without line feed"))),
            _ => Some(Err(bad("control byte in the request head"))),
        }
    }
}

/// Bytes that end a line or do not belong in one.
const CONTROL: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 32 {
        table[byte] = byte != 9;
        byte += 1;
    }
    table[127] = true;
    table
};

/// True for HTTP/1.0.
fn request_line(line: &[u8]) -> Result<bool, Refusal> {
    if line.len() > REQUEST_LINE {
        return Err(Refusal {
            status: StatusCode::URI_TOO_LONG,
            because: "request line too long",
        });
    }
    let mut words = line.split(|byte| *byte == b' ');
    let (method, target, version) = match (words.next(), words.next(), words.next(), words.next()) {
        (Some(method), Some(target), Some(version), None) => (method, target, version),
        _ => return Err(bad("request line is not METHOD TARGET VERSION")),
    };
    if method.is_empty() || !method.iter().all(|byte| is_token(*byte)) {
        return Err(bad("method is not a token"));
    }
    if method == b"CONNECT" {
        return Err(bad("CONNECT is not served here"));
    }
    let plain = target
        .iter()
        .all(|byte| byte.is_ascii_graphic() && *byte != b'#');
    let origin = target.first() == Some(&b'/');
    let asterisk = target == b"*" && method == b"OPTIONS";
    let absolute = target
        .get(..7)
        .is_some_and(|start| start.eq_ignore_ascii_case(b"http://"));
    if !plain || !(origin || asterisk || absolute) {
        return Err(bad("request target is not a path or http URL"));
    }
    match version {
        b"HTTP/1.1" => Ok(false),
        b"HTTP/1.0" => Ok(true),
        _ => Err(Refusal {
            status: StatusCode::HTTP_VERSION_NOT_SUPPORTED,
            because: "version is neither HTTP/1.1 nor HTTP/1.0",
        }),
    }
}

/// What the header lines so far say about the message.
#[derive(Default)]
struct Seen {
    host: bool,
    length: Option<u64>,
    chunked: bool,
    upgrade: bool,
}

impl Seen {
    fn header(&mut self, line: &[u8]) -> Result<(), Refusal> {
        if matches!(line.first(), Some(b' ' | b'\t')) {
            return Err(bad("header line folded"));
        }
        let colon = line
            .iter()
            .position(|byte| !is_token(*byte))
            .unwrap_or(line.len());
        if colon == 0 || line.get(colon) != Some(&b':') {
            return Err(bad("header line is not NAME: VALUE"));
        }
        let (name, value) = (&line[..colon], &line[colon + 1..]);
        match colon {
            4 if name.eq_ignore_ascii_case(b"host") => self.host(value.trim_ascii()),
            7 if name.eq_ignore_ascii_case(b"upgrade") => {
                self.upgrade = true;
                Ok(())
            }
            14 if name.eq_ignore_ascii_case(b"content-length") => self.length(value.trim_ascii()),
            17 if name.eq_ignore_ascii_case(b"transfer-encoding") => {
                self.encoding(value.trim_ascii())
            }
            _ => Ok(()),
        }
    }

    fn host(&mut self, value: &[u8]) -> Result<(), Refusal> {
        if std::mem::replace(&mut self.host, true) {
            return Err(bad("more than one Host"));
        }
        let fits = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~:[]%!$&'()*+;=".contains(byte);
        if value.is_empty() || !value.iter().all(fits) {
            Err(bad("Host is not a host name"))
        } else {
            Ok(())
        }
    }

    fn length(&mut self, value: &[u8]) -> Result<(), Refusal> {
        let digits = (1..=18).contains(&value.len()) && value.iter().all(u8::is_ascii_digit);
        if !digits {
            return Err(bad("Content-Length is not a number"));
        }
        let length = value
            .iter()
            .fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'));
        match self.length.replace(length) {
            Some(_) => Err(bad("more than one Content-Length")),
            None => Ok(()),
        }
    }

    fn encoding(&mut self, value: &[u8]) -> Result<(), Refusal> {
        if std::mem::replace(&mut self.chunked, true) {
            return Err(bad("more than one Transfer-Encoding"));
        }
        if value.eq_ignore_ascii_case(b"chunked") {
            Ok(())
        } else {
            Err(bad("Transfer-Encoding is not chunked"))
        }
    }

    fn framing(self, old: bool) -> Result<Framing, Refusal> {
        if !self.host && !old {
            return Err(bad("no Host"));
        }
        match (self.chunked, self.length) {
            (true, Some(_)) => Err(bad("both Transfer-Encoding and Content-Length")),
            (true, None) if old => Err(bad("Transfer-Encoding in HTTP/1.0")),
            (true, None) => Ok(Framing::Chunked),
            (false, None | Some(0)) if self.upgrade => Ok(Framing::Upgrade),
            (false, length) => Ok(Framing::Length(length.unwrap_or(0))),
        }
    }
}

/// True for a byte of an RFC 9110 token.
pub const fn is_token(byte: u8) -> bool {
    TOKEN[byte as usize]
}

const TOKEN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = matches!(byte as u8, b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'!' | b'#' | b'$' | b'%' | b'&'
            | b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_' | b'`' | b'|' | b'~');
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    fn read(head: &str) -> Result<Framing, u16> {
        inspect(head.as_bytes(), 5).map_err(|refusal| refusal.status.as_u16())
    }

    #[test]
    fn heads_with_one_reading_pass() {
        assert_eq!(
            read("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
            Ok(Framing::Length(0))
        );
        assert_eq!(
            read("GET http://a/ HTTP/1.1\r\nhost:a:80\r\n\r\n"),
            Ok(Framing::Length(0))
        );
        assert_eq!(
            read("OPTIONS * HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"),
            Ok(Framing::Length(0))
        );
        assert_eq!(read("GET / HTTP/1.0\r\n\r\n"), Ok(Framing::Length(0)));
        assert_eq!(
            read("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\n\r\n"),
            Ok(Framing::Length(12))
        );
        assert_eq!(
            read("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"),
            Ok(Framing::Chunked)
        );
        assert_eq!(
            read("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n"),
            Ok(Framing::Upgrade)
        );
    }

    #[test]
    fn heads_with_two_readings_or_none_are_refused() {
        let cases = [
            "GET / HTTP/1.1\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost:\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n",
            "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET / a HTTP/1.1\r\nHost: a\r\n\r\n",
            "GE(T / HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET a HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /#x HTTP/1.1\r\nHost: a\r\n\r\n",
            "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n",
            "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
        ];
        for head in cases {
            assert_eq!(read(head), Err(400), "{head:?}");
        }
        assert_eq!(read("GET / HTTP/2.0\r\nHost: a\r\n\r\n"), Err(505));
        assert_eq!(
            read("GET / HTTP/1.1\r\nHost: a\r\na:1\r\nb:1\r\nc:1\r\nd:1\r\ne:1\r\n\r\n"),
            Err(431)
        );
    }
}
