//! What is wrong with a plan, and what to do about it.

use serde_json::Value;

use super::indexes::{Index, Indexes};

/// The tables that grow with what is published and booked. The directory is small beside them.
pub const LARGE: [&str; 14] = [
    "sessions",
    "session_services",
    "allocations",
    "appointments",
    "contacts",
    "holds",
    "idempotency_keys",
    "audit_entries",
    "outbox_events",
    "places",
    "series",
    "waitlist_entries",
    "waitlist_offers",
    "waitlist_contacts",
];

/// What is open on the waiting lists of an organisation: whoever serves them looks at all of it.
const OPEN: [&str; 3] = [
    "waitlist_entries_line",
    "waitlist_entries_key",
    "waitlist_offers_open",
];

/// Every way to a large table has to begin at one place of an index.
pub fn detours(plan: &Value, indexes: &Indexes) -> Vec<String> {
    let mut found = Vec::new();
    walk(plan, &mut |node| found.extend(detour(node, indexes)));
    found
}

/// What is wanted in the order of an index must come in this order: whoever sorts has to read all
/// first. Answers the nodes that sort what they get from the table.
pub fn sorts_above(plan: &Value, table: &str) -> Vec<String> {
    let mut found = Vec::new();
    walk(plan, &mut |node| {
        if text(node, "Node Type").ends_with("Sort") && reads(node, table) {
            found.push(format!(
                "{} by {} above {table}: have an index with this order, and filter by nothing that hides it",
                text(node, "Node Type"),
                node["Sort Key"]
            ));
        }
    });
    found
}

/// Whether the node or what is below it reads the table.
pub fn reads(plan: &Value, table: &str) -> bool {
    let mut reads = false;
    walk(plan, &mut |node| {
        reads |= text(node, "Relation Name") == table && text(node, "Node Type").contains("Scan");
    });
    reads
}

pub fn walk(node: &Value, visit: &mut impl FnMut(&Value)) {
    visit(node);
    for below in node["Plans"].as_array().into_iter().flatten() {
        walk(below, visit);
    }
}

fn detour(node: &Value, indexes: &Indexes) -> Option<String> {
    let kind = text(node, "Node Type");
    let table = text(node, "Relation Name");
    if kind == "Seq Scan" && LARGE.contains(&table) {
        let filter = text(node, "Filter");
        return Some(format!(
            "Seq Scan on {table}, where {filter}: no index serves; add one in a migration, or \
             ask by what an index has"
        ));
    }
    let name = node["Index Name"].as_str()?;
    let index = indexes.get(name);
    if !LARGE.contains(&index.table.as_str()) {
        return None;
    }
    let condition = text(node, "Index Cond");
    if OPEN.contains(&name) && condition.contains("(organisation_id = ") {
        return None;
    }
    let wrong = if condition.is_empty() {
        "reads the whole index"
    } else {
        missing(index, condition)?
    };
    let (table, columns) = (&index.table, index.columns.join(", "));
    Some(format!(
        "{kind} of {table} by {name} ({columns}), where {condition}: {wrong}; ask for its first \
         columns by equality, or add an index in a migration that begins with what is asked for"
    ))
}

/// A condition on later columns only looks through the whole index. Nor is the organisation alone
/// enough: one of them may be most of the network.
fn missing(index: &Index, condition: &str) -> Option<&'static str> {
    let mut columns = index.columns.iter();
    let first = columns.next()?;
    if !condition.contains(&format!("({first} = ")) {
        return Some("its first column is not asked for by equality");
    }
    let second = columns.next().filter(|_| first == "organisation_id")?;
    let narrowed = [format!("({second} "), format!("(ROW({second},")];
    let narrows = narrowed.iter().any(|begin| condition.contains(begin));
    (!narrows).then_some("it goes through everything of an organisation")
}

pub fn text<'a>(node: &'a Value, name: &str) -> &'a str {
    node[name].as_str().unwrap_or_default()
}
