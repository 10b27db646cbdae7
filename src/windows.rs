//! Puts a window where the configuration wants it, keeps it there when cables are pulled or
//! resolutions change, and watches every touch. That takes a window system; under linuxkms there
//! is one window on one output, which has nowhere else to be.

pub mod outputs;

use std::cell::RefCell;
use std::rc::Rc;
#[cfg(feature = "winit")]
pub use winit::{is_shown, keep_keys, keep_placed, request_frame, watch};

/// Where a window belongs, among all windows of the program: none is put where another is at home.
#[derive(Clone)]
pub struct Place {
    all: Rc<Windows>,
    mine: usize,
}

struct Windows {
    names: Vec<String>,
    placements: Vec<Placement>,
    /// What is wrong with where each is; empty where nothing is.
    troubles: RefCell<Vec<String>>,
    /// Is told of all troubles, whenever they are others.
    told: Box<dyn Fn(String)>,
}

impl Place {
    /// The places of windows that have those names and belong there. `told` hears which monitors are
    /// missing, in words, and of none.
    pub fn of_all(
        windows: impl IntoIterator<Item = (String, Placement)>,
        told: impl Fn(String) + 'static,
    ) -> Vec<Self> {
        let (names, placements): (Vec<String>, Vec<Placement>) = windows.into_iter().unzip();
        let all = Rc::new(Windows {
            troubles: RefCell::new(vec![String::new(); placements.len()]),
            names,
            placements,
            told: Box::new(told),
        });
        let place = |mine| Self {
            all: all.clone(),
            mine,
        };
        (0..all.placements.len()).map(place).collect()
    }

    /// Where the window belongs.
    pub fn placement(&self) -> &Placement {
        &self.all.placements[self.mine]
    }

    /// What the window is called.
    pub fn name(&self) -> &str {
        &self.all.names[self.mine]
    }

    /// Says what is wrong with where the window is.
    #[cfg(feature = "winit")]
    fn tell(&self, trouble: String) {
        let mut troubles = self.all.troubles.borrow_mut();
        troubles[self.mine] = trouble;
        let of_all = troubles.iter().filter(|it| !it.is_empty());
        let of_all: Vec<&str> = of_all.map(String::as_str).collect();
        (self.all.told)(of_all.join("\n"));
    }
}

/// Where a window belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Placement {
    /// Fullscreen on a monitor; on the first that no other window needs where none is named.
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

impl Placement {
    /// Whether somebody tries the program out, and may move and resize the window.
    pub fn is_tried_out(&self) -> bool {
        matches!(self, Self::Windowed { .. })
    }

    /// The output that it names.
    pub fn monitor(&self) -> Option<&str> {
        match self {
            Self::Fullscreen { monitor } | Self::Viewport { monitor, .. } => monitor.as_deref(),
            Self::Windowed { .. } => None,
        }
    }

