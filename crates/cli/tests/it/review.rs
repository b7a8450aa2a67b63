//! The review and the checklist: what people read together, whatever names the input has.

use crate::command::{directory, iamrail};
use crate::repository;

/// Names that would act if they were written as they are: as markup, as a link, as a column of a table, on the eye.
const NAMES: [&str; 6] = [
    "<script>alert(1)</script>",
    "a|b` | c",
    "](javascript:alert(1))[x](",
    "\\\"><img src=x onerror=alert(1)>",
    "a\u{202e}nimda\u{1b}[31m",
    "@everyone #1 https://evil.example",
];

/// A configuration in which every name that people give is one of them.
fn hostile() -> tempfile::TempDir {
    let mut text = String::new();
    for (n, name) in NAMES.iter().enumerate() {
        text.push_str(&format!(
            "resource \"aws_iam_user\" \"u{n}\" {{\n  name = \"{name}\"\n}}\n\
             resource \"aws_iam_group\" \"g{n}\" {{\n  name = \"{name}\"\n}}\n\
             resource \"aws_iam_user_group_membership\" \"m{n}\" {{\n  user = aws_iam_user.u{n}.name\n  groups = [aws_iam_group.g{n}.name]\n}}\n\
             resource \"aws_iam_user_policy\" \"p{n}\" {{\n  name = \"{name}\"\n  user = aws_iam_user.u{n}.name\n  policy = jsonencode({{\n    Statement = [{{\n      Effect = \"Allow\"\n      Action = [\"*\", \"{name}\"]\n      Resource = [\"{name}\"]\n      Condition = {{ StringLike = {{ \"{name}\" = \"{name}\" }} }}\n    }}]\n  }})\n}}\n\
             resource \"aws_iam_role\" \"r{n}\" {{\n  name = \"{name}\"\n  description = \"{name}\"\n  tags = {{ Purpose = \"{name}\" }}\n  assume_role_policy = jsonencode({{\n    Statement = [{{\n      Effect = \"Allow\"\n      Action = \"sts:AssumeRole\"\n      Principal = {{ AWS = \"{name}\" }}\n    }}]\n  }})\n}}\n\
             resource \"aws_iam_role_policy_attachment\" \"a{n}\" {{\n  role = aws_iam_role.r{n}.name\n  policy_arn = \"arn:aws:iam::aws:policy/AdministratorAccess\"\n}}\n\
             resource \"aws_iam_access_key\" \"k{n}\" {{\n  user = aws_iam_user.u{n}.name\n}}\n"
        ));
    }
    directory(&[("<b>`|x/main.tf", text.as_bytes()), ("<b>`|x/broken.tf", b"resource <script> `|")])
}

/// Whether a text is well-formed: every element is closed, every attribute quoted, every reference known. Gives the names of
/// elements and attributes.
fn well_formed(text: &str) -> Result<(Vec<String>, Vec<String>), String> {
    let (mut open, mut elements, mut attributes) = (Vec::new(), Vec::new(), Vec::new());
    let mut rest = text.strip_prefix("<!DOCTYPE html>").ok_or("no document type")?;
    while let Some((before, after)) = rest.split_once('<') {
        for reference in before.split('&').skip(1) {
            let known = ["amp;", "lt;", "gt;", "quot;", "#39;"];
            if !known.iter().any(|known| reference.starts_with(known)) {
                return Err(format!("the reference &{reference}"));
            }
        }
        let (tag, behind) = after.split_once('>').ok_or("an open tag")?;
        rest = behind;
        if let Some(name) = tag.strip_prefix('/') {
            match open.pop() {
                Some(last) if last == name => continue,
                last => return Err(format!("{last:?} is closed by {name}")),
            }
        }
        let is_empty = tag.ends_with('/');
        let (name, mut inner) = tag.trim_end_matches('/').split_once(' ').unwrap_or((tag, ""));
        let name = name.trim_end_matches('/');
        if !name.chars().all(|one| one.is_ascii_alphanumeric()) || name.is_empty() {
            return Err(format!("the tag {tag}"));
        }
        while let Some((attribute, value)) = inner.split_once("=\"") {
            attributes.push(attribute.trim().to_owned());
            let (_, more) = value.split_once('"').ok_or_else(|| format!("the tag {tag}"))?;
            inner = more;
        }
        if !inner.trim().is_empty() {
            return Err(format!("the tag {tag}"));
        }
        elements.push(name.to_owned());
        if name == "style" {
            rest = rest.split_once("</style>").ok_or("an open style")?.1;
        } else if !is_empty {
            open.push(name.to_owned());
        }
    }
    if open.is_empty() { Ok((elements, attributes)) } else { Err(format!("{open:?} stay open")) }
}

