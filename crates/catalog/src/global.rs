//! The condition keys that requests to any service may have. The lists of the services leave most of them out; these are those of
//! the page `reference_policies_condition-keys` of the IAM User Guide.

use crate::keys::{ConditionKey, KeyType};

const fn key(name: &'static str, kind: KeyType) -> ConditionKey {
    ConditionKey { name, kind }
}

/// What is known of a key in lower case.
pub(crate) fn global_key(folded: &str) -> Option<&'static ConditionKey> {
    let is_it = |known: &&ConditionKey| match known.name.split_once("${") {
        Some((start, _)) => {
            let tag = folded.get(..start.len()).filter(|_| folded.len() > start.len());
            tag.is_some_and(|tag| tag.eq_ignore_ascii_case(start))
        }
        None => known.name.eq_ignore_ascii_case(folded),
    };
    GLOBAL.iter().find(is_it)
}

pub(crate) static GLOBAL: [ConditionKey; 53] = [
    key("aws:AssumedRoot", KeyType::String),
    key("aws:CalledVia", KeyType::Several),
    key("aws:CalledViaAWSMCP", KeyType::String),
    key("aws:CalledViaFirst", KeyType::String),
    key("aws:CalledViaLast", KeyType::String),
    key("aws:ChatbotSourceArn", KeyType::Arn),
    key("aws:CurrentTime", KeyType::Date),
    key("aws:Ec2InstanceSourcePrivateIPv4", KeyType::String),
    key("aws:Ec2InstanceSourceVpc", KeyType::String),
    key("aws:EpochTime", KeyType::Date),
    key("aws:FederatedProvider", KeyType::String),
    key("aws:IsMcpServiceAction", KeyType::Bool),
    key("aws:MultiFactorAuthAge", KeyType::Numeric),
    key("aws:MultiFactorAuthPresent", KeyType::Bool),
    key("aws:PrincipalAccount", KeyType::String),
    key("aws:PrincipalArn", KeyType::Arn),
    key("aws:PrincipalIsAWSService", KeyType::Bool),
    key("aws:PrincipalOrgID", KeyType::String),
    key("aws:PrincipalOrgPaths", KeyType::Several),
    key("aws:PrincipalServiceName", KeyType::String),
    key("aws:PrincipalServiceNamesList", KeyType::Several),
    key("aws:PrincipalTag/${TagKey}", KeyType::String),
    key("aws:PrincipalType", KeyType::String),
    key("aws:referer", KeyType::String),
    key("aws:RequestedRegion", KeyType::String),
    key("aws:RequestTag/${TagKey}", KeyType::String),
    key("aws:ResourceAccount", KeyType::String),
    key("aws:ResourceOrgID", KeyType::String),
    key("aws:ResourceOrgPaths", KeyType::Several),
    key("aws:ResourceTag/${TagKey}", KeyType::String),
    key("aws:SecureTransport", KeyType::Bool),
    key("aws:SignInSessionArn", KeyType::Arn),
    key("aws:SourceAccount", KeyType::String),
    key("aws:SourceArn", KeyType::Arn),
    key("aws:SourceIdentity", KeyType::String),
    key("aws:SourceIp", KeyType::String),
    key("aws:SourceOrgID", KeyType::String),
    key("aws:SourceOrgPaths", KeyType::Several),
    key("aws:SourceOwner", KeyType::String),
    key("aws:SourceVpc", KeyType::String),
    key("aws:SourceVpcArn", KeyType::Arn),
    key("aws:SourceVpce", KeyType::String),
    key("aws:TagKeys", KeyType::Several),
    key("aws:TokenIssueTime", KeyType::Date),
    key("aws:UserAgent", KeyType::String),
    key("aws:userid", KeyType::String),
    key("aws:username", KeyType::String),
    key("aws:ViaAWSMCPService", KeyType::Bool),
    key("aws:ViaAWSService", KeyType::Bool),
    key("aws:VpceAccount", KeyType::String),
    key("aws:VpceOrgID", KeyType::String),
    key("aws:VpceOrgPaths", KeyType::Several),
    key("aws:VpcSourceIp", KeyType::String),
];
