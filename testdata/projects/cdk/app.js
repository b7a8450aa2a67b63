// The app whose assembly is in cdk.out, as version 2.276 of aws-cdk-lib wrote it, without what iamrail does not read:
// creation stacks, the tree, bootstrap rules and reports.
const cdk = require('aws-cdk-lib');
const { aws_iam: iam, aws_lambda: lambda, aws_codebuild: codebuild, aws_s3: s3 } = cdk;
const code = lambda.Code.fromInline('exports.handler = async () => {};');
const runtime = lambda.Runtime.NODEJS_22_X;

class Shop extends cdk.Stack {
  constructor(scope, id, props) {
    super(scope, id, props);
    const data = new s3.Bucket(this, 'Data');
    this.worker = new lambda.Function(this, 'Worker', { runtime, handler: 'index.handler', code });
    data.grantRead(this.worker);
    const inner = new cdk.NestedStack(this, 'Inner');
    this.key = new iam.AccessKey(inner, 'Key', { user: new iam.User(inner, 'Publisher') });
    this.worker.addEnvironment('PUBLISHER', this.key.accessKeyId);
  }
}

class Build extends cdk.Stack {
  constructor(scope, id, { shop, ...props }) {
    super(scope, id, props);
    const project = new codebuild.Project(this, 'Project', {
      buildSpec: codebuild.BuildSpec.fromObject({ version: '0.2', phases: {} }),
    });
    project.addToRolePolicy(new iam.PolicyStatement({ actions: ['lambda:UpdateFunctionCode'], resources: [shop.worker.functionArn] }));
    new iam.ManagedPolicy(this, 'Everything', {
      roles: [shop.worker.role],
      document: new iam.PolicyDocument({ statements: [new iam.PolicyStatement({ actions: ['*'], resources: ['*'] })] }),
    });
  }
}

const app = new cdk.App({ outdir: 'cdk.out', analyticsReporting: false });
const shop = new Shop(app, 'Shop');
new Build(app, 'Build', { shop });
const stage = new cdk.Stage(app, 'Production', { env: { account: '111122223333', region: 'eu-west-1' } });
new Shop(stage, 'Shop');
app.synth();
