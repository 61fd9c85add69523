//! Hand-written SQL that is prepared once per connection.
//!
//! diesel's `sql_query` is never cached, which costs a round trip on every call; this is the same
//! with the cache on. The text must therefore be constant: values are bound, never written in.

use std::borrow::Cow;
use std::fmt::Write;

use diesel::expression::{AsExpression, Expression};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{SingleValue, SqlType, Text, Untyped};

/// A text with its parameters `$1`, `$2`, …; each may occur several times.
pub(crate) struct Statement<'a> {
    text: Cow<'static, str>,
    binds: Vec<Box<dyn QueryFragment<Pg> + Send + 'a>>,
}

impl<'a> Statement<'a> {
    #[must_use]
    pub(crate) const fn new(text: &'static str) -> Self {
        Self {
            text: Cow::Borrowed(text),
            binds: Vec::new(),
        }
    }

    /// Several as one, which saves what each costs on the way and in Postgres. All see what was
    /// there before the first of them, and Postgres chooses the order: none may need what another
    /// writes.
    #[must_use]
    pub(crate) fn at_once(mut statements: Vec<Self>) -> Self {
        if statements.len() == 1 {
            return statements.swap_remove(0);
        }
        let last = statements.len().saturating_sub(1);
        let (mut text, mut binds) = (String::from("WITH "), Vec::new());
        for (place, statement) in statements.into_iter().enumerate() {
            match place {
                0 => text.push_str("w0 AS ("),
                _ if place == last => text.push_str(") "),
                _ => {
                    let _ = write!(text, "), w{place} AS (");
                }
            }
            push_renumbered(&mut text, &statement.text, binds.len());
            binds.extend(statement.binds);
        }
        let text = Cow::Owned(text);
        Self { text, binds }
    }

    /// Settings for the rest of the transaction; their names are constant.
    #[must_use]
    pub(crate) fn settings(settings: Vec<(&'static str, String)>) -> Self {
        let mut text = String::from("SELECT ");
        for (place, (name, _)) in settings.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            let _ = write!(text, "{comma}set_config('{name}', ${}, true)", place + 1);
        }
        let text = Cow::Owned(text);
        let none = Self {
            text,
            binds: Vec::new(),
        };
        let bind = |statement: Self, (_, value)| statement.bind::<Text, String>(value);
        settings.into_iter().fold(none, bind)
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

/// The text, with the numbers of its parameters behind those that are there already.
fn push_renumbered(all: &mut String, text: &str, already: usize) {
    let mut parts = text.split('$');
    all.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = part.split_at(digits);
        let number: usize = number.parse().unwrap_or_default();
        let _ = write!(all, "${}{rest}", already + number);
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
        out.push_sql(&self.text);
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

#[cfg(test)]
mod tests {
    use diesel::sql_types::{Integer, Text};

    use super::Statement;

    #[test]
    fn several_become_one_with_numbers_of_its_own() {
        let first = Statement::new("DELETE FROM a WHERE x = $1 OR y = $2 OR z = $1")
            .bind::<Integer, _>(1)
            .bind::<Text, _>("one");
        let second = Statement::new("INSERT INTO b VALUES ($1)").bind::<Integer, _>(2);
        let third = Statement::new("INSERT INTO c VALUES ($1, $2)")
            .bind::<Integer, _>(3)
            .bind::<Integer, _>(4);
        let all = Statement::at_once(vec![first, second, third]);
        assert_eq!(
            diesel::debug_query::<diesel::pg::Pg, _>(&all).to_string(),
            "WITH w0 AS (DELETE FROM a WHERE x = $1 OR y = $2 OR z = $1), \
             w1 AS (INSERT INTO b VALUES ($3)) INSERT INTO c VALUES ($4, $5)\n\
             -- $1$2$3$4$5 -- binds: [1, \"one\", 2, 3, 4]"
        );
    }

    #[test]
    fn one_stays_as_it_is() {
        let only = Statement::at_once(vec![Statement::new("DELETE FROM a")]);
        assert_eq!(only.text, "DELETE FROM a");
    }
}
