//! Trust in the identity providers of build services, which is named and not judged.

use crate::model::{Aside, Model, Role};
use crate::policy::{Condition, Element};

use super::{Trusted, trusted};

/// Providers that speak for the builds of everybody, and what the trust in one of them is called that anybody's build has.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html>
const PROVIDERS: [(&str, &str); 2] = [
    ("token.actions.githubusercontent.com", "trust in builds of GitHub without a bound subject"),
    ("gitlab.com", "trust in builds of GitLab without a bound subject"),
];

/// The roles that any build of such a service may assume, whoever owns it: federation is out of scope.
pub fn unbound_builds(model: &Model) -> Vec<Aside> {
    let of_role = |role: &Role| {
        let unbound = trusted(role).into_iter().find_map(|trusted| Some((unbound(&trusted)?, trusted.span)));
        unbound.map(|(what, span)| Aside { subject: role.declared.subject.clone(), span, what })
    };
    model.roles.iter().filter_map(|(_, role)| of_role(role)).collect()
}

/// What the trust in a provider is called when the statement says nothing of whose builds it means.
fn unbound(trusted: &Trusted<'_>) -> Option<&'static str> {
    if trusted.kind != "Federated" || trusted.undecided.is_some() {
        return None;
    }
    let conditions = &trusted.statement.conditions;
    let is_meant = |host: &str| {
        let principal = trusted.element.widest_pattern();
        principal.ends_with(&format!("oidc-provider/{host}"))
            || conditions.iter().any(|one| claim(one, host).is_some())
    };
    let (host, what) = PROVIDERS.into_iter().find(|(host, _)| is_meant(host))?;
    let is_bound =
        |condition: &Condition| claim(condition, host).is_some_and(|claim| binds(condition, claim));
    let is_open = trusted.statement.conditions_open.is_some();
    (!is_open && !conditions.iter().any(is_bound)).then_some(what)
}

/// The claim of a provider's tokens that a condition asks for.
fn claim<'c>(condition: &'c Condition, host: &str) -> Option<&'c str> {
    let (provider, claim) = condition.key.rsplit_once(':')?;
    provider.eq_ignore_ascii_case(host).then_some(claim)
}

/// Whether a condition on a claim tells whose builds are meant. The audience does not; a subject does when its pattern names the
/// owner, which is what it has before its first slash.
fn binds(condition: &Condition, claim: &str) -> bool {
    let is_owned = |pattern: &str| pattern.split(['*', '?']).next().is_some_and(|fixed| fixed.contains('/'));
    let may_be_owned =
        |value: &Element| value.text.holes().next().is_some() || is_owned(&value.widest_pattern());
    match claim {
        "aud" => false,
        _ if condition.operator.contains("Not") => false,
        "sub" => condition.values.open.is_some() || condition.values.items.iter().all(may_be_owned),
        _ => true,
    }
}
