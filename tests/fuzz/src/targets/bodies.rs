use actix_web::test::TestRequest;
use api::absences::AbsenceBody;
use api::appointments::{BookBody, CancelBody, ClientBody, FindBody, RescheduleBody};
use api::closures::ClosureBody;
use api::counsellors::CounsellorBody;
use api::extract::{Body, Patch};
use api::holds::HoldBody;
use api::invitations::InvitationBody;
use api::organisations::OrganisationBody;
use api::rooms::RoomBody;
use api::schedules::ScheduleBody;
use api::services::ServiceBody;
use api::sessions::SessionBody;
use api::sites::SiteBody;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::requests::{extract, is_refusal};

/// The same bytes as the body of each kind, and as a patch of what they say.
pub fn run(bytes: &[u8]) {
    macro_rules! read {
        ($($body:ty),+) => {$( let _ = extract::<Body<$body>>(request(bytes)); )+};
    }
    read!(BookBody, CancelBody, ClientBody, FindBody, HoldBody);
    read!(RescheduleBody);
    macro_rules! patch {
        ($($body:ty),+) => {$( patched::<$body>(bytes); )+};
    }
    patch!(AbsenceBody, ClosureBody, CounsellorBody, OrganisationBody);
    patch!(RoomBody, ScheduleBody, ServiceBody, SessionBody, SiteBody);
    let _ = extract::<Body<InvitationBody>>(request(bytes));
}

/// What is read is written, and a patch that says the same changes nothing.
fn patched<T: Serialize + DeserializeOwned + 'static>(bytes: &[u8]) {
    let patch = extract::<Patch>(request(bytes));
    let Some(body) = extract::<Body<T>>(request(bytes)) else {
        return;
    };
    let patch = patch.expect("what can be read is an object");
    let before = serde_json::to_value(&body.value).expect("JSON");
    match patch.apply_to(&body.value) {
        Ok(after) => assert_eq!(serde_json::to_value(&after).expect("JSON"), before),
        Err(problem) => is_refusal(&problem),
    }
}

fn request(bytes: &[u8]) -> TestRequest {
    TestRequest::post()
        .insert_header(("Content-Type", "application/json"))
        .set_payload(bytes.to_vec())
}
