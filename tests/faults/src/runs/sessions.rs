use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::scene::Scene;
use super::{Order, Row};
use crate::stage::{DATABASE, Direction};

const CROWD: usize = 60;

/// Whoever gets no connection in time is told to come again.
pub(super) async fn pool_exhausted(order: &Order) -> Row {
    let mut scene = Scene::set_with(order, |settings| settings.connections = 2).await;
    for _ in scene.ground.rounds() {
        scene.ground.pause(200..1500).await;
        scene
            .wire
            .stall(&[Direction::ToPostgres, Direction::ToProgram]);
        for answer in crowd(&scene.program.base_url()).await {
            if let Err(complaint) = answer {
                scene.ground.findings.complain(complaint);
            }
        }
        scene.wire.mend();
        scene.recovers().await;
    }
    scene.finish().await
}

/// Callers for the same at once; answers what is wrong about each answer.
async fn crowd(base_url: &str) -> Vec<Result<(), String>> {
    let client = reqwest::Client::new();
    let url = format!("{base_url}/v1/slots?topic=psychosocial&limit=3");
    let mut callers = JoinSet::new();
    for _ in 0..CROWD {
        let request = client.get(&url).timeout(Duration::from_secs(20));
        callers.spawn(async move {
            let begun = Instant::now();
            let answer = request.send().await;
            let status = answer.map(|it| it.status().as_u16());
            let took = begun.elapsed();
            match status {
                Ok(200 | 503) if took < Duration::from_millis(2500) => Ok(()),
                other => Err(format!("one of a crowd: {other:?} after {took:.1?}")),
            }
        });
    }
    callers.join_all().await
}

/// As a careless migration or an operator's session does.
pub(super) async fn tables_locked(order: &Order) -> Row {
    let mut scene = Scene::set(order).await;
    for _ in scene.ground.rounds() {
        scene.ground.pause(200..1500).await;
        let session = scene.postgres.connect(DATABASE).await;
        let lock = "BEGIN; LOCK TABLE allocations, appointments IN ACCESS EXCLUSIVE MODE";
        // Whoever takes both may meet somebody halfway who has the other one.
        while session.batch_execute(lock).await.is_err() {
            session.batch_execute("ROLLBACK").await.expect("an end");
        }
        scene.ground.pause(1000..6000).await;
        session.batch_execute("ROLLBACK").await.expect("an end");
        scene.recovers().await;
    }
    scene.finish().await
}
