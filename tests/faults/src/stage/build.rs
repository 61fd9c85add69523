//! The programs that a run starts: that of this working copy, and that of the last release.

use std::path::{Path, PathBuf};
use std::process::Command;

use tokio::sync::OnceCell;

use super::postgres::succeed;

static CURRENT: OnceCell<PathBuf> = OnceCell::const_new();
static LAST_RELEASE: OnceCell<PathBuf> = OnceCell::const_new();

/// The top of the repository.
pub(crate) fn repository() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    here.canonicalize().expect("the repository")
}

/// The program as it stands here, in the way this crate was built. `FAULTS_PROGRAM` names another.
pub async fn current() -> PathBuf {
    let built = CURRENT.get_or_init(|| async {
        match std::env::var_os("FAULTS_PROGRAM") {
            Some(path) => PathBuf::from(path),
            None => {
                let given = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
                let target = given.unwrap_or_else(|| PathBuf::from("target"));
                build(&repository(), &repository().join(target)).await
            }
        }
    });
    built.await.clone()
}

/// The program of the commit that `last-release` names, built once.
pub async fn last_release() -> PathBuf {
    let built = LAST_RELEASE.get_or_init(|| async {
        let commit = include_str!("../../last-release").trim();
        let folder = repository().join("target/last-release");
        let source = folder.join("source");
        let mark = source.join(".commit");
        if std::fs::read_to_string(&mark).is_ok_and(|unpacked| unpacked == commit) {
            return build(&source, &folder.join("target")).await;
        }
        unpack(commit, &source);
        std::fs::write(mark, commit).expect("a mark");
        build(&source, &folder.join("target")).await
    });
    built.await.clone()
}

fn unpack(commit: &str, source: &Path) {
    if source.exists() {
        std::fs::remove_dir_all(source).expect("an older release goes");
    }
    std::fs::create_dir_all(source).expect("a folder");
    let archive = source.with_extension("tar");
    let run = |command: &mut Command| assert!(command.status().expect("its end").success());
    run(Command::new("git")
        .current_dir(repository())
        .args(["archive", commit, "-o"])
        .arg(&archive));
    run(Command::new("tar")
        .arg("-xf")
        .arg(&archive)
        .arg("-C")
        .arg(source));
}

async fn build(source: &Path, target: &Path) -> PathBuf {
    let release = !cfg!(debug_assertions);
    let mut cargo = tokio::process::Command::new(env!("CARGO"));
    cargo.current_dir(source).env("CARGO_TARGET_DIR", target);
    cargo.args([
        "build",
        "--quiet",
        "--locked",
        "-p",
        "api",
        "--bin",
        "sprechstunde",
    ]);
    if release {
        cargo.arg("--release");
    }
    succeed(cargo).await;
    let profile = if release { "release" } else { "debug" };
    target.join(profile).join("sprechstunde")
}
