// The page: one site in a frame, the lane it runs in, what it did. This file
// joins the parts; each thing that can be seen has a file of its own.

import { Address } from "./address.ts";
import { BrowserLane } from "./browserlane.ts";
import { listen } from "./events.ts";
import { FailureView, nameNotAllowed, type Failure, type Offer } from "./failure.ts";
import { secondsText } from "./figures.ts";
import { finder, type Find } from "./find.ts";
import { LaneSwitch, laneWords, type Lane, type LaneEvents, type LaneName } from "./lane.ts";
import { Log } from "./log.ts";
import { adminOf, Menu } from "./menu.ts";
import { Notices } from "./notice.ts";
import { siteNameRule, siteOrigin, validSiteName } from "./origins.ts";
import { placeFrom, placeUrl } from "./place.ts";
import { Progress } from "./progress.ts";
import { ServerLane } from "./serverlane.ts";
import { keepSettings, readSettings } from "./settings.ts";
import { SiteFrame } from "./siteframe.ts";
import { fetchStart, isFailure, type Start } from "./start.ts";
import { showState } from "./state.ts";
import { missingForBrowserLane } from "./support.ts";

class Page {
  readonly #find: Find;
  readonly #site: string;
  readonly #address: Address;
  readonly #frame: SiteFrame;
  readonly #switch: LaneSwitch;
  readonly #progress: Progress;
  readonly #failure: FailureView;
  readonly #notices: Notices;
  readonly #menu: Menu;
  readonly #events: LaneEvents;
  readonly #lanes = new Map<LaneName, Lane>();
  #start: Start | undefined;
  #lane: LaneName;
  #path: string;
  // Counts the times a lane was chosen: what an earlier choice brings is late.
  #choice = 0;