    /// Its width and height in pixels, where they are not the output's.
    pub fn size(&self) -> Option<(u32, u32)> {
        match self {
            Self::Fullscreen { .. } => None,
            Self::Viewport { width, height, .. } | Self::Windowed { width, height } => {
                Some((*width, *height))
            }
        }
    }
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
pub fn keep_placed<C: slint::ComponentHandle>(_: &C, _: Place) -> slint::Timer {
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

/// Under linuxkms a window that is there is shown.
#[cfg(not(feature = "winit"))]
pub fn is_shown(_: &slint::Window) -> bool {
    true
}

/// Under linuxkms nobody sees frames: the event loop draws them, and where it goes on they are drawn.
#[cfg(not(feature = "winit"))]
pub fn request_frame(_: &slint::Window) -> bool {
    false
}

#[cfg(feature = "winit")]
mod winit {
    use super::outputs::{Output, Spot, Word, share_out};
    use super::{Place, Placement, Sign};
    use slint::winit_030::winit::dpi::{PhysicalPosition, PhysicalSize};
    use slint::winit_030::winit::event::{ElementState, TouchPhase, WindowEvent};
    use slint::winit_030::winit::monitor::MonitorHandle;
    use slint::winit_030::winit::window::{Fullscreen, Window as WinitWindow};
    use slint::winit_030::{EventResult, WinitWindowAccessor};
    use slint::{Timer, TimerMode};
    use std::cell::{Cell, RefCell};
    use std::rc::Rc;
    use std::time::Duration;

    /// How often a window's place is compared with where it should be. Outputs come and go without a
    /// notice that every window system sends.
    const CHECK_EVERY: Duration = Duration::from_secs(2);

    /// The same just after the start, and after outputs have changed: a window manager that takes the
    /// frame off may move the window once more, and nobody should see that for seconds.
    const CHECK_AT_FIRST: Duration = Duration::from_millis(40);
    const CHECKS_AT_FIRST: u32 = 40;

    /// How often a fullscreen window that does not fill its output is asked to, until the output changes: a
    /// window manager that will not have it otherwise is not asked for ever, as the window goes for a moment.
    const ASKED_MOST: u32 = 3;

    /// Places a window and keeps it placed for as long as the timer that this gives lives.
    pub fn keep_placed<C: slint::ComponentHandle + 'static>(component: &C, place: Place) -> Timer {
        let weak = component.as_weak();
        let kept = Rc::new(Kept {
            place,
            spot: RefCell::default(),
            asked: Cell::default(),
        });
        let with_window = move |work: &dyn Fn(&WinitWindow)| {
            if let Some(component) = weak.upgrade() {
                component.window().with_winit_window(|window| work(window));
            }
        };
        let apply = {
            let (with_window, kept) = (with_window.clone(), kept.clone());
            move || with_window(&|window| kept.check(window, false))
        };
        // As soon as the event loop runs, for a window that is not yet there; then steadily.
        Timer::single_shot(Duration::ZERO, apply.clone());
        check_soon(apply.clone(), CHECKS_AT_FIRST);
        let (word, timer) = (Word::listen(), Timer::default());
        timer.start(TimerMode::Repeated, CHECK_EVERY, move || {
            with_window(&|window| {
                kept.check(window, true);
                let id = window.id().into();
                if word.as_ref().is_some_and(|word| word.has_come(id)) {
                    check_soon(apply.clone(), CHECKS_AT_FIRST);
                }
            });
        });
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

    fn check_soon(apply: impl Fn() + 'static, checks: u32) {
        if checks > 0 {
            Timer::single_shot(CHECK_AT_FIRST, move || {
                apply();
                check_soon(apply, checks - 1);
            });
        }
    }

    /// A window that is kept in its place.
    struct Kept {
        place: Place,
        /// Where it was put last.
        spot: RefCell<Option<Spot>>,
        /// How often it was asked to fill its output since that changed.
        asked: Cell<u32>,
    }

    impl Kept {
        /// Puts the window where it belongs. `is_steady` where the window manager has had time to do so.
        fn check(&self, window: &WinitWindow, is_steady: bool) {
            let placement = self.place.placement();
            // Slint gave it its first size.
            let is_tried_out = placement.is_tried_out();
            let is_away = || *self.spot.borrow() == Some(Spot::Nowhere);
            if is_steady && !is_away() {
                show_again(window);
            }
            let monitor = self.follow(window);
            if is_tried_out || is_away() {
                return;
            }
            if window.is_minimized() == Some(true) {
                tracing::warn!("the window was minimised: bringing it back");
                window.set_minimized(false);
            }
            window.set_cursor_visible(false);
            // Slint asks for a frame again in fullscreen, and where a program draws its frames itself, as under Wayland,
            // winit makes room for it even there.
            if window.is_decorated() {
                window.set_decorations(false);
            }
            match placement {
                Placement::Fullscreen { .. } => self.fill(window, monitor, is_steady),
                Placement::Viewport {
                    x,
                    y,
                    width,
                    height,
                    ..
                } => {
                    let corner = monitor.map(|monitor| monitor.position());
                    let corner = corner.unwrap_or_default();
                    let position = PhysicalPosition::new(corner.x + x, corner.y + y);
                    put_at(window, position, PhysicalSize::new(*width, *height));
                }
                Placement::Windowed { .. } => {}
            }
        }

        /// Sees where the window belongs now; what has changed there is told, and done. Gives the output
        /// that it goes by.
        fn follow(&self, window: &WinitWindow) -> Option<MonitorHandle> {
            let mut monitors: Vec<MonitorHandle> = window.available_monitors().collect();
            monitors.sort_by_key(|monitor| (monitor.position().x, monitor.position().y));
            let outputs: Vec<Output> = monitors.iter().map(output).collect();
            let spots = share_out(&self.place.all.placements, &outputs);
            let spot = spots.into_iter().nth(self.place.mine)??;
            let on = match &spot {
                Spot::Own(on) | Spot::Instead(on) => outputs.iter().position(|it| it == on),
                Spot::Nowhere => None,
            };
            let before = self.spot.replace(Some(spot.clone()));
            if before.as_ref() != Some(&spot) {
                self.tell(before.as_ref(), &spot, &outputs);
                self.asked.set(0);
                // The window manager goes by where the output was.
                window.set_fullscreen(None);
                match &spot {
                    Spot::Nowhere => window.set_visible(false),
                    _ if before == Some(Spot::Nowhere) => window.set_visible(true),
                    _ => {}
                }
            }
            on.map(|index| monitors.swap_remove(index))
        }

        /// Tells of a window that was put somewhere else.
        fn tell(&self, before: Option<&Spot>, spot: &Spot, outputs: &[Output]) {
            let window = self.place.name();
            let wanted = self.place.placement().monitor().unwrap_or_default();
            let until_then = match spot {
                Spot::Own(on) => {
                    let words = match before {
                        None => return,
                        Some(Spot::Own(_)) => "the monitor has changed, and the window with it",
                        Some(_) => "the configured monitor is connected again",
                    };
                    tracing::info!(window, ?on, "{words}");
                    return self.place.tell(String::new());
                }
                Spot::Instead(on) => format!("the window is on {} until it is", on.name),
                Spot::Nowhere => "the window is put away until it is".to_owned(),
            };
            let there: Vec<&str> = outputs.iter().map(|it| it.name.as_str()).collect();
            tracing::warn!(
                window,
                wanted,
                ?there,
                "the configured monitor is not connected: {until_then}"
            );
            let trouble = format!("{window}: the monitor {wanted} is not connected; {until_then}");
            self.place.tell(trouble);
        }

        fn fill(&self, window: &WinitWindow, monitor: Option<MonitorHandle>, is_steady: bool) {
            let fills = monitor.as_ref().is_none_or(|monitor| {
                // Not every window system tells where a window is.
                let at = window.inner_position().ok();
                at.is_none_or(|at| at == monitor.position())
                    && window.inner_size() == monitor.size()
            });
            if is_steady && !fills && self.asked.get() < ASKED_MOST {
                self.asked.set(self.asked.get() + 1);
                window.set_fullscreen(None);
            }
            if window.fullscreen().is_none() {
                // A window manager fills the output that most of the window is on, wherever its corner is.
                if let Some(monitor) = &monitor {
                    let _ = window.request_inner_size(monitor.size());
                }
                window.set_fullscreen(Some(Fullscreen::Borderless(monitor)));
            }
        }
    }

    fn output(monitor: &MonitorHandle) -> Output {
        let (at, size) = (monitor.position(), monitor.size());
        Output {
            name: monitor.name().unwrap_or_default(),
            x: at.x,
            y: at.y,
            width: size.width,
            height: size.height,
        }
    }

    fn put_at(window: &WinitWindow, position: PhysicalPosition<i32>, size: PhysicalSize<u32>) {
        window.set_decorations(false);
        if window.outer_position().ok() != Some(position) {
            window.set_outer_position(position);
        }
        if window.inner_size() != size {
            // Refused or delayed sizes are tried again at the next check.
            let _ = window.request_inner_size(size);
        }
    }

    /// A window manager that is just starting may lose the request to show a window, and then nobody
    /// would ever see it. X11 tells whether it came; elsewhere it is not known.
    fn show_again(window: &WinitWindow) {
        if window.is_visible() == Some(false) {
            tracing::warn!("the window was never shown: asking for it again");
            // A window manager forgets that of one that goes, and winit does not.
            window.set_fullscreen(None);
            window.set_visible(false);
            window.set_visible(true);
        }
    }

    /// Asks the window system for a frame, whatever Slint thinks of what has changed. Says whether
    /// [`Sign::Draw`] will tell of it.
    pub fn request_frame(window: &slint::Window) -> bool {
        window.with_winit_window(WinitWindow::request_redraw);
        true
    }

    /// Whether the window is on a screen, as far as the window system says: one whose output is gone is put
    /// away.
    pub fn is_shown(window: &slint::Window) -> bool {
        let visible = window.with_winit_window(WinitWindow::is_visible);
        visible.flatten().unwrap_or(true)
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
