//! Judges the configuration by what was checked.

use super::Checker;
use super::judging::Judged;
use crate::check::run::Run;
use crate::rule::{Check, Rule};
use crate::source::Sources;

impl Checker {
    /// Judges the configuration. What it says of the input is judged when all was checked that it speaks of.
    pub(super) fn review_configuration(&self, run: &mut Run, sources: &Sources) {
        let Some(configuration) = &self.options.configuration else { return };
        let matched = run.matched().filter(|_| self.judges_matches());
        let judged = Judged::Configuration { configuration, matched: matched.as_ref() };
        let outcome = self.judge(&judged);
        run.take_text(sources, outcome);
    }

    /// Whether the run shows what the entries of the configuration match, and a rule asks for it: all of the input in all
    /// environments, since an entry may be meant for any of them.
    pub(super) fn judges_matches(&self) -> bool {
        let asks = |rule: &&&Rule| matches!(rule.check, Check::Configuration(_));
        let is_on = |rule: &&Rule| self.options.levels.get(rule.name).is_none_or(Option::is_some);
        let covers_all = self.exceptions.covers_all && !self.environments.is_partial();
        covers_all && self.rules.iter().filter(asks).any(is_on)
    }

    /// Whether a rule that is off would find anything in a unit, or in the configuration if it judges that as well. Of those that
    /// judge no units it is not asked.
    pub(super) fn would_find<'a>(&'a self, name: &str, judged: &Judged<'a>) -> bool {
        let Some(rule) = self.rules.iter().find(|rule| rule.name == name) else { return true };
        let finds = |judged: &Judged<'a>| {
            let run = self.run_rule_at(rule, rule.level, judged);
            run.is_none_or(|(judge, failed)| failed || !judge.drafts.is_empty())
        };
        let configuration = self.options.configuration.as_ref();
        match rule.check {
            Check::Unit(_) => finds(judged),
            Check::UnitAndConfiguration(..) => {
                let of = |configuration| Judged::Configuration { configuration, matched: None };
                finds(judged) || configuration.is_some_and(|one| finds(&of(one)))
            }
            _ => true,
        }
    }
}
