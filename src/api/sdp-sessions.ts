// Sessions that are made by one POST with an SDP offer: WHEP (draft-ietf-wish-whep) and WHIP
// (RFC 9725), which share trickling, entity tags, ICE servers and ends.

import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ProblemCode } from '#contract/problem.ts';
import { sessionKey, streamId } from '#contract/streams.ts';
import { InputError, NotFoundError, StateError } from '#std/errors.ts';
import { formatEntityTag, parseIfMatch } from './entity-tag.ts';
import { formatIceLinks } from './ice-links.ts';
import { ignoreBodies } from './ignored-bodies.ts';
import type { ApiInstance } from './instance.ts';
import { MAX_USER_AGENT_LENGTH } from './limits.ts';
import { CHANGING, problemResponses, READING } from './problem-responses.ts';
import type { ApiServices, SdpSessionsService } from './services.ts';

const OFFER_TYPE = 'application/sdp';
const FRAGMENT_TYPE = 'application/trickle-ice-sdpfrag';

/** Who has the session's key may do with it what can be done. */
const OWN_SESSION = { purpose: 'anything' } as const;

const streamParams = z.object({ id: streamId });
const sessionParams = z.object({ id: streamId, sessionKey });

interface OperationWords {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
}

export interface SdpProtocol {
  /** The first part of its paths. */
  readonly name: 'whep' | 'whip';
  readonly tag: string;
  readonly purpose: 'reading' | 'publishing';
  readonly open: OperationWords;
  readonly trickle: OperationWords;
  readonly end: OperationWords;
  readonly options: OperationWords;
  /** What an offer may be refused with besides what any offer may be. */
  readonly refusals: readonly ProblemCode[];
  /** What a session that is gone is answered with. */
  readonly gone: ProblemCode;
}

/** Its paths, what stands behind them, and what each answer of `open` says about ICE servers. */
interface Routes extends SdpProtocol {
  readonly sessions: SdpSessionsService;
  readonly iceLinks: string[];
  readonly streamPath: string;
  readonly sessionPath: string;
}

export function addSdpSessionRoutes(
  root: ApiInstance,
  protocol: SdpProtocol,
  { sessions, iceServers }: Pick<ApiServices, 'iceServers'> & { sessions: SdpSessionsService },
): void {
  const routes: Routes = {
    ...protocol,
    sessions,
    iceLinks: formatIceLinks(iceServers),
    streamPath: `/${protocol.name}/:id`,
    sessionPath: `/${protocol.name}/:id/:sessionKey`,
  };
  root.register(async (app: ApiInstance) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser(
      [OFFER_TYPE, FRAGMENT_TYPE],
      { parseAs: 'string' },
      (_request, body, done) => done(null, body),
    );
    addOpen(app, routes);
    addTrickle(app, routes);
  });
  ignoreBodies(root, (app) => {
    addEnd(app, routes);
    addOptions(app, routes);
  });
}

function addOpen(app: ApiInstance, routes: Routes): void {
  const { name, sessions, iceLinks } = routes;
  app.route({
    method: 'POST',
    url: routes.streamPath,
    config: { purpose: routes.purpose },
    onRequest: requireType(OFFER_TYPE, 'accept-post'),
    schema: {
      ...routes.open,
      tags: [routes.tag],
      params: streamParams,
      consumes: [OFFER_TYPE],
      body: z.string().min(1, 'it is empty; send the text of the offer').describe('An SDP offer.'),
      response: {
        201: {
          description: 'The answer to the offer.',
          content: { [OFFER_TYPE]: { schema: z.string() } },
        },
        ...problemResponses(
          'invalid_input',
          'invalid_sdp',
          ...(routes.purpose === 'reading' ? READING : CHANGING),
          'stream_not_found',
          'codec_refused',
          'too_large',
          'unsupported_media_type',
          'stream_not_ready',
          'unavailable',
          ...routes.refusals,
        ),
      },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      const userAgent = request.headers['user-agent']?.slice(0, MAX_USER_AGENT_LENGTH);
      const session = await sessions.open({ streamId: id, offer: request.body, userAgent });
      endUnlessAnswered(reply, () => sessions.end(id, session.sessionKey));
      if (iceLinks.length > 0) reply.header('link', iceLinks);
      return reply
        .code(201)
        .type(OFFER_TYPE)
        .header('location', `/${name}/${id}/${session.sessionKey}`)
        .header('etag', formatEntityTag(session.etag))
        .header('accept-patch', FRAGMENT_TYPE)
        .send(session.answer);
    },
  });
}

