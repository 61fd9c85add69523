//! From what a body says to what the domain means: every broken rule is told, not only the first.

use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike, NaiveTime, SubsecRound, Utc};
use domain::ids::OrganisationId;
use domain::span::{Span, SpanError};

use crate::problems::{Code, FieldProblem, Problem};

/// As many as a person reads; the answer to a long list of mistakes stays short.
const MOST_TOLD: usize = 50;

/// Collects the rules that a body breaks.
#[derive(Debug, Default)]
pub struct Checks {
    broken: Vec<FieldProblem>,
}

impl Checks {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a field's value, or notes what is wrong with it.
    pub fn field<T, E: ToString>(&mut self, pointer: &str, result: Result<T, E>) -> Option<T> {
        result.map_err(|error| self.refuse(pointer, error)).ok()
    }

    /// As [`Checks::field`] for a field that may be left out. `None` when it is broken.
    pub fn optional<T, E: ToString>(
        &mut self,
        pointer: &str,
        result: Option<Result<T, E>>,
    ) -> Option<Option<T>> {
        match result {
            None => Some(None),
            Some(result) => self.field(pointer, result).map(Some),
        }
    }

    /// Takes every element of a list.
    pub fn each<T, S, E: ToString, C: FromIterator<T>>(
        &mut self,
        pointer: &str,
        items: impl IntoIterator<Item = S>,
        mut parse: impl FnMut(S) -> Result<T, E>,
    ) -> Option<C> {
        let before = self.broken.len();
        let parsed = items.into_iter().enumerate();
        let parsed: Vec<T> = parsed
            .filter_map(|(index, item)| self.field(&format!("{pointer}/{index}"), parse(item)))
            .collect();
        (self.broken.len() == before).then(|| parsed.into_iter().collect())
    }

    /// Takes `starts_at` and `ends_at`.
    pub fn span(&mut self, starts_at: DateTime<Utc>, ends_at: DateTime<Utc>) -> Option<Span> {
        let written = Span::written(starts_at, ends_at);
        let early = written == Err(SpanError::Year) && starts_at.year() < 1970;
        self.field(if early { "/starts_at" } else { "/ends_at" }, written)
    }

    /// Takes an instant that may be left out, to the microsecond.
    pub fn instant(
        &mut self,
        pointer: &str,
        at: Option<DateTime<Utc>>,
    ) -> Option<Option<DateTime<Utc>>> {
        let in_reach = |at: DateTime<Utc>| (1970..=9998).contains(&at.year());
        let read = |at: DateTime<Utc>| {
            in_reach(at)
                .then(|| at.trunc_subsecs(6))
                .ok_or(SpanError::Year)
        };
        self.optional(pointer, at.map(read))
    }

    /// Notes a list that has too few or too many items.
    pub fn count(&mut self, pointer: &str, count: usize, allowed: RangeInclusive<usize>) {
        if !allowed.contains(&count) {
            let (least, most) = allowed.into_inner();
            self.refuse(pointer, format!("has {least} to {most} items"));
        }
    }

    pub fn refuse(&mut self, pointer: &str, detail: impl ToString) {
        if self.broken.len() < MOST_TOLD {
            let broken = FieldProblem::at(pointer, "rule-violated", detail);
            self.broken.push(broken);
        }
    }

    /// What was built of the taken values, unless something was broken.
    pub fn finish<T>(self, build: impl FnOnce() -> Option<T>) -> Result<T, Problem> {
        if self.broken.is_empty()
            && let Some(built) = build()
        {
            return Ok(built);
        }
        Err(self.problem())
    }

    /// The refusal, with everything that was broken.
    #[must_use]
    pub fn problem(self) -> Problem {
        let detail = match self.broken.first() {
            Some(first) => format!(
                "`{}`: {}",
                first.pointer.as_deref().unwrap_or_default(),
                first.detail
            ),
            None => Code::RuleViolated.title().to_owned(),
        };
        let mut problem = Problem::because(Code::RuleViolated, detail);
        problem.errors = self.broken;
        problem
    }
}

/// Nothing moves from one organisation to another.
pub fn same_organisation(before: OrganisationId, after: OrganisationId) -> Result<(), Problem> {
    if before == after {
        Ok(())
    } else {
        Err(Problem::rule(
            "/organisation_id",
            "cannot be changed: enter it anew in the other organisation",
        ))
    }
}

/// Reads a time of day.
pub fn clock(text: &str) -> Result<NaiveTime, &'static str> {
    let malformed = "a time of day is hours and minutes, as in 09:00";
    if text.len() != 5 {
        return Err(malformed);
    }
    NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| malformed)
}
