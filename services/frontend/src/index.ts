// The public RPCs: validated, routed, refused. Read methods.ts first.

export { type ClusterFacts, serverVersion } from './answers/system-info.ts';
export type { VersionInRange } from './client-version.ts';
export { createFrontend, type FrontendOptions } from './frontend.ts';
export { Reclaim } from './namespaces/reclaim.ts';
export { type NamespaceRegistry, openNamespaces } from './namespaces/registry.ts';
export type { Delivery, Handler, PublicCall, PublicMethod } from './public-method.ts';
export type { BugReport } from './refusal.ts';
export type { Access, Scope } from './scope.ts';
export type { PollGateway, Services } from './services.ts';
