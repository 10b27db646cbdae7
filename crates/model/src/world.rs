//! The state of the model, and the steps that change it.

use crate::Rules;
use crate::hub::{Hub, Known};
use gighall_core::id::{DeviceId, Epoch, HubEpoch, JobId};
use gighall_core::outbox::{Head, Record};
use gighall_core::rights::{self, DeviceAccount, Grant, Holder, Receipt};
use gighall_core::wire::RightsAsk;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

mod choices;
mod holds;
mod show;

/// How many devices there are.
pub const DEVICES: usize = 2;

/// How much may happen in one history.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// N.
    pub places: u32,
    /// Requests for rights of each device.
    pub asks: u8,
    /// Most rights that one request is for.
    pub want: u32,
    /// Claims by phone.
    pub phones: u8,
    /// How often the employer lowers the number of places by one.
    pub lowers: u8,
    /// Claims that are withdrawn or cancelled.
    pub cancels: u8,
    /// Disks that are copied and later restored.
    pub restores: u8,
    /// How often the hub is copied and put back from that copy.
    pub hub_restores: u8,
    /// Devices that may be lost for good.
    pub losses: u8,
    /// Whether the job may be withdrawn.
    pub closes: bool,
    /// Whether the hub keeps places back, as shipped; without, all of them may be lent.
    pub reserve: bool,
}

/// What a record of a device's log says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Entry {
    Confirmed(u8),
    Withdrawn(u8),
}

impl Entry {
    fn body(self) -> String {
        match self {
            Self::Confirmed(claim) => format!("confirmed {claim}"),
            Self::Withdrawn(claim) => format!("withdrawn {claim}"),
        }
    }
}

/// What a device's disk keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Disk {
    /// `None` while it waits for a new enrolment.
    epoch: Option<Epoch>,
    /// The hub's epoch: grants of no other are taken.
    hub_epoch: HubEpoch,
    /// Epochs that ended in good order: none of their rights is left.
    ended: BTreeSet<Epoch>,
    account: DeviceAccount,
    /// Its log under each epoch.
    logs: BTreeMap<Epoch, Vec<Entry>>,
    /// What the hub's feed said of claims since it was copied.
    heard: BTreeMap<u8, Known>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Device {
    disk: Disk,
    /// What a power cut leaves, where that is not all of `disk`.
    unsynced: Option<Disk>,
    /// A copy that was made earlier.
    copy: Option<Disk>,
    asks: u8,
    /// Its disk is gone.
    lost: bool,
}

/// Something under way. It stays under way after it arrived, so it may arrive again; what never
/// arrives is lost.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Message {
    Ask {
        holder: Holder,
        known: u32,
        returned: u32,
        want: u32,
    },
    Granted {
        device: usize,
        grant: Grant,
        /// How many of them are new: what a hub that sends deltas would say.
        more: u32,
    },
    Record {
        holder: Holder,
        /// Its place in the log, from 1.
        seq: u64,
        entry: Entry,
        before: Vec<Entry>,
    },
    /// Rule 12: all that a device holds and did.
    Report {
        holder: Holder,
        hub_epoch: HubEpoch,
        granted: u32,
        returned: u32,
        /// How long its logs are, and whether nothing of each is missing.
        logs: Vec<(Epoch, u64, bool)>,
        /// What it heard of claims.
        heard: Vec<(u8, Known)>,
    },
}

