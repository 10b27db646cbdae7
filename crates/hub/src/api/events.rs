//! Push: tells a device at once that its feeds have something new, and nothing else. A lost event
//! costs time only, as the device also asks by itself.

use super::caller::Present;
use crate::state::HubState;
use crate::store::Caller;
use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::stream::{Stream, unfold};
use gighall_core::wire::{Heads, KEEP_ALIVE_SECONDS, Scope};
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// After so long a device shows its token again: one that was revoked is heard of no more.
const LISTEN_MAX: Duration = Duration::from_secs(600);

/// `GET /events`
pub async fn events(
    State(state): State<HubState>,
    Present(caller): Present,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let listener = Listener {
        events: state.store.feed_events(),
        state,
        caller,
        told: None,
        end: Instant::now() + LISTEN_MAX,
    };
    let stream = unfold(listener, |mut listener| async move {
        let event = listener.next().await?;
        Some((Ok(event), listener))
    });
    let alive = Duration::from_secs(KEEP_ALIVE_SECONDS.into());
    Sse::new(stream).keep_alive(KeepAlive::new().interval(alive))
}

struct Listener {
    state: HubState,
    caller: Caller,
    events: watch::Receiver<u64>,
    told: Option<Heads>,
    end: Instant,
}

impl Listener {
    /// The next event; at first where the feeds stand now.
    async fn next(&mut self) -> Option<Event> {
        loop {
            // Seen before the store is asked, so that nothing can slip in between.
            self.events.borrow_and_update();
            let heads = self.heads().await?;
            if self.told != Some(heads) {
                self.told = Some(heads);
                return Event::default().event("heads").json_data(heads).ok();
            }
            tokio::select! {
                changed = self.events.changed() => changed.ok()?,
                () = self.state.stopped() => return None,
                () = sleep_until(self.end) => return None,
            }
        }
    }

    async fn heads(&self) -> Option<Heads> {
        let hall = Scope::Hall(self.caller.hall.clone());
        let device = Scope::Device(self.caller.device);
        let heads = self.state.ask(move |store| {
            Ok(Heads {
                hall: store.feed_head(&hall)?,
                device: store.feed_head(&device)?,
            })
        });
        heads
            .await
            .inspect_err(|error| tracing::error!(%error, "devices cannot be told of news"))
            .ok()
    }
}
