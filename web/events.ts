// What the server says as it happens, over a WebSocket: the runs and the log
// lines of the server lane and, while it is being developed, that the page's
// sources have changed.

import type { LaneEvents } from "./lane.ts";
import { typeOf } from "./messages.ts";

type ServerEvent =
  | {
      readonly type: "run";
      readonly site: string;
      readonly method: string;
      readonly url: string;
      readonly status: number;
      readonly kind: string;
      readonly ms: number;
      readonly memory: number;
    }
  | { readonly type: "log"; readonly site: string; readonly lines: readonly string[] }
  | { readonly type: "reload" };

const firstRetry = 500;
const lastRetry = 15_000;

/** listen passes on the events of one site for as long as the page is open,
 * and connects again when the server has been away. */
export function listen(site: string, events: LaneEvents, reload: () => void): void {
  connect(firstRetry);

  function connect(retry: number): void {
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/events`);
    let next = Math.min(retry * 2, lastRetry);
    socket.onopen = () => {
      next = firstRetry;
    };
    socket.onmessage = (message) => {
      if (typeof message.data === "string") received(JSON.parse(message.data));
    };
    socket.onclose = () => setTimeout(() => connect(next), next);
  }

  function received(data: unknown): void {
    const event = data as ServerEvent;
    switch (typeOf(event)) {
      case "run":
        if (event.type === "run" && event.site === site) events.run({ ...event, lane: "server" });
        break;
      case "log":
        if (event.type === "log" && event.site === site) events.log("server", event.lines);
        break;
      case "reload":
        reload();
        break;
    }
  }
}
