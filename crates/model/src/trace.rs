//! A way through the model, as people read it and as it is played again.

use crate::{Action, Bounds, Protocol, Rules, World};
use std::fmt;

/// A way that breaks something, step by step.
#[derive(Clone, Debug)]
pub struct Trace {
    protocol: Protocol,
    /// What it breaks.
    pub breaks: String,
    actions: Vec<Action>,
}

/// A written trace that cannot be played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TraceError {
    /// This step cannot be taken where it stands.
    NotPossible(String),
}

impl fmt::Display for TraceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPossible(step) => write!(f, "this step cannot be taken there: {step}"),
        }
    }
}

/// Before the number of places.
const PLACES: &str = "places: ";

impl Trace {
    /// The way that those steps make.
    pub fn of(protocol: Protocol, breaks: &str, actions: Vec<Action>) -> Self {
        Self {
            protocol,
            breaks: breaks.to_owned(),
            actions,
        }
    }

    /// Plays a written trace by some rules. Gives the state that it leads to.
    ///
    /// # Errors
    /// [`TraceError`] where a step is not possible by those rules.
    pub fn replay(text: &str, bounds: &Bounds, rules: Rules) -> Result<World, TraceError> {
        let places = text
            .lines()
            .find_map(|line| line.strip_prefix(PLACES)?.trim().parse().ok())
            .unwrap_or(bounds.places);
        let bounds = Bounds { places, ..*bounds };
        let mut world = World::new(&bounds);
        let steps = text.lines().filter_map(|line| {
            let (number, step) = line.trim().split_once(". ")?;
            number.parse::<u32>().ok().map(|_| step)
        });
        for step in steps {
            let action = world
                .actions(&bounds, rules)
                .into_iter()
                .find(|action| action.to_string() == step)
                .ok_or_else(|| TraceError::NotPossible(step.to_owned()))?;
            world = world.after(&action, &bounds, rules);
        }
        Ok(world)
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Protocol { bounds, rules } = self.protocol;
        writeln!(f, "rules: {}", rules.name())?;
        writeln!(f, "{PLACES}{}", bounds.places)?;
        writeln!(f, "breaks: {}\n", self.breaks)?;
        let mut world = World::new(&bounds);
        writeln!(f, "      {}", world.summary())?;
        for (n, action) in self.actions.iter().enumerate() {
            world = world.after(action, &bounds, rules);
            writeln!(f, "{:>3}. {action}\n      {}", n + 1, world.summary())?;
        }
        Ok(())
    }
}
