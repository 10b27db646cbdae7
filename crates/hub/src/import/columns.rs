//! What a column can hold, and the names under which halls and job boards know it.

use super::cell::half_width;
use serde::{Deserialize, Serialize};

macro_rules! fields {
    ($($(#[$doc:meta])* $variant:ident = $key:literal [$($name:literal)*];)+) => {
        /// What a column can hold. The key in a mapping file is the variant in snake case.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Field { $($(#[$doc])* $variant,)+ }

        impl Field {
            /// Every field, in the order in which rows are read.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The key that a mapping file uses.
            pub fn key(self) -> &'static str {
                match self { $(Self::$variant => $key,)+ }
            }

            /// Names under which the column is known without a mapping, in the form that
            /// [`normal_heading`] gives.
            pub fn known_names(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($name),*],)+ }
            }
        }
    };
}

fields!(
    /// The source's own number of the job.
    Number = "number" [
        "编号" "岗位编号" "招聘编号" "职位编号" "岗位id" "职位id" "信息编号" "单号" "订单号" "jobid"
        "identifier" "acb200" "acb210" "jobnumber"
    ];
    /// 岗位
    Title = "title" [
        "岗位" "岗位名称" "职位" "职位名称" "招聘岗位" "招聘职位" "招工岗位" "用工岗位" "需求岗位" "岗位需求"
        "工作岗位" "招聘工种" "零工岗位" "工作名称" "aca112" "title" "jobtitle" "jobname" "position" "job"
    ];
    /// 工种
    WorkKind = "work_kind" [
        "工种" "工种类别" "岗位类别" "职位类别" "用工类型" "岗位类型" "工作类型" "零工类型" "类别" "aca111"
        "workkind" "category" "occupationalcategory"
    ];
    /// 职业代码
    OccupationCode = "occupation_code" ["职业代码" "职业编码" "职业分类代码" "工种代码" "occupationcode"];
    /// 单位
    Employer = "employer" [
        "单位" "用工单位" "单位名称" "用人单位" "用人单位名称" "公司" "公司名称" "企业" "企业名称" "招聘单位" "用工主体"
        "招工单位" "雇主" "雇主名称" "用工方" "用工企业" "发布单位" "aab004" "employer" "company" "companyname"
        "hiringorganization"
    ];
    /// 单位类型
    EmployerKind = "employer_kind" [
        "单位类型" "单位性质" "企业性质" "用工主体类型" "主体类型" "雇主类型" "employerkind"
    ];
    /// 统一社会信用代码
    Uscc = "uscc" [
        "统一社会信用代码" "信用代码" "社会信用代码" "统一信用代码" "营业执照号" "uscc" "aab998" "taxid"
    ];
    /// 招聘人数
    Places = "places" [
        "人数" "招聘人数" "招工人数" "需求人数" "用工人数" "名额" "需求数" "招聘数量" "数量" "岗位数" "需工人数" "缺工人数"
        "拟招人数" "人数需求" "用工需求" "acb240" "places" "openings" "headcount" "totaljobopenings"
    ];
    /// 薪资
    Pay = "pay" [
        "薪资" "工资" "薪酬" "待遇" "薪资待遇" "工资待遇" "薪酬待遇" "日薪" "日工资" "时薪" "小时工资" "月薪" "月工资"
        "工价" "单价" "报酬" "劳务费" "薪资标准" "工资标准" "薪资范围" "薪酬范围" "月薪范围" "工钱" "日结工资" "pay" "salary"
        "wage" "basesalary"
    ];
    /// 最低薪资
    PayMin = "pay_min" [
        "最低工资" "最低薪资" "薪资下限" "工资下限" "最低月薪" "起薪" "薪酬下限" "acb241" "minsalary" "salarymin" "paymin"
    ];
    /// 最高薪资
    PayMax = "pay_max" [
        "最高工资" "最高薪资" "薪资上限" "工资上限" "最高月薪" "薪酬上限" "acb242" "maxsalary" "salarymax" "paymax"
    ];
    /// 计薪单位
    PayUnit = "pay_unit" ["计薪单位" "薪资单位" "工资单位" "计薪方式" "计酬方式" "薪资类型" "计价方式" "payunit"];
    /// 结算方式
    Settlement = "settlement" [
        "结算" "结算方式" "结算周期" "结薪方式" "发薪方式" "支付方式" "工资结算" "工资发放方式" "付款方式" "结账方式" "settlement"
    ];
    /// 开始时间
    Start = "start" [
        "开始" "开始时间" "开工时间" "开始日期" "开工日期" "用工时间" "用工日期" "上岗时间" "上岗日期" "到岗时间" "日期"
        "工作日期" "上工时间" "上工日期" "start" "startsat" "startdate" "jobstartdate"
    ];
    /// 上班时间: the hour alone, where the day has a column of its own.
    StartTime = "start_time" ["几点上班" "上班钟点" "开工钟点" "starttime"];
    /// 结束
    End = "end" [
        "结束" "结束时间" "结束日期" "完工时间" "完工日期" "收工时间" "下班时间" "end" "endsat" "enddate"
    ];
    /// 工作时间 in words.
    Shift = "shift" [
        "工作时间" "上班时间" "班次" "工时" "工作时长" "作息时间" "时间安排" "工作时段" "shift" "workhours"
    ];
    /// 集合时间
    GatherAt = "gather_at" ["集合时间" "集中时间" "报到时间" "gatherat"];
    /// 集合地点
    GatherPlace = "gather_place" ["集合地点" "集中地点" "报到地点" "上车地点" "乘车地点" "gatherplace"];
    /// 乡镇
    Town = "town" [
        "乡镇" "乡镇街道" "镇街" "街道" "乡镇/街道" "所在乡镇" "区域" "工作区域" "区县" "城市" "town" "city" "addresslocality"
    ];
    /// 地点
    Address = "address" [
        "地点" "工作地点" "地址" "工作地址" "用工地点" "务工地点" "详细地址" "上班地点" "单位地址" "施工地点" "acb202"
        "address" "location" "joblocation" "workplace"
    ];
    /// 经纬度
    Position = "position" ["经纬度" "坐标" "定位" "位置坐标" "geo" "coordinates"];
    /// 纬度
    Latitude = "latitude" ["纬度" "lat" "latitude"];
    /// 经度
    Longitude = "longitude" ["经度" "lon" "lng" "longitude"];
    /// 包吃
    Meals = "meals" ["包吃" "管吃" "供餐" "包餐" "是否包吃" "是否供餐" "伙食" "用餐" "meals"];
    /// 包住
    Lodging = "lodging" ["包住" "管住" "住宿" "是否包住" "提供住宿" "lodging"];
    /// 食宿: both in one column.
    Board = "board" ["食宿" "吃住" "包吃住" "食宿情况" "是否包吃住" "包食宿" "食宿安排" "吃住情况"];
    /// 接送
    Transport = "transport" ["接送" "是否接送" "班车" "交通" "车辆接送" "专车接送" "transport"];
    /// 福利 in words: meals, lodging, transport and insurance are looked for in it.
    Welfare = "welfare" ["福利" "福利待遇" "其他待遇" "岗位福利" "单位福利" "jobbenefits" "welfare"];
    /// 保险
    Insurance = "insurance" ["保险" "是否购买保险" "保险情况" "购买保险" "参保" "社保" "insurance"];
    /// 年龄
    Age = "age" ["年龄" "年龄要求" "年龄范围" "年龄限制" "age"];
    /// 最小年龄
    MinAge = "min_age" ["最小年龄" "最低年龄" "年龄下限" "minage" "acb221"];
    /// 最大年龄
    MaxAge = "max_age" ["最大年龄" "最高年龄" "年龄上限" "maxage" "acb222"];
    /// 要求
    Requirements = "requirements" [
        "要求" "岗位要求" "任职要求" "招聘要求" "技能要求" "用工要求" "条件" "招聘条件" "任职条件" "证书" "岗位描述"
        "职位描述" "工作内容" "岗位职责" "requirements" "qualifications" "skills" "description" "acb22a"
    ];
    /// 危险作业
    Hazardous = "hazardous" ["危险" "危险作业" "是否危险作业" "高危" "高危作业" "特种作业" "hazardous"];
    /// 联系电话
    Phone = "phone" [
        "电话" "联系电话" "联系方式" "手机" "手机号" "手机号码" "联系手机" "招聘电话" "咨询电话" "联系人电话" "联系人及电话" "aae005"
        "phone" "telephone" "contact" "contactphone"
    ];
    /// 录用方式
    ClaimMode = "claim_mode" ["录用方式" "报名方式" "确认方式" "是否面试" "claimmode"];
    /// 急招
    Urgent = "urgent" ["急招" "是否急招" "紧急" "是否紧急" "加急" "紧急程度" "urgent"];
    /// 就业困难人员优先
    Reserved = "reserved" [
        "就业困难人员优先" "困难人员优先" "是否困难人员优先" "是否面向就业困难人员" "公益性岗位" "是否公益性岗位" "公益岗位" "reserved"
    ];
    /// 有效期
    ValidUntil = "valid_until" [
        "有效期" "有效期至" "有效时间" "截止日期" "截止时间" "截至日期" "截至时间" "报名截止" "报名截止时间" "招聘截止" "失效日期"
        "aae030end" "validuntil" "validthrough" "deadline" "expires"
    ];
    /// 备注: joins what is asked.
    Note = "note" ["备注" "其他" "其它" "说明" "补充说明" "备注说明" "note" "remarks"];
);

