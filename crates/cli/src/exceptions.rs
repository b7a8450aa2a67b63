//! Reads exceptions from YAML: files of their own, and the configuration.

use std::sync::Arc;

use iamrail_core::exceptions::{Configured, Entry, configuration as of_configuration, file as of_file};
use iamrail_core::report::Diagnostic;
use iamrail_core::source::SourceFile;

/// The exceptions of a file. `path` is what the file is called in the repository, which CODEOWNERS speaks of.
///
/// # Errors
/// Says what cannot be understood and where.
pub fn parse(file: &Arc<SourceFile>, path: &Arc<str>) -> Result<Vec<Entry>, Vec<Diagnostic>> {
    let root = iamrail_cloudformation::yaml(file)?;
    of_file(path, &root, file.span(0, 0))
}

/// What a configuration file says of exceptions; the rest of it is not looked at.
///
/// # Errors
/// Says what cannot be understood and where.
pub fn parse_configuration(file: &Arc<SourceFile>, path: &Arc<str>) -> Result<Configured, Vec<Diagnostic>> {
    let root = iamrail_cloudformation::yaml(file)?;
    of_configuration(path, &root, file.span(0, 0))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use iamrail_core::exceptions::{Approval, Entry};
    use iamrail_core::report::Diagnostic;
    use iamrail_core::source::{MemoryFiles, SourceFile, Sources};

    fn load(text: &str) -> (Sources, Arc<SourceFile>) {
        let sources = Sources::new(MemoryFiles::new([("e.yaml", text)]));
        let file = sources.load("e.yaml").unwrap();
        (sources, file)
    }

    fn shown(sources: &Sources, diagnostics: &[Diagnostic]) -> Vec<String> {
        let one = |diagnostic: &Diagnostic| {
            let at = diagnostic.span.and_then(|span| sources.locate(span)).unwrap().start;
            format!("{}:{}: {} ({})", at.line, at.column, diagnostic.message, diagnostic.help)
        };
        diagnostics.iter().map(one).collect()
    }

    fn parse(text: &str) -> Result<Vec<Entry>, Vec<String>> {
        let (sources, file) = load(text);
        super::parse(&file, file.path()).map_err(|errors| shown(&sources, &errors))
    }

    /// What an exception says: rules, policies, statements, resources, environments; reason, owner, approver, date.
    fn said(entry: &Entry) -> String {
        let lists = [&entry.rules, &entry.policies, &entry.statements, &entry.resources, &entry.environments];
        let lists =
            lists.map(|list| list.iter().map(|one| one.text.to_string()).collect::<Vec<_>>().join(","));
        let singles = [&entry.reason, &entry.owner, &entry.approver];
        let singles = singles.map(|one| one.as_ref().map_or_else(String::new, |one| one.text.to_string()));
        let date = entry.review.map_or_else(String::new, |(date, _)| date.to_string());
        format!("{} | {} | {date}", lists.join(" | "), singles.join(" | "))
    }

    #[test]
    fn the_shape_of_the_policy_document_is_read_as_it_stands_there() {
        let text = "\
Exception:
- Policy: IAM Usage Basics
- Reason: Legacy tool requires static credentials
- Owner: Platform team
- Review date: 2027-01-31
";
        let expected = " | IAM Usage Basics |  |  |  | Legacy tool requires static credentials | Platform team |  | 2027-01-31";
        let entries = parse(text).unwrap();
        assert_eq!(entries.iter().map(said).collect::<Vec<_>>(), [expected]);
        // The next one begins where a policy is named again; a list of lists says the same.
        let twice = format!("{text}{}", text.trim_start_matches("Exception:\n").replace("Platform", "Web"));
        let entries = parse(&twice).unwrap();
        assert_eq!(
            entries.iter().map(said).collect::<Vec<_>>(),
            [expected, &expected.replace("Platform", "Web")]
        );
        let nested = text.replace("\n- ", "\n  - ").replacen("\n  - ", "\n- - ", 1);
        assert_eq!(parse(&nested).unwrap().iter().map(said).collect::<Vec<_>>(), [expected], "{nested}");
    }

    #[test]
    fn keys_are_the_same_in_any_case_and_with_spaces_underscores_or_hyphens() {
        let expected =
            "access-key |  |  | a.b,c.* | production | It cannot be otherwise | T | me | 2027-01-31";
        for text in [
            "exceptions:\n- {rule: access-key, resource: [a.b, c.*], environments: [production], reason: It cannot be otherwise, owner: T, approved by: me, review date: 2027-01-31}\n",
            "version: 1\nEXCEPTIONS:\n- RULE: access-key\n  Resources: [a.b, c.*]\n  Environment: production\n  Reason: It cannot be otherwise\n  Owner: T\n  Approved_By: me\n  Review-Date: 2027-01-31\n",
            "exception: {rules: [access-key], resource: [a.b, c.*], environments: production, reason: ' It cannot be otherwise ', owner: T, approved-by: me, until: '2027-01-31'}\n",
            "{\"exceptions\": [{\"rule\": \"access-key\", \"resource\": [\"a.b\", \"c.*\"], \"environments\": [\"production\"], \"reason\": \"It cannot be otherwise\", \"owner\": \"T\", \"approved by\": \"me\", \"review date\": \"2027-01-31\"}]}",
        ] {
            let entries = parse(text).unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
            assert_eq!(entries.iter().map(said).collect::<Vec<_>>(), [expected], "{text}");
        }
    }

    #[test]
    fn a_file_that_says_nothing_excepts_nothing() {
        for text in ["", "# none yet\n", "---\n", "exceptions:\n", "exceptions: []\n", "{}"] {
            assert!(parse(text).unwrap().is_empty(), "{text:?}");
        }
    }

    #[test]
    fn what_cannot_be_understood_is_refused_with_its_place_and_what_to_do() {
        for (text, expected) in [
            ("exceptions:\n- rul: x\n", "2:3: unknown key `rul` (did you mean `rule`?)"),
            ("exception_list: []\n", "1:1: unknown key `exception_list` (did you mean `exceptions`?)"),
            (
                "exceptions:\n- rule: x\n  review date: 2027-02-30\n",
                "3:16: `2027-02-30` is no date: there is no such day (write the day as YYYY-MM-DD, such as 2027-01-31)",
            ),
            (
                "exceptions:\n- rule: x\n  until: YYYY-MM-DD\n",
                "3:10: `YYYY-MM-DD` is no date: it is not of the form YYYY-MM-DD (write the day as YYYY-MM-DD, such as 2027-01-31)",
            ),
            (
                "exceptions:\n- rule: x\n  until: 2027-01-31\n  review_date: 2027-01-31\n",
                "4:3: `review_date` is given twice (leave one of them out)",
            ),
            (
                "exceptions:\n- rule: x\n  owner: [a]\n",
                "3:10: `owner` is one text, and no list or map (write one text)",
            ),
            (
                "exceptions:\n- rule: x\n  owner: true\n",
                "3:10: `owner` is a text, and no truth value (put it in quotes)",
            ),
            ("exceptions: 3\n", "1:13: a list of exceptions is expected (begin each with `- rule:`)"),
            (
                "exceptions:\n- access-key\n",
                "2:3: an exception is a mapping of fields (begin it with `rule:`)",
            ),
            (
                "- rule: x\n",
                "1:1: a mapping with the key `exceptions` is expected (see docs/exceptions.md for how exceptions are written)",
            ),
            (
                "version: 2\nexceptions: []\n",
                "1:10: the version of this file is not 1, the only one that is known (update iamrail, or write the file as this version knows it)",
            ),
            (
                "exceptions:\n- rule: x\n  rule: y\n",
                "3:3: the key `rule` is given twice, first in line 2 (leave one of them out)",
            ),
            ("exceptions: !Ref x\n", "1:13: a tag means nothing here (write the value itself)"),
            (
                "exceptions: []\n---\nexceptions: []\n",
                "3:1: a second document begins here (put all into one document)",
            ),
        ] {
            assert_eq!(parse(text).unwrap_err(), [expected], "{text}");
        }
        for text in [
            "exceptions:\n\t- rule: x\n",
            "exceptions: [\n",
            "exceptions:\n- rule: x\n  rule: y\n",
            "a: &a [*a]\n",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_configuration_says_what_exceptions_are_held_to() {
        let configured = |text: &str| {
            let (sources, file) = load(text);
            super::parse_configuration(&file, file.path()).map_err(|errors| shown(&sources, &errors))
        };
        let read = configured(
            "exceptions: {approval: teams, max_days: 90, entries: [{rule: x}]}\nteams: {Web Team: [a, '@b']}\n",
        );
        let read = read.unwrap();
        assert_eq!(
            (read.settings.approval, read.settings.max_days, read.entries.len()),
            (Approval::Teams, 90, 1)
        );
        assert_eq!(read.settings.teams["web team"].members, ["a", "@b"]);
        let read = configured("users: {default: human}\nexceptions:\n- rule: x\n").unwrap();
        assert_eq!(
            (read.settings.approval, read.settings.max_days, read.entries.len()),
            (Approval::Declared, 365, 1)
        );
        for (text, expected) in [
            (
                "exceptions: {approval: maybe}\n",
                "1:24: there is no such way of approval (write `declared`, `teams` or `codeowners`)",
            ),
            ("exceptions: {max_days: 0}\n", "1:24: `max_days` is a number of days from 1 (write 365)"),
            ("exceptions: {max_day: 1}\n", "1:14: unknown key `max_day` (did you mean `max_days`?)"),
            ("teams: {a: b}\n", "1:12: the members of `a` are no list (write a list of texts)"),
            (
                "teams: [a]\n",
                "1:8: a mapping of teams to lists of their members is expected (see docs/exceptions.md for how exceptions are written)",
            ),
        ] {
            assert_eq!(configured(text).unwrap_err(), [expected], "{text}");
        }
    }
}
