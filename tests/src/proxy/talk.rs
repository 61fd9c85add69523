use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use super::Record;
use super::messages::GREETING;

/// One connection's conversation.
pub(super) struct Talk {
    record: Arc<Mutex<Record>>,
    /// By the name under which it was prepared.
    statements: HashMap<Vec<u8>, String>,
    /// The statement that was bound last: portals are executed at once.
    bound: String,
    /// How many answers are due; the first of them opened the trip.
    due: usize,
    trip: Option<usize>,
}

impl Talk {
    pub(super) fn new(record: Arc<Mutex<Record>>) -> Self {
        Self {
            record,
            statements: HashMap::new(),
            bound: String::new(),
            due: 0,
            trip: None,
        }
    }

    /// Answers what is executed by it.
    pub(super) fn sent(&mut self, kind: u8, body: &[u8]) -> Option<String> {
        let mut words = body.split(|byte| *byte == 0);
        let mut word = || words.next().unwrap_or_default();
        let mut executed = None;
        match kind {
            b'P' => {
                let name = word().to_vec();
                let sql = String::from_utf8_lossy(word()).into_owned();
                self.statements.insert(name, sql);
            }
            b'B' => {
                let (_portal, name) = (word(), word());
                self.bound = self.statements.get(name).cloned().unwrap_or_default();
            }
            b'E' => executed = Some(self.bound.clone()),
            b'Q' => executed = Some(String::from_utf8_lossy(word()).into_owned()),
            // What a program says first, and last, is no trip.
            GREETING | b'X' => return None,
            _ => (),
        }
        let mut record = self.record.lock().expect("the record");
        let trip = *self.trip.get_or_insert_with(|| {
            record.under_way += 1;
            record.trips.push(Vec::new());
            record.trips.len() - 1
        });
        if let (Some(sql), Some(trip)) = (&executed, record.trips.get_mut(trip)) {
            trip.push(sql.clone());
        }
        self.due += usize::from(matches!(kind, b'Q' | b'S'));
        executed
    }

    pub(super) fn answered(&mut self, kind: u8) {
        // ReadyForQuery; the very first one, after the greeting, was not asked for.
        if kind != b'Z' || self.due == 0 {
            return;
        }
        self.due -= 1;
        if self.due == 0 {
            self.trip = None;
            self.record.lock().expect("the record").under_way -= 1;
        }
    }
}
