//! Which window is on which output, and word of outputs that come, go and change.

use super::Placement;

#[cfg(feature = "winit")]
pub use word::Word;

/// An output that is on: its name and its part of the desktop, in pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// As the window system calls it (`HDMI-1`).
    pub name: String,
    /// Its left edge.
    pub x: i32,
    /// Its upper edge.
    pub y: i32,
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

impl Output {
    fn has(&self, x: i32, y: i32) -> bool {
        let within = |at: i32, from: i32, length: u32| {
            at >= from && i64::from(at) < i64::from(from) + i64::from(length)
        };
        within(x, self.x, self.width) && within(y, self.y, self.height)
    }
}

/// Where a window is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spot {
    /// On the output that it belongs on.
    Own(Output),
    /// On another, which no other window needs.
    Instead(Output),
    /// On none: it would cover a window that belongs there, and nobody could use a terminal under a
    /// wall.
    Nowhere,
}

/// Where each of `windows` goes when `outputs` are there, from the left; `None` for one that is counted
/// from the desktop's corner, whatever outputs there are, and for all while there is none. A window whose output is not there stands in
/// where nobody else is: a hall whose only wall is on another output than was configured should see it.
pub fn share_out(windows: &[Placement], outputs: &[Output]) -> Vec<Option<Spot>> {
    if outputs.is_empty() {
        return vec![None; windows.len()];
    }
    let mut on: Vec<Option<usize>> = windows.iter().map(|it| own(it, outputs)).collect();
    // Whoever takes any output goes before whoever wants another.
    for takes_any in [true, false] {
        for index in 0..windows.len() {
            let seeks = match takes_any {
                true => windows[index] == Placement::Fullscreen { monitor: None },
                false => windows[index].monitor().is_some(),
            };
            if seeks && on[index].is_none() {
                let free = (0..outputs.len()).find(|it| !on.contains(&Some(*it)));
                on[index] = free.or(takes_any.then_some(0));
            }
        }
    }
    let spot = |(window, on): (&Placement, Option<usize>)| {
        let output = on.and_then(|it| outputs.get(it)).cloned();
        match (window, output) {
            (Placement::Fullscreen { monitor: None }, output) => output.map(Spot::Own),
            (_, _) if window.monitor().is_none() => None,
            (_, None) => Some(Spot::Nowhere),
            (_, Some(output)) if own(window, outputs) == on => Some(Spot::Own(output)),
            (_, Some(output)) => Some(Spot::Instead(output)),
        }
    };
    windows.iter().zip(on).map(spot).collect()
}

/// The output that a window needs.
fn own(window: &Placement, outputs: &[Output]) -> Option<usize> {
    match window {
        Placement::Viewport {
            monitor: None,
            x,
            y,
            ..
        } => outputs.iter().position(|output| output.has(*x, *y)),
        _ => {
            let name = window.monitor()?;
            let called = outputs.iter().position(|output| output.name == name);
            called.or_else(|| name.parse().ok().filter(|index| *index < outputs.len()))
        }
    }
}

#[cfg(feature = "winit")]
mod word {
    use x11rb::connection::Connection;
    use x11rb::protocol::randr::{ConnectionExt as _, NotifyMask};
    use x11rb::protocol::xproto::{AtomEnum, PropMode};
    use x11rb::rust_connection::RustConnection;
    use x11rb::wrapper::ConnectionExt as _;

    /// Word of changed outputs under X11. winit 0.30 goes on with the list of outputs that it read first:
    /// what the server tells of them is thrown away by Xlib, where nobody asked for it
    /// (<https://github.com/rust-windowing/winit/issues/3405>). It does read the list anew when it hears that
    /// the X resources have changed, by their property on whatever window.
    pub struct Word {
        server: RustConnection,
    }

    impl Word {
        /// `None` where there is no X server, or it does not tell: then windows are put where they belonged at
        /// first.
        pub fn listen() -> Option<Self> {
            // winit is not on the X server then, and its list is always right.
            let wayland = ["WAYLAND_DISPLAY", "WAYLAND_SOCKET"];
            let is_set = |name: &&str| std::env::var_os(name).is_some_and(|it| !it.is_empty());
            if wayland.iter().any(is_set) {
                return None;
            }
            Self::ask()
                .inspect_err(|error| {
                    tracing::warn!(%error, "changes of the outputs will not be noticed");
                })
                .ok()
        }

        fn ask() -> Result<Self, Box<dyn std::error::Error>> {
            let (server, screen) = RustConnection::connect(None)?;
            let root = server.setup().roots[screen].root;
            // The version that winit speaks; before it is said, the server tells nothing.
            server.randr_query_version(1, 3)?.reply()?;
            let mask = NotifyMask::SCREEN_CHANGE;
            server.randr_select_input(root, mask)?.check()?;
            Ok(Self { server })
        }

