//! The way out: what hostile addresses, names and receivers try, and that the listener that they
//! are after hears nothing; and that the right receiver gets what it should.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::*;

/// Hosts that lead to this machine or another that is not public, as people have got them past
/// others; `PORT` is the canary's.
const HOSTILE: &[&str] = &[
    "https://127.0.0.1:PORT/",
    "https://127.0.0.1.:PORT/",
    "https://127.1:PORT/",
    "https://127.0.1:PORT/",
    "https://0177.0.0.1:PORT/",
    "https://0177.1:PORT/",
    "https://017700000001:PORT/",
    "https://0x7f.0.0.1:PORT/",
    "https://0x7f.1:PORT/",
    "https://0x7f000001:PORT/",
    "https://0X7F000001:PORT/",
    "https://2130706433:PORT/",
    "https://127.000.000.001:PORT/",
    "https://127.0x0.0.1:PORT/",
    "https://%31%32%37.0.0.1:PORT/",
    "https://127%2e0%2e0%2e1:PORT/",
    "https://127。0。0。1:PORT/",
    "https://１２７.０.０.１:PORT/",
    "https://①②⑦.⓪.⓪.①:PORT/",
    "https://127．0．0．1:PORT/",
    "https://0/",
    "https://0:PORT/",
    "https://0.0.0.0:PORT/",
    "https://0x0:PORT/",
    "https://localhost:PORT/",
    "https://LOCALHOST:PORT/",
    "https://localhost.:PORT/",
    "https://ｌｏｃａｌｈｏｓｔ:PORT/",
    "https://ⓛocalhost:PORT/",
    "https://loc%61lhost:PORT/",
    "https://local\u{ad}host:PORT/",
    "https://foo.localhost:PORT/",
    "https://[::1]:PORT/",
    "https://[0:0:0:0:0:0:0:1]:PORT/",
    "https://[::]:PORT/",
    "https://[::127.0.0.1]:PORT/",
    "https://[::ffff:127.0.0.1]:PORT/",
    "https://[::ffff:7f00:1]:PORT/",
    "https://[::ffff:0:127.0.0.1]:PORT/",
    "https://[64:ff9b::127.0.0.1]:PORT/",
    "https://[64:ff9b:1::7f00:1]:PORT/",
    "https://[2002:7f00:1::]:PORT/",
    "https://[2001:0:7f00:1::1]:PORT/",
    "https://[fe80::1]:PORT/",
    "https://[fe80::1%25lo]:PORT/",
    "https://[fc00::1]:PORT/",
    "https://[fd00:ec2::254]/latest/meta-data/",
    "https://[ff02::1]:PORT/",
    "https://169.254.169.254/latest/meta-data/",
    "https://0xa9fea9fe/",
    "https://2852039166/",
    "https://169.254.43518/",
    "https://100.100.100.200/",
    "https://168.63.129.16/",
    "https://10.0.0.1:PORT/",
    "https://172.16.0.1:PORT/",
    "https://192.168.1.1:PORT/",
    "https://100.64.0.1:PORT/",
    "https://198.18.0.1:PORT/",
    "https://192.0.0.192/",
    "https://224.0.0.1:PORT/",
    "https://255.255.255.255:PORT/",
    "https://user@127.0.0.1:PORT/",
    "https://hooks.example.org@127.0.0.1:PORT/",
    "https://hooks.example.org:x@127.0.0.1:PORT/",
    "https://127.0.0.1:PORT@hooks.example.org/",
    "https://@127.0.0.1:PORT/",
    "https://hooks.example.org\\@127.0.0.1:PORT/",
    "https:\\\\127.0.0.1:PORT\\",
    "https:127.0.0.1:PORT/",
    "https:///127.0.0.1:PORT/",
    "https://127.0.0.1:PORT#@hooks.example.org/",
    "https://127.0.0.1:PORT?@hooks.example.org/",
    "https://hooks.example.org#@127.0.0.1:PORT/",
    "\thttps://127.0.0.1:PORT/",
    "https://127.0.0.1\t:PORT/",
    "https://127.0.\n0.1:PORT/",
    "https://127.0.0.1\r\n:PORT/",
    "https://127.0.0.1:PORT/\r\nHost: x",
    "http://127.0.0.1:PORT/",
    "http://public.test:PORT/",
    "HTTP://localhost:PORT/",
    "//127.0.0.1:PORT/",
    "127.0.0.1:PORT",
    "ftp://127.0.0.1:PORT/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:PORT/_x",
    "dict://127.0.0.1:PORT/x",
    "javascript:alert(1)",
    "data:text/plain,x",
    "unix:/run/x.sock",
    "https://",
    "https://:PORT/",
    "https://./",
    "https://public.test:0/",
    "https://public.test:99999/",
    "https://private.test:PORT/",
    "https://private.test.:PORT/",
    "https://PRIVATE.test:PORT/",
    "https://mixed.test:PORT/",
    "https://mapped.test:PORT/",
    "https://nowhere.test:PORT/",
    "",
];

