/** Photos of the learner's own: chosen, dropped, pasted, or taken with the camera. */

import { photograph } from "./camera.js";
import { takePictures, upload } from "./upload.js";

/**
 * Take what is dropped, pasted or photographed anywhere in an exhibit.
 * @param {HTMLElement} root
 */
export function takePhotos(root) {
  takePictures(root);
  root.addEventListener("click", async (event) => {
    const button = /** @type {Element} */ (event.target).closest?.("[data-camera]");
    const panel = /** @type {HTMLElement | null} */ (root.querySelector("[data-camera-panel]"));
    if (button && panel) upload(root, await photograph(panel));
  });
}
