//! [`SnapshotReply`](crate::wire::SnapshotReply) one change at a time, as it is written and as it is read:
//! of a hall with 100,000 jobs neither side holds all of them as values beside the text.

use crate::id::HubEpoch;
use crate::wire::{Change, Scope, change};
use jiff::Timestamp;
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use std::io::{self, Write};

/// What a snapshot says beside its changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SnapshotRest {
    /// Which stream.
    pub scope: Scope,
    /// The cursor to go on from.
    pub head: u64,
    /// The hub's clock.
    pub now: Timestamp,
    /// The hub's epoch.
    pub hub_epoch: HubEpoch,
}

/// Writes a snapshot. What else it says comes after the changes.
pub struct SnapshotWriter<W> {
    into: W,
    /// The text of one change.
    text: Vec<u8>,
    any: bool,
}

impl<W: Write> SnapshotWriter<W> {
    /// Begins one.
    ///
    /// # Errors
    /// As `into` gives them.
    pub fn begin(mut into: W) -> io::Result<Self> {
        into.write_all(b"{\"changes\":[")?;
        Ok(Self {
            into,
            text: vec![],
            any: false,
        })
    }

    /// One change more.
    ///
    /// # Errors
    /// As `into` gives them.
    pub fn change(&mut self, change: &Change) -> io::Result<()> {
        self.text.clear();
        if std::mem::replace(&mut self.any, true) {
            self.text.push(b',');
        }
        serde_json::to_writer(&mut self.text, change)?;
        self.into.write_all(&self.text)
    }

    /// Ends it, and gives back where it was written to.
    ///
    /// # Errors
    /// As `into` gives them.
    pub fn end(mut self, rest: &SnapshotRest) -> io::Result<W> {
        let rest = serde_json::to_string(rest)?;
        // The object goes on.
        write!(self.into, "],{}", rest.trim_start_matches('{'))?;
        Ok(self.into)
    }
}

/// Why a snapshot was not read to its end.
#[derive(Debug)]
pub enum NotRead<E> {
    /// It is none.
    Nonsense(serde_json::Error),
    /// Whoever took its changes does not go on.
    Stopped(E),
}

/// Reads a snapshot: `each` takes its changes in order, before it is known how it ends. A change that this
/// build cannot read is [`Change::Unknown`].
///
/// # Errors
/// [`NotRead`]
pub fn read_snapshot<E>(
    text: &[u8],
    mut each: impl FnMut(Change) -> Result<(), E>,
) -> Result<SnapshotRest, NotRead<E>> {
    let mut stopped = None;
    let whole = Whole(Changes {
        each: &mut each,
        stopped: &mut stopped,
    });
    let mut json = serde_json::Deserializer::from_slice(text);
    let read = whole.deserialize(&mut json);
    let read = read.and_then(|rest| json.end().map(|()| rest));
    match (stopped, read) {
        (Some(error), _) => Err(NotRead::Stopped(error)),
        (None, read) => read.map_err(NotRead::Nonsense),
    }
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Field {
    Scope,
    Head,
    Changes,
    Now,
    HubEpoch,
    #[serde(other)]
    Other,
}

struct Whole<'a, F, E>(Changes<'a, F, E>);

impl<'de, E, F: FnMut(Change) -> Result<(), E>> DeserializeSeed<'de> for Whole<'_, F, E> {
    type Value = SnapshotRest;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<SnapshotRest, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, E, F: FnMut(Change) -> Result<(), E>> Visitor<'de> for Whole<'_, F, E> {
    type Value = SnapshotRest;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a snapshot")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SnapshotRest, A::Error> {
        let (mut scope, mut head, mut now, mut hub_epoch) = (None, None, None, None);
        let mut changes = Some(self.0);
        while let Some(field) = map.next_key()? {
            match field {
                Field::Scope => scope = Some(map.next_value()?),
                Field::Head => head = Some(map.next_value()?),
                Field::Now => now = Some(map.next_value()?),
                Field::HubEpoch => hub_epoch = Some(map.next_value()?),
                Field::Changes => {
                    let twice = || A::Error::duplicate_field("changes");
                    map.next_value_seed(changes.take().ok_or_else(twice)?)?;
                }
                Field::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        if changes.is_some() {
            return Err(A::Error::missing_field("changes"));
        }
        Ok(SnapshotRest {
            scope: scope.ok_or_else(|| A::Error::missing_field("scope"))?,
            head: head.ok_or_else(|| A::Error::missing_field("head"))?,
            now: now.ok_or_else(|| A::Error::missing_field("now"))?,
            hub_epoch: hub_epoch.ok_or_else(|| A::Error::missing_field("hub_epoch"))?,
        })
    }
}

/// Hands the changes on as they are read.
struct Changes<'a, F, E> {
    each: &'a mut F,
    stopped: &'a mut Option<E>,
}

