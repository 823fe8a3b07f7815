//! The server: opens the ledger, starts the engine, answers the API.

use super::database::DatabaseArgs;
use super::{checkpoints, seal_key, signal, space};
use crate::context::{FOLDER, TOKEN_FILE, URL_FILE};
use crate::exit::{Exit, Failure};
use clap::Args;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tidegate_engine::{Engine, Options, SystemClock};
use tidegate_faults::kill_point;
use tidegate_ledger::Store;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Folder of ledger and blobs below that of the server.
const DATA: &str = "data";
/// Ports tried after the one asked for, when that is only the default.
const NEXT_PORTS: u16 = 20;

/// Variable with the folder below which checkpoints are handed out.
pub const CHECKPOINT_DIR: &str = "TIDEGATE_CHECKPOINT_DIR";

/// Options of the server.
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    /// Address to listen on; other machines reach it only if you name an address of theirs
    #[arg(long, default_value = "127.0.0.1:7400", env = "TIDEGATE_LISTEN")]
    pub listen: SocketAddr,
    /// Folder of ledger, blobs and first token
    #[arg(long, default_value = FOLDER, env = "TIDEGATE_DIR")]
    pub dir: PathBuf,
    /// Take the next free port when the one asked for is taken
    #[arg(long)]
    pub next_free_port: bool,
    /// Folder below which `checkpoints` of the configuration write files and find repositories; best one that is copied to, or mounted
    /// from, another machine [default: `checkpoints` in the folder of the ledger]
    #[arg(long, value_name = "FOLDER", env = CHECKPOINT_DIR)]
    pub checkpoint_dir: Option<PathBuf>,
    /// Where the ledger is kept
    #[command(flatten)]
    pub database: DatabaseArgs,
}

/// A running server.
pub struct Server {
    /// Where it answers.
    pub url: String,
    /// Where its ledger is, for people.
    place: String,
    /// Its engine.
    pub engine: Engine,
    stop: watch::Sender<bool>,
    task: JoinHandle<Result<(), String>>,
    store: Arc<dyn Store>,
}

impl Server {
    /// Open the ledger and answer.
    ///
    /// # Errors
    /// The folder, the ledger or the port cannot be had.
    pub async fn start(args: &ServeArgs) -> Result<Self, Failure> {
        let listener = bind(args.listen, args.next_free_port).await?;
        let address = listener
            .local_addr()
            .map_err(|e| Failure::new(Exit::Failed, e.to_string()))?;
        let url = format!("http://{address}");
        let asked = args.clone();
        let (engine, store, place) = tokio::task::spawn_blocking(move || open(&asked))
            .await
            .map_err(|e| Failure::new(Exit::Failed, format!("opening the ledger failed: {e}")))??;
        let token_file = args.dir.join(TOKEN_FILE);
        let app = {
            let (engine, options) = (engine.clone(), api_options(&args.dir, args.listen, &url));
            tokio::task::spawn_blocking(move || app(engine, options, &token_file))
                .await
                .map_err(|e| Failure::new(Exit::Failed, e.to_string()))??
        };
        write(&args.dir.join(URL_FILE), &url)?;
        let (stop, mut stopped) = watch::channel(false);
        let below = args.checkpoint_dir.clone();
        let below = below.unwrap_or_else(|| args.dir.join("checkpoints"));
        // No two servers at the same ledger began on the same address at the same time.
        let name = format!("{url} since {}", engine.now());
        let room = args.dir.join(DATA);
        tokio::spawn(space::run(engine.clone(), room, stop.subscribe()));
        tokio::spawn(checkpoints::run(
            engine.clone(),
            below,
            name,
            stop.subscribe(),
        ));
        let task = tokio::spawn(async move {
            let shutdown = async move {
                // An error means the sender is gone, which asks to stop as well.
                drop(stopped.wait_for(|stop| *stop).await);
            };
            tidegate_api::serve(listener, app, shutdown)
                .await
                .map_err(|e| e.to_string())
        });
        Ok(Self {
            url,
            place,
            engine,
            stop,
            task,
            store,
        })
    }

    /// Answer what is under way, then stop.
    ///
    /// # Errors
    /// It did not end well.
    pub async fn stop(self) -> Result<(), Failure> {
        // Nobody listens any more when it has ended by itself.
        let _ = self.stop.send(true);
        let engine = self.engine.clone();
        let ended = tokio::time::timeout(std::time::Duration::from_secs(10), self.task).await;
        let store = self.store;
        let closed = tokio::task::spawn_blocking(move || {
            engine.stop();
            store.close()
        });
        let closed = closed
            .await
            .map_err(|e| Failure::new(Exit::Failed, e.to_string()))?;
        closed.map_err(|e| Failure::new(Exit::Failed, e.to_string()))?;
        match ended {
            Ok(Ok(Ok(()))) | Err(_) => Ok(()),
            Ok(Ok(Err(e))) => Err(Failure::new(Exit::Failed, e)),
            Ok(Err(e)) => Err(Failure::new(Exit::Failed, e.to_string())),
        }
    }
}

