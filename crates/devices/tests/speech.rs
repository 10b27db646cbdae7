//! A speech server played at a Unix socket, and a player that only writes down what it is to play.
#![allow(clippy::unwrap_used)]

use gighall_devices::speech::{Speech, SpeechSettings, Utterance};
use gighall_devices::state::{Fault, State};
use socket2::{Domain, SockAddr, Socket, Type};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(20);

/// Plays the server for so many calls, and tells each line that it hears.
fn play(socket: &Path, calls: usize) -> Receiver<String> {
    let listener = UnixListener::bind(socket).unwrap();
    let (told, heard) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().take(calls) {
            serve(stream.unwrap(), &told);
        }
    });
    heard
}

fn serve(stream: std::os::unix::net::UnixStream, told: &Sender<String>) {
    let mut answers = stream.try_clone().unwrap();
    let mut in_text = false;
    for line in BufReader::new(stream).lines() {
        let Ok(line) = line else { return };
        let answer = match line.as_str() {
            "." if in_text => {
                in_text = false;
                "225-7\r\n225 OK MESSAGE QUEUED\r\n"
            }
            _ if in_text => "",
            "SPEAK" => {
                in_text = true;
                "230 OK RECEIVING DATA\r\n"
            }
            _ => "210 OK\r\n",
        };
        if line != "GET VOLUME" {
            // The test may have ended.
            let _ = told.send(line);
        }
        if answers.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

fn wait_for(heard: &Receiver<String>, wanted: &str) -> Vec<String> {
    let mut all = vec![];
    loop {
        let line = heard.recv_timeout(PATIENCE);
        let line = line.unwrap_or_else(|_| panic!("no {wanted:?} after {all:?}"));
        all.push(line);
        if all.last().is_some_and(|last| last == wanted) {
            return all;
        }
    }
}

fn utterance(key: &str, volume: u8) -> Utterance {
    Utterance {
        key: key.to_owned(),
        language: "zh-CN".to_owned(),
        text: "找活\n.QUIT".to_owned(),
        volume,
    }
}

/// A program that does that.
fn script(path: &Path, does: &str) {
    std::fs::write(path, format!("#!/bin/sh\n{does}\n")).unwrap();
    std::fs::set_permissions(path, PermissionsExt::from_mode(0o755)).unwrap();
}

fn becomes(speech: &Speech, state: State) {
    for _ in 0..2000 {
        if speech.gauge().get() == state {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("it is {:?} and not {state:?}", speech.gauge().get());
}

#[test]
fn a_text_is_said_and_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("speechd.sock");
    let speech = Speech::start(SpeechSettings {
        socket: Some(socket.clone()),
        start_server: false,
        server: None,
        clips: folder.path().join("clips"),
        player: None,
    })
    .unwrap();
    assert_eq!(speech.gauge().get(), State::Absent);
    let heard = play(&socket, 1);
    becomes(&speech, State::Working);
    speech.say(utterance("home", 75));
    let said = wait_for(&heard, ".");
    for line in [
        "SET SELF LANGUAGE cmn",
        "SET SELF VOLUME 50",
        "SPEAK",
        "找活",
        "..QUIT",
    ] {
        assert!(said.iter().any(|it| it == line), "{line} in {said:?}");
    }
    speech.stop();
    wait_for(&heard, "STOP SELF");
    drop(speech);
    wait_for(&heard, "QUIT");
}

#[test]
fn a_clip_of_the_hall_goes_before_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let clips = folder.path().join("clips/zh-CN");
    std::fs::create_dir_all(&clips).unwrap();
    let clip = clips.join("home.wav");
    std::fs::write(&clip, b"RIFF").unwrap();
    let (player, played) = (folder.path().join("player"), folder.path().join("played"));
    script(
        &player,
        &format!("echo \"$*\" > {0}.new\nmv {0}.new {0}", played.display()),
    );
    let socket = folder.path().join("speechd.sock");
    let heard = play(&socket, 1);
    let speech = Speech::start(SpeechSettings {
        socket: Some(socket),
        start_server: false,
        server: None,
        clips: folder.path().join("clips"),
        player: Some(player),
    })
    .unwrap();
    assert_eq!(speech.clips("zh-CN"), ["home"]);
    assert_eq!(speech.clips("en"), Vec::<String>::new());
    becomes(&speech, State::Working);
    speech.say(utterance("home", 50));
    let words = || std::fs::read_to_string(&played).ok();
    let told = (0..2000).find_map(|_| {
        std::thread::sleep(Duration::from_millis(10));
        words()
    });
    assert_eq!(
        told.unwrap().trim(),
        format!("-q -v 0.5 {}", clip.display())
    );
    // There is no clip of that one.
    speech.say(utterance("kinds", 50));
    let said = wait_for(&heard, ".");
    assert_eq!(said.iter().filter(|line| *line == "SPEAK").count(), 1);
}

/// One that hangs takes no more calls: the voice is away, and ends when it is to.
#[test]
fn a_server_that_hangs_keeps_nobody_from_ending() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("speechd.sock");
    let hung = Socket::new(Domain::UNIX, Type::STREAM, None).unwrap();
    hung.bind(&SockAddr::unix(&socket).unwrap()).unwrap();
    hung.listen(0).unwrap();
    let _only = std::os::unix::net::UnixStream::connect(&socket).unwrap();
    let (told, ended) = channel();
    std::thread::spawn(move || {
        let speech = Speech::start(SpeechSettings {
            socket: Some(socket),
            start_server: false,
            server: None,
            clips: folder.path().join("clips"),
            player: None,
        });
        // Long enough for a call.
        std::thread::sleep(Duration::from_millis(500));
        drop(speech.unwrap());
        told.send(()).unwrap();
    });
    ended.recv_timeout(PATIENCE).unwrap();
}

/// Of a server that was started: what it was called with and its process, a line for each start.
fn starts(noted: &Path, least: usize) -> Vec<(String, u32)> {
    for _ in 0..4000 {
        let lines = std::fs::read_to_string(noted).unwrap_or_default();
        let lines = lines.lines().filter_map(|line| line.rsplit_once(' '));
        let all: Vec<_> = lines
            .filter_map(|(with, id)| Some((with.to_owned(), id.parse().ok()?)))
            .collect();
        if all.len() >= least {
            return all;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("it was not started {least} times");
}

/// Not even as a dead one that nobody asked after.
fn is_gone(process: u32) -> bool {
    !Path::new(&format!("/proc/{process}")).exists()
}

fn kept_running(folder: &Path, socket: &Path, does: &str) -> Speech {
    let server = folder.join("server");
    let noted = folder.join("noted");
    script(
        &server,
        &format!("echo \"$*\" $$ >> {}\n{does}", noted.display()),
    );
    Speech::start(SpeechSettings {
        socket: Some(socket.to_owned()),
        start_server: true,
        server: Some(server),
        clips: folder.join("clips"),
        player: None,
    })
    .unwrap()
}

#[test]
fn a_server_that_ends_is_started_again_and_nothing_of_it_stays() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("speechd.sock");
    let speech = kept_running(folder.path(), &socket, "exit 1");
    let noted = folder.path().join("noted");
    let all = starts(&noted, 2);
    assert_eq!(all[0].0, "-s -t 60");
    assert!(is_gone(all[0].1));
    becomes(&speech, State::Fault(Fault::NoAnswer));
    // It comes up after all.
    let heard = play(&socket, 1);
    becomes(&speech, State::Working);
    speech.say(utterance("home", 75));
    wait_for(&heard, ".");
}

#[test]
fn a_server_that_hangs_is_ended_and_started_again() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("speechd.sock");
    // It takes calls, and never answers.
    let hung = UnixListener::bind(&socket).unwrap();
    let speech = kept_running(folder.path(), &socket, "exec sleep 1000");
    becomes(&speech, State::Fault(Fault::NoAnswer));
    let noted = folder.path().join("noted");
    let all = starts(&noted, 2);
    assert!(is_gone(all[0].1), "the one that hung");
    assert!(!is_gone(all[1].1));
    drop(hung);
    std::fs::remove_file(&socket).unwrap();
    let heard = play(&socket, 1);
    becomes(&speech, State::Working);
    speech.say(utterance("home", 75));
    wait_for(&heard, ".");
    drop(speech);
    assert!(is_gone(all[1].1), "it ends with the program");
}
