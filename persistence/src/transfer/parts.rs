//! What belongs to an organisation, table by table.

use uuid::Uuid;

/// Rows that go along, of one table.
pub(super) struct Part {
    pub(super) table: &'static str,
    /// Which rows `t`, as [`Part::condition`] fills it in.
    which: &'static str,
}

impl Part {
    /// Which rows belong to these organisations; `all` says that there are no others.
    pub(super) fn condition(&self, organisations: &[Uuid], all: bool) -> String {
        let ids: Vec<_> = organisations.iter().map(Uuid::to_string).collect();
        let ids = format!("'{{{}}}'::uuid[]", ids.join(","));
        let filled_in = self.which.replace("ORGANISATIONS", &ids);
        filled_in.replace("ALL_OF_THEM", if all { "true" } else { "false" })
    }
}

const fn of_organisation(table: &'static str) -> Part {
    let which = "t.organisation_id = ANY (ORGANISATIONS)";
    Part { table, which }
}

/// In an order in which no row refers to a later one.
pub(super) const PARTS: &[Part] = &[
    Part {
        table: "organisations",
        which: "t.id = ANY (ORGANISATIONS)",
    },
    Part {
        table: "accounts",
        which: "ALL_OF_THEM OR t.id IN (SELECT account_id FROM memberships WHERE organisation_id = ANY (ORGANISATIONS)
            UNION SELECT account_id FROM counsellors WHERE organisation_id = ANY (ORGANISATIONS))",
    },
    of_organisation("memberships"),
    of_organisation("invitations"),
    of_organisation("resources"),
    of_organisation("services"),
    of_organisation("sites"),
    of_organisation("counsellors"),
    // Rooms on loan are rooms of the borrower, and refer to the loan.
    Part {
        table: "rooms",
        which: "t.organisation_id = ANY (ORGANISATIONS) AND t.loan_id IS NULL",
    },
    of_organisation("loans"),
    Part {
        table: "rooms",
        which: "t.organisation_id = ANY (ORGANISATIONS) AND t.loan_id IS NOT NULL",
    },
    of_organisation("equipment"),
    of_organisation("equipment_pieces"),
    of_organisation("absences"),
    of_organisation("closures"),
    of_organisation("modality_switches"),
    of_organisation("schedules"),
    of_organisation("courses"),
    of_organisation("meetings"),
    of_organisation("sessions"),
    of_organisation("session_services"),
    of_organisation("course_dates"),
    of_organisation("meeting_dates"),
    of_organisation("kept_places"),
    of_organisation("drop_ins"),
    of_organisation("tickets"),
    of_organisation("ticket_secrets"),
    of_organisation("series"),
    of_organisation("waitlist_entries"),
    of_organisation("waitlist_contacts"),
    of_organisation("appointments"),
    of_organisation("contacts"),
    of_organisation("no_shows"),
    of_organisation("attention_dealings"),
    of_organisation("holds"),
    of_organisation("proposals"),
    of_organisation("waitlist_offers"),
    of_organisation("places"),
    of_organisation("allocations"),
    of_organisation("audit_entries"),
    of_organisation("outbox_events"),
    of_organisation("waitlist_wakes"),
];

/// What stays behind: what belongs to the data base itself, or to a sign-in or a request of today.
pub(super) const LEFT: [&str; 5] = [
    "__diesel_schema_migrations",
    "idempotency_keys",
    "installation",
    "refresh_tokens",
    "signing_keys",
];
