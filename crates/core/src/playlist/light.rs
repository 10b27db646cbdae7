//! How bright the wall is, and in which colours: by day, by night, or not at all.

use super::{Calendar, When};
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

/// Colours that go together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// White and yellow on deep blue.
    #[default]
    Day,
    /// The same, dark enough for a street at night.
    Night,
    /// Pure colours on black, for modules whose pixels lie far apart.
    Coarse,
    /// White and yellow on black, nothing between.
    Contrast,
}

impl Theme {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Day, Self::Night, Self::Coarse, Self::Contrast];

    /// Its stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Night => "night",
            Self::Coarse => "coarse",
            Self::Contrast => "contrast",
        }
    }
}

/// How the wall is lit at some times.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Light {
    /// In these colours; in the wall's own where none are named.
    pub theme: Option<Theme>,
    /// Percent of full brightness, 10 to 100.
    pub brightness: Option<u8>,
    /// Not at all: the wall is black, save for an emergency.
    pub blank: bool,
    /// At which times.
    pub when: When,
}

/// How the wall is lit now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lit {
    /// In these colours.
    pub theme: Theme,
    /// Percent of full brightness.
    pub brightness: u8,
    /// Not at all.
    pub blank: bool,
}

impl Lit {
    /// As the first of `lights` says that holds at that moment of the hall's civil time; else in
    /// the colours of `theme`, fully.
    pub fn at(lights: &[Light], theme: Theme, at: DateTime, calendar: &Calendar) -> Self {
        let light = lights.iter().find(|light| light.when.holds(at, calendar));
        Self {
            theme: light.and_then(|light| light.theme).unwrap_or(theme),
            brightness: light.and_then(|light| light.brightness).unwrap_or(100),
            blank: light.is_some_and(|light| light.blank),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_light_that_holds_is_on() {
        let lights: Vec<Light> = serde_json::from_str(
            r#"[{"blank":true,"when":{"times":["23:00-06:00"]}},
                {"theme":"night","brightness":40,"when":{"times":["18:00-08:00"]}}]"#,
        )
        .expect("lights");
        let at = |time: &str| {
            let moment = format!("2026-11-24T{time}").parse().expect("a time");
            let lit = Lit::at(&lights, Theme::Contrast, moment, &Calendar::default());
            (lit.theme.code(), lit.brightness, lit.blank)
        };
        assert_eq!(at("12:00"), ("contrast", 100, false));
        assert_eq!(at("18:00"), ("night", 40, false));
        assert_eq!(at("23:00"), ("contrast", 100, true));
        assert_eq!(at("05:59"), ("contrast", 100, true));
        assert_eq!(at("06:00"), ("night", 40, false));
        assert!(serde_json::from_str::<Light>(r#"{"dim":3}"#).is_err());
    }
}
