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

#[test]
fn the_stacks_of_a_cdk_app_are_checked_together() {
    let run = iamrail(&repository().join("testdata/projects"), &["check", "--format", "json", "cdk"]);
    assert_eq!(run.status, 1, "{run:?}");
    let json = run.json();
    let texts = |pointer: &str, name: &str| -> Vec<String> {
        let list = json.pointer(pointer).and_then(|list| list.as_array()).unwrap();
        list.iter().map(|one| one[name].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(texts("/units", "kind"), ["cdk-assembly", "cdk-assembly"]);
    assert_eq!(texts("/units", "path"), ["cdk/cdk.out", "cdk/cdk.out/assembly-Production"]);
    // The policy of one stack makes the role of another an administrator, which the function of that one assumes.
    let message = "the policy `Build.EverythingC61DDD32` is administrative and reaches the role \
        `Shop.WorkerServiceRole8543584E`, which the Lambda function `Shop.Worker11F36D0F` assumes";
    assert!(texts("/findings", "message").iter().any(|one| one == message), "{run:?}");
    let broad = json["findings"].as_array().unwrap().iter().find(|one| one["message"] == message).unwrap();
    let related = broad["related"].as_array().unwrap().iter();
    let subjects: Vec<_> = related.map(|one| one["subject"].as_str().unwrap()).collect();
    assert_eq!(subjects, ["Shop.WorkerServiceRole8543584E"]);
    assert_eq!(broad["construct"], "Build/Everything/Resource");
}
