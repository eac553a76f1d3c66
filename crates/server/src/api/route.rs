//! What the table says of one route.

use std::sync::Arc;

use axum::Router;
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use axum::routing::MethodRouter;
use utoipa::ToSchema;
use utoipa::openapi::{Ref, RefOr, Schema};

use crate::app::App;
use crate::audit::{Action, Audit};
use crate::auth::access::Needs;
use crate::auth::guard::{Guard, guard};

/// Schemas by name, as the OpenAPI document collects them.
pub type Schemas = Vec<(String, RefOr<Schema>)>;

/// A type of JSON on the wire: its name, and what puts it and what it is made of among the schemas.
#[derive(Debug, Clone, Copy)]
pub struct Json {
    /// A reference to the schema.
    pub reference: fn() -> Ref,
    /// Adds the schema and those it refers to.
    pub collect: fn(&mut Schemas),
}

impl Json {
    /// That of a type.
    #[must_use]
    pub fn of<T: ToSchema>() -> Self {
        Self {
            reference: || Ref::from_schema_name(T::name()),
            collect: |schemas| {
                schemas.push((T::name().into_owned(), T::schema()));
                T::schemas(schemas);
            },
        }
    }
}

/// What a body is made of.
#[derive(Debug, Clone, Copy)]
pub enum Content {
    /// Nothing.
    Nothing,
    /// JSON.
    Json(Json),
    /// Something else, of this media type.
    Other(&'static str),
}

/// A parameter of the query.
#[derive(Debug, Clone, Copy)]
pub struct Param {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub doc: &'static str,
}

/// A body that a route takes: what it is, and its JSON.
pub type Example = (&'static str, &'static str);

/// One row of the table.
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path, with `{names}`.
    pub path: &'static str,
    /// Who may use it.
    pub needs: Needs,
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// What it takes.
    pub takes: Content,
    /// Lines of JSON that it gives to those who accept `application/x-ndjson`, in words.
    pub gives_lines: Option<&'static str>,
    /// Bodies that it takes: what each is, and its JSON.
    pub examples: &'static [Example],
    /// What it gives.
    pub gives: Content,
    /// What a success is.
    pub success: &'static str,
    /// What the query may hold.
    pub params: &'static [Param],
    /// What it leaves in the audit log.
    pub audit: Audit,
    handler: MethodRouter<Arc<App>>,
}

impl Route {
    /// A route that takes and gives nothing.
    #[must_use]
    pub fn new(
        (method, path): (Method, &'static str),
        needs: Needs,
        summary: &'static str,
        handler: MethodRouter<Arc<App>>,
    ) -> Self {
        Self {
            method,
            path,
            needs,
            summary,
            takes: Content::Nothing,
            examples: &[],
            gives: Content::Nothing,
            success: "204",
            gives_lines: None,
            params: &[],
            audit: Audit::Nothing,
            handler,
        }
    }

    /// Leaves this in the audit log when it has succeeded.
    #[must_use]
    pub fn audits(mut self, action: Action) -> Self {
        self.audit = Audit::Action(action);
        self
    }

    /// Leaves this in the audit log when it has succeeded, and a failed sign-in when not.
    #[must_use]
    pub fn audits_sign_in(mut self, action: Action) -> Self {
        self.audit = Audit::SignIn(action);
        self
    }

    /// Leaves nothing in the audit log though it is no GET, because of this.
    #[must_use]
    pub fn unaudited(mut self, why: &'static str) -> Self {
        self.audit = Audit::Not(why);
        self
    }

    /// Takes JSON of this type.
    #[must_use]
    pub fn takes<T: ToSchema>(mut self) -> Self {
        self.takes = Content::Json(Json::of::<T>());
        self
    }

    /// Takes, for example, these.
    #[must_use]
    pub fn examples(mut self, examples: &'static [Example]) -> Self {
        self.examples = examples;
        self
    }

    /// Takes a body of this media type.
    #[must_use]
    pub fn takes_other(mut self, media: &'static str) -> Self {
        self.takes = Content::Other(media);
        self
    }

    /// Gives JSON of this type.
    #[must_use]
    pub fn gives<T: ToSchema>(mut self) -> Self {
        self.gives = Content::Json(Json::of::<T>());
        self.success = "200";
        self
    }

    /// Makes something and gives JSON of this type.
    #[must_use]
    pub fn makes<T: ToSchema>(self) -> Self {
        Self {
            success: "201",
            ..self.gives::<T>()
        }
    }

    /// Takes it on, and gives nothing yet.
    #[must_use]
    pub fn takes_on(mut self) -> Self {
        self.success = "202";
        self
    }

    /// Gives lines to those who accept them.
    #[must_use]
    pub fn gives_lines(mut self, what: &'static str) -> Self {
        self.gives_lines = Some(what);
        self
    }

    /// Gives a body of this media type.
    #[must_use]
    pub fn gives_other(mut self, media: &'static str) -> Self {
        self.gives = Content::Other(media);
        self.success = "200";
        self
    }

    /// Its query may hold these.
    #[must_use]
    pub fn params(mut self, params: &'static [Param]) -> Self {
        self.params = params;
        self
    }

    /// Names in the path, in order.
    pub fn path_params(&self) -> impl Iterator<Item = &'static str> {
        self.path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    }

    /// Puts the route with its guard into the router.
    pub fn mount(self, router: Router<Arc<App>>, app: &Arc<App>) -> Router<Arc<App>> {
        let state = Guard {
            app: Arc::clone(app),
            needs: self.needs,
            audit: self.audit,
        };
        router.route(
            self.path,
            self.handler.route_layer(from_fn_with_state(state, guard)),
        )
    }
}
