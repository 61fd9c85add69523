//! Which organisation a request turned out to be about, for its line in the log.

use std::cell::Cell;

use domain::ids::OrganisationId;

tokio::task_local! {
    static ABOUT: Cell<Option<OrganisationId>>;
}

/// Notes that the request under way is about that organisation.
pub(crate) fn note(organisation: OrganisationId) {
    // Outside a request nobody wants to know.
    let _ = ABOUT.try_with(|about| about.set(Some(organisation)));
}

/// Answers a request, and says what it was about, where that is one organisation.
pub(crate) async fn noted<F: Future>(request: F) -> (F::Output, Option<OrganisationId>) {
    let noting = async {
        let output = request.await;
        (output, ABOUT.with(Cell::get))
    };
    ABOUT.scope(Cell::new(None), noting).await
}
