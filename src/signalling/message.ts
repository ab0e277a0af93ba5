// A client's message, parsed once: inside there is nothing unknown.

import { InputError } from '#std/errors.ts';

interface MessageSchema<Message> {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: Message }
    | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

interface MessageKind<Message> {
  readonly schema: MessageSchema<Message>;
  /** Where people find what is expected. */
  readonly page: string;
}

/** Undefined is a message that is no text. Throws `invalid_json`, `invalid_input`. */
export function parseMessage<Message>(
  text: string | undefined,
  { schema, page }: MessageKind<Message>,
): Message {
  if (text === undefined) throw new InputError('Binary messages are not taken. Send JSON.');
  const result = schema.safeParse(parseJson(text));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue?.path.length ? `"${issue.path.join('.')}"` : 'it';
  const why = issue?.message ?? 'has the wrong shape';
  throw new InputError(`Cannot use the message: ${field} ${why}. See ${page}.`);
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
