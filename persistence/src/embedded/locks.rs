use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

use super::EmbeddedError;
use super::folders::make_data_folder;

/// Held by the one `serve` of a data folder until it ends, however it ends.
#[derive(Debug)]
#[must_use = "the folder is free again as soon as this is dropped"]
pub struct ServeLock {
    _file: File,
}

impl ServeLock {
    /// # Errors
    ///
    /// [`EmbeddedError::AlreadyServed`] while another `serve` runs from this folder.
    pub fn acquire(data_dir: &Path) -> Result<Self, EmbeddedError> {
        let folder = make_data_folder(data_dir)?;
        match try_exclusive(&folder.join("serve.lock"))? {
            Some(file) => Ok(Self { _file: file }),
            None => Err(EmbeddedError::AlreadyServed { path: folder }),
        }
    }
}

/// The lock for one holder alone, or nothing while anybody holds it.
pub(super) fn try_exclusive(path: &Path) -> Result<Option<File>, EmbeddedError> {
    let file = open(path)?;
    let locked = file.try_lock();
    taken(file, locked, path)
}

/// The lock for many holders, or nothing while one holds it alone.
pub(super) fn try_shared(path: &Path) -> Result<Option<File>, EmbeddedError> {
    let file = open(path)?;
    let locked = file.try_lock_shared();
    taken(file, locked, path)
}

fn taken(
    file: File,
    locked: Result<(), TryLockError>,
    path: &Path,
) -> Result<Option<File>, EmbeddedError> {
    match locked {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(reason)) => Err(EmbeddedError::unwritable(path)(reason)),
    }
}

fn open(path: &Path) -> Result<File, EmbeddedError> {
    // The file of another user (made by root, say) may be locked by whoever can read it.
    match OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
    {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => File::open(path),
        opened => opened,
    }
    .map_err(EmbeddedError::unwritable(path))
}
