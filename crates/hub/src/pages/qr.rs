//! QR codes as vector pictures: dark on white, four modules of quiet zone, whole pixels a module.

use maud::{Markup, PreEscaped};
use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write;

/// Quiet zone on each side, in modules (ISO/IEC 18004).
const QUIET: usize = 4;

/// How wide a code may be on a small phone, in CSS pixels.
const WIDTH_MAX: usize = 300;

/// The code of `content` as an SVG; `None` if the content is too long for any code.
pub fn svg(content: &str, label: &str) -> Option<Markup> {
    let code = QrCode::with_error_correction_level(content, EcLevel::M).ok()?;
    let modules = code.width() + 2 * QUIET;
    let side = modules * (WIDTH_MAX / modules).max(2);
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(code.width()).enumerate() {
        let mut x = 0;
        while x < row.len() {
            let run = row[x..].iter().take_while(|c| **c == Color::Dark).count();
            if run > 0 {
                // Writing to a string cannot fail.
                let _ = write!(path, "M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET);
            }
            x += run.max(1);
        }
    }
    let label = maud::html! { (label) }.into_string();
    Some(PreEscaped(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{side}\" height=\"{side}\" \
         viewBox=\"0 0 {modules} {modules}\" shape-rendering=\"crispEdges\" role=\"img\" \
         aria-label=\"{label}\"><path fill=\"#fff\" d=\"M0 0h{modules}v{modules}H0z\"/>\
         <path d=\"{path}\"/></svg>"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_whole_pixels() {
        let url = "http://192.168.1.5:8080/s/7d444840-9dc0-11d1-b245-5ffdce74fad2";
        let svg = svg(url, "a \"slip\"").expect("fits").into_string();
        let number = |after: &str| -> usize {
            let from = svg.find(after).expect("there") + after.len();
            let digits: String = svg[from..]
                .chars()
                .take_while(char::is_ascii_digit)
                .collect();
            digits.parse().expect("a number")
        };
        let (side, modules) = (number("width=\""), number("viewBox=\"0 0 "));
        assert_eq!(side % modules, 0);
        assert!(side <= WIDTH_MAX);
        assert!(svg.contains("a &quot;slip&quot;"));
        assert!(svg.len() < 12_000, "{}", svg.len());
    }

    #[test]
    fn what_fits_no_code_is_no_code() {
        assert!(super::svg(&"x".repeat(10_000), "").is_none());
    }
}
