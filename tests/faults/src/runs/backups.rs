use super::cut::{Span, cut, now};
use super::scene::Scene;
use super::{Order, Row};
use crate::stage::{Cluster, DATABASE, copy, dump, restore};

/// Alternately a dump of the data base and a copy of the server, each restored beside the original.
/// What was acknowledged before it began is in it, and nothing that was asked for after its end.
pub(super) async fn restored(order: &Order) -> Row {
    let mut scene = Scene::set(order).await;
    let folder = scene.ground.folder.clone();
    let mut spans = Vec::new();
    for round in scene.ground.rounds() {
        scene.ground.pause(1000..3000).await;
        let begun = now();
        if round % 2 == 1 {
            let file = folder.join(format!("dump-{round}"));
            dump(&scene.postgres, DATABASE, &file).await;
        } else {
            copy(&scene.postgres, &folder, &format!("copy-{round}")).await;
        }
        spans.push((
            round,
            Span {
                begun,
                ended: now(),
            },
        ));
    }
    scene.ground.pause(1000..2000).await;
    let history = scene.ground.end(scene.load).await;
    scene.program.terminate().await;
    for (round, span) in spans {
        let history = cut(&history, span, &folder.join(format!("history-{round}")));
        if round % 2 == 1 {
            let name = format!("restored_{round}");
            restore(
                &scene.postgres,
                &name,
                &folder.join(format!("dump-{round}")),
            )
            .await;
            let url = scene.postgres.cluster.url(&name);
            scene.ground.check(&history, &url).await;
        } else {
            let cluster = Cluster::at(&folder, &format!("copy-{round}"));
            let mut copy = cluster.start().await;
            let url = copy.cluster.url(DATABASE);
            scene.ground.check(&history, &url).await;
            copy.kill().await;
        }
    }
    let url = scene.postgres.cluster.url(DATABASE);
    scene.ground.check(&history, &url).await;
    scene.postgres.kill().await;
    scene.ground.row()
}
