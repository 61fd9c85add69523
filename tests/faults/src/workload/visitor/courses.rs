use std::io;

use super::Visitor;
use crate::workload::intent::Intent;

impl Visitor {
    /// A place on all dates of a course; what comes of it is a series like others.
    pub(super) async fn book_a_course(&mut self) -> io::Result<()> {
        let Some(course) = self.dice.pick(&self.ground.world.courses).cloned() else {
            return self.book().await;
        };
        let wish = Intent::book_course(course.id, self.client(&course.service));
        let told = self.settle(&wish).await?;
        if let Some(booked) = told.acknowledged() {
            self.remember(booked, &course.service);
        }
        Ok(())
    }
}
