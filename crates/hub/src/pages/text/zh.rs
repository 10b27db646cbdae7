//! 简体中文.

use super::{Message, Text};
use gighall_core::claim::{ClaimReason, ClaimState};
use gighall_core::hall::NoticeKind;
use gighall_core::job::{EmployerKind, Insurance, JobState, Settlement, WorkKind};
use gighall_core::pay::PayUnit;
use gighall_core::training::EnrolmentReason;
use jiff::civil::{DateTime, Weekday};

const fn message(title: &'static str, body: &'static str) -> Message {
    Message { title, body }
}

/// The table.
pub const TEXT: Text = Text {
    html_lang: "zh-CN",
    own_name: "中文",

    service: "零工市场",
    free: "全程免费，任何人不得收费",
    complaints: "投诉举报、欠薪求助：",
    hotline: "市场电话：",
    my_jobs: "我的活",
    back_to_list: "看更多岗位",
    all_jobs: "全部岗位",

    halls: "请选择市场",
    no_halls: "还没有开通的市场。",
    open_jobs: |n| format!("正在招工：{n} 个岗位"),
    no_jobs: "现在没有正在招工的岗位，请过一会儿再来看。",
    no_fitting_jobs: "没有符合的岗位。",
    show_all: "看全部岗位",
    by_kind: "按工种找",
    by_town: "按乡镇找",
    every_kind: "全部工种",
    every_town: "全部乡镇",
    page_of: |page, of| format!("第 {page} 页，共 {of} 页"),
    earlier_page: "上一页",
    later_page: "下一页",

    job_number: |n| format!("{n} 号"),
    urgent: "急招",
    pay_negotiable: "工钱面议",
    pay: |sum, unit| format!("{sum} 元/{}", pay_unit(unit)),
    places_left: |left| format!("还要 {left} 人"),
    places_left_of: |left, of| format!("还要 {left} 人（共招 {of} 人）"),
    settlement: Settlement::zh,
    work_kind: WorkKind::zh,
    employer_kind: EmployerKind::zh,
    insurance,
    notice_kind,
    job_state: JobState::zh,
    moment,

    label_pay: "工钱",
    label_places: "名额",
    label_gather: "几点到",
    label_where: "到哪里",
    label_work_time: "干活时间",
    label_work_place: "干活地点",
    label_shift: "上班时段",
    label_employer: "用工方",
    label_terms: "待遇",
    label_insurance: "保险",
    label_ages: "年龄",
    label_requirements: "要求",
    label_contact: "联系电话",
    label_claims_until: "报名截止",
    until: "到",
    map: "看地图",
    verified: "✓ 市场已核实",
    not_verified: "尚未核实，请当心",
    meals: "包吃",
    lodging: "包住",
    transport: "车接送",
    no_extras: "不包吃住，不接送",
    hazardous: "危险作业，未满 18 周岁不能报名",
    ages,
    employer_chooses: "报名后由用工方挑选，选上了才算录用。",
    retirement_note: "过了退休年龄也可以报名。上工前请和用工方签好用工协议，问清楚上了什么保险。",

    claim: "我要报名",
    claim_after_registering: "我要报名（先登记）",
    scan_first: message(
        "要报名，请到市场里来",
        "请在市场的触摸屏前，用手机扫屏幕上的二维码。扫完会自动回到这个岗位，就可以报名了。没有手机也能在触摸屏上直接报名。",
    ),
    scanned_elsewhere: |hall| {
        format!("您刚才扫的是“{hall}”的码，这个岗位是另一个市场的，要到那个市场扫码才能报名。")
    },
    scanned_other_job: "您刚才扫的是另一个岗位的码。要报这个岗位，请在触摸屏上打开它，再扫一次。",
    already_claimed: "这个岗位您已经报名了。",
    open_slip: "看凭条",
    job_not_open: |state| format!("这个岗位现在不能报名：{state}。"),
    job_is_full: message(
        "已经招满了",
        "这个岗位的名额已经报满。可以看看下面差不多的岗位。",
    ),
    like_jobs: "差不多的岗位",
    lost_the_race: message(
        "对不起，名额刚刚被别人报走了",
        "您没有报上这个岗位，不用去工地。可以看看下面差不多的岗位。",
    ),
    held_back: message(
        "现在还不能报名",
        "系统刚刚恢复数据，正在核对名额，免得一个名额报给两个人。请过几分钟再试，或者问市场工作人员。",
    ),
    maybe_elsewhere: "终端上可能还有名额：请等一分钟再试一次，或者到市场的触摸屏上报名。",
    try_again: "再试一次",
    refused: "这个岗位您不能报名",
    claim_refused,
    paused_until,
    back_to_job: "回到岗位",

    slip: "凭条",
    claim_number: "凭条号",
    claim_state,
    claim_ended,
    slip_code_hint: "到了集合地点，给带班的人看这个码",
    label_name: "姓名",
    label_job: "岗位",
    withdraw: "我去不了，取消报名",
    withdraw_question: "取消后名额会让给别人。真的要取消吗？",
    withdraw_yes: "确定取消",
    withdraw_until: |time| format!("{time} 以前可以免费取消。"),
    too_late_to_withdraw: message(
        "现在不能在手机上取消了",
        "离上工不到 1 小时。去不了的话，请马上打电话告诉用工方或者市场工作人员。",
    ),
    not_your_claim: message(
        "只有本人能取消",
        "请用报名时的手机打开，或者在“我的活”里登记认人后再取消。",
    ),
    pay_is_late: "工钱该结了",
    paid_question: "活干完了，工钱拿到了吗？全部拿到再点“拿到了”。",
    paid_yes: "工钱拿到了",
    paid_no: "工钱没拿到",
    unpaid_help: "不用等。请告诉市场工作人员，或者打 12333。带上能证明您干过活的东西：凭条、聊天记录、照片、工友的名字。",

    course: "培训班 · 不收费",
    label_course_time: "时间",
    label_course_host: "主办",
    course_places: |left| format!("还有 {left} 个"),
    enrol: "我要报名参加",
    enrol_after_registering: "我要报名参加（先登记）",
    enrolled: "您已经报上这个培训班了，请带身份证按时参加。",
    leave_course: "我去不了，取消报名",
    course_refused,
    scan_course_first: message(
        "请先到市场的触摸屏前扫码",
        "在触摸屏上点“培训”，打开这个培训班，用手机扫屏幕上的二维码，就能在手机上报名。也可以直接在触摸屏上报名。",
    ),
    my_courses: "我的培训",

    register: "登记",
    register_intro: "登记一次就行。以前登记过的，填一样的身份证号和姓名就能认出您。",
    register_in_the_hall: "第一次登记，请先在市场的触摸屏前用手机扫屏幕上的二维码，也可以直接在触摸屏上登记。",
    register_for: |job| format!("登记好就回到岗位：{job}"),
    register_for_course: |course| format!("登记好就回到培训班：{course}"),
    id_number: "身份证号",
    id_number_hint: "18 位，最后一位可能是 X",
    name: "姓名",
    phone: "手机号（没有可以不填）",
    phone_hint: "有变动时好通知您；以前登记过的，填当时留的号码",
    kinds: "想干什么活（可以不选，可以多选）",
    privacy_title: "个人信息怎么用",
    privacy: &[
        "我们收集身份证号、姓名、手机号和想干的活，只用来给您报名、核对年龄和身份、有变动时联系您。",
        "身份证号是敏感个人信息，加密保存，屏幕上只显示一部分。用工方只能从您出示的上工单上看到遮掉一部分的姓名，看不到身份证号和手机号。",
        "您可以随时带身份证到市场服务台查看、复印、更正或者删除自己的信息，也可以撤回同意。还有没上完的活，要先取消才能删除；删除后报名记录会留下，但里面不再有您的姓名和号码。不同意就不能在网上登记，但可以找工作人员帮忙。",
    ],
    consent: "我看过了，同意这样使用我的个人信息，包括身份证号",
    submit_registration: "登记",
    form_has_errors: "还没有登记成功，请改一下标红的地方。",
    error_id_form: "身份证号要 18 位：前 17 位是数字，最后一位是数字或 X。请对着身份证再看一遍。",
    error_id_birth: "身份证号里的出生日期不对（第 7 到 14 位）。请对着身份证再看一遍。",
    error_id_check: "身份证号的最后一位对不上，可能有一位数字输错了。请对着身份证再看一遍。",
    error_name: "请填身份证上的姓名，最多 40 个字，不要有数字和符号。",
    error_phone: "手机号是 11 位数字，以 13 到 19 开头。没有手机可以不填。",
    error_too_young: "未满 16 周岁不能找工。这是法律对未成年人的保护。",
    error_consent: "要打勾同意才能登记。不同意的话，可以找市场工作人员帮忙。",
    error_does_not_match: "用这个身份证号和姓名不能登记。以前留过手机号的，要填同一个号码。请对着身份证核对，换了号码或者还是不行，就带身份证到市场服务台。",
    error_scan_to_register: "用这个身份证号和姓名不能登记。第一次登记，或者以前没留手机号的，请到市场扫触摸屏上的二维码再登记；以前登记过的，要填当时留的手机号，还是不行就带身份证到市场服务台。",
    error_too_many_tries: "试的次数太多了，请过 15 分钟再试，或者带身份证到市场服务台。",

    my_jobs_of: |name| format!("{name} 的活"),
    no_claims: "您还没有报过名。",
    who_are_you: message(
        "先登记，再看我的活",
        "这台手机还没有登记。以前在市场登记过的，填一样的身份证号和姓名就行。",
    ),
    logout: "在这台手机上退出",
    logout_hint: "借用别人的手机，用完请退出。",

    code_too_old: message(
        "这个码过期了",
        "市场触摸屏上的码几分钟换一次，您打开的是旧的。请在触摸屏前重新扫一次屏幕上的码。",
    ),
    code_not_ours: message(
        "这个码不能用",
        "这不是市场触摸屏上的码，或者没有扫完整。请在市场的触摸屏前扫屏幕上的码，别人转发的码不能用。",
    ),
    code_clock: message(
        "触摸屏的时间不对",
        "这台触摸屏的钟不准，它的码暂时不能用。请告诉市场工作人员，或者直接在触摸屏上报名。",
    ),
    not_found: message("没有这一页", "网址可能不完整，或者岗位已经撤下了。"),
    code_used: message(
        "请再扫一次码",
        "一个码每人只能报一次名，这个码您已经用过了。请到触摸屏前，等屏幕换上新码（一分钟之内），再扫一次。",
    ),
    too_many: message("点得太快了", "这里来的请求太多，请等一分钟再试。"),
    too_long: message("填的内容太长了", "什么都没有保存。请返回去，填短一些再试。"),
    bad_request: message("没有看懂这个请求", "什么都没有保存。请返回去再试一次。"),
    foreign_form: message(
        "这张表不是从这里打开的",
        "什么都没有保存。请从市场的二维码重新打开页面再填。",
    ),
    wrong_method: message("这一页不能这样打开", "请从首页重新进来。"),
    internal: message(
        "出了点问题",
        "这是我们的问题，不是您的。请过一会儿再试；着急的话请找市场工作人员。已经报上的名不会丢。",
    ),
    home: "回首页",
};

