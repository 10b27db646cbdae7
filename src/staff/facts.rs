//! How this device is, for staff who stand before it.

use super::HallStaff;
use crate::devices::states_told;
use crate::store::{STORE_FILE, StaffCode};
use crate::terminal::desk::DeskError;
use crate::terminal::staff::Fact;

/// So many mistakes of kiosk.toml are told at the terminal; the log and `check` tell all.
const MISTAKES: usize = 3;

impl HallStaff {
    pub(super) fn facts(&self) -> Result<Vec<Fact>, DeskError> {
        let now = self.now();
        let link = *self.sync.link().borrow();
        let outbox = self.store.outbox_state()?;
        let seconds = self.sync.clock_offset_ms() as f64 / 1000.0;
        let device = self.sync.identity().map(|identity| identity.name.clone());
        let mut facts = vec![
            Fact::bad_if("hub", !link.online),
            Fact::at("contact", link.last_contact),
            Fact::text("clock", format!("{seconds:+.1} s")),
            Fact::count("queue", outbox.length),
            Fact::at("oldest", outbox.oldest),
            Fact::count("rights", self.store.rights_held()?.into()),
            Fact::count("jobs", self.store.counts(now)?.open.into()),
            Fact::count("calls", self.store.calls()?.total),
            Fact::text("store", megabytes(self.store_bytes())),
            Fact::text("device", device.unwrap_or_default()),
            Fact::text("version", env!("CARGO_PKG_VERSION").to_owned()),
        ];
        if let Some(since) = self.store.calls()?.standing(now) {
            facts.push(Fact::at("call", Some(since)));
        }
        facts.extend(devices(&states_told(&self.config.data).unwrap_or_default()));
        if link.clock_untrusted {
            facts.push(Fact::trouble("clock"));
        }
        if let Some(problem) = link.problem.filter(|problem| problem.needs_staff()) {
            facts.push(Fact::trouble(problem.code()));
        }
        let notices = self.store.staff_notices()?;
        for notice in &notices {
            facts.push(Fact::trouble(&notice.code));
            if notice.code == StaffCode::Configuration.code() {
                facts.extend(notice.detail.lines().take(MISTAKES).map(|line| Fact {
                    bad: true,
                    ..Fact::text("mistake", place_of(line))
                }));
            }
        }
        Ok(facts)
    }

    /// What the store takes of the disk; its log too.
    fn store_bytes(&self) -> u64 {
        let file = self.config.data.join(STORE_FILE);
        let log = self.config.data.join(format!("{STORE_FILE}-wal"));
        let sizes = [file, log].map(|path| std::fs::metadata(path).map_or(0, |it| it.len()));
        sizes.iter().sum()
    }
}

/// What stands beside the terminal, as it was told last.
fn devices(told: &serde_json::Value) -> Vec<Fact> {
    let known = ["printer", "scanner", "id_card", "speech"].into_iter();
    let states = known.filter_map(|name| Some((name, told.get(name)?.get("state")?.as_str()?)));
    let facts = states.map(|(name, state)| Fact {
        bad: !["absent", "found", "working"].contains(&state),
        ..Fact::text(name, state.to_owned())
    });
    facts.collect()
}

/// File, line and key of a mistake as [`gighall_schema::Problem`] writes it: what is wrong with it is a sentence
/// for the command line.
fn place_of(problem: &str) -> String {
    let file_at = problem.find(".toml").unwrap_or(0);
    let file_from = problem[..file_at].rfind('/').map_or(0, |slash| slash + 1);
    let parts: Vec<&str> = problem[file_from..].splitn(3, ": ").collect();
    match parts.as_slice() {
        [file, key, _] if !key.contains(' ') => format!("{file} {key}"),
        [file, ..] => (*file).to_owned(),
        [] => String::new(),
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1_000_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use gighall_schema::Problem;
    use serde_json::json;

    #[test]
    fn a_mistake_is_told_by_its_line_and_key() {
        let with_key = Problem {
            file: "/etc/gig hall/kiosk.toml".to_owned(),
            key: "wall.scene[0].seconds".to_owned(),
            line: 12,
            message: "1 to 600: not 0".to_owned(),
        };
        let told = place_of(&with_key.to_string());
        assert_eq!(told, "kiosk.toml:12 wall.scene[0].seconds");
        let whole = Problem {
            key: String::new(),
            message: "this is no TOML: expected `=`".to_owned(),
            ..with_key
        };
        assert_eq!(place_of(&whole.to_string()), "kiosk.toml:12");
    }

    #[test]
    fn devices_are_told_and_those_with_a_fault_stand_out() {
        let told = json!({
            "printer": {"state": "paper_out", "words": "the paper is used up"},
            "speech": {"state": "absent", "words": "not connected"},
        });
        let facts = devices(&told);
        let seen: Vec<_> = facts
            .iter()
            .map(|it| (it.key, it.text.as_str(), it.bad))
            .collect();
        let expected = [("printer", "paper_out", true), ("speech", "absent", false)];
        assert_eq!(seen, expected);
        assert!(devices(&serde_json::Value::Null).is_empty());
    }
}
