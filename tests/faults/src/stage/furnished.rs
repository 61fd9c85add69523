//! A Postgres with the schema and the demo network, made once and copied for each run.

use std::path::{Path, PathBuf};

use super::{Cluster, Postgres, Settings, current, scratch};
use crate::history::Stopwatch;

/// The data base of every run.
pub const DATABASE: &str = "sprechstunde";

/// A data base with the schema of those settings' program and the demo network in it.
pub async fn furnish(postgres: &Postgres, settings: &Settings) {
    let create = format!("CREATE DATABASE {DATABASE}");
    postgres.execute("postgres", &create).await;
    let settings = settings.clone().named("furnish");
    settings.migrate().await;
    settings.seed().await;
}

/// A copy for one run, furnished by the current program.
pub async fn furnished(folder: &Path, name: &str) -> Cluster {
    Cluster::copy_of(&template().await, folder, name).await
}

/// Made anew each day, because the demo begins today, and with each program.
async fn template() -> PathBuf {
    let program = current().await;
    let built = std::fs::metadata(&program).expect("the program");
    let built = built.modified().expect("its date");
    let today = Stopwatch::start().now().wall.date_naive();
    let made_of = format!("{} {built:?} {today}", program.display());
    let folder = scratch().await.join("template");
    let data = folder.join("postgres");
    let mark = folder.join("made-of");
    if std::fs::read_to_string(&mark).is_ok_and(|text| text == made_of) {
        return data;
    }
    if folder.exists() {
        std::fs::remove_dir_all(&folder).expect("an older one goes");
    }
    std::fs::create_dir_all(&folder).expect("a folder");
    let mut postgres = Cluster::initialise(&folder, "postgres").await.start().await;
    let url = postgres.cluster.url(DATABASE);
    furnish(&postgres, &Settings::new(&program, &url, &folder)).await;
    postgres.stop().await;
    std::fs::write(mark, made_of).expect("a mark");
    data
}
