//! The examples of the policy documents as whole projects, and what every output format makes of them.

use crate::command::iamrail;
use crate::repository;

/// The human report with the time taken out.
fn timeless(report: &str) -> String {
    let lines = report.lines().map(|line| match (line.find(" in "), line.find(" s: ")) {
        (Some(start), Some(end)) if line.starts_with("checked ") => {
            format!("{} in TIME{}\n", line.get(..start).unwrap(), line.get(end..).unwrap())
        }
        _ => format!("{line}\n"),
    });
    lines.collect()
}

#[test]
fn the_compliant_example_gives_no_finding() {
    for project in ["terraform-compliant", "cloudformation-compliant"] {
        let run = iamrail(&repository().join("testdata/projects"), &["check", "--format", "json", project]);
        assert_eq!(run.status, 0, "{project}: {run:?}");
        assert!(run.rules().is_empty() && run.codes().is_empty(), "{project}: {run:?}");
    }
}

#[test]
fn the_non_compliant_example_gives_a_finding_for_each_fault() {
    for project in ["terraform-noncompliant", "cloudformation-noncompliant"] {
        let run = iamrail(&repository().join("testdata/projects"), &["check", "--format", "json", project]);
        assert_eq!(run.status, 1, "{project}: {run:?}");
        let rules = run.rules();
        for fault in [
            // The application uses hard-coded access keys of a user.
            "embedded-access-key",
            "workload-static-credentials",
            "application-user",
            "access-key",
            // The user has broad permissions.
            "user-direct-policy",
            "unapproved-administrator",
            "broad-admin-policy",
            "wildcard-permission",
            // Nothing says who owns it.
            "user-without-group",
            "role-without-purpose",
        ] {
            assert!(rules.iter().any(|rule| rule == fault), "{project} lacks {fault}: {rules:?}");
        }
    }
}

#[test]
fn people_read_the_report_of_a_project() {
    for project in ["terraform-noncompliant", "cloudformation-noncompliant"] {
        let run = iamrail(&repository().join("testdata/projects"), &["check", project]);
        insta::assert_snapshot!(format!("{project}-human"), timeless(&run.out));
    }
}

#[test]
fn programs_read_the_report_of_a_project() {
    for (format, extension) in [("json", "json"), ("sarif", "sarif")] {
        let args = ["check", "--format", format, "terraform-noncompliant"];
        let run = iamrail(&repository().join("testdata/projects"), &args);
        let mut json = run.json();
        if let Some(rules) = json.pointer_mut("/runs/0/tool/driver/rules") {
            // The pages are snapshots of themselves.
            rules.as_array_mut().unwrap().truncate(1);
            rules.pointer_mut("/0/help").unwrap().take();
        }
        let text = serde_json::to_string_pretty(&json).unwrap();
        insta::assert_snapshot!(format!("terraform-noncompliant-{extension}"), text);
    }
}

#[test]
fn the_model_of_a_project_is_shown() {
    let run = iamrail(&repository().join("testdata/projects"), &["show", "cloudformation-compliant"]);
    assert_eq!(run.status, 0, "{run:?}");
    insta::assert_snapshot!("cloudformation-compliant-model", run.out);
}