/// A heading to compare: half-width, lower case, without white space, stars, underscores, and
/// without what stands in brackets at its end (`薪资（元/天）`, `*招聘人数(人)`).
pub(crate) fn normal_heading(heading: &str) -> String {
    let plain: String = half_width(heading)
        .to_lowercase()
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '*' | '_' | '-' | ':' | '\u{feff}'))
        .collect();
    match (
        plain.find(['(', '[', '【']),
        plain.ends_with([')', ']', '】']),
    ) {
        (Some(at), true) if at > 0 => plain.get(..at).unwrap_or(&plain).to_owned(),
        _ => plain,
    }
}

/// The field that a heading names, in the form of [`normal_heading`].
pub(crate) fn known_field(normal: &str) -> Option<Field> {
    Field::ALL
        .iter()
        .copied()
        .find(|field| field.known_names().contains(&normal))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn headings_are_known_however_they_are_set() {
        for (heading, field) in [
            ("岗 位\n名 称", Field::Title),
            ("*招聘人数（人）", Field::Places),
            ("薪资(元/天)", Field::Pay),
            ("ＡＣＡ１１２", Field::Title),
            ("total_job_openings", Field::Places),
            ("联系电话：", Field::Phone),
        ] {
            assert_eq!(
                known_field(&normal_heading(heading)),
                Some(field),
                "{heading}"
            );
        }
        for heading in ["序号", "", "发布时间", "(元)"] {
            assert_eq!(known_field(&normal_heading(heading)), None, "{heading}");
        }
    }

    #[test]
    fn every_known_name_is_normal_and_names_one_field() {
        let mut seen = HashSet::new();
        for field in Field::ALL {
            for name in field.known_names() {
                assert!(seen.insert(*name), "{name} is listed twice");
                let reached = known_field(&normal_heading(name));
                assert_eq!(reached, Some(*field), "{name} cannot be reached");
            }
            let key = serde_json::to_value(field).expect("a key");
            assert_eq!(key, field.key());
        }
    }
}
