use std::collections::BTreeMap;

use tests::postgres;

/// The indexes of the data base, by their names.
#[derive(Debug)]
pub struct Indexes(BTreeMap<String, Index>);

#[derive(Debug)]
pub struct Index {
    pub table: String,
    /// What it is sorted by, in this order.
    pub columns: Vec<String>,
}

impl Indexes {
    pub async fn of(url: &str) -> Self {
        let rows = postgres::connect(url).await.query(KEYS, &[]).await;
        let indexes = rows.expect("indexes").into_iter().map(|row| {
            let (table, columns) = (row.get("table"), row.get("columns"));
            (row.get("index"), Index { table, columns })
        });
        Self(indexes.collect())
    }

    pub fn get(&self, name: &str) -> &Index {
        self.0.get(name).expect("the index of a plan")
    }
}

const KEYS: &str = "
    SELECT i.indexrelid::regclass::text AS index, i.indrelid::regclass::text AS table,
           array_agg(pg_get_indexdef(i.indexrelid, place, false) ORDER BY place) AS columns
    FROM pg_index i CROSS JOIN LATERAL generate_series(1, i.indnkeyatts) AS place
    WHERE i.indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
    GROUP BY i.indexrelid, i.indrelid";
