//! Made-up inputs: the same for the same size, mostly what has nothing to do with IAM, as in real repositories.

use super::Input;

/// Root modules of five files each; every tenth calls a shared module. About one in eight breaks a guardrail.
pub(super) fn terraform(files: usize) -> Input {
    let mut input = Vec::new();
    input.push(("modules/service/main.tf".to_owned(), SERVICE_MODULE.to_owned()));
    for unit in 0..files.div_ceil(5) {
        let dir = format!("teams/team-{}/service-{unit}", unit % 37);
        input.push((format!("{dir}/variables.tf"), variables()));
        input.push((format!("{dir}/network.tf"), network(unit)));
        input.push((format!("{dir}/storage.tf"), storage(unit)));
        input.push((format!("{dir}/iam.tf"), iam(unit)));
        input.push((format!("{dir}/main.tf"), compute(unit)));
    }
    input.truncate(files);
    input
}

/// Templates in YAML, every third in JSON. About one in eight breaks a guardrail.
pub(super) fn cloudformation(files: usize) -> Input {
    let template = |unit: usize| {
        let dir = format!("stacks/team-{}", unit % 37);
        if unit.is_multiple_of(3) {
            (format!("{dir}/stack-{unit}.json"), json_template(unit))
        } else {
            (format!("{dir}/stack-{unit}.yaml"), yaml_template(unit))
        }
    };
    (0..files).map(template).collect()
}

fn variables() -> String {
    let variable = |name: &str, default: &str| {
        format!(
            "variable \"{name}\" {{\n  type        = string\n  description = \"The {name} of this service\"\n  default     = \"{default}\"\n}}\n\n"
        )
    };
    ["region", "environment", "owner", "cost_center", "prefix"]
        .map(|name| variable(name, "default-value"))
        .concat()
}

fn network(unit: usize) -> String {
    let mut text = String::new();
    for rule in 0..6 {
        text.push_str(&format!(
            "resource \"aws_security_group_rule\" \"rule_{rule}\" {{\n  type              = \"ingress\"\n  from_port         = {}\n  to_port           = {}\n  protocol          = \"tcp\"\n  cidr_blocks       = [\"10.{}.0.0/16\", \"10.{rule}.1.0/24\"]\n  security_group_id = aws_security_group.service.id\n  description       = \"${{var.prefix}} port {rule}\"\n}}\n\n",
            8000 + rule,
            8000 + rule,
            unit % 200,
        ));
    }
    text + "resource \"aws_security_group\" \"service\" {\n  name   = \"${var.prefix}-service\"\n  vpc_id = \"vpc-0123456789abcdef0\"\n\n  tags = {\n    Owner       = var.owner\n    Environment = var.environment\n  }\n}\n"
}

fn storage(unit: usize) -> String {
    format!(
        "locals {{\n  bucket = \"${{var.prefix}}-data-{unit}\"\n  tables = {{ for name in [\"orders\", \"items\", \"customers\"] : name => \"${{var.prefix}}-${{name}}\" }}\n}}\n\nresource \"aws_s3_bucket\" \"data\" {{\n  bucket = local.bucket\n}}\n\nresource \"aws_s3_bucket_versioning\" \"data\" {{\n  bucket = aws_s3_bucket.data.id\n\n  versioning_configuration {{\n    status = \"Enabled\"\n  }}\n}}\n\nresource \"aws_dynamodb_table\" \"table\" {{\n  for_each     = local.tables\n  name         = each.value\n  billing_mode = \"PAY_PER_REQUEST\"\n  hash_key     = \"id\"\n\n  attribute {{\n    name = \"id\"\n    type = \"S\"\n  }}\n}}\n"
    )
}

fn iam(unit: usize) -> String {
    let action = if unit.is_multiple_of(8) { "s3:*" } else { "s3:GetObject" };
    format!(
        "data \"aws_iam_policy_document\" \"trust\" {{\n  statement {{\n    actions = [\"sts:AssumeRole\"]\n\n    principals {{\n      type        = \"Service\"\n      identifiers = [\"lambda.amazonaws.com\"]\n    }}\n  }}\n}}\n\ndata \"aws_iam_policy_document\" \"data\" {{\n  statement {{\n    actions   = [\"{action}\"]\n    resources = [\"${{aws_s3_bucket.data.arn}}/*\"]\n  }}\n\n  statement {{\n    actions   = [\"dynamodb:GetItem\", \"dynamodb:Query\"]\n    resources = [for table in aws_dynamodb_table.table : table.arn]\n  }}\n}}\n\nresource \"aws_iam_role\" \"service\" {{\n  name               = \"${{var.prefix}}-service-{unit}\"\n  description        = \"Lets service {unit} read its orders and its data\"\n  assume_role_policy = data.aws_iam_policy_document.trust.json\n}}\n\nresource \"aws_iam_role_policy\" \"data\" {{\n  name   = \"data\"\n  role   = aws_iam_role.service.id\n  policy = data.aws_iam_policy_document.data.json\n}}\n"
    )
}

