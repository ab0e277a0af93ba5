// Every error of the HTTP API: problem+json (RFC 9457) with a stable code.

import { z } from 'zod';

/** Code → HTTP status. Codes are the protocol: they may be added, never changed. */
export const problemStatus = {
  invalid_input: 400,
  invalid_json: 400,
  invalid_sdp: 400,
  invalid_candidate: 400,
  admin_secret_needed: 401,
  cross_site: 403,
  wrong_password: 403,
  foreign_listener: 403,
  not_found: 404,
  stream_not_found: 404,
  viewer_not_found: 404,
  publisher_not_found: 404,
  listener_not_found: 404,
  method_not_allowed: 405,
  codec_refused: 406,
  request_timeout: 408,
  not_publishable: 409,
  not_plain: 409,
  publisher_present: 409,
  stream_exists: 409,
  stream_in_file: 409,
  set_in_file: 409,
  too_many_streams: 409,
  stale_session: 412,
  too_large: 413,
  uri_too_long: 414,
  unsupported_media_type: 415,
  ice_restart_unsupported: 422,
  too_many_attempts: 429,
  too_many_messages: 429,
  headers_too_large: 431,
  too_many_viewers: 503,
  too_many_listeners: 503,
  too_many_logins: 503,
  too_many_trials: 503,
  stream_not_ready: 503,
  console_unreachable: 503,
  unavailable: 503,
  closing: 503,
  internal: 500,
} as const;

export type ProblemCode = keyof typeof problemStatus;

/** Code → what is wrong, the same for every problem of this code. */
export const problemTitle: Readonly<Record<ProblemCode, string>> = {
  invalid_input: 'Some part of the request makes no sense.',
  invalid_json: 'The body is not valid JSON.',
  invalid_sdp: 'The offer cannot be used.',
  invalid_candidate: 'The ICE candidates cannot be used.',
  admin_secret_needed: 'This needs the admin secret, or a login.',
  cross_site: 'Pages of other sites may not change anything here.',
  wrong_password: 'The password is wrong.',
  foreign_listener: 'The listener is at another address.',
  not_found: 'There is nothing at this path.',
  stream_not_found: 'There is no stream with this id.',
  viewer_not_found: 'There is no viewer with this id on this stream.',
  publisher_not_found: 'There is no publisher with this id on this stream.',
  listener_not_found: 'There is no such listener.',
  method_not_allowed: 'This path exists, but not with this method.',
  codec_refused: 'Browser and stream have no codec in common.',
  request_timeout: 'The request took too long to arrive.',
  not_publishable: 'The stream has another source than publishers.',
  not_plain: 'The listener does not get plain RTP streams.',
  publisher_present: 'Somebody publishes to this stream already.',
  stream_exists: 'There is a stream with this id already.',
  stream_in_file: 'The stream is set in the configuration file.',
  set_in_file: 'This is set in the configuration file.',
  too_many_streams: 'There are as many streams as there may be.',
  stale_session: 'The entity tag is not that of the current ICE session.',
  too_large: 'The body is too large.',
  uri_too_long: 'The address, or one part of it, is too long.',
  unsupported_media_type: 'The body has a type that is not taken here.',
  ice_restart_unsupported: 'ICE restarts are not supported.',
  too_many_attempts: 'Too many wrong secrets or passwords came from this address.',
  too_many_messages: 'More messages came than are taken in a second.',
  headers_too_large: 'The header lines are too large.',
  too_many_viewers: 'The server has as many viewers as it may.',
  too_many_listeners: 'The server has as many listeners as it may.',
  too_many_logins: 'As many passwords are being checked as may be at once.',
  too_many_trials: 'As many cameras are being tried as may be at once.',
  stream_not_ready: 'The stream is not live yet.',
  console_unreachable: 'The mixing console does not answer.',
  unavailable: 'Something the server needs does not answer.',
  closing: 'The server is shutting down.',
  internal: 'The server has made a mistake.',
};

export const problem = z
  .object({
    type: z.string().describe('A page about this code: `/docs#problem-<code>`.'),
    title: z.string().describe('The same for every problem of this code.'),
    status: z.int(),
    code: z.string().describe('Stable; for programs.'),
    detail: z
      .string()
      .describe('What is wrong with this request, why, and what to do. For people.'),
  })
  .meta({ id: 'Problem' });

export type Problem = z.infer<typeof problem>;
