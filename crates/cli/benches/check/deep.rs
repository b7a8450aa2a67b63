//! Made-up inputs that are large in one respect, each at two sizes: ten times the input shall take ten times as long.

use super::Input;

/// One root module with this many resources, each with a role and a policy of its own kind.
pub(super) fn resources(count: usize) -> Input {
    let mut files = Vec::new();
    for from in (0..count / 2).step_by(100) {
        let mut text = String::new();
        for n in from..(from + 100).min(count / 2) {
            text.push_str(&format!(
                "resource \"aws_iam_role\" \"r{n}\" {{\n  name               = \"role-{n}\"\n  description        = \"Lets service {n} read its data\"\n  assume_role_policy = jsonencode({{\n    Version   = \"2012-10-17\"\n    Statement = [{{ Effect = \"Allow\", Action = \"sts:AssumeRole\", Principal = {{ Service = \"lambda.amazonaws.com\" }} }}]\n  }})\n}}\n\nresource \"aws_iam_role_policy\" \"r{n}\" {{\n  name   = \"data\"\n  role   = aws_iam_role.r{n}.id\n  policy = jsonencode({{\n    Version   = \"2012-10-17\"\n    Statement = [{{ Effect = \"Allow\", Action = [\"s3:GetObject\"], Resource = \"arn:aws:s3:::data-{n}/*\" }}]\n  }})\n}}\n\n"
            ));
        }
        files.push((format!("roles-{from}.tf"), text));
    }
    files
}

/// Modules that call each other this deep, a name handed down and an ARN handed back; a hundred resources in each.
pub(super) fn nested(depth: usize) -> Input {
    let module = |level: usize| {
        let mut text = "variable \"name\" {\n  type    = string\n  default = \"root\"\n}\n\noutput \"arn\" {\n  value = aws_iam_role.r0.arn\n}\n\n".to_owned();
        for n in 0..100 {
            text.push_str(&format!(
                "resource \"aws_iam_role\" \"r{n}\" {{\n  name        = \"${{var.name}}-{n}\"\n  description = \"Lets service {n} of level {level} read its data\"\n}}\n\n"
            ));
        }
        if level < depth {
            text.push_str(&format!(
                "module \"next\" {{\n  source = \"../m{}\"\n  name   = \"${{var.name}}-{level}\"\n}}\n\noutput \"next\" {{\n  value = module.next.arn\n}}\n",
                level + 1
            ));
        }
        (format!("m{level}/main.tf"), text)
    };
    (0..=depth).map(module).collect()
}

/// `for_each` over this many elements, for a role and a policy each.
pub(super) fn for_each(count: usize) -> Input {
    let names: String = (0..count).map(|n| format!("    \"service-{n}\" = \"bucket-{n}\"\n")).collect();
    let text = format!(
        "locals {{\n  services = {{\n{names}  }}\n}}\n\nresource \"aws_iam_role\" \"service\" {{\n  for_each    = local.services\n  name        = each.key\n  description = \"Lets ${{each.key}} read its data\"\n}}\n\nresource \"aws_iam_role_policy\" \"service\" {{\n  for_each = local.services\n  name     = \"data\"\n  role     = aws_iam_role.service[each.key].id\n  policy = jsonencode({{\n    Version   = \"2012-10-17\"\n    Statement = [{{ Effect = \"Allow\", Action = [\"s3:GetObject\"], Resource = \"arn:aws:s3:::${{each.value}}/*\" }}]\n  }})\n}}\n"
    );
    vec![("main.tf".to_owned(), text)]
}

/// How many expressions [`expressions`] evaluates for an element.
pub(super) const EXPRESSIONS_AN_ELEMENT: usize = 16;

/// A list that is computed element by element, all of it part of a role's description.
pub(super) fn expressions(elements: usize) -> Input {
    let digits: String = (0..100).map(|n| format!("{n}, ")).collect();
    let text = format!(
        "locals {{\n  digits = [{digits}]\n  rounds = range({})\n}}\n\nresource \"aws_iam_role\" \"r\" {{\n  name        = \"r\"\n  description = \"Sums to ${{length(flatten([for r in local.rounds : [for d in local.digits : d * 3 + r % 7 > 10 && d != r ? \"a${{d}}\" : upper(\"b\")]]))}}\"\n}}\n",
        elements / 100
    );
    vec![("main.tf".to_owned(), text)]
}

