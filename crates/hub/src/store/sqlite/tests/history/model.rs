//! Core's rules alone, played beside the store: the same that the model checker visits every state of.

use super::House;
use crate::store::Store;
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
}

impl Model {
    pub fn new(places: u32) -> Self {
        Self {
            ledger: JobLedger::new(places),
            live: BTreeMap::new(),
            arrived: BTreeMap::new(),
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

    /// The hub has so much of a log now. Whether a claim of it ended at once, or where it has a place, is
    /// for the store to say: it knows the people.
    pub fn arrives(&mut self, house: &House, holder: Holder, log: &[Record], length: usize) {
        let before = self.arrived.insert(holder, length).unwrap_or(0);
        let holds = |id| {
            let kept = house.store.claim(id).expect("read");
            kept.is_some_and(|kept| kept.claim.state.holds_place())
        };
        for record in &log[before.min(length)..length] {
            let body: Body = serde_json::from_str(&record.body).expect("ours");
            match body.event {
                Event::ClaimConfirmed { claim } => {
                    assert_eq!(self.ledger.receive_claim(holder), Receipt::Backed);
                    self.live.insert(claim.id, Some(holder));
                    if !holds(claim.id) {
                        self.ends(claim.id);
                    }
                }
                Event::ClaimProvisional { claim } if holds(claim.id) => self.direct(claim.id),
                Event::ClaimWithdrawn { claim, .. } if !holds(claim) => self.ends(claim),
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
