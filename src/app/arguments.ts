// The command line: `yeoul [--config PATH] [--reset-admin-secret] [--version] [--help]`, `yeoul listen …`.

import { InputError } from '#std/errors.ts';
import { didYouMean } from './nearest.ts';

type Arguments =
  | {
      readonly type: 'run' | 'reset-admin-secret';
      readonly configPath: string | undefined;
    }
  | { readonly type: 'listen'; readonly words: readonly string[] }
  | { readonly type: 'version' }
  | { readonly type: 'help' };

const RESET = '--reset-admin-secret';
const LISTEN = 'listen';
const KNOWN = ['--config', RESET, '--version', '--help', LISTEN];

export const helpText = `Usage: yeoul [--config PATH]
       yeoul listen [--help]

Serves live media to browsers; \`yeoul listen\` listens to a server's console.

  --config PATH         read this configuration file (default: yeoul.yaml, if there is one)
  --reset-admin-secret  make and print a new admin secret and end; a running server has to be
                        restarted to take it
  --version             print the version and end
  --help                print this text and end

yeoul.example.yaml explains every setting. The environment comes before the file:
YEOUL_SERVER_HTTP_PORT=9000 sets server.http_port.
`;

/** `words` are those after the program's name. */
export function parseArguments(words: readonly string[]): Arguments {
  if (words[0] === LISTEN) return { type: 'listen', words: words.slice(1) };
  let configPath: string | undefined;
  let type: 'run' | 'reset-admin-secret' = 'run';
  for (let index = 0; index < words.length; index++) {
    const [flag, inline] = splitFlag(words[index] ?? '');
    if (flag === RESET && inline === undefined) {
      type = 'reset-admin-secret';
      continue;
    }
    if (flag !== '--config') return parseLoneFlag(flag, inline);
    if (configPath !== undefined) throw refuse('--config is there twice.');
    configPath = inline ?? words[++index];
    if (!configPath || configPath.startsWith('--')) throw refuse('--config needs a path.');
  }
  return { type, configPath };
}

/** `--config=PATH` is one word with two parts. */
function splitFlag(word: string): [flag: string, value: string | undefined] {
  const equals = word.startsWith('--') ? word.indexOf('=') : -1;
  return equals < 0 ? [word, undefined] : [word.slice(0, equals), word.slice(equals + 1)];
}

function parseLoneFlag(flag: string, value: string | undefined): Arguments {
  if (flag === '--version' || flag === '--help' || flag === RESET) {
    if (value !== undefined || flag === RESET) throw refuse(`${flag} takes no value.`);
    return { type: flag === '--help' ? 'help' : 'version' };
  }
  const kind = flag.startsWith('-') ? 'Unknown flag' : 'Unexpected argument';
  throw refuse(`${kind} ${JSON.stringify(flag.slice(0, 40))}.${didYouMean(flag, KNOWN)}`);
}

function refuse(problem: string): InputError {
  return new InputError(`${problem} Try yeoul --help.`, { code: 'invalid_arguments' });
}
