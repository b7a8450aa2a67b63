//! Leaves out what a fault makes doubtful.
//!
//! Where a text is no syntax, what was meant may differ from what was read: a line that stands too far to the left ends what
//! it was meant to go on with, and a bracket too few or too many moves entries into others. So nothing is known of the entry
//! that the fault is in, and of the one before it where that may be the one that is broken; what else was read stands.

use iamrail_core::collections::HashSet;
use iamrail_core::source::Span;

use super::keys::Entries;
use super::rest::column;
use super::{Content, NodeId, Pair, Tree};
use crate::template::SECTIONS;

/// The sections that are maps of entries.
const OF_ENTRIES: [&str; 8] =
    ["Conditions", "Globals", "Hooks", "Mappings", "Outputs", "Parameters", "Resources", "Rules"];
/// What a resource may have beside its properties.
const ATTRIBUTES: [&str; 11] = [
    "Condition",
    "Connectors",
    "CreationPolicy",
    "DeletionPolicy",
    "DependsOn",
    "IgnoreGlobals",
    "Metadata",
    "Properties",
    "Type",
    "UpdatePolicy",
    "UpdateReplacePolicy",
];

/// An entry of a section, or a section that is no map of entries.
#[derive(Clone)]
struct Place {
    section: Pair,
    member: Option<Pair>,
}

impl Place {
    fn pair(&self) -> &Pair {
        self.member.as_ref().unwrap_or(&self.section)
    }

    fn is_in(&self, section: &str) -> bool {
        &*self.section.key == section && self.member.is_some()
    }

    fn is_known(&self) -> bool {
        SECTIONS.contains(&&*self.section.key)
    }
}

impl Tree {
    /// Leaves out what is doubtful of a tree with a fault. Answers the keys of the entries of sections that were.
    pub(super) fn doubt(&mut self, is_conflict: &dyn Fn(Span) -> bool) -> Vec<Span> {
        let Some(&root) = self.documents.last() else { return Vec::new() };
        let places = self.places(root);
        if !places.iter().any(Place::is_known) {
            return Vec::new();
        }
        let mut doubtful: Vec<Place> = Vec::new();
        for (at, place) in places.iter().enumerate() {
            let next = places.get(at + 1);
            let is_before_stray = next.is_some_and(|next| !next.is_known()) && place.is_known();
            let has_stray = place.is_in("Resources") && self.has_strays(place.pair().value);
            let is_last = next.is_none()
                && (self.cut.contains(&place.pair().value) || places.iter().all(Place::is_known));
            let is_before_last =
                at + 2 == places.len() && next.is_some_and(|next| !self.begins_anew(next, place));
            let is_cut = self.cut.contains(&place.pair().value);
            if is_before_stray
                || has_stray
                || is_last
                || is_before_last
                || is_cut
                || is_conflict(place.pair().key_span)
            {
                doubtful.push(place.clone());
            }
        }
        self.cut.insert(root);
        for place in &doubtful {
            self.empty(place);
        }
        self.resettle(root);
        doubtful.iter().filter_map(|place| Some(place.member.as_ref()?.key_span)).collect()
    }

    fn places(&self, root: NodeId) -> Vec<Place> {
        let sections = self.pairs(root).unwrap_or_default();
        let of = |section: &Pair| -> Vec<Place> {
            let is_map = OF_ENTRIES.contains(&&*section.key);
            let members = self.pairs(section.value).filter(|members| is_map && !members.is_empty());
            let place = |member: Option<&Pair>| Place { section: section.clone(), member: member.cloned() };
            members.map_or_else(
                || vec![place(None)],
                |members| members.iter().map(|member| place(Some(member))).collect(),
            )
        };
        sections.iter().flat_map(of).collect()
    }

    /// Whether a resource has what none has: it may have been meant for its properties, or as a resource of its own.
    fn has_strays(&self, resource: NodeId) -> bool {
        let mut attributes = self.pairs(resource).unwrap_or_default().iter();
        attributes.any(|pair| !ATTRIBUTES.contains(&&*pair.key) && !pair.key.starts_with("Fn::"))
    }

