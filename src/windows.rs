//! Puts a window where the configuration wants it, keeps it there when cables are pulled or
//! resolutions change, and watches every touch. That takes a window system; under linuxkms there
//! is one window on one output, which has nowhere else to be.

#[cfg(feature = "winit")]
pub use winit::{keep_keys, keep_placed, request_frame, watch};

/// Where a window belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Placement {
    /// Fullscreen on a monitor; on the one the window system chooses where none is named.
    Fullscreen {
        /// The output's name (`HDMI-1`) or its index from the left, beginning with 0.
        monitor: Option<String>,
    },
    /// Exactly these physical pixels, without a frame.
    Viewport {
        /// From which monitor `x` and `y` are counted; from the desktop's corner where none is
        /// named.
        monitor: Option<String>,
        /// From the left edge, in pixels.
        x: i32,
        /// From the upper edge, in pixels.
        y: i32,
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
    },
    /// An ordinary window of that size, for trying the program out.
    Windowed {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
    },
}

/// What a window is seen to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Somebody touches it, or did so just now.
    Touch {
        /// A finger or a button is down.
        down: bool,
    },
    /// It is about to be drawn.
    Draw,
}

/// Under linuxkms the window fills its output by itself.
#[cfg(not(feature = "winit"))]
pub fn keep_placed<C: slint::ComponentHandle>(_: &C, _: Placement) -> slint::Timer {
    slint::Timer::default()
}

/// Under linuxkms there are walls only, which take no keys.
#[cfg(not(feature = "winit"))]
pub fn keep_keys<C: slint::ComponentHandle>(_: &C) -> slint::Timer {
    slint::Timer::default()
}

