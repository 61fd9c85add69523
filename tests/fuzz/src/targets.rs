//! One function for each parser. Each takes any bytes and panics where a promise is broken.

pub mod bearers;
pub mod bodies;
pub mod codes;
pub mod contacts;
pub mod cursors;
pub mod headers;
pub mod instants;
pub mod languages;
pub mod openings;
pub mod queries;
pub mod recurrence;
mod requests;
pub mod slot_ids;

/// A parser with its name, which is also that of its corpus.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    pub name: &'static str,
    pub run: fn(&[u8]),
}

/// All of them.
pub const TARGETS: &[Target] = &[
    Target {
        name: "bearers",
        run: bearers::run,
    },
    Target {
        name: "bodies",
        run: bodies::run,
    },
    Target {
        name: "codes",
        run: codes::run,
    },
    Target {
        name: "contacts",
        run: contacts::run,
    },
    Target {
        name: "cursors",
        run: cursors::run,
    },
    Target {
        name: "headers",
        run: headers::run,
    },
    Target {
        name: "instants",
        run: instants::run,
    },
    Target {
        name: "languages",
        run: languages::run,
    },
    Target {
        name: "openings",
        run: openings::run,
    },
    Target {
        name: "queries",
        run: queries::run,
    },
    Target {
        name: "recurrence",
        run: recurrence::run,
    },
    Target {
        name: "slot_ids",
        run: slot_ids::run,
    },
];

/// The target of that name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

/// The lines of a text that need not be one.
fn lines(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    text.split('\n').map(str::to_owned).collect()
}
