// Whether this server and the calling client are made for each other (wire-contract 4.5).

import { invalidArgument, type Rejection, reject } from '@perdure/kernel';
import { serverVersion, supportedClients } from './answers/system-info.ts';
import type { PublicCall } from './public-method.ts';

/** Whether the version lies in the range; null when either cannot be read. */
export type VersionInRange = (version: string, range: string) => boolean | null;

/** Kinds of clients remembered, and characters of what they say: a hostile one must not fill the memory. */
const rememberedMax = 1_000;
const rememberedLength = 200;

/** The verdict on a call: a rejection, or undefined when it may go on. Judged once per kind of client. */
export function clientVersions(
  inRange: VersionInRange,
): (call: PublicCall) => Rejection | undefined {
  const remembered = new Map<string, Rejection | undefined>();
  return (call) => {
    const key = `${call.clientName}\n${call.clientVersion}\n${call.supportedServerVersions}`;
    if (remembered.has(key)) return remembered.get(key);
    const verdict = judgeClient(call, inRange) ?? judgeServer(call, inRange);
    if (remembered.size >= rememberedMax) remembered.clear();
    if (key.length <= rememberedLength) remembered.set(key, verdict);
    return verdict;
  };
}

function judgeClient(call: PublicCall, inRange: VersionInRange): Rejection | undefined {
  const { clientName, clientVersion } = call;
  const range = Object.hasOwn(supportedClients, clientName)
    ? supportedClients[clientName]
    : undefined;
  if (range === undefined || clientVersion === '') return undefined;
  const supported = inRange(clientVersion, range);
  if (supported === null)
    return invalidArgument(`Unable to parse client version: ${clientVersion}`);
  if (supported) return undefined;
  const message = `Client version ${clientVersion} is not supported. Server supports ${clientName} versions: ${range}`;
  return reject('FAILED_PRECONDITION', message, {
    kind: 'clientVersionNotSupported',
    clientVersion,
    clientName,
    supportedVersions: range,
  });
}

function judgeServer(call: PublicCall, inRange: VersionInRange): Rejection | undefined {
  const { supportedServerVersions: range } = call;
  if (range === '') return undefined;
  const supported = inRange(serverVersion, range);
  if (supported === null)
    return invalidArgument(`Unable to parse supported server versions: ${range}`);
  if (supported) return undefined;
  const message = `Server version ${serverVersion} is not supported. Client supports server versions: ${range}`;
  return reject('FAILED_PRECONDITION', message, {
    kind: 'serverVersionNotSupported',
    serverVersion,
    clientSupportedServerVersions: range,
  });
}