        /// Whether outputs have changed since the last time. winit is told through that window of its own, and
        /// has read them when the event loop has turned.
        pub fn has_come(&self, window: u64) -> bool {
            let mut has_come = false;
            while let Ok(Some(_)) = self.server.poll_for_event() {
                has_come = true;
            }
            if has_come && let Err(error) = self.tell_winit(window) {
                tracing::warn!(%error, "the outputs changed, but winit cannot be told");
            }
            has_come
        }

        fn tell_winit(&self, window: u64) -> Result<(), Box<dyn std::error::Error>> {
            let (what, kind) = (AtomEnum::RESOURCE_MANAGER, AtomEnum::STRING);
            let window = u32::try_from(window)?;
            let asked = self
                .server
                .change_property8(PropMode::REPLACE, window, what, kind, &[]);
            Ok(asked?.check()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(name: &str, x: i32) -> Output {
        Output {
            name: name.to_owned(),
            x,
            y: 0,
            width: 1920,
            height: 1080,
        }
    }

    fn full(monitor: &str) -> Placement {
        let monitor = Some(monitor.to_owned()).filter(|it| !it.is_empty());
        Placement::Fullscreen { monitor }
    }

    fn part(monitor: &str, x: i32) -> Placement {
        Placement::Viewport {
            monitor: Some(monitor.to_owned()).filter(|it| !it.is_empty()),
            x,
            y: 0,
            width: 640,
            height: 320,
        }
    }

    /// `A` for the window's own output, `(A)` for another, `-` for nowhere, `.` for wherever it is counted
    /// from the corner.
    fn shared(windows: &[Placement], outputs: &[Output]) -> String {
        let told = share_out(windows, outputs)
            .into_iter()
            .map(|spot| match spot {
                Some(Spot::Own(output)) => output.name,
                Some(Spot::Instead(output)) => format!("({})", output.name),
                Some(Spot::Nowhere) => "-".to_owned(),
                None => ".".to_owned(),
            });
        told.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn each_window_is_on_its_output_and_covers_nobody_when_that_goes() {
        let (a, b) = ([output("A", 0)], [output("B", 1920)]);
        let both = [a.clone(), b.clone()].concat();
        let walls = [full("A"), full("B")];
        assert_eq!(shared(&walls, &both), "A B");
        assert_eq!(shared(&walls, &a), "A -");
        assert_eq!(shared(&walls, &b), "- B");
        // Parts of one output do not cover each other more than they were told to.
        let parts = [part("A", 0), part("A", 640), part("B", 0)];
        assert_eq!(shared(&parts, &both), "A A B");
        assert_eq!(shared(&parts, &a), "A A -");
        // By number, from the left.
        assert_eq!(shared(&[full("0"), full("1")], &both), "A B");
        assert_eq!(shared(&[full("1"), full("0")], &a), "- A");
    }

    #[test]
    fn a_window_without_its_output_stands_in_where_nobody_is() {
        let (a, b) = ([output("A", 0)], [output("B", 1920)]);
        let both = [a.clone(), b.clone()].concat();
        assert_eq!(shared(&[full("HDMI-9")], &both), "(A)");
        assert_eq!(shared(&[part("7", 0)], &both), "(A)");
        assert_eq!(shared(&[full("A"), full("X")], &both), "A (B)");
        assert_eq!(shared(&[full("X"), full("Y")], &both), "(A) (B)");
        assert_eq!(shared(&[full("X"), full("Y")], &b), "(B) -");
    }

    #[test]
    fn a_window_that_takes_any_output_has_the_first_that_nobody_needs() {
        let (a, b) = ([output("A", 0)], [output("B", 1920)]);
        let both = [a.clone(), b.clone()].concat();
        assert_eq!(shared(&[full("")], &both), "A");
        assert_eq!(shared(&[full("A"), full("")], &both), "A B");
        assert_eq!(shared(&[full("A"), full("")], &a), "A A");
        // A wall that lost its output does not cover a terminal that may be anywhere.
        assert_eq!(shared(&[full("B"), full("")], &a), "- A");
        // Nor a wall that is counted from the desktop's corner.
        assert_eq!(shared(&[part("", 0), full("")], &both), ". B");
        assert_eq!(shared(&[part("", 2000), full("")], &both), ". A");
        assert_eq!(shared(&[part("", 0), full("B")], &a), ". -");
    }

    #[test]
    fn without_outputs_there_is_nothing_to_go_by() {
        assert_eq!(shared(&[full(""), full("A"), part("", 0)], &[]), ". . .");
        let tried_out = Placement::Windowed {
            width: 640,
            height: 480,
        };
        assert_eq!(shared(&[tried_out], &[output("A", 0)]), ".");
    }
}
