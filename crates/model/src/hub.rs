//! What the hub knows: everything that a copy of its data brings back as it was.

use crate::world::{DEVICES, Entry, device_id, index_of};
use gighall_core::id::{Epoch, HubEpoch};
use gighall_core::outbox::{Arrival, Head, Record, RecordHash, arrival};
use gighall_core::rights::{Holder, JobLedger, Receipt};
use std::collections::{BTreeMap, BTreeSet};

/// A claim as the hub knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Known {
    /// `None` for a claim made at the hub.
    pub holder: Option<Holder>,
    /// Whether it holds a place.
    pub live: bool,
}

/// The hub's copy of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Log {
    head: Head,
    kept: Vec<RecordHash>,
}

/// The hub.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Hub {
    /// The job's places, by the shipped rules.
    pub ledger: JobLedger,
    /// Its epoch.
    pub epoch: HubEpoch,
    /// Whom it waits for since it was put back from a copy.
    pub unreported: BTreeSet<Holder>,
    /// Which of two members of staff have said that a device is lost.
    pub words: BTreeSet<(usize, u8)>,
    /// Devices that were written off.
    pub written_off: BTreeSet<usize>,
    /// Its claims.
    pub known: BTreeMap<u8, Known>,
    logs: BTreeMap<Holder, Log>,
    /// The newest epoch of each device.
    pub newest: [Epoch; DEVICES],
    /// Holders whose word does not fit together.
    pub suspected: BTreeSet<Holder>,
    /// Claims whose withdrawal came before them.
    early: BTreeSet<u8>,
    /// The job was withdrawn.
    pub closed: bool,
}

impl Hub {
    /// A hub with one job; both devices are enrolled.
    pub fn new(places: u32) -> Self {
        Self {
            ledger: JobLedger::new(places),
            epoch: HubEpoch(1),
            unreported: BTreeSet::new(),
            words: BTreeSet::new(),
            written_off: BTreeSet::new(),
            known: BTreeMap::new(),
            logs: BTreeMap::new(),
            newest: [Epoch(1); DEVICES],
            suspected: BTreeSet::new(),
            early: BTreeSet::new(),
            closed: false,
        }
    }

    /// Keeps a new claim.
    pub fn know(&mut self, claim: u8, holder: Option<Holder>) {
        self.known.insert(claim, Known { holder, live: true });
    }

    /// Rule 5: a claim that the hub knows ends; its place becomes free once. Says whether it stood.
    pub fn end(&mut self, claim: u8) -> bool {
        let Some(known) = self.known.get_mut(&claim).filter(|known| known.live) else {
            return false;
        };
        known.live = false;
        match known.holder {
            Some(holder) => self.ledger.cancel_backed(holder),
            None => self.ledger.cancel_direct(),
        }
        true
    }

    /// A record arrives. Gives the claims that end with it.
    pub fn receive(&mut self, holder: Holder, seq: u64, sent: &[Record], entry: Entry) -> Vec<u8> {
        // The token of an enrolment that is not known opens no door.
        let is_known = holder.epoch <= self.newest[index_of(holder)];
        let Some(record) = sent.last().filter(|_| is_known) else {
            return vec![];
        };
        let log = self.logs.entry(holder).or_default();
        let kept = log.kept.get(seq as usize - 1).copied();
        match arrival(log.head, kept, record) {
            Arrival::New => {
                log.head = record.head();
                log.kept.push(record.hash);
            }
            Arrival::Again | Arrival::Gap => return vec![],
            Arrival::Fork | Arrival::Damaged => {
                self.suspected.insert(holder);
                return vec![];
            }
        }
        let ends = match entry {
            Entry::Confirmed(claim) if self.known.contains_key(&claim) => {
                self.known_by_letter(claim, holder);
                None
            }
            Entry::Confirmed(claim) => {
                let no_place = self.count(holder);
                self.know(claim, Some(holder));
                let ends = self.closed || self.early.remove(&claim) || no_place;
                ends.then_some(claim)
            }
            Entry::Withdrawn(claim) if self.known.contains_key(&claim) => Some(claim),
            Entry::Withdrawn(claim) => {
                self.early.insert(claim);
                None
            }
        };
        ends.into_iter().filter(|claim| self.end(*claim)).collect()
    }

