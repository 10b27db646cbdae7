//! How long an emergency takes from the hub's store to the wall.

use crate::Failure;
use crate::board::Board;
use crate::context::Context;
use crate::display::Display;
use crate::hall::{HallDir, ORDINARY, Playlist, SCENES_TOLD};
use crate::process::Running;
use crate::programs::start_kiosk;
use crate::report::Measured;
use crate::stats::{median, percentile};
use crate::watch::{full_frame, millis};
use crate::xwd::Screen;
use gighall_core::hall::{Notice, NoticeKind};
use gighall_core::id::NoticeId;
use gighall_core::testing::a_hall;
use gighall_hub::HubState;
use gighall_kiosk::store::Store;
use jiff::Timestamp;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// A row of the scene, between header and ticker.
const ROW: u32 = 300;
/// From one look to the next.
const LOOK: Duration = Duration::from_millis(4);
/// Longest that it may take, far above what anybody would wait for.
const COMES_WITHIN: Duration = Duration::from_secs(30);
/// From one emergency to the next, so that they meet the wall at different times of its turns.
const PAUSE: Duration = Duration::from_millis(3_700);

/// Runs the bench.
pub fn measure(context: &Context) -> Result<Vec<Measured>, Failure> {
    let rows_of = context.work.join("hall-rows");
    let board = Board::of(&HallDir::make(&rows_of, ORDINARY, Playlist::OnePage)?)?;
    let dir = context.work.join("hall-emergency");
    let (hall, hub) = HallDir::with_hub(&dir, ORDINARY, Playlist::All(8))?;
    let display = Display::start(&context.work)?;
    let mut running = start_kiosk(context, &display.name, &hall)?;
    full_frame(
        &display.screen,
        &board.standing_rows()[..1],
        &mut running,
        Duration::from_millis(100),
    )?;
    let store = Store::open_beside(&hall.config.data, hall.config.time_zone())?;
    let store = store.ok_or("the kiosk's store")?;
    let (mut arrived, mut shown) = (vec![], vec![]);
    for n in 0..context.pick(20, 3) {
        std::thread::sleep(PAUSE);
        let mut notice = emergency(n);
        let began = Instant::now();
        put(&hub, &notice)?;
        let mut came = None;
        while !is_red(&display.screen)? {
            let there = || -> Result<bool, Failure> {
                let all = store.notices(Timestamp::now())?;
                Ok(all.iter().any(|it| it.id == notice.id))
            };
            if came.is_none() && there()? {
                came = Some(began.elapsed());
            }
            goes_on(began, &mut running)?;
        }
        let on = began.elapsed();
        // Seen on the wall before it was looked for in the store.
        arrived.push(millis(on - came.unwrap_or(on)));
        shown.push(millis(on));
        notice.effective_to = Some(Timestamp::now());
        put(&hub, &notice)?;
        let ends = Instant::now();
        while is_red(&display.screen)? {
            goes_on(ends, &mut running)?;
        }
    }
    running.stop();
    Ok(figures(&arrived, &shown))
}

fn goes_on(began: Instant, running: &mut Running) -> Result<(), Failure> {
    if began.elapsed() > COMES_WITHIN || running.has_ended() {
        return Err("the emergency did not come, or did not go".into());
    }
    std::thread::sleep(LOOK);
    Ok(())
}

fn put(hub: &HubState, notice: &Notice) -> Result<(), Failure> {
    Ok(hub.store.put_notice(&a_hall(), notice)?)
}

fn emergency(n: u64) -> Notice {
    Notice {
        id: NoticeId(Uuid::now_v7()),
        kind: NoticeKind::Emergency,
        title: format!("第{n}次：请立即从东门离开大厅"),
        body: "不要乘电梯，听工作人员指挥。".to_owned(),
        issuer: None,
        effective_from: Timestamp::now(),
        effective_to: None,
        ticker: false,
    }
}

/// Whether the scene's place has the ground of an emergency from its first pixel on: blue, green, red.
fn is_red(screen: &Screen) -> Result<bool, Failure> {
    let mut pixels = vec![];
    screen.read(&[ROW], &mut pixels)?;
    Ok(matches!(pixels[..], [0..=0x60, 0..=0x20, 0x80..=0xff, ..]))
}

fn figures(arrived: &[f64], shown: &[f64]) -> Vec<Measured> {
    let how = format!(
        "{} emergencies, put into the hub's store by another process than the hub's, as staff's command does; \
         the wall in its window with {SCENES_TOLD}, 8 s each, and 300 jobs; its screen looked at every 4 ms.",
        shown.len()
    );
    let told = |name: &str, value: f64, more: &str| {
        Measured::told(name, value, "ms", format!("{more} {how}").trim())
    };
    vec![
        told(
            "emergency from the kiosk's store to the wall, longest",
            percentile(arrived, 1.0),
            "",
        )
        .at_most(1000.0),
        told(
            "emergency from the hub's store to the wall, longest",
            percentile(shown, 1.0),
            "",
        ),
        told(
            "emergency from the hub's store to the wall",
            median(shown),
            "Median.",
        ),
    ]
}