fn pay_unit(unit: PayUnit) -> &'static str {
    match unit {
        PayUnit::Day => "天",
        PayUnit::Hour => "小时",
        PayUnit::Piece => "件",
        PayUnit::Trip => "趟",
        PayUnit::Week => "周",
        PayUnit::Month => "月",
    }
}

fn insurance(insurance: Insurance) -> &'static str {
    match insurance {
        Insurance::None => "没有保险",
        Insurance::Accident => "意外险",
        Insurance::WorkInjury => "工伤保险",
        Insurance::DayCover => "日结险",
    }
}

fn notice_kind(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::Policy => "政策",
        NoticeKind::Announcement => "公告",
        NoticeKind::AntiFraud => "防骗提醒",
        NoticeKind::WageGuide => "工资指导价",
        NoticeKind::JobFair => "招聘会",
        NoticeKind::Emergency => "紧急通知",
    }
}

fn moment(at: DateTime, with_year: bool) -> String {
    let day = match at.weekday() {
        Weekday::Monday => "一",
        Weekday::Tuesday => "二",
        Weekday::Wednesday => "三",
        Weekday::Thursday => "四",
        Weekday::Friday => "五",
        Weekday::Saturday => "六",
        Weekday::Sunday => "日",
    };
    let year = if with_year {
        format!("{}年", at.year())
    } else {
        String::new()
    };
    format!(
        "{year}{}月{}日 周{day} {:02}:{:02}",
        at.month(),
        at.day(),
        at.hour(),
        at.minute()
    )
}

