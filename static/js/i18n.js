/** Sentences that scripts say, from the same catalogue as the page's. */

/** @type {Record<string, string>} */
let sentences = {};

/** Read the sentences of the page's language. */
export function readSentences() {
  const block = document.querySelector("script[data-sentences]");
  sentences = block?.textContent ? JSON.parse(block.textContent) : {};
}

/**
 * Return `sentence` in the page's language, with %(name)s filled in.
 * @param {string} sentence
 * @param {Record<string, string | number>} [values]
 */
export function t(sentence, values = {}) {
  const translated = sentences[sentence] || sentence;
  return translated.replace(/%\((\w+)\)s/g, (_, name) => String(values[name]));
}
