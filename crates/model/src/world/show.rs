//! States and steps as people read them.

use super::{Action, Message, World, index_of};
use std::fmt;

impl World {
    /// The counters, on one line, for a trace.
    pub fn summary(&self) -> String {
        let hub = &self.hub.ledger;
        let mut text = format!(
            "hub: N={} D={} free={}",
            hub.places,
            hub.direct_live,
            hub.free()
        );
        if hub.held {
            text += " held";
        }
        for (holder, it) in &hub.holders {
            text += &format!(
                " {}/{}(G={} R={} claimed={} X={})",
                name(index_of(*holder)),
                holder.epoch.0,
                it.granted,
                it.returned,
                it.claimed,
                it.cancelled
            );
        }
        for (n, device) in self.devices.iter().enumerate() {
            let it = device.disk.account;
            text += &format!(
                "; {}: g={} r={} c={}",
                name(n),
                it.granted,
                it.returned,
                it.confirmed
            );
        }
        let live = self.receipts.values().filter(|live| **live).count();
        format!("{text}; live claims: {live}")
    }
}

fn name(device: usize) -> char {
    if device == 0 { 'A' } else { 'B' }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ask(n, want) => write!(f, "{} asks for {want} rights", name(*n)),
            Self::Confirm(n) => write!(f, "{} confirms a claim and prints it", name(*n)),
            Self::GiveBack(n) => write!(f, "{} gives its unspent rights back", name(*n)),
            Self::WithdrawAt(n, claim) => {
                write!(f, "claim {claim} is withdrawn at {}", name(*n))
            }
            Self::PowerCut(n) => write!(f, "the power of {} fails", name(*n)),
            Self::Copy(n) => write!(f, "the disk of {} is copied", name(*n)),
            Self::Restore(n) => write!(f, "the copy is put in place of {}'s disk", name(*n)),
            Self::Enrol(n, false) => write!(f, "{} enrols anew", name(*n)),
            Self::Enrol(n, true) => write!(f, "{} enrols anew, the answer is lost", name(*n)),
            Self::Phone => write!(f, "a phone claims"),
            Self::Cancel(claim) => write!(f, "claim {claim} is cancelled at the hub"),
            Self::Lower => write!(f, "the employer wants one place fewer"),
            Self::Close => write!(f, "the employer withdraws the job"),
            Self::CopyHub => write!(f, "the hub is copied"),
            Self::RestoreHub => write!(f, "the copy is put in place of the hub's data"),
            Self::Hear(n) => write!(f, "{} reads what became of claims", name(*n)),
            Self::Report(n) => write!(f, "{} takes the hub's epoch on and reports", name(*n)),
            Self::Lose(n) => write!(f, "{} burns", name(*n)),
            Self::Word(n, 0) => write!(f, "somebody says that {} is lost", name(*n)),
            Self::Word(n, _) => {
                write!(f, "somebody who has looked says that {} is lost", name(*n))
            }
            Self::Reclaim(n) => write!(f, "{} is silent: the hub takes its rights", name(*n)),
            Self::Deliver(message) => message.fmt(f),
        }
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ask {
                holder,
                known,
                returned,
                want,
            } => write!(
                f,
                "the hub gets: {}/{} knows of {known}, gave back {returned}, wants {want}",
                name(index_of(*holder)),
                holder.epoch.0
            ),
            Self::Granted {
                device,
                grant,
                more,
            } => write!(
                f,
                "{} gets: epoch {}, granted {} in all, {more} of them new",
                name(*device),
                grant.epoch.0,
                grant.granted
            ),
            Self::Record {
                holder, seq, entry, ..
            } => write!(
                f,
                "the hub gets: {}/{} record {seq}, {}",
                name(index_of(*holder)),
                holder.epoch.0,
                entry.body()
            ),
            Self::Report {
                holder,
                hub_epoch,
                granted,
                returned,
                logs,
                heard,
            } => {
                write!(
                    f,
                    "the hub gets: {}/{} reports under hub epoch {}: granted {granted}, gave back \
                     {returned}, {} records",
                    name(index_of(*holder)),
                    holder.epoch.0,
                    hub_epoch.0,
                    logs.iter().map(|(_, long, _)| long).sum::<u64>()
                )?;
                for (claim, said) in heard {
                    let how = if said.live { "stood" } else { "ended" };
                    write!(f, ", heard that claim {claim} {how}")?;
                }
                Ok(())
            }
        }
    }
}
