use std::collections::BTreeSet;

use tests::Server;

const DASHBOARD: &str = include_str!("../../api/monitoring/grafana.json");
const ALERTS: &str = include_str!("../../api/monitoring/alerts.yaml");

/// The metrics that a text names.
fn named(text: &str) -> BTreeSet<&str> {
    let is_of_a_name = |letter: char| letter.is_ascii_lowercase() || letter == '_';
    let words = text.split(|letter| !is_of_a_name(letter));
    words
        .filter(|word| word.starts_with("sprechstunde_"))
        .collect()
}

/// The routes that a text names.
fn routes(text: &str) -> BTreeSet<&str> {
    let quoted = text.split(r#"route=\""#).skip(1);
    quoted.filter_map(|rest| rest.split('\\').next()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn dashboard_and_alerts_name_what_there_is() {
    let server = Server::start().await;
    server.get("/livez").await.expect(200);
    let metrics = server.get("/metrics").await;
    let there = named(&metrics.text);
    for text in [DASHBOARD, ALERTS] {
        let asked = named(text);
        assert!(!asked.is_empty());
        let unknown: Vec<_> = asked.difference(&there).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
    let dashboard: serde_json::Value = serde_json::from_str(DASHBOARD).expect("JSON");
    assert!(
        dashboard["panels"]
            .as_array()
            .is_some_and(|panels| !panels.is_empty())
    );
    let specification = server.get("/openapi.json").await.expect(200);
    for route in routes(DASHBOARD) {
        assert!(specification["paths"].get(route).is_some(), "{route}");
    }
    // Labels that are chosen by.
    for label in ["status=", "method=", "route="] {
        assert!(metrics.text.contains(label), "{label}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_counted_by_their_template() {
    let server = Server::start().await;
    server
        .get("/v1/sites/01900000-0001-7002-8000-000000000001")
        .await
        .expect(404);
    let metrics = server.get("/metrics").await;
    assert_eq!(metrics.status, 200);
    let counted =
        r#"sprechstunde_http_requests_total{method="GET",route="/v1/sites/{id}",status="404"} 1"#;
    assert!(metrics.text.contains(counted), "{}", metrics.text);
    assert!(!metrics.text.contains("01900000"));
    server.get("/livez").await.expect(200);
    server.get("/readyz").await.expect(200);
}
