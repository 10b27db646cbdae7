//! `gighall-kiosk device test-print` with a played printer.

use gighall_devices::testing::{Manner, PlayedPrinter};
use std::process::{Command, Output};

fn test_print(played: &PlayedPrinter) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("kiosk.toml");
    let text = format!(
        "[hall]\nid = \"weining\"\nname = \"威宁县零工市场\"\n[hub]\nurl = \"embedded\"\n\
         [terminal]\nenabled = true\n[terminal.printer]\naddress = \"tcp:{}\"\nwidth_mm = 58\n",
        played.address
    );
    std::fs::write(&file, text).expect("written");
    Command::new(env!("CARGO_BIN_EXE_gighall-kiosk"))
        .args(["device", "test-print", "--config"])
        .arg(file)
        .output()
        .expect("run")
}

#[test]
fn a_test_ticket_is_printed_or_it_is_said_why_not() {
    let played = PlayedPrinter::start();
    let output = test_print(&played);
    assert!(output.status.success(), "{output:?}");
    let paper = played.sheet();
    for line in ["威宁县零工市场", "打印测试"] {
        assert!(paper.lines.iter().any(|it| it == line), "{paper:?}");
    }
    assert_eq!(paper.codes.len(), 1);
    played.is(Manner {
        paper: 0x60,
        ..Manner::default()
    });
    let output = test_print(&played);
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("not printed: the paper is used up"), "{said}");
}
