// The history service of one process: opens its LogPartition, recovers, and serves.
//
// Order of the opening (L7, L11): replay the tail, claim the log, rebuild the runs, walk the wake rows, offer what waits,
// then serve. Nothing is answered before all of it is done.

import { derivedByNamespace, runLimits } from '@perdure/core-dynamic-config';
import type { Effect, Note, RunLimits } from '@perdure/core-execution';
import { runKeyText } from '@perdure/kernel';
import { Metrics, type TaskOffer, unknownNamespace } from '@perdure/ports';
import type { HistoryContext } from './context.ts';
import type { HistoryOptions, OpenedHistory } from './history-options.ts';
import type { HeadWaiter } from './log/head-waiters.ts';
import { openTail } from './log/open-tail.ts';
import { ownershipProof } from './log/ownership-proof.ts';
import { MessageTraffic } from './messages/message-traffic.ts';
import { orderProbes } from './messages/send-probes.ts';
import { showLifetime } from './meters/lifetime-gauges.ts';
import { showOwner } from './meters/owner-gauges.ts';
import { RunMeters } from './meters/run-meters.ts';
import { describeRun } from './operator/describe-run.ts';
import { releaseRun } from './operator/operator.ts';
import { Dispatch } from './owner/dispatch.ts';
import { DueLoads } from './owner/due-loads.ts';
import { Folder } from './owner/folder.ts';
import { Loader, runNotFound } from './owner/loader.ts';
import { Owner, type OwnerListeners } from './owner/owner.ts';
import { onlyPlace } from './owner/place.ts';
import { Quarantine, quarantineRowsMax } from './owner/quarantine.ts';
import { recover } from './owner/recovery.ts';
import { quarantinedError } from './owner/refusals.ts';
import { Residency } from './owner/residency.ts';
import { Retention } from './owner/retention.ts';
import type { RunHandle } from './owner/run-handle.ts';
import { VisibilityFeed } from './owner/visibility-feed.ts';
import { VisibilityRebuild } from './owner/visibility-rebuild.ts';
import { WakeIndex } from './owner/wake-index.ts';
import { QueryRegistry } from './query/registry.ts';
import { ownerRpcs } from './rpc/table.ts';
import { TaskTokens } from './task-token.ts';
import { redeliveryOf, TaskHandOut } from './tasks/task-owner.ts';

/** W3: what was decided leaves when it is durable, or never. */
function durably(act: () => void): HeadWaiter {
  return { durable: act, failed: () => undefined };
}

