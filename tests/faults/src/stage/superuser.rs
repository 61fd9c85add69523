//! What the superuser does to a server from inside.

use nix::sys::signal::Signal;
use tokio_postgres::{Client, NoTls};

use super::{Postgres, processes};

impl Postgres {
    /// Kills one process of those that serve the program. The server takes that for a crash.
    pub async fn kill_one_back_end(&self, database: &str, random: &mut fastrand::Rng) -> bool {
        let client = self.connect(database).await;
        let query = "SELECT pid FROM pg_stat_activity
                     WHERE application_name = 'sprechstunde' AND datname = current_database()";
        let rows = client.query(query, &[]).await.expect("the back ends");
        let Some(row) = random.choice(&rows) else {
            return false;
        };
        let process: i32 = row.get(0);
        processes::signal(u32::try_from(process).expect("a process"), Signal::SIGKILL);
        true
    }

    /// Ends some of the connections of the program in the orderly way; answers how many.
    pub async fn terminate_back_ends(&self, database: &str, at_most: u8) -> i64 {
        let client = self.connect(database).await;
        let query = format!(
            "SELECT count(pg_terminate_backend(pid)) FROM (
                 SELECT pid FROM pg_stat_activity
                 WHERE application_name = 'sprechstunde' AND datname = current_database()
                 ORDER BY random() LIMIT {at_most}) AS back_ends"
        );
        let row = client.query_one(&query, &[]).await.expect("the back ends");
        row.get(0)
    }

    /// A session of the superuser, past any wire.
    pub async fn connect(&self, database: &str) -> Client {
        let connected = tokio_postgres::connect(&self.cluster.url(database), NoTls).await;
        let (client, connection) = connected.expect("a connection");
        tokio::spawn(connection);
        client
    }

    /// Runs statements as the superuser.
    pub async fn execute(&self, database: &str, statements: &str) {
        let client = self.connect(database).await;
        client.batch_execute(statements).await.expect(statements);
    }

    /// The first column of the first row, as text.
    pub async fn value(&self, database: &str, query: &str) -> String {
        let client = self.connect(database).await;
        let row = client
            .query_one(&format!("SELECT ({query})::text"), &[])
            .await
            .expect(query);
        row.get::<_, Option<String>>(0).unwrap_or_default()
    }
}
