//! Times, sums and addresses as the pages write them.

use super::text::Text;
use gighall_core::event::end_of_day;
use gighall_core::hall::Hall;
use gighall_core::job::Job;
use gighall_core::pay::Pay;
use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use std::fmt::Write;

/// A moment in the hall's zone, with its year if that is not the present one.
pub fn moment(text: &Text, at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let civil = zone.to_datetime(at);
    (text.moment)(civil, civil.year() != zone.to_datetime(now).year())
}

/// From when to when the work is.
pub fn work_time(text: &Text, job: &Job, now: Timestamp, zone: &TimeZone) -> String {
    match job.ends_at {
        Some(end) => span(text, job.starts_at, end, now, zone),
        None => moment(text, job.starts_at, now, zone),
    }
}

/// From when to when something is; the day of the end only where it is another one.
pub fn span(
    text: &Text,
    start: Timestamp,
    end: Timestamp,
    now: Timestamp,
    zone: &TimeZone,
) -> String {
    let from = moment(text, start, now, zone);
    let first = zone.to_datetime(start).date();
    let (day, time) = end_of_day(zone.to_datetime(end));
    let until = if first == day {
        time
    } else {
        let day = day.to_datetime(Time::midnight());
        let with_year = day.year() != zone.to_datetime(now).year();
        // Every language has the time last.
        (text.moment)(day, with_year).replace("00:00", &time)
    };
    format!("{from} {} {until}", text.until)
}

/// What a job pays.
pub fn pay(text: &Text, pay: Pay) -> String {
    match (pay, pay.yuan_text()) {
        (Pay::Range { unit, .. }, Some(sum)) => (text.pay)(&sum, unit),
        _ => text.pay_negotiable.to_owned(),
    }
}

/// A map of the gathering place: a marker where the position is known and people do not gather
/// elsewhere, else a search in the hall's county.
pub fn map_href(job: &Job, hall: &Hall) -> String {
    let place = job.be_there_place();
    if let (Some((latitude, longitude)), None) = (&job.position, &job.gather_place) {
        return format!(
            "https://uri.amap.com/marker?position={},{}&name={}&src=gighall",
            percent(longitude),
            percent(latitude),
            percent(place)
        );
    }
    let city = match &hall.county_code {
        Some(code) => format!("&city={}", percent(code)),
        None => String::new(),
    };
    format!(
        "https://uri.amap.com/search?keyword={}{city}&view=map&src=gighall",
        percent(place)
    )
}

/// Percent-encodes all but the unreserved characters (RFC 3986).
pub fn percent(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::text::Lang;
    use gighall_core::testing::{a_hall, a_job, at};

    fn china() -> TimeZone {
        TimeZone::get("Asia/Shanghai").expect("bundled")
    }

    #[test]
    fn times_are_those_of_the_hall() {
        let now = at("2026-11-23T08:00:00Z");
        let mut job = a_job(1);
        let (zh, en) = (Lang::Zh.text(), Lang::En.text());
        assert_eq!(
            work_time(zh, &job, now, &china()),
            "11月24日 周二 08:00 到 18:00"
        );
        job.ends_at = Some(at("2026-11-24T20:00:00Z"));
        assert_eq!(
            work_time(en, &job, now, &china()),
            "Tue 24 Nov 08:00 to Wed 25 Nov 04:00"
        );
        job.ends_at = Some(at("2027-01-04T10:00:00Z"));
        assert_eq!(
            work_time(zh, &job, now, &china()),
            "11月24日 周二 08:00 到 2027年1月4日 周一 18:00"
        );
        job.ends_at = Some(at("2026-11-24T16:00:00Z"));
        assert_eq!(
            work_time(zh, &job, now, &china()),
            "11月24日 周二 08:00 到 24:00"
        );
        job.ends_at = Some(at("2026-11-26T16:00:00Z"));
        assert_eq!(
            work_time(en, &job, now, &china()),
            "Tue 24 Nov 08:00 to Thu 26 Nov 24:00"
        );
    }

    #[test]
    fn pay_is_written_as_people_do() {
        assert_eq!(pay(Lang::Zh.text(), a_job(1).pay), "200-260 元/天");
        assert_eq!(pay(Lang::En.text(), a_job(1).pay), "¥200-260 a day");
        assert_eq!(pay(Lang::Zh.text(), Pay::Negotiable), "工钱面议");
    }

    #[test]
    fn the_map_shows_where_to_be() {
        let hall = Hall {
            id: a_hall(),
            name: "威宁县零工市场".to_owned(),
            county_code: Some("520526".to_owned()),
            hotline: None,
            address: None,
        };
        let mut job = a_job(1);
        assert_eq!(
            map_href(&job, &hall),
            "https://uri.amap.com/search?keyword=%E8%8D%89%E6%B5%B7%E9%95%87%E5%BB%BA%E8%AE%BE%E4%B8%9C%E8%B7%AF%E5%B7%A5%E5%9C%B0&city=520526&view=map&src=gighall"
        );
        job.position = Some(("26.8556".to_owned(), "104.2530".to_owned()));
        assert!(
            map_href(&job, &hall)
                .starts_with("https://uri.amap.com/marker?position=104.2530,26.8556&name=")
        );
        job.gather_place = Some("市场门口".to_owned());
        assert!(map_href(&job, &hall).starts_with("https://uri.amap.com/search?"));
    }
}
