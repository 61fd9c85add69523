use std::time::{Duration, Instant};

use reqwest::Method;
use tests::{Answer, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Guarded, MARKER};

/// Writes these bytes, and reads until the server has closed or said nothing for a while.
async fn raw(server: &Server, bytes: &[u8]) -> String {
    let address = server.base_url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    // A server that has seen enough may hang up in the middle.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(Ok(read @ 1..)) =
        tokio::time::timeout(Duration::from_secs(12), stream.read(&mut buffer)).await
    {
        answer.extend_from_slice(&buffer[..read]);
        if answer.windows(4).any(|window| window == b"\r\n\r\n") && answer.ends_with(b"}") {
            break;
        }
    }
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_never_ends_is_given_up() {
    let guarded = Guarded::arrange().await;
    let started = Instant::now();
    let head = "POST /v1/holds HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nIdempotency-Key: 5f9c1a52-6f7b-4f6c-9a59-0d6a2d7f4b1e\r\n";
    let (counted, chunked) = (
        format!("{head}Content-Length: 100\r\n\r\n{{\"{MARKER}"),
        format!("{head}Transfer-Encoding: chunked\r\n\r\n9\r\n{{\"slot_id\r\n"),
    );
    let server = &guarded.world.server;
    let (counted, chunked) = tokio::join!(
        raw(server, counted.as_bytes()),
        raw(server, chunked.as_bytes())
    );
    for answer in [counted, chunked] {
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
        assert!(answer.contains("\"code\":\"too-slow\""), "{answer}");
    }
    assert!(
        started.elapsed() < Duration::from_secs(13),
        "{:?}",
        started.elapsed()
    );
    server
        .get("/v1/sites?colour=")
        .await
        .expect_problem(400, "invalid-request");
    guarded.nothing_has_happened().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sends_much_to_be_refused_can_read_why() {
    let guarded = Guarded::arrange().await;
    let server = &guarded.world.server;
    let large = format!("{{\"{MARKER}\": \"{}\"}}", "x".repeat(1_000_000));
    for (method, path, status) in [
        (Method::POST, "/v1/sites", 401),
        (Method::POST, "/v1/holds", 413),
        (Method::PUT, "/v1/sites", 405),
        (Method::POST, "/v1/nothing", 404),
        (Method::POST, "/v1/auth/token", 413),
    ] {
        for _ in 0..5 {
            let request = server.request(method.clone(), path);
            let request = request
                .header("Content-Type", "application/json")
                .body(large.clone());
            guarded.refused(request, status, path).await;
        }
    }
    // More than is drained: an answer if it arrives in time, and no harm in any case.
    let endless = "x".repeat(30_000_000);
    let request = server
        .request(Method::POST, "/v1/auth/token")
        .header("Content-Type", "application/json");
    if let Ok(answer) = request.body(endless).send().await {
        assert_eq!(answer.status().as_u16(), 413);
    }
    server
        .get("/v1/sites?colour=")
        .await
        .expect_problem(400, "invalid-request");
    guarded.nothing_has_happened().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_http_ends_with_its_connection() {
    let guarded = Guarded::arrange().await;
    let server = &guarded.world.server;
    let huge = "x".repeat(200_000);
    for sent in [
        format!("GET / HTTP/1.1\r\nHost: localhost\r\nX-Huge: {huge}\r\n\r\n"),
        format!("GET /{huge} HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n"
            .to_owned(),
        "POST /v1/holds HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n".to_owned(),
        format!("{MARKER}\r\n\r\n"),
        "GET / HTTP/9.9\r\n\r\n".to_owned(),
    ] {
        let answer = raw(server, sent.as_bytes()).await;
        let refused = answer.is_empty() || answer.starts_with("HTTP/1.1 4");
        assert!(
            refused,
            "{} is answered {answer}",
            &sent[..40.min(sent.len())]
        );
    }
    let many: String = (0..200)
        .map(|number| format!("X-Header-{number}: x\r\n"))
        .collect();
    let answer = raw(
        server,
        format!("GET /livez HTTP/1.1\r\nHost: localhost\r\n{many}\r\n").as_bytes(),
    )
    .await;
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
        "{answer}"
    );
    let healthy = Answer::of(
        server
            .request(Method::GET, "/livez")
            .header("X-Large", "x".repeat(16_000)),
    )
    .await;
    healthy.expect(200);
    server
        .get("/v1/sites?colour=")
        .await
        .expect_problem(400, "invalid-request");
    guarded.nothing_has_happened().await;
}
