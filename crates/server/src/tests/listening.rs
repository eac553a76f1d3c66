//! A server that really listens: sockets, slow clients, the control socket, the end.

use std::os::unix::fs::PermissionsExt;

use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::app::Outside;
use crate::client::Client;
use crate::config::Config;
use crate::control;
use crate::serve::{ServeError, Server};

fn config(data: &TempDir, more: &[(&str, &str)]) -> Config {
    Config::resolve(&|setting| match setting.name {
        "data" => Some(data.path().display().to_string()),
        "listen" | "demo_listen" => Some("127.0.0.1:0".to_owned()),
        name => {
            let found = more.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        }
    })
    .unwrap()
}

async fn start(data: &TempDir, more: &[(&str, &str)]) -> Server {
    Server::start(config(data, more), Outside::system())
        .await
        .unwrap()
}

async fn read_all(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn health_is_answered_over_the_network_and_the_server_ends() {
    let data = TempDir::new().unwrap();
    let server = start(&data, &[]).await;
    let mut stream = TcpStream::connect(server.app.config.listen).await.unwrap();
    let request = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let answer = read_all(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(
        answer.ends_with("\r\n\r\nok\n") || answer.ends_with("\r\n\r\ndegraded\n"),
        "{answer}"
    );
    server.stop().await.unwrap();
    assert!(!control::path(data.path()).exists());
}

#[tokio::test]
async fn head_of_a_request_that_comes_too_slowly_is_cut_off() {
    let data = TempDir::new().unwrap();
    let server = start(&data, &[("header_ms_max", "100")]).await;
    let mut stream = TcpStream::connect(server.app.config.listen).await.unwrap();
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nHost:")
        .await
        .unwrap();
    // Ends because the server closes; without the limit this would wait for ever.
    let answer = read_all(&mut stream).await;
    assert!(!answer.contains("200 OK"), "{answer}");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn control_socket_is_the_owners_alone_and_gives_their_rights() {
    let data = TempDir::new().unwrap();
    let server = start(&data, &[]).await;
    let socket = control::path(data.path());
    let mode = std::fs::metadata(&socket).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let client = Client::open(config(&data, &[])).await.unwrap();
    assert!(matches!(client, Client::Socket(_)));
    let sites: serde_json::Value = client.get("/api/v1/sites").await.unwrap();
    assert_eq!(sites["sites"][0]["demo"], true);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn data_folder_has_one_server() {
    let data = TempDir::new().unwrap();
    let server = start(&data, &[]).await;
    let second = Server::start(config(&data, &[]), Outside::system()).await;
    assert!(matches!(second, Err(ServeError::Open(_))));
    server.stop().await.unwrap();
    start(&data, &[]).await.stop().await.unwrap();
}

#[tokio::test]
async fn taken_address_is_named() {
    let data = TempDir::new().unwrap();
    let server = start(&data, &[]).await;
    let other = TempDir::new().unwrap();
    let mut taken = config(&other, &[]);
    taken.listen = server.app.config.listen;
    let Err(error) = Server::start(taken, Outside::system()).await else {
        panic!("two servers listen on one address");
    };
    assert!(
        error
            .to_string()
            .contains(&server.app.config.listen.to_string()),
        "{error}"
    );
    server.stop().await.unwrap();
}
