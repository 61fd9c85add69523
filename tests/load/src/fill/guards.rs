//! Constraints and indexes, taken away while rows are written and built again behind them.

use tokio_postgres::Client;

use crate::Failure;

/// What was taken away, as statements that bring it back, in their order.
#[derive(Debug)]
pub struct Guards(Vec<(String, String)>);

/// The tables that grow.
const TABLES: &str = "ARRAY['sessions', 'session_services', 'appointments', 'allocations', 'audit_entries', \
     'outbox_events']::regclass[]";

impl Guards {
    /// Drops every constraint but the checks, and every index. Foreign keys go first, from any table.
    /// Triggers rest meanwhile: what they would copy, they would look for without an index.
    pub async fn take(client: &Client) -> Result<Self, Failure> {
        client.batch_execute(&triggers("DISABLE")).await?;
        let constraints = client
            .query(
                &format!(
                    "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid), contype = 'f'
                     FROM pg_constraint
                     WHERE contype IN ('f', 'p', 'u', 'x') AND (conrelid = ANY ({TABLES}) OR confrelid = ANY ({TABLES}))
                     ORDER BY contype = 'f' DESC, contype = 'p'"
                ),
                &[],
            )
            .await?;
        let indexes = client
            .query(
                &format!(
                    "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
                     FROM pg_index WHERE indrelid = ANY ({TABLES})
                       AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype <> 'f')"
                ),
                &[],
            )
            .await?;
        let mut before = Vec::new();
        let mut behind = Vec::new();
        for row in &constraints {
            let (table, name, definition): (String, String, String) =
                (row.get(0), row.get(1), row.get(2));
            client
                .batch_execute(&format!("ALTER TABLE {table} DROP CONSTRAINT {name}"))
                .await?;
            let again = format!("ALTER TABLE {table} ADD CONSTRAINT {name} {definition}");
            let guards = if row.get(3) { &mut behind } else { &mut before };
            guards.push((name, again));
        }
        for row in &indexes {
            let (name, definition): (String, String) = (row.get(0), row.get(1));
            client.batch_execute(&format!("DROP INDEX {name}")).await?;
            before.push((name, definition));
        }
        before.append(&mut behind);
        Ok(Self(before))
    }

    /// Builds all of them again.
    pub async fn restore(self, client: &Client) -> Result<(), Failure> {
        for (name, again) in &self.0 {
            log::info!("building {name}");
            client.batch_execute(again).await?;
        }
        client.batch_execute(&triggers("ENABLE")).await?;
        Ok(())
    }
}

fn triggers(be: &str) -> String {
    format!(
        "ALTER TABLE sessions {be} TRIGGER USER; ALTER TABLE session_services {be} TRIGGER USER;"
    )
}
