use std::collections::BTreeMap;
use std::fmt::Write;

use api::specification::specification;
use reqwest::Method;
use serde_json::Value;
use tests::Answer;

use super::world::{CALLERS, Operation, World, operations};

/// What everybody is answered. `empty` is a list with nothing in it. 2xx, 400, 409, 412 and 422 say
/// that the caller may; 401, 403 and 404 that they may not.
///
/// After a change of the API, look at what `UPDATE=1 cargo test -p tests walk` wrote: every cell is
/// a decision.
const TABLE: &str = include_str!("walk.txt");

/// Operations that ask nobody who they are.
const PUBLIC: &[&str] = &[
    "acceptInvitation",
    "bookAppointment",
    "bookCourse",
    "bookSeries",
    "createHold",
    "createToken",
    "explainSlot",
    "drawTicket",
    "findAppointment",
    "findSeries",
    "getCounsellor",
    "getCourse",
    "getJwks",
    "getMetrics",
    "getOrganisation",
    "getPlainSpecification",
    "getProblem",
    "getService",
    "getSite",
    "getSpecificationJson",
    "getSpecificationJson30",
    "getSpecificationYaml",
    "isAlive",
    "isReady",
    "joinWaitlist",
    "listCancellationReasons",
    "listCounsellors",
    "listCourses",
    "listOpenHours",
    "listOrganisations",
    "listProblems",
    "listServices",
    "listSites",
    "listSlots",
    "refreshToken",
    "releaseHold",
    "revokeToken",
    "setUp",
];

/// Operations that the secret of the appointment opens as well as a token.
const BY_SECRET: &[&str] = &[
    "acceptOffer",
    "acceptProposal",
    "cancelAppointment",
    "cancelSeries",
    "declineOffer",
    "declineProposal",
    "getAppointment",
    "getAppointmentCalendar",
    "getSeries",
    "getWaitlistEntry",
    "getTicket",
    "leaveQueue",
    "listProposals",
    "rescheduleAppointment",
    "rescheduleSeries",
];

#[tokio::test(flavor = "multi_thread")]
async fn everybody_may_do_what_the_table_says_and_nothing_else() {
    let document = serde_json::to_value(specification()).expect("JSON");
    let operations = operations(&document);
    let mut world = World::arrange().await;
    let mut walked = header();
    for operation in &operations {
        if operation.method != Method::GET {
            world.refurnish(&operation.id.to_lowercase()).await;
        }
        write!(walked, "\n{:<26}", operation.id).expect("a line");
        for (index, caller) in CALLERS.iter().enumerate() {
            let answer = Answer::of(world.request(operation, index).await).await;
            let cell = cell(operation, &answer);
            assert!(
                !cell.starts_with('5'),
                "{} as {caller}: {}",
                operation.id,
                answer.text
            );
            if !PUBLIC.contains(&operation.id) && *caller == "foreign" {
                let ours = world.organisation().to_string();
                assert!(
                    !answer.text.contains(&ours),
                    "{} tells a foreigner: {}",
                    operation.id,
                    answer.text
                );
            }
            write!(walked, "{cell:<14}").expect("a cell");
        }
    }
    let walked = walked
        .lines()
        .map(str::trim_end)
        .collect::<Vec<_>>()
        .join("\n")
        + "\n";
    if std::env::var_os("UPDATE").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/permissions/walk.txt");
        std::fs::write(path, &walked).expect("the table");
        return;
    }
    let differences = differences(TABLE, &walked);
    assert!(
        differences.is_empty(),
        "expected - and walked +\n{differences}"
    );
}

#[test]
fn whoever_is_asked_for_a_token_is_told_so_by_the_specification() {
    let document = serde_json::to_value(specification()).expect("JSON");
    let rows: BTreeMap<_, Vec<_>> = TABLE
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.split_whitespace();
            Some((cells.next()?, cells.collect()))
        })
        .collect();
    for (id, described) in described(&document) {
        let needed = described["security"].as_array().is_some_and(|ways| {
            ways.iter().all(|way| way.get("bearer").is_some()) && !ways.is_empty()
        });
        let row = &rows[id];
        let (stranger, expired, secret) = (row[0], row[6], row[7]);
        if PUBLIC.contains(&id) {
            assert!(
                !needed,
                "{id} is public, and the specification asks for a token"
            );
            assert!(stranger.starts_with('2'), "{id} is public: {stranger}");
        } else if BY_SECRET.contains(&id) {
            assert!(!needed, "{id} can be opened with the secret");
            assert_eq!((stranger, expired), ("401", "401"), "{id}");
            assert_ne!(secret, "401", "{id}");
        } else {
            assert!(
                needed,
                "{id} is not public: the specification must ask for a token"
            );
            assert_eq!([stranger, expired, secret], ["401"; 3], "{id}");
        }
    }
    for id in PUBLIC.iter().chain(BY_SECRET) {
        assert!(rows.contains_key(id), "{id} is no operation");
    }
}

fn header() -> String {
    let mut header = format!("{:<26}", "");
    for caller in CALLERS {
        write!(header, "{caller:<14}").expect("a cell");
    }
    header
}

fn cell(operation: &Operation<'_>, answer: &Answer) -> String {
    let status = answer.status.as_u16();
    let listed = operation.id.starts_with("list") && status == 200;
    if listed && answer.json()["items"] == Value::Array(Vec::new()) {
        return "empty".to_owned();
    }
    status.to_string()
}

/// Every operation with its id, in the order of their paths.
fn described(document: &Value) -> Vec<(&str, &Value)> {
    let paths = document["paths"].as_object().expect("paths").values();
    paths
        .flat_map(|item| item.as_object().expect("operations").values())
        .filter_map(|described| Some((described["operationId"].as_str()?, described)))
        .collect()
}

/// The lines that only one of the two has.
fn differences(expected: &str, walked: &str) -> String {
    let only = |sign: char, these: &str, those: &str| {
        let those: Vec<_> = those.lines().collect();
        let lines = these.lines().filter(|line| !those.contains(line));
        lines
            .map(|line| format!("{sign} {line}\n"))
            .collect::<String>()
    };
    only('-', expected, walked) + &only('+', walked, expected)
}
