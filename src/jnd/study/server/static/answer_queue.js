// Answers are written to the browser's own database before they are sent, so that neither a lost network nor a closed tab
// loses one. The server takes each once (a second post of the same trial says `dup`), so sending again does no harm.

import { Refused } from "./api.js";

const NAME = "jnd-study";
const STORE = "outbox";

export class AnswerQueue {
  /** @param {import("./api.js").Api} api */
  constructor(api) {
    this.api = api;
    this.memory = new Map();
    this.database = null;
  }

  async open() {
    try {
      this.database = await new Promise((resolve, reject) => {
        const opening = indexedDB.open(NAME, 1);
        opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "path" });
        opening.onsuccess = () => resolve(opening.result);
        opening.onerror = () => reject(opening.error);
      });
    } catch {
      this.database = null; // Private windows of some browsers have none: then the memory of the page must do.
    }
    return this;
  }

  /** Keep an answer, then send it and all that wait. Gives what the server said, or null if it would not have it. */
  async send(path, body) {
    await this.#put({ path, body, kept: Date.now() });
    return (await this.flush()).get(path) ?? null;
  }

  /** Send all that wait, oldest first; waits while the network is away. */
  async flush() {
    const said = new Map();
    for (const entry of (await this.#all()).sort((a, b) => a.kept - b.kept)) {
      try {
        said.set(entry.path, await this.api.post(entry.path, entry.body));
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        // 404, 409, 422: this answer can never be taken, however often it is sent.
        this.api.log("answer_refused", { path: entry.path, status: error.status });
      }
      await this.#remove(entry.path);
    }
    return said;
  }

  #request(mode, act) {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction(STORE, mode);
      const asked = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onerror = () => reject(transaction.error);
    });
  }

  async #put(entry) {
    if (this.database) await this.#request("readwrite", (store) => store.put(entry));
    else this.memory.set(entry.path, entry);
  }

  async #all() {
    return this.database ? this.#request("readonly", (store) => store.getAll()) : [...this.memory.values()];
  }

  async #remove(path) {
    if (this.database) await this.#request("readwrite", (store) => store.delete(path));
    else this.memory.delete(path);
  }
}
