//! Pictures of what a wall really shows, for staff who are not in the hall. The hub asks with its
//! next answer to `POST /feed`; the device sends a PNG as the body of `POST /picture?id=…&wall=…`.
//! Terminals are never sent: a person may be at it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Longest picture that is sent and taken, in bytes.
pub const PICTURE_BYTES_MAX: usize = 3 << 20;
/// Widest picture that is sent, in pixels: a wider wall is sent smaller.
pub const PICTURE_WIDTH_MAX: u32 = 1920;

/// What the address of a sent picture says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureQuery {
    /// The request that it answers.
    pub id: Uuid,
    /// Which wall of the device.
    pub wall: String,
}

/// The hub keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureReply {}
