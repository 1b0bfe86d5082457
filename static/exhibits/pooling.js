/** Pooling: every step is drawn by the server. */

import { stepOnTheServer } from "../js/server-stepper.js";

stepOnTheServer(/** @type {HTMLElement} */ (document.querySelector("[data-exhibit=pooling]")));
