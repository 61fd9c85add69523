//! The queries that every table of versioned things has.

/// For a table with `organisation_id`, `id`, `archived_at` and `version`, and the private `Row` of
/// the module, which holds all but `archived_at`. What is archived is not found any more.
macro_rules! versioned {
    ($table:ident of $model:ty, by $id:ty) => {
        pub async fn find(
            reader: &mut $crate::acting::Reader,
            id: $id,
        ) -> $crate::Result<Option<$crate::stored::Stored<$model>>> {
            let query = $table::table
                .select(Row::as_select())
                .filter($table::id.eq(id.uuid()))
                .filter($table::archived_at.is_null());
            let row = reader.ask_one::<Row, _>(query).await?;
            row.map(TryInto::try_into).transpose()
        }

        /// For a change, locked until the transaction ends.
        pub async fn find_for_update(
            transaction: &mut $crate::Transaction,
            id: $id,
        ) -> $crate::Result<Option<$crate::stored::Stored<$model>>> {
            let query = $table::table
                .select(Row::as_select())
                .filter($table::id.eq(id.uuid()))
                .filter($table::archived_at.is_null())
                .for_no_key_update();
            let row = transaction.ask_one::<Row, _>(query).await?;
            row.map(TryInto::try_into).transpose()
        }

        /// Stores the next version of what was locked.
        pub fn update(
            transaction: &mut $crate::Transaction,
            changed: &$crate::stored::Stored<$model>,
        ) {
            let row = Row::from(changed);
            let target = $table::table.find(row.key());
            transaction.queue(diesel::update(target).set(row));
        }

        /// Takes what was locked out of use; what refers to it stays.
        pub fn archive(
            transaction: &mut $crate::Transaction,
            stored: &$crate::stored::Stored<$model>,
            now: chrono::DateTime<chrono::Utc>,
        ) {
            let target = $table::table.find(Row::from(stored).key());
            transaction.queue(diesel::update(target).set((
                $table::archived_at.eq(Some(now)),
                $table::version.eq(stored.version + 1),
            )));
        }
    };
}
pub(crate) use versioned;
