// Which methods a path takes, for the `Allow` of a 405 (RFC 9110 §15.5.6).

export class AllowedMethods {
  readonly #routes: { readonly segments: readonly string[]; readonly methods: Set<string> }[] = [];

  add(pattern: string, methods: readonly string[]): void {
    this.#routes.push({ segments: pattern.split('/'), methods: new Set(methods) });
  }

  /** Sorted; empty if no route has this path. */
  of(path: string): string[] {
    const segments = path.split('/');
    const methods = this.#routes
      .filter((route) => matches(route.segments, segments))
      .flatMap((route) => [...route.methods]);
    return [...new Set(methods)].sort();
  }
}

/** `:name` stands for one segment that is not empty, `*` for all the rest. */
function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  if (pattern.at(-1) !== '*' && pattern.length !== segments.length) return false;
  return pattern.every((part, index) => {
    if (part === '*') return segments.length > index;
    const segment = segments[index];
    return part.startsWith(':') ? Boolean(segment) : part === segment;
  });
}
