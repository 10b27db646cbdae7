//! Every state within small bounds, by the shipped rules and by the known-wrong ones.
//!
//! `GIGHALL_LONG=1` takes the wider bounds as well (minutes, and some GB of memory).
//! `GIGHALL_KEEP_TRACES=1` writes the shortest counter-examples into `traces/`.

use gighall_model::{Bounds, Protocol, Rules, Trace, explore};
use std::path::PathBuf;

/// Two devices that ask once, a phone, one claim that ends; nothing else happens.
const LEAST: Bounds = Bounds {
    places: 2,
    asks: 1,
    want: 2,
    phones: 1,
    lowers: 0,
    cancels: 1,
    restores: 0,
    hub_restores: 0,
    losses: 0,
    closes: false,
    reserve: false,
};

/// Where a wrong variant is looked at, and where it has to be caught.
fn caught_within(rules: Rules) -> Bounds {
    Bounds {
        places: 1,
        lowers: u8::from(rules == Rules::LowerAtOnce),
        restores: u8::from(rules == Rules::RestoreInSameEpoch),
        hub_restores: u8::from(matches!(
            rules,
            Rules::RestoreWithoutHold
                | Rules::RestoreInSameHubEpoch
                | Rules::RestoreWithoutWitnesses
        )),
        losses: u8::from(rules == Rules::WriteOffByOne),
        ..LEAST
    }
}

fn every_state(name: &str, bounds: Bounds) {
    let rules = Rules::Shipped;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let found = explore(Protocol { bounds, rules }, threads);
    println!(
        "model {name}: {} states, {} steps, {} deep",
        found.states, found.steps, found.depth
    );
    for trace in &found.broken {
        println!("{trace}");
    }
    assert!(found.broken.is_empty(), "{name}: see the trace above");
    assert!(found.states > 1_000, "{name}: hardly anything happened");
}

#[test]
fn no_state_breaks_the_promise() {
    let one = Bounds { places: 1, ..LEAST };
    every_state("N=1, a disk restored", Bounds { restores: 1, ..one });
    every_state(
        "N=1, two requests for rights",
        Bounds {
            asks: 2,
            want: 1,
            ..one
        },
    );
    every_state(
        "N=1, the hub restored",
        Bounds {
            hub_restores: 1,
            want: 1,
            ..one
        },
    );
    every_state(
        "N=1, a device lost and written off",
        Bounds {
            losses: 1,
            want: 1,
            ..one
        },
    );
    every_state(
        "N=1, the hub restored, a device lost",
        Bounds {
            hub_restores: 1,
            losses: 1,
            cancels: 0,
            want: 1,
            ..one
        },
    );
    every_state(
        "N=2, fewer places, the job withdrawn",
        Bounds {
            lowers: 2,
            closes: true,
            ..LEAST
        },
    );
    every_state(
        "N=2, a disk restored",
        Bounds {
            restores: 1,
            want: 1,
            ..LEAST
        },
    );
}

#[test]
fn no_state_of_wider_bounds_breaks_it() {
    if std::env::var_os("GIGHALL_LONG").is_none() {
        println!("model: wider bounds left out (GIGHALL_LONG=1 takes them)");
        return;
    }
    let wide = Bounds {
        asks: 2,
        lowers: 1,
        ..LEAST
    };
    every_state(
        "N=1, the hub and a disk restored",
        Bounds {
            places: 1,
            hub_restores: 1,
            restores: 1,
            asks: 1,
            lowers: 0,
            cancels: 0,
            want: 1,
            ..wide
        },
    );
    every_state(
        "N=2, the hub restored, a device lost",
        Bounds {
            hub_restores: 1,
            losses: 1,
            asks: 1,
            lowers: 0,
            cancels: 0,
            want: 1,
            ..wide
        },
    );
    every_state("N=1, fewer places", Bounds { places: 1, ..wide });
    every_state("N=2, fewer places", Bounds { want: 1, ..wide });
    every_state(
        "N=2, the hub keeps its reserve",
        Bounds {
            reserve: true,
            ..wide
        },
    );
    every_state(
        "N=1, fewer places, a disk restored",
        Bounds {
            places: 1,
            restores: 1,
            ..wide
        },
    );
    every_state(
        "N=2, a disk restored, two rights asked for",
        Bounds {
            restores: 1,
            asks: 1,
            ..wide
        },
    );
    every_state(
        "N=2, two claims end, two phones",
        Bounds {
            cancels: 2,
            phones: 2,
            asks: 1,
            ..wide
        },
    );
}

fn kept(rules: Rules) -> PathBuf {
    let name = format!("traces/{}.txt", rules.name());
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Each wrong variant oversells, and the model finds how.
#[test]
fn every_wrong_variant_is_caught() {
    for rules in Rules::WRONG {
        let bounds = caught_within(rules);
        let found = explore(Protocol { bounds, rules }, 1);
        let trace = found
            .broken
            .iter()
            .find(|trace| trace.breaks == Protocol::promise())
            .unwrap_or_else(|| panic!("{} is not caught", rules.name()));
        println!(
            "mutant {}: caught after {} states",
            rules.name(),
            found.states
        );
        if std::env::var_os("GIGHALL_KEEP_TRACES").is_some() {
            std::fs::write(kept(rules), trace.to_string()).expect("written");
        }
    }
}

/// The counter-examples that are kept for people to read are still counter-examples, and the shipped
/// rules do not take the step that breaks the promise, or are not hurt by it.
#[test]
fn the_kept_traces_still_break_the_promise() {
    for rules in Rules::WRONG {
        let path = kept(rules);
        let text = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let broken = Trace::replay(&text, &caught_within(rules), rules)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(!broken.none_oversold(), "{} breaks nothing", path.display());
        if let Ok(world) = Trace::replay(&text, &caught_within(rules), Rules::Shipped) {
            assert!(world.none_oversold(), "{}", path.display());
        }
    }
}
