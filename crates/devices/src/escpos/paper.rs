//! Text on paper: how wide it is, and where its lines are broken.

/// How many columns a text takes: one for each Latin character, two for any other.
pub fn columns(text: &str) -> usize {
    text.chars().map(width).sum()
}

fn width(c: char) -> usize {
    if c.is_ascii() { 1 } else { 2 }
}

/// Breaks text into lines of at most so many columns, between words or beside Hanzi; a word that is
/// longer than a line is broken anywhere. Control characters are left out, but line breaks hold.
pub fn wrap(text: &str, room: usize) -> Vec<String> {
    let room = room.max(2);
    let mut all = vec![];
    for paragraph in text.lines() {
        let mut line = String::new();
        let mut used = 0;
        for word in words(paragraph) {
            let wide = columns(&word);
            if used > 0 && used + wide > room {
                all.push(std::mem::take(&mut line).trim_end_matches(' ').to_owned());
                used = 0;
                if word == " " {
                    continue;
                }
            }
            for c in word.chars() {
                if used + width(c) > room {
                    all.push(std::mem::take(&mut line));
                    used = 0;
                }
                line.push(c);
                used += width(c);
            }
        }
        all.push(line.trim_end_matches(' ').to_owned());
    }
    all
}

/// Words, blanks and Hanzi, each by itself.
fn words(text: &str) -> Vec<String> {
    let mut all: Vec<String> = vec![];
    let mut in_word = false;
    for c in text.chars().filter(|c| !c.is_control()) {
        let of_word = c.is_ascii() && c != ' ';
        match all.last_mut() {
            Some(last) if of_word && in_word => last.push(c),
            _ => all.push(c.to_string()),
        }
        in_word = of_word;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_break_between_words_and_beside_hanzi() {
        assert_eq!(wrap("草海镇建设东路", 8), ["草海镇建", "设东路"]);
        assert_eq!(
            wrap("call 13812345678 now", 12),
            ["call", "13812345678", "now"]
        );
        assert_eq!(wrap("abcdefgh", 4), ["abcd", "efgh"]);
        assert_eq!(wrap("a\u{1b}@b\nc", 9), ["a@b", "c"]);
        assert_eq!(wrap("", 9), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn no_line_is_too_long_and_nothing_is_lost(text in "\\PC{0,80}", room in 2usize..50) {
            let lines = wrap(&text, room);
            for line in &lines {
                prop_assert!(columns(line) <= room, "{line:?}");
            }
            let kept = |text: &str| -> String { text.chars().filter(|c| *c != ' ').collect() };
            prop_assert_eq!(kept(&lines.concat()), kept(&text));
        }
    }
}
