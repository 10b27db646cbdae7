//! Nothing personal and no secret gets into a log, not even where everything is logged: real programs,
//! with real work to do, and then a search in what they wrote.

use crate::support::{Display, HALL, Hub, Kiosk, eventually, hub_command, program};
use gighall_core::hardship::Hardship;
use gighall_core::pass::PREFIX;
use gighall_core::pin::Pin;
use gighall_core::testing::an_id_number;
use gighall_core::token::{Presence, SigningKey};
use gighall_kiosk::config;
use gighall_kiosk::desk::HallDesk;
use gighall_kiosk::run::sync_config;
use gighall_kiosk::store::{Identity, Store};
use gighall_kiosk::sync::Sync;
use gighall_kiosk::terminal::desk::{Desk, Identified, NewRegistration};
use gighall_testkit::Phone;
use jiff::Timestamp;
use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use tokio::runtime::Runtime;

const LISTINGS: &str = "\
编号,岗位,工种,用工单位,人数,工资,结算方式,乡镇,地点,开始时间,结束时间
A1,砌砖小工,建筑,草海建筑队,9,200-260元/天,日结,草海镇,草海镇建设东路工地,后天 8:00,后天 18:00
";

/// Those who come to the hall: at the terminal, and with a phone.
const AT_TERMINAL: (u32, &str, &str) = (11, "欧阳晓峰", "13987654321");
/// What the first of them says makes it hard to find work.
const HARDSHIP: Hardship = Hardship::NoEarner;
const BY_PHONE: (u32, &str, &str) = (13, "阿卜杜拉", "13812340987");

fn number(order: u32) -> String {
    an_id_number("19750501", order)
}

fn write_config(dir: &Path, hub: &str, code: &str) -> PathBuf {
    let path = dir.join("kiosk.toml");
    let text = format!(
        "data = \"kiosk\"\n[hall]\nid = \"{HALL}\"\nname = \"威宁县零工市场\"\n[hub]\n\
         url = \"http://{hub}\"\nenrolment_code = \"{code}\"\n[wall]\nenabled = true\nx = 0\ny = 0\n\
         width = 640\nheight = 360\n[terminal]\nenabled = true\nx = 640\ny = 0\nwidth = 640\n\
         height = 480\n"
    );
    std::fs::write(&path, text).expect("written");
    path
}

/// Somebody registers and claims at the terminal while the hub is away, so that the program has
/// something to send when it starts. Gives the worker's passes: one that is dead, and one that is good.
fn work_without_the_hub(config: &Path, hub: &mut Hub) -> Vec<String> {
    let config = config::load(config).expect("good");
    let store = Store::open(&config.data, config.time_zone(), Timestamp::now()).expect("a store");
    let store = Arc::new(store);
    let runtime = Runtime::new().expect("a runtime");
    let engine = sync_config(&config, None);
    let sync = Sync::start(runtime.handle(), store.clone(), engine).expect("starts");
    let sync = Arc::new(sync);
    let job = eventually("a right is held", || {
        let jobs = store.open_jobs(sync.now()).expect("read");
        let job = jobs.first()?.id;
        (store.account(job).expect("read").rights() > 0).then_some(job)
    });
    hub.kill();
    let desk = HallDesk::new(store.clone(), sync.clone());
    let (order, name, phone) = AT_TERMINAL;
    let new = NewRegistration {
        pin: None,
        name: name.to_owned(),
        number: number(order).parse().expect("valid"),
        phone: Some(phone.to_owned()),
        work_kinds: vec![],
    };
    let worker = desk.register(&new, &[HARDSHIP]).expect("registered");
    desk.claim(&worker, job).expect("claimed");
    let passes = [1, 2].map(|_| desk.make_pass(&worker).expect("made"));
    let [dead, good] = passes.map(|pass| desk.identify_pass(Some(&pass)).expect("works"));
    assert!(matches!(good, Identified::Known(_)) && !matches!(dead, Identified::Known(_)));
    let pin = Pin::chosen("2608", worker.birth_date, &worker.id_mask).expect("good");
    desk.set_pin(&worker, &pin).expect("set");
    let hash = store.pin_of(worker.worker).expect("read").expect("one");
    assert!(store.outbox_state().expect("read").length >= 5);
    let passes = passes.iter().map(|pass| pass.text());
    // What a hash ends with is no other's.
    let hash = hash.0.rsplit('$').next().expect("a hash").to_owned();
    passes.chain([hash]).collect()
}

