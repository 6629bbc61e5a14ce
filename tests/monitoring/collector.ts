// A collector of traces for a test: takes what the OTLP exporter sends as JSON over HTTP.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

export interface CollectedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly kind: number;
  readonly durationMs: number;
  /** 2 is an error. */
  readonly statusCode: number;
  readonly attributes: Readonly<Record<string, unknown>>;
}

interface SentSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status?: { readonly code?: number };
  readonly attributes?: readonly {
    readonly key: string;
    readonly value: Readonly<Record<string, unknown>>;
  }[];
}

interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: SentSpan['attributes'] };
    readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[];
  }[];
}

export class Collector {
  readonly spans: CollectedSpan[] = [];
  /** Paths that were asked for. */
  readonly paths = new Set<string>();
  readonly services = new Set<unknown>();
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(): Promise<Collector> {
    const server = createServer();
    const collector = new Collector(server);
    server.on('request', (request, response) => {
      collector.paths.add(request.url ?? '');
      json(request).then(
        (body) => {
          collector.#take(body as Sent);
          response.setHeader('content-type', 'application/json').end('{}');
        },
        (error: unknown) => response.writeHead(400).end(String(error)),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #take({ resourceSpans }: Sent): void {
    for (const { resource, scopeSpans } of resourceSpans) {
      this.services.add(attributesOf(resource.attributes)['service.name']);
      for (const { spans } of scopeSpans) this.spans.push(...spans.map(spanOf));
    }
  }
}

function spanOf(sent: SentSpan): CollectedSpan {
  const { name, traceId, spanId, parentSpanId = '', kind, status } = sent;
  const ns = BigInt(sent.endTimeUnixNano) - BigInt(sent.startTimeUnixNano);
  const attributes = attributesOf(sent.attributes);
  const [durationMs, statusCode] = [Number(ns) / 1e6, status?.code ?? 0];
  return { name, traceId, spanId, parentSpanId, kind, durationMs, statusCode, attributes };
}

function attributesOf(sent: SentSpan['attributes'] = []): Record<string, unknown> {
  return Object.fromEntries(sent.map(({ key, value }) => [key, Object.values(value)[0]]));
}
