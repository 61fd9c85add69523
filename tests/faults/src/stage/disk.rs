//! A disk that gets full.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::shim;
use super::{Cluster, account};

const MEGABYTES: usize = 160;

/// Where the data of a Postgres lie, and how that place is filled.
#[derive(Debug)]
pub enum Disk {
    /// A small file system of its own, unmounted when dropped.
    Mounted { folder: PathBuf },
    /// Where nothing may be mounted, Postgres is told that there is no space left.
    Pretended { folder: PathBuf, library: PathBuf },
}

impl Disk {
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        let mounted = folder.join("disk");
        std::fs::create_dir_all(&mounted).expect("a folder");
        let size = format!("size={MEGABYTES}m");
        let mut mount = Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(&mounted);
        mount.stdout(Stdio::null()).stderr(Stdio::null());
        let may_mount = std::env::var_os("FAULTS_NO_MOUNT").is_none();
        if may_mount && mount.status().is_ok_and(|status| status.success()) {
            account::give(&mounted);
            return Self::Mounted { folder: mounted };
        }
        Self::Pretended {
            folder: mounted,
            library: shim::compile(folder, "full_disk", include_str!("full_disk.c")),
        }
    }

    #[must_use]
    pub fn folder(&self) -> &Path {
        match self {
            Self::Mounted { folder } | Self::Pretended { folder, .. } => folder,
        }
    }

    /// Lets a server that is started from now on live on this disk, but for its log.
    pub fn lend_to(&self, cluster: &mut Cluster) {
        cluster.log = self.folder().with_file_name("postgres.log");
        if let Self::Pretended { library, .. } = self {
            cluster.preload = vec![
                ("LD_PRELOAD", library.clone()),
                ("FULL_DISK_FLAG", self.filler()),
            ];
        }
    }

    /// Leaves no byte free.
    pub fn fill(&self) {
        let mut file = File::create(self.filler()).expect("a filler");
        if matches!(self, Self::Mounted { .. }) {
            let megabyte = vec![0; 1024 * 1024];
            while file.write_all(&megabyte).is_ok() {}
            while file.write_all(&megabyte[..512]).is_ok() {}
        }
    }

    /// Somebody has cleared up.
    pub fn clear(&self) {
        std::fs::remove_file(self.filler()).expect("the filler");
    }

    fn filler(&self) -> PathBuf {
        self.folder().join("filler")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if let Self::Mounted { folder } = self {
            // Lazily: the server may be about to end.
            let _ = Command::new("umount").arg("-l").arg(folder).status();
        }
    }
}
