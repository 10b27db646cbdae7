//! `gighall-kiosk device test-print`: one ticket, to see that the printer prints Chinese and codes.

use super::printer_settings;
use crate::config::Config;
use gighall_devices::escpos::{Part, Ticket};
use gighall_devices::printer::{PrintError, Printer};
use std::sync::mpsc::channel;

/// What the code on the ticket leads to: nothing of the hall's.
const CODE: &str = "https://www.12333.gov.cn";

/// Prints a test ticket, and waits for what becomes of it.
///
/// # Errors
/// What the printer says, or that the system failed.
pub fn test_print(config: &Config) -> Result<(), TestPrintError> {
    let printer = Printer::start(printer_settings(&config.terminal.printer))?;
    let (told, heard) = channel();
    printer.print(ticket(&config.hall.name), move |printed| {
        // The other end waits below.
        let _ = told.send(printed);
    });
    Ok(heard.recv().unwrap_or(Err(PrintError::Absent))?)
}

/// Why no test ticket was printed.
#[derive(Debug, thiserror::Error)]
pub enum TestPrintError {
    /// What the printer says.
    #[error("not printed: {0}")]
    Print(#[from] PrintError),
    /// The system gives no thread.
    #[error("the system failed: {0}")]
    System(#[from] std::io::Error),
}

fn ticket(hall: &str) -> Ticket {
    Ticket(vec![
        Part::Text(hall.to_owned()),
        Part::Title("打印测试".to_owned()),
        Part::Field("汉字".to_owned(), "零工市场 找活不收费".to_owned()),
        Part::Field("Latin".to_owned(), "0123456789 ABC xyz".to_owned()),
        Part::Rule,
        Part::Text(
            "下面的二维码应能用手机扫出 12333 网站；扫不出时在 kiosk.toml 写 codes = \"picture\""
                .to_owned(),
        ),
        Part::Code(CODE.to_owned()),
    ])
}
