//! Dynamic references.

use super::parameters::found;

#[test]
fn a_reference_fetches_what_a_secret_keeps_however_it_is_put_together() {
    for reference in [
        "!Sub '{{resolve:secretsmanager:${Kept}:SecretString:key}}'",
        "!Join ['', ['{{resolve:secretsmanager:', !Ref Kept, ':SecretString:key}}']]",
        "!Join [':', ['{{resolve:secretsmanager', !Ref Kept, 'SecretString:key}}']]",
        "!Sub ['{{resolve:${Name}:SecretString:key}}', {Name: !Join [':', [secretsmanager, !Ref Kept]]}]",
    ] {
        let text = format!(
            "
Resources:
  U: {{Type: AWS::IAM::User}}
  K: {{Type: AWS::IAM::AccessKey, Properties: {{UserName: !Ref U}}}}
  Kept: {{Type: AWS::SecretsManager::Secret, Properties: {{SecretString: !GetAtt K.SecretAccessKey}}}}
  F:
    Type: AWS::Lambda::Function
    Properties: {{Role: !GetAtt R.Arn, Environment: {{Variables: {{KEY: {reference}}}}}}}
  R: {{Type: AWS::IAM::Role}}
"
        );
        let found = found(&text, &[]);
        assert!(
            found.iter().any(|one| one.starts_with("workload-static-credentials F:")),
            "{reference}: {found:?}"
        );
    }
}