fn ages(min: Option<u8>, max: Option<u8>) -> String {
    match (min, max) {
        (Some(min), Some(max)) => format!("{min} 到 {max} 岁"),
        (Some(min), None) => format!("满 {min} 岁"),
        (None, Some(max)) => format!("不超过 {max} 岁"),
        (None, None) => "满 16 岁".to_owned(),
    }
}

fn paused_until(when: &str) -> String {
    format!("{when} 以后可以再报名。")
}

fn claim_refused(reason: ClaimReason) -> &'static str {
    match reason {
        ClaimReason::Full => "名额已经满了。",
        ClaimReason::JobWithdrawn => "用工方已经取消了这个岗位。",
        ClaimReason::Duplicate => "这个岗位您已经报名了，不用再报。",
        ClaimReason::Overlap => {
            "您报的另一个活和它时间冲突。要换这个，请先在“我的活”里取消那一个。"
        }
        ClaimReason::ByWorker => "这次报名您已经取消了。要再报，请回到岗位重新报名。",
        ClaimReason::Age => "您的年龄不符合这个岗位的要求。",
        ClaimReason::TooMany => "您手上的活已经有 5 个了，先干完或者取消一个再报。",
        ClaimReason::Closed => "这个岗位已经截止报名。",
        ClaimReason::Paused => "您报了名没有到岗，现在暂停报名。如果不对，请找市场工作人员。",
    }
}

