// The worker of one site: it fetches php.wasm and the site's snapshot, boots
// PHP, and answers requests one at a time. postMessage is named here only.

import type { FromWorker, ToWorker } from "./protocol.ts";

/** WorkerScope is the little of DedicatedWorkerGlobalScope that serve uses. */
export interface WorkerScope {
  postMessage(message: FromWorker, transfer: Transferable[]): void;
  onmessage: ((event: MessageEvent) => void) | null;
}

/** serve answers the messages of the page that owns this worker. */
export function serve(scope: WorkerScope): void {
  scope.onmessage = (event: MessageEvent) => {
    const message = event.data as ToWorker;
    scope.postMessage({ type: "failed", sentence: "The worker is not finished.", detail: message.type }, []);
  };
}
