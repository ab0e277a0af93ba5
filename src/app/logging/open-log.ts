// The server's log: pino behind the core's port, to the console, to rolling files, or to both.

import { type Logger, pino } from 'pino';
import type { Log, LogFields } from '#core/ports/log.ts';
import type { Clock } from '#std/clock.ts';
import type { LoggingConfig } from '../config/config.ts';
import { type ConsoleStream, consoleWriter } from './console-writer.ts';
import { RollingFile } from './rolling-file.ts';

const BYTES_PER_MB = 1024 * 1024;

/** Never logged on purpose; this is for the day when it happens by mistake. */
const SECRET_FIELDS = ['credential', 'password', 'secret', 'token', 'authorization'];

/** Keys of every line. A field of the same name gets a `_`, as JSON keys must be unique. */
const LINE_KEYS = ['time', 'level', 'message'];

interface OpenLogOptions {
  readonly logging: LoggingConfig;
  /** In production the console gets JSON lines instead of readable ones. */
  readonly server: { readonly production: boolean };
  readonly clock: Clock;
  readonly console: ConsoleStream;
}

interface OpenedLog {
  readonly log: Log;
  /** For who starts the server: to the log and, whatever its output, to the console. */
  tell(message: string): void;
  /** Writes what waits. The log stays usable, but the file gets nothing more. */
  close(): Promise<void>;
}

export function openLog(options: OpenLogOptions): OpenedLog {
  const { logging } = options;
  const toConsole = consoleWriter(options.console, { json: options.server.production });
  const file = logging.output === 'console' ? undefined : openFile(options, toConsole);
  const write = (line: string) => {
    if (logging.output !== 'file') toConsole(line);
    file?.write(line);
  };
  const log = toLog(createPino(options, write));
  const console = toLog(createPino(options, toConsole));
  const tell = (message: string) => {
    log.info(message);
    if (logging.output === 'file') console.info(message);
  };
  if (file) announce({ log, tell }, file.path, logging);
  return { log, tell, close: async () => file?.close() };
}

function createPino({ logging, clock }: OpenLogOptions, write: (line: string) => void): Logger {
  return pino(
    {
      level: logging.level,
      base: null,
      messageKey: 'message',
      timestamp: () => `,"time":"${new Date(clock.wallMs()).toISOString()}"`,
      formatters: { level: (level) => ({ level }) },
      redact: { paths: SECRET_FIELDS, censor: '[redacted]' },
    },
    { write },
  );
}

function openFile(options: OpenLogOptions, toConsole: (line: string) => void): RollingFile {
  const { logging, clock } = options;
  return new RollingFile({
    path: logging.filePath,
    maxSizeBytes: logging.maxSizeMb * BYTES_PER_MB,
    maxBackups: logging.maxBackups,
    maxAgeDays: logging.maxAgeDays,
    clock,
    formatLoss: (lines, reason) => {
      let text = '';
      const keep = (line: string) => {
        text = line;
      };
      createPino(options, keep).error(
        `${lines} log ${lines === 1 ? 'line was' : 'lines were'} lost: ${reason}`,
      );
      return text;
    },
    onTrouble: (reason) =>
      createPino(options, toConsole).error(
        `Cannot write the log file: ${reason}. Lines may be lost until it works again; see logging.file_path.`,
      ),
  });
}

/** People and scripts search for these two lines: their beginnings do not change. */
function announce(
  { log, tell }: Pick<OpenedLog, 'log' | 'tell'>,
  path: string,
  { maxSizeMb, maxBackups, maxAgeDays }: LoggingConfig,
): void {
  const age = maxAgeDays > 0 ? `${maxAgeDays} days` : 'unlimited';
  const backups = maxBackups > 0 ? maxBackups : 'unlimited';
  tell(`Log file path: ${path}`);
  log.info(
    `Log rotation settings: max_size ${maxSizeMb} MB, max_backups ${backups}, max_age ${age}, a new file each midnight`,
  );
}

function toLog(logger: Logger): Log {
  return {
    debug: (message, fields) => logger.debug(safeKeys(fields), message),
    info: (message, fields) => logger.info(safeKeys(fields), message),
    warn: (message, fields) => logger.warn(safeKeys(fields), message),
    error: (message, fields) => logger.error(safeKeys(fields), message),
    with: (fields) => toLog(logger.child(safeKeys(fields))),
  };
}

function safeKeys(fields: LogFields = {}): LogFields {
  if (!LINE_KEYS.some((key) => Object.hasOwn(fields, key))) return fields;
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [
      LINE_KEYS.includes(key) ? `${key}_` : key,
      value,
    ]),
  );
}
