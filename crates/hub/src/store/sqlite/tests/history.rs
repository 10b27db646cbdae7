//! Random histories of one job: phones, devices with rights whose uploads are doubled and late,
//! withdrawals and changes of places, devices whose disk is gone, whose slips staff enter, and that turn up
//! in the end. Whatever happens, no more claims live than there are places, and the
//! store's counters are those of core's rules, played beside it.

mod model;

use super::*;
use crate::store::{PaperSlip, SlipFault, Store};
use gighall_core::rights::DeviceAccount;
use gighall_core::wire::RightsAsk;
use model::Model;
use proptest::prelude::*;

const PEOPLE: u32 = 12;

#[derive(Clone, Debug)]
enum Step {
    Phone(u32),
    Ask {
        device: usize,
        want: u32,
        lost: bool,
    },
    Confirm {
        device: usize,
        person: u32,
    },
    Provisional {
        device: usize,
        person: u32,
    },
    Upload {
        device: usize,
        from: usize,
        length: usize,
    },
    GiveBack {
        device: usize,
        most: u32,
    },
    Withdraw(prop::sample::Index),
    WithdrawAt {
        device: usize,
        which: prop::sample::Index,
    },
    Places(u32),
    /// Its disk is gone.
    Lose(usize),
    /// Staff enter a slip of it, with or without its code.
    Slip {
        device: usize,
        which: prop::sample::Index,
        coded: bool,
    },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let device = 0..2usize;
    let person = 0..PEOPLE;
    let index = any::<prop::sample::Index>();
    let step = prop_oneof![
        3 => person.clone().prop_map(Step::Phone),
        3 => (device.clone(), 1..4u32, any::<bool>())
            .prop_map(|(device, want, lost)| Step::Ask { device, want, lost }),
        4 => (device.clone(), person.clone())
            .prop_map(|(device, person)| Step::Confirm { device, person }),
        1 => (device.clone(), person)
            .prop_map(|(device, person)| Step::Provisional { device, person }),
        4 => (device.clone(), 0..8usize, 1..8usize)
            .prop_map(|(device, from, length)| Step::Upload { device, from, length }),
        2 => (device.clone(), 1..3u32)
            .prop_map(|(device, most)| Step::GiveBack { device, most }),
        2 => index.clone().prop_map(Step::Withdraw),
        1 => (device.clone(), index.clone())
            .prop_map(|(device, which)| Step::WithdrawAt { device, which }),
        1 => device.clone().prop_map(Step::Lose),
        3 => (device, index, any::<bool>())
            .prop_map(|(device, which, coded)| Step::Slip { device, which, coded }),
        1 => (0..8u32).prop_map(Step::Places),
    ];
    prop::collection::vec(step, 1..40)
}

/// One job, two devices and some people.
struct World {
    house: House,
    job: JobId,
    devices: Vec<(Device, DeviceAccount)>,
    people: Vec<WorkerId>,
    claims: Vec<ClaimId>,
    lost: [bool; 2],
    model: Model,
}

impl World {
    fn new() -> Self {
        let house = house();
        Self {
            job: house.job(1, 5),
            devices: ["一号", "二号"]
                .map(|name| (house.device(name), DeviceAccount::default()))
                .into(),
            people: (0..PEOPLE).map(|n| house.worker(n)).collect(),
            claims: vec![],
            lost: [false; 2],
            model: Model::new(5),
            house,
        }
    }

    fn play(&mut self, step: &Step) {
        let at = match step {
            Step::Ask { device, .. }
            | Step::Confirm { device, .. }
            | Step::Provisional { device, .. }
            | Step::Upload { device, .. }
            | Step::GiveBack { device, .. }
            | Step::WithdrawAt { device, .. } => Some(*device),
            _ => None,
        };
        if at.is_some_and(|device| self.lost[device]) {
            return;
        }
        match step {
            Step::Phone(person) => {
                match self.house.claim(self.job, self.people[*person as usize]) {
                    Ok(claim) => {
                        self.claims.push(claim.id);
                        self.model.direct(claim.id);
                    }
                    Err(StoreError::CapacityExhausted { .. }) => self.model.none_is_free(),
                    Err(_) => {}
                }
            }
            Step::Ask { device, want, lost } => self.ask(*device, *want, *lost),
            Step::Confirm { device, person } => {
                let (device, account) = &mut self.devices[*device];
                if account.confirm().is_ok() {
                    let claim = device.confirms(self.job, self.people[*person as usize]);
                    self.claims.push(claim.id);
                }
            }
            Step::Provisional { device, person } => {
                let (device, _) = &mut self.devices[*device];
                let person = self.people[*person as usize];
                let claim = device.claim_of(self.job, person, ClaimState::Provisional);
                self.claims.push(claim.id);
                device.append(Event::ClaimProvisional {
                    claim: Box::new(claim),
                });
            }
            Step::Upload {
                device,
                from,
                length,
            } => self.upload(*device, *from, *length),
            Step::GiveBack { device, most } => {
                self.devices[*device].1.give_back(*most);
                self.ask(*device, 0, false);
            }
            Step::Withdraw(which) => {
                if !self.claims.is_empty() {
                    // A claim that has not been uploaded yet is not found; that is fine.
                    let id = *which.get(&self.claims);
                    if let Ok(claim) = self.house.store.withdraw(id, now())
                        && !claim.state.holds_place()
                    {
                        self.model.ends(id);
                    }
                }
            }
            Step::WithdrawAt { device, which } => {
                if !self.claims.is_empty() {
                    let (claim, job) = (*which.get(&self.claims), self.job);
                    self.devices[*device]
                        .0
                        .append(Event::ClaimWithdrawn { claim, job });
                }
            }
            Step::Places(places) => {
                self.house
                    .store
                    .import(&a_hall(), &[listing(1, *places)], now())
                    .expect("in");
                self.model.set_places(*places);
            }
            Step::Lose(device) => {
                let name = ["一号", "二号"][*device];
                let done = self.house.store.revoke_device(&a_hall(), name, now());
                done.expect("revoked");
                self.lost[*device] = true;
            }
            Step::Slip {
                device,
                which,
                coded,
            } => self.slip(*device, which, *coded),
        }
    }