#[test]
fn people_read_the_review_of_a_project() {
    let projects = repository().join("testdata/projects");
    for format in ["markdown", "html"] {
        let run = iamrail(&projects, &["review", "terraform-noncompliant", "--format", format]);
        assert_eq!(run.status, 0, "{run:?}");
        insta::assert_snapshot!(format!("review-{format}"), run.out);
    }
}

#[test]
fn no_statement_on_code_holds_where_there_is_no_code() {
    let dir = directory(&[("notes.txt", b"nothing\n")]);
    let run = iamrail(dir.path(), &["check", "--format", "checklist"]);
    assert_eq!(run.status, 0, "{run:?}");
    let line =
        |id: &str| run.out.lines().find(|line| line.contains(&format!("**{id}**"))).unwrap().to_owned();
    for id in ["UB-1.1", "UB-3.1"] {
        assert!(
            line(id).contains("**cannot be decided here**: no infrastructure code was read"),
            "{}",
            line(id)
        );
    }
}

#[test]
fn people_read_the_checklist_of_a_project() {
    let projects = repository().join("testdata/projects");
    let run = iamrail(&projects, &["check", "terraform-noncompliant", "--format", "checklist"]);
    assert_eq!(run.status, 1, "{run:?}");
    insta::assert_snapshot!("checklist", run.out);
}

#[test]
fn the_page_is_well_formed_and_has_nothing_that_acts() {
    let hostile = hostile();
    let projects = repository().join("testdata/projects");
    for (dir, args) in
        [(hostile.path(), &["review", "--format", "html"][..]), (&projects, &["review", "--format", "html"])]
    {
        let page = iamrail(dir, args).out;
        let (elements, attributes) = well_formed(&page).unwrap();
        for name in ["script", "img", "link", "iframe", "object", "form", "base", "b"] {
            assert!(!elements.iter().any(|one| one == name), "{name}");
        }
        let allowed = [
            "lang",
            "charset",
            "http-equiv",
            "content",
            "name",
            "id",
            "href",
            "class",
            "scope",
            "data-heading",
            "xmlns",
            "viewBox",
            "width",
            "height",
            "role",
            "aria-label",
            "d",
            "x",
            "y",
            "rx",
            "cx",
            "cy",
            "r",
            "text-anchor",
        ];
        for name in attributes {
            assert!(allowed.contains(&name.as_str()), "{name}");
        }
        let leads_away = page.split("href=\"").skip(1).any(|rest| !rest.starts_with('#'));
        assert!(!leads_away && page.contains("default-src 'none'; style-src 'sha256-"));
        assert!(!page.contains(['\u{202e}', '\u{1b}']));
    }
}

#[test]
fn no_name_breaks_a_table_or_becomes_markup_in_markdown() {
    let hostile = hostile();
    for args in [&["review"][..], &["check", "--format", "checklist"]] {
        let text = iamrail(hostile.path(), args).out;
        assert!(!text.contains(['\u{202e}', '\u{1b}']), "{text}");
        for line in text.lines() {
            // What stands between two backticks is code, in which nothing acts; names with a backtick are never written so.
            let outside: String = line.split('`').step_by(2).collect();
            for markup in ["<script", "<img", "](", "@everyone", "https:", "#1 "] {
                assert!(!outside.contains(markup), "{markup} in {line}");
            }
            assert_eq!(line.matches('`').count() % 2, 0, "{line}");
        }
        // Every row of a table has as many columns as its heading.
        let lines: Vec<&str> = text.lines().collect();
        for (at, line) in lines.iter().enumerate().filter(|(_, line)| line.starts_with("|---")) {
            let columns = line.matches('|').count();
            let rows = lines.iter().skip(at + 1).take_while(|line| line.starts_with('|'));
            for row in rows {
                assert_eq!(row.matches('|').count(), columns, "{row}");
            }
        }
    }
}

