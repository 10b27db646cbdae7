//! The display as hardware: outputs that change, a server that answers nobody, windows that somebody
//! puts away.

use super::{Display, run};
use std::process::Command;
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::randr::{self, ConnectionExt};
use x11rb::protocol::xproto::{
    ChangeWindowAttributesAux, ConfigureWindowAux, ConnectionExt as _, EventMask,
};
use x11rb::rust_connection::RustConnection;

/// Left, top, width and height in pixels.
pub type Place = (i32, i32, u32, u32);

impl Display {
    /// Where the windows are whose title has that; none that are not on the screen.
    pub fn windows(&self, title: &str) -> Vec<Place> {
        let found = self.xdotool(&["search", "--onlyvisible", "--name", title]);
        let place = |id: &str| {
            let text = self.xdotool(&["getwindowgeometry", "--shell", id]);
            let value = |key: &str| {
                let line = text.lines().find_map(|line| line.strip_prefix(key));
                line.and_then(|value| value.parse::<i32>().ok())
            };
            let size = |key| u32::try_from(value(key)?).ok();
            Some((
                value("X=")?,
                value("Y=")?,
                size("WIDTH=")?,
                size("HEIGHT=")?,
            ))
        };
        found.lines().filter_map(place).collect()
    }

    /// Runs xdotool; what it prints, also where it found nothing.
    pub fn xdotool(&self, arguments: &[&str]) -> String {
        let output = Command::new("xdotool")
            .env("DISPLAY", &self.name)
            .args(arguments)
            .output()
            .expect("xdotool");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Manages windows from now on, but loses the first request to show one, as a window manager
    /// that is just starting may.
    pub fn manage_forgetfully(&self) {
        let (server, screen) = RustConnection::connect(Some(&self.name)).expect("connected");
        let root = server.setup().roots[screen].root;
        let redirect =
            ChangeWindowAttributesAux::new().event_mask(EventMask::SUBSTRUCTURE_REDIRECT);
        let managing = server.change_window_attributes(root, &redirect);
        managing.expect("asked").check().expect("nobody manages");
        std::thread::spawn(move || {
            let mut lost = false;
            // Until the server goes.
            while let Ok(event) = server.wait_for_event() {
                match event {
                    Event::MapRequest(_) if !std::mem::replace(&mut lost, true) => {}
                    Event::MapRequest(asked) => {
                        let _ = server.map_window(asked.window);
                    }
                    Event::ConfigureRequest(asked) => {
                        let as_asked = ConfigureWindowAux::from_configure_request(&asked);
                        let _ = server.configure_window(asked.window, &as_asked);
                    }
                    _ => {}
                }
                if server.flush().is_err() {
                    return;
                }
            }
        });
    }

    /// The server answers nobody any more.
    pub fn freeze(&self) {
        run("kill", &["-STOP", &self.server.child.id().to_string()]);
    }

    /// It answers again.
    pub fn thaw(&self) {
        run("kill", &["-CONT", &self.server.child.id().to_string()]);
    }

    /// The monitor has another resolution from now on, and the desktop with it.
    pub fn resolution(&self, width: u16, height: u16) {
        let (server, screen) = RustConnection::connect(Some(&self.name)).expect("connected");
        let root = server.setup().roots[screen].root;
        let resources = server.randr_get_screen_resources(root).expect("asked");
        let resources = resources.reply().expect("answered");
        let (output, crtc) = (resources.outputs[0], resources.crtcs[0]);
        let known = resources.modes.iter();
        let mode = match known
            .clone()
            .find(|mode| (mode.width, mode.height) == (width, height))
        {
            Some(mode) => mode.id,
            None => new_mode(&server, root, output, width, height),
        };
        let set = |mode: u32, outputs: &[u32]| {
            let set = server.randr_set_crtc_config(
                crtc,
                0,
                0,
                0,
                0,
                mode,
                randr::Rotation::ROTATE0,
                outputs,
            );
            let status = set.expect("asked").reply().expect("answered").status;
            assert_eq!(status, randr::SetConfig::SUCCESS);
        };
        set(x11rb::NONE, &[]);
        server
            .randr_set_screen_size(root, width, height, 500, 300)
            .expect("asked")
            .check()
            .expect("a size that the server can have");
        set(mode, &[output]);
    }
}

fn new_mode(
    server: &RustConnection,
    root: u32,
    output: u32,
    width: u16,
    height: u16,
) -> randr::Mode {
    let name = format!("{width}x{height}");
    let info = randr::ModeInfo {
        id: 0,
        width,
        height,
        dot_clock: 0,
        hsync_start: 0,
        hsync_end: 0,
        htotal: 0,
        hskew: 0,
        vsync_start: 0,
        vsync_end: 0,
        vtotal: 0,
        name_len: u16::try_from(name.len()).expect("short"),
        mode_flags: randr::ModeFlag::default(),
    };
    let made = server.randr_create_mode(root, info, name.as_bytes());
    let mode = made.expect("asked").reply().expect("answered").mode;
    let added = server.randr_add_output_mode(output, mode);
    added.expect("asked").check().expect("added");
    mode
}
