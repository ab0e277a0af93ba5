// What one HTTP client may cost the server.

/** 256 KiB. A browser's offer with every codec and extension is 8 to 30 KiB. */
export const MAX_BODY_BYTES = 256 * 1024;

/** 4 KiB, of a listener's report, which comes each 5 s from each: one has some 300 bytes. */
export const MAX_REPORT_BYTES = 4 * 1024;

/** 2 KiB. The longest address of the API, with two ids of 64 characters, is under 200. */
export const MAX_URL_LENGTH = 2048;

/** The ids' own limit is 64 characters; the rest is room for percent-encoding of a wrong one. */
export const MAX_PARAM_LENGTH = 128;

/** A `User-Agent` is kept as long as its viewer; browsers' are about 120 characters. */
export const MAX_USER_AGENT_LENGTH = 256;

/** From the first byte of a request to its last. An offer needs 2.5 s on a line of 100 kbit/s. */
export const REQUEST_TIMEOUT_MS = 15_000;

/** For the header lines alone: a client that drips them holds a socket no longer than this. */
export const HEADERS_TIMEOUT_MS = 10_000;

/** How often the two timeouts above are looked at. */
export const TIMEOUT_CHECK_MS = 1_000;

/** An idle connection is kept this long for the next request; the web UI asks every 2 s. */
export const KEEP_ALIVE_MS = 10_000;

/** A connection on which nothing moves, request or answer. Longer than an answer takes to make. */
export const SILENT_CONNECTION_MS = 30_000;

/** Open connections: 1,000 viewers whose browsers open up to 6 each, and some room. */
export const MAX_CONNECTIONS = 8_192;

/** For clients that were told to come back. */
export const RETRY_AFTER_SECONDS = 5;
