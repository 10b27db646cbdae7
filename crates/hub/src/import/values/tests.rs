use super::*;

#[test]
fn numbers_of_people() {
    for (text, n) in [
        ("3", 3),
        (" 12 人", 12),
        ("５名", 5),
        ("3-5人", 5),
        ("约20人", 20),
        ("10人左右", 10),
    ] {
        assert_eq!(places(text), Ok(n), "{text}");
    }
    for text in [
        "0",
        "-3",
        "若干",
        "1.5",
        "",
        "10001",
        "5-3",
        "99999999999",
        "三",
    ] {
        assert!(
            places(text).is_err_and(|reason| reason.contains("1 to 10000")),
            "{text}"
        );
    }
}

#[test]
fn yes_and_no() {
    assert_eq!(yes_or_no("急招"), Ok(true));
    assert_eq!(yes_or_no(""), Ok(false));
    assert!(yes_or_no("大概").is_err());
}

#[test]
fn ages_and_telephones() {
    assert_eq!(ages("18-55岁"), Ok((Some(18), Some(55))));
    assert_eq!(ages("60周岁以下"), Ok((None, Some(60))));
    assert_eq!(ages("不限"), Ok((None, None)));
    for text in ["55-18", "14-20岁", "18-200", "青年"] {
        assert!(ages(text).is_err(), "{text}");
    }
    for (text, number) in [
        ("13812345678", "13812345678"),
        ("0857-6222222", "0857-6222222"),
        ("张师傅 138 1234 5678", "13812345678"),
        ("13812345678/13912345678", "13812345678"),
    ] {
        assert_eq!(phone(text).as_deref(), Ok(number), "{text}");
    }
    for text in ["1234", "微信联系", "123456789012345678901"] {
        assert!(phone(text).is_err(), "{text}");
    }
}

#[test]
fn positions_in_either_order() {
    let place = Ok(Some(("26.857".to_owned(), "104.282".to_owned())));
    assert_eq!(position("26.857", "104.282"), place);
    assert_eq!(position("104.282", "26.857"), place);
    assert_eq!(position("0", "0.0"), Ok(None));
    assert!(position("1", "2").is_err() && position("x", "2").is_err());
}

#[test]
fn towns_are_found_in_addresses() {
    for (address, town) in [
        (
            "贵州省毕节市威宁彝族回族苗族自治县草海镇建设东路",
            Some("草海镇"),
        ),
        ("威宁县五里岗街道产业园区", Some("五里岗街道")),
        ("黑石头镇河坝村", Some("黑石头镇")),
        ("新发布依族乡街上", Some("新发布依族乡")),
        ("北京·海淀区", None),
        ("人民路12号", None),
    ] {
        assert_eq!(town_in(address).as_deref(), town, "{address}");
    }
}

#[test]
fn insurance_and_kinds_of_employers() {
    assert_eq!(insurance("意外险"), Ok(Insurance::Accident));
    assert_eq!(insurance("无"), Ok(Insurance::None));
    assert!(insurance("有").is_err());
    assert_eq!(
        employer_kind("", "威宁草海建筑劳务有限公司"),
        EmployerKind::Company
    );
    assert_eq!(employer_kind("", "马师傅"), EmployerKind::Person);
    assert_eq!(employer_kind("个体", "某某"), EmployerKind::SelfEmployed);
}

#[test]
fn who_decides_on_a_claim() {
    for text in [
        "",
        "先到先得",
        "无需面试",
        "免面试",
        "不用面试，直接上岗",
        "否",
    ] {
        assert_eq!(claim_mode(text), Ok(ClaimMode::FirstCome), "{text}");
    }
    for text in ["雇主确认", "面试后录用", "是", "需要", "需面试"] {
        assert_eq!(claim_mode(text), Ok(ClaimMode::EmployerConfirms), "{text}");
    }
}
