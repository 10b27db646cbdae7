//! Those who find it hard to get work (就业困难人员). Staff keep the ledger at the hub; no device holds any
//! of it.

use crate::job::coded_enum;
use serde::{Deserialize, Serialize};

coded_enum!(
    /// Why somebody finds it hard to get work.
    Hardship {
        /// 大龄: women from 40, men from 50.
        Older = "older", "大龄";
        /// 残疾
        Disabled = "disabled", "残疾";
        /// 享受最低生活保障
        LowIncome = "low_income", "低保家庭";
        /// 零就业家庭: nobody in the family has work.
        NoEarner = "no_earner", "零就业家庭";
        /// 连续失业一年以上
        LongWithout = "long_without", "长期失业";
        /// 失地
        LandLost = "land_lost", "失地";
        /// 易地搬迁
        Resettled = "resettled", "易地搬迁";
        /// 其他
        Other = "other", "其他";
    }
);
