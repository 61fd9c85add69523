//! What some bodies of the demo network rule besides; by the number of the body.

use domain::gender::Gender;

use super::tables::Words;

/// Code, texts, and whether only staff give it.
type OwnReason = (&'static str, Words, bool);

pub(super) const fn reasons(body: u16) -> &'static [OwnReason] {
    match body {
        1 => &[
            (
                "official_appointment",
                &[
                    ("de", "Termin bei einer Behörde"),
                    ("de-simple", "Ich muss zu einem Amt."),
                ],
                false,
            ),
            ("plenum", &[("de", "Plenum des Kollektivs")], true),
        ],
        _ => &[],
    }
}

/// After how many missed talks, within how many days, bookings need approval for how many days.
pub(super) const fn no_shows(body: u16) -> Option<(i64, i64, i64)> {
    match body {
        5 => Some((3, 90, 30)),
        _ => None,
    }
}

/// What counsellors say of themselves.
pub(super) const fn gender(body: u16, counsellor: u16) -> Option<Gender> {
    match (body, counsellor) {
        (1, 1 | 3) => Some(Gender::Female),
        (1, 2) => Some(Gender::Male),
        _ => None,
    }
}

pub(super) const fn allows_gender_wish(body: u16, service: u16) -> bool {
    matches!((body, service), (1, 1))
}

/// Whether only staff book in a schedule.
pub(super) const fn is_for_emergencies(body: u16, schedule: u16) -> bool {
    matches!((body, schedule), (1, 9))
}

/// From how many minutes before the start on everybody does.
pub(super) const fn opens_to_all(body: u16, schedule: u16) -> Option<u32> {
    match (body, schedule) {
        (1, 9) => Some(3 * 60),
        _ => None,
    }
}

/// Until how many minutes before the start visitors move what a service has booked, where that is
/// not as for cancelling.
pub(super) const fn move_deadline(body: u16, service: u16) -> Option<u32> {
    match (body, service) {
        (1, 1) => Some(2 * 60),
        _ => None,
    }
}
