// The log of the sound engine's thread: its lines are posted, and written by the main thread.

import type { Log, LogFields } from '#core/ports/log.ts';
import type { PostedLine } from './messages.ts';

export function createPostedLog(post: (line: PostedLine) => void, always: LogFields = {}): Log {
  const writer =
    (level: PostedLine['level']) =>
    (message: string, fields: LogFields = {}) =>
      post({ level, message, fields: { ...always, ...fields } });
  return {
    debug: writer('debug'),
    info: writer('info'),
    warn: writer('warn'),
    error: writer('error'),
    with: (fields) => createPostedLog(post, { ...always, ...fields }),
  };
}