/// Names that lead to no public address, those of [`HOSTILE`], as an owner may list them.
const NAMES_LISTED: &str = "localhost:PORT,*.localhost:PORT,private.test:PORT,mixed.test:PORT,\
    mapped.test:PORT,nowhere.test:PORT,public.test:PORT,hooks.example.org:PORT";

/// Names of this test. `turning.test` is public when it is asked for first, and this machine after.
#[derive(Default)]
struct Names {
    asked: AtomicUsize,
}

impl Resolver for Names {
    fn resolve<'a>(&'a self, host: &'a str) -> Resolving<'a> {
        let public = IpAddr::from([192, 0, 1, 1]);
        let here = IpAddr::from([127, 0, 0, 1]);
        let before = self.asked.fetch_add(1, Ordering::SeqCst);
        let found = match host {
            "public.test" => vec![public],
            "turning.test" if before == 0 => vec![public],
            "mixed.test" => vec![public, here],
            "mapped.test" => vec!["::ffff:127.0.0.1".parse().unwrap()],
            "nowhere.test" => Vec::new(),
            _ => vec![here],
        };
        Box::pin(async move { Ok(found) })
    }
}

fn egress(allowed: &str) -> Egress {
    Egress::new(allowed.parse().unwrap(), Arc::new(Names::default()))
}

fn webhook() -> Webhook<'static> {
    Webhook {
        secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        id: "one",
        at_ms: 1_614_265_330_000,
        body: r#"{"test": 2432232314}"#,
    }
}

async fn canary() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// Whether anybody has connected.
fn was_hit(listener: &TcpListener) -> bool {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    listener.poll_accept(&mut context).is_ready()
}

#[tokio::test]
async fn hostile_addresses_reach_nobody_when_saved_or_delivered() {
    let (listener, port) = canary().await;
    assert!(HOSTILE.len() >= 80);
    // By name the owner may list what they like.
    let named = NAMES_LISTED.replace("PORT", &port.to_string());
    for egress in [egress(""), egress(&named)] {
        for address in HOSTILE {
            let address = address.replace("PORT", &port.to_string());
            let saved = egress.check(&address).await;
            assert!(saved.is_err(), "{address:?} was saved as {saved:?}");
            let delivered = egress.deliver(&address, &webhook()).await;
            assert!(delivered.is_err(), "{address:?}: {delivered:?}");
            assert!(!was_hit(&listener), "{address:?} came through");
        }
    }
}

