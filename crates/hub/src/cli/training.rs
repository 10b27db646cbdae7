//! `training`: what people would like to learn.

use super::shared::{Clock, must_know, open, print};
use super::{CliError, Data};
use clap::Subcommand;
use gighall_core::id::HallId;

#[derive(Debug, Subcommand)]
pub enum TrainingCommand {
    /// Lists how many people of a hall would like to learn what, most first: how many, the kind of
    /// work, and when the last of them said so. Each person counts once; nobody is named.
    Demand {
        #[command(flatten)]
        data: Data,
        /// The hall.
        #[arg(long, value_name = "ID")]
        hall: HallId,
    },
}

/// `training`
pub fn run(command: &TrainingCommand) -> Result<(), CliError> {
    let TrainingCommand::Demand { data, hall } = command;
    let (state, store) = open(data)?;
    must_know(store.as_ref(), hall)?;
    let demand = store.training_demand(hall)?;
    let clock = Clock::of(&state);
    print(demand.iter().map(|it| {
        let last = clock.text(it.last);
        format!(
            "{}\t{}\t{}\t{last}",
            it.people,
            it.kind.code(),
            it.kind.zh()
        )
    }))
}
