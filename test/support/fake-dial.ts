// Links and dials for tests of the connection: nothing happens until the test says so.

import {
  Connection,
  type ConnectionOptions,
  type DialContext,
  type Link,
} from '#client/connection.ts';
import type { ConnectionState } from '#client/connection-state.ts';
import { VirtualClock } from './virtual-clock.ts';

interface Call {
  readonly context: DialContext;
  readonly resolve: () => FakeLink;
  readonly reject: (cause: unknown) => void;
}

export class FakeLink implements Link {
  readonly closes: string[] = [];

  close(reason: string): void {
    this.closes.push(reason);
  }
}

export class PingLink extends FakeLink {
  readonly pings: { resolve: () => void; reject: (cause: unknown) => void; signal: AbortSignal }[] =
    [];

  ping(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => this.pings.push({ resolve, reject, signal }));
  }
}

export class FakeDial {
  readonly clock = new VirtualClock();
  /** Every attempt, to be resolved or rejected by the test. */
  readonly calls: Call[] = [];
  /** Every state that the connection told, in order. */
  readonly states: ConnectionState[] = [];

  open(
    options: Partial<ConnectionOptions<FakeLink>> & { newLink?: () => FakeLink } = {},
  ): Connection<FakeLink> {
    const { newLink = () => new FakeLink(), ...rest } = options;
    const connection = new Connection<FakeLink>({
      clock: this.clock,
      random: () => 0.5,
      dial: (context) => this.#dial(context, newLink),
      ...rest,
    });
    connection.subscribe((state) => this.states.push(state));
    return connection;
  }

  kinds(): ConnectionState['kind'][] {
    return this.states.map(({ kind }) => kind);
  }

  #dial(context: DialContext, newLink: () => FakeLink): Promise<FakeLink> {
    return new Promise((accept, reject) => {
      let link: FakeLink | undefined;
      const resolve = () => {
        link ??= newLink();
        accept(link);
        return link;
      };
      this.calls.push({ context, resolve, reject });
    });
  }
}
