//! Videos of the hall's own. The `ffmpeg` program decodes them in a process of its own: a file that
//! breaks a decoder ends that one, and not the wall. Walls are silent, so sound is left out.

use gighall_core::media::kind_of;
use slint::{Rgb8Pixel, SharedPixelBuffer};
use std::io::Read;
use std::path::Path;
use std::time::Duration;

/// A frame, as the window shows it.
pub type Frame = SharedPixelBuffer<Rgb8Pixel>;

/// Why a video cannot be shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VideoError {
    /// The feature was left out.
    #[error("this build plays no videos (its feature `video` was left out)")]
    NotBuilt,
    /// There is no `ffmpeg`.
    #[error("videos need the program ffmpeg, which this machine has not (apt install ffmpeg)")]
    NoProgram,
    /// There is nothing in it that can be played.
    #[error("is no video that can be played, or is damaged: {0}")]
    Damaged(String),
}

/// The beginning of a video, and how long it is where it says so.
#[derive(Debug)]
pub struct Still {
    /// Its first frame, at the size at which it fits.
    pub frame: Frame,
    /// From beginning to end.
    pub length: Option<Duration>,
}

/// Whether the file begins as videos do.
pub fn is_video(file: &Path) -> bool {
    let mut head = [0; 8];
    let read = std::fs::File::open(file).and_then(|mut file| file.read_exact(&mut head));
    read.is_ok() && kind_of(&head).is_some_and(|kind| kind.starts_with("video/"))
}

#[cfg(feature = "video")]
pub use decoded::{Playing, still};

#[cfg(not(feature = "video"))]
pub use left_out::{Playing, still};

#[cfg(feature = "video")]
mod decoded {
    use super::{Frame, Still, VideoError};
    use ffmpeg_sidecar::child::FfmpegChild;
    use ffmpeg_sidecar::command::FfmpegCommand;
    use ffmpeg_sidecar::event::{FfmpegEvent, LogLevel, OutputVideoFrame};
    use std::io::ErrorKind;
    use std::path::Path;
    use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
    use std::time::Duration;

    /// The containers that are read, as FFmpeg names them. None of them makes it read another file, as
    /// a playlist does.
    const CONTAINERS: &str = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm";
    /// One frame; given up after so many seconds of computing.
    const LOOK: [&str; 4] = ["-frames:v", "1", "-timelimit", "20"];
    /// More frames a second nobody sees on a wall.
    const PLAY: [&str; 2] = ["-fpsmax", "30"];

    /// What `ffmpeg` is told of every video: only this file is read, nothing comes from the network.
    fn command(
        file: &Path,
        (width, height): (u32, u32),
        before: &[&str],
        after: &[&str],
    ) -> FfmpegCommand {
        let mut command = FfmpegCommand::new_with_path("ffmpeg");
        // Pixels need not be square, and what does not fit is made smaller and never cut.
        let fits = format!(
            "scale=w=trunc(iw*sar):h=ih,setsar=1,\
             scale=w={}:h={}:force_original_aspect_ratio=decrease",
            width.max(2),
            height.max(2)
        );
        command
            .args(["-nostdin", "-protocol_whitelist", "file"])
            .args(["-format_whitelist", CONTAINERS])
            .args(before)
            .input(file)
            .args(["-map", "0:v:0"])
            .filter(fits)
            .args(after)
            .rawvideo();
        command
    }

    fn spawn(command: &mut FfmpegCommand) -> Result<FfmpegChild, VideoError> {
        command.spawn().map_err(|error| match error.kind() {
            ErrorKind::NotFound => VideoError::NoProgram,
            _ => VideoError::Damaged(error.to_string()),
        })
    }

    fn frame(it: &OutputVideoFrame) -> Option<Frame> {
        let bytes = u64::from(it.width) * u64::from(it.height) * 3;
        let is_whole = bytes > 0 && bytes == it.data.len() as u64;
        is_whole.then(|| Frame::clone_from_slice(&it.data, it.width, it.height))
    }