    /// Accounts for a claim that is new here. Says whether its place was given to somebody else, as the
    /// device had been written off.
    fn count(&mut self, holder: Holder) -> bool {
        if self.unreported.contains(&holder) {
            self.ledger.receive_in_doubt(holder);
            return false;
        }
        if self.ledger.receive_claim(holder) == Receipt::Backed {
            return false;
        }
        if self.written_off.contains(&index_of(holder)) {
            return self.ledger.is_oversold();
        }
        self.suspected.insert(holder);
        false
    }

    /// The record of a claim that a letter has brought before. Where its enrolment was not known then, a right
    /// is behind it from now on.
    fn known_by_letter(&mut self, claim: u8, holder: Holder) {
        let Some(known) = self.known.get(&claim).copied() else {
            return;
        };
        if known.holder.is_some() {
            return;
        }
        self.count(holder);
        match known.live {
            true => self.ledger.cancel_direct(),
            false => self.ledger.cancel_backed(holder),
        }
        let holder = Some(holder);
        self.known.insert(claim, Known { holder, ..known });
    }

    /// Rule 12. What the hub itself said of a claim, as a device heard it. Gives the claim, if it ends with
    /// that.
    fn take_letter(&mut self, claim: u8, said: Known) {
        if self.known.contains_key(&claim) {
            if !said.live {
                self.end(claim);
            }
            return;
        }
        let is_known = |holder: &Holder| holder.epoch <= self.newest[index_of(*holder)];
        let holder = said.holder.filter(is_known);
        match (holder, said.live) {
            (Some(holder), true) => self.ledger.receive_in_doubt(holder),
            (Some(holder), false) => {
                self.ledger.receive_in_doubt(holder);
                self.ledger.cancel_backed(holder);
            }
            (None, true) => self.ledger.stand_again(),
            (None, false) => {}
        }
        let live = said.live;
        self.known.insert(claim, Known { holder, live });
        if self.early.remove(&claim) {
            self.end(claim);
        }
    }

    /// Rule 12. A device says what it was granted and gave back, how long its logs are, and what the hub said
    /// of claims.
    pub fn report(
        &mut self,
        holder: Holder,
        hub_epoch: HubEpoch,
        (granted, returned): (u32, u32),
        logs: &[(Epoch, u64, bool)],
        heard: &[(u8, Known)],
    ) {
        if hub_epoch != self.epoch || self.newest[index_of(holder)] != holder.epoch {
            return;
        }
        let waits = |it: &Holder| index_of(*it) == index_of(holder);
        if self.unreported.iter().any(waits) {
            for (claim, said) in heard {
                self.take_letter(*claim, *said);
            }
        }
        if self.unreported.contains(&holder) {
            self.ledger.report(holder, granted, returned);
        }
        let of = |epoch: Epoch| Holder { epoch, ..holder };
        let has_all = logs.iter().all(|(epoch, long, _)| {
            let kept = self.logs.get(&of(*epoch)).map_or(0, |log| log.kept.len());
            kept as u64 >= *long
        });
        if has_all {
            let whole = logs.iter().filter(|(_, _, whole)| *whole);
            for (epoch, ..) in whole {
                self.unreported.remove(&of(*epoch));
            }
            self.release();
        }
    }

    /// Rule 12. Places are given again once nobody is waited for.
    pub fn release(&mut self) {
        if self.ledger.held && self.unreported.is_empty() {
            self.ledger.release();
        }
    }

    /// Rule 11. What a device never spent is free again, and it gets nothing any more.
    pub fn write_off(&mut self, n: usize) {
        self.written_off.insert(n);
        for epoch in 1..=self.newest[n].0 {
            self.ledger.write_off(Holder {
                device: device_id(n),
                epoch: Epoch(epoch),
            });
        }
        self.unreported.retain(|holder| index_of(*holder) != n);
        self.release();
    }
}
