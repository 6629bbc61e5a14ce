// The frontend: the public API as a list of methods that any transport can carry. Stateless.
//
// For each call: is this client served, is this the message, which namespace, is it well formed; then the service
// behind answers. Owns neither the transport nor any state of a workflow.

import { classOf, historyWait } from '@perdure/core-admission';
import { RejectionError, reject } from '@perdure/kernel';
import type { Clock, DynamicConfig } from '@perdure/ports';
import {
  boolPeek,
  operatorService,
  publicMethods,
  type RpcName,
  rpcCodec,
  serviceOf,
  textPeek,
  workflowService,
} from '@perdure/wire';
import { Admission } from './admission.ts';
import type { ClusterFacts } from './answers/system-info.ts';
import { clientVersions, type VersionInRange } from './client-version.ts';
import { type MethodEntry, type MethodTable, methodTable } from './methods.ts';
import type { Delivery, Handler, PublicCall, PublicMethod } from './public-method.ts';
import { type BugReport, toRefusal } from './refusal.ts';
import { type RequestBounds, requestBounds } from './request-bounds.ts';
import { resolveNamespace } from './scope.ts';
import type { Services } from './services.ts';
import { decodeOrRefuse } from './validate/decode.ts';

export interface FrontendOptions {
  readonly services: Services;
  readonly cluster: ClusterFacts;
  readonly clock: Clock;
  readonly config: DynamicConfig;
  readonly versionInRange: VersionInRange;
  /** A unique id: for a request that came without one, and for an error that is logged. */
  readonly newId: () => string;
  readonly reportBug: (report: BugReport) => void;
}

/** With a wait in it, it is another method to admission. */
const historyMethod = 'GetWorkflowExecutionHistory';

/** Every method of the public API. */
export function createFrontend(options: FrontendOptions): readonly PublicMethod[] {
  const verdict = clientVersions(options.versionInRange);
  const bounds = requestBounds(options.config);
  const table = methodTable({ ...options, bounds });
  const { clock, config, services } = options;
  const admission = new Admission({ clock, config, namespaces: services.namespaces });
  const implemented = <R extends RpcName>(name: R): PublicMethod => ({
    service: serviceOf(name),
    name,
    scope: table[name].scope,
    handle: handler(name, table[name], { ...options, verdict, bounds, admission }),
  });
  return [workflowService, operatorService].flatMap((service) =>
    publicMethods(service).map(({ name }) =>
      isImplemented(name, table) && serviceOf(name) === service
        ? implemented(name)
        : { service, name, scope: null, handle: unimplemented(service, name) },
    ),
  );
}

function isImplemented(name: string, table: MethodTable): name is RpcName {
  return Object.hasOwn(table, name);
}

interface HandlerContext extends FrontendOptions {
  readonly verdict: ReturnType<typeof clientVersions>;
  readonly bounds: (namespace: string) => RequestBounds;
  readonly admission: Admission;
}

function handler<R extends RpcName>(
  name: R,
  entry: MethodEntry<R>,
  context: HandlerContext,
): Handler {
  const codec = rpcCodec(name);
  const { bounds, config } = context;
  const { namespaces } = context.services;
  const answer = async (bytes: Uint8Array, call: PublicCall): Promise<Uint8Array | Delivery> => {
    const refused = config.value('frontend.enableServerVersionCheck')
      ? context.verdict(call)
      : undefined;
    if (refused !== undefined) throw new RejectionError(refused);
    const request = decodeOrRefuse(codec.request, bytes);
    const scope = resolveNamespace(entry.scope, request, namespaces);
    call.namespace = scope.namespace;
    entry.validate?.(request, bounds(scope.namespace), scope);
    const response = await entry.route({ ...scope, request }, call);
    return isDelivery(response) ? response : codec.response.encode(response);
  };
  const { admission } = context;
  const usual = classOf(name);
  const namespaceOf = textPeek(codec.request.typeName, 'namespace');
  const waits = name === historyMethod ? boolPeek(codec.request.typeName, 'waitNewEvent') : null;
  return async (bytes, call) => {
    const method = waits?.(bytes) === true ? historyWait : usual;
    const namespace = namespaceOf?.(bytes) ?? '';
    const admitted = admission.enter(name, method, namespace, call);
    try {
      return await answer(bytes, call);
    } catch (error) {
      throw toRefusal(error, name, context);
    } finally {
      admission.leave(name, method, admitted);
    }
  };
}

function isDelivery(answer: object): answer is Delivery {
  return 'notDelivered' in answer;
}

function unimplemented(service: string, name: string): Handler {
  const message = `Method ${name} of ${service} is not implemented by this server version.`;
  return () => Promise.reject(new RejectionError(reject('UNIMPLEMENTED', message)));
}
