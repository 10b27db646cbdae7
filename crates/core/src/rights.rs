//! Rights to places, as escrow (O'Neil 1986): the hub lends a device permission to confirm so
//! many claims of a job without asking. All counters are cumulative and only grow, so a message
//! that is lost, doubled, late or out of order changes nothing.
//!
//! ```text
//! hub:    free   = N - D - sum over holders (G - R - X)   >= 0   (max(G - R, claimed) - X)
//! device: rights = g - r - c                              >= 0
//! ```

use crate::id::{DeviceId, Epoch, HubEpoch};
use crate::wire::RightsAsk;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One enrolment of one device: what rights are bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Holder {
    /// The device.
    pub device: DeviceId,
    /// Which of its enrolments.
    pub epoch: Epoch,
}

/// What the hub keeps for one job and one holder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct HolderAccount {
    /// G: rights ever granted.
    pub granted: u32,
    /// R: rights ever given back, as the device last reported.
    pub returned: u32,
    /// Distinct right-backed claims received so far.
    pub claimed: u32,
    /// X: distinct claims among them that were cancelled.
    pub cancelled: u32,
}

impl HolderAccount {
    /// G - R - X: places that this holder's rights and live claims keep from everybody else. A
    /// holder that confirmed more than it had rights keeps a place for each claim all the same: one
    /// that is cancelled then frees what it held, not a place that somebody else's claim holds.
    pub fn outstanding(&self) -> u32 {
        self.granted
            .saturating_sub(self.returned)
            .max(self.claimed)
            .saturating_sub(self.cancelled)
    }

    /// Rights that are unspent as far as the hub can know; claims under way make it fewer.
    pub fn unspent(&self) -> u32 {
        self.granted
            .saturating_sub(self.returned)
            .saturating_sub(self.claimed)
    }
}

/// What the hub keeps for one job.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct JobLedger {
    /// N: places that may be held now.
    pub places: u32,
    /// N': places that the employer wants; below `places` while rights are still out (rule 7).
    pub target: u32,
    /// D: live claims made directly at the hub.
    pub direct_live: u32,
    /// Whether rights may be granted and direct claims made.
    pub open: bool,
    /// Rule 12: the hub was restored, and a device that may have been lent places of this job has not
    /// reported yet. No place counts as free until then.
    pub held: bool,
    /// Rule 12: more is held and lent than there were places, as nobody who was asked knew which of these
    /// claims had ended: so many there were. `places` is what is held and lent then, so that nothing is
    /// given; it shrinks as in rule 7.
    pub surplus_over: Option<u32>,
    /// An account for each holder that was ever granted a right.
    pub holders: BTreeMap<Holder, HolderAccount>,
}

/// No place is free at the hub.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no place is free")]
pub struct Exhausted {
    /// Holders that keep unspent rights, with how many; empty where the job is simply full.
    pub held_by: Vec<(Holder, u32)>,
}

/// How a right-backed claim stands to the rights that were granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// A right backs it.
    Backed,
    /// More claims and returns arrived than rights were granted: the device is to be quarantined.
    /// The claim itself is kept all the same (rule 3).
    Overdrawn,
}

impl JobLedger {
    /// A job that was just published with so many places.
    pub fn new(places: u32) -> Self {
        Self {
            places,
            target: places,
            open: true,
            ..Self::default()
        }
    }

    /// Places that are neither held by a claim nor lent to a device; none while they are held back.
    pub fn free(&self) -> u32 {
        if self.held {
            return 0;
        }
        self.places.saturating_sub(self.used())
    }

    /// D + sum(G - R - X): places that claims hold or devices were lent.
    fn used(&self) -> u32 {
        // A device may say anything of itself: what it makes up is never to turn the sum over.
        let outstanding = self.holders.values().map(HolderAccount::outstanding);
        outstanding.fold(self.direct_live, u32::saturating_add)
    }

    /// Whether more is lent and held than there are places. By the rules it never is; what a device
    /// that was written off turns out to have confirmed can make it so.
    pub fn is_oversold(&self) -> bool {
        self.used() > self.surplus_over.unwrap_or(self.places)
    }

