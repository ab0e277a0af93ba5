// WHEP: one POST with an SDP offer makes a viewer (draft-ietf-wish-whep), with the details of WHIP
// (RFC 9725) for trickling, entity tags, ICE servers and ends.

import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { sessionKey, streamId } from '#contract/streams.ts';
import { InputError, NotFoundError, StateError } from '#std/errors.ts';
import { formatEntityTag, parseIfMatch } from './entity-tag.ts';
import { formatIceLinks } from './ice-links.ts';
import type { ApiInstance } from './instance.ts';
import { MAX_USER_AGENT_LENGTH } from './limits.ts';
import { problemResponses } from './problem-responses.ts';
import type { ApiServices } from './services.ts';

const OFFER_TYPE = 'application/sdp';
const FRAGMENT_TYPE = 'application/trickle-ice-sdpfrag';

const streamPath = '/whep/:id';
const viewerPath = '/whep/:id/:sessionKey';
const streamParams = z.object({ id: streamId });
const viewerParams = z.object({ id: streamId, sessionKey });

export function addWhepRoutes(root: ApiInstance, services: ApiServices): void {
  const iceLinks = formatIceLinks(services.iceServers);
  root.register(async (app: ApiInstance) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser(
      [OFFER_TYPE, FRAGMENT_TYPE],
      { parseAs: 'string' },
      (_request, body, done) => done(null, body),
    );
    addJoin(app, services, iceLinks);
    addTrickle(app, services);
  });
  root.register(async (app: ApiInstance) => {
    // These need no body: one that is sent all the same is not read.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', (_request, _payload, done) => done(null));
    addLeave(app, services);
    addOptions(app, iceLinks);
  });
}

function addJoin(app: ApiInstance, services: ApiServices, iceLinks: string[]): void {
  app.route({
    method: 'POST',
    url: streamPath,
    onRequest: requireType(OFFER_TYPE, 'accept-post'),
    schema: {
      operationId: 'watch',
      tags: ['watching'],
      summary: 'Watch a stream',
      description:
        'Send an offer that receives video, audio or both; the answer holds all of the server’s candidates. `Location` is the viewer, to be deleted at the end. `ETag` names its ICE session for trickling. `Link` names the ICE servers to use. Of the codecs offered, the server chooses the one that the stream has.',
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
          'stream_not_found',
          'codec_refused',
          'too_large',
          'unsupported_media_type',
          'too_many_viewers',
          'stream_not_ready',
          'unavailable',
        ),
      },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      const userAgent = request.headers['user-agent']?.slice(0, MAX_USER_AGENT_LENGTH);
      const viewer = await services.viewers.join({ streamId: id, offer: request.body, userAgent });
      endUnlessAnswered(reply, () => services.viewers.leave(id, viewer.sessionKey));
      if (iceLinks.length > 0) reply.header('link', iceLinks);
      return reply
        .code(201)
        .type(OFFER_TYPE)
        .header('location', `/whep/${id}/${viewer.sessionKey}`)
        .header('etag', formatEntityTag(viewer.etag))
        .header('accept-patch', FRAGMENT_TYPE)
        .send(viewer.answer);
    },
  });
}

function addTrickle(app: ApiInstance, services: ApiServices): void {
  app.route({
    method: 'PATCH',
    url: viewerPath,
    onRequest: requireType(FRAGMENT_TYPE, 'accept-patch'),
    schema: {
      operationId: 'trickle',
      tags: ['watching'],
      summary: 'Add ICE candidates',
      description:
        'The browser’s candidates as they turn up (RFC 8840). Send the `ETag` as `If-Match`. An ICE restart (`If-Match: *`, or other credentials in the fragment) is refused with `ice_restart_unsupported`: make a new viewer and keep the last picture on screen meanwhile.',
      params: viewerParams,
      consumes: [FRAGMENT_TYPE],
      body: z.string().min(1, 'it is empty; send candidates').describe('An SDP fragment.'),
      response: {
        204: z.undefined().describe('Taken.'),
        ...problemResponses(
          'invalid_input',
          'invalid_candidate',
          'stream_not_found',
          'viewer_not_found',
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
      services.viewers.trickle(id, sessionKey, request.body, tag);
      return reply.code(204).send();
    },
  });
}

function addLeave(app: ApiInstance, services: ApiServices): void {
  app.route({
    method: 'DELETE',
    url: viewerPath,
    schema: {
      operationId: 'leave',
      tags: ['watching'],
      summary: 'Stop watching',
      description:
        'Ends the viewer at once. One that just goes away is noticed by the server some seconds later.',
      params: viewerParams,
      response: {
        200: z.undefined().describe('The viewer is gone.'),
        ...problemResponses(
          'invalid_input',
          'stream_not_found',
          'viewer_not_found',
          'unsupported_media_type',
        ),
      },
    },
    handler: (request, reply) => {
      services.viewers.leave(request.params.id, request.params.sessionKey);
      return reply.code(200).send();
    },
  });
}

function addOptions(app: ApiInstance, iceLinks: string[]): void {
  app.route({
    method: 'OPTIONS',
    url: streamPath,
    schema: {
      operationId: 'getWatchOptions',
      tags: ['watching'],
      summary: 'What to send to watch a stream',
      description:
        '`Accept-Post` names the type of the offer, `Link` the ICE servers, for players that need them before they make one. Says nothing about whether the stream exists.',
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

/** A page that is left while it joins never learns of its viewer, which would hold a place. */
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
    'If-Match: * asks for an ICE restart, which is not supported. Make a new viewer with POST and keep the last picture on screen meanwhile.',
    { code: 'ice_restart_unsupported' },
  );
}
