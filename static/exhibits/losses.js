/** Losses beside each other: one prediction for all diagrams. */

import "../js/curve-cursor.js";
