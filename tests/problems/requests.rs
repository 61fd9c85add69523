use reqwest::Method;
use tests::{Answer, Server};

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_path_is_not_found() {
    let server = Server::start().await;
    let problem = server
        .get("/v1/nothing")
        .await
        .expect_problem(404, "not-found");
    assert!(
        problem["instance"]
            .as_str()
            .expect("an instance")
            .starts_with("urn:sprechstunde:request:")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_method_is_told_the_right_ones() {
    let server = Server::start().await;
    let answer = Answer::of(server.request(Method::PUT, "/v1/sites")).await;
    answer.expect_problem(405, "method-not-allowed");
    assert_eq!(answer.header("allow"), "GET, HEAD, POST");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_query_parameter_is_refused_by_name() {
    let server = Server::start().await;
    let problem = server
        .get("/v1/sites?colour=red")
        .await
        .expect_problem(400, "invalid-request");
    assert_eq!(problem["errors"][0]["parameter"], "colour");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_problem_of_the_catalogue_has_its_page() {
    let server = Server::start().await;
    let catalogue = server.get("/v1/problems").await.expect(200);
    for kind in catalogue["items"].as_array().expect("items") {
        let code = kind["code"].as_str().expect("a code");
        assert_eq!(
            &server
                .get(&format!("/v1/problems/{code}"))
                .await
                .expect(200),
            kind
        );
    }
}
