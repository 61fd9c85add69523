//! How the program gives memory back.

/// From this size on a block goes back to the system as soon as it is freed.
#[cfg(target_env = "gnu")]
const RETURNED_FROM_BYTES: i32 = 1024 * 1024;

/// What lies free at the end of a heap is kept up to this size. By default 128 KiB are, and with
/// every larger answer the heap would shrink and grow again.
#[cfg(target_env = "gnu")]
const KEPT_BYTES: i32 = 8 * 1024 * 1024;

/// By so much a heap grows at once.
#[cfg(target_env = "gnu")]
const GROWN_BYTES: i32 = 1024 * 1024;

/// A heap for each thread costs more than the few threads of the program gain by it.
#[cfg(target_env = "gnu")]
const HEAPS: i32 = 2;

/// Hashing a password takes 19 MiB for a moment. Once such a block was freed, glibc keeps its like
/// for reuse, in each thread that hashed; with a fixed threshold it does not (mallopt(3)).
#[cfg(target_env = "gnu")]
#[expect(unsafe_code, reason = "the C library has no safe way to set it")]
pub(crate) fn be_frugal() {
    // SAFETY: sets four numbers of the allocator, before there is a second thread.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, RETURNED_FROM_BYTES);
        libc::mallopt(libc::M_TRIM_THRESHOLD, KEPT_BYTES);
        libc::mallopt(libc::M_TOP_PAD, GROWN_BYTES);
        libc::mallopt(libc::M_ARENA_MAX, HEAPS);
    }
}

#[cfg(not(target_env = "gnu"))]
pub(crate) fn be_frugal() {}

/// Gives back what lies free in the heaps. Whoever describes all operations takes some megabytes for
/// a moment, and each worker does when it starts: no answer needs as much again (malloc_trim(3)).
#[cfg(target_env = "gnu")]
#[expect(unsafe_code, reason = "the C library has no safe way to ask for it")]
pub(crate) fn give_back() {
    // SAFETY: touches only what is free, under the allocator's own locks.
    unsafe {
        libc::malloc_trim(0);
    }
}

#[cfg(not(target_env = "gnu"))]
pub(crate) fn give_back() {}
