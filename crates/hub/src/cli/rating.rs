//! `rating`: how workers found the work.

use super::shared::{must_know, open, print};
use super::{CliError, Data};
use clap::Subcommand;
use gighall_core::id::HallId;
use gighall_core::rating::SHOWN_FROM;
use gighall_hub::store::EmployerRating;

#[derive(Debug, Subcommand)]
pub enum RatingCommand {
    /// Lists the employers whose work was rated: how many ratings, the average from 1 (not content) to
    /// 3 (content), name. Under three ratings there is no average, so that nobody is told by name.
    List {
        #[command(flatten)]
        data: Data,
        /// The hall.
        #[arg(long, value_name = "ID")]
        hall: HallId,
    },
}

/// `rating`
pub fn run(command: &RatingCommand) -> Result<(), CliError> {
    let RatingCommand::List { data, hall } = command;
    let (_, store) = open(data)?;
    must_know(store.as_ref(), hall)?;
    print(store.ratings(hall)?.iter().map(line))
}

fn line(it: &EmployerRating) -> String {
    if it.ratings < SHOWN_FROM {
        return format!("<{SHOWN_FROM}\t-\t{}", it.employer);
    }
    let average = f64::from(it.points) / f64::from(it.ratings);
    format!("{}\t{average:.1}\t{}", it.ratings, it.employer)
}
