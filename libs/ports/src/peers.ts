// The other nodes of the cluster, as one node asks them and is asked by them. Two nodes share one link.
//
// P1. What one end hands to a link arrives in that order, each at most once, or not at all once the link is lost.
// P2. A link is lost when it breaks, when the other end is silent for longer than the implementation allows, or when the
//     other end is another process than it was. It is lost for both ends, and each that lives is told, once per link: after
//     the last that came over it, and before the first that comes over the next.
// P3. A call settles once: with its answer, or with one of three errors. RejectionError and NotOwner travel as they are.
//     PeerLost is made at the asking end when there will be no answer: its outcome is unknown, unless nothing of the call
//     was handed to a link. A call that is made while there is no link MAY wait for one for up to 1 s.
// P4. With a call travel the time left until its deadline, what its client said of itself, and the news that it was
//     cancelled. A cancelled call settles all the same.
// P5. No node asks itself: what is here is called directly.

import type { RpcResponseInit } from '@perdure/wire';
import type { CallContext } from './call.ts';
import type { OwnerRpc, Routed } from './history-service.ts';
import type {
  ActivityPoll,
  OfferAnswer,
  PollOutcome,
  QueueName,
  QueueStats,
  StartOutcome,
  TaskOffer,
  WorkflowPoll,
} from './matching-service.ts';
import type { DeliveryOutcome, MessageAttempt, MessageRelease } from './message-link.ts';

/** RPCs of which only the owner of the workflow id knows the answer. Lists rest on the index, which all nodes share. */
export type RoutedRpc = Exclude<OwnerRpc, 'ListWorkflowExecutions' | 'CountWorkflowExecutions'>;

interface Method<Request, Answer> {
  readonly request: Request;
  readonly answer: Answer;
}

/** For the owner of the LogPartition; NotOwner from any other node. */
export interface ForOwner<T> {
  readonly logPartition: number;
  readonly content: T;
}

export interface TaskStart<Poll> {
  readonly offer: TaskOffer;
  readonly poll: Poll;
}

export interface NotDelivered {
  readonly offer: TaskOffer;
  readonly pollRequestId: string;
}

/** `parkId`: names the parked poll in `endPoll` and `pollReceived`; never given twice by one process. */
export interface ParkedAt<Poll> {
  readonly parkId: number;
  readonly poll: Poll;
}

/** `moved`: the queue is held elsewhere, by what the asked node knows: park there, at once. */
export type RemotePollOutcome = PollOutcome | { readonly kind: 'moved'; readonly node: string };

type RoutedMethods = {
  readonly [R in RoutedRpc]: Method<ForOwner<Routed<R>>, RpcResponseInit<R>>;
};

/** What the owner of a LogPartition answers (D2, D3). Answers that say nothing are null. */
export interface OwnerMethods extends RoutedMethods {
  readonly startWorkflowTask: Method<ForOwner<TaskStart<WorkflowPoll>>, StartOutcome>;
  readonly startActivityTask: Method<ForOwner<TaskStart<ActivityPoll>>, StartOutcome>;
  readonly workflowTaskNotDelivered: Method<ForOwner<NotDelivered>, null>;
  readonly activityTaskNotDelivered: Method<ForOwner<NotDelivered>, null>;
  readonly stickyQueueGone: Method<ForOwner<TaskOffer>, null>;
}

/** What the node that holds a task queue answers (D1). A poll is parked until it is ended, answered, or its link is lost. */
export interface QueueMethods {
  readonly offer: Method<TaskOffer, OfferAnswer>;
  readonly pollWorkflowTask: Method<ParkedAt<WorkflowPoll>, RemotePollOutcome>;
  readonly pollActivityTask: Method<ParkedAt<ActivityPoll>, RemotePollOutcome>;
  readonly describe: Method<QueueName, QueueStats>;
}

/** What the owner of the target of a message answers (X1-X3). */
export interface MessageMethods {
  readonly deliverMessage: Method<ForOwner<MessageAttempt>, DeliveryOutcome>;
  readonly releaseMessages: Method<ForOwner<MessageRelease>, null>;
}

export interface NodeMethods {
  /** Whether the node is there (L4: its silence makes the next one claim). */
  readonly ping: Method<null, null>;
}

export type PeerMethods = OwnerMethods & QueueMethods & MessageMethods & NodeMethods;
export type PeerMethod = keyof PeerMethods;

/** What needs no answer. */
export interface PeerMessages {
  readonly withdraw: TaskOffer;
  readonly forgetStickyQueue: { readonly namespaceId: string; readonly queue: string };
  /** The parked poll's client is gone, or its time is up: see `PollTicket`. */
  readonly endPoll: { readonly parkId: number; readonly how: 'cancel' | 'expire' };
  /** The task that answered the poll has arrived: should the link be lost now, it is not offered again. */
  readonly pollReceived: { readonly parkId: number };
}

export type PeerMessage = keyof PeerMessages;

/** The side that is asked. `from` names the asking node. What is neither RejectionError nor NotOwner MUST NOT be thrown. */
export type PeerAnswers<Methods = PeerMethods> = {
  readonly [M in keyof Methods]: Methods[M] extends Method<infer Request, infer Answer>
    ? (request: Request, call: CallContext, from: string) => Promise<Answer>
    : never;
};

export type PeerReceivers = {
  readonly [M in PeerMessage]: (content: PeerMessages[M], from: string) => void;
};

export interface PeerService {
  readonly answers: PeerAnswers;
  readonly messages: PeerReceivers;
}

export interface Peers {
  /** The name of this node. */
  readonly self: string;
  /** Begins to answer the others. Called once, before anything is asked. */
  serve(service: PeerService): void;
  /** `call`: whose deadline and end travel along; null: nobody's. */
  call<M extends PeerMethod>(
    node: string,
    method: M,
    request: PeerMethods[M]['request'],
    call: CallContext | null,
  ): Promise<PeerMethods[M]['answer']>;
  /** Dropped when there is no link; else as reliable as the link is. */
  send<M extends PeerMessage>(node: string, message: M, content: PeerMessages[M]): void;
  /** Every listener is called, in the order in which they came, when a link is lost (P2). */
  onLost(listener: (node: string) => void): void;
}
