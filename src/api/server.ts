// Puts the HTTP API together: limits, hooks that see every request, one file per resource.

import type { Socket } from 'node:net';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { ClosedError, InputError, NotFoundError } from '#std/errors.ts';
import { addAccessRoutes } from './access.ts';
import { AllowedMethods } from './allowed-methods.ts';
import { addAudioDescriptionRoutes } from './audio-description.ts';
import { addAudioMetaRoutes } from './audio-meta.ts';
import { answerClientError } from './client-errors.ts';
import { commonHeaders } from './common-headers.ts';
import { addConsoleRoutes } from './console.ts';
import { addConsoleDeviceRoutes } from './console-devices.ts';
import { openToPages } from './cross-site.ts';
import { guard } from './guard.ts';
import { addHealthRoutes } from './health.ts';
import type { ApiInstance } from './instance.ts';
import { addJitterThresholdRoutes } from './jitter-thresholds.ts';
import { addJoinCodeRoutes } from './join-codes.ts';
import {
  HEADERS_TIMEOUT_MS,
  KEEP_ALIVE_MS,
  MAX_BODY_BYTES,
  MAX_CONNECTIONS,
  MAX_PARAM_LENGTH,
  MAX_URL_LENGTH,
  REQUEST_TIMEOUT_MS,
  SILENT_CONNECTION_MS,
  TIMEOUT_CHECK_MS,
} from './limits.ts';
import { addListenersRoutes } from './listeners.ts';
import { addMetricsRoutes } from './metrics.ts';
import { addOpenapiRoutes, watchRoutes } from './openapi.ts';
import { addPages } from './pages.ts';
import { Pipelines } from './pipelines.ts';
import { sendProblem } from './problems.ts';
import { addQosMetricsRoutes } from './qos-metrics.ts';
import { addRequestAudioRoutes } from './request-audio.ts';
import type { ApiServices } from './services.ts';
import { addSessionRoutes } from './session.ts';
import { addStreamChangeRoutes } from './stream-changes.ts';
import { addStreamsRoutes } from './streams.ts';
import { compileValidator } from './validation.ts';
import { addViewersRoutes } from './viewers.ts';
import { addWhepRoutes } from './whep.ts';
import { addWhipRoutes } from './whip.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** On the clock's `nowMs` scale. */
    startedAtMs: number;
  }
}

export interface ApiOptions {
  /** How long a client may take to send a request; tests shorten it. */
  readonly requestTimeoutMs?: number;
}

/** Not listening yet: `listen()` and `close()` are the caller's. */
export function createApi(services: ApiServices, options: ApiOptions = {}): ApiInstance {
  const app = openServer(services, options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS);
  const allowed = new AllowedMethods();
  app.addHook('onRoute', ({ url, method }) => allowed.add(url, [method].flat()));
  watchRequests(app, services, allowed);
  watchRoutes(app, services.version);
  // Only now, because the document's plugin must be there before the routes are.
  app.register(async (routes: ApiInstance) => {
    addHealthRoutes(routes, services);
    addAccessRoutes(routes, services);
    addSessionRoutes(routes, services);
    addStreamsRoutes(routes, services);
    addStreamChangeRoutes(routes, services);
    addViewersRoutes(routes, services);
    addWhepRoutes(routes, services);
    addWhipRoutes(routes, services);
    addAudioMetaRoutes(routes, services);
    addRequestAudioRoutes(routes, services);
    addAudioDescriptionRoutes(routes, services);
    addJitterThresholdRoutes(routes, services);
    addQosMetricsRoutes(routes, services);
    addConsoleRoutes(routes, services);
    addConsoleDeviceRoutes(routes, services);
    addJoinCodeRoutes(routes, services);
    addListenersRoutes(routes, services);
    addMetricsRoutes(routes, services);
    addOpenapiRoutes(routes);
    addPages(routes, services.webRoot);
  });
  return app;
}

