use persistence::schedules::Publication;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// What a change of a schedule does to its sessions.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicationView {
    /// How many sessions are new.
    pub inserted: usize,
    /// How many sessions are changed, or published again.
    pub updated: usize,
    /// How many sessions are withdrawn.
    pub withdrawn: usize,
    /// Open appointments whose session no longer offers what was booked. They stay valid and need
    /// attention.
    pub affected_appointments: Vec<Uuid>,
}

impl From<&Publication> for PublicationView {
    fn from(publication: &Publication) -> Self {
        let affected = publication.affected.iter();
        Self {
            inserted: publication.inserted,
            updated: publication.updated,
            withdrawn: publication.withdrawn,
            affected_appointments: affected.map(|id| id.uuid()).collect(),
        }
    }
}