fn app(
    engine: Engine,
    options: tidegate_api::Options,
    token_file: &Path,
) -> Result<tidegate_api::App, Failure> {
    tidegate_api::ensure_admin_token(&engine, token_file)
        .map_err(|e| Failure::new(Exit::Failed, format!("the first token cannot be made: {e}")))?;
    tidegate_api::App::new(engine, options)
        .map_err(|e| Failure::new(Exit::Failed, format!("the API cannot start: {e}")))
}

/// Variable with the address under which people reach the server, when that is not the one it listens on.
const PUBLIC_URL: &str = "TIDEGATE_PUBLIC_URL";

fn api_options(dir: &Path, listen: SocketAddr, url: &str) -> tidegate_api::Options {
    let public = std::env::var(PUBLIC_URL).ok().filter(|url| !url.is_empty());
    let name = public
        .as_deref()
        .and_then(|url| url.split_once("://"))
        .and_then(|(_, rest)| rest.split(['/', ':']).next());
    // On loopback only the names of this host are answered, so that no web page can reach the API by a name of its own.
    let hosts = if listen.ip().is_loopback() {
        tidegate_api::Hosts::loopback(name)
    } else {
        tidegate_api::Hosts::Any
    };
    tidegate_api::Options {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        base: public
            .as_deref()
            .unwrap_or(url)
            .trim_end_matches('/')
            .to_owned(),
        hosts,
        secrets: super::secret::of_server,
        room: Some((dir.join(DATA), space::measure)),
    }
}

fn open(args: &ServeArgs) -> Result<(Engine, Arc<dyn Store>, String), Failure> {
    let data = args.dir.join(DATA);
    std::fs::create_dir_all(&data).map_err(|e| {
        Failure::new(
            Exit::Failed,
            format!("{} cannot be made: {e}", data.display()),
        )
    })?;
    let (store, place) = args.database.open(&data)?;
    let mut options = Options::new(data.join("blobs"));
    options.rules = Arc::new(tidegate_policy::authority::Cedar);
    options.seal = Some(seal_key::ensure(&args.dir.join(seal_key::FILE), &*store)?);
    let engine = Engine::open(Arc::clone(&store), Arc::new(SystemClock), options)
        .map_err(|e| Failure::new(Exit::Failed, e.to_string()))?;
    kill_point("server.engine.opened");
    Ok((engine, store, place))
}

async fn bind(address: SocketAddr, next_free: bool) -> Result<TcpListener, Failure> {
    let mut address = address;
    let mut tried = 0;
    loop {
        match TcpListener::bind(address).await {
            Ok(listener) => return Ok(listener),
            Err(e)
                if e.kind() == std::io::ErrorKind::AddrInUse && next_free && tried < NEXT_PORTS =>
            {
                tried += 1;
                address.set_port(address.port().saturating_add(1));
            }
            Err(e) => {
                return Err(
                    Failure::new(Exit::Failed, format!("cannot listen on {address}: {e}")).help(
                        "stop what uses the port, or name another with `--listen 127.0.0.1:7401`",
                    ),
                );
            }
        }
    }
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let temporary = path.with_extension("new");
    std::fs::write(&temporary, format!("{text}\n"))
        .and_then(|()| std::fs::rename(&temporary, path))
        .map_err(|e| {
            Failure::new(
                Exit::Failed,
                format!("{} cannot be written: {e}", path.display()),
            )
        })
}

/// `tidegate serve`.
pub async fn run(args: ServeArgs) -> Result<Exit, Failure> {
    let server = Server::start(&args).await?;
    let engine = server.engine.clone();
    // The store blocks, and some stores refuse to be read from an async task.
    let head = tokio::task::spawn_blocking(move || engine.read(|rows| rows.head()))
        .await
        .map_err(|e| Failure::new(Exit::Failed, e.to_string()))?
        .map_err(|e| Failure::new(Exit::Failed, e.to_string()))?;
    println!(
        "tidegate {}   API {}/api/v1   store {}   ledger {} entries",
        env!("CARGO_PKG_VERSION"),
        server.url,
        server.place,
        head.seq
    );
    signal::stop().await;
    server.stop().await?;
    Ok(Exit::Done)
}
