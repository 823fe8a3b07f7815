//! Who may read and change the table. Deny by default.

use crate::Error;
use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;
use std::fs;
use std::hint::black_box;
use std::path::Path;

/// The admin token. Never shown.
pub struct Token(Vec<u8>);

impl Token {
    /// Reads the token; white space around it does not count.
    ///
    /// # Errors
    /// The file cannot be read or is empty.
    pub fn read(path: &Path) -> Result<Token, Error> {
        let text = fs::read(path).map_err(|source| Error::Token {
            path: path.to_owned(),
            source,
        })?;
        let token = text.trim_ascii();
        if token.is_empty() {
            return Err(Error::EmptyToken {
                path: path.to_owned(),
            });
        }
        Ok(Token(token.to_vec()))
    }

    /// True when the request carries the token as `Authorization: Bearer …`, exactly once.
    pub fn admits(&self, headers: &HeaderMap) -> bool {
        let mut lines = headers.get_all(AUTHORIZATION).iter();
        let (Some(line), None) = (lines.next(), lines.next()) else {
            return false;
        };
        let Some((scheme, given)) = line.as_bytes().split_at_checked(7) else {
            return false;
        };
        scheme.eq_ignore_ascii_case(b"bearer ") && same(given.trim_ascii(), &self.0)
    }
}

/// Comparison whose time depends on the lengths only.
fn same(a: &[u8], b: &[u8]) -> bool {
    let differing = a
        .iter()
        .zip(b)
        .fold(0_u8, |sum, (x, y)| black_box(sum | (x ^ y)));
    a.len() == b.len() && differing == 0
}
