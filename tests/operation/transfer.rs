//! What is exported, held against what is stored.

use std::collections::BTreeMap;

use persistence::transfer::export;
use serde_json::Value;
use tests::Server;

/// What belongs to the data base itself, or to a sign-in or a request of the day.
const LEFT: [&str; 5] = [
    "__diesel_schema_migrations",
    "idempotency_keys",
    "installation",
    "refresh_tokens",
    "signing_keys",
];

#[tokio::test(flavor = "multi_thread")]
async fn every_row_of_the_network_is_in_its_export() {
    let server = Server::start().await;
    api::demo::load(&server.app).await.expect("a demo network");
    let mut file = Vec::new();
    let (url, vault) = (&server.database_url, &server.app.vault);
    let done = export(url, vault, &[], &mut file, &mut |_, _| ()).await;
    let done = done.expect("an export");
    let mut written: BTreeMap<String, u64> = BTreeMap::new();
    for line in file
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
    {
        let line: Value = serde_json::from_slice(line).expect("JSON");
        if let Some(table) = line["table"].as_str() {
            *written.entry(table.to_owned()).or_default() += 1;
        }
    }
    assert_eq!(done.rows, written.values().sum::<u64>());
    let tables = "SELECT string_agg(tablename, ' ') FROM pg_tables WHERE schemaname = 'public'";
    for table in server.sql_value(tables).await.split(' ') {
        let count = format!("SELECT count(*) FROM {table}");
        let stored: u64 = server.sql_value(&count).await.parse().expect("a number");
        let expected = if LEFT.contains(&table) { 0 } else { stored };
        let written = written.get(table).copied().unwrap_or_default();
        assert_eq!(written, expected, "{table}");
    }
}
