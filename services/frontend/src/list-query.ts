// The query of a list or count, read with the search attributes of its namespace.

import { attributeTypes, type ParsedQuery, parseListQuery } from '@perdure/core-list-filter';
import { RejectionError } from '@perdure/kernel';
import type { Namespaces, Routed } from '@perdure/ports';

type Lists = 'ListWorkflowExecutions' | 'CountWorkflowExecutions';

/** Throws a RejectionError that begins "invalid query: ". */
export function parsedQuery(
  { namespaceId, request }: Routed<Lists>,
  use: 'list' | 'count',
  namespaces: Namespaces,
): ParsedQuery {
  const parsed = parseListQuery(
    request.query,
    use,
    attributeTypes(namespaces.byId(namespaceId)?.searchAttributes),
  );
  if (!parsed.ok) throw new RejectionError(parsed.rejection);
  return parsed.value;
}