/// Everything there is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct World {
    hub: Hub,
    /// A copy of the hub that was made earlier.
    hub_copy: Option<Box<Hub>>,
    devices: [Device; DEVICES],
    under_way: BTreeSet<Message>,
    /// Claims that a worker was told are confirmed, and whether they still stand.
    receipts: BTreeMap<u8, bool>,
    /// What the hub knew of claims when it was put back, and its copy did not.
    forgotten: BTreeMap<u8, Known>,
    phones: u8,
    lowers: u8,
    cancels: u8,
    restores: u8,
    hub_restores: u8,
    losses: u8,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// A device reports what it gave back, and asks for rights.
    Ask(usize, u32),
    /// A device confirms a claim with a right.
    Confirm(usize),
    /// A device gives all its unspent rights back.
    GiveBack(usize),
    /// A worker withdraws a claim at the device that took it.
    WithdrawAt(usize, u8),
    /// The power of a device fails and comes back. Only where something was shown before it was kept, which
    /// the shipped rules never do: what is kept is there after it.
    PowerCut(usize),
    /// Somebody copies a device's disk.
    Copy(usize),
    /// Somebody puts the copy in the place of the disk.
    Restore(usize),
    /// A device without an epoch enrols anew; or the answer is lost.
    Enrol(usize, bool),
    /// A phone claims at the hub.
    Phone,
    /// A claim is cancelled at the hub.
    Cancel(u8),
    /// The employer wants one place fewer.
    Lower,
    /// The employer withdraws the job.
    Close,
    /// Somebody copies the hub's data.
    CopyHub,
    /// Somebody puts the copy in the place of the hub's data.
    RestoreHub,
    /// A device reads in the feed what became of claims.
    Hear(usize),
    /// A device hears of the hub's epoch, takes it on, and says what it holds.
    Report(usize),
    /// A device's disk is gone for good.
    Lose(usize),
    /// A member of staff says that a device is gone for good. The first one may be wrong; the second one
    /// has looked: at the ashes, and for slips that the hub does not know.
    Word(usize, u8),
    /// The hub takes back the rights of a silent device (a wrong variant only).
    Reclaim(usize),
    /// Something that is under way arrives.
    #[allow(private_interfaces)]
    Deliver(Message),
}

/// The id of a device.
pub(crate) fn device_id(device: usize) -> DeviceId {
    DeviceId(Uuid::from_u128(device as u128))
}

/// Which device that is.
pub(crate) fn index_of(holder: Holder) -> usize {
    usize::from(holder.device == device_id(1))
}

/// What one hub knows of claims and an earlier one does not, or otherwise.
fn differing(hub: &Hub, earlier: &Hub) -> BTreeMap<u8, Known> {
    let known = hub.known.iter();
    known
        .filter(|(claim, known)| earlier.known.get(claim) != Some(known))
        .map(|(claim, known)| (*claim, *known))
        .collect()
}

fn records(entries: &[Entry]) -> Vec<Record> {
    let mut head = Head::default();
    let mut all = vec![];
    for entry in entries {
        let record = head.append(entry.body());
        head = record.head();
        all.push(record);
    }
    all
}

impl World {
    /// Both devices are enrolled; nobody has claimed.
    pub fn new(bounds: &Bounds) -> Self {
        let device = Device {
            disk: Disk {
                epoch: Some(Epoch(1)),
                hub_epoch: HubEpoch(1),
                ..Disk::default()
            },
            unsynced: None,
            copy: None,
            asks: 0,
            lost: false,
        };
        Self {
            hub: Hub::new(bounds.places),
            hub_copy: None,
            devices: [device.clone(), device],
            under_way: BTreeSet::new(),
            receipts: BTreeMap::new(),
            forgotten: BTreeMap::new(),
            phones: 0,
            lowers: 0,
            cancels: 0,
            restores: 0,
            hub_restores: 0,
            losses: 0,
        }
    }

    /// The state after a step.
    pub fn after(&self, action: &Action, bounds: &Bounds, rules: Rules) -> Self {
        let mut next = self.clone();
        next.take(action, bounds, rules);
        next
    }

