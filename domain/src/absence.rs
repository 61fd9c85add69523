//! When a counsellor is away.

use crate::ids::{AbsenceId, CounsellorId, OrganisationId};
use crate::span::Span;

/// The reason is nobody's business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    pub id: AbsenceId,
    pub organisation_id: OrganisationId,
    pub counsellor_id: CounsellorId,
    pub span: Span,
}