    /// One that was shown is taken, unless the device can still send it.
    fn slip(&mut self, device: usize, which: &prop::sample::Index, coded: bool) {
        let holder = self.devices[device].0.holder;
        let shown = self.devices[device].0.log.iter().filter_map(|record| {
            match serde_json::from_str::<Body>(&record.body)
                .expect("ours")
                .event
            {
                Event::ClaimConfirmed { claim } => Some(*claim),
                _ => None,
            }
        });
        let shown: Vec<Claim> = shown.collect();
        if shown.is_empty() {
            return;
        }
        let claim = which.get(&shown);
        let person = self.people.iter().position(|it| *it == claim.worker);
        let slip = PaperSlip {
            number: claim.number.clone(),
            job: self.house.seen(self.job).number,
            person: new_worker(person.expect("known") as u32).number,
            claim: coded.then_some(claim.id),
        };
        let here = self.house.store.claim(claim.id).expect("read").is_some();
        match self.house.store.enter_slip(&slip, "staff", now()) {
            Ok(entered) if entered.is_new => {
                assert!(self.lost[device] && !here);
                self.model
                    .entered(&self.house, holder, &entered.claim.claim);
            }
            Ok(_) => {}
            // It was entered without its code.
            Err(StoreError::Slip(SlipFault::AnotherCode)) => assert!(coded && !here),
            Err(error) => assert!(!self.lost[device] && !here, "{error}"),
        }
    }

    fn ask(&mut self, device: usize, want: u32, lost: bool) {
        let (device, account) = &mut self.devices[device];
        let granted = device.ask(
            &self.house,
            self.job,
            account.granted,
            account.returned,
            want,
        );
        let asked = RightsAsk {
            job: self.job,
            known: account.granted,
            returned: account.returned,
            want,
        };
        assert_eq!(self.model.ask(device.holder, &asked), granted);
        if !lost {
            account.granted = account.granted.max(granted);
        }
    }

    fn upload(&mut self, device: usize, from: usize, length: usize) {
        let (device, _) = &self.devices[device];
        let from = from.min(device.log.len());
        let to = (from + length).min(device.log.len());
        let sent = &device.log[from..to];
        let head = match self.house.store.accept_outbox(device.holder, sent, now()) {
            Ok(reply) => reply.head,
            Err(StoreError::LogGap(head)) => head,
            Err(other) => panic!("{other}"),
        };
        let length = usize::try_from(head.seq).expect("short");
        let (holder, log) = (device.holder, &device.log);
        self.model.arrives(&self.house, holder, log, length);
    }

    /// What has to hold at all times.
    fn check(&self) {
        let raw = Connection::open(self.house.dir.path().join(DATABASE_FILE)).expect("opens");
        let (row, ledger) = ledger::load(&raw, self.job, now())
            .expect("read")
            .expect("there");
        let (direct, backed): (u32, u32) = raw
            .query_row(
                "SELECT count(*) FILTER (WHERE right_epoch IS NULL), count(right_epoch)
                 FROM claim WHERE state IN ('claimed', 'confirmed')",
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .expect("counted");
        self.model.check(self.job, &ledger);
        let live = direct + backed;
        assert_eq!(
            (ledger.direct_live, ledger.live()),
            (direct, live),
            "a recount equals the counters"
        );
        let lent: u32 = ledger.holders.values().map(|a| a.outstanding()).sum();
        assert!(ledger.direct_live + lent <= ledger.places, "{ledger:?}");
        assert!(live <= ledger.places);
        assert_eq!(row.state == JobState::Full, ledger.places_left() == 0);
        let quarantined: u32 = raw
            .query_row("SELECT sum(quarantined) FROM enrolment", [], |r| r.get(0))
            .expect("counted");
        assert_eq!(quarantined, 0, "an honest device is not suspected");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_history_oversells(steps in steps()) {
        let mut world = World::new();
        for step in &steps {
            world.play(step);
            world.check();
        }
        for device in 0..world.devices.len() {
            world.upload(device, 0, usize::MAX / 2);
            world.check();
        }
        // Every receipt is at the hub, once.
        for claim in &world.claims {
            prop_assert!(world.house.store.claim(*claim).expect("read").is_some());
        }
    }
}
