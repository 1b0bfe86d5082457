/** Matrix view: stepped by the server; pointing at a cell of C shows what it joins. */

import { linkMatrix } from "../js/matrix-links.js";
import { stepOnTheServer } from "../js/server-stepper.js";

const root = /** @type {HTMLElement} */ (document.querySelector("[data-exhibit=convolution-matrix]"));
stepOnTheServer(root);
linkMatrix(root);
