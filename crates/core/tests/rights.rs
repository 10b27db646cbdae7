//! The promise of rights, held against random histories: one hub ledger and several devices that
//! talk through a network which loses, doubles, delays and reorders every message.
//!
//! The world below is driven by a list of [`Step`]s and has no other source of chance, so a model
//! checker or a simulator can drive the same world.

use gighall_core::id::{DeviceId, Epoch, HubEpoch};
use gighall_core::rights::{DeviceAccount, Grant, Holder, JobLedger, Receipt};
use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::BTreeSet;

const DEVICES: usize = 3;
const HUB_EPOCH: HubEpoch = HubEpoch(1);

#[derive(Clone, Debug)]
enum Step {
    /// A device asks for rights.
    Ask { device: usize, want: u32 },
    /// A device confirms a claim.
    Confirm { device: usize },
    /// A device gives rights back.
    GiveBack { device: usize, most: u32 },
    /// A device is enrolled anew and forgets its account (rule 10).
    ReEnrol { device: usize },
    /// A phone claims.
    ClaimDirect,
    /// Some live claim that the hub knows is withdrawn.
    Cancel { which: Index },
    /// The employer wants another number of places.
    SetPlaces { places: u32 },
    /// The job is withdrawn.
    Close,
    /// A message that is under way arrives; it stays under way, so it may arrive again.
    Deliver { which: Index },
}

