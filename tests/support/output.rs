//! The display as hardware: outputs that change, a server that answers nobody, windows that somebody
//! puts away.

use super::{Display, run};
use std::path::Path;
use std::process::{Command, Stdio};
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::randr::{self, ConnectionExt};
use x11rb::protocol::xproto::{
    AtomEnum, ChangeWindowAttributesAux, ConfigureWindowAux, ConnectionExt as _, EventMask,
};
use x11rb::rust_connection::RustConnection;

/// Left, top, width and height in pixels.
pub type Place = (i32, i32, u32, u32);

/// An X server that has 16 outputs, `DUMMY0` and on, and no devices. Nothing of the machine's is looked for,
/// so that it starts in a container too.
const OUTPUTS: &str = r#"
Section "ServerFlags"
    Option "AutoAddDevices" "false"
    Option "AutoEnableDevices" "false"
    Option "AutoAddGPU" "false"
EndSection
Section "Device"
    Identifier "card"
    Driver "dummy"
    VideoRam 65536
EndSection
Section "Monitor"
    Identifier "monitor"
    HorizSync 5.0-200.0
    VertRefresh 5.0-200.0
EndSection
Section "Screen"
    Identifier "screen"
    Device "card"
    Monitor "monitor"
    DefaultDepth 24
EndSection
"#;

impl Display {
    /// Starts Xorg with openbox and two outputs, `DUMMY0` and right of it `DUMMY1`, which have those modes.
    /// What they say of their size lets a program guess another factor for each. `dir` is for its files.
    pub fn with_outputs(dir: &Path, modes: [&str; 2]) -> Self {
        let (config, log) = (dir.join("xorg.conf"), dir.join("xorg.log"));
        std::fs::write(&config, OUTPUTS).expect("written");
        let mut server = Command::new("Xorg");
        server.arg("-noreset").arg("-config").arg(&config);
        server.arg("-logfile").arg(&log).stderr(Stdio::null());
        let display = Self::served(&mut server);
        for mode in ["1280x720", "1024x768", "1024x576", "800x600"] {
            // The first has them all already.
            display.xrandr(&format!("--addmode DUMMY1 {mode}"));
        }
        display.xrandr("--output DUMMY0 --set WIDTH_MM 160");
        display.xrandr("--output DUMMY0 --set HEIGHT_MM 90");
        display.side_by_side(modes);
        display.managed()
    }

    /// `DUMMY0` and right of it `DUMMY1` are on, in those modes.
    pub fn side_by_side(&self, [left, right]: [&str; 2]) {
        self.xrandr(&format!(
            "--output DUMMY0 --mode {left} --pos 0x0 --output DUMMY1 --mode {right} --right-of DUMMY0"
        ));
    }

    /// Changes the outputs.
    pub fn xrandr(&self, arguments: &str) {
        let mut all = vec!["--display", &self.name];
        all.extend(arguments.split(' '));
        run("xrandr", &all);
    }

    /// The title of the window that is seen at a pixel; empty where there is none.
    pub fn title_at(&self, x: i32, y: i32) -> String {
        let (server, screen) = RustConnection::connect(Some(&self.name)).expect("connected");
        let root = server.setup().roots[screen].root;
        let pixel = |at| i16::try_from(at).expect("on the screen");
        // From the frame that the window manager may have put around it to the window.
        let mut window = root;
        loop {
            let asked = server.translate_coordinates(root, window, pixel(x), pixel(y));
            window = asked.expect("asked").reply().expect("answered").child;
            if window == x11rb::NONE {
                return String::new();
            }
            let (name, kind) = (AtomEnum::WM_NAME, AtomEnum::ANY);
            let asked = server.get_property(false, window, name, kind, 0, 64);
            let title = asked.expect("asked").reply().expect("answered").value;
            if !title.is_empty() {
                return String::from_utf8_lossy(&title).into_owned();
            }
        }
    }

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

    /// Whether a window at that place has something in every quarter of it. Gives the picture of the screen.
    pub fn is_drawn_all_over(&self, place: Place, name: &str) -> image::GrayImage {
        let picture = self.picture(name);
        let (x, y) = (place.0.unsigned_abs(), place.1.unsigned_abs());
        let (width, height) = (
            place.2.min(picture.width() - x),
            place.3.min(picture.height() - y),
        );
        let whole = width == place.2 && height == place.3;
        // Header and footer are drawn to the corners; of a wall that is partly off the screen only
        // the upper left one can be seen.
        let corners = if whole {
            vec![(0, 0), (1, 0), (0, 1), (1, 1)]
        } else {
            vec![(0, 0)]
        };
        for (right, low) in corners {
            let (w, h) = (width / 2, height / 4);
            let (left, top) = (x + right * (width - w), y + low * (height - h));
            let part = image::imageops::crop_imm(&picture, left, top, w, h).to_image();
            let (least, most) = part
                .pixels()
                .fold((255, 0), |(a, b), p| (p.0[0].min(a), p.0[0].max(b)));
            assert!(most - least > 60, "nothing at {left},{top} of {name}.png");
        }
        picture
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
