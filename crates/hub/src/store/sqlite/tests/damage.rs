//! A store whose pages are damaged, one after the other.

use super::*;

/// Everything that is read of a small hub.
fn answers(store: &SqliteStore, claims: &[ClaimId]) -> Result<String, StoreError> {
    let mut said = String::new();
    said += &format!("{:?}", store.halls()?);
    said += &format!("{:?}", store.jobs(&a_hall())?);
    for claim in claims {
        said += &format!("{:?}", store.claim(*claim)?);
    }
    said += &format!("{:?}", store.devices()?);
    said += &format!("{:?}", store.snapshot(&Scope::Hall(a_hall()))?);
    let cursor = Cursor {
        scope: Scope::Hall(a_hall()),
        seq: 0,
    };
    said += &format!("{:?}", store.changes(&cursor, 500)?);
    for n in 1..=12 {
        let number = an_id_number("19750501", n).parse().expect("valid");
        said += &format!("{:?}", store.worker_by_number(&number)?);
    }
    Ok(said)
}

/// Page after page is damaged, before the store is opened and under its hands: whatever is hit, no
/// answer is wrong, and the damaged file is left as it is.
#[test]
fn damage_anywhere_gives_no_wrong_answer() {
    const PAGE: usize = 4096;
    let house = house();
    let mut device = house.device("一号");
    let mut claims = vec![];
    for n in 1..=12 {
        let job = house.job(n, 4);
        device.ask(&house, job, 0, 0, 1);
        claims.push(device.confirms(job, house.worker(n)).id);
        claims.push(house.claim(job, house.worker(n + 20)).expect("free").id);
    }
    device.upload(&house).expect("taken");
    let right = answers(&house.store, &claims).expect("whole");
    let copy = restored::copied(&house, "copy.db");
    let (whole, pages) = {
        let raw = Connection::open(&copy).expect("opens");
        // It is not to know that it is a copy.
        raw.execute("UPDATE meta SET copied_at = NULL", [])
            .expect("set");
        raw.close().expect("closed");
        let whole = std::fs::read(&copy).expect("read");
        let pages = whole.len() / PAGE;
        (whole, pages)
    };
    let (mut refused, mut failed) = (0, 0);
    for page in 0..pages {
        let place = page * PAGE..(page + 1) * PAGE;
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join(DATABASE_FILE);
        let mut bytes = whole.clone();
        bytes[place.clone()].fill(0xA5);
        std::fs::write(&path, &bytes).expect("written");
        match reopen(&dir) {
            Err(StoreError::Corrupt(_)) => {
                refused += 1;
                assert_eq!(std::fs::read(&path).expect("read"), bytes, "page {page}");
            }
            Err(other) => panic!("page {page}: {other}"),
            Ok(store) => assert_eq!(answers(&store, &claims).expect("whole"), right),
        }

        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join(DATABASE_FILE);
        std::fs::write(&path, &whole).expect("written");
        let store = reopen(&dir).expect("whole");
        let file = std::fs::OpenOptions::new()
            .write(true)
            .open(&path)
            .expect("opens");
        std::os::unix::fs::FileExt::write_all_at(&file, &bytes[place.clone()], place.start as u64)
            .expect("damaged");
        match answers(&store, &claims) {
            Ok(said) => assert_eq!(said, right, "page {page}"),
            Err(_) => {
                failed += 1;
                let copy = dir.path().join("copy.db");
                assert!(store.back_up(&copy, now()).is_err(), "page {page}");
                assert!(!copy.exists(), "no copy is made of damage");
            }
        }
    }
    println!("hub pages: {pages}, refused at the start: {refused}, failed in use: {failed}");
    assert!(
        refused > pages / 2 && failed > pages / 4,
        "{refused}, {failed} of {pages}"
    );
}
