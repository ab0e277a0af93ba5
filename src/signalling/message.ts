// A client's message, parsed once: inside there is nothing unknown.

import { type ClientMessage, clientMessage } from '#contract/signalling.ts';
import { InputError } from '#std/errors.ts';

/** Throws `invalid_json`, `invalid_input`. */
export function parseMessage(text: string): ClientMessage {
  const result = clientMessage.safeParse(parseJson(text));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue?.path.length ? `"${issue.path.join('.')}"` : 'it';
  const why = issue?.message ?? 'has the wrong shape';
  throw new InputError(
    `Cannot use the message: ${field} ${why}. See docs/reference/signalling.md.`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError('Cannot use the message: it is not JSON. Send one JSON object.', {
      code: 'invalid_json',
    });
  }
}
