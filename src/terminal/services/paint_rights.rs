//! Shows complaints, and how they stand, on the window.

use super::Services;
use crate::brief::line;
use crate::terminal::paint::{Drawn, update};
use crate::terminal::screen::Screen;
use crate::terminal::show::HallTime;
use crate::terminal::state::{Overview, State};
use crate::ui::{ComplaintItem, RightsData, TerminalWindow};
use gighall_core::complaint::{COMPLAINT_NOTICE_VERSION, ComplaintNews, receipt_code};
use slint::{ComponentHandle, ModelRc, VecModel};
use std::rc::Rc;

/// The model that the window keeps, and the codes that are drawn already.
pub(super) struct RightsPainter {
    complaints: Rc<VecModel<ComplaintItem>>,
    platform: Drawn,
    receipt: Drawn,
}

impl RightsPainter {
    /// Gives the window its model.
    pub(super) fn new(window: &TerminalWindow) -> Self {
        let this = Self {
            complaints: Rc::default(),
            platform: Drawn::default(),
            receipt: Drawn::default(),
        };
        let data = window.global::<RightsData>();
        data.set_complaints(ModelRc::from(Rc::clone(&this.complaints)));
        data.set_notice_version(i32::try_from(COMPLAINT_NOTICE_VERSION).unwrap_or(i32::MAX));
        this
    }

    /// Shows them.
    pub(super) fn paint(
        &mut self,
        window: &TerminalWindow,
        state: &State,
        hall: &Overview,
        room: u32,
    ) {
        let data = window.global::<RightsData>();
        let Services { rights, .. } = &state.services;
        let complaining = &rights.complaining;
        let here = state.way.here();
        let platform = hall.platform.as_deref();
        let platform = platform.filter(|_| here == Screen::Rights);
        data.set_platform(self.platform.code(platform, room));
        data.set_kind(complaining.kind.map_or("", |kind| kind.code()).into());
        let about = complaining.about.as_ref();
        data.set_job(about.map(|about| line(&about.title)).unwrap_or_default());
        let number = about.map_or(0, |about| about.number);
        data.set_job_number(i32::try_from(number).unwrap_or(i32::MAX));
        data.set_sum(complaining.sum.as_str().into());
        data.set_words(complaining.words.as_str().into());
        data.set_named(complaining.is_named());
        let receipt = complaining.receipt.as_ref();
        let code = receipt.map(|news| receipt_code(&news.number, news.id));
        data.set_receipt(self.receipt.code(code.as_deref(), room));
        data.set_printing(complaining.printing.code().into());
        let scanned = rights.mine.all.first().filter(|_| rights.scanned);
        let shown = receipt.or(scanned).map(|news| item(news, &hall.time));
        data.set_complaint(shown.unwrap_or_default());
        data.set_scanned(rights.scanned);
        let rows = rights.mine.in_sight().iter();
        update(
            &self.complaints,
            rows.map(|news| item(news, &hall.time)).collect(),
        );
    }
}

fn item(news: &ComplaintNews, time: &HallTime) -> ComplaintItem {
    ComplaintItem {
        number: news.number.as_str().into(),
        kind: news.kind.code().into(),
        state: news.state.code().into(),
        word: line(news.word.as_deref().unwrap_or_default()),
        made: time.moment(news.made_at),
    }
}