#[derive(Clone, Copy, Debug)]
enum Message {
    Ask {
        holder: Holder,
        known: u32,
        returned: u32,
        want: u32,
    },
    Granted {
        device: usize,
        grant: Grant,
    },
    Claim {
        holder: Holder,
        claim: u32,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct KnownClaim {
    id: u32,
    /// `None` for a claim made at the hub.
    holder: Option<Holder>,
}

struct World {
    hub: JobLedger,
    devices: [(Epoch, DeviceAccount); DEVICES],
    /// Claims that a worker was told are confirmed, whether the hub knows of them or not, less
    /// those withdrawn.
    live: BTreeSet<u32>,
    /// Claims that the hub has received.
    known: BTreeSet<KnownClaim>,
    under_way: Vec<Message>,
    next_claim: u32,
}

impl World {
    fn new(places: u32) -> Self {
        Self {
            hub: JobLedger::new(places),
            devices: [(Epoch(1), DeviceAccount::default()); DEVICES],
            live: BTreeSet::new(),
            known: BTreeSet::new(),
            under_way: vec![],
            next_claim: 0,
        }
    }

    fn holder(&self, device: usize) -> Holder {
        Holder {
            device: DeviceId(uuid::Uuid::from_u128(device as u128)),
            epoch: self.devices[device].0,
        }
    }

    fn new_claim(&mut self) -> u32 {
        self.next_claim += 1;
        self.live.insert(self.next_claim);
        self.next_claim
    }

    fn ask(&mut self, device: usize, want: u32) {
        let account = self.devices[device].1;
        self.under_way.push(Message::Ask {
            holder: self.holder(device),
            known: account.granted,
            returned: account.returned,
            want,
        });
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Ask { device, want } => self.ask(*device, *want),
            Step::Confirm { device } => {
                if self.devices[*device].1.confirm().is_ok() {
                    let claim = self.new_claim();
                    let holder = self.holder(*device);
                    self.under_way.push(Message::Claim { holder, claim });
                }
            }
            Step::GiveBack { device, most } => {
                self.devices[*device].1.give_back(*most);
                self.ask(*device, 0);
            }
            Step::ReEnrol { device } => {
                let (epoch, account) = &mut self.devices[*device];
                *epoch = Epoch(epoch.0 + 1);
                *account = DeviceAccount::default();
            }
            Step::ClaimDirect => {
                if self.hub.claim_direct().is_ok() {
                    let id = self.new_claim();
                    self.known.insert(KnownClaim { id, holder: None });
                }
            }
            Step::Cancel { which } => self.cancel(which),
            Step::SetPlaces { places } => self.hub.set_places(*places),
            Step::Close => self.hub.open = false,
            Step::Deliver { which } => {
                if !self.under_way.is_empty() {
                    self.deliver(self.under_way[which.index(self.under_way.len())]);
                }
            }
        }
    }

    fn cancel(&mut self, which: &Index) {
        let live: Vec<KnownClaim> = self
            .known
            .iter()
            .filter(|claim| self.live.contains(&claim.id))
            .copied()
            .collect();
        if live.is_empty() {
            return;
        }
        let claim = live[which.index(live.len())];
        self.live.remove(&claim.id);
        match claim.holder {
            Some(holder) => self.hub.cancel_backed(holder),
            None => self.hub.cancel_direct(),
        }
    }

    fn deliver(&mut self, message: Message) {
        match message {
            Message::Ask {
                holder,
                known,
                returned,
                want,
            } => {
                assert_eq!(self.hub.report_returned(holder, returned), Receipt::Backed);
                let granted = self.hub.grant(holder, known, want, 0);
                self.under_way.push(Message::Granted {
                    device: holder.device.0.as_u128() as usize,
                    grant: Grant {
                        epoch: holder.epoch,
                        hub_epoch: HUB_EPOCH,
                        granted,
                    },
                });
            }
            Message::Granted { device, grant } => {
                let (epoch, account) = &mut self.devices[device];
                account.apply(grant, *epoch, HUB_EPOCH);
            }
            Message::Claim { holder, claim } => {
                let known = KnownClaim {
                    id: claim,
                    holder: Some(holder),
                };
                if self.known.insert(known) {
                    assert_eq!(self.hub.receive_claim(holder), Receipt::Backed);
                }
            }
        }
    }

    /// Everything under way arrives, once more, and the network is empty.
    fn heal(&mut self) {
        let mut at = 0;
        while at < self.under_way.len() {
            self.deliver(self.under_way[at]);
            at += 1;
        }
        self.under_way.clear();
    }

    /// I1 and I3.
    fn check(&self) {
        let live = u32::try_from(self.live.len()).expect("few claims");
        assert!(
            live <= self.hub.places,
            "{live} live claims of {} places",
            self.hub.places
        );
        let outstanding: u32 = self.hub.holders.values().map(|a| a.outstanding()).sum();
        assert!(
            self.hub.direct_live + outstanding <= self.hub.places,
            "free is negative"
        );
        for (_, account) in &self.devices {
            assert!(account.returned + account.confirmed <= account.granted);
        }
        assert!(self.hub.places >= self.hub.target);
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let device = 0..DEVICES;
    let step = prop_oneof![
        4 => (device.clone(), 0..4u32).prop_map(|(device, want)| Step::Ask { device, want }),
        6 => device.clone().prop_map(|device| Step::Confirm { device }),
        2 => (device.clone(), 0..4u32).prop_map(|(device, most)| Step::GiveBack { device, most }),
        1 => device.prop_map(|device| Step::ReEnrol { device }),
        4 => Just(Step::ClaimDirect),
        2 => any::<Index>().prop_map(|which| Step::Cancel { which }),
        1 => (0..8u32).prop_map(|places| Step::SetPlaces { places }),
        1 => Just(Step::Close),
        12 => any::<Index>().prop_map(|which| Step::Deliver { which }),
    ];
    proptest::collection::vec(step, 1..120)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_job_is_never_oversold(places in 0..8u32, steps in steps()) {
        let mut world = World::new(places);
        for step in &steps {
            world.step(step);
            world.check();
        }
        world.heal();
        world.check();
        // I2: once healed, the hub knows every claim that a worker was told is confirmed.
        let known: BTreeSet<u32> = world.known.iter().map(|claim| claim.id).collect();
        prop_assert!(world.live.is_subset(&known));
        prop_assert_eq!(world.hub.live() as usize, world.live.len());
    }

    /// The rule that a lent place comes back: when devices give back all they have, nobody's
    /// place is lost to the hub.
    #[test]
    fn places_given_back_are_free_again(places in 1..8u32, asks in proptest::collection::vec((0..DEVICES, 1..4u32), 1..10)) {
        let mut world = World::new(places);
        for (device, want) in asks {
            world.step(&Step::Ask { device, want });
            world.heal();
        }
        for device in 0..DEVICES {
            world.step(&Step::GiveBack { device, most: u32::MAX });
            world.heal();
        }
        prop_assert_eq!(world.hub.free(), places);
    }
}
