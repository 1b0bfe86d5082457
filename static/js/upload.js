/** A picture of the learner's own: chosen, pasted or dropped anywhere on the exhibit, and sent by its form. */

import { visit } from "./visit.js";

/**
 * Send a picture by the exhibit's upload form, as the form would without scripts.
 * @param {HTMLElement} root
 * @param {File | undefined} file
 */
export function upload(root, file) {
  const form = root.querySelector("form[data-upload]");
  if (!file || !(form instanceof HTMLFormElement)) return;
  const body = new FormData(form);
  body.set("file", file);
  visit(form.action, { body });
}

/**
 * Listen on an exhibit's root, once: pages that are morphed in need no listeners of their own.
 * @param {HTMLElement} root
 */
export function takePictures(root) {
  root.addEventListener("change", (event) => {
    const field = event.target;
    if (field instanceof HTMLInputElement && field.type === "file" && field.form?.matches("[data-upload]"))
      upload(root, field.files?.[0]);
  });
  document.addEventListener("paste", (event) => upload(root, event.clipboardData?.files[0]));
  root.addEventListener("dragover", (event) => event.preventDefault());
  root.addEventListener("drop", (event) => {
    event.preventDefault();
    upload(root, event.dataTransfer?.files[0]);
  });
}
