//! Permits: a cookie that says that this phone showed a hall's fresh code a moment ago. Signed by
//! the hub and checked by it alone, so nothing has to be kept.

use gighall_core::id::{HallId, JobId};
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

/// How long a permit is good: time enough to register for the first time, in large type.
pub const PERMIT_LIFETIME: SignedDuration = SignedDuration::from_mins(20);

/// What a permit says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permit {
    /// The hall whose code was scanned.
    pub hall: HallId,
    /// The job whose code it was; `None` for the code of a terminal's first screen.
    pub job: Option<JobId>,
    /// Hash of the code: each worker may claim with it once.
    pub code: [u8; 32],
}

/// What a permit names a code by.
pub fn hash_of(code: &str) -> [u8; 32] {
    Sha256::digest(code.as_bytes()).into()
}

/// The key that permits are signed with.
pub struct PermitKey(Hmac<Sha256>);

impl PermitKey {
    /// The key that belongs to the hub's secret.
    pub fn derive(secret: &[u8; 32]) -> Self {
        let mut derived = keyed(secret);
        derived.update(b"gighall presence permit v2");
        Self(keyed(&derived.finalize().into_bytes()))
    }

    /// A permit for that hall and job from now on, given for that code.
    pub fn issue(&self, hall: &HallId, job: Option<JobId>, code: &str, now: Timestamp) -> String {
        let until = now.as_second() + PERMIT_LIFETIME.as_secs();
        let code = hex::encode(hash_of(code));
        let job = job.map_or_else(String::new, |job| job.to_string());
        let said = format!("{hall}.{until}.{job}.{code}");
        let signature = self.sign(&said).finalize().into_bytes();
        format!("{said}.{}", hex::encode(signature))
    }

    /// What a permit says, unless it is forged or over.
    pub fn check(&self, permit: &str, now: Timestamp) -> Option<Permit> {
        let (said, signature) = permit.rsplit_once('.')?;
        let signature = hex::decode(signature).ok()?;
        // Compares in constant time.
        self.sign(said).verify_slice(&signature).ok()?;
        let (said, hash) = said.rsplit_once('.')?;
        let (said, job) = said.rsplit_once('.')?;
        let (hall, until) = said.rsplit_once('.')?;
        let job = match job {
            "" => None,
            job => Some(job.parse().ok()?),
        };
        let until: i64 = until.parse().ok()?;
        let mut code = [0; 32];
        hex::decode_to_slice(hash, &mut code).ok()?;
        let hall = hall.parse().ok()?;
        (now.as_second() < until).then_some(Permit { hall, job, code })
    }

    fn sign(&self, said: &str) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(said.as_bytes());
        mac
    }
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mac) => mac,
        Err(_) => unreachable!("HMAC takes keys of any length"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gighall_core::testing::{a_hall, a_job, at};

    #[test]
    fn a_permit_is_good_for_its_time_only() {
        let key = PermitKey::derive(&[1; 32]);
        let now = at("2026-11-23T08:00:00Z");
        for job in [None, Some(a_job(1).id)] {
            let permit = key.issue(&a_hall(), job, "code", now);
            let said = Permit {
                hall: a_hall(),
                job,
                code: Sha256::digest("code").into(),
            };
            assert_eq!(key.check(&permit, now), Some(said.clone()));
            let last = now + PERMIT_LIFETIME - SignedDuration::from_secs(1);
            assert_eq!(key.check(&permit, last), Some(said));
            assert_eq!(key.check(&permit, now + PERMIT_LIFETIME), None);
        }
    }

    #[test]
    fn a_changed_permit_is_none() {
        let key = PermitKey::derive(&[1; 32]);
        let now = at("2026-11-23T08:00:00Z");
        let job = a_job(1).id.to_string();
        let permit = key.issue(&a_hall(), Some(a_job(1).id), "code", now);
        assert_eq!(PermitKey::derive(&[2; 32]).check(&permit, now), None);
        let elsewhere = permit.replacen("weining", "bijie", 1);
        for bad in [
            "",
            "..",
            "weining",
            "weining.99999999999.00",
            &elsewhere,
            &permit.replace(&job, &a_job(2).id.to_string()),
            &permit.replace(&job, ""),
            &permit[1..],
        ] {
            assert_eq!(key.check(bad, now), None, "{bad}");
        }
    }
}
