//! What older versions left behind, under `tests/fixtures`: a folder for each tagged version, with
//! the data directories of a hub and of a kiosk, one of each kind of thing that travels, and requests with their
//! answers. Databases are kept as SQL, so that they can be read and compared.

pub mod device;
pub mod first;
pub mod hall;
pub mod meaning;
pub mod old_hub;
pub mod samples;

use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt::Write as _;
use std::fs::Permissions;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// A version and its folder.
#[derive(Clone, Debug)]
pub struct Age {
    pub folder: PathBuf,
}

impl Age {
    pub fn named(version: &str) -> Self {
        Self {
            folder: fixtures().join(version),
        }
    }

    /// Every version that is kept, the oldest first.
    pub fn all() -> Vec<Self> {
        let entries = std::fs::read_dir(fixtures()).expect("fixtures");
        let mut all: Vec<Self> = entries
            .map(|entry| entry.expect("read").path())
            .filter(|path| path.is_dir())
            .map(|folder| Self { folder })
            .collect();
        all.sort_by(|one, other| one.folder.cmp(&other.folder));
        assert!(!all.is_empty(), "no older version is kept");
        all
    }

    pub fn read(&self, name: &str) -> Value {
        let path = self.folder.join(name);
        let text = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    pub fn write(&self, name: &str, value: &impl Serialize) {
        let text = serde_json::to_string_pretty(value).expect("plain data") + "\n";
        write(&self.folder.join(name), text.as_bytes());
    }

    /// The names of the JSON files in a folder of it, in order, without the ending.
    pub fn names(&self, folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.join(folder)).expect("the folder");
        let mut names: Vec<String> = entries
            .map(|entry| entry.expect("read").file_name())
            .filter_map(|name| Some(name.to_str()?.strip_suffix(".json")?.to_owned()))
            .collect();
        names.sort();
        names
    }

    pub fn exchanges(&self) -> Vec<Exchange> {
        let names = self.names("exchanges");
        names
            .iter()
            .map(|name| {
                let read = self.read(&format!("exchanges/{name}.json"));
                serde_json::from_value(read).expect("an exchange")
            })
            .collect()
    }

    /// Makes a data directory of it anew: `.sql` files become databases.
    pub fn revive(&self, of: &str, dir: &Path) {
        revive(&self.folder.join(of), dir);
    }
}

fn write(path: &Path, bytes: &[u8]) {
    let folder = path.parent().expect("in a folder");
    std::fs::create_dir_all(folder).expect("a folder");
    std::fs::write(path, bytes).expect("written");
}

/// What a row needs before it can be used on another day; in the words of the version that made the
/// database. `{now}` stands for the microseconds of the present moment.
const TODAY: &str = "today.sql";

fn revive(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a directory");
    let kept = std::fs::read_dir(from).expect("kept");
    let paths = kept.map(|entry| entry.expect("read").path());
    for path in paths.filter(|path| !path.ends_with(TODAY)) {
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            revive(&path, &target);
        } else if path.extension().is_some_and(|it| it == "sql") {
            let made = target.with_extension("db");
            let sql = std::fs::read_to_string(&path).expect("read");
            let database = Connection::open(&made).expect("opens");
            database.execute_batch(&sql).expect("as it was");
            if let Ok(today) = std::fs::read_to_string(from.join(TODAY)) {
                let now = jiff::Timestamp::now().as_microsecond().to_string();
                let today = today.replace("{now}", &now);
                database.execute_batch(&today).expect("as it was");
            }
        } else {
            std::fs::copy(&path, &target).expect("copied");
            std::fs::set_permissions(&target, Permissions::from_mode(0o600)).expect("private");
        }
    }
}

/// Keeps a data directory: databases as SQL, everything else as it is.
pub fn keep(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("there") {
        let path = entry.expect("read").path();
        let target = to.join(path.file_name().expect("a name"));
        let ending = path.extension().and_then(|it| it.to_str()).unwrap_or("");
        if path.is_dir() {
            keep(&path, &target);
        } else if ending == "db" {
            write(&target.with_extension("sql"), dump(&path).as_bytes());
        } else if !matches!(ending, "db-wal" | "db-shm" | "lock") {
            write(&target, &std::fs::read(&path).expect("read"));
        }
    }
}

/// A database as the statements that make it.
fn dump(path: &Path) -> String {
    let database = Connection::open(path).expect("opens");
    let version: i64 = database
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .expect("read");
    let mut sql = String::from("PRAGMA foreign_keys = OFF;\nBEGIN;\n");
    let listed = |sql: &str| -> Vec<(String, String, String)> {
        let mut asked = database.prepare(sql).expect("a question");
        let rows = asked
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .expect("asked");
        rows.map(|row| row.expect("read")).collect()
    };
    let all = listed(
        "SELECT type, name, sql FROM sqlite_schema
         WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid",
    );
    let tables = || all.iter().filter(|(kind, ..)| kind == "table");
    for (_, name, made) in tables() {
        assert!(!made.starts_with("CREATE VIRTUAL"), "{name} is not kept");
        writeln!(sql, "{made};").expect("text");
    }
    for (_, name, _) in tables() {
        rows_of(&database, name, &mut sql);
    }
    for (_, _, made) in all.iter().filter(|(kind, ..)| kind != "table") {
        writeln!(sql, "{made};").expect("text");
    }
    writeln!(sql, "PRAGMA user_version = {version};\nCOMMIT;").expect("text");
    sql
}

