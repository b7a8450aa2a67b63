//! The rules. A new one is a new pair of files, the check and its page, and one word in the list below.

use crate::rule::Rule;

macro_rules! rules {
    ($($module:ident)*) => {
        $(mod $module;)*

        /// All rules, in the order in which they are listed everywhere.
        pub static RULES: &[&Rule] = &[$(&$module::RULE),*];
    };
}

rules! {}
