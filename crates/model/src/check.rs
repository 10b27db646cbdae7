//! The model as stateright takes it, and what came of looking at it.

use crate::{Action, Bounds, Rules, Trace, World};
use stateright::{Checker, HasDiscoveries, Model, Property};

/// The protocol by some rules, within some bounds.
#[derive(Clone, Copy, Debug)]
pub struct Protocol {
    /// How much may happen.
    pub bounds: Bounds,
    /// Which rules.
    pub rules: Rules,
}

impl Model for Protocol {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![World::new(&self.bounds)]
    }

    fn actions(&self, state: &World, actions: &mut Vec<Action>) {
        actions.extend(state.actions(&self.bounds, self.rules));
    }

    fn next_state(&self, state: &World, action: Action) -> Option<World> {
        Some(state.after(&action, &self.bounds, self.rules))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("I1 none oversold", |_, state: &World| state.none_oversold()),
            Property::always("I3 counters add up", |_, state: &World| {
                state.counters_add_up()
            }),
            Property::always(
                "I2 I4 I7 all arrives, once",
                |model: &Self, state: &World| state.all_arrives(&model.bounds),
            ),
            Property::always("I5 nobody honest is suspected", |_, state: &World| {
                state.nobody_suspected()
            }),
        ]
    }
}

/// What came of looking at every state.
#[derive(Debug)]
pub struct Found {
    /// Different states that were visited.
    pub states: usize,
    /// Steps that were taken between them.
    pub steps: usize,
    /// Most steps from the beginning.
    pub depth: usize,
    /// The shortest ways that break something.
    pub broken: Vec<Trace>,
}

impl Protocol {
    /// Whether I1 holds in that state: the promise that every wrong variant must break.
    pub fn promise() -> &'static str {
        "I1 none oversold"
    }
}

/// Visits every state, the nearest first; with `threads`, in whatever order within one depth. Looks
/// for a way to break I1 only where the rules are wrong.
pub fn explore(protocol: Protocol, threads: usize) -> Found {
    let wrong = protocol.rules != Rules::Shipped;
    let until = match wrong {
        true => HasDiscoveries::AnyOf([Protocol::promise()].into_iter().collect()),
        false => HasDiscoveries::Any,
    };
    let checker = protocol
        .checker()
        .threads(threads)
        .finish_when(until)
        .spawn_bfs()
        .join();
    let broken = checker
        .discoveries()
        .into_iter()
        .map(|(name, path)| Trace::of(protocol, name, path.into_actions()))
        .collect();
    Found {
        states: checker.unique_state_count(),
        steps: checker.state_count(),
        depth: checker.max_depth(),
        broken,
    }
}