function addTrickle(app: ApiInstance, routes: Routes): void {
  app.route({
    method: 'PATCH',
    url: routes.sessionPath,
    config: OWN_SESSION,
    onRequest: requireType(FRAGMENT_TYPE, 'accept-patch'),
    schema: {
      ...routes.trickle,
      tags: [routes.tag],
      params: sessionParams,
      consumes: [FRAGMENT_TYPE],
      body: z.string().min(1, 'it is empty; send candidates').describe('An SDP fragment.'),
      response: {
        204: z.undefined().describe('Taken.'),
        ...problemResponses(
          'invalid_input',
          'invalid_candidate',
          'stream_not_found',
          routes.gone,
          'stale_session',
          'too_large',
          'unsupported_media_type',
          'ice_restart_unsupported',
        ),
      },
    },
    handler: (request, reply) => {
      const tag = parseIfMatch(request.headers['if-match']);
      const { id, sessionKey } = request.params;
      if (tag === '*') throw restartRefused();
      routes.sessions.trickle(id, sessionKey, request.body, tag);
      return reply.code(204).send();
    },
  });
}

function addEnd(app: ApiInstance, routes: Routes): void {
  app.route({
    method: 'DELETE',
    url: routes.sessionPath,
    config: OWN_SESSION,
    schema: {
      ...routes.end,
      tags: [routes.tag],
      params: sessionParams,
      response: {
        200: z.undefined().describe('The session is over.'),
        ...problemResponses(
          'invalid_input',
          'stream_not_found',
          routes.gone,
          'unsupported_media_type',
        ),
      },
    },
    handler: (request, reply) => {
      routes.sessions.end(request.params.id, request.params.sessionKey);
      return reply.code(200).send();
    },
  });
}

function addOptions(app: ApiInstance, routes: Routes): void {
  const { iceLinks } = routes;
  app.route({
    method: 'OPTIONS',
    url: routes.streamPath,
    config: { purpose: 'anything' },
    schema: {
      ...routes.options,
      tags: [routes.tag],
      params: streamParams,
      response: {
        204: z.undefined().describe('The answer is in the headers.'),
        ...problemResponses('invalid_input', 'unsupported_media_type'),
      },
    },
    handler: (_request, reply) => {
      if (iceLinks.length > 0) reply.header('link', iceLinks);
      return reply
        .code(204)
        .header('allow', 'OPTIONS, POST')
        .header('accept-post', OFFER_TYPE)
        .send();
    },
  });
}

/** Refuses a body of another type before it is read. Parameters after the type are fine. */
function requireType(type: string, acceptHeader: 'accept-post' | 'accept-patch') {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const given = request.headers['content-type'];
    if (given?.split(';')[0]?.trim().toLowerCase() === type) return;
    reply.header(acceptHeader, type);
    throw new InputError(
      `${request.method} needs a body with Content-Type: ${type}, not ${given ? `"${given}"` : 'one without Content-Type'}.`,
      { code: 'unsupported_media_type' },
    );
  };
}

/** A page that is left while its session opens never learns of it, and it would hold a place. */
function endUnlessAnswered({ raw }: FastifyReply, end: () => void): void {
  const endNow = () => {
    try {
      end();
    } catch (error) {
      // It has ended by itself in the meantime.
      if (!(error instanceof NotFoundError)) throw error;
    }
  };
  if (raw.destroyed) endNow();
  else raw.once('close', endNow);
  raw.once('finish', () => raw.off('close', endNow));
}

function restartRefused(): StateError {
  return new StateError(
    'If-Match: * asks for an ICE restart, which is not supported. Make a new session with POST; a player keeps the last picture on screen meanwhile.',
    { code: 'ice_restart_unsupported' },
  );
}
