//! A loan that is ended or made smaller can be tried first.

use chrono::{DateTime, FixedOffset};
use chrono_tz::Tz;
use domain::span::Span;
use serde::Serialize;
use utoipa::ToSchema;

use crate::views::local;

/// What a change of a loan would strand, as far as its owner may know.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoanPreview {
    /// How many uses that are not over would lie outside the loan. They would stay valid; the
    /// borrower sees that they need attention.
    #[schema(example = 1)]
    pub count: usize,
    pub uses: Vec<LoanSpanView>,
}

/// A span of the room, with the offset of its site. Buffers are included.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoanSpanView {
    pub starts_at: DateTime<FixedOffset>,
    pub ends_at: DateTime<FixedOffset>,
}

impl LoanSpanView {
    fn of(span: Span, zone: Tz) -> Self {
        Self {
            starts_at: local(span.from(), zone),
            ends_at: local(span.before(), zone),
        }
    }
}

impl LoanPreview {
    pub(super) fn of(stranded: &[Span], zone: Tz) -> Self {
        let uses = stranded.iter().map(|span| LoanSpanView::of(*span, zone));
        Self {
            count: stranded.len(),
            uses: uses.collect(),
        }
    }
}
