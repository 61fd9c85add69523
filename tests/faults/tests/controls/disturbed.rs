//! Connections that break on both sides of the program: what nobody was told may have happened or
//! not, and neither is held against the program.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use api::waitlist::offering::offer_all;
use faults::workload::Workload;
use tests::{Server, postgres};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::arranged::{Played, begin_at};

const PLAY: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread")]
async fn outcomes_that_nobody_was_told_break_nothing() {
    let (server, workload) = begin_at(unreliable).await;
    let url = &server.database_url;
    let until = tokio::time::Instant::now() + PLAY;
    while tokio::time::Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(700)).await;
        let others = "datname = current_database() AND pid <> pg_backend_pid()";
        let end =
            format!("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE {others}");
        postgres::value(url, &end).await;
        // Whoever looks is cut off too, and looks again.
        let _ = offer_all(&server.app).await;
    }
    let played = ended(&server, workload).await;
    let report = played.check().await;
    assert!(report.holds(), "{report}");
    assert!(report.acknowledged > 20 && report.cut > 0, "{report}");
}

async fn ended(server: &Server, workload: Workload) -> Played {
    let stopwatch = workload.stopwatch();
    Played {
        folder: workload.stop().await.expect("a history"),
        database_url: server.database_url.clone(),
        stopwatch,
    }
}

/// An address before that of the program. One of twenty parcels is a request that never arrives, and
/// one an answer that is swallowed.
async fn unreliable(base_url: &str) -> String {
    let program = base_url.trim_start_matches("http://").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let passed = Arc::new(AtomicU64::new(0));
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (program, passed) = (program.clone(), Arc::clone(&passed));
            tokio::spawn(async move {
                // Whoever is cut off notices; nobody else has to.
                let _ = pass(client, &program, &passed).await;
            });
        }
    });
    format!("http://{address}")
}

async fn pass(mut client: TcpStream, program: &str, passed: &AtomicU64) -> std::io::Result<()> {
    let mut program = TcpStream::connect(program).await?;
    let (mut asked, mut answered) = ([0; 16_384], [0; 16_384]);
    loop {
        tokio::select! {
            count = client.read(&mut asked) => match count? {
                0 => return Ok(()),
                count => {
                    if passed.fetch_add(1, Ordering::Relaxed) % 20 == 7 {
                        return Ok(());
                    }
                    program.write_all(&asked[..count]).await?;
                }
            },
            count = program.read(&mut answered) => match count? {
                0 => return Ok(()),
                count => {
                    if passed.fetch_add(1, Ordering::Relaxed) % 20 == 14 {
                        return Ok(());
                    }
                    client.write_all(&answered[..count]).await?;
                }
            },
        }
    }
}
