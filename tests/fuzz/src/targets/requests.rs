//! Requests that never went over a wire, and what may be answered to them.

use std::cell::OnceCell;

use actix_web::FromRequest;
use actix_web::dev::Payload;
use actix_web::test::TestRequest;
use api::problems::Problem;

/// A mistake of the caller, with something to say.
pub fn is_refusal(problem: &Problem) {
    let status = problem.code.status().as_u16();
    assert!((400..500).contains(&status), "{problem:?}");
    assert!(!problem.detail.is_empty());
    let size: usize = problem.errors.iter().map(|error| error.detail.len()).sum();
    assert!(size < 4096, "a refusal as long as its cause: {problem:?}");
    for error in &problem.errors {
        let told = [&error.pointer, &error.parameter, &error.header];
        assert_eq!(told.iter().filter(|part| part.is_some()).count(), 1);
        let pointer = error.pointer.as_deref().unwrap_or_default();
        assert!(is_pointer(pointer), "no JSON Pointer: {pointer}");
    }
}

/// RFC 6901, section 3.
fn is_pointer(text: &str) -> bool {
    let escaped = text
        .split('~')
        .skip(1)
        .all(|rest| rest.starts_with(['0', '1']));
    escaped && (text.is_empty() || text.starts_with('/'))
}

/// What the extractor makes of it.
pub fn extract<T: FromRequest<Error = Problem>>(request: TestRequest) -> Option<T> {
    let (request, mut payload) = request.to_http_parts();
    let extracted = wait(T::from_request(&request, &mut payload));
    drop::<Payload>(payload);
    match extracted {
        Ok(value) => Some(value),
        Err(problem) => {
            is_refusal(&problem);
            None
        }
    }
}

thread_local! {
    static RUNTIME: OnceCell<tokio::runtime::Runtime> = const { OnceCell::new() };
}

fn wait<F: Future>(future: F) -> F::Output {
    RUNTIME.with(|runtime| {
        let runtime = runtime.get_or_init(|| {
            let mut builder = tokio::runtime::Builder::new_current_thread();
            builder.enable_time().build().expect("a runtime")
        });
        runtime.block_on(future)
    })
}