    /// Whether an entry is surely one, rather than a part of the one before that stands too far to the left.
    fn begins_anew(&self, place: &Place, before: &Place) -> bool {
        let Some(member) = &place.member else { return false };
        if place.section.key == before.section.key {
            let has = |key: &str| {
                self.pairs(member.value).is_some_and(|all| all.iter().any(|one| &*one.key == key))
            };
            return match &*place.section.key {
                "Resources" => self.is_resource(member.value) || self.fault_in_bracket,
                "Parameters" => has("Type") || self.fault_in_bracket,
                "Outputs" => has("Value") || self.fault_in_bracket,
                _ => self.fault_in_bracket,
            };
        }
        let column_of = |pair: &Pair| column(&self.file, pair.key_span);
        place.is_known() && column_of(member) == column_of(before.pair())
    }

    fn is_resource(&self, id: NodeId) -> bool {
        self.kind(id).is_some_and(|(_, kind)| kind.contains("::"))
    }

    /// The type of a declaration with its entry.
    fn kind(&self, id: NodeId) -> Option<(Pair, &str)> {
        let kind = self.pairs(id)?.iter().find(|pair| &*pair.key == "Type")?;
        Some((kind.clone(), self.node(kind.value).untagged_text()?))
    }

    /// Keeps of an entry that it is there and, of a resource, its type.
    fn empty(&mut self, place: &Place) {
        let is_kept =
            place.member.is_none() && matches!(&*place.section.key, "AWSTemplateFormatVersion" | "Transform");
        if is_kept {
            return;
        }
        let id = place.pair().value;
        let kind = self.kind(id).filter(|(_, kind)| kind.contains("::")).map(|(pair, _)| pair);
        let is_resource = place.is_in("Resources") || !place.is_known();
        let content = match kind.filter(|_| is_resource) {
            Some(kind) => Content::Mapping(Entries::new(vec![kind])),
            None => Content::Unread,
        };
        if let Some(data) = self.nodes.get_mut(id.0 as usize) {
            data.content = content;
            self.cut.insert(id);
        }
    }

    /// Takes what is no section from among the sections: resources belong to theirs, and of anything else nothing is sure.
    fn resettle(&mut self, root: NodeId) {
        let all = self.pairs(root).map(<[Pair]>::to_vec).unwrap_or_default();
        let (known, strays): (Vec<Pair>, Vec<Pair>) =
            all.into_iter().partition(|pair| SECTIONS.contains(&&*pair.key));
        let resources = known.iter().find(|pair| &*pair.key == "Resources").map(|pair| pair.value);
        let Some(resources) = resources.filter(|_| !strays.is_empty()) else { return };
        let strays = strays.into_iter().filter(|pair| self.is_resource(pair.value)).collect();
        if let Some(data) = self.nodes.get_mut(root.0 as usize) {
            data.content = Content::Mapping(Entries::new(known));
        }
        self.extend(resources, strays);
    }

    pub(super) fn pairs(&self, id: NodeId) -> Option<&[Pair]> {
        match &self.nodes.get(id.0 as usize)?.content {
            Content::Mapping(entries) => Some(entries.pairs()),
            _ => None,
        }
    }

    /// Adds the entries to a map that it does not have.
    pub(super) fn extend(&mut self, id: NodeId, new: Vec<Pair>) {
        let Some(data) = self.nodes.get_mut(id.0 as usize) else { return };
        let own = match &data.content {
            Content::Mapping(entries) => entries.pairs(),
            // The rest of a section of which nothing was read.
            Content::Unread => &[],
            _ => return,
        };
        let known: HashSet<&str> = own.iter().map(|pair| &*pair.key).collect();
        let new: Vec<Pair> = new.into_iter().filter(|pair| !known.contains(&*pair.key)).collect();
        let all = own.iter().cloned().chain(new).collect();
        self.cut.insert(id);
        data.content = Content::Mapping(Entries::new(all));
    }
}
