//! Which steps can be taken in a state.

use super::{Action, Bounds, Device, Entry, Message, World, index_of};
use crate::Rules;

impl World {
    /// Every step that can be taken now.
    pub fn actions(&self, bounds: &Bounds, rules: Rules) -> Vec<Action> {
        let mut all: Vec<Action> = self
            .under_way
            .iter()
            .cloned()
            .map(Action::Deliver)
            .collect();
        for (n, device) in self.devices.iter().enumerate() {
            self.device_actions(n, device, bounds, rules, &mut all);
        }
        if self.phones < bounds.phones {
            all.push(Action::Phone);
        }
        if self.hub_restores < bounds.hub_restores {
            all.push(match self.hub_copy {
                None => Action::CopyHub,
                Some(_) => Action::RestoreHub,
            });
        }
        if self.cancels < bounds.cancels {
            let live = self.hub.known.iter().filter(|(_, known)| known.live);
            all.extend(live.map(|(claim, _)| Action::Cancel(*claim)));
        }
        if self.lowers < bounds.lowers && self.hub.ledger.target > 0 {
            all.push(Action::Lower);
        }
        if bounds.closes && !self.hub.closed {
            all.push(Action::Close);
        }
        all
    }

    fn device_actions(
        &self,
        n: usize,
        device: &Device,
        bounds: &Bounds,
        rules: Rules,
        all: &mut Vec<Action>,
    ) {
        self.staff_actions(n, device, bounds, all);
        if device.lost {
            return;
        }
        let disk = &device.disk;
        match disk.epoch {
            // The hub was put back from a copy that does not know this enrolment.
            Some(epoch) if epoch > self.hub.newest[n] => all.push(Action::Enrol(n, false)),
            None => all.extend([Action::Enrol(n, false), Action::Enrol(n, true)]),
            Some(_) => {
                if device.asks < bounds.asks {
                    all.extend((0..=bounds.want).map(|want| Action::Ask(n, want)));
                }
                if disk.account.rights() > 0 {
                    all.extend([Action::Confirm(n), Action::GiveBack(n)]);
                }
            }
        }
        if self.cancels < bounds.cancels {
            let entries = disk.logs.values().flatten();
            let taken = entries.filter_map(|entry| match entry {
                Entry::Confirmed(claim) => Some(*claim),
                Entry::Withdrawn(_) => None,
            });
            let stands = |claim: &u8| self.receipts.get(claim) == Some(&true);
            all.extend(
                taken
                    .filter(stands)
                    .map(|claim| Action::WithdrawAt(n, claim)),
            );
        }
        if self.restores < bounds.restores {
            match &device.copy {
                None => all.push(Action::Copy(n)),
                Some(_) => all.push(Action::Restore(n)),
            }
        }
        if device.unsynced.is_some() {
            all.push(Action::PowerCut(n));
        }
        // Before there is a copy nothing of it is forgotten.
        if self
            .since_copy()
            .iter()
            .any(|(claim, said)| disk.heard.get(claim) != Some(said))
        {
            all.push(Action::Hear(n));
        }
        if self.is_to_report(n) {
            all.push(Action::Report(n));
        }
        if rules == Rules::ReclaimOnTimeout {
            all.push(Action::Reclaim(n));
        }
    }

    fn staff_actions(&self, n: usize, device: &Device, bounds: &Bounds, all: &mut Vec<Action>) {
        if !device.lost && self.losses < bounds.losses {
            all.push(Action::Lose(n));
        }
        if bounds.losses > 0 && !self.hub.written_off.contains(&n) {
            let sure = device.lost && self.no_slip_is_outside(n);
            all.extend((0..2).filter_map(|person| {
                let says = person == 0 || sure;
                let new = !self.hub.words.contains(&(n, person));
                (says && new).then_some(Action::Word(n, person))
            }));
        }
    }

    /// Whether the hub knows every claim that a device confirmed and that still stands.
    fn no_slip_is_outside(&self, n: usize) -> bool {
        let entries = self.devices[n].disk.logs.values().flatten();
        entries.into_iter().all(|entry| match entry {
            Entry::Confirmed(claim) => {
                self.hub.known.contains_key(claim) || self.receipts.get(claim) != Some(&true)
            }
            Entry::Withdrawn(_) => true,
        })
    }

    /// Whether the hub waits for a device that knows of it and has not said anything yet.
    fn is_to_report(&self, n: usize) -> bool {
        let Some(holder) = self.holder(n) else {
            return false;
        };
        let has_said = self.under_way.iter().any(|message| {
            matches!(message, Message::Report { holder: of, hub_epoch, .. }
                if *of == holder && *hub_epoch == self.hub.epoch)
        });
        let waits = self.hub.unreported.iter().any(|it| index_of(*it) == n);
        waits && !has_said && holder.epoch == self.hub.newest[n]
    }
}
