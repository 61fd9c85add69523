use api::specification::{Notation, specification};
use serde_json::Value;
use tests::Server;

#[tokio::test(flavor = "multi_thread")]
async fn the_program_serves_its_specification_in_each_notation() {
    let server = Server::start().await;
    let json = server.get("/openapi.json").await;
    assert_eq!(json.header("content-type"), "application/json");
    assert_eq!(json.expect(200), super::document());
    let yaml = server.get("/openapi.yaml").await;
    assert_eq!(
        (yaml.status.as_u16(), yaml.header("content-type")),
        (200, "application/yaml")
    );
    assert_eq!(Ok(yaml.text), Notation::Yaml.write(&specification()));
    let older = server.get("/openapi-3.0.json").await;
    assert_eq!(older.header("content-type"), "application/json");
    assert_eq!(Ok(older.text), Notation::Json30.write(&specification()));
    let plain = server.get("/openapi-3.0-plain.json").await;
    assert_eq!(plain.header("content-type"), "application/json");
    assert_eq!(Ok(plain.text), Notation::Plain30.write(&specification()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documentation_needs_no_other_server() {
    let server = Server::start().await;
    let page = server.get("/docs/").await;
    assert_eq!(page.status.as_u16(), 200);
    assert!(
        page.header("content-type").starts_with("text/html"),
        "{page:?}"
    );
    assert!(page.text.contains("swagger-ui"), "{}", page.text);
    for elsewhere in ["https://", "http://", "src=\"//", "href=\"//"] {
        assert!(!page.text.contains(elsewhere), "{}", page.text);
    }
    let mut initialised = false;
    for file in [
        "swagger-ui.css",
        "swagger-ui-bundle.js",
        "swagger-ui-standalone-preset.js",
        "swagger-initializer.js",
    ] {
        let loaded = server.get(&format!("/docs/{file}")).await;
        assert_eq!(loaded.status.as_u16(), 200, "{file}");
        initialised |= loaded.text.contains("\"/openapi.json\"");
    }
    assert!(initialised, "Swagger UI loads another document");
    let without_slash = server.get("/docs").await;
    assert_eq!(without_slash.status.as_u16(), 200, "/docs leads to /docs/");
    assert_eq!(
        server.get("/openapi.json").await.json()["info"]["title"],
        Value::from("Sprechstunde")
    );
}
