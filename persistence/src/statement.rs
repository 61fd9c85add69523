//! Hand-written SQL that is prepared once per connection.
//!
//! diesel's `sql_query` is never cached, which costs a round trip on every call; this is the same
//! with the cache on. The text must therefore be constant: values are bound, never written in.

use diesel::expression::{AsExpression, Expression};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{SingleValue, SqlType, Untyped};

/// A constant text with its parameters `$1`, `$2`, …; each may occur several times.
pub(crate) struct Statement<'a> {
    text: &'static str,
    binds: Vec<Box<dyn QueryFragment<Pg> + Send + 'a>>,
}

impl<'a> Statement<'a> {
    #[must_use]
    pub(crate) const fn new(text: &'static str) -> Self {
        Self {
            text,
            binds: Vec::new(),
        }
    }

    /// Binds the next parameter as the SQL type `S`.
    #[must_use]
    pub(crate) fn bind<S, T>(mut self, value: T) -> Self
    where
        S: SqlType + SingleValue,
        T: AsExpression<S>,
        T::Expression: QueryFragment<Pg> + Expression + Send + 'a,
    {
        self.binds.push(Box::new(value.as_expression()));
        self
    }
}

impl std::fmt::Debug for Statement<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Statement")
            .field("text", &self.text)
            .finish_non_exhaustive()
    }
}

impl QueryFragment<Pg> for Statement<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(self.text);
        // diesel writes a parameter's number where it is bound, and each bind is a parameter more.
        // The text numbers them itself, so that one can be used twice: diesel's go to a comment.
        if !self.binds.is_empty() {
            out.push_sql("\n-- ");
        }
        for bind in &self.binds {
            bind.walk_ast(out.reborrow())?;
        }
        Ok(())
    }
}

/// Cached by its text: there is no type that names it.
impl QueryId for Statement<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Statement<'_> {
    type SqlType = Untyped;
}
