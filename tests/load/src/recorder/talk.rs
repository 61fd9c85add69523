use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tests::proxy::messages::GREETING;

use super::{Executed, Record, Trip, Value, locked};

/// One connection's conversation.
pub(super) struct Talk {
    record: Arc<Mutex<Record>>,
    role: String,
    options: String,
    /// Text and types of the parameters, by the name under which it was prepared.
    prepared: HashMap<Vec<u8>, (String, Vec<u32>)>,
    bound: Option<Executed>,
    /// How many answers are due; the first of them opened the trip.
    due: usize,
    trip: Option<Trip>,
}

impl Talk {
    pub(super) fn new(record: Arc<Mutex<Record>>) -> Self {
        Self {
            record,
            role: String::new(),
            options: String::new(),
            prepared: HashMap::new(),
            bound: None,
            due: 0,
            trip: None,
        }
    }

    pub(super) fn sent(&mut self, kind: u8, body: &[u8]) {
        let mut reader = Reader(body);
        let mut executed = None;
        match kind {
            GREETING => {
                let text = String::from_utf8_lossy(body);
                let options = text.split_once("options\0").map(|(_, rest)| rest);
                let options = options.and_then(|rest| rest.split('\0').next());
                options.unwrap_or_default().clone_into(&mut self.options);
                let role = self.options.split_once("-c role=").map(|(_, rest)| rest);
                self.role = role
                    .and_then(|rest| rest.split(' ').next())
                    .unwrap_or_default()
                    .to_owned();
                return;
            }
            b'P' => {
                let name = reader.word().to_vec();
                let sql = String::from_utf8_lossy(reader.word()).into_owned();
                let types = (0..reader.short()).map(|_| reader.long()).collect();
                self.prepared.insert(name, (sql, types));
            }
            b'B' => self.bound = self.read_bind(&mut reader),
            b'E' => executed.clone_from(&self.bound),
            b'Q' => {
                executed = Some(Executed {
                    sql: String::from_utf8_lossy(reader.word()).into_owned(),
                    values: Vec::new(),
                });
            }
            b'X' => return,
            _ => (),
        }
        if self.trip.is_none() {
            locked(&self.record).under_way += 1;
        }
        let trip = self.trip.get_or_insert_with(|| Trip {
            role: self.role.clone(),
            options: self.options.clone(),
            statements: Vec::new(),
        });
        trip.statements.extend(executed);
        self.due += usize::from(matches!(kind, b'Q' | b'S'));
    }

    /// Values in the order of their numbers. All are sent in binary.
    fn read_bind(&self, reader: &mut Reader<'_>) -> Option<Executed> {
        let (_portal, name) = (reader.word(), reader.word());
        let (sql, types) = self.prepared.get(name)?;
        for _ in 0..reader.short() {
            reader.short();
        }
        let values = (0..usize::from(reader.short()))
            .map(|place| {
                let length = reader.long();
                Value {
                    oid: types.get(place).copied().unwrap_or_default(),
                    bytes: (length != u32::MAX).then(|| reader.bytes(length as usize).to_vec()),
                }
            })
            .collect();
        Some(Executed {
            sql: sql.clone(),
            values,
        })
    }

    pub(super) fn answered(&mut self, kind: u8) {
        // ReadyForQuery; the very first one, after the greeting, was not asked for.
        if kind != b'Z' || self.due == 0 {
            return;
        }
        self.due -= 1;
        if self.due == 0
            && let Some(trip) = self.trip.take()
        {
            let mut record = locked(&self.record);
            record.under_way -= 1;
            record.trips.push(trip);
        }
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn bytes(&mut self, count: usize) -> &'a [u8] {
        let (read, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        read
    }

    fn word(&mut self) -> &'a [u8] {
        let end = self
            .0
            .iter()
            .position(|byte| *byte == 0)
            .unwrap_or(self.0.len());
        let word = self.bytes(end);
        self.bytes(1);
        word
    }

    fn short(&mut self) -> u16 {
        self.bytes(2).try_into().map_or(0, u16::from_be_bytes)
    }

    fn long(&mut self) -> u32 {
        self.bytes(4).try_into().map_or(0, u32::from_be_bytes)
    }
}
