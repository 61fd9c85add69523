//! Ports that stay one's own while nobody listens on them.

use std::net::TcpListener;

/// A port that is free now. Below those that the system lends to callers, so that it is still free
/// after the process behind it was killed.
pub(super) fn free_port() -> u16 {
    loop {
        let port = fastrand::u16(12_000..30_000);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
