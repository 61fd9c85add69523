//! The usual stage: one program on one Postgres, with a wire between them.

use crate::checker::Leaps;
use crate::stage::{Cluster, DATABASE, Postgres, Program, Settings, Wire, current, furnished};

use super::ground::{Ground, Load};
use super::{Order, Row};

#[derive(Debug)]
pub(super) struct Scene {
    pub(super) ground: Ground,
    pub(super) postgres: Postgres,
    pub(super) wire: Wire,
    pub(super) program: Program,
    pub(super) load: Load,
}

impl Scene {
    pub(super) async fn set(order: &Order) -> Self {
        Self::set_with(order, |_| {}).await
    }

    /// With other settings for the program.
    pub(super) async fn set_with(order: &Order, change: impl FnOnce(&mut Settings)) -> Self {
        let ground = Ground::clear(order).await;
        let cluster = furnished(&ground.folder, "postgres").await;
        Self::set_on(ground, cluster, change).await
    }

    pub(super) async fn set_on(
        mut ground: Ground,
        cluster: Cluster,
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        let postgres = cluster.start().await;
        let url = postgres.cluster.url(DATABASE);
        let wire = Wire::start(postgres.cluster.port).await;
        let through_wire = wire.url(DATABASE);
        let mut settings = Settings::new(&current().await, &through_wire, &ground.folder);
        change(&mut settings);
        let program = settings.start().await;
        let load = ground.load(vec![program.base_url()], &url).await;
        Self {
            ground,
            postgres,
            wire,
            program,
            load,
        }
    }

    pub(super) async fn recovers(&mut self) {
        self.ground.recovers(&mut self.load).await;
        if !self.ground.may_die && !self.program.runs() {
            self.ground
                .findings
                .complain("the program has ended".to_owned());
        }
    }

    pub(super) async fn finish(self) -> Row {
        self.finish_after_leaps(Leaps::default()).await
    }

    /// Ends the load and checks everything; the program's clock leapt so.
    pub(super) async fn finish_after_leaps(mut self, leaps: Leaps) -> Row {
        let history = self.ground.end(self.load).await;
        for panic in self.program.panics() {
            self.ground.findings.complain(panic);
        }
        self.program.terminate().await;
        let url = self.postgres.cluster.url(DATABASE);
        self.ground.check_after_leaps(&history, &url, leaps).await;
        self.postgres.kill().await;
        self.ground.row()
    }
}
