//! Places on the map, and how far apart they are.

use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Mean radius of the earth, in metres.
const EARTH: f64 = 6_371_008.8;

/// Parts of a degree that a place is counted in: a tenth of a metre and a bit.
const PARTS: f64 = 1_000_000.0;

/// A place in China (GCJ-02, as Chinese maps have it), in millionths of a degree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Place {
    latitude: i32,
    longitude: i32,
}

/// It is no place in China.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write latitude and longitude in degrees, for example \"26.857,104.282\"")]
pub struct NotPlace;

impl Place {
    /// The place at so many degrees of latitude and longitude; `None` outside China.
    pub fn new(latitude: f64, longitude: f64) -> Option<Self> {
        let inside = (3.0..=54.0).contains(&latitude) && (73.0..=136.0).contains(&longitude);
        inside.then(|| Self {
            latitude: (latitude * PARTS).round() as i32,
            longitude: (longitude * PARTS).round() as i32,
        })
    }

    /// The place of a listing, which has it as text; `None` where the text names none.
    pub fn of(position: &(String, String)) -> Option<Self> {
        Self::new(
            position.0.trim().parse().ok()?,
            position.1.trim().parse().ok()?,
        )
    }

    /// Millionths of a degree.
    pub fn latitude(self) -> i32 {
        self.latitude
    }

    /// Millionths of a degree.
    pub fn longitude(self) -> i32 {
        self.longitude
    }

    /// How much narrower a degree of longitude is here than one of latitude, from 0 to 1.
    pub fn narrowing(self) -> f64 {
        radians(self.latitude).cos()
    }

    /// Metres as the crow flies (haversine).
    pub fn metres_to(self, other: Self) -> f64 {
        let half = |from: i32, to: i32| ((radians(to) - radians(from)) / 2.0).sin().powi(2);
        let across = self.narrowing() * other.narrowing() * half(self.longitude, other.longitude);
        let chord = half(self.latitude, other.latitude) + across;
        2.0 * EARTH * chord.sqrt().min(1.0).asin()
    }
}

/// How many millionths of a degree of latitude so many metres are.
pub fn parts_of(metres: f64) -> f64 {
    (metres / EARTH).to_degrees() * PARTS
}

fn radians(parts: i32) -> f64 {
    (f64::from(parts) / PARTS).to_radians()
}

impl FromStr for Place {
    type Err = NotPlace;

    fn from_str(text: &str) -> Result<Self, NotPlace> {
        let (latitude, longitude) = text.split_once([',', '，']).ok_or(NotPlace)?;
        Self::of(&(latitude.to_owned(), longitude.to_owned())).ok_or(NotPlace)
    }
}

impl TryFrom<String> for Place {
    type Error = NotPlace;

    fn try_from(text: String) -> Result<Self, NotPlace> {
        text.parse()
    }
}

impl From<Place> for String {
    fn from(place: Place) -> Self {
        let degrees = |parts: i32| f64::from(parts) / PARTS;
        format!("{},{}", degrees(place.latitude), degrees(place.longitude))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_the_map() {
        let weining: Place = "26.857,104.282".parse().expect("a place");
        let guiyang: Place = "26.647，106.630".parse().expect("a place");
        let km = weining.metres_to(guiyang) / 1000.0;
        assert!((233.0..235.5).contains(&km), "{km}");
        assert_eq!(weining.metres_to(weining), 0.0);
        assert_eq!(weining.metres_to(guiyang), guiyang.metres_to(weining));
        // A degree of latitude.
        assert!((parts_of(111_195.0) - 1_000_000.0).abs() < 10.0);
    }

    #[test]
    fn what_is_no_place_in_china_is_refused() {
        for text in [
            "",
            "26.857",
            "104.282,26.857",
            "x,y",
            "NaN,NaN",
            "inf,104",
            "91,104",
        ] {
            assert_eq!(text.parse::<Place>(), Err(NotPlace), "{text:?}");
        }
    }

    #[test]
    fn a_place_is_written_as_it_is_read() {
        let text = "26.857,104.282";
        let place: Place = text.parse().expect("a place");
        assert_eq!(String::from(place), text);
    }
}
