// /api/v1/session and /api/v1/password: the admin logs in at a browser, and out, and chooses a password.

import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { login, passwordChange, sessionView } from '#contract/session.ts';
import { findSessionToken, formatEndedCookie } from '#core/access/session-cookie.ts';
import { refuseCrossSite } from './cross-site.ts';
import { isAdmin, readSecret, sendSession } from './guard.ts';
import { ignoreBodies } from './ignored-bodies.ts';
import type { ApiInstance } from './instance.ts';
import { CHANGING, needsSecret, problemResponses } from './problem-responses.ts';
import type { ApiServices } from './services.ts';

const BODY = ['invalid_input', 'invalid_json', 'too_large', 'unsupported_media_type'] as const;
const PASSWORDS = ['wrong_password', 'too_many_attempts', 'too_many_logins'] as const;

/** Logging others in or out by their browsers is a trick too. */
const ownPages = {
  config: { purpose: 'anything' },
  onRequest: async (request: FastifyRequest) => refuseCrossSite(request),
} as const;

export function addSessionRoutes(app: ApiInstance, services: ApiServices): void {
  addView(app, services);
  addLogin(app, services);
  ignoreBodies(app, (scope) => addLogout(scope, services));
  addPassword(app, services);
}

function addView(app: ApiInstance, services: ApiServices): void {
  app.route({
    method: 'GET',
    url: '/api/v1/session',
    config: { purpose: 'anything' },
    schema: {
      operationId: 'getSession',
      tags: ['server'],
      summary: 'Am I logged in?',
      description:
        'Whether the cookie, or the authorization, is that of the admin, and whether there is a password to log in with.',
      response: {
        200: {
          description: 'Who asks.',
          content: { 'application/json': { schema: sessionView } },
        },
        ...problemResponses('too_many_attempts'),
      },
    },
    handler: (request, reply) => ({
      admin: isAdmin(services, request, reply),
      password_set: services.login.isPasswordSet,
    }),
  });
}

function addLogin(app: ApiInstance, services: ApiServices): void {
  app.route({
    method: 'POST',
    url: '/api/v1/session',
    ...ownPages,
    schema: {
      operationId: 'logIn',
      tags: ['server'],
      summary: 'Log in as the admin',
      description:
        'With the password, or the admin secret. The answer sets the cookie `yeoul_session`, which counts like the secret until it was not used for 12 hours. A cookie that is sent along ends.',
      body: login,
      response: {
        204: z.undefined().describe('Logged in.'),
        ...problemResponses(...BODY, ...PASSWORDS, 'cross_site'),
      },
    },
    handler: async (request, reply) => {
      const token = await services.login.login(request.body.password, request.ip);
      endSession(services, request);
      sendSession(token, request, reply);
      return reply.code(204).send();
    },
  });
}

function addLogout(app: ApiInstance, services: ApiServices): void {
  app.route({
    method: 'DELETE',
    url: '/api/v1/session',
    ...ownPages,
    schema: {
      operationId: 'logOut',
      tags: ['server'],
      summary: 'Log out again',
      description:
        'Ends the session of the cookie and takes it back. Without one, nothing happens.',
      response: {
        204: z.undefined().describe('Logged out.'),
        ...problemResponses('cross_site', 'unsupported_media_type'),
      },
    },
    handler: async (request, reply) => {
      endSession(services, request);
      const isSecure = request.protocol === 'https';
      return reply.code(204).header('set-cookie', formatEndedCookie({ isSecure })).send();
    },
  });
}

function addPassword(app: ApiInstance, services: ApiServices): void {
  app.route({
    method: 'PUT',
    url: '/api/v1/password',
    schema: {
      operationId: 'setPassword',
      tags: ['server'],
      summary: 'Choose the password of the admin',
      description:
        'All sessions end; whoever was logged in by one gets another. `current` is needed where a password is set, unless the admin secret is sent as authorization; the secret is taken as `current` too.',
      ...needsSecret,
      body: passwordChange,
      response: {
        204: z.undefined().describe('Changed.'),
        ...problemResponses(
          ...BODY,
          ...CHANGING,
          'wrong_password',
          'too_many_logins',
          'unavailable',
        ),
      },
    },
    handler: async (request, reply) => {
      const { password, current } = request.body;
      const hasSecret = readSecret(request) !== undefined;
      const change = { password, current, hasSecret, remote: request.ip };
      const token = await services.login.changePassword(change);
      if (token !== undefined) sendSession(token, request, reply);
      return reply.code(204).send();
    },
  });
}

function endSession({ sessions }: ApiServices, { headers }: FastifyRequest): void {
  const token = findSessionToken(headers.cookie);
  if (token !== undefined) sessions.end(token);
}