fn compute(unit: usize) -> String {
    let call = if unit.is_multiple_of(10) {
        format!(
            "module \"extra\" {{\n  source = \"../../../modules/service\"\n  name   = \"extra-{unit}\"\n}}\n\n"
        )
    } else {
        String::new()
    };
    format!(
        "{call}provider \"aws\" {{\n  region = var.region\n}}\n\nresource \"aws_lambda_function\" \"service\" {{\n  function_name = \"${{var.prefix}}-service-{unit}\"\n  role          = aws_iam_role.service.arn\n  handler       = \"index.handler\"\n  runtime       = \"nodejs22.x\"\n  filename      = \"build/service.zip\"\n\n  environment {{\n    variables = {{\n      BUCKET      = aws_s3_bucket.data.bucket\n      ENVIRONMENT = var.environment\n      LOG_LEVEL   = var.environment == \"production\" ? \"warn\" : \"debug\"\n    }}\n  }}\n}}\n\nresource \"aws_cloudwatch_log_group\" \"service\" {{\n  name              = \"/aws/lambda/${{aws_lambda_function.service.function_name}}\"\n  retention_in_days = 30\n}}\n"
    )
}

const SERVICE_MODULE: &str = r#"variable "name" {
  type = string
}

resource "aws_iam_role" "service" {
  name        = var.name
  description = "Lets a service of the shared module write its logs"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
    }]
  })
}
"#;

fn yaml_template(unit: usize) -> String {
    let action = if unit.is_multiple_of(8) { "s3:*" } else { "s3:GetObject" };
    let mut text = format!(
        "AWSTemplateFormatVersion: \"2010-09-09\"\nDescription: Service {unit}\nParameters:\n  Environment:\n    Type: String\n    Default: development\n    AllowedValues: [development, staging, production]\nConditions:\n  IsProduction: !Equals [!Ref Environment, production]\nResources:\n  Role:\n    Type: AWS::IAM::Role\n    Properties:\n      Description: Lets service {unit} read its data\n      AssumeRolePolicyDocument:\n        Version: \"2012-10-17\"\n        Statement:\n          - Effect: Allow\n            Principal: {{ Service: lambda.amazonaws.com }}\n            Action: sts:AssumeRole\n      Policies:\n        - PolicyName: data\n          PolicyDocument:\n            Version: \"2012-10-17\"\n            Statement:\n              - Effect: Allow\n                Action: [{action}]\n                Resource: !Sub ${{Data.Arn}}/*\n  Function:\n    Type: AWS::Lambda::Function\n    Properties:\n      Handler: index.handler\n      Runtime: nodejs22.x\n      Role: !GetAtt Role.Arn\n      Code: {{ S3Bucket: builds, S3Key: !Sub \"service-{unit}/${{Environment}}.zip\" }}\n      Environment:\n        Variables:\n          BUCKET: !Ref Data\n          LOG_LEVEL: !If [IsProduction, warn, debug]\n  Data:\n    Type: AWS::S3::Bucket\n    DeletionPolicy: Retain\n"
    );
    for queue in 0..6 {
        text.push_str(&format!(
            "  Queue{queue}:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: !Sub \"${{AWS::StackName}}-{queue}\"\n      VisibilityTimeout: {}\n      Tags:\n        - {{ Key: Environment, Value: !Ref Environment }}\n",
            30 + queue
        ));
    }
    text
}

fn json_template(unit: usize) -> String {
    let action = if unit.is_multiple_of(8) { "s3:*" } else { "s3:GetObject" };
    let mut text = format!(
        "{{\n  \"AWSTemplateFormatVersion\": \"2010-09-09\",\n  \"Resources\": {{\n    \"Role\": {{\n      \"Type\": \"AWS::IAM::Role\",\n      \"Properties\": {{\n        \"Description\": \"Lets service {unit} read its data\",\n        \"AssumeRolePolicyDocument\": {{\n          \"Version\": \"2012-10-17\",\n          \"Statement\": [{{ \"Effect\": \"Allow\", \"Principal\": {{ \"Service\": \"lambda.amazonaws.com\" }}, \"Action\": \"sts:AssumeRole\" }}]\n        }},\n        \"Policies\": [{{\n          \"PolicyName\": \"data\",\n          \"PolicyDocument\": {{\n            \"Version\": \"2012-10-17\",\n            \"Statement\": [{{ \"Effect\": \"Allow\", \"Action\": \"{action}\", \"Resource\": {{ \"Fn::Sub\": \"${{Data.Arn}}/*\" }} }}]\n          }}\n        }}]\n      }}\n    }},\n"
    );
    for queue in 0..8 {
        text.push_str(&format!(
            "    \"Queue{queue}\": {{\n      \"Type\": \"AWS::SQS::Queue\",\n      \"Properties\": {{ \"QueueName\": {{ \"Fn::Sub\": \"${{AWS::StackName}}-{queue}\" }}, \"VisibilityTimeout\": {} }}\n    }},\n",
            30 + queue
        ));
    }
    text + "    \"Data\": { \"Type\": \"AWS::S3::Bucket\" }\n  }\n}\n"
}