    /// Live claims that the hub knows of.
    pub fn live(&self) -> u32 {
        let backed: u32 = self
            .holders
            .values()
            .map(|account| account.claimed.saturating_sub(account.cancelled))
            .sum();
        self.direct_live + backed
    }

    /// Places that no live claim holds: what screens show.
    pub fn places_left(&self) -> u32 {
        self.places.min(self.target).saturating_sub(self.live())
    }

    /// Rule 1. Grants up to `want` further rights, if the holder already knows of all it was
    /// granted before (`known` is its g), and gives the cumulative G to send. A request that was
    /// doubled or whose answer was lost only gets the same G again. `reserve` places stay at the
    /// hub.
    pub fn grant(&mut self, holder: Holder, known: u32, want: u32, reserve: u32) -> u32 {
        let lendable = if self.open {
            self.free().saturating_sub(reserve)
        } else {
            0
        };
        let account = self.holders.entry(holder).or_default();
        if known == account.granted {
            account.granted += want.min(lendable);
        }
        account.granted
    }

    /// Rules 1 and 4, for what a holder of the present epoch reports and asks: takes note of what it
    /// gave back, then grants. Nothing is granted to a holder that is not `trusted`, or that gives
    /// back more than it had. Gives the cumulative G to send.
    pub fn exchange(
        &mut self,
        holder: Holder,
        ask: &RightsAsk,
        trusted: bool,
        reserve: u32,
    ) -> (u32, Receipt) {
        let receipt = self.report_returned(holder, ask.returned);
        let want = if trusted && receipt == Receipt::Backed {
            ask.want
        } else {
            0
        };
        (self.grant(holder, ask.known, want, reserve), receipt)
    }

    /// Rule 4. Takes note of the cumulative number of rights that a holder has given back.
    pub fn report_returned(&mut self, holder: Holder, returned: u32) -> Receipt {
        let account = self.holders.entry(holder).or_default();
        if returned.saturating_add(account.claimed) > account.granted {
            return Receipt::Overdrawn;
        }
        account.returned = account.returned.max(returned);
        self.shrink();
        Receipt::Backed
    }

    /// Rule 3. Takes note of a right-backed claim that is new at the hub. The caller knows claim
    /// ids and calls this once for each.
    pub fn receive_claim(&mut self, holder: Holder) -> Receipt {
        let account = self.holders.entry(holder).or_default();
        account.claimed += 1;
        let spent = account.claimed.checked_add(account.returned);
        if spent.is_none_or(|spent| spent > account.granted) {
            Receipt::Overdrawn
        } else {
            Receipt::Backed
        }
    }

    /// Rule 12. The hub was restored from an older copy: others may hold places that it does not know
    /// of.
    pub fn hold(&mut self) {
        self.held = true;
    }

    /// Rule 12. Everybody who may hold places has reported, or was written off.
    pub fn release(&mut self) {
        self.held = false;
        self.make_room();
        self.shrink();
    }

    /// Rule 12. The hub itself had given a place to a live claim that it has forgotten. It is held again,
    /// also where that is one more than there are: which of them ended may be heard later.
    pub fn stand_again(&mut self) {
        self.direct_live += 1;
        self.make_room();
    }

    /// What is held and lent is not to be more than `places`: see [`JobLedger::surplus_over`].
    fn make_room(&mut self) {
        let used = self.used();
        if used > self.places {
            self.surplus_over.get_or_insert(self.places);
            self.places = used;
        }
    }

    /// Rule 12. A holder says what it was granted and gave back in all. The hub may have forgotten
    /// grants and returns; both only grow, so the larger count is the true one.
    pub fn report(&mut self, holder: Holder, granted: u32, returned: u32) {
        let account = self.holders.entry(holder).or_default();
        account.granted = account.granted.max(granted);
        account.returned = account.returned.max(returned.min(account.granted));
    }

    /// Rule 12. A device says that a live claim was made directly here before the hub was restored. Says
    /// whether its place is still there.
    pub fn direct_again(&mut self) -> bool {
        let there = self.used() < self.places;
        self.direct_live += u32::from(there);
        there
    }

