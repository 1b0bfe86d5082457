/** Activations beside each other: one x for all diagrams. */

import "../js/curve-cursor.js";