fn rows_of(database: &Connection, table: &str, sql: &mut String) {
    let columns: Vec<String> = {
        let mut asked = database
            .prepare("SELECT name FROM pragma_table_info(?1)")
            .expect("a question");
        let rows = asked.query_map([table], |row| row.get(0)).expect("asked");
        rows.map(|row| row.expect("read")).collect()
    };
    let quoted: Vec<String> = columns.iter().map(|it| format!("quote({it})")).collect();
    let question = format!("SELECT {} FROM {table}", quoted.join(" || ', ' || "));
    let mut asked = database.prepare(&question).expect("a question");
    let rows = asked.query_map([], |row| row.get::<_, String>(0));
    for row in rows.expect("asked") {
        let (columns, values) = (columns.join(", "), row.expect("read"));
        writeln!(sql, "INSERT INTO {table} ({columns}) VALUES ({values});").expect("text");
    }
}

/// A request to the hub as it was sent, byte for byte, and what came back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Exchange {
    /// `POST` or `GET`.
    pub method: String,
    /// With what is asked for in the address.
    pub path: String,
    #[serde(default)]
    pub token: Option<String>,
    #[serde(default)]
    pub key: Option<String>,
    /// `text`, or where it is none `hex`.
    #[serde(default)]
    pub text: Option<String>,
    #[serde(default)]
    pub hex: Option<String>,
    pub status: u16,
    pub reply: Value,
}

impl Exchange {
    pub fn of(method: &str, path: &str, token: Option<&str>, body: &[u8]) -> Self {
        let text = String::from_utf8(body.to_vec()).ok();
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            token: token.map(str::to_owned),
            key: None,
            hex: text.is_none().then(|| hex::encode(body)),
            text,
            status: 0,
            reply: Value::Null,
        }
    }

    /// The route, without the address in front and what is asked for behind.
    pub fn route(&self) -> &str {
        self.path.split('?').next().unwrap_or_default()
    }

    fn body(&self) -> Vec<u8> {
        let hex = self.hex.as_ref();
        let bytes = hex.map(|hex| hex::decode(hex).expect("hexadecimal"));
        bytes.unwrap_or_else(|| self.text.clone().unwrap_or_default().into_bytes())
    }

    /// Sends the request again; gives the status and what came back.
    pub async fn send(&self, hub: SocketAddr) -> (u16, Vec<u8>) {
        // Another part of the process may have installed it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only([])
            .timeout(Duration::from_secs(60))
            .build()
            .expect("a client");
        let address = format!("http://{hub}{}", self.path);
        let binary = self.hex.is_some();
        let mut request = match self.method.as_str() {
            "GET" => client.get(address),
            _ => client.post(address).body(self.body()).header(
                "Content-Type",
                if binary {
                    "image/png"
                } else {
                    "application/json"
                },
            ),
        };
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(key) = &self.key {
            request = request.header("Idempotency-Key", key);
        }
        let mut answer = request.send().await.expect("an answer");
        let status = answer.status().as_u16();
        let mut body = vec![];
        while let Some(piece) = answer.chunk().await.expect("the rest of it") {
            body.extend_from_slice(&piece);
            // Events go on for ever.
            if self.route().ends_with("/events") && piece.windows(2).any(|it| it == b"\n\n") {
                break;
            }
        }
        (status, body)
    }

    /// The same with what came back as JSON, or as a text where it is none.
    pub async fn ask(&self, hub: SocketAddr) -> (u16, Value) {
        let (status, body) = self.send(hub).await;
        let text = String::from_utf8(body).expect("a text");
        let event = text.lines().find_map(|line| line.strip_prefix("data:"));
        let json = event.unwrap_or(&text).trim();
        let value = serde_json::from_str(json).unwrap_or_else(|_| Value::String(text.clone()));
        (status, value)
    }
}

/// What an answer says differently each time. What is `closed` has a time in it, which nobody but the hub reads.
const VARIES: &[&str] = &[
    "now",
    "token",
    "made_at",
    "figures",
    "phone_url",
    "detail",
    "closed",
];

/// Whether everything that was said then is said now, with the same meaning: fields may have come, none
/// may have gone. Lists are as long as they were.
///
/// # Errors
/// Where it differs.
pub fn still_says(then: &Value, now: &Value) -> Result<(), String> {
    differs(then, now, &mut String::new())
}

fn differs(then: &Value, now: &Value, at: &mut String) -> Result<(), String> {
    match (then, now) {
        (Value::Object(then), Value::Object(now)) => {
            for (key, then) in then {
                let length = at.len();
                write!(at, "/{key}").expect("text");
                let now = now.get(key).ok_or_else(|| format!("{at} is gone"))?;
                let varies = VARIES.contains(&key.as_str()) && then.is_null() == now.is_null();
                if !varies {
                    differs(then, now, at)?;
                }
                at.truncate(length);
            }
            Ok(())
        }
        (Value::Array(then), Value::Array(now)) if then.len() == now.len() => {
            for (n, (then, now)) in then.iter().zip(now).enumerate() {
                let length = at.len();
                write!(at, "/{n}").expect("text");
                differs(then, now, at)?;
                at.truncate(length);
            }
            Ok(())
        }
        (then, now) if then == now => Ok(()),
        (then, now) => Err(format!("{at} was {then} and is {now}")),
    }
}
