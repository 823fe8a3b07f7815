//! `tidegate login` at an identity provider: a browser goes there, and comes back to an address on this host that only this command
//! listens on. What it brings is worth nothing without the text that this command kept.

use super::session::Session;
use crate::exit::{Exit, Failure};
use std::time::Duration;
use tidegate_client::Client;
use tidegate_client::wire::{NewSession, ProviderSignIn, SignInCompletion};
use tidegate_core::digest::Digest;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// How long somebody may take at the provider.
const PATIENCE: Duration = Duration::from_secs(600);
/// How long one request of the browser may take.
const REQUEST: Duration = Duration::from_secs(5);

/// Sign in at the provider of the server.
pub async fn sign_in(client: &Client, session: &Session) -> Result<NewSession, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let verifier = super::change::random_key()? + &super::change::random_key()?;
    let begun = client
        .begin_sign_in(&ProviderSignIn {
            port: listener.local_addr()?.port(),
            challenge: Digest::of(verifier.as_bytes()).to_string(),
        })
        .await?;
    session.out.hint(&format!(
        "open this address in a browser on this machine, within 10 minutes:\n{}",
        begun.url
    ));
    let code = tokio::time::timeout(PATIENCE, code(&listener))
        .await
        .map_err(|_| {
            Failure::new(
                Exit::TimedOut,
                "nobody came back from the identity provider within 10 minutes",
            )
            .help("begin again with `tidegate login`")
        })??;
    Ok(client
        .complete_sign_in(&SignInCompletion { code, verifier })
        .await?)
}

/// What the browser brings; other requests, such as for an icon, are answered and forgotten.
async fn code(listener: &TcpListener) -> Result<String, Failure> {
    loop {
        let (mut stream, _) = listener.accept().await?;
        let asked = tokio::time::timeout(REQUEST, asked(&mut stream)).await;
        let Ok(Ok(line)) = asked else { continue };
        let found = line
            .strip_prefix("GET /?code=")
            .and_then(|rest| rest.split([' ', '&']).next())
            .map(str::to_owned);
        let (status, text) = match &found {
            Some(_) => ("200 OK", "Signed in. You may close this page."),
            None => ("404 Not Found", "There is nothing here."),
        };
        let answer = format!(
            "HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{text}",
            text.len()
        );
        // The sign-in is complete whether the page shows or not.
        let _ = stream.write_all(answer.as_bytes()).await;
        if let Some(code) = found {
            return Ok(code);
        }
    }
}

/// The first line of a request.
async fn asked(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    let mut part = [0_u8; 1024];
    while !bytes.contains(&b'\n') && bytes.len() < 8 * 1024 {
        let read = stream.read(&mut part).await?;
        if read == 0 {
            break;
        }
        bytes.extend_from_slice(&part[..read]);
    }
    let line = bytes.split(|b| *b == b'\r').next().unwrap_or_default();
    Ok(String::from_utf8_lossy(line).into_owned())
}
