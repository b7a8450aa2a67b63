//! What names refer to.

use std::sync::Arc;

use iamrail_core::source::Span;
use iamrail_core::value::{Hole, Kind, Origins, Part, Reason, Text, Unknown, Value};

use super::Evaluator;
use super::frame::Frame;
use super::instance::{Expansion, Form, Instance, Key};
use super::scope::Scope;
use crate::module::Entity;
use crate::syntax::Access;

/// The workspace that every configuration has.
pub(super) const DEFAULT_WORKSPACE: &str = "default";

impl Evaluator<'_> {
    /// The value of a reference: a name with the steps behind it.
    pub(super) fn reference(
        &self,
        name: &Arc<str>,
        span: Span,
        steps: &[Access],
        scope: &Scope<'_>,
    ) -> Value {
        if let Some(value) = scope.lookup(name) {
            return self.access(value.clone(), steps, span, scope);
        }
        let Some(frame) = scope.frame else {
            return self.undeclared(span, &format!("the template has no variable `{name}`"));
        };
        let (value, rest) = match (&**name, steps) {
            ("var", [Access::Attribute(name, at), rest @ ..]) => (self.variable(frame, name, *at), rest),
            ("local", [Access::Attribute(name, at), rest @ ..]) => (self.local(frame, name, *at), rest),
            ("path", [Access::Attribute(name, at), rest @ ..]) => (self.path(frame, name, *at), rest),
            ("terraform", [Access::Attribute(name, at), rest @ ..]) => (self.terraform(name, *at), rest),
            ("each", [Access::Attribute(name, at), rest @ ..]) => (self.each(scope, name, *at), rest),
            ("count", [Access::Attribute(name, at), rest @ ..]) => (self.count(scope, name, *at), rest),
            ("self", steps) => return self.own(frame, span, steps, scope),
            ("module", [Access::Attribute(name, at), rest @ ..]) => {
                return self.module_reference(frame, name, *at, rest, scope);
            }
            ("data" | "ephemeral", [Access::Attribute(kind, _), Access::Attribute(label, at), rest @ ..]) => {
                let entity: Arc<str> = format!("{name}.{kind}.{label}").into();
                return self.resource_reference(frame, &entity, span.to(*at), rest, scope);
            }
            // The long form of a reference to a resource.
            ("resource", [Access::Attribute(kind, _), Access::Attribute(label, at), rest @ ..]) => {
                let entity: Arc<str> = format!("{kind}.{label}").into();
                return self.resource_reference(frame, &entity, span.to(*at), rest, scope);
            }
            (
                "var" | "local" | "path" | "terraform" | "each" | "count" | "module" | "data" | "ephemeral"
                | "resource",
                _,
            ) => {
                return self
                    .undeclared(span, &format!("`{name}` alone is no value; the name of one follows it"));
            }
            (kind, [Access::Attribute(label, at), rest @ ..]) => {
                let entity: Arc<str> = format!("{kind}.{label}").into();
                return self.resource_reference(frame, &entity, span.to(*at), rest, scope);
            }
            (name, _) => {
                return self.undeclared(span, &format!("nothing of the name `{name}` is declared here"));
            }
        };
        self.access(value, rest, span, scope)
    }

    /// A reference to nothing.
    pub(super) fn undeclared(&self, span: Span, message: &str) -> Value {
        self.invalid(span, "undeclared-reference", message)
    }

    /// A reference to something that a module does not declare. Where a part of the module could not be read, that has
    /// been said, and the declaration may be there.
    pub(super) fn undeclared_in(&self, frame: &Frame, span: Span, message: &str) -> Value {
        if frame.module.has_gaps() {
            return Value::unknown(Unknown::new(Reason::Invalid, self.excerpt(span))).at(span);
        }
        self.undeclared(span, message)
    }

    fn path(&self, frame: &Frame, name: &str, span: Span) -> Value {
        let known = |text: String| Value::text(text).at(span);
        match name {
            "module" => known(relative(&self.root, &frame.module.dir)),
            "root" => known(".".to_owned()),
            "cwd" => self.working_directory().at(span),
            _ => self.undeclared(span, &format!("there is no `path.{name}`")),
        }
    }

    /// Where Terraform is run: in the root module, wherever the root of the run lies.
    fn working_directory(&self) -> Value {
        let unknown = Arc::new(Unknown::new(Reason::Environment, "path.cwd"));
        if self.root.is_empty() {
            return Value::unknown(unknown);
        }
        let hole = Hole { unknown, origins: Origins::none(), span: None };
        let below = Part::Literal { text: format!("/{}", self.root).into(), span: None };
        Value::new(Kind::Text(Text::from_parts(vec![Part::Hole(Arc::new(hole)), below])))
    }

    fn terraform(&self, name: &str, span: Span) -> Value {
        match name {
            "workspace" => Value::text(self.given.workspace().unwrap_or(DEFAULT_WORKSPACE)).at(span),
            "applying" => Value::unknown(Unknown::new(Reason::Environment, "terraform.applying")).at(span),
            _ => self.undeclared(span, &format!("there is no `terraform.{name}`")),
        }
    }

    fn each(&self, scope: &Scope<'_>, name: &str, span: Span) -> Value {
        match (scope.instance.and_then(|instance| instance.each.as_ref()), name) {
            (Some((key, _)), "key") => key.clone(),
            (Some((_, value)), "value") => value.clone(),
            (None, "key" | "value") => {
                self.undeclared(span, "`each` has a meaning only in a block with `for_each`")
            }
            _ => self.undeclared(span, &format!("there is no `each.{name}`")),
        }
    }

    fn count(&self, scope: &Scope<'_>, name: &str, span: Span) -> Value {
        match (scope.instance.and_then(|instance| instance.index.as_ref()), name) {
            (Some(index), "index") => index.clone(),
            (None, "index") => self.undeclared(span, "`count` has a meaning only in a block with `count`"),
            _ => self.undeclared(span, &format!("there is no `count.{name}`")),
        }
    }

    fn own(&self, frame: &Frame, span: Span, steps: &[Access], scope: &Scope<'_>) -> Value {
        let (Some(entity), Some(instance)) = (scope.own, scope.instance) else {
            return self.undeclared(span, "`self` has a meaning only in a provisioner or a connection");
        };
        let Some((Access::Attribute(name, at), rest)) = steps.split_first() else {
            return self.undeclared(span, "`self` alone is no value; the name of an attribute follows it");
        };
        let entity: Arc<str> = entity.into();
        let Some(declared) = frame.module.entity(&entity) else { return Value::null() };
        let value = self.attribute_of(frame, &entity, declared, instance, name, *at);
        self.access(value, rest, span, scope)
    }

    fn resource_reference(
        &self,
        frame: &Frame,
        entity: &Arc<str>,
        span: Span,
        steps: &[Access],
        scope: &Scope<'_>,
    ) -> Value {
        let Some(declared) = frame.module.entity(entity) else {
            return self.undeclared_in(
                frame,
                span,
                &format!("nothing of the name `{entity}` is declared here"),
            );
        };
        let expansion = self.expansion(frame, entity, declared);
        let place = Place { frame, name: entity, span };
        self.through_instances(&place, &expansion, steps, scope, &|instance, rest| match rest {
            [Access::Attribute(name, at), rest @ ..] => {
                let value = self.attribute_of(frame, entity, declared, instance, name, span.to(*at));
                self.access(value, rest, span, scope)
            }
            rest => {
                let value = self.object(frame, entity, declared, instance, span);
                self.access(value, rest, span, scope)
            }
        })
    }

    fn module_reference(
        &self,
        frame: &Frame,
        name: &Arc<str>,
        span: Span,
        steps: &[Access],
        scope: &Scope<'_>,
    ) -> Value {
        let Some(declared) = frame.module.calls.get(name) else {
            return self.undeclared_in(frame, span, &format!("no module `{name}` is called here"));
        };
        let expansion = self.calls(frame, name, declared);
        let entity: Arc<str> = format!("module.{name}").into();
        let place = Place { frame, name: &entity, span };
        self.through_instances(&place, &expansion, steps, scope, &|instance, rest| match rest {
            [Access::Attribute(output, at), rest @ ..] => {
                let value = self.output_of(frame, name, declared, instance, output, span.to(*at));
                self.access(value, rest, span, scope)
            }
            rest => {
                let value = self.outputs_of(frame, name, declared, instance, span);
                self.access(value, rest, span, scope)
            }
        })
    }

    /// Follows the steps that choose among the instances of something, then takes the others in each.
    fn through_instances(
        &self,
        place: &Place<'_>,
        expansion: &Expansion,
        steps: &[Access],
        scope: &Scope<'_>,
        take: &dyn Fn(&Instance, &[Access]) -> Value,
    ) -> Value {
        if let Some(instance) = expansion.single() {
            return match steps {
                // A splat of a single thing is a list of it.
                [Access::Splat(each, _), behind @ ..] => {
                    let (each, rest) = each.split(behind);
                    let value = Value::list(vec![take(instance, each)]).at(place.span);
                    self.access(value, rest, place.span, scope)
                }
                // Configurations written before version 0.12 index single resources.
                [Access::Index(_), Access::Attribute(..), ..] | [Access::Index(_)] => self.invalid(
                    place.span,
                    "invalid-index",
                    format!("`{}` has no `count` or `for_each`", place.name),
                ),
                steps => take(instance, steps),
            };
        }
        match steps {
            [Access::Index(index), rest @ ..] => {
                let index = self.eval(index, scope);
                self.indexed(place, expansion, &index, &|instance| take(instance, rest))
            }
            [Access::Splat(each, _), behind @ ..] if expansion.form == Form::List => {
                let (each, rest) = each.split(behind);
                let value = self.together(place, expansion, &|instance| take(instance, each));
                self.access(value, rest, place.span, scope)
            }
            steps => {
                let value = self.together(place, expansion, &|instance| take(instance, &[]));
                self.access(value, steps, place.span, scope)
            }
        }
    }

    fn indexed(
        &self,
        place: &Place<'_>,
        expansion: &Expansion,
        index: &Value,
        take: &dyn Fn(&Instance) -> Value,
    ) -> Value {
        if let Some(value) = self.in_each_case(&[index], |case| {
            case.first().map_or_else(Value::null, |index| self.indexed(place, expansion, index, take))
        }) {
            return value;
        }
        let key = match expansion.form {
            Form::List => super::access::key_text(index).and_then(|key| key.parse().ok()).map(Key::Index),
            _ => super::access::key_text(index).map(|key| Key::Name(key.into())),
        };
        match key {
            Some(key) => match expansion.select(&key) {
                Some(instance) => take(instance),
                None => {
                    let message = format!("`{}` has no instance {key}", place.name);
                    self.invalid(place.span, "invalid-index", message)
                }
            },
            None => match expansion.instances.as_slice() {
                [only] => take(only),
                _ => {
                    let value = self.together(place, expansion, take);
                    self.index(&value, index, place.span)
                }
            },
        }
    }
}

/// What a reference refers to, and where it stands.
pub(super) struct Place<'p> {
    pub(super) frame: &'p Frame,
    pub(super) name: &'p Arc<str>,
    pub(super) span: Span,
}

/// A directory as seen from the root module, as `path.module` gives it.
fn relative(root: &str, dir: &str) -> String {
    let parts = |path: &str| path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    let (root, dir): (Vec<String>, Vec<String>) = (parts(root), parts(dir));
    let common = root.iter().zip(&dir).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..".to_owned(), root.len() - common);
    let path: Vec<String> = up.chain(dir.into_iter().skip(common)).collect();
    if path.is_empty() { ".".to_owned() } else { path.join("/") }
}

impl crate::module::Module {
    /// A resource, data source or ephemeral resource by its name in the module.
    pub(crate) fn entity(&self, name: &str) -> Option<&Entity> {
        self.resources.get(name).or_else(|| self.data.get(name))
    }
}
