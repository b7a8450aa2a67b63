//! Paths on which someone passes a role to a service that then works for it.

use super::{PASS, Path, existing, new, passing};

pub(super) static PASSING: &[Path] = &[
    passing(
        "apprunner-001",
        &["tasks.apprunner.amazonaws.com"],
        &[PASS, new("apprunner:CreateService")],
        &["pathfinding:apprunner-001"],
    ),
    passing(
        "autoscaling-x1",
        &["ec2.amazonaws.com"],
        &[PASS, new("autoscaling:CreateAutoScalingGroup"), new("autoscaling:CreateLaunchConfiguration")],
        &["pmapper", "prowler"],
    )
    .in_profile(),
    passing(
        "autoscaling-x2",
        &["ec2.amazonaws.com"],
        &[PASS, existing("autoscaling:UpdateAutoScalingGroup"), new("autoscaling:CreateLaunchConfiguration")],
        &["prowler"],
    )
    .on(&["Auto Scaling group"])
    .in_profile(),
    passing(
        "batch-001",
        &["ecs-tasks.amazonaws.com"],
        &[PASS, new("batch:RegisterJobDefinition"), new("batch:SubmitJob")],
        &["pathfinding:batch-001"],
    )
    .beside(&["Batch job queue"]),
    passing(
        "batch-003",
        &["ecs-tasks.amazonaws.com"],
        &[
            PASS,
            new("batch:CreateComputeEnvironment"),
            new("batch:CreateJobQueue"),
            new("batch:RegisterJobDefinition"),
            new("batch:SubmitJob"),
        ],
        &["pathfinding:batch-003"],
    ),
    passing(
        "bedrock-001",
        &["bedrock-agentcore.amazonaws.com"],
        &[
            PASS,
            new("bedrock-agentcore:CreateCodeInterpreter"),
            new("bedrock-agentcore:StartCodeInterpreterSession"),
            new("bedrock-agentcore:InvokeCodeInterpreter"),
        ],
        &["pathfinding:bedrock-001"],
    ),
    passing(
        "bedrock-x-runtime",
        &["bedrock-agentcore.amazonaws.com"],
        &[
            PASS,
            new("bedrock-agentcore:CreateAgentRuntime"),
            new("bedrock-agentcore:CreateAgentRuntimeEndpoint"),
            new("bedrock-agentcore:CreateWorkloadIdentity"),
            new("bedrock-agentcore:InvokeAgentRuntimeCommand"),
        ],
        &["prowler"],
    ),
    passing(
        "bedrock-x-harness",
        &["bedrock-agentcore.amazonaws.com"],
        &[
            PASS,
            new("bedrock-agentcore:CreateHarness"),
            new("bedrock-agentcore:CreateAgentRuntime"),
            new("bedrock-agentcore:CreateAgentRuntimeEndpoint"),
            new("bedrock-agentcore:CreateWorkloadIdentity"),
            new("bedrock-agentcore:GetAgentRuntime"),
            new("bedrock-agentcore:InvokeAgentRuntimeCommand"),
        ],
        &["prowler"],
    ),
    passing(
        "bedrock-x-browser",
        &["bedrock-agentcore.amazonaws.com"],
        &[
            PASS,
            new("bedrock-agentcore:CreateBrowser"),
            new("bedrock-agentcore:StartBrowserSession"),
            new("bedrock-agentcore:ConnectBrowserAutomationStream"),
        ],
        &["prowler"],
    ),
    passing(
        "braket-001",
        &["braket.amazonaws.com"],
        &[PASS, new("braket:CreateJob")],
        &["pathfinding:braket-001"],
    ),
    passing(
        "cloudformation-001",
        &["cloudformation.amazonaws.com"],
        &[PASS, new("cloudformation:CreateStack")],
        &["pathfinding:cloudformation-001", "rhino:20", "pmapper", "iam-vulnerable:privesc20"],
    ),
    passing(
        "cloudformation-003",
        &["cloudformation.amazonaws.com"],
        &[PASS, new("cloudformation:CreateStackSet"), new("cloudformation:CreateStackInstances")],
        &["pathfinding:cloudformation-003"],
    ),
    passing(
        "cloudformation-004",
        &["cloudformation.amazonaws.com"],
        &[PASS, existing("cloudformation:UpdateStackSet")],
        &["pathfinding:cloudformation-004"],
    )
    .on(&["stack set"]),
    passing(
        "codebuild-001",
        &["codebuild.amazonaws.com"],
        &[PASS, new("codebuild:CreateProject"), new("codebuild:StartBuild")],
        &["pathfinding:codebuild-001", "pmapper", "iam-vulnerable:privesc-codeBuildProject"],
    ),
    passing(
        "codebuild-004",
        &["codebuild.amazonaws.com"],
        &[PASS, new("codebuild:CreateProject"), new("codebuild:StartBuildBatch")],
        &["pathfinding:codebuild-004", "pmapper"],
    ),
    passing(
        "codebuild-x-update",
        &["codebuild.amazonaws.com"],
        &[PASS, existing("codebuild:UpdateProject"), existing("codebuild:StartBuild")],
        &["pmapper"],
    )
    .on(&["CodeBuild project"]),
    passing("codestar-x1", &["codestar.amazonaws.com"], &[PASS, new("codestar:CreateProject")], &["prowler"])
        .missing("an account in which CodeStar still works"),
    passing(
        "cognitoidentity-001",
        &["cognito-identity.amazonaws.com"],
        &[PASS, existing("cognito-identity:SetIdentityPoolRoles")],
        &["pathfinding:cognitoidentity-001"],
    )
    .on(&["identity pool"]),
    passing(
        "datapipeline-001",
        &["datapipeline.amazonaws.com", "elasticmapreduce.amazonaws.com"],
        &[
            PASS,
            new("datapipeline:CreatePipeline"),
            new("datapipeline:PutPipelineDefinition"),
            new("datapipeline:ActivatePipeline"),
        ],
        &["pathfinding:datapipeline-001", "rhino:21", "iam-vulnerable:privesc21"],
    )
    .missing("an account that used AWS Data Pipeline before it was closed to others"),
    passing(
        "ec2-001",
        &["ec2.amazonaws.com"],
        &[PASS, new("ec2:RunInstances")],
        &["pathfinding:ec2-001", "rhino:3", "pmapper", "iam-vulnerable:privesc3"],
    )
    .in_profile(),
    passing(
        "ec2-spot",
        &["ec2.amazonaws.com"],
        &[PASS, new("ec2:RequestSpotInstances")],
        &["pathfinding:ec2-003 (2025)", "pathfinding:ec2-004 (2026)"],
    )
    .in_profile(),
    passing(
        "ec2-associate-profile",
        &["ec2.amazonaws.com"],
        &[PASS, existing("ec2:AssociateIamInstanceProfile")],
        &["pmapper"],
    )
    .on(&["EC2 instance", "EC2 spot instance"])
    .in_profile()
    .missing("access to a running instance"),
    passing(
        "ec2-replace-profile",
        &["ec2.amazonaws.com"],
        &[PASS, existing("ec2:ReplaceIamInstanceProfileAssociation")],
        &[],
    )
    .on(&["EC2 instance", "EC2 spot instance"])
    .in_profile()
    .missing("access to a running instance"),
    passing(
        "x-iam-addroletoinstanceprofile",
        &["ec2.amazonaws.com"],
        &[PASS, new("iam:AddRoleToInstanceProfile")],
        &[],
    )
    .missing("a running instance with an instance profile that has no role"),
    passing(
        "ecs-001",
        &["ecs-tasks.amazonaws.com"],
        &[PASS, new("ecs:CreateCluster"), new("ecs:RegisterTaskDefinition"), new("ecs:CreateService")],
        &["pathfinding:ecs-001"],
    ),
    passing(
        "ecs-002",
        &["ecs-tasks.amazonaws.com"],
        &[PASS, new("ecs:CreateCluster"), new("ecs:RegisterTaskDefinition"), new("ecs:RunTask")],
        &["pathfinding:ecs-002"],
    ),
    passing(
        "ecs-003",
        &["ecs-tasks.amazonaws.com"],
        &[PASS, new("ecs:RegisterTaskDefinition"), new("ecs:CreateService")],
        &["pathfinding:ecs-003"],
    )
    .beside(&["ECS cluster"]),
    passing(
        "ecs-004",
        &["ecs-tasks.amazonaws.com"],
        &[PASS, new("ecs:RegisterTaskDefinition"), new("ecs:RunTask")],
        &["pathfinding:ecs-004"],
    )
    .beside(&["ECS cluster"]),
    passing(
        "ecs-005",
        &["ecs-tasks.amazonaws.com"],
        &[PASS, new("ecs:RegisterTaskDefinition"), new("ecs:StartTask")],
        &["pathfinding:ecs-005"],
    )
    .beside(&["ECS cluster"])
    .missing("a container instance that is registered with the cluster"),
    passing(
        "ecs-007",
        &["ecs-tasks.amazonaws.com"],
        &[
            PASS,
            new("ecs:StartTask"),
            new("ecs:RegisterContainerInstance"),
            new("ecs:DeregisterContainerInstance"),
        ],
        &["pathfinding:ecs-007"],
    )
    .beside(&["ECS task definition"]),
    passing(
        "ecs-008",
        &["ecs-tasks.amazonaws.com"],
        &[PASS, existing("ecs:RunTask")],
        &["pathfinding:ecs-008"],
    )
    .on(&["ECS task definition"]),
    passing(
        "ecs-009",
        &["ecs-tasks.amazonaws.com"],
        &[PASS, existing("ecs:StartTask")],
        &["pathfinding:ecs-009"],
    )
    .on(&["ECS task definition"]),
    passing(
        "emr-001",
        &["ec2.amazonaws.com", "elasticmapreduce.amazonaws.com"],
        &[PASS, new("elasticmapreduce:RunJobFlow")],
        &["pathfinding:emr-001"],
    )
    .in_profile(),
    passing(
        "emrserverless-001",
        &["emr-serverless.amazonaws.com"],
        &[PASS, new("emr-serverless:CreateApplication"), new("emr-serverless:StartJobRun")],
        &["pathfinding:emrserverless-001"],
    ),
    passing(
        "gamelift-001",
        &["gamelift.amazonaws.com"],
        &[
            PASS,
            new("gamelift:CreateBuild"),
            new("gamelift:CreateFleet"),
            new("gamelift:RequestUploadCredentials"),
        ],
        &["pathfinding:gamelift-001"],
    ),
    passing(
        "glue-001",
        &["glue.amazonaws.com"],
        &[PASS, new("glue:CreateDevEndpoint")],
        &["pathfinding:glue-001", "rhino:18", "iam-vulnerable:privesc18"],
    ),
    passing(
        "glue-003",
        &["glue.amazonaws.com"],
        &[PASS, new("glue:CreateJob"), new("glue:StartJobRun")],
        &["pathfinding:glue-003"],
    ),
    passing(
        "glue-004",
        &["glue.amazonaws.com"],
        &[PASS, new("glue:CreateJob"), new("glue:CreateTrigger")],
        &["pathfinding:glue-004"],
    ),
    passing(
        "glue-005",
        &["glue.amazonaws.com"],
        &[PASS, existing("glue:UpdateJob"), existing("glue:StartJobRun")],
        &["pathfinding:glue-005"],
    )
    .on(&["Glue job"]),
    passing(
        "glue-006",
        &["glue.amazonaws.com"],
        &[PASS, existing("glue:UpdateJob"), new("glue:CreateTrigger")],
        &["pathfinding:glue-006"],
    )
    .on(&["Glue job"]),
    passing(
        "glue-007",
        &["glue.amazonaws.com"],
        &[PASS, new("glue:CreateSession"), new("glue:RunStatement")],
        &["pathfinding:glue-007"],
    ),
    passing(
        "imagebuilder-001",
        &["ec2.amazonaws.com"],
        &[
            PASS,
            new("imagebuilder:CreateComponent"),
            new("imagebuilder:CreateImageRecipe"),
            new("imagebuilder:CreateInfrastructureConfiguration"),
            new("imagebuilder:CreateImage"),
        ],
        &["pathfinding:imagebuilder-001"],
    )
    .in_profile(),
    passing(
        "kinesisanalytics-001",
        &["kinesisanalytics.amazonaws.com"],
        &[PASS, new("kinesisanalytics:CreateApplication"), new("kinesisanalytics:StartApplication")],
        &["pathfinding:kinesisanalytics-001"],
    ),
    passing(
        "lambda-001",
        &["lambda.amazonaws.com"],
        &[PASS, new("lambda:CreateFunction"), new("lambda:InvokeFunction")],
        &["pathfinding:lambda-001", "rhino:15", "pmapper", "iam-vulnerable:privesc15"],
    ),
    passing(
        "lambda-002",
        &["lambda.amazonaws.com"],
        &[PASS, new("lambda:CreateFunction"), new("lambda:CreateEventSourceMapping")],
        &["pathfinding:lambda-002", "rhino:16", "iam-vulnerable:privesc16"],
    ),
    passing(
        "lambda-006",
        &["lambda.amazonaws.com"],
        &[PASS, new("lambda:CreateFunction"), new("lambda:AddPermission")],
        &["pathfinding:lambda-006"],
    ),
    passing(
        "omics-001",
        &["omics.amazonaws.com"],
        &[PASS, new("omics:CreateWorkflow"), new("omics:StartRun"), new("s3:GetObject")],
        &["pathfinding:omics-001"],
    ),
    passing(
        "sagemaker-001",
        &["sagemaker.amazonaws.com"],
        &[PASS, new("sagemaker:CreateNotebookInstance")],
        &["pathfinding:sagemaker-001", "pmapper"],
    ),
    passing(
        "sagemaker-002",
        &["sagemaker.amazonaws.com"],
        &[PASS, new("sagemaker:CreateTrainingJob")],
        &["pathfinding:sagemaker-002", "pmapper"],
    ),
    passing(
        "sagemaker-003",
        &["sagemaker.amazonaws.com"],
        &[PASS, new("sagemaker:CreateProcessingJob")],
        &["pathfinding:sagemaker-003", "pmapper"],
    ),
    passing(
        "scheduler-001",
        &["scheduler.amazonaws.com"],
        &[PASS, new("scheduler:CreateSchedule")],
        &["pathfinding:scheduler-001"],
    ),
    passing(
        "ssm-003",
        &["ssm.amazonaws.com"],
        &[PASS, new("ssm:CreateDocument"), new("ssm:StartAutomationExecution")],
        &["pathfinding:ssm-003"],
    ),
    passing(
        "stepfunctions-001",
        &["states.amazonaws.com"],
        &[PASS, new("states:CreateStateMachine"), new("states:StartExecution")],
        &["pathfinding:stepfunctions-001"],
    ),
];
