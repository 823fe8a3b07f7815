//! Where a chunked body ends, read strictly.

/// Bytes that chunk extensions and trailers of one body may take together.
const EXTRA: usize = 8 * 1024;

/// Place in a chunked body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Size { digits: u8, value: u64 },
    Extension { value: u64 },
    SizeLf { value: u64 },
    Data { left: u64 },
    DataCr,
    DataLf,
    TrailerStart,
    Trailer,
    TrailerLf,
    LastLf,
    End,
}

/// Follows a chunked body without changing it.
#[derive(Debug, Clone)]
pub struct Chunked {
    at: At,
    extra: usize,
}

/// The body is not chunked as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadChunk;

impl Chunked {
    pub fn new() -> Self {
        Chunked {
            at: At::Size {
                digits: 0,
                value: 0,
            },
            extra: 0,
        }
    }

    /// Reads on; gives the number of bytes that belong to the body and whether it ended there.
    pub fn advance(&mut self, bytes: &[u8]) -> Result<(usize, bool), BadChunk> {
        let mut place = 0;
        while place < bytes.len() && self.at != At::End {
            if let At::Data { left } = self.at {
                let here = left.min((bytes.len() - place) as u64);
                place += here as usize;
                self.at = if here == left {
                    At::DataCr
                } else {
                    At::Data { left: left - here }
                };
                continue;
            }
            self.at = self.step(bytes[place])?;
            place += 1;
        }
        Ok((place, self.at == At::End))
    }

    fn step(&mut self, byte: u8) -> Result<At, BadChunk> {
        Ok(match (self.at, byte) {
            (At::Size { digits, value }, _) if byte.is_ascii_hexdigit() => {
                // 15 digits are more than any body has and cannot overflow.
                if digits == 15 {
                    return Err(BadChunk);
                }
                let digit = char::from(byte).to_digit(16).unwrap_or(0);
                At::Size {
                    digits: digits + 1,
                    value: value * 16 + u64::from(digit),
                }
            }
            (At::Size { digits: 1.., value }, b'\r') => At::SizeLf { value },
            (At::Size { digits: 1.., value }, b';') => At::Extension { value },
            (At::Extension { value }, b'\r') => At::SizeLf { value },
            (At::Extension { value }, _) if is_text(byte) => {
                self.count()?;
                At::Extension { value }
            }
            (At::SizeLf { value: 0 }, b'\n') => At::TrailerStart,
            (At::SizeLf { value }, b'\n') => At::Data { left: value },
            (At::DataCr, b'\r') => At::DataLf,
            (At::DataLf, b'\n') => At::Size {
                digits: 0,
                value: 0,
            },
            (At::TrailerStart, b'\r') => At::LastLf,
            (At::TrailerStart, _) if super::is_token(byte) => {
                self.count()?;
                At::Trailer
            }
            (At::Trailer, b'\r') => At::TrailerLf,
            (At::Trailer, _) if is_text(byte) => {
                self.count()?;
                At::Trailer
            }
            (At::TrailerLf, b'\n') => At::TrailerStart,
            (At::LastLf, b'\n') => At::End,
            _ => return Err(BadChunk),
        })
    }

    fn count(&mut self) -> Result<(), BadChunk> {
        self.extra += 1;
        if self.extra > EXTRA {
            Err(BadChunk)
        } else {
            Ok(())
        }
    }
}

fn is_text(byte: u8) -> bool {
    byte == b'\t' || (byte >= b' ' && byte != 127)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_found_however_the_bytes_are_cut() {
        let body = b"5;name=value\r\nhello\r\n00a\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\nGET /";
        for cut in 1..=body.len() {
            let (mut reader, mut taken, mut ended) = (Chunked::new(), 0, false);
            for part in body.chunks(cut) {
                if ended {
                    break;
                }
                let (here, end) = reader.advance(part).expect("well formed");
                taken += here;
                ended = end;
            }
            assert!(ended);
            assert_eq!(&body[taken..], b"GET /", "in pieces of {cut}");
        }
    }

    #[test]
    fn bodies_with_two_readings_are_refused() {
        let cases = [
            "5\nhello\r\n0\r\n\r\n",
            "5 \r\nhello\r\n0\r\n\r\n",
            "0x5\r\nhello\r\n0\r\n\r\n",
            "-5\r\nhello\r\n0\r\n\r\n",
            "\r\n0\r\n\r\n",
            "5\r\nhello0\r\n\r\n",
            "5\r\nhello\n0\r\n\r\n",
            "5;a\nb\r\nhello\r\n0\r\n\r\n",
            "fffffffffffffffff\r\nx",
            "0\r\n folded: 1\r\n\r\n",
            "0\r\n\n",
        ];
        for case in cases {
            assert_eq!(
                Chunked::new().advance(case.as_bytes()),
                Err(BadChunk),
                "{case:?}"
            );
        }
    }
}