/// A plan of at least this many bytes: roles with policies, and much that means nothing to IAM.
pub(super) fn plan(bytes: usize) -> Input {
    let mut changes = String::new();
    let mut resources = String::new();
    let mut n = 0;
    while changes.len() + resources.len() < bytes {
        let separator = if n == 0 { "" } else { "," };
        changes.push_str(&format!(
            r#"{separator}{{"address":"aws_iam_role.r{n}","mode":"managed","type":"aws_iam_role","name":"r{n}","provider_name":"registry.terraform.io/hashicorp/aws","change":{{"actions":["create"],"before":null,"after":{{"name":"role-{n}","description":"Lets service {n} read its data","assume_role_policy":"{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\",\"Principal\":{{\"Service\":\"lambda.amazonaws.com\"}}}}]}}","tags":{{"owner":"team-{n}"}}}},"after_unknown":{{"arn":true,"id":true,"unique_id":true,"create_date":true}},"before_sensitive":false,"after_sensitive":{{}}}}}},{{"address":"aws_iam_role_policy.r{n}","mode":"managed","type":"aws_iam_role_policy","name":"r{n}","provider_name":"registry.terraform.io/hashicorp/aws","change":{{"actions":["create"],"before":null,"after":{{"name":"data","policy":"{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\"],\"Resource\":\"arn:aws:s3:::data-{n}/*\"}}]}}"}},"after_unknown":{{"id":true,"role":true}},"before_sensitive":false,"after_sensitive":{{}}}}}},{{"address":"aws_security_group_rule.s{n}","mode":"managed","type":"aws_security_group_rule","name":"s{n}","provider_name":"registry.terraform.io/hashicorp/aws","change":{{"actions":["create"],"before":null,"after":{{"type":"ingress","from_port":{n},"to_port":{n},"protocol":"tcp","cidr_blocks":["10.0.0.0/16"],"description":"service {n}"}},"after_unknown":{{"id":true,"security_group_id":true}},"before_sensitive":false,"after_sensitive":{{}}}}}}"#
        ));
        resources.push_str(&format!(
            r#"{separator}{{"address":"aws_iam_role.r{n}","mode":"managed","type":"aws_iam_role","name":"r{n}","provider_config_key":"aws","expressions":{{"name":{{"constant_value":"role-{n}"}},"description":{{"constant_value":"Lets service {n} read its data"}}}},"schema_version":0}},{{"address":"aws_iam_role_policy.r{n}","mode":"managed","type":"aws_iam_role_policy","name":"r{n}","provider_config_key":"aws","expressions":{{"name":{{"constant_value":"data"}},"role":{{"references":["aws_iam_role.r{n}.id","aws_iam_role.r{n}"]}}}},"schema_version":0}}"#
        ));
        n += 1;
    }
    let text = format!(
        r#"{{"format_version":"1.2","terraform_version":"1.11.4","complete":true,"resource_changes":[{changes}],"configuration":{{"provider_config":{{"aws":{{"name":"aws"}}}},"root_module":{{"resources":[{resources}]}}}}}}"#
    );
    vec![("plan.json".to_owned(), text)]
}

/// One template of at least this many bytes: roles with what they may do, and queues that mean nothing to IAM.
pub(super) fn template(bytes: usize) -> Input {
    let mut text = "AWSTemplateFormatVersion: \"2010-09-09\"\nParameters:\n  Environment:\n    Type: String\nConditions:\n  IsProduction: !Equals [!Ref Environment, production]\nResources:\n".to_owned();
    let mut n = 0;
    while text.len() < bytes {
        text.push_str(&format!(
            "  Role{n}:\n    Type: AWS::IAM::Role\n    Properties:\n      Description: Lets service {n} read its data\n      AssumeRolePolicyDocument:\n        Version: \"2012-10-17\"\n        Statement:\n          - {{ Effect: Allow, Action: \"sts:AssumeRole\", Principal: {{ Service: lambda.amazonaws.com }} }}\n      Policies:\n        - PolicyName: data\n          PolicyDocument:\n            Version: \"2012-10-17\"\n            Statement:\n              - Effect: Allow\n                Action: [\"s3:GetObject\"]\n                Resource: !Sub \"arn:${{AWS::Partition}}:s3:::data-{n}-${{Environment}}/*\"\n  Queue{n}:\n    Type: AWS::SQS::Queue\n    Condition: IsProduction\n    Properties:\n      QueueName: !Sub \"${{AWS::StackName}}-{n}\"\n      VisibilityTimeout: 30\n"
        ));
        n += 1;
    }
    vec![("template.yaml".to_owned(), text)]
}
