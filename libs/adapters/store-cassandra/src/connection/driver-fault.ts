// What the driver and the server throw, in the words of the ports.
//
// F1. No answer, or an answer that says too few replicas did it: StoreUnavailable, an unknown outcome (M3).
// F2. A refusal that will be the same next time: StorageFault, with the cure.
// F3. Anything else is a bug of ours, and stays what it is.

import { StorageFault, StoreUnavailable } from '@perdure/ports';
import { errors, types } from 'cassandra-driver';

const codes = types.responseErrorCodes;

const passing: ReadonlySet<number> = new Set([
  codes.serverError,
  codes.unavailableException,
  codes.overloaded,
  codes.isBootstrapping,
  codes.writeTimeout,
  codes.readTimeout,
  codes.readFailure,
  codes.writeFailure,
]);

const refusing: ReadonlySet<number> = new Set([
  codes.syntaxError,
  codes.invalid,
  codes.configError,
  codes.unauthorized,
  codes.badCredentials,
]);

export function faultOf(error: unknown): Error {
  if (!(error instanceof Error)) return new Error('Cassandra failed', { cause: error });
  if (error instanceof errors.NoHostAvailableError) return ofHosts(error);
  if (error instanceof errors.AuthenticationError) return refusal(error);
  if (error instanceof errors.OperationTimedOutError) return unavailable(error);
  if (error instanceof errors.BusyConnectionError) return unavailable(error);
  if (!(error instanceof errors.ResponseError)) return error;
  if (passing.has(error.code)) return unavailable(error);
  return refusing.has(error.code) ? refusal(error) : error;
}

/** Every host failed. When one refused, waiting does not help. */
function ofHosts(error: errors.NoHostAvailableError): Error {
  for (const inner of Object.values(error.innerErrors ?? {})) {
    const fault = faultOf(inner);
    if (fault instanceof StorageFault) return fault;
  }
  const hosts = Object.entries(error.innerErrors ?? {}).map(
    ([host, inner]) => `${host}: ${(inner as Error).message}`,
  );
  return new StoreUnavailable(`no Cassandra node answers (${hosts.join('; ') || error.message})`, {
    cause: error,
  });
}

function unavailable(error: Error): StoreUnavailable {
  return new StoreUnavailable(`Cassandra did not do it: ${error.message}`, { cause: error });
}

function refusal(error: Error): StorageFault {
  const cure = 'check the keyspace, its tables and the rights of the user';
  return new StorageFault('mismatch', `Cassandra refuses: ${error.message}; ${cure}`, {
    cause: error,
  });
}