function openServer(services: ApiServices, requestTimeoutMs: number): ApiInstance {
  let requests = 0;
  const app = fastify({
    bodyLimit: MAX_BODY_BYTES,
    connectionTimeout: SILENT_CONNECTION_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: requestTimeoutMs,
    http: {
      headersTimeout: Math.min(HEADERS_TIMEOUT_MS, requestTimeoutMs),
      connectionsCheckingInterval: Math.min(TIMEOUT_CHECK_MS, requestTimeoutMs),
    },
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    trustProxy: false,
    requestIdHeader: false,
    genReqId: () => (++requests).toString(36),
    return503OnClosing: false,
    clientErrorHandler: (error, socket) => refuseClient(services, error, socket),
    frameworkErrors: (error, request, reply) => {
      begin(services, request, reply);
      reply.raw.once('finish', () => finish(services, request, reply));
      sendProblem(reply, error);
    },
  }).withTypeProvider<ZodTypeProvider>();
  app.server.maxConnections = MAX_CONNECTIONS;
  app.setValidatorCompiler(compileValidator);
  // The views are typed by the schemas: parsing 500 of them once more would cost 1 to 7 ms of 10.
  app.setSerializerCompiler(() => JSON.stringify);
  return app;
}

function watchRequests(app: ApiInstance, services: ApiServices, allowed: AllowedMethods): void {
  const pipelines = new Pipelines();
  let closing = false;
  app.decorateReply('problem', undefined);
  app.decorateRequest('startedAtMs', 0);
  app.addHook('preClose', async () => {
    closing = true;
  });
  app.addHook('onRequest', async (request, reply) => {
    if (!pipelines.admits(request, reply)) return;
    begin(services, request, reply);
    if (openToPages(request, reply)) return reply.send();
    if (closing) throw new ClosedError('The server is shutting down. Try again in some seconds.');
    refuseLongUrl(request);
    if (request.is404) refuseUnknownRoute(request, reply, allowed);
    guard(services, request, reply);
  });
  app.addHook('onResponse', async (request, reply) => finish(services, request, reply));
  app.setNotFoundHandler((request, reply) => {
    sendProblem(reply, nothingAt(pathOf(request)));
  });
  app.setErrorHandler((error, request, reply) => {
    sendProblem(reply, error);
    if (reply.problem === 'internal') logMistake(services, request, error);
  });
}

function begin(services: ApiServices, request: FastifyRequest, reply: FastifyReply): void {
  request.startedAtMs = services.clock.nowMs();
  reply.headers(commonHeaders).header('x-request-id', request.id);
}

function finish(services: ApiServices, request: FastifyRequest, reply: FastifyReply): void {
  const route = request.is404 ? undefined : request.routeOptions.url;
  services.onRequest({
    route: route ?? 'unmatched',
    method: request.method,
    status: reply.statusCode,
    durationMs: services.clock.nowMs() - request.startedAtMs,
    problem: reply.problem,
  });
}

/** What is not a whole request has no route; it is counted all the same. */
function refuseClient(services: ApiServices, error: Error, socket: Socket): void {
  const problem = answerClientError(error, socket);
  if (!problem) return;
  const { status, code } = problem;
  const request = { route: 'unmatched', method: 'none', status, durationMs: 0 };
  services.onRequest({ ...request, problem: code });
}

function refuseLongUrl(request: FastifyRequest): void {
  if (request.url.length <= MAX_URL_LENGTH) return;
  throw new InputError(`The address is longer than ${MAX_URL_LENGTH} characters. Shorten it.`, {
    code: 'uri_too_long',
  });
}

/** Before the body is read: what nobody asked for is not taken in. */
function refuseUnknownRoute(
  request: FastifyRequest,
  reply: FastifyReply,
  allowed: AllowedMethods,
): void {
  const path = pathOf(request);
  const methods = allowed.of(path);
  if (methods.length === 0) throw nothingAt(path);
  reply.header('allow', methods.join(', '));
  throw new InputError(`${path} does not take ${request.method}, only ${methods.join(', ')}.`, {
    code: 'method_not_allowed',
  });
}

function nothingAt(path: string): NotFoundError {
  return new NotFoundError(`There is nothing at ${path}. See /docs.`);
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '/';
}

function logMistake(services: ApiServices, request: FastifyRequest, error: unknown): void {
  services.log.error('HTTP request failed', {
    request: request.id,
    method: request.method,
    route: request.routeOptions.url,
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
}
