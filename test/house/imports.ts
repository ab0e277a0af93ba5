// What a TypeScript source imports: statically, dynamically, as a type, or as a worker's address.

/** Stands for a dynamic import whose target only running tells; no table allows it. */
export const COMPUTED = '(computed)';

const STATEMENT = /\b(?:import|export)\b(?:[^'"`;()]*?\bfrom)?\s*(['"])([^'"]+)\1/g;
const DYNAMIC = /\bimport\s*\(\s*(?:(['"`])([^'"`$]+)\1\s*[,)]|[^)])/g;
/** A worker; addresses of other files are data, not code. */
const ADDRESS = /\bnew URL\(\s*(['"`])(\.[^'"`$]+\.[jt]sx?)\1\s*,\s*import\.meta\.url/g;

export function readImports(source: string): string[] {
  const code = withoutComments(source);
  return [STATEMENT, DYNAMIC, ADDRESS].flatMap((pattern) =>
    [...code.matchAll(pattern)].map((match) => match[2] ?? COMPUTED),
  );
}

/** Strings are matched first, so that `//` in an address is no comment. */
function withoutComments(source: string): string {
  const stringOrComment =
    /('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  return source.replace(stringOrComment, (_, string: string | undefined) => string ?? ' ');
}
