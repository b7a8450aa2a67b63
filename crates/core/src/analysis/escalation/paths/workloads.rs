//! Paths on which someone takes over a workload that runs with a role.

use super::{Gain, Path, existing, new, path, taking_over};

pub(super) static WORKLOADS: &[Path] = &[
    taking_over("apprunner-002", &[existing("apprunner:UpdateService")], &["pathfinding:apprunner-002"])
        .on(&["App Runner service"]),
    taking_over("batch-002", &[existing("batch:SubmitJob")], &["pathfinding:batch-002"])
        .on(&["Batch job definition"]),
    taking_over(
        "bedrock-002",
        &[
            existing("bedrock-agentcore:StartCodeInterpreterSession"),
            existing("bedrock-agentcore:InvokeCodeInterpreter"),
        ],
        &["pathfinding:bedrock-002"],
    )
    .on(&["code interpreter"]),
    taking_over(
        "bedrock-x-runtimecmd",
        &[existing("bedrock-agentcore:InvokeAgentRuntimeCommand")],
        &["prowler"],
    )
    .on(&["agent runtime"]),
    taking_over(
        "bedrock-x-browserconnect",
        &[
            existing("bedrock-agentcore:StartBrowserSession"),
            existing("bedrock-agentcore:ConnectBrowserAutomationStream"),
        ],
        &["prowler"],
    )
    .on(&["agent browser"]),
    taking_over(
        "cloudformation-002",
        &[existing("cloudformation:UpdateStack")],
        &["pathfinding:cloudformation-002", "pmapper"],
    )
    .on(&["CloudFormation stack"]),
    taking_over(
        "cloudformation-005",
        &[existing("cloudformation:CreateChangeSet"), existing("cloudformation:ExecuteChangeSet")],
        &["pathfinding:cloudformation-005", "pmapper"],
    )
    .on(&["CloudFormation stack"]),
    taking_over(
        "codebuild-002",
        &[existing("codebuild:StartBuild")],
        &["pathfinding:codebuild-002", "pmapper"],
    )
    .on(&["CodeBuild project"]),
    taking_over(
        "codebuild-003",
        &[existing("codebuild:StartBuildBatch")],
        &["pathfinding:codebuild-003", "pmapper"],
    )
    .on(&["CodeBuild project"]),
    taking_over(
        "codedeploy-001",
        &[
            existing("codedeploy:CreateDeployment"),
            existing("codedeploy:RegisterApplicationRevision"),
            new("codedeploy:GetDeploymentConfig"),
        ],
        &["pathfinding:codedeploy-001"],
    )
    .on(&["EC2 instance", "EC2 spot instance"])
    .missing("a deployment group with the CodeDeploy agent"),
    taking_over(
        "ec2-002",
        &[
            existing("ec2:ModifyInstanceAttribute"),
            existing("ec2:StopInstances"),
            existing("ec2:StartInstances"),
        ],
        &["pathfinding:ec2-002"],
    )
    .on(&["EC2 instance", "EC2 spot instance"]),
    path(
        "ec2-launchtemplate",
        &[existing("ec2:CreateLaunchTemplateVersion"), existing("ec2:ModifyLaunchTemplate")],
        Gain::ProfiledRole,
        &["pathfinding:ec2-004 (2025)", "pathfinding:ec2-005 (2026)"],
    )
    .on(&["launch template"])
    .beside(&["Auto Scaling group"]),
    taking_over(
        "ec2instanceconnect",
        &[existing("ec2-instance-connect:SendSSHPublicKey"), new("ec2:DescribeInstances")],
        &["pathfinding:ec2instanceconnect-003"],
    )
    .on(&["EC2 instance", "EC2 spot instance"])
    .missing("a running instance that can be reached"),
    taking_over("ecs-006", &[new("ecs:ExecuteCommand"), new("ecs:DescribeTasks")], &["pathfinding:ecs-006"])
        .on(&["ECS task definition"])
        .missing("a running task with ECS Exec enabled"),
    taking_over(
        "glue-002",
        &[existing("glue:UpdateDevEndpoint")],
        &["pathfinding:glue-002", "rhino:19", "iam-vulnerable:privesc19"],
    )
    .on(&["Glue development endpoint"]),
    taking_over(
        "lambda-003",
        &[existing("lambda:UpdateFunctionCode")],
        &["pathfinding:lambda-003", "rhino:17", "pmapper", "iam-vulnerable:privesc17"],
    )
    .on(&["Lambda function"]),
    taking_over(
        "lambda-004",
        &[existing("lambda:UpdateFunctionCode"), existing("lambda:InvokeFunction")],
        &["pathfinding:lambda-004"],
    )
    .on(&["Lambda function"]),
    taking_over(
        "lambda-005",
        &[existing("lambda:UpdateFunctionCode"), existing("lambda:AddPermission")],
        &["pathfinding:lambda-005"],
    )
    .on(&["Lambda function"]),
    taking_over(
        "lambda-x-config",
        &[existing("lambda:UpdateFunctionConfiguration")],
        &["prowler", "pmapper"],
    )
    .on(&["Lambda function"]),
    taking_over(
        "sagemaker-004",
        &[existing("sagemaker:CreatePresignedNotebookInstanceUrl")],
        &["pathfinding:sagemaker-004"],
    )
    .on(&["SageMaker notebook"]),
    taking_over(
        "sagemaker-005",
        &[
            new("sagemaker:CreateNotebookInstanceLifecycleConfig"),
            existing("sagemaker:StopNotebookInstance"),
            existing("sagemaker:UpdateNotebookInstance"),
            existing("sagemaker:StartNotebookInstance"),
        ],
        &["pathfinding:sagemaker-005"],
    )
    .on(&["SageMaker notebook"]),
    taking_over("ssm-001", &[existing("ssm:StartSession")], &["pathfinding:ssm-001", "pmapper"])
        .on(&["EC2 instance", "EC2 spot instance"])
        .missing("a running instance with the SSM agent"),
    taking_over("ssm-002", &[existing("ssm:SendCommand")], &["pathfinding:ssm-002", "pmapper"])
        .on(&["EC2 instance", "EC2 spot instance"])
        .missing("a running instance with the SSM agent"),
    taking_over(
        "stepfunctions-002",
        &[existing("states:UpdateStateMachine"), existing("states:StartExecution")],
        &["pathfinding:stepfunctions-002"],
    )
    .on(&["state machine"]),
];
