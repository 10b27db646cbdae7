//! Core's rules alone, played beside the store: the same that the model checker visits every state of.

use super::House;
use crate::store::Store;
use gighall_core::claim::Claim;
use gighall_core::id::{ClaimId, JobId};
use gighall_core::outbox::{Body, Event, Record};
use gighall_core::rights::{Holder, HolderAccount, JobLedger, Receipt, reserve};
use gighall_core::wire::RightsAsk;
use std::collections::BTreeMap;

/// One job, as the rules have it.
pub struct Model {
    ledger: JobLedger,
    /// Claims that hold a place, and whose right backs them.
    live: BTreeMap<ClaimId, Option<Holder>>,
    /// How many records of each log have arrived.
    arrived: BTreeMap<Holder, usize>,
    /// Slips that staff entered, by their numbers, and under which id.
    slips: BTreeMap<String, ClaimId>,
}

impl Model {
    pub fn new(places: u32) -> Self {
        Self {
            ledger: JobLedger::new(places),
            live: BTreeMap::new(),
            arrived: BTreeMap::new(),
            slips: BTreeMap::new(),
        }
    }

    /// A claim was made at the hub.
    pub fn direct(&mut self, claim: ClaimId) {
        self.ledger.claim_direct().expect("a place was free");
        self.live.insert(claim, None);
    }

    /// The hub had no place for one.
    pub fn none_is_free(&mut self) {
        assert!(self.ledger.claim_direct().is_err(), "a place is free");
    }

    /// Gives what a device is granted in all.
    pub fn ask(&mut self, holder: Holder, ask: &RightsAsk) -> u32 {
        let kept_back = reserve(self.ledger.places);
        let (granted, receipt) = self.ledger.exchange(holder, ask, true, kept_back);
        assert_eq!(receipt, Receipt::Backed);
        granted
    }

    pub fn set_places(&mut self, places: u32) {
        self.ledger.set_places(places);
    }

    /// A claim that the hub knows ended.
    pub fn ends(&mut self, claim: ClaimId) {
        match self.live.remove(&claim) {
            Some(Some(holder)) => self.ledger.cancel_backed(holder),
            Some(None) => self.ledger.cancel_direct(),
            None => {}
        }
    }

    /// Staff entered a slip of a lost device.
    pub fn entered(&mut self, house: &House, holder: Holder, claim: &Claim) {
        self.slips.insert(claim.number.clone(), claim.id);
        self.new_backed(house, holder, claim.id);
    }

    fn new_backed(&mut self, house: &House, holder: Holder, id: ClaimId) {
        assert_eq!(self.ledger.receive_claim(holder), Receipt::Backed);
        self.live.insert(id, Some(holder));
        if !holds(house, id) {
            self.ends(id);
        }
    }

    /// The hub has so much of a log now. Whether a claim of it ended at once, or where it has a place, is
    /// for the store to say: it knows the people.
    pub fn arrives(&mut self, house: &House, holder: Holder, log: &[Record], length: usize) {
        let before = self.arrived.insert(holder, length).unwrap_or(0);
        for record in &log[before.min(length)..length] {
            let body: Body = serde_json::from_str(&record.body).expect("ours");
            match body.event {
                Event::ClaimConfirmed { claim } => match self.slips.remove(&claim.number) {
                    // The same one, by its own id from now on.
                    Some(entered) => {
                        if let Some(holder) = self.live.remove(&entered) {
                            self.live.insert(claim.id, holder);
                        }
                        if !holds(house, claim.id) {
                            self.ends(claim.id);
                        }
                    }
                    None => self.new_backed(house, holder, claim.id),
                },
                Event::ClaimProvisional { claim } if holds(house, claim.id) => {
                    self.direct(claim.id);
                }
                Event::ClaimWithdrawn { claim, .. } if !holds(house, claim) => self.ends(claim),
                _ => {}
            }
        }
    }

    /// The store's ledger is this one.
    pub fn check(&self, job: JobId, stored: &JobLedger) {
        let counters = |it: &JobLedger| (it.places, it.target, it.direct_live, it.free());
        assert_eq!(counters(stored), counters(&self.ledger), "{job}");
        let accounts = |it: &JobLedger| -> BTreeMap<Holder, HolderAccount> {
            let used = it.holders.iter();
            used.filter(|(_, account)| **account != HolderAccount::default())
                .map(|(holder, account)| (*holder, *account))
                .collect()
        };
        assert_eq!(accounts(stored), accounts(&self.ledger), "{job}");
    }
}

fn holds(house: &House, id: ClaimId) -> bool {
    let kept = house.store.claim(id).expect("read");
    kept.is_some_and(|kept| kept.claim.state.holds_place())
}
