// Server reflection (grpc.reflection v1 and v1alpha): its messages, and the schema it gives out.
//
// The published descriptors are not retyped here: a client such as grpcurl sees Temporal's own messages. Nothing is
// built before the first question.

import protobuf from 'protobufjs/light.js';
import { type Codec, lazyCodec } from './codec.ts';
import { type NodeJson, prepareType, readPublishedDescriptors } from './descriptors.ts';
import { type Definitions, encodeFile, findDefinitions } from './file-descriptors.ts';

export const reflectionVersions = ['v1', 'v1alpha'] as const;

/** One of the members is set, as a property of its own; the others have their default. */
export interface ReflectionRequest {
  readonly host: string;
  readonly fileByFilename: string;
  readonly fileContainingSymbol: string;
  readonly fileContainingExtension: object | null;
  readonly allExtensionNumbersOfType: string;
  readonly listServices: string;
}

export interface ReflectionResponse {
  readonly validHost: string;
  readonly originalRequest: Partial<ReflectionRequest>;
  readonly fileDescriptorResponse?: { readonly fileDescriptorProto: readonly Uint8Array[] };
  readonly listServicesResponse?: { readonly service: readonly { readonly name: string }[] };
  readonly errorResponse?: { readonly errorCode: number; readonly errorMessage: string };
}

const field = (id: number, type: string, more: object = {}): object => ({ id, type, ...more });

/** The reflection package; both versions have the same messages. */
const reflectionPackage = {
  nested: {
    ServerReflection: {
      methods: {
        ServerReflectionInfo: {
          requestType: 'ServerReflectionRequest',
          requestStream: true,
          responseType: 'ServerReflectionResponse',
          responseStream: true,
        },
      },
    },
    ServerReflectionRequest: {
      oneofs: {
        messageRequest: {
          oneof: [
            'fileByFilename',
            'fileContainingSymbol',
            'fileContainingExtension',
            'allExtensionNumbersOfType',
            'listServices',
          ],
        },
      },
      fields: {
        host: field(1, 'string'),
        fileByFilename: field(3, 'string', { protoName: 'file_by_filename' }),
        fileContainingSymbol: field(4, 'string', { protoName: 'file_containing_symbol' }),
        fileContainingExtension: field(5, 'ExtensionRequest', {
          protoName: 'file_containing_extension',
        }),
        allExtensionNumbersOfType: field(6, 'string', {
          protoName: 'all_extension_numbers_of_type',
        }),
        listServices: field(7, 'string', { protoName: 'list_services' }),
      },
    },
    ExtensionRequest: {
      fields: {
        containingType: field(1, 'string', { protoName: 'containing_type' }),
        extensionNumber: field(2, 'int32', { protoName: 'extension_number' }),
      },
    },
    ServerReflectionResponse: {
      oneofs: {
        messageResponse: {
          oneof: [
            'fileDescriptorResponse',
            'allExtensionNumbersResponse',
            'listServicesResponse',
            'errorResponse',
          ],
        },
      },
      fields: {
        validHost: field(1, 'string', { protoName: 'valid_host' }),
        originalRequest: field(2, 'ServerReflectionRequest', { protoName: 'original_request' }),
        fileDescriptorResponse: field(4, 'FileDescriptorResponse', {
          protoName: 'file_descriptor_response',
        }),
        allExtensionNumbersResponse: field(5, 'ExtensionNumberResponse', {
          protoName: 'all_extension_numbers_response',
        }),
        listServicesResponse: field(6, 'ListServiceResponse', {
          protoName: 'list_services_response',
        }),
        errorResponse: field(7, 'ErrorResponse', { protoName: 'error_response' }),
      },
    },
    FileDescriptorResponse: {
      fields: {
        fileDescriptorProto: field(1, 'bytes', {
          rule: 'repeated',
          protoName: 'file_descriptor_proto',
        }),
      },
    },
    ExtensionNumberResponse: {
      fields: {
        baseTypeName: field(1, 'string', { protoName: 'base_type_name' }),
        extensionNumber: field(2, 'int32', { rule: 'repeated', protoName: 'extension_number' }),
      },
    },
    ListServiceResponse: { fields: { service: field(1, 'ServiceResponse', { rule: 'repeated' }) } },
    ServiceResponse: { fields: { name: field(1, 'string') } },
    ErrorResponse: {
      fields: {
        errorCode: field(1, 'int32', { protoName: 'error_code' }),
        errorMessage: field(2, 'string', { protoName: 'error_message' }),
      },
    },
  },
} as NodeJson;

function reflectionCodec<D, I>(message: string): Codec<D, I> {
  return lazyCodec(message, () => {
    const root = protobuf.Root.fromJSON(structuredCopy(reflectionPackage) as protobuf.INamespace);
    const type = root.lookupType(message);
    prepareType(type);
    return type;
  });
}

function structuredCopy(node: NodeJson): NodeJson {
  return JSON.parse(JSON.stringify(node)) as NodeJson;
}

export const reflectionRequestCodec: Codec<
  ReflectionRequest,
  Partial<ReflectionRequest>
> = reflectionCodec('ServerReflectionRequest');
export const reflectionResponseCodec: Codec<ReflectionResponse, ReflectionResponse> =
  reflectionCodec('ServerReflectionResponse');

/** The schema as a reflection service gives it out: encoded FileDescriptorProtos. */
export interface ReflectionFiles {
  /** Full names, sorted. */
  readonly services: readonly string[];
  byName(file: string): Uint8Array | undefined;
  /** The file that defines the service, method, message or enum. */
  bySymbol(symbol: string): Uint8Array | undefined;
}

function isMethod(definitions: Definitions, symbol: string): boolean {
  const dot = symbol.lastIndexOf('.');
  const methods = definitions.get(symbol.slice(0, dot))?.node.methods;
  return methods !== undefined && Object.hasOwn(methods, symbol.slice(dot + 1));
}

/** Reads the published descriptors: some 50 ms, once per process if the caller keeps it. */
export function reflectionFiles(): ReflectionFiles {
  const tree = readPublishedDescriptors();
  const grpc = tree.nested?.['grpc'];
  if (grpc?.nested !== undefined)
    grpc.nested['reflection'] = {
      nested: Object.fromEntries(reflectionVersions.map((name) => [name, reflectionPackage])),
    };
  const definitions = findDefinitions(tree);
  const files = new Set([...definitions.values()].map(({ file }) => file));
  const encoded = new Map<string, Uint8Array>();
  const byName = (file: string): Uint8Array | undefined => {
    if (!files.has(file)) return undefined;
    const bytes = encoded.get(file) ?? encodeFile(file, definitions);
    encoded.set(file, bytes);
    return bytes;
  };
  return {
    services: [...definitions]
      .filter(([, { node }]) => node.methods !== undefined)
      .map(([name]) => name)
      .sort(),
    byName,
    bySymbol(symbol) {
      const owner = isMethod(definitions, symbol)
        ? symbol.slice(0, symbol.lastIndexOf('.'))
        : symbol;
      const file = definitions.get(owner)?.file;
      return file === undefined ? undefined : byName(file);
    },
  };
}
