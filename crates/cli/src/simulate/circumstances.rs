//! The condition keys of a request that follow from who makes it.

use std::sync::Arc;

use iamrail::core::policy::{Caller, Context};
use iamrail::core::value::{Reason, Unknown};

/// Adds the keys that AWS sets for a direct call of a principal. Where it sets one to what nobody but AWS knows, such as the
/// identifier of a user, the key is there and its value is not known.
pub(super) fn of(caller: &Caller, context: Context) -> Context {
    let unstated = |key: &str| Arc::new(Unknown::new(Reason::Unstated, key));
    let context = match caller {
        Caller::Service(name) => {
            return context
                .with("aws:PrincipalIsAWSService", ["true"])
                .with("aws:PrincipalServiceName", [&**name])
                .without("aws:username");
        }
        Caller::Federated(_) => return context.without("aws:username"),
        Caller::User(arn) | Caller::Role(arn) | Caller::Session(arn) | Caller::Root(arn) => context
            .with("aws:ViaAWSService", ["false"])
            .with("aws:PrincipalIsAWSService", ["false"])
            .with("aws:PrincipalAccount", [arn.segment(4)])
            .with("aws:PrincipalArn", [arn.to_string()]),
    };
    match caller {
        Caller::User(arn) => {
            let name = arn.segment(5).rsplit('/').next().unwrap_or_default();
            let context = context.with("aws:PrincipalType", ["User"]).with("aws:username", [name]);
            context.with_unknown("aws:userid", unstated("aws:userid"))
        }
        Caller::Root(arn) => {
            let context = context.with("aws:PrincipalType", ["Account"]).without("aws:username");
            context.with("aws:userid", [arn.segment(4)])
        }
        Caller::Session(arn) if arn.segment(5).starts_with("federated-user/") => {
            let name = arn.segment(5).split_once('/').map_or("", |(_, name)| name);
            let context = context.with("aws:PrincipalType", ["FederatedUser"]).without("aws:username");
            context.with("aws:userid", [format!("{}:{name}", arn.segment(4))])
        }
        // It is the ARN of the role, of whose path that of the session says nothing.
        Caller::Session(_) => session(context)
            .with_unknown("aws:PrincipalArn", unstated("aws:PrincipalArn"))
            .with_unknown("aws:userid", unstated("aws:userid")),
        Caller::Role(_) => session(context).with_unknown("aws:userid", unstated("aws:userid")),
        Caller::Service(_) | Caller::Federated(_) => context,
    }
}

fn session(context: Context) -> Context {
    context.with("aws:PrincipalType", ["AssumedRole"]).without("aws:username")
}
