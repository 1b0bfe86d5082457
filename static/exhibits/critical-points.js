/** Minima, maxima, saddles: points on the contour are moved by mouse, finger or keys. */

import "../js/plane-points.js";
