//! Long-lived credentials and devices.

use std::sync::Arc;

use iamrail_core::model::{AccessKey, Declarations, KeyForm, MfaDevice, Reference};

use super::properties::Properties;

pub(super) fn access_key(properties: &Properties<'_>, declarations: &mut Declarations) {
    key(properties, KeyForm::AccessKey, declarations);
}

pub(super) fn service_specific(properties: &Properties<'_>, declarations: &mut Declarations) {
    key(properties, KeyForm::ServiceSpecific, declarations);
}

fn key(properties: &Properties<'_>, form: KeyForm, declarations: &mut Declarations) {
    let mut key = AccessKey::new(Arc::clone(properties.declared));
    key.user = Reference::new(properties.value("UserName"));
    key.status = properties.value("Status");
    key.renewal = properties.value("Serial");
    key.form = form;
    declarations.access_keys.add(key);
}

/// A device is assigned to the users that it lists, which is at most one.
pub(super) fn mfa_device(properties: &Properties<'_>, declarations: &mut Declarations) {
    let mut device = MfaDevice::new(Arc::clone(properties.declared));
    device.user = properties.items("Users").into_iter().next().map(|item| Reference::new(item.value));
    declarations.mfa_devices.add(device);
}
