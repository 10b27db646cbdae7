use super::*;
use crate::wall::feed::{FeedError, Link};
use gighall_core::event::Event;
use gighall_core::hall::{Hall, HallFigures, Notice, NoticeKind};
use gighall_core::id::{JobId, NoticeId};
use gighall_core::job::Job;
use gighall_core::testing::{a_job, at};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

/// A feed with one job whose places follow from the revision; 2 and 4 cannot be read.
struct Counting {
    revision: AtomicU64,
    told: Mutex<Vec<(String, String)>>,
    notices: Mutex<Vec<Notice>>,
}

impl Counting {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            revision: AtomicU64::new(1),
            told: Mutex::default(),
            notices: Mutex::default(),
        })
    }

    fn told(&self, part: &str) -> Vec<String> {
        let told = self.told.lock().unwrap();
        let of_it = told.iter().filter(|(of, _)| of == part);
        of_it.map(|(_, trouble)| trouble.clone()).collect()
    }

    fn job(&self) -> Result<Job, FeedError> {
        match self.revision() {
            2 => Err(FeedError::Store("a fault".to_owned())),
            4 => panic!("what nobody foresaw"),
            revision => Ok(Job {
                places_left: u32::try_from(revision).unwrap(),
                ..a_job(1)
            }),
        }
    }
}

impl WallFeed for Counting {
    fn each_open_job(&self, _: Timestamp, each: &mut dyn FnMut(&Job)) -> Result<(), FeedError> {
        each(&self.job()?);
        Ok(())
    }
    fn open_jobs(&self, ids: &[JobId], _: Timestamp) -> Result<Vec<Job>, FeedError> {
        let job = self.job()?;
        Ok(ids.contains(&job.id).then_some(job).into_iter().collect())
    }
    fn notices(&self, _: Timestamp) -> Result<Vec<Notice>, FeedError> {
        Ok(self.notices.lock().unwrap().clone())
    }
    fn events(&self, _: Timestamp) -> Result<Vec<Event>, FeedError> {
        Ok(vec![])
    }
    fn hall(&self) -> Result<Option<Hall>, FeedError> {
        Ok(None)
    }
    fn hall_figures(&self) -> Result<Option<HallFigures>, FeedError> {
        Ok(None)
    }
    fn link(&self) -> Link {
        Link {
            online: true,
            data_as_of: None,
            clock_untrusted: false,
        }
    }
    fn now(&self) -> Timestamp {
        at("2026-11-23T01:00:00Z")
    }
    fn job_address(&self, _: JobId) -> Option<String> {
        None
    }
    fn tell_staff(&self, part: &str, trouble: &str) -> bool {
        let mut told = self.told.lock().unwrap();
        told.push((part.to_owned(), trouble.to_owned()));
        true
    }
    fn revision(&self) -> u64 {
        self.revision.load(Ordering::SeqCst)
    }
}

