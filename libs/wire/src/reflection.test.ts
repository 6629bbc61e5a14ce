import protobuf from 'protobufjs/light.js';
import 'protobufjs/ext/descriptor.js';
import type { IFileDescriptorProto } from 'protobufjs/ext/descriptor.js';
import { expect, test } from 'vitest';
import { publicMethods } from './descriptors.ts';
import { reflectionFiles, reflectionRequestCodec, reflectionResponseCodec } from './reflection.ts';

const files = reflectionFiles();
const services = [
  'grpc.health.v1.Health',
  'grpc.reflection.v1.ServerReflection',
  'grpc.reflection.v1alpha.ServerReflection',
  'temporal.api.operatorservice.v1.OperatorService',
  'temporal.api.workflowservice.v1.WorkflowService',
];
const descriptor = (protobuf as unknown as { descriptor: protobuf.Namespace }).descriptor;
const fileType = descriptor.lookupType('FileDescriptorProto');

function decode(bytes: Uint8Array | undefined): IFileDescriptorProto {
  return fileType.decode(bytes as Uint8Array) as unknown as IFileDescriptorProto;
}

/** Files in the order in which a client that knows none can take them. Fails on a cycle. */
function withImports(name: string, taken: Map<string, IFileDescriptorProto>, open: string[]): void {
  expect(open).not.toContain(name);
  if (taken.has(name)) return;
  const file = decode(files.byName(name));
  for (const imported of file.dependency as string[]) withImports(imported, taken, [...open, name]);
  taken.set(name, file);
}

test('reflectionFiles lists the services the server answers', () => {
  expect(files.services).toEqual(services);
});

test('every file is complete with its imports, which form no cycle', () => {
  const taken = new Map<string, IFileDescriptorProto>();
  for (const service of services)
    withImports(decode(files.bySymbol(service)).name as string, taken, []);
  const root = protobuf.Root.fromDescriptor({ file: [...taken.values()] }).resolveAll();
  const service = root.lookupService(services.at(-1) as string);
  const published = publicMethods(services.at(-1) as string).map(({ name }) => name);
  expect(Object.keys(service.methods)).toEqual(published);
  const start = root.lookupType('temporal.api.workflowservice.v1.StartWorkflowExecutionRequest');
  expect(start.fields['header']?.resolvedType?.fullName).toBe('.temporal.api.common.v1.Header');
  expect(root.lookupType('temporal.api.common.v1.Memo').fields['fields']?.map).toBe(true);
});

test('bySymbol finds services, methods, messages, nested messages and enums', () => {
  const workflowService = 'temporal.api.workflowservice.v1';
  for (const symbol of [
    'WorkflowService',
    'WorkflowService.StartWorkflowExecution',
    'GetSystemInfoResponse.Capabilities',
  ]) {
    expect(decode(files.bySymbol(`${workflowService}.${symbol}`)).package).toBe(workflowService);
  }
  expect(decode(files.bySymbol('google.protobuf.Duration')).name).toBe(
    'google/protobuf/duration.proto',
  );
  expect(files.bySymbol('temporal.api.workflowservice.v1.Nothing')).toBeUndefined();
  expect(
    files.bySymbol('temporal.api.workflowservice.v1.WorkflowService.toString'),
  ).toBeUndefined();
  expect(files.byName('nothing.proto')).toBeUndefined();
});

test('map entries are named as protoc names them', () => {
  const [file] = [decode(files.bySymbol('temporal.api.common.v1.SearchAttributes'))];
  const message = file.messageType?.find(({ name }) => name === 'SearchAttributes');
  expect(message?.nestedType?.map(({ name }) => name)).toEqual(['IndexedFieldsEntry']);
  expect(message?.field?.[0]?.typeName).toBe(
    '.temporal.api.common.v1.SearchAttributes.IndexedFieldsEntry',
  );
});

test('the messages of a reflection call survive encoding', () => {
  const request = { host: 'h', fileContainingSymbol: 'a.B' };
  expect(reflectionRequestCodec.decode(reflectionRequestCodec.encode(request))).toMatchObject(
    request,
  );
  const response = {
    validHost: '',
    originalRequest: request,
    fileDescriptorResponse: { fileDescriptorProto: [Buffer.from([1, 2])] },
  };
  const decoded = reflectionResponseCodec.decode(reflectionResponseCodec.encode(response));
  expect(decoded.fileDescriptorResponse).toEqual(response.fileDescriptorResponse);
});