#[tokio::test]
async fn nobody_is_asked_for_a_name_that_is_not_listed() {
    let names = Arc::new(Names::default());
    let allowed = "public.test,127.0.0.1:8080".parse().unwrap();
    let egress = Egress::new(allowed, Arc::clone(&names) as _);
    for address in ["https://private.test/x", "https://public.test:8443/x"] {
        let error = egress.check(address).await.unwrap_err();
        assert!(matches!(error, EgressError::NotListed { .. }), "{error}");
        assert!(!error.is_passing());
    }
    assert_eq!(names.asked.load(Ordering::SeqCst), 0);
    assert!(egress.check("https://public.test/x").await.is_ok());
    // Where a range is listed, a name may lead there; where it leads else is not told.
    assert!(egress.check("https://private.test:8080/x").await.is_ok());
    let said = async |host: &str| {
        let error = egress.check(&format!("https://{host}:8080/x")).await;
        let error = error.unwrap_err();
        assert!(error.is_passing());
        error.to_string().replace(host, "HOST")
    };
    assert_eq!(said("nowhere.test").await, said("mixed.test").await);
    assert_eq!(said("nowhere.test").await, said("public.test").await);
}

#[tokio::test]
async fn name_that_turns_private_between_saving_and_delivery_reaches_nobody() {
    let (listener, port) = canary().await;
    let egress = egress(&format!("turning.test:{port}"));
    let address = format!("https://turning.test:{port}/");
    egress.check(&address).await.unwrap();
    let error = egress.deliver(&address, &webhook()).await.unwrap_err();
    assert!(matches!(error, EgressError::NoWay { .. }), "{error}");
    assert!(!was_hit(&listener));
}

#[tokio::test]
async fn delivery_asks_for_the_name_once_and_connects_to_what_came_out() {
    let names = Arc::new(Names::default());
    let (listener, port) = canary().await;
    let allowed = format!("127.0.0.1:{port}").parse().unwrap();
    let egress = Egress::new(allowed, Arc::clone(&names) as _);
    let told = receive(listener, "HTTP/1.1 204 No Content\r\n\r\n").await;
    let address = format!("http://private.test:{port}/hooks?of=shop");
    assert_eq!(egress.deliver(&address, &webhook()).await, Ok(204));
    assert_eq!(names.asked.load(Ordering::SeqCst), 1);
    let request = told.await.unwrap();
    assert!(
        request.starts_with("POST /hooks?of=shop HTTP/1.1\r\n"),
        "{request}"
    );
    for part in [
        format!("host: private.test:{port}\r\n"),
        "webhook-id: one\r\n".to_owned(),
        "webhook-timestamp: 1614265330\r\n".to_owned(),
        "webhook-signature: v1,".to_owned(),
        "\r\n\r\n{\"test\": 2432232314}".to_owned(),
    ] {
        assert!(request.contains(&part), "{part} is not in {request}");
    }
}

#[tokio::test]
async fn redirect_is_not_followed_and_an_answer_tells_only_its_status() {
    let (elsewhere, port) = canary().await;
    for (answer, expected) in [
        (
            "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\n\r\n".to_owned(),
            "answered 302, a redirect",
        ),
        (
            format!("HTTP/1.1 307 X\r\nLocation: http://127.0.0.1:{port}/\r\n\r\n"),
            "answered 307, a redirect",
        ),
        (
            "HTTP/1.1 500 Oh\r\nContent-Length: 6\r\n\r\nsecret".to_owned(),
            "answered 500",
        ),
        ("SSH-2.0-OpenSSH\r\n".to_owned(), "cannot be reached"),
        (
            format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "x".repeat(300_000)),
            "cannot be reached",
        ),
    ] {
        let (listener, port) = canary().await;
        let egress = egress(&format!("127.0.0.1:{port},169.254.169.254:80"));
        let told = receive(listener, &answer).await;
        let address = format!("http://127.0.0.1:{port}/");
        let error = egress.deliver(&address, &webhook()).await.unwrap_err();
        let said = error.to_string();
        assert!(said.contains(expected), "{said}");
        assert!(!said.contains("secret"), "{said}");
        told.await.unwrap();
    }
    assert!(!was_hit(&elsewhere));
}

