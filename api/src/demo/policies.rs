//! What some bodies of the demo network rule besides; by the number of the body.

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

/// Until how many minutes before the start visitors move what a service has booked, where that is
/// not as for cancelling.
pub(super) const fn move_deadline(body: u16, service: u16) -> Option<u32> {
    match (body, service) {
        (1, 1) => Some(2 * 60),
        _ => None,
    }
}
