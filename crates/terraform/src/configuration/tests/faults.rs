//! What is wrong, or takes too much, and what is left of the rest.

use super::*;

#[test]
fn what_is_wrong_is_said_at_its_place_and_the_rest_is_read() {
    let broken = r#"
resource "aws_iam_user" "a" { name = local.missing }
resource "aws_iam_user" "b" {
  name =
}
resource "aws_iam_user" "c" { name = "carol" }
resource "aws_iam_user" "c" { name = "again" }
resource "aws_iam_user" "d" {
  for_each = ["x"]
  name     = each.value
}
locals {
  x = local.y
  y = local.x
}
resource "aws_iam_user" "e" { name = local.x }
resource "aws_iam_user" "f" {
  name = "frank"
"#;
    let unit = unit(&[("main.tf", broken)]);
    let mut found = codes(&unit);
    found.sort_unstable();
    found.dedup();
    let expected = ["cycle", "duplicate-declaration", "invalid-for-each", "syntax", "undeclared-reference"];
    assert_eq!(found, expected);
    let subjects: Vec<String> = users(&unit).into_iter().map(|(subject, _)| subject).collect();
    let expected = ["a", "b", "c", "d[\"x\"]", "e", "f"].map(|name| format!("aws_iam_user.{name}"));
    assert_eq!(subjects, expected);
}

#[test]
fn a_missing_local_module_leaves_the_unit_incomplete() {
    let unit = unit(&[("main.tf", "module \"m\" {\n  source = \"./gone\"\n}\n")]);
    assert_eq!(codes(&unit), ["module-not-found"]);
    assert!(unit.diagnostics[0].incomplete);
}

/// A module with a local that contains the one before it twice, fifty times over.
fn doubled(start: &str, twice: &str) -> String {
    let locals = (1..=50).map(|n| format!("  l{n} = {}\n", twice.replace('@', &format!("local.l{}", n - 1))));
    format!(
        "locals {{\n  l0 = {start}\n{}}}\nresource \"aws_iam_user\" \"u\" {{\n  name = jsonencode(local.l50)\n}}\n",
        locals.collect::<String>()
    )
}

#[test]
fn what_would_take_too_much_is_given_up_and_said_so() {
    let range = "locals { r = range(1000) }\nresource \"aws_iam_user\" \"u\" {\n  name = [for a in local.r : [for b in local.r : [for c in local.r : c]]][0]\n}\n";
    let secret = "aws_iam_user.u.unique_id";
    for main in [
        doubled("[1]", "[@, @]"),
        doubled("\"xxxxxxxxxx\"", "\"${@}${@}\""),
        doubled("{}", "{ a = @, b = @ }"),
        doubled("[1]", "[for x in [@, @] : x]"),
        doubled(&format!("[{secret}]"), "[@, @]").replace("jsonencode", "length"),
        range.to_owned(),
        range.replace("name = ", "name = try(").replace("[0]", ", \"safe\")"),
        range.replace("name = ", "count = can(").replace("[0]", ") ? 1 : 0"),
        range.replace("name = ", "name = aws_iam_user.u.unique_id == \"\" ? \"safe\" : "),
        doubled("[\"xxxxxxxxxx\"]", "formatlist(\"%s%s\", @, @)").replace("jsonencode", "length"),
        "resource \"aws_iam_user\" \"u\" {\n  count = 1000000000000\n}\n".to_owned(),
    ] {
        let unit = unit(&[("main.tf", &main)]);
        assert!(codes(&unit).contains(&"budget-exceeded"), "{main}: {:?}", unit.diagnostics);
        assert_eq!(users(&unit).len(), 1);
    }
}

#[test]
fn a_file_outside_of_the_root_is_said_not_to_be_read() {
    let main = "resource \"aws_iam_user\" \"u\" {\n  name = file(\"/etc/hostname\")\n}\n";
    assert_eq!(codes(&unit(&[("main.tf", main)])), ["file-not-read"]);
}

#[test]
fn what_contradicts_itself_is_said_and_the_rest_is_read() {
    let main = [
        "locals {\n  a = 1\n}\nlocals {\n  a = 2\n}\n",
        "resource \"aws_iam_user\" {\n}\nresource \"aws_iam_user\" \"a\" \"b\" {\n}\nvariable {\n}\n",
        "resource \"aws_iam_user\" \"u\" {\n  count = 1\n  for_each = {}\n  name = \"u${local.a}\"\n}\n",
    ];
    let unit = unit(&[("main.tf", &main.concat())]);
    let invalid = ["invalid-block"; 3];
    assert_eq!(
        codes(&unit),
        [&["duplicate-declaration"], invalid.as_slice(), &["invalid-for-each"]].concat()
    );
    assert_eq!(users(&unit), pairs(&[("aws_iam_user.u[0]", "u2")]));
}

#[test]
fn modules_that_call_without_end_are_given_up() {
    let call = |name: &str, dir: &str| format!("module \"{name}\" {{\n  source = \"{dir}\"\n}}\n");
    let user = "resource \"aws_iam_user\" \"u\" { name = \"u\" }\n";
    let own = unit(&[("main.tf", &(call("m", "./") + user))]);
    assert_eq!((codes(&own), users(&own).len()), (vec!["module-cycle"], 1));

    let deep: Vec<(String, String)> =
        (0..60).map(|n| (format!("m{n}/main.tf"), call("m", &format!("../m{}", n + 1)) + user)).collect();
    let last = ("m60/main.tf".to_owned(), user.to_owned());
    let files: Vec<(&str, &str)> =
        deep.iter().chain([&last]).map(|(path, text)| (path.as_str(), text.as_str())).collect();
    assert_eq!(codes(&unit(&files)), ["module-too-deep"]);
}

#[test]
fn files_that_cannot_be_read_leave_the_others() {
    let files = MemoryFiles::new([
        ("latin.tf", b"resource \"aws_iam_user\" \"l\" { name = \"\xe9\" }\n".to_vec()),
        ("main.tf", b"resource \"aws_iam_user\" \"u\" { name = \"u\" }\n".to_vec()),
    ]);
    let sources = Sources::new(files);
    let terraform = Terraform::default();
    let candidates = ["latin.tf", "main.tf"].map(Candidate::found);
    let discovery = terraform.discover(&candidates, &Environments::default(), &sources);
    let unit = terraform.read(&discovery.units[0], &sources);
    assert_eq!((codes(&unit), users(&unit).len()), (vec!["unreadable"], 1));
}

#[test]
fn the_words_of_a_provisioner_are_no_references() {
    let unit = unit(&[(
        "main.tf",
        "resource \"null_resource\" \"a\" {
           provisioner \"local-exec\" {
             when       = destroy
             on_failure = continue
             command    = \"true\"
           }
         }",
    )]);
    assert_eq!(codes(&unit), [""; 0]);
}