  constructor(find: Find) {
    this.#find = find;
    const place = placeFrom(location.search);
    this.#site = place.site;
    this.#lane = place.lane;
    this.#path = place.path;

    this.#address = new Address(find, this.#site, siteOrigin(location, this.#site), {
      go: (path) => this.#frame.go(path),
      back: () => this.#frame.move(-1),
      forward: () => this.#frame.move(1),
      reload: () => this.#frame.reload(),
    });
    this.#frame = new SiteFrame(find("frame"), (where) => {
      this.#at(where.path);
      this.#address.moves(where.canGoBack, where.canGoForward);
      document.title = where.title === "" ? "Pressbox" : `${where.title} – Pressbox`;
    });
    this.#switch = new LaneSwitch(find, (lane) => void this.#choose(lane, performance.now()));
    this.#progress = new Progress(find);
    this.#failure = new FailureView(find, (offer) => this.#take(offer));
    this.#notices = new Notices(find("notices"));
    this.#menu = new Menu(find, this.#site, {
      go: (path) => this.#frame.go(path),
      newSite: (name) => location.assign(placeUrl({ site: name, lane: this.#lane, path: "/" })),
      resetSite: () => void this.#reset(),
    });
    const storage = (): Storage => localStorage;
    const log = new Log(find, readSettings(storage).logOpen, (logOpen) => keepSettings(storage, { logOpen }));
    this.#events = {
      progress: (step, loaded, total) => this.#progress.step(step, loaded, total),
      run: (run) => {
        log.run(run);
        this.#switch.ran(run);
      },
      log: (lane, lines) => log.lines(lane, lines),
      notice: (sentence) => this.#notices.show(sentence),
      failed: (failure) => this.#fail(failure),
    };
    this.#address.show(this.#path);
    this.#menu.serve(this.#lane, siteOrigin(location, this.#site) + this.#path);
  }

  /** run starts the site. since is when the waiting began. */
  async run(since: number): Promise<void> {
    if (!validSiteName(this.#site)) {
      this.#fail(nameNotAllowed(this.#site, siteNameRule));
      return;
    }
    const missing = missingForBrowserLane(window);
    if (missing !== undefined) {
      this.#switch.forbid("browser", `This browser cannot run the site itself: ${missing}.`);
      if (this.#lane === "browser") {
        this.#lane = "server";
        this.#notices.show(`This browser cannot run the site itself: ${missing}. The server runs it instead.`);
      }
    }
    this.#progress.begin(this.#lane, since);
    this.#switch.show(this.#lane);

    const start = await fetchStart();
    if (isFailure(start)) {
      this.#fail(start);
      return;
    }
    this.#start = start;
    this.#menu.account(adminOf(start.snapshot.metadata));
    listen(this.#site, this.#events, () => location.reload());
    await this.#choose(this.#lane, since);
  }

  // Opens the site in a lane, at the path that is shown.
  async #choose(name: LaneName, since: number): Promise<void> {
    const start = this.#start;
    if (start === undefined) return;
    const choice = ++this.#choice;
    const lane = this.#laneOf(name, start);
    this.#lane = name;
    this.#switch.show(name);
    this.#failure.hide();
    this.#frame.hide();
    this.#progress.begin(name, since);
    showState(this.#find("state"), "starting", "Starting");

    const failure = await lane.open();
    if (choice !== this.#choice) return;
    if (failure !== undefined) {
      this.#fail(failure);
      return;
    }
    this.#progress.step("page", 0, 1);
    this.#address.serve(lane.origin);
    this.#at(this.#path);
    await this.#frame.show(lane.origin, this.#path);
    if (choice !== this.#choice) return;

    const took = this.#progress.end();
    this.#address.enable();
    showState(this.#find("state"), "ready", `Ready in ${secondsText(took)}`);
    this.#find("state").title = `The site runs in ${laneWords[name]}`;
  }

  #laneOf(name: LaneName, start: Start): Lane {
    const known = this.#lanes.get(name);
    if (known !== undefined) return known;
    const workerUrl = document.querySelector<HTMLMetaElement>("meta[name=pressbox-worker]")?.content ?? "";
    const lane =
      name === "browser"
        ? new BrowserLane(this.#site, start, workerUrl, this.#events)
        : new ServerLane(this.#site, this.#events);
    this.#lanes.set(name, lane);
    return lane;
  }

  // Notes where the site is, in the field and in the page's own address.
  #at(path: string): void {
    this.#path = path;
    this.#address.show(path);
    history.replaceState(null, "", placeUrl({ site: this.#site, lane: this.#lane, path }));
    const origin = this.#lanes.get(this.#lane)?.origin;
    if (origin !== undefined) this.#menu.serve(this.#lane, origin + path);
  }

  #fail(failure: Failure): void {
    if (failure.otherLane === true && this.#lane === "browser") {
      this.#switch.forbid("browser", failure.sentence);
      this.#notices.show(`${failure.sentence} The server runs the site instead. (${failure.detail})`);
      void this.#choose("server", performance.now());
      return;
    }
    this.#choice++;
    this.#progress.hide();
    this.#frame.hide();
    this.#failure.show(failure, {
      again: "Try again",
      server: "Run it on the server",
      browser: "Run it in this browser",
      name: "Choose another name",
    });
    showState(this.#find("state"), "failed", "Not running");
  }

  #take(offer: Offer): void {
    switch (offer) {
      case "again":
        location.reload();
        break;
      case "server":
      case "browser":
        void this.#choose(offer, performance.now());
        break;
      case "name":
        this.#menu.askName(`${validSiteName(this.#site) ? this.#site.slice(0, 28) : "site"}-2`);
        break;
    }
  }

  async #reset(): Promise<void> {
    const lane = this.#lanes.get(this.#lane);
    if (lane === undefined) return;
    showState(this.#find("state"), "starting", "Resetting");
    this.#frame.hide();
    const since = performance.now();
    this.#progress.begin(lane.name, since);
    const failure = await lane.reset();
    if (failure !== undefined) {
      this.#fail(failure);
      return;
    }
    this.#path = "/";
    await this.#choose(lane.name, since);
  }
}

// The clock of performance.now starts with the navigation: what the visitor
// waited before this script ran counts too.
void new Page(finder(document)).run(0);
