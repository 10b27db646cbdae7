//! What speech-dispatcher is told and what it answers (SSIP). No I/O.

/// Longest line that an answer may have; a server that says more is none.
const LONGEST: usize = 64 * 1024;

/// What the server is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tell {
    /// Who speaks.
    Name,
    /// Which language, as the server knows it.
    Language(&'static str),
    /// How loud, in percent.
    Volume(u8),
    /// A text follows.
    Speak,
    /// The text.
    Text(String),
    /// Be silent at once.
    Stop,
    /// Are you there?
    Ask,
    /// Good-bye.
    Quit,
}

impl Tell {
    /// The bytes that say it.
    pub fn bytes(&self) -> Vec<u8> {
        let line = match self {
            Self::Name => "SET SELF CLIENT_NAME hall:gighall:terminal".to_owned(),
            Self::Language(language) => format!("SET SELF LANGUAGE {language}"),
            // From -100 to 100.
            Self::Volume(percent) => {
                format!(
                    "SET SELF VOLUME {}",
                    i32::from((*percent).min(100)) * 2 - 100
                )
            }
            Self::Speak => "SPEAK".to_owned(),
            Self::Text(text) => return message(text),
            Self::Stop => "STOP SELF".to_owned(),
            Self::Ask => "GET VOLUME".to_owned(),
            Self::Quit => "QUIT".to_owned(),
        };
        format!("{line}\r\n").into_bytes()
    }
}

/// A text with its end. A line that begins with a point gets another one, so that no text ends early
/// and becomes a command.
fn message(text: &str) -> Vec<u8> {
    let mut out = String::new();
    for line in text.split(['\n', '\r']).filter(|line| !line.is_empty()) {
        if line.starts_with('.') {
            out.push('.');
        }
        out.extend(line.chars().map(|c| if c.is_control() { ' ' } else { c }));
        out.push_str("\r\n");
    }
    out.push_str(".\r\n");
    out.into_bytes()
}

/// The language that speech-dispatcher knows one of ours by. Its Mandarin voice is espeak-ng's `cmn`.
pub fn language(code: &str) -> &'static str {
    match code {
        code if code.starts_with("zh") => "cmn",
        _ => "en",
    }
}

/// What the server says: the number of the last line of an answer.
pub type Code = u16;

/// Whether an answer says that it was done.
pub fn is_good(code: Code) -> bool {
    (200..300).contains(&code)
}

/// The server's bytes make no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no answer of a speech server")]
pub struct NoAnswer;

/// Takes bytes and gives the answers that are complete.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    held: Vec<u8>,
}

impl Answers {
    /// Bytes came.
    ///
    /// # Errors
    /// [`NoAnswer`]
    pub fn take(&mut self, bytes: &[u8]) -> Result<Vec<Code>, NoAnswer> {
        self.held.extend_from_slice(bytes);
        let mut codes = vec![];
        while let Some(end) = self.held.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.held.drain(..=end).collect();
            let code = line
                .get(..3)
                .and_then(|code| std::str::from_utf8(code).ok())
                .and_then(|code| code.parse::<Code>().ok())
                .ok_or(NoAnswer)?;
            // `NNN-` goes on; events (7xx) were not asked for.
            match line.get(3) {
                Some(b'-') => {}
                Some(b' ' | b'\r' | b'\n') if code < 700 => codes.push(code),
                Some(b' ' | b'\r' | b'\n') => {}
                _ => return Err(NoAnswer),
            }
        }
        match self.held.len() {
            0..=LONGEST => Ok(codes),
            _ => Err(NoAnswer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn it_is_said_as_the_server_expects() {
        let said = |tell: Tell| String::from_utf8(tell.bytes()).expect("text");
        assert_eq!(
            said(Tell::Language(language("zh-CN"))),
            "SET SELF LANGUAGE cmn\r\n"
        );
        assert_eq!(said(Tell::Volume(0)), "SET SELF VOLUME -100\r\n");
        assert_eq!(said(Tell::Volume(100)), "SET SELF VOLUME 100\r\n");
        let text = Tell::Text("一\n.\n..二".to_owned());
        assert_eq!(said(text), "一\r\n..\r\n...二\r\n.\r\n");
    }

    #[test]
    fn answers_are_read_in_any_pieces() {
        let mut answers = Answers::default();
        assert_eq!(answers.take(b"208 OK CLI"), Ok(vec![]));
        assert_eq!(
            answers.take(b"ENT NAME SET\r\n249-a\r\n249 OK\r\n701-1\r\n701 BEGIN\r\n300 ERR\r\n"),
            Ok(vec![208, 249, 300])
        );
        assert_eq!(answers.take(b"HTTP/1.1 400\r\n"), Err(NoAnswer));
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
            let _ = Answers::default().take(&bytes);
        }

        #[test]
        fn no_text_ends_early(text in any::<String>()) {
            let bytes = Tell::Text(text).bytes();
            let said = String::from_utf8(bytes).expect("text");
            prop_assert!(said.ends_with(".\r\n"));
            let lines: Vec<&str> = said.split("\r\n").collect();
            prop_assert!(lines[..lines.len() - 2].iter().all(|line| *line != "."));
            prop_assert!(!said.replace("\r\n", "").contains(char::is_control));
        }
    }
}
