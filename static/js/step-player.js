/**
 * First, back, play, next, last, a scrubber and a speed. Knows how many steps there are, not what they mean.
 *
 * Emits step-change with { step, settled }: settled is false while playing or dragging.
 */

const STEP_MS = 900;
const OWN_KEYS = "input, select, textarea, summary, tensor-grid, [data-own-keys]";

export class StepPlayer extends HTMLElement {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {AbortController | undefined} */
  #listening;
  #speed = 1;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.addEventListener("click", (event) => this.#click(event), { signal });
    this.addEventListener("input", (event) => this.#scrub(event, false), { signal });
    this.addEventListener("change", (event) => this.#scrub(event, true), { signal });
    document.addEventListener("keydown", (event) => this.#key(event), { signal });
  }

  disconnectedCallback() {
    this.#listening?.abort();
    clearTimeout(this.#timer);
  }

  get step() {
    return Number(this.dataset.step);
  }
  get steps() {
    return Number(this.dataset.steps);
  }
  get playing() {
    return this.#timer !== undefined;
  }
  /** How long a step lasts at speed 1, in ms. */
  get pace() {
    return Number(this.dataset.pace ?? STEP_MS);
  }
  get speed() {
    return this.#speed;
  }

  /**
   * Show `step`; says nothing to anybody.
   * @param {number} step
   */
  show(step) {
    this.dataset.step = String(step);
    const scrubber = this.querySelector('input[name="step"]');
    if (scrubber instanceof HTMLInputElement) scrubber.value = String(step);
    this.querySelector(".done")?.setAttribute("x2", `${(100 * step) / Math.max(1, this.steps - 1)}%`);
    const count = this.querySelector('[data-slot="step"]');
    if (count) count.textContent = String(step + Number(this.dataset.first ?? 1));
    for (const link of this.querySelectorAll("a[data-go]")) this.#aim(/** @type {HTMLAnchorElement} */ (link));
    this.querySelector('[data-go="play"]')?.setAttribute("aria-pressed", String(this.playing));
  }

  pause() {
    if (!this.playing) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#go(this.step, true);
  }

  play() {
    if (this.step === this.steps - 1) this.#go(0, false);
    this.#schedule();
    this.show(this.step);
  }

  #schedule() {
    this.#timer = setTimeout(() => {
      if (this.step >= this.steps - 1) return this.pause();
      this.#go(this.step + 1, false);
      if (this.playing) this.#schedule(); // a listener may have paused it
    }, this.pace / this.#speed);
  }

  /** @param {HTMLAnchorElement} link */
  #aim(link) {
    const step = this.#target(link.dataset.go ?? "");
    link.toggleAttribute("aria-disabled", step === this.step);
    if (step === this.step) link.setAttribute("aria-disabled", "true");
    const url = new URL(link.href);
    url.searchParams.set("step", String(step));
    link.href = url.href;
  }

  /** @param {string} go */
  #target(go) {
    const last = this.steps - 1;
    return { first: 0, back: Math.max(0, this.step - 1), next: Math.min(last, this.step + 1), last }[go] ?? this.step;
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const button = /** @type {Element} */ (event.target).closest("[data-go]");
    if (!(button instanceof HTMLElement)) return;
    event.preventDefault();
    if (button.dataset.go === "play") this.#toggle();
    else this.#jump(button.dataset.go ?? "");
  }

  #toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  /** @param {string} go */
  #jump(go) {
    this.pause();
    const step = this.#target(go);
    if (step !== this.step) this.#go(step, true);
  }

  /**
   * @param {Event} event
   * @param {boolean} settled
   */
  #scrub(event, settled) {
    event.stopPropagation();
    if (event.target instanceof HTMLSelectElement) this.#speed = Number(event.target.value);
    else if (event.target instanceof HTMLInputElement) {
      if (!settled) this.pause();
      this.#go(event.target.valueAsNumber, settled);
    }
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const target = /** @type {Element} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey || target.closest?.(OWN_KEYS)) return;
    const control = target.closest?.("a, button");
    const scrolls = target.matches?.("[data-scroll]") && target.scrollWidth > target.clientWidth;
    if (scrolls && event.key.startsWith("Arrow")) return;
    if (event.key === " " && control?.matches("a[role=button]")) /** @type {HTMLElement} */ (control).click();
    else if (event.key === " " && control) return;
    else if (event.key === " ") this.#toggle();
    else if (event.key === "ArrowRight") this.#jump("next");
    else if (event.key === "ArrowLeft") this.#jump("back");
    else if (event.key === "Home") this.#jump("first");
    else if (event.key === "End") this.#jump("last");
    else if (event.key === "Escape") this.pause();
    else return;
    event.preventDefault();
  }

  /**
   * @param {number} step
   * @param {boolean} settled
   */
  #go(step, settled) {
    this.show(step);
    this.dispatchEvent(new CustomEvent("step-change", { detail: { step, settled }, bubbles: true }));
  }
}

customElements.define("step-player", StepPlayer);