impl<'de, E, F: FnMut(Change) -> Result<(), E>> DeserializeSeed<'de> for Changes<'_, F, E> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, E, F: FnMut(Change) -> Result<(), E>> Visitor<'de> for Changes<'_, F, E> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("changes")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<(), A::Error> {
        while let Some(One(change)) = all.next_element()? {
            if let Err(error) = (self.each)(change) {
                *self.stopped = Some(error);
                return Err(A::Error::custom("stopped"));
            }
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct One(#[serde(deserialize_with = "change")] Change);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{a_hall, a_job, at};
    use crate::wire::SnapshotReply;

    fn reply(jobs: u32) -> SnapshotReply {
        let job = |n| Change::Job {
            job: Box::new(a_job(n)),
        };
        SnapshotReply {
            scope: Scope::Hall(a_hall()),
            head: 17,
            changes: (0..jobs).map(job).collect(),
            now: at("2026-11-23T08:00:00Z"),
            hub_epoch: HubEpoch(3),
        }
    }

    fn read(text: &[u8]) -> Result<SnapshotReply, NotRead<()>> {
        let mut changes = vec![];
        let rest = read_snapshot(text, |change| {
            changes.push(change);
            Ok(())
        })?;
        let SnapshotRest {
            scope,
            head,
            now,
            hub_epoch,
        } = rest;
        Ok(SnapshotReply {
            scope,
            head,
            changes,
            now,
            hub_epoch,
        })
    }

    #[test]
    fn it_is_what_is_written_and_read_at_once() {
        for jobs in [0, 1, 3] {
            let whole = reply(jobs);
            let mut writer = SnapshotWriter::begin(vec![]).expect("written");
            for change in &whole.changes {
                writer.change(change).expect("written");
            }
            let rest = SnapshotRest {
                scope: whole.scope.clone(),
                head: whole.head,
                now: whole.now,
                hub_epoch: whole.hub_epoch,
            };
            let text = writer.end(&rest).expect("written");
            let at_once: SnapshotReply = serde_json::from_slice(&text).expect("a snapshot");
            assert_eq!(at_once, whole, "an older kiosk reads it");
            assert_eq!(read(&text).expect("a snapshot"), whole);
            let of_an_older_hub = serde_json::to_vec(&whole).expect("text");
            assert_eq!(read(&of_an_older_hub).expect("a snapshot"), whole);
        }
    }

    #[test]
    fn what_is_unknown_costs_nothing_else_and_nonsense_is_told() {
        let text = r#"{"weather":{"tomorrow":[1]},"changes":[{"kind":"weather"},{"kind":"job","job":7}],
            "scope":"hall/weining","head":1,"now":"2026-11-23T08:00:00Z","hub_epoch":1}"#;
        let changes = read(text.as_bytes()).expect("a snapshot").changes;
        assert_eq!(changes, [Change::Unknown, Change::Unknown]);
        let whole = serde_json::to_string(&reply(2)).expect("text");
        for cut in 0..whole.len() {
            let half = whole.as_bytes().get(..cut).unwrap_or_default();
            assert!(matches!(read(half), Err(NotRead::Nonsense(_))), "{cut}");
        }
        let twice = whole.replacen('{', r#"{"changes":[],"#, 1);
        for nonsense in [twice, format!("{whole}x"), "[]".to_owned()] {
            let read = read(nonsense.as_bytes());
            assert!(matches!(read, Err(NotRead::Nonsense(_))), "{nonsense:.40}");
        }
    }

    #[test]
    fn whoever_takes_the_changes_may_stop() {
        let text = serde_json::to_vec(&reply(3)).expect("text");
        let mut taken = 0;
        let read = read_snapshot(&text, |_| {
            taken += 1;
            if taken == 2 { Err("full") } else { Ok(()) }
        });
        assert!(matches!(read, Err(NotRead::Stopped("full"))));
        assert_eq!(taken, 2);
    }
}
