//! The words of listings, each text once however many listings have it, and what a typed word fits.

use super::super::search::{self, normal};
use gighall_core::job::{Settlement, WorkKind};
use memchr::memmem;
use std::collections::HashMap;

/// A text among [`Texts`].
pub type TextId = u32;

/// No character of a word: a word never runs from one text into the next.
const BETWEEN: char = '\n';

/// Ready to be compared: letters and digits only.
struct Text {
    name: Box<str>,
    plain: Box<str>,
    /// Its pinyin, see [`search::spoken`].
    spoken: Box<str>,
}

impl Text {
    fn of(name: &str) -> Self {
        Self {
            name: name.into(),
            plain: normal(name).collect::<String>().into(),
            spoken: search::spoken(name).into(),
        }
    }
}

/// Titles, towns and employers.
#[derive(Default)]
pub struct Texts {
    all: Vec<Text>,
    ids: HashMap<Box<str>, TextId>,
}

impl Texts {
    /// That text, kept from now on.
    pub fn id(&mut self, name: &str) -> TextId {
        if let Some(id) = self.ids.get(name) {
            return *id;
        }
        let id = TextId::try_from(self.all.len()).unwrap_or(TextId::MAX);
        self.all.push(Text::of(name));
        self.ids.insert(name.into(), id);
        id
    }

    /// That text, if any listing has or had it.
    pub fn find(&self, name: &str) -> Option<TextId> {
        self.ids.get(name).copied()
    }

    /// As it was written.
    pub fn name(&self, id: TextId) -> &str {
        self.all.get(id as usize).map_or("", |text| &text.name)
    }

    /// How many are kept.
    pub fn len(&self) -> usize {
        self.all.len()
    }
}

/// Texts of one listing that are compared with words as characters only.
pub fn joined<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let mut all = String::new();
    for text in texts {
        all.extend(normal(text));
        all.push(BETWEEN);
    }
    all
}

/// A typed word, with the texts that it fits.
pub struct Word<'a> {
    plain: memmem::Finder<'a>,
    texts: Vec<bool>,
    kinds: Vec<WorkKind>,
    settlements: Vec<Settlement>,
}

impl<'a> Word<'a> {
    /// That word among those texts.
    pub fn new(word: &'a search::Word, texts: &Texts) -> Self {
        let plain = memmem::Finder::new(&word.plain);
        let spoken = word.spoken.as_deref().map(memmem::Finder::new);
        let fits = |text: &Text| {
            plain.find(text.plain.as_bytes()).is_some()
                || spoken
                    .as_ref()
                    .is_some_and(|spoken| spoken.find(text.spoken.as_bytes()).is_some())
        };
        let kinds = WorkKind::ALL.iter().copied();
        let settlements = Settlement::ALL.iter().copied();
        Self {
            texts: texts.all.iter().map(fits).collect(),
            kinds: kinds.filter(|kind| fits(&Text::of(kind.zh()))).collect(),
            settlements: settlements
                .filter(|it| plain.find(it.zh().as_bytes()).is_some())
                .collect(),
            plain,
        }
    }

    /// As characters, or by its pinyin.
    pub fn fits_spoken(&self, id: TextId) -> bool {
        self.texts.get(id as usize).is_some_and(|fits| *fits)
    }

    /// The same of a kind of work.
    pub fn fits_kind(&self, kind: WorkKind) -> bool {
        self.kinds.contains(&kind)
    }

    /// As characters.
    pub fn fits_settlement(&self, settlement: Settlement) -> bool {
        self.settlements.contains(&settlement)
    }

    /// As characters in what [`joined`] made.
    pub fn fits_rest(&self, rest: &str) -> bool {
        self.plain.find(rest.as_bytes()).is_some()
    }
}
