//! Files that the hub keeps for walls.

use super::{CallError, Sync, TIMEOUT};
use reqwest::Response;

impl Sync {
    /// Asks for the file with that SHA-256 from that byte on. Gives the answer, which is to be read,
    /// and the byte that it begins with: the first where the hub does not do parts.
    ///
    /// # Errors
    /// As the hub answers, or does not.
    pub async fn media(&self, sha256: &str, from: u64) -> Result<(Response, u64), CallError> {
        let Some(identity) = self.shared.identity() else {
            return Err(CallError::Unreachable("not enrolled".to_owned()));
        };
        let route = format!("/media/{sha256}");
        let client = &self.shared.client;
        client
            .get_from(&route, &identity.token, from, TIMEOUT)
            .await
    }
}
