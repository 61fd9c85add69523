use std::collections::BTreeMap;

use super::calls::{Heard, SLOTS_OF_A_SERVICE, SLOTS_OF_A_TOPIC, Scene};
use super::indexes::Indexes;
use super::planner::{GROWN, NONE, plan};
use super::rules::{LARGE, detours, reads, sorts_above, walk};

type Statements = BTreeMap<Heard, &'static str>;

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_goes_straight_to_its_rows() {
    let mut scene = Scene::arrange().await;
    let heard = scene.hear_all().await;
    scene.server.sql(include_str!("grown.sql")).await;
    let url = scene.server.database_url.clone();

    let found = findings(&url, &heard).await;
    assert!(found.is_empty(), "{}", found.join("\n\n"));
    each_search_streams_its_sessions(&url, &heard).await;
    all_that_is_large_is_touched(&url, &heard).await;

    // Without the index the check finds it missing: it sees what it looks for.
    for (index, call, complaint) in [
        ("session_services_by_service", SLOTS_OF_A_SERVICE, "Sort by"),
        ("session_services_by_topic", SLOTS_OF_A_TOPIC, "Sort by"),
        ("appointments_day", "day", "everything of an organisation"),
        ("appointments_code", "find by code", "its first column"),
    ] {
        scene.server.sql(&format!("DROP INDEX {index}")).await;
        let of_call = heard.clone().into_iter().filter(|(_, it)| *it == call);
        let found = findings(&url, &of_call.collect()).await;
        let complains = found.iter().any(|found| found.contains(complaint));
        assert!(complains, "without {index}: {found:#?}");
    }
}

/// What is wrong, with the statement in which it is.
async fn findings(url: &str, heard: &Statements) -> Vec<String> {
    let indexes = Indexes::of(url).await;
    let mut found = Vec::new();
    for (statement, call) in heard {
        let mut wrong = Vec::new();
        for organisations in [GROWN, NONE] {
            let plan = plan(url, statement, organisations).await;
            wrong.extend(detours(&plan, &indexes));
        }
        let plan = plan(url, statement, GROWN).await;
        // A sort there made the search fifty times slower: it reads the sessions of a year to
        // answer with the first of them.
        if [SLOTS_OF_A_SERVICE, SLOTS_OF_A_TOPIC].contains(call) {
            wrong.extend(sorts_above(&plan, "session_services"));
        }
        let of_statement = |wrong| format!("{call}: {wrong}\nin {}", statement.sql);
        found.extend(wrong.into_iter().map(of_statement));
    }
    found
}

async fn each_search_streams_its_sessions(url: &str, heard: &Statements) {
    for (search, index) in [
        (SLOTS_OF_A_SERVICE, "session_services_by_service"),
        (SLOTS_OF_A_TOPIC, "session_services_by_topic"),
    ] {
        let mut of_search = heard.iter().filter(|(_, call)| **call == search);
        let (statement, _) = of_search.next().expect("the search was heard");
        let plan = plan(url, statement, GROWN).await;
        let mut walks = Vec::new();
        walk(&plan, &mut |node| {
            if node["Index Name"] == index {
                walks.push(node["Node Type"].clone());
            }
        });
        // All that it looks at stands in the index: it reads no page of the table for it.
        let is_covered = walks.iter().all(|walk| *walk == "Index Only Scan");
        assert!(!walks.is_empty() && is_covered, "{search}: {plan:#}");
    }
}

/// What is neither read nor written here would not be checked.
async fn all_that_is_large_is_touched(url: &str, heard: &Statements) {
    let mut plans = Vec::new();
    for statement in heard.keys() {
        plans.push(plan(url, statement, GROWN).await);
    }
    for table in LARGE {
        // Also where it is one of several writes in one statement.
        let inserts = |heard: &Heard| {
            let words: Vec<&str> = heard.sql.split_whitespace().collect();
            words.windows(2).any(|pair| pair == ["INTO", table])
        };
        let written = heard.keys().any(inserts);
        let read = plans.iter().any(|plan| reads(plan, table));
        assert!(written || read, "nothing was heard of {table}");
    }
}
