//! Postgres, asked how it would go about a statement.

use serde_json::Value;
use tokio_postgres::{Client, NoTls, SimpleQueryMessage};

use super::calls::Heard;

/// The plan of the statement as the program's own connections have it: with their role and their
/// settings, and for no particular values.
///
/// But for one thing: reading a whole table counts as a last resort. The planner reads all of a
/// table that it finds small; so what it still reads whole here has no index that would serve, and
/// it does not matter that a real network is a hundred times as large.
///
/// Staff act for `organisations`: whoever comes first has a statement planned for all behind them.
pub async fn plan(url: &str, heard: &Heard, organisations: &str) -> Value {
    let mut config: tokio_postgres::Config = url.parse().expect("a connection string");
    config.options(format!(
        "{} -c enable_seqscan=off -c app.organisations={organisations}",
        heard.options
    ));
    let (client, connection) = config.connect(NoTls).await.expect("a connection");
    let connection = tokio::spawn(connection);
    let types = types(&client, &heard.types).await;
    let (declared, nothing) = if types.is_empty() {
        (String::new(), String::new())
    } else {
        let nothing = vec!["NULL"; types.len()].join(", ");
        (format!("({})", types.join(", ")), format!("({nothing})"))
    };
    let prepare = format!("PREPARE heard {declared} AS {}\n", heard.sql);
    client.batch_execute(&prepare).await.expect("the statement");
    let explain = format!("EXPLAIN (FORMAT JSON, COSTS OFF) EXECUTE heard {nothing}");
    let answer = client.simple_query(&explain).await.expect("a plan");
    let rows = answer.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    let text: String = rows.collect();
    connection.abort();
    let explained: Value = serde_json::from_str(&text).expect("a plan in JSON");
    explained[0]["Plan"].clone()
}

/// The one of `grown.sql`: `md5('organisation')`.
pub const GROWN: &str = "{3dda443a-e069-35b8-4a7c-2859c519e664}";
/// Of those who coordinate the network and nothing else.
pub const NONE: &str = "{}";

async fn types(client: &Client, oids: &[u32]) -> Vec<String> {
    let names = "SELECT format_type(type, NULL)
                 FROM unnest($1::oid[]) WITH ORDINALITY AS types (type, place) ORDER BY place";
    let rows = client.query(names, &[&oids]).await.expect("types");
    rows.iter().map(|row| row.get(0)).collect()
}