/// Takes until `is` says that it is what was waited for.
fn until(loader: &Loader, mut is: impl FnMut(&Loaded) -> bool) -> Loaded {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        let loaded = loader.take();
        if is(&loaded) {
            return loaded;
        }
        assert!(Instant::now() < end, "waited in vain");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn places(loaded: &Loaded) -> Option<u32> {
    loaded.index.as_ref().map(|index| index.figures.places_left)
}

#[test]
fn the_loader_hands_over_every_change_and_lives_through_faults() {
    let feed = Counting::new();
    let loader = Loader::start(
        "wall",
        feed.clone(),
        Wish::default(),
        Letters::of_system(),
        || {},
    )
    .unwrap();
    until(&loader, |loaded| places(loaded) == Some(1));
    // At 2 it cannot be read, and at 4 reading it panics.
    for revision in [2, 3, 4, 5] {
        feed.revision.store(revision, Ordering::SeqCst);
        if revision % 2 == 0 {
            std::thread::sleep(2 * LOOK);
        } else {
            let wanted = u32::try_from(revision).ok();
            until(&loader, |loaded| places(loaded) == wanted);
        }
    }
    // A wish is met though nothing changed, and staff hear of what cannot be shown once.
    let wish = Wish {
        jobs: vec![a_job(1).id],
        pictures: vec![PathBuf::from("/nowhere.png"), PathBuf::from("/media/0a0a")],
        media: [("hub:map.png".to_owned(), PathBuf::from("/media/0a0a"))].into(),
        ..Wish::default()
    };
    loader.wish(wish.clone());
    loader.wish(wish);
    let met = until(&loader, |loaded| {
        loaded
            .news
            .as_ref()
            .is_some_and(|news| news.jobs.len() == 1)
    });
    assert!(met.index.is_none(), "all jobs are not read again");
    let told = || feed.told("wall: pictures");
    let end = Instant::now() + Duration::from_secs(60);
    while told().len() < 2 && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(3 * LOOK);
    assert!(
        loader.take().index.is_none(),
        "nothing is loaded without need"
    );
    drop(loader);
    let told = told();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told[0].is_empty()
            && told[1].contains("/nowhere.png")
            && told[1].contains("hub:map.png: cannot be read"),
        "{told:?}"
    );
}

#[test]
fn staff_are_told_of_long_texts_and_of_a_wall_that_rests() {
    let feed = Counting::new();
    let mut work = NewsWork::new("wall", feed.clone(), Letters::of_system());
    let notice = |title: &str, length| Notice {
        id: NoticeId(uuid::Uuid::from_u128(length as u128)),
        kind: NoticeKind::Announcement,
        title: title.to_owned(),
        body: "字".repeat(length),
        issuer: None,
        effective_from: feed.now(),
        effective_to: None,
        ticker: false,
    };
    *feed.notices.lock().unwrap() = vec![notice("放假通知", 50_000), notice("短", 600)];
    let resting = Wish {
        wall: "wall".to_owned(),
        too_long: vec!["a text of the playlist".to_owned()],
        rests: true,
        ..Wish::default()
    };
    work.look(&resting, true);
    let said = "a text of the playlist\n\
                    the notice \"放假通知\" has 50000 characters; walls show the first 600";
    assert_eq!(feed.told("wall: texts"), [said]);
    work.look(&resting, true);
    assert_eq!(feed.told("wall: texts").len(), 1, "once");
    assert_eq!(
        feed.told("wall: rest"),
        [""],
        "not before it has rested for long"
    );
    work.rests_since = Instant::now().checked_sub(RESTS_LONG);
    work.look(&resting, true);
    let rests = feed.told("wall: rest");
    assert!(rests.len() == 2 && rests[1].contains("rests"), "{rests:?}");
    feed.notices.lock().unwrap().clear();
    work.look(&Wish::default(), true);
    for part in ["wall: texts", "wall: rest"] {
        assert_eq!(
            feed.told(part).last().map(String::as_str),
            Some(""),
            "all is well"
        );
    }
    // Characters for private use have no form of their own in any font.
    feed.notices
        .lock()
        .unwrap()
        .push(notice("停电\u{10_FFFD}通知", 3));
    work.look(&Wish::default(), true);
    assert_eq!(
        feed.told("wall: texts").last().unwrap(),
        "",
        "fonts are left to windows"
    );
    work.began = Instant::now().checked_sub(FONTS_AFTER).unwrap();
    work.look(&Wish::default(), true);
    let said = feed.told("wall: texts").pop().unwrap();
    assert!(
        said.starts_with("the notice \"停电") && said.ends_with("\u{10_FFFD} (U+10FFFD)"),
        "{said}"
    );
    feed.notices.lock().unwrap().clear();
    let of_playlist = Wish {
        own_text: "招工\u{10_FFFC}".to_owned(),
        ..Wish::default()
    };
    work.look(&of_playlist, true);
    let said = feed.told("wall: texts").pop().unwrap();
    assert!(
        said.contains("U+10FFFC") && said.starts_with("the playlist"),
        "{said}"
    );
}