    fn take(&mut self, action: &Action, bounds: &Bounds, rules: Rules) {
        match action {
            Action::Ask(n, want) => self.ask(*n, *want),
            Action::Confirm(n) => self.confirm(*n, rules),
            Action::GiveBack(n) => {
                self.devices[*n].disk.account.give_back(u32::MAX);
                self.devices[*n].unsynced = None;
            }
            Action::WithdrawAt(n, claim) => self.withdraw_at(*n, *claim, rules),
            Action::PowerCut(n) => {
                if let Some(left) = self.devices[*n].unsynced.take() {
                    self.devices[*n].disk = left;
                }
            }
            Action::Copy(n) => self.devices[*n].copy = Some(self.devices[*n].disk.clone()),
            Action::Restore(n) => self.restore(*n, rules),
            Action::Enrol(n, lost) => self.enrol(*n, *lost),
            Action::Phone => self.phone(),
            Action::Cancel(claim) => {
                self.cancels += 1;
                self.end(*claim);
            }
            Action::Lower => self.lower(rules),
            Action::Close => {
                self.hub.closed = true;
                self.hub.ledger.open = false;
                let live: Vec<u8> = self.hub.known.keys().copied().collect();
                live.into_iter().for_each(|claim| self.end(claim));
            }
            Action::CopyHub => self.hub_copy = Some(Box::new(self.hub.clone())),
            Action::RestoreHub => self.restore_hub(rules),
            Action::Hear(n) => {
                let news = self.since_copy();
                self.devices[*n].disk.heard.extend(news);
                self.devices[*n].unsynced = None;
            }
            Action::Report(n) => self.report(*n),
            Action::Lose(n) => {
                self.losses += 1;
                self.devices[*n].lost = true;
            }
            Action::Word(n, person) => self.word(*n, *person, rules),
            Action::Reclaim(n) => {
                let holder = self.newest_holder(*n);
                if let Some(account) = self.hub.ledger.holders.get_mut(&holder) {
                    account.returned = account.granted.saturating_sub(account.claimed);
                }
            }
            Action::Deliver(message) => self.deliver(message.clone(), bounds, rules),
        }
    }

    fn newest_holder(&self, device: usize) -> Holder {
        Holder {
            device: device_id(device),
            epoch: self.hub.newest[device],
        }
    }

    fn holder(&self, device: usize) -> Option<Holder> {
        let epoch = self.devices[device].disk.epoch?;
        Some(Holder {
            device: device_id(device),
            epoch,
        })
    }

    /// Rule 12. The copy takes the place of what the hub knows; its epoch rises above both.
    fn restore_hub(&mut self, rules: Rules) {
        let Some(copy) = self.hub_copy.take() else {
            return;
        };
        self.hub_restores += 1;
        self.forgotten = differing(&self.hub, &copy);
        let above = self.hub.epoch;
        self.hub = *copy;
        if rules != Rules::RestoreInSameHubEpoch {
            self.hub.epoch = HubEpoch(self.hub.epoch.0.max(above.0) + 1);
        }
        // Who looked for slips that the hub does not know, looked at what it knew then.
        self.hub.words.clear();
        if rules != Rules::RestoreWithoutHold {
            self.hub.unreported = (0..DEVICES)
                .filter(|n| !self.hub.written_off.contains(n))
                .map(|n| self.newest_holder(n))
                .collect();
            self.hub.ledger.hold();
            self.hub.release();
        }
    }

    /// What the hub knows of claims and its copy does not.
    fn since_copy(&self) -> BTreeMap<u8, Known> {
        let copy = self.hub_copy.as_ref();
        copy.map(|copy| differing(&self.hub, copy))
            .unwrap_or_default()
    }

    fn report(&mut self, n: usize) {
        let Some(message) = self.report_of(n) else {
            return;
        };
        let device = &mut self.devices[n];
        device.disk.hub_epoch = self.hub.epoch;
        // That is a transaction, with everything before it.
        device.unsynced = None;
        self.under_way.insert(message);
    }

