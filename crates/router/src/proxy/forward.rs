//! From a request to its answer: the choice of a side and an instance, one retry where nothing can happen twice, and the
//! books. A request never changes to another group, because that would hide the failures of the one under judgement.

use super::answer::{Answer, last, own};
use super::client::Client;
use super::exchange::{Failure, Outgoing, exchange};
use super::headers;
use super::interim;
use super::relay::Relay;
use super::ticket::Ticket;
use super::tunnel;
use super::upstream::Upstream;
use crate::counters::Outcome;
use crate::group::{Backend, Group, Route};
use hyper::body::{Body, Incoming};
use hyper::header::{CONNECTION, HOST, HeaderValue, SET_COOKIE, UPGRADE};
use hyper::upgrade::OnUpgrade;
use hyper::{Method, Request, Response, StatusCode, Uri, Version};
use std::convert::Infallible;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

/// Answers one request.
pub async fn serve(
    client: Rc<Client>,
    request: Request<Incoming>,
) -> Result<Response<Answer>, Infallible> {
    client.busy.set(true);
    let response = answer(&client, request).await;
    if matches!(response.body(), Answer::Own(_)) {
        client.busy.set(false);
    }
    Ok(response)
}

async fn answer(client: &Rc<Client>, mut request: Request<Incoming>) -> Response<Answer> {
    client.number.set(client.number.get() + 1);
    client.body_failed.set(false);
    let route = client.listener.route.load_full();
    if let Some(refusal) = client.shared.refusal(client.number.get()) {
        if let Some(route) = &route {
            route.counters.add_malformed();
        }
        return last(refusal.status, refusal.because);
    }
    let Some(route) = route else {
        return last(
            StatusCode::SERVICE_UNAVAILABLE,
            "nothing is served here any more",
        );
    };
    let upgrade = headers::upgrade(request.headers());
    if upgrade.is_none() && request.headers().contains_key(UPGRADE) {
        client.shared.upgraded(false);
    }
    let Some(choice) = route.choose(request.headers()) else {
        route.counters.add_unrouted();
        client.shared.upgraded(false);
        return own(StatusCode::SERVICE_UNAVAILABLE, "no group takes traffic");
    };
    let client_side = upgrade.is_some().then(|| hyper::upgrade::on(&mut request));
    let work = Work::new(client, &route, choice.group, request, upgrade);
    let mut response = work.run(client_side).await;
    if let Some(cookie) = choice
        .new_user
        .and_then(|cookie| HeaderValue::try_from(cookie).ok())
    {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// A request that has its group.
struct Work<'a> {
    client: &'a Rc<Client>,
    route: &'a Route,
    group: Arc<Group>,
    started: Instant,
    /// The request to send; `None` after it was sent and cannot be sent again.
    ready: Option<Request<Outgoing>>,
    /// The client understands interim answers.
    modern: bool,
    /// Sending it twice does nothing twice, and it has no body.
    repeatable: bool,
}

/// What to do after a failed attempt.
enum Next {
    /// Again, to this backend with a new connection: the kept one was stale.
    Fresh(Arc<Backend>),
    /// Again, to another backend.
    Other(u64),
    /// Answer with this.
    Give(Response<Answer>),
}

impl<'a> Work<'a> {
    fn new(
        client: &'a Rc<Client>,
        route: &'a Route,
        group: Arc<Group>,
        request: Request<Incoming>,
        upgrade: Option<HeaderValue>,
    ) -> Self {
        let (mut parts, body) = request.into_parts();
        let modern = parts.version == Version::HTTP_11;
        if let Some(authority) = parts.uri.authority() {
            // RFC 9112 section 3.2.2: the target's authority wins over Host.
            if let Ok(host) = HeaderValue::from_str(authority.as_str()) {
                parts.headers.insert(HOST, host);
            }
            let path = parts.uri.path_and_query().cloned();
            parts.uri = path.map_or_else(|| Uri::from_static("/"), Uri::from);
        } else if !parts.headers.contains_key(HOST)
            && let Ok(host) = HeaderValue::try_from(client.listener.address.to_string())
        {
            parts.headers.insert(HOST, host);
        }
        headers::prepare(&mut parts.headers, client.peer, &client.peer_text);
        if let Some(protocol) = upgrade {
            parts
                .headers
                .insert(CONNECTION, HeaderValue::from_static("upgrade"));
            parts.headers.insert(UPGRADE, protocol);
        }
        let empty = body.is_end_stream();
        let repeatable = empty && repeats(&parts.method);
        let body = if empty {
            Outgoing::Nothing
        } else {
            Outgoing::Body(body, Rc::clone(client))
        };
        let mut ready = Request::new(body);
        *ready.method_mut() = parts.method;
        *ready.uri_mut() = parts.uri;
        *ready.version_mut() = Version::HTTP_11;
        *ready.headers_mut() = parts.headers;
        Work {
            client,
            route,
            group,
            started: Instant::now(),
            ready: Some(ready),
            modern,
            repeatable,
        }
    }

    async fn run(mut self, mut client_side: Option<OnUpgrade>) -> Response<Answer> {
        let mut first = self.group.next(None);
        let (mut fresh_only, mut moved) = (false, false);
        loop {
            let Some(backend) = first.take() else {
                return self.nowhere();
            };
            let ticket = self.ticket(&backend);
            match self.attempt(ticket, fresh_only, &mut client_side).await {
                Next::Give(response) => return response,
                Next::Fresh(again) => {
                    fresh_only = true;
                    first = Some(again);
                }
                Next::Other(tried) => {
                    let other = if moved {
                        None
                    } else {
                        self.group.next(Some(tried))
                    };
                    let Some(other) = other else {
                        let mut ticket = self.ticket(&backend);
                        ticket.answered(Outcome::Error);
                        return self
                            .gave_up(StatusCode::BAD_GATEWAY, "the instance could not be reached");
                    };
                    moved = true;
                    fresh_only = false;
                    first = Some(other);
                }
            }
        }
    }

    fn ticket(&self, backend: &Arc<Backend>) -> Ticket {
        let worker = &self.client.worker;
        Ticket::new(
            worker.shard,
            Arc::clone(&self.group),
            Arc::clone(backend),
            self.started,
            worker.limits.abandoned,
        )
    }

    async fn attempt(
        &mut self,
        mut ticket: Ticket,
        fresh_only: bool,
        client_side: &mut Option<OnUpgrade>,
    ) -> Next {
        let worker = Rc::clone(&self.client.worker);
        let serial = ticket.backend().serial;
        let kept = if fresh_only {
            None
        } else {
            worker.pool.take(serial, self.started, self.repeatable)
        };
        let reused = kept.is_some();
        let mut upstream = match kept {
            Some(upstream) => upstream,
            None => match Upstream::connect(ticket.backend(), worker.limits.connect).await {
                Ok(upstream) => upstream,
                Err(why) => {
                    tracing::debug!(backend = %ticket.backend().id, %why, "connection failed");
                    ticket.backend().failed();
                    ticket.cancel();
                    return Next::Other(serial);
                }
            },
        };
        let Some(mut request) = self.take_request() else {
            ticket.answered(Outcome::Error);
            return Next::Give(
                self.gave_up(StatusCode::BAD_GATEWAY, "the instance broke the connection"),
            );
        };
        if self.modern {
            interim::pass_on(&mut request, &self.client.shared);
        }
        let failure = match exchange(&mut upstream, request, self.client, self.started).await {
            Ok(response) => {
                ticket.backend().answered();
                return Next::Give(self.hand_over(response, upstream, ticket, client_side.take()));
            }
            Err(failure) => failure,
        };
        self.failed(failure, ticket, reused)
    }

    /// The request to send now; a copy stays when it may be sent again.
    fn take_request(&mut self) -> Option<Request<Outgoing>> {
        if !self.repeatable {
            return self.ready.take();
        }
        let kept = self.ready.as_ref()?;
        let mut copy = Request::new(Outgoing::Nothing);
        *copy.method_mut() = kept.method().clone();
        *copy.uri_mut() = kept.uri().clone();
        *copy.headers_mut() = kept.headers().clone();
        Some(copy)
    }

    fn failed(&mut self, failure: Failure, mut ticket: Ticket, reused: bool) -> Next {
        let backend = ticket.backend_arc();
        match failure {
            Failure::Late => {
                ticket.answered(Outcome::Error);
                return Next::Give(self.gave_up(
                    StatusCode::GATEWAY_TIMEOUT,
                    "the instance did not answer in time",
                ));
            }
            Failure::Body => {
                ticket.cancel();
                if self.client.shared.bad_body() {
                    self.route.counters.add_malformed();
                    return Next::Give(last(StatusCode::BAD_REQUEST, "chunked body malformed"));
                }
                return Next::Give(last(StatusCode::BAD_REQUEST, "request body broke off"));
            }
            Failure::Unsent(request) => {
                if !self.repeatable {
                    self.ready = Some(*request);
                }
            }
            Failure::Broken(why) => {
                tracing::debug!(backend = %backend.id, %why, "no answer");
            }
        }
        if reused {
            self.client.worker.pool.clear(backend.serial);
        } else {
            backend.failed();
        }
        if self.ready.is_none() {
            ticket.answered(Outcome::Error);
            return Next::Give(
                self.gave_up(StatusCode::BAD_GATEWAY, "the instance broke the connection"),
            );
        }
        ticket.cancel();
        if reused {
            Next::Fresh(backend)
        } else {
            Next::Other(backend.serial)
        }
    }

    /// No instance of the group takes requests.
    fn nowhere(&self) -> Response<Answer> {
        self.group.counters.finished(
            self.client.worker.shard,
            None,
            Outcome::Error,
            Some(self.started.elapsed()),
        );
        self.gave_up(
            StatusCode::SERVICE_UNAVAILABLE,
            "no instance can take this request",
        )
    }

    fn gave_up(&self, status: StatusCode, because: &str) -> Response<Answer> {
        self.client.shared.upgraded(false);
        own(status, because)
    }

    /// Passes the answer on and lets its body stream.
    fn hand_over(
        &self,
        mut response: Response<Incoming>,
        upstream: Box<Upstream>,
        mut ticket: Ticket,
        client_side: Option<OnUpgrade>,
    ) -> Response<Answer> {
        let failed = response.status().is_server_error();
        ticket.answered(if failed {
            Outcome::Error
        } else {
            Outcome::Good
        });
        let protocol = response.headers().get(UPGRADE).cloned();
        headers::strip(response.headers_mut());
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            if client_side.is_some() {
                self.client.shared.upgraded(false);
            }
            let (parts, body) = response.into_parts();
            let relay = Relay::new(body, upstream, ticket, Rc::clone(self.client));
            return Response::from_parts(parts, Answer::Relay(Box::new(relay)));
        }
        let Some(client_side) = client_side else {
            ticket.answered(Outcome::Error);
            return self.gave_up(
                StatusCode::BAD_GATEWAY,
                "the instance changed the protocol without being asked",
            );
        };
        ticket.count();
        self.client.shared.upgraded(true);
        let worker = Rc::clone(&self.client.worker);
        worker.spawn(tunnel::carry(
            client_side,
            upstream,
            ticket,
            Rc::clone(&worker),
        ));
        let mut switched = Response::new(Answer::Own(bytes::Bytes::new()));
        *switched.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        *switched.headers_mut() = std::mem::take(response.headers_mut());
        switched
            .headers_mut()
            .insert(CONNECTION, HeaderValue::from_static("upgrade"));
        if let Some(protocol) = protocol {
            switched.headers_mut().insert(UPGRADE, protocol);
        }
        switched
    }
}

/// RFC 9110 section 9.2.2: repeating it does nothing more.
fn repeats(method: &Method) -> bool {
    matches!(
        *method,
        Method::GET | Method::HEAD | Method::OPTIONS | Method::PUT | Method::DELETE | Method::TRACE
    )
}
