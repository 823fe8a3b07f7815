//! The client against a real server on loopback.
#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use axum::{Json, Router, http::HeaderMap, routing};
use serde_json::{Value, json};
use tidegate_client::{Client, Error};

async fn serve() -> String {
    let echo = |headers: HeaderMap, Json(body): Json<Value>| async move {
        let header = |name: &str| {
            headers
                .get(name)
                .and_then(|v| v.to_str().ok())
                .unwrap_or("-")
                .to_owned()
        };
        Json(
            json!({"body": body, "auth": header("authorization"), "key": header("idempotency-key")}),
        )
    };
    let no = || async {
        let problem =
            json!({"title": "locked", "detail": "prod is locked", "code": "TG-9", "help": "wait"});
        (axum::http::StatusCode::CONFLICT, Json(problem))
    };
    let app = Router::new()
        .route("/echo", routing::post(echo).put(echo))
        .route("/no", routing::get(no))
        .route(
            "/empty",
            routing::get(|| async { axum::http::StatusCode::NO_CONTENT }),
        )
        .route("/lines", routing::get(|| async { "one\r\ntwo\nthree" }))
        .route(
            "/moved",
            routing::get(|| async { axum::response::Redirect::temporary("/lines") }),
        );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}/")
}

#[tokio::test]
async fn a_command_carries_token_and_idempotency_key() {
    let client = Client::new(&serve().await, "tg_secret").unwrap();
    let reply: Value = client
        .post("/echo", &json!({"a": 1}), Some("k1"))
        .await
        .unwrap();
    assert_eq!(
        reply,
        json!({"body": {"a": 1}, "auth": "Bearer tg_secret", "key": "k1"})
    );
    let reply: Value = client.put("/echo", &json!([2])).await.unwrap();
    assert_eq!(reply["body"], json!([2]));
    assert!(!format!("{client:?}").contains("tg_secret"));
}

#[tokio::test]
async fn a_refusal_keeps_the_whole_problem() {
    let client = Client::new(&serve().await, "").unwrap();
    let error = client.get::<Value>("/no").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the server answered 409: locked: prod is locked (wait)"
    );
    let Error::Problem(problem) = error else {
        panic!("not a problem")
    };
    assert_eq!((problem.status, problem.code()), (409, Some("TG-9")));
    let moved = client.get::<Value>("/moved").await.unwrap_err();
    assert_eq!(moved.status(), Some(307), "a redirect is not followed");
}

#[tokio::test]
async fn an_absent_server_and_a_strange_answer_are_told_apart() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let gone = Client::new(&format!("http://{address}"), "").unwrap();
    assert!(matches!(
        gone.get::<Value>("/x").await,
        Err(Error::Unreachable { .. })
    ));
    let client = Client::new(&serve().await, "").unwrap();
    assert!(matches!(
        client.get::<Value>("/lines").await,
        Err(Error::Decode { .. })
    ));
    client.get::<()>("/empty").await.unwrap();
}

#[tokio::test]
async fn a_stream_comes_out_line_by_line() {
    let client = Client::new(&serve().await, "").unwrap();
    let mut lines = client.lines("/lines").await.unwrap();
    let mut seen = Vec::new();
    while let Some(line) = lines.next().await.unwrap() {
        seen.push(line);
    }
    assert_eq!(seen, ["one", "two", "three"]);
    assert_eq!(client.bytes("/lines").await.unwrap(), b"one\r\ntwo\nthree");
}

#[test]
fn an_unusable_address_is_refused_with_an_example() {
    let text = Client::new("ftp://x", "").unwrap_err().to_string();
    assert!(
        text.contains("neither http nor https") && text.contains("http://127.0.0.1:7070"),
        "{text}"
    );
    assert!(Client::new("no url", "").is_err());
    assert!(Client::new("http://127.0.0.1:1", "a\nb").is_err());
}
