//! Policies made ready once for all who have them.

use std::borrow::Cow;
use std::cell::RefCell;

use crate::analysis::holding::Held;
use crate::collections::{HashMap, HashSet};
use crate::model::{Deployment, Guard};
use crate::policy::{Document, Prepared};

/// The policies of a model and those of AWS, each made ready when it is first asked for: many users share them.
#[derive(Debug, Default)]
pub(super) struct Ready<'m>(RefCell<HashMap<*const Document, Prepared<'m>>>);

impl<'m> Ready<'m> {
    /// Documents made ready, as one deployment has them. What is said in that deployment alone is made ready for it alone.
    pub(super) fn prepared<'d>(&self, documents: &'d [Cow<'m, Document>]) -> Vec<Prepared<'d>> {
        let prepared = |document: &'d Cow<'m, Document>| match document {
            Cow::Borrowed(document) => self.shared(document),
            Cow::Owned(document) => Prepared::identity(document, &Guard::always()),
        };
        documents.iter().map(prepared).collect()
    }

    /// By its place, at which it stays as long as the model: it is borrowed from there.
    fn shared(&self, document: &'m Document) -> Prepared<'m> {
        let mut ready = self.0.borrow_mut();
        let prepared = ready.entry(std::ptr::from_ref(document));
        prepared.or_insert_with(|| Prepared::identity(document, &Guard::always())).clone()
    }
}

/// Documents without those that come again: a user may have one policy of AWS through many groups.
pub(super) fn once<'m>(documents: impl Iterator<Item = Cow<'m, Document>>) -> Vec<Cow<'m, Document>> {
    let mut seen = HashSet::default();
    let is_new = |document: &Cow<'m, Document>| match document {
        Cow::Borrowed(document) => seen.insert(std::ptr::from_ref(*document)),
        Cow::Owned(_) => true,
    };
    documents.filter(is_new).collect()
}

/// What someone has of a policy in a deployment.
pub(super) fn deployed<'m>(held: &Held<'m>, deployment: &Deployment) -> Option<Cow<'m, Document>> {
    let mut undecided = held.undecided.clone();
    let is_there = deployment.keeps(&held.guard, &mut undecided);
    is_there.then(|| match &held.document {
        Cow::Borrowed(document) => document.deployed(deployment, undecided.as_ref()),
        Cow::Owned(document) => Cow::Owned(document.deployed(deployment, undecided.as_ref()).into_owned()),
    })
}

#[cfg(test)]
mod tests {
    use crate::analysis::administrators::Administrators;
    use crate::analysis::mfa::{Flaws, Trusts, demands};
    use crate::analysis::sketch::{Sketch, group, user};
    use crate::model::Guard;

    #[test]
    fn what_many_share_is_made_ready_once() {
        let mut input = Sketch::default();
        let names = ["alice", "bob", "carol"];
        names.iter().for_each(|name| input.user(name));
        input.group("staff", &names);
        let own = r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#;
        input.grant(group("staff"), own, Guard::always());
        names.iter().for_each(|name| input.attach(user(name), "arn:aws:iam::aws:policy/ReadOnlyAccess"));
        let model = input.link();
        let administrators = Administrators::direct(&model);
        let (trusts, flaws) = (Trusts::of(&model), Flaws::of(&model, &administrators));
        for (id, _) in model.users.iter() {
            demands(&model, &administrators, &trusts, &flaws, id);
        }
        assert_eq!(trusts.ready().0.borrow().len(), 2);
    }
}
