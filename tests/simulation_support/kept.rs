//! What must hold of receipts and logs, at every moment and in the end.

use super::count::logs_with_holes;
use super::town::Town;
use gighall_core::id::ClaimId;
use gighall_kiosk::store::STORE_FILE;
use rusqlite::{Connection, OptionalExtension};

impl Town {
    /// Two terminals that are both cut off may each confirm the same person for the same job. Where the
    /// two meet, the later one ends, and its place is free.
    pub fn meet(&mut self) {
        let mut state = self.net.state();
        let regulars = state.receipts.iter().filter(|(_, it)| it.who.is_some());
        let live: Vec<ClaimId> = regulars
            .filter(|(_, it)| it.live)
            .map(|(id, _)| *id)
            .collect();
        let sql = "SELECT (SELECT count(*) FROM claim AS other
                           WHERE other.worker = claim.worker AND other.job = claim.job)
                   FROM claim WHERE id = ?1 AND state = 'employer_cancelled' AND reason = 'duplicate'";
        let mut ended = self.counter.prepare_cached(sql).expect("a question");
        for id in live {
            let claims: Option<u32> = ended
                .query_row([id.to_string()], |row| row.get(0))
                .optional()
                .expect("counted");
            let Some(claims) = claims else { continue };
            assert!(
                claims > 1,
                "{id} ended as a second one, and is the only one"
            );
            state.tell("one of two claims of the same person ended".to_owned());
            state.ended(id);
        }
    }

    /// I2, at every moment: a receipt is at the hub, where it stays, or waits in the log of the device
    /// that just did something.
    pub fn check_receipts(&mut self, n: usize) {
        // Of a hub that is put back, and of whole disks, only the end can be told.
        if self.whole_devices || self.whole_disks {
            return;
        }
        let state = self.net.state();
        let under_way = state.receipts.iter().filter(|(id, it)| {
            !it.lost && it.from.is_none_or(|from| from == n) && !self.arrived.contains(id)
        });
        let under_way: Vec<ClaimId> = under_way.map(|(id, _)| *id).collect();
        drop(state);
        if !under_way.is_empty() {
            let kiosk = self.devices[n].data.join(STORE_FILE);
            let kiosk = Connection::open(kiosk).expect("opens");
            for id in under_way {
                let said = id.to_string();
                let is = |store: &Connection, sql| -> bool {
                    let mut found = store.prepare_cached(sql).expect("a question");
                    found.exists([&said]).expect("read")
                };
                if is(&self.counter, "SELECT 1 FROM claim WHERE id = ?1") {
                    self.arrived.insert(id);
                } else {
                    let waits = "SELECT 1 FROM outbox WHERE claim = ?1 AND acked = 0";
                    assert!(is(&kiosk, waits), "I2: {id} is nowhere, {n} showed it");
                }
            }
        }
        let at_hub: u32 = self
            .counter
            .query_row("SELECT count(*) FROM claim", [], |row| row.get(0))
            .expect("counted");
        let lost = (at_hub as usize) < self.arrived.len();
        assert!(!lost, "I2: the hub lost claims");
    }

    /// I5: logs are dense, and nobody honest is suspected.
    pub fn check_logs(&self) {
        assert_eq!(logs_with_holes(&self.counter), 0, "I5: a hole");
        let mut suspected = self
            .counter
            .prepare_cached("SELECT DISTINCT device FROM enrolment WHERE quarantined <> 0")
            .expect("a question");
        let suspected = suspected.query_map([], |row| row.get(0)).expect("read");
        let suspected: Vec<String> = suspected.collect::<Result<_, _>>().expect("read");
        for device in self.devices.iter().filter(|it| !it.restored) {
            let known = device.program.as_ref().and_then(|it| it.sync.identity());
            let is = known.is_some_and(|it| suspected.contains(&it.device.to_string()));
            assert!(!is, "I5: suspected in vain");
        }
    }

    /// I5: what the hub has of a log is what its device wrote, hash by hash. Gives the number of records that
    /// were compared.
    pub fn check_hashes(&self) -> usize {
        let mut same = 0;
        for device in self.devices.iter().filter(|it| !it.restored) {
            let known = device.program.as_ref().and_then(|it| it.sync.identity());
            let Some(known) = known else { continue };
            let kiosk = Connection::open(device.data.join(STORE_FILE)).expect("opens");
            let mut written = kiosk
                .prepare("SELECT epoch, seq, hash FROM outbox WHERE epoch > 0")
                .expect("a question");
            let mut rows = written.query([]).expect("read");
            while let Some(row) = rows.next().expect("read") {
                let (epoch, seq): (u32, i64) = (row.get(0).expect("it"), row.get(1).expect("it"));
                let hash: String = row.get(2).expect("it");
                let kept: String = self
                    .counter
                    .prepare_cached(
                        "SELECT lower(hex(hash)) FROM outbox_record
                         WHERE device = ?1 AND epoch = ?2 AND seq = ?3",
                    )
                    .expect("a question")
                    .query_row((known.device.to_string(), epoch, seq), |row| row.get(0))
                    .expect("I5: a record that the hub has not");
                assert_eq!(kept, hash, "I5: {epoch}/{seq} is another record at the hub");
                same += 1;
            }
        }
        same
    }
}