#[test]
fn the_review_has_a_section_for_each_unit_that_concerns_iam() {
    let user = b"resource \"aws_iam_user\" \"ann\" {\n  name = \"ann\"\n}\n";
    let bucket = b"resource \"aws_s3_bucket\" \"b\" {\n  bucket = \"b\"\n}\n";
    let dir = directory(&[
        ("a/main.tf", user),
        ("b/main.tf", bucket),
        ("c/main.tf", user),
        ("d/main.tf", b"resource \"x\" {"),
    ]);
    let run = iamrail(dir.path(), &["review"]);
    assert_eq!(run.status, 3, "{run:?}");
    let headings: Vec<&str> = run.out.lines().filter(|line| line.starts_with("## ")).collect();
    let trouble = "## What could not be read or understood";
    assert_eq!(headings, ["## 1. `a`", "## 3. `c`", trouble, "## Sign-off"]);
    assert!(run.out.contains("1 unit declares nothing of IAM"), "{}", run.out);
    assert!(run.out.contains("| 4. `d`<br>**incomplete** |"), "{}", run.out);
}

#[test]
fn the_review_says_by_which_entry_someone_is_approved() {
    let text = "resource \"aws_iam_group\" \"admins\" {\n  name = \"platform-admins\"\n}\nresource \"aws_iam_user\" \"ann\" {\n  name = \"ann\"\n}\nresource \"aws_iam_user_group_membership\" \"ann\" {\n  user = aws_iam_user.ann.name\n  groups = [aws_iam_group.admins.name]\n}\nresource \"aws_iam_group_policy_attachment\" \"admins\" {\n  group = aws_iam_group.admins.name\n  policy_arn = \"arn:aws:iam::aws:policy/AdministratorAccess\"\n}\nresource \"aws_iam_role_policy_attachment\" \"other\" {\n  role = \"deployer\"\n  policy_arn = \"arn:aws:iam::aws:policy/AdministratorAccess\"\n}\n";
    let configuration =
        "administrators:\n  approved:\n    users: [bob]\n    groups: [\"other\", \"platform-*\"]\n";
    let dir = directory(&[("main.tf", text.as_bytes()), ("iamrail.yaml", configuration.as_bytes())]);
    let out = iamrail(dir.path(), &["review"]).out;
    let row = |start: &str| out.lines().find(|line| line.starts_with(start)).unwrap().to_owned();
    let approved = "**approved** by `administrators.approved.groups: platform-*`";
    assert!(row("| user `ann`").contains(approved), "{out}");
    assert!(row("| group `platform-admins`").contains(approved), "{out}");
    assert!(row("| role `deployer` (declared elsewhere)").contains("**not approved**"), "{out}");
}

#[test]
fn the_format_is_that_of_the_name_of_the_file() {
    let dir = directory(&[("main.tf", b"resource \"aws_iam_user\" \"ann\" {\n  name = \"ann\"\n}\n")]);
    let written = |name: &str| {
        let run = iamrail(dir.path(), &["review", "--output", name]);
        assert_eq!((run.status, run.out.as_str()), (0, ""), "{run:?}");
        std::fs::read_to_string(dir.path().join(name)).unwrap()
    };
    assert!(written("review.html").starts_with("<!DOCTYPE html>"));
    assert!(written("review.md").starts_with("# IAM review"));
    assert_eq!(iamrail(dir.path(), &["review", "--output", "review.pdf"]).status, 2);
    let run = iamrail(dir.path(), &["check", "--output", "checklist.md", "--fail-on", "never"]);
    assert_eq!(run.status, 0, "{run:?}");
    let checklist = std::fs::read_to_string(dir.path().join("checklist.md")).unwrap();
    assert!(checklist.starts_with("# Checklist of the IAM guardrails"), "{checklist}");
}

