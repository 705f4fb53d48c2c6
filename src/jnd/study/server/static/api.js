// The server's door. What fails because the network is away, or the server is busy, is tried again until it works.

const SLOWEST_MS = 15_000;
const MISTAKES = 3;

export class Refused extends Error {
  constructor(status, why, facts = {}) {
    super(`${status}: ${why}`);
    this.status = status;
    this.why = why;
    this.facts = facts;
  }
}

/** Wait, or go on as soon as the browser is online again. */
export function pauseUntilOnline(ms) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    window.addEventListener("online", done);
  });
}

export class Api {
  /** @param {(away: boolean) => void} onAway told when the server cannot be reached, and when it can again */
  constructor(onAway) {
    this.onAway = onAway;
    this.events = [];
    setInterval(() => this.sendEvents(), 5000);
    window.addEventListener("pagehide", () => this.sendEvents());
  }

  get(path) {
    return this.#persist("GET", path);
  }

  post(path, body) {
    return this.#persist("POST", path, body);
  }

  /** Bytes of a picture. */
  async picture(url) {
    return this.#again(async () => {
      const answer = await fetch(url, { credentials: "same-origin" });
      if (!answer.ok) throw await refusal(answer);
      return answer.blob();
    });
  }

  #persist(method, path, body) {
    return this.#again(async () => {
      const answer = await fetch(path, request(method, body));
      if (!answer.ok) throw await refusal(answer);
      return answer.json();
    });
  }

  async #again(attempt) {
    for (let delay = 500, broken = 0; ; delay = Math.min(2 * delay, SLOWEST_MS)) {
      try {
        const found = await attempt();
        this.onAway(false);
        return found;
      } catch (error) {
        if (error instanceof Refused && error.status < 500 && error.status !== 429) {
          this.onAway(false);
          throw error;
        }
        if (!(error instanceof Refused) && !(error instanceof TypeError)) throw error;
        // 502 to 504 say that the server is away for a while; 500 that it cannot, which trying does not mend.
        if (error.status === 500 && (broken += 1) >= MISTAKES) throw error;
        this.onAway(true);
        await pauseUntilOnline(error.retryMs ?? delay);
      }
    }
  }

  /** Remember that something happened; sent in bundles, and lost if the network is away: answers are what counts. */
  log(kind, data = {}) {
    this.events.push({ kind, t_client: Date.now(), data });
    if (this.events.length >= 50) this.sendEvents();
  }

  sendEvents() {
    if (!this.events.length) return;
    const events = this.events.splice(0, 100);
    // keepalive, since a beacon cannot carry the header that the server asks of every POST.
    fetch("/api/events", { ...request("POST", { events }), keepalive: true }).catch(() => {});
  }
}

function request(method, body) {
  return {
    method,
    credentials: "same-origin",
    cache: "no-store",
    headers: { "X-JND": "1", ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  };
}

async function refusal(answer) {
  let content = {};
  try {
    content = await answer.json();
  } catch {
    // A proxy's own page: the status says enough.
  }
  const error = new Refused(answer.status, content.error ?? answer.statusText, content);
  const seconds = Number(answer.headers.get("Retry-After"));
  if (seconds > 0) error.retryMs = 1000 * Math.min(seconds, 60);
  return error;
}
