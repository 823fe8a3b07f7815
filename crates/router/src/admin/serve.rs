//! The admin requests.

use super::Admin;
use crate::table::Refused;
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde::Serialize;
use serde_json::json;
use std::convert::Infallible;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use tidegate_faults::kill_point;
use tidegate_plugin::router::Table;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::{spawn_blocking, spawn_local};
use tokio::time::timeout;

/// Largest table taken, in bytes of JSON.
const TABLE_BYTES: usize = 16 * 1024 * 1024;
/// To send a whole request.
const PATIENCE: Duration = Duration::from_secs(10);
/// Admin connections at a time.
const CONNECTIONS: usize = 256;

type Reply = Response<Full<Bytes>>;

/// Takes admin connections until the process ends.
pub async fn serve(listener: TcpListener, admin: Rc<Admin>) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        // The semaphore is never closed.
        let Ok(seat) = Arc::clone(&room).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, _)) => {
                let admin = Rc::clone(&admin);
                spawn_local(async move {
                    connection(stream, admin).await;
                    drop(seat);
                });
            }
            Err(why) => {
                tracing::warn!(%why, "admin connection not accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

async fn connection(stream: TcpStream, admin: Rc<Admin>) {
    let service = service_fn(move |request| {
        let admin = Rc::clone(&admin);
        async move { Ok::<_, Infallible>(answer(request, &admin).await) }
    });
    let _ = stream.set_nodelay(true);
    let mut engine = http1::Builder::new();
    // Covers the pause between two requests of a connection kept open as well.
    engine
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE * 6);
    if let Err(why) = engine.serve_connection(TokioIo::new(stream), service).await {
        tracing::debug!(%why, "admin connection ended");
    }
}

async fn answer(request: Request<Incoming>, admin: &Rc<Admin>) -> Reply {
    let path = request.uri().path().to_owned();
    if path == "/v1/health" && request.method() == Method::GET {
        let registry = admin.registry.borrow();
        return reply(
            StatusCode::OK,
            &json!({ "version": registry.table().version, "instance": registry.instance() }),
        );
    }
    if !admin.token.admits(request.headers()) {
        let mut denied = problem(
            StatusCode::UNAUTHORIZED,
            "the admin token is missing or wrong; send it as Authorization: Bearer <token>",
        );
        denied
            .headers_mut()
            .insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        return denied;
    }
    match (request.method(), path.as_str()) {
        (&Method::GET, "/v1/table") => reply(StatusCode::OK, admin.registry.borrow().table()),
        (&Method::GET, "/v1/stats") => reply(StatusCode::OK, &admin.registry.borrow().stats()),
        (&Method::PUT, "/v1/table") => put_table(request, admin).await,
        (_, "/v1/table") => not_allowed("GET, PUT"),
        (_, "/v1/stats" | "/v1/health") => not_allowed("GET"),
        _ => problem(
            StatusCode::NOT_FOUND,
            "there are /v1/health, /v1/table and /v1/stats",
        ),
    }
}

async fn put_table(request: Request<Incoming>, admin: &Rc<Admin>) -> Reply {
    let body = Limited::new(request.into_body(), TABLE_BYTES).collect();
    let text = match timeout(PATIENCE, body).await {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(why)) => {
            return problem(
                StatusCode::BAD_REQUEST,
                &format!("the table could not be read: {why}"),
            );
        }
        Err(_) => {
            return problem(
                StatusCode::REQUEST_TIMEOUT,
                "the table did not come in time",
            );
        }
    };
    let table: Table = match serde_json::from_slice(&text) {
        Ok(table) => table,
        Err(why) => {
            return problem(
                StatusCode::UNPROCESSABLE_ENTITY,
                &format!("the body is not a table: {why}"),
            );
        }
    };
    let version = table.version;
    // A task of its own: once begun, a change goes through even when its sender hangs up.
    let applied = spawn_local(apply(table, Rc::clone(admin))).await;
    match applied.unwrap_or_else(|why| Err(Refused::Storage(std::io::Error::other(why)))) {
        Ok(()) => {
            tracing::info!(version, "table in force");
            reply(StatusCode::OK, admin.registry.borrow().table())
        }
        Err(why) => {
            tracing::warn!(version, %why, "table refused");
            let status = match why {
                Refused::Older { .. } | Refused::Conflict(_) => StatusCode::CONFLICT,
                Refused::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
                Refused::Storage(_) => StatusCode::INTERNAL_SERVER_ERROR,
            };
            problem(status, &why.to_string())
        }
    }
}

/// Checks, binds, keeps, and only then serves a table.
async fn apply(table: Table, admin: Rc<Admin>) -> Result<(), Refused> {
    let _alone = admin.changing.lock().await;
    let Some(prepared) = admin.registry.borrow().prepare(table)? else {
        return Ok(());
    };
    let (store, kept) = (admin.store.clone(), prepared.table.clone());
    let saved = spawn_blocking(move || store.save(&kept))
        .await
        .map_err(std::io::Error::other);
    saved.and_then(|saved| saved).map_err(Refused::Storage)?;
    kill_point("router.table.kept");
    admin.registry.borrow_mut().commit(prepared);
    kill_point("router.table.in-force");
    Ok(())
}

fn not_allowed(methods: &'static str) -> Reply {
    let mut reply = problem(
        StatusCode::METHOD_NOT_ALLOWED,
        &format!("this can be asked with {methods}"),
    );
    reply
        .headers_mut()
        .insert(ALLOW, HeaderValue::from_static(methods));
    reply
}

fn problem(status: StatusCode, error: &str) -> Reply {
    reply(status, &json!({ "error": error }))
}

fn reply(status: StatusCode, body: &impl Serialize) -> Reply {
    let (status, text) = match serde_json::to_vec(body) {
        Ok(text) => (status, text),
        Err(_) => (
            StatusCode::INTERNAL_SERVER_ERROR,
            br#"{"error":"the answer could not be written as JSON"}"#.to_vec(),
        ),
    };
    let mut reply = Response::new(Full::new(Bytes::from(text)));
    *reply.status_mut() = status;
    reply
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    reply
}