fn claim_ended(reason: ClaimReason) -> &'static str {
    match reason {
        ClaimReason::Full => "您的报名送到时，名额已经满了。",
        ClaimReason::JobWithdrawn => "用工方取消了这个岗位，不是您的原因。",
        ClaimReason::Duplicate => "这个岗位您另外报过一次，那一次有效。",
        ClaimReason::Overlap => "和您另外一个活的时间冲突。",
        ClaimReason::ByWorker => "您自己取消的。",
        ClaimReason::Age => "年龄不符合这个岗位的要求。",
        ClaimReason::TooMany => "您手上的活已经太多了。",
        ClaimReason::Closed => "报名送到时，岗位已经截止。",
        ClaimReason::Paused => "您之前报了名没有到岗，当时暂停报名。",
    }
}

fn course_refused(reason: EnrolmentReason) -> &'static str {
    match reason {
        EnrolmentReason::Full => "这个培训班名额已满。",
        EnrolmentReason::Closed => "这个培训班已经停止报名。",
        EnrolmentReason::Duplicate => "您已经报过这个培训班了。",
        EnrolmentReason::Gone => "这个培训班不办了。",
    }
}

fn claim_state(state: ClaimState) -> Message {
    match state {
        ClaimState::Provisional => {
            message("待确认", "还没有定下来，定了会在这里显示。先不要去工地。")
        }
        ClaimState::Claimed => message("已报名", "等用工方挑选，选上了会在这里显示。"),
        ClaimState::Confirmed => message("报上了", "名额给您留好了，请按时到。"),
        ClaimState::CheckedIn => message("已到岗", "您已经到岗。注意安全。"),
        ClaimState::Completed => {
            message("已完工", "活干完了，等着结工钱。没有拿到工钱请打 12333。")
        }
        ClaimState::Settled => message("已结算", "工钱已经结清。"),
        ClaimState::Withdrawn => message("已取消", "这次报名取消了，不用去。"),
        ClaimState::Rejected => message("没有报上", "这次没有报上，不用去。请看看别的岗位。"),
        ClaimState::EmployerCancelled => {
            message("用工方取消了", "这个活取消了，不用去。请看看别的岗位。")
        }
        ClaimState::NoShow => message("没有到岗", "记录是没有到岗。如果不对，请找市场工作人员。"),
    }
}