    /// What a device says to the hub's present epoch.
    fn report_of(&self, n: usize) -> Option<Message> {
        let holder = self.holder(n)?;
        let hub_epoch = self.hub.epoch;
        let disk = &self.devices[n].disk;
        let mut epochs: BTreeSet<Epoch> = disk.logs.keys().copied().collect();
        epochs.extend(&disk.ended);
        epochs.insert(holder.epoch);
        let logs = epochs.into_iter().map(|epoch| {
            let long = disk.logs.get(&epoch).map_or(0, Vec::len) as u64;
            let whole = epoch == holder.epoch || disk.ended.contains(&epoch);
            (epoch, long, whole)
        });
        Some(Message::Report {
            holder,
            hub_epoch,
            granted: disk.account.granted,
            returned: disk.account.returned,
            logs: logs.collect(),
            heard: disk.heard.clone().into_iter().collect(),
        })
    }

    /// Rule 11. Two words write a device off.
    fn word(&mut self, n: usize, person: u8, rules: Rules) {
        self.hub.words.insert((n, person));
        let said = self
            .hub
            .words
            .iter()
            .filter(|(device, _)| *device == n)
            .count();
        if said == 2 || rules == Rules::WriteOffByOne {
            self.hub.write_off(n);
        }
    }

    fn ask(&mut self, n: usize, want: u32) {
        let Some(holder) = self.holder(n) else { return };
        let device = &mut self.devices[n];
        device.asks += 1;
        let account = device.disk.account;
        self.under_way.insert(Message::Ask {
            holder,
            known: account.granted,
            returned: account.returned,
            want,
        });
    }

    fn new_receipt(&mut self) -> u8 {
        let id = self.receipts.len() as u8 + 1;
        self.receipts.insert(id, true);
        id
    }

    fn confirm(&mut self, n: usize, rules: Rules) {
        let Some(holder) = self.holder(n) else { return };
        let before = self.devices[n].disk.clone();
        if self.devices[n].disk.account.confirm().is_err() {
            return;
        }
        let claim = self.new_receipt();
        let kept = rules != Rules::ShownBeforeKept;
        // What is not on the disk has not been sent either.
        self.append(n, holder, Entry::Confirmed(claim), kept);
        if !kept {
            self.devices[n].unsynced.get_or_insert(before);
        }
    }

    fn append(&mut self, n: usize, holder: Holder, entry: Entry, send: bool) {
        let log = self.devices[n].disk.logs.entry(holder.epoch).or_default();
        log.push(entry);
        let before = log[..log.len() - 1].to_vec();
        if send {
            self.under_way.insert(Message::Record {
                holder,
                seq: log.len() as u64,
                entry,
                before,
            });
        }
    }

    fn withdraw_at(&mut self, n: usize, claim: u8, rules: Rules) {
        self.cancels += 1;
        self.receipts.insert(claim, false);
        let epoch = self.devices[n].disk.epoch.unwrap_or_default();
        let holder = Holder {
            device: device_id(n),
            epoch,
        };
        // While it waits for an epoch, what it writes waits too: see `enrol`.
        self.append(n, holder, Entry::Withdrawn(claim), epoch != Epoch(0));
        if rules == Rules::CancelFreesTwice {
            let account = &mut self.devices[n].disk.account;
            account.confirmed = account.confirmed.saturating_sub(1);
        }
    }

    /// Rule 10: the mark of the last start is not the one beside the disk, so that its rights are
    /// gone and it enrols anew.
    fn restore(&mut self, n: usize, rules: Rules) {
        self.restores += 1;
        let device = &mut self.devices[n];
        device.unsynced = None;
        if let Some(copy) = device.copy.take() {
            device.disk = copy;
        }
        if rules != Rules::RestoreInSameEpoch {
            device.disk.account = DeviceAccount::default();
            device.disk.epoch = None;
        }
    }

