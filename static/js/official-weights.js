/** The official weights of a network: whether they are here, the button that gets them, how far they are. */

import { t } from "./i18n.js";

const ASK_EVERY = 500; // ms while they come
const MEGABYTE = 1_000_000;

/** @typedef {{ state: "absent" | "downloading" | "here" | "failed", bytes: number, total: number, seconds_left: number | null, error: string | null }} State */

class OfficialWeights extends HTMLElement {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  static observedAttributes = ["data-name"];

  connectedCallback() {
    this.addEventListener("click", (event) => this.#press(/** @type {Element} */ (event.target)));
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  /** Morphing keeps the element where the network changes. */
  attributeChangedCallback() {
    this.#ask("GET");
  }

  /** @param {Element} button */
  #press(button) {
    if (button.closest("[data-get]")) this.#ask("POST");
    if (button.closest("[data-stop]")) this.#ask("DELETE");
  }

  /** @param {string} method */
  async #ask(method) {
    clearTimeout(this.#timer);
    const name = this.dataset.name;
    const response = await fetch(`/api/weights/${name}`, { method }).catch(() => undefined);
    const answer = /** @type {(State & { error: string }) | undefined} */ (
      await response?.json().catch(() => undefined)
    );
    if (!this.isConnected || name !== this.dataset.name) return;
    if (answer?.state) this.#show(answer);
    else this.#say(answer?.error ?? t("The server did not answer; try again."));
    if (answer?.state === "downloading") this.#timer = setTimeout(() => this.#ask("GET"), ASK_EVERY);
  }

  /** @param {State} state */
  #show(state) {
    const bar = /** @type {HTMLProgressElement} */ (this.querySelector("progress"));
    const downloading = state.state === "downloading";
    bar.hidden = !downloading;
    [bar.max, bar.value] = [state.total, state.bytes];
    this.#toggle("[data-get]", state.state === "absent" || state.state === "failed");
    this.#toggle("[data-stop]", downloading);
    this.#toggle("[data-use]", state.state === "here");
    this.#say(this.#words(state));
  }

  /** @param {State} state */
  #words({ state, bytes, total, seconds_left: left, error }) {
    if (state === "failed") return error ?? "";
    if (state !== "downloading") return "";
    if (bytes === total) return t("checking them…");
    const share = t("%(done)s of %(total)s MB", {
      done: Math.round(bytes / MEGABYTE),
      total: Math.round(total / MEGABYTE),
    });
    return left === null ? share : `${share}, ${t("%(seconds)s s left", { seconds: Math.ceil(left) })}`;
  }

  /**
   * @param {string} selector
   * @param {boolean} shown
   */
  #toggle(selector, shown) {
    this.querySelector(selector)?.toggleAttribute("hidden", !shown);
  }

  /** @param {string} sentence */
  #say(sentence) {
    const says = this.querySelector('[role="status"]');
    if (says && says.textContent !== sentence) says.textContent = sentence;
  }
}

customElements.define("official-weights", OfficialWeights);
