//! Partitions: which of them a region belongs to, and under which domain its services are.

use std::collections::BTreeSet;
use std::sync::Arc;

use iamrail_core::model::Formula;

use super::Stack;
use super::reference::REGION;
use crate::tree::Node;

pub(super) const PARTITION: &str = "AWS::Partition";
const SUFFIX: &str = "AWS::URLSuffix";

/// Partitions, each with the starts of the names of its regions and with the suffix of its domain. The regions of the first
/// one start with a continent or a country.
const PARTITIONS: [(&str, &str, &str); 8] = [
    ("aws", "", "amazonaws.com"),
    ("aws-cn", "cn-", "amazonaws.com.cn"),
    ("aws-us-gov", "us-gov-", "amazonaws.com"),
    ("aws-iso", "us-iso-", "c2s.ic.gov"),
    ("aws-iso-b", "us-isob-", "sc2s.sgov.gov"),
    ("aws-iso-e", "eu-isoe-", "cloud.adc-e.uk"),
    ("aws-iso-f", "us-isof-", "csp.hci.ic.gov"),
    ("aws-eusc", "eusc-", "amazonaws.eu"),
];

/// How many regions of a template are told the partition of.
const MOST_REGIONS: usize = 32;

/// The partition of a region and the suffix of its domain; `None` for what is no region.
fn of_region(region: &str) -> Option<(&'static str, &'static str)> {
    let special = PARTITIONS.iter().skip(1).find(|(_, start, _)| region.starts_with(start));
    let parts: Vec<&str> = region.split('-').collect();
    let is_letters = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (place, number) = match parts.as_slice() {
        [place @ .., number] if place.len() >= 2 => (place, number),
        _ => return None,
    };
    let is_region = place.iter().all(|part| is_letters(part)) && is_number(number);
    let is_usual = is_region && place.len() == 2 && place.first().is_some_and(|first| first.len() == 2);
    let usual = PARTITIONS.first().filter(|_| is_usual);
    special.filter(|_| is_region).or(usual).map(|(partition, _, suffix)| (*partition, *suffix))
}

impl Stack {
    /// What the region that is given says of another pseudo parameter.
    pub(super) fn by_region(&self, name: &str) -> Option<&'static str> {
        let region = self.given.get(REGION)?;
        let (partition, suffix) = of_region(&region.value.as_str()?)?;
        match name {
            PARTITION => Some(partition),
            SUFFIX => Some(suffix),
            _ => None,
        }
    }

    /// Says how region, partition and domain go together, if conditions ask for more than one of them.
    pub(super) fn suppose_partitions(&self) {
        let Some(section) = self.template.section("Conditions") else { return };
        let written = self.template.tree.file_of(section.span()).slice(section.span());
        if !written.contains(PARTITION) && !written.contains(SUFFIX) {
            return;
        }
        let is = |variable: &str, value: &str| Formula::Is { variable: variable.into(), value: value.into() };
        let implies =
            |one: Formula, other: Formula| Formula::Any([Formula::Not(Arc::new(one)), other].into());
        let own = self.pseudo_id(REGION);
        let mut conditions = self.conditions.borrow_mut();
        for region in self.regions() {
            if let Some((partition, _)) = of_region(region) {
                conditions.suppose(implies(is(&own, region), is(PARTITION, partition)));
            }
        }
        if written.contains(SUFFIX) {
            for (partition, _, suffix) in PARTITIONS {
                conditions.suppose(implies(is(PARTITION, partition), is(SUFFIX, suffix)));
                let with_it = PARTITIONS.iter().filter(|(_, _, other)| *other == suffix);
                let any = with_it.map(|(partition, ..)| is(PARTITION, partition)).collect();
                conditions.suppose(implies(is(SUFFIX, suffix), Formula::Any(any)));
            }
        }
    }

    /// The regions that the template names.
    fn regions(&self) -> BTreeSet<&str> {
        let texts = self.template.tree.nodes().flat_map(|node: Node<'_>| {
            let keys = node.entries().into_iter().flatten().map(|entry| &**entry.key);
            node.text().into_iter().chain(keys)
        });
        let mut found = BTreeSet::new();
        for region in texts.filter(|text| of_region(text).is_some()) {
            found.insert(region);
            if found.len() == MOST_REGIONS {
                break;
            }
        }
        found
    }
}
