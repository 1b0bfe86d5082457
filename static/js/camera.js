/** A photo from the camera: a small panel with what it sees, and a button that takes it. */

import { t } from "./i18n.js";

/**
 * Open the camera inside `panel`; the promise is a picture, or undefined if the learner closes it.
 * @param {HTMLElement} panel with a video, [data-take], [data-close] and [data-slot=camera]
 * @returns {Promise<File | undefined>}
 */
export async function photograph(panel) {
  const says = /** @type {HTMLElement} */ (panel.querySelector("[data-slot=camera]"));
  panel.hidden = false;
  if (!navigator.mediaDevices) {
    // browsers give the camera to https and to this machine's own pages only
    says.textContent = t(
      "Over plain http a browser gives no page the camera; open this page by https or choose a file.",
    );
    await closed(panel);
    return undefined;
  }
  says.textContent = t("Waiting for the camera…");
  const stream = await navigator.mediaDevices
    .getUserMedia({ video: { facingMode: "environment" } })
    .catch(() => undefined);
  if (!stream) {
    says.textContent = t("There is no camera, or the browser may not use it; choose a file instead.");
    await closed(panel);
    return undefined;
  }
  says.textContent = "";
  const video = /** @type {HTMLVideoElement} */ (panel.querySelector("video"));
  video.srcObject = stream;
  try {
    await video.play();
    return (await closed(panel)) === "take" ? await picture(video) : undefined;
  } finally {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  }
}

/**
 * Wait until a button of the panel is pressed.
 * @param {HTMLElement} panel
 * @returns {Promise<"take" | "close">}
 */
function closed(panel) {
  return new Promise((resolve) => {
    /** @param {Event} event */
    const press = (event) => {
      const button = /** @type {Element} */ (event.target).closest("[data-take], [data-close]");
      if (!button) return;
      panel.removeEventListener("click", press);
      panel.hidden = true;
      resolve(button.matches("[data-take]") ? "take" : "close");
    };
    panel.addEventListener("click", press);
  });
}

/**
 * @param {HTMLVideoElement} video
 * @returns {Promise<File>}
 */
function picture(video) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  return new Promise((resolve) =>
    canvas.toBlob(
      (blob) => resolve(new File([/** @type {Blob} */ (blob)], "camera.jpg", { type: "image/jpeg" })),
      "image/jpeg",
    ),
  );
}