export async function openHistory(options: HistoryOptions): Promise<OpenedHistory> {
  const { clock, store, log, matching, place = onlyPlace } = options;
  const { logPartition } = place;
  const { pump, applied, tail } = await openTail({
    ...options,
    logPartition,
    onCallbackThrew: (error) => options.onTrouble('an answer could not be given out', error, null),
  });
  const shared = options.claim !== undefined;
  const { epoch } = pump;
  let ended = false;
  const onHalt = (fault: Error): void => {
    if (!ended) options.onHalt(fault);
  };
  const dispatch = new Dispatch(matching, epoch, clock);
  const { metrics = new Metrics(), namespaces } = options;
  const meters = new RunMeters(metrics, (id) => namespaces.byId(id)?.name ?? unknownNamespace);
  const queries = new QueryRegistry({ clock, dispatch, matching, config: options.config });
  const listeners: OwnerListeners = {
    effects: (handle: RunHandle, effects: readonly Effect[], notes: readonly Note[]) => {
      meters.changed(handle.state, effects, notes);
      if (shared) pump.whenDurable(durably(() => dispatch.perform(handle, effects)));
      else dispatch.perform(handle, effects);
      if (queries.hasQueries(handle)) queries.changed(handle);
    },
    durable: (handle, transition) => {
      meters.durable(handle.state.run.namespaceId, transition.version);
      feed.durable(handle, transition);
      if (handle.deleted && queries.hasQueries(handle)) {
        queries.refuseAll(handle, runNotFound(handle.state.run.workflowId));
      }
      folder.dirty(handle);
      traffic.attend(handle);
    },
    loadDue: (due) => dueLoads.run(due.run),
    loadWorkflow: (run) => dueLoads.workflow(run),
    quarantined: (handle, error) => {
      const { run } = handle.state;
      options.onTrouble('a run is quarantined', error, run);
      queries.refuseAll(handle, quarantinedError(run, error.message));
      quarantine.set(handle, error.message).catch((cause: unknown) => {
        options.onTrouble(
          'a quarantine could not be written: it ends with the process',
          cause,
          run,
        );
      });
    },
  };
  const inUse = (handle: RunHandle): boolean =>
    handle.watched ||
    queries.hasQueries(handle) ||
    redeliveryOf(handle) !== null ||
    handle.state.outbox.size > 0 ||
    handle.quarantined !== null;
  const limitsByName = derivedByNamespace(options.config, runLimits);
  const limits = (namespaceId: string): RunLimits =>
    limitsByName(options.namespaces.byId(namespaceId)?.name ?? '');
  const owner = new Owner({ clock, pump, applied, limits, newId: options.newId, listeners });
  const setAside = await store.readQuarantine(quarantineRowsMax);
  const reasons = new Map(setAside.map(({ run, reason }) => [runKeyText(run), reason]));
  const loader = new Loader({
    owner,
    store,
    quarantined: reasons,
    onUse: (handle) => residency.used(handle),
    onOpenRun: (handle) => dispatch.offerAll(handle),
    onMessages: (handle) => traffic.attend(handle),
  });
  const dueLoads = new DueLoads({ owner, loader, onTrouble: options.onTrouble });
  const cursor = (await options.visibility.readCursor(logPartition)) ?? -1;
  const { visibility } = options;
  const feed = new VisibilityFeed({
    index: visibility,
    logPartition,
    clock,
    namespaces,
    cursor,
    onHalt,
  });
  const folder = new Folder({
    owner,
    store,
    log,
    place,
    storeMayReturn: shared,
    beforeApplied: (offset) => feed.storedTo(offset),
    storedElsewhere: () => feed.cursor,
    onHalt,
    openRunAgeUs: () => options.config.value('history.foldInterval'),
    onClean: (handle) => residency.clean(handle),
  });
  showOwner(metrics, { owner, loader, folder, feed });
  const retention = new Retention({
    ...options,
    logPartition: 0,
    owner,
    loader,
    feed,
    place,
    onTrouble: (message, error) => options.onTrouble(message, error, null),
  });
  const wakeIndex = new WakeIndex({
    owner,
    store,
    place,
    offer: (run, offer) => dispatch.offerFromWake(run, offer),
    onHalt,
  });
  const residency = new Residency({
    ...options,
    owner,
    wakeIndex,
    inUse,
    onDeletedGone: ({ state: { run } }) => retention.forgetLater(run),
  });
  showLifetime(metrics, residency, retention);
  const quarantine = new Quarantine({
    owner,
    store,
    loader,
    folder,
    dispatch,
    feed,
    reasons,
    onReleased: (handle) => traffic.attend(handle),
  });
  let ending = false;
  const context: HistoryContext = {
    clock,
    config: options.config,
    owner,
    loader,
    dispatch,
    queries,
    meters,
    store,
    visibility,
    visibilityFeed: feed,
    matching,
    tokens: new TaskTokens(options.tokenKey),
    namespaces,
    limits,
    ending: () => ending,
    newId: options.newId,
  };
  const replayedClock = tail.at(-1)?.clock ?? applied?.clock ?? 0;
  const traffic = new MessageTraffic({
    ...options,
    owner,
    loader,
    link: options.messageLink,
    logPartition,
    storeMayReturn: shared,
    forgetLater: (workflow) => retention.forgetLater(workflow),
    // With a locked directory nobody else can own, at any time. What was replayed may lie ahead of the process's time (L3).
    acknowledgedUs: () =>
      shared ? Math.max(pump.durableClock, replayedClock) : Math.max(clock.nowUs(), replayedClock),
  });
  const stop = (): void => {
    ended = true;
    traffic.stop();
    pump.resign();
    residency.stop();
    retention.stop();
    folder.stop();
    wakeIndex.stop();
    owner.timers.stop();
  };
  // What does not come to serve leaves nothing behind: in a cluster it is opened again, and again.
  const orStop = (fault: unknown): never => {
    stop();
    throw fault;
  };
  const rebuilding = {
    ...options,
    index: visibility,
    feed,
    logPartition,
    partitions: place.map,
  };
  const rebuild = await VisibilityRebuild.begin(rebuilding, applied, cursor).catch(orStop);
  const { handles, quarantined, workflows } = await recover(owner, loader, store, tail).catch(
    orStop,
  );
  traffic.recovered(workflows);
  for (const { run, reason } of quarantined) {
    reasons.set(runKeyText(run), reason);
    options.onTrouble('a run is quarantined', reason, run);
  }
  const lastOffset = tail.at(-1)?.position.offset ?? 0;
  for (const handle of handles) feed.replayed(handle, lastOffset);
  await rebuild?.run().catch(orStop);
  const handOut = new TaskHandOut(context);
  const wakeRows = await wakeIndex.takeOver().catch(orStop);
  for (const handle of handles) {
    if (handle.unapplied.length > 0) folder.dirty(handle);
    else residency.clean(handle);
    if (handle.quarantined === null) traffic.attend(handle);
    if (!handle.open || handle.quarantined !== null) continue;
    owner.arm(handle);
    dispatch.offerAll(handle);
  }
  retention.start();
  return {
    service: {
      rpc: ownerRpcs(context),
      startWorkflowTask: (offer, poll) => handOut.startWorkflowTask(offer, poll),
      startActivityTask: (offer, poll) => handOut.startActivityTask(offer, poll),
      workflowTaskNotDelivered: (offer: TaskOffer, id: string) =>
        handOut.workflowTaskNotDelivered(offer, id),
      activityTaskNotDelivered: (offer: TaskOffer, id: string) =>
        handOut.activityTaskNotDelivered(offer, id),
      stickyQueueGone: (offer: TaskOffer) => handOut.stickyQueueGone(offer),
    },
    operator: {
      describeRun: (question) => describeRun(context, epoch, question),
      listQuarantine: () => quarantine.list(),
      releaseRun: (question) => releaseRun(context, quarantine, question),
    },
    messages: traffic.receiver,
    sendProbes: (order) => orderProbes(context, order),
    recovered: { transitions: tail.length, runs: handles.length, wakeRows },
    offerAgain: (offer) => handOut.offerAgain(offer),
    endWaits: () => {
      ending = true;
      traffic.endSending();
      retention.stop();
      for (const handle of owner.runs.values()) handle.notify();
    },
    drain: async () => {
      await traffic.drain();
      await folder.drain();
    },
    prove: ownershipProof({ pump, log, clock, idle: () => owner.runs.size === 0 }),
    silentUs: () => pump.silentUs,
    stop,
    counts: {
      log: pump.counts,
      loadedRuns: () => owner.runs.size,
      idleRuns: () => owner.idle.size,
      evictedRuns: () => residency.evicted,
      armedTimers: () => owner.timers.size,
      offers: () => dispatch.offers,
      unappliedTransitions: () => owner.ledger.missing,
      retention: retention.counts,
      messages: traffic.counts,
    },
  };
}
