//! Bytes from a serial scanner as codes. No I/O.

use encoding_rs::GB18030;

/// Longest code; what is longer is none of ours.
const LONGEST: usize = 1024;

/// Collects bytes up to the end of a code: a line break, or silence.
#[derive(Clone, Default)]
pub struct Codes {
    held: Vec<u8>,
    /// The code is too long already.
    spilt: bool,
}

impl Codes {
    /// Bytes came: the codes that are complete with them.
    pub fn take(&mut self, bytes: &[u8]) -> Vec<String> {
        let mut codes = vec![];
        for byte in bytes {
            match byte {
                b'\r' | b'\n' => codes.extend(self.end()),
                _ if self.held.len() < LONGEST => self.held.push(*byte),
                _ => self.spilt = true,
            }
        }
        codes
    }

    /// Nothing came for a while: the code that ended so.
    pub fn silence(&mut self) -> Option<String> {
        self.end()
    }

    fn end(&mut self) -> Option<String> {
        let held = std::mem::take(&mut self.held);
        let spilt = std::mem::take(&mut self.spilt);
        let text = match String::from_utf8(held) {
            Ok(text) => text,
            // Scanners that are set up for China send what is not Latin in its older code.
            Err(other) => GB18030
                .decode_without_bom_handling(other.as_bytes())
                .0
                .into_owned(),
        };
        let text: String = text.chars().filter(|c| !c.is_control()).collect();
        let text = text.trim();
        (!text.is_empty() && !spilt).then(|| text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn codes_end_with_a_line_break_or_silence() {
        let mut codes = Codes::default();
        assert_eq!(codes.take(b"10"), Vec::<String>::new());
        assert_eq!(
            codes.take(b"42\r\n\r\nhttp://a/s/1\r77"),
            ["1042", "http://a/s/1"]
        );
        assert_eq!(codes.silence().as_deref(), Some("77"));
        assert_eq!(codes.silence(), None);
        assert_eq!(codes.take(&[0xb1, 0xe0, 0xba, 0xc5, b'\n']), ["编号"]);
        assert_eq!(codes.take(&[b'x'; 5000]), Vec::<String>::new());
        assert_eq!(codes.take(b"\n1042\n"), ["1042"]);
    }

    /// What scanners sent that is none of ours: tried each time, whole and byte by byte.
    #[test]
    fn what_is_kept_in_the_corpus_is_survived() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/codes");
        let mut tried = 0;
        for file in std::fs::read_dir(folder).expect("a corpus") {
            let bytes = std::fs::read(file.expect("a file").path()).expect("readable");
            let (mut whole, mut parts) = (Codes::default(), Codes::default());
            let codes = whole.take(&bytes);
            let again: Vec<String> = bytes.chunks(1).flat_map(|it| parts.take(it)).collect();
            assert_eq!(codes, again);
            for code in codes {
                assert!(
                    !code.is_empty() && !code.contains(char::is_control),
                    "{code:?}"
                );
            }
            tried += 1;
        }
        assert!(tried > 4, "the corpus is here: {tried}");
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 0..60)) {
            let mut codes = Codes::default();
            for part in parts {
                for code in codes.take(&part) {
                    prop_assert!(!code.is_empty() && !code.contains(char::is_control));
                }
                prop_assert!(codes.held.len() <= LONGEST);
            }
        }
    }
}
