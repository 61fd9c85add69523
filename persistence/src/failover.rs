//! After a failover, connections can lead to a server that only reads any more.

use std::sync::Mutex;
use std::time::Instant;

/// When a server last refused to write. For all pools: what is older leads to the same server.
static NOTICED: Mutex<Option<Instant>> = Mutex::new(None);

/// Notes that a server refused to write.
pub(crate) fn noticed() {
    if let Ok(mut noticed) = NOTICED.lock() {
        *noticed = Some(Instant::now());
    }
}

/// Whether a connection of that age has to be made anew, to whoever is the primary now.
pub(crate) fn outdates(made: Instant) -> bool {
    NOTICED
        .lock()
        .is_ok_and(|noticed| noticed.is_some_and(|noticed| made <= noticed))
}
