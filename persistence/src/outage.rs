//! Which failures are those of Postgres' situation and pass by, and not of a statement.
//!
//! diesel keeps the code (SQLSTATE) of a failure only for those that it names itself. The others
//! are told by the beginning of their message, in English: pools ask for that language where they
//! may (see `connecting`). Postgres has not changed these texts since version 9.

/// Class 57, which ends the connection: the outcome of a COMMIT under way is unknown.
pub(crate) fn ends_the_connection(message: &str) -> bool {
    message.starts_with("terminating connection")
}

/// Nothing was changed, and the same request can succeed later.
pub(crate) fn is_temporary(message: &str) -> bool {
    let begins = TEMPORARY.iter().any(|known| message.starts_with(known));
    begins || message.ends_with("No space left on device")
}

const TEMPORARY: [&str; 15] = [
    // 57014 query_canceled, and 55P03 lock_not_available by a limit.
    "canceling statement due to",
    // 55P03 lock_not_available.
    "could not obtain lock on",
    // 40P01 deadlock_detected.
    "deadlock detected",
    // 57P03 cannot_connect_now.
    "the database system is",
    // 53300 too_many_connections.
    "sorry, too many clients already",
    "remaining connection slots are reserved",
    "too many connections for",
    // 53100 disk_full; see also above.
    "could not extend file",
    // 53200 out_of_memory.
    "out of memory",
    "out of shared memory",
    // 53400 configuration_limit_exceeded.
    "temporary file size exceeds",
    // 0A000, on a connection that is older than a migration: a new one can do it.
    "cached plan must not change result type",
    // 25006 in other words: a standby.
    "cannot set transaction read-write mode during recovery",
    // 58030 io_error.
    "could not write to file",
    "could not fsync file",
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts of Postgres 15.
    #[test]
    fn situations_are_told_from_mistakes() {
        for temporary in [
            "canceling statement due to lock timeout",
            "canceling statement due to statement timeout",
            "canceling statement due to user request",
            "could not obtain lock on row in relation \"sessions\"",
            "the database system is shutting down",
            "could not extend file \"base/1/2\": No space left on device",
            "could not write to file \"pg_wal/xlogtemp.1\": No space left on device",
        ] {
            assert!(is_temporary(temporary), "{temporary}");
        }
        for mistake in [
            "relation \"sessions\" does not exist",
            "permission denied for table sessions",
            "division by zero",
        ] {
            assert!(!is_temporary(mistake) && !ends_the_connection(mistake));
        }
        assert!(ends_the_connection(
            "terminating connection due to administrator command"
        ));
    }
}
