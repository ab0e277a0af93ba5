// Routes that need no body: one that is sent all the same is not read.

import type { ApiInstance } from './instance.ts';

export function ignoreBodies(root: ApiInstance, addRoutes: (app: ApiInstance) => void): void {
  root.register(async (app: ApiInstance) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', (_request, _payload, done) => done(null));
    addRoutes(app);
  });
}
