use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::ground::Ground;
use super::{Order, Row};
use crate::stage::{DATABASE, Settings, SharedListener, current, furnished};

/// Whoever connects anew is always served.
pub(super) async fn restart(order: &Order) -> Row {
    let mut ground = Ground::clear(order).await;
    let mut postgres = furnished(&ground.folder, "postgres").await.start().await;
    let url = postgres.cluster.url(DATABASE);
    let settings = Settings::new(&current().await, &url, &ground.folder);
    let mut instances = SharedListener::open(settings, 2).await;
    let base_url = format!("http://127.0.0.1:{}", instances.port);
    // A connection that is kept may end between two requests; what must not is a new one.
    ground.may_die = true;
    let ended = Arc::new(AtomicBool::new(false));
    let newcomers: Vec<_> = (0..4)
        .map(|_| tokio::spawn(connect_anew(base_url.clone(), Arc::clone(&ended))))
        .collect();
    let mut load = ground.load(vec![base_url], &url).await;
    for _ in ground.rounds() {
        ground.pause(200..1500).await;
        instances.replace_one().await;
        ground.recovers(&mut load).await;
    }
    ended.store(true, Ordering::Relaxed);
    let mut served = 0;
    for newcomer in newcomers {
        let (well, complaints) = newcomer.await.expect("a newcomer");
        served += well;
        for complaint in complaints {
            ground.findings.complain(complaint);
        }
    }
    (order.tell)(&format!("{served} new connections were served"));
    let history = ground.end(load).await;
    for panic in instances.panics() {
        ground.findings.complain(panic);
    }
    drop(instances);
    ground.check(&history, &url).await;
    postgres.kill().await;
    ground.row()
}

/// One connection for each request. Answers how many were served, and which were not.
async fn connect_anew(base_url: String, ended: Arc<AtomicBool>) -> (usize, Vec<String>) {
    let client = reqwest::Client::builder().pool_max_idle_per_host(0).build();
    let client = client.expect("a client");
    let (mut served, mut complaints) = (0, Vec::new());
    while !ended.load(Ordering::Relaxed) {
        let request = client.get(format!("{base_url}/livez"));
        match request.timeout(Duration::from_secs(5)).send().await {
            Ok(answer) if answer.status().is_success() => served += 1,
            other => complaints.push(format!("a new connection failed: {other:?}")),
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    (served, complaints)
}