    fn enrol(&mut self, n: usize, lost: bool) {
        // No epoch is given that the device had, whatever the hub has forgotten.
        let had = self.devices[n].disk.epoch.unwrap_or_default();
        for forgotten in self.hub.newest[n].0 + 1..=had.0 {
            self.hub.unreported.insert(Holder {
                device: device_id(n),
                epoch: Epoch(forgotten),
            });
            self.hub.newest[n] = Epoch(forgotten);
        }
        // Two lost answers are as one.
        if !lost || self.hub.newest[n] == Epoch(1) {
            self.hub.newest[n] = Epoch(self.hub.newest[n].0 + 1);
        }
        if lost {
            return;
        }
        let (epoch, hub_epoch) = (self.hub.newest[n], self.hub.epoch);
        let disk = &mut self.devices[n].disk;
        disk.ended.extend(disk.epoch);
        disk.hub_epoch = hub_epoch;
        disk.epoch = Some(epoch);
        disk.account = DeviceAccount::default();
        let waiting = disk.logs.remove(&Epoch(0)).unwrap_or_default();
        if let Some(holder) = self.holder(n) {
            for entry in waiting {
                self.append(n, holder, entry, true);
            }
        }
    }

    fn phone(&mut self) {
        self.phones += 1;
        if self.hub.ledger.claim_direct().is_ok() {
            let claim = self.new_receipt();
            self.hub.know(claim, None);
        }
    }

    fn lower(&mut self, rules: Rules) {
        self.lowers += 1;
        let ledger = &mut self.hub.ledger;
        let wanted = ledger.target - 1;
        if rules == Rules::LowerAtOnce {
            (ledger.places, ledger.target) = (wanted, wanted);
        } else {
            ledger.set_places(wanted);
        }
    }

    /// Rule 5: a claim that the hub knows ends; its place becomes free once.
    fn end(&mut self, claim: u8) {
        if self.hub.end(claim) {
            self.receipts.insert(claim, false);
        }
    }

    fn deliver(&mut self, message: Message, bounds: &Bounds, rules: Rules) {
        match message {
            Message::Ask {
                holder,
                known,
                returned,
                want,
            } => {
                let ask = RightsAsk {
                    job: JobId(Uuid::nil()),
                    known,
                    returned,
                    want,
                };
                self.exchange(holder, &ask, bounds);
            }
            Message::Granted {
                device,
                grant,
                more,
            } => {
                let disk = &mut self.devices[device].disk;
                let Some(epoch) = disk.epoch else { return };
                if rules == Rules::DeltaGrants {
                    disk.account.granted += more;
                } else {
                    disk.account.apply(grant, epoch, disk.hub_epoch);
                }
                self.devices[device].unsynced = None;
            }
            Message::Record {
                holder,
                seq,
                before,
                entry,
            } => {
                let all: Vec<Entry> = before.into_iter().chain([entry]).collect();
                for ended in self.hub.receive(holder, seq, &records(&all), entry) {
                    self.receipts.insert(ended, false);
                }
            }
            Message::Report {
                holder,
                hub_epoch,
                granted,
                returned,
                logs,
                heard,
            } => {
                let heard = match rules {
                    Rules::RestoreWithoutWitnesses => vec![],
                    _ => heard,
                };
                let rights = (granted, returned);
                self.hub.report(holder, hub_epoch, rights, &logs, &heard);
            }
        }
    }

    fn exchange(&mut self, holder: Holder, ask: &RightsAsk, bounds: &Bounds) {
        let device = index_of(holder);
        let hub = &mut self.hub;
        if hub.newest[device] != holder.epoch
            || hub.unreported.contains(&holder)
            || hub.written_off.contains(&device)
        {
            return;
        }
        let trusted = !hub.suspected.contains(&holder);
        let reserve = match bounds.reserve {
            true => rights::reserve(hub.ledger.places),
            false => 0,
        };
        let had = hub.ledger.holders.get(&holder).map_or(0, |it| it.granted);
        let (granted, receipt) = hub.ledger.exchange(holder, ask, trusted, reserve);
        if receipt == Receipt::Overdrawn {
            hub.suspected.insert(holder);
        }
        self.under_way.insert(Message::Granted {
            device,
            grant: Grant {
                epoch: holder.epoch,
                hub_epoch: hub.epoch,
                granted,
            },
            more: granted - had,
        });
    }
}