#[test]
fn the_checklist_holds_only_what_is_decided() {
    let standing = |files: &[(&str, &[u8])], id: &str| {
        let dir = directory(files);
        let out = iamrail(dir.path(), &["check", "--format", "checklist"]).out;
        out.lines().find(|line| line.contains(&format!("**{id}**"))).unwrap().to_owned()
    };
    let role = |description: &str| {
        format!(
            "variable \"d\" {{\n  type = string\n}}\nresource \"aws_iam_role\" \"r\" {{\n  name = \"r\"\n  description = {description}\n  assume_role_policy = jsonencode({{\n    Statement = [{{\n      Effect = \"Allow\"\n      Action = \"sts:AssumeRole\"\n      Principal = {{ Service = \"lambda.amazonaws.com\" }}\n    }}]\n  }})\n}}\n"
        )
    };
    let good = role("\"Lets the nightly export read the billing bucket\"");
    let holds = standing(&[("main.tf", good.as_bytes())], "FG-M4");
    assert!(holds.starts_with("- [x]") && holds.ends_with("**holds**: 1 checked"), "{holds}");
    let violated = standing(&[("main.tf", role("null").as_bytes())], "FG-M4");
    assert!(violated.starts_with("- [ ]") && violated.ends_with("**violated**"), "{violated}");
    let open = standing(&[("main.tf", role("var.d").as_bytes())], "FG-M4");
    assert!(open.starts_with("- [ ]") && open.ends_with("what decides is not known"), "{open}");
    let broken = standing(&[("main.tf", good.as_bytes()), ("b.tf", b"resource {")], "FG-M4");
    assert!(
        broken.starts_with("- [ ]") && broken.ends_with("some of the input could not be read"),
        "{broken}"
    );
    let off = b"rules:\n  role-without-purpose:\n    level: \"off\"\n    reason: told elsewhere\n";
    let off = standing(&[("main.tf", good.as_bytes()), ("iamrail.yaml", off)], "FG-M4");
    assert!(off.starts_with("- [ ]") && off.contains("switches off"), "{off}");
}

#[test]
fn what_an_exception_covers_is_told_as_such() {
    let main = b"resource \"aws_iam_user\" \"ftp\" {\n  name = \"ftp\"\n}\nresource \"aws_iam_access_key\" \"ftp\" {\n  user = aws_iam_user.ftp.name\n}\n";
    let exceptions = b"exceptions:\n  - rule: access-key\n    resource: aws_iam_access_key.ftp\n    reason: The appliance cannot assume a role.\n    owner: Platform team\n    approved by: lead\n    review date: 2027-01-31\n";
    let dir = directory(&[("main.tf", main), ("iam-exceptions.yaml", exceptions)]);
    let out = iamrail(dir.path(), &["review", "--today", "2026-12-01"]).out;
    assert!(out.contains("Covered by exceptions: 1 more."), "{out}");
    assert!(out.contains("| excepted `access-key`<br>"), "{out}");
    let (findings, excepted) = out.split_once("### Excepted").unwrap();
    assert!(!findings.contains("**error** | `access-key`<br>"), "{out}");
    assert!(excepted.contains("| `access-key`<br>") && excepted.contains("until 2027-01-31"), "{out}");
    let out = iamrail(dir.path(), &["check", "--today", "2026-12-01", "--format", "checklist"]).out;
    let keys = out.lines().find(|line| line.contains("**UB-2.2**")).unwrap();
    assert!(keys.starts_with("- [ ]") && keys.ends_with("exceptions cover what was found"), "{keys}");
    assert!(out.contains("  - excepted by `iam-exceptions.yaml:2` `access-key`: "), "{out}");
}

#[test]
fn a_user_is_told_as_it_is_in_each_deployment() {
    let main = b"variable \"p\" {\n  type = bool\n}\nresource \"aws_iam_user\" \"jo\" {\n  name = \"jo\"\n}\nresource \"aws_iam_user_login_profile\" \"jo\" {\n  count = var.p ? 1 : 0\n  user  = aws_iam_user.jo.name\n}\n";
    let dir = directory(&[("main.tf", main)]);
    let out = iamrail(dir.path(), &["review"]).out;
    let user = out.lines().find(|line| line.contains("`aws_iam_user.jo`")).unwrap();
    assert!(user.contains("person, by its login profile when `var.p`<br>person, assumed: "), "{user}");
    assert!(user.contains("signing in is possible without it when `var.p`<br>"), "{user}");
}
