//! The hub asks for pictures of the walls with its answers to the feed; whoever shows walls sends them.

use super::{CallError, Sync, TIMEOUT};
use gighall_core::picture::PictureReply;
use tokio::sync::watch;
use uuid::Uuid;

impl Sync {
    /// The last request for a picture, and whenever there is a new one. The same request may come
    /// again, if no picture came.
    pub fn pictures_asked(&self) -> watch::Receiver<Option<Uuid>> {
        self.shared.picture.subscribe()
    }

    /// Sends the PNG of one wall.
    ///
    /// # Errors
    /// As the hub answers, or does not.
    pub async fn send_picture(&self, id: Uuid, wall: &str, png: Vec<u8>) -> Result<(), CallError> {
        let Some(identity) = self.shared.identity() else {
            return Err(CallError::Unreachable("not enrolled".to_owned()));
        };
        let id = id.to_string();
        let query = [("id", id.as_str()), ("wall", wall)];
        let client = &self.shared.client;
        let sent = client.post_png("/picture", &identity.token, &query, png, TIMEOUT);
        sent.await.map(|PictureReply {}| ())
    }
}
