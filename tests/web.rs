//! The reference front end: what the program serves of it. How it works is tested in a browser,
//! in `tests/browser`.

use std::path::{Path, PathBuf};

use reqwest::Method;
use reqwest::header::IF_NONE_MATCH;
use tests::{Answer, Server};

#[tokio::test(flavor = "multi_thread")]
async fn every_file_of_the_front_end_is_served_as_it_is() {
    let server = Server::start().await;
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../api/web"));
    let mut served = 0;
    for file in files_below(folder) {
        let name = file.strip_prefix(folder).expect("a name");
        let name = name.to_str().expect("a name in Unicode");
        let Some((path, media_type)) = place_of(name) else {
            continue;
        };
        let answer = server.get(&path).await;
        assert_eq!(answer.status.as_u16(), 200, "{path}");
        assert_eq!(answer.header("content-type"), media_type, "{path}");
        let content = std::fs::read_to_string(&file).expect("a text");
        assert_eq!(answer.text, content, "{path}");
        served += 1;
    }
    assert!(served > 20, "only {served} files were found");
}

/// Where a file is served, and as what; nowhere, if it is for those who write the others.
fn place_of(name: &str) -> Option<(String, &'static str)> {
    let path = match name {
        "index.html" => "/".to_owned(),
        "day.html" => "/day".to_owned(),
        "types.d.ts" | "package.json" | "README.md" => return None,
        name => format!("/web/{name}"),
    };
    let media_type = match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => panic!("nobody knows what {name} is"),
    };
    Some((path, media_type))
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files_below(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_run_nothing_but_their_own_files_and_tell_nobody_where_they_came_from() {
    let server = Server::start().await;
    for path in ["/", "/day", "/web/visitor.js"] {
        let answer = server.get(path).await;
        let policy = answer.header("content-security-policy");
        for rule in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.contains(rule), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_browser_has_already_is_not_sent_again() {
    let server = Server::start().await;
    let first = server.get("/").await;
    assert_eq!(first.header("cache-control"), "no-cache");
    let again = server
        .request(Method::GET, "/")
        .header(IF_NONE_MATCH, first.header("etag"));
    let again = Answer::of(again).await;
    assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""));
    let other = server
        .request(Method::GET, "/day")
        .header(IF_NONE_MATCH, first.header("etag"));
    assert_eq!(Answer::of(other).await.status.as_u16(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_read_and_nothing_else() {
    let server = Server::start().await;
    let head = Answer::of(server.request(Method::HEAD, "/day")).await;
    assert_eq!((head.status.as_u16(), head.text.as_str()), (200, ""));
    let post = Answer::of(server.request(Method::POST, "/day")).await;
    assert_eq!(post.header("allow"), "GET, HEAD");
    post.expect_problem(405, "method-not-allowed");
    assert_eq!(server.get("/web/types.d.ts").await.status.as_u16(), 404);
}
