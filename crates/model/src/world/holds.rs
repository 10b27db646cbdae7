//! What must hold in every state.

use super::{Bounds, DEVICES, Entry, Message, World, device_id};
use crate::Rules;
use gighall_core::rights::Holder;

impl World {
    /// I1: no more claims stand than there are places.
    pub fn none_oversold(&self) -> bool {
        let live = self.receipts.values().filter(|live| **live).count();
        live <= self.hub.ledger.places as usize
    }

    /// I3: nothing below zero, and a recount gives the stored counters.
    pub fn counters_add_up(&self) -> bool {
        let (hub, known) = (&self.hub.ledger, &self.hub.known);
        let lent: u32 = hub.holders.values().map(|it| it.outstanding()).sum();
        let of = |holder| known.values().filter(move |it| it.holder == holder);
        let recounted = hub.holders.iter().all(|(holder, account)| {
            let ended = of(Some(*holder)).filter(|it| !it.live).count();
            account.claimed as usize == of(Some(*holder)).count()
                && account.cancelled as usize == ended
        });
        let devices = self.devices.iter().all(|device| {
            let account = &device.disk.account;
            account.returned + account.confirmed <= account.granted
        });
        // A claim that ended at the hub after the copy stands there again, and its place may have been
        // lent meanwhile.
        let covered = self.hub_restores > 0 || hub.direct_live + lent <= hub.places;
        covered
            && hub.target <= hub.places
            && hub.direct_live as usize == of(None).filter(|it| it.live).count()
            && recounted
            && devices
    }

    /// I2, I4 and I7: once everything on the disks has arrived, the hub has each receipt that is on
    /// a disk, and what is not on any disk is what a restore has thrown away; sent again, nothing
    /// changes.
    pub fn all_arrives(&self, bounds: &Bounds) -> bool {
        let mut healed = self.clone();
        healed.send_all(bounds);
        let once = healed.clone();
        healed.send_all(bounds);
        let kept = self.devices.iter().flat_map(|it| it.disk.logs.values());
        let arrived = kept.flatten().all(|entry| match entry {
            Entry::Confirmed(claim) => healed.hub.known.contains_key(claim),
            Entry::Withdrawn(_) => true,
        });
        let stands = healed.receipts.values().filter(|live| **live).count();
        let lost = healed
            .receipts
            .keys()
            .filter(|claim| !healed.hub.known.contains_key(claim))
            .count();
        // What ended at the hub after the copy stands there again.
        let counted = self.hub_restores > 0 || healed.hub.ledger.live() as usize == stands;
        healed == once && arrived && (self.restores > 0 || (lost == 0 && counted))
    }

    fn send_all(&mut self, bounds: &Bounds) {
        for n in 0..DEVICES {
            let epoch = self.devices[n].disk.epoch;
            if epoch.is_none_or(|epoch| epoch > self.hub.newest[n]) {
                self.enrol(n, false);
            }
            for (epoch, log) in self.devices[n].disk.logs.clone() {
                let holder = Holder {
                    device: device_id(n),
                    epoch,
                };
                for (at, entry) in log.iter().enumerate() {
                    let record = Message::Record {
                        holder,
                        seq: at as u64 + 1,
                        entry: *entry,
                        before: log[..at].to_vec(),
                    };
                    self.deliver(record, bounds, Rules::Shipped);
                }
            }
        }
    }

    /// I5: honest devices are never suspected.
    pub fn nobody_suspected(&self) -> bool {
        self.hub.suspected.is_empty()
    }

    /// I6: whoever holds a right confirms, whatever the network does.
    pub fn rights_suffice(&self) -> bool {
        self.devices.iter().all(|device| {
            let mut account = device.disk.account;
            account.rights() == 0 || account.confirm().is_ok()
        })
    }
}