    /// Decodes the beginning of a video to fit `room`, in pixels. It takes its time.
    ///
    /// # Errors
    /// [`VideoError`]
    pub fn still(file: &Path, room: (u32, u32)) -> Result<Still, VideoError> {
        let mut child = spawn(&mut command(file, room, &[], &LOOK))?;
        let events = child.iter();
        let events = events.map_err(|error| VideoError::Damaged(error.to_string()))?;
        let (mut length, mut found, mut said) = (None, None, None);
        for event in events {
            match event {
                FfmpegEvent::ParsedDuration(it) => {
                    length = Duration::try_from_secs_f64(it.duration).ok();
                }
                FfmpegEvent::OutputFrame(it) => found = found.or(frame(&it)),
                FfmpegEvent::Log(LogLevel::Error | LogLevel::Fatal, line) => {
                    said = said.or(Some(line));
                }
                _ => {}
            }
        }
        // It has ended, or is about to: nobody reads from it any more.
        let _ = child.kill();
        let _ = child.wait();
        let said = said.unwrap_or_else(|| "there is no frame in it".to_owned());
        let frame = found.ok_or(VideoError::Damaged(said))?;
        Ok(Still { frame, length })
    }

    /// A video that plays over and over until this is dropped.
    pub struct Playing(Arc<Mutex<Process>>);

    /// The process that decodes.
    enum Process {
        Starts,
        Runs(FfmpegChild),
        Over,
    }

    impl Playing {
        /// Plays `file` as large as fits `room`, in pixels; `show` is handed every frame when it is
        /// due, on a thread of its own.
        ///
        /// # Errors
        /// If the system gives no thread.
        pub fn start(
            file: &Path,
            room: (u32, u32),
            show: impl Fn(Frame) + Send + 'static,
        ) -> std::io::Result<Self> {
            let process = Arc::new(Mutex::new(Process::Starts));
            let (file, shared) = (file.to_owned(), process.clone());
            let thread = std::thread::Builder::new().name("wall video".to_owned());
            thread.spawn(move || {
                if let Err(error) = play(&file, room, &shared, show) {
                    tracing::error!(file = %file.display(), %error, "the video stopped");
                }
            })?;
            Ok(Self(process))
        }
    }

    impl Drop for Playing {
        fn drop(&mut self) {
            let process = self.0.clone();
            // The window waits neither for a process that is just being started nor for one that ends.
            let thread = std::thread::Builder::new().name("wall video ends".to_owned());
            let ends = thread.spawn(move || {
                let ended = std::mem::replace(&mut *lock(&process), Process::Over);
                if let Process::Runs(mut child) = ended {
                    // Waiting leaves no zombie.
                    let _ = child.kill();
                    let _ = child.wait();
                }
            });
            if let Err(error) = ends {
                tracing::error!(%error, "a video goes on unseen");
            }
        }
    }

