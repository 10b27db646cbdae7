//! What must hold in every state.

use super::{Bounds, DEVICES, Entry, Message, World, device_id};
use crate::Rules;
use gighall_core::rights::Holder;

impl World {
    /// I1: no more claims stand than there are places. A claim that the hub made and forgot, and of which no
    /// device that is left has heard, is what no rule brings back.
    pub fn none_oversold(&self) -> bool {
        let live = self.receipts.iter().filter(|(_, live)| **live);
        let live = live.filter(|(claim, _)| !self.is_gone(**claim)).count();
        let ledger = &self.hub.ledger;
        let places = ledger
            .surplus_over
            .map_or(ledger.places, |places| places.max(ledger.target));
        live <= places as usize
    }

    /// Whether what the hub knew of a claim before it was put back is known to nobody any more.
    fn is_gone(&self, claim: u8) -> bool {
        let Some(said) = self.forgotten.get(&claim) else {
            return false;
        };
        let at_hub = self.hub.known.get(&claim);
        let heard = self.devices.iter().any(|device| {
            let heard = device.disk.heard.get(&claim);
            !device.lost && heard.is_some_and(|it| it.live == said.live)
        });
        // A right was behind it: its record comes again, in which it begins.
        let logged = self.devices.iter().any(|device| {
            let mut entries = device.disk.logs.values().flatten();
            let same = match said.live {
                true => Entry::Confirmed(claim),
                false => Entry::Withdrawn(claim),
            };
            entries.any(|entry| *entry == same)
        });
        at_hub.is_none_or(|known| known.live != said.live) && !heard && !logged
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
        // Until all have reported, a claim may stand again at the hub of which somebody has heard that it
        // ended, while its place was lent; afterwards only one of whose end nobody has heard.
        let covered = hub.held || hub.direct_live + lent <= hub.places;
        let mut ended = self.forgotten.iter().filter(|(_, said)| !said.live);
        let in_doubt = hub.held || ended.any(|(claim, _)| self.is_gone(*claim));
        covered
            && (hub.surplus_over.is_none() || in_doubt)
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
        // What was forgotten, and nobody has heard of, is at the hub as it was in the copy.
        let as_told = healed.receipts.iter().all(|(claim, live)| {
            let known = healed.hub.known.get(claim);
            known.is_some_and(|known| known.live == *live) || healed.is_gone(*claim)
        });
        healed == once && arrived && (self.restores > 0 || as_told)
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
            if !self.devices[n].lost
                && let Some(report) = self.report_of(n)
            {
                self.deliver(report, bounds, Rules::Shipped);
            }
        }
    }

    /// I5: honest devices are never suspected.
    pub fn nobody_suspected(&self) -> bool {
        self.hub.suspected.is_empty()
    }
}
