// Messages between runs at the owner of one LogPartition: those that its runs send, and those that are for its workflow ids.

import { attemptsOverUs } from '@perdure/core-shard';
import type { MessageLink, Store } from '@perdure/ports';
import type { RunHandle } from '../owner/run-handle.ts';
import type { WorkflowEntry } from '../owner/workflow-entry.ts';
import { WorkflowFolder } from '../owner/workflow-folder.ts';
import { Courier, type CourierOptions } from './courier.ts';
import { MessageReceiver, type MessageReceiverOptions } from './receiver.ts';

export interface MessageTrafficOptions
  extends Omit<CourierOptions, 'link' | 'othersOverUs'>,
    Omit<MessageReceiverOptions, 'onDurable'> {
  /** Given the receiver that is here, the way to all of them; absent: all targets are here. */
  readonly link: ((here: MessageLink) => MessageLink) | undefined;
  readonly store: Store;
  readonly storeMayReturn: boolean;
  readonly logPartition: number;
  readonly onHalt: (fault: Error) => void;
}

export class MessageTraffic {
  readonly receiver: MessageReceiver;
  readonly #courier: Courier;
  readonly #folder: WorkflowFolder;

  /** To be made when the Announce of the owner counts, and all before it is replayed. */
  constructor(options: MessageTrafficOptions) {
    this.#folder = new WorkflowFolder(options);
    const onDurable = (entry: WorkflowEntry): void => this.#folder.dirty(entry);
    this.receiver = new MessageReceiver({ ...options, onDurable });
    // Calls in one process end with it: none of an earlier owner's is left.
    const othersOverUs = options.link === undefined ? 0 : attemptsOverUs(options.acknowledgedUs());
    this.#courier = new Courier({
      ...options,
      othersOverUs,
      link: options.link?.(this.receiver) ?? this.receiver,
    });
  }

  get counts(): Readonly<Courier['counts']> {
    return this.#courier.counts;
  }

  /** Workflow ids that changed without a run of theirs, from the log's tail. */
  recovered(workflows: readonly WorkflowEntry[]): void {
    for (const entry of workflows) this.#folder.dirty(entry);
  }

  /** Something of the run has become durable, or it has come into memory. */
  attend(handle: RunHandle): void {
    this.#courier.attend(handle);
  }

  /** Sends nothing any more. */
  endSending(): void {
    this.#courier.stop();
  }

  /** Resolves when the store has what was durable of workflow ids. */
  drain(): Promise<void> {
    return this.#folder.drain();
  }

  stop(): void {
    this.#courier.stop();
    this.#folder.stop();
  }
}