    fn play(
        file: &Path,
        room: (u32, u32),
        process: &Mutex<Process>,
        show: impl Fn(Frame),
    ) -> Result<(), VideoError> {
        let events = {
            let mut process = lock(process);
            if matches!(*process, Process::Over) {
                return Ok(());
            }
            let before = ["-re", "-stream_loop", "-1"];
            let mut child = spawn(&mut command(file, room, &before, &PLAY))?;
            let events = child.iter();
            *process = Process::Runs(child);
            events.map_err(|error| VideoError::Damaged(error.to_string()))?
        };
        for event in events {
            match event {
                FfmpegEvent::OutputFrame(it) => {
                    if let Some(frame) = frame(&it) {
                        show(frame);
                    }
                }
                FfmpegEvent::Log(LogLevel::Error | LogLevel::Fatal, line) => {
                    tracing::warn!(file = %file.display(), "ffmpeg: {line}");
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Each state is set in one step, so that what a panic left behind is whole.
    fn lock(process: &Mutex<Process>) -> MutexGuard<'_, Process> {
        process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(not(feature = "video"))]
mod left_out {
    use super::{Frame, Still, VideoError};
    use std::path::Path;

    /// There is nothing to decode with.
    ///
    /// # Errors
    /// Always.
    pub fn still(_: &Path, _: (u32, u32)) -> Result<Still, VideoError> {
        Err(VideoError::NotBuilt)
    }

    /// Never made: no video is on where none can be shown.
    pub struct Playing;

    impl Playing {
        /// Nothing plays.
        ///
        /// # Errors
        /// Always.
        pub fn start(
            _: &Path,
            _: (u32, u32),
            _: impl Fn(Frame) + Send + 'static,
        ) -> std::io::Result<Self> {
            Err(std::io::Error::other(VideoError::NotBuilt))
        }
    }
}

#[cfg(all(test, feature = "video"))]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::process::Command;
    use std::sync::mpsc::channel;

    /// Two seconds of a test card, 320 by 240.
    fn record(file: &Path) {
        let card = "testsrc=duration=2:size=320x240:rate=10";
        let args = ["-loglevel", "error", "-f", "lavfi", "-i", card, "-c:v"];
        let codec = match file.extension().unwrap().to_str() {
            Some("webm") => "libvpx",
            _ => "mpeg4",
        };
        let mut ffmpeg = Command::new("ffmpeg");
        let done = ffmpeg.args(args).arg(codec).arg(file).status().unwrap();
        assert!(done.success());
    }

    #[test]
    fn the_first_frame_fits_and_the_length_is_known() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["card.mp4", "card.webm"] {
            let file = dir.path().join(name);
            record(&file);
            assert!(is_video(&file));
            let still = still(&file, (200, 90)).unwrap();
            assert_eq!((still.frame.width(), still.frame.height()), (120, 90));
            assert_eq!(still.length.map(|it| it.as_secs()), Some(2), "{name}");
            let colours: std::collections::HashSet<_> = still
                .frame
                .as_slice()
                .iter()
                .map(|p| (p.r, p.g, p.b))
                .collect();
            assert!(colours.len() > 6, "a test card has colours");
        }
    }

    #[test]
    fn what_is_damaged_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        record(&at("whole.mp4"));
        let whole = std::fs::read(at("whole.mp4")).unwrap();
        std::fs::write(at("cut.mp4"), &whole[..200]).unwrap();
        std::fs::write(at("garbage.mp4"), b"\0\0\0\x20ftypisomrubbish").unwrap();
        std::fs::write(at("empty.mp4"), []).unwrap();
        std::fs::write(at("list.mp4"), "#EXTM3U\n/etc/passwd\n").unwrap();
        for bad in ["cut.mp4", "garbage.mp4"] {
            let said = still(&at(bad), (64, 64)).unwrap_err();
            assert!(matches!(said, VideoError::Damaged(_)), "{bad}: {said}");
        }
        // A playlist names other files and addresses.
        for other in ["empty.mp4", "list.mp4", "nowhere.mp4"] {
            assert!(!is_video(&at(other)), "{other}");
            assert!(still(&at(other), (64, 64)).is_err(), "{other}");
        }
    }

    #[test]
    fn a_video_plays_over_and_over_until_it_is_dropped() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("card.mp4");
        record(&file);
        let (sender, frames) = channel();
        let playing = Playing::start(&file, (320, 240), move |frame| {
            // Nobody asks any more once all have come that the test waits for.
            let _ = sender.send(frame);
        });
        let playing = playing.unwrap();
        let wait = Duration::from_secs(60);
        let first = frames.recv_timeout(wait).unwrap();
        // More frames than it has.
        let others: Vec<Frame> = (0..30)
            .map(|_| frames.recv_timeout(wait).unwrap())
            .collect();
        assert!(others.iter().any(|it| it.as_bytes() != first.as_bytes()));
        drop(playing);
        // The thread lets go of the sender.
        while frames.recv_timeout(wait).is_ok() {}
        assert!(frames.try_recv().is_err());
    }
}
