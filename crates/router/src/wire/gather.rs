//! Small messages leave in one plain send: gathering pieces in the kernel costs more than copying a few hundred bytes.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Bytes up to which copying is cheaper.
const SMALL: usize = 1024;

/// Writes the pieces in order; gives the number of bytes taken.
pub fn write(
    socket: &mut TcpStream,
    cx: &mut Context<'_>,
    slices: &[IoSlice<'_>],
) -> Poll<io::Result<usize>> {
    let total: usize = slices.iter().map(|slice| slice.len()).sum();
    if total > SMALL {
        return Pin::new(socket).poll_write_vectored(cx, slices);
    }
    let mut space = [0_u8; SMALL];
    let mut filled = 0;
    for slice in slices {
        space[filled..filled + slice.len()].copy_from_slice(slice);
        filled += slice.len();
    }
    Pin::new(socket).poll_write(cx, &space[..filled])
}

/// A socket that writes this way.
#[derive(Debug)]
pub struct Gather(pub TcpStream);

impl AsyncRead for Gather {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, to)
    }
}

impl AsyncWrite for Gather {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        write(&mut self.0, cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
