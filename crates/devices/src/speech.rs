//! Reading aloud: a thread that speaks one text at a time, as a recorded clip where the hall has one,
//! else through speech-dispatcher.

mod process;
mod server;

use crate::state::{Fault, Gauge, State};
use process::Process;
use server::Server;
use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

const NAME: &str = "speech";

/// How often the server is looked for, or asked whether it is still there.
const LOOK: Duration = Duration::from_secs(3);

/// Plays a clip, with its loudness: of SoX, which Debian has.
const PLAYER: &str = "play";

/// What may speak.
#[derive(Clone, Debug)]
pub struct SpeechSettings {
    /// The server's socket; where it is usually if not given.
    pub socket: Option<PathBuf>,
    /// Whether the server may be started where it does not run yet, and again where it ended or hangs.
    pub start_server: bool,
    /// The server's program: called with `-s -t 60`, and stays in the foreground; speech-dispatcher if not
    /// given.
    pub server: Option<PathBuf>,
    /// The folder of recorded clips, `LANGUAGE/KEY.wav`.
    pub clips: PathBuf,
    /// What plays a clip: called with `-q -v LOUDNESS FILE`, as SoX's `play` is; that one if not
    /// given.
    pub player: Option<PathBuf>,
}

/// What is to be read aloud. May be personal, so it has no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Utterance {
    /// The clip's name, without folder and ending.
    pub key: String,
    /// Language of text and clip, as `zh-CN`.
    pub language: String,
    /// What is said where there is no such clip.
    pub text: String,
    /// How loud, in percent.
    pub volume: u8,
}

enum Order {
    Say(Utterance),
    Stop,
}

/// The voice. Its thread ends when this is dropped, and what is being said with it.
#[derive(Debug)]
pub struct Speech {
    orders: Option<Sender<Order>>,
    thread: Option<JoinHandle<()>>,
    gauge: Gauge,
    clips: PathBuf,
}

impl Speech {
    /// Starts the thread.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(settings: SpeechSettings) -> io::Result<Self> {
        let (orders, todo) = channel();
        let gauge = Gauge::default();
        let clips = settings.clips.clone();
        let process = settings
            .start_server
            .then(|| Process::new(settings.server.clone()));
        let speaker = Speaker {
            settings,
            gauge: gauge.clone(),
            server: None,
            process,
            playing: None,
        };
        let thread = std::thread::Builder::new()
            .name(NAME.to_owned())
            .spawn(move || speaker.serve(&todo))?;
        Ok(Self {
            orders: Some(orders),
            thread: Some(thread),
            gauge,
            clips,
        })
    }

    /// How the server is. Clips are played without it.
    pub fn gauge(&self) -> Gauge {
        self.gauge.clone()
    }

    /// Names of the clips that there are in a language. Reads a folder: not for the UI thread.
    pub fn clips(&self, language: &str) -> Vec<String> {
        let files = crate::line::files_in(&self.clips.join(language), |it| it.ends_with(".wav"));
        let names = files.iter().filter_map(|file| file.file_stem()?.to_str());
        names.map(str::to_owned).collect()
    }

    /// Says it now; what was being said ends.
    pub fn say(&self, what: Utterance) {
        self.order(Order::Say(what));
    }

    /// Ends what is being said.
    pub fn stop(&self) {
        self.order(Order::Stop);
    }

    fn order(&self, order: Order) {
        if let Some(orders) = &self.orders
            && orders.send(order).is_err()
        {
            tracing::error!("the thread that speaks has ended");
        }
    }
}

impl Drop for Speech {
    fn drop(&mut self) {
        self.orders.take();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that speaks had panicked");
        }
    }
}

struct Speaker {
    settings: SpeechSettings,
    gauge: Gauge,
    server: Option<Server>,
    /// The server's process, where this program keeps it running.
    process: Option<Process>,
    playing: Option<Child>,
}

impl Speaker {
    fn serve(mut self, todo: &Receiver<Order>) {
        self.look();
        loop {
            match todo.recv_timeout(LOOK) {
                Ok(order) => {
                    // Of several only the last one is still wanted.
                    let last = todo.try_iter().last().unwrap_or(order);
                    self.silence();
                    if let Order::Say(what) = last {
                        self.say(&what);
                    }
                }
                Err(RecvTimeoutError::Timeout) => self.look(),
                Err(RecvTimeoutError::Disconnected) => return self.silence(),
            }
        }
    }

    /// Finds the server, or finds that it has gone; starts it where that is due.
    fn look(&mut self) {
        if let Some(child) = &mut self.playing
            && !matches!(child.try_wait(), Ok(None))
        {
            self.playing = None;
        }
        let lost = self.server.as_mut().is_some_and(|it| !it.is_there());
        if lost {
            self.server = None;
        }
        let state = match self.server {
            Some(_) => State::Working,
            None => self.call(),
        };
        self.gauge.set(NAME, state);
    }

    /// Calls the server, and sees to its process where there is no answer.
    fn call(&mut self) -> State {
        let socket = self.settings.socket.clone().or_else(server::usual_socket);
        let hangs = match socket.map(|socket| Server::call(&socket)) {
            Some(Ok(server)) => {
                self.server = Some(server);
                if let Some(process) = &mut self.process {
                    process.answers();
                }
                return State::Working;
            }
            // Nobody listens there, or no such socket exists: that is known at once.
            Some(Err(error)) => !matches!(
                error.kind(),
                ErrorKind::NotFound | ErrorKind::ConnectionRefused
            ),
            None => false,
        };
        let fails = self.process.as_mut().is_some_and(Process::is_silent);
        match hangs || fails {
            true => State::Fault(Fault::NoAnswer),
            false => State::Absent,
        }
    }

    fn say(&mut self, what: &Utterance) {
        let file = format!("{}.wav", what.key);
        let clip = self.settings.clips.join(&what.language).join(file);
        if clip.is_file() && self.play(&clip, what.volume) {
            return;
        }
        if self.server.is_none() {
            self.look();
        }
        let Some(server) = &mut self.server else {
            return;
        };
        if let Err(error) = server.say(what) {
            tracing::warn!(%error, "the speech server did not take a text");
            self.server = None;
            self.gauge.set(NAME, State::Fault(Fault::Cut));
        }
    }

    /// Plays a clip; `false` where it cannot be played.
    fn play(&mut self, clip: &std::path::Path, volume: u8) -> bool {
        let loudness = f32::from(volume.min(100)) / 100.0;
        let player = self.settings.player.clone();
        let player = player.unwrap_or_else(|| PathBuf::from(PLAYER));
        let child = Command::new(&player)
            .args(["-q", "-v", &loudness.to_string()])
            .arg(clip)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        match child {
            Ok(child) => self.playing = Some(child),
            Err(ref error) => {
                tracing::warn!(player = %player.display(), %error, "a clip cannot be played");
            }
        }
        self.playing.is_some()
    }

    fn silence(&mut self) {
        if let Some(mut child) = self.playing.take() {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
        if let Some(server) = &mut self.server
            && server.stop().is_err()
        {
            self.server = None;
        }
    }
}