#[tokio::test(start_paused = true)]
async fn receiver_that_says_nothing_is_given_up() {
    let (listener, port) = canary().await;
    let egress = egress(&format!("127.0.0.1:{port}"));
    let address = format!("http://127.0.0.1:{port}/");
    let error = egress.deliver(&address, &webhook()).await.unwrap_err();
    assert!(matches!(error, EgressError::TooSlow { .. }), "{error}");
    assert!(error.is_passing());
    drop(listener);
}

#[tokio::test]
async fn http_is_for_the_owners_own_network() {
    let named = egress("public.test:80,private.test:80");
    for host in ["public.test", "private.test"] {
        let error = named.check(&format!("http://{host}/x")).await.unwrap_err();
        assert!(matches!(error, EgressError::Unencrypted { .. }), "{error}");
    }
    let ranged = egress("127.0.0.0/8:8080,public.test:8080");
    assert!(ranged.check("http://other.test:8080/x").await.is_ok());
    assert!(ranged.check("https://other.test:8080/x").await.is_ok());
    assert!(ranged.check("http://other.test/x").await.is_err());
    assert!(ranged.check("http://[::1]:8080/x").await.is_err());
    let public = ranged.check("http://public.test:8080/x").await.unwrap_err();
    assert!(
        matches!(public, EgressError::Unencrypted { .. }),
        "{public}"
    );
    assert!(ranged.check("https://public.test:8080/x").await.is_ok());
}

#[tokio::test]
async fn https_is_held_to_the_name_and_the_authority() {
    let certificate = include_bytes!("test_keys/receiver.pem");
    let key = include_bytes!("test_keys/receiver.key.pem");
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let server = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(certificate).unwrap()],
            PrivateKeyDer::from_pem_slice(key).unwrap(),
        )
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(server));
    let mut roots = RootCertStore::empty();
    let authority = include_bytes!("test_keys/ca.pem");
    roots
        .add(CertificateDer::from_pem_slice(authority).unwrap())
        .unwrap();
    let roots = trusting(roots);
    let nobody = trusting(RootCertStore::empty());
    for (trusted, host, expected) in [
        (&roots, "receiver.test", true),
        (&roots, "elsewhere.test", false),
        (&nobody, "receiver.test", false),
    ] {
        let (listener, port) = canary().await;
        let egress = egress(&format!("127.0.0.1:{port}"));
        egress.tls.set(Arc::clone(trusted)).unwrap();
        let acceptor = acceptor.clone();
        let heard = Arc::new(Mutex::new(String::new()));
        let hearing = Arc::clone(&heard);
        let serving = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let Ok(mut stream) = acceptor.accept(stream).await else {
                return;
            };
            let request = read_request(&mut stream).await;
            *hearing.lock().unwrap() = request;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
            let _ = stream.shutdown().await;
        });
        let answered = egress
            .deliver(&format!("https://{host}:{port}/x"), &webhook())
            .await;
        serving.await.unwrap();
        assert_eq!(answered.is_ok(), expected, "{host}: {answered:?}");
        let heard = heard.lock().unwrap().clone();
        assert_eq!(heard.contains("webhook-id: one"), expected, "{heard}");
    }
}

/// Takes one request, gives an answer, and tells the request.
async fn receive(listener: TcpListener, answer: &str) -> tokio::task::JoinHandle<String> {
    let answer = answer.to_owned();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let request = read_request(&mut stream).await;
        let _ = stream.write_all(answer.as_bytes()).await;
        let _ = stream.shutdown().await;
        request
    })
}

/// Head and body of a request, as far as its length says.
async fn read_request<S: AsyncRead + Unpin>(stream: &mut S) -> String {
    let mut request = String::new();
    let mut piece = [0; 4096];
    while !request.ends_with('}') {
        match stream.read(&mut piece).await {
            Ok(0) | Err(_) => break,
            Ok(read) => request.push_str(&String::from_utf8_lossy(&piece[..read])),
        }
    }
    request
}
