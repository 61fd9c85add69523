use tests::Server;

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