/// Somebody registers and claims with a phone. Gives what only that phone knows.
fn work_by_phone(url: &str, identity: &Identity) -> Vec<String> {
    let presence = Presence {
        hall: identity.hall.clone(),
        job: None,
        issued: Timestamp::now().as_second(),
    };
    let key = SigningKey::from_secret_hex(&identity.signing_key).expect("a key");
    let token = key.issue(identity.device, &presence).expect("signed");
    let runtime = Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let mut phone = Phone::new(url);
        phone.open(&format!("/c/{token}")).await;
        let page = phone.open("/register").await;
        let (order, name, mobile) = BY_PHONE;
        let fields = [
            ("id_number", number(order)),
            ("name", name.to_owned()),
            ("phone", mobile.to_owned()),
            ("consent", "1".to_owned()),
        ];
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        phone
            .submit(&page, "/register", &fields)
            .await
            .shows("我的活");
        let list = phone.open(&format!("/h/{HALL}")).await;
        let job = list.links("/j/").remove(0);
        let page = phone.open(&job).await;
        phone.submit(&page, "/claim", &[]).await.shows("报上了");
        let kept = ["session", "permit"].map(|name| phone.cookies[name].clone());
        kept.into_iter().chain([token]).collect()
    })
}

/// Staff look somebody up. Gives what that printed on stderr.
fn work_by_staff(data: &Path) -> String {
    let mut child = Command::new(program("gighall-hub"))
        .args(["worker", "export", "--data"])
        .arg(data)
        .env("RUST_LOG", "trace")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("started");
    let line = format!("{}\n", number(AT_TERMINAL.0));
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(line.as_bytes()).expect("written");
    drop(stdin);
    let output = child.wait_with_output().expect("ended");
    let said = String::from_utf8_lossy(&output.stdout);
    for told in [AT_TERMINAL.1, HARDSHIP.code()] {
        assert!(said.contains(told), "it arrived: {said}");
    }
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn logs_hold_nothing_personal_and_no_secret() {
    let dir = tempfile::tempdir().expect("a directory");
    let data = dir.path().join("hub");
    let set = ["hall", "set", "--hall", HALL, "--name", "威宁县零工市场"];
    hub_command(&data, &set);
    let list = dir.path().join("today.csv");
    std::fs::write(&list, LISTINGS).expect("written");
    let (data_arg, list) = (data.display().to_string(), list.display().to_string());
    let import = ["import", "--data", &data_arg, "--hall", HALL, &list];
    crate::support::run(&program("gighall-hub").display().to_string(), &import);
    let address = TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a free port");
    let logs = ["hub-1.log", "hub-2.log", "kiosk.log"].map(|name| dir.path().join(name));
    let mut hub = Hub::serve_traced(&data, address, &logs[0]);
    let code = hub.command(&["device", "add", "--hall", HALL, "--name", "一号终端"]);
    let config = write_config(dir.path(), &address.to_string(), code.trim());
    let passes = work_without_the_hub(&config, &mut hub);

    let hub = Hub::serve_traced(&data, address, &logs[1]);
    let display = Display::start("1280x480");
    let mut kiosk = Kiosk::run_traced(&config, &display, &logs[2]);
    eventually("everything is sent", || {
        let status = kiosk.status();
        (status["outbox"]["length"] == 0 && status["hub"]["online"] == true).then_some(())
    });
    let kiosk_data = dir.path().join("kiosk");
    let identity = Identity::load(&kiosk_data)
        .expect("read")
        .expect("enrolled");
    let mut secrets = work_by_phone(&format!("http://{address}"), &identity);
    let staff = work_by_staff(&data);
    assert_eq!(kiosk.stop(), Some(0));
    drop(hub);

    // Whatever writes it, in one alphabet or the other.
    for pass in passes {
        let secret = pass.trim_start_matches(PREFIX);
        secrets.extend([secret.to_owned(), secret.to_lowercase()]);
    }
    for (order, name, phone) in [AT_TERMINAL, BY_PHONE] {
        secrets.extend([number(order), name.to_owned(), phone.to_owned()]);
        secrets.push(gighall_testkit::percent(name));
    }
    secrets.extend([HARDSHIP.code().to_owned(), HARDSHIP.zh().to_owned()]);
    secrets.push(format!("{HARDSHIP:?}"));
    let plain = code.trim().replace('-', "");
    secrets.extend([code.trim().to_owned(), plain]);
    secrets.extend([identity.token.clone(), identity.signing_key.clone()]);
    for key in [data.join("secret.key"), kiosk_data.join("secret.key")] {
        let key = std::fs::read_to_string(key).expect("a key");
        secrets.push(key.trim().to_owned());
    }
    let logs = logs.map(|log| String::from_utf8_lossy(&std::fs::read(log).expect("a log")).into());
    let mut all: Vec<String> = logs.into_iter().collect();
    for log in &all {
        let much = log.contains("TRACE") || log.contains("DEBUG");
        assert!(much, "everything was logged: {log:.400}");
    }
    all.push(staff);
    for (n, log) in all.iter().enumerate() {
        for secret in &secrets {
            assert!(secret.len() >= 6, "a search for {secret:?} finds anything");
            let found = log.lines().find(|line| line.contains(secret.as_str()));
            assert_eq!(found, None, "log {n} tells {secret}");
        }
    }
}