/// Under linuxkms there are walls only, which nobody touches.
#[cfg(not(feature = "winit"))]
pub fn watch(_: &slint::Window, _: bool, _: impl Fn(Sign) + 'static) {}

/// Under linuxkms nobody sees frames: the event loop draws them, and where it goes on they are drawn.
#[cfg(not(feature = "winit"))]
pub fn request_frame(_: &slint::Window) -> bool {
    false
}

#[cfg(feature = "winit")]
mod winit {
    use super::{Placement, Sign};
    use slint::winit_030::winit::dpi::{PhysicalPosition, PhysicalSize};
    use slint::winit_030::winit::event::{ElementState, TouchPhase, WindowEvent};
    use slint::winit_030::winit::monitor::MonitorHandle;
    use slint::winit_030::winit::window::{Fullscreen, Window as WinitWindow};
    use slint::winit_030::{EventResult, WinitWindowAccessor};
    use slint::{Timer, TimerMode};
    use std::cell::Cell;
    use std::rc::Rc;
    use std::time::Duration;

    /// How often a window's place is compared with where it should be. Outputs come and go without a
    /// notice that every window system sends.
    const CHECK_EVERY: Duration = Duration::from_secs(2);

    /// The same just after the start: a window manager that takes the frame off may move the window
    /// once more, and nobody should see that for seconds.
    const CHECK_AT_FIRST: Duration = Duration::from_millis(40);
    const CHECKS_AT_FIRST: u32 = 40;

    /// Places a window and keeps it placed for as long as the timer that this gives lives.
    pub fn keep_placed<C: slint::ComponentHandle + 'static>(
        component: &C,
        placement: Placement,
    ) -> Timer {
        let weak = component.as_weak();
        let missed = Rc::new(Cell::new(false));
        let with_window = move |work: &dyn Fn(&WinitWindow)| {
            if let Some(component) = weak.upgrade() {
                component.window().with_winit_window(|window| work(window));
            }
        };
        let steadily = {
            let (with_window, placement, missed) =
                (with_window.clone(), placement.clone(), missed.clone());
            move || {
                with_window(&|window| {
                    show_again(window);
                    place(window, &placement, &missed);
                });
            }
        };
        let apply = move || with_window(&|window| place(window, &placement, &missed));
        // As soon as the event loop runs, for a window that is not yet there; then steadily.
        Timer::single_shot(Duration::ZERO, apply.clone());
        check_soon(apply, CHECKS_AT_FIRST);
        let timer = Timer::default();
        timer.start(TimerMode::Repeated, CHECK_EVERY, steadily);
        timer
    }

    /// Takes the keyboard's focus whenever another window has it, for as long as the timer that this
    /// gives lives: a wall that opened later would get what a scanner types.
    pub fn keep_keys<C: slint::ComponentHandle + 'static>(component: &C) -> Timer {
        let weak = component.as_weak();
        let timer = Timer::default();
        timer.start(TimerMode::Repeated, CHECK_EVERY, move || {
            let Some(component) = weak.upgrade() else {
                return;
            };
            component.window().with_winit_window(|window| {
                if !window.has_focus() {
                    window.focus_window();
                }
            });
        });
        timer
    }

    /// A window manager that is just starting may lose the request to show a window, and then nobody
    /// would ever see it. X11 tells whether it came; elsewhere it is not known.
    fn show_again(window: &WinitWindow) {
        if window.is_visible() == Some(false) {
            tracing::warn!("the window was never shown: asking for it again");
            window.set_visible(false);
            window.set_visible(true);
        }
    }

    fn check_soon(apply: impl Fn() + 'static, checks: u32) {
        if checks > 0 {
            Timer::single_shot(CHECK_AT_FIRST, move || {
                apply();
                check_soon(apply, checks - 1);
            });
        }
    }

    /// `missed` says whether the configured monitor was missing the last time: that is told once.
    fn place(window: &WinitWindow, placement: &Placement, missed: &Cell<bool>) {
        let is_tried_out = matches!(placement, Placement::Windowed { .. });
        if !is_tried_out && window.is_minimized() == Some(true) {
            tracing::warn!("the window was minimised: bringing it back");
            window.set_minimized(false);
        }
        match placement {
            Placement::Fullscreen { monitor } => {
                window.set_cursor_visible(false);
                let wanted = find_monitor(window, monitor.as_deref(), missed);
                let is_there = match (window.fullscreen(), &wanted) {
                    (Some(Fullscreen::Borderless(Some(now))), Some(wanted)) => now == *wanted,
                    (Some(_), None) => true,
                    _ => false,
                };
                if !is_there {
                    window.set_fullscreen(Some(Fullscreen::Borderless(wanted)));
                }
            }
            Placement::Viewport {
                monitor,
                x,
                y,
                width,
                height,
            } => {
                window.set_cursor_visible(false);
                window.set_decorations(false);
                let corner = find_monitor(window, monitor.as_deref(), missed)
                    .map_or(PhysicalPosition::new(0, 0), |monitor| monitor.position());
                let position = PhysicalPosition::new(corner.x + x, corner.y + y);
                if window.outer_position().ok() != Some(position) {
                    window.set_outer_position(position);
                }
                let size = PhysicalSize::new(*width, *height);
                if window.inner_size() != size {
                    // Refused or delayed sizes are tried again at the next check.
                    let _ = window.request_inner_size(size);
                }
            }
            // Whoever tries the program out may move and resize it; Slint gave it its first size.
            Placement::Windowed { .. } => {}
        }
    }

    fn find_monitor(
        window: &WinitWindow,
        name: Option<&str>,
        missed: &Cell<bool>,
    ) -> Option<MonitorHandle> {
        let name = name?;
        let mut monitors: Vec<MonitorHandle> = window.available_monitors().collect();
        monitors.sort_by_key(|monitor| (monitor.position().x, monitor.position().y));
        let found = monitors
            .iter()
            .find(|monitor| monitor.name().as_deref() == Some(name))
            .or_else(|| monitors.get(name.parse::<usize>().ok()?));
        if !missed.replace(found.is_none()) && found.is_none() {
            let names: Vec<String> = monitors.iter().filter_map(MonitorHandle::name).collect();
            tracing::warn!(wanted = name, there = ?names, "the configured monitor is not connected");
        }
        found.cloned()
    }

    /// Asks the window system for a frame, whatever Slint thinks of what has changed. Says whether
    /// [`Sign::Draw`] will tell of it.
    pub fn request_frame(window: &slint::Window) -> bool {
        window.with_winit_window(WinitWindow::request_redraw);
        true
    }

    /// Calls `seen` at every touch, click and key, and before every frame. Keeps the window open
    /// against everything but the program's own end, unless `may_close`.
    pub fn watch(window: &slint::Window, may_close: bool, seen: impl Fn(Sign) + 'static) {
        window.on_winit_window_event(move |_, event| {
            let touched = |down| seen(Sign::Touch { down });
            match event {
                WindowEvent::RedrawRequested => seen(Sign::Draw),
                WindowEvent::Touch(touch) => touched(matches!(
                    touch.phase,
                    TouchPhase::Started | TouchPhase::Moved
                )),
                WindowEvent::MouseInput { state, .. } => touched(*state == ElementState::Pressed),
                WindowEvent::KeyboardInput { .. } => touched(false),
                WindowEvent::CloseRequested if !may_close => return EventResult::PreventDefault,
                _ => {}
            }
            EventResult::Propagate
        });
    }
}