    /// Rules 3 and 12. As [`JobLedger::receive_claim`], of a holder that has not reported since the hub
    /// was restored: the claim itself shows that a right was granted.
    pub fn receive_in_doubt(&mut self, holder: Holder) {
        let account = self.holders.entry(holder).or_default();
        account.claimed += 1;
        let spent = account.claimed.saturating_add(account.returned);
        account.granted = account.granted.max(spent);
    }

    /// Rule 11. Two members of staff have seen that a holder is lost and that no more receipts of it
    /// can come: the rights that it never spent, as far as the hub knows, are free again. Says how
    /// many.
    pub fn write_off(&mut self, holder: Holder) -> u32 {
        let Some(account) = self.holders.get_mut(&holder) else {
            return 0;
        };
        let unspent = account.unspent();
        account.returned += unspent;
        self.shrink();
        unspent
    }

    /// Rule 11. A slip of a lost device that staff entered, and that counts as a claim of it since, turns
    /// out to be none of this job's: the right that it was taken to have spent is in doubt again. The
    /// caller calls this for a live one, once.
    pub fn slip_taken_back(&mut self, holder: Holder) {
        let account = self.holders.entry(holder).or_default();
        account.claimed = account.claimed.saturating_sub(1).max(account.cancelled);
        self.shrink();
    }

    /// Rule 5. A right-backed live claim ends before check-in; its place becomes free once, here.
    /// The caller calls this once for each claim id.
    pub fn cancel_backed(&mut self, holder: Holder) {
        let account = self.holders.entry(holder).or_default();
        account.cancelled = (account.cancelled + 1).min(account.claimed);
        self.shrink();
    }

    /// Rule 6. Takes a place for a claim made directly at the hub.
    ///
    /// # Errors
    /// [`Exhausted`] with the holders that could be asked to give rights back.
    pub fn claim_direct(&mut self) -> Result<(), Exhausted> {
        if self.open && self.free() > 0 {
            self.direct_live += 1;
            return Ok(());
        }
        let held_by = self
            .holders
            .iter()
            .map(|(holder, account)| (*holder, account.unspent()))
            .filter(|(_, unspent)| self.open && *unspent > 0)
            .collect();
        Err(Exhausted { held_by })
    }

    /// Rule 5, for a claim made directly at the hub.
    pub fn cancel_direct(&mut self) {
        self.direct_live = self.direct_live.saturating_sub(1);
        self.shrink();
    }

    /// Rule 7. The employer wants another number of places: more at once, fewer only as far as
    /// places are free now; the rest waits until rights or claims come back.
    pub fn set_places(&mut self, wanted: u32) {
        self.target = wanted;
        if let Some(places) = &mut self.surplus_over {
            *places = wanted.max(*places);
        }
        self.places = self.places.max(wanted);
        self.shrink();
    }

    fn shrink(&mut self) {
        let least = self.surplus_over.unwrap_or_default().max(self.target);
        if self.surplus_over.is_some() && !self.held && self.used() <= least {
            self.surplus_over = None;
            self.places = least;
        }
        if self.target < self.places {
            self.places = self.target.max(self.places - self.free());
        }
    }
}

/// A grant as the device is told: cumulative, never a delta (rule 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Grant {
    /// The enrolment it belongs to.
    pub epoch: Epoch,
    /// The hub's epoch.
    pub hub_epoch: HubEpoch,
    /// G.
    pub granted: u32,
}

/// What a device keeps for one job.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DeviceAccount {
    /// g: rights ever granted, as far as the device was told.
    pub granted: u32,
    /// r: rights ever given back.
    pub returned: u32,
    /// c: claims ever confirmed with a right; never falls.
    pub confirmed: u32,
}

/// The device holds no right to a place of that job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no right to a place of this job is held")]
pub struct NoRight;

impl DeviceAccount {
    /// How many claims may still be confirmed without asking.
    pub fn rights(&self) -> u32 {
        self.granted
            .saturating_sub(self.returned)
            .saturating_sub(self.confirmed)
    }

    /// Rule 1. Takes a grant, if it is meant for this enrolment and comes from this hub's epoch;
    /// says whether it was.
    pub fn apply(&mut self, grant: Grant, epoch: Epoch, hub_epoch: HubEpoch) -> bool {
        let meant = grant.epoch == epoch && grant.hub_epoch == hub_epoch;
        if meant {
            self.granted = self.granted.max(grant.granted);
        }
        meant
    }

    /// Rule 2. Spends one right.
    ///
    /// # Errors
    /// [`NoRight`] if none is left.
    pub fn confirm(&mut self) -> Result<(), NoRight> {
        if self.rights() == 0 {
            return Err(NoRight);
        }
        self.confirmed += 1;
        Ok(())
    }

    /// Rule 4. Gives back up to `most` unspent rights. The caller stores the account before it
    /// reports [`DeviceAccount::returned`].
    pub fn give_back(&mut self, most: u32) {
        self.returned += most.min(self.rights());
    }
}

/// Places that the hub keeps for phones and for devices without rights when it lends rights of a
/// job with so many places: a third, rounded up. A single place is never lent.
pub fn reserve(places: u32) -> u32 {
    places.div_ceil(3)
}

/// How many unspent rights a terminal wants to hold for a job with so many places, so that it can
/// go on without the hub: a quarter, at least one and at most ten, and none for a single place. One at
/// which more than that were confirmed `lately` wants as many again, but no more than half of the places:
/// where people come, rights go (rule 14).
pub fn wanted(places: u32, lately: u32) -> u32 {
    if places < 2 {
        return 0;
    }
    let everybodys = (places / 4).clamp(1, 10);
    everybodys.max(lately.min(places / 2))
}

/// How many rights to ask for now. Asks only at or below the low-water mark (half of what is
/// wanted), so that a busy job does not ask at every claim.
pub fn to_ask(places: u32, lately: u32, held: u32) -> u32 {
    let wanted = wanted(places, lately);
    if held <= wanted / 2 { wanted - held } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder(n: u128) -> Holder {
        Holder {
            device: DeviceId(uuid::Uuid::from_u128(n)),
            epoch: Epoch(1),
        }
    }

    #[test]
    fn a_grant_repeated_lends_nothing_more() {
        let mut ledger = JobLedger::new(10);
        assert_eq!(ledger.grant(holder(1), 0, 3, 0), 3);
        assert_eq!(ledger.grant(holder(1), 0, 3, 0), 3);
        assert_eq!(ledger.free(), 7);
        assert_eq!(ledger.grant(holder(1), 3, 9, 2), 8);
        assert_eq!(ledger.free(), 2);
    }

    #[test]
    fn a_full_job_says_who_could_give_back() {
        let mut ledger = JobLedger::new(2);
        ledger.grant(holder(1), 0, 1, 0);
        assert_eq!(ledger.claim_direct(), Ok(()));
        let exhausted = ledger.claim_direct().expect_err("no place is free");
        assert_eq!(exhausted.held_by, vec![(holder(1), 1)]);
        assert_eq!(ledger.report_returned(holder(1), 1), Receipt::Backed);
        assert_eq!(ledger.claim_direct(), Ok(()));
        assert_eq!(ledger.claim_direct(), Err(Exhausted { held_by: vec![] }));
    }

    #[test]
    fn fewer_places_wait_for_rights_to_come_back() {
        let mut ledger = JobLedger::new(5);
        ledger.grant(holder(1), 0, 3, 0);
        ledger.set_places(1);
        assert_eq!((ledger.places, ledger.target), (3, 1));
        ledger.receive_claim(holder(1));
        ledger.report_returned(holder(1), 2);
        assert_eq!(ledger.places, 1);
        assert_eq!(ledger.places_left(), 0);
        ledger.set_places(4);
        assert_eq!(ledger.places_left(), 3);
    }

    #[test]
    fn a_grant_of_another_epoch_is_ignored() {
        let mut account = DeviceAccount::default();
        let grant = Grant {
            epoch: Epoch(1),
            hub_epoch: HubEpoch(1),
            granted: 4,
        };
        assert!(!account.apply(grant, Epoch(2), HubEpoch(1)));
        assert!(!account.apply(grant, Epoch(1), HubEpoch(2)));
        assert_eq!(account.rights(), 0);
        assert!(account.apply(grant, Epoch(1), HubEpoch(1)));
        assert_eq!(account.rights(), 4);
    }

    #[test]
    fn overdrawn_accounts_are_told() {
        let mut ledger = JobLedger::new(5);
        ledger.grant(holder(1), 0, 1, 0);
        assert_eq!(ledger.receive_claim(holder(1)), Receipt::Backed);
        assert_eq!(ledger.receive_claim(holder(1)), Receipt::Overdrawn);
        assert_eq!(ledger.report_returned(holder(1), 1), Receipt::Overdrawn);
    }

    /// One place, one right, and a device restored from a copy that spent it twice.
    #[test]
    fn an_overdrawn_claim_that_ends_opens_no_place_that_another_holds() {
        let mut ledger = JobLedger::new(1);
        ledger.grant(holder(1), 0, 1, 0);
        ledger.receive_claim(holder(1));
        ledger.receive_claim(holder(1));
        ledger.cancel_backed(holder(1));
        assert_eq!((ledger.live(), ledger.free()), (1, 0));
        assert!(ledger.claim_direct().is_err());
        ledger.cancel_backed(holder(1));
        assert_eq!((ledger.live(), ledger.free()), (0, 1));
        // Where there is room, the claim without a right takes a free place.
        let mut ledger = JobLedger::new(3);
        ledger.grant(holder(1), 0, 1, 0);
        ledger.receive_claim(holder(1));
        ledger.receive_claim(holder(1));
        assert_eq!(ledger.free(), 1);
    }

    #[test]
    fn a_restored_hub_gives_nothing_before_everybody_has_reported() {
        let mut ledger = JobLedger::new(3);
        ledger.hold();
        assert!(ledger.claim_direct().is_err());
        assert_eq!(ledger.grant(holder(2), 0, 3, 0), 0);
        ledger.set_places(1);
        assert_eq!(ledger.places, 3, "who knows who holds them");
        ledger.set_places(3);
        // One claim came before the report, which may also come twice or late.
        ledger.receive_in_doubt(holder(1));
        ledger.report(holder(1), 3, 1);
        ledger.report(holder(1), 2, 0);
        ledger.release();
        assert_eq!((ledger.live(), ledger.free()), (1, 1));
        assert_eq!(ledger.receive_claim(holder(1)), Receipt::Backed);
        assert_eq!(ledger.receive_claim(holder(1)), Receipt::Overdrawn);
    }

    #[test]
    fn a_device_that_was_written_off_holds_what_it_confirmed() {
        let mut ledger = JobLedger::new(3);
        ledger.grant(holder(1), 0, 3, 0);
        ledger.receive_claim(holder(1));
        assert_eq!(ledger.write_off(holder(1)), 2);
        assert_eq!(ledger.write_off(holder(1)), 0);
        assert_eq!((ledger.live(), ledger.free()), (1, 2));
        ledger.claim_direct().expect("free again");
        ledger.claim_direct().expect("free again");
        // It was not lost after all.
        assert_eq!(ledger.receive_claim(holder(1)), Receipt::Overdrawn);
        assert!(ledger.is_oversold());
        ledger.cancel_backed(holder(1));
        assert!(!ledger.is_oversold());
    }

    #[test]
    fn a_slip_that_was_none_puts_its_right_back_in_doubt() {
        let mut ledger = JobLedger::new(3);
        ledger.grant(holder(1), 0, 2, 0);
        assert_eq!(ledger.receive_claim(holder(1)), Receipt::Backed);
        assert_eq!((ledger.live(), ledger.free()), (1, 1));
        ledger.slip_taken_back(holder(1));
        assert_eq!((ledger.live(), ledger.free()), (0, 1), "nothing is free");
        for _ in 0..2 {
            assert_eq!(ledger.receive_claim(holder(1)), Receipt::Backed);
        }
        // Of one that was written off, the place is free.
        let mut ledger = JobLedger::new(2);
        ledger.grant(holder(1), 0, 1, 0);
        ledger.write_off(holder(1));
        assert_eq!(ledger.receive_claim(holder(1)), Receipt::Overdrawn);
        assert_eq!(ledger.free(), 1);
        ledger.slip_taken_back(holder(1));
        assert_eq!(ledger.free(), 2);
    }

    #[test]
    fn a_single_place_stays_at_the_hub() {
        assert_eq!(to_ask(1, 9, 0), 0);
        let mut ledger = JobLedger::new(1);
        assert_eq!(ledger.grant(holder(1), 0, 5, reserve(1)), 0);
    }

    #[test]
    fn asking_has_hysteresis() {
        assert_eq!(to_ask(40, 0, 0), 10);
        assert_eq!(to_ask(40, 0, 5), 5);
        assert_eq!(to_ask(40, 0, 6), 0);
        assert_eq!(to_ask(2, 0, 0), 1);
        assert_eq!(to_ask(2, 0, 1), 0);
    }

    /// Claims stand again of which some had ended: none is given before as many have ended.
    #[test]
    fn more_than_there_are_places_give_none_until_enough_have_ended() {
        let mut ledger = JobLedger::new(3);
        ledger.claim_direct().expect("free");
        ledger.grant(holder(1), 0, 1, 0);
        ledger.hold();
        ledger.stand_again();
        ledger.stand_again();
        ledger.report(holder(1), 2, 0);
        ledger.release();
        assert_eq!((ledger.direct_live, ledger.surplus_over), (3, Some(3)));
        assert!(ledger.is_oversold() && ledger.claim_direct().is_err());
        assert_eq!(ledger.grant(holder(1), 2, 9, 0), 2);
        ledger.cancel_direct();
        assert_eq!((ledger.places, ledger.surplus_over), (4, Some(3)));
        assert_eq!(ledger.free(), 0);
        ledger.report_returned(holder(1), 1);
        assert_eq!((ledger.places, ledger.surplus_over), (3, None));
        assert!(ledger.free() == 0 && !ledger.is_oversold());
        ledger.cancel_direct();
        assert_eq!((ledger.places, ledger.free()), (3, 1));
    }

    /// Ends that are heard of later, while some are waited for, leave nothing behind; nor do more places.
    #[test]
    fn what_is_too_many_for_a_while_leaves_nothing_behind() {
        let mut ledger = JobLedger::new(2);
        ledger.claim_direct().expect("free");
        ledger.claim_direct().expect("free");
        ledger.hold();
        ledger.stand_again();
        ledger.cancel_direct();
        ledger.release();
        assert_eq!((ledger.places, ledger.surplus_over), (2, None));
        ledger.hold();
        ledger.stand_again();
        ledger.release();
        assert_eq!((ledger.places, ledger.surplus_over), (3, Some(2)));
        ledger.set_places(5);
        assert_eq!((ledger.places, ledger.surplus_over), (5, None));
        assert_eq!(ledger.free(), 2);
        // Fewer wait as ever (rule 7).
        ledger.set_places(1);
        assert_eq!((ledger.places, ledger.surplus_over), (3, None));
    }

    #[test]
    fn no_number_that_a_device_makes_up_frees_a_place() {
        let mut ledger = JobLedger::new(5);
        assert_eq!(ledger.grant(holder(1), 0, 3, 0), 3);
        ledger.hold();
        // With the three of the other one, that is 2^32.
        ledger.report(holder(2), u32::MAX - 2, 0);
        ledger.release();
        assert_eq!(ledger.free(), 0);
        assert!(ledger.is_oversold() && ledger.claim_direct().is_err());
        let mut ledger = JobLedger::new(5);
        ledger.report(holder(2), u32::MAX, u32::MAX);
        assert_eq!(ledger.receive_claim(holder(2)), Receipt::Overdrawn);
        ledger.receive_in_doubt(holder(2));
        assert_eq!(ledger.live(), 2);
    }

    #[test]
    fn where_people_come_rights_go() {
        assert_eq!([0, 9, 10].map(|lately| wanted(40, lately)), [10, 10, 10]);
        assert_eq!([11, 20, 99].map(|lately| wanted(40, lately)), [11, 20, 20]);
        assert_eq!([0, 3].map(|lately| wanted(3, lately)), [1, 1]);
        assert_eq!(to_ask(40, 16, 8), 8, "the mark goes with it");
        assert_eq!(to_ask(40, 16, 9), 0);
    }
}
